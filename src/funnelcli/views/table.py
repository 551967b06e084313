"""What a result looks like before anybody writes it: typed cells under stable keys.

A machine gets the raw values by key; a person gets them formatted, in the columns that are shown.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    TSV = "tsv"
    MD = "md"
    HTML = "html"
    IDS = "ids"


class Kind(StrEnum):
    """What a cell's value is: money in major units, a share in 0..1, whole days, and so on."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    DAYS = "days"
    DATE = "date"
    INSTANT = "instant"
    FLAG = "flag"
    LIST = "list"
    BAR = "bar"


class Place(StrEnum):
    """Who gets a column, and where: everybody in the row, or only machines, or only people.

    People get it in the row, below it, or, where rows are told as blocks, not at all (`LINE`).
    """

    ROW = "row"
    BELOW = "below"
    MACHINE = "machine"
    PERSON = "person"
    LINE = "line"


class Tone(StrEnum):
    """How loud a row is."""

    QUIET = "quiet"
    PLAIN = "plain"
    AMBER = "amber"
    RED = "red"
    GOOD = "good"


class Column(NamedTuple):
    """A stable key, the title people read, and the kind of its values."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    place: Place = Place.ROW


class Frame(NamedTuple):
    """What every answer bears: what it answers, as of when, in which currency and zone."""

    schema: str
    as_of: datetime
    currency: str
    zone: ZoneInfo
    notes: tuple[str, ...] = ()


class Table(NamedTuple):
    """Rows of typed cells; `totals` under keys of their own; `empty` is said when there is none."""

    frame: Frame
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Any]]
    totals: Mapping[str, Any] = MappingProxyType({})
    title: str = ""
    empty: str = "Nothing found."
    id_key: str = "id"
    summary: str = ""
    tone: Callable[[Mapping[str, Any]], Tone] | None = None

    @property
    def machine_columns(self) -> list[int]:
        """The positions of the columns that machines get."""
        return self._placed(Place.ROW, Place.MACHINE)

    @property
    def shown_columns(self) -> list[int]:
        """The positions of the columns that people see in a row."""
        return self._placed(Place.ROW, Place.PERSON, Place.LINE)

    @property
    def columns_below(self) -> list[int]:
        """The positions of the columns that people see below a row."""
        return self._placed(Place.BELOW)

    def _placed(self, *places: Place) -> list[int]:
        return [i for i, column in enumerate(self.columns) if column.place in places]

    def tone_of(self, row: Sequence[Any]) -> Tone:
        """Return how loud the row is."""
        if self.tone is None:
            return Tone.PLAIN
        return self.tone({c.key: value for c, value in zip(self.columns, row, strict=True)})


class Lines(NamedTuple):
    """A few lines of text under a heading."""

    heading: str
    lines: tuple[str, ...]


class Fields(NamedTuple):
    """Labelled values, already in words."""

    pairs: tuple[tuple[str, str], ...]


class Page(NamedTuple):
    """A page for people, made of blocks, with the table that machines get in its place."""

    table: Table
    title: str
    blocks: tuple[Table | Lines | Fields, ...]
