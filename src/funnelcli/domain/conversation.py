"""What the manager and the reps say to each other: logs that wait, answers, planned work."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime

    from funnelcli.domain.model import Status

WAITS = 14
"""Days for which a log waits in the inbox after it was entered."""
LATE = 2
"""Days after which the entry of what happened is late."""


def is_late(happened_on: date, entered_on: date) -> bool:
    """Tell whether what happened was entered long after."""
    return (entered_on - happened_on).days > LATE


class Waiting(NamedTuple):
    """A log that nobody has answered; claim in percent, evidence in basis points, amount minor."""

    log: int
    deal_id: int
    deal: str
    customer: str | None
    owner: str | None
    at: datetime
    kind: str
    text: str
    claim: int | None
    ask: bool
    amount: int | None
    stage: str
    stage_title: str
    waiting_days: int
    by: str | None
    close_claim: date | None
    evidence: int | None
    status: Status
    happened_on: date
    entered_on: date

    @property
    def claims(self) -> bool:
        """Whether it states a confidence or a closing date."""
        return self.claim is not None or self.close_claim is not None

    @property
    def late(self) -> bool:
        """Whether it was entered long after it happened."""
        return is_late(self.happened_on, self.entered_on)


class Answer(NamedTuple):
    """A reply that no log on the deal has followed; one that is `due` asks for something."""

    log: int
    deal_id: int
    deal: str
    owner: str | None
    by: str | None
    at: datetime
    text: str
    due: date | None
    today: date

    @property
    def overdue(self) -> bool:
        """Whether its day has passed."""
        return self.due is not None and self.due < self.today


class Plan(NamedTuple):
    """A planned activity and what became of it: `open`, `done` or `dropped`."""

    plan: int
    deal_id: int
    deal: str
    owner: str | None
    on: date
    kind: str
    text: str
    state: str
    done_at: datetime | None
    with_whom: str | None
    with_id: int | None
    reason: str | None
    log: int | None
    today: date

    @property
    def overdue(self) -> bool:
        """Whether it is open though its day has passed."""
        return self.state == "open" and self.on < self.today


class Happening(NamedTuple):
    """One thing of a rep's day: what it was, on which deal, and how it stands."""

    owner: str
    at: datetime | None
    kind: str
    deal_id: int | None
    deal: str | None
    text: str
    state: str | None
