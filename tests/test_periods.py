"""Periods as people say them, each under one name, with a today that stands still."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from conftest import Office
from hypothesis import given
from hypothesis import strategies as st

from funnelcli.cli.dates import parse_day, parse_period
from funnelcli.domain.time import period_of
from funnelcli.errors import UsageFault

TODAY = date(2026, 11, 25)
"""A Wednesday."""

days = st.dates(date(1900, 1, 1), date(2999, 12, 31))


def said(word: str, today: date = TODAY) -> str:
    """Return a period's name, its first day, and the first that is none of its days any more."""
    return " ".join(map(str, parse_period(word, today)))


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("2026Q4", "2026Q4 2026-10-01 2027-01-01"),
        ("2026-q1", "2026Q1 2026-01-01 2026-04-01"),
        ("2026-11", "2026-11 2026-11-01 2026-12-01"),
        ("2026-12", "2026-12 2026-12-01 2027-01-01"),
        ("2028-02", "2028-02 2028-02-01 2028-03-01"),
        ("2026-W48", "2026-W48 2026-11-23 2026-11-30"),
        ("2026w53", "2026-W53 2026-12-28 2027-01-04"),
        ("2027-W01", "2027-W01 2027-01-04 2027-01-11"),
        (" 2026 ", "2026 2026-01-01 2027-01-01"),
        ("2999", "2999 2999-01-01 3000-01-01"),
    ],
)
def test_a_numbered_period_is_half_open(word: str, meant: str) -> None:
    assert said(word) == meant


@pytest.mark.parametrize(
    ("word", "today", "name"),
    [
        ("week", TODAY, "2026-W48"),
        ("last week", TODAY, "2026-W47"),
        ("next week", date(2026, 12, 31), "2027-W01"),
        ("month", TODAY, "2026-11"),
        ("last month", date(2026, 1, 31), "2025-12"),
        ("Next  Month", date(2026, 12, 1), "2027-01"),
        ("quarter", TODAY, "2026Q4"),
        ("next quarter", TODAY, "2027Q1"),
        ("last quarter", date(2026, 3, 31), "2025Q4"),
        ("year", TODAY, "2026"),
        ("last year", TODAY, "2025"),
        ("next year", TODAY, "2027"),
    ],
)
def test_a_word_means_the_current_period_or_its_neighbour(
    word: str, today: date, name: str
) -> None:
    assert parse_period(word, today).name == name


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("2026-11-01..2026-12-15", "2026-11-01..2026-12-15 2026-11-01 2026-12-16"),
        ("2026-11-25..2026-11-25", "2026-11-25..2026-11-25 2026-11-25 2026-11-26"),
        ("today..fri", "2026-11-25..2026-11-27 2026-11-25 2026-11-28"),
        ("-2w .. yesterday", "2026-11-11..2026-11-24 2026-11-11 2026-11-25"),
        ("2026-11..2026-12-15", "2026-11-01..2026-12-15 2026-11-01 2026-12-16"),
        ("2026Q3..2026Q4", "2026-07-01..2026-12-31 2026-07-01 2027-01-01"),
        ("2025..2026", "2025-01-01..2026-12-31 2025-01-01 2027-01-01"),
        ("today..eom", "2026-11-25..2026-11-30 2026-11-25 2026-12-01"),
    ],
)
def test_the_first_and_the_last_day_that_are_said_are_both_in_it(word: str, meant: str) -> None:
    assert said(word) == meant


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("2026-10-01..2026-12-31", "2026Q4"),
        ("2026-10..2026-12", "2026Q4"),
        ("2026-11-01..eom", "2026-11"),
        ("2026-01-01..eoy", "2026"),
        ("2026-11-23..2026-11-29", "2026-W48"),
        ("2026Q1..2026Q4", "2026"),
        ("2026-11-24..2026-11-30", "2026-11-24..2026-11-30"),
        ("2026-02..2026-04", "2026-02-01..2026-04-30"),
        ("2026-07..2027-06", "2026-07-01..2027-06-30"),
    ],
)
def test_the_same_days_have_one_name_however_they_are_said(word: str, name: str) -> None:
    assert parse_period(word, TODAY).name == name


@pytest.mark.parametrize(
    "word",
    [
        *(
            "2026Q5",
            "2026-13",
            "26",
            "20260",
            "q4",
            "november",
            "fri",
            "today",
            "2026-11-23",
            "-3d",
        ),
        *(
            "weeks",
            "next",
            "last",
            "this week",
            "next next week",
            "week 48",
            "fortnight",
            "",
            "...",
        ),
        *("2026-11-01..", "..2026-11-01", "..", "2026-11-01 - 2026-11-30", "eom", "1/2/2026"),
    ],
)
def test_what_is_no_period_is_refused_with_examples(word: str) -> None:
    with pytest.raises(UsageFault, match="is not a period; write 2026Q4, 2026-11, 2026-W48"):
        parse_period(word, TODAY)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("2026-W54", "is not a week of the calendar"),
        ("2026-W00", "is not a week of the calendar"),
        ("9999-W52", "is not a week of the calendar"),
        ("0000-01", "lies outside the calendar"),
        ("9999", "lies outside the calendar"),
        ("0000", "lies outside the calendar"),
        ("1899", "lies outside the years 1900 to 2999"),
        ("3000Q1", "lies outside the years 1900 to 2999"),
        ("2999..3000", "lies outside the years 1900 to 2999"),
        ("2026-12-15..2026-11-01", "ends on 2026-11-01, before it begins on 2026-12-15"),
        ("fri..thu", "ends on 2026-11-26, before it begins on 2026-11-27"),
        ("1/2/2026..2026-12-01", "could be two dates; write it as YYYY-MM-DD"),
        ("2026-11-01..soon", "is not a date"),
        ("2026-02-30..2026-03-01", "is not a day of the calendar"),
        ("2026-11-01..2026-11-02..2026-11-03", "is not a date"),
    ],
)
def test_a_period_that_there_is_not_is_refused_with_the_reason(word: str, why: str) -> None:
    with pytest.raises(UsageFault, match=why):
        parse_period(word, TODAY)


@given(days, st.integers(1, 800))
def test_the_name_of_any_days_means_those_days(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    found = period_of(start, end)
    if end <= date(3000, 1, 1):
        assert parse_period(found.name, TODAY) == found


@given(days, st.sampled_from(["week", "month", "quarter", "year"]))
def test_today_lies_in_the_current_period_and_its_neighbours_touch_it(today, word):
    """Which days have what in common is asked of the calendar, day by day."""

    def common(day: date) -> tuple[int, ...]:
        return {
            "week": day.isocalendar()[:2],
            "month": (day.year, day.month),
            "quarter": (day.year, (day.month + 2) // 3),
            "year": (day.year,),
        }[word]

    _, start, end = parse_period(word, today)
    assert start <= today < end
    inside = [start + timedelta(days=n) for n in range((end - start).days)]
    assert {common(day) for day in inside} == {common(today)}
    assert common(today) not in (common(start - timedelta(days=1)), common(end))
    if 1900 < today.year < 2999:
        assert parse_period(f"last {word}", today).end == start
        assert parse_period(f"next {word}", today).start == end


@given(days)
def test_a_day_of_a_numbered_period_is_its_last_one(day):
    for word in (f"{day:%Y-%m}", f"{day.year}Q{(day.month + 2) // 3}"):
        found = parse_period(word, TODAY)
        assert parse_day(word, TODAY) == found.end - timedelta(days=1)
        assert found.start.day == 1
    assert parse_day(f"{day:%Y-%m}", TODAY).day == monthrange(day.year, day.month)[1]


def test_a_period_that_was_said_in_words_is_echoed_on_stderr(office: Office) -> None:
    for word, echo in (
        ("quarter", "quarter is 2026Q4\n"),
        ("2026-10..2026-12", "2026-10..2026-12 is 2026Q4\n"),
        ("2026-q4", "2026-q4 is 2026Q4\n"),
        ("2026Q4", ""),
        ("2026-11-01..2026-12-15", ""),
    ):
        ran = office("target", "set", "team", word, "5")
        assert (ran.code, ran.err) == (0, echo)
        again = office("target", "list", "--period", word, "-f", "csv")
        assert (again.code, again.err) == (0, echo)
