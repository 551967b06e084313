"""Time in stage: how long stays took that have ended, beside the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.stays import FEW
from funnelcli.views.table import Chart, Column, Kind, Mark, Page, Place, Table
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.pipeline import Stage
    from funnelcli.domain.stays import Spread
    from funnelcli.views.table import Frame

_M = Place.MACHINE


class InStage(NamedTuple):
    """How long the stays in a stage of a pipeline took."""

    pipeline: str
    stage: Stage
    spread: Spread


def stays_page(rows: Sequence[InStage], frame: Frame) -> Page:
    """Return a chart for each pipeline, with the table behind them."""
    table = Table(frame, COLUMNS, rows, id_key="stage")
    pipelines = dict.fromkeys(row.pipeline for row in rows)
    known = {row.pipeline for row in rows if row.spread.n}
    charts = tuple(
        _chart(_title(name, several=len(pipelines) > 1), [r for r in rows if r.pipeline == name])
        for name in pipelines
        if name in known
    )
    none = table._replace(rows=(), empty=said("No stay in a stage has ended yet."))
    return Page(table, said("Time in stage"), charts or (none,))


def _title(pipeline: str, *, several: bool) -> str:
    title = said("Days in stage, of stays that have ended")
    return said("{pipeline}: {title}", pipeline=pipeline, title=title) if several else title


def _chart(title: str, rows: Sequence[InStage]) -> Chart:
    legend = said("Bar: the middle half; mark: the median; dashed: the limit.")
    few = any(row.spread.n < FEW for row in rows)
    summary = said("Under {n} stays are too few to tell what is usual.", n=FEW) if few else ""
    return Chart(title, tuple(map(_mark, rows)), summary=summary, legend=legend)


def _mark(row: InStage) -> Mark:
    spread, limit = row.spread, row.stage.limit
    if spread.low is None or spread.median is None or spread.high is None:
        return Mark(row.stage.title, _limited(said("none yet"), limit), limit=limit)
    if spread.n < FEW:
        told = plural(spread.n, "{n} stay, too few", "{n} stays, too few")
        return Mark(row.stage.title, _limited(told, limit), tick=spread.median, limit=limit)
    told = said(
        "median {median} of {n}, half {low} to {high}",
        median=_days(spread.median),
        n=spread.n,
        low=_days(spread.low),
        high=_days(spread.high),
    )
    return Mark(
        row.stage.title,
        _limited(told, limit),
        low=spread.low,
        high=spread.high,
        tick=spread.median,
        limit=limit,
    )


def _limited(told: str, limit: int | None) -> str:
    return told if limit is None else said("{told}; limit {limit}", told=told, limit=limit)


def _days(days: float) -> str:
    return f"{round(days, 1):g}"


COLUMNS = (
    Column("pipeline", "Pipeline"),
    Column("stage", "Stage", place=_M, get=lambda row: row.stage.name),
    Column("title", "Stage", get=lambda row: row.stage.title),
    Column("stays", "Stays", Kind.COUNT, get=lambda row: row.spread.n),
    Column("low_days", "Quarter", Kind.DAYS, get=lambda row: row.spread.low),
    Column("median_days", "Median", Kind.DAYS, get=lambda row: row.spread.median),
    Column("high_days", "Three quarters", Kind.DAYS, get=lambda row: row.spread.high),
    Column("limit_days", "Limit", Kind.DAYS, get=lambda row: row.stage.limit),
)
