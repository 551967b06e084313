"""Days that somebody lists, and the weekly rule by which days work.

A list has dates and ranges FROM..TO, their last day named too, with commas, blanks or line ends
between them; what follows `#` is a remark.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from funnelcli.domain.time import FIRST_YEAR, LAST_YEAR, WEEKDAYS
from funnelcli.errors import UsageFault
from funnelcli.wording import said

_BETWEEN = re.compile(r"[,，、;；\s]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOTS = re.compile(r"\s*\.\.\s*")
_BY_DAY = {day[:2].upper(): day for day in WEEKDAYS}
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BY_NAME = {name: n for names in (WEEKDAYS, _FULL) for n, name in enumerate(names)}


def days_listed(text: str, file: str | None = None) -> frozenset[date]:
    """Return the days that a text lists; raises UsageFault, naming the line of a `file`."""
    found: set[date] = set()
    for number, line in enumerate(text.splitlines(), 1):
        plain = _DOTS.sub("..", line.partition("#")[0])
        for word in filter(None, _BETWEEN.split(plain)):
            try:
                found.update(_span(word))
            except ValueError as error:
                raise UsageFault(_no_day(word, number, file)) from error
    return frozenset(found)


def _span(word: str) -> list[date]:
    """Return the day or the days that a word means; raises ValueError for any other."""
    first, dots, last = word.partition("..")
    if not all(_DAY.fullmatch(day) for day in (first, last or first)):
        raise ValueError(word)  # a week or a day's number is a date, too, but nobody means one
    start = date.fromisoformat(first)
    end = date.fromisoformat(last) if dots else start
    if not FIRST_YEAR <= start.year <= end.year <= LAST_YEAR or end < start:
        raise ValueError(word)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def _no_day(word: str, line: int, file: str | None) -> str:
    if file is None:
        return said(
            "{word!r} is not a date; write days as 2026-10-01,2026-10-02 or "
            "2026-10-01..2026-10-07, the earlier one first, or none for no day.",
            word=word,
        )
    return said(
        "Line {line} of {file!r} has {word!r}, which is no day; write days as 2026-10-01 or "
        "2026-10-01..2026-10-07.",
        line=line,
        file=file,
        word=word,
    )


def working_week(word: str) -> list[str]:
    """Return the weekdays that work: listed as mon-fri or mon,tue, or by FREQ=WEEKLY;BYDAY=MO,TU.

    Raises UsageFault for what is no weekday, and for a rule by which weeks differ.
    """
    if "=" in word:
        return _by_rule(word)
    try:
        days = {day for part in _BETWEEN.split(word.strip().lower()) for day in _weekdays(part)}
    except KeyError as error:
        message = said(
            "{word!r} is no working week; write days such as mon,tue,wed,thu,fri.", word=word
        )
        raise UsageFault(message) from error
    return sorted(days, key=WEEKDAYS.index)


def _weekdays(part: str) -> list[str]:
    """Return the weekday or those from one to another; raises KeyError for any other word."""
    first, dash, last = part.partition("-")
    start = _BY_NAME[first]
    end = _BY_NAME[last] if dash else start
    return [WEEKDAYS[(start + n) % 7] for n in range((end - start) % 7 + 1)]


def _by_rule(word: str) -> list[str]:
    rule = word.strip().upper().removeprefix("RRULE:")
    parts = [part.partition("=") for part in rule.strip(";").split(";")]
    told = {key.strip(): value.strip() for key, _, value in parts}
    days = told.pop("BYDAY", "").split(",")
    plain = (
        len(parts) == len(told) + 1
        and told.pop("FREQ", None) == "WEEKLY"
        and told.pop("INTERVAL", "1") == "1"
        and told.pop("WKST", "MO") in _BY_DAY
        and not told
    )
    if not plain or any(day not in _BY_DAY for day in days):
        message = said(
            "{word!r} is no rule by which every week works alike; write "
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR and list other days that are worked with: "
            "funnelcli config set makeup DATES",
            word=word,
        )
        raise UsageFault(message)
    return sorted({_BY_DAY[day] for day in days}, key=WEEKDAYS.index)
