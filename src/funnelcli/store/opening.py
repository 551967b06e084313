"""Deals that a table tells of, opened many at once: their facts, and what these amount to.

A deal that has nothing but an opening, an arrival and perhaps an ending needs no projection. What
is written here is what the projection would say (tests hold the two together), many times as fast:
the database copies the facts from the rows, which have it all but for what is `special`.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.text import fold
from funnelcli.store.reading.imported import TERMS
from funnelcli.store.terms import Term

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Container, Iterable, Iterator, Sequence

_OPENING = sum(int(term) for term in TERMS.values())
"""What a row of a table states on a deal's opening."""
_TERMS = ", ".join(TERMS)
_NEW = "FROM deal WHERE id BETWEEN :first AND :last"
_PLAIN = " AND id NOT IN (SELECT value FROM json_each(:special))"

DEALS = """INSERT INTO deal (id, ref, name, name_key, customer, owner_id, amount, expected_close,
  source, opened_at, touch_clock_at, touch_counts_from, stage_id, stage_entered_at, stage_clock_at,
  stage_counts_from, status, closed_at, lost_reason, live, archived, moved_back, pushes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?10, ?11, ?12, ?12, ?12, ?13, ?14, ?15,
  ?13 = 'open', 0, 0, 0)"""
FACTS = f"""INSERT INTO deal_fact
  (deal_id, effective_at, recorded_at, operation_id, terms, {_TERMS})
SELECT id, opened_at, coalesce(opened_at, :now), :operation, {_OPENING}, {_TERMS} {_NEW}"""
ENTRIES = f"""INSERT INTO stage_entry (deal_id, effective_at, recorded_at, operation_id, stage_id)
SELECT id, stage_entered_at, coalesce(stage_entered_at, opened_at, :now), :operation, stage_id
{_NEW}"""
OUTCOMES = f"""INSERT INTO outcome
  (deal_id, effective_at, recorded_at, operation_id, outcome, reason)
SELECT id, closed_at, coalesce(closed_at, :now), :operation, status, lost_reason
{_NEW} AND status <> 'open'"""


class Opening(NamedTuple):
    """A deal as its row tells it: instants in UTC seconds, dates as ISO text.

    An amount that was known only at the closing, whose day is known then, is the `closing_amount`.
    """

    ref: str
    name: str
    customer: str | None
    owner_id: int | None
    amount: int | None
    expected_close: str | None
    source: str | None
    opened_at: int | None
    stage_id: int
    entered_at: int | None
    status: str
    closed_at: int | None
    reason: str | None
    closing_amount: int | None

    @property
    def special(self) -> bool:
        """Whether its facts say more than its row of `deal` holds."""
        return self.closing_amount is not None or (self.status == "won" and self.reason is not None)

    @property
    def terms(self) -> tuple[Any, ...]:
        """The terms that it states on its opening, in the order of TERMS."""
        return (*self[1:7], self.opened_at)


class Stamp(NamedTuple):
    """The operation by which facts are stated, and its instant in seconds."""

    operation: int
    now: int


def open_deals(
    connection: sqlite3.Connection,
    openings: Sequence[tuple[int, Opening]],
    stamp: Stamp,
    vacant: Container[int],
) -> None:
    """Write numbered deals and their facts; of those with `vacant` numbers, the facts alone.

    The numbers of the others follow each other, and no deal had them.
    """
    fresh = [_row(*each) for each in openings if each[0] not in vacant]
    special = [each for each in openings if each[1].special or each[0] in vacant]
    if fresh:
        connection.executemany(DEALS, fresh)
        given: dict[str, Any] = {**stamp._asdict(), "first": fresh[0][0], "last": fresh[-1][0]}
        connection.execute(ENTRIES, given)
        but = ""
        if special:
            but, given["special"] = _PLAIN, json.dumps([number for number, _ in special])
        connection.execute(FACTS + but, given)
        connection.execute(OUTCOMES + but, given)
    if special:
        _state(connection, special, stamp, vacant)


def _row(number: int, each: Opening) -> tuple[Any, ...]:
    """Return what the facts amount to, as DEALS takes it."""
    ref, name, customer, owner, amount, expected, source, opened, *rest = each
    stage, entered, status, closed, reason, late = rest
    worth = amount if late is None else late
    about = (number, ref, name, fold(name), customer, owner, worth, expected, source, opened)
    return (*about, stage, entered, status, closed, reason)


def _state(
    connection: sqlite3.Connection,
    special: Sequence[tuple[int, Opening]],
    stamp: Stamp,
    vacant: Container[int],
) -> None:
    facts, entries, endings = [], [], []
    operation, now = stamp
    for number, each in special:
        opened, closed = each.opened_at, each.closed_at
        known = now if opened is None else opened
        facts.append((number, opened, known, operation, _OPENING, *each.terms))
        ended = (number, closed, now if closed is None else closed, operation)
        if each.closing_amount is not None:
            worth = (None, None, None, each.closing_amount, None, None, None)
            facts.append((*ended, int(Term.AMOUNT), *worth))
        if number in vacant:
            since = known if each.entered_at is None else each.entered_at
            entries.append((number, each.entered_at, since, operation, each.stage_id))
        if each.status != "open":
            endings.append((*ended, each.status, each.reason))
    insert_rows(connection, "deal_fact", (*_FACT, "terms", *TERMS), facts)
    insert_rows(connection, "stage_entry", (*_FACT, "stage_id"), entries)
    insert_rows(connection, "outcome", (*_FACT, "outcome", "reason"), endings)


_FACT = ("deal_id", "effective_at", "recorded_at", "operation_id")


def insert_rows(
    connection: sqlite3.Connection,
    table: str,
    columns: Iterable[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Insert rows into a table, their values in the order of the columns."""
    names = tuple(columns)
    places = ", ".join("?" * len(names))
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", rows)


@contextmanager
def indexed_afterwards(connection: sqlite3.Connection) -> Iterator[None]:
    """Have a file without a deal index its first ones when they are all there, which is faster."""
    laid = []
    if connection.execute("SELECT 1 FROM deal LIMIT 1").fetchone() is None:
        laid = connection.execute(
            "SELECT name, sql FROM sqlite_schema"
            " WHERE type = 'index' AND tbl_name = 'deal' AND sql IS NOT NULL"
        ).fetchall()
    for name, _ in laid:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, statement in laid:
        connection.execute(statement)
