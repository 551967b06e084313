"""What open deals will bring in a period: each deal's chance, and the range of their sum."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.forecast import explained
from funnelcli.domain.money import weighted
from funnelcli.domain.outlook import outlook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from funnelcli.domain.forecast import Chance, Chances
    from funnelcli.domain.model import Deal
    from funnelcli.domain.time import Calendar, Period

PACE = 90
"""Days back over which the run-rate is measured."""
YOUNGEST = 7
"""Days of history below which there is no run-rate."""


_DAY = timedelta(days=1)


class Window(NamedTuple):
    """The days of a period that are still to come, counted from today: after `begin`, to `end`."""

    begin: int
    end: int

    @property
    def days(self) -> int:
        """How many they are."""
        return self.end - self.begin


def window(period: Period, today: date, calendar: Calendar) -> Window:
    """Return what of the period is still to come, in days of the calendar: one at least."""
    begin = calendar.days(today, max(period.start - _DAY, today))
    end = calendar.days(today, period.end - _DAY)
    return Window(begin, max(begin + 1, end))


class Place(NamedTuple):
    """Where an open deal stands: the chances of its pipeline, the stage there, days in it."""

    chances: Chances
    position: int
    days: int | None

    @property
    def chance(self) -> Chance:
        """The chance that it is won at all."""
        return self.chances.win(self.position, self.days)

    def within(self, wanted: Window) -> float:
        """Return the chance that it is won within a window."""
        until = self.chances.within(self.position, self.days, wanted.end)
        return until - self.chances.within(self.position, self.days, wanted.begin)


class Prospect(NamedTuple):
    """An open deal with its chance: at all, and within the period."""

    deal: Deal
    place: Place
    period_probability: float

    @property
    def win_probability(self) -> float:
        """The chance that it is won at all."""
        return self.place.chance.probability

    @property
    def n(self) -> int:
        """How many longer stays in its stage the chance rests on."""
        return self.place.chance.n

    @property
    def explain(self) -> str:
        """What the chance rests on, in one line."""
        step = self.place.chances.steps[self.place.position]
        return explained(step, self.place.days, self.place.chance)


class Forecast(NamedTuple):
    """What a period will bring, in minor units.

    `low`, `mid` and `high` (P10, P50, P90) and `mean` are what the open deals of known amount bring
    within the period from today on; `won` is what was won in it before. `run_rate` is what the rest
    of the period would bring at the pace of the last days; None where there is too little history.
    """

    period: Period
    deals: int
    amount: int
    amount_unknown: int
    weighted: int
    low: int
    mid: int
    high: int
    mean: int
    won: int
    won_deals: int
    run_rate: int | None
    target: int | None


class Valued(NamedTuple):
    """A deal in a sum: its chance within the period, amount if known, and declared chance (bp)."""

    probability: float
    amount: int | None
    declared: int


def forecast(
    period: Period,
    valued: Sequence[Valued],
    *,
    won: tuple[int, int],
    run_rate: int | None,
    target: int | None,
    spread: float,
) -> Forecast:
    """Return what the deals come to in the period; `won` is how many were, and their amount."""
    known = [(each.probability, each.amount) for each in valued if each.amount is not None]
    told = outlook(known, spread)
    return Forecast(
        period=period,
        deals=len(valued),
        amount=sum(amount for _, amount in known),
        amount_unknown=len(valued) - len(known),
        weighted=sum(weighted(v.amount, v.declared) for v in valued if v.amount is not None),
        low=told.quantile(0.1),
        mid=told.quantile(0.5),
        high=told.quantile(0.9),
        mean=round(told.mean),
        won=won[1],
        won_deals=won[0],
        run_rate=run_rate,
        target=target,
    )


def at_pace(won: int, days: int, ahead: int) -> int | None:
    """Return what `ahead` days bring at the pace at which `days` brought what was won.

    None where these are too few to have a pace.
    """
    return None if days < YOUNGEST else round(won * ahead / days)
