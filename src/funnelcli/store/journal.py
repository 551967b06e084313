"""What an operation does to plain rows, kept so that it can be told and taken back.

Facts need no journal: they are themselves the history.
"""

import json
from typing import Any

from sqlalchemy import event, inspect
from sqlmodel import Session, SQLModel

from funnelcli.store.rows import (
    Member,
    MilestoneRow,
    PipelineRow,
    RowChange,
    Setting,
    StageRow,
)

JOURNALLED = (Setting, Member, PipelineRow, StageRow, MilestoneRow)


def keep(session: Session, operation_id: int) -> None:
    """Note every change of a plain row that `session` writes under the operation."""
    new: list[SQLModel] = []

    @event.listens_for(session, "before_flush")
    def note_changes(session: Session, *_: Any) -> None:
        new.extend(row for row in session.new if isinstance(row, JOURNALLED))
        changed = (row for row in session.dirty if isinstance(row, JOURNALLED))
        for row in sorted(changed, key=_place):  # the session knows no order
            if session.is_modified(row):
                session.add(_change(row, operation_id, _before(row)))

    @event.listens_for(session, "after_flush_postexec")
    def note_additions(session: Session, *_: Any) -> None:
        session.add_all([_change(row, operation_id, None) for row in new])
        new.clear()


def _place(row: SQLModel) -> tuple[str, Any]:
    """Return the table in which a row is, and its key."""
    (key,) = inspect(type(row)).primary_key
    return key.table.name, getattr(row, key.name)


def _change(row: SQLModel, operation_id: int, old: dict[str, Any] | None) -> RowChange:
    after = row.model_dump(mode="json")
    table, key = _place(row)
    return RowChange(
        operation_id=operation_id,
        entity=table,
        entity_id=str(key),
        old=None if old is None else _written(old),
        new=_written(after),
    )


def _written(row: dict[str, Any]) -> str:
    """Return a row as JSON, the same each time: a row lists its columns in any order."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)


def _before(row: SQLModel) -> dict[str, Any]:
    state = inspect(row)
    return {
        attribute.key: attribute.history.deleted[0]
        if attribute.history.deleted
        else attribute.value
        for attribute in state.attrs
    }
