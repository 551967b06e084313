"""Sums of deals that are won or not, in steps of money, under one shock that they share.

Deals are not won independently of each other: markets and quarters turn for all at once. So a sum
is worked out for five states of one shared shock and mixed (forecast reference, section 3c). It
takes no seed, and the same deals give the same figures.
"""

from __future__ import annotations

from math import exp, log, pi, sqrt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NEAR, _FAR = sqrt(5 - sqrt(10)), sqrt(5 + sqrt(10))
_LIKELY, _RARE = (7 + 2 * sqrt(10)) / 60, (7 - 2 * sqrt(10)) / 60
SHOCKS = ((-_FAR, _RARE), (-_NEAR, _LIKELY), (0.0, 8 / 15), (_NEAR, _LIKELY), (_FAR, _RARE))
"""Gauss and Hermite's five nodes of a standard normal, with their weights."""
NOTHING = 1e-12
"""A share that is left over from rounding."""

Points: TypeAlias = "Sequence[tuple[int, float]]"
"""By how many steps a sum may grow, and how likely each is."""


def shocked(probability: float, shock: float, spread: float) -> float:
    """Return the probability under a shock; over all shocks it stays about the same on average.

    `spread` is the shock's standard deviation in log odds.
    """
    if not 0 < probability < 1:
        return probability
    logit = log(probability / (1 - probability)) * sqrt(1 + pi * spread**2 / 8) + spread * shock
    return 1 / (1 + exp(-logit))


def points(worth: Iterable[tuple[float, float]]) -> Points:
    """Return by how many steps a deal lets the sum grow, from what it may be worth, and how likely.

    What lies between two steps is divided between them, so that the mean is kept; what is left to
    certainty is that it comes to nothing.
    """
    found: dict[int, float] = {0: 1.0}
    for steps, likely in worth:
        whole = int(steps)
        part = steps - whole
        found[0] -= likely
        found[whole] = found.get(whole, 0.0) + likely * (1 - part)
        if part > NOTHING:
            found[whole + 1] = found.get(whole + 1, 0.0) + likely * part
    return sorted(found.items())


def added(line: Sequence[float], grows: Points) -> list[float]:
    """Return the distribution of a sum, a share for each step, with one more deal."""
    n = len(line)
    found = [0.0] * (n + grows[-1][0])
    for steps, likely in grows:
        reached = found[steps : steps + n]
        found[steps : steps + n] = [a + likely * b for a, b in zip(reached, line, strict=True)]
    return found


def capped(line: Sequence[float], last: int) -> list[float]:
    """Return the distribution with all that lies beyond the step `last` at it."""
    return [*line[:last], sum(line[last:])]
