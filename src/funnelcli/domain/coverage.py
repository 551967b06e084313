"""What it takes to make a target: what is missing, how many new opportunities, where, by when."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate
from math import ceil, exp, log
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.forecast import AGE_PRIOR
from funnelcli.domain.outlook import outlook
from funnelcli.domain.planning import CERTAINTY, Opportunity, needed
from funnelcli.domain.shocks import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.forecast import Chances
    from funnelcli.domain.pipeline import Pipeline
    from funnelcli.domain.prospects import Valued
    from funnelcli.domain.time import Calendar, Period

QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""The amounts of the past that stand for those of new opportunities, as likely each."""
PACES = exp(log(-log(1 - CERTAINTY)) * 2 / 3)
"""Paces within which 80 % of the winners close by the rule without history."""


class Load(NamedTuple):
    """What somebody carries: open deals, planned activities, stalled deals."""

    deals: int
    planned: int
    stalled: int


class Coverage(NamedTuple):
    """How a rep, or without an owner the whole team, stands to a target; amounts in minor units.

    `low`, `mid` and `high` are what the open deals bring within the period. `gap` is the target
    less what was won and `mid`, negative beyond it; `coverage` the open amount as a multiple of
    target − won, None once that is met; `needed_new` the new opportunities that make the target
    with 80 % chance, None where no number would. All three are None without a target. Who is `gone`
    has left the team.
    """

    owner: str | None
    target: int | None
    won: int
    low: int
    mid: int
    high: int
    gap: int | None
    coverage: float | None
    needed_new: int | None
    amount: int
    amount_unknown: int
    load: Load
    gone: bool = False


class Milepost(NamedTuple):
    """So many new opportunities have to have come to a stage by a day, for the target to be made.

    `late` where that day has passed.
    """

    stage: str
    title: str
    needed: int
    by: date
    late: bool


def covered(
    owner: str | None,
    valued: Sequence[Valued],
    *,
    target: int | None,
    won: int,
    new: Opportunity,
    load: Load,
    spread: float,
) -> Coverage:
    """Return how the open deals stand to a target of which `won` has been won."""
    known = [(each.probability, each.amount) for each in valued if each.amount is not None]
    told, amount = outlook(known, spread), sum(amount for _, amount in known)
    low, mid, high = (told.quantile(share) for share in (0.1, 0.5, 0.9))
    missing = None if target is None else target - won
    return Coverage(
        owner=owner,
        target=target,
        won=won,
        low=low,
        mid=mid,
        high=high,
        gap=None if missing is None else missing - mid,
        coverage=amount / missing if missing is not None and missing > 0 else None,
        needed_new=None if missing is None else needed(known, missing, new),
        amount=amount,
        amount_unknown=len(valued) - len(known),
        load=load,
    )


def typical(amounts: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Return five amounts that stand for those of the past, given with how often each came."""
    return tuple(_quantile(amounts, share) for share in QUANTILES) if amounts else ()


def _quantile(counted: Sequence[tuple[int, int]], share: float) -> int:
    ordered = sorted(counted)
    sums = list(accumulate(count for _, count in ordered))
    return next(
        value
        for (value, _), so_far in zip(ordered, sums, strict=True)
        if so_far >= share * sums[-1]
    )


class Deadline(NamedTuple):
    """The period in which a target is to be made, seen from today."""

    period: Period
    today: date
    calendar: Calendar

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.period.end - timedelta(days=1)

    def before(self, day: date, days: int) -> date:
        """Return the latest day from which so many days of the calendar pass by another."""
        return self.calendar.cutoff(days, day)


OPENINGS = 12
"""Days of opening, evenly apart, that stand for all of a span."""


def arriving(chances: Chances, deadline: Deadline) -> float:
    """Return the chance that a new opportunity is won within the period.

    New ones are opened evenly between two days: the ones from which 80 % of past winners closed by
    the period's beginning, and by its end; today at the earliest. The later one is opened, the less
    time it has (forecast reference, 3e).
    """
    takes = time_to_win(chances, 0)
    start = deadline.period.start - timedelta(days=1)
    first = max(deadline.today, deadline.before(start, takes))
    span = max(0, (deadline.before(deadline.last, takes) - first).days)
    days = {first + timedelta(days=span * n // (OPENINGS - 1)) for n in range(OPENINGS)}

    def within(opened: date) -> float:
        until = chances.within(0, 0, deadline.calendar.days(opened, deadline.last))
        return until - chances.within(0, 0, deadline.calendar.days(opened, start))

    return sum(within(day) for day in sorted(days)) / len(days)


def mileposts(
    pipeline: Pipeline, chances: Chances, count: int, deadline: Deadline
) -> list[Milepost]:
    """Return how many of `count` new opportunities are to reach each stage, and by which day.

    The share that reaches a stage is P of the first ÷ P of the stage; the day lies the time before
    the period's end in which 80 % of past winners closed from there (forecast reference, 3e).
    """
    found = []
    for position, stage in enumerate(pipeline.stages):
        later = chances.entry(position)
        share = min(1.0, chances.entry(0) / later) if later else 1.0
        by = deadline.before(deadline.last, time_to_win(chances, position))
        arrivals = ceil(count * share - NOTHING)
        found.append(Milepost(stage.name, stage.title, arrivals, by, by < deadline.today))
    return found


def time_to_win(chances: Chances, position: int) -> int:
    """Return the days of the calendar within which 80 % of the winners close from a stage.

    Those of the past, once there are five of them; before that those of the rule without history.
    """
    winners = [
        (stay.days_to_win, stay.times)
        for stay in chances.history.stays
        if stay.position == position and stay.days_to_win is not None
    ]
    if sum(count for _, count in winners) >= AGE_PRIOR:
        return _quantile(winners, CERTAINTY)
    return ceil(chances.pace(position) * PACES)
