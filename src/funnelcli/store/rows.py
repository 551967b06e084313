"""The file's plain rows, each as a SQLModel row; facts.py holds the others.

Plain rows (members, settings, pipelines) change in place, and the journal keeps their old values;
one whose making was undone is `gone`, or has no position. The columns of `deal` after `ref`, and
all of `contact`, are derived from facts by `projection.py`.

A change here needs a new schema: a step in `migrations/`, and a file of the schema that was.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from funnelcli.domain.text import TEXT_LENGTH
from funnelcli.store.columns import Instant, once, one_of, short


class Operation(SQLModel, table=True):
    """One command that changed something: who, when it was entered here, and what it said."""

    __table_args__ = (
        *short("command"),
        Index("operation_undone", "undone_by", sqlite_where=text("undone_by IS NOT NULL")),
    )
    id: int | None = Field(default=None, primary_key=True)
    entered_at: datetime = Field(sa_type=Instant)
    by_id: int | None = Field(default=None, foreign_key="member.id")
    command: str
    summary: str = ""
    undone_by: int | None = Field(default=None, foreign_key="operation.id")


class RowChange(SQLModel, table=True):
    """What an operation did to a plain row: old and new values as JSON, old None if it is new."""

    __tablename__ = "row_change"
    id: int | None = Field(default=None, primary_key=True)
    operation_id: int = Field(foreign_key="operation.id", index=True)
    entity: str
    entity_id: str
    old: str | None = None
    new: str


class Setting(SQLModel, table=True):
    """One of the file's own settings."""

    __table_args__ = (*short("value", limit=TEXT_LENGTH),)
    key: str = Field(primary_key=True)
    value: str


class Member(SQLModel, table=True):
    """Somebody of the team: from the day `joined_on` to the day before `left_on`, if it is known.

    One who left bears their name on for what they did.
    """

    __table_args__ = (
        *short("name", "login"),
        *short("away", "career", limit=TEXT_LENGTH),
        CheckConstraint("left_on > joined_on", name="stay_order"),
        *once("name", "login", table="member"),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    login: str | None = None
    manager: bool = False
    away: str = "[]"
    career: str = "[]"
    gone: bool = False
    joined_on: date | None = None
    left_on: date | None = None


class PipelineRow(SQLModel, table=True):
    """A named sales process; `playbook` holds its advice and questions as JSON."""

    __tablename__ = "pipeline"
    __table_args__ = (
        *short("name", "title", "won", "lost"),
        one_of("acceptance", "manager", "rep"),
        *once("name", table="pipeline"),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    title: str
    acceptance: str
    won: str
    lost: str
    playbook: str = "{}"
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime | None = Field(default=None, sa_type=Instant)
    gone: bool = False


class StageRow(SQLModel, table=True):
    """A stage; probability in basis points. One that was dropped has no position.

    `learned_days` is a limit adopted from `learned_n` stays of deals that went on, and
    `learned_probability` a chance adopted from `learned_closed` closed deals, at `learned_at`.
    """

    __tablename__ = "stage"
    __table_args__ = (
        *short("name", "title"),
        *short("guidance", limit=TEXT_LENGTH),
        CheckConstraint("probability BETWEEN 0 AND 10000", name="probability_range"),
        CheckConstraint("max_days > 0 AND silence_days > 0", name="limits_range"),
        CheckConstraint("learned_days > 0", name="learned_days_range"),
        CheckConstraint(
            "learned_probability BETWEEN 0 AND 10000", name="learned_probability_range"
        ),
        CheckConstraint("learned_n >= 0 AND learned_closed >= 0", name="learned_from_range"),
        Index("stage_of_pipeline", "pipeline_id", "position"),
    )
    id: int | None = Field(default=None, primary_key=True)
    pipeline_id: int = Field(foreign_key="pipeline.id")
    position: int | None
    name: str
    title: str
    probability: int
    max_days: int | None = None
    silence_days: int | None = None
    phase: str | None = None
    guidance: str = ""
    replaced_by: int | None = Field(default=None, foreign_key="stage.id")
    learned_days: int | None = None
    learned_n: int | None = None
    learned_probability: int | None = None
    learned_closed: int | None = None
    learned_at: datetime | None = Field(default=None, sa_type=Instant)


class MilestoneRow(SQLModel, table=True):
    """A milestone that ends a stage. One that was dropped has no position."""

    __tablename__ = "milestone"
    __table_args__ = (*short("name", "title"),)
    id: int | None = Field(default=None, primary_key=True)
    stage_id: int = Field(foreign_key="stage.id", index=True)
    position: int | None
    name: str
    title: str
    required: bool = True


class DealRow(SQLModel, table=True):
    """A deal: its number, its id at the source, and what its facts amount to now."""

    __tablename__ = "deal"
    __table_args__ = (
        *short("ref"),
        Index("deal_by_name", "name_key"),
        Index(
            "deal_live_by_stage",
            *("stage_id", "stage_clock_at", "stage_counts_from", "touch_counts_from"),
            *("amount", "held_until", "ack_until", "live"),
            sqlite_where=text("live = 1"),
        ),
        Index(
            "deal_live_by_amount",
            text("amount DESC"),
            *("id", "stage_id", "stage_counts_from", "touch_counts_from"),
            *("held_until", "ack_until", "live"),
            sqlite_where=text("live = 1"),
        ),
        Index(
            "deal_held",
            *("held_until", "amount", "live"),
            sqlite_where=text("live = 1 AND held_until IS NOT NULL"),
        ),
        Index(
            "deal_acknowledged",
            *("ack_until", "live"),
            sqlite_where=text("live = 1 AND ack_until IS NOT NULL"),
        ),
        Index(
            "deal_alarmed",
            *("stage_id", "live"),
            sqlite_where=text("live = 1 AND changed_contact_id IS NOT NULL"),
        ),
        Index(
            "deal_claimed",
            *("stage_id", "live"),
            sqlite_where=text("live = 1 AND claim IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    ref: str | None = Field(default=None, unique=True)
    name: str | None = None
    name_key: str | None = None
    customer: str | None = None
    owner_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    amount: int | None = None
    expected_close: date | None = None
    source: str | None = None
    competitor: str | None = None
    members: str | None = None
    archived: bool = False
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    stage_id: int | None = Field(default=None, foreign_key="stage.id")
    stage_entered_at: datetime | None = Field(default=None, sa_type=Instant)
    stage_clock_at: datetime | None = Field(default=None, sa_type=Instant)
    stage_counts_from: datetime | None = Field(default=None, sa_type=Instant)
    moved_back: bool = False
    status: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    lost_reason: str | None = None
    live: bool = False
    last_touch_at: datetime | None = Field(default=None, sa_type=Instant)
    touch_clock_at: datetime | None = Field(default=None, sa_type=Instant)
    touch_counts_from: datetime | None = Field(default=None, sa_type=Instant)
    next_step: str | None = None
    next_step_due: date | None = None
    held_until: date | None = None
    hold_reason: str | None = None
    ack_until: date | None = None
    ack_reason: str | None = None
    pushes: int = 0
    claim: int | None = None
    claim_at: datetime | None = Field(default=None, sa_type=Instant)
    claim_by: int | None = Field(default=None, foreign_key="member.id")
    contact_changed_at: datetime | None = Field(default=None, sa_type=Instant)
    changed_contact_id: int | None = Field(default=None, foreign_key="contact.id")
    successor_id: int | None = Field(default=None, foreign_key="contact.id")


class ContactRow(SQLModel, table=True):
    """Somebody at a customer, or whom somebody knows: what their facts amount to now.

    The keys hold what names are found by, one a line; no name if nothing says that they are there.
    """

    __tablename__ = "contact"
    __table_args__ = (Index("contact_by_key", "name_key", "places_key"),)
    id: int | None = Field(default=None, primary_key=True)
    name: str | None = None
    name_key: str | None = None
    company: str | None = None
    title: str | None = None
    career: str | None = None
    places_key: str | None = None
    note: str | None = None


class Seen(SQLModel, table=True):
    """The manager has read a log and had nothing to say to it; outside undo."""

    log_id: int = Field(primary_key=True, foreign_key="log.id")
    at: datetime = Field(sa_type=Instant)


class BriefMark(SQLModel, table=True):
    """A brief that was held to: when, and the questions that it asked, as JSON; outside undo."""

    __tablename__ = "brief_mark"
    as_of: datetime = Field(primary_key=True, sa_type=Instant)
    questions: str


class BacktestScore(SQLModel, table=True):
    """How well forecasts did in the team's own history: as of when, as JSON; outside undo."""

    __tablename__ = "backtest_score"
    as_of: datetime = Field(primary_key=True, sa_type=Instant)
    scores: str


class StalledRun(SQLModel, table=True):
    """A run of the stalled list under a name: what was asked as of when, and what it found.

    Both as JSON; outside undo.
    """

    __tablename__ = "stalled_run"
    __table_args__ = (*short("name"),)
    name: str = Field(primary_key=True)
    as_of: datetime = Field(primary_key=True, sa_type=Instant)
    scope: str
    findings: str


PLAIN: dict[str, type[SQLModel]] = {
    "setting": Setting,
    "member": Member,
    "pipeline": PipelineRow,
    "stage": StageRow,
    "milestone": MilestoneRow,
    "deal": DealRow,
    "contact": ContactRow,
}
