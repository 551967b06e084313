"""The layout of a file as SQLite tells it, as `store/layouts/N.sql` keeps it for each schema.

After a change of the rows: `python tests/layouts.py FRESH.db > src/funnelcli/store/layouts/N.sql`.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

STATEMENTS = """SELECT sql FROM sqlite_master WHERE sql IS NOT NULL
ORDER BY type = 'view', type = 'index', name"""


def written(path: Path) -> str:
    """Return the statements that lay out the file at `path`: tables, indexes, views."""
    with closing(sqlite3.connect(path)) as connection:
        return "".join(f"{statement};\n" for (statement,) in connection.execute(STATEMENTS))


if __name__ == "__main__":
    sys.stdout.write(written(Path(sys.argv[1])))
