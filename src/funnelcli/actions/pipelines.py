"""A pipeline is created or brought up to its definition; nothing of its history is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.pipeline import Stage
from funnelcli.domain.text import clean, percents
from funnelcli.errors import NotFound, Refused, UsageFault
from funnelcli.store.reading.facts import deals_in_stage, stages_replaced_by
from funnelcli.store.reading.process import process, write_playbook
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funnelcli.domain.pipeline import Learned, Milestone, Pipeline
    from funnelcli.store.session import Work


class Applied(NamedTuple):
    """What applying a definition did, or would do: a sentence each; none if nothing differs."""

    pipeline: str
    created: bool
    changes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What was done, in one line."""
        if self.created:
            return said("Created the pipeline {pipeline}.", pipeline=self.pipeline)
        if not self.changes:
            return said(
                "The pipeline {pipeline} is as the file says; nothing was changed.",
                pipeline=self.pipeline,
            )
        return _changed(self.pipeline, self.changes)


def _changed(pipeline: str, changes: Sequence[str]) -> str:
    return said(
        "Changed the pipeline {pipeline}: {changes}.",
        pipeline=pipeline,
        changes=said("; ").join(changes),
    )


def apply(work: Work, wanted: Pipeline, moves: Mapping[str, str]) -> Applied:
    """Create the pipeline, or change it to what is wanted.

    `moves` says for a stage that is dropped which stage its deals are in from now on: a new one
    takes over its place and history, an existing one takes its deals, their clocks running on.
    Raises Refused for a dropped stage that holds deals and is not in `moves`.
    """
    known = {pipeline.name: pipeline for pipeline in process(work.reading).pipelines}
    had = known.get(wanted.name)
    moves = _meant(moves, had, wanted)
    if had is None:
        return _create(work, wanted)
    row = work.row("pipeline", had.id)
    changes = [*_retitle(row, wanted), *_bring_stages(work, row, had, wanted, moves)]
    if changes:
        row.changed_at = work.now
    return Applied(wanted.name, created=False, changes=tuple(changes))


def _create(work: Work, wanted: Pipeline) -> Applied:
    row = work.add(
        "pipeline",
        name=wanted.name,
        title=wanted.title,
        acceptance=wanted.acceptance,
        won=wanted.won,
        lost=wanted.lost,
        playbook=write_playbook(wanted.playbook),
        created_at=work.now,
    )
    for position, stage in enumerate(wanted.stages):
        _add_stage(work, row, stage, position)
    return Applied(wanted.name, created=True, changes=())


def _add_stage(work: Work, row: Any, stage: Stage, position: int) -> Any:
    added = work.add(
        "stage",
        pipeline_id=row.id,
        position=position,
        name=stage.name,
        title=stage.title,
        probability=stage.probability,
        max_days=stage.max_days,
        silence_days=stage.silence_days,
        phase=stage.phase,
        guidance=stage.guidance,
    )
    for place, milestone in enumerate(stage.milestones):
        _add_milestone(work, added.id, milestone, place)
    return added


def append_stage(work: Work, pipeline: Pipeline, name: str) -> None:
    """Add a stage that a table names after the last one, with its chance, without limits.

    Nobody knows better yet; `pipeline apply` says it.
    """
    last = pipeline.stages[-1]
    title = clean(name, said("stage's name"), limit=60)
    stage = Stage(title, title, last.probability)
    _add_stage(work, work.row("pipeline", pipeline.id), stage, len(pipeline.stages))


def _add_milestone(work: Work, stage_id: int, milestone: Milestone, position: int) -> None:
    work.add(
        "milestone",
        stage_id=stage_id,
        position=position,
        name=milestone.name,
        title=milestone.title,
        required=milestone.required,
    )


def _meant(moves: Mapping[str, str], known: Pipeline | None, wanted: Pipeline) -> dict[str, str]:
    """Return the moves under the stages' names, made sure of."""
    found = {}
    for old, new in moves.items():
        move = {"old": old, "new": new}
        if known is None or not known.has_stage(old):
            message = said(
                "{old!r} of --map {old}={new} is no stage that the pipeline has now.", **move
            )
            raise NotFound(message)
        if not wanted.has_stage(new):
            message = said("{new!r} of --map {old}={new} is no stage of the file.", **move)
            raise NotFound(message)
        dropped = known.stage(old).name
        if dropped in {stage.name for stage in wanted.stages}:
            message = said(
                "{old!r} of --map {old}={new} is not dropped; the file still has it.", **move
            )
            raise UsageFault(message)
        found[dropped] = wanted.stage(new).name
    return found


def _retitle(row: Any, wanted: Pipeline) -> list[str]:
    changes = []
    for key, value in (
        ("title", wanted.title),
        ("acceptance", str(wanted.acceptance)),
        ("won", wanted.won),
        ("lost", wanted.lost),
    ):
        if getattr(row, key) != value:
            before = getattr(row, key)
            changes.append(said("{key} {before} → {after}", key=key, before=before, after=value))
            setattr(row, key, value)
    playbook = write_playbook(wanted.playbook)
    if row.playbook != playbook:
        changes.append(said("playbook reworded"))
        row.playbook = playbook
    return changes


def _bring_stages(
    work: Work, row: Any, known: Pipeline, wanted: Pipeline, moves: Mapping[str, str]
) -> list[str]:
    had = {stage.name: stage for stage in known.stages}
    want = [stage.name for stage in wanted.stages]
    changes = []
    rows = {name: work.row("stage", stage.id) for name, stage in had.items()}
    renamed: dict[str, str] = {}
    for old, new in moves.items():
        if new not in rows:
            rows[new], had[new], renamed[old] = rows.pop(old), had.pop(old), new
            rows[new].name = new
            changes.append(said("stage {old} renamed to {new}", old=old, new=new))
    order = [renamed.get(stage.name, stage.name) for stage in known.stages]
    for position, stage in enumerate(wanted.stages):
        if stage.name not in rows:
            rows[stage.name] = _add_stage(work, row, stage, position)
            changes.append(said("stage {stage} added", stage=stage.name))
        else:
            changes += _bring_stage(work, rows[stage.name], had[stage.name], stage)
            rows[stage.name].position = position
    if [name for name in order if name in want] != [name for name in want if name in order]:
        changes.append(said("stages reordered"))
    for name in [name for name in rows if name not in want]:
        changes.append(_drop(work, rows[name], moves.get(name), rows, known))
    return changes


def _bring_stage(work: Work, row: Any, had: Stage, stage: Stage) -> list[str]:
    changes = []
    for key, value in (
        ("title", stage.title),
        ("probability", stage.probability),
        ("max_days", stage.max_days),
        ("silence_days", stage.silence_days),
        ("phase", None if stage.phase is None else str(stage.phase)),
        ("guidance", stage.guidance),
    ):
        before = getattr(row, key)
        if before != value:
            setattr(row, key, value)
            told = marked("{stage}: {key} {before} → {after}")
            if key == "guidance":
                told = marked("{stage}: {key} reworded")
            values = {"before": _shown(key, before), "after": _shown(key, value)}
            changes.append(said(told, stage=stage.name, key=key, **values))
            if key in _LEARNABLE:
                changes += _unlearn(row, stage.name)
    return changes + _bring_milestones(work, row, had, stage)


_LEARNABLE = ("probability", "max_days")
"""What is declared of a stage and can be learned, too: the newer word counts."""


def adopt(work: Work, pipeline: Pipeline, learned: Sequence[Learned]) -> str:
    """Have what was learned of stages of the pipeline count from now on; return what was done."""
    names = {stage.id: stage.name for stage in pipeline.stages}
    work.kept = bool(learned)
    if not learned:
        return said(
            "There is no history yet to learn from in {pipeline}; nothing was adopted.",
            pipeline=pipeline.name,
        )
    for each in learned:
        row = work.row("stage", each.stage_id)
        row.learned_days, row.learned_n = each.days, each.stays
        row.learned_probability, row.learned_closed = each.probability, each.closed
        row.learned_at = work.now
    work.row("pipeline", pipeline.id).changed_at = work.now
    return said(
        "Adopted what was learned of {stages} in {pipeline}.",
        stages=", ".join(names[each.stage_id] for each in learned),
        pipeline=pipeline.name,
    )


def forget(work: Work, pipeline: Pipeline) -> str:
    """Have what is declared of the pipeline's stages count again; return what was done."""
    forgotten = [
        change
        for stage in pipeline.stages
        for change in _unlearn(work.row("stage", stage.id), stage.name)
    ]
    work.kept = bool(forgotten)
    if not forgotten:
        return said(
            "Nothing is learned in {pipeline}; nothing was changed.", pipeline=pipeline.name
        )
    work.row("pipeline", pipeline.id).changed_at = work.now
    return _changed(pipeline.name, forgotten)


def _unlearn(row: Any, name: str) -> list[str]:
    """Clear what is learned of a stage, and say so if anything is."""
    if row.learned_at is None:
        return []
    told = marked("{stage}: learned limit {limit} and chance {chance} forgotten")
    if row.learned_probability is None:
        told = marked("{stage}: learned limit {limit} forgotten")
    elif row.learned_days is None:
        told = marked("{stage}: learned chance {chance} forgotten")
    values = {"limit": row.learned_days, "chance": percents(row.learned_probability or 0)}
    row.learned_days = row.learned_n = None
    row.learned_probability = row.learned_closed = None
    row.learned_at = None
    return [said(told, stage=name, **values)]


def _shown(key: str, value: object) -> str:
    if key == "probability" and isinstance(value, int):
        return percents(value)
    return said("none") if value is None else str(value)


def _bring_milestones(work: Work, row: Any, had: Stage, stage: Stage) -> list[str]:
    changes = []
    left = {m.name: work.row("milestone", m.id) for m in had.milestones}
    for position, milestone in enumerate(stage.milestones):
        found = left.pop(milestone.name, None)
        if found is None:
            _add_milestone(work, row.id, milestone, position)
            changes.append(
                said(
                    "milestone {milestone} added to {stage}",
                    milestone=milestone.name,
                    stage=stage.name,
                )
            )
            continue
        wanted = (milestone.title, milestone.required)
        if (found.title, found.required) != wanted:
            changes.append(said("milestone {milestone} changed", milestone=milestone.name))
        found.title, found.required = wanted
        found.position = position
    for name, found in left.items():
        found.position = None
        changes.append(
            said("milestone {milestone} dropped from {stage}", milestone=name, stage=stage.name)
        )
    return changes


def _drop(work: Work, row: Any, target: str | None, rows: Mapping[str, Any], had: Pipeline) -> str:
    """Take a stage out of the process; who was in it is, and was, in the one that replaces it."""
    holding = deals_in_stage(work.reading, row.id)
    if target is None and holding:
        message = plural(
            len(holding),
            "{stage!r} holds {n} deal; say where they go with --map {stage}=STAGE.",
            "{stage!r} holds {n} deals; say where they go with --map {stage}=STAGE.",
            stage=row.name,
        )
        raise Refused(message)
    new = rows[target or _neighbour(row.name, rows, had)]
    row.position = None
    for number in [row.id, *stages_replaced_by(work.reading, row.id)]:
        work.row("stage", number).replaced_by = new.id
    work.touch("deal", holding)
    if not holding:
        return said("stage {stage} dropped", stage=row.name)
    return plural(
        len(holding),
        "stage {stage} dropped, {n} deal now in {target}",
        "stage {stage} dropped, {n} deals now in {target}",
        stage=row.name,
        target=new.name,
    )


def _neighbour(name: str, rows: Mapping[str, Any], had: Pipeline) -> str:
    """Return the kept stage that lies before a dropped one, to which its history counts."""
    kept = [stage.name for stage in had.stages if stage.name == name or stage.name in rows]
    before = [each for each in kept[: kept.index(name)] if rows[each].position is not None]
    return before[-1] if before else min(rows, key=lambda each: rows[each].position or 0)
