"""Instants, local days and the two ways of counting days.

An instant is an aware UTC datetime, stored as whole seconds; a day is a date in the file's zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo
    from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WEEK = 7 * 86_400
_YEAR, _QUARTER = 12, 3
"""Seconds in a week; months in a year and in a quarter."""
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Years beyond which a date is a slip of the finger."""


def parse_instant(word: str, zone: tzinfo) -> datetime:
    """Return the instant that an ISO 8601 word means, in `zone` if it names none.

    Raises ValueError for any other word, and for another age.
    """
    at = datetime.fromisoformat(word)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(word)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def instant(seconds: int) -> datetime:
    """Return the instant that many seconds after 1970-01-01T00:00Z."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds(at: datetime) -> int:
    """Return the instant as whole UTC seconds, as the file stores it."""
    return int(at.timestamp())


def iso(at: datetime) -> str:
    """Return the instant as machines read it: `2026-11-23T09:00:00Z`."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="seconds")[:-6] + "Z"


@lru_cache(maxsize=4_096)  # a table that was imported has each midnight many times
def day_at(seconds: int, zone: ZoneInfo) -> date:
    """Return the day in `zone` on which that many seconds after 1970-01-01T00:00Z fall."""
    return datetime.fromtimestamp(seconds, zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which `day` begins in `zone`."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def offsets(begin: date, end: date, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Return how many seconds the zone's clocks were ahead of UTC, and since which instant.

    The first pair says so for the beginning of `begin`, the others for each change before `end`.
    Nowhere are clocks changed twice within a week.
    """

    def ahead(at: int) -> int:
        offset = datetime.fromtimestamp(at, zone).utcoffset()
        return 0 if offset is None else int(offset.total_seconds())

    first, last = seconds(midnight(begin, zone)), seconds(midnight(end, zone))
    found = [(first, ahead(first))]
    for at in (*range(first + _WEEK, last, _WEEK), last):
        before, changed = found[-1][1], ahead(at)
        if changed != before:
            low, high = max(first, at - _WEEK), at
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if ahead(middle) == before else (low, middle)
            found.append((high, changed))
    return found


def last_second(day: date, zone: ZoneInfo) -> datetime:
    """Return the last whole second of `day` in `zone`."""
    return midnight(day + timedelta(days=1), zone) - timedelta(seconds=1)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the day on which the instant falls in `zone`."""
    return at.astimezone(zone).date()


class Moment(NamedTuple):
    """The point from which a question is answered."""

    at: datetime
    zone: ZoneInfo
    past: bool = False
    hindsight: bool = False

    @property
    def today(self) -> date:
        """The local day of the moment."""
        return local_day(self.at, self.zone)


class Pause(NamedTuple):
    """Days `[start, end)` in which a deal's clocks stand still."""

    start: date
    end: date


class Period(NamedTuple):
    """Days `[start, end)`, and how they are called: 2026, 2026Q4, 2026-11, 2026-W48, or FROM..TO.

    In FROM..TO the last day is named too, as people say it.
    """

    name: str
    start: date
    end: date

    def within(self, other: Period) -> bool:
        """Tell whether all of its days are of the other."""
        return other.start <= self.start and self.end <= other.end


def period_of(start: date, end: date) -> Period:
    """Return the days `[start, end)` under their one name: the shortest of those above."""
    months = 12 * (end.year - start.year) + end.month - start.month
    whole = start.day == end.day == 1
    if whole and months == _YEAR and start.month == 1:
        name = f"{start.year}"
    elif whole and months == _QUARTER and start.month % _QUARTER == 1:
        name = f"{start.year}Q{start.month // _QUARTER + 1}"
    elif whole and months == 1:
        name = f"{start:%Y-%m}"
    elif (end - start).days == len(WEEKDAYS) and start.weekday() == 0:
        year, week, _ = start.isocalendar()
        name = f"{year}-W{week:02}"
    else:
        name = f"{start}..{end - timedelta(days=1)}"
    return Period(name, start, end)


def pauses(holds: Iterable[tuple[date, date]]) -> list[Pause]:
    """Return the days a deal was held, from its `(from, until)` holds in order.

    A later hold replaces an earlier one from its first day on; a release is a hold that ends
    on the day it begins.
    """
    found: list[Pause] = []
    for start, until in holds:
        if found and found[-1].end > start:
            found[-1] = Pause(found[-1].start, start)
        found.append(Pause(start, until))
    return [pause for pause in found if pause.end > pause.start]


class Calendar(NamedTuple):
    """Which days count: every day, or the working days of a weekly rule.

    Its `holidays` do not count though the rule says so, and its `makeup` days count though the rule
    or a holiday says otherwise.
    """

    week: frozenset[int] | None = None
    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()

    def counts(self, day: date) -> bool:
        """Tell whether the day counts."""
        if self.week is None or day in self.makeup:
            return True
        return day.weekday() in self.week and day not in self.holidays

    def working(self, start: date, end: date) -> list[date]:
        """Return the days that count in `[start, end)`."""
        days = (start + timedelta(days=n) for n in range((end - start).days))
        return [day for day in days if self.counts(day)]

    def days(self, start: date, end: date) -> int:
        """Return how many counted days lie in `(start, end]`; never below zero."""
        span = (end - start).days
        if self.week is None or span <= 0:
            return max(0, span)
        weeks, rest = divmod(span, 7)
        tail = (end - timedelta(days=n) for n in range(rest))
        by_rule = weeks * len(self.week) + sum(day.weekday() in self.week for day in tail)
        said = (day for day in self.holidays | self.makeup if start < day <= end)
        return by_rule + sum(self.counts(day) - (day.weekday() in self.week) for day in said)

    def cutoff(self, limit: int, today: date) -> date:
        """Return the latest day from which `limit` counted days have passed by `today`."""
        if self.week is None:
            return today - timedelta(days=limit)
        day = today
        while self.days(day, today) < limit:
            day -= timedelta(days=1)
        return day

    def after(self, start: date, count: int) -> date:
        """Return the first day by which `count` counted days have passed since `start`."""
        if self.week is None:
            return start + timedelta(days=count)
        day = start
        while self.days(start, day) < count:
            day += timedelta(days=1)
        return day


EVERY_DAY = Calendar()


def days_stayed(start: date, end: date, stopped: Iterable[Pause], calendar: Calendar) -> int:
    """Return the calendar's days in `(start, end]` in which a clock ran.

    A day that lies in two pauses is lost once.
    """
    lost, passed = 0, start
    for pause in sorted(stopped):
        begun, over = max(pause.start, passed), min(pause.end, end)
        if over > begun:
            lost += calendar.days(begun, over)
            passed = over
    return calendar.days(start, end) - lost


def clock_start(
    at: datetime, stopped: Iterable[Pause], zone: ZoneInfo, calendar: Calendar = EVERY_DAY
) -> datetime:
    """Return the instant from which a clock that began at `at` would read the same unpaused.

    The clock counts the days of `calendar`; a day that lies in two pauses is lost once.
    """
    begun = local_day(at, zone)
    lost, passed = 0, begun
    for pause in sorted(stopped):
        if pause.end > passed:
            lost += calendar.days(max(pause.start, passed), pause.end)
            passed = pause.end
    if not lost:
        return at
    shift = calendar.after(begun, lost) - begun
    return (at.astimezone(zone).replace(tzinfo=None) + shift).replace(tzinfo=zone).astimezone(UTC)
