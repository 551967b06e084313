"""How fast money comes out of the open deals, with the figures that it is made of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from funnelcli.domain.stays import FEW
from funnelcli.domain.velocity import Lack
from funnelcli.views.table import Column, Kind, Place, Table, Tone
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from funnelcli.domain.velocity import Velocity
    from funnelcli.views.table import Frame

_M = Place.MACHINE


def velocity_table(
    rows: Sequence[Velocity],
    frame: Frame,
    *,
    closed: tuple[date, date],
    by: str | None = None,
    limit: int | None = None,
) -> Table:
    """Return the velocities; `closed` is the first and the day after the last of the period."""
    begin, end = closed[0], closed[1] - timedelta(days=1)
    several = by is None or len({row.pipeline for row in rows}) > 1
    columns = (
        *([Column(by, by.title(), get=lambda row: row.group)] if by else ()),
        Column("pipeline", "Pipeline", place=Place.ROW if several else _M),
        Column("deals", "Open", Kind.COUNT),
        Column("closed", "Closed", Kind.COUNT),
        Column("won", "Won", Kind.COUNT),
        Column("win_rate", "Win rate", Kind.SHARE, _M),
        Column("told_rate", "Win rate", Kind.SHARE, Place.PERSON, _told_rate),
        Column("mean_won_amount", "Mean won", Kind.MONEY),
        Column("median_cycle", "Cycle", Kind.DAYS),
        Column("velocity", "Per day", Kind.MONEY),
        Column("amount_unknown", "Unknown", Kind.COUNT, _M),
        Column("cycles", "Cycles", Kind.COUNT, _M, lambda row: row.timed),
        Column("cycle_unknown", "Cycle unknown", Kind.COUNT, _M),
        Column("why", "Why not", place=_M),
        Column("remarks", "", Kind.LIST, Place.PERSON, _remarks),
    )
    return Table(
        frame,
        columns,
        rows[:limit],
        totals=_totals(rows, begin, end),
        empty=said(
            "No deal is open, and none was closed from {begin} to {end}.", begin=begin, end=end
        ),
        id_key=by or "pipeline",
        summary=said(
            "Per day: open × win rate × mean won ÷ median cycle; closed from {begin} to {end}.",
            begin=begin,
            end=end,
        ),
        tone=lambda row: Tone.QUIET if row.closed < FEW else Tone.PLAIN,
    )


def _totals(rows: Sequence[Velocity], begin: date, end: date) -> dict[str, Any]:
    return {
        "deals": sum(row.deals for row in rows),
        "closed": sum(row.closed for row in rows),
        "won": sum(row.won for row in rows),
        "closed_from": begin,
        "closed_to": end,
    }


def _told_rate(row: Velocity) -> float | str | None:
    """Return the win rate, or that too few deals were closed to have one."""
    return said("too few") if 0 < row.closed < FEW else row.win_rate


def _remarks(row: Velocity) -> list[str]:
    """Return what a person should know of the figures: unknown, or none, and why."""
    found = [] if row.lack is None else [said(_LACKS[row.lack])]
    if row.amount_unknown:
        found.append(plural(row.amount_unknown, "{n} amount unknown", "{n} amounts unknown"))
    if row.cycle_unknown:
        found.append(plural(row.cycle_unknown, "{n} cycle unknown", "{n} cycles unknown"))
    return found


_LACKS = {
    Lack.CLOSED: marked("nothing was closed"),
    Lack.WON: marked("nothing was won"),
    Lack.AMOUNT: marked("no won deal has a known amount"),
    Lack.CYCLE: marked("nobody knows how long a won deal took"),
    Lack.DAYS: marked("the median cycle is 0 days"),
}
