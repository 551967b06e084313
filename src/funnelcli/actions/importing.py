"""What every import shares: its outcome, the people it names, and how its rows are read.

What is unknown stays unknown. Imported facts count as known when they happened, so that the
imported past unfolds under --as-of; when they were entered here stands on their operation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.text import clean, fold, plural, shown, unguarded
from funnelcli.domain.time import last_second, local_day, midnight
from funnelcli.errors import FunnelError, NotFound, UsageFault
from funnelcli.store.reading import imported
from funnelcli.store.reading.people import members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from funnelcli.actions.faults import Faults
    from funnelcli.actions.tables import Row, Table
    from funnelcli.store.session import Work

BATCH = 2_000
"""So many rows are looked up, compared and written at once."""
_MOST = 20_000
"""Words of a column whose meaning is remembered."""


class Imported(NamedTuple):
    """What an import did."""

    what: str
    new: int
    changed: int
    same: int
    told: str = ""
    added: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say it in one line; what else is `told` comes after it."""
        counted = f"{self.new:,} new, {self.changed:,} changed, {self.same:,} as before"
        total = self.new + self.changed + self.same
        said = f"Imported {plural(total, self.what, _PLURALS[self.what])}: {counted}."
        return f"{said} {self.told}" if self.told else said


_PLURALS = {"deal": "deals", "stage entry": "stage entries", "log": "logs", "contact": "contacts"}


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
            message = f"{shown(word)} is nobody on the team; add them, or use --create-missing."
            raise NotFound(message)
        name = clean(word, "name")
        self.added.append(name)
        return int(self.work.add("member", name=name).id)


class Cells:
    """Reads the rows of a table by their columns; a column that it lacks reads as blank."""

    def __init__(
        self, table: Table, faults: Faults, readers: Mapping[str, Callable[[str], Any] | Memory]
    ) -> None:
        """Take what reads each column, in the order in which the values are wanted."""
        places = {name: place for place, name in enumerate(table.columns)}
        self._plan = [
            (places[column], self._reader(table, read))
            if column in places
            else (-1, Memory(read.read if isinstance(read, Memory) else read).__getitem__)
            for column, read in readers.items()
        ]
        self._columns, self._table, self._faults = list(readers), table, faults

    @staticmethod
    def _reader(table: Table, read: Callable[[str], Any] | Memory) -> Callable[[str], Any]:
        """Return what reads a column; a map has its cells cleared of blanks and guards already."""
        if isinstance(read, Memory):
            return Memory(read.read if table.fitted else _meant(read.read)).__getitem__
        return read if table.fitted else _meant(read)

    def rows(self) -> Iterator[tuple[Row, list[Any]]]:
        """Yield the rows with their values; those with faults are kept there."""
        plan, add = self._plan, self._faults.add
        for row in self._table.rows():
            if row.error is not None:
                add(row, row.error)
                continue
            cells = row.cells
            try:
                yield row, [read(cells[place]) for place, read in plan]
            except FunnelError:
                self._explain(row)

    def _explain(self, row: Row) -> None:
        for column, (place, read) in zip(self._columns, self._plan, strict=True):
            with self._faults.at(row, column):
                read(row.cells[place])


def _meant(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads cells as they were typed: with blanks around, and guarded."""

    def meant(word: str) -> Any:
        return read((unguarded(word) if word[:1] == "'" else word).strip())

    return meant


class Memory(dict[Any, Any]):
    """Reads words that come again and again, each once."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        """Take what reads a word."""
        self.read = read

    def __missing__(self, word: Any) -> Any:
        """Read a word for the first time."""
        found = self.read(word)
        if len(self) < _MOST:
            self[word] = found
        return found


def text(what: str) -> Callable[[str], str | None]:
    """Return what reads a text that may be blank."""
    return lambda word: clean(word, what) if word else None


def batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the rows in batches."""
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


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
            found = read(word)
            if found is not None and found > self.work.today:
                message = f"{shown(word)} is still to come."
                raise UsageFault(message)
            return found

        return Memory(day)

    def instants(self, column: str) -> Callable[[str], datetime]:
        """Return what reads a column of instants that have come; a date is its local midnight."""
        read = self.table.moment(column, self.work.zone)

        def instant(word: str) -> datetime:
            found = read(word)
            at = found if isinstance(found, datetime) else midnight(found, self.work.zone)
            if at > self.work.now:
                message = f"{shown(word)} is still to come."
                raise UsageFault(message)
            return at.astimezone(UTC).replace(microsecond=0)

        return instant


def closing(day: date, work: Work) -> datetime:
    """Return when a deal counts as closed of which the day is known: its end, now at the latest."""
    return min(last_second(day, work.zone), work.now)


def deal_numbers(
    work: Work, faults: Faults, rows: list[tuple[Row, list[Any]]], place: int
) -> list[tuple[Row, list[Any]]]:
    """Return the rows whose value at `place`, an id at the source, is put as the deal's number."""
    there = imported.deal_numbers(work.reading, {values[place] for _, values in rows})
    found = []
    for row, values in rows:
        number = there.get(values[place])
        if number is None or number.vacant:
            message = f"{shown(values[place])} is the id of no deal; import the deals first."
            faults.add(row, NotFound(message), "deal")
        else:
            values[place] = number.id
            found.append((row, values))
    return found
