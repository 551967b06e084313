"""Dates as people say them: `fri`, `-3d`, `eom`, `2026Q4`; the only place that knows dateutil.

A word that could be meant in two ways, such as 1/2/2026, is refused, never guessed at.
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
    last_second,
    parse_instant,
)
from funnelcli.errors import UsageFault

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_STEP = r"([+-])(\d{1,4})(d|w|m|q|y)"
_QUARTER = r"(\d{4})-?q([1-4])"
_WEEK = r"(\d{4})-?w(\d{2})"
_MONTH = r"(\d{4})-(0[1-9]|1[0-2])"
_MONTHS = {"eom": 1, "eoq": 3, "eoy": 12}
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
        message = f"{word!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}."
        raise UsageFault(message)
    return found


def _day(word: str, today: date, facing: Facing = Facing.ON) -> date:
    said = word.strip().lower()
    if re.fullmatch(_ISO, said):
        return _iso(said)
    simple = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if said in simple:
        return today + timedelta(days=simple[said])
    found = (
        _weekday(said, today, facing)
        or _relative(word, said, today)
        or _period_end(word, said, today)
    )
    if found is not None:
        return found
    if re.fullmatch(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}", said):
        message = f"{word!r} could be two dates; write it as YYYY-MM-DD."
        raise UsageFault(message)
    message = f"{word!r} is not a date; write 2026-11-23, fri, -3d, eom or 2026Q4."
    raise UsageFault(message)


def _iso(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        message = f"{word!r} is not a day of the calendar."
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


def _relative(word: str, said: str, today: date) -> date | None:
    match = re.fullmatch(_STEP, said)
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
        message = f"{word!r} lies outside the calendar."
        raise UsageFault(message) from error


def _period_end(word: str, said: str, today: date) -> date | None:
    if said == "eow":
        return today + timedelta(days=6 - today.weekday())
    if said in _MONTHS:
        length = _MONTHS[said]
        return _month_end(word, today.year, (today.month - 1) // length * length + length)
    if match := re.fullmatch(_QUARTER, said):
        return _month_end(word, int(match[1]), 3 * int(match[2]))
    if match := re.fullmatch(_MONTH, said):
        return _month_end(word, int(match[1]), int(match[2]))
    if match := re.fullmatch(_WEEK, said):
        return _week_end(word, int(match[1]), int(match[2]))
    return None


def _week_end(word: str, year: int, week: int) -> date:
    try:
        return date.fromisocalendar(year, week, 7)
    except ValueError as error:
        message = f"{word!r} is not a week of the calendar."
        raise UsageFault(message) from error


def _month_end(word: str, year: int, month: int) -> date:
    try:
        following = date(year + month // 12, month % 12 + 1, 1)
    except ValueError as error:
        message = f"{word!r} lies outside the calendar."
        raise UsageFault(message) from error
    return following - timedelta(days=1)


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
            message = f"{word!r} is not an instant; write 2026-11-23T09:00:00Z."
            raise UsageFault(message) from error
        future = at > now
    else:
        today = now.astimezone(zone).date()
        day = parse_day(word, today, Facing.BACK)
        future = day > today
        at = now if day >= today else last_second(day, zone)
    if future:
        message = f"{word!r} is still to come; {option} looks back."
        raise UsageFault(message)
    return Moment(at.replace(microsecond=0), zone, past=True, hindsight=hindsight)
