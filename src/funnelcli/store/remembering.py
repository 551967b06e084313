"""What questions remember, in one short transaction outside undo: logs, briefs, scores, runs.

Through sqlite3 alone, so that a question that remembers is no slower to start than one that does
not.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

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


def remember(path: Path, statement: str, rows: Sequence[tuple[Any, ...]], call: Call) -> None:
    """Write the rows by one of the statements above, all or none; twice is as once."""
    ready(path, call)
    with in_line(path, call), closing(connect(path)) as connection, telling(path):
        connection.execute("PRAGMA foreign_keys=ON")
        patiently(lambda: connection.execute("PRAGMA synchronous=EXTRA"), path, call)
        patiently(lambda: connection.execute("BEGIN IMMEDIATE"), path, call)
        check(connection, path)
        sound_if_small(connection, path)
        connection.executemany(statement, rows)
        patiently(lambda: connection.execute("COMMIT"), path, call)
