"""What was done, by whom and when: operations with the changes that they made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from funnelcli.domain.model import Change, Done
from funnelcli.domain.time import instant
from funnelcli.store.reading.touched import ARMS, TERM, columns_changed, each, spoken
from funnelcli.store.terms import Term, Trait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.store.reading.reader import Reader

SHOWN = 1000
"""Changes of one operation that are told unless all are asked for."""

_BEFORE = """(SELECT {value} FROM {source} WHERE x.{about}_id IS c.about_id AND {thing} = c.thing
  AND x.id < c.place AND (x.retracted_by IS NULL OR x.retracted_by >= c.operation)
  ORDER BY x.id DESC LIMIT 1)"""
"""What had been said of the thing before."""
_WAS = " ".join(
    f"WHEN '{arm.table}' THEN "
    + _BEFORE.format(source=arm, thing=arm.thing, value=arm.value, about=arm.about)
    for arm in ARMS
    if arm.table != "log"
)
_ROW = (
    "SELECT '{about}' AS about, x.{about}_id AS about_id, {thing} AS thing, {value} AS value,"
    " '{table}' AS fact, x.id AS place,"
    " x.operation_id AS operation, %d AS taken FROM {source}"
    " WHERE (:deal IS NULL OR ('{about}' = 'deal' AND x.{about}_id = :deal)) AND "
)
_LAPSED = "x.id IN (SELECT l.fact_id FROM lapse l WHERE l.%s = :operation AND l.fact = '{table}')"
_STATED = each(_ROW % 0 + "x.operation_id = :operation")
_TAKEN = each(_ROW % 1 + f"(x.retracted_by = :operation OR {_LAPSED % 'retracted_by'})")
_GIVEN = each(_ROW % 0 + _LAPSED % "restored_by")
_REVERSED = f"""SELECT * FROM (
  SELECT *, max(taken) OVER (PARTITION BY about, about_id, thing) AS most
  FROM ({_TAKEN} UNION ALL {_GIVEN})) WHERE taken = most"""
"""What undoing or redoing did: a thing that was taken back is what was given back before it."""
_NAME = " ".join(
    f"""WHEN '{about}' THEN (SELECT f.name FROM main.{about}_fact f
  WHERE f.{about}_id = c.about_id AND f.terms & {bit:d}
  ORDER BY f.retracted_at IS NOT NULL, f.id DESC LIMIT 1)"""
    for about, bit in (("deal", Term.NAME), ("contact", Trait.NAME))
)
"""What the deal or the contact is called, or was before it was taken back; nobody else has such."""


def _changes(rows: str) -> str:
    """Return the statement that tells of each row what the thing was and what it became."""
    return f""", {TERM}
SELECT n.about, n.about_id, n.called, n.thing,
  iif(n.taken, n.value, n.before), iif(n.taken, n.before, n.value)
FROM (SELECT c.*, CASE c.about {_NAME} END AS called, CASE c.fact {_WAS} END AS before
  FROM ({rows}) c) n
ORDER BY n.about DESC, n.about_id, n.fact, iif(n.taken, -n.place, n.place) LIMIT :limit"""


CHANGES = _changes(_STATED)
REVERSALS = _changes(_REVERSED)
COUNTED = f""", {TERM}
SELECT count(*) FROM ({_STATED})"""
REVERSALS_COUNTED = f""", {TERM}
SELECT count(*) FROM ({_REVERSED})"""

_OF_DEAL = " UNION ".join(
    f"SELECT x.{column} FROM main.{arm.table} x WHERE x.deal_id = :deal AND x.{column} IS NOT NULL"
    for arm in ARMS
    if arm.about == "deal"
    for column in ("operation_id", "retracted_by")
)
_RESTORED = " UNION ".join(
    f"SELECT l.{column} FROM main.{arm.table} x JOIN lapse l ON l.fact = '{arm.table}'"
    " AND l.fact_id = x.id WHERE x.deal_id = :deal"
    for arm in ARMS
    if arm.about == "deal"
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
WHERE u.by_id = :by AND u.id > coalesce((SELECT max(l.id) FROM operation l WHERE l.by_id = :by
  AND l.command NOT IN (SELECT value FROM json_each(:final))), 0)
ORDER BY o.undone_by DESC, o.id LIMIT :count"""
"""Undoing began with the newest; doing again begins with what was undone last.

A new command leaves alone what was undone before it.
"""
OPENING = {
    about: f"""SELECT max(f.operation_id) FROM main.{about}_fact f
WHERE f.{about}_id = :number AND f.terms & {bit:d}"""
    for about, bit in (("deal", Term.OPENED), ("contact", Trait.ADDED))
}
ROW_CHANGES = """SELECT r.entity, r.entity_id, r.old, r.new FROM row_change r
WHERE r.operation_id = :operation ORDER BY r.id"""


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
        reversing = done.command in ("undo", "redo")
        found = [*_facts_changed(reader, done, deal, shown, reversing=reversing), *rest]
        counted = REVERSALS_COUNTED if reversing else COUNTED
        (count,) = next(reader.rows(counted, operation=number, deal=deal))
        yield done._replace(changes=tuple(found), changes_total=count + len(rest))


def count_done(reader: Reader, deal: int | None = None) -> int:
    """Return how many operations there are, or how many touched the deal."""
    (count,) = next(reader.rows(COUNT, deal=deal, operation=None, past=reader.moment.past))
    return int(count)


def _facts_changed(
    reader: Reader, done: Done, deal: int | None, limit: int, *, reversing: bool
) -> Iterator[Change]:
    """Yield what the operation said of deals, contacts and targets, or took back and gave back."""
    currency = reader.settings.currency
    for about, number, name, thing, was, now in reader.rows(
        REVERSALS if reversing else CHANGES, operation=done.operation, deal=deal, limit=limit
    ):
        was_said, now_said = (spoken(thing, value, currency) for value in (was, now))
        if about == "deal":
            yield Change(number, name, thing, was_said, now_said)
        else:
            what = thing if name is None else f"{about} {number} {name} {thing}"
            yield Change(None, None, what, was_said, now_said)


def row_changes(reader: Reader, operation: int) -> list[Change]:
    """Return what the operation did to the team, the settings and the process."""
    rows = reader.rows(ROW_CHANGES, operation=operation)
    return [change for row in rows for _, change in columns_changed(*row)]


def latest(reader: Reader, by: int, count: int, final: tuple[str, ...]) -> list[int]:
    """Return the last so many operations that a member signed, the newest first.

    Undone ones are not counted, nor those by `final` commands.
    """
    rows = reader.rows(LATEST, by=by, count=count, final=json.dumps(final))
    return [number for (number,) in rows]


def latest_undone(reader: Reader, by: int, count: int, final: tuple[str, ...]) -> list[int]:
    """Return the last so many operations that a member has undone, in the order to redo them.

    Only those since the member's last own command that is not `final`.
    """
    rows = reader.rows(LATEST_UNDONE, by=by, count=count, final=json.dumps(final))
    return [number for (number,) in rows]


def opening(reader: Reader, about: str, number: int) -> int | None:
    """Return the operation that opened a deal, or added a contact, taken back or not."""
    (found,) = next(reader.rows(OPENING[about], number=number))
    return None if found is None else int(found)
