"""Velocity: open deals × win rate × mean won amount ÷ median cycle, counted by hand and by law."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median
from typing import Any

import pytest
from conftest import Office
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from funnelcli.domain.velocity import Counted, velocities

FORCE = ("--force", "--reason", "so")


def a_deal(office: Office, name: str, opened: str, *more: str, amount: str | None = None) -> None:
    """Add a deal on the day it is opened."""
    worth = () if amount is None else ("--amount", amount)
    office.on(opened).does("deal", "add", name, *worth, *more)


def won(
    office: Office, name: str, opened: str, closed: str, amount: str | None, *more: str
) -> None:
    a_deal(office, name, opened, *more, amount=amount)
    office.on(closed).does("deal", "win", name, *FORCE)


def lost(office: Office, name: str, opened: str, closed: str, *more: str) -> None:
    a_deal(office, name, opened, *more)
    office.on(closed).does("deal", "lose", name, "--reason", "price")


def figures(office: Office, *words: str) -> dict[str, Any]:
    """Return the only row."""
    [row] = office.on("2026-11-23").asks("velocity", *words)["rows"]
    return row


KEYS = (
    *("pipeline", "deals", "closed", "won", "win_rate", "mean_won_amount", "median_cycle"),
    *("velocity", "amount_unknown"),
)


def five_closed(office: Office) -> None:
    """Win three deals, in 10, 20 and 60 days, lose two, and leave three open."""
    won(office, "Ark", "2026-06-01", "2026-06-11", "100", "--owner", "Xiao Li", "--source", "web")
    won(office, "Boat", "2026-07-01", "2026-07-21", "200", "--owner", "Xiao Li", "--source", "fair")
    won(office, "Cart", "2026-07-01", "2026-08-30", "600.01", "--owner", "Wang Fang")
    lost(office, "Dash", "2026-08-01", "2026-09-01", "--owner", "Wang Fang")
    lost(office, "East", "2026-08-01", "2026-10-01", "--owner", "Wang Fang", "--source", "web")
    for name in ("One", "Two", "Three"):
        a_deal(office, name, "2026-10-01", "--owner", "Xiao Li", amount="5000")


def test_velocity_is_open_deals_times_win_rate_times_mean_by_the_median_cycle(
    office: Office,
) -> None:
    five_closed(office)
    row = figures(office)
    assert (row["pipeline"], row["deals"], row["closed"], row["won"]) == ("bidding", 3, 5, 3)
    assert (row["win_rate"], row["median_cycle"]) == (0.6, 20)
    assert row["mean_won_amount"] == 300  # 900.01 / 3 is 300.0033
    assert row["velocity"] == 27  # 3 × 0.6 × 300.0033 / 20 is 27.0003
    assert (row["amount_unknown"], row["cycles"], row["cycle_unknown"]) == (0, 3, 0)
    assert row["why"] is None


def test_each_owner_has_figures_of_their_own_the_fastest_first(office: Office) -> None:
    five_closed(office)
    rows = office.on("2026-11-23").asks("velocity", "--by", "owner")["rows"]
    keys = ("owner", "deals", "closed", "won", "median_cycle", "velocity")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("Xiao Li", 3, 2, 2, 15, 30),  # 3 × 1 × 150 / 15
        ("Wang Fang", 0, 3, 1, 60, 0),
    ]
    assert all(tuple(row)[:10] == ("owner", *KEYS) for row in rows)
    sources = office.asks("velocity", "--by", "source")["rows"]
    said = [(row["source"], row["closed"], row["won"], row["velocity"]) for row in sources]
    assert said == [(None, 2, 1, 15), ("fair", 1, 1, 0), ("web", 2, 1, 0)]  # 3 × ½ × 600.01 / 60


@pytest.mark.parametrize(
    ("words", "closed", "won_deals"),
    [
        ((), 5, 3),
        (("--days", "84"), 2, 0),  # the first of them is 1 September
        (("--days", "83"), 1, 0),
        (("--days", "86"), 3, 1),
        (("--owner", "Xiao Li"), 2, 2),
        (("--source", "web"), 2, 1),
        (("--as-of", "2026-08-31"), 3, 3),
        (("--as-of", "2026-07-31"), 2, 2),
        (("--as-of", "2026-08-31", "--days", "1"), 0, 0),
        (("--as-of", "2026-08-30", "--days", "1"), 1, 1),
    ],
)
def test_what_counts_is_what_was_closed_in_the_last_days_of_whom_is_asked_for(
    office: Office, words: tuple[str, ...], closed: int, won_deals: int
) -> None:
    five_closed(office)
    row = figures(office, *words)
    assert (row["closed"], row["won"]) == (closed, won_deals)


def test_the_open_deals_are_those_of_the_funnel(office: Office) -> None:
    five_closed(office)
    office.on("2026-11-20").does("deal", "hold", "One", "--until", "2026-12-24", "--reason", "fair")
    office.does("deal", "archive", "Two")
    assert figures(office)["deals"] == office.asks("funnel")["totals"]["deals"] == 1
    assert figures(office, "--as-of", "2026-11-19")["deals"] == 3
    assert figures(office, "--as-of", "2026-08-20")["deals"] == 3  # Cart, Dash and East


def test_a_won_deal_that_was_put_away_still_counts_as_won(office: Office) -> None:
    five_closed(office)
    office.on("2026-11-20").does("deal", "archive", "Ark")
    assert figures(office)["won"] == 3


def test_a_deal_won_again_counts_once_with_the_days_to_the_last_time(office: Office) -> None:
    won(office, "Ark", "2026-06-01", "2026-06-11", "100")
    office.on("2026-06-12").does("deal", "reopen", "Ark", "--reason", "budget")
    office.on("2026-07-01").does("deal", "win", "Ark", *FORCE)
    row = figures(office)
    assert (row["won"], row["median_cycle"]) == (1, 30)


def test_a_late_entry_counts_on_the_day_it_happened_in_hindsight_or_once_known(
    office: Office,
) -> None:
    a_deal(office, "Ark", "2026-06-01", amount="100")
    office.on("2026-06-20").does("deal", "win", "Ark", "--on", "2026-06-11", *FORCE)
    assert figures(office, "--as-of", "2026-06-12")["closed"] == 0
    assert figures(office, "--as-of", "2026-06-12", "--hindsight")["median_cycle"] == 10
    assert figures(office, "--as-of", "2026-06-20", "--days", "9")["closed"] == 0
    assert figures(office, "--as-of", "2026-06-20", "--days", "10")["closed"] == 1


# What is not known, and what cannot be divided


def test_unknown_amounts_and_cycles_are_left_out_and_counted(office: Office) -> None:
    path = office.path.with_name("deals.csv")
    path.write_text(
        "id,name,status,amount,opened_on,closed_on\n"
        "1,A,won,100,2026-06-01,2026-06-11\n"
        "2,B,won,,2026-06-01,2026-06-21\n"
        "3,C,won,300,,2026-06-21\n"
        "4,D,open,10,2026-06-01,\n"
        "5,E,lost,,,2026-06-21\n",
        encoding="utf-8",
    )
    office.on("2026-11-23").does("import", "deals", str(path))
    row = figures(office)
    assert (row["won"], row["closed"]) == (3, 4)
    assert (row["amount_unknown"], row["mean_won_amount"]) == (1, 200)
    assert (row["cycles"], row["cycle_unknown"], row["median_cycle"]) == (2, 1, 15)
    assert row["velocity"] == 10  # 1 × 0.75 × 200 / 15


def lives(office: Office, case: str) -> None:
    """Play one of the lives that have no velocity."""
    if case == "lost":
        lost(office, "Ark", "2026-06-01", "2026-06-11")
    elif case == "unpriced":
        won(office, "Ark", "2026-06-01", "2026-06-11", None)
    elif case == "at once":
        won(office, "Ark", "2026-06-01", "2026-06-01", "100")
    elif case == "undated":
        path = office.path.with_name("deals.csv")
        path.write_text(
            "id,name,status,amount,closed_on\n1,A,won,100,2026-06-11\n", encoding="utf-8"
        )
        office.on("2026-11-23").does("import", "deals", str(path))
    a_deal(office, "Open", "2026-10-01", amount="1")


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("nothing", "Nothing was closed."),
        ("lost", "Nothing was won."),
        ("unpriced", "No won deal has a known amount."),
        ("at once", "The median cycle is 0 days."),
        ("undated", "Nobody knows how long a won deal took."),
    ],
)
def test_without_one_of_the_parts_there_is_no_velocity_and_a_sentence_says_why(
    office: Office, case: str, why: str
) -> None:
    lives(office, case)
    row = figures(office)
    assert (row["deals"], row["velocity"], row["why"]) == (1, None, why)
    assert why[1:-1] in office.does("velocity")


def test_a_currency_without_decimals_is_rounded_to_whole_ones(bare: Office) -> None:
    bare.on("2026-05-01").does("init", "--currency", "JPY", "--timezone", "Asia/Tokyo")
    won(bare, "Ark", "2026-06-01", "2026-06-11", "100")
    won(bare, "Boat", "2026-06-01", "2026-06-11", "105")
    a_deal(bare, "Open", "2026-10-01")
    row = figures(bare)
    assert (row["mean_won_amount"], row["velocity"]) == (103, 10)  # 102.5, and 10.25 of that


def test_an_empty_file_has_its_pipeline_and_nothing_in_it(office: Office) -> None:
    row = figures(office)
    known = {"pipeline", "deals", "closed", "won", "amount_unknown", "cycles", "cycle_unknown"}
    assert {key for key, value in row.items() if value is not None} == {*known, "why"}
    ran = office("velocity", "--by", "owner")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "No deal is open, and none was closed from 2025-11-24 to 2026-11-23.\n"


def test_several_pipelines_are_told_apart_and_no_rate_crosses_them(
    office: Office, tmp_path: Any
) -> None:
    path = tmp_path / "general.toml"
    path.write_text(office.does("pipeline", "templates", "general"), encoding="utf-8")
    office.does("pipeline", "apply", str(path))
    won(office, "Ark", "2026-06-01", "2026-06-11", "100", "--pipeline", "general")
    lost(office, "Boat", "2026-06-01", "2026-06-11")
    rows = office.on("2026-11-23").asks("velocity")["rows"]
    assert [(row["pipeline"], row["win_rate"]) for row in rows] == [("bidding", 0), ("general", 1)]
    assert [
        row["pipeline"] for row in office.asks("velocity", "--pipeline", "general")["rows"]
    ] == ["general"]
    rows = office.asks("velocity", "--by", "owner")["rows"]
    assert {(row["owner"], row["pipeline"]) for row in rows} == {
        ("Jiang Yue", "bidding"),
        ("Jiang Yue", "general"),
    }


def test_a_limit_shortens_the_list_and_not_the_totals(office: Office) -> None:
    five_closed(office)
    found = office.on("2026-11-23").asks("velocity", "--by", "owner", "--limit", "1")
    assert [row["owner"] for row in found["rows"]] == ["Xiao Li"]
    period = {"closed_from": "2025-11-24", "closed_to": "2026-11-23"}
    assert found["totals"] == {"deals": 3, "closed": 5, "won": 3, **period}


def test_a_person_sees_every_rate_with_its_n_and_what_to_make_of_it(office: Office) -> None:
    five_closed(office)
    assert office.on("2026-11-23").does("velocity", "--by", "owner") == snapshot("""\
Owner      Open  Closed  Won  Win rate  Mean won  Cycle  Per day
Xiao Li       3       2    2   too few       150     15       30
Wang Fang     0       3    1   too few    600.01     60        0
Per day: open × win rate × mean won ÷ median cycle; closed from 2025-11-24 to 2026-11-23.
""")
    assert office.does("velocity", "--days", "500") == snapshot("""\
Pipeline  Open  Closed  Won  Win rate  Mean won  Cycle  Per day
bidding      3       5    3      60 %       300     20       27
Per day: open × win rate × mean won ÷ median cycle; closed from 2025-07-12 to 2026-11-23.
""")


# The law

counts = st.lists(
    st.builds(
        lambda status, days, deals, priced, each: Counted(
            None, 1, status, days, deals, min(priced, deals), each * min(priced, deals)
        ),
        st.sampled_from(["open", "won", "won", "lost"]),
        st.none() | st.integers(-3, 9),
        st.integers(1, 5),
        st.integers(0, 5),
        st.integers(0, 10**12),
    ),
    max_size=8,
)


@given(counts)
def test_the_figures_are_those_of_a_plain_list_of_deals(found: list[Counted]) -> None:
    [row] = velocities(found, {1: "p"}, grouped=False)
    cycles = [
        each.days
        for each in found
        for _ in range(each.deals)
        if each.status == "won" and each.days is not None and each.days >= 0
    ]
    wins = [each for each in found if each.status == "won"]
    n = {s: sum(e.deals for e in found if e.status == s) for s in ("open", "won", "lost")}
    priced = sum(each.priced for each in wins)
    assert (row.deals, row.won, row.closed) == (n["open"], n["won"], n["won"] + n["lost"])
    assert row.median_cycle == (median(cycles) if cycles else None)
    assert row.timed + row.cycle_unknown == row.won
    if not (n["won"] and priced and cycles and median(cycles)):
        assert (row.velocity, row.why is None) == (None, False)
        return
    mean = Fraction(sum(each.amount for each in wins), priced)
    exact = n["open"] * Fraction(n["won"], row.closed) * mean / Fraction(median(cycles))
    assert row.velocity == half_up(exact)
    assert row.mean_won_amount == half_up(mean)


def half_up(exact: Fraction) -> int:
    whole = Decimal(exact.numerator * 2 // exact.denominator) / 2
    return int(whole.quantize(Decimal(1), ROUND_HALF_UP))
