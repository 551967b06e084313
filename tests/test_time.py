"""Answers about the past: what was known then, of every kind of fact."""

import json

import pytest
from conftest import MONDAY, Office


def a_deal(office: Office, *more: str, name: str = "Ark", on: str = "2026-11-02") -> None:
    """Add a deal worth 100, entered at nine in the morning of a day."""
    office.on(on).does(
        "deal", "add", name, "--customer", "Ark Electronics", "--amount", "100", *more
    )


def advanced(office: Office, *more: str, to: str = "shortlisted") -> None:
    """Move Ark on, waiving what is in the way."""
    office.does("deal", "advance", "Ark", "--to", to, "--force", "--reason", "they insist", *more)


# What was known at an instant


def test_a_fact_is_known_from_the_second_in_which_it_was_recorded(office: Office) -> None:
    a_deal(office)
    office.at("2026-11-10T10:00:00+08:00").does("deal", "edit", "Ark", "--amount", "130")
    office.at(MONDAY)
    assert office.deal("Ark", "--as-of", "2026-11-10T09:59:59+08:00")["amount"] == 100
    assert office.deal("Ark", "--as-of", "2026-11-10T10:00:00+08:00")["amount"] == 130
    assert office.deal("Ark", "--as-of", "2026-11-10T02:00:00Z")["amount"] == 130


def test_an_instant_without_a_zone_is_one_of_the_files_zone(office: Office) -> None:
    found = office.asks("funnel", "--as-of", "2026-11-10T10:00:00")
    assert found["as_of"] == "2026-11-10T02:00:00Z"


def test_a_date_means_the_end_of_that_day_where_the_file_is(office: Office) -> None:
    a_deal(office)
    office.at("2026-11-10T23:59:59+08:00").does("deal", "edit", "Ark", "--amount", "110")
    office.at("2026-11-11T00:00:00+08:00").does("deal", "edit", "Ark", "--amount", "120")
    office.at(MONDAY)
    assert office.asks("funnel", "--as-of", "2026-11-10")["as_of"] == "2026-11-10T15:59:59Z"
    assert office.deal("Ark", "--as-of", "2026-11-09")["amount"] == 100
    assert office.deal("Ark", "--as-of", "2026-11-10")["amount"] == 110
    assert office.deal("Ark", "--as-of", "2026-11-11")["amount"] == 120


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-10-31", "2026-11-01T03:59:59Z"),
        ("2026-11-01", "2026-11-02T04:59:59Z"),
        ("2026-03-07", "2026-03-08T04:59:59Z"),
        ("2026-03-08", "2026-03-09T03:59:59Z"),
    ],
)
def test_the_days_on_which_clocks_are_changed_end_at_their_own_midnight(
    bare: Office, day: str, end: str
) -> None:
    bare.does("init", "--timezone", "America/New_York", "--currency", "USD")
    assert bare.asks("funnel", "--as-of", day)["as_of"] == end


def test_as_of_today_means_now_and_not_the_evening(office: Office) -> None:
    a_deal(office)
    office.at(MONDAY)
    for word in ("today", "2026-11-23", "mon"):
        assert office.asks("funnel", "--as-of", word)["as_of"] == "2026-11-23T01:00:00Z"


def test_a_day_understood_from_words_is_said_as_a_date(office: Office) -> None:
    assert office("funnel", "--as-of", "fri").err == "fri is 2026-11-20\n"
    assert office("funnel", "--as-of", "2026-11-20").err == ""


@pytest.mark.parametrize(
    "word",
    ["2026-11-24", "tomorrow", "+1d", "eom", "2026Q4", "2026-11-23T09:00:01+08:00", "9999-12-31"],
)
def test_nobody_answers_as_of_a_day_to_come(office: Office, word: str) -> None:
    a_deal(office)
    office.at(MONDAY)
    for question in (
        ("funnel",),
        ("stalled",),
        ("next",),
        ("deal", "list"),
        ("deal", "show", "Ark"),
        ("timeline", "Ark"),
    ):
        ran = office(*question, "--as-of", word)
        assert (ran.code, ran.out) == (2, ""), question
        assert repr(word) in ran.err


def test_hindsight_is_refused_where_no_day_is_named(office: Office) -> None:
    ran = office("funnel", "--hindsight")
    assert (ran.code, ran.out) == (2, "")
    assert "--as-of" in ran.err


def test_a_deal_is_not_there_before_it_was_entered(office: Office) -> None:
    a_deal(office, on="2026-11-10")
    office.at(MONDAY)
    ran = office("deal", "show", "Ark", "--as-of", "2026-11-09")
    assert ran.code == 3
    assert "'Ark'" in ran.err
    assert office.asks("deal", "list", "--as-of", "2026-11-09")["rows"] == []
    assert office.asks("funnel", "--as-of", "2026-11-09")["totals"]["deals"] == 0
    assert office.asks("funnel", "--as-of", "2026-11-10")["totals"]["deals"] == 1


# Each kind of fact, as it was


def test_terms_are_those_that_were_known(office: Office) -> None:
    a_deal(office, "--owner", "Xiao Li", "--close", "2026-12-18", "--source", "fair")
    office.on("2026-11-12").does(
        *("deal", "edit", "Ark", "--name", "Ark launch", "--customer", "Ark Group"),
        *("--owner", "Wang Fang", "--close", "2027-01-15", "--source", "partner"),
        *("--amount", "250.5", "--competitor", "Sanli"),
    )
    office.at(MONDAY)
    keys = ("name", "customer", "owner", "amount", "expected_close", "source", "competitor")
    before, after = office.deal("1", "--as-of", "2026-11-11"), office.deal("1")
    assert [before[key] for key in keys] == [
        *("Ark", "Ark Electronics", "Xiao Li", 100, "2026-12-18", "fair", None),
    ]
    assert [after[key] for key in keys] == [
        *("Ark launch", "Ark Group", "Wang Fang", 250.5, "2027-01-15", "partner", "Sanli"),
    ]


def test_a_deal_is_found_by_the_name_that_it_had_then(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-12").does("deal", "edit", "Ark", "--name", "Boat")
    office.at(MONDAY)
    assert office.deal("Ark", "--as-of", "2026-11-11")["id"] == 1
    assert office("deal", "show", "Ark").code == 3
    assert office("deal", "show", "Boat", "--as-of", "2026-11-11").code == 3


def test_the_filters_look_at_what_was_known(office: Office) -> None:
    a_deal(office, "--owner", "Xiao Li")
    office.on("2026-11-12").does("deal", "edit", "Ark", "--owner", "Wang Fang")
    office.at(MONDAY)
    then = ("--as-of", "2026-11-11")
    assert office.asks("funnel", "--owner", "Xiao Li", *then)["totals"]["deals"] == 1
    assert office.asks("funnel", "--owner", "Wang Fang", *then)["totals"]["deals"] == 0
    assert office.asks("funnel", "--owner", "Wang Fang")["totals"]["deals"] == 1


def test_stage_and_clock_are_those_of_then(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-12")
    advanced(office)
    office.at(MONDAY)
    then = office.deal("Ark", "--as-of", "2026-11-11")
    assert (then["stage"], then["days_in_stage"], then["win_probability"]) == (
        "opportunity",
        9,
        0.1,
    )
    now = office.deal("Ark")
    assert (now["stage"], now["days_in_stage"], now["win_probability"]) == ("shortlisted", 11, 0.2)


def test_a_deal_closed_since_was_open_then(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-12").does("deal", "lose", "Ark", "--reason", "price")
    office.on("2026-11-16").does("deal", "reopen", "Ark", "--reason", "they called")
    office.on("2026-11-20").does("deal", "win", "Ark", "--force", "--reason", "signed")
    office.at(MONDAY)
    found = [
        office.deal("Ark", "--as-of", f"2026-11-{day}")
        for day in ("11", "12", "15", "16", "19", "20")
    ]
    assert [row["status"] for row in found] == ["open", "lost", "lost", "open", "open", "won"]
    assert [row["closed_on"] for row in found] == [
        *(None, "2026-11-12", "2026-11-12", None, None, "2026-11-20"),
    ]
    assert [row["lost_reason"] for row in found] == [None, "price", "price", None, None, None]
    in_funnel = [
        office.asks("funnel", "--as-of", f"2026-11-{day}")["totals"]["deals"]
        for day in ("11", "12", "15", "16", "19", "20")
    ]
    assert in_funnel == [1, 0, 0, 1, 1, 0]


def test_a_hold_is_seen_from_its_beginning_to_its_end(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-10").does("deal", "hold", "Ark", "--until", "2026-11-16", "--reason", "fair")
    office.at(MONDAY)
    found = {
        day: office.deal("Ark", "--as-of", f"2026-11-{day}") for day in ("09", "10", "15", "16")
    }
    assert [row["status"] for row in found.values()] == ["open", "held", "held", "open"]
    assert [row["held_until"] for row in found.values()] == [
        *(None, "2026-11-16", "2026-11-16", None),
    ]
    assert [row["days_in_stage"] for row in found.values()] == [7, 8, 8, 8]
    totals = office.asks("funnel", "--as-of", "2026-11-15")["totals"]
    assert (totals["deals"], totals["held"], totals["held_amount"]) == (0, 1, 100)


def test_an_archived_deal_was_on_the_list_before(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-12").does("deal", "archive", "Ark")
    office.at(MONDAY)
    assert office.asks("deal", "list")["rows"] == []
    assert [row["id"] for row in office.asks("deal", "list", "--as-of", "2026-11-11")["rows"]] == [
        1
    ]
    assert office.asks("funnel", "--as-of", "2026-11-11")["totals"]["deals"] == 1


def test_an_acknowledgement_silences_only_from_when_it_was_given(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-16").does("ack", "Ark", "--until", "2026-12-01", "--reason", "known")
    office.at(MONDAY)
    (before,) = office.stalled("--as-of", "2026-11-15")
    (after,) = office.stalled("--as-of", "2026-11-16")
    assert (before["acknowledged_until"], after["acknowledged_until"]) == (None, "2026-12-01")
    assert office("stalled", "--as-of", "2026-11-15", "--exit-code").code == 20
    assert office("stalled", "--as-of", "2026-11-16", "--exit-code").code == 0


def test_a_claim_is_held_against_the_milestones_accepted_by_then(office: Office) -> None:
    a_deal(office, "--stage", "shortlisted")
    office.on("2026-11-03").does("log", "Ark", "they like us", "--claim", "45")
    office.on("2026-11-12")
    office.does("milestone", "claim", "Ark", "need-confirmed", "--evidence", "their mail")
    office.does("milestone", "accept", "Ark", "need-confirmed")
    office.at(MONDAY)
    assert "overclaimed" in office.codes("Ark", "--as-of", "2026-11-11")  # 45 against 10
    assert "overclaimed" not in office.codes("Ark", "--as-of", "2026-11-12")  # 45 against 20


def test_a_next_step_was_open_until_the_touch_that_did_it(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-03").does(
        *("log", "Ark", "called", "--next", "send prices", "--due", "2026-11-06")
    )
    office.on("2026-11-09").does("log", "Ark", "prices sent and discussed")
    office.at(MONDAY)
    assert office.deal("Ark", "--as-of", "2026-11-08")["next_step"] == "send prices"
    assert office.codes("Ark", "--as-of", "2026-11-06") == []
    assert office.codes("Ark", "--as-of", "2026-11-08") == ["overdue"]
    assert office.codes("Ark", "--as-of", "2026-11-09") == ["no-next-step"]


def test_the_timeline_ends_with_what_was_known(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-12").does("log", "Ark", "first call")
    office.on("2026-11-13").does("log", "Ark", "second call")
    office.at(MONDAY)

    def told(*more: str) -> list[str]:
        return [row["text"] for row in office.asks("timeline", "Ark", *more)["rows"]][-2:]

    assert told() == ["first call", "second call"]
    assert told("--as-of", "2026-11-12")[-1] == "first call"
    assert "first call" not in told("--as-of", "2026-11-11")


# A question is only a question


def test_asking_about_the_past_writes_nothing(office: Office) -> None:
    a_deal(office)
    office.at(MONDAY)
    before = office.path.read_bytes()
    for question in (("funnel",), ("stalled", "--all"), ("next",), ("timeline", "Ark")):
        office.does(*question, "--as-of", "2026-11-10")
        office.does(*question, "--as-of", "2026-11-10", "--hindsight")
    assert office.path.read_bytes() == before


def test_the_same_question_gives_the_same_bytes(office: Office) -> None:
    a_deal(office)
    office.at(MONDAY)
    first = office.does("stalled", "--all", "--as-of", "2026-11-20", "-f", "json")
    office.on("2026-12-20").does("deal", "edit", "Ark", "--amount", "999")
    assert office.does("stalled", "--all", "--as-of", "2026-11-20", "-f", "json") == first
    assert json.loads(first)["as_of"] == "2026-11-20T15:59:59Z"
