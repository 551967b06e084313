"""What people, and the team, are to win in a period is set by the manager, and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.money import format_amount
from funnelcli.domain.text import fold
from funnelcli.errors import NotFound
from funnelcli.store.reading.people import find_member
from funnelcli.store.reading.targets import target_of
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from funnelcli.domain.time import Period
    from funnelcli.store.session import Work

TEAM = ("team", "团队", "團隊")
"""The words for all of them; a member of that name is told apart by their number."""


def set_target(work: Work, word: str, period: Period, amount: int | None) -> str:
    """Set the target of a member, or of the team, for the period, or take it away with None.

    In minor units. Raises Refused unless the manager signs, NotFound where there is none to take.
    """
    work.require_manager(said("set a target"))
    member = None if fold(word) in TEAM else find_member(work.reading, word)
    number, whose = (None, said("the team")) if member is None else (member.id, member.name)
    before = target_of(work.reading, number, period)
    if amount is None and before is None:
        message = said(
            "There is no target of {whose} for {period} to take away; see: funnelcli target list",
            whose=whose,
            period=period.name,
        )
        raise NotFound(message)
    work.fact(
        "target",
        number,
        work.now,
        period_start=period.start,
        period_end=period.end,
        period=period.name,
        amount=amount,
    )
    currency = work.settings.currency
    now = said("taken away") if amount is None else format_amount(amount, currency)
    if before is None or before == amount:
        told = marked("The target of {whose} for {period} is {now}.")
        return said(told, whose=whose, period=period.name, now=now)
    return said(
        "The target of {whose} for {period} is {now} (was {was}).",
        whose=whose,
        period=period.name,
        now=now,
        was=format_amount(before, currency),
    )
