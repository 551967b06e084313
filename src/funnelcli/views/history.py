"""What was done, by whom and when, as a table; one operation as a page with its changes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from funnelcli.domain.things import told
from funnelcli.views.table import Column, Kind, Page, Place, Table, Tone
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funnelcli.domain.model import Change, Done
    from funnelcli.views.table import Frame

_M = Place.MACHINE


def history_table(
    done: Iterable[Done], frame: Frame, *, summary: str = "", total: int = 1
) -> Table:
    """Return operations, one a row; machines get the changes of each with old and new values."""
    columns = (
        Column("operation", "#"),
        Column("entered_at", "When", Kind.INSTANT),
        Column("by", "By"),
        Column("command", "Command", place=_M),
        Column("summary", "What", place=_M),
        Column("undone", "Undone", Kind.FLAG, _M),
        Column("changes", "Changes", Kind.LIST, _M, lambda d: [_change(c) for c in d.changes]),
        Column("changes_total", "Changes", Kind.COUNT, _M),
        Column("told", "What", place=Place.PERSON, get=_told),
    )
    return Table(
        frame,
        columns,
        done,
        {"operations": total},
        empty=said("Nothing was done."),
        id_key="operation",
        summary=summary,
        tone=lambda d: Tone.QUIET if d.undone else Tone.PLAIN,
    )


def operation_page(done: Done, frame: Frame) -> Page:
    """Return one operation with every change that it made."""
    columns = (
        Column("deal_id", "#"),
        Column("deal", "Deal"),
        Column("what", "What", place=_M),
        Column("told_what", "What", place=Place.PERSON, get=lambda c: told(c.what)),
        Column("was", "From", get=lambda c: _shown(c.was)),
        Column("now", "To", get=lambda c: _shown(c.now)),
    )
    changes = Table(frame, columns, done.changes, empty=said("It changed nothing by itself."))
    title = plural(
        done.changes_total,
        "Operation {operation}: {n} change",
        "Operation {operation}: {n} changes",
        operation=done.operation,
    )
    table = history_table([done], frame)
    return Page(table, title, (table, changes))


def _told(done: Done) -> str:
    """Return the sentence of what was done, naming the command that says too little by itself."""
    told = f"{done.command}: {done.summary}"
    return said("(undone) {told}", told=told) if done.undone else told


def _change(change: Change) -> dict[str, Any]:
    return {
        "deal_id": change.deal_id,
        "deal": change.deal,
        "what": change.what,
        "from": change.was,
        "to": change.now,
    }


def _shown(value: Any) -> Any:
    """Return a value in words; an instant is told as such."""
    if isinstance(value, list):
        return said(", ").join(map(str, value))
    if isinstance(value, datetime):
        return value
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return None if value is None else str(value)
