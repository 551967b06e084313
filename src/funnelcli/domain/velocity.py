"""Velocity: open deals × win rate × mean won amount ÷ median cycle, money per day.

All but the open deals look back, to the deals closed in a period (PRODUCT 3 and 10).
"""

from __future__ import annotations

from collections import Counter
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Counted(NamedTuple):
    """So many deals of one group and pipeline that are open, won or lost.

    Of won ones `days` is their sales cycle, None where the file does not know when they were
    opened. `priced` of them have an amount, and `amount` is the sum, in minor units.
    """

    group: str | None
    pipeline: int
    status: str
    days: int | None
    deals: int
    priced: int
    amount: int


class Velocity(NamedTuple):
    """The figures of one pipeline, or of one group's deals in it.

    Amounts are in minor units. `priced` won deals have an amount, which come to `amount`; `cycles`
    counts the won deals by the days from their opening to their closing.
    """

    group: str | None
    pipeline: str
    deals: int
    won: int
    lost: int
    priced: int
    amount: int
    cycles: Mapping[int, int]

    @property
    def closed(self) -> int:
        """How many were closed; the n of the win rate."""
        return self.won + self.lost

    @property
    def win_rate(self) -> float | None:
        """Won ÷ closed; None where nothing was."""
        return self.won / self.closed if self.closed else None

    @property
    def amount_unknown(self) -> int:
        """How many won deals have no known amount, and are left out of the mean."""
        return self.won - self.priced

    @property
    def mean_won_amount(self) -> int | None:
        """The mean amount of the won deals that have one, rounded half-up to the minor unit."""
        return _rounded(self.amount, self.priced) if self.priced else None

    @property
    def timed(self) -> int:
        """How many won deals have a known cycle; the n of the median."""
        return sum(self.cycles.values())

    @property
    def cycle_unknown(self) -> int:
        """How many won deals have none: opened nobody knows when, or after they were closed."""
        return self.won - self.timed

    @property
    def median_cycle(self) -> float | None:
        """The median days from opening to closing of the won deals; None where none is known."""
        return _twice_median(self.cycles) / 2 if self.cycles else None

    @property
    def velocity(self) -> int | None:
        """Money per day in minor units, rounded half-up once; None where it has no meaning."""
        if self.lack is not None:
            return None
        above = self.deals * self.won * self.amount * 2
        return _rounded(above, self.closed * self.priced * _twice_median(self.cycles))

    @property
    def lack(self) -> Lack | None:
        """What there is none of, so that there is no velocity; None where there is one."""
        lacking = {
            Lack.CLOSED: not self.closed,
            Lack.WON: not self.won,
            Lack.AMOUNT: not self.priced,
            Lack.CYCLE: not self.cycles,
        }
        found = next((lack for lack, lacks in lacking.items() if lacks), None)
        if found is None and not _twice_median(self.cycles):
            return Lack.DAYS
        return found

    @property
    def why(self) -> str | None:
        """Why there is no velocity, as a sentence; None where there is one."""
        return None if self.lack is None else said(_WHY[self.lack])


class Lack(Enum):
    """What a velocity can lack."""

    CLOSED = auto()
    WON = auto()
    AMOUNT = auto()
    CYCLE = auto()
    DAYS = auto()


_WHY = {
    Lack.CLOSED: marked("Nothing was closed."),
    Lack.WON: marked("Nothing was won."),
    Lack.AMOUNT: marked("No won deal has a known amount."),
    Lack.CYCLE: marked("Nobody knows how long a won deal took."),
    Lack.DAYS: marked("The median cycle is 0 days."),
}


def velocities(
    counts: Iterable[Counted], pipelines: Mapping[int, str], *, grouped: bool
) -> list[Velocity]:
    """Return the figures of each pipeline, in their order, those without deals too.

    If `grouped`, those of each group in each pipeline instead, the fastest first, unknown last.
    """
    found: dict[tuple[str | None, int], list[Counted]] = {}
    if not grouped:
        found = {(None, number): [] for number in pipelines}
    for count in counts:
        found.setdefault((count.group, count.pipeline), []).append(count)
    rows = [_velocity(group, pipelines[of], each) for (group, of), each in found.items()]
    return sorted(rows, key=_pace) if grouped else rows


def _velocity(group: str | None, pipeline: str, counts: Iterable[Counted]) -> Velocity:
    deals, cycles = Counter[str](), Counter[int]()
    priced = amount = 0
    for count in counts:
        deals[count.status] += count.deals
        if count.status == "won":
            priced += count.priced
            amount += count.amount
            if count.days is not None and count.days >= 0:
                cycles[count.days] += count.deals
    known = (deals["open"], deals["won"], deals["lost"])
    return Velocity(group, pipeline, *known, priced, amount, cycles)


def _pace(row: Velocity) -> tuple[bool, int, bool, str, str]:
    velocity = row.velocity
    return (velocity is None, -(velocity or 0), row.group is None, row.group or "", row.pipeline)


def _twice_median(counts: Mapping[int, int]) -> int:
    """Return twice the median of values that are there so many times, which is whole."""
    total, passed, middle = sum(counts.values()), 0, list[int]()
    for value in sorted(counts):
        before, passed = passed, passed + counts[value]
        middle += [value for place in ((total - 1) // 2, total // 2) if before <= place < passed]
    return sum(middle)


def _rounded(above: int, below: int) -> int:
    """Return the quotient of two whole numbers, rounded half-up."""
    return (2 * above + below) // (2 * below)
