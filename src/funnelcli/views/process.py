"""Pipelines, stages, people and settings as tables."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from funnelcli.domain.pipeline import Acceptance
from funnelcli.domain.time import local_day
from funnelcli.views.table import Column, Kind, Lines, Page, Place, Table
from funnelcli.wording import marked, said, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funnelcli.domain.model import Member
    from funnelcli.domain.pipeline import Pipeline, Stage
    from funnelcli.domain.priorities import Task
    from funnelcli.views.table import Frame

_M = Place.MACHINE


def pipelines_table(pipelines: Iterable[Pipeline], default: str, frame: Frame) -> Table:
    """Return the pipelines, one a row."""
    columns = (
        Column("pipeline", "Pipeline", get=lambda p: p.name),
        Column("title", "Title"),
        Column("stages", "Stages", Kind.LIST, get=lambda p: [s.name for s in p.stages]),
        Column("acceptance", "Accepted by", Kind.TERM),
        Column("default", "Default", Kind.FLAG, get=lambda p: p.name == default),
    )
    return Table(frame, columns, pipelines, id_key="pipeline")


def pipeline_page(pipeline: Pipeline, shares: dict[str, tuple[float, int]], frame: Frame) -> Page:
    """Return a pipeline's stages with limits, milestones and guidance.

    `shares` holds by stage the measured share won of the closed deals that reached it, with n.
    What was learned of any stage stands beside what is declared, with what it came from and when.
    """
    measured = Place.ROW if shares else _M
    learned = Place.ROW if any(stage.learned_at for stage in pipeline.stages) else _M
    columns = (
        Column("stage", "Stage", Kind.WORD, get=lambda s: s.name),
        Column("title", "Title"),
        Column("probability", "Chance", Kind.SHARE, get=lambda s: s.probability / 10_000),
        Column("learned_probability", "Learned", Kind.SHARE, learned, _learned_share),
        Column("learned_closed", "n", Kind.COUNT, _M),
        Column("measured", "Measured", Kind.SHARE, measured, lambda s: _share(shares, s)[0]),
        Column("measured_n", "n", Kind.COUNT, measured, lambda s: _share(shares, s)[1]),
        Column("phase", "Phase", Kind.TERM, get=pipeline.phase),
        Column("max_days", "Limit", Kind.DAYS),
        Column("learned_days", "Learned", Kind.DAYS, learned),
        Column("learned_n", "n", Kind.COUNT, _M),
        Column("silence_days", "Silence", Kind.DAYS),
        Column("learned_at", "Learned at", Kind.INSTANT, _M),
        Column("milestones", "Milestones", Kind.LIST, _M, lambda s: [m.name for m in s.milestones]),
        Column("guidance", "Guidance", place=_M, get=lambda s: s.guidance or None),
    )
    days = sorted({local_day(s.learned_at, frame.zone) for s in pipeline.stages if s.learned_at})
    adopted = said(
        "Learned figures adopted on {days}; their limits count.",
        days=said(", ").join(map(str, days)),
    )
    table = Table(frame, columns, pipeline.stages, id_key="stage", summary=adopted if days else "")
    blocks: list[Table | Lines] = [table]
    for stage in pipeline.stages:
        lines = [stage.guidance] if stage.guidance else []
        for milestone in stage.milestones:
            text = marked("☐ {name}: {title}")
            if not milestone.required:
                text = marked("☐ {name}: {title} (optional)")
            lines.append(said(text, name=milestone.name, title=milestone.title))
        if lines:
            blocks.append(Lines(stage.title, tuple(lines)))
    title = said(_COUNT[pipeline.acceptance], title=pipeline.title, name=pipeline.name)
    return Page(table, title, tuple(blocks))


_COUNT = {
    Acceptance.MANAGER: marked("{title} ({name}): milestones count when the manager says so"),
    Acceptance.REP: marked("{title} ({name}): milestones count when the rep says so"),
}


def _share(shares: dict[str, tuple[float, int]], stage: Stage) -> tuple[float | None, int]:
    return shares.get(stage.name, (None, 0))


def _learned_share(stage: Stage) -> float | None:
    return None if stage.learned_probability is None else stage.learned_probability / 10_000


def team_table(team: Iterable[Member], frame: Frame) -> Table:
    """Return the team."""
    columns = (
        Column("id", "#"),
        Column("name", "Name"),
        Column("role", "Role", Kind.TERM, get=lambda m: "manager" if m.manager else "rep"),
        Column("login", "Login"),
        Column("joined_on", "Joined", Kind.DATE, get=lambda m: m.joined),
        Column("left_on", "Left", Kind.DATE, get=lambda m: m.left),
        Column("away", "Away", Kind.LIST, get=lambda m: [f"{a}..{b}" for a, b in m.away]),
        Column(
            "career", "", Kind.LIST, Place.MACHINE, lambda m: [each.spoken for each in m.places]
        ),
    )
    return Table(frame, columns, team)


def config_table(values: Sequence[tuple[str, str | None, str]], frame: Frame) -> Table:
    """Return settings with where each value comes from."""
    columns = (
        Column("setting", "Setting", get=itemgetter(0)),
        Column("value", "Value", get=itemgetter(1)),
        Column("origin", "Origin", Kind.TERM, get=itemgetter(2)),
    )
    return Table(frame, columns, values, id_key="setting")


def tasks_table(tasks: Sequence[Task], frame: Frame) -> Table:
    """Return what to do next, the most pressing first."""
    columns = (
        Column("deal_id", "#", get=lambda t: t.deal.id),
        Column("deal", "Deal", get=lambda t: t.deal.name),
        Column("action", "To do"),
        Column("due", "Due", Kind.DATE),
        Column("score", "Score", Kind.COUNT),
        Column("parts", "Parts", Kind.LIST, _M, lambda t: dict(t.parts)),
        Column("owner", "Owner", place=_M, get=lambda t: t.deal.owner),
        Column("because", "Because", place=Place.PERSON, get=_because),
    )
    return Table(frame, columns, tasks, empty=said("Nothing is pressing."), id_key="deal_id")


def _because(task: Task) -> str:
    return said(", ").join(f"{term(part)} {points}" for part, points in task.parts.items())
