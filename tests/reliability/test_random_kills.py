"""A stream of writes whose process is killed at a random moment: what was acknowledged is there."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sizes import size
from soundness import assert_sound
from warm import Warm, stream_until_killed

if TYPE_CHECKING:
    from pathlib import Path

STREAMS = size(3, 100)
KILLS = 50
"""Times that each stream is killed, and begun again on the same file."""
LATEST = size(100, 450) / 1000
"""Seconds after the first acknowledged write before which each stream is killed."""


class Known(NamedTuple):
    """All that the writes of a stream leave in the file, each list in the order of entry."""

    logs: tuple[str, ...] = ()
    deals: tuple[str, ...] = ()
    amounts: tuple[int, ...] = ()


def writes(kill: int) -> list[tuple[str, ...]]:
    """Return more commands than are ever done before a kill, each told apart from all others."""
    return [_write(kill, number) for number in range(400)]


def _write(kill: int, number: int) -> tuple[str, ...]:
    mark = kill * 1000 + number
    turn = number % 5
    return (
        ("log", "1", f"call {mark}"),
        ("deal", "add", f"deal {mark}", "--amount", "7"),
        ("deal", "edit", "1", "--amount", str(mark + 1)),
        ("log", "1", f"slip {mark}"),
        ("undo",),
    )[turn]


def after(known: Known, args: tuple[str, ...]) -> Known:
    """Return what is in the file after one more command."""
    if args[0] == "log":
        return known._replace(logs=(*known.logs, args[2]))
    if args[:2] == ("deal", "add"):
        return known._replace(deals=(*known.deals, args[2]))
    if args[:2] == ("deal", "edit"):
        return known._replace(amounts=(*known.amounts, int(args[4])))
    return known._replace(logs=known.logs[:-1])


def found_in(path: Path) -> Known:
    """Return what is in the file."""
    with closing(sqlite3.connect(path)) as connection:

        def column(sql: str) -> tuple:
            return tuple(value for (value,) in connection.execute(sql))

        return Known(
            column("SELECT text FROM log WHERE retracted_at IS NULL ORDER BY id"),
            column("SELECT name FROM deal WHERE id > 1 AND amount = 700 ORDER BY id"),
            column(
                "SELECT amount / 100 FROM deal_fact WHERE deal_id = 1 AND amount IS NOT NULL"
                " AND retracted_at IS NULL ORDER BY id"
            ),
        )


@pytest.mark.parametrize("stream", range(STREAMS))
def test_no_acknowledged_write_is_lost_or_torn_by_a_kill(office, tmp_path, figure, stream):
    office.does("deal", "add", "Ark launch")
    warm = Warm(office.path, tmp_path / "aside")
    moments = random.Random(stream)
    known, acknowledged = Known(), 0
    for kill in range(KILLS):
        commands = writes(kill)
        done = stream_until_killed(warm, commands, moments.uniform(0, LATEST))
        for args in commands[:done]:
            known = after(known, args)
        found = found_in(office.path)
        assert found in (known, after(known, commands[done])), (kill, done)
        assert_sound(office.path)
        known, acknowledged = found, acknowledged + done
    figure("times a stream of writes was killed", KILLS)
    figure("writes acknowledged before a kill, all found whole", acknowledged)
