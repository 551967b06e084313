"""Days off and days made up for, from a file: a list of dates, or an ICS calendar.

The latter needs the extra `funnelcli[ics]`. Events marked as work days are make-up days, the others
holidays; each setting takes its own.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.days import days_listed
from funnelcli.errors import Failed, NotFound, UsageFault
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icalendar import Event

HOLIDAYS, MAKEUP = "holidays", "makeup"
WORK = ("班", "workday", "working day", "work day")
"""What the summary of an event says that is a work day; 补班, 補班 and 上班 have the first."""
_SPECIAL, _ALTERNATE = "X-APPLE-SPECIAL-DAY", "ALTERNATE-WORKDAY"
_CALENDAR = "BEGIN:VCALENDAR"


class Read(NamedTuple):
    """The days for a setting, with commas between, and what the file has for the other one."""

    days: str
    note: str = ""


def days_from(file: str, setting: str) -> Read:
    """Return the days that the file has for `setting`, holidays or makeup.

    Raises UsageFault, naming the line or the event, for what is no list of days or has none, and
    for another setting; Failed for an ICS file without the extra.
    """
    if setting not in (HOLIDAYS, MAKEUP):
        message = said(
            "--file is for holidays and makeup; say the value of {setting!r} itself.",
            setting=setting,
        )
        raise UsageFault(message)
    text = _text(file)
    if text.lstrip().upper().startswith(_CALENDAR) or file.lower().endswith(".ics"):
        found, note = _of_calendar(text, file, setting)
    else:
        found, note = days_listed(text, file), ""
    if not found:
        message = (
            said(
                "{file!r} names no day that is worked; an event is one if its title says "
                "workday or 班. List such days, a line each, and name that file.",
                file=file,
            )
            if setting == MAKEUP
            else said("{file!r} names no day off; list dates, a line each.", file=file)
        )
        raise UsageFault(message)
    return Read(",".join(map(str, sorted(found))), note)


def _text(file: str) -> str:
    try:
        return Path(file).read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(said("There is no file at {file!r}.", file=file)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = said(
            "Line {line} of {file!r} is no UTF-8 text; save it as UTF-8.", line=line, file=file
        )
        raise UsageFault(message) from error
    except OSError as error:
        message = said("{file!r} cannot be read ({why}).", file=file, why=error.strerror)
        raise Failed(message) from error


def _of_calendar(text: str, file: str, setting: str) -> tuple[frozenset[date], str]:
    """Return the days of the setting's events, and a sentence about the events of the other one."""
    try:
        from icalendar import Calendar  # noqa: PLC0415  an extra
    except ImportError as error:
        message = said(
            "{file!r} is a calendar, which takes: pip install 'funnelcli[ics]'", file=file
        )
        raise Failed(message) from error
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, LookupError, TypeError) as error:
        message = said(
            "{file!r} is no calendar that can be read ({why}); save it as ICS, or list dates, "
            "a line each.",
            file=file,
            why=str(error).partition("\n")[0],
        )
        raise UsageFault(message) from error
    events = [
        event for event in calendar.events if str(event.get("STATUS", "")).upper() != "CANCELLED"
    ]
    mine = [event for event in events if _works(event) == (setting == MAKEUP)]
    found = frozenset(day for event in mine for day in _days(event, file))
    left = len(events) - len(mine)
    return found, _rest(left, file, HOLIDAYS if setting == MAKEUP else MAKEUP) if left else ""


def _rest(left: int, file: str, other: str) -> str:
    return said(
        "{file!r} has {events} for {other}, too: {command}",
        file=file,
        events=plural(left, "{n} event", "{n} events"),
        other=other,
        command=f"funnelcli config set {other} --file {quote(file)}",
    )


def _works(event: Event) -> bool:
    """Tell whether the event says that its days are worked."""
    summary = str(event.get("SUMMARY", "")).lower()
    special = str(event.get(_SPECIAL, "")).upper()
    return special == _ALTERNATE or any(word in summary for word in WORK)


def _days(event: Event, file: str) -> Iterator[date]:
    """Yield the event's days; raises UsageFault unless it has whole days, once."""
    start, end = _ends(event)
    whole = type(start) is date and type(end) is date and start < end
    if not whole or "RRULE" in event or "RDATE" in event:
        message = said(
            "The event {event!r} of {file!r} is none of whole days that happens once; list its "
            "days, a line each, and name that file.",
            event=str(event.get("SUMMARY", "")),
            file=file,
        )
        raise UsageFault(message)
    for n in range((end - start).days):
        yield start + timedelta(days=n)


def _ends(event: Event) -> tuple[Any, Any]:
    try:
        return event.start, event.end
    except (ValueError, TypeError, AttributeError):  # what the event says is broken, or no date
        return None, None
