"""A day, rep by rep: had no meeting and did not write are two things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inline_snapshot import snapshot

if TYPE_CHECKING:
    from conftest import Office

LI = ("--as", "Xiao Li")
DAY = "2026-11-23"


def a_day(office: Office) -> None:
    """Have Xiao Li work on a Monday, and Wang Fang write nothing."""
    office.on("2026-11-19").does("deal", "add", "Ark", "--owner", "Li")
    office.does("log", "Ark", "first visit", *LI)
    office.does("plan", "add", "Ark", "send prices", "--on", DAY)
    office.on("2026-11-20").does("reply", "1", "who decides?", "--by", "2026-11-22")
    office.at(f"{DAY}T10:00:00+08:00").does("log", "Ark", "asked around", "--kind", "note", *LI)
    office.at(f"{DAY}T11:00:00+08:00")
    office.does("milestone", "claim", "Ark", "need-confirmed", "--evidence", "mail", *LI)
    office.does("reply", "2", "good")


def rows(office: Office, *more: str) -> list[dict[str, Any]]:
    return office.asks("day", *more)["rows"]


def kinds(office: Office, *more: str) -> list[tuple[str, str, str | None]]:
    return [(row["owner"], row["kind"], row["state"]) for row in rows(office, *more)]


def test_a_day_has_logs_plans_answers_and_milestones(office: Office) -> None:
    a_day(office)
    assert [each for each in kinds(office) if each[0] == "Xiao Li"] == [
        ("Xiao Li", "note", None),
        ("Xiao Li", "answer", None),
        ("Xiao Li", "milestone", "claimed"),
        ("Xiao Li", "plan", "open"),
    ]


def test_a_rep_who_logged_nothing_is_told_and_one_who_was_away_is_not_blamed(
    office: Office,
) -> None:
    a_day(office)
    (row,) = rows(office, "--owner", "Wang")
    assert (row["kind"], row["text"]) == ("none", "nothing logged")
    office.does("team", "edit", "Wang", "--away", f"{DAY}..2026-11-24")
    (row,) = rows(office, "--owner", "Wang")
    assert (row["kind"], row["text"]) == ("none", "away")


def test_the_manager_need_not_write(office: Office) -> None:
    a_day(office)
    assert [row for row in rows(office) if row["owner"] == "Jiang Yue"] == []


def test_a_late_entry_counts_on_its_true_day_and_is_marked(office: Office) -> None:
    a_day(office)
    office.on("2026-11-26").does("log", "Ark", "met their buyer", "--on", DAY, *LI)
    office.does("log", "Ark", "and their boss", "--on", "2026-11-24", *LI)
    states = {row["text"]: row["state"] for row in rows(office, "--on", DAY)}
    assert states["met their buyer"] == "entered late, on 2026-11-26"
    states = {row["text"]: row["state"] for row in rows(office, "--on", "2026-11-24")}
    assert states["and their boss"] is None


def test_an_instruction_is_due_overdue_and_gone_once_it_is_fulfilled(office: Office) -> None:
    a_day(office)

    def instruction(day: str) -> list[str]:
        return [r["state"] for r in rows(office, "--on", day) if r["kind"] == "instruction"]

    assert instruction("2026-11-22") == ["due"]
    assert instruction(DAY) == []  # the note of that day followed it
    office.does("undo")  # the answer to the note, which stands as long as it has one
    office.does("undo", "2", *LI)
    assert instruction(DAY) == ["overdue"]


def test_nothing_is_asked_for_any_more_on_a_deal_that_was_lost(office: Office) -> None:
    office.on("2026-11-10").does("deal", "add", "Ark", "--owner", "Li")
    office.does("log", "Ark", "first visit", *LI)
    office.does("reply", "1", "who decides?", "--by", "2026-11-12")
    office.on("2026-11-20").does("deal", "lose", "Ark", "--reason", "price")

    def instruction(day: str) -> list[str]:
        return [r["state"] for r in rows(office, "--on", day) if r["kind"] == "instruction"]

    office.on(DAY)
    assert instruction("2026-11-19") == ["overdue"]
    assert instruction(DAY) == []


def test_what_the_manager_accepts_and_where_a_deal_moves_is_on_its_reps_page(
    office: Office,
) -> None:
    office.on("2026-11-20").does("deal", "add", "Ark", "--owner", "Li")
    office.on(DAY).does("deal", "advance", "Ark", "--done", "mail")
    found = [(row["kind"], row["text"], row["state"]) for row in rows(office, "--owner", "Li")]
    assert ("stage", "Shortlisted", None) in found
    assert "accepted" in {state for kind, _, state in found if kind == "milestone"}
    assert [row for row in rows(office, "--on", "2026-11-20") if row["kind"] == "stage"] == []


def test_a_plan_whose_day_passed_is_overdue_and_one_that_was_done_is_done(office: Office) -> None:
    a_day(office)
    office.on("2026-11-24")
    assert ("Xiao Li", "plan", "overdue") in kinds(office, "--on", DAY)
    office.does("plan", "done", "1", "--on", DAY, *LI)
    assert ("Xiao Li", "plan", "done") in kinds(office, "--on", DAY)


def test_a_day_to_come_is_refused(office: Office) -> None:
    assert office("day", "--on", "2026-11-24").code == 2


def test_the_past_is_told_as_it_was_known(office: Office) -> None:
    a_day(office)
    found = rows(office, "--owner", "Li", "--as-of", "2026-11-19")
    assert [(row["kind"], row["text"]) for row in found] == [("call", "first visit")]


def test_what_people_see(office: Office) -> None:
    a_day(office)
    assert office.does("day") == snapshot("""\
Who        What       Deal  Text
Xiao Li    note       Ark   asked around
Xiao Li    answer     Ark   good
Xiao Li    milestone  Ark   Customer's mail or confirmed minutes naming the project, the budget and a date  claimed
Xiao Li    plan       Ark   send prices                                                                     open
Wang Fang  none             nothing logged
""")  # noqa: E501  a screen is as wide as it is
