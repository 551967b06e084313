"""What questions remember, in one short transaction outside undo: logs, briefs, scores, runs.

Through sqlite3 alone, so that a question that remembers is no slower to start than one that does
not.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, TypeAlias

from funnelcli.store.file import (
    check,
    connect,
    patiently,
    ready,
    sound_if_small,
    telling,
)
from funnelcli.store.turns import in_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from funnelcli.store.file import Call

SEEN = "INSERT INTO seen (log_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING"
HELD = """INSERT INTO brief_mark (as_of, questions) VALUES (?, ?)
ON CONFLICT DO UPDATE SET questions = excluded.questions"""
SCORED = """INSERT INTO backtest_score (as_of, scores) VALUES (?, ?)
ON CONFLICT DO UPDATE SET scores = excluded.scores"""

RAN = """INSERT INTO stalled_run (name, as_of, scope, findings) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET scope = excluded.scope, findings = excluded.findings"""
RUNS_KEPT = 100
"""Runs of a name that are kept."""
FORGOTTEN = f"""DELETE FROM stalled_run WHERE name = ?1 AND as_of <= (
  SELECT as_of FROM stalled_run WHERE name = ?1 ORDER BY as_of DESC LIMIT 1 OFFSET {RUNS_KEPT})"""
UNTOLD = "DELETE FROM stalled_run WHERE name = ? AND as_of = ?"

Remembered: TypeAlias = "tuple[str, Sequence[tuple[Any, ...]]]"
"""A statement, and the rows that it takes."""


def remember_run(path: Path, name: str, run: tuple[int, str, str], call: Call) -> None:
    """Write a run of the stalled list, and forget those under its name that are too old.

    It is told by its instant, what it asked and what it found.
    """
    remember_all(path, ((RAN, [(name, *run)]), (FORGOTTEN, [(name,)])), call)


def forget_run(path: Path, name: str, at: int, call: Call) -> None:
    """Forget a run that nobody was told of, so that the next tells what it found as new."""
    remember_all(path, ((UNTOLD, [(name, at)]),), call)


def remember(path: Path, statement: str, rows: Sequence[tuple[Any, ...]], call: Call) -> None:
    """Write the rows by one of the statements above, all or none; twice is as once."""
    remember_all(path, ((statement, rows),), call)


def remember_all(path: Path, remembered: Sequence[Remembered], call: Call) -> None:
    """Write the rows of several statements in one transaction."""
    ready(path, call)
    with in_line(path, call), closing(connect(path)) as connection, telling(path):
        connection.execute("PRAGMA foreign_keys=ON")
        patiently(lambda: connection.execute("PRAGMA synchronous=EXTRA"), path, call)
        patiently(lambda: connection.execute("BEGIN IMMEDIATE"), path, call)
        check(connection, path)
        sound_if_small(connection, path)
        for statement, rows in remembered:
            connection.executemany(statement, rows)
        patiently(lambda: connection.execute("COMMIT"), path, call)
