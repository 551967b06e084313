"""How well chances that were told agree with what came: the less, the better, but for coverage."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

BINS = 10
_LEAST = 1e-6
"""The least chance that is scored: log loss knows no pardon for a certainty that was none."""


class Told(NamedTuple):
    """A chance in 0..1 that was told of a deal, and whether the deal was won."""

    chance: float
    won: bool


def brier(told: Sequence[Told]) -> float | None:
    """Return the mean squared error of the chances, in 0..1; None of none."""
    if not told:
        return None
    return sum((each.chance - each.won) ** 2 for each in told) / len(told)


def log_loss(told: Sequence[Told]) -> float | None:
    """Return the mean negative logarithm of the chance of what came; None of none."""
    if not told:
        return None
    right = (each.chance if each.won else 1 - each.chance for each in told)
    return -sum(log(max(_LEAST, chance)) for chance in right) / len(told)


def calibration_error(told: Sequence[Told]) -> float | None:
    """Return by how much chances and shares won differ on average, in ten bins of chances."""
    if not told:
        return None
    bins: dict[int, list[float]] = {}
    for chance, won in told:
        bins.setdefault(min(BINS - 1, int(chance * BINS)), []).append(chance - won)
    return sum(abs(sum(gaps)) for gaps in bins.values()) / len(told)
