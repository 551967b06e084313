"""What facts amount to: the one definition of the state of a deal, and of a contact, in SQL.

Writing commands store its result in `deal` and `contact`; a question about the past runs it on the
facts seen then, under the same column names; the doctor compares the two.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import fold
from funnelcli.domain.time import (
    EVERY_DAY,
    clock_start,
    day_at,
    days_stayed,
    instant,
    local_day,
    pauses,
    seconds,
)
from funnelcli.store.script import name_key, places_key
from funnelcli.store.terms import Term, Trait

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from funnelcli.domain.time import Calendar, Pause

FACT_TABLES = (
    *("deal_fact", "stage_entry", "outcome", "hold", "log", "milestone_event", "ack"),
    *("reply", "plan", "plan_end", "deal_role", "contact_change", "contact_fact", "tie", "target"),
    "statement",
)

SEEN_NOW = "retracted_at IS NULL"
SEEN_AT = """recorded_at <= :seen_at AND (retracted_at IS NULL OR retracted_at > :seen_at)
  AND id NOT IN (SELECT fact_id FROM main.lapse
    WHERE fact = '{table}' AND until_at > :seen_at AND from_at <= :seen_at)"""
SEEN_IN_HINDSIGHT = "retracted_at IS NULL AND coalesce(effective_at, recorded_at) <= :seen_at"


def facts_seen(seen: str) -> str:
    """Return common table expressions that show only the facts for which `seen` holds."""
    return ", ".join(
        f"{table} AS NOT MATERIALIZED (SELECT * FROM main.{table} WHERE {seen.format(table=table)})"
        for table in FACT_TABLES
    )


def _term(column: str, bit: Term) -> str:
    return (
        f"(SELECT f.{column} FROM deal_fact f WHERE f.deal_id = d.id AND f.terms & {bit:d}"
        f" ORDER BY f.effective_at DESC, f.id DESC LIMIT 1)"
    )


def _trait(column: str, bit: Trait) -> str:
    return (
        f"(SELECT f.{column} FROM contact_fact f WHERE f.contact_id = c.id AND f.terms & {bit:d}"
        f" ORDER BY f.effective_at DESC, f.id DESC LIMIT 1)"
    )


def _latest(table: str, condition: str = "TRUE") -> str:
    return (
        f"(SELECT x.id FROM {table} x WHERE x.deal_id = d.id AND {condition}"
        " ORDER BY x.effective_at DESC, x.id DESC LIMIT 1)"
    )


PAUSES = """(SELECT json_group_array(json(pause)) FROM (
  SELECT json_array('held', h.from_on, h.until) AS pause FROM hold h WHERE h.deal_id = d.id
  ORDER BY h.effective_at, h.id))"""
CLOSINGS = """(SELECT json_group_array(json(closing)) FROM (
  SELECT json_array(o.outcome, o.effective_at) AS closing FROM outcome o WHERE o.deal_id = d.id
  ORDER BY o.effective_at, o.id))"""

_STEP = "n.id IS NOT NULL AND NOT n.done"
_PLANNED = f"""pl.id IS NOT NULL AND NOT (
  {_STEP} AND coalesce(n.next_step_due < pl.planned_on, 0))"""
"""The next step is what is planned soonest, said in a log or as a plan of its own."""
_PLAN = """(SELECT x.id FROM plan x WHERE x.deal_id = d.id
  AND NOT EXISTS (SELECT 1 FROM plan_end y WHERE y.plan_id = x.id)
  ORDER BY x.planned_on, x.id LIMIT 1)"""
SUPERSEDED = """EXISTS (SELECT 1 FROM contact_change y WHERE y.deal_id = x.deal_id
    AND (y.effective_at, y.id) > (x.effective_at, x.id)
    AND y.contact_id IN (x.contact_id, x.successor_id))"""
"""Whether change `x` of a contact was corrected, or the successor was followed in turn."""
MET_SINCE = """EXISTS (SELECT 1 FROM log t WHERE t.deal_id = x.deal_id AND t.touch = 1
    AND t.with_id = x.successor_id AND t.effective_at >= x.effective_at)"""
"""Whether somebody has had a touch with the successor of change `x`."""
_UNMET = f"""(SELECT x.id FROM contact_change x WHERE x.deal_id = d.id
  AND NOT {SUPERSEDED} AND NOT {MET_SINCE}
  ORDER BY x.effective_at DESC, x.id DESC LIMIT 1)"""
"""The last change of a contact that nobody has answered by a touch with the successor."""
_BEFORE = """(SELECT coalesce(r.position, s.position) FROM stage_entry x
  JOIN stage s ON s.id = x.stage_id LEFT JOIN stage r ON r.id = s.replaced_by
  WHERE x.deal_id = d.id AND (x.effective_at, x.id) < (e.effective_at, e.id)
  ORDER BY x.effective_at DESC, x.id DESC LIMIT 1)"""
"""Where the deal was before it came where it is."""

_COLUMNS = {
    "id": "d.id",
    "ref": "d.ref",
    "name": _term("name", Term.NAME),
    "name_key": f"folded({_term('name', Term.NAME)})",
    "customer": _term("customer", Term.CUSTOMER),
    "owner_id": _term("owner_id", Term.OWNER),
    "amount": _term("amount", Term.AMOUNT),
    "expected_close": _term("expected_close", Term.EXPECTED_CLOSE),
    "source": _term("source", Term.SOURCE),
    "competitor": _term("competitor", Term.COMPETITOR),
    "members": _term("members", Term.MEMBERS),
    "opened_at": _term("opened_at", Term.OPENED),
    "archived": f"coalesce({_term('archived', Term.ARCHIVED)}, 0)",
    "stage_id": "coalesce(g.replaced_by, e.stage_id)",
    "stage_entered_at": "e.effective_at",
    "moved_back": f"coalesce(g.position < {_BEFORE}, 0)",
    "status": """CASE WHEN e.id IS NULL THEN NULL WHEN o.outcome IN ('won', 'lost') THEN o.outcome
      ELSE 'open' END""",
    "closed_at": "CASE WHEN o.outcome IN ('won', 'lost') THEN o.effective_at END",
    "lost_reason": "CASE WHEN o.outcome = 'lost' THEN o.reason END",
    "last_touch_at": """(SELECT max(t.effective_at) FROM log t
      WHERE t.deal_id = d.id AND t.touch = 1)""",
    "next_step": f"CASE WHEN {_PLANNED} THEN pl.text WHEN {_STEP} THEN n.next_step END",
    "next_step_due": f"""CASE WHEN {_PLANNED} THEN pl.planned_on
      WHEN {_STEP} THEN n.next_step_due END""",
    "held_until": "CASE WHEN h.until > h.from_on THEN h.until END",
    "hold_reason": "CASE WHEN h.until > h.from_on THEN h.reason END",
    "ack_until": "a.until",
    "ack_reason": "a.reason",
    "pushes": f"""(SELECT count(*) FROM (
      SELECT f.expected_close, lag(f.expected_close) OVER (ORDER BY f.effective_at, f.id) AS was
      FROM deal_fact f WHERE f.deal_id = d.id AND f.terms & {Term.EXPECTED_CLOSE:d}
    ) WHERE expected_close > was)""",
    "claim": "c.claim",
    "claim_at": "c.effective_at",
    "claim_by": "c.by_id",
    "contact_changed_at": "k.effective_at",
    "changed_contact_id": "k.contact_id",
    "successor_id": "k.successor_id",
    "holds": f"CASE WHEN h.id IS NOT NULL THEN {PAUSES} END",
    "closings": f"CASE WHEN o.id IS NOT NULL THEN {CLOSINGS} END",
}
"""What a deal's seen facts amount to, each by itself; `holds` and `closings` are JSON lists."""
_JOINS = {
    "e": f"LEFT JOIN stage_entry e ON e.id = {_latest('stage_entry')}",
    "g": "LEFT JOIN stage g ON g.id = e.stage_id",
    "o": f"LEFT JOIN outcome o ON o.id = {_latest('outcome')}",
    "h": f"LEFT JOIN hold h ON h.id = {_latest('hold')}",
    "a": f"LEFT JOIN ack a ON a.id = {_latest('ack')}",
    "c": f"LEFT JOIN log c ON c.id = {_latest('log', 'x.claim IS NOT NULL')}",
    "pl": f"LEFT JOIN plan pl ON pl.id = {_PLAN}",
    "k": f"LEFT JOIN contact_change k ON k.id = {_UNMET}",
    "n": f"""LEFT JOIN (
    SELECT s.id, s.next_step, s.next_step_due, EXISTS (
      SELECT 1 FROM log t WHERE t.deal_id = s.deal_id AND t.touch = 1
      AND (t.effective_at, t.id) > (s.effective_at, s.id)
      AND t.happened_on >= coalesce(s.next_step_due, t.happened_on)) AS done
    FROM log s
  ) n ON n.id = {_latest("log", "x.next_step IS NOT NULL")}""",
}
"""The facts that columns are taken from, by the name under which a column names them."""
_TOUCHED = "coalesce(p.last_touch_at, p.opened_at)"


def _clock(function: str, since: str) -> str:
    """Return since when a clock counts; of most deals it never stood still."""
    paused = f"{function}({since}, p.holds, p.closings)"
    return f"CASE WHEN p.holds IS NULL AND p.closings IS NULL THEN {since} ELSE {paused} END"


_COMBINED = {
    "stage_clock_at": _clock("paused_clock", "p.stage_entered_at"),
    "touch_clock_at": _clock("paused_clock", _TOUCHED),
    "stage_counts_from": _clock("counted_clock", "p.stage_entered_at"),
    "touch_counts_from": _clock("counted_clock", _TOUCHED),
    "live": "coalesce(p.status = 'open' AND NOT p.archived, 0)",
}
"""What follows from several columns."""


def _statement(
    columns: Mapping[str, str], joins: Iterable[str], combined: Mapping[str, str]
) -> str:
    inner = ", ".join(f"{text} AS {column}" for column, text in columns.items())
    outer = "".join(f", {text} AS {column}" for column, text in combined.items())
    return f"SELECT p.*{outer} FROM (SELECT {inner} FROM main.deal d {' '.join(joins)}) p"


PROJECTION = _statement(_COLUMNS, _JOINS.values(), _COMBINED)
"""A deal's number and source id, and all that its seen facts amount to; no status if none is."""


def projection(wanted: Collection[str]) -> str:
    """Return the projection for these columns alone, reading no facts but theirs.

    SQLite leaves out a column that nobody names, but not the search for the fact that it is in.
    """
    combined = {column: text for column, text in _COMBINED.items() if column in wanted}
    under = {*wanted, *re.findall(r"\bp\.(\w+)", " ".join(combined.values()))}
    columns = {column: text for column, text in _COLUMNS.items() if column in under}
    named, joins = " ".join(columns.values()), list[str]()
    for alias, join in reversed(_JOINS.items()):
        if re.search(rf"\b{alias}\.", named):
            joins.insert(0, join)
            named += join
    return _statement(columns, joins, combined)


DERIVED = (
    *("name", "name_key", "customer", "owner_id", "amount", "expected_close", "source"),
    *("competitor", "members", "archived", "opened_at", "stage_id", "stage_entered_at"),
    *(
        "stage_clock_at",
        "stage_counts_from",
        "moved_back",
        "status",
        "closed_at",
        "lost_reason",
        "live",
    ),
    *(
        "last_touch_at",
        "touch_clock_at",
        "touch_counts_from",
        "next_step",
        "next_step_due",
        "held_until",
    ),
    *("hold_reason", "ack_until", "ack_reason", "pushes", "claim", "claim_at", "claim_by"),
    *("contact_changed_at", "changed_contact_id", "successor_id"),
)
"""The columns of `deal` that the projection fills."""

PEOPLE = f"""
SELECT p.*, name_key(p.name) AS name_key, places_key(p.company, p.career) AS places_key
FROM (
  SELECT c.id, {_trait("name", Trait.NAME)} AS name,
    {_trait("company", Trait.COMPANY)} AS company, {_trait("title", Trait.TITLE)} AS title,
    {_trait("career", Trait.CAREER)} AS career, {_trait("note", Trait.NOTE)} AS note
  FROM main.contact c
) p
"""
"""A contact's number, and all that their seen facts amount to; no name if none is."""

TRAITS = ("name", "name_key", "company", "title", "career", "places_key", "note")
"""The columns of `contact` that their projection fills."""


def _store(table: str, columns: tuple[str, ...], projection: str) -> str:
    return f"""
WITH {facts_seen(SEEN_NOW)}
UPDATE {table} SET {", ".join(f"{column} = p.{column}" for column in columns)}
FROM ({projection} WHERE p.id IN (SELECT value FROM json_each(:ids))) p WHERE p.id = {table}.id
"""


STORES = {
    "deal": _store("deal", DERIVED, PROJECTION),
    "contact": _store("contact", TRAITS, PEOPLE),
}
"""Writes what facts amount to into the rows `:ids`, a JSON list of numbers."""


@cache
def past(seen: str, sql: str) -> str:
    """Return the common table expressions under which the question `sql` sees the file as it was.

    A deal has those columns that the question names.
    """
    columns = {"id", "ref", "status", *DERIVED} & {"id", "status", *re.findall(r"\w+", sql)}
    deals = f"SELECT * FROM ({projection(columns)}) WHERE status IS NOT NULL"
    return (
        f"{facts_seen(seen)}, deal AS NOT MATERIALIZED ({deals}), "
        f"contact AS (SELECT * FROM ({PEOPLE}) WHERE name IS NOT NULL)"
    )


def register(connection: sqlite3.Connection, zone: ZoneInfo, calendar: Calendar) -> None:
    """Give `connection` the functions that the projection calls.

    `paused_clock` takes the days on which a clock stood still off as days, `counted_clock` as the
    calendar counts them, which is how limits are measured; `days_stayed` counts the calendar's days
    from one instant to another on which it ran.
    """

    def clock(days: Calendar) -> Callable[[int | None, str | None, str | None], int | None]:
        def started(at: int | None, holds: str | None, closings: str | None) -> int | None:
            if at is None or (holds is None and closings is None):
                return at
            stops = stopped(holds, closings, zone)
            return seconds(clock_start(instant(at), stops, zone, days))

        return started

    def stayed(
        begun: int | None, left: int | None, holds: str | None, closings: str | None
    ) -> int | None:
        if begun is None or left is None:
            return None
        stops = stopped(holds, closings, zone)
        return days_stayed(day_at(begun, zone), day_at(left, zone), stops, calendar)

    connection.create_function("days_stayed", 4, stayed, deterministic=True)
    connection.create_function("paused_clock", 3, clock(EVERY_DAY), deterministic=True)
    connection.create_function("counted_clock", 3, clock(calendar), deterministic=True)
    connection.create_function(
        "folded", 1, lambda name: None if name is None else fold(name), deterministic=True
    )
    connection.create_function(
        "day_of", 1, lambda at: at and day_at(at, zone).isoformat(), deterministic=True
    )
    connection.create_function("name_key", 1, name_key, deterministic=True)
    connection.create_function("places_key", 2, places_key, deterministic=True)


def stopped(holds: str | None, closings: str | None, zone: ZoneInfo) -> list[Pause]:
    """Return the days on which a deal's clocks stood still: on hold, or closed and reopened."""
    held = ((date.fromisoformat(a), date.fromisoformat(b)) for _, a, b in _list(holds))
    return [*pauses(held), *pauses(_closed(_list(closings), zone))]


def _list(text: str | None) -> list[Any]:
    return [] if text is None else json.loads(text)


def _closed(outcomes: list[tuple[str, int | None]], zone: ZoneInfo) -> list[tuple[date, date]]:
    """Return the days from each closing to the reopening that followed it."""
    found, closed_on = [], None
    for outcome, at in outcomes:
        day = None if at is None else local_day(instant(at), zone)
        if outcome == "reopened" and closed_on is not None and day is not None:
            found.append((closed_on, day))
        closed_on = None if outcome == "reopened" else closed_on or day
    return found
