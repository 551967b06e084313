"""Planned work and actual work are two things: a plan is done, which makes a log, or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

if TYPE_CHECKING:
    from conftest import Office

LI = ("--as", "Xiao Li")
KEYS = ["plan", "deal_id", "deal", "owner", "on", "kind", "with", "text", "state", "done_at"]


@pytest.fixture
def ark(office: Office) -> Office:
    """An office with the deal Ark and a meeting planned for Wednesday."""
    office.on("2026-11-20").does("deal", "add", "Ark", "--owner", "Li", "--amount", "100")
    office.on("2026-11-23")
    office.does("contact", "add", "Liu Wei 刘伟", "--company", "Ark Co", "--deal", "Ark")
    office.does(
        *("plan", "add", "Ark", "show the concept", "--on", "2026-11-25"),
        *("--kind", "meeting", "--with", "刘伟"),
    )
    return office


def plans(office: Office, state: str = "all", *more: str) -> list[dict]:
    return office.asks("plan", "list", "--state", state, *more)["rows"]


def test_a_plan_says_what_shall_happen_by_whom_and_when(ark: Office) -> None:
    (row,) = plans(ark, "open")
    assert [key for key in row if key in KEYS] == KEYS
    assert {key: row[key] for key in KEYS} == {
        "plan": 1,
        "deal_id": 1,
        "deal": "Ark",
        "owner": "Xiao Li",
        "on": "2026-11-25",
        "kind": "meeting",
        "with": "Liu Wei 刘伟",
        "text": "show the concept",
        "state": "open",
        "done_at": None,
    }


def test_plan_done_turns_it_into_a_log_of_its_kind_with_its_contact(ark: Office) -> None:
    ark.on("2026-11-25")
    said = ark.does("plan", "done", "1", "they like it", "--claim", "60", *LI)
    assert said == "Plan 1 is done. Log 1 on 1 Ark: claim 60 %, evidence 10 %.\n"
    (row,) = plans(ark)
    assert (row["state"], row["done_at"], row["log"]) == ("done", "2026-11-25T01:00:00Z", 1)
    (log,) = [r for r in ark.asks("timeline", "Ark")["rows"] if r["kind"] == "meeting"]
    assert log["text"] == "they like it; with Liu Wei 刘伟; claims 60 %"
    assert ark.deal("Ark")["last_touch_at"] == "2026-11-25T01:00:00Z"


def test_without_a_text_what_was_planned_is_what_happened(ark: Office) -> None:
    ark.on("2026-11-25").does("plan", "done", "1")
    (log,) = [r for r in ark.asks("timeline", "Ark")["rows"] if r["kind"] == "meeting"]
    assert log["text"].startswith("show the concept")


def test_plan_drop_cancels_it_for_a_reason_and_makes_no_log(ark: Office) -> None:
    ark.does("plan", "drop", "1", "--reason", "they are moving")
    (row,) = plans(ark)
    assert (row["state"], row["reason"], row["log"]) == ("dropped", "they are moving", None)
    assert ark.deal("Ark")["last_touch_at"] is None


@pytest.mark.parametrize("end", [("done", "1"), ("drop", "1", "--reason", "so")])
def test_what_has_ended_cannot_end_again(ark: Office, end: tuple[str, ...]) -> None:
    ark.does("plan", "drop", "1", "--reason", "so")
    ran = ark("plan", *end)
    assert (ran.code, ran.out) == (4, "")
    assert "dropped already" in ran.err


@pytest.mark.parametrize("word", ["7", "Ark", "0"])
def test_no_such_plan_is_said_with_where_plans_are(ark: Office, word: str) -> None:
    ran = ark("plan", "done", word)
    assert (ran.code, ran.out) == (3, "")
    assert "funnelcli plan list" in ran.err


def test_nothing_is_planned_for_a_day_that_has_passed(ark: Office) -> None:
    ran = ark("plan", "add", "Ark", "visit", "--on", "2026-11-22")
    assert (ran.code, ran.out) == (2, "")
    assert "funnelcli log" in ran.err


def test_nothing_is_planned_on_a_closed_deal_but_an_old_plan_can_be_dropped(ark: Office) -> None:
    ark.does("deal", "lose", "Ark", "--reason", "price")
    assert ark("plan", "add", "Ark", "visit", "--on", "2026-11-25").code == 4
    ark.does("plan", "drop", "1", "--reason", "lost")


def test_the_plans_of_a_closed_deal_wait_for_nobody_until_it_is_reopened(ark: Office) -> None:
    ark.does("deal", "lose", "Ark", "--reason", "price")
    ark.on("2026-11-30")
    assert [plan["state"] for plan in plans(ark)] == ["closed"]
    assert plans(ark, "open") == plans(ark, "overdue") == []
    assert "show the concept" not in ark.does("brief") + ark.does("report")
    assert [plan["plan"] for plan in plans(ark, "closed")] == [1]
    ark.does("deal", "reopen", "Ark", "--reason", "they called")
    assert [plan["state"] for plan in plans(ark, "overdue")] == ["open"]
    ark.does("deal", "archive", "Ark")
    ark.does("plan", "done", "1", "shown after all")
    assert [plan["state"] for plan in plans(ark)] == ["done"]


def test_a_plan_is_the_deals_next_step_until_it_ends(ark: Office) -> None:
    deal = ark.deal("Ark")
    assert (deal["next_step"], deal["next_step_due"]) == ("show the concept", "2026-11-25")
    assert "overdue" in ark.on("2026-11-26").codes("Ark")
    ark.does("plan", "done", "1", "--on", "2026-11-25")
    assert ark.codes("Ark") == ["no-next-step"]


def test_the_sooner_of_a_plan_and_a_logged_step_is_the_next_one(ark: Office) -> None:
    ark.does("log", "Ark", "called", "--next", "send prices", "--due", "2026-11-24")
    assert ark.deal("Ark")["next_step"] == "send prices"
    ark.on("2026-11-24").does("log", "Ark", "sent", "--kind", "call")
    assert ark.deal("Ark")["next_step"] == "show the concept"


def test_overdue_plans_are_the_open_ones_whose_day_has_passed(ark: Office) -> None:
    assert plans(ark, "overdue") == []
    ark.on("2026-11-26")
    assert [row["plan"] for row in plans(ark, "overdue")] == [1]
    ark.does("plan", "done", "1")
    assert plans(ark, "overdue") == []


def test_the_timeline_tells_of_a_plan_and_of_how_it_ended(ark: Office) -> None:
    ark.does("plan", "add", "Ark", "visit", "--on", "2026-11-24")
    ark.does("plan", "done", "1", "they like it")
    ark.does("plan", "drop", "2", "--reason", "they are moving")
    rows = ark.asks("timeline", "Ark")["rows"]
    assert [(r["kind"], r["text"], r["to"]) for r in rows if r["kind"].startswith("plan")] == [
        ("plan", "1: show the concept", "2026-11-25"),
        ("plan", "2: visit", "2026-11-24"),
        ("plan done", "1: show the concept", None),
        ("plan dropped", "2: they are moving", None),
    ]


def test_filters_and_the_past(ark: Office) -> None:
    ark.does("deal", "add", "Boat", "--owner", "Wang")
    ark.does("plan", "add", "Boat", "visit", "--on", "2026-11-24")
    assert [row["deal"] for row in plans(ark)] == ["Boat", "Ark"]
    assert [row["deal"] for row in plans(ark, "all", "--owner", "Li")] == ["Ark"]
    assert [row["deal"] for row in plans(ark, "all", "--deal", "Boat")] == ["Boat"]
    ark.on("2026-11-25").does("plan", "done", "1")
    assert [r["state"] for r in plans(ark, "all", "--deal", "Ark", "--as-of", "2026-11-24")] == [
        "open"
    ]


def test_what_people_see(ark: Office) -> None:
    ark.on("2026-11-26").does("plan", "add", "Ark", "送样品", "--on", "fri", "--owner", "Wang")
    assert ark.does("plan", "list") == snapshot("""\
Plan  Deal  Owner      On          Kind     With          What              State
1     Ark   Xiao Li    2026-11-25  meeting  Liu Wei 刘伟  show the concept  overdue
2     Ark   Wang Fang  2026-11-27  call                   送样品            open
""")


def test_an_empty_text_is_refused_and_another_s_plan_is_said_to_be_theirs(ark: Office) -> None:
    ark.does("plan", "add", "Ark", "visit", "--on", "2026-11-27", "--owner", "Wang")
    (*_, theirs) = (str(row["plan"]) for row in plans(ark))
    ran = ark("plan", "done", theirs, "")
    assert (ran.code, ran.out) == (2, "")
    assert ark.does("plan", "done", theirs).startswith(f"Plan {theirs} of Wang Fang is done.")
