"""What operations touch: the one relation of every fact to the thing that it is about.

A thing is a term of a deal, its course through the stages, one of its milestones, one log, a term
of a contact, a target, or the bonus statement of a period; what is told of it is its value. The
history tells it, and colliding changes are found by it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.model import Change
from funnelcli.domain.money import major
from funnelcli.domain.time import instant
from funnelcli.store.terms import Term, Trait

if TYPE_CHECKING:
    from collections.abc import Iterator

_TERMS = {
    Term.NAME: ("name", "x.name"),
    Term.CUSTOMER: ("customer", "x.customer"),
    Term.OWNER: ("owner", "(SELECT m.name FROM member m WHERE m.id = x.owner_id)"),
    Term.AMOUNT: ("amount", "x.amount"),
    Term.EXPECTED_CLOSE: ("expected_close", "x.expected_close"),
    Term.SOURCE: ("source", "x.source"),
    Term.COMPETITOR: ("competitor", "x.competitor"),
    Term.MEMBERS: ("members", "x.members"),
    Term.OPENED: ("opened_at", "x.opened_at"),
    Term.ARCHIVED: ("archived", "x.archived"),
}
_TRAITS = {
    Trait.NAME: ("name", "x.name"),
    Trait.COMPANY: ("company", "x.company"),
    Trait.TITLE: ("title", "x.title"),
    Trait.CAREER: ("career", "x.career"),
    Trait.NOTE: ("note", "x.note"),
}
_BITS = ", ".join(f"({bit:d}, '{thing}')" for bit, (thing, _) in _TERMS.items())
_TRAIT_BITS = ", ".join(f"({bit:d}, '{thing}')" for bit, (thing, _) in _TRAITS.items())
_STATED = " ".join(f"WHEN {bit:d} THEN {value}" for bit, (_, value) in _TERMS.items())
_STATED_OF_CONTACT = " ".join(f"WHEN {bit:d} THEN {value}" for bit, (_, value) in _TRAITS.items())
_CALLED = "(SELECT k.name FROM main.contact k WHERE k.id = x.{column})"


class Arm(NamedTuple):
    """A table of facts: the things its rows are about, what they say of them, and what is joined.

    `course` is the thing by which two changes collide: a deal has one course through the stages and
    out of them. `about` says whether they are about a deal, a contact or a member; without a member
    they are about the whole team, and the thing itself says so.
    """

    table: str
    thing: str
    value: str
    join: str = ""
    course: str = ""
    about: str = "deal"

    def __str__(self) -> str:
        """Where the arm's rows come from."""
        return f"main.{self.table} x {self.join}"


ARMS = (
    Arm(
        "deal_fact",
        "t.thing",
        f"CASE t.bit {_STATED} END",
        "JOIN term t ON x.terms & t.bit AND (t.bit <> 256 OR x.opened_at IS NOT NULL)",
    ),
    Arm(
        "stage_entry",
        "'stage'",
        "(SELECT s.title FROM stage s WHERE s.id = x.stage_id)",
    ),
    Arm("outcome", "'status'", "replace(x.outcome, 'reopened', 'open')", course="'stage'"),
    Arm("hold", "'held_until'", "CASE WHEN x.until > x.from_on THEN x.until END"),
    Arm("log", "'log ' || x.id", "x.text"),
    Arm(
        "milestone_event",
        "'milestone ' || (SELECT i.name FROM milestone i WHERE i.id = x.milestone_id)",
        "x.state",
        course="'milestone ' || x.milestone_id",
    ),
    Arm("ack", "'acknowledged_until'", "x.until"),
    Arm("reply", "'reply to log ' || x.log_id", "x.text"),
    Arm("plan", "'plan ' || x.id", "x.text"),
    Arm("plan_end", "'end of plan ' || x.plan_id", "x.state"),
    Arm(
        "deal_role",
        f"'contact ' || {_CALLED.format(column='contact_id')}",
        "CASE WHEN NOT x.ended THEN coalesce(x.role || ', ', '') || x.stance END",
        course="'contact ' || x.contact_id",
    ),
    Arm(
        "contact_change",
        f"'successor of ' || {_CALLED.format(column='contact_id')}",
        f"coalesce({_CALLED.format(column='successor_id')}, 'unknown')",
        course="'successor of ' || x.contact_id",
    ),
    Arm(
        "contact_fact",
        "t.thing",
        f"CASE t.bit {_STATED_OF_CONTACT} END",
        "JOIN trait t ON x.terms & t.bit",
        about="contact",
    ),
    Arm(
        "tie",
        "'tie to ' || (SELECT m.name FROM member m WHERE m.id = x.member_id)",
        "nullif(x.relation, '')",
        course="'tie to ' || x.member_id",
        about="contact",
    ),
    Arm(
        "target",
        "'target of ' || coalesce((SELECT m.name FROM member m WHERE m.id = x.member_id),"
        " 'the team') || ' for ' || x.period",
        "x.amount",
        course="'target ' || x.period_start || ' ' || x.period_end",
        about="member",
    ),
    Arm(
        "statement",
        "'bonus statement of ' || coalesce((SELECT m.name FROM member m WHERE m.id = x.member_id),"
        " 'the team') || ' for ' || x.period",
        "x.as_of",
        course="'statement'",
        about="member",
    ),
)
TERM = f"term(bit, thing) AS (VALUES {_BITS}), trait(bit, thing) AS (VALUES {_TRAIT_BITS})"
_ABOUT = {arm.table: arm.about for arm in ARMS}


def about_of(table: str) -> str:
    """Return what the facts of a table are about: `deal`, `contact` or `member`."""
    return _ABOUT[table]


def each(select: str) -> str:
    """Return the statement put to every table of facts: `select` is told of an arm by its name."""
    arms = (
        select.format(
            table=arm.table,
            source=arm,
            thing=arm.thing,
            value=arm.value,
            course=arm.course or arm.thing,
            about=arm.about,
        )
        for arm in ARMS
    )
    return " UNION ALL ".join(arms)


def spoken(thing: str, value: Any, currency: str) -> Any:
    """Return the value as answers have it: an amount in major units, an instant as such."""
    if value is None:
        return None
    if thing.startswith(_MONEY):
        return major(value, currency)
    if thing == "opened_at" or thing.startswith(_ISSUED):
        return instant(value)
    if thing == "members":
        return json.loads(value)
    if thing == "career":
        return "; ".join(", ".join(filter(None, each[1:])) for each in json.loads(value)) or None
    return bool(value) if thing == "archived" else value


def columns_changed(
    entity: str, key: str, old: str | None, new: str
) -> Iterator[tuple[str, Change]]:
    """Yield each column that a row of the journal changed, with the change."""
    before, after = json.loads(old or "{}"), json.loads(new)
    called = key if entity == "setting" else (before or after)["name"]
    for column, value in after.items():
        was = before.get(column)
        if column not in _UNTOLD and (
            value != was if old else value not in (None, "", "[]", False)
        ):
            what = " ".join((entity, called, *([] if column == "value" else [column])))
            yield column, Change(None, None, what, was, value)


_MONEY = ("amount", "target of ")
"""How things begin whose value is an amount."""
_ISSUED = "bonus statement of "
"""How a thing begins whose value is the instant as of which it was made."""
_UNTOLD = ("id", "key", "created_at", "changed_at", "learned_at", "pipeline_id", "stage_id")
"""Columns that tell a person nothing."""
