"""`appraise`: of whom, of which days, and what is told where there is nothing to count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from funnelcli.domain.luck import wins_not_exceeded

if TYPE_CHECKING:
    from conftest import Office

PERIOD = ("--period", "2026-11")


def value(office: Office, figure: str, *more: str, owner: str = "Xiao Li") -> Any:
    """Return a rep's figure in November."""
    rows = office.asks("appraise", *PERIOD, "--owner", owner, *more)["rows"]
    return next(row["value"] for row in rows if row["figure"] == figure)


def n(office: Office, figure: str, *more: str, owner: str = "Xiao Li") -> int:
    """Return what a rep's figure in November rests on."""
    rows = office.asks("appraise", *PERIOD, "--owner", owner, *more)["rows"]
    return next(row["n"] for row in rows if row["figure"] == figure)


def test_who_joined_or_left_in_between_is_counted_from_then_and_until_then(office: Office) -> None:
    office.on("2026-11-20").does("team", "edit", "Xiao Li", "--joined", "2026-11-10")
    office.does("team", "edit", "Wang Fang", "--left", "2026-11-12")
    assert n(office, "attendance") == 9
    assert n(office, "attendance", owner="Wang Fang") == 8
    said = office.does("appraise", *PERIOD)
    assert "Xiao Li: Joined on 2026-11-10, and is counted from then on." in said
    assert "Wang Fang: Left on 2026-11-12, and is counted until then." in said
    assert "Joined on 2026-11-10" in office.does("appraise", *PERIOD, "--owner", "Xiao Li")


def test_who_was_not_on_the_team_is_told_in_one_sentence(office: Office) -> None:
    office.on("2026-12-10").does("team", "edit", "Xiao Li", "--joined", "2026-12-01")
    office.does("team", "edit", "Wang Fang", "--left", "2026-10-30")
    for rep, why in (("Xiao Li", "joined on 2026-12-01, after"), ("Wang Fang", "left on")):
        ran = office("appraise", *PERIOD, "--owner", rep)
        assert (ran.code, ran.out) == (2, "")
        assert why in ran.err
        assert "2026-11" in ran.err
    rows = office.asks("appraise", *PERIOD)["rows"]
    assert {row["owner"] for row in rows} == {None}


def test_days_away_are_not_counted(office: Office) -> None:
    office.on("2026-11-20").does("team", "edit", "Xiao Li", "--away", "2026-11-09..2026-11-11")
    assert n(office, "attendance") == 15 - 3
    assert "Away on 3 working days, which are not counted." in office.does(
        "appraise", *PERIOD, "--owner", "Xiao Li"
    )
    office.does("team", "edit", "Xiao Li", "--away", "2026-11-01..2026-11-30")
    assert (value(office, "attendance"), n(office, "attendance")) == (None, 0)


def test_make_up_days_are_worked_and_holidays_are_not(office: Office) -> None:
    office.on("2026-11-20").does("config", "set", "holidays", "2026-11-11")
    office.does("config", "set", "makeup", "2026-11-14")
    assert n(office, "attendance") == 15
    rows = office.asks("appraise", *PERIOD, "--explain", "attendance", "--owner", "Xiao Li")["rows"]
    days = {row["on"] for row in rows}
    assert "2026-11-14" in days
    assert "2026-11-11" not in days


def test_a_period_without_a_working_day_is_told_in_one_sentence(office: Office) -> None:
    office.on("2026-11-20").does("config", "set", "holidays", "2026-11-09..2026-11-13")
    ran = office("appraise", "--period", "2026-W46")
    assert (ran.code, ran.out) == (2, "")
    told = "There was no working day in 2026-W46 so far; name another with --period."
    assert ran.err == f"funnelcli: {told}\n"


def test_a_period_to_come_is_refused(office: Office) -> None:
    ran = office("appraise", "--period", "2027Q1")
    told = "2027Q1 begins on 2027-01-01; ask about one that has begun, such as 2026Q4."
    assert (ran.code, ran.out, ran.err) == (2, "", f"funnelcli: {told}\n")


def test_a_figure_that_is_none_lists_all(office: Office) -> None:
    ran = office("appraise", "--explain", "mood")
    assert (ran.code, ran.out) == (2, "")
    assert "'mood' is no figure; there are attendance, " in ran.err


def test_an_empty_file_has_zeros_and_says_why_the_others_are_missing(office: Office) -> None:
    office.on("2026-11-02")
    assert value(office, "attendance") == 0
    assert value(office, "plans-kept") is None
    page = office.does("appraise", *PERIOD, "--owner", "Xiao Li")
    assert "No planned work was due." in page
    assert "Not enough evidence: 0 deals with a claim closed by 2026-11-02, 10 are needed." in page
    owners = {row["owner"] for row in office.asks("appraise", *PERIOD)["rows"]}
    assert owners == {None, "Xiao Li", "Wang Fang"}


def test_the_manager_is_told_who_sells_or_logs(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark")
    owners = [row["owner"] for row in office.asks("appraise", *PERIOD)["rows"]]
    assert "Jiang Yue" in owners


def test_as_of_a_past_day_it_is_told_as_it_was_known_then(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Xiao Li")
    office.on("2026-11-03").does("log", "Ark", "called", "--as", "Xiao Li")
    office.on("2026-11-10").does("log", "Ark", "late", "--as", "Xiao Li", "--on", "2026-11-04")
    assert value(office, "logs") == 2
    assert value(office, "logs", "--as-of", "2026-11-05") == 1
    assert value(office, "logs", "--as-of", "2026-11-05", "--hindsight") == 2
    assert n(office, "attendance", "--as-of", "2026-11-05") == 4


def test_an_opened_figure_says_where_each_entry_is_and_how_much_it_counts(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "方舟", "--owner", "Xiao Li")
    office.does("plan", "add", "方舟", "visit", "--on", "2026-11-05", "--as", "Xiao Li")
    office.on("2026-11-06").does("plan", "done", "1", "--as", "Xiao Li")
    answer = office.asks("appraise", *PERIOD, "--explain", "plans-kept")
    assert answer["rows"] == [
        {
            "owner": "Xiao Li",
            "figure": "plans-kept",
            "entry": "plan 1",
            "deal_id": 1,
            "deal": "方舟",
            "on": "2026-11-05",
            "entered": "2026-11-02",
            "ended": "2026-11-06",
            "late": False,
            "state": "late",
            "what": "visit",
            "counted": 0,
            "of": 1,
        }
    ]
    totals = answer["totals"]
    assert (totals["unit"], totals["made"], totals["value"]) == ("share", "share", 0)
    assert "visit (done late, 2026-11-06)" in office.does(
        "appraise", *PERIOD, "--explain", "plans-kept"
    )


def test_luck_is_exact_for_any_number_of_deals() -> None:
    assert wins_not_exceeded([0.5] * 400, 0.5, spread=0) == 200
    assert wins_not_exceeded([0.5] * 400, 0.1, spread=0) == 187
    assert wins_not_exceeded([0.1] * 3 + [1.0] * 2, 0.7, spread=0) == 2
    assert wins_not_exceeded([0.1] * 3 + [1.0] * 2, 0.73, spread=0) == 3


def test_the_page_names_the_logs_that_were_never_read(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Xiao Li")
    for text in ("one", "two"):
        office.does("log", "Ark", text, "--as", "Xiao Li")
    office.does("log", "Ark", "mine", "--as", "Wang Fang")
    office.on("2026-11-23").does("log", "Ark", "new", "--as", "Xiao Li")
    page = office.does("appraise", *PERIOD, "--owner", "Xiao Li")
    assert "Still waiting for an answer: 1; never read: 2." in page
    assert "Never read: logs 1, 2." in page


def won(office: Office, name: str, rep: str, amount: str) -> None:
    """Let a rep win a deal on the day it was opened."""
    office.does("deal", "add", name, "--owner", rep, "--amount", amount)
    office.does("deal", "win", name, "--force", "--reason", "signed")


def test_the_teams_share_of_its_target_opens_to_every_win_and_one_target(office: Office) -> None:
    office.on("2026-11-02").does("target", "set", "Xiao Li", "2026-11", "1000")
    office.does("target", "set", "team", "2026-11", "4000")
    won(office, "Ark", "Xiao Li", "600")
    won(office, "Boat", "Wang Fang", "400")
    for figure, counted, of in (("target-share", 1000, 4000), ("target", 4000, 0)):
        opened = office.asks("appraise", *PERIOD, "--explain", figure)
        assert sum(row["counted"] for row in opened["rows"]) == counted
        assert sum(row["of"] or 0 for row in opened["rows"]) == of
        assert opened["totals"]["value"] == (counted / of if of else counted)
    opened = office.asks("appraise", *PERIOD, "--explain", "target-share")
    assert [row["owner"] for row in opened["rows"]] == ["Xiao Li", "Wang Fang", None]


def test_a_target_that_is_the_sum_of_the_members_opens_to_each_of_theirs(office: Office) -> None:
    office.on("2026-11-02").does("target", "set", "Xiao Li", "2026-11", "1000")
    office.does("target", "set", "Wang Fang", "2026-11", "3000")
    office.does("team", "edit", "Wang Fang", "--joined", "2026-01-05", "--left", "2026-11-01")
    opened = office.asks("appraise", *PERIOD, "--explain", "target")
    assert [(row["owner"], row["counted"]) for row in opened["rows"]] == [
        ("Xiao Li", 1000),
        ("Wang Fang", 3000),
    ]
    assert (opened["totals"]["value"], opened["totals"]["n"]) == (4000, 2)


def test_what_was_won_is_told_to_the_last_digit(office: Office) -> None:
    office.on("2026-11-02").does("target", "set", "Xiao Li", "2026-11", "7654321")
    won(office, "Ark", "Xiao Li", "1234567.89")
    assert "1,234,567.89" in office.does("appraise", *PERIOD)
    assert "1,234,567.89: " in office.does("appraise", *PERIOD, "--explain", "won-amount")
    assert "7,654,321: " in office.does("appraise", *PERIOD, "--explain", "target")


def test_stays_of_no_day_are_told_though_there_is_nothing_to_hold_them_against(
    office: Office,
) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Xiao Li")
    office.does("deal", "advance", "Ark", "--done", "mail")
    assert (value(office, "time-in-stage"), n(office, "time-in-stage")) == (None, 1)
    page = office.does("appraise", *PERIOD, "--owner", "Xiao Li")
    assert "1 stay in a stage ended; the team's median for that stage is 0 days." in page
    assert "No stay" not in page


def test_luck_that_moves_nothing_is_told_as_one_figure(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Xiao Li")
    office.does("deal", "lose", "Ark", "--reason", "price")
    low, high = value(office, "luck-low"), value(office, "luck-high")
    page = office.does("appraise", *PERIOD, "--owner", "Xiao Li")
    assert ("it would lie between" in page) is (low != high)
    assert ("it would be -0.1 in at least eight cases of ten" in page) is (low == high)


def test_who_has_not_begun_yet_is_told_that_none_of_their_days_came(office: Office) -> None:
    office.on("2026-11-10").does("team", "edit", "Xiao Li", "--joined", "2026-11-20")
    page = office.does("appraise", *PERIOD, "--owner", "Xiao Li")
    assert "No working day of theirs lies in this period so far." in page
    assert "Joined on 2026-11-20, and is counted from then on." in page


def test_who_did_something_is_appraised_whatever_day_they_are_said_to_have_joined(
    office: Office,
) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Xiao Li")
    office.does("log", "Ark", "called", "--as", "Xiao Li")
    office.does("team", "edit", "Xiao Li", "--joined", "2027-11-02")
    assert (value(office, "logs"), value(office, "attendance")) == (1, None)
    assert "Xiao Li: Joined on 2027-11-02, and is counted from then on." in office.does(
        "appraise", *PERIOD
    )


def test_wins_above_expectation_open_to_the_chance_they_are_held_against(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "方舟", "--owner", "Xiao Li", "--amount", "9")
    office.does("deal", "add", "Boat", "--owner", "Xiao Li", "--stage", "shortlisted")
    office.on("2026-11-20").does("deal", "win", "方舟", "--force", "--reason", "agreed")
    office.does("deal", "lose", "Boat", "--reason", "price")
    asked = (*PERIOD, "--owner", "Xiao Li", "--explain", "wins-above-expected")
    rows = office.asks("appraise", *asked)["rows"]
    assert [(row["deal"], row["counted"], row["what"]) for row in rows] == [
        ("方舟", 0.9, "10 % in its first stage"),
        ("Boat", -0.2, "20 % in its first stage; price"),
    ]


@pytest.mark.parametrize("word", ["logs", "LOGS", " Attendance"])
def test_a_figure_is_opened_however_its_name_is_written(office: Office, word: str) -> None:
    office.on("2026-11-20").does("deal", "add", "Ark", "--owner", "Xiao Li")
    office.does("log", "Ark", "called", "--as", "Xiao Li")
    rows = office.asks("appraise", *PERIOD, "--owner", "Xiao Li", "--explain", word)["rows"]
    assert [row["entry"] for row in rows if row["counted"]] == ["log 1"]


def test_claims_are_of_the_deals_closed_by_the_end_of_the_period(office: Office) -> None:
    office.on("2026-11-20")
    page = office.does("appraise", "--period", "2026-10", "--owner", "Xiao Li")
    assert "0 deals with a claim closed by 2026-10-31, 10 are needed." in page
    assert "0 of 22 working days so far" in page


def test_what_is_planned_when_it_is_done_already_is_no_plan_kept(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Xiao Li")
    for day in ("2026-11-03", "2026-11-04"):
        office.does("plan", "add", "Ark", "visit", "--on", day, "--as", "Xiao Li")
    office.does("plan", "done", "1", "--as", "Xiao Li")
    office.on("2026-11-03").does("plan", "done", "2", "--as", "Xiao Li")
    figures = office.asks("appraise", *PERIOD, "--owner", "Xiao Li")["rows"]
    told = {row["figure"]: row["value"] for row in figures}
    assert (told["plans-same-day"], told["plans-on-time"], told["plans-kept"]) == (1, 1, 1)
