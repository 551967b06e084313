"""Dates as people say them, with a today that stands still."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import Office
from hypothesis import given
from hypothesis import strategies as st

from funnelcli.cli.dates import Facing, parse_day, parse_moment
from funnelcli.errors import UsageFault

TODAY = date(2026, 11, 25)
"""A Wednesday."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
"""Nine in the morning of that Wednesday in Shanghai; still Tuesday evening in New York."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
facings = st.sampled_from(Facing)


def said(word: str, today: date = TODAY, facing: Facing = Facing.ON) -> str:
    return parse_day(word, today, facing).isoformat()


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("2026-11-23", "2026-11-23"),
        ("2028-02-29", "2028-02-29"),
        ("  2026-11-23 ", "2026-11-23"),
        ("today", "2026-11-25"),
        ("Today", "2026-11-25"),
        ("yesterday", "2026-11-24"),
        ("tomorrow", "2026-11-26"),
        ("-3d", "2026-11-22"),
        ("+3d", "2026-11-28"),
        ("+0d", "2026-11-25"),
        ("+2w", "2026-12-09"),
        ("-2w", "2026-11-11"),
        ("+1m", "2026-12-25"),
        ("+1q", "2027-02-25"),
        ("-1y", "2025-11-25"),
        ("eow", "2026-11-29"),
        ("eom", "2026-11-30"),
        ("eoq", "2026-12-31"),
        ("eoy", "2026-12-31"),
        ("EOM", "2026-11-30"),
        ("2026Q4", "2026-12-31"),
        ("2026q4", "2026-12-31"),
        ("2027Q1", "2027-03-31"),
        ("2027Q2", "2027-06-30"),
        ("2027Q3", "2027-09-30"),
        ("2026-W48", "2026-11-29"),
        ("2026-w48", "2026-11-29"),
        ("2026-W53", "2027-01-03"),
        ("2027-W01", "2027-01-10"),
        ("2027-02", "2027-02-28"),
        ("2028-02", "2028-02-29"),
    ],
)
def test_a_word_means_one_day_and_a_period_its_last(word: str, day: str) -> None:
    assert said(word) == day
    assert said(word, facing=Facing.BACK) == day


@pytest.mark.parametrize(
    ("word", "on", "back"),
    [
        ("mon", "2026-11-30", "2026-11-23"),
        ("tue", "2026-12-01", "2026-11-24"),
        ("wed", "2026-11-25", "2026-11-25"),
        ("thu", "2026-11-26", "2026-11-19"),
        ("fri", "2026-11-27", "2026-11-20"),
        ("sat", "2026-11-28", "2026-11-21"),
        ("sun", "2026-11-29", "2026-11-22"),
        ("friday", "2026-11-27", "2026-11-20"),
        ("Fri", "2026-11-27", "2026-11-20"),
    ],
)
def test_a_weekday_is_the_coming_one_for_plans_and_the_past_one_for_facts(
    word: str, on: str, back: str
) -> None:
    assert said(word, facing=Facing.ON) == on
    assert said(word, facing=Facing.BACK) == back


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("next mon", "2026-11-30"),
        ("next wed", "2026-12-02"),
        ("next fri", "2026-12-04"),
        ("next sunday", "2026-12-06"),
        ("last mon", "2026-11-16"),
        ("last wed", "2026-11-18"),
        ("last fri", "2026-11-20"),
        ("last sun", "2026-11-22"),
    ],
)
def test_next_and_last_name_a_day_of_next_and_last_week(word: str, day: str) -> None:
    assert said(word, facing=Facing.ON) == said(word, facing=Facing.BACK) == day


@pytest.mark.parametrize(
    ("today", "word", "day"),
    [
        (date(2027, 1, 31), "+1m", "2027-02-28"),
        (date(2028, 1, 31), "+1m", "2028-02-29"),
        (date(2026, 11, 30), "+1q", "2027-02-28"),
        (date(2028, 2, 29), "+1y", "2029-02-28"),
        (date(2028, 2, 29), "+4y", "2032-02-29"),
        (date(2028, 2, 29), "-1y", "2027-02-28"),
        (date(2028, 2, 28), "+1d", "2028-02-29"),
        (date(2027, 2, 28), "+1d", "2027-03-01"),
        (date(2028, 2, 15), "+2w", "2028-02-29"),
        (date(2026, 12, 25), "+2w", "2027-01-08"),
        (date(2027, 1, 2), "-3d", "2026-12-30"),
        (date(2027, 3, 31), "-1m", "2027-02-28"),
        (date(2028, 2, 10), "eom", "2028-02-29"),
        (date(2027, 2, 10), "eom", "2027-02-28"),
        (date(2026, 12, 31), "eom", "2026-12-31"),
        (date(2027, 1, 1), "eoq", "2027-03-31"),
        (date(2026, 11, 29), "eow", "2026-11-29"),
        (date(2026, 12, 30), "eow", "2027-01-03"),
        (date(2026, 11, 30), "next mon", "2026-12-07"),
        (date(2026, 11, 29), "next mon", "2026-11-30"),
    ],
)
def test_months_years_and_leap_days_end_where_the_calendar_ends_them(
    today: date, word: str, day: str
) -> None:
    assert said(word, today) == day


@pytest.mark.parametrize(
    "word",
    ["1/2/2026", "01/02/2026", "1/2/26", "1-2-2026", "1.2.2026", "2026/1/2"],
)
def test_a_date_that_could_be_two_is_never_guessed_at(word: str) -> None:
    with pytest.raises(UsageFault) as refused:
        parse_day(word, TODAY)
    assert str(refused.value) == f"{word!r} could be two dates; write it as YYYY-MM-DD."


@pytest.mark.parametrize(
    "word",
    [
        *("", " ", "soon", "next", "next week", "fr", "frid", "next next fri", "last", "next eom"),
        *("3d", "+d", "+3", "+3x", "+ 3d", "+1.5d", "--3d", "+99999d", "3 days ago"),
        *("2026", "2026Q5", "2026Q0", "Q4", "26Q4", "2026-13", "2026-00", "2026W", "W48"),
        *("20261123", "2026-11-23T09:00:00Z", "23 Nov", "Nov 23", "明天", "0", "-"),
    ],
)
def test_what_is_no_date_is_refused_by_its_own_word(word: str) -> None:
    with pytest.raises(UsageFault, match="is not a date") as refused:
        parse_day(word, TODAY)
    assert str(refused.value).startswith(repr(word))


@pytest.mark.parametrize(
    "word", ["2026-02-29", "2026-11-31", "2026-00-10", "2026-13-01", "2026-11-00", "0000-01-01"]
)
def test_a_day_that_no_calendar_has_is_refused(word: str) -> None:
    with pytest.raises(UsageFault, match=f"'{word}' is not a day of the calendar"):
        parse_day(word, TODAY)


@pytest.mark.parametrize(
    "word",
    [
        *("2026-W00", "2026-W54", "2027-W53", "0000-W01", "0000Q1", "0000-01"),
        *("+9999y", "-9999y", "-9999q"),
    ],
)
def test_what_lies_outside_the_calendar_is_a_sentence_and_no_crash(word: str) -> None:
    with pytest.raises(UsageFault, match="calendar") as refused:
        parse_day(word, TODAY)
    assert word in str(refused.value)


@given(days, days, facings)
def test_an_iso_date_means_itself(day: date, today: date, facing: Facing) -> None:
    assert parse_day(day.isoformat(), today, facing) == day


@given(days, st.sampled_from(WEEKDAYS))
def test_a_weekday_is_that_weekday_and_less_than_a_week_away(today: date, word: str) -> None:
    on, back = parse_day(word, today, Facing.ON), parse_day(word, today, Facing.BACK)
    assert WEEKDAYS[on.weekday()] == WEEKDAYS[back.weekday()] == word
    assert 0 <= (on - today).days < 7
    assert 0 <= (today - back).days < 7


@given(days, st.sampled_from(WEEKDAYS), facings)
def test_next_and_last_lie_in_the_weeks_beside_this_one(
    today: date, word: str, facing: Facing
) -> None:
    monday = today - timedelta(days=today.weekday())
    after, before = (parse_day(f"{side} {word}", today, facing) for side in ("next", "last"))
    assert WEEKDAYS[after.weekday()] == WEEKDAYS[before.weekday()] == word
    assert 7 <= (after - monday).days < 14
    assert -7 <= (before - monday).days < 0


@given(days, st.integers(0, 900))
def test_days_and_weeks_forward_and_back_cancel_out(today: date, count: int) -> None:
    for unit, length in (("d", 1), ("w", 7)):
        ahead = parse_day(f"+{count}{unit}", today)
        assert (ahead - today).days == count * length
        assert parse_day(f"-{count}{unit}", ahead) == today


@given(days, st.integers(0, 900))
def test_months_keep_the_day_or_take_the_months_last(today: date, count: int) -> None:
    found = parse_day(f"+{count}m", today)
    assert (found.year - today.year) * 12 + found.month - today.month == count
    ends = (found + timedelta(days=1)).month != found.month
    assert found.day == today.day or (found.day < today.day and ends)


@given(days)
def test_the_end_of_a_period_is_not_before_today_and_the_next_day_begins_another(
    today: date,
) -> None:
    def period(word: str, day: date) -> tuple[int, ...]:
        year, week, _ = day.isocalendar()
        return {
            "eow": (year, week),
            "eom": (day.year, day.month),
            "eoq": (day.year, (day.month - 1) // 3),
            "eoy": (day.year,),
        }[word]

    for word in ("eow", "eom", "eoq", "eoy"):
        end = parse_day(word, today)
        assert end >= today
        assert period(word, end) == period(word, today)
        assert period(word, end + timedelta(days=1)) != period(word, today)


@pytest.mark.parametrize(
    ("word", "zone", "at"),
    [
        ("2026-11-20", SHANGHAI, "2026-11-20T15:59:59+00:00"),
        ("2026-11-20", NEW_YORK, "2026-11-21T04:59:59+00:00"),
        ("yesterday", SHANGHAI, "2026-11-24T15:59:59+00:00"),
        ("fri", SHANGHAI, "2026-11-20T15:59:59+00:00"),
        ("today", SHANGHAI, "2026-11-25T01:00:00+00:00"),
        ("2026-11-25", SHANGHAI, "2026-11-25T01:00:00+00:00"),
        ("2026-11-24", NEW_YORK, "2026-11-25T01:00:00+00:00"),
        ("2026-11-20T10:00:00Z", SHANGHAI, "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T10:00:00+08:00", NEW_YORK, "2026-11-20T02:00:00+00:00"),
        ("2026-11-20T10:00", SHANGHAI, "2026-11-20T02:00:00+00:00"),
        ("2026-11-25T01:00:00Z", SHANGHAI, "2026-11-25T01:00:00+00:00"),
    ],
)
def test_as_of_a_date_is_its_end_in_the_files_zone_now_at_the_latest(
    word: str, zone: ZoneInfo, at: str
) -> None:
    moment = parse_moment(word, NOW, zone, hindsight=False)
    assert moment.at.isoformat() == at
    assert moment.past


@pytest.mark.parametrize(
    ("word", "zone"),
    [
        ("tomorrow", SHANGHAI),
        ("2026-11-26", SHANGHAI),
        ("2026-11-25", NEW_YORK),
        ("eom", SHANGHAI),
        ("2026-11-25T01:00:01Z", SHANGHAI),
        ("2026-11-25T09:00:01", SHANGHAI),
    ],
)
def test_as_of_a_moment_to_come_is_refused(word: str, zone: ZoneInfo) -> None:
    with pytest.raises(UsageFault, match="still to come"):
        parse_moment(word, NOW, zone, hindsight=False)


def test_a_day_that_was_said_in_words_is_echoed_on_stderr(office: Office) -> None:
    ran = office("deal", "add", "Ark", "--on", "fri", "--close", "fri")
    assert ran.code == 0
    assert ran.err.splitlines() == ["fri is 2026-11-27", "fri is 2026-11-20"]
    row = office.deal("Ark")
    assert (row["opened_on"], row["expected_close"]) == ("2026-11-20", "2026-11-27")


def test_an_iso_date_needs_no_echo(office: Office) -> None:
    assert office("deal", "add", "Ark", "--close", "2026-12-18").err == ""


def test_as_of_in_words_is_echoed_and_leaves_stdout_alone(office: Office) -> None:
    said_so = office("funnel", "--as-of", "yesterday", "-f", "csv")
    plainly = office("funnel", "--as-of", "2026-11-22", "-f", "csv")
    assert said_so.err == "yesterday is 2026-11-22\n"
    assert plainly.err == ""
    assert said_so.out == plainly.out


def test_a_date_that_could_be_two_exits_2_and_does_nothing(office: Office) -> None:
    ran = office("deal", "add", "Ark", "--close", "1/2/2026")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "funnelcli: '1/2/2026' could be two dates; write it as YYYY-MM-DD.\n"
    assert office.asks("deal", "list")["rows"] == []


def test_what_happened_cannot_happen_tomorrow(office: Office) -> None:
    office.does("deal", "add", "Ark")
    ran = office("log", "Ark", "called", "--on", "tomorrow")
    assert ran.code == 2
    assert "'tomorrow' is still to come" in ran.err
    assert [entry["kind"] for entry in office.asks("timeline", "Ark")["rows"]].count("call") == 0
