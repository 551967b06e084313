"""How far the number of wins strays by luck alone: its exact distribution.

Deals are not won independently of each other, since a quarter is good or bad for all: so it is
worked out under five states of one shared shock, and mixed (forecast reference, section 3c).
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import accumulate
from math import exp, lgamma, log
from typing import TYPE_CHECKING

from funnelcli.domain.outlook import SPREAD
from funnelcli.domain.shocks import NOTHING, SHOCKS, shocked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def wins_not_exceeded(chances: Iterable[float], share: float, spread: float = SPREAD) -> int:
    """Return the number of wins that is not exceeded with the likelihood `share`.

    Each of the deals is won with its chance, in 0..1.
    """
    likely = _wins(tuple(sorted(Counter(chances).items())), spread)
    at_most = accumulate(likely)
    return next((n for n, sum_ in enumerate(at_most) if sum_ >= share - NOTHING), len(likely) - 1)


@lru_cache(maxsize=256)
def _wins(counted: Sequence[tuple[float, int]], spread: float) -> list[float]:
    """Return how likely each number of wins is, of so many deals with each chance."""
    mixed: list[float] = []
    for shock, weight in SHOCKS:
        line = [1.0]
        for chance, deals in counted:
            line = _both(line, _binomial(deals, shocked(chance, shock, spread)))
        mixed = mixed or [0.0] * len(line)
        mixed = [a + weight * b for a, b in zip(mixed, line, strict=True)]
    return mixed


def _both(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Return the distribution of the sum of two numbers."""
    found = [0.0] * (len(one) + len(other) - 1)
    for n, likely in enumerate(one):
        for m, as_likely in enumerate(other):
            found[n + m] += likely * as_likely
    return found


def _binomial(deals: int, chance: float) -> list[float]:
    """Return how likely each number of wins is, of so many deals with the same chance."""
    if not 0 < chance < 1:
        return [float(n == deals * round(chance)) for n in range(deals + 1)]
    won, lost, ways = log(chance), log(1 - chance), lgamma(deals + 1)
    return [
        exp(ways - lgamma(n + 1) - lgamma(deals - n + 1) + n * won + (deals - n) * lost)
        for n in range(deals + 1)
    ]
