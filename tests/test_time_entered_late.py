"""What was entered after it happened: known late, true from its day on."""

from datetime import datetime

import pytest
from conftest import MONDAY, Office

from funnelcli.store.founding import Signature
from funnelcli.store.session import changing


def a_deal(office: Office, *more: str, name: str = "Ark", on: str = "2026-11-02") -> None:
    """Add a deal worth 100, entered at nine in the morning of a day."""
    office.on(on).does(
        "deal", "add", name, "--customer", "Ark Electronics", "--amount", "100", *more
    )


def advanced(office: Office, *more: str, to: str = "shortlisted") -> None:
    """Move Ark on, waiving what is in the way."""
    office.does("deal", "advance", "Ark", "--to", to, "--force", "--reason", "they insist", *more)


def touched(office: Office, *more: str) -> str | None:
    """Return when Ark was last in touch."""
    return office.deal("Ark", *more)["last_touch_at"]


# What was entered late, and hindsight


def test_a_late_log_counts_for_the_deal_from_its_true_day_but_was_not_known_then(
    office: Office,
) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-20").does("log", "Ark", "met them", "--on", "2026-11-10")
    office.at(MONDAY)
    midnight = "2026-11-09T16:00:00Z"
    assert touched(office) == midnight
    assert office.deal("Ark")["days_silent"] == 13
    assert touched(office, "--as-of", "2026-11-19") is None
    assert touched(office, "--as-of", "2026-11-20") == midnight
    assert touched(office, "--as-of", "2026-11-10", "--hindsight") == midnight
    assert touched(office, "--as-of", "2026-11-09", "--hindsight") is None


def test_what_seemed_silent_then_was_not_with_hindsight(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-20").does("log", "Ark", "met them", "--on", "2026-11-10")
    office.at(MONDAY)
    assert "silent" in office.codes("Ark", "--as-of", "2026-11-15")
    assert "silent" not in office.codes("Ark", "--as-of", "2026-11-15", "--hindsight")


@pytest.mark.parametrize(
    ("happened", "late"), [("2026-11-20", False), ("2026-11-18", False), ("2026-11-17", True)]
)
def test_a_log_entered_more_than_two_days_after_it_happened_is_marked(
    office: Office, happened: str, late: bool
) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-20").does("log", "Ark", "met them", "--on", happened)
    assert "met them" in office.does("timeline", "Ark")
    assert ("entered late" in office.does("timeline", "Ark")) is late


def test_a_late_move_counts_from_its_true_day_but_was_not_known_then(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-20")
    advanced(office, "--on", "2026-11-09")
    office.at(MONDAY)
    assert office.deal("Ark")["stage_entered_at"] == "2026-11-08T16:00:00Z"
    assert office.deal("Ark")["days_in_stage"] == 14
    assert office.deal("Ark", "--as-of", "2026-11-19")["stage"] == "opportunity"
    with_hindsight = office.deal("Ark", "--as-of", "2026-11-19", "--hindsight")
    assert (with_hindsight["stage"], with_hindsight["days_in_stage"]) == ("shortlisted", 10)
    assert office.deal("Ark", "--as-of", "2026-11-08", "--hindsight")["stage"] == "opportunity"


def test_a_deal_entered_late_was_there_with_hindsight(office: Office) -> None:
    a_deal(office, "--on", "2026-11-05", on="2026-11-20")
    office.at(MONDAY)
    assert office.deal("Ark")["opened_on"] == "2026-11-05"
    assert office.asks("funnel", "--as-of", "2026-11-10")["totals"]["deals"] == 0
    assert office.asks("funnel", "--as-of", "2026-11-10", "--hindsight")["totals"]["deals"] == 1
    assert office.asks("funnel", "--as-of", "2026-11-04", "--hindsight")["totals"]["deals"] == 0


def test_a_loss_entered_late_was_open_as_far_as_anybody_knew(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-20").does("deal", "lose", "Ark", "--reason", "price", "--on", "2026-11-12")
    office.at(MONDAY)
    assert office.deal("Ark", "--as-of", "2026-11-16")["status"] == "open"
    assert office.deal("Ark", "--as-of", "2026-11-16", "--hindsight")["status"] == "lost"
    assert office.deal("Ark")["closed_on"] == "2026-11-12"


def test_hindsight_does_not_see_what_came_later(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-12").does("deal", "edit", "Ark", "--amount", "130")
    office.at(MONDAY)
    assert office.deal("Ark", "--as-of", "2026-11-11", "--hindsight")["amount"] == 100
    assert office.deal("Ark", "--as-of", "2026-11-12", "--hindsight")["amount"] == 130


def test_an_earlier_term_stated_late_does_not_replace_a_later_one(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-12").does("deal", "edit", "Ark", "--amount", "130")
    office.on("2026-11-20").does("deal", "edit", "Ark", "--amount", "120", "--on", "2026-11-06")
    office.at(MONDAY)
    assert office.deal("Ark")["amount"] == 130
    assert office.deal("Ark", "--as-of", "2026-11-11")["amount"] == 100
    assert office.deal("Ark", "--as-of", "2026-11-11", "--hindsight")["amount"] == 120


def test_a_correction_is_retracted_from_then_on_and_never_was_with_hindsight(
    office: Office,
) -> None:
    a_deal(office, on="2026-11-02")
    office.at("2026-11-12T10:00:00+08:00").does("deal", "edit", "Ark", "--stage", "drafted")
    office.at(MONDAY)
    assert office.deal("Ark")["stage"] == "drafted"
    assert office.deal("Ark")["days_in_stage"] == 21
    assert office.deal("Ark", "--as-of", "2026-11-12T09:59:59")["stage"] == "opportunity"
    assert office.deal("Ark", "--as-of", "2026-11-12T10:00:00")["stage"] == "drafted"
    assert office.deal("Ark", "--as-of", "2026-11-11", "--hindsight")["stage"] == "drafted"


def test_a_fact_taken_back_is_seen_until_the_second_in_which_it_was_taken_back(
    office: Office,
) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-06").does("log", "Ark", "met them")
    taken_back = datetime.fromisoformat("2026-11-12T10:00:00+08:00")
    with changing(office.path, Signature("undo", taken_back)) as work:
        work.retract("log", [1], [1])
    office.at(MONDAY)
    assert touched(office) is None
    assert touched(office, "--as-of", "2026-11-12T09:59:59") == "2026-11-06T01:00:00Z"
    assert touched(office, "--as-of", "2026-11-12T10:00:00") is None
    assert touched(office, "--as-of", "2026-11-11", "--hindsight") is None


# When something is said to have happened


def test_on_today_means_now_and_an_earlier_day_its_local_midnight(office: Office) -> None:
    office.at("2026-11-23T15:30:00+08:00")
    office.does("deal", "add", "Ark", "--on", "today")
    office.does("deal", "add", "Boat", "--on", "2026-11-20")
    assert office.deal("Ark")["stage_entered_at"] == "2026-11-23T07:30:00Z"
    assert office.deal("Boat")["stage_entered_at"] == "2026-11-19T16:00:00Z"


def test_what_happened_on_one_day_counts_in_order_of_entry(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    office.at(MONDAY)
    for amount in ("300", "200", "250"):
        office.does("deal", "edit", "Ark", "--amount", amount, "--on", "2026-11-16")
    advanced(office, "--on", "2026-11-16")
    advanced(office, "--on", "2026-11-16", to="drafted")
    assert office.deal("Ark")["amount"] == 250
    assert office.deal("Ark")["stage"] == "drafted"
    assert office.deal("Ark")["stage_entered_at"] == "2026-11-15T16:00:00Z"


@pytest.mark.parametrize(
    "words",
    [
        ("deal", "add", "Boat"),
        ("deal", "edit", "Ark", "--amount", "120"),
        ("deal", "advance", "Ark", "--force", "--reason", "so"),
        ("deal", "win", "Ark", "--force", "--reason", "so"),
        ("deal", "lose", "Ark", "--reason", "price"),
        ("log", "Ark", "called"),
    ],
)
def test_nothing_has_happened_on_a_day_to_come(office: Office, words: tuple[str, ...]) -> None:
    a_deal(office)
    office.at(MONDAY)
    before = office.does("timeline", "Ark"), office.does("deal", "list")
    ran = office(*words, "--on", "2026-11-24")
    assert (ran.code, ran.out) == (2, "")
    assert "'2026-11-24'" in ran.err
    assert (office.does("timeline", "Ark"), office.does("deal", "list")) == before
