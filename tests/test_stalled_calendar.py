"""How the clocks count: local days, working days, days on hold, days on which clocks change."""

import pytest
from conftest import MONDAY, Office


def a_deal(office: Office, on: str = "2026-11-02", stage: str = "opportunity") -> None:
    """Add the deal Ark at nine in the morning of a day; Opportunity lets it be silent 10 days."""
    office.on(on).does("deal", "add", "Ark", "--amount", "100", "--stage", stage)


def clocks(office: Office) -> tuple[int, int]:
    """Return the days that Ark's two clocks show."""
    row = office.deal("Ark")
    return row["days_in_stage"], row["days_silent"]


def counted(office: Office, code: str = "silent") -> int | None:
    """Return the days under a reason code when any day is enough for it."""
    rows = office.stalled("--days", "1")
    return next((r["days"] for row in rows for r in row["reasons"] if r["code"] == code), None)


def held(office: Office, start: str, until: str) -> None:
    """Put Ark on hold at nine in the morning of a day."""
    office.on(start).does("deal", "hold", "Ark", "--until", until, "--reason", "budget round")


# Days are differences of local dates


def test_a_day_has_passed_at_midnight_however_few_hours_that_is(office: Office) -> None:
    office.at("2026-11-02T23:59:00+08:00").does("deal", "add", "Ark")
    assert clocks(office.at("2026-11-02T23:59:59+08:00")) == (0, 0)
    assert clocks(office.at("2026-11-03T00:00:00+08:00")) == (1, 1)


def test_the_midnight_is_that_of_the_file_and_not_of_utc(office: Office) -> None:
    office.at("2026-11-02T09:00:00+08:00").does("deal", "add", "Ark")
    # 16:00 UTC is midnight in Shanghai: the tenth day of silence begins.
    assert office.at("2026-11-11T15:59:59Z").stalled() == []
    assert [row["name"] for row in office.at("2026-11-11T16:00:00Z").stalled()] == ["Ark"]


@pytest.mark.parametrize(
    ("added", "last_quiet", "first_silent"),
    [
        # Clocks go back on 1 November 2026, forward on 14 March 2027.
        ("2026-10-25T23:30:00-04:00", "2026-11-03T23:59:59-05:00", "2026-11-04T00:00:00-05:00"),
        ("2026-10-31T00:30:00-04:00", "2026-11-09T23:59:59-05:00", "2026-11-10T00:00:00-05:00"),
        ("2026-11-01T00:30:00-04:00", "2026-11-10T23:59:59-05:00", "2026-11-11T00:00:00-05:00"),
        ("2026-11-01T23:30:00-05:00", "2026-11-10T23:59:59-05:00", "2026-11-11T00:00:00-05:00"),
        ("2027-03-04T23:30:00-05:00", "2027-03-13T23:59:59-05:00", "2027-03-14T00:00:00-05:00"),
        ("2027-03-05T00:00:00-05:00", "2027-03-14T23:59:59-04:00", "2027-03-15T00:00:00-04:00"),
        ("2027-03-13T23:59:00-05:00", "2027-03-22T23:59:59-04:00", "2027-03-23T00:00:00-04:00"),
    ],
)
def test_ten_days_are_ten_midnights_also_where_clocks_are_changed(
    bare: Office, added: str, last_quiet: str, first_silent: str
) -> None:
    bare.at("2026-10-01T12:00:00Z")
    bare.does("init", "--timezone", "America/New_York", "--currency", "USD")
    bare.at(added).does("deal", "add", "Ark")
    bare.at(last_quiet)
    assert (clocks(bare), bare.stalled()) == ((9, 9), [])
    bare.at(first_silent)
    assert clocks(bare) == (10, 10)
    assert bare.codes("Ark") == ["silent", "no-next-step"]
    assert bare.asks("funnel")["totals"]["stalled"] == 1


def test_an_earlier_day_begins_at_its_own_midnight_where_clocks_were_changed(bare: Office) -> None:
    bare.does("init", "--timezone", "America/New_York", "--currency", "USD")
    bare.at("2026-11-20T12:00:00-05:00")
    bare.does("deal", "add", "Summer", "--on", "2026-11-01")
    bare.does("deal", "add", "Winter", "--on", "2026-11-02")
    assert bare.deal("Summer")["stage_entered_at"] == "2026-11-01T04:00:00Z"
    assert bare.deal("Winter")["stage_entered_at"] == "2026-11-02T05:00:00Z"
    assert [bare.deal(name)["days_in_stage"] for name in ("Summer", "Winter")] == [19, 18]


def test_a_hold_over_a_change_of_clocks_stops_them_for_whole_days(bare: Office) -> None:
    bare.at("2026-10-20T12:00:00Z")
    bare.does("init", "--timezone", "America/New_York", "--currency", "USD")
    bare.at("2026-10-26T23:30:00-04:00").does("deal", "add", "Ark")
    bare.at("2026-10-30T12:00:00-04:00")
    bare.does("deal", "hold", "Ark", "--until", "2026-11-06", "--reason", "fair")
    assert clocks(bare.at("2026-11-06T00:00:00-05:00")) == (4, 4)
    assert clocks(bare.at("2026-11-06T23:59:59-05:00")) == (4, 4)
    assert clocks(bare.at("2026-11-07T00:00:00-05:00")) == (5, 5)


# Working days


@pytest.mark.parametrize(
    ("today", "days"),
    [
        # 2 November 2026 is a Monday.
        ("2026-11-02", None),
        ("2026-11-03", 1),
        ("2026-11-06", 4),
        ("2026-11-07", 4),
        ("2026-11-08", 4),
        ("2026-11-09", 5),
        ("2026-11-13", 9),
        ("2026-11-16", 10),
        ("2026-12-07", 25),
    ],
)
def test_working_days_leave_out_the_weekend(office: Office, today: str, days: int | None) -> None:
    a_deal(office)
    office.does("config", "set", "days", "working")
    assert counted(office.on(today)) == days


def test_a_limit_of_ten_working_days_is_two_weeks(office: Office) -> None:
    a_deal(office)
    office.does("config", "set", "days", "working")
    assert office.on("2026-11-15").stalled() == []
    (row,) = office.on("2026-11-16").stalled()
    assert (row["reasons"][0]["days"], row["reasons"][0]["limit"]) == (10, 10)
    assert (row["days_silent"], row["days_in_stage"]) == (14, 14)  # of the calendar, always


def test_red_is_one_and_a_half_times_the_limit_in_working_days(office: Office) -> None:
    a_deal(office)
    office.does("config", "set", "days", "working")
    assert [row["severity"] for row in office.on("2026-11-22").stalled()] == ["amber"]
    assert [row["severity"] for row in office.on("2026-11-23").stalled()] == ["red"]


def test_a_deal_entered_on_a_weekend_counts_from_monday_on(office: Office) -> None:
    a_deal(office, on="2026-11-07")
    office.does("config", "set", "days", "working")
    assert counted(office.on("2026-11-08")) is None
    assert counted(office.on("2026-11-09")) == 1


@pytest.mark.parametrize(
    ("week", "days"),
    [
        # From Monday the 2nd to Monday the 16th: fourteen days.
        ("mon,tue,wed,thu,fri", 10),
        ("mon,tue,wed,thu,fri,sat", 12),
        ("sun,mon,tue,wed,thu", 10),
        ("mon,tue,wed,thu,fri,sat,sun", 14),
        ("Monday, Wednesday", 4),
        ("sat", 2),
    ],
)
def test_the_weekly_rule_says_which_days_work(office: Office, week: str, days: int) -> None:
    a_deal(office)
    office.does("config", "set", "days", "working")
    office.does("config", "set", "week", week)
    assert counted(office.on("2026-11-16")) == days


@pytest.mark.parametrize(
    ("holidays", "days"),
    [
        ("2026-11-11", 9),
        ("2026-11-10,2026-11-11", 8),
        ("2026-11-14", 10),  # a Saturday
        ("2026-11-02", 10),  # the day it was entered is no day after it
        ("2026-11-16", 9),  # today
        ("2026-11-17,2025-11-11", 10),  # outside
    ],
)
def test_holidays_do_not_count(office: Office, holidays: str, days: int) -> None:
    a_deal(office)
    office.does("config", "set", "days", "working")
    office.does("config", "set", "holidays", holidays)
    assert counted(office.on("2026-11-16")) == days


def test_the_week_and_holidays_count_only_where_days_are_working_days(office: Office) -> None:
    a_deal(office)
    office.does("config", "set", "week", "mon")
    office.does("config", "set", "holidays", "2026-11-10")
    assert counted(office.on("2026-11-16")) == 14
    office.does("config", "set", "days", "working")
    assert counted(office) == 2
    office.does("config", "set", "days", "calendar")
    assert counted(office) == 14


def test_the_funnel_counts_stalls_in_working_days_too(office: Office) -> None:
    a_deal(office)
    office.does("config", "set", "days", "working")
    office.does("config", "set", "holidays", "2026-11-10")
    assert office.on("2026-11-16").asks("funnel")["totals"]["stalled"] == 0
    assert office.on("2026-11-17").asks("funnel")["totals"]["stalled"] == 1
    assert office.asks("funnel")["rows"][0]["median_days"] == 15


def test_a_limit_reached_on_a_day_off_was_reached_on_the_last_working_day(office: Office) -> None:
    a_deal(office, on="2026-10-30")  # a Friday
    office.does("config", "set", "days", "working")
    found = [bool(office.on(f"2026-11-{day:02}").stalled()) for day in (12, 13, 14, 15, 16)]
    assert found == [False, True, True, True, True]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("days", "sometimes"),
        ("week", "funday"),
        ("week", ""),
        ("holidays", "1/2/2026"),
        ("holidays", "2026-02-30"),
    ],
)
def test_a_calendar_that_means_nothing_is_refused(office: Office, setting: str, value: str) -> None:
    before = office.does("config", "show")
    ran = office("config", "set", setting, value)
    assert (ran.code, ran.out) == (2, "")
    assert office.does("config", "show") == before


# On hold


def test_a_held_deals_clocks_stand_still_and_go_on_where_they_stopped(office: Office) -> None:
    a_deal(office)
    held(office, "2026-11-06", "2026-11-16")
    for day in ("2026-11-06", "2026-11-10", "2026-11-15", "2026-11-16"):
        assert clocks(office.on(day)) == (4, 4), day
    assert clocks(office.on("2026-11-18")) == (6, 6)
    assert office.on("2026-11-21").stalled() == []
    assert [row["name"] for row in office.on("2026-11-22").stalled()] == ["Ark"]


def test_a_held_deal_comes_back_by_itself_on_its_day(office: Office) -> None:
    a_deal(office)
    held(office, "2026-11-06", "2026-11-16")
    row = office.on("2026-11-15").deal("Ark")
    assert (row["status"], row["held_until"]) == ("held", "2026-11-16")
    assert office.codes("Ark") == []
    row = office.on("2026-11-16").deal("Ark")
    assert (row["status"], row["held_until"]) == ("open", None)
    assert office.codes("Ark") == ["no-next-step"]


def test_days_on_hold_before_a_stage_or_a_touch_do_not_count_for_it(office: Office) -> None:
    a_deal(office)
    held(office, "2026-11-04", "2026-11-06")
    office.on("2026-11-09").does("log", "Ark", "met them")
    office.on("2026-11-10").does("deal", "advance", "Ark", "--force", "--reason", "so")
    assert clocks(office.on("2026-11-12")) == (2, 3)


def test_a_touch_while_a_deal_is_held_counts_from_its_return(office: Office) -> None:
    a_deal(office)
    held(office, "2026-11-06", "2026-11-16")
    office.on("2026-11-10").does("log", "Ark", "they greeted us")
    assert clocks(office.on("2026-11-15")) == (4, 0)
    assert clocks(office.on("2026-11-20")) == (8, 4)


def test_two_holds_are_both_subtracted_and_a_longer_one_replaces_a_shorter(office: Office) -> None:
    a_deal(office)
    held(office, "2026-11-04", "2026-11-06")
    held(office, "2026-11-10", "2026-11-12")
    held(office, "2026-11-11", "2026-11-20")
    # On hold from the 4th to the 6th and from the 10th to the 20th: 12 of 21 days.
    assert clocks(office.at(MONDAY)) == (9, 9)


@pytest.mark.parametrize(
    "release",
    [
        ("deal", "advance", "Ark", "--force", "--reason", "so"),
        ("deal", "win", "Ark", "--force", "--reason", "signed"),
        ("deal", "lose", "Ark", "--reason", "price"),
    ],
)
def test_moving_or_closing_a_held_deal_releases_it(
    office: Office, release: tuple[str, ...]
) -> None:
    a_deal(office)
    held(office, "2026-11-06", "2026-12-31")
    office.on("2026-11-16").does(*release)
    assert office.deal("Ark")["status"] != "held"
    if "advance" not in release:
        office.does("deal", "reopen", "Ark", "--reason", "a mistake")
    row = office.deal("Ark")
    assert (row["status"], row["held_until"]) == ("open", None)
    assert office.asks("funnel")["totals"]["held"] == 0
    # Touched on the 2nd, on hold from the 6th to the 16th: 8 of 18 days.
    assert clocks(office.on("2026-11-20"))[1] == 8


def test_a_move_entered_late_releases_the_hold_from_its_true_day_on(office: Office) -> None:
    a_deal(office)
    held(office, "2026-11-09", "2026-11-16")
    advance = ("deal", "advance", "Ark", "--force", "--reason", "so")
    office.on("2026-11-17").does(*advance, "--on", "2026-11-11")
    assert office.deal("Ark")["days_in_stage"] == 6


def test_closed_time_is_no_time_in_the_stage(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-06").does("deal", "lose", "Ark", "--reason", "price")
    assert clocks(office.at(MONDAY)) == (4, 4)
    office.does("deal", "reopen", "Ark", "--reason", "they called")
    assert clocks(office.on("2026-11-25")) == (6, 6)


def test_days_that_were_both_held_and_closed_are_subtracted_once(office: Office) -> None:
    a_deal(office)
    held(office, "2026-11-06", "2026-11-11")
    office.on("2026-11-12").does("deal", "lose", "Ark", "--reason", "price", "--on", "2026-11-09")
    office.on("2026-11-16").does("deal", "reopen", "Ark", "--reason", "they called")
    # On hold from the 6th, closed from the 9th to the 16th: 10 of 18 days.
    assert clocks(office.on("2026-11-20")) == (8, 8)


def test_a_working_clock_stands_still_on_hold_like_any_other(office: Office) -> None:
    a_deal(office)
    office.does("config", "set", "days", "working")
    assert counted(office.on("2026-11-06")) == 4
    held(office, "2026-11-06", "2026-11-09")  # from Friday to Monday
    assert counted(office.on("2026-11-09")) == 4
    assert counted(office.on("2026-11-10")) == 5


def test_a_working_clock_stands_still_while_a_deal_is_closed(office: Office) -> None:
    a_deal(office)
    office.does("config", "set", "days", "working")
    office.on("2026-11-06").does("deal", "lose", "Ark", "--reason", "price")
    office.on("2026-11-09").does("deal", "reopen", "Ark", "--reason", "they called")
    assert counted(office) == 4


def test_a_calendar_that_changes_counts_earlier_holds_anew(office: Office) -> None:
    a_deal(office)
    held(office, "2026-11-06", "2026-11-09")
    office.on("2026-11-16").does("config", "set", "days", "working")
    # Ten working days began since the 2nd; on Monday the 9th it was still on hold.
    assert counted(office) == 9
    office.does("config", "set", "holidays", "2026-11-09,2026-11-11")
    assert counted(office) == 8
    office.does("config", "set", "days", "calendar")
    assert counted(office) == 11
