"""A table that came from elsewhere: its header checked, its rows ours, its faults kept."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.actions import maps, sources
from funnelcli.domain import notation
from funnelcli.domain.mapping import Fitted, Mapping
from funnelcli.domain.notation import Column, Decimal, Order, Unclear
from funnelcli.domain.text import plural, shown, unguarded
from funnelcli.errors import FunnelError, UsageFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from funnelcli.actions.sources import Record, Source

FAULT = "fault"
"""The column in which rejected rows tell what is wrong with them; it is not read again."""
SAMPLE = 1_000
"""Rows of which the dates and amounts are looked at before all others are."""
STEP = 2_048
"""Rows after each of which it is told how far the reading is."""
_OURS = {"opportunity": "deal"}
"""What a header may call our columns."""


class Header(NamedTuple):
    """The columns of a kind of table: which it must have, which it may, and what is in them."""

    kind: str
    required: frozenset[str]
    known: frozenset[str]
    key: str
    dates: frozenset[str] = frozenset()
    amounts: frozenset[str] = frozenset()


class Reading(NamedTuple):
    """What the user says of a table: how its columns are named, and how it is written."""

    map: Path | None = None
    preset: str | None = None
    order: Order | None = None
    decimal: Decimal | None = None
    encoding: str | None = None


def _unwatched(_rows: int, _share: float) -> None:
    """Tell nobody how far it is."""


class Row(NamedTuple):
    """A row of ours, numbered as a spreadsheet numbers it, and the records that told it.

    After its cells comes a blank one, which stands for all columns that the table lacks.

    One that cannot be read has no cells, but an `error`.
    """

    number: int
    cells: list[str]
    records: list[list[str]]
    error: FunnelError | None = None


@dataclass
class Table:
    """An open table of a kind; `columns` are ours, in the order of the rows' cells."""

    kind: Header
    source: Source
    header: list[str]
    fitted: Fitted | None
    merge: int | None
    columns: tuple[str, ...]
    written: dict[str, Order | Decimal] = field(default_factory=dict)
    repeated: int = 0
    watch: Callable[[int, float], object] = _unwatched

    @property
    def file(self) -> str:
        """What the user called it."""
        return self.source.file

    def rows(self) -> Iterator[Row]:
        """Return the rows from the first on."""
        return self._single() if self.merge is None else self._merged(self.merge)

    def _single(self) -> Iterator[Row]:
        names, self.repeated = self.header, 0
        width, fitted = len(names), self.fitted
        records = self.source.records()
        next(records, None)
        for number, record in enumerate(records, 2):
            if not number % STEP:
                self.watch(number, self.source.share)
            if isinstance(record, FunnelError):
                yield Row(number, [], [], record)
                continue
            if len(record) > width and any(record[width:]):
                message = f"It has {len(record)} cells, and the header {width}."
                yield Row(number, [], [record], UsageFault(message))
                continue
            if not any(record):
                continue
            if record[0].strip() == names[0] and _cells(record, width) == names:
                self.repeated += 1
            elif fitted is None:
                record.extend([""] * (width + 1 - len(record)))
                yield Row(number, record, [record])
            else:
                try:
                    for ours in fitted.rows(_cells(record, width)):
                        yield Row(number, [*ours, ""], [record])
                except FunnelError as error:
                    yield Row(number, [], [record], error)

    def _merged(self, order: int) -> Iterator[Row]:
        """Make one row of those with the same key, in the order of a column of theirs."""
        key, found = self.columns.index(self.kind.key), dict[str, list[Row]]()
        for row in self._single():
            if row.error is None:
                found.setdefault(row.cells[key], []).append(row)
            else:
                yield row
        for rows in found.values():
            cells = list(rows[0].cells)
            for row in sorted(rows, key=lambda row: row.records[0][order]):
                cells = [new or old for new, old in zip(row.cells, cells, strict=True)]
            yield Row(rows[0].number, cells, [record for row in rows for record in row.records])

    def moment(self, column: str, zone: ZoneInfo) -> Callable[[str], date | datetime]:
        """Return what reads the cells of a column of dates."""
        order = self.written.get(column)
        used = order if isinstance(order, Order) else None
        return lambda cell: notation.read_moment(cell, used, zone)

    def amount(self, column: str, currency: str) -> Callable[[str], int]:
        """Return what reads the cells of a column of amounts, in minor units."""
        sign = self.written.get(column)
        used = sign if isinstance(sign, Decimal) else Decimal.POINT
        return lambda cell: notation.read_amount(cell, used, currency)

    def understood(self) -> list[str]:
        """Return, a sentence each, what was taken for something else than it stands there."""
        told = []
        for how, spoken in _SPOKEN.items():
            columns = [column for column, used in self.written.items() if used is how]
            if columns:
                told.append(f"{', '.join(columns)}: {spoken}.")
        if self.repeated:
            told.append(f"{plural(self.repeated, 'repeated header')} left out.")
        return told


_SPOKEN: dict[Order | Decimal, str] = {
    Order.DMY: "written day, month, year",
    Order.MDY: "written month, day, year",
    Decimal.COMMA: "written with a decimal comma",
}


def _cells(record: list[str], width: int) -> list[str]:
    """Return a record's cells as they were meant; a short one lacks its last cells."""
    cells = [unguarded(cell).strip() for cell in record]
    return cells if len(cells) == width else [*cells[:width], *[""] * (width - len(cells))]


@contextmanager
def opened(file: str, kind: Header, reading: Reading) -> Iterator[Table]:
    """Open a table of a kind, in CSV, plain or gz, or a workbook, and fit it to our columns.

    Raises UsageFault for a header that does not fit, and for a map that errs.
    """
    said = _mapping(kind, reading)
    encoding = reading.encoding or (said.encoding if said else None)
    with ExitStack() as held:
        source = held.enter_context(sources.opened(file, encoding))
        header = _header(source)
        if said is None:
            names = [_OURS.get(name, name) for name in header]
            _check(file, kind, names)
            table = Table(kind, source, header, None, merge=None, columns=tuple(names))
        else:
            fitted = _fit(kind, said, header, file, reading)
            table = Table(kind, source, header, fitted, _order(said, header), fitted.columns)
        table.written = _written(table, reading, said)
        yield table


def _mapping(kind: Header, reading: Reading) -> Mapping | None:
    if reading.map is not None and reading.preset is not None:
        message = "--map and --preset exclude each other; a map may be like a preset."
        raise UsageFault(message)
    if reading.map is not None:
        return maps.read(reading.map, kind.kind, kind.known)
    if reading.preset is not None:
        return maps.shipped(reading.preset, kind.kind, kind.known)
    return None


def _fit(kind: Header, said: Mapping, header: list[str], file: str, reading: Reading) -> Fitted:
    beside = [Path() if reading.map is None else reading.map.parent, Path(file).parent]
    tables = {
        column: maps.looked_up(lookup, beside, said.encoding)
        for column, lookup in said.lookups.items()
    }
    try:
        return Fitted(said, header, tables, kind.required)
    except UsageFault as error:
        message = f"{file!r} does not fit: {error}"
        raise UsageFault(message) from error


def _order(said: Mapping, header: list[str]) -> int | None:
    """Return the place of the column in whose order rows are merged, None if they are not."""
    if said.merge is not None and said.merge not in header:
        message = f"The map merges by the column {said.merge!r}; the header is {','.join(header)}."
        raise UsageFault(message)
    return None if said.merge is None else header.index(said.merge)


def _header(source: Source) -> list[str]:
    first: Record = next(source.records(), [])
    if isinstance(first, FunnelError):
        raise first
    return [name.strip() for name in first]


def _check(file: str, kind: Header, names: Sequence[str]) -> None:
    first = sorted(kind.required)
    if not names:
        message = f"{file!r} is empty: it has no header, and so no column {first[0]!r}."
        raise UsageFault(message)
    missing = [name for name in first if name not in names]
    if missing:
        message = f"{file!r} has no column {missing[0]!r}; its header is {','.join(names)}."
        raise UsageFault(message)
    strange = [name for name in names if name not in kind.known and name != FAULT]
    if strange:
        listed = ", ".join(sorted(kind.known))
        message = f"{file!r} has the unknown column {strange[0]!r}; known are {listed}."
        raise UsageFault(message)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        message = f"{file!r} has the column {twice[0]!r} twice."
        raise UsageFault(message)


def _written(table: Table, reading: Reading, said: Mapping | None) -> dict[str, Order | Decimal]:
    """Return how the columns of dates and amounts are written, as said or as found in all of them.

    Raises UsageFault for one that can be read in several ways.
    """
    order = reading.order or (said.order if said else None)
    decimal = reading.decimal or (said.decimal if said else None)
    found: dict[str, Order | Decimal] = {}
    columns: dict[str, Column[Order] | Column[Decimal]] = {}
    for name in table.columns:
        if name in table.kind.dates:
            if order:
                found[name] = order
            else:
                columns[name] = Column(Order, _read_date)
        elif name in table.kind.amounts:
            if decimal:
                found[name] = decimal
            elif said:  # our own headers have a decimal point
                columns[name] = Column(Decimal, _read_amount)
    if columns and not _plain(table, columns):
        _see(table, columns)
        for name, column in columns.items():
            found[name] = _way(table, name, column.found())
    return found


def _read_date(cell: str, order: Order) -> object:
    return notation.read_moment(cell, order, UTC)


def _read_amount(cell: str, decimal: Decimal) -> int:
    return notation.read_amount(notation.unmarked(cell), decimal, "")


def _plain(table: Table, columns: Iterable[str]) -> bool:
    """Tell whether the first rows say nothing that could be read in two ways."""
    places = [
        (table.columns.index(name), _DATE if name in table.kind.dates else _AMOUNT)
        for name in columns
    ]
    return all(
        re.match(pattern, row.cells[place])
        for row in islice(table.rows(), SAMPLE)
        if row.error is None
        for place, pattern in places
    )


_DATE = r"(?a)$|\d{4}\D"
_AMOUNT = r"(?a)$|\d+(\.\d\d?)?$"


def _see(table: Table, columns: dict[str, Column[Order] | Column[Decimal]]) -> None:
    places = [(table.columns.index(name), column.see) for name, column in columns.items()]
    for row in table.rows():
        if row.error is None:
            for place, see in places:
                if cell := row.cells[place].strip():
                    see(cell)


def _way(table: Table, name: str, way: Order | Decimal | Unclear) -> Order | Decimal:
    """Return the way in which a column is written; raises UsageFault for an unclear one."""
    if not isinstance(way, Unclear):
        return way
    dates = name in table.kind.dates
    told = " and ".join(map(shown, way.cells))
    how = "which can be read in several ways" if len(way.cells) == 1 else "which no one way reads"
    remedy = "--dates dmy, mdy or ymd" if dates else "--decimal . or ,"
    message = f"The column {name} of {table.file!r} has {told}, {how}; say {remedy}."
    raise UsageFault(message)
