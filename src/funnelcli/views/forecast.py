"""The forecast: range, run-rate and target on one scale, then each deal with what it rests on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.forecast import spoken_percent
from funnelcli.domain.money import about, format_amount, major
from funnelcli.domain.pipeline import WHOLE
from funnelcli.domain.text import plural
from funnelcli.domain.time import local_day
from funnelcli.views.deals import COLUMNS, of_deal
from funnelcli.views.table import Chart, Column, Kind, Lines, Mark, Page, Place, Table, told_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from funnelcli.domain.prospects import Forecast, Prospect
    from funnelcli.views.table import Block, Frame

_M = Place.MACHINE
_SHOWN = ("id", "name", "owner", "stage_title", "amount")
FEW_CLOSED = 30
"""Closed deals below which the declared chances still weigh a good part."""


class Trust(NamedTuple):
    """How far the figures can be trusted: closed deals they rest on, and how they did in the past.

    `kept` is what the last backtest said, in words; `held` deals are on hold and not counted in.
    """

    won: int
    lost: int
    kept: str | None
    held: int


def forecast_page(
    told: Forecast,
    prospects: Iterable[Prospect],
    largest: Sequence[Prospect],
    trust: Trust,
    frame: Frame,
    asked: str = "",
) -> Page:
    """Return the forecast with its totals; people see the `largest` deals of all `prospects`."""
    table = Table(
        frame,
        (*(_of_prospect(column) for column in COLUMNS), *_CHANCES, _soon(_last(told)), *_TOLD),
        prospects,
        totals=_totals(told, frame),
        empty="No open deal.",
    )
    title = told_title(f"Forecast {told.period.name}", frame, asked)
    blocks: list[Block] = [_chart(told, frame), Lines("How far to trust it", _trusted(told, trust))]
    if largest:
        more = told.deals - len(largest)
        said = f"{more:,} more not shown; --limit N shows them." if more else ""
        blocks.append(table._replace(rows=largest, title="Open deals", summary=said))
    return Page(table, title, tuple(blocks))


def _of_prospect(column: Column) -> Column:
    if column.key == "win_probability":
        return Column("win_probability", "Chance", Kind.SHARE, _M)
    return of_deal(column, _SHOWN)


def _told(row: Prospect) -> str:
    return f"{row.explain} Declared: {spoken_percent(row.deal.win_probability / WHOLE)}."


def _soon(last: date) -> Column:
    """Return the chance within the period as people read it."""

    def get(row: Prospect) -> str:
        return f"{spoken_percent(row.period_probability or LEAST)} by {last}"

    return Column("told_chance", "Chance", place=Place.PERSON, get=get)


LEAST = 1e-9
"""Stands for a chance that is too small for its difference to be told."""
_CHANCES = (
    Column(
        "declared_probability",
        "Declared",
        Kind.SHARE,
        _M,
        lambda row: row.deal.win_probability / 10_000,
    ),
    Column("explain", "", place=_M),
    Column("period_probability", "In the period", Kind.SHARE, _M),
    Column("n", "n", Kind.COUNT, _M),
)
_TOLD = (
    Column("told_below", "", place=Place.BELOW, get=_told),
    Column("told_beside", "What it rests on", place=Place.LINE, get=_told),
)


def _totals(told: Forecast, frame: Frame) -> dict[str, Any]:
    amounts = {
        "amount": told.amount,
        "weighted_amount": told.weighted,
        "low": told.low,
        "mid": told.mid,
        "high": told.high,
        "mean": told.mean,
        "run_rate": told.run_rate,
        "won": told.won,
        "target": told.target,
    }
    return {
        "period": told.period.name,
        "start": told.period.start,
        "end": told.period.end,
        "deals": told.deals,
        "amount_unknown": told.amount_unknown,
        **{key: _major(amount, frame) for key, amount in amounts.items()},
    }


def _major(amount: int | None, frame: Frame) -> Any:
    return None if amount is None else major(amount, frame.currency)


def _last(told: Forecast) -> date:
    return told.period.end - timedelta(days=1)


def _chart(told: Forecast, frame: Frame) -> Chart:
    def guess(amount: int) -> str:
        return about(amount, frame.currency)

    won = told.won
    marks = []
    begun = local_day(frame.as_of, frame.zone) >= told.period.start
    if begun:
        so_far = f"{format_amount(won, frame.currency)} ({plural(told.won_deals, 'deal')})"
        marks.append(Mark("Won so far", so_far, solid=won))
    marks.append(_range(told, "With open deals" if begun else "Open deals", guess))
    if told.run_rate is not None:
        total = won + told.run_rate
        marks.append(Mark("At run-rate", guess(total), solid=total))
    if told.target is not None:
        marks.append(Mark("Target", format_amount(told.target, frame.currency), tick=told.target))
    title = f"{told.period.start} to {_last(told)}, in {frame.currency}"
    return Chart(title, tuple(marks))


def _range(told: Forecast, label: str, guess: Callable[[int], str]) -> Mark:
    won = told.won
    if not told.amount:
        none = "no open deal" if not told.deals else "unknown: none of them has an amount"
        return Mark(label, none, solid=won)
    low, mid, high = won + told.low, won + told.mid, won + told.high
    said = f"8 times in 10 {guess(low)} to {guess(high)}, middle {guess(mid)}"
    return Mark(label, said, solid=won, low=low, high=high, tick=mid)


def _trusted(told: Forecast, trust: Trust) -> tuple[str, ...]:
    closed = trust.won + trust.lost
    if not closed:
        rests = "No deal is closed yet: declared chances and limits are all it rests on."
    else:
        few = f"; under {FEW_CLOSED} of them, declared chances and limits weigh much"
        rests = (
            f"It rests on {trust.won:,} won and {plural(trust.lost, 'lost deal')}"
            f"{few if closed < FEW_CLOSED else ''}."
        )
    lines = [rests, trust.kept or "Not tested on your own past yet: funnelcli backtest --save"]
    if told.amount_unknown:
        unknown = plural(told.amount_unknown, "open deal")
        lines.append(f"Not counted in: {unknown} of unknown amount.")
    if trust.held:
        lines.append(f"Not counted in: {plural(trust.held, 'deal')} on hold.")
    if told.run_rate is None:
        lines.append("Too little history for a run-rate.")
    return tuple(lines)
