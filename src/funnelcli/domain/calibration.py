"""What was claimed of deals that are closed since, against what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

BINS = ((0, 49), (50, 69), (70, 89), (90, 100))
"""Claims that are counted together, in percent."""


class Claimed(NamedTuple):
    """So many closed deals of which the same was claimed, in percent, and how many were won."""

    claim: int
    closed: int
    won: int


class Outcome(NamedTuple):
    """The closed deals of which `low` to `high` percent were claimed; `claims` adds those up."""

    low: int
    high: int
    closed: int
    won: int
    claims: int

    @property
    def claimed(self) -> float | None:
        """What was claimed on average, in 0..1."""
        return self.claims / self.closed / 100 if self.closed else None

    @property
    def won_share(self) -> float | None:
        """The share that was won."""
        return self.won / self.closed if self.closed else None


def outcomes(claimed: Iterable[Claimed]) -> list[Outcome]:
    """Return what became of the deals, by what was claimed of them."""
    known = list(claimed)
    found = []
    for low, high in BINS:
        within = [each for each in known if low <= each.claim <= high]
        closed, won = sum(each.closed for each in within), sum(each.won for each in within)
        claims = sum(each.claim * each.closed for each in within)
        found.append(Outcome(low, high, closed, won, claims))
    return found
