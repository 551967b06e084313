"""How a deal moves: on, back, to its end and back from it, or into a wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.actions import gates, milestones
from funnelcli.actions.deals import competitors
from funnelcli.domain.model import LOST_REASONS, Deal, Status
from funnelcli.domain.money import format_amount
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.domain.text import TEXT_LENGTH, clean, fold
from funnelcli.domain.time import local_day
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.reading.facts import (
    last_hold,
    last_outcome_at,
    used_lost_reasons,
)
from funnelcli.store.reading.process import process
from funnelcli.store.terms import Term
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from datetime import date, datetime

    from funnelcli.store.session import Work


def advance(
    work: Work,
    deal: Deal,
    to: str | None,
    passing: gates.Passing,
    *,
    note: str | None,
    on: date | None,
) -> str:
    """Move an open deal on to a later stage, or win it; return what was done.

    Raises Refused, naming them, while required milestones of the stages left are not passed.
    """
    _require_open(deal, said("advance"))
    pipeline, stage = process(work.reading).by_stage[deal.stage_id]
    here = pipeline.position(stage)
    if to is None and here + 1 == len(pipeline.stages):
        return win(work, deal, passing, amount=None, note=note, on=on)
    if to is not None and pipeline.means_won(to) and not pipeline.has_stage(to):
        return win(work, deal, passing, amount=None, note=note, on=on)
    target = pipeline.stages[here + 1] if to is None else pipeline.stage(to)
    there = pipeline.position(target)
    if there == here:
        message = said("{deal} is in {stage} already.", deal=deal.label, stage=target.title)
        raise Refused(message)
    if there < here:
        message = said(
            "{stage} lies before {here}; to move back: "
            "funnelcli deal back {deal} --to {name} --reason TEXT",
            stage=target.title,
            here=stage.title,
            deal=deal.id,
            name=target.name,
        )
        raise Refused(message)
    at = _moment(work, deal, on)
    unheard = gates.let_through(work, deal, pipeline, pipeline.stages[here:there], passing, on)
    _release(work, deal, at)
    work.fact("stage_entry", deal.id, at, stage_id=target.id, text=_remark(note, unheard))
    moved = said("{before} → {after}", before=stage.title, after=target.title)
    return _told(work, deal, moved, on)


def back(work: Work, deal: Deal, to: str, reason: str, on: date | None = None) -> str:
    """Move an open deal back to an earlier stage; its milestones from there on are open again."""
    _require_open(deal, said("move back"))
    pipeline, stage = process(work.reading).by_stage[deal.stage_id]
    target = pipeline.stage(to)
    first, last = pipeline.position(target), pipeline.position(stage)
    if first == last:
        message = said("{deal} is in {stage} already.", deal=deal.label, stage=target.title)
        raise Refused(message)
    if first > last:
        message = said(
            "{stage} does not lie before {here}; to move on: "
            "funnelcli deal advance {deal} --to {name}",
            stage=target.title,
            here=stage.title,
            deal=deal.id,
            name=target.name,
        )
        raise Refused(message)
    at = _moment(work, deal, on)
    why = clean(reason, said("reason"), limit=TEXT_LENGTH)
    reentered = {each.name for each in pipeline.stages[first : last + 1]}
    for found in milestones.of_deal(work, deal):
        if found.stage in reentered and found.state is not MilestoneState.OPEN:
            milestones.state(work, found, MilestoneState.OPEN, on, reason=why)
    _release(work, deal, at)
    work.fact("stage_entry", deal.id, at, stage_id=target.id, text=why)
    return said(
        "{deal}: back from {before} to {after}.",
        deal=deal.label,
        before=stage.title,
        after=target.title,
    )


def win(
    work: Work,
    deal: Deal,
    passing: gates.Passing,
    *,
    amount: int | None,
    note: str | None = None,
    on: date | None,
) -> str:
    """Close an open deal as won, if its milestones are passed; return what was done."""
    _require_open(deal, said("win"))
    pipeline, stage = process(work.reading).by_stage[deal.stage_id]
    at = _moment(work, deal, on)
    unheard = gates.let_through(
        work, deal, pipeline, pipeline.stages[pipeline.position(stage) :], passing, on
    )
    _release(work, deal, at)
    if amount is not None:
        work.fact("deal_fact", deal.id, at, terms=int(Term.AMOUNT), amount=amount)
    work.fact("outcome", deal.id, at, outcome="won", note=_remark(note, unheard))
    final = deal.amount if amount is None else amount
    if final is None:
        return _told(work, deal, said("won"), on)
    amount_told = format_amount(final, work.settings.currency)
    return _told(work, deal, said("won, {amount}", amount=amount_told), on)


def _remark(note: str | None, unheard: str | None) -> str | None:
    """Return the note, with what was said for milestones of which none was left to take it up."""
    both = "; ".join(part for part in (note, unheard) if part is not None)
    return clean(both, said("note"), limit=TEXT_LENGTH) if both or note is not None else None


def lose(
    work: Work,
    deal: Deal,
    reason: str,
    *,
    competitor: str | None = None,
    note: str | None = None,
    on: date | None = None,
) -> str:
    """Close an open deal as lost, with the reason's code; return what was done."""
    _require_open(deal, said("lose"))
    code = reason_code(reason)
    if fold(code) == "other" and note is None:
        message = said("The reason 'other' says nothing; add --note TEXT.")
        raise UsageFault(message)
    at = _moment(work, deal, on)
    _release(work, deal, at)
    to = None if competitor is None else clean(competitor, said("competitor's name"))
    if to is not None:
        named = competitors([*(deal.competitor.split("; ") if deal.competitor else ()), to])
        if named != deal.competitor:
            work.fact("deal_fact", deal.id, at, terms=int(Term.COMPETITOR), competitor=named)
    work.fact(
        "outcome",
        deal.id,
        at,
        outcome="lost",
        reason=code,
        competitor=to,
        note=None if note is None else clean(note, said("note"), limit=TEXT_LENGTH),
    )
    lost = said("lost in {stage}, {reason}", stage=deal.stage_title, reason=code)
    return _told(work, deal, lost, on)


def reason_code(word: str) -> str:
    """Return a reason as its code: `No budget` is `no-budget`."""
    return clean(word, said("reason"), limit=60).lower().replace(" ", "-")


def reasons_in_use(work: Work) -> list[str]:
    """Return the reason codes to choose from, the shipped ones and those used before."""
    return list(dict.fromkeys([*LOST_REASONS, *used_lost_reasons(work.reading)]))


def reopen(work: Work, deal: Deal, reason: str) -> str:
    """Open a closed or archived deal again where it was; the time between is no time in stage."""
    why = clean(reason, said("reason"), limit=TEXT_LENGTH)
    closed = deal.status in (Status.WON, Status.LOST)
    if not closed and not deal.archived:
        message = said(
            "{deal} is {status}; there is nothing to reopen.",
            deal=deal.label,
            status=said(deal.status),
        )
        raise Refused(message)
    if deal.archived:
        work.fact(
            "deal_fact", deal.id, work.now, terms=int(Term.ARCHIVED), archived=False, note=why
        )
    if closed:
        work.fact("outcome", deal.id, work.now, outcome="reopened", note=why)
    return said("{deal}: open again in {stage}.", deal=deal.label, stage=deal.stage_title)


def hold(work: Work, deal: Deal, until: date, reason: str) -> str:
    """Park an open deal: its clocks stand still until a day, on which it comes back by itself."""
    _require_open(deal, said("hold"))
    why = clean(reason, said("reason"), limit=TEXT_LENGTH)
    if until <= work.today:
        message = said(
            "A deal is held until a day to come; {day} is not after {today}.",
            day=until,
            today=work.today,
        )
        raise UsageFault(message)
    work.fact("hold", deal.id, work.now, from_on=work.today, until=until, reason=why)
    told = marked("{deal}: on hold until {until}.")
    if deal.held_until not in (None, until):
        told = marked("{deal}: on hold until {until} (was {was}).")
    return said(told, deal=deal.label, until=until, was=deal.held_until)


def archive(work: Work, deal: Deal) -> str:
    """Put a deal away: out of the funnel and of lists, its history kept."""
    if deal.archived:
        message = said("{deal} is archived already.", deal=deal.label)
        raise Refused(message)
    work.fact("deal_fact", deal.id, work.now, terms=int(Term.ARCHIVED), archived=True)
    return said("{deal}: archived; deal reopen brings it back.", deal=deal.label)


def acknowledge(work: Work, deal: Deal, until: date, reason: str) -> str:
    """Say that a deal's findings are known until a day; they leave the totals."""
    _require_open(deal, said("acknowledge"))
    why = clean(reason, said("reason"), limit=TEXT_LENGTH)
    if until <= work.today:
        message = said(
            "A finding is known until a day to come; {day} is not after {today}.",
            day=until,
            today=work.today,
        )
        raise UsageFault(message)
    work.fact("ack", deal.id, work.now, until=until, reason=why)
    told = marked("{deal}: known until {until}.")
    if deal.ack_until not in (None, until):
        told = marked("{deal}: known until {until} (was {was}).")
    return said(told, deal=deal.label, until=until, was=deal.ack_until)


def _require_open(deal: Deal, verb: str) -> None:
    if deal.status in (Status.WON, Status.LOST):
        message = said(
            "{deal} is {status} since {day}, so you cannot {verb} it; "
            "first: funnelcli deal reopen {number} --reason TEXT",
            deal=deal.label,
            status=said(deal.status),
            day=deal.closed_on,
            verb=verb,
            number=deal.id,
        )
        raise Refused(message)
    if deal.archived:
        message = said(
            "{deal} is archived; first: funnelcli deal reopen {number} --reason TEXT",
            deal=deal.label,
            number=deal.id,
        )
        raise Refused(message)


def _moment(work: Work, deal: Deal, on: date | None) -> datetime:
    """Return when a movement said to be on a day happened; it cannot precede the last one."""
    known = (deal.stage_entered_at, last_outcome_at(work.reading, deal.id))
    last = max((at for at in known if at is not None), default=None)
    at = work.instant(on, last)
    if last is not None and at < last:
        since = local_day(last, work.zone)
        message = said(
            "{deal} is in {stage} since {since}; {day} is before that.",
            deal=deal.label,
            stage=deal.stage_title,
            since=since,
            day=on,
        )
        raise Refused(message)
    return at


def _release(work: Work, deal: Deal, at: datetime) -> None:
    """End a hold that reaches beyond a movement: from then on, or, if it came later, at once."""
    day, held = local_day(at, work.zone), last_hold(work.reading, deal.id)
    if held is not None and day < held.end:
        day = max(day, held.start)
        work.fact("hold", deal.id, max(at, held.since), from_on=day, until=day)


def _told(work: Work, deal: Deal, what: str, on: date | None) -> str:
    """Say what happened to a deal, and on which day if that is not today."""
    told = marked("{deal}: {what} on {day}.")
    if on is None or on == work.today:
        told = marked("{deal}: {what}.")
    return said(told, deal=deal.label, what=what, day=on)
