"""`conversion`: every arrival ends in one way, and rates are counted over closed deals."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from test_laws import counted_anew, histories, played

if TYPE_CHECKING:
    from conftest import Office
    from test_laws import Step

FORCED = ("--force", "--reason", "so")
ENDS = ("advanced", "lost", "moved_back", "still_here")


def ends(row: dict[str, Any]) -> tuple[int, ...]:
    return tuple(row[key] for key in ("entries", *ENDS))


def reached(row: dict[str, Any]) -> tuple[int, int, float | None, int]:
    keys = ("reached_closed", "next_reached_closed", "rate", "undecided")
    return tuple(row[key] for key in keys)


def by_stage(office: Office, *more: str) -> dict[str, dict[str, Any]]:
    return {row["stage"]: row for row in office.asks("conversion", *more)["rows"]}


def test_each_arrival_ends_in_one_way_and_a_win_from_any_stage_ends_it_as_advanced(
    office: Office,
) -> None:
    office.does("deal", "add", "Won early", "--owner", "Xiao Li")
    office.does("deal", "win", "Won early", *FORCED)
    office.does("deal", "add", "Lost there", "--owner", "Xiao Li")
    office.does("deal", "advance", "Lost there", *FORCED)
    office.does("deal", "lose", "Lost there", "--reason", "price")
    office.does("deal", "add", "Still open", "--owner", "Wang Fang")
    rows = by_stage(office)
    assert ends(rows["opportunity"]) == (3, 2, 0, 0, 1)
    assert ends(rows["shortlisted"]) == (1, 0, 1, 0, 0)
    assert ends(rows["drafted"]) == (0, 0, 0, 0, 0)
    assert reached(rows["opportunity"]) == (2, 2, 1.0, 1)
    assert reached(rows["shortlisted"]) == (2, 1, 0.5, 0)
    assert reached(rows["terms"]) == (1, 1, 1.0, 0)


def test_a_skipped_stage_was_reached_though_nobody_stayed_there(office: Office) -> None:
    office.does("deal", "add", "Skips")
    office.does("deal", "advance", "Skips", "--to", "quoted", *FORCED)
    office.does("deal", "lose", "Skips", "--reason", "price")
    rows = by_stage(office)
    assert ends(rows["shortlisted"]) == (0, 0, 0, 0, 0)
    assert reached(rows["shortlisted"]) == (1, 1, 1.0, 0)
    assert reached(rows["quoted"]) == (1, 0, 0.0, 0)
    assert reached(rows["confirmed"]) == (0, 0, None, 0)


def test_a_deal_that_moved_back_arrives_anew_and_has_reached_what_it_reached(
    office: Office,
) -> None:
    office.does("deal", "add", "Wavers", "--stage", "quoted")
    office.does("deal", "back", "Wavers", "--to", "shortlisted", "--reason", "so")
    office.does("deal", "advance", "Wavers", *FORCED)
    rows = by_stage(office)
    assert ends(rows["quoted"]) == (1, 0, 0, 1, 0)
    assert ends(rows["shortlisted"]) == (1, 1, 0, 0, 0)
    assert ends(rows["drafted"]) == (1, 0, 0, 0, 1)
    assert [rows[stage]["undecided"] for stage in rows] == [1, 1, 1, 1, 0, 0]


def test_a_reopened_deal_is_one_deal_that_goes_on_where_it_was(office: Office) -> None:
    office.does("deal", "add", "Comes back", "--stage", "drafted")
    office.does("deal", "lose", "Comes back", "--reason", "price")
    assert ends(by_stage(office)["drafted"]) == (1, 0, 1, 0, 0)
    office.does("deal", "reopen", "Comes back", "--reason", "they called")
    assert ends(by_stage(office)["drafted"]) == (1, 0, 0, 0, 1)
    office.does("deal", "win", "Comes back", *FORCED)
    rows = by_stage(office)
    assert ends(rows["drafted"]) == (1, 1, 0, 0, 0)
    assert reached(rows["drafted"]) == (1, 1, 1.0, 0)


def test_merged_stages_are_one_stay(office: Office, tmp_path: Any) -> None:
    office.does("deal", "add", "Goes on", "--stage", "shortlisted")
    office.does("deal", "advance", "Goes on", *FORCED)
    whole = office.does("pipeline", "export")
    file = tmp_path / "fewer.toml"
    file.write_text(_without(whole, "drafted"))
    office.does("pipeline", "apply", str(file), "--map", "drafted=shortlisted")
    rows = by_stage(office)
    assert "drafted" not in rows
    assert ends(rows["shortlisted"]) == (1, 0, 0, 0, 1)


def _without(toml: str, stage: str) -> str:
    parts = toml.split("[[stage]]\n")
    return "[[stage]]\n".join(part for part in parts if f'name = "{stage}"' not in part)


def test_no_rate_crosses_pipelines_and_filters_narrow_the_deals(office: Office) -> None:
    general = office.does("pipeline", "templates", "general")
    file = office.path.with_name("general.toml")
    file.write_text(general)
    office.does("pipeline", "apply", str(file))
    office.does("deal", "add", "One", "--owner", "Xiao Li")
    office.does("deal", "add", "Two", "--owner", "Wang Fang", "--pipeline", "general")
    rows = office.asks("conversion")["rows"]
    assert {row["pipeline"]: row["entries"] for row in rows if row["entries"]} == {
        "bidding": 1,
        "general": 1,
    }
    alone = office.asks("conversion", "--pipeline", "general")["rows"]
    assert {row["pipeline"] for row in alone} == {"general"}
    hers = office.asks("conversion", "--owner", "Xiao Li")["rows"]
    assert sum(row["entries"] for row in hers if row["pipeline"] == "bidding") == 1
    assert sum(row["entries"] for row in hers if row["pipeline"] == "general") == 0


def test_a_rate_of_few_deals_is_said_to_be_that(office: Office) -> None:
    for n in range(5):
        office.does("deal", "add", f"Deal {n}")
        office.does("deal", "lose", f"Deal {n}", "--reason", "price")
    told = office.does("conversion")
    assert "Too few closed deals for a rate (under 5): Shortlisted" in told
    assert "Opportunity" not in told.splitlines()[-1]
    line = next(line for line in told.splitlines() if line.startswith("Opportunity"))
    assert line.split() == ["Opportunity", "5", "0", "5", "0", "0", "5", "0", "0", "%", "0"]


def test_an_empty_file_converts_nothing(office: Office) -> None:
    assert all(ends(row) == (0, 0, 0, 0, 0) for row in office.asks("conversion")["rows"])
    assert {row["rate"] for row in office.asks("conversion")["rows"]} == {None}


@settings(max_examples=8)
@given(history=histories(counted_anew))
def test_after_any_history_arrivals_add_up(office: Office, history: list[Step]) -> None:
    here = played(office, history).office
    rows = here.asks("conversion")["rows"]
    listed = here.asks("deal", "list", "--status", "all", "--archived")["rows"]
    open_ = [deal for deal in listed if deal["status"] in ("open", "held")]
    for row in rows:
        assert row["entries"] == sum(row[key] for key in ENDS)
    for row, following in pairwise(rows):
        assert row["next_reached_closed"] == following["reached_closed"]
        assert row["undecided"] >= following["undecided"]
    assert rows[0]["reached_closed"] == len(listed) - len(open_)
    shown = here.asks("deal", "list", "--status", "all")["rows"]
    at_hand = [deal for deal in shown if deal["status"] in ("open", "held")]
    assert rows[0]["undecided"] == len(at_hand)
    assert sum(row["still_here"] for row in rows) == len(open_)
    assert rows[-1]["next_reached_closed"] == sum(d["status"] == "won" for d in listed)
    assert sum(row["lost"] for row in rows) == sum(d["status"] == "lost" for d in listed)
    assert here.asks("conversion", "--as-of", "today")["rows"] == rows
