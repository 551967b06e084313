"""The forecast: range, run-rate and target on one scale, then each deal with what it rests on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.forecast import spoken_percent
from funnelcli.domain.money import about, format_amount, major
from funnelcli.domain.pipeline import WHOLE
from funnelcli.domain.time import local_day
from funnelcli.views.deals import COLUMNS, of_deal
from funnelcli.views.table import Chart, Column, Kind, Lines, Mark, Page, Place, Table, told_title
from funnelcli.wording import plural, said

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
        empty=said("No open deal."),
    )
    title = told_title(said("Forecast {period}", period=told.period.name), frame, asked)
    trusted = Lines(said("How far to trust it"), _trusted(told, trust))
    blocks: list[Block] = [_chart(told, frame), trusted]
    if largest:
        more = told.deals - len(largest)
        hidden = (
            said("{n:,} more not shown; forecast --limit N shows them.", n=more) if more else ""
        )
        title_ = said("Open deals")
        blocks.append(table._replace(rows=largest, title=title_, summary=hidden))
    return Page(table, title, tuple(blocks))


def _of_prospect(column: Column) -> Column:
    if column.key == "win_probability":
        return Column("win_probability", "Chance", Kind.SHARE, _M)
    return of_deal(column, _SHOWN)


def _told(row: Prospect) -> str:
    percent = spoken_percent(row.deal.win_probability / WHOLE)
    return said("{why} Declared: {percent}.", why=row.explain, percent=percent)


def _soon(last: date) -> Column:
    """Return the chance within the period as people read it."""

    def get(row: Prospect) -> str:
        percent = spoken_percent(row.period_probability or LEAST)
        return said("{percent} by {day}", percent=percent, day=last)

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
        so_far = plural(
            told.won_deals,
            "{amount} ({n} deal)",
            "{amount} ({n} deals)",
            amount=format_amount(won, frame.currency),
        )
        marks.append(Mark(said("Won so far"), so_far, solid=won))
    marks.append(_range(told, said("With open deals") if begun else said("Open deals"), guess))
    if told.run_rate is not None:
        total = won + told.run_rate
        marks.append(Mark(said("At run-rate"), guess(total), solid=total))
    if told.target is not None:
        target = format_amount(told.target, frame.currency)
        marks.append(Mark(said("Target"), target, tick=told.target))
    title = said(
        "{begin} to {end}, in {currency}",
        begin=told.period.start,
        end=_last(told),
        currency=frame.currency,
    )
    return Chart(title, tuple(marks))


def _range(told: Forecast, label: str, guess: Callable[[int], str]) -> Mark:
    won = told.won
    if not told.amount:
        unknown = said("unknown: none of them has an amount")
        none = unknown if told.deals else said("no open deal")
        return Mark(label, none, solid=won)
    low, mid, high = won + told.low, won + told.mid, won + told.high
    words = said(
        "8 times in 10 {low} to {high}, middle {mid}",
        low=guess(low),
        high=guess(high),
        mid=guess(mid),
    )
    return Mark(label, words, solid=won, low=low, high=high, tick=mid)


def _trusted(told: Forecast, trust: Trust) -> tuple[str, ...]:
    closed = trust.won + trust.lost
    if not closed:
        rests = said("No deal is closed yet: declared chances and limits are all it rests on.")
    elif closed < FEW_CLOSED:
        rests = plural(
            trust.lost,
            "It rests on {won:,} won and {n} lost deal; "
            "under {few} of them, declared chances and limits weigh much.",
            "It rests on {won:,} won and {n} lost deals; "
            "under {few} of them, declared chances and limits weigh much.",
            won=trust.won,
            few=FEW_CLOSED,
        )
    else:
        rests = plural(
            trust.lost,
            "It rests on {won:,} won and {n} lost deal.",
            "It rests on {won:,} won and {n} lost deals.",
            won=trust.won,
        )
    untested = said("Not tested on your own past yet: funnelcli backtest --save")
    lines = [rests, trust.kept or untested]
    if told.amount_unknown:
        unknown = plural(
            told.amount_unknown,
            "Not counted in: {n} open deal of unknown amount.",
            "Not counted in: {n} open deals of unknown amount.",
        )
        lines.append(unknown)
    if trust.held:
        held = plural(
            trust.held, "Not counted in: {n} deal on hold.", "Not counted in: {n} deals on hold."
        )
        lines.append(held)
    if told.run_rate is None:
        lines.append(said("Too little history for a run-rate."))
    return tuple(lines)
