"""The chance that an open deal is won, from its stage, its age there and the team's history.

The recommended method of the forecast reference, sections 3a to 3c: the share won of the closed
deals that reached a stage, drawn towards the declared chance; time in stage by Aalen and Johansen,
drawn towards the rule that past its limit a deal's odds halve with each further limit; and how soon
past winners closed.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from math import exp, exp2, sqrt
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.stays import FEW, Curve
from funnelcli.wording import kept, marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.stays import History

PRIOR = 10.0
"""Closed deals that the declared chance weighs as much as."""
AGE_PRIOR = 5.0
"""Stays, or past winners, that the rule without history weighs as much as."""
NO_LIMIT = 14
"""Days that a stage without a limit counts as where the time to closing is guessed."""

SURE = 0.005
"""How near a declared chance comes to 0 or 1: a deal that is open is neither lost nor won."""
LEAST_TOLD = 0.01
"""The least chance that is told as a figure."""


class Step(NamedTuple):
    """A stage as the forecast sees it: declared chance 0..1, time limit in days if it has one.

    Whether the limit was `learned` is said where it is told.
    """

    title: str
    probability: float
    limit: int | None = None
    learned: bool = False


class Chance(NamedTuple):
    """The chance that a deal is won, with what it rests on.

    `n` stays in its stage were longer than its own, those that go on included, and weigh as much as
    `known` stays that have ended; of those, an estimated share `advances` moved on. `beyond` is the
    longest stay that has ended, in days, where the deal's own is longer. `later` is the chance once
    it has left the stage behind.
    """

    probability: float
    later: float
    n: int = 0
    known: float = 0.0
    advances: float = 0.0
    beyond: int | None = None


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
        self._winners = cache(self._counted_winners)

    def entry(self, position: int) -> float:
        """Return the chance of a deal that has just reached the stage: (W + m·c)/(n + m)."""
        if position == len(self.steps):
            return 1.0
        declared = min(1 - SURE, max(SURE, self.steps[position].probability))
        reached = self.history.reached(position)
        return (self.history.won + PRIOR * declared) / (reached + PRIOR)

    def _win(self, position: int, days: int | None) -> Chance:
        """Return the chance of a deal that is in the stage for so many days; None is unknown."""
        later = self.entry(position + 1)
        fresh = min(1.0, self.entry(position) / later) if later else 0.0
        if days is None:
            return Chance(fresh * later, later)
        curve = self.curves[position]
        longer, last = curve.longer(days), curve.last_end
        if last is not None and days > last:  # nobody has seen what becomes of longer stays
            aged = halved(fresh, days, self.steps[position].limit)
            moves_on = min(aged, self._moves_on(position, last, fresh))
            return Chance(moves_on * later, later, longer, beyond=last)
        moves_on = self._moves_on(position, days, fresh)
        share = curve.advances_after(days)
        return Chance(moves_on * later, later, longer, curve.weight(days), share)

    def _moves_on(self, position: int, days: int, fresh: float) -> float:
        """Return the chance to move on to the next stage: the curve's, drawn to the rule of age."""
        curve, aged = self.curves[position], halved(fresh, days, self.steps[position].limit)
        known = curve.weight(days)
        return (known * curve.advances_after(days) + AGE_PRIOR * aged) / (known + AGE_PRIOR)

    def within(self, position: int, days: int | None, horizon: int) -> float:
        """Return the chance that a deal is won within `horizon` days."""
        return self.win(position, days).probability * self.timely(position, days or 0, horizon)

    def pace(self, position: int) -> float:
        """Return the days of the rule without history: 0.8 of the limits to come, each ÷ 1.4.

        Within as many of them, 63 % of the winners close; within 1.37 times as many, 80 %.
        """
        return sum(0.8 * (step.limit or NO_LIMIT) / 1.4 for step in self.steps[position:])

    def timely(self, position: int, days: int, horizon: int) -> float:
        """Return the share of winners in the stage at that age that close within `horizon` days.

        (w + 5·g)/(n + 5): n past winners were still there, w of them closed in time; g is the rule
        without history, 1 − exp(−(H/pace)^1.5).
        """
        if horizon <= 0:
            return 0.0
        paces = horizon / self.pace(position)
        guess = 1 - exp(-paces * sqrt(paces))
        there, in_time = self._winners(position, horizon)
        known = there[days] if days < len(there) else 0
        closed = in_time[days] if days < len(in_time) else 0
        return (closed + AGE_PRIOR * guess) / (known + AGE_PRIOR)

    def _counted_winners(self, position: int, horizon: int) -> tuple[list[int], list[int]]:
        """Return for each age how many past winners were still in the stage, and closed in time.

        One that left after d days and was won after w was still there at each age below d, and
        closed within the horizon from the age w − horizon on.
        """
        stays = [
            (stay.days, stay.days_to_win, stay.times)
            for stay in self.history.stays
            if stay.position == position and stay.days and stay.days_to_win is not None
        ]
        longest = max((left for left, _, _ in stays), default=0)
        there, in_time = [0] * (longest + 1), [0] * (longest + 1)
        for left, won, times in stays:
            there[0] += times
            there[left] -= times
            soonest = max(0, won - horizon)
            if soonest < left:
                in_time[soonest] += times
                in_time[left] -= times
        return list(accumulate(there)), list(accumulate(in_time))


def frequency(history: History, position: int) -> float:
    """Return the chance as sold systems count it, from the stage alone: (W + 0.1)/(n + 0.2)."""
    return (history.won + 0.1) / (history.reached(position) + 0.2)


@kept  # of many deals the same is told
def explained(step: Step, days: int | None, chance: Chance) -> str:
    """Return in one line what a deal's chance rests on, with its n."""
    parts = (_where(step, days, chance.probability), _moved_on(days, chance), _then(chance.later))
    return said("{parts}.", parts=said("; ").join(filter(None, parts)))


def _where(step: Step, days: int | None, probability: float) -> str:
    """Return the chance, the stage and the day there, with the limit if it has one."""
    if days is None:
        text = marked("{percent}: {stage}, nobody knows since when")
    elif step.limit is None:
        text = marked("{percent}: {stage}, day {day}")
    elif step.learned:
        text = marked("{percent}: {stage}, day {day} (learned limit {limit})")
    else:
        text = marked("{percent}: {stage}, day {day} (limit {limit})")
    percent = spoken_percent(probability)
    return said(text, percent=percent, stage=step.title, day=days, limit=step.limit)


def _then(later: float) -> str:
    """Return what becomes of the deals that leave the stage behind."""
    if later < 1:
        return said("then {percent} win", percent=spoken_percent(later))
    return said("then it is won")


def _moved_on(days: int | None, chance: Chance) -> str:
    """Return what became of the deals that stayed longer; of a few, only that there were few."""
    if days is None:
        return ""
    if chance.beyond is not None:
        return plural(
            chance.beyond,
            "no stay as long has ended yet, the longest took {n} day",
            "no stay as long has ended yet, the longest took {n} days",
        )
    if not chance.known:
        return said("no stay that long has ended yet, so the declared chance and the limit decide")
    if chance.known < FEW:
        return said(
            "few stays that long have ended yet, so the declared chance and the limit weigh most"
        )
    text = _MOVED_ON.get(
        chance.advances, marked("of {n} stays that long an estimated {share} moved on")
    )
    return said(text, n=chance.n, share=spoken_percent(chance.advances))


_MOVED_ON = {
    0.0: marked("of {n} stays that long an estimated none moved on"),
    1.0: marked("of {n} stays that long an estimated all moved on"),
}


def spoken_percent(share: float) -> str:
    """Return a share in words; what is not certain is never told as 0 % or 100 %."""
    if 0 < share < LEAST_TOLD:
        return said("under 1 %")
    return said("over 99 %") if 1 - LEAST_TOLD < share < 1 else f"{100 * share:.0f} %"


def halved(chance: float, days: int, limit: int | None) -> float:
    """Return the chance whose odds are halved for each further limit that is past."""
    over = 0.0 if limit is None else max(0.0, days / limit - 1)
    fallen = exp2(-over)
    return chance * fallen / (1 - chance + chance * fallen)
