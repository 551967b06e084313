"""Two people who change one thing at the same time: both are heard, or the second is told."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sizes import size
from soundness import assert_sound, assert_told
from warm import Warm

if TYPE_CHECKING:
    from conftest import Office
    from warm import Ended

PAIRS = size(100, 1000) // 2
LATEST = 0.05
"""Seconds within which the second of two begins."""
MANAGER, REP = ("--as", "Jiang Yue"), ("--as", "Xiao Li")
OPEN_AGAIN = ("deal", "back", "1", "--to", "opportunity", "--reason", "anew")
CLAIM = ("milestone", "claim", "1", "need-confirmed", "--evidence", "mail")


class Pair(NamedTuple):
    """Two commands about one thing, what each wants there to be, and what is done before."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    wants: tuple[str, str] | None = None
    before: tuple[str, ...] = ()


def pair(turn: int) -> Pair:
    """Return what two people do; each kind comes up in turn, with values of its own."""
    day = turn % 28 + 1
    return (
        Pair(
            ("deal", "edit", "1", "--amount", str(1000 + turn), *MANAGER),
            ("deal", "edit", "1", "--amount", str(500_000 + turn), *REP),
            (str(1000 + turn), str(500_000 + turn)),
        ),
        Pair(
            ("deal", "edit", "1", "--source", f"fair {turn}", *MANAGER),
            ("deal", "edit", "1", "--source", f"friend {turn}", *REP),
            (f"fair {turn}", f"friend {turn}"),
        ),
        Pair(
            ("team", "edit", "Wang Fang", "--login", f"wang{turn}", *MANAGER),
            ("team", "edit", "Wang Fang", "--login", f"fang{turn}", *REP),
            (f"wang{turn}", f"fang{turn}"),
        ),
        Pair(
            ("config", "set", "holidays", f"2027-01-{day:02}", *MANAGER),
            ("config", "set", "holidays", f"2027-02-{day:02}", *REP),
            (f"2027-01-{day:02}", f"2027-02-{day:02}"),
        ),
        Pair(
            ("deal", "advance", "1", "--force", "--reason", "so", *MANAGER),
            ("deal", "advance", "1", "--force", "--reason", "why not", *MANAGER),
            before=OPEN_AGAIN,
        ),
        Pair(
            ("milestone", "accept", "1", "need-confirmed", *MANAGER),
            ("milestone", "reject", "1", "need-confirmed", "--reason", "old", *MANAGER),
            before=CLAIM,
        ),
    )[turn % 6]


def newest(office: Office, since: int) -> list[dict]:
    """Return what was entered after an operation, oldest first."""
    rows = office.asks("history")["rows"]
    return sorted((row for row in rows if row["operation"] > since), key=lambda r: r["operation"])


def prepare(office: Office, turn: int) -> tuple[Pair, int]:
    """Return what two people will do, and the number of the last operation before."""
    found = pair(turn)
    if found.before:
        ran = office(*found.before)
        assert ran.code in (0, 4), ran  # 4: it is there already
    return found, max(row["operation"] for row in office.asks("history")["rows"])


@pytest.fixture
def contested(office: Office) -> Office:
    """An office with a deal that two people work on."""
    office.does("deal", "add", "Ark launch", "--owner", "Xiao Li", "--amount", "7")
    return office


@pytest.mark.skipif(
    not Path("/proc/self/wchan").exists(), reason="the system does not tell who waits"
)
def test_of_two_who_began_before_either_was_done_one_is_told_what_the_other_did(
    contested, tmp_path, figure
):
    warm = Warm(contested.path, tmp_path / "aside")
    for turn in range(PAIRS):
        both, since = prepare(contested, turn)
        with closing(sqlite3.connect(contested.path, isolation_level=None)) as busy:
            busy.execute("BEGIN IMMEDIATE")
            children = [warm.held(*args) for args in both[:2]]
            for child in children:
                child.go()
            for child in children:
                child.wait_until_it_waits()
            busy.execute("COMMIT")
        ended = [child.end() for child in children]
        assert sorted(each.code for each in ended) == [0, 4], (both, ended)
        assert_told_of_the_other(both, ended)
        (entered,) = newest(contested, since)
        winner = both[[each.code for each in ended].index(0)]
        assert entered["command"] == " ".join(winner[:2])
    assert_sound(contested.path)
    figure("pairs of commands about one thing, begun before either was done", PAIRS)


def assert_told_of_the_other(both: Pair, ended: list[Ended]) -> None:
    """Make sure that who came second was told both values in one sentence."""
    (refused,) = (each for each in ended if each.code == 4)
    assert_told(refused)
    for value in both.wants or ():
        assert value in refused.err.replace(",", ""), (both, refused)


def test_of_two_who_come_shortly_after_one_another_nobody_is_overwritten_in_silence(
    contested, tmp_path, figure
):
    warm = Warm(contested.path, tmp_path / "aside")
    moments = random.Random(5)
    for turn in range(PAIRS):
        both, since = prepare(contested, turn)
        ended = warm.together(*both[:2], after=moments.uniform(0, LATEST))
        codes = [each.code for each in ended]
        assert sorted(codes) in ([0, 0], [0, 4]), (both, ended)
        entered = newest(contested, since)
        assert len(entered) == codes.count(0), (both, entered)
        if 4 in codes:
            assert_told(ended[codes.index(4)])
        elif both.wants:
            was, now = entered[0]["changes"][0], entered[1]["changes"][0]
            assert now["from"] == was["to"], (both, entered)
            assert {str(was["to"]), str(now["to"])} == set(both.wants)
    assert_sound(contested.path)
    figure("pairs of commands about one thing, shortly after one another", PAIRS)
