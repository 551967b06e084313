"""The working days of a file: the week, holidays, make-up days, and who was there when."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from funnelcli.domain.days import days_listed, working_week
from funnelcli.domain.time import Calendar
from funnelcli.errors import UsageFault
from funnelcli.store.file import NOBODY
from funnelcli.store.reading.reader import Moment, reading

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Office

GOLDEN_WEEK = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20261001
DTEND;VALUE=DATE:20261008
SUMMARY:国庆节（休）
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260920
SUMMARY:国庆节（班）
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20261010
SUMMARY:Instead of Wednesday
X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20261225
SUMMARY:Called off
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""
"""Seven days off from the 1st to the 7th, and two Saturdays and Sundays that are worked."""


def value(office: Office, setting: str) -> str:
    rows = {row["setting"]: row for row in office.asks("config", "show")["rows"]}
    assert rows[setting]["origin"] == "file"
    return rows[setting]["value"]


def workdays(office: Office) -> Calendar:
    def moment(zone):
        return Moment(datetime(2026, 11, 23, tzinfo=UTC), zone)

    with reading(office.path, moment, NOBODY) as reader:
        return reader.settings.workdays


# The calendar


def test_a_make_up_day_is_worked_though_the_week_or_a_holiday_says_otherwise() -> None:
    week = frozenset(range(5))
    saturday, thursday = date(2026, 10, 10), date(2026, 10, 1)
    calendar = Calendar(week, frozenset({thursday}), frozenset({saturday, thursday}))
    assert calendar.counts(saturday)
    assert calendar.counts(thursday)
    assert not calendar.counts(date(2026, 10, 11))
    assert calendar.days(date(2026, 9, 30), date(2026, 10, 11)) == 8 - 1 + 1


def test_working_days_of_a_half_open_period_are_told_one_by_one() -> None:
    calendar = Calendar(frozenset(range(5)), frozenset({date(2026, 11, 4)}))
    found = calendar.working(date(2026, 11, 2), date(2026, 11, 7))
    assert [day.day for day in found] == [2, 3, 5, 6]
    assert calendar.working(date(2026, 11, 7), date(2026, 11, 9)) == []


def test_make_up_days_count_for_limits_where_days_are_working_days(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--customer", "C")
    office.does("config", "set", "days", "working")
    assert office.on("2026-11-16").deal("Ark")["days_in_stage"] == 14  # told in days of any kind

    def limit_is_over(day: str) -> bool:
        return bool(office.on(day).asks("stalled", "--days", "9")["rows"])

    assert not limit_is_over("2026-11-12")
    office.does("config", "set", "makeup", "2026-11-07")  # a Saturday
    assert limit_is_over("2026-11-12")


def test_the_files_working_days_are_known_whatever_limits_count(office: Office) -> None:
    office.does("config", "set", "holidays", "2026-10-01..2026-10-07")
    office.does("config", "set", "makeup", "2026-10-10")
    for days in ("calendar", "working"):
        office.does("config", "set", "days", days)
        found = workdays(office).working(date(2026, 10, 1), date(2026, 10, 13))
        assert [day.day for day in found] == [8, 9, 10, 12]


# The weekly rule


@pytest.mark.parametrize(
    ("rule", "week"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "mon,tue,wed,thu,fri"),
        ("RRULE:FREQ=WEEKLY;BYDAY=SU,MO", "mon,sun"),
        ("freq=weekly;interval=1;wkst=su;byday=sa", "sat"),
    ],
)
def test_the_week_can_be_said_as_an_icalendar_rule(office: Office, rule: str, week: str) -> None:
    office.does("config", "set", "week", rule)
    assert value(office, "week") == week


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
        "FREQ=WEEKLY;BYDAY=MO;BYDAY=TU",
        "FREQ=WEEKLY;BYDAY=XX",
        "BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=",
    ],
)
def test_a_rule_by_which_weeks_differ_is_refused_with_the_remedy(office: Office, rule: str) -> None:
    ran = office("config", "set", "week", rule)
    assert (ran.code, ran.out) == (2, "")
    assert rule in ran.err
    assert "config set makeup" in ran.err
    assert value(office, "week") == "mon,tue,wed,thu,fri"
    with pytest.raises(UsageFault):
        working_week(rule)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("mon-fri", "mon,tue,wed,thu,fri"),
        ("Mon-Wed, Saturday", "mon,tue,wed,sat"),
        ("mon tue wed", "mon,tue,wed"),
        ("Sunday-thu", "mon,tue,wed,thu,sun"),
    ],
)
def test_the_week_can_be_said_in_days_and_ranges(words: str, days: str) -> None:
    assert ",".join(working_week(words)) == days


@pytest.mark.parametrize(
    "words", ["monkey", "mon..fri", "mon/tue", "mon-", "-fri", "mon-fri-sun", ""]
)
def test_what_is_no_week_is_refused(office: Office, words: str) -> None:
    ran = office("config", "set", "week", words)
    assert (ran.code, ran.out) == (2, "")
    assert value(office, "week") == "mon,tue,wed,thu,fri"


# Lists of days


def test_a_list_has_dates_and_ranges_in_any_order_with_remarks() -> None:
    listed = "# off\n2026-10-01 .. 2026-10-03, 2026-12-25 # and then\n\n2026-10-02；2027-01-01\n"
    assert sorted(map(str, days_listed(listed))) == [
        *("2026-10-01", "2026-10-02", "2026-10-03", "2026-12-25", "2027-01-01"),
    ]


@pytest.mark.parametrize(
    "word",
    [
        *("1/2/2026", "2026-02-30", "2026-10-07..2026-10-01", "soon", "0206-01-01", "..", "2026"),
        *("2026-W41", "20261001", "2026-W41..2026-W42", "2026-10-01..2026-W42"),
    ],
)
def test_a_file_with_a_wrong_line_is_refused_by_the_line(
    office: Office, tmp_path: Path, word: str
) -> None:
    office.does("config", "set", "holidays", "2026-12-25")
    file = tmp_path / "days.txt"
    file.write_text(f"2026-10-01\n# so\n2026-10-02, {word}\n", encoding="utf-8")
    ran = office("config", "set", "holidays", "--file", str(file))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "Line 3 of" in ran.err
    assert word.partition("..")[0] in ran.err
    assert value(office, "holidays") == "2026-12-25"


def test_a_file_of_dates_sets_holidays_or_make_up_days(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "days.txt"
    file.write_text("\ufeff2026-10-01..2026-10-02\n", encoding="utf-8")
    for setting in ("holidays", "makeup"):
        office.does("config", "set", setting, "--file", str(file))
        assert value(office, setting) == "2026-10-01,2026-10-02"
    office.does("undo")
    assert value(office, "makeup") == ""


@pytest.mark.parametrize("name", ["days.ics", "days.txt"])
def test_a_calendar_file_gives_each_setting_its_own(
    office: Office, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text(GOLDEN_WEEK, encoding="utf-8", newline="\r\n")
    for setting, other in (("holidays", "2 events for makeup"), ("makeup", "1 event for holidays")):
        ran = office("config", "set", setting, "--file", str(file))
        assert (ran.code, f"has {other}, too: funnelcli config set" in ran.err) == (0, True), ran
    off = value(office, "holidays").split(",")
    assert (off[0], off[-1], len(off)) == ("2026-10-01", "2026-10-07", 7)
    assert value(office, "makeup") == "2026-09-20,2026-10-10"


@pytest.mark.parametrize(
    ("setting", "content", "named"),
    [
        ("makeup", GOLDEN_WEEK.replace("班", "休").replace("ALTERNATE-WORKDAY", "X"), "workday"),
        ("holidays", "BEGIN:VCALENDAR\nnonsense\n", "nonsense"),
        ("holidays", GOLDEN_WEEK.replace("20261008", "20260930"), "国庆节（休）"),
        ("holidays", GOLDEN_WEEK.replace("VALUE=DATE:20261001", "X=Y:20261001T090000"), "国庆节"),
        ("holidays", GOLDEN_WEEK.replace("DTEND;VALUE=DATE:20261008", "RRULE:FREQ=YEARLY"), "国庆"),
        ("holidays", GOLDEN_WEEK.replace("20261001", "2026x001"), "国庆节"),
        ("holidays", "# nothing\n", "no day off"),
        ("days", GOLDEN_WEEK, "'days'"),
    ],
)
def test_a_calendar_that_cannot_be_understood_is_refused(
    office: Office, tmp_path: Path, setting: str, content: str, named: str
) -> None:
    file = tmp_path / "days.ics"
    file.write_text(content, encoding="utf-8")
    if content.startswith("#"):
        file = file.rename(tmp_path / "days.txt")
    before = office.does("config", "show")
    ran = office("config", "set", setting, "--file", str(file))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert named in ran.err
    assert office.does("config", "show") == before


def test_what_is_no_text_or_not_there_is_said(office: Office, tmp_path: Path) -> None:
    assert office("config", "set", "holidays", "--file", str(tmp_path / "none")).code == 3
    file = tmp_path / "days.txt"
    file.write_bytes("2026-10-01\n休".encode("gbk"))
    ran = office("config", "set", "holidays", "--file", str(file))
    assert (ran.code, ran.out) == (2, "")
    assert "Line 2 of" in ran.err
    assert office("config", "set", "holidays", "--file", str(tmp_path)).code == 1


def test_without_the_extra_a_calendar_says_what_it_takes(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "days.ics"
    file.write_text(GOLDEN_WEEK, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "icalendar", None)
    ran = office("config", "set", "holidays", "--file", str(file))
    assert (ran.code, ran.out) == (1, "")
    assert "pip install 'funnelcli[ics]'" in ran.err


def test_a_value_and_a_file_or_neither_are_refused(office: Office) -> None:
    for words in ((), ("2026-10-01", "--file", "days.txt")):
        ran = office("config", "set", "holidays", *words)
        assert (ran.code, ran.out) == (2, "")
        assert "--file" in ran.err


def test_more_days_than_the_file_takes_are_refused(office: Office) -> None:
    ran = office("config", "set", "holidays", "2020-01-01..2026-01-01")
    assert (ran.code, ran.out) == (2, "")
    assert "2,193 days" in ran.err


# Who was there when


def test_who_joined_and_left_is_told_and_can_be_undone(office: Office) -> None:
    office.does("team", "add", "Zhou Min", "--joined", "2026-11-02")
    office.does("team", "edit", "Zhou", "--left", "2026-12-01")

    def stays() -> list[tuple[str | None, str | None]]:
        found = office.asks("team", "list")["rows"]
        return [(row["joined_on"], row["left_on"]) for row in found if row["name"] == "Zhou Min"]

    assert stays() == [("2026-11-02", "2026-12-01")]
    office.does("undo")
    assert stays() == [("2026-11-02", None)]
    office.does("team", "edit", "Zhou", "--joined", "none", "--left", "2026-01-05")
    assert stays() == [(None, "2026-01-05")]


@pytest.mark.parametrize("left", ["2026-11-02", "2026-11-01"])
def test_nobody_leaves_before_they_joined(office: Office, left: str) -> None:
    office.does("team", "add", "Zhou Min", "--joined", "2026-11-02")
    ran = office("team", "edit", "Zhou", "--left", left)
    assert (ran.code, ran.out) == (2, "")
    assert "Zhou Min" in ran.err
    assert left in ran.err
