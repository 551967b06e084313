"""A file of ten reps' quarter: 20,000 logs of 300 deals, each entered by a command of its own.

The deals and logs come through funnelcli's imports; then each log gets the operation that `log`
would have made, on its own day, and every twentieth the manager's answer.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from sample import OPEN, STAGES, TABLES, TODAY, Deal, filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from environment import Environment

REPS, DEALS = 10, 300
LOGS = (60, 74)
"""How many logs a deal has, at least and at most."""
DAYS = 50
"""Days of the quarter that are over."""
FIRST = 1_000_000
"""Numbers of operations that no command has reached."""
OWN = f"""
INSERT INTO operation (id, entered_at, by_id, command, summary)
  SELECT {FIRST} + id, effective_at + 3600 * 9 + 86400 * (CASE WHEN id % 20 THEN 0 ELSE 4 END),
    by_id, 'log', '' FROM log;
UPDATE log SET operation_id = {FIRST} + id,
  recorded_at = effective_at + 3600 * 9 + 86400 * (CASE WHEN id % 20 THEN 0 ELSE 4 END);
INSERT INTO operation (id, entered_at, by_id, command, summary)
  SELECT 2 * {FIRST} + id, recorded_at + 7200, 1, 'reply', '' FROM log WHERE id % 20 = 0;
INSERT INTO reply (deal_id, effective_at, recorded_at, operation_id, log_id, text, due)
  SELECT deal_id, recorded_at + 7200, recorded_at + 7200, 2 * {FIRST} + id, id, 'who says so?',
    CASE WHEN id % 80 = 0 THEN date(happened_on, '+3 days') END FROM log WHERE id % 20 = 0;
"""


def quarter(folder: Path, environment: Environment) -> Path:
    """Make the file in `folder` and return where it is."""
    file = folder / "quarter.db"
    folder = folder / "quarter"
    folder.mkdir()
    filled(folder / file.name, environment, list(deals()), TABLES)
    (folder / file.name).rename(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(OWN)
    return file


def deals() -> Iterator[Deal]:
    """Yield deals of the quarter, thirty of each rep."""
    random = Random(10)  # noqa: S311  the same deals every time
    for number in range(1, DEALS + 1):
        opened = TODAY - timedelta(days=random.randint(4, DAYS))
        entered = [opened]
        for _ in range(random.randrange(len(STAGES))):
            entered.append(entered[-1] + timedelta(days=random.randint(1, 12)))
        entered = [day for day in entered if day < TODAY]
        (status,) = random.choices((OPEN, "won", "lost"), (65, 15, 20))
        span = (TODAY - opened).days
        yield Deal(
            number=number,
            entered=tuple(entered),
            status=status,
            closed=None if status == OPEN else TODAY - timedelta(days=1),
            logged=tuple(
                opened + timedelta(days=random.randrange(span))
                for _ in range(random.randint(*LOGS))
            ),
            amount=random.randrange(5_000, 2_000_000, 500),
            owner=f"Rep {number % REPS}",
        )
