"""Deals as a list, and one deal as a page."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from funnelcli.domain.money import format_amount
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.domain.text import inert, percents, plural
from funnelcli.views.contacts import roles_table
from funnelcli.views.conversation import claims_said_table
from funnelcli.views.table import Column, Fields, Kind, Lines, Page, Place, Table, Tone

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
    Column("status", "Status"),
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
    return Table(frame, COLUMNS, deals, empty="No deal found.")


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
        blocks.append(Lines("What stands out", tuple(_wrong(finding))))
    current = [m for m in milestones if m.stage == deal.stage or m.state != "open"]
    if current:
        blocks.append(milestones_table(current, frame, title="Milestones", one_deal=True))
    if people:
        blocks.append(roles_table(people, frame, of_contact=False))
    if claims:
        blocks.append(claims_said_table(claims, frame))
    asked = [stage.guidance, *questions] if stage.guidance else list(questions)
    if asked and deal.closed_on is None:
        blocks.append(Lines(f"To find out in {stage.title}", tuple(asked)))
    if recent:
        blocks.append(timeline_table(recent, frame, title="Lately"))
    return Page(
        Table(frame, COLUMNS, [deal]),
        f"{deal.id}  {deal.name}",
        tuple(blocks),
    )


def _standing(
    deal: Deal, stage: Stage, pipeline: Pipeline, frame: Frame
) -> tuple[tuple[str, str], ...]:
    place = f"{pipeline.position(stage) + 1} of {len(pipeline.stages)}"
    days = deal.days_in_stage
    since = "nobody knows how long" if days is None else plural(days, "day")
    whence = "" if stage.learned_days is None else "learned "
    limit = f", {whence}limit {stage.limit}" if stage.limit else ""
    chance = percents(deal.win_probability)
    status = {
        "held": f"on hold until {deal.held_until}: {deal.hold_reason}",
        "won": f"won on {deal.closed_on}",
        "lost": f"lost on {deal.closed_on}: {deal.lost_reason}",
    }.get(deal.status, "open")
    pairs = [
        ("Customer", deal.customer),
        ("Owner", ", ".join(name for name in (deal.owner, *deal.members) if name)),
        ("Status", status + (", archived" if deal.archived else "")),
        ("Stage", f"{stage.title} ({place}), {since}{limit}"),
        ("Amount", _amount(deal, frame, chance)),
        ("Expected close", _close(deal)),
        ("Last contact", _contact(deal)),
        ("Next step", _step(deal)),
        ("Claim", _claim(deal, frame)),
        ("Competitor", deal.competitor),
        ("Source", deal.source),
        ("Ref", deal.ref),
    ]
    return tuple((name, value) for name, value in pairs if value)


def _amount(deal: Deal, frame: Frame, chance: str) -> str:
    if deal.amount is None or deal.weighted is None:
        return f"unknown, chance {chance}"
    weighted = format_amount(deal.weighted, frame.currency)
    amount = format_amount(deal.amount, frame.currency)
    return f"{amount} {frame.currency}, chance {chance}, weighted {weighted}"


def _close(deal: Deal) -> str | None:
    if deal.expected_close is None:
        return None
    pushed = f", pushed {plural(deal.pushes, 'time')}" if deal.pushes else ""
    return f"{deal.expected_close}{pushed}"


def _contact(deal: Deal) -> str:
    if deal.last_touch_on is None:
        return "none logged"
    days = (deal.today - deal.last_touch_on).days
    return f"{deal.last_touch_on}, {plural(days, 'day')} ago"


def _step(deal: Deal) -> str:
    if deal.next_step is None:
        return "none"
    return deal.next_step + (f", due {deal.next_step_due}" if deal.next_step_due else "")


def _claim(deal: Deal, frame: Frame) -> str | None:
    if deal.claim is None:
        return None
    day = deal.claim.at.astimezone(frame.zone).date()
    by = f"{deal.claim.by}, " if deal.claim.by else ""
    evidence = percents(deal.claim.evidence)
    return f"{deal.claim.percent} % ({by}{day}) against evidence of {evidence}"


def _wrong(finding: Finding) -> list[str]:
    lines = [f"{reason.severity}: {reason.told}" for reason in finding.reasons]
    if finding.deal.ack_until is not None:
        lines.append(f"acknowledged until {finding.deal.ack_until}: {finding.deal.ack_reason}")
    if finding.diagnosis is not None:
        said = finding.diagnosis
        lines += [f"Perhaps: {said.hypothesis}", f"Ask: {said.ask}", f"Do: {said.do}"]
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
        Column("state", "State"),
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
        empty="No milestone found.",
        id_key="milestone",
        tone=lambda m: _TONES.get(m.state, Tone.PLAIN),
    )


def _shown(found: MilestoneRecord) -> str | None:
    decided = found.state in (MilestoneState.WAIVED, MilestoneState.REJECTED)
    again = f"to be confirmed again: it came from {found.reconfirm}" if found.reconfirm else None
    said = (found.evidence, found.reason if decided else None, again)
    return "; ".join(part for part in said if part) or None


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
        Column("kind", "What"),
        Column("by", "By"),
        Column("text", "Text", place=_M, get=lambda entry: entry.text or None),
        Column("from", "From", place=_M, get=lambda entry: entry.was),
        Column("to", "To", place=_M, get=lambda entry: entry.now),
        Column("said", "", place=Place.PERSON, get=_said),
    )
    return Table(frame, columns, entries, title=title, empty="Nothing has happened.", id_key="at")


def _said(entry: TimelineEntry) -> str:
    change = entry.now or ""
    if entry.was is not None and entry.now is not None:
        change = f"{entry.was} → {entry.now}"
    elif entry.kind in ("hold", "ack") and entry.now is not None:
        change = f"until {entry.now}"
    return inert(": ".join(part for part in (change, entry.text) if part))
