"""What somebody of the team did and a figure counts: one entry each, with where to look it up.

An entry has two days: the one on which it happened, or for which it was meant, and the one on which
it was entered here. An entry that nobody may count twice comes only once, whenever one asks.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from funnelcli.domain.conversation import is_late


class EntryKind(StrEnum):
    """What was done."""

    LOG = "log"
    PLAN = "plan"
    INSTRUCTION = "instruction"
    REPLY = "reply"
    MILESTONE = "milestone"
    ADVANCE = "advance"
    STAY = "stay"
    WON = "won"
    LOST = "lost"
    CLAIM = "claim"


class EntryState(StrEnum):
    """How it stands at the moment that is asked about.

    A plan and an instruction are on time if what was done was entered by their day; `excused` if
    nobody can be blamed that it was not. A log is answered, seen, waiting or never read.
    """

    NONE = ""
    ON_TIME = "on-time"
    LATE = "late"
    MISSED = "missed"
    DROPPED = "dropped"
    EXCUSED = "excused"
    SAME_DAY = "same-day"
    COMING = "coming"
    ACCEPTED = "accepted"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    SEEN = "seen"
    WAITING = "waiting"
    NEVER_READ = "never-read"
    WON = "won"
    LOST = "lost"


DUE = (EntryState.ON_TIME, EntryState.LATE, EntryState.MISSED, EntryState.DROPPED)
"""How planned work stands of which one can say whether it was done on time."""


class Entry(NamedTuple):
    """One thing that somebody did.

    `cite` is what one looks it up by, `operation` its number in the history. `on` is the day it
    happened, or the one it was planned or asked for; `entered_on` the day it was entered here;
    `ended_on` the day on which what came of it was entered. `what` is a code: the kind of a log or
    plan, the name of a milestone, the reason of a loss. `amount` is in minor units. `value` is what
    it measures: a claim's or an opening's chance in 0..1, hours until a reply, days of a stay.
    `stage_id` is the number of the stage, of a milestone's too, whatever it is called later.
    """

    kind: EntryKind
    cite: str
    operation: int
    owner_id: int | None
    deal_id: int
    deal: str
    pipeline: str
    stage: str
    on: date
    entered_on: date
    what: str = ""
    text: str = ""
    state: EntryState = EntryState.NONE
    late: bool = False
    imported: bool = False
    amount: int | None = None
    value: float | None = None
    ended_on: date | None = None
    stage_id: int | None = None


class LogDay(NamedTuple):
    """So many logs of one author, dated on one day, that stand alike; each if they are asked for.

    `timely` ones were entered within two days; of the others, those are `late` that are not history
    that a table brought.
    """

    owner_id: int | None
    on: date
    timely: bool
    late: bool
    state: EntryState
    logs: int
    entries: tuple[Entry, ...] = ()


def by_day(logs: Iterable[Entry]) -> list[LogDay]:
    """Return the logs by author, day and how they stand, as the file counts them."""
    found: dict[tuple[int | None, date, bool, bool, EntryState], list[Entry]] = {}
    for log in logs:
        timely = not is_late(log.on, log.entered_on)
        alike = (log.owner_id, log.on, timely, log.late, log.state)
        found.setdefault(alike, []).append(log)
    return [LogDay(*alike, len(each), tuple(each)) for alike, each in found.items()]


class Ending(NamedTuple):
    """What became of a plan: done or dropped, when that was entered, and whether by the manager."""

    done: bool
    entered_on: date
    by_manager: bool


def plan_state(
    on: date, entered_on: date, ending: Ending | None, needless_on: date | None, today: date
) -> EntryState:
    """Return how a plan for the day `on` stands.

    What was entered on the day itself or later, or on the one on which it was done, was never
    planned. Nobody is to be blamed for what the manager dropped, or what was `needless_on` its day:
    the deal's end was entered by then, the manager had given the deal to somebody else, or they
    were no longer on the team.
    """
    done_on = ending.entered_on if ending is not None and ending.done else on
    if entered_on >= min(on, done_on):
        return EntryState.SAME_DAY
    if ending is not None and ending.done:
        return EntryState.ON_TIME if ending.entered_on <= on else EntryState.LATE
    if ending is not None:
        return EntryState.EXCUSED if ending.by_manager else EntryState.DROPPED
    if needless_on is not None and needless_on <= on:
        return EntryState.EXCUSED
    return EntryState.COMING if on >= today else EntryState.MISSED


def instruction_state(
    due: date, followed_on: date | None, closed_on: date | None, today: date
) -> EntryState:
    """Return how an instruction stands, from the day on which the log that followed was entered."""
    if followed_on is not None:
        return EntryState.ON_TIME if followed_on <= due else EntryState.LATE
    if closed_on is not None and closed_on <= due:
        return EntryState.EXCUSED
    return EntryState.COMING if due >= today else EntryState.MISSED


class Arrival(NamedTuple):
    """A deal's coming into a stage, at its position in the pipeline."""

    stage_id: int
    position: int


def advances(arrivals: list[Arrival], *, won: bool) -> list[int]:
    """Return the places of the arrivals that count as advances, of one deal's in their order.

    Each stage counts once, on its first arrival from an earlier one, if the deal has not been moved
    back before it since; where the deal was opened does not count, and a won deal keeps all.
    """
    found, seen = [], {arrival.stage_id for arrival in arrivals[:1]}
    for place, (before, now) in enumerate(pairwise(arrivals), 1):
        if now.position > before.position and now.stage_id not in seen:
            seen.add(now.stage_id)
            if won or now.position <= arrivals[-1].position:
                found.append(place)
    return found
