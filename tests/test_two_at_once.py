"""Two people at one deal: both changes stand, or the second is told what the first one did.

Here the race is staged: the second command believes that it began before the first one's change.
The real races are in reliability/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funnelcli.store.file import NOBODY
from funnelcli.store.reading.collision import newest_operation

if TYPE_CHECKING:
    from conftest import Office, Ran

LI = ("--as", "Xiao Li")
WANG = ("--as", "Wang Fang")


@pytest.fixture
def both(office: Office) -> Office:
    """An office with two deals, the first of them with a claimed milestone."""
    for name in ("Ark", "Boat"):
        office.does("deal", "add", name, "--amount", "100")
    office.does("milestone", "claim", "Ark", "need-confirmed", "--evidence", "mail")
    return office


def at_once(
    office: Office, patch: pytest.MonkeyPatch, first: str, second: str, *more: str
) -> tuple[Ran, Ran]:
    """Run two commands of which the second began before the first had changed anything."""
    began = newest_operation(office.path, NOBODY)
    assert began
    one = office(*first.split())
    with patch.context() as staged:
        staged.setattr("funnelcli.store.reading.collision.newest_operation", lambda *_: began)
        other = office(*second.split(), *more)
    return one, other


A, B = "--until 2026-12-01 --reason a", "--until 2026-12-02 --reason b"
COLLIDING = {
    ("deal edit Ark --amount 12k", "deal edit Ark --amount 13k"): ("amount", "13,000", "12,000"),
    ("deal edit Ark --close 2026-12-01", "deal edit Ark --close 2026-12-02"): (
        *("expected close", "2026-12-02", "2026-12-01"),
    ),
    ("deal edit 1 --owner Li", "deal edit 1 --owner Wang"): ("owner", "Wang Fang", "Xiao Li"),
    ("deal edit 1 --name Arc", "deal edit 1 --name Arche"): ("name", "Arche", "Arc"),
    ("deal edit 1 --member Li", "deal edit 1 --member Wang"): ("members", "Wang Fang", "Xiao Li"),
    ("deal advance Ark --done x", "deal advance Ark --force --reason y"): (
        *("stage", "Proposal drafted", "Shortlisted"),
    ),
    (f"deal hold Ark {A}", f"deal hold Ark {B}"): ("held until", "2026-12-02", "2026-12-01"),
    (f"ack Ark {A}", f"ack Ark {B}"): ("acknowledged until", "2026-12-02", "2026-12-01"),
    ("milestone accept Ark need-confirmed", "milestone reject Ark need-confirmed --reason no"): (
        *("milestone need-confirmed", "rejected", "accepted"),
    ),
    ("config set week mon,tue", "config set week wed,thu"): ("setting week", "wed,thu", "mon,tue"),
    ("team edit Wang --login a", "team edit Wang --login b"): ("member Wang Fang login", "b", "a"),
    ("target set Li 2026Q4 300", "target set Xiao 2026-10..2026-12 400"): (
        *("target of Xiao Li for 2026Q4", "400", "300"),
    ),
    ("target set team 2026 3m", "target set team 2026 4m"): (
        *("target of the team for 2026", "4,000,000", "3,000,000"),
    ),
}


@pytest.mark.parametrize("commands", COLLIDING, ids=" | ".join)
def test_the_second_of_two_is_refused_and_told_both_values(
    both: Office, monkeypatch: pytest.MonkeyPatch, commands: tuple[str, str]
) -> None:
    thing, ours, theirs = COLLIDING[commands]
    one, other = at_once(both, monkeypatch, *commands)
    assert one.code == 0, one
    assert (other.code, other.out) == (4, "")
    assert f"While you were setting the {thing}" in other.err
    assert f" to {ours}, Jiang Yue set it to {theirs}; nothing of yours was written" in other.err
    assert both.asks("history")["rows"][-1]["summary"] == one.out.strip()
    both.does(*commands[1].split())


def test_a_deal_that_was_won_meanwhile_is_not_lost(
    both: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    won, lost = "deal win Boat --force --reason y", "deal lose Boat --reason price"
    _, other = at_once(both, monkeypatch, won, lost)
    assert (other.code, both.deal("Boat")["status"]) == (4, "won")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("deal edit Ark --amount 120", "deal edit Ark --close 2026-12-01"),
        ("deal edit Ark --amount 120", "deal edit Boat --amount 130"),
        ("deal edit Ark --amount 120", "log Ark called --claim 20"),
        ("log Ark called --claim 10", "log Ark again --claim 20"),
        ("deal advance Ark --done x", "deal edit Ark --amount 130"),
        ("deal advance Ark --done x", "milestone claim Ark on-the-list --evidence y"),
        ("deal add Cake", "deal add Cake"),
        ("team add Zhao", "team add Bing"),
        ("team edit Wang --login a", "team edit Wang --away 2026-12-01..2026-12-02"),
        ("config set week mon,tue", "config set days working"),
        ("deal archive Boat", "deal archive Ark"),
        ("target set Li 2026Q4 300", "target set Wang 2026Q4 300"),
        ("target set Li 2026Q4 300", "target set Li 2026-10 300"),
        ("target set Li 2026Q4 300", "target set team 2026Q4 300"),
    ],
)
def test_changes_of_different_things_both_stand(
    both: Office, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    one, other = at_once(both, monkeypatch, first, second)
    assert (one.code, other.code) == (0, 0), (one, other)
    told = [row["summary"] for row in both.asks("history")["rows"]]
    assert told[-2:] == [one.out.strip(), other.out.strip()]


def test_what_was_undone_meanwhile_is_a_change_too(
    both: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.does("deal", "edit", "Ark", "--amount", "120")
    _, other = at_once(both, monkeypatch, "undo", "deal edit Ark --amount 130", *LI)
    assert other.code == 4
    assert both.deal("Ark")["amount"] == 100
    _, other = at_once(both, monkeypatch, "redo", "deal edit Ark --amount 130", *LI)
    assert other.code == 4
    assert both.deal("Ark")["amount"] == 120


@pytest.mark.parametrize(
    "line",
    [
        "deal edit Ark --amount 120",
        "deal edit Ark --stage quoted",
        "config set days working",
        "team edit Wang --login wang",
        "team add Zhao",
        "deal lose Ark --reason price",
        "target set Li 2026Q4 300",
        "target set team 2026Q4 300",
    ],
)
def test_undo_and_redo_do_not_collide_with_what_is_done_elsewhere_meanwhile(
    both: Office, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    both.does(*line.split())
    for command in ("undo", "redo"):
        one, other = at_once(both, monkeypatch, "log Boat called --as li", command)
        assert (one.code, other.code) == (0, 0), other


def test_the_next_command_knows_what_was_changed_and_may_change_it(both: Office) -> None:
    both.does("deal", "edit", "Ark", "--amount", "120", *LI)
    said = both.does("deal", "edit", "Ark", "--amount", "130", *WANG)
    assert "amount 130 (was 120)" in said


def test_a_new_value_is_told_with_the_old_one(both: Office) -> None:
    said = both.does(
        *("deal", "edit", "Ark", "--amount", "130", "--owner", "Li", "--close", "2026-12-01"),
        *("--customer", "Noah", "--member", "Wang"),
    )
    assert "owner Xiao Li (was Jiang Yue)" in said
    assert "amount 130 (was 100)" in said
    assert "expected close 2026-12-01" in said
    assert "customer Noah" in said
    assert said.count("was") == 2
    again = both.does("deal", "edit", "Ark", "--amount", "130", "--member", "Li")
    assert "amount 130, members Xiao Li (was Wang Fang)" in again


def test_a_new_day_or_login_is_told_with_the_old_one(both: Office) -> None:
    for words, old, new in (
        ("deal hold Ark --reason so --until", "2026-12-01", "2026-12-08"),
        ("ack Boat --reason so --until", "2026-12-01", "2026-12-08"),
        ("team edit Wang --login", "wang", "fang"),
    ):
        assert "was" not in both.does(*words.split(), old)
        assert "was" not in both.does(*words.split(), old)
        assert f"{new} (was {old})" in both.does(*words.split(), new)


def test_an_older_word_says_that_a_later_one_outweighs_it(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--amount", "100")
    office.on("2026-11-20").does("deal", "edit", "Ark", "--amount", "120")
    said = office.on("2026-11-23").does(
        "deal", "edit", "Ark", "--amount", "110", "--on", "2026-11-10"
    )
    assert "amount 110 (since then 120)" in said
    assert office.deal("Ark")["amount"] == 120
