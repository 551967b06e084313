"""`coverage`: what a target still takes, stage by stage, and who has room for it."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Office

FORCED = ("--force", "--reason", "so")


def a_deal(office: Office, name: str, owner: str, amount: str, *more: str) -> None:
    office.does("deal", "add", name, "--owner", owner, "--amount", amount, *more)


def by_owner(office: Office, *more: str) -> dict[str, dict[str, Any]]:
    return {row["owner"]: row for row in office.asks("coverage", *more)["rows"]}


def test_gap_and_coverage_are_counted_from_target_won_and_open(office: Office) -> None:
    """Target 10,000, of which 2,000 are won; 12,000 are open, 1.5 times what is missing."""
    a_deal(office, "Won", "Xiao Li", "2000", "--stage", "terms")
    office.does("deal", "win", "Won", *FORCED)
    a_deal(office, "Ark", "Xiao Li", "9000", "--stage", "quoted")
    a_deal(office, "Bo", "Wang Fang", "3000", "--stage", "quoted")
    office.does("target", "set", "team", "2026Q4", "10000")
    office.does("target", "set", "Xiao Li", "2026Q4", "8000")
    rows = by_owner(office)
    assert list(rows) == ["team", "Xiao Li", "Wang Fang"]
    team, li, wang = rows.values()
    assert (team["target"], team["won"], team["amount"]) == (10_000, 2_000, 12_000)
    assert team["coverage"] == pytest.approx(12_000 / 8_000)
    assert team["gap"] == 10_000 - 2_000 - team["mid"]
    assert (li["target"], li["won"], li["coverage"]) == (8_000, 2_000, 9_000 / 6_000)
    assert (wang["target"], wang["gap"], wang["needed_new"]) == (None, None, None)
    assert (li["deals"], wang["deals"], wang["planned"], wang["stalled"]) == (1, 1, 0, 0)


def test_the_targets_of_the_reps_are_the_teams_until_it_has_one(office: Office) -> None:
    office.does("target", "set", "Xiao Li", "2026Q4", "8000")
    office.does("target", "set", "Wang Fang", "2026Q4", "5000")
    assert by_owner(office)["team"]["target"] == 13_000
    office.does("target", "set", "team", "2026Q4", "12000")
    assert by_owner(office)["team"]["target"] == 12_000


def test_a_target_that_is_met_takes_nothing_more(office: Office) -> None:
    a_deal(office, "Won", "Xiao Li", "2000", "--stage", "terms")
    office.does("deal", "win", "Won", *FORCED)
    office.does("target", "set", "team", "2026Q4", "1500")
    team = by_owner(office)["team"]
    assert (team["coverage"], team["needed_new"], team["gap"]) == (None, 0, -500)
    assert "The target of the team is met." in office.does("coverage")


def test_without_a_target_it_is_said_how_to_set_one(office: Office) -> None:
    a_deal(office, "Ark", "Xiao Li", "9000")
    said = office.does("coverage", "--owner", "Xiao Li")
    assert "funnelcli target set 'Xiao Li' 2026Q4 AMOUNT" in said
    assert list(by_owner(office, "--owner", "Xiao Li")) == ["Xiao Li"]


def test_new_ones_are_told_by_stage_and_day(office: Office) -> None:
    """Chances without history: 10, 20, 40, 50, 70, 90 %; so of n new, n·10/20 are shortlisted."""
    office.on("2026-10-01")
    a_deal(office, "Ark", "Xiao Li", "1000")
    office.does("target", "set", "team", "2026Q4", "3000")
    answer = office.asks("coverage")
    count = answer["rows"][0]["needed_new"]
    plan = answer["totals"]["plan"]
    assert count > 3
    assert answer["totals"]["certainty"] == 0.8
    shares = [1, 10 / 20, 10 / 40, 10 / 50, 10 / 70, 10 / 90]
    assert [post["needed"] for post in plan] == [ceil(round(count * s, 9)) for s in shares]
    days = [date.fromisoformat(post["by"]) for post in plan]
    assert days == sorted(days)
    assert days[-1] < date(2027, 1, 1)
    assert "make the target with 80 % chance" in office.does("coverage")


def test_a_larger_target_takes_more_and_open_deals_spare_some(office: Office) -> None:
    office.on("2026-10-01")
    a_deal(office, "Ark", "Xiao Li", "1000")

    def needed(amount: str) -> int:
        office.does("target", "set", "team", "2026Q4", amount)
        found: int = by_owner(office)["team"]["needed_new"]
        return found

    counts = [needed(amount) for amount in ("500", "1000", "3000", "9000")]
    assert counts == sorted(counts)
    a_deal(office, "Late stage", "Xiao Li", "9000", "--stage", "terms")
    assert needed("9000") < counts[-1]


def test_where_no_amount_is_known_no_number_of_new_ones_is_told(office: Office) -> None:
    office.does("target", "set", "team", "2026Q4", "3000")
    assert by_owner(office)["team"]["needed_new"] is None
    assert "No amount is known yet" in office.does("coverage")


def test_who_carries_least_has_room(office: Office) -> None:
    a_deal(office, "Ark", "Xiao Li", "9000", "--stage", "quoted", "--on", "2026-09-01")
    a_deal(office, "Bo", "Wang Fang", "3000")
    office.does("plan", "add", "Bo", "call them", "--on", "+2d")
    a_deal(office, "Cy", "Wang Fang", "3000")
    rows = by_owner(office)
    keys = ("deals", "planned", "stalled")
    assert [rows["Xiao Li"][key] for key in keys] == [1, 0, 1]
    assert [rows["Wang Fang"][key] for key in keys] == [2, 1, 0]
    assert [rows["team"][key] for key in keys] == [3, 1, 1]
    assert "Most room: Xiao Li." in office.does("coverage")


def test_a_period_that_is_over_is_refused(office: Office) -> None:
    ran = office("coverage", "--period", "2026Q3")
    assert (ran.code, ran.out) == (2, "")
    assert "2026Q3 is over" in ran.err
