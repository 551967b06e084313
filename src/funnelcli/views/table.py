"""What a result looks like before anybody writes it: typed cells under stable keys.

A machine gets the raw values by key; a person gets them formatted, in the columns that are shown.
"""

from __future__ import annotations

from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from funnelcli.domain.money import major
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
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
    """What a cell's value is: money in major units, a share in 0..1, whole days, and so on.

    A word is what somebody may have to type, so that it stands in one piece. A term is a code of
    the program's own, which people read in their language.
    """

    TEXT = "text"
    WORD = "word"
    TERM = "term"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    DAYS = "days"
    SCORE = "score"
    TIMES = "times"
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


class Shared:
    """An object under keys of which many rows tell the same, so that it is written only once."""

    __slots__ = ("pairs", "written")

    def __init__(self, **pairs: Any) -> None:
        self.pairs = pairs
        self.written: str | None = None


class Column(NamedTuple):
    """A stable key, what it is called, the kind of its values, and where a value is found.

    Without `get` it is the row's attribute of the same name. Money is found in minor units.
    """

    key: str
    english: str
    kind: Kind = Kind.TEXT
    place: Place = Place.ROW
    get: Callable[[Any], Any] | None = None

    @property
    def title(self) -> str:
        """What people read above it, in their language."""
        return said(self.english) if self.english else ""


class Frame(NamedTuple):
    """What every answer bears: what it answers, as of when, in which currency and zone.

    `past` says whether another moment than now was asked about.
    """

    schema: str
    as_of: datetime
    currency: str
    zone: ZoneInfo
    notes: tuple[str, ...] = ()
    past: bool = False

    @property
    def question(self) -> str:
        """What was asked, as it heads a page that has no title of its own."""
        name = self.schema.split(".")[1].split("/")[0]
        return said(name.replace("-", " ").capitalize())


QUESTIONS = (
    marked("Config show"),
    marked("Contact list"),
    marked("Conversion"),
    marked("Day"),
    marked("Deal list"),
    marked("Doctor"),
    marked("Funnel"),
    marked("History"),
    marked("Home"),
    marked("Inbox"),
    marked("Milestone list"),
    marked("Next"),
    marked("Pipeline list"),
    marked("Plan list"),
    marked("Segments"),
    marked("Stalled"),
    marked("Target list"),
    marked("Team list"),
    marked("Timeline"),
    marked("Velocity"),
    marked("Who"),
)
"""What the questions that are answered by a table without a title are called."""


def told_title(title: str, frame: Frame, asked: str = "") -> str:
    """Return what a page tells of: whose deals, and as of when if that is not now."""
    at = frame.as_of.astimezone(frame.zone)
    past = said("as of {at:%Y-%m-%d %H:%M}", at=at) if frame.past else ""
    return " · ".join(part for part in (title, asked, past) if part)


class Table(NamedTuple):
    """Rows, and the columns that say what is told of each.

    `written` are the same rows as JSON objects, where the database has put them together. `totals`
    stand under keys of their own; `empty` is said when there is no row; `many` when there
    are too many to tell what stands below each.
    """

    frame: Frame
    columns: tuple[Column, ...]
    rows: Iterable[Any]
    totals: Mapping[str, Any] = MappingProxyType({})
    title: str = ""
    empty: str = ""
    many: str = ""
    id_key: str = "id"
    summary: str = ""
    tone: Callable[[Any], Tone] = lambda _: Tone.PLAIN
    written: Iterable[str] | None = None

    @property
    def nothing(self) -> str:
        """What is said when there is no row."""
        return self.empty or said("Nothing found.")

    def placed(self, *places: Place) -> list[Column]:
        """Return the columns in these places."""
        return [column for column in self.columns if column.place in places]

    @property
    def for_machines(self) -> list[Column]:
        """The columns that machines get."""
        return self.placed(Place.ROW, Place.MACHINE)

    @property
    def in_lines(self) -> list[Column]:
        """The columns that people get where a row is a line."""
        return self.placed(Place.ROW, Place.PERSON, Place.LINE)

    @property
    def in_blocks(self) -> list[Column]:
        """The columns that head a row where it is told as a block."""
        return self.placed(Place.ROW, Place.PERSON)

    @property
    def below(self) -> list[Column]:
        """The columns that stand below a row where it is told as a block."""
        return self.placed(Place.BELOW)

    def tells(self, column: Column) -> Callable[[Any], Any]:
        """Return what says what the column tells of a row, money in exact major units."""
        get = column.get or attrgetter(column.key)
        if column.kind is not Kind.MONEY:
            return get
        currency = self.frame.currency

        def money(row: Any) -> Any:
            found = get(row)
            return None if found is None else major(found, currency)

        return money

    def value(self, row: Any, column: Column) -> Any:
        """Return what the column says of the row."""
        return self.tells(column)(row)


def first(table: Table, most: int, command: str) -> Table:
    """Return the table with its first rows; if there are more, it says so, and who tells them."""
    rows = list(table.rows)
    more = len(rows) - most
    if more <= 0:
        return table._replace(rows=rows)
    told = said("and {n} more; {command} tells them all", n=f"{more:,}", command=command)
    return table._replace(rows=rows[:most], summary=told)


class Parameter(NamedTuple):
    """An argument or an option of a command, as its help tells it."""

    long: str
    short: str
    takes: str
    about: tuple[str, ...]
    required: bool


class Heading(NamedTuple):
    """What the blocks below it, up to the next, have in common."""

    text: str


class Lines(NamedTuple):
    """A few lines of text under a heading."""

    heading: str
    lines: tuple[str, ...]


class Fields(NamedTuple):
    """Labelled values, already in words."""

    pairs: tuple[tuple[str, str], ...]


class Figure(NamedTuple):
    """A figure that matters: what it is, what it comes to, and a sentence about it."""

    label: str
    value: str
    note: str


class Figures(NamedTuple):
    """The few figures that a page opens with."""

    figures: tuple[Figure, ...]

    @property
    def fields(self) -> Fields:
        """The same as labelled values, for those who write a line each."""
        return Fields(tuple((each.label, f"{each.value}; {each.note}") for each in self.figures))


class Mark(NamedTuple):
    """A line of a chart: what it is, what it comes to in words, and where it is drawn.

    `solid` is drawn from zero on, `low` to `high` is a range, `tick` one place, and `limit` one
    that had better not be passed. The words say all that the drawing shows.
    """

    label: str
    told: str
    solid: float = 0
    low: float | None = None
    high: float | None = None
    tick: float | None = None
    limit: float | None = None
    tone: Tone = Tone.PLAIN

    @property
    def furthest(self) -> float:
        """The largest quantity that is drawn."""
        return max(self.solid, self.high or 0, self.tick or 0, self.limit or 0)


class Chart(NamedTuple):
    """Quantities of one kind on one scale, a line each; the scale ends at `most`, if it is known.

    `summary` is what has to be said of all of them, `legend` what the drawing's signs mean.
    """

    title: str
    marks: tuple[Mark, ...]
    most: float | None = None
    summary: str = ""
    legend: str = ""

    @property
    def end(self) -> float:
        """The quantity at which the scale ends, above zero."""
        return self.most or max((mark.furthest for mark in self.marks), default=0) or 1


Block: TypeAlias = "Table | Heading | Lines | Fields | Figures | Chart"


class Page(NamedTuple):
    """A page for people, made of blocks, with the table that machines get in its place."""

    table: Table
    title: str
    blocks: tuple[Block, ...]
