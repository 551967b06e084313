"""Dates and periods as people say them: `fri`, `-3d`, `eom`, `2026Q4`, `last month`.

A word that could be meant in two ways, such as 1/2/2026, is refused, never guessed at. This is the
only place that knows dateutil.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from funnelcli.domain.time import (
    FIRST_YEAR,
    LAST_YEAR,
    WEEKDAYS,
    Moment,
    Period,
    last_second,
    parse_instant,
    period_of,
)
from funnelcli.errors import UsageFault
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_STEP = r"([+-])(\d{1,4})(d|w|m|q|y)"
_QUARTER = r"(\d{4})-?q([1-4])"
_WEEK = r"(\d{4})-?w(\d{2})"
_MONTH = r"(\d{4})-(0[1-9]|1[0-2])"
_YEAR = r"\d{4}"
_MONTHS = {"eom": 1, "eoq": 3, "eoy": 12}
_SPANS = {"month": 1, "quarter": 3, "year": 12}
"""How many months each is long."""
_ISO = r"\d{4}-\d{2}-\d{2}"
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Facing(Enum):
    """Which way a weekday's name looks from today: back for what happened, on for what shall."""

    BACK = -1
    ON = 1


def parse_day(word: str, today: date, facing: Facing = Facing.ON) -> date:
    """Return the day that `word` means; a week, month or quarter means its last day.

    Raises UsageFault for a word that is no date, no certain one, or of another age.
    """
    found = _day(word, today, facing)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise UsageFault(_of_another_age(word))
    return found


def _of_another_age(word: str) -> str:
    return said(
        "{word!r} lies outside the years {first} to {last}.",
        word=word,
        first=FIRST_YEAR,
        last=LAST_YEAR,
    )


def weekday(day: date) -> str:
    """Return a day with its name: `Monday 2026-11-23`."""
    return f"{said(_NAMES[day.weekday()])} {day}"


_NAMES = (
    *(marked("Monday"), marked("Tuesday"), marked("Wednesday"), marked("Thursday")),
    *(marked("Friday"), marked("Saturday"), marked("Sunday")),
)


def _day(word: str, today: date, facing: Facing = Facing.ON) -> date:
    spoken = word.strip().lower()
    if re.fullmatch(_ISO, spoken):
        return _iso(spoken)
    simple = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if spoken in simple:
        return today + timedelta(days=simple[spoken])
    found = (
        _weekday(spoken, today, facing)
        or _relative(word, spoken, today)
        or _period_end(word, spoken, today)
    )
    if found is not None:
        return found
    if re.fullmatch(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}", spoken):
        message = said("{word!r} could be two dates; write it as YYYY-MM-DD.", word=word)
        raise UsageFault(message)
    raise UsageFault(
        said("{word!r} is not a date; write 2026-11-23, fri, -3d, eom or 2026Q4.", word=word)
    )


def _iso(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        message = said("{word!r} is not a day of the calendar.", word=word)
        raise UsageFault(message) from error


def _weekday(word: str, today: date, facing: Facing) -> date | None:
    name = word.removeprefix("next ").removeprefix("last ")
    if name in _LONG:
        name = name[:3]
    if name not in WEEKDAYS:
        return None
    monday = today - timedelta(days=today.weekday())
    if word.startswith("next "):
        return monday + timedelta(days=7 + WEEKDAYS.index(name))
    if word.startswith("last "):
        return monday - timedelta(days=7 - WEEKDAYS.index(name))
    ahead = (WEEKDAYS.index(name) - today.weekday()) % 7
    if facing is Facing.BACK and ahead:
        ahead -= 7
    return today + timedelta(days=ahead)


def _relative(word: str, spoken: str, today: date) -> date | None:
    match = re.fullmatch(_STEP, spoken)
    if match is None:
        return None
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415  the door to dateutil

    count = int(match[1] + match[2])
    steps = {
        "d": relativedelta(days=count),
        "w": relativedelta(weeks=count),
        "m": relativedelta(months=count),
        "q": relativedelta(months=3 * count),
        "y": relativedelta(years=count),
    }
    try:
        return today + steps[match[3]]
    except (OverflowError, ValueError) as error:
        message = said("{word!r} lies outside the calendar.", word=word)
        raise UsageFault(message) from error


def _period_end(word: str, spoken: str, today: date) -> date | None:
    if spoken == "eow":
        return today + timedelta(days=6 - today.weekday())
    ends = spoken in _MONTHS
    found = _span(word, today, _MONTHS[spoken], 0) if ends else _numbered(word, spoken)
    return None if found is None else found.end - timedelta(days=1)


def parse_period(word: str, today: date) -> Period:
    """Return the days that `word` means: a year, quarter, month or week, or FROM..TO.

    `week`, `month`, `quarter` and `year` are those of `today`, or, behind `last` and `next`, their
    neighbours. FROM and TO are days or such numbered periods, both included. Raises UsageFault for
    any other word, and for one of another age.
    """
    spoken = " ".join(word.lower().split())
    found = _spoken(word, spoken, today) or _year(word, spoken) or _numbered(word, spoken)
    if found is None:
        found = _from_to(word, spoken, today)
    if not FIRST_YEAR <= found.start.year <= (found.end - timedelta(days=1)).year <= LAST_YEAR:
        raise UsageFault(_of_another_age(word))
    return found


def _spoken(word: str, spoken: str, today: date) -> Period | None:
    steps = {"last": -1, "": 0, "next": 1}
    which, _, span = spoken.rpartition(" ")
    if which not in steps:
        return None
    if span == "week":
        monday = today + timedelta(days=7 * steps[which] - today.weekday())
        return period_of(monday, monday + timedelta(days=7))
    return _span(word, today, _SPANS[span], steps[which]) if span in _SPANS else None


def _year(word: str, spoken: str) -> Period | None:
    return _months(word, 12 * int(spoken), 12) if re.fullmatch(_YEAR, spoken) else None


def _numbered(word: str, spoken: str) -> Period | None:
    """Return the quarter, month or week that a number names."""
    if match := re.fullmatch(_QUARTER, spoken):
        return _months(word, 12 * int(match[1]) + 3 * int(match[2]) - 3, 3)
    if match := re.fullmatch(_MONTH, spoken):
        return _months(word, 12 * int(match[1]) + int(match[2]) - 1, 1)
    if match := re.fullmatch(_WEEK, spoken):
        return _week(word, int(match[1]), int(match[2]))
    return None


def _from_to(word: str, spoken: str, today: date) -> Period:
    first, dots, last = (part.strip() for part in spoken.partition(".."))
    if not (first and dots and last):
        message = said(
            "{word!r} is not a period; write 2026Q4, 2026-11, 2026-W48, 2026, FROM..TO or quarter.",
            word=word,
        )
        raise UsageFault(message)
    begun = _year(word, first) or _numbered(word, first)
    ended = _year(word, last) or _numbered(word, last)
    start = begun.start if begun else parse_day(first, today)
    end = ended.end if ended else parse_day(last, today) + timedelta(days=1)
    if end <= start:
        last_day = end - timedelta(days=1)
        message = said(
            "{word!r} ends on {last}, before it begins on {first}.",
            word=word,
            last=last_day,
            first=start,
        )
        raise UsageFault(message)
    return period_of(start, end)


def _span(word: str, today: date, length: int, shift: int) -> Period:
    """Return the span of so many months that `today` lies in, or one so many spans from it."""
    begun = (12 * today.year + today.month - 1) // length
    return _months(word, (begun + shift) * length, length)


def _months(word: str, first: int, count: int) -> Period:
    """Return so many months from the one that is the `first`-th of the calendar on."""
    try:
        start, end = (date(n // 12, n % 12 + 1, 1) for n in (first, first + count))
    except ValueError as error:
        message = said("{word!r} lies outside the calendar.", word=word)
        raise UsageFault(message) from error
    return period_of(start, end)


def _week(word: str, year: int, week: int) -> Period:
    try:
        start = date.fromisocalendar(year, week, 1)
        return period_of(start, start + timedelta(days=7))
    except (ValueError, OverflowError) as error:
        message = said("{word!r} is not a week of the calendar.", word=word)
        raise UsageFault(message) from error


def parse_moment(
    word: str, now: datetime, zone: ZoneInfo, *, hindsight: bool, option: str = "--as-of"
) -> Moment:
    """Return the moment of `option`: an instant, or the end of a day, now at the latest.

    Raises UsageFault for one to come.
    """
    if "t" in word.lower() and re.match(r"\d{4}-\d{2}-\d{2}[tT]", word):
        try:
            at = parse_instant(word, zone)
        except ValueError as error:
            message = said("{word!r} is not an instant; write 2026-11-23T09:00:00Z.", word=word)
            raise UsageFault(message) from error
        future = at > now
    else:
        today = now.astimezone(zone).date()
        day = parse_day(word, today, Facing.BACK)
        future = day > today
        at = now if day >= today else last_second(day, zone)
    if future:
        message = said("{word!r} is still to come; {option} looks back.", word=word, option=option)
        raise UsageFault(message)
    return Moment(at.replace(microsecond=0), zone, past=True, hindsight=hindsight)
