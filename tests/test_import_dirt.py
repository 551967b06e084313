"""Dirty tables: each kind of dirt is read as it was meant, or told; nothing is half done."""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
from conftest import Office, Ran
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook


def dump(office: Office) -> list[str]:
    with closing(sqlite3.connect(office.path)) as connection:
        return list(connection.iterdump())


def a_file(office: Office, content: str | bytes, name: str = "dirty.csv") -> str:
    path = office.path.parent / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def imports(office: Office, content: str | bytes, *words: str) -> Ran:
    return office("import", "deals", a_file(office, content), *words)


def names(office: Office) -> list[str]:
    return [row["name"] for row in office.asks("deal", "list", "--status", "all")["rows"]]


TWO = "id,name,customer\nA1,方舟,Ark\nA2,Boat,Bolt\n"


@pytest.mark.parametrize(
    "content",
    [
        TWO.encode("utf-8-sig"),
        TWO.encode("utf-16"),
        TWO.encode("utf-16-le").join((b"\xff\xfe", b"")),
        TWO.encode("utf-32"),
        TWO.replace(",", ";").encode(),
        TWO.replace(",", "\t").encode(),
        TWO.replace("\n", "\r\n").encode("utf-8-sig"),
        gzip.compress(TWO.encode("utf-16")),
        TWO.replace("A2", "id,name,customer\nA2").encode(),
    ],
    ids=["bom", "utf-16", "utf-16-le", "utf-32", "semicolon", "tab", "crlf", "gz", "repeated"],
)
def test_what_a_spreadsheet_saves_is_read(office: Office, content: bytes) -> None:
    assert imports(office, content).code == 0
    assert names(office) == ["方舟", "Boat"]


def test_a_repeated_header_is_left_out_and_told(office: Office) -> None:
    ran = imports(office, TWO + TWO.replace("A", "B"))
    assert ran.out.endswith("4 new, 0 changed, 0 as before. 1 repeated header left out.\n")


def test_an_encoding_is_never_guessed_and_may_be_said(office: Office) -> None:
    before = dump(office)
    ran = imports(office, TWO.encode("gbk"))
    assert (ran.code, ran.out) == (2, "")
    assert "is not UTF-8 text" in ran.err
    assert "--encoding gbk" in ran.err
    assert dump(office) == before
    assert imports(office, TWO.encode("gbk"), "--encoding", "gbk").code == 0
    assert names(office) == ["方舟", "Boat"]


@pytest.mark.parametrize("name", ["klingon", "hex", ""])
def test_an_encoding_that_is_none_is_told(office: Office, name: str) -> None:
    ran = imports(office, TWO, "--encoding", name)
    assert (ran.code, ran.out) == (2, "") if name else (0, ran.out)
    assert name in ran.err


def test_ids_of_nineteen_digits_stay_exact(office: Office) -> None:
    ids = ["9007199254740993", "1234567890123456789", "1234567890123456788"]
    rows = "".join(f"{number},Deal {number}\n" for number in ids)
    assert imports(office, f"id,name\n{rows}").code == 0
    assert [row["ref"] for row in office.asks("deal", "list")["rows"]] == ids


def test_rows_with_too_many_cells_and_without_an_id_are_told_one_by_one(office: Office) -> None:
    ran = imports(office, "id,name\nA1,Ark,extra\n,Total\nA3,Cobalt\n")
    assert (ran.code, ran.out) == (2, "")
    assert "row 2: It has 3 cells, and the header 2; " in ran.err
    assert "row 3, id: The id is empty." in ran.err


def test_a_cell_of_a_million_characters_is_a_fault_of_its_row(office: Office) -> None:
    before = dump(office)
    for column in ("name", "opened_on", "amount", "stage", "owner", "status", "currency", "id"):
        cells = {"id": "A1", "name": "Ark", "opened_on": ""} | {column: "9" * 1_000_000}
        ran = imports(office, f"{','.join(cells)}\n{','.join(cells.values())}\n")
        assert ran.code in (2, 3), column
        assert "row 2" in ran.err
        assert len(ran.err) < 1_000, column
    assert dump(office) == before


def test_a_quote_that_is_never_closed_is_one_sentence(office: Office) -> None:
    ran = imports(office, 'id,name\nA1,"Ark\n' + "A2,Boat\n" * 600_000)
    assert (ran.code, ran.out) == (2, "")
    assert "is not a CSV table" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("cut", [9, 40, 200])
def test_a_truncated_gz_changes_nothing(office: Office, cut: int) -> None:
    rows = "".join(f"A{n},Deal {n * 7919 % 5_000}\n" for n in range(5_000))
    whole, before = gzip.compress(f"id,name\n{rows}".encode()), dump(office)
    ran = imports(office, whole[:-cut])
    assert (ran.code, ran.out) == (1, "")
    assert "cut short" in ran.err
    assert dump(office) == before
    assert "5,000 new" in imports(office, whole).out


def test_a_deal_closed_before_it_was_opened_is_a_fault_in_deals_and_in_stages(
    office: Office,
) -> None:
    early = "id,name,status,opened_on,closed_on\nA1,Ark,won,2026-10-02,2026-10-01\n"
    ran = imports(office, early)
    assert "row 2, closed_on: It was closed on 2026-10-01, before it was opened" in ran.err
    imports(office, "id,name,opened_on\nA1,Ark,2026-10-02\n")
    path = a_file(office, "deal,stage,at\nA1,won,2026-10-01\n", "stages.csv")
    ran = office("import", "stages", path)
    assert ran.code == 2
    assert "row 2, stage: It was won on 2026-10-01, before it was opened on 2026-10-02" in ran.err


def test_a_file_that_is_changed_while_it_is_read_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from funnelcli.actions import import_deals  # noqa: PLC0415  the moment is staged

    path, before, run = a_file(office, TWO), dump(office), import_deals.run

    def meanwhile(*args: object, **more: object) -> object:
        done = run(*args, **more)
        with Path(path).open("a", encoding="utf-8") as more_rows:
            more_rows.write("A3,Cobalt,C\n")
        return done

    monkeypatch.setattr(import_deals, "run", meanwhile)
    ran = office("import", "deals", path)
    assert (ran.code, ran.out) == (4, "")
    assert "was changed while it was read; import it again" in ran.err
    assert dump(office) == before
    monkeypatch.undo()
    office.at("2026-11-23T09:00:00+08:00")
    assert ": 3 new," in office("import", "deals", path).out


def test_an_interrupt_in_the_middle_leaves_nothing_and_the_second_run_completes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from funnelcli.store import session  # noqa: PLC0415  the moment is staged

    rows = "".join(f"A{n},Deal {n}\n" for n in range(5_000))
    before, opening, batches, laid = dump(office), session.open_deals, [], schema(office)

    def interrupted(*args: object) -> None:
        batches.append(args)
        if len(batches) == 2:
            raise KeyboardInterrupt
        opening(*args)

    monkeypatch.setattr(session, "open_deals", interrupted)
    ran = imports(office, f"id,name\n{rows}", "--skip-bad")
    assert ran.code == 130
    assert len(batches) == 2
    assert dump(office) == before
    assert sorted(each.name for each in office.path.parent.iterdir()) == ["dirty.csv", "funnel.db"]
    assert schema(office) == laid
    monkeypatch.setattr(session, "open_deals", opening)
    assert "5,000 new" in imports(office, f"id,name\n{rows}").out
    assert office("doctor").code == 0


# Workbooks


def a_workbook(office: Office, *rows: list[object]) -> str:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    path = office.path.parent / "book.xlsx"
    book.save(path)
    return str(path)


def test_the_first_sheet_of_a_workbook_is_a_table(office: Office) -> None:
    book = a_workbook(
        office,
        ["id", "name", "amount", "opened_on", "expected_close"],
        [17, "方舟", 1200.5, date(2026, 10, 1), datetime(2026, 12, 24, 10, 30)],  # noqa: DTZ001
        ["0018", "Boat", 3500, "2026-10-02", None],
    )
    assert ": 2 new," in office.does("import", "deals", book)
    keys = ("ref", "name", "amount", "opened_on", "expected_close")
    rows = office.asks("deal", "list")["rows"]
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("17", "方舟", 1200.5, "2026-10-01", "2026-12-24"),
        ("0018", "Boat", 3500, "2026-10-02", None),
    ]
    assert ": 0 new, 0 changed, 2 as before" in office.does("import", "deals", book)


def test_a_number_that_a_workbook_has_rounded_is_a_fault_of_its_row(office: Office) -> None:
    book = a_workbook(office, ["id", "name"], [1234567890123456789, "Ark"], ["2", "Boat"])
    ran = office("import", "deals", book)
    assert ran.code == 2
    assert "row 2, id: " in ran.err
    assert "more than 15 digits" in ran.err


def test_what_only_looks_like_a_workbook_is_told(office: Office) -> None:
    ran = imports(office, b"PK\x03\x04 and nothing else")
    assert (ran.code, ran.out) == (2, "")
    assert "no workbook that can be read" in ran.err


def test_without_the_extra_a_workbook_says_how_to_get_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys  # noqa: PLC0415  of this test alone

    book = a_workbook(office, ["id", "name"], ["1", "Ark"])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    ran = office("import", "deals", book)
    assert (ran.code, ran.out) == (1, "")
    assert "pip install 'funnelcli[xlsx]'" in ran.err


# Bad rows that are left out


BAD = """id,name,owner,amount
A1,Ark,Xiao Li,100
A2,,Xiao Li,lots
A3,Cobalt,Nobody,300
A4,Delta,Wang Fang,400
"""


def test_bad_rows_are_left_out_and_written_to_a_file_that_can_be_mended(office: Office) -> None:
    ran = imports(office, BAD, "--skip-bad")
    assert ran.code == 0
    bad = office.path.parent / "dirty.bad.csv"
    assert ran.out == (
        "Imported 2 deals: 2 new, 0 changed, 0 as before. "
        f"2 bad rows in {bad}; mend them there, and import that file the same way.\n"
    )
    assert "row 3, amount: 'lots'" in ran.err
    assert names(office) == ["Ark", "Delta"]
    assert bad.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(bad.read_text(encoding="utf-8-sig"))))
    assert [row["id"] for row in rows] == ["A2", "A3"]
    assert rows[0]["fault"].startswith("name: The name is empty. amount: 'lots' is not an amount")
    mended = bad.read_text(encoding="utf-8").replace("A2,,", "A2,Boat,").replace("lots", "2")
    bad.write_text(mended.replace("Nobody", "Xiao Li"), encoding="utf-8")
    assert ": 2 new, 0 changed, 0 as before" in office.does("import", "deals", str(bad))
    assert sorted(names(office)) == ["Ark", "Boat", "Cobalt", "Delta"]


def test_a_second_file_of_bad_rows_takes_the_next_free_name(office: Office) -> None:
    imports(office, BAD, "--skip-bad")
    assert "dirty.bad-2.csv" in imports(office, BAD, "--skip-bad").out
    left = office.path.parent / "dirty.bad-2.csv"
    assert left.read_text(encoding="utf-8").count("\n") == 3


def test_a_dry_run_writes_no_file_of_bad_rows(office: Office) -> None:
    before = dump(office)
    ran = imports(office, BAD, "--skip-bad", "--dry-run")
    assert "2 bad rows would be left out" in ran.out
    assert dump(office) == before
    assert not (office.path.parent / "dirty.bad.csv").exists()


def test_without_bad_rows_there_is_no_file_of_them(office: Office) -> None:
    imports(office, TWO, "--skip-bad")
    assert not (office.path.parent / "dirty.bad.csv").exists()


def test_a_conflict_can_be_left_out_and_changes_nothing_of_its_deal(office: Office) -> None:
    table = "id,name,customer,amount\nA1,Ark,Old,100\n"
    imports(office, table)
    office.does("deal", "edit", "Ark", "--customer", "Ours")
    changed = table.replace("Old", "Theirs").replace("100", "200")
    ran = imports(office, changed, "--skip-bad")
    assert ran.code == 0
    assert "row 2: customer was changed here to Ours, and at the source to Theirs." in ran.err
    row = office.deal("Ark")
    assert (row["customer"], row["amount"]) == ("Ours", 100)


def test_a_history_that_contradicts_its_deal_is_left_out_whole(office: Office) -> None:
    deals = "id,name,status,closed_on\nA1,Ark,won,2026-11-02\nA2,Boat,open,\n"
    imports(office, deals)
    rows = "deal,stage,at\nA1,quoted,2026-10-01\nA2,quoted,2026-10-02\nA1,lost,2026-11-02\n"
    path = a_file(office, rows, "stages.csv")
    ran = office("import", "stages", path, "--skip-bad")
    assert ran.code == 0
    assert "1 new" in ran.out
    assert "2 bad rows" in ran.out
    bad = (office.path.parent / "stages.bad.csv").read_text(encoding="utf-8")
    assert [line.split(",")[:2] for line in bad.splitlines()[1:]] == [
        ["A1", "quoted"],
        ["A1", "lost"],
    ]


def test_a_folder_that_takes_no_file_is_told_and_nothing_is_imported(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile  # noqa: PLC0415  root may write anywhere, so it is staged

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = dump(office)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    ran = imports(office, BAD, "--skip-bad")
    assert (ran.code, ran.out) == (1, "")
    assert "The bad rows cannot be written beside" in ran.err
    assert dump(office) == before


# The preview


def test_a_dry_run_shows_the_columns_the_first_rows_and_who_would_be_added(
    office: Office,
) -> None:
    table = (
        "Record ID,Deal Name,Deal Stage,Deal owner\n5001,Ark,quoted,Chen Tao\n5002,Boat,piloting,\n"
    )
    words = ("--preset", "hubspot", "--create-missing", "--dry-run")
    ran = imports(office, table, *words)
    assert ran.out.splitlines() == [
        (
            "Columns: id = {Record ID}; name = {Deal Name}; owner = {Deal owner}; "
            "stage = {Deal Stage}; status = {Deal Stage}."
        ),
        "Row 2: id 5001, name Ark, owner Chen Tao, stage quoted, status open.",
        "Row 3: id 5002, name Boat, stage piloting, status open.",
        (
            "Would import 2 deals: 2 new, 0 changed, 0 as before. "
            "Would add to the team: Chen Tao. Would add as stages: piloting."
        ),
    ]


def test_a_dry_run_with_faults_shows_the_preview_below_them(office: Office) -> None:
    ran = imports(office, BAD, "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert "row 3, amount: 'lots'" in lines[2]
    assert lines[4] == "  Row 2: id A1, name Ark, owner Xiao Li, amount 100."


def test_a_bad_row_of_a_workbook_is_written_down_and_stays_text(office: Office) -> None:
    book = a_workbook(
        office,
        ["id", "name", "customer"],
        [1234567890123456789, "Ark", "'=1+1"],
        ["2", "Boat", "#N/A"],
        ["3", "Cobalt", ""],
    )
    ran = office("import", "deals", book, "--skip-bad")
    assert ": 1 new," in ran.out
    assert "2 bad rows in" in ran.out
    assert "row 3, customer: #N/A is an error of the spreadsheet's." in ran.err
    left = (office.path.parent / "book.bad.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(left)))
    assert [row["id"][:15] for row in rows] == ["123456789012345", "2"]
    assert rows[0]["fault"].startswith(f"id: {rows[0]['id']} is a number of more than 15 digits")


def test_a_workbook_is_read_to_its_end_whatever_it_says_of_its_size(office: Office) -> None:
    rows = [[f"A{n}", f"Deal {n}"] for n in range(5)]
    book = Path(a_workbook(office, ["id", "name"], *rows))
    stale = book.with_name("stale.xlsx")
    with zipfile.ZipFile(book) as whole, zipfile.ZipFile(stale, "w") as changed:
        for each in whole.namelist():
            said = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B3"', whole.read(each))
            changed.writestr(each, said)
    assert ": 5 new," in office.does("import", "deals", str(stale))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_workbook_is_told(office: Office, part: str) -> None:
    book = Path(a_workbook(office, ["id", "name"], ["1", "Ark"]))
    broken = book.with_name("broken.xlsx")
    with zipfile.ZipFile(book) as whole, zipfile.ZipFile(broken, "w") as changed:
        for each in whole.namelist():
            changed.writestr(each, whole.read(each)[: 90 if each == part else None])
    ran = office("import", "deals", str(broken))
    assert (ran.code, ran.out) == (2, "")
    assert "no workbook that can be read" in ran.err


def test_a_workbook_of_an_old_excel_is_told(office: Office) -> None:
    ran = imports(office, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")
    assert (ran.code, ran.out) == (2, "")
    assert "old Excel; save it as XLSX or CSV" in ran.err


def test_the_bad_rows_of_a_gbk_table_are_imported_the_same_way(office: Office) -> None:
    table = "id;name;amount\nA1;三励;lots\nA2;方舟;5\n"
    ran = imports(office, table.encode("gbk"), "--encoding", "gbk", "--skip-bad")
    assert "1 bad row in" in ran.out
    bad = office.path.parent / "dirty.bad.csv"
    mended = bad.read_text(encoding="utf-8-sig").replace("lots", "7")
    assert mended.startswith("id;name;amount;fault\nA1;三励;7;")
    bad.write_text(mended, encoding="utf-8-sig")
    assert ": 1 new," in office.does("import", "deals", str(bad), "--encoding", "gbk")
    assert names(office) == ["方舟", "三励"]


def test_what_was_found_from_the_whole_table_is_said_for_its_bad_rows(office: Office) -> None:
    table = "id,name,opened_on,amount\nA1,Ark,13.02.2026,5\nA2,Boat,03.04.2026,lots\n"
    said = imports(office, table, "--skip-bad").out
    assert said.endswith("mend it there, and import that file the same way with --dates dmy.\n")
    bad = office.path.parent / "dirty.bad.csv"
    bad.write_text(bad.read_text(encoding="utf-8-sig").replace("lots", "7"), encoding="utf-8")
    office.does("import", "deals", str(bad), "--dates", "dmy")
    assert office.deal("Boat")["opened_on"] == "2026-04-03"


def test_bad_rows_stand_in_the_order_of_the_table_each_with_all_its_faults(office: Office) -> None:
    table = "id,name,stage,amount\nA1,Ark,signed,5\nA2,Boat,signed,lots\nA3,,quoted,5\n"
    ran = imports(office, table, "--skip-bad")
    places = [line.strip().split(":")[0] for line in ran.err.splitlines()]
    assert places == ["row 2, stage", "row 3, amount", "row 3, stage", "row 4, name"]
    left = (office.path.parent / "dirty.bad.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(left)))
    assert [row["id"] for row in rows] == ["A1", "A2", "A3"]
    assert rows[1]["fault"].count(". stage: 'signed'") == 1


def test_nobody_is_created_for_a_row_that_is_left_out(office: Office) -> None:
    table = "id,name,owner,stage,amount\nA1,Ark,Carol,weird,lots\nA2,Boat,Dan,quoted,5\n"
    ran = imports(office, table, "--skip-bad", "--create-missing")
    assert "Added to the team: Dan." in ran.out
    team = [row["name"] for row in office.asks("team", "list")["rows"]]
    assert team == ["Jiang Yue", "Xiao Li", "Wang Fang", "Dan"]
    assert "weird" not in office.does("pipeline", "show")


def test_a_pipeline_that_is_none_is_one_sentence_and_no_fault_of_each_row(office: Office) -> None:
    ran = imports(office, TWO, "--pipeline", "nix", "--skip-bad")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "funnelcli: 'nix' is no pipeline of this file; it has bidding.\n"


@pytest.mark.parametrize("header", ["ID,Name", "Id,NAME", "sep=;\nid;name"])
def test_a_header_may_be_written_in_any_case_and_after_excels_first_line(
    office: Office, header: str
) -> None:
    sign = ";" if ";" in header else ","
    assert ": 1 new," in imports(office, f"{header}\nA1{sign}Ark\n").out


def test_a_pipe_that_is_closed_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys  # noqa: PLC0415  of this test alone

    monkeypatch.setattr(sys, "stdin", None)
    ran = office("import", "deals", "-")
    assert (ran.code, ran.err) == (1, "funnelcli: There is no standard input.\n")


# Twice, and conflicts that end


def test_a_reason_that_an_open_deal_bears_is_no_change(office: Office) -> None:
    table = "id,name,status,closed_on,lost_reason\nA1,Ark,open,,price\nA2,Boat,won,2026-11-02,fit\n"
    imports(office, table)
    for _ in range(2):
        assert ": 0 new, 0 changed, 2 as before" in imports(office, table).out


def test_a_conflict_ends_when_both_sides_agree(office: Office) -> None:
    def source(amount: int) -> Ran:
        return imports(office, f"id,name,amount\nA1,Ark,{amount}\n")

    source(2000)
    office.does("deal", "edit", "Ark", "--amount", "2500")
    assert source(2200).code == 4
    office.does("deal", "edit", "Ark", "--amount", "2200")
    assert ": 0 new, 0 changed, 1 as before" in source(2200).out
    before = dump(office)
    assert ": 0 new, 0 changed, 1 as before" in source(2200).out
    assert dump(office) == before
    assert ": 0 new, 1 changed, 0 as before" in source(2300).out
    assert office.deal("Ark")["amount"] == 2300


def test_a_conflict_of_days_tells_the_days(office: Office) -> None:
    office.does("deal", "add", "Ark", "--on", "2026-11-02")
    ran = imports(office, "id,name,opened_on\n#1,Ark,2026-01-05\n")
    assert "opened_on was changed here to 2026-11-02, and at the source to 2026-01-05." in ran.err


# What is written at once is what would have been worked out


CELLS = {
    "name": ["Ark", "方舟 a\u0301", "it's"],
    "customer": ["", "Ark", "'=cmd"],
    "owner": ["", "Xiao Li"],
    "stage": ["", "opportunity", "quoted", "terms"],
    "status": ["", "open", "won", "lost"],
    "amount": ["", "0", "120.5"],
    "closing_amount": ["", "0", "99"],
    "opened_on": ["", "2026-10-01", "2026-11-02"],
    "closed_on": ["", "2026-11-02", "2026-11-20"],
    "stage_entered_on": ["", "2026-10-05", "2026-11-21"],
    "expected_close": ["", "2026-12-24"],
    "source": ["", "fair"],
    "lost_reason": ["", "price"],
}


@settings(max_examples=25, phases=[Phase.generate])
@given(rows=st.lists(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in CELLS.items()})))
def test_a_first_import_leaves_what_the_facts_amount_to(
    office: Office, founded: Path, rows: list[dict[str, str]]
) -> None:
    shutil.copy2(founded, office.path)
    laid = schema(office)
    lines = [{"id": f"A{n}"} | row for n, row in enumerate(rows)]
    lines = lines or [{"id": "A0", "name": "Ark"}]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    office.at("2026-11-23T09:00:00+08:00")
    imports(office, out.getvalue(), "--skip-bad")
    assert sound(office)
    assert schema(office) == laid
    if office("undo").code == 0:
        office.at("2026-11-23T10:00:00+08:00")
        imports(office, out.getvalue().replace("A1,", "B1,"), "--skip-bad")
        assert sound(office)
    office.at("2026-11-24T09:00:00+08:00")
    before = dump(office)
    assert (
        ": 0 new, 0 changed, "
        in imports(office, out.getvalue().replace("A1,", "B1,"), "--skip-bad").out
    )
    assert dump(office) == before
    for left in office.path.parent.glob("*.bad*.csv"):
        left.unlink()


def sound(office: Office) -> bool:
    """Tell whether the doctor finds nothing in the file itself."""
    found = {row["check"]: row["state"] for row in office.asks("doctor")["rows"]}
    return found["derived"] == "ok"


def schema(office: Office) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(office.path)) as connection:
        return sorted(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL"))
