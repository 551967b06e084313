"""The chance that an open deal is won, from its stage, its age there and the team's history.

The recommended method of the forecast reference, sections 3a to 3c: the share won of the closed
deals that reached a stage, drawn towards the declared chance; time in stage by Aalen and Johansen,
drawn towards the rule that past its limit a deal's odds halve with each further limit; and how soon
past winners closed.
"""

from __future__ import annotations

from functools import cache
from math import exp, exp2, sqrt
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.stays import Curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.stays import History

PRIOR = 10.0
"""Closed deals that the declared chance weighs as much as."""
AGE_PRIOR = 5.0
"""Stays, or past winners, that the rule without history weighs as much as."""
NO_LIMIT = 14
"""Days that a stage without a limit counts as where the time to closing is guessed."""


class Step(NamedTuple):
    """A stage as the forecast sees it: declared chance 0..1, time limit in days if it has one."""

    title: str
    probability: float
    limit: int | None = None


class Chance(NamedTuple):
    """The chance that a deal is won, with what it rests on.

    `n` stays in its stage were longer than its own; of those, an estimated share `advances` moved
    on (None where there were none); `later` is the chance once it has left the stage behind.
    """

    probability: float
    n: int
    advances: float | None
    later: float


class Chances:
    """The chances of a pipeline's deals, by stage and days in it; positions count from 0."""

    def __init__(self, steps: Sequence[Step], history: History) -> None:
        self.steps = steps
        self.history = history
        self.curves = [
            Curve(stay for stay in history.stays if stay.position == position)
            for position in range(len(steps))
        ]
        self.win = cache(self._win)
        self.within = cache(self._within)
        self._winners = [
            [
                (stay.days, stay.days_to_win, stay.times)
                for stay in history.stays
                if stay.position == position
                and stay.days is not None
                and stay.days_to_win is not None
            ]
            for position in range(len(steps))
        ]

    def entry(self, position: int) -> float:
        """Return the chance of a deal that has just reached the stage: (W + m·c)/(n + m)."""
        if position == len(self.steps):
            return 1.0
        declared = self.steps[position].probability
        reached = self.history.reached(position)
        return (self.history.won + PRIOR * declared) / (reached + PRIOR)

    def _win(self, position: int, days: int | None) -> Chance:
        """Return the chance of a deal that is in the stage for so many days; None is unknown."""
        later = self.entry(position + 1)
        fresh = min(1.0, self.entry(position) / later) if later else 0.0
        if days is None:
            return Chance(fresh * later, 0, None, later)
        aged = halved(fresh, days, self.steps[position].limit)
        curve = self.curves[position]
        longer = curve.longer(days)
        raw = curve.advances_after(days)
        moves_on = (longer * raw + AGE_PRIOR * aged) / (longer + AGE_PRIOR)
        return Chance(moves_on * later, longer, raw if longer else None, later)

    def _within(self, position: int, days: int | None, horizon: int) -> float:
        """Return the chance that a deal is won within `horizon` days."""
        return self.win(position, days).probability * self.timely(position, days or 0, horizon)

    def timely(self, position: int, days: int, horizon: int) -> float:
        """Return the share of winners in the stage at that age that close within `horizon` days.

        (w + 5·g)/(n + 5): n past winners were still there, w of them closed in time; g is the rule
        without history, 1 − exp(−(H/0.8R)^1.5) with R the limits to come, each ÷ 1.4.
        """
        if horizon <= 0:
            return 0.0
        ahead: float = sum((step.limit or NO_LIMIT) / 1.4 for step in self.steps[position:])
        paces = horizon / (0.8 * ahead)
        guess = 1 - exp(-paces * sqrt(paces))
        there = [each for each in self._winners[position] if each[0] > days]
        known = sum(count for _, _, count in there)
        in_time = sum(count for _, to_win, count in there if to_win <= days + horizon)
        return (in_time + AGE_PRIOR * guess) / (known + AGE_PRIOR)


def halved(chance: float, days: int, limit: int | None) -> float:
    """Return the chance whose odds are halved for each further limit that is past."""
    over = 0.0 if limit is None else max(0.0, days / limit - 1)
    fallen = exp2(-over)
    return chance * fallen / (1 - chance + chance * fallen)
