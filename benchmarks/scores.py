"""How good forecasts were: scores of chances, and of sums with their ranges.

A chance is scored as a pair: what was said, 0..1, and whether it came true.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import log
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

Said: TypeAlias = "tuple[float, bool]"
BINS = 10
SURE = 1e-6
"""How near to certainty a chance may come before its logarithm is taken."""
RESAMPLES = 1_000
LOW, HIGH = 0.1, 0.9
"""The shares of cases that a range leaves below it, and below its upper end."""


def brier(said: Sequence[Said]) -> float:
    """Return the mean squared error."""
    return fmean((p - won) ** 2 for p, won in said)


def log_loss(said: Sequence[Said]) -> float:
    """Return the mean of the negative logarithm of what was said of that which came true."""
    held = ((min(max(p, SURE), 1 - SURE), won) for p, won in said)
    return -fmean(log(p if won else 1 - p) for p, won in held)


def calibration_error(said: Sequence[Said]) -> float:
    """Return by how much what was said and what came true differ, over ten bins of what was said.

    The bins are equally wide and weighted by what is in them.
    """
    bins: dict[int, list[Said]] = defaultdict(list)
    for p, won in said:
        bins[min(int(p * BINS), BINS - 1)].append((p, won))
    off = sum(abs(sum(p - won for p, won in each)) for each in bins.values())
    return off / len(said)


def ranking(said: Sequence[Said]) -> float:
    """Return how often a case that came true was given the higher chance (AUC); a tie is half."""
    good = Counter(p for p, won in said if won)
    bad = Counter(p for p, won in said if not won)
    below, found = 0, 0.0
    for p in sorted(good.keys() | bad.keys()):
        found += good[p] * (below + bad[p] / 2)
        below += bad[p]
    return found / (below * good.total())


class Sum(NamedTuple):
    """A sum that was forecast, and what it came to."""

    forecast: float
    actual: float


def wape(sums: Sequence[Sum]) -> float:
    """Return the absolute errors, as a share of what it all came to."""
    return sum(abs(f - a) for f, a in sums) / sum(a for _, a in sums)


def ratio(sums: Sequence[Sum]) -> float:
    """Return all that was forecast, as a multiple of what it came to."""
    return sum(f for f, _ in sums) / sum(a for _, a in sums)


def independent_range(chances: Sequence[float]) -> tuple[int, int]:
    """Return P10 and P90 of how many come true, if each does so independently of the others."""
    line = [1.0]
    for p in chances:
        line = [a * (1 - p) + b * p for a, b in zip([*line, 0.0], [0.0, *line], strict=True)]
    return _first(line, LOW), _first(line, HIGH)


def _first(line: Sequence[float], share: float) -> int:
    passed = 0.0
    for n, likely in enumerate(line):
        passed += likely
        if passed >= share - SURE:
            return n
    return len(line) - 1


def interval(
    random: Random, ours: Sequence[Sequence[Said]], theirs: Sequence[Sequence[Said]]
) -> tuple[float, float]:
    """Return the 90 % interval of by how much two Brier scores differ; below zero ours is better.

    A bootstrap over paired draws.
    """
    paired = [
        (sum((p - won) ** 2 for p, won in a) - sum((p - won) ** 2 for p, won in b), len(a))
        for a, b in zip(ours, theirs, strict=True)
    ]
    found = []
    for _ in range(RESAMPLES):
        drawn = random.choices(paired, k=len(paired))
        found.append(sum(error for error, _ in drawn) / sum(count for _, count in drawn))
    found.sort()
    return found[RESAMPLES // 20], found[-RESAMPLES // 20]
