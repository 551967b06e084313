"""What history says of a pipeline: the stays of its deals in its stages, counted.

A stay is one arrival in a stage and what became of it; reached(k) is the number of closed deals
that ever entered stage k or a later one, a win having reached all (PRODUCT 10).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from enum import StrEnum
from itertools import accumulate
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

FEW = 5
"""Deals, or stays, below which a share of them says too little (PRODUCT 10)."""


class Exit(StrEnum):
    """What became of a stay: exactly one of these. The last two say nothing of the end."""

    ADVANCED = "advanced"
    LOST = "lost"
    MOVED_BACK = "moved_back"
    STILL_HERE = "still_here"


class Stay(NamedTuple):
    """So many stays of one kind, in the stage at `position` (0 for the first).

    `days` is how long they lasted, in days of the file's zone, None where nobody knows;
    `days_to_win` the days from the arrival to the win, where the deal was won.
    """

    position: int
    days: int | None
    exit: Exit
    days_to_win: int | None
    times: int = 1


class History(NamedTuple):
    """What became of a pipeline's deals: `lost[k]` were lost whose furthest stage was k.

    Of the others, `undecided[k]` have come that far and no further.
    """

    won: int
    lost: tuple[int, ...]
    stays: tuple[Stay, ...] = ()
    undecided: tuple[int, ...] = ()

    @property
    def closed(self) -> int:
        """How many deals were won or lost."""
        return self.won + sum(self.lost)

    def reached(self, position: int) -> int:
        """Return how many closed deals reached the stage; past the last stage, the won ones."""
        return self.won + sum(self.lost[position:])


class Spread(NamedTuple):
    """How many days the stays in a stage took that have ended: the median, and the middle half.

    None of them where no stay of known length has ended; `n` counts those.
    """

    n: int
    low: float | None = None
    median: float | None = None
    high: float | None = None


def spread(stays: Iterable[Stay]) -> Spread:
    """Return how long the stays took that have ended; between two of them, what lies between."""
    lasted: Counter[int] = Counter()
    for stay in stays:
        if stay.days is not None and stay.exit is not Exit.STILL_HERE:
            lasted[stay.days] += stay.times
    days = sorted(lasted)
    passed = [*accumulate(lasted[day] for day in days)]
    if not passed:
        return Spread(0)

    def at(share: float) -> float:
        place = share * (passed[-1] - 1)
        below, above = (days[bisect_right(passed, n)] for n in (floor(place), ceil(place)))
        return below + (above - below) * (place - floor(place))

    return Spread(passed[-1], at(0.25), at(0.5), at(0.75))


class Curve:
    """How the stays in one stage went on, by Aalen and Johansen's estimate.

    With r stays at risk on a day, of which a advance and l are lost: F += S·a/r, then
    S ×= 1 − (a + l)/r (forecast reference, section 3b). Stays that moved back or go on count as
    long as they lasted, and say nothing of what comes after.
    """

    def __init__(self, stays: Iterable[Stay]) -> None:
        by_day: dict[int, list[int]] = {}
        for stay in stays:
            if stay.days is not None:
                counts = by_day.setdefault(stay.days, [0, 0, 0])
                counts[_PLACES[stay.exit]] += stay.times
        self._days = sorted(by_day)
        counted = [by_day[day] for day in self._days]
        self.stays = sum(map(sum, counted))
        self.advanced = sum(a for a, _, _ in counted)
        self.ended = self.advanced + sum(lost for _, lost, _ in counted)
        self._passed = [0, *accumulate(map(sum, counted))]
        self._past = [0, *accumulate(advanced + lost for advanced, lost, _ in counted)]
        self._moved_on, self._staying = [0.0], [1.0]
        for (advanced, lost, _), passed in zip(counted, self._passed, strict=False):
            risk, left = self.stays - passed, self._staying[-1]
            self._moved_on.append(self._moved_on[-1] + left * advanced / risk)
            self._staying.append(left * (1 - (advanced + lost) / risk))

    def _at(self, day: int) -> int:
        return bisect_right(self._days, day)

    def longer(self, day: int) -> int:
        """Return how many stays lasted longer than `day` days, those that go on included."""
        return self.stays - self._passed[self._at(day)]

    def weight(self, day: int) -> float:
        """Return what is known of stays longer than `day` days, in stays that have ended.

        One that goes on says less the fewer of all have ended: where none has, nothing is known.
        """
        ended = self.ended - self._past[self._at(day)]
        known = self.ended / self.stays if self.stays else 0.0
        return ended + known * (self.longer(day) - ended)

    @property
    def last_end(self) -> int | None:
        """How many days the longest stay took that has ended."""
        ends = (n for n in range(len(self._days), 0, -1) if self._past[n] > self._past[n - 1])
        place = next(ends, None)
        return None if place is None else self._days[place - 1]

    def advances_after(self, day: int) -> float:
        """Return the estimated share of the stays longer than `day` days that moved on.

        What is left when the estimate ends counts as not moving on; 0 where no stay was longer.
        """
        place = self._at(day)
        staying = self._staying[place]
        return (self._moved_on[-1] - self._moved_on[place]) / staying if staying > _NOBODY else 0.0

    def day_passed_by(self, share: float) -> int | None:
        """Return the first day by whose end that share of the stays that move on has done so."""
        wanted = share * self._moved_on[-1] - _NOBODY
        if not self.advanced:
            return None
        places = range(len(self._days))
        return next(self._days[n] for n in places if self._moved_on[n + 1] >= wanted)


_PLACES = {Exit.ADVANCED: 0, Exit.LOST: 1, Exit.MOVED_BACK: 2, Exit.STILL_HERE: 2}
_NOBODY = 1e-12
"""Less than anybody's share: what remains of sums of shares that cancel out."""
