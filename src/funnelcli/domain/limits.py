"""A stage's time limit, learned from the stays of the deals that moved on."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from funnelcli.domain.stays import Curve

SHARE = 0.8
"""The share of the stays that move on which shall have done so before the limit."""
PRIOR = 5
"""Stays that the declared limit weighs as much as."""


class LearnedLimit(NamedTuple):
    """A limit in days, and the stays that moved on from which it was learned."""

    days: int | None
    n: int


def learned_limit(curve: Curve, declared: int | None) -> LearnedLimit:
    """Return the limit that history and the declared one amount to.

    exp((n·ln q + 5·ln τ)/(n + 5)), where q is the first day by whose end 80 % of the stays that
    move on have done so (forecast reference, section 3b); a stay of less than a day counts as one.
    Without a declared limit it is q, once there are as many stays as the declared one would weigh.
    """
    passed, n = curve.day_passed_by(SHARE), curve.advanced
    if passed is None:
        return LearnedLimit(declared, 0)
    day = max(1, passed)
    if declared is None:
        return LearnedLimit(day if n >= PRIOR else None, n)
    blended = exp((n * log(day) + PRIOR * log(declared)) / (n + PRIOR))
    return LearnedLimit(max(1, round(blended)), n)
