"""What history says of a pipeline's stages, next to what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.views.table import Column, Kind, Place, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.learning import Lesson
    from funnelcli.views.table import Frame

_M = Place.MACHINE


def lessons_table(lessons: Sequence[Lesson], frame: Frame) -> Table:
    """Return a stage a row: chance and limit as declared and as learned, each with its n."""
    columns = (
        Column("stage", "Stage", get=lambda row: row.stage.name),
        Column("title", "Title", place=_M, get=lambda row: row.stage.title),
        Column(
            "declared_probability",
            "Declared",
            Kind.SHARE,
            get=lambda row: row.stage.probability / 10_000,
        ),
        Column("learned_probability", "Learned", Kind.SHARE, get=lambda row: row.probability),
        Column("low", "From", Kind.SHARE),
        Column("high", "To", Kind.SHARE),
        Column("closed", "Closed", Kind.COUNT),
        Column("declared_days", "Limit", Kind.DAYS, get=lambda row: row.stage.max_days),
        Column("learned_days", "Learned", Kind.DAYS, get=lambda row: row.limit.days),
        Column("n", "Stays", Kind.COUNT, get=lambda row: row.limit.n),
    )
    return Table(
        frame,
        columns,
        lessons,
        id_key="stage",
        summary="Chances lie from-to 8 times in 10; closed deals and stays are what they rest on.",
    )
