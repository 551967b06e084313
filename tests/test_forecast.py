"""`forecast`: what will come in a period, explained deal by deal, from no history on."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from test_laws import exactly, histories, late, played

if TYPE_CHECKING:
    from conftest import Office, Ran
    from test_laws import Step

FORCED = ("--force", "--reason", "so")
TOTALS = "low mid high mean weighted_amount run_rate"


def a_deal(office: Office, name: str, stage: str, amount: str, *more: str) -> None:
    office.does("deal", "add", name, "--stage", stage, "--amount", amount, *more)


def told(office: Office, *more: str) -> dict[str, Any]:
    return {row["name"]: row for row in office.asks("forecast", *more)["rows"]}


def refused(ran: Ran, code: int = 2) -> str:
    assert ran.code == code, ran
    assert ran.out == ""
    return ran.err


def test_without_history_the_declared_chance_is_told_and_said_to_be_that(office: Office) -> None:
    a_deal(office, "Ark", "quoted", "1000")
    row = told(office)["Ark"]
    assert row["declared_probability"] == 0.5
    assert row["win_probability"] == pytest.approx(0.5)
    assert row["explain"] == (
        "50 %: Quoted, day 0 (limit 14); no stay that long has ended yet, so the declared "
        "chance and the limit decide; then 70 % win."
    )
    assert "0 won and 0 lost" not in office.does("forecast")
    assert "No deal is closed yet" in office.does("forecast")


def test_the_totals_have_the_promised_keys_and_agree_with_the_funnel(office: Office) -> None:
    a_deal(office, "Ark", "quoted", "1000.01")
    a_deal(office, "Bo", "terms", "333.33")
    a_deal(office, "Held", "terms", "5000")
    office.does("deal", "hold", "Held", "--until", "+9d", "--reason", "so")
    office.does("deal", "add", "Unknown", "--stage", "terms")
    totals = office.asks("forecast")["totals"]
    assert set(TOTALS.split()) <= totals.keys()
    funnel = office.asks("funnel")["totals"]
    for key in ("deals", "amount", "amount_unknown", "weighted_amount"):
        assert totals[key] == funnel[key], key
    assert 0 <= totals["low"] <= totals["mid"] <= totals["high"] <= totals["amount"] + 1
    assert (totals["period"], totals["start"], totals["end"]) == (
        *("2026Q4", "2026-10-01", "2027-01-01"),
    )
    assert "Held" not in told(office)


def test_a_deal_past_its_limit_loses_its_chance_by_halves(office: Office) -> None:
    """Quoted: limit 14, 50 % on, 70 % then; on day 28 the odds of moving on have halved."""
    office.on("2026-10-01")
    a_deal(office, "Ark", "quoted", "1000")
    office.on("2026-10-29")
    odds = Decimal("0.5") / Decimal("0.7")
    odds = odds / (1 - odds) / 2
    assert told(office)["Ark"]["win_probability"] == pytest.approx(
        float(odds / (1 + odds) * Decimal("0.7"))
    )


def test_history_is_learned_from_the_whole_team_whoever_is_asked_about(office: Office) -> None:
    for n in range(8):
        a_deal(office, f"Lost {n}", "quoted", "10", "--owner", "Wang Fang")
        office.does("deal", "lose", f"Lost {n}", "--reason", "price")
    a_deal(office, "Ark", "quoted", "1000", "--owner", "Xiao Li")
    row = told(office, "--owner", "Xiao Li")["Ark"]
    at_confirmed, at_quoted = (0 + 7) / (0 + 10), (0 + 5) / (8 + 10)
    # None of the eight stayed longer than day 0, which is where Ark is.
    assert row["win_probability"] == pytest.approx(at_quoted / at_confirmed * at_confirmed)
    assert row["n"] == 0
    assert list(told(office, "--owner", "Wang Fang")) == []


def test_what_was_won_the_pace_and_the_target_stand_beside(office: Office) -> None:
    """900 won in 50 days of history; at that pace the 38 days from tomorrow bring 684 more."""
    office.on("2026-10-05")
    a_deal(office, "Won", "terms", "1000")
    office.on("2026-11-10")
    office.does("deal", "win", "Won", "--amount", "900", *FORCED)
    office.does("target", "set", "team", "2026Q4", "5000")
    office.on("2026-11-23")
    totals = office.asks("forecast")["totals"]
    assert (totals["won"], totals["target"]) == (900, 5000)
    assert totals["run_rate"] == pytest.approx(900 / 50 * 38, abs=0.01)
    said = office.does("forecast")
    assert "900 (1 deal)" in said
    assert "5,000" in said


def test_a_period_that_is_over_is_refused_and_one_to_come_is_told(office: Office) -> None:
    a_deal(office, "Ark", "quoted", "1000")
    assert "2026Q3 is over" in refused(office("forecast", "--period", "2026Q3"))
    soon = office.asks("forecast", "--period", "2026Q4")["totals"]["mean"]
    later = office.asks("forecast", "--period", "2027Q1")["totals"]["mean"]
    both = office.asks("forecast", "--period", "2026-10-01..2027-03-31")["totals"]["mean"]
    assert soon + later == pytest.approx(both, abs=0.02)
    assert later > 0


def test_a_question_without_deals_is_answered_plainly(office: Office) -> None:
    totals = office.asks("forecast")["totals"]
    assert [totals[key] for key in ("low", "mid", "high", "mean", "deals")] == [0, 0, 0, 0, 0]
    assert totals["run_rate"] is None
    assert "No deal is closed yet" in office.does("forecast")
    assert office.asks("backtest")["rows"][0]["brier"] is None


@pytest.mark.parametrize("outcome", [("win", *FORCED), ("lose", "--reason", "price")])
def test_where_all_were_won_or_all_lost_nobody_is_told_a_certainty(
    office: Office, outcome: tuple[str, ...]
) -> None:
    verb, *more = outcome
    for n in range(40):
        a_deal(office, f"Deal {n}", "opportunity", "10")
        office.does("deal", verb, f"Deal {n}", *more)
    a_deal(office, "Ark", "opportunity", "10")
    assert 0 < told(office)["Ark"]["win_probability"] < 1
    assert "100 %" not in told(office)["Ark"]["explain"]
    assert " 0 %" not in told(office)["Ark"]["explain"]


def test_a_process_of_one_stage_without_limits_is_forecast_too(office: Office) -> None:
    file = office.path.with_name("one.toml")
    file.write_text('name = "one"\n[[stage]]\nname = "talks"\nprobability = 30\n')
    office.does("pipeline", "apply", str(file))
    office.does("deal", "add", "Ark", "--pipeline", "one", "--amount", "100", "--on", "2026-01-01")
    row = told(office)["Ark"]
    assert row["win_probability"] == pytest.approx(0.3)
    assert row["explain"].startswith("30 %: talks, day 326; no stay that long has ended yet")


def test_an_unknown_date_takes_the_chance_of_the_stage(office: Office) -> None:
    rows = "id,name,pipeline,stage,status,amount\nA,Ark,bidding,quoted,open,100\n"
    file = office.path.with_name("deals.csv")
    file.write_text(rows)
    office.does("import", "deals", str(file))
    row = told(office)["Ark"]
    assert row["win_probability"] == pytest.approx(0.5)
    assert "nobody knows since when" in row["explain"]


def test_an_unknown_amount_has_a_chance_and_is_not_counted_in(office: Office) -> None:
    office.does("deal", "add", "Ark", "--stage", "quoted")
    totals = office.asks("forecast")["totals"]
    assert (totals["amount_unknown"], totals["high"]) == (1, 0)
    assert "1 open deal of unknown amount" in office.does("forecast")


def test_everything_may_close_today(office: Office) -> None:
    office.at("2026-12-31T23:00:00+08:00")
    a_deal(office, "Ark", "terms", "100")
    row = told(office)["Ark"]
    assert 0 < row["period_probability"] < row["win_probability"]


def test_a_clock_set_back_is_answered_from_what_was_known_by_then(office: Office) -> None:
    a_deal(office, "Ark", "quoted", "1000")
    office.on("2026-11-01")
    totals = office.asks("forecast")["totals"]
    assert totals["low"] <= totals["mid"] <= totals["high"]


def test_no_figure_moves_by_what_was_recorded_after_the_day_that_is_asked_about(
    office: Office,
) -> None:
    """A future event is planted: wins, losses, amounts, moves and a target that came later."""
    office.on("2026-09-01")
    for n in range(6):
        a_deal(office, f"Deal {n}", "quoted", f"{100 * (n + 1)}")
    office.does("deal", "lose", "Deal 0", "--reason", "price")
    office.does("target", "set", "team", "2026Q3", "5000")
    office.on("2026-09-20")
    questions = ("forecast", "coverage", "conversion", "backtest")
    before = [office.asks(question) for question in questions]
    office.on("2026-11-23")
    office.does("deal", "win", "Deal 1", "--on", "2026-09-10", *FORCED)
    office.does("deal", "lose", "Deal 2", "--reason", "price", "--on", "2026-09-15")
    office.does("deal", "edit", "Deal 3", "--amount", "9999", "--on", "2026-09-05")
    office.does("deal", "advance", "Deal 4", "--on", "2026-09-18", *FORCED)
    office.does("target", "set", "team", "2026Q3", "1")
    instant = "2026-09-20T09:00:00+08:00"
    for question, told_then in zip(questions, before, strict=True):
        again = office.asks(question, "--as-of", instant)
        assert again["rows"] == told_then["rows"], question
        assert again["totals"] == told_then["totals"], question
    hindsight = office.asks("forecast", "--as-of", instant, "--hindsight")
    assert hindsight["totals"] != before[0]["totals"]


@settings(max_examples=7)
@given(history=histories(late))
def test_after_any_history_quantiles_are_in_order_and_now_is_now(
    office: Office, history: list[Step]
) -> None:
    here = played(office, history).office
    answer = exactly(here, "forecast")
    totals = answer["totals"]
    open_ = exactly(here, "deal", "list", "--status", "open")["rows"]
    assert sorted(row["id"] for row in answer["rows"]) == [row["id"] for row in open_]
    assert 0 <= totals["low"] <= totals["mid"] <= totals["high"]
    summed = sum(
        (row["amount"] * row["period_probability"] for row in answer["rows"] if row["amount"]),
        Decimal(0),
    )
    assert abs(totals["mean"] - summed) <= Decimal("0.01")
    assert totals["weighted_amount"] == sum(
        (row["amount"] * row["declared_probability"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for row in answer["rows"]
        if row["amount"]
    )
    for row in answer["rows"]:
        assert 0 < row["win_probability"] < 1
        assert 0 <= row["period_probability"] <= row["win_probability"]
    assert exactly(here, "forecast", "--as-of", "today")["rows"] == answer["rows"]


def one_stage(office: Office) -> None:
    """Set up a process of one stage of 30 days, for deals of a pipeline called one."""
    file = office.path.with_name("one.toml")
    file.write_text('name = "one"\n[[stage]]\nname = "talks"\nprobability = 50\nmax_days = 30\n')
    office.does("pipeline", "apply", str(file))
    office.does("config", "set", "pipeline", "one")


def test_a_file_of_open_deals_alone_tells_the_declared_chances(office: Office) -> None:
    """Twenty deals that came in over three weeks say nothing of each other's fate."""
    one_stage(office)
    for n in range(20):
        office.does("deal", "add", f"Deal {n}", "--amount", "100", "--on", f"-{n}d")
    for row in told(office).values():
        assert row["win_probability"] == pytest.approx(0.5)
    funnel = office.asks("funnel")["totals"]["weighted_amount"]
    assert office.asks("forecast")["totals"]["weighted_amount"] == funnel


def test_deals_that_were_put_away_say_nothing_of_what_comes_after(office: Office) -> None:
    """Six won after 20 days, six put away on day 25: none of these was seen on day 26."""
    one_stage(office)
    office.on("2026-08-01")
    for n in range(12):
        office.does("deal", "add", f"Deal {n}", "--amount", "100")
    office.on("2026-08-21")
    for n in range(6):
        office.does("deal", "win", f"Deal {n}", *FORCED)
    office.on("2026-08-26")
    for n in range(6, 12):
        office.does("deal", "archive", f"Deal {n}")
    office.on("2026-11-01")
    office.does("deal", "add", "Ark", "--on", "-26d", "--amount", "100")
    assert told(office)["Ark"]["n"] == 0
    office.does("deal", "add", "Bo", "--on", "-24d", "--amount", "100")
    assert told(office)["Bo"]["n"] == 7  # those put away, and Ark
    assert office.asks("conversion")["rows"][-1]["undecided"] == 2


def test_a_closing_day_that_nobody_knows_makes_no_stay(office: Office) -> None:
    file = office.path.with_name("deals.csv")
    file.write_text(
        "id,name,pipeline,stage,status,opened_on,closed_on\nA,Ark,bidding,quoted,lost,2026-01-05,\n"
    )
    office.does("import", "deals", str(file))
    office.does("deal", "add", "Bo", "--stage", "quoted")
    assert told(office)["Bo"]["n"] == 0


def test_a_deal_that_takes_twenty_days_is_won_in_the_period_in_which_they_end(
    office: Office,
) -> None:
    """All past winners took 20 days: one opened on 12 December is won on 1 January."""
    one_stage(office)
    office.on("2026-05-01")
    for n in range(30):
        office.does("deal", "add", f"Deal {n}", "--amount", "100")
    office.on("2026-05-21")
    for n in range(30):
        office.does("deal", "win", f"Deal {n}", *FORCED)
    office.on("2026-12-12")
    office.does("deal", "add", "Ark", "--amount", "100")
    before, after = told(office)["Ark"], told(office, "--period", "2027Q1")["Ark"]
    assert before["period_probability"] < 0.12
    assert after["period_probability"] > 0.8
    office.on("2026-12-11")
    office.does("deal", "add", "Bo", "--amount", "100")
    assert told(office)["Bo"]["period_probability"] > 0.8


def test_part_of_the_deals_is_held_against_no_target(office: Office) -> None:
    a_deal(office, "Ark", "quoted", "1000", "--owner", "Xiao Li", "--customer", "Ark")
    office.does("target", "set", "Xiao Li", "2026Q4", "5000")
    assert office.asks("forecast")["totals"]["target"] == 5000  # the sum of the reps' targets
    assert office.asks("forecast", "--owner", "Xiao Li")["totals"]["target"] == 5000
    for part in (("--customer", "Ark"), ("--source", "fair"), ("--pipeline", "bidding")):
        assert office.asks("forecast", *part)["totals"]["target"] is None
        assert "Target" not in office.does("forecast", *part)


def test_a_page_says_whose_deals_it_tells_of_and_as_of_when(office: Office) -> None:
    a_deal(office, "Ark", "quoted", "1000", "--owner", "Xiao Li")
    office.on("2026-11-30")
    said = office.does("forecast", "--owner", "Xiao Li", "--as-of", "2026-11-28")
    assert said.startswith("Forecast 2026Q4 · Xiao Li · as of 2026-11-28 23:59\n")
    assert office.does("forecast").startswith("Forecast 2026Q4\n")


def test_the_pace_begins_with_the_first_day_that_is_known(office: Office) -> None:
    """Nine deals won in October, of which nobody knows the opening, and one opened yesterday."""
    rows = [f"{n},Deal {n},bidding,terms,won,1000,,2026-10-{n + 10}" for n in range(9)]
    head = "id,name,pipeline,stage,status,amount,opened_on,closed_on"
    file = office.path.with_name("deals.csv")
    file.write_text("\n".join([head, *rows]) + "\n")
    office.does("import", "deals", str(file))
    office.does("deal", "add", "Ark", "--on", "yesterday")
    # 45 days from 10 October to 23 November, today included; 38 days from tomorrow on.
    assert office.asks("forecast")["totals"]["run_rate"] == pytest.approx(9000 / 45 * 38, abs=0.01)
