"""The days on which somebody was to work: working days on which they were on the team and there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from funnelcli.domain.model import Member
    from funnelcli.domain.time import Period


class Presence(NamedTuple):
    """The working days of a member in a period, and what was left out of them.

    `away` is how many days they were away; `joined` and `left` are there if that was in the period.
    """

    member: Member
    days: tuple[date, ...]
    away: int
    joined: date | None
    left: date | None


def presence(member: Member, days: Sequence[date], period: Period) -> Presence | None:
    """Return the working days of a period for a member; None if never on the team in it."""
    joined, left = member.joined, member.left
    if (joined is not None and joined >= period.end) or (left is not None and left <= period.start):
        return None
    on_team = [
        day for day in days if (joined is None or joined <= day) and (left is None or day < left)
    ]
    there = [day for day in on_team if not any(start <= day <= end for start, end in member.away)]
    return Presence(
        member,
        tuple(there),
        len(on_team) - len(there),
        joined if joined is not None and joined > period.start else None,
        left if left is not None and left < period.end else None,
    )
