"""Histories as they were known on some day, recounted from the events themselves.

What the program counts by SQL is counted here as plainly as can be: everything that was recorded
after the day is struck out first, and what is left is counted. Days are UTC, as in the logs.
"""

from __future__ import annotations

import csv
import gzip
import tomllib
from collections import Counter, defaultdict
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.forecast import Step
from funnelcli.domain.stays import Exit, History, Stay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MINOR = 100
"""Minor units of a major one."""


class Outcome(StrEnum):
    """How a case ended."""

    WON = "won"
    LOST = "lost"


class Event(NamedTuple):
    """What happened at the end of a day: a stage was entered, by its position, or the case ended.

    Days are proleptic ordinals, so that their differences are days.
    """

    on: int
    what: int | Outcome


class Case(NamedTuple):
    """A deal with all that ever happened to it, in order; its amount in minor units if known."""

    name: str
    owner: str
    events: tuple[Event, ...]
    amount: int = 0
    about: tuple[str, ...] = ()

    @property
    def end(self) -> Event | None:
        """How it ended in the end, if it did."""
        last = self.events[-1]
        return last if isinstance(last.what, Outcome) else None

    @property
    def won(self) -> bool:
        """Whether it was won in the end."""
        return self.end is not None and self.end.what is Outcome.WON

    def won_by(self, day: int) -> bool:
        """Tell whether it was won by the end of the day."""
        return self.won and self.events[-1].on <= day

    def seen(self, day: int) -> Case | None:
        """Return the case with nothing but what was known at the end of the day, if anything."""
        known = tuple(event for event in self.events if event.on <= day)
        return self._replace(events=known) if known else None


class OpenCase(NamedTuple):
    """A case that was open at the end of a day: its stage, and for how many days it was there.

    `case` has its future too, which methods must not see.
    """

    position: int
    days: int
    case: Case


class Known(NamedTuple):
    """All that was known at the end of a day."""

    history: History
    open: tuple[OpenCase, ...]
    closed: tuple[Case, ...]


def known_at(cases: Iterable[Case], day: int, stages: int) -> Known:
    """Return what was known at the end of the day of a process of so many stages."""
    pairs = [(case, known) for case in cases if (known := case.seen(day)) is not None]
    seen = [known for _, known in pairs]
    closed = tuple(case for case in seen if case.end is not None)
    lost = Counter(furthest(case) for case in closed if not case.won)
    counted = Counter(stay for case in seen for stay in stays(case, day))
    history = History(
        won=sum(case.won for case in closed),
        lost=tuple(lost[position] for position in range(stages)),
        stays=tuple(stay._replace(times=times) for stay, times in sorted(counted.items(), key=str)),
    )
    still = [(entries(known)[-1], case) for case, known in pairs if known.end is None]
    waiting = tuple(OpenCase(place, day - on, case) for (on, place), case in still)
    return Known(history, waiting, closed)


def entries(case: Case) -> list[tuple[int, int]]:
    """Return the day and the position of each stage that was entered."""
    return [(on, what) for on, what in case.events if not isinstance(what, Outcome)]


def furthest(case: Case) -> int:
    """Return the furthest stage that the case reached."""
    return max(position for _, position in entries(case))


def stays(case: Case, day: int) -> Iterator[Stay]:
    """Yield each stay of a case of which nothing is known after the day."""
    entered = entries(case)
    for n, (on, position) in enumerate(entered):
        to_win = case.events[-1].on - on if case.won else None
        if n + 1 < len(entered):
            left, place = entered[n + 1]
            way = Exit.ADVANCED if place > position else Exit.MOVED_BACK
        elif case.end is not None:
            left, way = case.end.on, Exit.ADVANCED if case.won else Exit.LOST
        else:
            left, way = day, Exit.STILL_HERE
        yield Stay(position, left - on, way, to_win)


def steps(folder: Path) -> list[Step]:
    """Return the stages of the folder's pipeline, with their chances and limits."""
    stages = tomllib.loads((folder / "pipeline.toml").read_text())["stage"]
    return [Step(each["title"], each["probability"] / 100, each["max_days"]) for each in stages]


def applications(folder: Path) -> list[Case]:
    """Return the loan applications in the order in which they came in."""
    named = tomllib.loads((folder / "pipeline.toml").read_text())["stage"]
    positions = {stage["name"]: position for position, stage in enumerate(named)}
    happened: dict[str, list[Event]] = defaultdict(list)
    for row in rows(folder / "stages.csv.gz"):
        at = datetime.fromisoformat(row["at"]).date().toordinal()
        position = positions.get(row["stage"])
        what = Outcome(row["stage"]) if position is None else position
        happened[row["deal"]].append(Event(at, what))
    return [
        Case(row["id"], row["owner"], tuple(happened[row["id"]]))
        for row in rows(folder / "deals.csv.gz")
    ]


def opportunities(file: Path) -> list[Case]:
    """Return the opportunities of a table with one stage, those without a date left out."""
    return [
        Case(
            name=row["opportunity_id"],
            owner=row["sales_agent"],
            events=tuple(_engaged(row)),
            amount=round(float(row["close_value"] or 0) * MINOR),
            about=(row["sales_agent"], row["product"], row["account"]),
        )
        for row in rows(file)
        if row["engage_date"]
    ]


def _engaged(row: dict[str, str]) -> Iterator[Event]:
    yield Event(date.fromisoformat(row["engage_date"]).toordinal(), 0)
    if row["close_date"]:
        closed = date.fromisoformat(row["close_date"]).toordinal()
        yield Event(closed, Outcome(row["deal_stage"].lower()))


def rows(file: Path) -> Sequence[dict[str, str]]:
    """Return the rows of a table, by column; it may be packed."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
