"""What each operation did: the one relation of operations to the things they touched.

`history` tells it, undoing and colliding changes are judged by it. A thing is a term of a deal, its
course through the stages, one of its milestones, one log; what is told of it is its `value`.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.model import Change, Done
from funnelcli.domain.money import major
from funnelcli.domain.time import instant
from funnelcli.store.file import SENSELESS, connect, patiently, writable
from funnelcli.store.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funnelcli.store.file import Call
    from funnelcli.store.reading.reader import Reader

SHOWN = 1000
"""Changes of one operation that are told unless all are asked for."""

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
_BITS = ", ".join(f"({bit:d}, '{thing}')" for bit, (thing, _) in _TERMS.items())
_STATED = " ".join(f"WHEN {bit:d} THEN {value}" for bit, (_, value) in _TERMS.items())


class _Arm(NamedTuple):
    """A table of facts: the things its rows are about, what they say of them, and what is joined.

    `course` is the thing by which two changes collide: a deal has one course through the stages and
    out of them.
    """

    table: str
    thing: str
    value: str
    join: str = ""
    course: str = ""

    def __str__(self) -> str:
        """Where the arm's rows come from."""
        return f"main.{self.table} x {self.join}"


_ARMS = (
    _Arm(
        "deal_fact",
        "t.thing",
        f"CASE t.bit {_STATED} END",
        "JOIN term t ON x.terms & t.bit AND (t.bit <> 256 OR x.opened_at IS NOT NULL)",
    ),
    _Arm(
        "stage_entry",
        "'stage'",
        "(SELECT s.title FROM stage s WHERE s.id = x.stage_id)",
    ),
    _Arm("outcome", "'status'", "replace(x.outcome, 'reopened', 'open')", course="'stage'"),
    _Arm("hold", "'held_until'", "CASE WHEN x.until > x.from_on THEN x.until END"),
    _Arm("log", "'log ' || x.id", "x.text"),
    _Arm(
        "milestone_event",
        "'milestone ' || (SELECT i.name FROM milestone i WHERE i.id = x.milestone_id)",
        "x.state",
        course="'milestone ' || x.milestone_id",
    ),
    _Arm("ack", "'acknowledged_until'", "x.until"),
)
_TERM = f"term(bit, thing) AS (VALUES {_BITS})"


def _each(select: str) -> str:
    """Return the statement put to every table of facts: `select` is told of an arm by its name."""
    arms = (
        select.format(
            table=arm.table,
            source=arm,
            thing=arm.thing,
            value=arm.value,
            course=arm.course or arm.thing,
        )
        for arm in _ARMS
    )
    return " UNION ALL ".join(arms)


_BEFORE = """(SELECT {value} FROM {source} WHERE x.deal_id = c.deal_id AND {thing} = c.thing
  AND x.id < c.place AND (x.retracted_by IS NULL OR x.retracted_by >= c.operation)
  ORDER BY x.id DESC LIMIT 1)"""
"""What had been said of the thing before."""
_WAS = " ".join(
    f"WHEN '{arm.table}' THEN " + _BEFORE.format(source=arm, thing=arm.thing, value=arm.value)
    for arm in _ARMS
    if arm.table != "log"
)
_DONE = _each(
    "SELECT x.operation_id AS operation, x.deal_id, {thing} AS thing, {value} AS value,"
    " '{table}' AS fact, x.id AS place FROM {source}"
    " WHERE x.operation_id = :operation AND (:deal IS NULL OR x.deal_id = :deal)"
)
_NAME = f"""(SELECT f.name FROM main.deal_fact f WHERE f.deal_id = c.deal_id
  AND f.terms & {Term.NAME:d} ORDER BY f.retracted_at IS NOT NULL, f.id DESC LIMIT 1)"""
"""What the deal is called, or was before it was taken back."""
CHANGES = f""", {_TERM}
SELECT c.deal_id, {_NAME}, c.thing, CASE c.fact {_WAS} END, c.value
FROM ({_DONE}) c
ORDER BY c.deal_id, c.fact, c.place LIMIT :limit"""
COUNTED = f""", {_TERM}
SELECT count(*) FROM ({_DONE})"""

_MINE = _each(
    "SELECT x.deal_id, {course} AS course FROM {source}"
    " WHERE (x.operation_id = :operation OR x.retracted_by = :operation)"
    " AND x.deal_id NOT IN (SELECT deal_id FROM opened)"
)
_LATER = _each(
    """SELECT CASE WHEN x.operation_id > :after THEN x.operation_id
    ELSE coalesce(x.retracted_by, x.operation_id) END AS later, x.deal_id, {thing} AS thing,
    {course} AS course, CASE WHEN x.retracted_by IS NULL THEN {value} END AS value
  FROM mine q CROSS JOIN {source}
  WHERE x.deal_id = q.deal_id AND (q.course = '' OR {course} = q.course)
  AND CASE WHEN x.operation_id = :operation THEN x.retracted_by > :after
    WHEN x.operation_id > :after THEN x.retracted_by IS NULL
    WHEN x.retracted_by IS NOT NULL
      THEN x.retracted_by > :after AND x.retracted_by <> :operation
    ELSE :restored AND EXISTS (SELECT 1 FROM lapse l WHERE l.restored_by > :after
      AND l.fact = '{table}' AND l.fact_id = x.id) END"""
)
COLLISION = f""", {_TERM}, opened AS MATERIALIZED (
  SELECT x.deal_id FROM main.deal_fact x
  WHERE x.operation_id = :operation AND x.terms & {Term.OPENED:d}),
mine AS MATERIALIZED (SELECT deal_id, '' AS course FROM opened UNION {_MINE})
SELECT n.later, n.deal_id, n.thing, n.course, n.value FROM ({_LATER}) n
ORDER BY n.later DESC, n.deal_id, n.thing LIMIT 1"""
"""The last change after operation `:after` of a thing that `:operation` touched.

An operation that opened a deal touched everything of it.
"""
_SAID = _each(
    "SELECT x.id AS place, {value} AS value FROM {source}"
    " WHERE x.operation_id = :operation AND x.deal_id = :deal AND {course} = :course"
)
SAID = f""", {_TERM}
SELECT value FROM ({_SAID}) ORDER BY place DESC LIMIT 1"""

_OF_DEAL = " UNION ".join(
    f"SELECT x.{column} FROM main.{arm.table} x WHERE x.deal_id = :deal AND x.{column} IS NOT NULL"
    for arm in _ARMS
    for column in ("operation_id", "retracted_by")
)
_RESTORED = " UNION ".join(
    f"SELECT l.{column} FROM main.{arm.table} x JOIN lapse l ON l.fact = '{arm.table}'"
    " AND l.fact_id = x.id WHERE x.deal_id = :deal"
    for arm in _ARMS
    for column in ("retracted_by", "restored_by")
)
_CHOSEN = f"""SELECT o.* FROM operation o
WHERE (NOT :past OR o.entered_at <= :seen_at) AND (:operation IS NULL OR o.id = :operation)
AND (:deal IS NULL OR o.id IN ({_OF_DEAL} UNION {_RESTORED}))"""
OPERATIONS = f"""SELECT o.id, o.entered_at, m.name, o.command, o.summary, (
  SELECT u.id FROM operation u
  WHERE u.id = o.undone_by AND (NOT :past OR u.entered_at <= :seen_at))
FROM ({_CHOSEN} ORDER BY o.id DESC LIMIT :limit) o LEFT JOIN member m ON m.id = o.by_id
ORDER BY o.id"""
COUNT = f"SELECT count(*) FROM ({_CHOSEN})"
LATEST = """SELECT o.id FROM operation o WHERE o.by_id = :by AND o.undone_by IS NULL
AND o.command NOT IN (SELECT value FROM json_each(:final)) ORDER BY o.id DESC LIMIT :count"""
LATEST_UNDONE = """SELECT o.id FROM operation o JOIN operation u ON u.id = o.undone_by
WHERE u.by_id = :by ORDER BY o.undone_by DESC, o.id LIMIT :count"""
"""Undoing began with the newest; doing again begins with what was undone last."""
ROW_CHANGES = """SELECT r.entity, r.entity_id, r.old, r.new FROM row_change r
WHERE r.operation_id = :operation ORDER BY r.id"""
ROWS_SINCE = """SELECT r.operation_id, r.entity, r.entity_id, r.old, r.new
FROM row_change r JOIN operation o ON o.id = r.operation_id
WHERE r.operation_id = :operation OR CASE WHEN r.operation_id <= :after THEN o.undone_by > :after
  ELSE :restored OR (o.undone_by IS NULL AND o.command NOT IN ('undo', 'redo')) END
ORDER BY r.id DESC"""
NEWEST = "SELECT max(id) FROM operation"


class Collision(NamedTuple):
    """A later change of a thing that an operation touched, and what each of the two said of it.

    The thing is a deal's, or, without `deal_id`, of the team, the settings or the process.
    """

    later: int
    deal_id: int | None
    thing: str
    theirs: Any
    ours: Any


def history(
    reader: Reader,
    *,
    deal: int | None = None,
    operation: int | None = None,
    limit: int | None = None,
    changes: bool = False,
) -> Iterator[Done]:
    """Yield what was done, the last `limit` in order of entry; of a deal, what was done to it.

    With `changes`, each bears its first SHOWN; all of them if one `operation` is asked for.
    """
    rows = reader.rows(
        OPERATIONS,
        deal=deal,
        operation=operation,
        past=reader.moment.past,
        limit=-1 if limit is None else limit,
    )
    for number, entered_at, *rest_of_it in rows:
        done = Done(number, instant(entered_at), *rest_of_it)
        if not changes:
            yield done
            continue
        rest = [] if deal is not None else row_changes(reader, number)
        shown = -1 if operation is not None else SHOWN
        found = [*facts_changed(reader, number, deal, shown), *rest]
        (count,) = next(reader.rows(COUNTED, operation=number, deal=deal))
        yield done._replace(changes=tuple(found), changes_total=count + len(rest))


def count_done(reader: Reader, deal: int | None = None) -> int:
    """Return how many operations there are, or how many touched the deal."""
    (count,) = next(reader.rows(COUNT, deal=deal, operation=None, past=reader.moment.past))
    return int(count)


def facts_changed(
    reader: Reader, operation: int, deal: int | None = None, limit: int = -1
) -> Iterator[Change]:
    """Yield what the operation said of deals."""
    currency = reader.settings.currency
    for number, name, thing, was, now in reader.rows(
        CHANGES, operation=operation, deal=deal, limit=limit
    ):
        was_said, now_said = (_read(thing, value, currency) for value in (was, now))
        yield Change(number, name, thing, was_said, now_said)


def _read(thing: str, value: Any, currency: str) -> Any:
    if value is None:
        return None
    if thing == "amount":
        return major(value, currency)
    if thing == "opened_at":
        return instant(value)
    if thing == "members":
        return json.loads(value)
    return bool(value) if thing == "archived" else value


def row_changes(reader: Reader, operation: int) -> list[Change]:
    """Return what the operation did to the team, the settings and the process."""
    rows = reader.rows(ROW_CHANGES, operation=operation)
    return [change for row in rows for _, change in _columns_changed(*row)]


def _columns_changed(
    entity: str, key: str, old: str | None, new: str
) -> Iterator[tuple[str, Change]]:
    before, after = json.loads(old or "{}"), json.loads(new)
    called = key if entity == "setting" else (before or after)["name"]
    for column, value in after.items():
        was = before.get(column)
        if column not in _UNTOLD and (value != was if old else value not in (None, "", "[]")):
            what = " ".join((entity, called, *([] if column == "value" else [column])))
            yield column, Change(None, None, what, was, value)


_UNTOLD = ("id", "key", "created_at", "changed_at", "pipeline_id", "stage_id")
"""Columns that tell a person nothing."""


def collision(
    reader: Reader, operation: int, after: int, *, restored: bool = False
) -> Collision | None:
    """Return a change after operation `after` of a thing that `operation` touched, the last one.

    With `restored`, what was undone or redone meanwhile counts too.
    """
    return _fact_collision(reader, operation, after, restored=restored) or _row_collision(
        reader, operation, after, restored=restored
    )


def _fact_collision(
    reader: Reader, operation: int, after: int, *, restored: bool
) -> Collision | None:
    row = reader.row(COLLISION, operation=operation, after=after, restored=restored)
    if row is None:
        return None
    later, deal, thing, course, theirs = row
    said = reader.row(SAID, operation=operation, deal=deal, course=course)
    currency = reader.settings.currency
    ours = None if said is None else _read(thing, said[0], currency)
    return Collision(later, deal, thing, _read(thing, theirs, currency), ours)


def _row_collision(
    reader: Reader, operation: int, after: int, *, restored: bool
) -> Collision | None:
    ours: dict[tuple[str, str, str], Any] = {}
    theirs: dict[tuple[str, str, str], Collision] = {}
    given = {"operation": operation, "after": after, "restored": restored}
    for number, entity, key, old, new in reader.rows(ROWS_SINCE, **given):
        for column, change in _columns_changed(entity, key, old, new):
            place = (entity, key, column)
            if number == operation and old is not None:
                ours.setdefault(place, change.now)
            elif number != operation:
                theirs.setdefault(place, Collision(number, None, change.what, change.now, None))
    both = (theirs[place]._replace(ours=ours[place]) for place in ours if place in theirs)
    return next(both, None)


def latest(reader: Reader, by: int, count: int, final: tuple[str, ...]) -> list[int]:
    """Return the last so many operations that a member signed, the newest first.

    Undone ones are not counted, nor those by `final` commands.
    """
    rows = reader.rows(LATEST, by=by, count=count, final=json.dumps(final))
    return [number for (number,) in rows]


def latest_undone(reader: Reader, by: int, count: int) -> list[int]:
    """Return the last so many operations that a member has undone, in the order to redo them."""
    return [number for (number,) in reader.rows(LATEST_UNDONE, by=by, count=count)]


def newest_operation(path: Path, call: Call) -> int | None:
    """Return the number of the file's last operation, None if it cannot be read.

    Waits while somebody else writes: what is being written just now is what must not be missed.
    """
    try:
        with closing(connect(path, "rw" if writable(path) else "ro")) as connection:
            (newest,) = patiently(lambda: connection.execute(NEWEST).fetchone(), path, call)
    except (sqlite3.Error, *SENSELESS):
        return None
    return int(newest or 0)
