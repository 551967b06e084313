"""What every import shares: its outcome, the people it names, and how its rows are read.

What is unknown stays unknown. Imported facts count as known when they happened, so that the
imported past unfolds under --as-of; when they were entered here stands on their operation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.actions.cells import Memory, Words
from funnelcli.domain.text import clean, fold, shown
from funnelcli.domain.time import last_second, local_day, midnight
from funnelcli.errors import NotFound, UsageFault
from funnelcli.store.reading import imported
from funnelcli.store.reading.people import members
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from funnelcli.actions.faults import Faults
    from funnelcli.actions.tables import Row, Table
    from funnelcli.store.session import Work


class Imported(NamedTuple):
    """What an import did."""

    what: str
    new: int
    changed: int
    same: int
    told: str = ""
    people: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    noted: bool = False

    def sentence(self, *, done: bool = True) -> str:
        """Say it in one line, or what would be `done`; what else is `told` comes after it."""
        counts = {"new": self.new, "changed": self.changed, "same": self.same}
        told = marked("Imported {total}: {new} new, {changed} changed, {same} as before.")
        if not done:
            told = marked("Would import {total}: {new} new, {changed} changed, {same} as before.")
        total = _COUNTED[self.what](sum(counts.values()))
        sentence = said(told, total=total, **{key: f"{n:,}" for key, n in counts.items()})
        return f"{sentence} {self.told}" if self.told else sentence


_COUNTED: dict[str, Callable[[int], str]] = {
    "deal": lambda n: plural(n, "{n} deal", "{n} deals"),
    "stage entry": lambda n: plural(n, "{n} stage entry", "{n} stage entries"),
    "log": lambda n: plural(n, "{n} log", "{n} logs"),
    "contact": lambda n: plural(n, "{n} contact", "{n} contacts"),
}


@dataclass
class People:
    """Members by folded name; unknown ones are created, if that is wished, or are a fault."""

    work: Work
    create: bool
    known: dict[str, int] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the team once."""
        self.known = {fold(m.name): m.id for m in members(self.work.reading)}

    def reader(self) -> Memory:
        """Return what reads a column of names: as numbers, or as what `meant` makes numbers of.

        Nobody is created before all that the row says is understood.
        """
        return Memory(str if self.create else self.number)

    def meant(self, read: Any) -> int | None:
        """Return the number of the member that was read; one who is missing is created."""
        return self.number(read) if isinstance(read, str) else read

    def number(self, word: str) -> int | None:
        """Return the number of the member called `word`, None for a blank; raises NotFound."""
        if not word:
            return None
        key = fold(word)
        if key not in self.known:
            self.known[key] = self._create(word)
        return self.known[key]

    def _create(self, word: str) -> int:
        if not self.create:
            message = said(
                "{word} is nobody on the team; add them, or use --create-missing.",
                word=shown(word),
            )
            raise NotFound(message)
        name = clean(word, said("name"))
        self.added.append(name)
        return int(self.work.add("member", name=name).id)


@dataclass
class Days:
    """Reads the dates of a table in the file's zone."""

    work: Work
    table: Table

    def any(self, column: str, told: Callable[[date], Any] = lambda day: day) -> Memory:
        """Return what reads a column of days as they are `told`, a blank as None.

        An instant is its local day.
        """
        read = self.table.moment(column, self.work.zone)

        def day(word: str) -> Any:
            if not word:
                return None
            found = read(word)
            return told(local_day(found, self.work.zone) if isinstance(found, datetime) else found)

        return Memory(day)

    def past(self, column: str) -> Memory:
        """Return what reads a column of days that have come."""
        read = self.any(column).read

        def day(word: str) -> date | None:
            found: date | None = read(word)
            if found is not None and found > self.work.today:
                message = said("{word} is still to come.", word=shown(word))
                raise UsageFault(message)
            return found

        return Memory(day)

    def instants(self, column: str) -> Words:
        """Return what reads a column of instants that have come; a date is its local midnight."""
        read = self.table.moment(column, self.work.zone)

        def instant(word: str) -> datetime:
            found = read(word)
            at = found if isinstance(found, datetime) else midnight(found, self.work.zone)
            if at > self.work.now:
                message = said("{word} is still to come.", word=shown(word))
                raise UsageFault(message)
            return at.astimezone(UTC).replace(microsecond=0)

        return Words(instant)


def closing(day: date, work: Work) -> datetime:
    """Return when a deal counts as closed of which the day is known: its end, now at the latest."""
    return min(last_second(day, work.zone), work.now)


def deal_numbers(
    work: Work, faults: Faults, rows: list[tuple[Row, tuple[Any, ...]]], place: int
) -> list[tuple[Row, list[Any]]]:
    """Return the rows with the deal's number instead of its id at the source, at `place`."""
    there = imported.deal_numbers(work.reading, {values[place] for _, values in rows})
    found = []
    for row, values in rows:
        number = there.get(values[place])
        if number is None or number.vacant:
            message = said(
                "{word} is the id of no deal; import the deals first.", word=shown(values[place])
            )
            faults.add(row, NotFound(message), "deal")
        else:
            found.append((row, [*values[:place], number.id, *values[place + 1 :]]))
    return found
