"""One door for every question: SQL over the facts seen at a moment.

The same statement answers for now and for any past moment: in front of it stand common table
expressions that show the file as it was.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from funnelcli.domain.model import Settings
from funnelcli.domain.time import EVERY_DAY, WEEKDAYS, Calendar, Moment, day_at, instant, seconds
from funnelcli.errors import FileDamaged
from funnelcli.store.file import NOBODY, Call, connect_for_reading, telling
from funnelcli.store.projection import (
    SEEN_AT,
    SEEN_IN_HINDSIGHT,
    SEEN_NOW,
    facts_seen,
    past,
    register,
)
from funnelcli.wording import said

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

SETTINGS = "SELECT key, value FROM setting"
SIGNED_BY = "CASE WHEN o.command NOT LIKE 'import %' THEN o.by_id END"
"""Who signed for a fact of operation `o`; who imported a table did not sign for what it says."""

BY_STAGE = "cutoff c CROSS JOIN deal d ON d.stage_id = c.stage_id"
"""Deals with their stage's cutoffs: today an index holds them by stage, so stages come first."""
_BY_DEAL = "deal d CROSS JOIN cutoff c ON c.stage_id = d.stage_id"
"""The same for a past moment, whose state is rebuilt deal by deal, so deals come first."""

_NOW = facts_seen(SEEN_NOW)


def settings(connection: sqlite3.Connection) -> Settings:
    """Return what the file says of itself; raises FileDamaged where it makes no sense."""
    found = dict(connection.execute(SETTINGS).fetchall())
    try:
        return _understood(found)
    except (KeyError, ValueError, AttributeError, OSError) as error:
        message = said(
            "The file's settings cannot be read ({error}); funnelcli doctor tells more.",
            error=error,
        )
        raise FileDamaged(message) from error


def _understood(found: dict[str, str]) -> Settings:
    working = {"calendar": False, "working": True}[found["days"]]
    week = frozenset(WEEKDAYS.index(day) for day in found["week"].split(","))
    workdays = Calendar(week, _days(found["holidays"]), _days(found["makeup"]))
    return Settings(
        currency=found["currency"],
        timezone=ZoneInfo(found["timezone"]).key,
        lang=found["lang"],
        pipeline=found["pipeline"],
        week=found["week"],
        workdays=workdays,
        calendar=workdays if working else EVERY_DAY,
    )


def _days(listed: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, listed.split(",") if listed else ()))


class Reader:
    """Answers statements about the file as it is seen at `moment`."""

    def __init__(self, connection: sqlite3.Connection, settings: Settings, moment: Moment) -> None:
        self.connection = connection
        self.settings = settings
        self.moment = moment
        self.today = moment.today
        self._given = {"seen_at": seconds(moment.at), "today": self.today.isoformat()}

    def at(self, moment: Moment) -> Reader:
        """Return what answers about another moment, on the same snapshot of the file."""
        return Reader(self.connection, self.settings, moment)

    def rows(self, sql: str, **given: Any) -> Iterator[tuple[Any, ...]]:
        """Return the rows of a statement that may name `:today`, `:seen_at` and what is `given`."""
        return self.connection.execute(self.whole(sql), self._given | given)

    def whole(self, sql: str) -> str:
        """Return the statement as SQLite gets it: behind what shows the file as it is seen."""
        if not self.moment.past:
            return f"WITH {_NOW} {sql}"
        seen = SEEN_IN_HINDSIGHT if self.moment.hindsight else SEEN_AT
        return f"WITH {past(seen, sql)} {sql.replace(BY_STAGE, _BY_DEAL)}"

    def row(self, sql: str, **given: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        return next(self.rows(sql, **given), None)

    def day(self, at: int | None) -> date | None:
        """Return the local day of an instant in seconds."""
        return None if at is None else day_at(at, self.moment.zone)


@contextmanager
def reading(
    path: Path, moment: Callable[[ZoneInfo], Moment], call: Call = NOBODY
) -> Iterator[Reader]:
    """Open the file at `path` for questions, in one snapshot; `moment` is told the file's zone."""
    connection = connect_for_reading(path, call)
    try:
        with telling(path):
            found = settings(connection)
            zone = ZoneInfo(found.timezone)
            register(connection, zone, found.calendar)
            yield Reader(connection, found, moment(zone))
    finally:
        connection.close()


def optional_instant(at: int | None) -> datetime | None:
    """Return the instant, or None for an unknown one."""
    return None if at is None else instant(at)


def optional_date(day: str | None) -> date | None:
    """Return the date, or None for an unknown one."""
    return None if day is None else date.fromisoformat(day)
