"""What history says of a pipeline's stages, next to what is declared."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from funnelcli.domain.forecast import spoken_percent
from funnelcli.views.table import Column, Kind, Place, Table
from funnelcli.views.words import sentences
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.learning import Lesson
    from funnelcli.domain.pipeline import Pipeline
from funnelcli.views.table import Frame

_M = Place.MACHINE


def lessons_table(pipeline: Pipeline, lessons: Sequence[Lesson], frame: Frame) -> Table:
    """Return a stage a row: chance and limit as declared and as learned, each with its n."""
    columns = (
        Column("stage", "Stage", place=_M, get=lambda row: row.stage.name),
        Column("told_stage", "Stage", place=Place.PERSON, get=lambda row: row.stage.title),
        Column("title", "Title", place=_M, get=lambda row: row.stage.title),
        Column(
            "declared_probability",
            "Declared",
            Kind.SHARE,
            get=lambda row: row.stage.probability / 10_000,
        ),
        Column("learned_probability", "Learned", Kind.SHARE, _M, lambda row: row.probability),
        Column("low", "From", Kind.SHARE, _M),
        Column("high", "To", Kind.SHARE, _M),
        _percents("probability", marked("Chance")),
        _percents("low", marked("from")),
        _percents("high", marked("to")),
        Column("closed", "Deals", Kind.COUNT),
        Column("declared_days", "Limit", Kind.DAYS, get=lambda row: row.stage.max_days),
        Column("learned_days", "Learned", Kind.DAYS, get=lambda row: row.limit.days),
        Column("n", "Stays", Kind.COUNT, get=lambda row: row.limit.n),
    )
    return Table(
        frame,
        columns,
        lessons,
        id_key="stage",
        title=f"{pipeline.title} ({pipeline.name})",
        summary=sentences(
            said("A chance lies within its range 8 times in 10."), _standing(pipeline)
        ),
    )


def _percents(key: str, title: str) -> Column:
    """Return a chance as people read it, in whole percents."""

    def words(row: Lesson) -> str:
        return spoken_percent(getattr(row, key))

    return Column(f"told_{key}", title, Kind.COUNT, Place.PERSON, words)


def _standing(pipeline: Pipeline) -> str:
    if any(stage.learned_at for stage in pipeline.stages):
        return said("Adopted before: funnelcli pipeline show {name}", name=quote(pipeline.name))
    return said("Not adopted: funnelcli pipeline learn {name} --adopt", name=quote(pipeline.name))
