"""`import logs`, and `import deals --preset maven`: what others wrote, as they wrote it."""

import csv
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from conftest import Office

HARDWARE = """
name = "hardware"
[[stage]]
name = "prospecting"
title = "Prospecting"
probability = 20
[[stage]]
name = "engaging"
title = "Engaging"
probability = 60
"""


def a_file(office: Office, text: str) -> str:
    path = office.path.parent / "table.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def a_deal(office: Office) -> None:
    office.does(
        "import", "deals", a_file(office, "id,name,stage,opened_on\nA1,Ark,quoted,2026-09-01\n")
    )


def logged(office: Office, rows: str, *words: str) -> str:
    text = "deal,at,by,kind,text,with,claim\n" + rows
    return office.does("import", "logs", a_file(office, text), *words)


def entries(office: Office, *words: str) -> list[dict[str, Any]]:
    kinds = ("call", "visit", "meeting", "message", "email", "note")
    return [row for row in office.asks("timeline", "Ark", *words)["rows"] if row["kind"] in kinds]


def dump(office: Office) -> list[str]:
    with closing(sqlite3.connect(office.path)) as connection:
        return list(connection.iterdump())


# Logs


def test_a_row_becomes_a_log_of_its_own_time_and_hand(office: Office) -> None:
    a_deal(office)
    said = logged(
        office, "A1,2026-11-02T02:00:00Z,Xiao Li,visit,showed the draft,Liu Wei 刘伟,60\n"
    )
    assert said == "Imported 1 log: 1 new, 0 changed, 0 as before.\n"
    (row,) = entries(office)
    assert (row["at"], row["recorded_at"]) == ("2026-11-02T02:00:00Z", "2026-11-02T02:00:00Z")
    assert (row["kind"], row["by"]) == ("visit", "Xiao Li")
    assert "showed the draft" in row["text"]
    assert office.deal("Ark")["last_touch_at"] == "2026-11-02T02:00:00Z"
    assert office.deal("Ark")["days_silent"] == 21


def test_three_columns_are_enough_and_a_blank_kind_is_a_note_by_nobody(office: Office) -> None:
    a_deal(office)
    path = a_file(office, "deal,at,text\nA1,2026-11-02,they wait for the budget\n")
    office.does("import", "logs", path)
    (row,) = entries(office)
    assert (row["kind"], row["by"], row["at"]) == ("note", None, "2026-11-01T16:00:00Z")
    assert office.deal("Ark")["last_touch_at"] is None


@pytest.mark.parametrize(
    ("kind", "touch"),
    [
        ("call", True),
        ("Visit", True),
        ("meeting", True),
        ("message", False),
        ("email", False),
        ("note", False),
    ],
)
def test_what_is_a_touch_is_a_call_a_visit_or_a_meeting(
    office: Office, kind: str, touch: bool
) -> None:
    a_deal(office)
    logged(office, f"A1,2026-11-02,,{kind},said,,\n")
    assert (office.deal("Ark")["last_touch_at"] is not None) is touch


def test_an_imported_claim_is_held_against_the_evidence_of_its_day(office: Office) -> None:
    a_deal(office)
    logged(office, "A1,2026-11-02,Xiao Li,note,nearly nailed,,95%\n")
    assert "overclaimed" in office.codes("Ark")
    assert "overclaimed" not in office.codes("Ark", "--as-of", "2026-11-01")
    assert "overclaimed" in office.codes("Ark", "--as-of", "2026-11-02")


def test_imported_logs_are_seen_under_as_of_from_their_own_day_on(office: Office) -> None:
    a_deal(office)
    logged(office, "A1,2026-10-01,,call,first,,\nA1,2026-11-02,,call,second,,\n")
    for day, count in (("2026-09-30", 0), ("2026-10-01", 1), ("2026-11-01", 1), ("2026-11-02", 2)):
        assert len(entries(office, "--as-of", day)) == count


def test_the_same_logs_twice_change_nothing_and_a_row_that_stands_twice_is_two(
    office: Office,
) -> None:
    a_deal(office)
    rows = "A1,2026-11-02,,call,again,,\nA1,2026-11-02,,call,again,,\nA1,2026-11-02,,note,again,,\n"
    assert ": 3 new, 0 changed, 0 as before" in logged(office, rows)
    before = dump(office)
    assert ": 0 new, 0 changed, 3 as before" in logged(office, rows)
    assert dump(office) == before
    assert len(entries(office)) == 3


def test_new_rows_are_added_to_those_that_are_there(office: Office) -> None:
    a_deal(office)
    logged(office, "A1,2026-11-02,,call,first,,\n")
    rows = "A1,2026-11-02,,call,first,,\nA1,2026-11-03,,call,second,,\n"
    assert ": 1 new, 0 changed, 1 as before" in logged(office, rows, "--dry-run")
    assert len(entries(office)) == 1
    assert ": 1 new, 0 changed, 1 as before" in logged(office, rows)
    assert len(entries(office)) == 2


def test_people_of_logs_are_created_if_that_is_wished(office: Office) -> None:
    a_deal(office)
    logged(office, "A1,2026-11-02,王芳,call,first,,\n", "--create-missing")
    assert entries(office)[0]["by"] == "王芳"


def test_text_is_kept_on_one_line_and_a_guard_against_formulas_is_taken_off(
    office: Office,
) -> None:
    a_deal(office)
    logged(office, 'A1,2026-11-02,,note,"first\r\nsecond",,\nA1,2026-11-03,,note,\'=1+1,,\n')
    assert [row["text"] for row in entries(office)] == ["first  second", "=1+1"]


# Maven's CRM Sales Opportunities

MAVEN = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
SALES = f"""{MAVEN}
W1,Moses Frase,GTX Basic,Cancity,Won,2026-09-01,2026-10-01,1054
L1,Moses Frase,GTX Pro,Isdom,Lost,2026-09-05,2026-10-10,0
E1,Xiao Li,MG Special,Codehow,Engaging,2026-10-20,,
P1,Xiao Li,GTX Plus,Hatfan,Prospecting,,,
P2,Xiao Li,GTX Plus,,Prospecting,,,
"""


@pytest.fixture
def maven(office: Office) -> Office:
    """Return an office into which the small table was imported."""
    office.does("pipeline", "apply", a_file(office, HARDWARE))
    said = office.does(
        *("import", "deals", a_file(office, SALES)), *("--preset", "maven", "--create-missing")
    )
    assert (
        said == "Imported 5 deals: 5 new, 0 changed, 0 as before. Added to the team: Moses Frase.\n"
    )
    return office


def test_the_maven_preset_reads_every_kind_of_row(maven: Office) -> None:
    rows = maven.asks("deal", "list", "--status", "all")["rows"]
    keys = ("ref", "name", "customer", "owner", "stage", "status", "amount")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("W1", "Cancity GTX Basic", "Cancity", "Moses Frase", "engaging", "won", 1054),
        ("L1", "Isdom GTX Pro", "Isdom", "Moses Frase", "engaging", "lost", None),
        ("E1", "Codehow MG Special", "Codehow", "Xiao Li", "engaging", "open", None),
        ("P1", "Hatfan GTX Plus", "Hatfan", "Xiao Li", "prospecting", "open", None),
        ("P2", "GTX Plus", None, "Xiao Li", "prospecting", "open", None),
    ]
    assert {row["pipeline"] for row in rows} == {"hardware"}


def test_undated_prospects_stay_undated(maven: Office) -> None:
    by_ref = {row["ref"]: row for row in maven.asks("deal", "list", "--status", "all")["rows"]}
    dates = {ref: (row["opened_on"], row["closed_on"]) for ref, row in by_ref.items()}
    assert dates == {
        "W1": ("2026-09-01", "2026-10-01"),
        "L1": ("2026-09-05", "2026-10-10"),
        "E1": ("2026-10-20", None),
        "P1": (None, None),
        "P2": (None, None),
    }
    assert (by_ref["E1"]["days_in_stage"], by_ref["P1"]["days_in_stage"]) == (34, None)


def test_a_price_is_known_from_the_closing_on(maven: Office) -> None:
    def amount(day: str) -> Any:
        return maven.deal("W1", "--as-of", day)["amount"]

    assert [amount(day) for day in ("2026-09-15", "2026-09-30", "2026-10-01")] == [None, None, 1054]


def test_the_maven_table_twice_changes_nothing(maven: Office) -> None:
    before = dump(maven)
    maven.on("2026-11-30")
    said = maven.does("import", "deals", a_file(maven, SALES), "--preset", "maven")
    assert ": 0 new, 0 changed, 5 as before" in said
    assert dump(maven) == before


def test_a_deal_of_mavens_that_closes_is_closed_here_at_its_price(maven: Office) -> None:
    text = SALES.replace("Engaging,2026-10-20,,", "Won,2026-10-20,2026-11-20,550")
    maven.does("import", "deals", a_file(maven, text), "--preset", "maven")
    row = maven.deal("E1")
    assert (row["status"], row["closed_on"], row["amount"]) == ("won", "2026-11-20", 550)


@pytest.mark.parametrize("column", MAVEN.split(","))
def test_a_maven_table_without_a_column_names_it(office: Office, column: str) -> None:
    kept = [index for index, name in enumerate(MAVEN.split(",")) if name != column]
    cells = list(csv.reader(SALES.splitlines()))
    text = "".join(",".join(row[index] for index in kept) + "\n" for row in cells)
    ran = office("import", "deals", a_file(office, text), "--preset", "maven")
    assert (ran.code, ran.out) == (2, "")
    assert repr(column) in ran.err


def test_an_unknown_preset_lists_those_there_are(office: Office) -> None:
    ran = office("import", "deals", a_file(office, SALES), "--preset", "excel")
    assert ran.code == 3
    assert ran.err == (
        "funnelcli: 'excel' is no preset; "
        "the presets are hubspot, pipedrive, salesforce, zoho, maven.\n"
    )
