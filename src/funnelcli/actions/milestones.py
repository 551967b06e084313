"""A milestone is claimed with evidence, then accepted, rejected or waived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.model import Deal, Filters, MilestoneRecord
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.domain.text import TEXT_LENGTH, clean, fold, inert
from funnelcli.domain.time import local_day
from funnelcli.errors import NotFound, Refused
from funnelcli.store.reading.contacts import find_contact
from funnelcli.store.reading.milestones import milestones
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from datetime import date

    from funnelcli.store.session import Work

DECIDABLE = (MilestoneState.OPEN, MilestoneState.CLAIMED, MilestoneState.REJECTED)


def claim(
    work: Work, deal: Deal, word: str, evidence: str, on: date | None, source: str | None = None
) -> str:
    """State that the milestone is reached, with what shows it; return what was done."""
    found = _find(work, deal, word)
    passed = found.state in (MilestoneState.ACCEPTED, MilestoneState.WAIVED)
    if passed and found.reconfirm is None:
        message = said(
            "{milestone!r} is {state} already on {deal}.",
            milestone=found.title,
            state=said(found.state),
            deal=deal.label,
        )
        raise Refused(message)
    _check_order(work, deal, found, on)
    shown = clean(evidence, said("evidence"), limit=TEXT_LENGTH)
    from_id = None if source is None else find_contact(work.reading, source).id
    state(work, found, MilestoneState.CLAIMED, on, evidence=shown, from_id=from_id)
    return said(
        "{deal}: {milestone} claimed ({evidence}).",
        deal=deal.label,
        milestone=found.milestone,
        evidence=inert(shown),
    )


def decide(
    work: Work, deal: Deal, word: str, verdict: MilestoneState, reason: str | None, on: date | None
) -> str:
    """Accept, reject or waive a milestone with the manager's name; return what was done."""
    work.require_manager(said(_DEEDS[verdict]))
    found = _find(work, deal, word)
    again = verdict is MilestoneState.ACCEPTED and found.reconfirm is not None
    if found.state not in DECIDABLE and verdict is not MilestoneState.REJECTED and not again:
        message = said(
            "{milestone!r} is {state} already on {deal}.",
            milestone=found.title,
            state=said(found.state),
            deal=deal.label,
        )
        raise Refused(message)
    if verdict is not MilestoneState.WAIVED and found.state is MilestoneState.OPEN:
        message = said(
            "{title!r} is not claimed on {deal}; claim it first: "
            "funnelcli milestone claim {number} {milestone} --evidence TEXT",
            title=found.title,
            deal=deal.label,
            number=deal.id,
            milestone=found.milestone,
        )
        raise Refused(message)
    _check_order(work, deal, found, on)
    why = None if reason is None else clean(reason, said("reason"), limit=TEXT_LENGTH)
    state(work, found, verdict, on, reason=why)
    return said(
        "{deal}: {milestone} {state}.",
        deal=deal.label,
        milestone=found.milestone,
        state=said(verdict),
    )


_DEEDS = {
    MilestoneState.ACCEPTED: marked("accept a milestone"),
    MilestoneState.REJECTED: marked("reject a milestone"),
    MilestoneState.WAIVED: marked("waive a milestone"),
}


def state(
    work: Work,
    found: MilestoneRecord,
    now: MilestoneState,
    on: date | None,
    *,
    evidence: str | None = None,
    reason: str | None = None,
    from_id: int | None = None,
) -> None:
    """State what has become of a milestone; it cannot precede what was stated before."""
    at = work.instant(on, found.last_at)
    work.fact(
        "milestone_event",
        found.deal_id,
        at if found.last_at is None else max(at, found.last_at),
        milestone_id=found.milestone_id,
        state=str(now),
        evidence=evidence,
        reason=reason,
        from_id=from_id,
    )


def _check_order(work: Work, deal: Deal, found: MilestoneRecord, on: date | None) -> None:
    if on is not None and found.last_at is not None and on < local_day(found.last_at, work.zone):
        since = local_day(found.last_at, work.zone)
        message = said(
            "{milestone} is {state} on {deal} since {since}; {day} is before.",
            milestone=found.milestone,
            state=said(found.state),
            deal=deal.label,
            since=since,
            day=on,
        )
        raise Refused(message)


def of_deal(work: Work, deal: Deal) -> list[MilestoneRecord]:
    """Return the deal's milestones as they stand within this operation."""
    return list(milestones(work.reading, Filters(), deal_id=deal.id))


def _find(work: Work, deal: Deal, word: str) -> MilestoneRecord:
    every = of_deal(work, deal)
    wanted = fold(word)
    for m in every:
        if wanted in (fold(m.milestone), fold(m.title)):
            return m
    message = said(
        "{word!r} is no milestone of {deal}; its milestones are {milestones}.",
        word=word,
        deal=deal.label,
        milestones=", ".join(m.milestone for m in every) or said("none"),
    )
    raise NotFound(message)
