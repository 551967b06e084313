"""Changes that ran into each other: of the same thing, one after an operation that matters.

Undoing asks it from the operation that is undone, redoing from the one that undid it, and every
change from the newest operation that there was when its command began.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.things import told
from funnelcli.errors import FileLocked
from funnelcli.store.file import SENSELESS, connect, patiently, translated, writable
from funnelcli.store.reading.touched import TERM, columns_changed, each, spoken
from funnelcli.store.terms import Term, Trait
from funnelcli.wording import said

if TYPE_CHECKING:
    from pathlib import Path

    from funnelcli.store.file import Call
    from funnelcli.store.reading.reader import Reader

_MINE = each(
    "SELECT '{about}' AS about, x.{about}_id AS about_id, {course} AS course FROM {source}"
    " WHERE (x.operation_id = :operation OR x.retracted_by = :operation)"
    " AND x.{about}_id NOT IN (SELECT about_id FROM opened WHERE about = '{about}')"
)
_LATER = each(
    """SELECT CASE WHEN x.operation_id > :after THEN x.operation_id
    ELSE coalesce(x.retracted_by, x.operation_id) END AS later, q.about, q.about_id,
    {thing} AS thing,
    {course} AS course, CASE WHEN x.retracted_by IS NULL THEN {value} END AS value
  FROM mine q CROSS JOIN {source}
  WHERE q.about = '{about}' AND x.{about}_id IS q.about_id
  AND (q.course = '' OR {course} = q.course)
  AND CASE WHEN x.operation_id = :operation THEN x.retracted_by > :after
    WHEN x.operation_id > :after THEN x.retracted_by IS NULL
    WHEN x.retracted_by IS NOT NULL
      THEN x.retracted_by > :after AND x.retracted_by <> :operation
    ELSE :restored AND EXISTS (SELECT 1 FROM lapse l WHERE l.restored_by > :after
      AND l.restored_by <> :operation AND l.fact = '{table}' AND l.fact_id = x.id) END"""
)
COLLISION = f""", {TERM}, opened AS MATERIALIZED (
  SELECT 'deal' AS about, x.deal_id AS about_id FROM main.deal_fact x
  WHERE x.operation_id = :operation AND x.terms & {Term.OPENED:d}
  UNION ALL SELECT 'contact', x.contact_id FROM main.contact_fact x
  WHERE x.operation_id = :operation AND x.terms & {Trait.ADDED:d}),
mine AS MATERIALIZED (SELECT about, about_id, '' AS course FROM opened UNION {_MINE})
SELECT n.later, n.about, n.about_id, n.thing, n.course, n.value FROM ({_LATER}) n
ORDER BY n.later DESC, n.about_id, n.thing LIMIT 1"""
"""The last change after operation `:after` of a thing that `:operation` touched.

An operation that opened a deal, or added a contact, touched everything of it.
"""
_SAID = each(
    "SELECT x.id AS place, {value} AS value FROM {source}"
    " WHERE x.operation_id = :operation AND '{about}' = :about AND x.{about}_id IS :number"
    " AND {course} = :course"
)
SAID = f""", {TERM}
SELECT value FROM ({_SAID}) ORDER BY place DESC LIMIT 1"""

ROWS_SINCE = """SELECT r.operation_id, r.entity, r.entity_id, r.old, r.new
FROM row_change r JOIN operation o ON o.id = r.operation_id
WHERE r.operation_id = :operation OR CASE
  WHEN r.operation_id <= :after THEN o.undone_by > :after AND o.undone_by <> :operation
  ELSE :restored OR (o.undone_by IS NULL AND o.command NOT IN ('undo', 'redo')) END
ORDER BY r.id DESC"""
NEWEST = "SELECT max(id) FROM operation"
CALLED = {
    "deal": "SELECT d.name FROM deal d WHERE d.id = :number AND d.status IS NOT NULL",
    "contact": "SELECT k.name FROM contact k WHERE k.id = :number AND k.name IS NOT NULL",
}


class Collision(NamedTuple):
    """A later change of a thing that an operation touched, and what each of the two said of it.

    The thing is of a deal or a contact, a member's target, which names whose it is, or, without
    `about`, of the team, the settings or the process.
    """

    later: int
    about: str | None
    about_id: int | None
    thing: str
    theirs: Any
    ours: Any

    def called(self, reader: Reader) -> str:
        """Return how the thing is spoken of, as one of whom or what it is about."""
        thing = told(self.thing)
        if self.about not in CALLED:
            return thing
        row = reader.row(CALLED[self.about], number=self.about_id)
        if row is None:
            return thing
        return said("{thing} of {whose}", thing=thing, whose=f"{self.about_id} {row[0]}")


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
    later, about, number, thing, course, theirs = row
    said = reader.row(SAID, operation=operation, about=about, number=number, course=course)
    currency = reader.settings.currency
    ours = None if said is None else spoken(thing, said[0], currency)
    return Collision(later, about, number, thing, spoken(thing, theirs, currency), ours)


def _row_collision(
    reader: Reader, operation: int, after: int, *, restored: bool
) -> Collision | None:
    ours: dict[tuple[str, str, str], Any] = {}
    theirs: dict[tuple[str, str, str], Collision] = {}
    given = {"operation": operation, "after": after, "restored": restored}
    for number, entity, key, old, new in reader.rows(ROWS_SINCE, **given):
        for column, change in columns_changed(entity, key, old, new):
            place = (entity, key, column)
            if number == operation and old is not None:
                ours.setdefault(place, change.now)
            elif number != operation:
                theirs.setdefault(
                    place, Collision(number, None, None, change.what, change.now, None)
                )
    both = (theirs[place]._replace(ours=ours[place]) for place in ours if place in theirs)
    return next(both, None)


def newest_operation(path: Path, call: Call) -> int | None:
    """Return the number of the file's last operation, None if it cannot be read.

    What somebody else is committing just now is waited for, and counts as there. Raises FileLocked
    when that takes too long.
    """
    try:
        with closing(connect(path, "rw" if writable(path) else "ro")) as connection:
            (newest,) = patiently(lambda: connection.execute(NEWEST).fetchone(), path, call)
    except (sqlite3.Error, *SENSELESS) as error:
        told = translated(error, path) if isinstance(error, sqlite3.Error) else None
        if isinstance(told, FileLocked):
            raise told from error
        return None  # the door that opens next tells why
    return int(newest or 0)
