"""A table that came from elsewhere: its header checked, its rows ours, its faults kept."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.actions import maps, sources
from funnelcli.actions.sources import Unsound
from funnelcli.domain import notation
from funnelcli.domain.mapping import Fitted, Mapping
from funnelcli.domain.notation import Column, Decimal, Order, Unclear
from funnelcli.domain.text import fold, shown, unguarded
from funnelcli.errors import FunnelError, UsageFault
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
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

    After its cells comes a blank one, which stands for all columns that the table lacks. A row that
    cannot be read has no cells, but an `error`, which may be that of one column.
    """

    number: int
    cells: list[str]
    records: list[list[str]]
    error: FunnelError | None = None
    column: str = ""


@dataclass
class Table:
    """An open table of a kind; `columns` are ours, in the order of the rows' cells."""

    kind: Header
    source: Source
    header: list[str]
    fitted: Fitted | None
    merge: int | None
    columns: tuple[str, ...]
    order: Order | None = None
    decimal: Decimal | None = None
    written: dict[str, Order | Decimal] = field(default_factory=dict)
    found: dict[str, Order | Decimal] = field(default_factory=dict)
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
        names, width, fitted = self.header, len(self.header), self.fitted
        self.repeated = 0
        if fitted is not None:
            fitted.skipped = 0
        records = self.source.records()
        next(records, None)
        for number, record in enumerate(records, 2):
            if not number % STEP:
                self.watch(number, self.source.share)
            if isinstance(record, Unsound) or any(record[width:]):
                yield self._unreadable(number, record)
            elif not any(record):
                continue
            elif record[0].strip() == names[0] and _cells(record, width) == names:
                self.repeated += 1
            else:
                record.extend([""] * (width + 1 - len(record)))
                if fitted is None:
                    yield Row(number, record, [record])
                else:
                    yield from _mapped(number, record, fitted, width)

    def _unreadable(self, number: int, record: Record) -> Row:
        """Return a row with a cell that cannot be had, or with more cells than there are names."""
        width = len(self.header)
        if isinstance(record, Unsound):
            column = self.header[record.place] if record.place < width else ""
            return Row(number, [], [record.cells], record.error, column)
        message = said(
            "It has {cells} cells, and the header {width}; "
            "a cell with a {sign!r} in it stands in quotation marks.",
            cells=len(record),
            width=width,
            sign=self.source.delimiter,
        )
        return Row(number, [], [record], UsageFault(message))

    def _merged(self, order: int) -> Iterator[Row]:
        """Make one row of those with the same key, in the order of a column of theirs."""
        key, found = self.columns.index(self.kind.key), dict[str, list[Row]]()
        for row in self._single():
            if row.error is None:
                found.setdefault(row.cells[key], []).append(row)
            else:
                yield row
        rank = self._ranks(row.records[0][order] for rows in found.values() for row in rows)
        for rows in found.values():
            cells = list(rows[0].cells)
            for row in sorted(rows, key=lambda row: rank[row.records[0][order]]):
                cells = [new or old for new, old in zip(row.cells, cells, strict=True)]
            yield Row(rows[0].number, cells, [record for row in rows for record in row.records])

    def _ranks(self, cells: Iterable[str]) -> dict[str, Any]:
        """Return by cell, a number or a date, what it is put in order by; raises UsageFault."""
        words = set(cells)
        if all(map(str.isdecimal, words)):
            return {word: int(word) for word in words}
        column: Column[Order] = Column(Order, _read_date)
        for word in words:
            column.see(word.strip())
        way = self.order or column.found()
        name = self.header[self.merge or 0]
        if isinstance(way, Unclear):
            raise UsageFault(self.unclear(name, way, dates=True))
        return {word: _rank(notation.read_moment(word.strip(), way, UTC)) for word in words}

    def look(self, currency: str) -> None:
        """Find how dates and amounts are written, where nobody says it, from all their cells.

        Raises UsageFault for a column that can be read in several ways.
        """
        columns: dict[str, Column[Order] | Column[Decimal]] = {}
        theirs: dict[str, Column[Order]] = {}
        for name in self.columns:
            if name in self.kind.dates:
                if self.order is None:  # one column of theirs may be two of ours
                    told = self.called(name).removesuffix(f" ({name})")
                    columns[name] = theirs.setdefault(told, Column(Order, _read_date))
                else:
                    self.written[name] = self.order
            elif name in self.kind.amounts:
                if self.decimal is not None:
                    self.written[name] = self.decimal
                elif self.fitted is not None:  # our own headers have a decimal point
                    read = partial(_read_amount, currency=currency)
                    columns[name] = Column(Decimal, read)
        if not columns or _plain(self, columns):
            return
        _see(self, columns)
        for name, column in columns.items():
            way = column.found()
            if isinstance(way, Unclear):
                dates = name in self.kind.dates
                raise UsageFault(self.unclear(self.called(name), way, dates=dates))
            self.found[name] = way
        self.written |= self.found

    def unclear(self, name: str, way: Unclear, *, dates: bool) -> str:
        """Say what leaves it unclear how a column is written, and what to say of it."""
        date_remedy = marked("--dates dmy, mdy or ymd")
        amount_remedy = marked("--decimal '.' or --decimal ','")
        first, *others = map(shown, way.cells)
        told = marked(
            "The column {column} of {file!r} has {cell}, which can be read in several ways; "
            "say {remedy}."
        )
        if others:
            told = marked(
                "The column {column} of {file!r} has {cell} and {others}, which no one way reads; "
                "say {remedy}."
            )
        return said(
            told,
            column=name,
            file=self.file,
            cell=first,
            others=said(" and ").join(others),
            remedy=said(date_remedy if dates else amount_remedy),
        )

    def moment(self, column: str, zone: ZoneInfo) -> Callable[[str], date | datetime]:
        """Return what reads the cells of a column of dates."""
        order = self.written.get(column)
        used = order if isinstance(order, Order) else None
        return lambda cell: notation.read_moment(cell, used, zone)

    def amount(self, column: str, currency: str) -> Callable[[str], int]:
        """Return what reads the cells of a column of amounts, in minor units."""
        sign = self.written.get(column)
        used = sign if isinstance(sign, Decimal) else None
        return lambda cell: notation.read_amount(cell, used, currency)

    def called(self, column: str) -> str:
        """Return a column of ours under the name that the user knows it by."""
        template = self.fitted.sources.get(column, "") if self.fitted else ""
        theirs = template.strip("{}")
        return f"{theirs} ({column})" if theirs in self.header and theirs != column else column

    @property
    def options(self) -> str:
        """What has to be said of a part of the table that was found from the whole of it."""
        orders = {each for each in self.found.values() if isinstance(each, Order)}
        comma = Decimal.COMMA in self.found.values()
        return "".join(f" --dates {each}" for each in orders) + " --decimal ," * comma

    def understood(self) -> list[str]:
        """Return, a sentence each, how the table was read where that was to be found."""
        told = []
        for how, spoken in _SPOKEN.items():
            columns = [self.called(column) for column, used in self.found.items() if used is how]
            if columns:
                told.append(said(spoken, columns=said(", ").join(columns)))
        if self.repeated:
            told.append(
                plural(
                    self.repeated,
                    "{n} repeated header left out.",
                    "{n} repeated headers left out.",
                )
            )
        if self.fitted is not None and self.fitted.skipped:
            told.append(
                plural(
                    self.fitted.skipped,
                    "{n} row left out by the map.",
                    "{n} rows left out by the map.",
                )
            )
        return told


_SPOKEN: dict[Order | Decimal, str] = {
    Order.DMY: marked("{columns}: written day, month, year."),
    Order.MDY: marked("{columns}: written month, day, year."),
    Decimal.COMMA: marked("{columns}: written with a decimal comma."),
}


def _mapped(number: int, record: list[str], fitted: Fitted, width: int) -> Iterator[Row]:
    try:
        for ours in fitted.rows(_cells(record, width)):
            yield Row(number, [*ours, ""], [record])
    except FunnelError as error:
        yield Row(number, [], [record], error)


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
            ours = {fold(name): name for name in kind.known} | _OURS
            names = [ours.get(fold(name), name) for name in header]
            _check(file, kind, names)
            table = Table(kind, source, header, None, merge=None, columns=tuple(names))
        else:
            fitted = _fit(kind, said, header, file, reading)
            merge = None if said.merge is None else fitted.place(said.merge)
            table = Table(kind, source, header, fitted, merge, fitted.columns)
        table.order = reading.order or (said.order if said else None)
        table.decimal = reading.decimal or (said.decimal if said else None)
        yield table


def _mapping(kind: Header, reading: Reading) -> Mapping | None:
    if reading.map is not None and reading.preset is not None:
        message = said("--map and --preset exclude each other; a map may be like a preset.")
        raise UsageFault(message)
    if reading.map is not None:
        return maps.read(reading.map, kind.kind, kind.known)
    if reading.preset is not None:
        return maps.shipped(reading.preset, kind.kind, kind.known)
    return None


def _fit(kind: Header, meant: Mapping, header: list[str], file: str, reading: Reading) -> Fitted:
    beside = [Path() if reading.map is None else reading.map.parent, Path(file).parent]
    tables = {
        column: maps.looked_up(lookup, beside, meant.encoding)
        for column, lookup in meant.lookups.items()
    }
    try:
        return Fitted(meant, header, tables, kind.required)
    except UsageFault as error:
        told = marked("{file!r} does not fit the map {map}: {error}")
        if reading.preset:
            told = marked("{file!r} does not fit the preset {preset}: {error}")
        message = said(told, file=file, map=reading.map, preset=reading.preset, error=error)
        raise UsageFault(message) from error


def _header(source: Source) -> list[str]:
    first: Record = next(source.records(), [])
    if isinstance(first, Unsound):
        raise first.error
    return [name.strip() for name in first]


def _check(file: str, kind: Header, names: Sequence[str]) -> None:
    first = sorted(kind.required)
    if not names:
        message = said(
            "{file!r} is empty: it has no header, and so no column {column!r}.",
            file=file,
            column=first[0],
        )
        raise UsageFault(message)
    missing = [name for name in first if name not in names]
    if missing:
        message = said(
            "{file!r} has no column {column!r}; its header is {header}; "
            "--preset and --map read other headers.",
            file=file,
            column=missing[0],
            header=",".join(names),
        )
        raise UsageFault(message)
    strange = [name for name in names if name not in kind.known and name != FAULT]
    if strange:
        message = said(
            "{file!r} has the unknown column {column!r}; known are {columns}.",
            file=file,
            column=strange[0],
            columns=", ".join(sorted(kind.known)),
        )
        raise UsageFault(message)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        message = said("{file!r} has the column {column!r} twice.", file=file, column=twice[0])
        raise UsageFault(message)


def _read_date(cell: str, order: Order) -> object:
    return notation.read_moment(cell, order, UTC)


def _rank(moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), UTC)


def _read_amount(cell: str, decimal: Decimal, *, currency: str) -> int:
    return notation.read_amount(notation.unmarked(cell), decimal, currency)


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
