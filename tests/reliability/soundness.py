"""What a file must be after whatever happened to it: whole, and of one mind with itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from funnelcli.store.projection import (
    DERIVED,
    FACT_TABLES,
    PROJECTION,
    SEEN_NOW,
    facts_seen,
    register,
)
from funnelcli.store.reading import reader

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Ran
    from warm import Ended

HEADER = b"SQLite format 3\x00"

FACT_COLUMNS = [
    (table, column) for table in FACT_TABLES for column in ("operation_id", "retracted_by")
]
EFFECTS = " UNION ".join(
    f"SELECT {column} AS operation FROM {table} WHERE {column} IS NOT NULL"
    for table, column in (
        *FACT_COLUMNS,
        ("row_change", "operation_id"),
        ("operation", "undone_by"),
        ("lapse", "restored_by"),
        ("lapse", "retracted_by"),
    )
)
"""All operations that left something behind, beside their own row."""

State = dict[str, object]


def state(folder: Path) -> State:
    """Return what a folder holds, files of SQLite by their content.

    What is still being made, or was left behind by a process that was killed at it, is hidden by
    a dot and does not count, nor do the rollback journals of SQLite.
    """
    for path in folder.rglob("*.db"):
        dump(path)  # whoever opens a file first rolls back what was left half done
    return {"funnel.db": None} | {
        str(path.relative_to(folder)): _content(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith("-journal")
    }


def _content(path: Path) -> object:
    content = path.read_bytes()
    return dump(path) if content.startswith(HEADER) else content


def dump(path: Path) -> tuple[str, ...]:
    """Return everything in a file as statements, and the marks in its header."""
    if not path.stat().st_size:
        return ()
    with closing(sqlite3.connect(path)) as connection:
        marks = (connection.execute(f"PRAGMA {name}").fetchone() for name in _MARKS)
        return (*map(str, marks), *connection.iterdump())


_MARKS = ("application_id", "user_version", "journal_mode")


def assert_sound(path: Path) -> None:
    """Make sure of a file: SQLite's own checks, derived values, and no operation without effect."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        said = reader.settings(connection)
        register(connection, ZoneInfo(said.timezone), said.calendar)
        columns = ", ".join(("id", *DERIVED))
        stored = connection.execute(f"SELECT {columns} FROM deal ORDER BY id").fetchall()
        facts = f"WITH {facts_seen(SEEN_NOW)} SELECT {columns} FROM ({PROJECTION}) ORDER BY id"
        assert stored == connection.execute(facts).fetchall()
        idle = f"""SELECT id, command FROM operation WHERE summary = ''
            OR (command != 'doctor --repair' AND id NOT IN ({EFFECTS}))"""
        assert connection.execute(idle).fetchall() == []


def assert_told(ended: Ended | Ran) -> None:
    """Make sure that a failure was told in one sentence, with a code that says what it was."""
    assert ended.code in (1, 3, 4, 10, 11, 12, 13, 14), ended
    assert ended.out == "", ended
    assert ended.err.startswith("funnelcli: "), ended
    assert ended.err.endswith(".\n"), ended
    assert ended.err.count("\n") == 1, ended
    assert "fault of funnelcli" not in ended.err, ended
