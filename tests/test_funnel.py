"""The funnel: the open deals over the stages, their amounts, ages and stalls."""

import textwrap
from pathlib import Path
from typing import Any

import pytest
from conftest import MONDAY, Office
from inline_snapshot import snapshot

ROW_KEYS = {
    *("pipeline", "stage", "title", "probability", "deals", "amount", "amount_unknown"),
    *("weighted_amount", "median_days", "stalled"),
}
TOTAL_KEYS = {
    *("deals", "amount", "amount_unknown", "weighted_amount", "stalled", "held", "held_amount"),
}
BIDDING = ["opportunity", "shortlisted", "drafted", "quoted", "confirmed", "terms"]
FORCE = ("--force", "--reason", "so")


def a_deal(office: Office, name: str, amount: str | None, *more: str, days: int = 0) -> None:
    """Add a deal that by Monday, 23 November, has been in its stage for some days."""
    worth = () if amount is None else ("--amount", amount)
    office.on("2026-10-24" if days == 30 else f"2026-11-{23 - days:02}")
    office.does("deal", "add", name, *worth, *more)
    office.at(MONDAY)


def rows(office: Office, *more: str) -> dict[str, dict[str, Any]]:
    """Return the funnel's rows by stage."""
    return {row["stage"]: row for row in office.asks("funnel", *more)["rows"]}


def totals(office: Office, *more: str) -> dict[str, Any]:
    """Return the funnel's totals."""
    return office.asks("funnel", *more)["totals"]


def a_general_pipeline(office: Office, folder: Path) -> None:
    """Add the shipped general process beside the bidding one."""
    path = folder / "general.toml"
    path.write_text(office.does("pipeline", "templates", "general"), encoding="utf-8")
    office.does("pipeline", "apply", str(path))


# The rows


def test_there_is_a_row_for_every_open_stage_in_order_empty_ones_too(office: Office) -> None:
    found = office.asks("funnel")
    assert [(row["pipeline"], row["stage"]) for row in found["rows"]] == [
        ("bidding", stage) for stage in BIDDING
    ]
    assert [row["probability"] for row in found["rows"]] == [0.1, 0.2, 0.4, 0.5, 0.7, 0.9]
    for row in found["rows"]:
        assert (row["deals"], row["amount"], row["amount_unknown"]) == (0, 0, 0)
        assert (row["weighted_amount"], row["median_days"], row["stalled"]) == (0, None, 0)
    assert found["totals"] == dict.fromkeys(TOTAL_KEYS, 0)


def test_machines_get_the_envelope_and_every_key_of_the_contract(office: Office) -> None:
    a_deal(office, "Ark", "12.5")
    found = office.asks("funnel")
    assert list(found)[:5] == ["schema", "as_of", "currency", "rows", "totals"]
    assert (found["schema"], found["currency"]) == ("funnelcli.funnel/1", "CNY")
    assert found["as_of"] == "2026-11-23T01:00:00Z"
    assert all(set(row) >= ROW_KEYS for row in found["rows"])
    assert set(found["totals"]) >= TOTAL_KEYS
    assert found["rows"][0]["title"] == "Opportunity"


def test_several_pipelines_follow_each_other_stage_by_stage(office: Office, tmp_path: Path) -> None:
    a_general_pipeline(office, tmp_path)
    a_deal(office, "Ark", "100", "--pipeline", "general", "--stage", "proposal")
    a_deal(office, "Boat", "50")
    found = office.asks("funnel")
    general = ["lead", "qualified", "proposal", "negotiation"]
    assert [(row["pipeline"], row["stage"]) for row in found["rows"]] == [
        *(("bidding", stage) for stage in BIDDING),
        *(("general", stage) for stage in general),
    ]
    assert [row["deals"] for row in found["rows"]] == [1, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert (found["totals"]["deals"], found["totals"]["weighted_amount"]) == (2, 55)
    only = office.asks("funnel", "--pipeline", "general")
    assert [row["stage"] for row in only["rows"]] == general
    assert (only["totals"]["deals"], only["totals"]["amount"]) == (1, 100)


def test_every_open_deal_counts_in_its_stage_and_no_other_deal_counts(office: Office) -> None:
    for name, amount, stage in (
        *(("Ark", "100", "quoted"), ("Boat", "40", "quoted"), ("Cart", "7", "terms")),
        *(("Won", "1000", "terms"), ("Lost", "1000", "quoted"), ("Away", "1000", "quoted")),
    ):
        a_deal(office, name, amount, "--stage", stage)
    office.does("deal", "win", "Won", *FORCE)
    office.does("deal", "lose", "Lost", "--reason", "price")
    office.does("deal", "archive", "Away")
    found = rows(office)
    assert (found["quoted"]["deals"], found["quoted"]["amount"]) == (2, 140)
    assert (found["terms"]["deals"], found["terms"]["amount"]) == (1, 7)
    assert (totals(office)["deals"], totals(office)["amount"]) == (3, 147)


# Amounts


def test_weighted_amounts_are_rounded_half_up_per_deal_and_then_added(office: Office) -> None:
    for n in range(3):
        a_deal(office, f"Up {n}", "0.05")  # × 10 % = 0.005, half up 0.01; the sum would be 0.02
        a_deal(office, f"Down {n}", "0.04", "--stage", "shortlisted")  # × 20 % = 0.008, so 0.01
    a_deal(office, "Even", "0.03", "--stage", "quoted")  # × 50 % = 0.015, half up 0.02
    a_deal(office, "Odd", "0.02", "--stage", "shortlisted")  # × 20 % = 0.004, so nothing
    found = rows(office)
    assert found["opportunity"]["weighted_amount"] == 0.03
    assert found["shortlisted"]["weighted_amount"] == 0.03
    assert found["quoted"]["weighted_amount"] == 0.02
    assert totals(office)["weighted_amount"] == 0.08
    listed = [row["weighted_amount"] for row in office.asks("deal", "list")["rows"]]
    assert listed == [0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0]


def test_a_currency_without_a_minor_unit_is_rounded_to_whole_ones(bare: Office) -> None:
    bare.does("init", "--currency", "JPY", "--timezone", "Asia/Tokyo")
    for n in range(3):
        a_deal(bare, f"Ark {n}", "5")  # × 10 % = 0.5, half up 1; the sum would be 2
    assert rows(bare)["opportunity"]["weighted_amount"] == 3
    assert totals(bare)["weighted_amount"] == 3


def test_a_currency_of_thousandths_is_rounded_to_those(bare: Office) -> None:
    bare.does("init", "--currency", "KWD", "--timezone", "Asia/Kuwait")
    a_deal(bare, "Ark", "0.005")  # × 10 % = 0.0005, half up 0.001
    assert (totals(bare)["amount"], totals(bare)["weighted_amount"]) == (0.005, 0.001)


def test_large_amounts_stay_exact(office: Office) -> None:
    a_deal(office, "Ark", "999999999999.99", "--stage", "terms")
    a_deal(office, "Boat", "0.01", "--stage", "terms")
    out = office.does("funnel", "-f", "json")
    assert '"amount": 1000000000000,' in out
    # 99,999,999,999,999 × 90 % = 89,999,999,999,999.1; 1 × 90 % = 0.9, so one more
    assert '"weighted_amount": 900000000000,' in out


def test_unknown_amounts_are_left_out_of_sums_and_counted(office: Office) -> None:
    a_deal(office, "Ark", "100")
    a_deal(office, "Boat", None)
    a_deal(office, "Cart", None)
    a_deal(office, "Nothing", "0")
    row = rows(office)["opportunity"]
    assert (row["deals"], row["amount"], row["amount_unknown"], row["weighted_amount"]) == (
        *(4, 100, 2, 10),
    )
    assert (totals(office)["amount"], totals(office)["amount_unknown"]) == (100, 2)


# Ages


@pytest.mark.parametrize(
    ("ages", "median"),
    [
        ([4], 4),
        ([1, 4], 2.5),
        ([2, 4], 3),
        ([1, 4, 15], 4),
        ([0, 1, 4, 15], 2.5),
        ([15, 0, 3, 1, 3], 3),
    ],
)
def test_median_days_is_the_middle_age_or_half_way_between_two(
    office: Office, ages: list[int], median: float
) -> None:
    for n, age in enumerate(ages):
        a_deal(office, f"Ark {n}", "100", days=age)
    assert rows(office)["opportunity"]["median_days"] == median


def test_median_days_leave_out_unknown_dates_held_deals_and_days_on_hold(
    office: Office, tmp_path: Path
) -> None:
    a_deal(office, "Old", "100", days=15)
    a_deal(office, "Held before", "100", days=15)
    office.on("2026-11-10").does("deal", "hold", "2", "--until", "2026-11-19", "--reason", "fair")
    a_deal(office, "Held", "100", days=1)
    office.does("deal", "hold", "Held", "--until", "2026-12-01", "--reason", "fair")
    path = tmp_path / "deals.csv"
    path.write_text(
        "id,name,customer,owner,pipeline,stage,status\n"
        "1,Undated,Ark,Xiao Li,bidding,opportunity,open\n",
        encoding="utf-8",
    )
    office.does("import", "deals", str(path))
    row = rows(office)["opportunity"]
    assert (row["deals"], row["median_days"]) == (3, 10.5)  # 15 days, and 15 less 9 on hold


# Held apart


def test_held_deals_are_counted_apart_and_come_back_by_themselves(office: Office) -> None:
    a_deal(office, "Ark", "100")
    a_deal(office, "Boat", "40.5")
    office.does("deal", "hold", "Boat", "--until", "2026-12-01", "--reason", "fair")
    found = totals(office)
    assert (found["deals"], found["amount"], found["held"], found["held_amount"]) == (
        *(1, 100, 1, 40.5),
    )
    assert rows(office)["opportunity"]["deals"] == 1
    assert totals(office, "--customer", "nobody")["held"] == 0
    found = totals(office.on("2026-12-01"))
    assert (found["deals"], found["amount"], found["held"], found["held_amount"]) == (
        *(2, 140.5, 0, 0),
    )


# Filters and cuts


def some_deals(office: Office) -> None:
    """Add three deals of two owners, customers and sources, and one of which little is known."""
    ark = ("--customer", "方舟电子", "--source", "Trade fair")
    a_deal(office, "Ark", "100", "--owner", "Xiao Li", *ark, days=15)
    a_deal(office, "Ark two", "40", "--owner", "Wang Fang", *ark, "--stage", "quoted")
    bo = ("--customer", "Bo", "--source", "web")
    a_deal(office, "Boat", "1000", "--owner", "Xiao Li", *bo, "--stage", "terms", days=3)
    a_deal(office, "Cart", None)


@pytest.mark.parametrize(
    ("choice", "deals", "amount"),
    [
        (("--owner", "Xiao Li"), 2, 1100),
        (("--owner", "li"), 2, 1100),
        (("--customer", "方舟"), 2, 140),
        (("--source", "trade"), 2, 140),
        (("--source", "ＷＥＢ"), 1, 1000),
        (("--owner", "Xiao Li", "--customer", "bo"), 1, 1000),
        (("--owner", "Wang Fang", "--customer", "bo"), 0, 0),
        (("--pipeline", "bidding"), 4, 1140),
        (("--pipeline", "Bidding", "--source", "web"), 1, 1000),
    ],
)
def test_filters_choose_the_deals_and_the_empty_stages_stay(
    office: Office, choice: tuple[str, ...], deals: int, amount: int
) -> None:
    some_deals(office)
    found = office.asks("funnel", *choice)
    assert [row["stage"] for row in found["rows"]] == BIDDING
    assert (found["totals"]["deals"], found["totals"]["amount"]) == (deals, amount)
    assert sum(row["deals"] for row in found["rows"]) == deals


@pytest.mark.parametrize("choice", [("--owner", "Nobody"), ("--pipeline", "nothing")])
def test_an_unknown_owner_or_pipeline_is_not_found(office: Office, choice: tuple[str, str]) -> None:
    ran = office("funnel", *choice)
    assert (ran.code, ran.out) == (3, "")
    assert repr(choice[1]) in ran.err


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("owner", [("Xiao Li", 2, 1100), ("Wang Fang", 1, 40), ("Jiang Yue", 1, 0)]),
        ("customer", [("Bo", 1, 1000), ("方舟电子", 2, 140), (None, 1, 0)]),
        ("source", [("web", 1, 1000), ("Trade fair", 2, 140), (None, 1, 0)]),
    ],
)
def test_the_funnel_can_be_cut_by_owner_customer_or_source(
    office: Office, by: str, expected: list[tuple[str | None, int, int]]
) -> None:
    some_deals(office)
    found = office.asks("funnel", "--by", by)
    assert [(row[by], row["deals"], row["amount"]) for row in found["rows"]] == expected
    assert found["totals"] == totals(office)
    assert [row["stalled"] for row in found["rows"]].count(1) == 1
    keys = {"deals", "amount", "amount_unknown", "weighted_amount", "median_days", "stalled"}
    assert all(set(row) >= keys for row in found["rows"])


def test_a_cut_keeps_each_groups_own_median_and_weights(office: Office) -> None:
    some_deals(office)
    found = {row["owner"]: row for row in office.asks("funnel", "--by", "owner")["rows"]}
    assert (found["Xiao Li"]["median_days"], found["Xiao Li"]["weighted_amount"]) == (9, 910)
    assert (found["Wang Fang"]["median_days"], found["Wang Fang"]["weighted_amount"]) == (0, 20)


def test_the_funnel_is_cut_only_by_what_it_knows(office: Office) -> None:
    assert office("funnel", "--by", "weather").code == 2


# Stalls, counted as the list counts them


def test_the_stalled_count_is_that_of_the_list_whatever_is_asked(office: Office) -> None:
    some_deals(office)
    a_deal(office, "Old", "5", "--owner", "Xiao Li", "--source", "web", days=15)
    a_deal(office, "Known", "6", "--owner", "Wang Fang", days=15)
    office.does("ack", "Known", "--until", "2026-12-01", "--reason", "known")
    a_deal(office, "Held", "6", days=15)
    office.does("deal", "hold", "Held", "--until", "2026-12-01", "--reason", "fair")
    office.at(MONDAY)
    counts = {}
    for choice in (
        (),
        ("--owner", "Xiao Li"),
        ("--owner", "Wang Fang"),
        ("--source", "web"),
        ("--as-of", "2026-11-17"),
        ("--as-of", "2026-11-18"),
        ("--as-of", "2026-11-18", "--owner", "Wang Fang"),
        ("--as-of", "2026-11-18", "--hindsight"),
    ):
        listed = [row for row in office.stalled(*choice) if row["acknowledged_until"] is None]
        counts[choice] = totals(office, *choice)["stalled"]
        assert counts[choice] == len(listed), choice
        assert counts[choice] == office.asks("stalled", *choice)["totals"]["deals"]
        assert counts[choice] == sum(row["stalled"] for row in rows(office, *choice).values())
    # Silent from the 18th on: Ark and Old, and Known and Held, of which nobody had spoken yet.
    assert list(counts.values()) == [2, 2, 0, 1, 0, 4, 1, 4]


def test_an_acknowledged_stall_counts_as_a_deal_but_not_as_stalled(office: Office) -> None:
    a_deal(office, "Ark", "100", days=15)
    assert rows(office)["opportunity"]["stalled"] == 1
    office.does("ack", "Ark", "--until", "2026-12-01", "--reason", "known")
    row = rows(office)["opportunity"]
    assert (row["deals"], row["amount"], row["stalled"]) == (1, 100, 0)


def test_exit_code_tells_of_stalls_as_the_list_does(office: Office) -> None:
    a_deal(office, "Ark", "100", days=15)
    assert office("funnel").code == 0
    assert office("funnel", "--exit-code").code == 20
    office.does("ack", "Ark", "--until", "2026-12-01", "--reason", "known")
    assert office("funnel", "--exit-code").code == 0


# What a person sees


def test_a_person_sees_bars_amounts_days_and_a_line_that_sums_up(office: Office) -> None:
    some_deals(office)
    a_deal(office, "Dash", "80", "--stage", "quoted", days=4)
    a_deal(office, "Held", "5000")
    office.does("deal", "hold", "Held", "--until", "2026-12-01", "--reason", "fair")
    office.does("log", "Boat", "they like us", "--claim", "95")
    *lines, summary = office.does("funnel").splitlines()
    assert lines == snapshot(
        [
            "Stage               Chance  Deals          Amount          Weighted  Days  Stalled",
            "Opportunity           10 %      2  ######     100  #             10   7.5        1",
            "Shortlisted           20 %      0               0                 0              0",
            "Proposal drafted      40 %      0               0                 0              0",
            "Quoted                50 %      2  ######     120  #             60     2        0",
            "Proposal confirmed    70 %      0               0                 0              0",
            "Terms agreed          90 %      1  ###      1,000  ######       900     3        0",
        ]
    )
    assert textwrap.wrap(summary, 80) == snapshot(
        [
            "5 open deals, 1,220 CNY, weighted 970, 1 stalled, 1 without an amount, 1 on hold",
            "(5,000). Claims stand above the evidence: 85 points in Terms agreed.",
        ]
    )


def test_a_person_sees_the_same_cut_by_owner(office: Office) -> None:
    some_deals(office)
    assert office.does("funnel", "--by", "owner") == snapshot("""\
Owner      Deals          Amount          Weighted  Days  Stalled
Xiao Li        2  ######   1,100  ######       910     9        1
Wang Fang      1  ###         40  #             20     0        0
Jiang Yue      1  ###          0                 0     0        0
4 open deals, 1,140 CNY, weighted 930, 1 stalled, 1 without an amount.
""")
