"""The funnel: bars by stage, or by owner, customer or source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import plural
from funnelcli.views.deals import money
from funnelcli.views.table import Column, Kind, Place, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funnelcli.domain.model import FunnelRow
    from funnelcli.views.table import Frame

_M = Place.MACHINE


def funnel_table(
    rows: Sequence[FunnelRow],
    frame: Frame,
    *,
    held: tuple[int, int],
    by: str | None = None,
    gaps: Mapping[tuple[str, str], float] | None = None,
) -> Table:
    """Return the funnel with its totals; `gaps` are points by which claims exceed the evidence."""
    gaps = gaps or {}
    several = len({row.pipeline for row in rows}) > 1
    most = max((row.deals for row in rows), default=0) or 1
    largest = max((row.amount for row in rows), default=0) or 1
    stage = Place.MACHINE if by else Place.ROW
    columns = (
        *(
            (Column(by, by.title()),)
            if by
            else (
                Column("pipeline", "Pipeline", place=Place.ROW if several else _M),
                Column("stage", "Stage", place=_M),
                Column("title", "Stage", place=stage),
                Column("probability", "Chance", Kind.SHARE),
            )
        ),
        Column("deals", "Deals", Kind.COUNT),
        Column("deals_bar", "", Kind.BAR, Place.PERSON),
        Column("amount", "Amount", Kind.MONEY),
        Column("amount_bar", "", Kind.BAR, _M if several else Place.PERSON),
        Column("amount_unknown", "Unknown", Kind.COUNT, _M),
        Column("weighted_amount", "Weighted", Kind.MONEY),
        Column("median_days", "Days", Kind.DAYS, Place.ROW),
        Column("stalled", "Stalled", Kind.COUNT),
        Column("claim_gap", "Overclaim", Kind.COUNT, _M),
    )
    columns = tuple(c for c in columns if c.key != "amount_bar" or c.place is not _M)
    table_rows = []
    for row in rows:
        first = (
            (row.title or None,)
            if by
            else (row.pipeline, row.stage, row.title, (row.probability or 0) / 10_000)
        )
        gap = gaps.get((row.pipeline, row.stage))
        bars = () if several else (row.amount / largest,)
        table_rows.append(
            (
                *first,
                row.deals,
                row.deals / most,
                money(row.amount, frame.currency),
                *bars,
                row.amount_unknown,
                money(row.weighted, frame.currency),
                row.median_days,
                row.stalled,
                None if gap is None else round(gap),
            )
        )
    totals = {
        "deals": sum(row.deals for row in rows),
        "amount": money(sum(row.amount for row in rows), frame.currency),
        "amount_unknown": sum(row.amount_unknown for row in rows),
        "weighted_amount": money(sum(row.weighted for row in rows), frame.currency),
        "stalled": sum(row.stalled for row in rows),
        "held": held[0],
        "held_amount": money(held[1], frame.currency),
    }
    return Table(
        frame,
        columns,
        table_rows,
        totals=totals,
        id_key=by or "stage",
        summary=_summary(totals, rows, gaps, frame),
        tone=lambda row: Tone.AMBER if row["stalled"] else Tone.PLAIN,
    )


def _summary(
    totals: Mapping[str, Any],
    rows: Sequence[FunnelRow],
    gaps: Mapping[tuple[str, str], float],
    frame: Frame,
) -> str:
    said = [
        plural(totals["deals"], "open deal"),
        f"{totals['amount']:,f} {frame.currency}",
        f"weighted {totals['weighted_amount']:,f}",
        f"{totals['stalled']} stalled",
    ]
    if totals["amount_unknown"]:
        said.append(f"{totals['amount_unknown']} without an amount")
    if totals["held"]:
        said.append(f"{totals['held']} on hold ({totals['held_amount']:,f})")
    above = [
        f"{round(gaps[row.pipeline, row.stage])} points in {row.title}"
        for row in rows
        if (row.pipeline, row.stage) in gaps
    ]
    claims = f" Claims stand above the evidence: {', '.join(above)}." if above else ""
    return f"{', '.join(said)}.{claims}"
