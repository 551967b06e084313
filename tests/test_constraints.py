"""The file itself refuses what the program's gate would: too long a text, a number out of range.

The limits stand here once more, so that neither side can change them alone.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from conftest import Office
from test_inert import story

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, TEXT, RULES = 200, 10_000, 100_000
LONGEST = {
    "setting": {"value": TEXT},
    "member": {"name": NAME, "login": NAME, "away": TEXT, "career": TEXT},
    "pipeline": {"name": NAME, "title": NAME, "won": NAME, "lost": NAME},
    "stage": {"name": NAME, "title": NAME, "guidance": TEXT},
    "milestone": {"name": NAME, "title": NAME},
    "operation": {"command": NAME},
    "deal": {"ref": NAME},
    "deal_fact": {
        **dict.fromkeys(("name", "customer", "source"), NAME),
        **dict.fromkeys(("competitor", "members", "note"), TEXT),
    },
    "stage_entry": {"text": TEXT},
    "outcome": {"reason": NAME, "competitor": NAME, "note": TEXT},
    "hold": {"reason": TEXT},
    "log": {"text": TEXT, "next_step": NAME, "with_whom": NAME},
    "milestone_event": {"evidence": TEXT, "reason": TEXT},
    "ack": {"reason": TEXT},
    "reply": {"text": TEXT},
    "plan": {"text": TEXT, "with_whom": NAME},
    "plan_end": {"reason": TEXT},
    "contact_fact": {
        **dict.fromkeys(("name", "company", "title"), NAME),
        **dict.fromkeys(("career", "note"), TEXT),
    },
    "tie": {"relation": NAME},
    "target": {"period": NAME},
    "statement": {"period": NAME, "rules": RULES},
    "stalled_run": {"name": NAME},
}
"""The most characters of every text that somebody types."""
OURS = {
    "setting": {"key"},
    "pipeline": {"acceptance", "playbook"},
    "stage": {"phase"},
    "operation": {"summary"},
    "row_change": {"entity", "entity_id", "old", "new"},
    "deal": {
        *("name", "name_key", "customer", "source", "competitor", "members", "status"),
        *("lost_reason", "next_step", "hold_reason", "ack_reason"),
    },
    "outcome": {"outcome"},
    "log": {"kind"},
    "milestone_event": {"state"},
    "lapse": {"fact"},
    "plan": {"kind"},
    "plan_end": {"state"},
    "deal_role": {"role", "stance"},
    "contact": {"name", "name_key", "company", "title", "career", "places_key", "note"},
    "brief_mark": {"questions"},
    "backtest_score": {"scores"},
    "statement": {"lines"},
    "stalled_run": {"scope", "findings"},
}
"""Texts that the program itself writes or derives, and words from a list."""
REFUSED = {
    "setting": [],
    "pipeline": ["acceptance = 'nobody'"],
    "stage": [
        *("probability = -1", "probability = 10001", "max_days = 0", "max_days = -3"),
        *("silence_days = 0", "learned_days = 0", "learned_n = -1", "learned_closed = -1"),
        *("learned_probability = -1", "learned_probability = 10001"),
    ],
    "deal_fact": ["amount = -1", f"amount = {10**14 + 1}", f"amount = {2**63 - 1}"],
    "outcome": ["outcome = 'forgotten'"],
    "hold": ["until = '2000-01-01'"],
    "log": ["claim = -1", "claim = 101", "kind = 'telepathy'"],
    "milestone_event": ["state = 'perhaps'"],
    **{
        f"{table} ": ["retracted_at = 1, retracted_by = NULL", "retracted_by = 1"]
        for table in (
            "deal_fact",
            "stage_entry",
            "outcome",
            "hold",
            "log",
            "milestone_event",
            "ack",
            "reply",
            "plan",
            "plan_end",
            "deal_role",
            "contact_change",
            "contact_fact",
            "tie",
            "target",
            "statement",
        )
    },
    "plan": ["kind = 'telepathy'"],
    "plan_end": ["state = 'forgotten'"],
    "deal_role": ["role = 'boss'", "stance = 'warm'"],
    "contact_change": ["successor_id = contact_id"],
    "member": ["joined_on = '2026-11-01', left_on = '2026-11-01'"],
    "statement": ["period_end = period_start"],
    "target": ["amount = -1", f"amount = {10**14 + 1}", "period_end = period_start"],
}
TAKEN = {
    "stage": [
        *("probability = 0", "probability = 10000", "max_days = 1, silence_days = NULL"),
        "learned_days = 1, learned_probability = 0, learned_n = 0, learned_closed = 0",
        "learned_days = NULL, learned_probability = 10000, learned_n = NULL",
    ],
    "deal_fact": ["amount = 0", f"amount = {10**14}"],
    "log": ["claim = 0", "claim = 100"],
    "hold": ["until = from_on"],
    "target": ["amount = 0", f"amount = {10**14}", "amount = NULL"],
    "member": [
        "joined_on = '2026-11-01', left_on = '2026-11-02'",
        *("joined_on = NULL", "left_on = NULL, joined_on = '2026-11-01'"),
    ],
}
A_STATEMENT = """INSERT INTO statement (effective_at, recorded_at, operation_id, period_start,
  period_end, period, as_of, rules, lines)
  VALUES (0, 0, 1, '2026-10-01', '2027-01-01', '2026Q4', 0,
  'name = "2026"
[[rule]]
name = "赢单"
per = "won"
percent = 0.01', '{"name": "2026", "unit": "money", "lines": []}')"""
A_RUN = "INSERT INTO stalled_run (name, as_of, scope, findings) VALUES ('nightly', 0, '{}', '[]')"


@pytest.fixture
def full(office: Office) -> Iterator[sqlite3.Connection]:
    """A file with a row in every table, opened behind the program's back."""
    story(office, [f"text {n}" for n in range(60)])
    with closing(sqlite3.connect(office.path, isolation_level=None)) as connection:
        connection.execute(A_STATEMENT)
        connection.execute(A_RUN)
        yield connection


def change(connection: sqlite3.Connection, table: str, what: str, *given: object) -> None:
    """Change a table's first row, as somebody with another tool would."""
    done = connection.execute(
        f"UPDATE {table} SET {what} WHERE rowid = (SELECT min(rowid) FROM {table})", given
    )
    assert done.rowcount == 1, table


@pytest.mark.parametrize("sign", ["x", "字", "👩"])
def test_every_text_that_somebody_types_has_a_longest_length_in_the_file(full, sign: str) -> None:
    for table, columns in LONGEST.items():
        for column, most in columns.items():
            change(full, table, f"{column} = ?", sign * most)
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                change(full, table, f"{column} = ?", sign * (most + 1))


def test_numbers_out_of_range_and_unknown_words_are_refused_by_the_file(full) -> None:
    for table, changes in REFUSED.items():
        for what in changes:
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                change(full, table, what)
    for table, changes in TAKEN.items():
        for what in changes:
            change(full, table, what)


def test_every_text_in_the_file_is_limited_or_said_to_be_the_programs_own(full) -> None:
    """Whoever adds a column says here how long it may be."""
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (table,) in full.execute(tables).fetchall():
        texts = {
            name
            for _, name, kind, *_ in full.execute(f"PRAGMA table_info({table})")
            if "CHAR" in kind or "TEXT" in kind
        }
        assert texts == {*LONGEST.get(table, {}), *OURS.get(table, set())}, table


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (["deal", "add", "{}"], NAME),
        (["deal", "edit", "1", "--customer", "{}"], NAME),
        (["deal", "edit", "1", "--source", "{}"], NAME),
        (["deal", "reopen", "3", "--reason", "{}"], TEXT),
        (["log", "1", "{}"], TEXT),
        (["log", "1", "text", "--with", "{}"], NAME),
        (["log", "1", "text", "--next", "{}"], NAME),
        (["milestone", "claim", "1", "m2", "--evidence", "{}"], TEXT),
        (["milestone", "waive", "1", "m2", "--reason", "{}"], TEXT),
        (["deal", "hold", "1", "--until", "+2w", "--reason", "{}"], TEXT),
        (["ack", "1", "--until", "+2w", "--reason", "{}"], TEXT),
        (["team", "add", "{}"], NAME),
        (["team", "edit", "Xiao Li", "--login", "{}"], NAME),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_the_gate_takes_what_the_file_takes_and_no_more(
    office: Office, words: list[str], most: int
) -> None:
    told = story(office, [f"text {n}" for n in range(60)])
    assert (told.deal, told.lost) == (1, 3)
    signs = cycle("x字")
    longest = "".join(next(signs) for _ in range(most))
    refused = office(*(word.format(f"{longest}x") for word in words))
    assert (refused.code, refused.out) == (2, "")
    assert f"{most + 1:,} characters; {most:,} is the most" in refused.err
    office.does(*(word.format(longest) for word in words))
