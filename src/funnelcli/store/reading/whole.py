"""Every table of the file with every row: as JSON, or as it lies.

What deals and contacts amount to is left out of the JSON, since it follows from their facts.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.store.projection import DERIVED, FACT_TABLES, TRAITS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

SCHEMA = "funnelcli.export-all/1"
"""What the JSON of a whole file is called."""
TABLES = (
    *("setting", "member", "pipeline", "stage", "milestone", "contact", "deal"),
    *("operation", "row_change", *FACT_TABLES, "lapse", "seen", "brief_mark", "backtest_score"),
    "stalled_run",
)
"""The file's tables, in the order in which they are told: what is referred to comes first."""
FOLLOWING = {"deal": frozenset(DERIVED), "contact": frozenset(TRAITS)}
"""The columns of a table that follow from facts."""


class Field(NamedTuple):
    """A column as the table declares it: its name, its type, whether it may not be unknown.

    `place` is its place in the table's key, 0 outside it; one that `follows` is no fact itself.
    """

    name: str
    kind: str
    needed: bool
    place: int
    follows: bool


def fields(connection: sqlite3.Connection, table: str) -> list[Field]:
    """Return the columns of a table in their order, none if there is no such table."""
    found = connection.execute(
        "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?, 'main')", (table,)
    )
    follows = FOLLOWING.get(table, frozenset())
    return [
        Field(name, kind, bool(needed or place), place, name in follows)
        for name, kind, needed, place in found
    ]


def as_json(connection: sqlite3.Connection) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield each table's name and its rows as JSON objects, in the order of their keys."""
    for table in TABLES:
        told = fields(connection, table)
        pairs = ", ".join(f"'{each.name}', {_named(each)}" for each in told if not each.follows)
        rows = connection.execute(f"SELECT json_object({pairs}) {_all(table, told)}")
        yield table, map(itemgetter(0), rows)


def as_it_lies(
    connection: sqlite3.Connection,
) -> Iterator[tuple[str, list[str], Iterable[tuple[Any, ...]]]]:
    """Yield each table's name, its columns, and its rows in the order of their keys."""
    for table in TABLES:
        told = fields(connection, table)
        rows = connection.execute(f"SELECT {', '.join(map(_named, told))} {_all(table, told)}")
        yield table, [each.name for each in told], rows


def _named(field: Field) -> str:
    return f'"{field.name}"'


def _all(table: str, told: Iterable[Field]) -> str:
    """Return the end of a statement about all rows, in the order of their keys."""
    key = sorted((each for each in told if each.place), key=lambda each: each.place)
    return f'FROM main."{table}" ORDER BY {", ".join(map(_named, key))}'
