"""Deals as a list, and one deal as a page."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from funnelcli.domain.model import Status
from funnelcli.domain.money import format_amount
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.domain.text import inert, percents
from funnelcli.views.contacts import roles_table
from funnelcli.views.conversation import claims_said_table
from funnelcli.views.table import Column, Fields, Kind, Lines, Page, Place, Table, Tone
from funnelcli.wording import marked, plural, said, term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from funnelcli.domain.diagnosis import Finding
    from funnelcli.domain.model import ClaimSaid, Deal, MilestoneRecord, TimelineEntry
    from funnelcli.domain.people import RoleRecord
    from funnelcli.domain.pipeline import Pipeline, Stage
    from funnelcli.views.table import Block, Frame

_M = Place.MACHINE

COLUMNS = (
    Column("id", "#"),
    Column("ref", "Ref", place=_M),
    Column("name", "Deal"),
    Column("customer", "Customer"),
    Column("owner", "Owner"),
    Column("pipeline", "Pipeline", place=_M),
    Column("stage", "Stage", place=_M),
    Column("stage_title", "Stage", place=Place.PERSON),
    Column("status", "Status", Kind.TERM),
    Column("amount", "Amount", Kind.MONEY),
    Column("win_probability", "Chance", Kind.SHARE, _M, lambda deal: deal.win_probability / 10_000),
    Column("weighted_amount", "Weighted", Kind.MONEY, _M, lambda deal: deal.weighted),
    Column("expected_close", "Close", Kind.DATE, _M),
    Column("opened_on", "Opened", Kind.DATE, _M),
    Column("stage_entered_at", "In stage since", Kind.INSTANT, _M),
    Column("days_in_stage", "Days", Kind.DAYS),
    Column("last_touch_at", "Last touch", Kind.INSTANT, _M),
    Column("days_silent", "Silent", Kind.DAYS),
    Column("next_step", "Next step", place=_M),
    Column("next_step_due", "Due", Kind.DATE, _M),
    Column("held_until", "Held until", Kind.DATE, _M),
    Column("closed_on", "Closed", Kind.DATE, _M),
    Column("lost_reason", "Lost because", place=_M),
    Column("competitor", "Competitor", place=_M),
    Column("source", "Source", place=_M),
)


def of_deal(column: Column, shown: Collection[str]) -> Column:
    """Return a deal's column as one of a row that tells of its `deal`; people get those `shown`."""
    place = column.place if column.key in shown else _M
    if column.get is None:
        return column._replace(get=attrgetter(f"deal.{column.key}"), place=place)
    get = column.get
    return column._replace(get=lambda row: get(row.deal), place=place)


def deals_table(deals: Iterable[Deal], frame: Frame) -> Table:
    """Return the deals as a list."""
    return Table(frame, COLUMNS, deals, empty=said("No deal found."))


def deal_page(  # noqa: PLR0913  a page has as many parts
    deal: Deal,
    stage: Stage,
    pipeline: Pipeline,
    *,
    finding: Finding | None,
    milestones: Sequence[MilestoneRecord],
    people: Sequence[RoleRecord],
    claims: Sequence[ClaimSaid],
    recent: Sequence[TimelineEntry],
    questions: Sequence[str],
    frame: Frame,
) -> Page:
    """Return the page of one deal: how it stands, what is wrong, what is still to be shown."""
    blocks: list[Block] = [Fields(_standing(deal, stage, pipeline, frame))]
    if finding is not None:
        blocks.append(Lines(said("What stands out"), tuple(_wrong(finding))))
    current = [m for m in milestones if m.stage == deal.stage or m.state != "open"]
    if current:
        blocks.append(milestones_table(current, frame, title=said("Milestones"), one_deal=True))
    if people:
        blocks.append(roles_table(people, frame, of_contact=False))
    if claims:
        blocks.append(claims_said_table(claims, frame))
    asked = [stage.guidance, *questions] if stage.guidance else list(questions)
    if asked and deal.closed_on is None:
        blocks.append(Lines(said("To find out in {stage}", stage=stage.title), tuple(asked)))
    if recent:
        blocks.append(timeline_table(recent, frame, title=said("Lately")))
    return Page(
        Table(frame, COLUMNS, [deal]),
        f"{deal.id}  {deal.name}",
        tuple(blocks),
    )


def _standing(
    deal: Deal, stage: Stage, pipeline: Pipeline, frame: Frame
) -> tuple[tuple[str, str], ...]:
    owners = said(", ").join(name for name in (deal.owner, *deal.members) if name)
    pairs = [
        (said("Customer"), deal.customer),
        (said("Owner"), owners),
        (said("Status"), _status(deal)),
        (said("Stage"), _stage(deal, stage, pipeline)),
        (said("Amount"), _amount(deal, frame, percents(deal.win_probability))),
        (said("Expected close"), _close(deal)),
        (said("Last contact"), _contact(deal)),
        (said("Next step"), _step(deal)),
        (said("Claim"), _claim(deal, frame)),
        (said("Competitor"), deal.competitor),
        (said("Source"), deal.source),
        (said("Ref"), deal.ref),
    ]
    return tuple((name, value) for name, value in pairs if value)


def _status(deal: Deal) -> str:
    status = said(
        _STATUS[deal.status],
        day=deal.held_until if deal.status is Status.HELD else deal.closed_on,
        reason=deal.hold_reason if deal.status is Status.HELD else term(deal.lost_reason or ""),
    )
    return said("{status}, archived", status=status) if deal.archived else status


_STATUS = {
    Status.OPEN: marked("open"),
    Status.HELD: marked("on hold until {day}: {reason}"),
    Status.WON: marked("won on {day}"),
    Status.LOST: marked("lost on {day}: {reason}"),
}


def _stage(deal: Deal, stage: Stage, pipeline: Pipeline) -> str:
    place, days = pipeline.position(stage) + 1, deal.days_in_stage
    of = len(pipeline.stages)
    parts = [said("{stage} ({place} of {stages})", stage=stage.title, place=place, stages=of)]
    if days is None:
        parts.append(said("nobody knows how long"))
    else:
        parts.append(plural(days, "{n} day", "{n} days"))
    if stage.limit and stage.learned_days is None:
        parts.append(said("limit {days}", days=stage.limit))
    elif stage.limit:
        parts.append(said("learned limit {days}", days=stage.limit))
    return said(", ").join(parts)


def _amount(deal: Deal, frame: Frame, chance: str) -> str:
    if deal.amount is None or deal.weighted is None:
        return said("unknown, chance {chance}", chance=chance)
    return said(
        "{amount} {currency}, chance {chance}, weighted {weighted}",
        amount=format_amount(deal.amount, frame.currency),
        currency=frame.currency,
        chance=chance,
        weighted=format_amount(deal.weighted, frame.currency),
    )


def _close(deal: Deal) -> str | None:
    if deal.expected_close is None:
        return None
    if not deal.pushes:
        return str(deal.expected_close)
    return plural(
        deal.pushes, "{day}, pushed {n} time", "{day}, pushed {n} times", day=deal.expected_close
    )


def _contact(deal: Deal) -> str:
    if deal.last_touch_on is None:
        return said("none logged")
    days = (deal.today - deal.last_touch_on).days
    return plural(days, "{day}, {n} day ago", "{day}, {n} days ago", day=deal.last_touch_on)


def _step(deal: Deal) -> str:
    if deal.next_step is None:
        return said("none")
    if not deal.next_step_due:
        return deal.next_step
    return said("{step}, due {day}", step=deal.next_step, day=deal.next_step_due)


def _claim(deal: Deal, frame: Frame) -> str | None:
    if deal.claim is None:
        return None
    text = marked("{claim} % ({day}) against evidence of {evidence}")
    if deal.claim.by:
        text = marked("{claim} % ({name}, {day}) against evidence of {evidence}")
    return said(
        text,
        claim=deal.claim.percent,
        name=deal.claim.by,
        day=deal.claim.at.astimezone(frame.zone).date(),
        evidence=percents(deal.claim.evidence),
    )


def _wrong(finding: Finding) -> list[str]:
    lines = [
        said("{severity}: {reason}", severity=term(reason.severity), reason=reason.told)
        for reason in finding.reasons
    ]
    known, why = finding.deal.ack_until, finding.deal.ack_reason
    if known is not None:
        lines.append(said("acknowledged until {day}: {reason}", day=known, reason=why))
    if finding.diagnosis is not None:
        advice = finding.diagnosis
        lines += [
            said("Perhaps: {hypothesis}", hypothesis=advice.hypothesis),
            said("Ask: {question}", question=advice.ask),
            said("Do: {advice}", advice=advice.do),
        ]
    return lines


def milestones_table(
    found: Iterable[MilestoneRecord], frame: Frame, *, title: str = "", one_deal: bool = False
) -> Table:
    """Return milestones as a list."""
    of_deal = _M if one_deal else Place.ROW
    columns = (
        Column("deal_id", "#", place=of_deal),
        Column("deal", "Deal", place=of_deal),
        Column("stage", "Stage", Kind.WORD),
        Column("milestone", "Milestone", Kind.WORD),
        Column("title", "Deliverable"),
        Column("required", "Required", Kind.FLAG, _M),
        Column("state", "State", Kind.TERM),
        Column("evidence", "Evidence", place=_M),
        Column("claimed_at", "Claimed", Kind.INSTANT, _M),
        Column("claimed_by", "By", place=_M),
        Column("decided_at", "Decided", Kind.INSTANT, _M),
        Column("decided_by", "By", place=_M),
        Column("reason", "Reason", place=_M),
        Column("shown", "Evidence", place=Place.PERSON, get=_shown),
        Column("reconfirm", "To confirm again", place=_M),
    )
    return Table(
        frame,
        columns,
        found,
        title=title,
        empty=said("No milestone found."),
        id_key="milestone",
        tone=lambda m: _TONES.get(m.state, Tone.PLAIN),
    )


def _shown(found: MilestoneRecord) -> str | None:
    decided = found.state in (MilestoneState.WAIVED, MilestoneState.REJECTED)
    again = said("to be confirmed again: it came from {name}", name=found.reconfirm)
    parts = (
        found.evidence,
        found.reason if decided else None,
        again if found.reconfirm else None,
    )
    return said("; ").join(part for part in parts if part) or None


_TONES = {
    MilestoneState.ACCEPTED: Tone.GOOD,
    MilestoneState.REJECTED: Tone.RED,
    MilestoneState.CLAIMED: Tone.AMBER,
}


def timeline_table(entries: Iterable[TimelineEntry], frame: Frame, *, title: str = "") -> Table:
    """Return what happened, each entry with what it changed."""
    columns = (
        Column("at", "When", Kind.INSTANT),
        Column("recorded_at", "Recorded", Kind.INSTANT, _M),
        Column("kind", "What", Kind.TERM),
        Column("by", "By"),
        Column("text", "Text", place=_M, get=lambda entry: entry.text or None),
        Column("from", "From", place=_M, get=lambda entry: entry.was),
        Column("to", "To", place=_M, get=lambda entry: entry.now),
        Column("said", "", place=Place.PERSON, get=_change),
    )
    return Table(
        frame, columns, entries, title=title, empty=said("Nothing has happened."), id_key="at"
    )


def _change(entry: TimelineEntry) -> str:
    change = term(entry.now or "") if entry.kind == "milestone" else entry.now or ""
    if entry.was is not None and entry.now is not None:
        change = f"{entry.was} → {entry.now}"
    elif entry.kind in ("hold", "ack") and entry.now is not None:
        change = said("until {day}", day=entry.now)
    return inert(said(": ").join(part for part in (change, entry.text) if part))
