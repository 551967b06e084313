"""The days on which somebody was to work: those of the file's week, less holidays and days away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funnelcli.domain.model import Member
    from funnelcli.domain.time import Calendar, Period


class Presence(NamedTuple):
    """The working days of a member in a period, and the days away that were left out of them."""

    member: Member
    days: tuple[date, ...]
    away: int


def working_days(calendar: Calendar, period: Period, today: date) -> list[date]:
    """Return the working days of a period so far, today included."""
    end = min(period.end, today + timedelta(days=1))
    return [
        day
        for day in _days(period.start, end)
        if calendar.week is None or calendar.days(day - timedelta(days=1), day)
    ]


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range((end - start).days))


def presence(member: Member, days: Sequence[date]) -> Presence:
    """Return which of the working days a member was to work on."""
    there = [day for day in days if not any(start <= day <= end for start, end in member.away)]
    return Presence(member, tuple(there), len(days) - len(there))
