"""The file's tables, each as a SQLModel row; every change of the file goes through these.

Facts are append-only rows with two instants: when it happened (`effective_at`, None where nobody
knows) and when it was known (`recorded_at`). A fact taken back is retracted, never deleted; one
that was restored keeps the time in between as a lapse. The columns of `deal` after `ref` are
derived from facts by `projection.py`. Plain rows (members, settings, pipelines) change in place,
and the journal keeps their old values; one whose making was undone is `gone`, or has no position.

A change here needs a new schema: a step in `migrations/`, and a file of the schema that was.
"""

from datetime import UTC, date, datetime

from sqlalchemy import CheckConstraint, Dialect, Index, Integer, TypeDecorator, text
from sqlmodel import Field, SQLModel

from funnelcli.domain.money import MOST
from funnelcli.domain.text import NAME_LENGTH, TEXT_LENGTH


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as whole UTC seconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn an instant into seconds."""
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn seconds into an instant."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


def _short(*columns: str, limit: int = NAME_LENGTH) -> list[CheckConstraint]:
    return [
        CheckConstraint(f"length({column}) <= {limit}", name=f"{column}_length")
        for column in columns
    ]


def _once(*columns: str, table: str) -> list[Index]:
    """No two rows that are there bear the same word; one that is gone leaves it free."""
    return [
        Index(f"{table}_by_{column}", column, unique=True, sqlite_where=text("gone = 0"))
        for column in columns
    ]


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class Operation(SQLModel, table=True):
    """One command that changed something: who, when it was entered here, and what it said."""

    __table_args__ = (
        *_short("command"),
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

    __table_args__ = (*_short("value", limit=TEXT_LENGTH),)
    key: str = Field(primary_key=True)
    value: str


class Member(SQLModel, table=True):
    """Somebody of the team."""

    __table_args__ = (
        *_short("name", "login"),
        *_short("away", limit=TEXT_LENGTH),
        *_once("name", "login", table="member"),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    login: str | None = None
    manager: bool = False
    away: str = "[]"
    gone: bool = False


class PipelineRow(SQLModel, table=True):
    """A named sales process; `playbook` holds its advice and questions as JSON."""

    __tablename__ = "pipeline"
    __table_args__ = (
        *_short("name", "title", "won", "lost"),
        _one_of("acceptance", "manager", "rep"),
        *_once("name", table="pipeline"),
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
    """A stage; probability in basis points. One that was dropped has no position."""

    __tablename__ = "stage"
    __table_args__ = (
        *_short("name", "title"),
        *_short("guidance", limit=TEXT_LENGTH),
        CheckConstraint("probability BETWEEN 0 AND 10000", name="probability_range"),
        CheckConstraint("max_days > 0 AND silence_days > 0", name="limits_range"),
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


class MilestoneRow(SQLModel, table=True):
    """A milestone that ends a stage. One that was dropped has no position."""

    __tablename__ = "milestone"
    __table_args__ = (*_short("name", "title"),)
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
        *_short("ref"),
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


def _fact(table: str, *texts: str) -> list[CheckConstraint | Index]:
    """Return what holds for every table of facts; its `texts` are of a text's length."""
    return [
        *_short(*texts, limit=TEXT_LENGTH),
        CheckConstraint(
            "(retracted_at IS NULL) = (retracted_by IS NULL)", name="retraction_signed"
        ),
        Index(f"{table}_retracted", "retracted_by", sqlite_where=text("retracted_by IS NOT NULL")),
    ]


class Fact(SQLModel):
    """What every dated fact about a deal bears."""

    id: int | None = Field(default=None, primary_key=True)
    deal_id: int = Field(foreign_key="deal.id")
    effective_at: datetime | None = Field(default=None, sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    operation_id: int = Field(foreign_key="operation.id", index=True)
    retracted_at: datetime | None = Field(default=None, sa_type=Instant)
    retracted_by: int | None = Field(default=None, foreign_key="operation.id")


class DealFact(Fact, table=True):
    """Some terms of a deal from an instant on; `terms` says which of the columns are stated."""

    __tablename__ = "deal_fact"
    __table_args__ = (
        *_fact("deal_fact", "competitor", "members", "note"),
        *_short("name", "customer", "source"),
        CheckConstraint(f"amount BETWEEN 0 AND {MOST}", name="amount_range"),
        Index("deal_fact_of_deal", "deal_id", "effective_at"),
    )
    terms: int
    name: str | None = None
    customer: str | None = None
    owner_id: int | None = Field(default=None, foreign_key="member.id")
    amount: int | None = None
    expected_close: date | None = None
    source: str | None = None
    competitor: str | None = None
    members: str | None = None
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    archived: bool | None = None
    note: str | None = None


class StageEntry(Fact, table=True):
    """One arrival in a stage; one in an earlier stage than the last is a move back."""

    __tablename__ = "stage_entry"
    __table_args__ = (
        *_fact("stage_entry", "text"),
        Index("stage_entry_of_deal", "deal_id", "effective_at", "stage_id"),
    )
    stage_id: int = Field(foreign_key="stage.id")
    by_id: int | None = Field(default=None, foreign_key="member.id")
    text: str | None = None


class Outcome(Fact, table=True):
    """A deal was won, lost or reopened."""

    __table_args__ = (
        *_fact("outcome", "note"),
        *_short("reason", "competitor"),
        _one_of("outcome", "won", "lost", "reopened"),
        Index("outcome_of_deal", "deal_id", "effective_at"),
    )
    outcome: str
    by_id: int | None = Field(default=None, foreign_key="member.id")
    reason: str | None = None
    competitor: str | None = None
    note: str | None = None


class Hold(Fact, table=True):
    """A deal is parked in `[from_on, until)`; a release is a hold that ends as it begins."""

    __table_args__ = (
        *_fact("hold", "reason"),
        CheckConstraint("until >= from_on", name="hold_order"),
        Index("hold_of_deal", "deal_id", "effective_at"),
    )
    from_on: date
    until: date
    reason: str | None = None


class LogRow(Fact, table=True):
    """What happened: one entry, dated on a local day. `touch` if it was two-way contact."""

    __tablename__ = "log"
    __table_args__ = (
        _one_of("kind", "call", "visit", "meeting", "message", "email", "note"),
        *_fact("log", "text"),
        *_short("next_step", "with_whom"),
        CheckConstraint("claim BETWEEN 0 AND 100", name="claim_range"),
        Index("log_of_deal", "deal_id", "effective_at"),
        Index(
            "touch_of_deal",
            "deal_id",
            "effective_at",
            "happened_on",
            sqlite_where=text("touch = 1"),
        ),
        Index("claim_of_deal", "deal_id", "effective_at", sqlite_where=text("claim IS NOT NULL")),
        Index(
            "step_of_deal", "deal_id", "effective_at", sqlite_where=text("next_step IS NOT NULL")
        ),
    )
    by_id: int | None = Field(default=None, foreign_key="member.id")
    happened_on: date
    kind: str
    text: str
    touch: bool
    answered: bool = False
    by_them: bool = False
    with_whom: str | None = None
    claim: int | None = None
    close_claim: date | None = None
    ask: bool = False
    next_step: str | None = None
    next_step_due: date | None = None


class MilestoneEvent(Fact, table=True):
    """A milestone of a deal became open again, claimed, accepted, rejected or waived."""

    __tablename__ = "milestone_event"
    __table_args__ = (
        *_fact("milestone_event", "evidence", "reason"),
        _one_of("state", "open", "claimed", "accepted", "rejected", "waived"),
        Index("milestone_event_of_deal", "deal_id", "milestone_id", "effective_at"),
    )
    milestone_id: int = Field(foreign_key="milestone.id")
    state: str
    evidence: str | None = None
    reason: str | None = None


class Ack(Fact, table=True):
    """Somebody knows that the deal is stalled, and why, until a day."""

    __table_args__ = (
        *_fact("ack", "reason"),
        Index("ack_of_deal", "deal_id", "effective_at"),
    )
    until: date
    reason: str


class Lapse(SQLModel, table=True):
    """The time `[from_at, until_at)` in which a fact, since restored, stood retracted.

    `fact` names its table; an operation that undid or redid something restored it.
    """

    __table_args__ = (
        Index("lapse_in_time", "fact", "until_at", "from_at", "fact_id"),
        Index("lapse_of_fact", "fact", "fact_id"),
        Index("lapse_by_retractor", "retracted_by"),
        Index("lapse_by_restorer", "restored_by"),
    )
    id: int | None = Field(default=None, primary_key=True)
    fact: str
    fact_id: int
    from_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    retracted_by: int = Field(foreign_key="operation.id")
    restored_by: int = Field(foreign_key="operation.id")


FACTS: dict[str, type[Fact]] = {
    "deal_fact": DealFact,
    "stage_entry": StageEntry,
    "outcome": Outcome,
    "hold": Hold,
    "log": LogRow,
    "milestone_event": MilestoneEvent,
    "ack": Ack,
}
PLAIN: dict[str, type[SQLModel]] = {
    "setting": Setting,
    "member": Member,
    "pipeline": PipelineRow,
    "stage": StageRow,
    "milestone": MilestoneRow,
    "deal": DealRow,
}
