"""The forecast replayed on a team's own past: what it would have said, held against what came.

Rolling origin (forecast reference, section 4): at each origin only that is known which was known
then, and only what came later is scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.outlook import SPREAD, outlook
from funnelcli.domain.scores import Told, brier, calibration_error, log_loss
from funnelcli.wording import marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HORIZON = 90
"""Days ahead for which a replayed range is given."""
ORIGINS = 12
"""Origins that are replayed, unless said."""
BANDS = (0, 10, 30, 100, 300, 1_000)
"""Numbers of closed deals from which on a score is told apart."""
SPREADS = (0.3, 0.5, SPREAD, 0.8, 1.1)
"""Spreads of the shared shock that are tried."""
WINDOWS = 8
"""Windows of the past from which on one of them is chosen."""
WANTED = 0.8
"""The share of the windows in which a range from P10 to P90 should have held."""


class Method(NamedTuple):
    """A way of telling chances: its name, and the spread with which its range is told."""

    name: str
    spread: float


LEARNED = Method(marked("learned"), SPREAD)
DECLARED = Method(marked("declared"), 0.0)
"""Declared chance × amount, each deal for itself, closing as soon as the learned method says."""
FREQUENCY = Method(marked("frequency"), 0.0)
"""(won + 0.1) ÷ (reached + 0.2), as sold systems count."""
METHODS = (LEARNED, DECLARED, FREQUENCY)


class Open(NamedTuple):
    """A deal that was open at an origin.

    `chances` holds by method the chance that it is won, `in_time` the share of the winners that are
    won within the horizon. `won` is None while nobody knows; `came` is what it brought within the
    horizon, in minor units, where an amount was known.
    """

    chances: tuple[float, ...]
    in_time: float
    amount: int | None
    won: bool | None
    came: int


class Origin(NamedTuple):
    """A point of the past: how many deals were closed then, and which were open.

    `over` says whether the horizon has passed since, so that its range can be judged.
    """

    on: date
    closed: int
    deals: tuple[Open, ...]
    over: bool


class Score(NamedTuple):
    """How a method did at the origins at which at least `closed` deals were closed; None is all.

    `n` chances were scored, of whose deals `won` were won and `promised` had been told; `coverage`
    is the share of `windows` in which its range held.
    """

    method: str
    closed: int | None
    brier: float | None
    log_loss: float | None
    ece: float | None
    coverage: float | None
    n: int
    origins: int
    windows: int
    won: int
    promised: float


def origins(first: date, today: date, count: int = ORIGINS) -> list[date]:
    """Return days between the first opening and today, evenly apart, the latest first left out.

    The more often a day is replayed, the less is new in it: they are a week apart at least.
    """
    span = (today - first).days
    apart = max(7, span // (count + 1))
    return [first + timedelta(days=n) for n in range(apart, span, apart)][:count]


@dataclass(frozen=True)
class Backtest:
    """The origins that were replayed, and how the methods did there."""

    origins: tuple[Origin, ...]

    @cached_property
    def spread(self) -> float:
        """The spread whose ranges held nearest to 80 % of the windows, with enough of these."""
        windows = list(_windows(self.origins))
        if len(windows) < WINDOWS:
            return SPREAD
        place = METHODS.index(LEARNED)

        def off(spread: float) -> tuple[float, float]:
            held = sum(_holds(origin, place, spread) for origin in windows) / len(windows)
            return abs(held - WANTED), abs(spread - SPREAD)

        return min(SPREADS, key=off)

    @cached_property
    def scores(self) -> list[Score]:
        """Each method's scores over all origins, then by how many deals were closed at them."""
        found = self._scores(None, self.origins)
        bands = [
            (
                low,
                [o for o in self.origins if low <= o.closed and (high is None or o.closed < high)],
            )
            for low, high in zip(BANDS, (*BANDS[1:], None), strict=True)
        ]
        for low, within in bands:
            if within and len(within) < len(self.origins):
                found += self._scores(low, within)
        return found

    def score(self, method: Method) -> Score:
        """Return a method's score over all origins."""
        return next(score for score in self.scores if score.method == method.name)

    @property
    def kept(self) -> dict[str, Any]:
        """What is to be remembered of it: each method's score over all, and the spread."""
        scores = {method.name: self.score(method)._asdict() for method in METHODS}
        return {"spread": self.spread, "horizon": HORIZON, **scores}

    def _scores(self, closed: int | None, within: Sequence[Origin]) -> list[Score]:
        return [
            _score(within, place, method, closed)
            for place, method in enumerate((LEARNED._replace(spread=self.spread), *METHODS[1:]))
        ]


def _score(within: Sequence[Origin], place: int, method: Method, closed: int | None) -> Score:
    told = [
        Told(deal.chances[place], deal.won)
        for origin in within
        for deal in origin.deals
        if deal.won is not None
    ]
    windows = list(_windows(within))
    held = sum(_holds(origin, place, method.spread) for origin in windows)
    return Score(
        method=method.name,
        closed=closed,
        brier=brier(told),
        log_loss=log_loss(told),
        ece=calibration_error(told),
        coverage=held / len(windows) if windows else None,
        n=len(told),
        origins=len(within),
        windows=len(windows),
        won=sum(each.won for each in told),
        promised=sum(each.chance for each in told),
    )


def _windows(replayed: Iterable[Origin]) -> Iterator[Origin]:
    """Yield the origins of which it is known what came within the horizon of something."""
    return (o for o in replayed if o.over and any(deal.amount for deal in o.deals))


def _holds(origin: Origin, place: int, spread: float) -> bool:
    """Tell whether what came lay within the range that would have been told."""
    parts = [(d.chances[place] * d.in_time, d.amount) for d in origin.deals if d.amount]
    found = outlook(parts, spread)
    came = sum(deal.came for deal in origin.deals)
    return found.quantile(0.1) - found.step <= came <= found.quantile(0.9) + found.step
