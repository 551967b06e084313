"""A reply answers a log; one with a day is an instruction, tracked until a later log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Office

LI = ("--as", "Xiao Li")


@pytest.fixture
def asked(office: Office) -> Office:
    """An office in which Xiao Li was asked on Monday for something by Wednesday."""
    office.on("2026-11-10").does("deal", "add", "Ark", "--owner", "Li")
    office.on("2026-11-20").does(
        "log", "Ark", "nearly nailed", "--next", "visit", "--due", "+9w", *LI
    )
    office.on("2026-11-23").does("reply", "1", "who has it?", "--by", "2026-11-25")
    return office


def open_ones(office: Office) -> list[dict[str, Any]]:
    """Return what `next` tells of the manager's answers."""
    rows = office.asks("next", "--owner", "Li")["rows"]
    return [row for row in rows if row["action"].startswith("Jiang Yue")]


def test_a_reply_says_whom_it_answers(office: Office) -> None:
    office.does("deal", "add", "Ark", "--owner", "Li")
    office.does("log", "Ark", "met them", *LI)
    assert office.does("reply", "1", "good") == "Answered log 1 of Xiao Li on 1 Ark.\n"
    ran = office("reply", "#1", "better", "--by", "fri")
    assert ran.out == "Answered log 1 of Xiao Li on 1 Ark; asked for by 2026-11-27.\n"
    assert ran.err == "fri is 2026-11-27\n"
    texts = [row["text"] for row in office.asks("timeline", "Ark")["rows"]]
    assert texts[-2:] == ["to log 1: good", "to log 1: better; asked for by 2026-11-27"]


def test_a_reply_needs_the_managers_name(office: Office) -> None:
    office.does("deal", "add", "Ark")
    office.does("log", "Ark", "met them", *LI)
    ran = office("reply", "1", "good", *LI)
    assert (ran.code, ran.out) == (4, "")
    assert "manager" in ran.err


@pytest.mark.parametrize("word", ["9", "Ark", "0", "1" * 30])
def test_a_reply_to_no_log_says_where_logs_are(office: Office, word: str) -> None:
    office.does("deal", "add", "Ark")
    ran = office("reply", word, "good")
    assert (ran.code, ran.out) == (3, "")
    assert "funnelcli inbox" in ran.err


def test_nothing_is_asked_for_by_a_day_that_has_passed(asked: Office) -> None:
    ran = asked("reply", "1", "now", "--by", "2026-11-22")
    assert (ran.code, ran.out) == (2, "")


def test_an_instruction_stays_until_a_later_log_fulfils_it(asked: Office) -> None:
    (row,) = open_ones(asked)
    assert (row["action"], row["due"]) == ("Jiang Yue asks: who has it?", "2026-11-25")
    asked.on("2026-11-26").does("log", "Ark", "an old visit", "--on", "2026-11-20", *LI)
    assert open_ones(asked)  # entered later, but it tells of something before
    asked.does("log", "Ark", "purchasing has it", "--on", "2026-11-25", *LI)
    assert open_ones(asked) == []


def test_plan_done_fulfils_an_instruction(asked: Office) -> None:
    asked.on("2026-11-24").does("plan", "add", "Ark", "ask purchasing", "--on", "2026-11-25")
    assert open_ones(asked)
    asked.on("2026-11-25").does("plan", "done", "1", "they have it", *LI)
    assert open_ones(asked) == []


def test_a_log_on_another_deal_fulfils_nothing(asked: Office) -> None:
    asked.does("deal", "add", "Boat", "--owner", "Li")
    asked.on("2026-11-24").does("log", "Boat", "met them", *LI)
    assert open_ones(asked)


def test_an_undone_log_leaves_the_instruction_open_again(asked: Office) -> None:
    asked.on("2026-11-24").does("log", "Ark", "purchasing has it", *LI)
    assert open_ones(asked) == []
    asked.does("undo", *LI)
    assert open_ones(asked)


def test_an_instruction_is_overdue_in_the_brief_the_day_after(asked: Office) -> None:
    def overdue(day: str) -> list[str]:
        rows = asked.on(day).asks("brief")["rows"]
        return [row["text"] for row in rows if row["trigger"] == "instruction"]

    assert overdue("2026-11-25") == []
    assert overdue("2026-11-26") == ["asked for by 2026-11-25: who has it?"]


def test_the_rep_sees_the_answer_on_the_page_of_the_day(asked: Office) -> None:
    rows = asked.asks("day", "--owner", "Li")["rows"]
    found = {(row["kind"], row["text"], row["state"]) for row in rows}
    assert ("answer", "who has it?", "asked for by 2026-11-25") in found


def test_the_past_shows_an_instruction_that_was_open_then(asked: Office) -> None:
    asked.on("2026-11-25").does("log", "Ark", "purchasing has it", *LI)
    rows = asked.asks("next", "--as-of", "2026-11-24")["rows"]
    assert [row["due"] for row in rows] == ["2026-11-25"]
    assert asked.asks("next", "--as-of", "2026-11-22")["rows"] == []


def test_claims_stand_next_to_evidence_with_their_history(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Li")
    office.on("2026-11-03").does("log", "Ark", "sure", "--claim", "60", *LI)
    office.on("2026-11-05").does("deal", "advance", "Ark", "--done", "mail")
    office.on("2026-11-09").does(
        "log", "Ark", "surer", "--claim", "95", "--close-claim", "2026-12-01", *LI
    )
    page = office.on("2026-11-23").does("deal", "show", "Ark")
    block = page[page.index("\nClaims against evidence") :].split("\n\n")[0].splitlines()
    assert [line.split() for line in block[3:]] == [
        ["2026-11-03", "09:00", "Xiao", "Li", "60", "%", "10", "%", "Opportunity"],
        [*("2026-11-09", "09:00", "Xiao", "Li", "95", "%", "2026-12-01", "20", "%", "Shortlisted")],
    ]


def test_what_was_done_on_the_day_it_was_asked_for_and_logged_later_fulfils_it(
    asked: Office,
) -> None:
    asked.at("2026-11-24T12:00:00+08:00").does("reply", "1", "call the boss", "--by", "2026-11-24")
    asked.on("2026-11-25")
    assert any("call the boss" in row["action"] for row in asked.asks("next")["rows"])
    asked.does("log", "Ark", "called the boss", "--on", "2026-11-24", "--as", "Xiao Li")
    assert not any("call the boss" in row["action"] for row in asked.asks("next")["rows"])
