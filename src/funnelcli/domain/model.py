"""What the file holds, as plain values: people, deals, logs, milestones on a deal.

Instants are aware UTC datetimes, amounts minor units, probabilities basis points.

Annotations are no strings here: to compile those of so many fields takes a start 2 ms.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from funnelcli.domain.money import weighted
from funnelcli.domain.people import Place
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.domain.time import Calendar, Period
from funnelcli.errors import Refused
from funnelcli.wording import marked, said

LOST_REASONS = (
    marked("price"),
    marked("competitor"),
    marked("no-budget"),
    marked("no-decision"),
    marked("timing"),
    marked("fit"),
    marked("relationship"),
    marked("other"),
)
"""The reason codes to choose from; others are allowed, and said to be new."""


class Status(StrEnum):
    """How a deal stands."""

    OPEN = marked("open")
    HELD = marked("held")
    WON = marked("won")
    LOST = marked("lost")


class LogKind(StrEnum):
    """What kind of thing happened."""

    CALL = marked("call")
    VISIT = marked("visit")
    MEETING = marked("meeting")
    MESSAGE = marked("message")
    EMAIL = marked("email")
    NOTE = marked("note")

    def touches(self, *, answered: bool) -> bool:
        """Tell whether it was a two-way contact with the customer."""
        if self in (LogKind.MESSAGE, LogKind.EMAIL):
            return answered
        return self is not LogKind.NOTE


class Member(NamedTuple):
    """Somebody of the team: from the day `joined` to the day before `left`, where it is known."""

    id: int
    name: str
    manager: bool
    login: str | None = None
    away: tuple[tuple[date, date], ...] = ()
    places: tuple[Place, ...] = ()
    joined: date | None = None
    left: date | None = None


def require_manager(member: Member, doing: str) -> None:
    """Raise Refused unless it is the manager who is `doing` this, in words that were said."""
    if not member.manager:
        message = said(
            "{name} cannot {doing}: that needs the manager's name (--as).",
            name=member.name,
            doing=doing,
        )
        raise Refused(message)


class Settings(NamedTuple):
    """What the file says of itself.

    `workdays` are the working days of its week, holidays and make-up days; `calendar` says which
    days limits count: these, or every day.
    """

    currency: str
    timezone: str
    lang: str
    pipeline: str
    week: str
    workdays: Calendar
    calendar: Calendar


class Claim(NamedTuple):
    """The confidence a rep stated last, in percent, beside the evidence in basis points."""

    percent: int
    at: datetime
    by: str | None
    evidence: int

    @property
    def gap(self) -> int:
        """Points by which the claim exceeds the evidence."""
        return self.percent - self.evidence // 100


class Deal(NamedTuple):
    """One possible sale, as it stands at a moment.

    `stage_clock` and `touch_clock` are the days from which its two clocks count, days on hold
    already taken off, and the `counts_from` days those from which the limits' calendar counts;
    None where the file does not know.
    """

    id: int
    ref: str | None
    name: str
    customer: str | None
    owner: str | None
    owner_id: int | None
    members: tuple[str, ...]
    pipeline: str
    stage: str
    stage_title: str
    stage_id: int
    probability: int
    status: Status
    amount: int | None
    expected_close: date | None
    opened_on: date | None
    stage_entered_at: datetime | None
    stage_clock: date | None
    stage_counts_from: date | None
    last_touch_at: datetime | None
    last_touch_on: date | None
    touch_clock: date | None
    touch_counts_from: date | None
    next_step: str | None
    next_step_due: date | None
    held_until: date | None
    hold_reason: str | None
    closed_on: date | None
    lost_reason: str | None
    competitor: str | None
    source: str | None
    pushes: int
    moved_back: bool
    archived: bool
    ack_until: date | None
    ack_reason: str | None
    contact_changed_on: date | None
    changed_contact: str | None
    successor: str | None
    successor_id: int | None
    claim: Claim | None
    today: date

    @property
    def weighted(self) -> int | None:
        """Amount × win probability in minor units; a won deal weighs whole, a lost one nothing."""
        return None if self.amount is None else weighted(self.amount, self.win_probability)

    @property
    def win_probability(self) -> int:
        """The stage's declared probability while it is open, then the outcome."""
        if self.status is Status.WON:
            return 10_000
        return 0 if self.status is Status.LOST else self.probability

    @property
    def clock_day(self) -> date:
        """The day the clocks read: the last open one, or the day they start again."""
        if self.closed_on is not None:
            return self.closed_on
        return self.held_until if self.status is Status.HELD and self.held_until else self.today

    def _days(self, since: date | None) -> int | None:
        return None if since is None else max(0, (self.clock_day - since).days)

    @property
    def days_in_stage(self) -> int | None:
        """Local days since it entered its stage, held days taken off."""
        return self._days(self.stage_clock)

    @property
    def days_silent(self) -> int | None:
        """Local days since the last touch, or since it was opened if there was none."""
        return self._days(self.touch_clock)

    @property
    def label(self) -> str:
        """How it is spoken of: `12 Ark Electronics`."""
        return f"{self.id} {self.name}"


class ClaimSaid(NamedTuple):
    """A claim as it was made, in percent, beside the evidence of that moment, in basis points."""

    at: datetime
    by: str | None
    claim: int | None
    close_claim: date | None
    evidence: int | None
    stage: str | None


class MilestoneRecord(NamedTuple):
    """A milestone as it stands on one deal; `reconfirm` names who gave the evidence and is gone."""

    deal_id: int
    deal: str
    stage: str
    milestone: str
    title: str
    required: bool
    state: MilestoneState
    evidence: str | None = None
    claimed_at: datetime | None = None
    claimed_by: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    last_at: datetime | None = None
    milestone_id: int = 0
    stage_id: int = 0
    reconfirm: str | None = None
    owner: str | None = None


class TimelineEntry(NamedTuple):
    """One thing that happened on a deal; `was` and `now` where something changed."""

    at: datetime | None
    recorded_at: datetime
    kind: str
    by: str | None
    text: str
    operation: int = 0
    was: str | None = None
    now: str | None = None


class Change(NamedTuple):
    """What an operation made of one thing; None where nothing was known, or is any more."""

    deal_id: int | None
    deal: str | None
    what: str
    was: Any
    now: Any


class Done(NamedTuple):
    """One operation: who, when it was entered here, by which command, and what it did.

    `undone_by` is the operation that holds it undone; `changes_total` counts its changes, not all
    of which need be in `changes`.
    """

    operation: int
    entered_at: datetime
    by: str | None
    command: str
    summary: str
    undone_by: int | None = None
    changes: tuple[Change, ...] = ()
    changes_total: int = 0

    @property
    def undone(self) -> bool:
        """Whether it is undone and not done again."""
        return self.undone_by is not None


class FunnelRow(NamedTuple):
    """The open deals of one stage, or of one group."""

    pipeline: str
    stage: str
    title: str
    probability: int | None
    deals: int
    amount: int
    amount_unknown: int
    weighted: int
    median_days: float | None
    stalled: int


class Target(NamedTuple):
    """What a member, or without one the whole team, is to win in a period, in minor units."""

    owner: str | None
    owner_id: int | None
    period: Period
    amount: int


class Filters(NamedTuple):
    """Which deals a question is about; None means all."""

    owner_id: int | None = None
    pipeline: str | None = None
    customer: str | None = None
    source: str | None = None
