"""The one page for the meeting: always in the same order, and the same for the same moment."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from inline_snapshot import external_file

if TYPE_CHECKING:
    from conftest import Office

LI = ("--as", "Xiao Li")
GOLDENS = Path(__file__).parent / "goldens"
ORDER = ["changed", "decide", "stalled", "claims", "people", "overdue", "ask", "replies"]


def busy(office: Office) -> None:
    """Put something into every section for Xiao Li, and a quiet deal of Wang Fang's."""
    office.on("2026-10-20")
    office.does("deal", "add", "Ark", "--amount", "120万", "--owner", "Li", "--stage", "quoted")
    office.does("deal", "add", "Boat", "--amount", "45万", "--owner", "Li", "--close", "2026-11-20")
    office.does("deal", "add", "Cake", "--amount", "3万", "--owner", "Wang")
    office.does("contact", "add", "Liu Wei", "--company", "Ark Co", "--deal", "Ark")
    office.does("contact", "add", "Zhao Bing", "--company", "Ark Co")
    office.does("contact", "tie", "Wang Fang", "Zhao Bing", "--relation", "cousin")
    office.on("2026-11-12")
    office.does("log", "Ark", "nearly nailed", "--kind", "note", "--claim", "90", *LI)
    office.on("2026-11-13").does("reply", "1", "who says so?", "--by", "2026-11-16")
    office.on("2026-11-18")
    office.does("log", "Cake", "met them", "--next", "write", "--due", "+3w", "--as", "Wang Fang")
    office.does("log", "Boat", "can we give 3 %?", "--kind", "note", "--ask", *LI)
    office.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing", *LI)
    office.does("milestone", "claim", "Boat", "need-confirmed", "--evidence", "mail", *LI)
    office.does("plan", "add", "Boat", "call their buyer", "--on", "2026-11-19", *LI)
    office.on("2026-11-20").does("deal", "advance", "Cake", "--done", "minutes")
    office.on("2026-11-23")


def points(office: Office, *more: str) -> list[dict[str, Any]]:
    return office.asks("brief", *more)["rows"]


def asked(office: Office, *more: str) -> dict[str, list[str]]:
    """Return each rep's questions."""
    found: dict[str, list[str]] = {}
    for row in points(office, *more):
        if row["section"] == "ask":
            found.setdefault(row["owner"], []).append(row["text"])
    return found


def test_a_rep_s_sections_come_in_one_order_and_each_has_something(office: Office) -> None:
    busy(office)
    sections = [row["section"] for row in points(office) if row["owner"] == "Xiao Li"]
    assert sections == sorted(sections, key=ORDER.index)
    assert set(sections) == set(ORDER[1:-1])
    rows = points(office)
    assert set(rows[0]) == {"owner", "section", "deal_id", "deal", "text", "trigger"}
    owners = list(dict.fromkeys(row["owner"] for row in rows))
    assert owners == ["Xiao Li", "Wang Fang"]


def test_what_changed_is_told_since_a_week_or_since_the_day_that_is_said(office: Office) -> None:
    busy(office)

    def changed(*more: str) -> set[tuple[str, str]]:
        rows = points(office, *more)
        return {(row["deal"], row["trigger"]) for row in rows if row["section"] == "changed"}

    assert changed() == {("Cake", "stage")}
    assert changed("--since", "2026-10-20") == {
        *(("Ark", "new"), ("Boat", "new"), ("Cake", "new"), ("Cake", "stage"))
    }
    assert changed("--since", "2026-11-21") == set()


def test_closings_amounts_and_dates_count_as_changes(office: Office) -> None:
    busy(office)
    office.does("deal", "edit", "Ark", "--amount", "110万", "--close", "2026-12-24")
    office.does("deal", "lose", "Cake", "--reason", "price", "--competitor", "Sanli")
    told = {row["text"] for row in points(office) if row["section"] == "changed"}
    assert "amount 1,200,000 → 1,100,000" in told
    assert "expected close unknown → 2026-12-24" in told
    assert "lost: price, to Sanli" in told


def test_asks_claimed_milestones_and_passed_dates_want_a_decision(office: Office) -> None:
    busy(office)
    rows = [row for row in points(office) if row["section"] == "decide"]
    assert {(row["deal"], row["trigger"]) for row in rows} == {
        *(("Boat", "ask"), ("Boat", "claimed"), ("Boat", "overdue-close"))
    }


def test_overdue_instructions_and_plans_are_told_once(office: Office) -> None:
    busy(office)
    rows = [row for row in points(office) if row["section"] == "overdue"]
    assert sorted((row["deal"], row["trigger"]) for row in rows) == [
        ("Ark", "instruction"),
        ("Boat", "plan"),
    ]


def test_a_section_tells_three_points_and_counts_the_others(office: Office) -> None:
    for n in range(1, 6):
        office.on("2026-11-20").does(
            "deal", "add", f"Deal {n}", "--amount", str(n), "--owner", "Li"
        )
    office.on("2026-11-23")
    changed = [row for row in points(office) if row["section"] == "changed"]
    assert [row["deal"] for row in changed] == [f"Deal {n}" for n in (5, 4, 3, 2, 1)]
    lines = office.does("brief").splitlines()
    told = lines[lines.index("Changed") + 1 :][:4]
    assert [line.partition(":")[0] for line in told] == [
        *("  5 Deal 5", "  4 Deal 4", "  3 Deal 3", "  and 2 more")
    ]


def test_each_rep_with_deals_gets_two_to_five_questions_that_name_their_trigger(
    office: Office,
) -> None:
    busy(office)
    found = asked(office)
    assert set(found) == {"Xiao Li", "Wang Fang"}
    for questions in found.values():
        assert 2 <= len(questions) <= 5
        assert len(set(questions)) == len(questions)
    assert all(row["trigger"] for row in points(office) if row["section"] == "ask")


def test_many_deals_do_not_make_more_than_five_questions(office: Office) -> None:
    for n in range(12):
        office.on("2026-10-01").does("deal", "add", f"Deal {n}", "--owner", "Li")
    found = asked(office.on("2026-11-23"))["Xiao Li"]
    assert len(found) == len(set(found)) == 5


def test_no_question_is_asked_twice_running(office: Office) -> None:
    busy(office)
    before: dict[str, list[str]] = {}
    for week in ("2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"):
        office.on(week)
        now = asked(office)
        assert now
        for owner, questions in now.items():
            assert not set(questions) & set(before.get(owner, [])), week
        office.does("brief", "--mark")
        before = now


def test_a_marked_brief_is_where_the_next_one_begins(office: Office) -> None:
    busy(office)
    office.does("brief", "--mark")
    office.on("2026-11-24").does("deal", "edit", "Ark", "--amount", "110万")
    office.on("2026-11-25")
    changed = [row["text"] for row in points(office) if row["section"] == "changed"]
    assert changed == ["amount 1,200,000 → 1,100,000"]


def test_marking_is_no_command_that_could_be_undone(office: Office) -> None:
    busy(office)
    before = office.asks("history", "--limit", "100")["rows"]
    office.does("brief", "--mark")
    assert office.asks("history", "--limit", "100")["rows"] == before


@pytest.mark.parametrize("fmt", ["table", "json", "md", "html"])
def test_the_same_moment_gives_the_same_bytes_whatever_came_after(office: Office, fmt: str) -> None:
    busy(office)
    as_of = ("--as-of", "2026-11-23T09:00:00+08:00", "-f", fmt)
    first = office.does("brief", *as_of)
    office.does("brief", "--mark")
    assert office.does("brief", *as_of) == first
    office.on("2026-11-25").does("log", "Ark", "met the new one", "--with", "Zhao Bing")
    office.does("deal", "lose", "Boat", "--reason", "price")
    assert office.does("brief", *as_of) == first


def test_owner_and_filters_choose_whose_deals_it_is_about(office: Office) -> None:
    busy(office)
    owners = Counter(row["owner"] for row in points(office, "--owner", "Wang"))
    assert set(owners) <= {"Wang Fang", "Jiang Yue"}
    assert {row["deal"] for row in points(office, "--owner", "Wang")} <= {"Cake", None}


def test_the_manager_s_own_answers_are_told_and_what_was_never_read(office: Office) -> None:
    busy(office)
    office.on("2026-11-02").does("log", "Ark", "called", *LI)
    office.on("2026-11-23")
    (row,) = [row for row in points(office) if row["trigger"] == "never-read"]
    assert (row["owner"], row["text"]) == ("Jiang Yue", "never read: log 4")
    (told,) = [r for r in points(office, "--since", "2026-11-10") if r["trigger"] == "reply-time"]
    assert told["text"] == "answered 1 log; median 24 hours after the entry"


def test_a_file_without_deals_has_nothing_to_speak_about(office: Office) -> None:
    assert office.asks("brief")["rows"] == []
    assert "nothing to speak about" in office.does("brief")


@pytest.mark.parametrize("fmt", ["table", "md", "html"])
def test_what_the_manager_reads(office: Office, fmt: str) -> None:
    busy(office)
    shown = office.does("brief", "-f", fmt)
    page = re.sub(r"<style>.*</style>|(?<=sha256-)[^']+", "", shown, flags=re.DOTALL)
    assert page == external_file(GOLDENS / f"brief-{fmt}.txt")


def test_a_meeting_with_one_rep_is_remembered_for_that_rep(office: Office) -> None:
    busy(office)
    before = asked(office)
    office.does("brief", "--owner", "Li", "--mark")
    office.on("2026-11-24").does("deal", "edit", "Ark", "--amount", "7")
    office.on("2026-11-30")
    assert not set(before["Xiao Li"]) & set(asked(office)["Xiao Li"])
    title = office.does("brief", "--owner", "Wang").splitlines()[0]
    assert title == "Brief for 2026-11-30, since 2026-11-23"
    title = office.does("brief", "--owner", "Li").splitlines()[0]
    assert title == "Brief for 2026-11-30, since 2026-11-23"
    office.does("brief", "--owner", "Wang", "--mark")
    office.on("2026-12-07")
    assert office.does("brief", "--owner", "Li").splitlines()[0].endswith("since 2026-11-23")
    assert office.does("brief", "--owner", "Wang").splitlines()[0].endswith("since 2026-11-30")
    assert not set(before["Xiao Li"]) & set(asked(office, "--owner", "Li")["Xiao Li"])


def test_a_brief_about_some_deals_only_is_not_remembered(office: Office) -> None:
    ran = office("brief", "--customer", "Ark", "--mark")
    assert (ran.code, ran.out) == (2, "")
    assert "--mark remembers a brief with one rep or with all" in ran.err


def test_two_questions_come_even_where_all_were_asked_before(office: Office) -> None:
    office.on("2026-11-16").does("deal", "add", "Lone", "--owner", "Li")
    for day in ("2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"):
        office.on(day)
        assert len(asked(office)["Xiao Li"]) >= 2
        office.does("brief", "--mark")


def test_since_names_its_own_option(office: Office) -> None:
    ran = office("brief", "--since", "2099-01-01")
    assert "--since takes today or an earlier day" in ran.err
