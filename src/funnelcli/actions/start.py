"""A new file: its settings, its manager, its first pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from funnelcli.actions import pipelines
from funnelcli.domain.text import clean
from funnelcli.errors import UsageFault
from funnelcli.playbooks.templates import template
from funnelcli.store.founding import Founding
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.store.session import Work

CURRENCIES = {"en": "USD", "zh-Hans": "CNY", "zh-Hant": "TWD"}
"""The currency of a file for which none is named, by its language."""


class NewFile(NamedTuple):
    """How a new file shall be."""

    manager: str
    timezone: str
    lang: str
    template: str
    login: str | None = None
    currency: str | None = None
    group: str | None = None


def founding(wanted: NewFile) -> Founding:
    """Return what a new file is told of itself; raises UsageFault where that cannot be."""
    return Founding(
        settings={
            "currency": known_currency(wanted.currency or CURRENCIES[wanted.lang]),
            "timezone": known_timezone(wanted.timezone),
            "lang": wanted.lang,
            "pipeline": template(wanted.template, wanted.lang).name,
            "days": "calendar",
            "week": "mon,tue,wed,thu,fri",
            "holidays": "",
            "makeup": "",
        },
        manager=clean(wanted.manager, said("manager's name")),
        login=wanted.login,
        group=wanted.group,
    )


def lay_first_pipeline(work: Work, wanted: NewFile) -> str:
    """Put the file's first pipeline into it; return what the file is."""
    pipeline = template(wanted.template, wanted.lang)
    pipelines.apply(work, pipeline, {})
    return said(
        "manager {manager}, pipeline {pipeline}, {currency}, {timezone}",
        manager=work.by.name,
        pipeline=pipeline.name,
        currency=work.settings.currency,
        timezone=work.settings.timezone,
    )


def known_currency(word: str) -> str:
    """Return the currency's code; raises UsageFault unless it is three letters."""
    code = word.strip().upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):  # noqa: PLR2004
        message = said(
            "{word!r} is not a currency code; write three letters, such as CNY.", word=word
        )
        raise UsageFault(message)
    return code


def known_timezone(word: str) -> str:
    """Return the zone's name; raises UsageFault unless the zone exists."""
    try:
        ZoneInfo(word)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = said("{word!r} is not a time zone; write one such as Asia/Shanghai.", word=word)
        raise UsageFault(message) from error
    return word
