"""Operations taken back and put back: facts retracted and restored, plain rows as they were.

Nothing is deleted. What an operation stated is retracted; what it retracted is restored, and the
time in which it stood retracted is kept as a lapse, so that the past stays as it was told. An
import states facts as if they had been known when they happened; it is taken back as if they had
never been known.
"""

import json
from collections.abc import Iterator
from sqlite3 import Cursor
from typing import Any, NamedTuple

from sqlmodel import SQLModel, col, select

from funnelcli.store.facts import FACTS
from funnelcli.store.reading.touched import about_of
from funnelcli.store.rows import PLAIN, Operation, RowChange, StageRow
from funnelcli.store.session import Work
from funnelcli.store.terms import Term, Trait
from funnelcli.wording import said

_TAKE_BACK = """UPDATE {fact} SET retracted_by = :us, retracted_at =
  CASE WHEN :imported THEN recorded_at ELSE :now END
WHERE operation_id = :it AND retracted_by IS NULL"""
_LAPSED = """INSERT INTO lapse (fact, fact_id, from_at, until_at, retracted_by, restored_by)
SELECT '{fact}', x.id, x.retracted_at,
  CASE WHEN x.retracted_at < o.entered_at THEN x.retracted_at ELSE :now END, o.id, :us
FROM {fact} x JOIN operation o ON o.id = x.retracted_by WHERE """
"""A fact that was taken back as if it had never been known was never seen to be missing."""
_RESTORE = "UPDATE {fact} AS x SET retracted_at = NULL, retracted_by = NULL WHERE "
_RETRACTED_BY_IT = "x.retracted_by = :it AND x.operation_id <> :it"
_STATED_BY_IT = "x.operation_id = :it AND x.retracted_by = :undoing"
_RETRACT_AGAIN = """UPDATE {fact} SET retracted_by = :it, retracted_at =
  CASE WHEN l.from_at < :entered THEN recorded_at ELSE :now END
FROM lapse l WHERE l.fact = '{fact}' AND l.fact_id = {fact}.id
AND l.retracted_by = :it AND l.restored_by = :undoing"""
_ABOUT = """SELECT DISTINCT {about}_id FROM {fact}
WHERE operation_id = :it OR retracted_by = :it"""

_IN_STAGE = "SELECT deal_id FROM stage_entry WHERE stage_id = :stage AND retracted_by IS NULL"
_STRAY = """SELECT d.id FROM {about} d JOIN json_each(:numbers) j ON j.value = d.id
WHERE EXISTS (SELECT 1 FROM {fact} x WHERE x.{column} = d.id AND x.retracted_by IS NULL)
AND NOT EXISTS (SELECT 1 FROM {about}_fact f
  WHERE f.{about}_id = d.id AND f.retracted_by IS NULL AND f.terms & :opened) LIMIT 1"""
_LEFT_ALONE = """SELECT y.id, y.operation_id, max(x.operation_id)
FROM {fact} x JOIN {named} y ON y.id = x.{column}
WHERE x.retracted_by IS NULL AND y.retracted_by IS NOT NULL
AND :it IN (x.operation_id, y.operation_id) GROUP BY y.id LIMIT 1"""
_OPENED = {"deal": Term.OPENED, "contact": Trait.ADDED}
_FACT_NAMING = """SELECT max(operation_id) FROM {table}
WHERE {column} = :key AND retracted_by IS NULL AND operation_id <> :it"""
_ROW_NAMING = """SELECT max(r.operation_id) FROM {table} x
JOIN row_change r ON r.entity = '{table}' AND r.entity_id = CAST(x.id AS TEXT)
JOIN operation o ON o.id = r.operation_id
WHERE x.{column} = :key AND r.operation_id > :it AND o.undone_by IS NULL
AND o.command NOT IN ('undo', 'redo')"""
_SIGNED = """SELECT max(id) FROM operation WHERE by_id = :key AND undone_by IS NULL
AND command NOT IN ('undo', 'redo') AND id <> :it"""
_DEFAULT = """SELECT max(r.operation_id) FROM setting s
JOIN row_change r ON r.entity = 'setting' AND r.entity_id = s.key
WHERE s.key = 'pipeline' AND s.value = (SELECT name FROM pipeline WHERE id = :key)"""

_TAKEN = """SELECT max(r.operation_id) FROM {table} x
JOIN row_change r ON r.entity = '{table}' AND r.entity_id = CAST(x.id AS TEXT)
WHERE x.{column} = :value AND x.id <> CAST(:key AS INTEGER) AND x.gone = 0"""

_GONE: dict[str, dict[str, Any]] = {
    "member": {"gone": True},
    "pipeline": {"gone": True},
    "stage": {"position": None},
    "milestone": {"position": None},
}
_PARENT = {"stage": ("pipeline", "pipeline_id"), "milestone": ("stage", "stage_id")}
_MOVES_ON = "changed_at"
"""A column that every change of a row moves on; a later one may keep it."""


class LeftAlone(NamedTuple):
    """A plan or a log that is gone though something names it: which operations made the two."""

    thing: str
    made: int
    named: int


class Overtaken(Exception):
    """What an operation left is no longer so; `later` is the operation that changed `thing`."""

    def __init__(self, later: int | None, thing: str) -> None:
        """Keep which operation changed what."""
        self.later = later
        self.thing = thing


def take_back(work: Work, number: int) -> None:
    """Undo the operation within this one; raises Overtaken where a plain row moved on since."""
    operation: Operation = work.session.get_one(Operation, number)
    given = _given(work, number) | {"imported": operation.command.startswith("import ")}
    _touch(work, given)
    _everywhere(work, _TAKE_BACK, given)
    _everywhere(work, _LAPSED + _RETRACTED_BY_IT, given)
    _everywhere(work, _RESTORE + _RETRACTED_BY_IT, given)
    changes = list(reversed(_row_changes(work, number)))
    made = {(change.entity, change.entity_id) for change in changes if change.old is None}
    for change in changes:
        if change.old is None:
            _remove(work, change, made)
        else:
            _bring(work, change, was=_values(change, change.new), to=_values(change, change.old))
    operation.undone_by = work.operation_id


def put_back(work: Work, number: int) -> None:
    """Redo an undone operation within this one; raises Overtaken as `take_back` does."""
    operation: Operation = work.session.get_one(Operation, number)
    entered = int(operation.entered_at.timestamp())
    given = _given(work, number) | {"undoing": operation.undone_by, "entered": entered}
    _everywhere(work, _LAPSED + _STATED_BY_IT, given)
    _everywhere(work, _RESTORE + _STATED_BY_IT, given)
    _everywhere(work, _RETRACT_AGAIN, given)
    _touch(work, given)
    for change in _row_changes(work, number):
        made = _values(change, change.new)
        if change.old is None:
            _revive(work, change, made)
        else:
            _bring(work, change, was=_values(change, change.old), to=made)
    operation.undone_by = None


def stray(work: Work, number: int) -> tuple[str, int] | None:
    """Return a deal or contact of the operation that facts name though nothing says it is there."""
    work.settle()
    for about, numbers in _about(work, _given(work, number)).items():
        given = {"numbers": json.dumps(numbers), "opened": int(_OPENED[about])}
        for fact, column in _named_in(about):
            statement = _STRAY.format(fact=fact, about=about, column=column)
            found = _found(work, statement, given)
            if found is not None:
                return about, found
    return None


def left_alone(work: Work, number: int) -> LeftAlone | None:
    """Return a plan or log that is gone though an answer to it, or its end, is there."""
    for fact in FACTS:
        for named, column in _named(fact):
            if named in FACTS:
                statement = _LEFT_ALONE.format(fact=fact, named=named, column=column)
                found = _rows(work, statement, {"it": number}).fetchone()
                if found is not None:
                    return LeftAlone(f"{said(named)} {found[0]}", found[1], found[2])
    return None


def _named_in(about: str) -> Iterator[tuple[str, str]]:
    """Yield the columns of facts that name a deal, or a contact."""
    for fact in FACTS:
        yield from ((fact, column) for named, column in _named(fact) if named == about)


def _named(fact: str) -> Iterator[tuple[str, str]]:
    """Yield what a fact names: the table, and the column of the fact."""
    for key in SQLModel.metadata.tables[fact].foreign_keys:
        yield key.column.table.name, key.parent.name


def _rows(work: Work, statement: str, given: dict[str, Any]) -> Cursor:
    """Run a statement on what the operation has said so far."""
    work.flush()
    return work.connection.execute(statement, given)


def _found(work: Work, question: str, given: dict[str, Any]) -> Any:
    """Return the first value of the first row, None if there is no row."""
    return next(_rows(work, question, given), (None,))[0]


def _given(work: Work, number: int) -> dict[str, Any]:
    return {"it": number, "us": work.operation_id, "now": int(work.now.timestamp())}


def _everywhere(work: Work, statement: str, given: dict[str, Any]) -> None:
    for fact in FACTS:
        _rows(work, statement.format(fact=fact), given)


def _about(work: Work, given: dict[str, Any]) -> dict[str, list[int]]:
    """Return the deals and the contacts that the operation said something of, or took back."""
    found: dict[str, set[int]] = {about: set() for about in _OPENED}
    for fact in FACTS:
        if (about := about_of(fact)) in found:
            rows = _rows(work, _ABOUT.format(fact=fact, about=about), given)
            found[about].update(number for (number,) in rows)
    return {about: sorted(numbers) for about, numbers in found.items()}


def _touch(work: Work, given: dict[str, Any]) -> None:
    for about, numbers in _about(work, given).items():
        work.touch(about, numbers)


def _row_changes(work: Work, number: int) -> list[RowChange]:
    wanted = select(RowChange).where(col(RowChange.operation_id) == number)
    return list(work.session.exec(wanted.order_by(col(RowChange.id))))


def _row(work: Work, change: RowChange) -> Any:
    key = change.entity_id
    return work.row(change.entity, key if change.entity == "setting" else int(key))


def _values(change: RowChange, said: str) -> dict[str, Any]:
    """Return the row's values as the journal has them, in the form in which a row tells its own."""
    return PLAIN[change.entity].model_validate(json.loads(said)).model_dump(mode="json")


def _bring(work: Work, change: RowChange, was: dict[str, Any], to: dict[str, Any]) -> None:
    """Set what differs between the two, if the row still is as it `was` there."""
    row = _row(work, change)
    stands, wanted = row.model_dump(mode="json"), type(row).model_validate(to)
    moved = {column: value for column, value in to.items() if was[column] != value}
    if stands.get(_MOVES_ON) != was.get(_MOVES_ON):
        moved.pop(_MOVES_ON, None)
    _check_same(work, change, stands, {column: was[column] for column in moved})
    _check_free(work, change, moved)
    for column in moved:
        setattr(row, column, getattr(wanted, column))
    work.session.flush()
    if change.entity == "setting":
        work.recount()
    if change.entity == "stage":
        work.touch("deal", (n for (n,) in _rows(work, _IN_STAGE, {"stage": row.id})))


def _revive(work: Work, change: RowChange, made: dict[str, Any]) -> None:
    """Have a row that is gone be there again as the operation made it."""
    row, revived = _row(work, change), (*_GONE[change.entity], "replaced_by")
    stands = row.model_dump(mode="json")
    _check_same(work, change, stands | {key: made.get(key) for key in revived}, made)
    _check_free(work, change, made)
    wanted = type(row).model_validate(made)
    for column in revived:
        if column in made:
            setattr(row, column, getattr(wanted, column))
    work.session.flush()


def _check_same(
    work: Work, change: RowChange, stands: dict[str, Any], made: dict[str, Any]
) -> None:
    """Raise Overtaken if the row is not as the operation made it."""
    for column, value in made.items():
        if stands[column] != value and column != _MOVES_ON:
            raise Overtaken(_last_change(work, change, column), _called(change, column))


def _check_free(work: Work, change: RowChange, values: dict[str, Any]) -> None:
    """Raise Overtaken if another row bears by now what only one may bear."""
    table = SQLModel.metadata.tables[change.entity]
    once = {column.name for index in table.indexes if index.unique for column in index.columns}
    for column in sorted(once & set(values)):
        taken = _TAKEN.format(table=change.entity, column=column)
        given = {"value": values[column], "key": change.entity_id}
        later = _found(work, taken, given)
        if later is not None:
            raise Overtaken(later, _called(change, column))


def _remove(work: Work, change: RowChange, made: set[tuple[str, str]]) -> None:
    """Have a row that the operation made be gone, if nobody has changed or named it since.

    What hangs on a row that goes too stays as it is.
    """
    row, new = _row(work, change), _values(change, change.new)
    _check_same(work, change, row.model_dump(mode="json"), new)
    later = _named_by(work, change)
    if later is not None:
        raise Overtaken(later, _called(change))
    parent, column = _PARENT.get(change.entity, ("", ""))
    if (parent, str(new.get(column))) in made:
        return
    if change.entity == "stage":
        row.replaced_by = _neighbour(work, row)
    for column, value in _GONE[change.entity].items():
        setattr(row, column, value)
    work.session.flush()


def _neighbour(work: Work, row: Any) -> int | None:
    """Return the stage that the past shows in the place of one that is gone: the one before it."""
    others = select(StageRow).where(
        StageRow.pipeline_id == row.pipeline_id,
        col(StageRow.position).is_not(None),
        StageRow.id != row.id,
    )
    there = list(work.session.exec(others.order_by(col(StageRow.position))))
    before = [stage for stage in there if (stage.position or 0) < row.position]
    return (before[-1:] or there[:1] or [row])[0].id


def _named_by(work: Work, change: RowChange) -> int | None:
    """Return the last other operation that named the row in what still stands."""
    given = {"key": int(change.entity_id), "it": change.operation_id}
    found = [_found(work, question, given) for question in _naming(change.entity)]
    return max((number for number in found if number is not None), default=None)


def _naming(entity: str) -> Iterator[str]:
    """Yield the questions whether anything refers to a row of the table."""
    if entity == "pipeline":
        yield _DEFAULT
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name != entity or table.name in _OPENED:
                continue
            if table.name == "operation":
                yield _SIGNED
            elif table.name in FACTS or table.name in PLAIN:
                naming = _FACT_NAMING if table.name in FACTS else _ROW_NAMING
                yield naming.format(table=table.name, column=key.parent.name)


def _last_change(work: Work, change: RowChange, column: str) -> int | None:
    same = select(RowChange).where(
        RowChange.entity == change.entity,
        RowChange.entity_id == change.entity_id,
        RowChange.operation_id != change.operation_id,
    )
    for other in work.session.exec(same.order_by(col(RowChange.id).desc())):
        old, new = json.loads(other.old or "{}"), json.loads(other.new)
        if old.get(column) != new.get(column):
            return other.operation_id
    return None


def _called(change: RowChange, column: str = "") -> str:
    name = change.entity_id if change.entity == "setting" else json.loads(change.new)["name"]
    values = {"what": said(change.entity), "name": name}
    if column in ("", "value"):
        return said("{what} {name}", **values)
    return said("{what} {name} ({column})", **values, column=column)
