"""Segments: what deals of one source, owner or customer came to, and whether chance did it."""

from __future__ import annotations

import csv
import sqlite3
import textwrap
from contextlib import closing
from typing import Any

import pytest
from conftest import Office
from inline_snapshot import snapshot

from funnelcli.cli.segments import Field
from funnelcli.store.reading.segments import CUTS
from funnelcli.views.segments import percent

KEYS = ["value", "deals", "won", "lost", "rate", "low", "high", "median_cycle", "amount_per_deal"]
TOTALS = {"deals", "won", "lost", "closed", "base_rate", "p_value"}
HEADER = (
    *("id", "name", "customer", "owner", "pipeline", "stage", "status", "amount", "opened_on"),
    *("closed_on", "source"),
)


def deals(office: Office, *groups: tuple[int, dict[str, str]]) -> None:
    """Import so many deals of each kind, opened on 1 June and closed on 1 July unless said."""
    path = office.path.parent / "deals.csv"
    number = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEADER, restval="")
        writer.writeheader()
        for count, about in groups:
            for _ in range(count):
                number += 1
                closed = about.get("status", "open") != "open"
                row = {"id": f"D{number}", "name": f"Deal {number}", "pipeline": "bidding"}
                row |= {"stage": "quoted", "status": "open", "opened_on": "2026-06-01"}
                row |= {"closed_on": "2026-07-01"} if closed else {}
                writer.writerow(row | about)
    office.does("import", "deals", str(path), "--create-missing")


def won(source: str, **more: str) -> dict[str, str]:
    return {"source": source, "status": "won", "amount": "100", **more}


def lost(source: str, **more: str) -> dict[str, str]:
    return {"source": source, "status": "lost", **more}


def rows(office: Office, by: str, *more: str) -> dict[str | None, dict[str, Any]]:
    """Return the segments by their values."""
    found = office.asks("segments", "--by", by, *more)["rows"]
    assert len({row["value"] for row in found}) == len(found)
    return {row["value"]: row for row in found}


def counts(office: Office, by: str, *more: str) -> dict[str | None, tuple[int, int, int]]:
    """Return how many deals each segment has, and how many of them were won and lost."""
    found = rows(office, by, *more)
    return {value: (row["deals"], row["won"], row["lost"]) for value, row in found.items()}


def said(office: Office, by: str, *more: str) -> str:
    """Return the sentence below the table."""
    return office.does("segments", "--by", by, *more).splitlines()[-1]


def folded(text: str) -> str:
    """Return the lines, none of them longer than a terminal of 80 columns."""
    return "".join(f"{part}\n" for line in text.splitlines() for part in textwrap.wrap(line, 80))


# The figures


def test_machines_get_the_envelope_and_every_key_of_the_contract(office: Office) -> None:
    deals(office, (1, won("fair")))
    answer = office.asks("segments")
    assert (answer["schema"], answer["currency"]) == ("funnelcli.segments/1", "CNY")
    assert list(answer["rows"][0])[: len(KEYS)] == KEYS
    assert set(answer["totals"]) >= TOTALS


def test_a_segment_counts_deals_fates_days_and_what_an_opportunity_was_worth(
    office: Office,
) -> None:
    deals(
        office,
        (1, won("fair", amount="100", closed_on="2026-06-11")),  # after 10 days
        (1, won("fair", amount="101", closed_on="2026-06-15")),  # after 14
        (1, won("fair", amount="0.05", closed_on="2026-07-01")),  # after 30
        (2, lost("fair", closed_on="2026-06-02")),
        (1, {"source": "fair", "amount": "70"}),
        (1, won("web", amount="9", closed_on="2026-06-04")),  # after 3
        (1, won("web", amount="8", closed_on="2026-06-07")),  # after 6
        (3, {"source": "hall"}),
    )
    found = rows(office, "source")
    assert list(found) == ["fair", "web", "hall"]
    fair = found["fair"]
    assert (fair["deals"], fair["won"], fair["lost"], fair["closed"]) == (6, 3, 2, 5)
    assert (fair["rate"], fair["median_cycle"]) == (0.6, 14)
    assert fair["amount_per_deal"] == 40.21  # 201.05 ÷ 5
    assert (found["web"]["rate"], found["web"]["median_cycle"]) == (1, 4.5)
    assert found["web"]["amount_per_deal"] == 8.5
    hall = {key: found["hall"][key] for key in KEYS}
    assert hall == dict.fromkeys(KEYS) | {"value": "hall", "deals": 3, "won": 0, "lost": 0}
    assert office.asks("segments")["totals"] | {"p_value": 0} == {
        "deals": 11,
        "won": 5,
        "lost": 2,
        "closed": 7,
        "base_rate": 5 / 7,
        "p_value": 0,
        "tells_apart": None,
    }


def test_what_an_opportunity_was_worth_is_rounded_half_up(office: Office) -> None:
    deals(office, (1, won("a", amount="0.05")), (1, lost("a")), (1, won("b", amount="0.04")))
    deals(office, (1, won("a", amount="0.05")), (1, lost("a")), (1, won("b", amount="0.04")))
    found = rows(office, "source")
    assert found["a"]["amount_per_deal"] == 0.03  # 0.05 ÷ 2
    assert found["b"]["amount_per_deal"] == 0.04


def test_won_deals_without_an_amount_are_counted_and_make_no_sum_alone(office: Office) -> None:
    deals(
        office,
        *((1, won("fair", amount="90")), (1, won("fair", amount="")), (1, lost("fair"))),
        *((2, won("web", amount="")), (1, lost("web")), (4, lost("hall"))),
    )
    found = rows(office, "source")
    assert [found[each]["amount_unknown"] for each in ("fair", "web", "hall")] == [1, 2, 0]
    assert [found[each]["amount_per_deal"] for each in ("fair", "web", "hall")] == [30, None, 0]


def test_a_deal_that_is_held_counts_and_one_archived_only_if_it_is_closed(office: Office) -> None:
    for name in ("Open", "Held", "Away", "Won", "Lost", "Old"):
        office.does("deal", "add", name, "--source", "fair", "--on", "2026-11-03")
    office.does("deal", "hold", "Held", "--until", "2026-12-01", "--reason", "fair")
    office.does("deal", "win", "Won", "--force", "--reason", "so")
    office.does("deal", "lose", "Lost", "--reason", "price")
    office.does("deal", "lose", "Old", "--reason", "price")
    office.does("deal", "archive", "Away")
    office.does("deal", "archive", "Old")
    assert counts(office, "source") == {"fair": (5, 1, 2)}


def test_the_cycle_is_of_local_days(office: Office) -> None:
    office.at("2026-11-20T23:30:00+08:00").does("deal", "add", "Ark", "--source", "fair")
    office.at("2026-11-21T00:30:00+08:00").does("deal", "win", "Ark", "--force", "--reason", "so")
    assert rows(office, "source")["fair"]["median_cycle"] == 1


def test_an_undated_deal_has_no_cycle_and_no_quarter(office: Office) -> None:
    deals(office, (1, won("fair", opened_on="", closed_on="2026-07-01")), (2, won("fair")))
    assert rows(office, "source")["fair"]["median_cycle"] == 30
    assert rows(office, "opened")[None]["median_cycle"] is None


# The fields


def test_every_field_has_its_statement() -> None:
    assert set(Field) == set(CUTS)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("source", {"fair": (2, 1, 0), "web": (1, 0, 1), None: (1, 0, 0)}),
        ("owner", {"Xiao Li": (1, 1, 0), "Wang Fang": (2, 0, 1), "Jiang Yue": (1, 0, 0)}),
        ("customer", {"方舟": (2, 1, 1), None: (2, 0, 0)}),
        ("competitor", {"Sanli": (2, 1, 1), "Bo; x": (0, 0, 0), None: (2, 0, 0)}),
        ("pipeline", {"bidding": (4, 1, 1)}),
        ("member", {"Jiang Yue": (1, 1, 0), "Wang Fang": (2, 1, 0), None: (2, 0, 1)}),
        ("opened", {"2026Q3": (2, 1, 0), "2026Q4": (2, 0, 1)}),
    ],
)
def test_deals_are_cut_by_every_field(
    office: Office, by: str, expected: dict[str | None, tuple[int, int, int]]
) -> None:
    def add(name: str, on: str, *more: str) -> None:
        office.does("deal", "add", name, "--on", on, *more)

    ark = ("--customer", "方舟", "--competitor", "Sanli")
    add("Ark", "2026-07-01", *ark, "--source", "fair", "--owner", "Xiao Li", "--competitor", 'B "o')
    add("Boat", "2026-10-01", *ark, "--source", "web", "--owner", "Wang Fang")
    add("Cart", "2026-09-30", "--source", "fair", "--owner", "Wang Fang")
    add("Dash", "2026-11-01", "--owner", "Jiang Yue")
    office.does("deal", "edit", "Ark", "--member", "Jiang Yue", "--member", "Wang Fang")
    office.does("deal", "edit", "Cart", "--member", "Wang Fang", "--member", "Wang Fang")
    office.does("deal", "win", "Ark", "--force", "--reason", "so")
    office.does("deal", "lose", "Boat", "--reason", "price")
    if by == "competitor":
        expected = {'B "o': (1, 1, 0), "Sanli": (2, 1, 1), None: (2, 0, 0)}
    assert counts(office, by) == expected
    totals = office.asks("segments", "--by", by)["totals"]
    assert (totals["deals"], totals["won"], totals["lost"]) == (4, 1, 1)  # each deal once


def test_an_unknown_field_is_refused_with_those_that_there_are(office: Office) -> None:
    ran = office("segments", "--by", "weather")
    assert (ran.code, ran.out) == (2, "")
    assert "'weather'" in ran.err
    assert all(repr(str(each)) in ran.err for each in Field)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (("--owner", "Wang Fang"), {"fair": (1, 1, 0)}),
        (("--customer", "方舟"), {"fair": (1, 0, 1), "Web": (1, 0, 0)}),
        (("--source", "web"), {"Web": (1, 0, 0)}),
        (("--pipeline", "bidding", "--limit", "1"), {"fair": (2, 1, 1)}),
        (("--as-of", "2026-06-30"), {"fair": (2, 0, 0), "Web": (1, 0, 0)}),
        (("--as-of", "2026-07-01"), {"fair": (2, 1, 0), "Web": (1, 0, 0)}),
        (("--as-of", "2026-07-01", "--hindsight"), {"fair": (2, 1, 0), "Web": (1, 0, 0)}),
    ],
)
def test_filters_and_a_past_day_choose_the_deals(
    office: Office, choice: tuple[str, ...], expected: dict[str | None, tuple[int, int, int]]
) -> None:
    deals(
        office,
        (1, won("fair", owner="Wang Fang", customer="Bo", amount="")),
        (1, lost("fair", owner="Xiao Li", customer="方舟电子", closed_on="2026-07-02")),
        (1, {"source": "Web", "owner": "Xiao Li", "customer": "方舟"}),
    )
    assert counts(office, "source", *choice) == expected


# What they say


def test_a_source_that_really_wins_more_is_found(office: Office) -> None:
    deals(
        office,
        *((26, won("referral")), (24, lost("referral"))),
        *((8, won("fair")), (42, lost("fair"))),
        *((1, won("web")), (2, lost("web"))),
    )
    answer = office.asks("segments")
    totals, found = answer["totals"], rows(office, "source")
    assert totals["tells_apart"] is True
    assert totals["p_value"] < 0.001
    base = totals["base_rate"]
    assert base == 35 / 103
    assert base < found["referral"]["low"] < 0.52 < found["referral"]["high"]
    assert found["fair"]["low"] < 0.16 < found["fair"]["high"] < base
    assert base < found["referral"]["adjusted_rate"] < 0.52
    assert 0.16 < found["fair"]["adjusted_rate"] < base
    assert folded(office.does("segments")) == snapshot("""\
Source    Deals  Won  Lost  Win rate  80 % range  Cycle  Per deal  Count on
fair         50    8    42      16 %  11–24 %        30        16      17 %
referral     50   26    24      52 %  43–60 %        30        52      51 %
web           3    1     2   too few                 30     33.33    33.6 %
Source tells deals apart (p < 0.001, 103 closed): referral 43–60 %, fair 11–24
%.
""")
    assert office.does("segments", "-f", "ids").split() == ["fair", "referral", "web"]


def test_where_nothing_predicts_winning_that_is_said_and_all_count_alike(office: Office) -> None:
    deals(
        office,
        *((31, won("a")), (29, lost("a")), (27, won("b")), (30, lost("b"))),
        *((16, won("c")), (13, lost("c")), (1, won("d"))),
    )
    answer = office.asks("segments")
    assert (answer["totals"]["tells_apart"], answer["totals"]["base_rate"]) == (False, 75 / 147)
    assert answer["totals"]["p_value"] > 0.05
    assert {row["adjusted_rate"] for row in answer["rows"]} == {75 / 147}
    assert folded(office.does("segments")) == snapshot("""\
Source  Deals  Won  Lost  Win rate  80 % range  Cycle  Per deal
a          60   31    29    51.7 %  44–60 %        30     51.67
b          57   27    30    47.4 %  39–56 %        30     47.37
c          29   16    13    55.2 %  43–66 %        30     55.17
d           1    1     0   too few                 30       100
Source does not tell deals apart: the differences are no larger than chance
makes them (p = 0.71, 147 closed); count on 51 % for each.
""")


def test_people_are_told_that_few_closed_deals_are_too_few(office: Office) -> None:
    deals(office, (4, won("fair")), (1, {"source": "fair"}), (4, lost("web")), (1, won("web")))
    lines = office.does("segments").splitlines()
    fair, web = (next(line for line in lines if line.startswith(name)) for name in ("fair", "web"))
    assert ("too few" in fair, "%" in fair) == (True, False)
    assert ("too few" in web, "20 %" in web) == (False, True)
    assert rows(office, "source")["fair"]["rate"] == 1


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ([(9, {"source": "a"})], "No deal is closed yet, so nothing tells which will be won."),
        (
            [(9, won("a")), (3, won("b")), (5, {"source": "c"})],
            "All 12 closed deals were won: there is nothing to tell them apart by.",
        ),
        (
            [(9, lost("a")), (3, lost("b"))],
            "All 12 closed deals were lost: there is nothing to tell them apart by.",
        ),
        (
            [(9, won("a")), (8, lost("a")), (3, {"source": "b"})],
            "All 17 closed deals have the same source: there is nothing to compare.",
        ),
        (
            [(9, won("")), (8, lost("")), (3, {"source": "b"})],
            "None of the 17 closed deals has a known source: there is nothing to compare.",
        ),
        (
            [(4, won("a")), (5, lost("b"))],
            "Too few closed deals to tell whether source tells them apart (9 closed).",
        ),
        (
            [(1, won("a"))],
            "Too few closed deals to tell whether source tells them apart (1 closed).",
        ),
    ],
)
def test_where_nothing_can_be_compared_a_plain_sentence_says_so(
    office: Office, groups: list[tuple[int, dict[str, str]]], sentence: str
) -> None:
    deals(office, *groups)
    assert said(office, "source") == sentence
    answer = office.asks("segments")
    assert (answer["totals"]["p_value"], answer["totals"]["tells_apart"]) == (None, None)
    for row in answer["rows"]:
        if row["won"] + row["lost"]:
            assert 0 < row["low"] < row["high"] < 1
            assert 0 < row["adjusted_rate"] < 1
        else:
            assert (row["rate"], row["low"], row["high"]) == (None, None, None)


def test_without_a_deal_one_line_aside_says_so(office: Office) -> None:
    ran = office("segments")
    assert (ran.code, ran.out, ran.err) == (0, "", "There is no deal.\n")
    answer = office.asks("segments")
    assert answer["rows"] == []
    assert (answer["totals"]["deals"], answer["totals"]["base_rate"]) == (0, None)


def test_a_deal_with_two_competitors_is_compared_once(office: Office) -> None:
    for n in range(12):
        both = ("--competitor", "Sanli", "--competitor", "Bo")
        office.does("deal", "add", f"Deal {n}", "--on", "2026-11-03", *both)
        fate = ("win", "--force") if n % 2 else ("lose",)
        office.does("deal", fate[0], str(n + 1), *fate[1:], "--reason", "price")
    assert counts(office, "competitor") == {"Bo": (12, 6, 6), "Sanli": (12, 6, 6)}
    expected = "All 12 closed deals have the same competitor: there is nothing to compare."
    assert said(office, "competitor") == expected


def test_young_quarters_are_told_to_hold_only_what_was_closed_soon(office: Office) -> None:
    deals(
        office,
        *((30, won("a", opened_on="2026-01-05")), (10, lost("a", opened_on="2026-01-05"))),
        *((10, won("a")), (30, lost("a")), (5, {"opened_on": "2026-06-01"})),
    )
    assert said(office, "opened") == (
        "Quarter of opening tells deals apart (p < 0.001, 80 closed): 2026Q1 65–82 %,"
        " 2026Q2 18–35 %. Of quarters with open deals only the sooner closed are told."
    )


def test_a_list_of_members_that_is_none_is_damage(office: Office) -> None:
    office.does("deal", "add", "Ark")
    with closing(sqlite3.connect(office.path)) as connection, connection:
        connection.execute("UPDATE deal SET members = '[oops'")
    ran = office("segments", "--by", "member")
    assert (ran.code, ran.out) == (13, "")
    assert "malformed JSON" in ran.err


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.631, "63"), (0.005, "0.5"), (0.9996, "99.96"), (0, "0"), (1, "100"), (0.00004, "0.004")],
)
def test_a_share_that_is_not_quite_all_or_nothing_is_not_told_as_that(
    share: float, text: str
) -> None:
    assert percent(share) == text
