"""`import stages`: a deal's history, with won or lost as last stage, known when it happened."""

import csv
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Any

import pytest
from conftest import Office, Ran

Move = tuple[str, ...]

WAY: list[Move] = [
    ("A1", "opportunity", "2026-09-01"),
    ("A1", "shortlisted", "2026-09-15T10:00:00Z"),
    ("A1", "quoted", "2026-10-20T03:30:00+08:00"),
]
"""Three stages of a deal that skipped one."""


def a_table(office: Office, header: str, rows: Iterable[Move]) -> str:
    path = office.path.parent / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header.split(","), *rows])
    return str(path)


def moves(office: Office, rows: Iterable[Move], *words: str) -> Ran:
    return office("import", "stages", a_table(office, "deal,stage,at,by", rows), *words)


def moved(office: Office, rows: Iterable[Move], *words: str) -> str:
    ran = moves(office, rows, *words)
    assert ran.code == 0, ran
    return ran.out


def a_deal(office: Office, **more: str) -> None:
    """Import deal A1, Ark, opened on 1 September, said to be quoted since nobody knows when."""
    row = {"id": "A1", "name": "Ark", "stage": "quoted", "opened_on": "2026-09-01"} | more
    path = a_table(office, ",".join(row), [tuple(row.values())])
    office.does("import", "deals", path)


def place(office: Office, *words: str) -> tuple[str, str, int | None]:
    row = office.deal("Ark", *words)
    return row["stage"], row["status"], row["days_in_stage"]


def told(office: Office) -> list[tuple[str, str]]:
    """Return day and kind of everything that is told of Ark."""
    rows = office.asks("timeline", "Ark")["rows"]
    return [(row["at"][:10] if row["at"] else "", row["kind"]) for row in rows]


def dump(office: Office) -> list[str]:
    with closing(sqlite3.connect(office.path)) as connection:
        return list(connection.iterdump())


def export(office: Office) -> dict[str, bytes]:
    folder = office.path.parent / "out"
    office.does("export", str(folder))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_history_replaces_the_place_that_a_deals_table_gave(office: Office) -> None:
    a_deal(office)
    assert place(office) == ("quoted", "open", None)
    assert moved(office, WAY) == "Imported 3 stage entries: 3 new, 0 changed, 0 as before.\n"
    assert place(office) == ("quoted", "open", 34)
    assert office.deal("Ark")["stage_entered_at"] == "2026-10-19T19:30:00Z"
    assert [kind for _, kind in told(office)] == ["opened", "stage", "stage", "stage"]


def test_the_last_move_counts_whatever_the_deals_table_said(office: Office) -> None:
    a_deal(office, stage="terms")
    moved(office, WAY)
    assert place(office) == ("quoted", "open", 34)


def test_the_history_unfolds_under_as_of_as_if_the_place_had_never_been_known(
    office: Office,
) -> None:
    a_deal(office)
    moved(office, WAY)
    for day, stage, days in (
        ("2026-09-01", "opportunity", 0),
        ("2026-09-14", "opportunity", 13),
        ("2026-09-15", "shortlisted", 0),
        ("2026-10-19", "shortlisted", 34),
        ("2026-10-20", "quoted", 0),
    ):
        assert place(office, "--as-of", day) == (stage, "open", days)
        assert place(office, "--as-of", day, "--hindsight") == (stage, "open", days)


def test_rows_may_stand_in_any_order(office: Office) -> None:
    a_deal(office)
    moved(office, reversed(WAY))
    assert place(office) == ("quoted", "open", 34)
    assert place(office, "--as-of", "2026-09-20")[0] == "shortlisted"


def test_who_moved_it_is_kept(office: Office) -> None:
    a_deal(office)
    moved(office, [(*move, "Xiao Li") for move in WAY])
    rows = office.asks("timeline", "Ark")["rows"]
    assert [row["by"] for row in rows if row["kind"] == "stage"] == ["Xiao Li"] * 3


def test_who_closed_it_is_kept(office: Office) -> None:
    a_deal(office)
    moved(office, [*WAY, ("A1", "won", "2026-11-02", "Wang Fang")])
    (row,) = [row for row in office.asks("timeline", "Ark")["rows"] if row["kind"] == "won"]
    assert row["by"] == "Wang Fang"


def test_unknown_people_are_created_if_that_is_wished(office: Office) -> None:
    a_deal(office)
    rows = [("A1", "quoted", "2026-10-20", "Chen Tao")]
    assert moves(office, rows).code == 3
    moved(office, rows, "--create-missing")
    assert "Chen Tao" in [row["name"] for row in office.asks("team", "list")["rows"]]


@pytest.mark.parametrize("word", ["won", "Won", "lost", "LOST"])
def test_won_or_lost_as_last_stage_closes_the_deal(office: Office, word: str) -> None:
    a_deal(office)
    moved(office, [*WAY, ("A1", word, "2026-11-02T02:00:00Z")])
    row = office.deal("Ark")
    assert (row["stage"], row["status"]) == ("quoted", word.lower())
    assert (row["closed_on"], row["days_in_stage"]) == ("2026-11-02", 13)
    assert place(office, "--as-of", "2026-11-01")[1] == "open"


def test_the_pipelines_own_words_close_a_deal_too(bare: Office) -> None:
    bare.does("init", "--lang", "zh-Hans", "--currency", "CNY", "--timezone", "Asia/Shanghai")
    a_deal(bare)
    moved(bare, [("A1", "机会", "2026-09-01"), ("A1", "中标", "2026-11-02")])
    assert place(bare) == ("opportunity", "won", 62)


def test_a_closing_in_the_history_replaces_the_bare_date_and_keeps_the_reason(
    office: Office,
) -> None:
    a_deal(office, status="lost", closed_on="2026-11-02", lost_reason="price")
    moved(office, [*WAY, ("A1", "lost", "2026-11-05T02:00:00Z")])
    row = office.deal("Ark")
    assert (row["status"], row["closed_on"], row["lost_reason"]) == ("lost", "2026-11-05", "price")
    assert place(office, "--as-of", "2026-11-03")[1] == "open"
    assert [entry for entry in told(office) if entry[1] == "lost"] == [("2026-11-05", "lost")]


def test_a_history_without_a_closing_leaves_the_deal_closed(office: Office) -> None:
    a_deal(office, status="won", closed_on="2026-11-02")
    moved(office, WAY)
    assert place(office) == ("quoted", "won", 13)


def test_a_history_that_ends_otherwise_than_the_deals_table_is_a_conflict(office: Office) -> None:
    a_deal(office, status="won", closed_on="2026-11-02")
    before = dump(office)
    ran = moves(office, [*WAY, ("A1", "lost", "2026-11-02")])
    assert (ran.code, ran.out) == (4, "")
    assert "row " in ran.err
    assert dump(office) == before


def test_a_history_that_ends_otherwise_than_was_entered_here_is_a_conflict(office: Office) -> None:
    a_deal(office)
    office.does("deal", "lose", "Ark", "--reason", "price")
    before = dump(office)
    ran = moves(office, [*WAY, ("A1", "won", "2026-11-02")])
    assert (ran.code, ran.out) == (4, "")
    assert dump(office) == before


def test_a_move_back_is_told_as_one_and_is_a_warning(office: Office) -> None:
    a_deal(office)
    moved(office, [*WAY, ("A1", "drafted", "2026-11-20")])
    assert place(office) == ("drafted", "open", 3)
    assert told(office)[-1] == ("2026-11-19", "back")  # midnight in Shanghai
    assert "moved-back" in office.codes("Ark")


def test_a_stage_after_the_end_opens_the_deal_again(office: Office) -> None:
    a_deal(office)
    moved(office, [*WAY, ("A1", "lost", "2026-10-25"), ("A1", "quoted", "2026-11-10")])
    assert place(office)[:2] == ("quoted", "open")
    assert office.deal("Ark")["closed_on"] is None
    assert place(office, "--as-of", "2026-11-01")[1] == "lost"
    kinds = [kind for _, kind in told(office)]
    assert kinds[4] == "lost"
    assert kinds[5:].count("reopened") == 1


def test_the_same_history_twice_changes_nothing(office: Office) -> None:
    a_deal(office)
    rows = [*WAY, ("A1", "drafted", "2026-10-22"), ("A1", "lost", "2026-10-25"), WAY[0]]
    rows += [("A1", "quoted", "2026-11-10"), ("A1", "won", "2026-11-11", "Xiao Li")]
    moved(office, rows)
    before = dump(office)
    office.on("2026-11-30")
    said = moved(office, rows)
    assert said == "Imported 8 stage entries: 0 new, 0 changed, 8 as before.\n"
    assert dump(office) == before


@pytest.mark.parametrize("day", ["", "2026-11-02", "2026-11-05"], ids=["open", "same", "later"])
def test_deals_then_stages_then_both_again_changes_nothing(office: Office, day: str) -> None:
    """The deals table says otherwise than the history; the second time it says nothing new."""
    closed = {"status": "won", "closed_on": "2026-11-02"} if day else {}
    rows = [*WAY, ("A1", "won", day)] if day else WAY
    a_deal(office, stage="terms", **closed)
    moved(office, rows)
    before = dump(office)
    office.on("2026-11-30")
    a_deal(office, stage="terms", **closed)
    moved(office, rows)
    assert dump(office) == before


@pytest.mark.parametrize(
    "rest",
    [
        [("A1", "confirmed", "2026-11-01"), ("A1", "won", "2026-11-10")],
        [("A1", "drafted", "2026-11-01"), ("A1", "quoted", "2026-11-10")],
        [("A1", "lost", "2026-11-01"), ("A1", "quoted", "2026-11-10")],
        [
            ("A1", "lost", "2026-11-01"),
            ("A1", "drafted", "2026-11-10"),
            ("A1", "terms", "2026-11-15"),
        ],
    ],
    ids=["on", "back", "reopened", "elsewhere"],
)
def test_a_history_that_comes_in_parts_is_as_one_that_comes_whole(
    office: Office, rest: list[Move]
) -> None:
    fresh = office.path.read_bytes()
    a_deal(office)
    moved(office, [*WAY, *rest])
    whole = (export(office), told(office), place(office), office.codes("Ark"))
    office.path.write_bytes(fresh)
    a_deal(office)
    moved(office, WAY)
    for row in rest:
        moved(office, [row])
    assert (export(office), told(office), place(office), office.codes("Ark")) == whole


def test_a_dry_run_counts_and_writes_nothing(office: Office) -> None:
    a_deal(office)
    moved(office, WAY[:2])
    before = dump(office)
    assert "1 new, 0 changed, 2 as before" in moved(office, WAY, "--dry-run")
    assert dump(office) == before


def test_histories_of_two_pipelines_keep_to_their_own_stages(office: Office) -> None:
    path = office.path.parent / "general.toml"
    path.write_text(office.does("pipeline", "templates", "general"), encoding="utf-8")
    office.does("pipeline", "apply", str(path))
    a_deal(office)
    a_deal(office, id="B1", name="Bright", stage="lead", pipeline="general")
    ran = moves(office, [("A1", "quoted", "2026-10-01"), ("B1", "quoted", "2026-10-01")])
    assert ran.code == 3
    assert "row 3, stage: 'quoted' is no stage of general" in ran.err
    moved(office, [("A1", "quoted", "2026-10-01"), ("B1", "proposal", "2026-10-01")])
    rows: list[dict[str, Any]] = office.asks("deal", "list")["rows"]
    assert [(row["stage"], row["days_in_stage"]) for row in rows] == [
        ("quoted", 53),
        ("proposal", 53),
    ]
