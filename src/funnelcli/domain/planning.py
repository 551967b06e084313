"""How many new opportunities make a target: forecast reference, section 3e."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.outlook import divided, normal_below
from funnelcli.domain.shocks import SHOCKS, added, capped, points, shocked

if TYPE_CHECKING:
    from collections.abc import Sequence

CERTAINTY = 0.8
"""How sure a plan is to make its target."""
SPREAD = 0.5
"""The standard deviation, in log odds, of the shock that open and new deals share."""
STEPS = 240
"""Steps into which what is missing is divided."""
ADDED = 200
"""New opportunities that are added one by one; the sum of more is a normal one."""
MOST = 10_000
"""New opportunities beyond which nobody plans."""


class Opportunity(NamedTuple):
    """A new one: the chance that it is won in time, and the amounts it may be of, as likely each.

    Amounts are minor units.
    """

    probability: float
    amounts: tuple[int, ...]


def needed(
    parts: Sequence[tuple[float, int]], gap: int, new: Opportunity, certainty: float = CERTAINTY
) -> int | None:
    """Return the least number of new opportunities with which the open deals make up for the gap.

    `parts` are the open deals, each with its chance and amount; `gap` is what is missing, in minor
    units. None where no number of new ones would do, or more than anybody plans with.
    """
    if gap <= 0:
        return 0
    states = [_State(parts, gap, new, shock) for shock, _ in SHOCKS]
    if not new.probability or not any(new.amounts):
        return 0 if _surely(states) >= certainty else None
    for count in range(ADDED + 1):
        if _surely(states) >= certainty:
            return count
        for state in states:
            state.grow()
    return _many(states, certainty)


def _surely(states: Sequence[_State]) -> float:
    """Return how likely the gap is made up for, over all states of the shock."""
    return sum(weight * state.line[-1] for state, (_, weight) in zip(states, SHOCKS, strict=True))


def _many(states: Sequence[_State], certainty: float) -> int | None:
    """Return the least large number, sums of so many deals being normal ones."""

    def surely(count: int) -> float:
        pairs = zip(states, SHOCKS, strict=True)
        return sum(weight * state.with_many(count) for state, (_, weight) in pairs)

    few, enough = ADDED, MOST
    if surely(enough) < certainty:
        return None
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if surely(middle) >= certainty else (middle, enough)
    return enough


class _State:
    """The sum of the open deals and the new ones so far under one shock, up to the gap."""

    def __init__(
        self, parts: Sequence[tuple[float, int]], gap: int, new: Opportunity, shock: float
    ) -> None:
        width = gap / STEPS
        likely = shocked(new.probability, shock, SPREAD) / max(1, len(new.amounts))
        worths = [(_within(amount / width), likely) for amount in new.amounts]
        weighty, others = divided([(p, amount) for p, amount in parts if p > 0 and amount > 0])
        open_ = [(_within(amount / width), shocked(p, shock, SPREAD)) for p, amount in weighty]
        self._grows = points(worths)
        self._new = _moments([worths])
        every = [(amount / width, shocked(p, shock, SPREAD)) for p, amount in parts]
        self._open = _moments([[each] for each in every])
        self.line = capped([*others.under(shock, SPREAD, width), *[0.0] * STEPS], STEPS)
        for each in open_:
            self.line = capped(added(self.line, points([each])), STEPS)

    def grow(self) -> None:
        """Add one new opportunity."""
        self.line = capped(added(self.line, self._grows), STEPS)

    def with_many(self, count: int) -> float:
        """Return how likely the gap is made up for with so many new ones."""
        mean = self._open[0] + count * self._new[0]
        variance = self._open[1] + count * self._new[1]
        return normal_below((mean - STEPS) / sqrt(variance)) if variance else float(mean >= STEPS)


def _moments(deals: Sequence[Sequence[tuple[float, float]]]) -> tuple[float, float]:
    """Return mean and variance of a sum of deals, each with what it may be worth, how likely."""
    means = [sum(steps * likely for steps, likely in deal) for deal in deals]
    squares = [sum(steps * steps * likely for steps, likely in deal) for deal in deals]
    return sum(means), sum(squares) - sum(mean * mean for mean in means)


def _within(steps: float) -> float:
    """Return the steps, those beyond the gap left out: one such deal makes up for it alone."""
    return min(steps, float(STEPS))
