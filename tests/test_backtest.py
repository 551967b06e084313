"""`backtest`: the forecast replayed on one's own past, from what was known then."""

from __future__ import annotations

from datetime import date, timedelta
from math import log
from typing import TYPE_CHECKING, Any

import pytest
from inline_snapshot import snapshot

from funnelcli.views.chart import drawn
from funnelcli.views.table import Chart, Mark

if TYPE_CHECKING:
    from conftest import Office

FORCED = ("--force", "--reason", "so")


def two_deals(office: Office) -> Office:
    """Two deals quoted on 1 March; one is won in April for 100, one lost; 1 November is today."""
    office.on("2026-03-01")
    for name in ("Ark", "Bo"):
        office.does("deal", "add", name, "--stage", "quoted", "--amount", "100")
    office.on("2026-04-20")
    office.does("deal", "win", "Ark", *FORCED)
    office.does("deal", "lose", "Bo", "--reason", "price")
    return office.on("2026-11-01")


def methods(office: Office, *more: str) -> dict[str, dict[str, Any]]:
    rows = office.asks("backtest", *more)["rows"]
    return {row["method"]: row for row in rows if row["closed"] is None}


def test_what_was_told_is_scored_by_what_came(office: Office) -> None:
    """One origin after 18 days: the declared chance is 50 %, and the learned one lies below it."""
    two_deals(office).on("2026-04-21")
    found = methods(office, "--origins", "1")
    assert list(found) == ["learned", "declared", "frequency"]
    assert found["declared"]["brier"] == pytest.approx((0.5**2 + 0.5**2) / 2)
    assert found["declared"]["log_loss"] == pytest.approx(-log(0.5))
    assert found["declared"]["ece"] == pytest.approx(0)
    assert {row["n"] for row in found.values()} == {2}
    # 25 days after 1 March, with a limit of 14, without any history.
    odds = (0.5 / 0.7) / (1 - 0.5 / 0.7) * 0.5 ** (25 / 14 - 1)
    chance = odds / (1 + odds) * 0.7
    assert found["learned"]["brier"] == pytest.approx(((1 - chance) ** 2 + chance**2) / 2)


def test_a_range_is_held_against_what_came_within_ninety_days(office: Office) -> None:
    """From 1 March to 1 November: of the replayed days, those on which a deal was still open."""
    found = methods(two_deals(office))
    assert found["learned"]["origins"] == 12
    assert found["learned"]["windows"] == 2  # 19 March and 6 April; later ones have no open deal
    assert found["learned"]["coverage"] == 1.0
    assert found["declared"]["n"] == 4


def test_days_are_even_and_a_week_apart_at_least(office: Office) -> None:
    office.on("2026-11-01")
    office.does("deal", "add", "Ark")
    office.on("2026-11-23")
    totals = office.asks("backtest")["totals"]
    assert totals["origins"] == 3
    assert office.asks("backtest", "--origins", "2")["totals"]["origins"] == 2


def test_the_score_that_is_kept_stands_below_the_forecast_and_outside_undo(
    office: Office,
) -> None:
    two_deals(office)
    office.does("deal", "add", "Now", "--stage", "quoted", "--amount", "100")
    assert "Not tested on your own past yet" in office.does("forecast")
    first = office.does("backtest", "--save")
    assert office.does("backtest", "--save") == first
    assert (
        "Tested on 2026-11-01 on your own past: only 4 chances could be scored, too few"
        in office.does("forecast")
    )
    assert "Not tested" in office.does("forecast", "--as-of", "2026-10-31")
    assert "backtest" not in office.does("history")
    office.does("undo")
    assert "Tested on 2026-11-01" in office.does("forecast")


def test_without_a_past_there_is_nothing_to_score(office: Office) -> None:
    assert methods(office)["learned"]["brier"] is None
    assert "Nothing to score yet" in office.does("backtest")
    office.does("backtest", "--save")
    assert "nothing of your own past could be scored" in office.does("forecast")


MARKS = (
    Mark("Won 已中标", "40", solid=40),
    Mark("Range", "50 to 90", solid=40, low=50, high=90, tick=70),
    Mark("Target", "100", tick=100),
    Mark("Nothing", "0"),
)


def test_a_chart_puts_quantities_on_one_scale() -> None:
    assert "\n".join(drawn(Chart("", MARKS), 44)) == snapshot("""\
Won 已中标  █████████               40
Range       █████████ ░░░░░┃░░░░    50 to 90
Target                           ┃  100
Nothing                             0\
""")


def test_a_narrow_chart_has_its_words_below_and_ascii_where_nothing_else_can_be_written() -> None:
    lines = list(drawn(Chart("", MARKS[:2]), 28, ascii_only=True))
    assert "\n".join(lines) == snapshot("""\
Won 已中标  ########
            40
Range       ########----|---
            50 to 90\
""")


def test_a_limit_that_was_adopted_later_is_not_known_on_a_day_of_the_past(office: Office) -> None:
    two_deals(office)
    before = methods(office)
    office.does("pipeline", "learn", "--adopt")
    assert office.asks("pipeline", "show")["rows"][3]["learned_probability"] is not None
    assert methods(office) == before


def test_a_pipeline_that_is_gone_is_replayed_where_the_past_had_deals_in_it(
    office: Office,
) -> None:
    office.on("2026-03-01")
    file = office.path.with_name("two.toml")
    file.write_text('name = "two"\n[[stage]]\nname = "talks"\nprobability = 50\n')
    office.does("pipeline", "apply", str(file))
    office.does("deal", "add", "Gone", "--pipeline", "two", "--amount", "100")
    office.does("deal", "add", "Stays", "--amount", "100")
    office.on("2026-05-01")
    numbers = [row["operation"] for row in office.asks("history")["rows"]]
    applied = next(
        row["operation"]
        for row in office.asks("history")["rows"]
        if row["command"] == "pipeline apply"
    )
    assert applied in numbers
    for number in (applied + 1, applied):
        office.does("undo", "--id", str(number))
    assert office("backtest").code == 0


@pytest.mark.parametrize("part", [("--pipeline", "bidding"), ("--origins", "3")])
def test_only_the_score_of_all_is_kept(office: Office, part: tuple[str, ...]) -> None:
    ran = office("backtest", "--save", *part)
    assert (ran.code, ran.out) == (2, "")
    assert "--save keeps the score of all deals" in ran.err


def good_years_and_bad(office: Office) -> Office:
    """Three deals of 100 opened every week for two years, won or lost 40 days later by the quarter.

    What comes is all or nothing, as if one shock had decided on all that were open.
    """
    file = office.path.with_name("deals.csv")
    rows = ["id,name,pipeline,stage,status,amount,opened_on,closed_on"]
    for n in range(300):
        opened = date(2024, 11, 1) + timedelta(days=7 * (n // 3))
        closed = opened + timedelta(days=40)
        fate = "won" if (closed.month - 1) // 3 % 2 else "lost"
        rows.append(f"{n},Deal {n},bidding,opportunity,{fate},100,{opened},{closed}")
    file.write_text("\n".join(rows) + "\n")
    office.does("import", "deals", str(file))
    return office


def test_the_spread_whose_ranges_held_best_is_chosen_kept_and_used(office: Office) -> None:
    totals = good_years_and_bad(office).asks("backtest")["totals"]
    assert methods(office)["learned"]["windows"] >= 8
    assert totals["spread"] == 1.1  # the widest
    for n in range(30):
        office.does("deal", "add", f"Open {n}", "--amount", "100")
    before = office.asks("forecast", "--period", "2027Q1")["totals"]
    office.does("backtest", "--save")
    after = office.asks("forecast", "--period", "2027Q1")["totals"]
    assert after["low"] < before["low"] < before["high"] <= after["high"]
    assert "with the spread 1.1 that suits them best" in office.does("backtest")
