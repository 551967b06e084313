"""Local days of instants, reckoned by the database: a question may ask of a million."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from funnelcli.domain.time import midnight, offsets, seconds

if TYPE_CHECKING:
    from funnelcli.store.reading.reader import Reader

YEARS = 10
"""Years back in which SQLite itself knows the zone's days; it asks about others one by one."""


class Local:
    """What a clock on the wall shows; divided by 86400, the number of a day from 1970-01-01 on."""

    def __init__(self, reader: Reader) -> None:
        zone, end = reader.moment.zone, reader.today + timedelta(days=1)
        begin = end - timedelta(days=366 * YEARS)
        self.known = (seconds(midnight(begin, zone)), seconds(midnight(end, zone)))
        (_, self.offset), *changes = offsets(begin, end, zone)
        self.changes = changes[::-1]

    def clock(self, at: str) -> str:
        """Return what a clock on the wall showed at an instant, or that day's midnight."""
        first, last = self.known
        ahead = str(self.offset)
        if self.changes:
            whens = " ".join(f"WHEN {at} >= {since} THEN {by}" for since, by in self.changes)
            ahead = f"CASE {whens} ELSE {self.offset} END"
        return (
            f"CASE WHEN {at} >= {first} AND {at} < {last} THEN {at} + {ahead}"
            f" WHEN {at} IS NOT NULL THEN unixepoch(day_of({at})) END"
        )
