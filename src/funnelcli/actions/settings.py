"""Changes of what the file says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.actions.start import known_currency, known_timezone
from funnelcli.config import language
from funnelcli.domain.days import days_listed, working_week
from funnelcli.domain.text import NONE, TEXT_LENGTH
from funnelcli.errors import NotFound, Refused, UsageFault
from funnelcli.store.reading.facts import has_amounts, has_deals
from funnelcli.store.reading.process import process
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from funnelcli.store.session import Work


def set_value(work: Work, key: str, value: str) -> str:
    """Set one of the file's settings; return what was done."""
    if key not in SETTABLE:
        message = said(
            "{key!r} is no setting; the settings are {settings}.",
            key=key,
            settings=", ".join(SETTABLE),
        )
        raise NotFound(message)
    row = work.row("setting", key)
    before, row.value = row.value, SETTABLE[key](work, value)
    if key in CALENDAR:
        work.recount()
    return said(
        "{key} is {value} (was {was}).",
        key=key,
        value=row.value or said("none"),
        was=before or said("none"),
    )


def _currency(work: Work, word: str) -> str:
    code = known_currency(word)
    if has_amounts(work.reading):
        message = said(
            "The currency stays {currency}: amounts are in it already.",
            currency=work.settings.currency,
        )
        raise Refused(message)
    return code


def _timezone(work: Work, word: str) -> str:
    if has_deals(work.reading):
        message = said(
            "The time zone stays {timezone}: deals have days in it already.",
            timezone=work.settings.timezone,
        )
        raise Refused(message)
    return known_timezone(word)


def _pipeline(work: Work, word: str) -> str:
    return process(work.reading).pipeline(word).name


def _days(_: Work, word: str) -> str:
    if word not in ("calendar", "working"):
        message = said("{word!r} is no way to count days; it is calendar or working.", word=word)
        raise UsageFault(message)
    return word


def _week(_: Work, word: str) -> str:
    return ",".join(working_week(word))


def _listed(_: Work, word: str) -> str:
    if word == NONE:
        return ""
    days = ",".join(map(str, sorted(days_listed(word))))
    if not days:
        raise UsageFault(said("That is no day; list dates, or write none for no day."))
    if len(days) > TEXT_LENGTH:
        message = said(
            "These are {count:,} days; {most} is the most, so leave past years away.",
            count=days.count(",") + 1,
            most=TEXT_LENGTH // len("2026-10-01,"),
        )
        raise UsageFault(message)
    return days


CALENDAR = ("days", "week", "holidays", "makeup")
SETTABLE: dict[str, Callable[[Work, str], str]] = {
    "currency": _currency,
    "timezone": _timezone,
    "lang": lambda _, word: language(word),
    "pipeline": _pipeline,
    "days": _days,
    "week": _week,
    "holidays": _listed,
    "makeup": _listed,
}
"""Each setting, with what makes a value of what was typed."""
