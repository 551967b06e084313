"""The bridge from the open amount then to the open amount now, in examples counted by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Office
from inline_snapshot import snapshot

FORCE = ("--force", "--reason", "so")
SINCE = ("--since", "2026-11-16")
COMPONENTS = (
    *("new", "reopened", "resumed", "increased", "moved_in"),
    *("decreased", "won", "lost", "held", "archived", "moved_out"),
)


def a_deal(
    office: Office, name: str, amount: str | None, *more: str, on: str = "2026-11-10"
) -> None:
    """Add a deal on a day, a week before the bridge begins unless another day is said."""
    worth = () if amount is None else ("--amount", amount)
    office.on(on).does("deal", "add", name, *worth, *more)
    office.on("2026-11-17")


def crossings(office: Office, *words: str) -> list[tuple[Any, ...]]:
    """Return the bridge's rows, and check that the components add up to the end."""
    found = office.on("2026-11-23").asks("diff", *(words or SINCE))
    totals = found["totals"]
    exact = {key: Decimal(str(totals[key])) for key in ("start", "end", *COMPONENTS)}
    assert exact["start"] + sum(exact[kind] for kind in COMPONENTS) == exact["end"]
    keys = ("kind", "deal", "from", "to", "amount_change")
    return [tuple(row[k] for k in keys) for row in found["rows"] if row["kind"] in COMPONENTS]


def movements(office: Office, *words: str) -> list[tuple[Any, ...]]:
    """Return the rows beside the bridge."""
    rows = office.on("2026-11-23").asks("diff", *(words or SINCE))["rows"]
    assert all(row["amount_change"] is None for row in rows if row["kind"] not in COMPONENTS)
    keys = ("kind", "deal", "from", "to")
    return [tuple(row[k] for k in keys) for row in rows if row["kind"] not in COMPONENTS]


def totals(office: Office, *words: str) -> dict[str, Any]:
    """Return the totals that are not zero."""
    found = office.on("2026-11-23").asks("diff", *(words or SINCE))["totals"]
    return {key: value for key, value in found.items() if value}


# What came in


def test_a_deal_that_was_added_since_is_new(office: Office) -> None:
    a_deal(office, "Ark", "100")
    a_deal(office, "Boat", "40.05", on="2026-11-17")
    assert crossings(office) == [("new", "Boat", None, "open", 40.05)]
    assert totals(office) == {"start": 100, "new": 40.05, "end": 140.05}


@pytest.mark.parametrize(
    ("closing", "was"),
    [
        (("deal", "win", "Ark", *FORCE), "won"),
        (("deal", "lose", "Ark", "--reason", "price"), "lost"),
        (("deal", "archive", "Ark"), "archived"),
    ],
)
def test_a_deal_that_was_closed_or_put_away_then_and_is_open_now_is_reopened(
    office: Office, closing: tuple[str, ...], was: str
) -> None:
    a_deal(office, "Ark", "100")
    office.on("2026-11-12").does(*closing)
    office.on("2026-11-18").does("deal", "reopen", "Ark", "--reason", "budget")
    assert crossings(office) == [("reopened", "Ark", was, "open", 100)]
    assert totals(office) == {"reopened": 100, "end": 100}


def test_a_deal_that_came_back_from_a_hold_by_itself_is_resumed(office: Office) -> None:
    a_deal(office, "Ark", "100")
    office.on("2026-11-12").does("deal", "hold", "Ark", "--until", "2026-11-20", "--reason", "fair")
    assert crossings(office) == [("resumed", "Ark", "held", "open", 100)]
    assert crossings(office, *SINCE, "--until", "2026-11-19") == []
    assert totals(office, *SINCE, "--until", "2026-11-20") == {"resumed": 100, "end": 100}


def test_a_deal_that_was_handed_to_somebody_moves_from_one_to_the_other(office: Office) -> None:
    a_deal(office, "Ark", "100", "--owner", "Xiao Li")
    a_deal(office, "Boat", "30", "--owner", "Wang Fang")
    office.does("deal", "edit", "Ark", "--owner", "Wang Fang", "--amount", "120")
    li, wang = ("--owner", "Xiao Li"), ("--owner", "Wang Fang")
    assert crossings(office, *SINCE, *li) == [("moved_out", "Ark", "open", "elsewhere", -100)]
    assert crossings(office, *SINCE, *wang) == [("moved_in", "Ark", "elsewhere", "open", 120)]
    assert totals(office, *SINCE, *wang) == {"start": 30, "moved_in": 120, "end": 150}
    assert totals(office) == {"start": 130, "increased": 20, "end": 150}


def test_whoever_got_a_deal_and_won_it_since_has_it_moved_in_and_won(office: Office) -> None:
    a_deal(office, "Ark", "100", "--owner", "Xiao Li")
    a_deal(office, "Won before", "50", "--owner", "Xiao Li")
    office.on("2026-11-12").does("deal", "win", "Won before", *FORCE)
    office.on("2026-11-17").does("deal", "edit", "Ark", "--owner", "Wang Fang")
    office.does("deal", "edit", "Won before", "--owner", "Wang Fang")
    office.on("2026-11-18").does("deal", "win", "Ark", *FORCE)
    assert crossings(office, *SINCE, "--owner", "Wang Fang") == [
        ("moved_in", "Ark", "elsewhere", "open", 100),
        ("won", "Ark", "open", "won", -100),
    ]
    assert totals(office, *SINCE, "--owner", "Wang Fang") == {"moved_in": 100, "won": -100}


# What changed


def test_an_amount_that_grew_or_shrank_counts_by_the_difference(office: Office) -> None:
    a_deal(office, "Ark", "100")
    a_deal(office, "Boat", "40.5")
    a_deal(office, "Cart", "7")
    office.does("deal", "edit", "Ark", "--amount", "130.01")
    office.does("deal", "edit", "Boat", "--amount", "40")
    assert crossings(office) == [
        ("increased", "Ark", 100, 130.01, 30.01),
        ("decreased", "Boat", 40.5, 40, -0.5),
    ]
    found = {"start": 147.5, "increased": 30.01, "decreased": -0.5, "end": 177.01}
    assert totals(office) == found


def test_an_amount_that_became_known_counts_in_full(office: Office) -> None:
    a_deal(office, "Ark", None)
    office.does("deal", "edit", "Ark", "--amount", "130")
    assert crossings(office) == [("increased", "Ark", None, 130, 130)]


# What went


def test_a_deal_won_since_then_leaves_the_bridge_as_won_with_what_it_was_worth(
    office: Office,
) -> None:
    a_deal(office, "Ark", "100")
    office.does("deal", "win", "Ark", "--amount", "110", *FORCE)
    assert crossings(office) == [("won", "Ark", "open", "won", -100)]
    [row] = office.asks("diff", *SINCE)["rows"]
    assert row["amount"] == 110
    assert totals(office) == {"start": 100, "won": -100}


def test_lost_held_and_archived_deals_leave_each_in_a_component_of_its_own(office: Office) -> None:
    for name, amount in (("Ark", "100"), ("Boat", "40"), ("Cart", "7"), ("Dash", "2")):
        a_deal(office, name, amount)
    office.does("deal", "lose", "Ark", "--reason", "price")
    office.does("deal", "hold", "Boat", "--until", "2026-12-24", "--reason", "fair")
    office.does("deal", "archive", "Cart")
    assert crossings(office) == [
        ("lost", "Ark", "open", "lost", -100),
        ("held", "Boat", "open", "held", -40),
        ("archived", "Cart", "open", "archived", -7),
    ]
    assert totals(office) == {"start": 149, "lost": -100, "held": -40, "archived": -7, "end": 2}


def test_a_deal_whose_adding_was_undone_leaves_as_taken_back(office: Office) -> None:
    a_deal(office, "Ark", "100")
    office.does("undo")
    assert crossings(office) == [("archived", "Ark", "open", "taken back", -100)]


def test_a_won_deal_that_is_put_away_later_was_won_and_does_not_move_again(office: Office) -> None:
    a_deal(office, "Ark", "100")
    a_deal(office, "Boat", "40")
    office.on("2026-11-12").does("deal", "win", "Boat", *FORCE)
    office.on("2026-11-17").does("deal", "win", "Ark", *FORCE)
    for name in ("Ark", "Boat"):
        office.does("deal", "archive", name)
    assert crossings(office) == [("won", "Ark", "open", "won", -100)]


# What came and went


def test_a_deal_added_and_won_in_between_is_named_twice_and_adds_nothing(office: Office) -> None:
    a_deal(office, "Ark", "100", on="2026-11-17")
    office.on("2026-11-18").does("deal", "win", "Ark", "--amount", "90", *FORCE)
    assert crossings(office) == [
        ("new", "Ark", None, "open", 90),
        ("won", "Ark", "open", "won", -90),
    ]
    assert totals(office) == {"new": 90, "won": -90}


def test_a_held_deal_that_was_lost_resumed_and_was_lost(office: Office) -> None:
    a_deal(office, "Ark", "100")
    office.on("2026-11-12").does("deal", "hold", "Ark", "--until", "2026-12-24", "--reason", "fair")
    office.on("2026-11-18").does("deal", "lose", "Ark", "--reason", "price")
    assert crossings(office) == [
        ("resumed", "Ark", "held", "open", 100),
        ("lost", "Ark", "open", "lost", -100),
    ]


def test_a_deal_that_is_held_at_both_ends_is_not_told(office: Office) -> None:
    a_deal(office, "Ark", "100")
    office.on("2026-11-12").does("deal", "hold", "Ark", "--until", "2026-12-24", "--reason", "fair")
    office.on("2026-11-18").does("deal", "edit", "Ark", "--amount", "200")
    assert crossings(office) == []
    assert totals(office) == {}


# The order, and what is unknown


def test_components_come_in_their_order_and_in_each_the_largest_first(office: Office) -> None:
    for name, amount in (("A", "5"), ("B", "50"), ("C", "500")):
        a_deal(office, name, amount)
    for name, amount in (("D", "3"), ("E", None), ("F", "30"), ("G", "30")):
        a_deal(office, name, amount, on="2026-11-17")
    for name in ("A", "B"):
        office.does("deal", "win", name, *FORCE)
    office.does("deal", "edit", "C", "--amount", "501")
    assert [row[:2] for row in crossings(office)] == [
        *(("new", "F"), ("new", "G"), ("new", "D"), ("new", "E")),
        *(("increased", "C"), ("won", "B"), ("won", "A")),
    ]


def test_unknown_amounts_count_as_nothing_and_their_deals_are_counted(office: Office) -> None:
    a_deal(office, "Ark", None)
    a_deal(office, "Boat", None, on="2026-11-17")
    a_deal(office, "Cart", None, on="2026-11-17")
    a_deal(office, "Dash", "10", on="2026-11-17")
    office.does("deal", "lose", "Ark", "--reason", "price")
    office.does("deal", "lose", "Cart", "--reason", "price")
    assert crossings(office) == [
        ("new", "Dash", None, "open", 10),
        ("new", "Boat", None, "open", None),
        ("new", "Cart", None, "open", None),
        ("lost", "Ark", "open", "lost", None),
        ("lost", "Cart", "open", "lost", None),
    ]
    assert totals(office) == {"new": 10, "end": 10, "amount_unknown": 3}


def test_a_currency_without_decimals_stays_whole(bare: Office) -> None:
    bare.on("2026-11-10").does("init", "--currency", "JPY", "--timezone", "Asia/Tokyo")
    a_deal(bare, "Ark", "1200000")
    a_deal(bare, "Boat", "5", on="2026-11-17")
    bare.does("deal", "edit", "Ark", "--amount", "1200001")
    assert crossings(bare) == [
        ("new", "Boat", None, "open", 5),
        ("increased", "Ark", 1200000, 1200001, 1),
    ]
    assert '"increased": 1, ' in bare.does("diff", *SINCE, "-f", "json")


def test_large_amounts_add_up_to_the_cent(office: Office) -> None:
    a_deal(office, "Ark", "999999999999.99")
    a_deal(office, "Boat", "0.01", on="2026-11-17")
    out = office.on("2026-11-23").does("diff", *SINCE, "-f", "json")
    assert '"start": 999999999999.99, "new": 0.01, ' in out
    assert '"end": 1000000000000, ' in out


# The ends


def test_an_empty_file_has_an_empty_bridge(office: Office) -> None:
    found = office.asks("diff", "--since", "2026-11-23")
    assert found["rows"] == []
    assert found["totals"] == dict.fromkeys(("start", *COMPONENTS, "end", "amount_unknown"), 0)
    assert list(found["totals"]) == ["start", *COMPONENTS, "end", "amount_unknown"]


def test_since_a_day_before_the_file_everything_is_new(office: Office) -> None:
    a_deal(office, "Ark", "100")
    assert crossings(office, "--since", "2020-01-01") == [("new", "Ark", None, "open", 100)]


def test_a_date_means_its_end_in_the_files_zone_and_an_instant_itself(office: Office) -> None:
    a_deal(office, "Ark", "100", on="2026-11-16")  # at nine in the morning in Shanghai
    assert crossings(office, "--since", "2026-11-16") == []
    assert crossings(office, "--since", "2026-11-16T09:00:00+08:00") == []
    before = ("--since", "2026-11-16T08:59:59+08:00")
    assert totals(office, *before) == {"new": 100, "end": 100}
    assert totals(office, "--since", "2026-11-15") == {"new": 100, "end": 100}
    assert crossings(office, "--since", "2026-11-15T16:00:00Z") == [
        ("new", "Ark", None, "open", 100)
    ]


def test_until_a_day_the_bridge_ends_there_and_says_so(office: Office) -> None:
    a_deal(office, "Ark", "100")
    office.on("2026-11-18").does("deal", "edit", "Ark", "--amount", "120")
    office.on("2026-11-20").does("deal", "edit", "Ark", "--amount", "90")
    found = office.on("2026-11-23").asks("diff", *SINCE, "--until", "2026-11-19")
    assert (found["schema"], found["as_of"]) == ("funnelcli.diff/1", "2026-11-19T15:59:59Z")
    assert (found["totals"]["increased"], found["totals"]["end"]) == (20, 120)
    assert crossings(office) == [("decreased", "Ark", 100, 90, -10)]


def test_what_was_entered_late_counts_when_it_was_known_or_in_hindsight_when_it_happened(
    office: Office,
) -> None:
    a_deal(office, "Ark", "100")
    office.on("2026-11-18").does("deal", "lose", "Ark", "--reason", "price", "--on", "2026-11-14")
    assert crossings(office) == [("lost", "Ark", "open", "lost", -100)]
    assert crossings(office, *SINCE, "--hindsight") == []
    then = ("--since", "2026-11-13", "--until", "2026-11-16")
    assert crossings(office, *then) == []
    assert crossings(office, *then, "--hindsight") == [("lost", "Ark", "open", "lost", -100)]


def test_with_a_clock_set_back_the_ends_are_still_the_funnels(office: Office) -> None:
    a_deal(office, "Ark", "100")
    a_deal(office, "Boat", "40", on="2026-12-20")
    office.on("2026-12-21").does("deal", "edit", "Ark", "--amount", "70")
    assert crossings(office, "--since", "2026-11-23") == [  # today: what is not known yet came in
        ("new", "Boat", None, "open", 40),
        ("decreased", "Ark", 100, 70, -30),
    ]
    assert office.asks("funnel")["totals"]["amount"] == 110
    assert office.asks("funnel", "--as-of", "2026-11-23")["totals"]["amount"] == 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "2026-11-24"), "'2026-11-24' is still to come; --since looks back."),
        ((*SINCE, "--until", "2026-11-24"), "'2026-11-24' is still to come; --until looks back."),
        (
            ("--since", "2026-11-20", "--until", "2026-11-19"),
            "--until '2026-11-19' lies before --since '2026-11-20'; turn them round.",
        ),
        (("--since", "1/2/2026"), "'1/2/2026' could be two dates; write it as YYYY-MM-DD."),
        ((), "Missing option '--since'; see: funnelcli diff --help"),
    ],
)
def test_ends_that_make_no_bridge_are_refused(
    office: Office, words: tuple[str, ...], said: str
) -> None:
    ran = office("diff", *words)
    assert (ran.code, ran.out, ran.err) == (2, "", f"funnelcli: {said}\n")


def test_words_are_echoed_as_the_days_they_mean(office: Office) -> None:
    ran = office("diff", "--since", "last fri", "--until", "yesterday", "-f", "csv")
    assert ran.code == 0
    assert ran.err == "yesterday is 2026-11-22\nlast fri is 2026-11-20\n"


def test_a_pipeline_that_changed_since_is_told(office: Office, tmp_path: Path) -> None:
    a_deal(office, "Ark", "100")
    path = tmp_path / "bidding.toml"
    text = office.does("pipeline", "export").replace('title = "Quoted"', 'title = "Bid"')
    path.write_text(text, encoding="utf-8")
    office.on("2026-11-18").does("pipeline", "apply", str(path))
    [note] = office.on("2026-11-23").asks("diff", *SINCE)["notes"]
    assert note.endswith("changed since: bidding.")
    assert office.asks("diff", "--since", "2026-11-20")["notes"] == []


# What else moved


def test_stage_close_and_claim_are_told_from_then_to_now(office: Office) -> None:
    a_deal(office, "Ark", "100", "--close", "2026-12-01", "--stage", "quoted")
    a_deal(office, "Boat", "40", "--stage", "quoted")
    office.does("log", "Ark", "nearly", "--claim", "70")
    office.does("deal", "back", "Ark", "--to", "drafted", "--reason", "anew")
    office.does("deal", "edit", "Ark", "--close", "2026-12-24")
    office.on("2026-11-18").does("deal", "advance", "Boat", *FORCE)
    office.does("deal", "advance", "Boat", *FORCE)
    office.on("2026-11-19").does("log", "Ark", "soon", "--claim", "90")
    assert crossings(office) == []
    assert movements(office) == [
        ("stage", "Ark", "Quoted", "Proposal drafted"),
        ("close", "Ark", "2026-12-01", "2026-12-24"),
        ("claim", "Ark", None, 0.9),
        ("stage", "Boat", "Quoted", "Terms agreed"),
    ]
    later = ("--since", "2026-11-18")
    assert movements(office, *later) == [("claim", "Ark", 0.7, 0.9)]


def test_a_closed_deal_is_told_with_its_way_there_and_a_new_one_has_not_moved(
    office: Office,
) -> None:
    a_deal(office, "Ark", "100", "--stage", "quoted")
    a_deal(office, "Boat", "40", "--stage", "terms", "--close", "2026-12-01", on="2026-11-17")
    office.does("log", "Boat", "soon", "--claim", "90")
    office.does("deal", "advance", "Ark", "--to", "terms", *FORCE)
    office.does("deal", "win", "Ark", *FORCE)
    assert movements(office) == [
        ("stage", "Ark", "Quoted", "Terms agreed"),
        ("claim", "Boat", None, 0.9),
    ]


def test_a_deal_that_changed_its_pipeline_is_told_with_both(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "general.toml"
    path.write_text(office.does("pipeline", "templates", "general"), encoding="utf-8")
    office.does("pipeline", "apply", str(path))
    a_deal(office, "Ark", "100", "--stage", "quoted")
    office.does("deal", "edit", "Ark", "--pipeline", "general", "--stage", "proposal")
    assert movements(office) == [("stage", "Ark", "bidding: Quoted", "general: Proposal")]
    assert crossings(office, *SINCE, "--pipeline", "general") == [
        ("moved_in", "Ark", "elsewhere", "open", 100)
    ]


def test_whoever_left_a_deal_is_told_with_the_successor_as_it_was_said_last(
    office: Office,
) -> None:
    a_deal(office, "Ark", "100", "--owner", "Xiao Li")
    a_deal(office, "Boat", "40", "--owner", "Wang Fang")
    for deal, name in (("Ark", "Liu Wei 刘伟"), ("Ark", "Gao Lan"), ("Boat", "Sun Li")):
        office.on("2026-11-12").does("contact", "add", name, "--deal", deal)
    office.does("contact", "add", "Zhao Bing 赵兵")
    office.does("contact", "leave", "Sun Li")
    office.on("2026-11-17").does("contact", "leave", "Liu Wei")
    office.on("2026-11-18").does("contact", "leave", "Gao Lan")
    office.on("2026-11-19").does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    gone = ("contact", "Ark", "Gao Lan", None)
    assert set(movements(office)) == {gone, ("contact", "Ark", "Liu Wei 刘伟", "Zhao Bing 赵兵")}
    assert set(movements(office, *SINCE, "--until", "2026-11-18")) == {
        gone,
        ("contact", "Ark", "Liu Wei 刘伟", None),
    }
    assert movements(office, *SINCE, "--owner", "Wang Fang") == []
    office.does("undo")
    office.does("redo")
    assert len(movements(office)) == 2


# What a person sees


def a_busy_week(office: Office) -> None:
    """Let something of most kinds happen to a few deals with long names."""
    a_deal(office, "Ark brand launch 方舟品牌发布", "120万", "--close", "2026-12-01")
    a_deal(office, "App promotion 应用推广", "175万", "--stage", "terms")
    a_deal(office, "EV launch film 新车短片", "60万", "--stage", "quoted")
    a_deal(office, "Spring line 春季新品", None)
    a_deal(office, "Tea 茶", "30万", on="2026-11-17")
    office.does("deal", "edit", "Ark", "--close", "2026-12-12", "--amount", "110万")
    office.does("log", "Ark", "soon", "--claim", "90")
    office.does("deal", "win", "App", "--amount", "180万", *FORCE)
    office.does("deal", "back", "EV", "--to", "drafted", "--reason", "anew")
    office.does("deal", "lose", "Spring", "--reason", "price")


def test_a_person_sees_the_bridge_then_the_deals_then_what_else_moved(office: Office) -> None:
    a_busy_week(office)
    out = office.on("2026-11-23").does("diff", *SINCE)
    assert out == snapshot("""\
From 2026-11-16 23:59 to 2026-11-23 09:00

               Deals      Amount
Open at start      4   3,550,000
New                1     300,000
Decreased          1    -100,000
Won                1  -1,750,000
Lost               1           0
Open at end        3   2,000,000
1 deal without an amount, counted as nothing.

Deals
What       #  Deal                               Change
New        5  Tea 茶                            300,000
Decreased  1  Ark brand launch 方舟品牌发布    -100,000  1,200,000 → 1,100,000
Won        2  App promotion 应用推广         -1,750,000  at 1,800,000
Lost       4  Spring line 春季新品                    ?

Movements
What   #  Deal                           From        To
Close  1  Ark brand launch 方舟品牌发布  2026-12-01  2026-12-12, 11 days later
Claim  1  Ark brand launch 方舟品牌发布  none        90 %
Stage  3  EV launch film 新车短片        Quoted      Proposal drafted, back
""")


def test_of_a_long_list_a_person_sees_the_first_and_machines_see_all(office: Office) -> None:
    rows = "\n".join(f"{n},Ark {n},{n},2026-11-18" for n in range(1, 66))
    path = office.path.with_name("deals.csv")
    path.write_text(f"id,name,amount,opened_on\n{rows}\n", encoding="utf-8")
    office.on("2026-11-23").does("import", "deals", str(path))
    out = office.does("diff", *SINCE)
    assert out.count("  Ark ") == 60
    assert "and 5 more; diff -f csv tells them all" in out
    assert len(office.does("diff", *SINCE, "-f", "csv").splitlines()) == 66


def test_nothing_that_moved_is_said_in_words(office: Office) -> None:
    a_deal(office, "Ark", "100")
    assert office.on("2026-11-23").does("diff", *SINCE) == snapshot("""\
From 2026-11-16 23:59 to 2026-11-23 09:00

               Deals  Amount
Open at start      1     100
Open at end        1     100

Deals
  No deal came, went or changed its amount.

Movements
  Nothing else moved.
""")
