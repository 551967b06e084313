"""The funnel: bars by stage, or by owner, customer or source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnelcli.domain.money import major
from funnelcli.views.table import Column, Kind, Place, Table, Tone
from funnelcli.views.words import sentences
from funnelcli.wording import plural, said

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

    def gap(row: FunnelRow) -> int | None:
        found = gaps.get((row.pipeline, row.stage))
        return None if found is None else round(found)

    columns = (
        *(
            [Column(by, by.title(), get=lambda row: row.title or None)]
            if by
            else _stage(several=several)
        ),
        Column("deals", "Deals", Kind.COUNT),
        Column("deals_bar", "", Kind.BAR, Place.PERSON, lambda row: row.deals / most),
        Column("amount", "Amount", Kind.MONEY),
        *([] if several else [_amount_bar(largest)]),
        Column("amount_unknown", "Unknown", Kind.COUNT, _M),
        Column("weighted_amount", "Weighted", Kind.MONEY, get=lambda row: row.weighted),
        Column("median_days", "Days", Kind.DAYS),
        Column("stalled", "Stalled", Kind.COUNT),
        Column("claim_gap", "Overclaim", Kind.COUNT, _M, gap),
    )
    totals = _totals(rows, held, frame)
    return Table(
        frame,
        columns,
        rows,
        totals=totals,
        id_key=by or "stage",
        summary=_summary(totals, rows, gaps, frame),
        tone=lambda row: Tone.AMBER if row.stalled else Tone.PLAIN,
    )


def _stage(*, several: bool) -> list[Column]:
    return [
        Column("pipeline", "Pipeline", place=Place.ROW if several else _M),
        Column("stage", "Stage", place=_M),
        Column("title", "Stage"),
        Column("probability", "Chance", Kind.SHARE, get=lambda row: row.probability / 10_000),
    ]


def _amount_bar(largest: int) -> Column:
    return Column("amount_bar", "", Kind.BAR, Place.PERSON, lambda row: row.amount / largest)


def _totals(rows: Sequence[FunnelRow], held: tuple[int, int], frame: Frame) -> dict[str, Any]:
    return {
        "deals": sum(row.deals for row in rows),
        "amount": major(sum(row.amount for row in rows), frame.currency),
        "amount_unknown": sum(row.amount_unknown for row in rows),
        "weighted_amount": major(sum(row.weighted for row in rows), frame.currency),
        "stalled": sum(row.stalled for row in rows),
        "held": held[0],
        "held_amount": major(held[1], frame.currency),
    }


def _summary(
    totals: Mapping[str, Any],
    rows: Sequence[FunnelRow],
    gaps: Mapping[tuple[str, str], float],
    frame: Frame,
) -> str:
    parts = [
        plural(totals["deals"], "{n} open deal", "{n} open deals"),
        f"{totals['amount']:,f} {frame.currency}",
        said("weighted {amount:,f}", amount=totals["weighted_amount"]),
        said("{n:,} stalled", n=totals["stalled"]),
    ]
    if totals["amount_unknown"]:
        parts.append(said("{n:,} without an amount", n=totals["amount_unknown"]))
    if totals["held"]:
        held, amount = totals["held"], totals["held_amount"]
        parts.append(said("{n:,} on hold ({amount:,f})", n=held, amount=amount))
    above = [
        said(
            "{points} points in {stage}",
            points=round(gaps[row.pipeline, row.stage]),
            stage=row.title,
        )
        for row in rows
        if (row.pipeline, row.stage) in gaps
    ]
    comma = said(", ")
    told = said("{parts}.", parts=comma.join(parts))
    if not above:
        return told
    claims = said("Claims stand above the evidence: {stages}.", stages=comma.join(above))
    return sentences(told, claims)
