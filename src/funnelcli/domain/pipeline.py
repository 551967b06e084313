"""The process: a pipeline's stages, the milestones that end them, and its playbook.

Read from and written to the plain mappings that a TOML file holds.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.text import TEXT_LENGTH, clean, fold
from funnelcli.domain.toml import PERCENT, TomlTable
from funnelcli.errors import NotFound, UsageFault
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FILE = marked("pipeline file")
WHOLE = 10_000
"""Basis points in certainty."""
LONGEST = 3_650
"""The longest limit that can be set, in days."""


class Phase(StrEnum):
    """Where a stage lies on the way; diagnosis depends on it."""

    EARLY = marked("early")
    MIDDLE = marked("middle")
    LATE = marked("late")


class Acceptance(StrEnum):
    """Whose word makes a milestone count."""

    MANAGER = marked("manager")
    REP = marked("rep")


class MilestoneState(StrEnum):
    """What has become of a milestone on a deal."""

    OPEN = marked("open")
    CLAIMED = marked("claimed")
    ACCEPTED = marked("accepted")
    REJECTED = marked("rejected")
    WAIVED = marked("waived")


class Milestone(NamedTuple):
    """A deliverable, a piece of work one can point at, that ends a stage."""

    name: str
    title: str
    required: bool = True
    id: int | None = None


class Stage(NamedTuple):
    """A step of the process. Probabilities in basis points, limits in days of the calendar.

    What is learned was adopted at `learned_at`: a limit from `learned_n` stays of deals that went
    on, a probability from `learned_closed` closed deals. It is no part of the definition.
    """

    name: str
    title: str
    probability: int
    max_days: int | None = None
    silence_days: int | None = None
    phase: Phase | None = None
    guidance: str = ""
    milestones: tuple[Milestone, ...] = ()
    id: int | None = None
    learned_days: int | None = None
    learned_n: int | None = None
    learned_probability: int | None = None
    learned_closed: int | None = None
    learned_at: datetime | None = None

    @property
    def limit(self) -> int | None:
        """The time limit in force, in days: the learned one before the declared one."""
        return self.max_days if self.learned_days is None else self.learned_days


class Learned(NamedTuple):
    """What history taught of a stage: a limit in days, and a win probability in basis points.

    The limit comes from so many `stays` of deals that went on, the probability from so many
    `closed` deals.
    """

    stage_id: int
    days: int | None
    stays: int
    probability: int
    closed: int


class Advice(NamedTuple):
    """One explanation of a stall, with what to ask and what to do about it."""

    hypothesis: str
    ask: str
    do: str


class Playbook(NamedTuple):
    """The words a pipeline brings along: advice by phase and cause, questions by reason code."""

    diagnosis: Mapping[str, Mapping[str, Advice]] = MappingProxyType({})
    questions: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Pipeline(NamedTuple):
    """A named sales process: its ordered stages and its playbook."""

    name: str
    title: str
    stages: tuple[Stage, ...]
    acceptance: Acceptance = Acceptance.MANAGER
    won: str = "Won"
    lost: str = "Lost"
    playbook: Playbook = Playbook()
    id: int | None = None

    def position(self, stage: Stage) -> int:
        """Return the stage's place, 0 for the first."""
        return next(i for i, each in enumerate(self.stages) if each.name == stage.name)

    def phase(self, stage: Stage) -> Phase:
        """Return the stage's phase: its own word for it, or by thirds of the stages."""
        return stage.phase or tuple(Phase)[self.position(stage) * 3 // len(self.stages)]

    def has_stage(self, word: str) -> bool:
        """Tell whether `word` is a stage's name or title."""
        return any(fold(word) in (fold(s.name), fold(s.title)) for s in self.stages)

    def stage(self, word: str) -> Stage:
        """Return the stage whose name or title is `word`; raises NotFound listing the names."""
        for stage in self.stages:
            if fold(word) in (fold(stage.name), fold(stage.title)):
                return stage
        names = ", ".join(stage.name for stage in self.stages)
        message = said(
            "{word!r} is no stage of {pipeline}; its stages are {names}.",
            word=word,
            pipeline=self.name,
            names=names,
        )
        raise NotFound(message)

    def means_won(self, word: str) -> bool:
        """Tell whether `word` is the word for winning in this pipeline."""
        return fold(word) in ("won", fold(self.won))

    def passes(self, state: MilestoneState) -> bool:
        """Tell whether a milestone in that state lets a deal go on."""
        passing = {MilestoneState.ACCEPTED, MilestoneState.WAIVED}
        if self.acceptance is Acceptance.REP:
            passing.add(MilestoneState.CLAIMED)
        return state in passing


def from_toml(table: object) -> Pipeline:
    """Return the pipeline that a TOML file's mapping describes; raises UsageFault where it errs."""
    top = TomlTable(table, said("the pipeline"), said(FILE))
    name = top.text("name", limit=60)
    pipeline = Pipeline(
        name=name,
        title=top.text("title", name),
        acceptance=Acceptance(str(top.choice("acceptance", list(Acceptance), "manager"))),
        won=top.text("won", "Won", limit=60),
        lost=top.text("lost", "Lost", limit=60),
        stages=tuple(_stage(each, n) for n, each in enumerate(top.tables("stage"), 1)),
        playbook=Playbook(_diagnosis(top.table("diagnosis")), _questions(top.table("questions"))),
    )
    top.done()
    _check(pipeline)
    return pipeline


def _stage(table: object, number: int) -> Stage:
    reader = TomlTable(table, said("stage {number}", number=number), said(FILE))
    name = reader.text("name", limit=60)
    reader.where = said("stage {name!r}", name=name)
    phase = reader.choice("phase", list(Phase))
    stage = Stage(
        name=name,
        title=reader.text("title", name),
        probability=reader.percentage("probability"),
        max_days=reader.whole("max_days", LONGEST),
        silence_days=reader.whole("silence_days", LONGEST),
        phase=Phase(phase) if phase else None,
        guidance=reader.text("guidance", "", limit=TEXT_LENGTH),
        milestones=tuple(_milestone(each, name) for each in reader.tables("milestone")),
    )
    reader.done()
    return stage


def _milestone(table: object, stage: str) -> Milestone:
    reader = TomlTable(table, said("a milestone of {stage!r}", stage=stage), said(FILE))
    name = reader.text("name", limit=60)
    found = Milestone(name, reader.text("title", name), reader.flag("required", default=True))
    reader.done()
    return found


def _diagnosis(reader: TomlTable) -> dict[str, dict[str, Advice]]:
    found: dict[str, dict[str, Advice]] = {}
    for phase in Phase:
        causes = reader.table(phase)
        for cause in list(causes.left):
            words = causes.table(cause)
            found.setdefault(phase, {})[cause] = Advice(
                *(words.text(key) for key in ("hypothesis", "ask", "do"))
            )
            words.done()
    reader.done()
    return found


def _questions(reader: TomlTable) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, asked in reader.left.items():
        if not isinstance(asked, list) or not all(isinstance(each, str) for each in asked):
            reader.fail(said("questions for {code!r} are not a list of texts", code=code))
        found[code] = tuple(clean(each, said("question for {code}", code=code)) for each in asked)
    return found


def _check(pipeline: Pipeline) -> None:
    if not pipeline.stages:
        message = said(
            "The pipeline {name!r} has no stage; it needs one at least.", name=pipeline.name
        )
        raise UsageFault(message)
    named: dict[str, Stage] = {}
    for stage in pipeline.stages:
        for word in {fold(stage.name), fold(stage.title)}:
            if word in ("won", "lost", fold(pipeline.won), fold(pipeline.lost)):
                message = said(
                    "{name!r} cannot be a stage: a deal that is there is closed.", name=stage.name
                )
                raise UsageFault(message)
            if word in named:
                message = said(
                    "Two stages of {pipeline!r} answer to {word!r}; rename one.",
                    pipeline=pipeline.name,
                    word=word,
                )
                raise UsageFault(message)
            named[word] = stage
        names = [fold(milestone.name) for milestone in stage.milestones]
        if len(set(names)) < len(names):
            message = said(
                "Two milestones of stage {stage!r} have one name; rename one.", stage=stage.name
            )
            raise UsageFault(message)


def to_toml(pipeline: Pipeline) -> dict[str, Any]:
    """Return the mapping that `from_toml` reads back into an equal pipeline."""
    table: dict[str, Any] = {
        "name": pipeline.name,
        "title": pipeline.title,
        "acceptance": str(pipeline.acceptance),
        "won": pipeline.won,
        "lost": pipeline.lost,
        "stage": [_stage_table(stage) for stage in pipeline.stages],
    }
    diagnosis = {
        phase: {
            cause: {"hypothesis": a.hypothesis, "ask": a.ask, "do": a.do}
            for cause, a in causes.items()
        }
        for phase, causes in pipeline.playbook.diagnosis.items()
    }
    questions = {code: list(asked) for code, asked in pipeline.playbook.questions.items()}
    return (
        table
        | ({"diagnosis": diagnosis} if diagnosis else {})
        | ({"questions": questions} if questions else {})
    )


def _stage_table(stage: Stage) -> dict[str, Any]:
    percent = Decimal(stage.probability) / PERCENT
    whole = percent == percent.to_integral_value()
    table: dict[str, Any] = {
        "name": stage.name,
        "title": stage.title,
        "probability": int(percent) if whole else float(percent),
        "max_days": stage.max_days,
        "silence_days": stage.silence_days,
        "phase": str(stage.phase) if stage.phase else None,
        "guidance": stage.guidance or None,
        "milestone": [
            {"name": m.name, "title": m.title, "required": m.required} for m in stage.milestones
        ]
        or None,
    }
    return {key: value for key, value in table.items() if value is not None}
