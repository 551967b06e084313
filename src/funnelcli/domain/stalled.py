"""Whether a deal is stalled, and what else is wrong with it.

`findings` is the one judge: lists, badges, counts and reports all come to it, or, where the
database counts, to `Limits.cutoffs`, which states the same rule as days.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.model import Status
from funnelcli.wording import kept, marked, plural, said

if TYPE_CHECKING:
    from datetime import date

    from funnelcli.domain.model import Deal
    from funnelcli.domain.time import Calendar

OVERCLAIM = 30
"""Points by which a claim may exceed the evidence."""
PUSHES = 2
"""How often the expected close may move later before it is said."""


class Code(StrEnum):
    """Why a deal is found; the first two make it stalled, the others are warnings."""

    STUCK = marked("stuck")
    SILENT = marked("silent")
    OVERDUE = marked("overdue")
    NO_NEXT_STEP = marked("no-next-step")
    OVERDUE_CLOSE = marked("overdue-close")
    SLIPPED = marked("slipped")
    CONTACT_CHANGED = marked("contact-changed")
    OVERCLAIMED = marked("overclaimed")
    MOVED_BACK = marked("moved-back")
    UNKNOWN_DATE = marked("unknown-date")


STALLING = frozenset({Code.STUCK, Code.SILENT})


class Severity(StrEnum):
    """Red from one and a half times the limit on."""

    WARNING = marked("warning")
    AMBER = marked("amber")
    RED = marked("red")


class Reason(NamedTuple):
    """One thing that was found; days and limit where it is about days.

    `known` tells who on the team knows somebody of whom the text tells.
    """

    code: Code
    text: str
    days: int | None = None
    limit: int | None = None
    known: str = ""

    @property
    def told(self) -> str:
        """The text, with who knows whom."""
        return said("; ").join((self.text, self.known)) if self.known else self.text

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        if self.code not in STALLING or self.days is None or self.limit is None:
            return Severity.WARNING
        return Severity.RED if 2 * self.days >= 3 * self.limit else Severity.AMBER


class Limits(NamedTuple):
    """A stage's limits in days of the calendar; None where it has none.

    Whether the first is `learned` is said where it is passed.
    """

    stuck: int | None
    silent: int | None
    learned: bool = False

    def when_red(self) -> Limits:
        """Return the limits from which on what is past them is red."""
        stuck, silent = (None if days is None else -(-3 * days // 2) for days in self[:2])
        return self._replace(stuck=stuck, silent=silent)

    def cutoffs(self, today: date, calendar: Calendar) -> tuple[date | None, date | None]:
        """Return the latest clock days on which a deal is stuck, and silent, by `today`."""
        return (
            None if self.stuck is None else calendar.cutoff(self.stuck, today),
            None if self.silent is None else calendar.cutoff(self.silent, today),
        )


def findings(deal: Deal, limits: Limits, calendar: Calendar) -> tuple[Reason, ...]:
    """Return what is wrong with the deal today, what stalls it first.

    Held and closed deals have no findings: their clocks stand still.
    """
    if deal.status is not Status.OPEN or deal.archived:
        return ()
    return (*_clocks(deal, limits, calendar), *_warnings(deal))


def is_stalled(reasons: tuple[Reason, ...]) -> bool:
    """Tell whether the reasons make the deal stalled."""
    return not STALLING.isdisjoint([reason.code for reason in reasons])


def severity(reasons: tuple[Reason, ...]) -> Severity:
    """Return the gravest of the reasons' severities."""
    gravest = Severity.WARNING
    for reason in reasons:
        found = reason.severity
        if found is Severity.RED:
            return found
        if found is Severity.AMBER:
            gravest = found
    return gravest


@kept  # of many deals the same is found
def _stuck(days: int, stage: str, limit: int, *, learned: bool) -> Reason:
    if learned:
        text = plural(
            days,
            "{n} day in {stage}, learned limit {limit}",
            "{n} days in {stage}, learned limit {limit}",
            stage=stage,
            limit=limit,
        )
    else:
        text = plural(
            days,
            "{n} day in {stage}, limit {limit}",
            "{n} days in {stage}, limit {limit}",
            stage=stage,
            limit=limit,
        )
    return Reason(Code.STUCK, text, days, limit)


@kept
def _silent(days: int, limit: int, *, never: bool) -> Reason:
    if never:
        text = plural(
            days,
            "{n} day since it was opened, no contact logged, limit {limit}",
            "{n} days since it was opened, no contact logged, limit {limit}",
            limit=limit,
        )
    else:
        text = plural(
            days,
            "{n} day without contact, limit {limit}",
            "{n} days without contact, limit {limit}",
            limit=limit,
        )
    return Reason(Code.SILENT, text, days, limit)


@kept
def _overdue_close(expected: date, today: date) -> Reason:
    text = said("expected close {day} has passed", day=expected)
    return Reason(Code.OVERDUE_CLOSE, text, (today - expected).days, 0)


@kept
def _no_next_step() -> Reason:
    return Reason(Code.NO_NEXT_STEP, said("no next step"))


def _clocks(deal: Deal, limits: Limits, calendar: Calendar) -> list[Reason]:
    found = []
    if limits.stuck is not None and deal.stage_counts_from is not None:
        days = calendar.days(deal.stage_counts_from, deal.today)
        if days >= limits.stuck:
            found.append(_stuck(days, deal.stage_title, limits.stuck, learned=limits.learned))
    if limits.silent is not None and deal.touch_counts_from is not None:
        days = calendar.days(deal.touch_counts_from, deal.today)
        if days >= limits.silent:
            found.append(_silent(days, limits.silent, never=deal.last_touch_at is None))
    return found


def _warnings(deal: Deal) -> list[Reason]:
    found = []
    if deal.next_step is None:
        found.append(_no_next_step())
    elif deal.next_step_due is not None and deal.next_step_due < deal.today:
        late = (deal.today - deal.next_step_due).days
        text = plural(
            late,
            "next step {n} day late: {step}",
            "next step {n} days late: {step}",
            step=deal.next_step,
        )
        found.append(Reason(Code.OVERDUE, text, late, 0))
    if deal.expected_close is not None and deal.expected_close < deal.today:
        found.append(_overdue_close(deal.expected_close, deal.today))
    if deal.pushes >= PUSHES:
        text = said("expected close pushed {times} times", times=deal.pushes)
        found.append(Reason(Code.SLIPPED, text))
    if deal.changed_contact is not None:
        text = contact_changed(deal.changed_contact, deal.successor, deal.contact_changed_on)
        found.append(Reason(Code.CONTACT_CHANGED, text))
    if deal.claim is not None and deal.claim.gap > OVERCLAIM:
        text = said(
            "claim {claim} %, evidence {evidence} %",
            claim=deal.claim.percent,
            evidence=deal.claim.evidence // 100,
        )
        found.append(Reason(Code.OVERCLAIMED, text))
    if deal.moved_back:
        text = said("moved back to {stage}", stage=deal.stage_title)
        found.append(Reason(Code.MOVED_BACK, text))
    if deal.stage_clock is None:
        text = said("nobody knows since when it is in its stage")
        found.append(Reason(Code.UNKNOWN_DATE, text))
    return found


def contact_changed(gone: str, successor: str | None, on: date | None) -> str:
    """Say who is gone since when, and that whoever follows them is still to be met."""
    if successor is None:
        if on is None:
            return said("{gone} left, who follows is not known", gone=gone)
        return said("{gone} left on {day}, who follows is not known", gone=gone, day=on)
    if on is None:
        return said(
            "{successor} follows {gone}, nobody has met them yet", successor=successor, gone=gone
        )
    return said(
        "{successor} follows {gone} on {day}, nobody has met them yet",
        successor=successor,
        gone=gone,
        day=on,
    )
