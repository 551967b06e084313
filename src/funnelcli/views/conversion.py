"""Conversion from stage to stage: what became of the arrivals, and of the closed deals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.stays import FEW
from funnelcli.views.table import Column, Kind, Place, Table
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.conversion import Conversion
    from funnelcli.views.table import Frame

_M = Place.MACHINE


def conversion_table(rows: Sequence[Conversion], frame: Frame) -> Table:
    """Return a row for each stage of each pipeline."""
    several = len({row.pipeline for row in rows}) > 1
    columns = (
        Column("pipeline", "Pipeline", place=Place.ROW if several else _M),
        Column("stage", "Stage", place=_M),
        Column("told_title", "Stage", place=Place.PERSON, get=lambda row: row.title),
        Column("entries", "Arrived", Kind.COUNT),
        Column("advanced", "Went on", Kind.COUNT),
        Column("lost", "Lost", Kind.COUNT),
        Column("moved_back", "Back", Kind.COUNT),
        Column("still_here", "Here", Kind.COUNT),
        Column("reached_closed", "Closed", Kind.COUNT),
        Column("next_reached_closed", "Further", Kind.COUNT),
        Column("rate", "Rate", Kind.SHARE, _M),
        Column("told_rate", "Rate", Kind.SHARE, Place.PERSON, _told),
        Column("undecided", "Undecided", Kind.COUNT),
        Column("title", "Stage", place=_M),
    )
    few = [row.title for row in rows if row.too_few]
    text = said(
        "Too few closed deals for a rate (under {few}): {stages}.",
        few=FEW,
        stages=said(", ").join(few),
    )
    return Table(frame, columns, rows, id_key="stage", summary=text if few else "")


def _told(row: Conversion) -> float | None:
    """Return the rate where it rests on enough deals; the line below tells where it does not."""
    return None if row.too_few else row.rate
