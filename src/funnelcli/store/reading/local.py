"""Local days of instants, in SQL: a zone's days as arithmetic, where SQLite has to know many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from funnelcli.domain.time import midnight, offsets, seconds

if TYPE_CHECKING:
    from funnelcli.store.reading.reader import Reader

YEARS = 10
"""Years back in which SQLite itself knows the zone's days; it asks about others one by one."""


class Local:
    """The zone of a file, as far as it goes; a day's number counts from 1970-01-01."""

    def __init__(self, reader: Reader) -> None:
        zone, end = reader.moment.zone, reader.today + timedelta(days=1)
        begin = end - timedelta(days=366 * YEARS)
        self._known = (seconds(midnight(begin, zone)), seconds(midnight(end, zone)))
        (_, self._offset), *changes = offsets(begin, end, zone)
        self._changes = changes[::-1]

    def clock(self, at: str) -> str:
        """Return what a clock on the wall showed at an instant, or that day's midnight."""
        first, last = self._known
        ahead = str(self._offset)
        if self._changes:
            whens = " ".join(f"WHEN {at} >= {since} THEN {by}" for since, by in self._changes)
            ahead = f"CASE {whens} ELSE {self._offset} END"
        return (
            f"CASE WHEN {at} >= {first} AND {at} < {last} THEN {at} + {ahead}"
            f" WHEN {at} IS NOT NULL THEN unixepoch(day_of({at})) END"
        )

    def number(self, at: str) -> str:
        """Return the number of the day on which an instant falls."""
        return f"({self.clock(at)}) / 86400"
