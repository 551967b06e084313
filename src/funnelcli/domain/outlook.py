"""What the sum of open deals comes to, and how sure that is: the distribution behind a range."""

from __future__ import annotations

from itertools import accumulate
from math import erf, sqrt
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.shocks import NOTHING, SHOCKS, added, points, shocked

if TYPE_CHECKING:
    from collections.abc import Iterable

SPREAD = 0.65
"""The standard deviation, in log odds, of the shock that the deals share."""
STEPS = 600
"""Steps into which the whole amount is divided; a range is exact to one of them."""
EXACT = 200
"""Deals that are added up one by one, the weightiest; the sum of all others is a normal one."""


class Outlook(NamedTuple):
    """A sum in minor units: its mean, and how likely it is at most each step of `width`."""

    mean: float
    width: float
    at_most: tuple[float, ...]

    def quantile(self, share: float) -> int:
        """Return the sum, in whole minor units, that is not exceeded with this likelihood."""
        last = len(self.at_most) - 1
        place = next((n for n, p in enumerate(self.at_most) if p >= share - NOTHING), last)
        return round(place * self.width)


def outlook(parts: Iterable[tuple[float, int]], spread: float = SPREAD) -> Outlook:
    """Return what deals come to, each a chance in 0..1 and an amount in minor units."""
    weighty, others = _divided(parts)
    whole = sum(amount for _, amount in weighty) + others.amount
    if not whole:
        return Outlook(0.0, 1.0, (1.0,))
    mean = sum(p * amount for p, amount in weighty) + others.mean
    width = max(1.0, whole / STEPS)
    mixed: list[float] = []
    for shock, weight in SHOCKS:
        line = others.under(shock, spread, width)
        for probability, amount in weighty:
            likely = shocked(probability, shock, spread)
            line = added(line, points([(amount / width, likely)]))
        mixed = mixed or [0.0] * len(line)
        mixed = [a + weight * b for a, b in zip(mixed, line, strict=True)]
    return Outlook(mean, width, tuple(accumulate(mixed)))


class _Others(NamedTuple):
    """The many small deals, by their chance: amounts, and squared amounts, added up."""

    groups: tuple[tuple[float, int, int], ...]

    @property
    def amount(self) -> int:
        return sum(amount for _, amount, _ in self.groups)

    @property
    def mean(self) -> float:
        return sum(p * amount for p, amount, _ in self.groups)

    def under(self, shock: float, spread: float, width: float) -> list[float]:
        """Return the distribution of their sum under a shock, a share for each step of `width`."""
        if not self.groups:
            return [1.0]
        found = [(shocked(p, shock, spread), amount, square) for p, amount, square in self.groups]
        mean = sum(p * amount for p, amount, _ in found) / width
        deviation = sqrt(sum(p * (1 - p) * square for p, _, square in found)) / width
        return _normal(mean, deviation, int(self.amount / width) + 1)


def _normal(mean: float, deviation: float, last: int) -> list[float]:
    """Return a normal distribution over the steps 0 to `last`, its tails at the ends."""
    if deviation <= NOTHING:
        return [float(n == round(mean)) for n in range(last + 1)]
    edges = [normal_below((n + 0.5 - mean) / deviation) for n in range(last)]
    return [high - low for low, high in zip([0.0, *edges], [*edges, 1.0], strict=True)]


def normal_below(x: float) -> float:
    """Return how likely a standard normal figure is at most x."""
    return 0.5 * (1 + erf(x / sqrt(2)))


def _divided(parts: Iterable[tuple[float, int]]) -> tuple[list[tuple[float, int]], _Others]:
    """Return the deals on which the sum depends most, and the others by their chance."""
    known = [(p, amount) for p, amount in parts if amount > 0 and p > 0]
    if len(known) <= EXACT:
        return known, _Others(())
    known.sort(key=lambda part: (-part[1] * part[1] * part[0] * (1 - part[0]), part))
    groups: dict[float, list[int]] = {}
    for p, amount in known[EXACT:]:
        sums = groups.setdefault(p, [0, 0])
        sums[0] += amount
        sums[1] += amount * amount
    return known[:EXACT], _Others(tuple((p, a, s) for p, (a, s) in sorted(groups.items())))
