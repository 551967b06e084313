"""`import deals`: rows become deals, what they do not say stays unknown, and the past unfolds."""

import csv
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest
from conftest import Office, Ran


def a_table(office: Office, *rows: dict[str, Any], name: str = "deals.csv") -> str:
    """Write rows as CSV, under every column that one of them has; return the path."""
    columns = dict.fromkeys(column for row in rows for column in row)
    path = office.path.parent / name
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(columns), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def a_row(number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a deal as its source has it: quoted, Xiao Li's, opened on 1 October."""
    return {
        "id": f"A{number}",
        "name": f"Deal {number}",
        "customer": "Ark Electronics",
        "owner": "Xiao Li",
        "stage": "quoted",
        "status": "open",
        "amount": "1200",
        "currency": "CNY",
        "opened_on": "2026-10-01",
        "expected_close": "2026-12-18",
        "source": "fair",
    } | {key: str(value) for key, value in more.items()}


def imports(office: Office, *rows: dict[str, Any], words: Sequence[str] = ()) -> Ran:
    return office("import", "deals", a_table(office, *rows), *words)


def imported(office: Office, *rows: dict[str, Any], words: Sequence[str] = ()) -> str:
    return office.does("import", "deals", a_table(office, *rows), *words)


def dump(office: Office) -> list[str]:
    with closing(sqlite3.connect(office.path)) as connection:
        return list(connection.iterdump())


# New deals


def test_a_row_becomes_a_deal_with_all_it_says(office: Office) -> None:
    said = imported(office, a_row(stage="opportunity", amount="1,200.50"))
    assert said == "Imported 1 deal: 1 new, 0 changed, 0 as before.\n"
    row = office.deal("Deal 1")
    expected = {
        "id": 1,
        "ref": "A1",
        "name": "Deal 1",
        "customer": "Ark Electronics",
        "owner": "Xiao Li",
        "pipeline": "bidding",
        "stage": "opportunity",
        "status": "open",
        "amount": 1200.5,
        "win_probability": 0.1,
        "opened_on": "2026-10-01",
        "expected_close": "2026-12-18",
        "stage_entered_at": "2026-09-30T16:00:00Z",
        "days_in_stage": 53,
        "source": "fair",
    }
    assert {key: row[key] for key in expected} == expected


def test_a_closed_row_keeps_its_day_and_its_reason(office: Office) -> None:
    imported(
        office,
        a_row(1, status="won", closed_on="2026-11-02"),
        a_row(2, status="lost", closed_on="2026-11-03", lost_reason="price"),
    )
    won, lost = office.deal("Deal 1"), office.deal("Deal 2")
    assert (won["status"], won["closed_on"], won["win_probability"]) == ("won", "2026-11-02", 1)
    assert (lost["status"], lost["closed_on"], lost["lost_reason"]) == (
        ("lost", "2026-11-03", "price")
    )


def test_two_columns_are_enough_and_the_rest_stays_unknown(office: Office) -> None:
    imported(office, {"id": "A1", "name": "Ark"})
    row = office.deal("Ark")
    assert (row["pipeline"], row["stage"], row["status"]) == ("bidding", "opportunity", "open")
    unknown = ("customer", "owner", "amount", "weighted_amount", "expected_close", "opened_on")
    clocks = ("stage_entered_at", "days_in_stage", "last_touch_at", "days_silent", "source")
    assert {key: row[key] for key in unknown + clocks} == dict.fromkeys(unknown + clocks)


def test_an_unknown_date_is_never_stuck_and_is_a_warning(office: Office) -> None:
    imported(office, a_row(opened_on=""))
    assert office.stalled() == []
    assert "unknown-date" in office.codes("Deal 1")
    (row,) = [row for row in office.asks("funnel")["rows"] if row["deals"]]
    assert (row["stage"], row["median_days"]) == ("quoted", None)


def test_a_deal_in_a_later_stage_has_no_age_there_since_nobody_said_it(office: Office) -> None:
    imported(office, a_row())
    row = office.deal("Deal 1")
    assert (row["opened_on"], row["days_in_stage"]) == ("2026-10-01", None)


def test_unknown_amounts_are_counted_and_left_out_of_sums(office: Office) -> None:
    imported(office, a_row(1), a_row(2, amount=""))
    totals = office.asks("funnel")["totals"]
    assert (totals["deals"], totals["amount"], totals["amount_unknown"]) == (2, 1200, 1)


def test_a_blank_pipeline_is_the_one_named_or_the_one_that_has_the_stage(office: Office) -> None:
    path = office.path.parent / "general.toml"
    path.write_text(office.does("pipeline", "templates", "general"), encoding="utf-8")
    office.does("pipeline", "apply", str(path))
    imported(
        office,
        a_row(1, stage="lead"),
        a_row(2, stage="quoted"),
        a_row(3, stage="", pipeline="general"),
        a_row(4, stage="Negotiation", pipeline="general"),
    )
    rows = office.asks("deal", "list")["rows"]
    assert [(row["pipeline"], row["stage"]) for row in rows] == [
        ("general", "lead"),
        ("bidding", "quoted"),
        ("general", "lead"),
        ("general", "negotiation"),
    ]
    imported(office, a_row(5, stage=""), words=["--pipeline", "general"])
    assert office.deal("Deal 5")["pipeline"] == "general"


def test_people_may_be_created_each_once(office: Office) -> None:
    rows = [a_row(1, owner="Chen Tao"), a_row(2, owner="chen tao"), a_row(3, owner="王芳")]
    assert imports(office, *rows).code == 3
    imported(office, *rows, words=["--create-missing"])
    names = [row["name"] for row in office.asks("team", "list")["rows"]]
    assert names == ["Jiang Yue", "Xiao Li", "Wang Fang", "Chen Tao", "王芳"]
    assert [row["owner"] for row in office.asks("deal", "list")["rows"]] == [
        "Chen Tao",
        "Chen Tao",
        "王芳",
    ]


def test_unknown_stages_may_be_created_too(office: Office) -> None:
    assert imports(office, a_row(stage="piloting")).code == 3
    imported(office, a_row(stage="piloting"), words=["--create-missing"])
    assert office.deal("Deal 1")["stage"] == "piloting"
    assert "piloting" in [row["stage"] for row in office.asks("pipeline", "show")["rows"]]


@pytest.mark.parametrize("words", [(), ("--create-missing",)])
def test_a_dry_run_counts_and_writes_nothing(office: Office, words: tuple[str, ...]) -> None:
    imported(office, a_row(1), a_row(2))
    before = dump(office)
    owner = "Chen Tao" if words else "Xiao Li"
    rows = [a_row(1), a_row(2, amount="1300"), a_row(3, owner=owner)]
    said = imported(office, *rows, words=["--dry-run", *words])
    assert "1 new, 1 changed, 1 as before" in said
    assert dump(office) == before


def test_a_dry_run_tells_the_faults_with_their_exit_code(office: Office) -> None:
    ran = imports(office, a_row(1), a_row(2, stage="signed"), words=["--dry-run"])
    assert ran.code == 3
    assert "row 3, stage: 'signed'" in ran.err


# The past


def test_the_imported_past_unfolds_under_as_of(office: Office) -> None:
    imported(
        office,
        a_row(1, stage="opportunity", opened_on="2026-09-01"),
        a_row(2, opened_on="2026-10-01", status="lost", closed_on="2026-11-02"),
        a_row(3, opened_on="2026-11-01"),
    )
    for day, standing in (
        ("2026-08-31", {}),
        ("2026-09-01", {"Deal 1": "open"}),
        ("2026-10-15", {"Deal 1": "open", "Deal 2": "open"}),
        ("2026-11-01", {"Deal 1": "open", "Deal 2": "open", "Deal 3": "open"}),
        ("2026-11-02", {"Deal 1": "open", "Deal 2": "lost", "Deal 3": "open"}),
    ):
        rows = office.asks("deal", "list", "--status", "all", "--as-of", day)["rows"]
        assert {row["name"]: row["status"] for row in rows} == standing
    assert office.deal("Deal 1", "--as-of", "2026-09-11")["days_in_stage"] == 10


def test_when_it_was_entered_here_stands_on_the_operation(office: Office) -> None:
    imported(office, a_row(1, stage="opportunity"))
    with closing(sqlite3.connect(office.path)) as connection:
        (entered, recorded) = connection.execute(
            "SELECT max(o.entered_at), max(e.recorded_at) FROM stage_entry e"
            " JOIN operation o ON o.id = e.operation_id"
        ).fetchone()
    assert entered == 1_795_395_600  # 2026-11-23T01:00:00Z
    assert recorded == 1_790_784_000  # 2026-09-30T16:00:00Z, midnight in Shanghai


def test_a_fact_without_a_date_is_known_from_its_import_on(office: Office) -> None:
    imported(office, {"id": "A1", "name": "Ark"})
    assert office.asks("deal", "list", "--as-of", "2026-11-22")["rows"] == []
    assert len(office.asks("deal", "list", "--as-of", "2026-11-23")["rows"]) == 1
