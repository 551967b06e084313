"""The file's facts, each as a SQLModel row; rows.py holds what they are about.

Facts are append-only rows with two instants: when it happened (`effective_at`, None where nobody
knows) and when it was known (`recorded_at`). A fact taken back is retracted, never deleted; one
that was restored keeps the time in between as a lapse.

A change here needs a new schema: a step in `migrations/`, and a file of the schema that was.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from funnelcli.domain.money import MOST
from funnelcli.domain.people import Role, Stance
from funnelcli.domain.text import RULES_LENGTH, TEXT_LENGTH
from funnelcli.store.columns import Instant, one_of, short


def _fact(table: str, *texts: str) -> list[CheckConstraint | Index]:
    """Return what holds for every table of facts; its `texts` are of a text's length."""
    return [
        *short(*texts, limit=TEXT_LENGTH),
        CheckConstraint(
            "(retracted_at IS NULL) = (retracted_by IS NULL)", name="retraction_signed"
        ),
        Index(f"{table}_retracted", "retracted_by", sqlite_where=text("retracted_by IS NOT NULL")),
    ]


class _Numbered(SQLModel):
    id: int | None = Field(default=None, primary_key=True)


class _OfDeal(_Numbered):
    deal_id: int = Field(foreign_key="deal.id")


class _OfContact(_Numbered):
    contact_id: int = Field(foreign_key="contact.id")


class Fact(_Numbered):
    """What every dated fact bears."""

    effective_at: datetime | None = Field(default=None, sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    operation_id: int = Field(foreign_key="operation.id", index=True)
    retracted_at: datetime | None = Field(default=None, sa_type=Instant)
    retracted_by: int | None = Field(default=None, foreign_key="operation.id")


class _DealFact(Fact, _OfDeal):
    """A dated fact about a deal."""


class _ContactFact(Fact, _OfContact):
    """A dated fact about somebody at a customer."""


class DealFact(_DealFact, table=True):
    """Some terms of a deal from an instant on; `terms` says which of the columns are stated."""

    __tablename__ = "deal_fact"
    __table_args__ = (
        *_fact("deal_fact", "competitor", "members", "note"),
        *short("name", "customer", "source"),
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


class StageEntry(_DealFact, table=True):
    """One arrival in a stage; one in an earlier stage than the last is a move back."""

    __tablename__ = "stage_entry"
    __table_args__ = (
        *_fact("stage_entry", "text"),
        Index("stage_entry_of_deal", "deal_id", "effective_at", "stage_id"),
    )
    stage_id: int = Field(foreign_key="stage.id")
    by_id: int | None = Field(default=None, foreign_key="member.id")
    text: str | None = None


class Outcome(_DealFact, table=True):
    """A deal was won, lost or reopened."""

    __table_args__ = (
        *_fact("outcome", "note"),
        *short("reason", "competitor"),
        one_of("outcome", "won", "lost", "reopened"),
        Index("outcome_of_deal", "deal_id", "effective_at"),
    )
    outcome: str
    by_id: int | None = Field(default=None, foreign_key="member.id")
    reason: str | None = None
    competitor: str | None = None
    note: str | None = None


class Hold(_DealFact, table=True):
    """A deal is parked in `[from_on, until)`; a release is a hold that ends as it begins."""

    __table_args__ = (
        *_fact("hold", "reason"),
        CheckConstraint("until >= from_on", name="hold_order"),
        Index("hold_of_deal", "deal_id", "effective_at"),
    )
    from_on: date
    until: date
    reason: str | None = None


class LogRow(_DealFact, table=True):
    """What happened: one entry, dated on a local day. `touch` if it was two-way contact."""

    __tablename__ = "log"
    __table_args__ = (
        one_of("kind", "call", "visit", "meeting", "message", "email", "note"),
        *_fact("log", "text"),
        *short("next_step", "with_whom"),
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
        Index("log_with", "with_id", "effective_at", sqlite_where=text("with_id IS NOT NULL")),
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
    with_id: int | None = Field(default=None, foreign_key="contact.id")
    claim: int | None = None
    close_claim: date | None = None
    ask: bool = False
    next_step: str | None = None
    next_step_due: date | None = None


class MilestoneEvent(_DealFact, table=True):
    """A milestone of a deal became open again, claimed, accepted, rejected or waived."""

    __tablename__ = "milestone_event"
    __table_args__ = (
        *_fact("milestone_event", "evidence", "reason"),
        one_of("state", "open", "claimed", "accepted", "rejected", "waived"),
        Index("milestone_event_of_deal", "deal_id", "milestone_id", "effective_at"),
    )
    milestone_id: int = Field(foreign_key="milestone.id")
    state: str
    evidence: str | None = None
    from_id: int | None = Field(default=None, foreign_key="contact.id")
    reason: str | None = None


class Ack(_DealFact, table=True):
    """Somebody knows that the deal is stalled, and why, until a day."""

    __table_args__ = (
        *_fact("ack", "reason"),
        Index("ack_of_deal", "deal_id", "effective_at"),
    )
    until: date
    reason: str


class Reply(_DealFact, table=True):
    """The manager's answer to a log; one that asks for something by a day is an instruction."""

    __table_args__ = (
        *_fact("reply", "text"),
        Index("reply_to_log", "log_id", "effective_at"),
        Index("reply_of_deal", "deal_id", "effective_at"),
    )
    log_id: int = Field(foreign_key="log.id")
    text: str
    due: date | None = None


class Plan(_DealFact, table=True):
    """A planned activity: what should happen, on which day, by whom."""

    __table_args__ = (
        one_of("kind", "call", "visit", "meeting", "message", "email", "note"),
        *_fact("plan", "text"),
        *short("with_whom"),
        Index("plan_of_deal", "deal_id", "planned_on"),
    )
    planned_on: date
    text: str
    kind: str
    owner_id: int | None = Field(default=None, foreign_key="member.id")
    with_whom: str | None = None
    with_id: int | None = Field(default=None, foreign_key="contact.id")


class PlanEnd(_DealFact, table=True):
    """What became of a planned activity: done, as a log tells, or dropped for a reason."""

    __tablename__ = "plan_end"
    __table_args__ = (
        *_fact("plan_end", "reason"),
        one_of("state", "done", "dropped"),
        Index("plan_end_of_plan", "plan_id"),
        Index("plan_end_of_deal", "deal_id", "effective_at"),
    )
    plan_id: int = Field(foreign_key="plan.id")
    state: str
    log_id: int | None = Field(default=None, foreign_key="log.id")
    reason: str | None = None


class DealRole(_DealFact, table=True):
    """What a contact is on a deal from then on: the whole of it, or that they are on it no more."""

    __tablename__ = "deal_role"
    __table_args__ = (
        *_fact("deal_role"),
        one_of("role", *Role),
        one_of("stance", *Stance),
        Index("role_of_deal", "deal_id", "contact_id", "effective_at"),
        Index("role_of_contact", "contact_id", "deal_id"),
    )
    contact_id: int = Field(foreign_key="contact.id")
    role: str | None = None
    stance: str
    stance_on: date | None = None
    ended: bool = False


class ContactChange(_DealFact, table=True):
    """Somebody on a deal left, or was replaced; who follows them, if that is known."""

    __tablename__ = "contact_change"
    __table_args__ = (
        *_fact("contact_change"),
        CheckConstraint("successor_id <> contact_id", name="somebody_else"),
        Index("contact_change_of_deal", "deal_id", "effective_at"),
    )
    contact_id: int = Field(foreign_key="contact.id")
    successor_id: int | None = Field(default=None, foreign_key="contact.id")


class ContactFact(_ContactFact, table=True):
    """Some terms of a contact from then on; `terms` says which of the columns are stated.

    `career` is a JSON list of places: kind, name, title, from, until.
    """

    __tablename__ = "contact_fact"
    __table_args__ = (
        *_fact("contact_fact", "career", "note"),
        *short("name", "company", "title"),
        Index("contact_fact_of_contact", "contact_id", "effective_at"),
    )
    terms: int
    name: str | None = None
    company: str | None = None
    title: str | None = None
    career: str | None = None
    note: str | None = None


class Tie(_ContactFact, table=True):
    """Somebody of the team knows a contact, and how."""

    __table_args__ = (
        *_fact("tie"),
        *short("relation"),
        Index("tie_of_contact", "contact_id", "member_id"),
    )
    member_id: int = Field(foreign_key="member.id")
    relation: str


class Target(Fact, table=True):
    """What a member, or without one the whole team, is to win in `[period_start, period_end)`.

    `period` is how the days are called. Without an amount there is no target any more.
    """

    __table_args__ = (
        *_fact("target"),
        *short("period"),
        CheckConstraint(f"amount BETWEEN 0 AND {MOST}", name="amount_range"),
        CheckConstraint("period_end > period_start", name="period_order"),
        Index("target_of_member", "member_id", "period_start", "period_end"),
    )
    member_id: int | None = Field(default=None, foreign_key="member.id")
    period_start: date
    period_end: date
    period: str
    amount: int | None = None


class Statement(Fact, table=True):
    """A bonus statement that was issued for the days `[period_start, period_end)`.

    It holds the `rules` in force, as they were written, and the `lines` that they came to as of an
    instant, as JSON: for one member, or without one for the whole team.
    """

    __table_args__ = (
        *_fact("statement"),
        *short("period"),
        *short("rules", limit=RULES_LENGTH),
        CheckConstraint("period_end > period_start", name="period_order"),
        Index("statement_of_member", "member_id", "period_start", "period_end"),
    )
    member_id: int | None = Field(default=None, foreign_key="member.id")
    period_start: date
    period_end: date
    period: str
    as_of: datetime = Field(sa_type=Instant)
    rules: str
    lines: str


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
    "reply": Reply,
    "plan": Plan,
    "plan_end": PlanEnd,
    "deal_role": DealRole,
    "contact_change": ContactChange,
    "contact_fact": ContactFact,
    "tie": Tie,
    "target": Target,
    "statement": Statement,
}
