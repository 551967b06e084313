"""Pipelines, stages, people and settings as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.views.table import Column, Kind, Lines, Page, Place, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funnelcli.domain.model import Member
    from funnelcli.domain.pipeline import Pipeline
    from funnelcli.domain.priorities import Task
    from funnelcli.views.table import Frame

_M = Place.MACHINE


def pipelines_table(pipelines: Iterable[Pipeline], default: str, frame: Frame) -> Table:
    """Return the pipelines, one a row."""
    columns = (
        Column("pipeline", "Pipeline"),
        Column("title", "Title"),
        Column("stages", "Stages", Kind.LIST),
        Column("acceptance", "Accepted by"),
        Column("default", "Default", Kind.FLAG),
    )
    rows = (
        (p.name, p.title, [s.name for s in p.stages], str(p.acceptance), p.name == default)
        for p in pipelines
    )
    return Table(frame, columns, rows, id_key="pipeline")


def pipeline_page(pipeline: Pipeline, shares: dict[str, tuple[float, int]], frame: Frame) -> Page:
    """Return a pipeline's stages with limits, milestones and guidance.

    `shares` holds by stage the measured share won of the closed deals that reached it, with n.
    """
    measured = Place.ROW if shares else _M
    columns = (
        Column("stage", "Stage"),
        Column("title", "Title"),
        Column("probability", "Chance", Kind.SHARE),
        Column("measured", "Measured", Kind.SHARE, measured),
        Column("measured_n", "n", Kind.COUNT, measured),
        Column("phase", "Phase"),
        Column("max_days", "Limit", Kind.DAYS),
        Column("silence_days", "Silence", Kind.DAYS),
        Column("milestones", "Milestones", Kind.LIST, _M),
        Column("guidance", "Guidance", place=_M),
    )
    rows = [
        (
            stage.name,
            stage.title,
            stage.probability / 10_000,
            *shares.get(stage.name, (None, 0)),
            str(pipeline.phase(stage)),
            stage.max_days,
            stage.silence_days,
            [m.name for m in stage.milestones],
            stage.guidance or None,
        )
        for stage in pipeline.stages
    ]
    blocks: list[Table | Lines] = [Table(frame, columns, rows)]
    for stage in pipeline.stages:
        lines = [stage.guidance] if stage.guidance else []
        for milestone in stage.milestones:
            optional = "" if milestone.required else " (optional)"
            lines.append(f"☐ {milestone.name}: {milestone.title}{optional}")
        if lines:
            blocks.append(Lines(stage.title, tuple(lines)))
    table = Table(frame, columns, rows, id_key="stage")
    accepts = f"milestones count when the {pipeline.acceptance} says so"
    return Page(table, f"{pipeline.title} ({pipeline.name}): {accepts}", tuple(blocks))


def team_table(team: Iterable[Member], frame: Frame) -> Table:
    """Return the team."""
    columns = (
        Column("id", "#"),
        Column("name", "Name"),
        Column("role", "Role"),
        Column("login", "Login"),
        Column("away", "Away", Kind.LIST),
    )
    rows = (
        (
            m.id,
            m.name,
            "manager" if m.manager else "rep",
            m.login,
            [f"{start}..{end}" for start, end in m.away],
        )
        for m in team
    )
    return Table(frame, columns, rows)


def config_table(values: Sequence[tuple[str, str, str]], frame: Frame) -> Table:
    """Return settings with where each value comes from."""
    columns = (Column("setting", "Setting"), Column("value", "Value"), Column("origin", "From"))
    return Table(frame, columns, values, id_key="setting")


def tasks_table(tasks: Sequence[Task], frame: Frame) -> Table:
    """Return what to do next, the most pressing first."""
    columns = (
        Column("deal_id", "#"),
        Column("deal", "Deal"),
        Column("action", "To do"),
        Column("due", "Due", Kind.DATE),
        Column("score", "Score", Kind.COUNT),
        Column("parts", "Parts", place=_M),
        Column("owner", "Owner", place=_M),
        Column("because", "Because", place=Place.PERSON),
    )
    rows = [
        (
            t.deal.id,
            t.deal.name,
            t.action,
            t.due,
            t.score,
            dict(t.parts),
            t.deal.owner,
            ", ".join(f"{part} {points}" for part, points in t.parts.items()),
        )
        for t in tasks
    ]
    return Table(frame, columns, rows, empty="Nothing is pressing.", id_key="deal_id")
