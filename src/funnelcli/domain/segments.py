"""Whether deals of one source, owner or customer are won more often, beyond what chance makes.

A segment's own rate comes with the range in which it lies; what to count on lies between it and
the rate of all deals, the nearer to that the less the segments differ.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.intervals import beta_interval, chi_squared_tail

if TYPE_CHECKING:
    from collections.abc import Iterable

LIGHTEST = 2.0
"""How many deals' worth the rate of all weighs beside a segment's own, at least."""
EXPECTED = 5
"""Wins, and losses, that each segment must lead one to expect before they are compared."""
CHANCE = 0.05
"""Differences that chance makes as large so seldom are no chance."""


class Segment(NamedTuple):
    """The deals that have one value in common, None where it is unknown, as they are counted.

    `median_cycle` is in local days from opened to won; `amount`, in minor units, is that of the
    won deals, of which `amount_unknown` have none.
    """

    value: str | None
    deals: int
    won: int
    lost: int
    median_cycle: float | None = None
    amount: int = 0
    amount_unknown: int = 0

    @property
    def closed(self) -> int:
        """How many were won or lost."""
        return self.won + self.lost

    @property
    def rate(self) -> float | None:
        """Won ÷ (won + lost)."""
        return self.won / self.closed if self.closed else None

    @property
    def amount_per_deal(self) -> int | None:
        """Won amount ÷ closed deals, in minor units, half-up: what an opportunity was worth."""
        if not self.closed or (self.won and self.amount_unknown == self.won):
            return None
        return (2 * self.amount + self.closed) // (2 * self.closed)


class Comparison(NamedTuple):
    """All deals together, each counted once, and what their segments say beside each other.

    `p_value` is the chance of differences at least as large between segments that are alike; None
    where there is nothing to compare, or too little. `weight` is how many deals' worth the rate of
    all weighs beside a segment's own, `groups` how many segments hold closed deals.
    """

    whole: Segment
    groups: int
    p_value: float | None
    weight: float

    @property
    def apart(self) -> bool:
        """Whether the segments differ beyond chance."""
        return self.p_value is not None and self.p_value < CHANCE

    @property
    def base(self) -> float | None:
        """The rate of all closed deals; what nobody has failed, or won, yet is not taken for sure.

        Laplace's rule, (won + 1) ÷ (closed + 2), where all were won, or all lost.
        """
        won, closed = self.whole.won, self.whole.closed
        if not closed:
            return None
        return self.whole.rate if 0 < won < closed else (won + 1) / (closed + 2)

    def interval(self, segment: Segment) -> tuple[float, float] | None:
        """Return the 80 % range of a segment's own rate; None without a closed deal.

        Of Beta(won + ½ + b, lost + ½ + 1 - b): two more deals, one half won and half lost, one won
        as often as all are, b, keep either end from a 0 or 100 % that nobody has earned.
        """
        if self.base is None or not segment.closed:
            return None
        return beta_interval(segment.won + 0.5 + self.base, segment.lost + 1.5 - self.base)

    def adjusted(self, segment: Segment) -> float | None:
        """Return the rate to count on: the segment's own, drawn towards that of all deals.

        (won + m b) ÷ (closed + m), with m the weight.
        """
        if self.base is None or self.weight == inf:
            return self.base
        return (segment.won + self.weight * self.base) / (segment.closed + self.weight)


def compare(segments: Iterable[Segment]) -> Comparison:
    """Compare segments of which each deal is in one.

    The test is Pearson's for homogeneity. How far rates lie apart beyond chance is the intraclass
    correlation ρ by the method of moments (J. C. Kleinman, JASA 68 (1973), 46-54), which of a
    beta distribution is 1 ÷ (m + 1).
    """
    found = list(segments)
    whole, count = _together(found), sum(each.closed > 0 for each in found)
    groups = _comparable([each for each in found if each.closed], whole)
    if len(groups) <= 1:
        return Comparison(whole, count, None, inf)
    closed, share = whole.closed, whole.won / whole.closed
    spread = sum((each.won - each.closed * share) ** 2 / each.closed for each in groups)
    statistic, degrees = spread / (share * (1 - share)), len(groups) - 1
    p_value = chi_squared_tail(statistic, degrees)
    if p_value >= CHANCE:
        return Comparison(whole, count, p_value, inf)
    room = closed - sum(each.closed**2 for each in groups) / closed - degrees
    correlation = (statistic - degrees) / room
    return Comparison(whole, count, p_value, max(LIGHTEST, 1 / correlation - 1))


def _together(segments: Iterable[Segment]) -> Segment:
    counts = [(each.deals, each.won, each.lost) for each in segments]
    deals, won, lost = map(sum, zip((0, 0, 0), *counts, strict=True))
    return Segment(None, deals, won, lost)


def _comparable(segments: list[Segment], whole: Segment) -> list[Segment]:
    """Return the segments with those that are too small for the test put together."""

    def suffices(segment: Segment) -> bool:
        return segment.closed * min(whole.won, whole.lost) >= EXPECTED * whole.closed

    found = [each for each in segments if suffices(each)]
    rest = _together(each for each in segments if not suffices(each))
    if rest.closed and not suffices(rest) and found:
        smallest = min(found, key=lambda each: each.closed)
        found.remove(smallest)
        rest = _together((smallest, rest))
    return [*found, rest] if rest.closed and suffices(rest) else found
