"""Rows of a table that are put aside on the disk until they can be had deal by deal."""

from __future__ import annotations

import json
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

_MAKE = "CREATE TEMP TABLE aside (deal INTEGER, at INTEGER, number INTEGER, kept TEXT)"
_PUT = "INSERT INTO aside VALUES (?, ?, ?, ?)"
_SORTED = "SELECT deal, at, number, kept FROM aside ORDER BY deal, at, number"


class Kept(NamedTuple):
    """A row that was put aside: of which deal, in which order, its number, and what it says."""

    deal: int
    at: int
    number: int
    said: list[Any]


class Aside:
    """Rows put aside; made by `aside`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Begin with none."""
        self._connection = connection

    def put(self, rows: Iterable[Kept]) -> None:
        """Put rows aside; what they say is of numbers, texts, lists and None."""
        written = ((*row[:3], json.dumps(row.said, ensure_ascii=False)) for row in rows)
        self._connection.executemany(_PUT, written)

    def by_deal(self) -> Iterator[tuple[int, list[Kept]]]:
        """Yield each deal with its rows, in order of `at`, then of their numbers."""
        found = self._connection.execute(_SORTED)
        kept = (Kept(of, at, number, json.loads(said)) for of, at, number, said in found)
        for deal, rows in groupby(kept, lambda row: row.deal):
            yield deal, list(rows)


@contextmanager
def aside(connection: sqlite3.Connection) -> Iterator[Aside]:
    """Give room for rows, which is free again afterwards."""
    connection.execute(_MAKE)
    try:
        yield Aside(connection)
    finally:
        connection.execute("DROP TABLE aside")
