"""What the sum of open deals comes to, and how sure that is: the distribution behind a range."""

from __future__ import annotations

from itertools import accumulate
from math import erf, sqrt
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.shocks import NOTHING, SHOCKS, added, points, shocked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SPREAD = 0.65
"""The standard deviation, in log odds, of the shock that the deals share."""
ALONE = 9
"""Deals up to which every sum of theirs is told; those of more lie close enough for steps."""
STEPS = 600
"""Steps into which the whole amount is divided then."""
EXACT = 60
"""Deals that are added up one by one, the weightiest; the sum of all others is a normal one."""


class Outlook(NamedTuple):
    """A sum: its mean, what it may come to, in order, and how likely it is at most each of these.

    All in minor units. What it may come to is exact to one `step`, which is 0 where the deals are
    few.
    """

    mean: float
    sums: tuple[int, ...]
    at_most: tuple[float, ...]
    step: float = 0.0

    def quantile(self, share: float) -> int:
        """Return the sum that is not exceeded with this likelihood."""
        likely = zip(self.sums, self.at_most, strict=True)
        return next((sum_ for sum_, p in likely if p >= share - NOTHING), self.sums[-1])


def outlook(parts: Iterable[tuple[float, int]], spread: float = SPREAD) -> Outlook:
    """Return what deals come to, each a chance in 0..1 and an amount in minor units."""
    known = [(p, amount) for p, amount in parts if amount > 0 and p > 0]
    mean = sum(p * amount for p, amount in known)
    if len(known) <= ALONE:
        likely = _one_by_one(known, spread)
        return Outlook(mean, tuple(likely), tuple(accumulate(likely.values())))
    step = max(1.0, sum(amount for _, amount in known) / STEPS)
    line = _in_steps(known, spread, step)
    sums = tuple(round(place * step) for place in range(len(line)))
    return Outlook(mean, sums, tuple(accumulate(line)), step)


def _one_by_one(known: Sequence[tuple[float, int]], spread: float) -> dict[int, float]:
    """Return how likely each sum of a few deals is, the least first."""
    mixed: dict[int, float] = {}
    for shock, weight in SHOCKS:
        line = {0: weight}
        for probability, amount in known:
            won = shocked(probability, shock, spread)
            grown = {sum_: likely * (1 - won) for sum_, likely in line.items()}
            for sum_, likely in line.items():
                grown[sum_ + amount] = grown.get(sum_ + amount, 0.0) + likely * won
            line = grown
        for sum_, likely in line.items():
            mixed[sum_] = mixed.get(sum_, 0.0) + likely
    return dict(sorted(mixed.items()))


def _in_steps(known: Sequence[tuple[float, int]], spread: float, step: float) -> list[float]:
    """Return how likely a sum of many deals is, a share for each step."""
    weighty, others = divided(known)
    mixed: list[float] = []
    for shock, weight in SHOCKS:
        line = others.under(shock, spread, step)
        for probability, amount in weighty:
            likely = shocked(probability, shock, spread)
            line = added(line, points([(amount / step, likely)]))
        mixed = mixed or [0.0] * len(line)
        mixed = [a + weight * b for a, b in zip(mixed, line, strict=True)]
    return mixed


class Others(NamedTuple):
    """The many small deals, by their chance: amounts, and squared amounts, added up."""

    groups: tuple[tuple[float, int, int], ...]

    @property
    def amount(self) -> int:
        """What they come to if all are won, in minor units."""
        return sum(amount for _, amount, _ in self.groups)

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


def divided(parts: Sequence[tuple[float, int]]) -> tuple[Sequence[tuple[float, int]], Others]:
    """Return the deals on which the sum depends most, and the others by their chance."""
    if len(parts) <= EXACT:
        return parts, Others(())
    known = sorted(parts, key=lambda part: (-part[1] * part[1] * part[0] * (1 - part[0]), part))
    groups: dict[float, list[int]] = {}
    for p, amount in known[EXACT:]:
        sums = groups.setdefault(p, [0, 0])
        sums[0] += amount
        sums[1] += amount * amount
    return known[:EXACT], Others(tuple((p, a, s) for p, (a, s) in sorted(groups.items())))
