"""The file's pipelines, with their stages, milestones and playbooks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from funnelcli.domain.pipeline import (
    Acceptance,
    Advice,
    Milestone,
    Phase,
    Pipeline,
    Playbook,
    Stage,
)
from funnelcli.domain.text import fold
from funnelcli.errors import NotFound
from funnelcli.store.reading.reader import optional_instant
from funnelcli.wording import said

if TYPE_CHECKING:
    from datetime import datetime

    from funnelcli.store.reading.reader import Reader

PIPELINES = """SELECT id, name, title, acceptance, won, lost, playbook, changed_at
FROM pipeline p WHERE NOT gone OR EXISTS (
  SELECT 1 FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.pipeline_id = p.id)
ORDER BY id"""
"""A pipeline that is gone still shows where the past had deals in it."""
STAGES = """SELECT id, pipeline_id, name, title, probability, max_days, silence_days, phase,
  guidance, learned_days, learned_n, learned_probability, learned_closed, learned_at
FROM stage WHERE position IS NOT NULL ORDER BY pipeline_id, position"""
MILESTONES = """SELECT id, stage_id, name, title, required
FROM milestone WHERE position IS NOT NULL ORDER BY stage_id, position"""


@dataclass(frozen=True)
class Process:
    """All pipelines of a file, in the order in which they were added."""

    pipelines: tuple[Pipeline, ...]
    changed: dict[str, datetime | None]
    default: str

    def pipeline(self, word: str | None) -> Pipeline:
        """Return the pipeline with that name or title, or the default one; raises NotFound."""
        wanted = fold(word if word is not None else self.default)
        for pipeline in self.pipelines:
            if wanted in (fold(pipeline.name), fold(pipeline.title)):
                return pipeline
        names = ", ".join(pipeline.name for pipeline in self.pipelines)
        message = said(
            "{word!r} is no pipeline of this file; it has {names}.", word=word, names=names
        )
        raise NotFound(message)

    def within(self, name: str | None) -> list[Pipeline]:
        """Return the pipeline of that name alone; None stands for all."""
        return [pipeline for pipeline in self.pipelines if name in (None, pipeline.name)]

    @cached_property
    def by_stage(self) -> dict[int, tuple[Pipeline, Stage]]:
        """Each stage's number, with its pipeline and itself."""
        return {s.id: (p, s) for p in self.pipelines for s in p.stages if s.id is not None}

    @cached_property
    def phases(self) -> dict[int, Phase]:
        """The phase of each stage."""
        return {number: p.phase(stage) for number, (p, stage) in self.by_stage.items()}


def process(reader: Reader) -> Process:
    """Read the pipelines as they are today."""
    milestones: dict[int, list[Milestone]] = {}
    for number, stage_id, name, title, required in reader.rows(MILESTONES):
        milestones.setdefault(stage_id, []).append(Milestone(name, title, bool(required), number))
    stages: dict[int, list[Stage]] = {}
    for number, pipeline_id, name, title, probability, *rest in reader.rows(STAGES):
        max_days, silence_days, phase, guidance, *learned, learned_at = rest
        learned_days, learned_n, learned_probability, learned_closed = learned
        stage = Stage(
            name=name,
            title=title,
            probability=probability,
            max_days=max_days,
            silence_days=silence_days,
            phase=Phase(phase) if phase else None,
            guidance=guidance,
            milestones=tuple(milestones.get(number, ())),
            id=number,
            learned_days=learned_days,
            learned_n=learned_n,
            learned_probability=learned_probability,
            learned_closed=learned_closed,
            learned_at=optional_instant(learned_at),
        )
        stages.setdefault(pipeline_id, []).append(stage)
    pipelines, changed = [], {}
    for number, name, title, acceptance, won, lost, playbook, changed_at in reader.rows(PIPELINES):
        changed[name] = optional_instant(changed_at)
        pipelines.append(
            Pipeline(
                name=name,
                title=title,
                stages=tuple(stages.get(number, ())),
                acceptance=Acceptance(acceptance),
                won=won,
                lost=lost,
                playbook=read_playbook(playbook),
                id=number,
            )
        )
    return Process(tuple(pipelines), changed, reader.settings.pipeline)


def read_playbook(stored: str) -> Playbook:
    """Return the playbook that `write_playbook` made the JSON of."""
    table = json.loads(stored)
    return Playbook(
        {
            phase: {cause: Advice(*words) for cause, words in causes.items()}
            for phase, causes in table.get("diagnosis", {}).items()
        },
        {code: tuple(asked) for code, asked in table.get("questions", {}).items()},
    )


def write_playbook(playbook: Playbook) -> str:
    """Return the playbook as the JSON that the file keeps."""
    diagnosis = {
        phase: {cause: [a.hypothesis, a.ask, a.do] for cause, a in causes.items()}
        for phase, causes in playbook.diagnosis.items()
    }
    table = {"diagnosis": diagnosis, "questions": dict(playbook.questions)}
    return json.dumps(table, ensure_ascii=False)
