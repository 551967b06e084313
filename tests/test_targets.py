"""What people and the team are to win: set by the manager, kept as it was, taken away again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from funnelcli.domain.time import Moment, period_of
from funnelcli.store.reading.reader import reading
from funnelcli.store.reading.targets import target_of, targets

if TYPE_CHECKING:
    from conftest import Office

LI = ("--as", "Xiao Li")


def listed(office: Office, *more: str) -> list[tuple[Any, ...]]:
    """Return owner, period and amount of each target."""
    rows = office.asks("target", "list", *more)["rows"]
    return [(row["owner"], row["period"], row["amount"]) for row in rows]


def test_a_target_is_told_under_its_keys(office: Office) -> None:
    said = office.does("target", "set", "li", "2026Q4", "300万")
    assert said == "The target of Xiao Li for 2026Q4 is 3,000,000.\n"
    answer = office.asks("target", "list")
    assert answer["schema"] == "funnelcli.target-list/1"
    assert answer["rows"] == [
        {
            "owner": "Xiao Li",
            "period": "2026Q4",
            "start": "2026-10-01",
            "end": "2027-01-01",
            "amount": 3_000_000,
        }
    ]
    assert list(answer["rows"][0]) == ["owner", "period", "start", "end", "amount"]
    assert office.does("target", "list").split() == [
        *("Target", "of", "Period", "Amount", "Xiao", "Li", "2026Q4", "3,000,000"),
    ]


def test_the_teams_targets_come_first_then_by_name_then_by_period(office: Office) -> None:
    for who, period in (
        ("Xiao Li", "2027Q1"),
        ("Wang", "2026-12"),
        ("Xiao Li", "2026Q4"),
        ("team", "2027"),
        ("Wang", "2026Q4"),
        ("team", "2026Q4"),
    ):
        office.does("target", "set", who, period, "1.50")
    assert [row[:2] for row in listed(office)] == [
        ("team", "2026Q4"),
        ("team", "2027"),
        ("Wang Fang", "2026Q4"),
        ("Wang Fang", "2026-12"),
        ("Xiao Li", "2026Q4"),
        ("Xiao Li", "2027Q1"),
    ]
    assert [row[:2] for row in listed(office, "--owner", "li")] == [
        ("Xiao Li", "2026Q4"),
        ("Xiao Li", "2027Q1"),
    ]
    assert [row[:2] for row in listed(office, "--period", "2026Q4")] == [
        ("team", "2026Q4"),
        ("Wang Fang", "2026Q4"),
        ("Wang Fang", "2026-12"),
        ("Xiao Li", "2026Q4"),
    ]
    assert listed(office, "--limit", "1") == [("team", "2026Q4", 1.5)]


def test_no_target_is_an_empty_answer(office: Office) -> None:
    ran = office("target", "list")
    assert (ran.code, ran.out, ran.err) == (0, "", "No target is set.\n")
    assert listed(office) == []


@pytest.mark.parametrize("word", ["team", "Team", "ＴＥＡＭ", "团队", "團隊"])
def test_the_team_is_meant_in_every_language(office: Office, word: str) -> None:
    said = office.does("target", "set", word, "2026", "5m")
    assert said == "The target of the team for 2026 is 5,000,000.\n"
    assert listed(office) == [("team", "2026", 5_000_000)]


def test_somebody_whose_name_is_team_is_meant_by_their_number(office: Office) -> None:
    office.does("team", "add", "Team")
    office.does("target", "set", "4", "2026", "5")
    office.does("target", "set", "team", "2026", "9")
    assert listed(office) == [("team", "2026", 9), ("Team", "2026", 5)]


def test_a_new_target_takes_the_place_of_the_old_one_which_is_said(office: Office) -> None:
    office.does("target", "set", "li", "2026Q4", "100")
    assert office.does("target", "set", "li", "2026Q4", "120").endswith("is 120 (was 100).\n")
    assert office.does("target", "set", "li", "2026-10..2026-12", "120").endswith("is 120.\n")
    assert listed(office) == [("Xiao Li", "2026Q4", 120)]


def test_a_month_and_its_quarter_are_two_targets(office: Office) -> None:
    office.does("target", "set", "li", "2026Q4", "300")
    office.does("target", "set", "li", "2026-10", "90")
    assert listed(office) == [("Xiao Li", "2026Q4", 300), ("Xiao Li", "2026-10", 90)]


def test_nothing_can_be_the_target_and_is_not_the_same_as_none(office: Office) -> None:
    office.does("target", "set", "li", "2026Q4", "0")
    assert listed(office) == [("Xiao Li", "2026Q4", 0)]
    said = office.does("target", "set", "li", "2026Q4", "None")
    assert said == "The target of Xiao Li for 2026Q4 is taken away (was 0).\n"
    assert listed(office) == []


def test_a_target_that_there_is_not_cannot_be_taken_away(office: Office) -> None:
    for _ in range(2):
        ran = office("target", "set", "li", "2026Q4", "none")
        assert (ran.code, ran.out) == (3, "")
        assert "There is no target of Xiao Li for 2026Q4 to take away" in ran.err
        office.does("target", "set", "li", "2026Q4", "5")
        office.does("target", "set", "li", "2026Q4", "none")


def test_only_the_manager_sets_a_target(office: Office) -> None:
    ran = office("target", "set", "li", "2026Q4", "5", *LI)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        "funnelcli: Xiao Li cannot set a target: that needs the manager's name (--as).\n"
    )
    assert listed(office) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nobody", "2026Q4", "5"), 3, "'nobody' is nobody on the team"),
        (("", "2026Q4", "5"), 3, "nobody on the team"),
        (("a", "2026Q4", "5"), 3, "could be any of these people"),
        (("team", "2026Q5", "5"), 2, "'2026Q5' is not a period"),
        (("team", "2026Q4", "much"), 2, "'much' is not an amount"),
        (("team", "2026Q4", "1.234"), 2, "more decimals than CNY has"),
        (("team", "2026Q4", "10001亿"), 2, "too large"),
    ],
)
def test_what_cannot_be_set_is_one_sentence(office: Office, words, code, said) -> None:
    ran = office("target", "set", *words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert listed(office) == []


def test_a_past_day_shows_the_targets_that_stood_then(office: Office) -> None:
    office.on("2026-11-02").does("target", "set", "team", "2026Q4", "100")
    office.on("2026-11-09").does("target", "set", "team", "2026Q4", "120")
    office.on("2026-11-16").does("target", "set", "team", "2026Q4", "none")
    office.on("2026-11-23")
    for day, amounts in (
        ("2026-11-01", []),
        ("2026-11-02", [100]),
        ("2026-11-08", [100]),
        ("2026-11-09", [120]),
        ("2026-11-16", []),
    ):
        for more in ((), ("--hindsight",)):
            assert [row[2] for row in listed(office, "--as-of", day, *more)] == amounts
    office.does("undo")
    assert [row[2] for row in listed(office)] == [120]
    assert listed(office, "--as-of", "2026-11-18") == []
    assert [row[2] for row in listed(office, "--as-of", "2026-11-18", "--hindsight")] == [120]


def test_history_names_whose_target_it_is_and_for_when(office: Office) -> None:
    office.does("target", "set", "li", "2026Q4", "100")
    office.does("target", "set", "li", "2026-10", "40")
    office.does("target", "set", "li", "2026Q4", "120.50")
    office.does("target", "set", "team", "2026", "7")
    office.does("target", "set", "team", "2026", "none")
    office.does("undo")
    told = [row["changes"] for row in office.asks("history")["rows"]][-6:]
    of_li, of_team = "target of Xiao Li for 2026Q4", "target of the team for 2026"
    assert [(each["what"], each["from"], each["to"]) for (each,) in told] == [
        (of_li, None, 100),
        ("target of Xiao Li for 2026-10", None, 40),
        (of_li, 100, 120.5),
        (of_team, None, 7),
        (of_team, 7, None),
        (of_team, None, 7),
    ]
    assert {each["deal_id"] for (each,) in told} == {None}


def test_what_touched_the_same_target_later_is_undone_first(office: Office) -> None:
    office.does("target", "set", "li", "2026Q4", "100")
    first = str(office.asks("history")["rows"][-1]["operation"])
    office.does("target", "set", "wang", "2026Q4", "100")
    office.does("target", "set", "li", "2026Q4", "120")
    ran = office("undo", "--id", first)
    assert (ran.code, ran.out) == (4, "")
    assert "target of Xiao Li for 2026Q4 was touched by Jiang Yue" in ran.err
    assert "is 120 (was 100)" in ran.err
    office.does("undo")
    office.does("undo", "--id", first)
    assert listed(office) == [("Wang Fang", "2026Q4", 100)]


def test_somebody_who_has_a_target_does_not_vanish(office: Office) -> None:
    office.does("team", "add", "Zhou Min")
    office.does("target", "set", "Zhou", "2026Q4", "100")
    added = str(office.asks("history")["rows"][-2]["operation"])
    ran = office("undo", "--id", added)
    assert ran.code == 4
    assert "member Zhou Min was touched" in ran.err
    office.does("undo", "2")
    assert listed(office) == []
    office.does("redo", "2")
    assert listed(office) == [("Zhou Min", "2026Q4", 100)]


def test_a_target_keeps_the_currency_in_which_it_was_set(office: Office) -> None:
    office.does("target", "set", "team", "2026Q4", "100")
    ran = office("config", "set", "currency", "JPY")
    assert (ran.code, ran.out) == (4, "")
    assert "The currency stays CNY: amounts are in it already." in ran.err
    office.does("undo")
    office.does("config", "set", "currency", "JPY")


def test_other_questions_can_ask_for_the_target_of_exactly_a_period(office: Office) -> None:
    office.does("target", "set", "li", "2026Q4", "300")
    office.does("target", "set", "li", "2026-10", "90")
    office.does("target", "set", "team", "2026Q4", "800")
    office.does("target", "set", "wang", "2026Q4", "10")
    office.does("target", "set", "wang", "2026Q4", "none")
    moment = Moment(datetime(2026, 11, 23, 2, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    quarter = period_of(date(2026, 10, 1), date(2027, 1, 1))
    november = period_of(date(2026, 11, 1), date(2026, 12, 1))
    with reading(office.path, lambda _: moment) as reader:
        found = {who: target_of(reader, who, quarter) for who in (None, 1, 2, 3)}
        assert found == {None: 80_000, 1: None, 2: 30_000, 3: None}
        assert target_of(reader, 2, november) is None
        assert [(each.owner, each.amount) for each in targets(reader, quarter)] == [
            *((None, 80_000), ("Xiao Li", 30_000), ("Xiao Li", 9_000)),
        ]
        assert targets(reader, november) == []
