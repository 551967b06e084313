"""A file of any number of deals, the same in every run: `python million.py FILE --deals N`.

Fills a file that `funnelcli init` has made, in bulk through sqlite3: facts by a seeded generator,
then what they amount to by the program's own projection, so that `funnelcli doctor` finds nothing.
Of two files, the smaller holds the first deals of the larger.
"""

from __future__ import annotations

import sqlite3
from argparse import ArgumentParser
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json import dumps
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from environment import NOW

from funnelcli.domain.time import EVERY_DAY
from funnelcli.store.projection import STORES, register
from funnelcli.store.terms import Term

ZONE = "Asia/Shanghai"
AT = int(datetime.fromisoformat(NOW).timestamp())
TODAY = datetime.fromisoformat(NOW).astimezone(ZoneInfo(ZONE)).date()
DAY, WORKING_DAY = 86_400, 8 * 3_600
"""Seconds; NOW is the end of a working day, so that a day's instants lie before it."""
OLDEST, NEWEST = 720, 21
"""Days within which deals were opened, and within which those were that are new."""
OPEN, NEW, HELD, KNOWN, CLAIMED = 0.32, 0.15, 0.02, 0.05, 0.02
PRICED = 0.95
"""Shares: of the deals, the open; of the open, the new, held, acknowledged, those with a claim."""
ENTRIES, TOUCHES = (1, 5), 5
"""How many stages a deal has entered, least and most; contacts logged on each open deal."""
TERMS = int(
    Term.NAME | Term.CUSTOMER | Term.OWNER | Term.AMOUNT | Term.EXPECTED_CLOSE | Term.SOURCE
) + int(Term.OPENED)
OPERATION = 1_000
"""The number of the operation that states it all."""
BATCH = 20_000
"""Deals that are written, and projected, at once."""
_FACT = "deal_id, effective_at, recorded_at, operation_id"
COLUMNS = {
    "deal": "id, ref, archived, moved_back, live, pushes",
    "deal_fact": f"{_FACT}, terms, name, customer, owner_id, amount, expected_close, source,"
    " opened_at",
    "stage_entry": f"{_FACT}, stage_id, by_id",
    "outcome": f"{_FACT}, outcome, reason",
    "hold": f"{_FACT}, from_on, until, reason",
    "ack": f"{_FACT}, until, reason",
    "log": f"{_FACT}, by_id, happened_on, kind, text, touch, answered, by_them, ask, claim",
    "milestone_event": f"{_FACT}, milestone_id, state, evidence",
}
"""What is written of each table."""


@dataclass
class Invention:
    """Deals one after the other, as rows for each table."""

    owners: list[int]
    stages: list[tuple[int, int]]
    random: Random
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))

    def deal(self, number: int) -> None:
        """Add a deal that was opened in the last two years and has come some way since."""
        random, is_open = self.random, self.random.random() < OPEN
        new = is_open and random.random() < NEW
        opened = random.randint(1, NEWEST if new else OLDEST)
        closed = 0 if is_open else random.randint(0, opened)
        count, skipped = random.randint(*ENTRIES), random.randint(0, 1)
        days = sorted((random.randint(closed, opened) for _ in range(count - 1)), reverse=True)
        entered = [self.instant(day) for day in (opened, *days)]
        owner = random.choice(self.owners)
        self.rows["deal"].append((number, f"R{number:07}", 0, 0, 0, 0))
        self.terms(number, owner, opened, entered[0])
        passed = self.stages[skipped : skipped + count]
        for (stage, _), at in zip(passed, sorted(entered), strict=True):
            self.fact("stage_entry", number, at, stage, owner)
        if is_open:
            self.talk(number, owner, opened, [milestone for _, milestone in passed[:-1]])
        else:
            won = random.random() < 1 / 3
            reason = None if won else random.choice(("price", "relationship", "no-budget"))
            at = max(self.instant(closed), *entered)
            self.fact("outcome", number, at, "won" if won else "lost", reason)

    def terms(self, number: int, owner: int, opened: int, at: int) -> None:
        """State what the deal is about; one in twenty has no amount, one in three no close date."""
        random = self.random
        name = f"{random.choice(('Pump station', '泵站'))} {number:07}"
        amount = random.randrange(500_000, 200_000_000, 5_000) if random.random() < PRICED else None
        close = day(opened - random.randint(60, 700)) if random.random() < 2 / 3 else None
        source = random.choice(("fair", "web", "referral", None))
        about = (name, f"Waterworks {number % 5_000}", owner, amount, close, source, at)
        self.fact("deal_fact", number, at, TERMS, *about)

    def talk(self, number: int, owner: int, opened: int, shown: list[int]) -> None:
        """Log contacts on an open deal; hold some, acknowledge some, claim something on some."""
        random, claims = self.random, self.random.random() < CLAIMED
        ago = sorted((random.randint(0, opened) for _ in range(TOUCHES)), reverse=True)
        for place, days in enumerate(ago, 1):
            claim = random.randint(3, 10) * 10 if claims and place == TOUCHES else None
            kind, by_them = random.choice(("call", "visit", "meeting")), random.random() < 1 / 3
            said = (day(days), kind, "talked about the next step", 1, 0, by_them, 0, claim)
            self.fact("log", number, self.instant(days), owner, *said)
        if claims:
            for milestone in shown:
                self.fact("milestone_event", number, AT, milestone, "accepted", "minutes sent")
        if random.random() < HELD:
            self.fact("hold", number, self.instant(3), day(3), day(-30), "budget")
        elif random.random() < KNOWN:
            self.fact("ack", number, self.instant(3), day(-10), "a call is arranged")

    def fact(self, table: str, number: int, at: int, *said: object) -> None:
        """State something about a deal, known since it happened."""
        self.rows[table].append((number, at, at, OPERATION, *said))

    def instant(self, days: int) -> int:
        """Return some second of the working day so many days ago."""
        return AT - days * DAY - self.random.randrange(WORKING_DAY)


def day(ago: int) -> str:
    """Return the day so many days ago."""
    return (TODAY - timedelta(days=ago)).isoformat()


def fill(connection: sqlite3.Connection, count: int) -> None:
    """Write so many deals, their facts and what these amount to; indexes wait until afterwards."""
    indexes = connection.execute(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    _state(connection, count)
    for _, table, sql in indexes:
        if table != "deal":
            connection.execute(sql)
    for first in range(1, count + 1, BATCH):
        numbers = range(first, min(first + BATCH, count + 1))
        connection.execute(STORES["deal"], {"ids": dumps([*numbers])})
    for _, table, sql in indexes:
        if table == "deal":
            connection.execute(sql)


def _state(connection: sqlite3.Connection, count: int) -> None:
    connection.execute(
        "INSERT INTO operation (id, entered_at, by_id, command, summary) VALUES (?, ?, 1, ?, ?)",
        (OPERATION, AT, "import deals", f"Imported {count} deals."),
    )
    owners = [n for (n,) in connection.execute("SELECT id FROM member WHERE NOT manager")]
    stages = connection.execute(
        "SELECT s.id, m.id FROM stage s JOIN milestone m ON m.stage_id = s.id"
        " WHERE m.required ORDER BY s.position"
    ).fetchall()
    invented = Invention(owners, stages, Random(1_000))  # noqa: S311  the same deals every time
    for first in range(1, count + 1, BATCH):
        for number in range(first, min(first + BATCH, count + 1)):
            invented.deal(number)
        for table, columns in COLUMNS.items():
            places = ", ".join("?" * (columns.count(",") + 1))
            rows = invented.rows.pop(table, [])
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)


def main() -> None:
    """Fill the file that the command line names."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="what funnelcli init has made")
    parser.add_argument("--deals", type=int, default=1_000_000, metavar="N", help="how many")
    asked = parser.parse_args()
    connection = sqlite3.connect(asked.file, isolation_level=None)
    for pragma in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -200000"):
        connection.execute(f"PRAGMA {pragma}")
    register(connection, ZoneInfo(ZONE), EVERY_DAY)
    connection.execute("BEGIN")
    fill(connection, asked.deals)
    connection.execute("COMMIT")
    connection.close()


if __name__ == "__main__":
    main()
