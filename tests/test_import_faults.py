"""A table with faults: each is told by row and column, and nothing at all is written."""

import gzip
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from conftest import Office

HEADERS = {"deals": "id,name\n", "stages": "deal,stage,at\n", "logs": "deal,at,text\n"}
ROWS = {
    "deals": "A2,Bright\n",
    "stages": "A1,quoted,2026-11-02\n",
    "logs": "A1,2026-11-02,met them\n",
}
FULL = "id,name,owner,pipeline,stage,status,amount,currency,opened_on,closed_on,expected_close"


def a_file(office: Office, content: str | bytes) -> str:
    path = office.path.parent / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def dump(office: Office) -> list[str]:
    with closing(sqlite3.connect(office.path)) as connection:
        return list(connection.iterdump())


@pytest.fixture
def started(office: Office) -> Office:
    """Return an office into which deal A1 was imported."""
    office.does("import", "deals", a_file(office, "id,name,opened_on\nA1,Ark,2026-10-01\n"))
    return office


def a_line(column: str, value: str) -> str:
    """Return a deals table whose second row has one faulty cell."""
    cells = {"id": "A3", "name": "Cobalt", "opened_on": "2026-10-01"}
    if column == "closed_on":
        cells["status"] = "lost"
    cells[column] = value
    line = ",".join(f'"{cells.get(name, "")}"' for name in FULL.split(","))
    return f"{FULL}\nA2,Bright{',' * 9}\n{line}\n"


# Cells


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("id", "", 2),
        ("id", "  ", 2),
        ("name", "", 2),
        ("name", "Ark\x1b[31m", 2),
        ("name", "Ark\0", 2),
        ("name", "Ark\u202e", 2),
        ("name", "A" * 201, 2),
        ("owner", "Nobody", 3),
        ("pipeline", "auction", 3),
        ("stage", "signed", 3),
        ("stage", "lead", 3),
        ("status", "maybe", 2),
        ("amount", "lots", 2),
        ("amount", "-5", 2),
        ("amount", "1.005", 2),
        ("amount", "12,34", 2),
        ("currency", "EUR", 2),
        ("opened_on", "yesterday", 2),
        ("opened_on", "20261001", 2),
        ("opened_on", "2026-11-31", 2),
        ("opened_on", "2026-11-24", 2),
        ("closed_on", "2026-09-30", 2),
        ("closed_on", "2026-11-24", 2),
        ("closed_on", "soon", 2),
        ("expected_close", "soon", 2),
    ],
)
def test_a_faulty_cell_of_deals_is_told_by_row_and_column(
    office: Office, column: str, value: str, code: int
) -> None:
    before = dump(office)
    ran = office("import", "deals", a_file(office, a_line(column, value)))
    assert (ran.code, ran.out) == (code, "")
    assert f"row 3, {column}: " in ran.err
    assert "Nothing was imported, 1 fault" in ran.err
    if value.strip() and value.isprintable() and len(value) < 50:
        assert value in ran.err
    assert "\x1b" not in ran.err
    assert dump(office) == before


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("deal", "A9", 3),
        ("deal", "", 3),
        ("stage", "signed", 3),
        ("stage", "", 3),
        ("at", "", 2),
        ("at", "2026-11-24", 2),
        ("at", "2026-11-23T01:00:01Z", 2),
        ("by", "Nobody", 3),
    ],
)
def test_a_faulty_cell_of_stages_is_told_by_row_and_column(
    started: Office, column: str, value: str, code: int
) -> None:
    cells = {"deal": "A1", "stage": "quoted", "at": "2026-11-02", "by": ""} | {column: value}
    before = dump(started)
    text = f"deal,stage,at,by\nA1,opportunity,2026-10-01,\n{','.join(cells.values())}\n"
    ran = started("import", "stages", a_file(started, text))
    assert (ran.code, ran.out) == (code, "")
    assert f"row 3, {column}: " in ran.err
    assert dump(started) == before


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("deal", "A9", 3),
        ("at", "soon", 2),
        ("at", "2026-11-24", 2),
        ("by", "Nobody", 3),
        ("kind", "dance", 2),
        ("text", "", 2),
        ("text", "x" * 10_001, 2),
        ("claim", "120", 2),
        ("claim", "120%", 2),
        ("claim", "-5", 2),
        ("claim", "sure", 2),
        ("claim", "50.5", 2),
    ],
)
def test_a_faulty_cell_of_logs_is_told_by_row_and_column(
    started: Office, column: str, value: str, code: int
) -> None:
    cells = {"deal": "A1", "at": "2026-11-02", "by": "", "kind": "", "text": "met", "claim": ""}
    cells[column] = value
    before = dump(started)
    text = f"{','.join(cells)}\nA1,2026-11-01,,,called,\n{','.join(cells.values())}\n"
    ran = started("import", "logs", a_file(started, text))
    assert (ran.code, ran.out) == (code, "")
    assert f"row 3, {column}: " in ran.err
    assert dump(started) == before


def test_an_open_deal_cannot_have_been_closed(office: Office) -> None:
    text = "id,name,status,closed_on\nA1,Ark,open,2026-11-02\n"
    ran = office("import", "deals", a_file(office, text))
    assert ran.code == 2
    assert "row 2, closed_on: The deal is open, yet closed on 2026-11-02" in ran.err


def test_an_id_that_stands_twice_names_both_rows(office: Office) -> None:
    ran = office("import", "deals", a_file(office, "id,name\nA1,Ark\nA2,Bright\nA1,Cobalt\n"))
    assert ran.code == 2
    assert "row 4, id: 'A1' stands in row 2 already" in ran.err
    assert office.asks("deal", "list")["rows"] == []


def test_every_fault_is_listed_and_the_first_decides_the_exit_code(office: Office) -> None:
    text = "id,name,owner,amount\nA1,Ark,Nobody,lots\nA2,,Xiao Li,12\nA3,Cobalt,Xiao Li,12\n"
    ran = office("import", "deals", a_file(office, text))
    assert ran.code == 3
    assert ran.err.splitlines()[0] == "funnelcli: Nothing was imported, 3 faults:"
    places = [line.split(":")[0].strip() for line in ran.err.splitlines()[1:]]
    assert places == ["row 2, owner", "row 2, amount", "row 3, name"]
    assert office.asks("deal", "list")["rows"] == []


def test_many_faults_are_counted_after_the_first_ten(office: Office) -> None:
    rows = "".join(f"A{n},Deal {n},soon\n" for n in range(25))
    ran = office("import", "deals", a_file(office, f"id,name,opened_on\n{rows}"))
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert "25 faults" in lines[0]
    assert len(lines) == 12
    assert lines[-1].strip() == "and 15 more"


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(office: Office) -> None:
    text = 'id,name,amount\nA1,"Ark\nlaunch",1\n\nA2,Bright,lots\n'
    ran = office("import", "deals", a_file(office, text))
    assert "row 4, amount: 'lots'" in ran.err


def test_people_are_not_created_for_a_table_with_faults(office: Office) -> None:
    text = "id,name,owner,amount\nA1,Ark,Chen Tao,1\nA2,Bright,Chen Tao,lots\n"
    before = dump(office)
    assert office("import", "deals", a_file(office, text), "--create-missing").code == 2
    assert dump(office) == before


# Headers and bytes


@pytest.mark.parametrize("what", HEADERS)
@pytest.mark.parametrize("spoil", ["missing", "unknown", "twice", "nothing", "other"])
def test_a_header_that_does_not_fit_is_one_sentence(started: Office, what: str, spoil: str) -> None:
    header = HEADERS[what].strip()
    first = header.split(",")[0]
    bad, word = {
        "missing": (header.replace(f"{first},", ""), repr(first)),
        "unknown": (f"{header},colour", "'colour'"),
        "twice": (f"{header},{first}", repr(first)),
        "nothing": ("", repr(min(header.split(",")))),
        "other": (header.replace(",", "|"), repr(min(header.split(",")))),
    }[spoil]
    ran = started("import", what, a_file(started, bad + "\n" if bad else ""))
    assert (ran.code, ran.out) == (2, "")
    assert word in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("what", HEADERS)
def test_a_table_with_a_header_only_is_imported_and_changes_nothing(
    started: Office, what: str
) -> None:
    before = dump(started)
    assert ": 0 new, 0 changed, 0 as before" in started.does(
        "import", what, a_file(started, HEADERS[what])
    )
    assert dump(started) == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('id,name\nA2,Bright\nA3,"Cobalt\n', 2),
        ('id,name\nA2,Bright\nA3,"Co"balt\n', 2),
        ("id,name\nA2,Bright\nA3,方舟\n".encode("gb18030"), 2),
        (gzip.compress(b"id,name\nA2,Bright\n")[:-9], 1),
        (b"\x1f\x8bnot gz at all", 1),
    ],
    ids=["unclosed", "quote", "gb18030", "cut", "no-gz"],
)
def test_bytes_that_are_no_table_are_one_sentence_and_nothing_is_written(
    started: Office, content: str | bytes, code: int
) -> None:
    before = dump(started)
    ran = started("import", "deals", a_file(started, content))
    assert (ran.code, ran.out) == (code, "")
    assert "table.csv" in ran.err
    assert ran.err.count("\n") == 1
    assert dump(started) == before


@pytest.mark.parametrize("what", HEADERS)
def test_a_file_that_is_not_there_exits_3_and_a_folder_is_told(started: Office, what: str) -> None:
    ran = started("import", what, "missing.csv")
    assert (ran.code, ran.err) == (3, "funnelcli: There is no file 'missing.csv'.\n")
    ran = started("import", what, str(started.path.parent))
    assert ran.code in (1, 2)
    assert ran.err.count("\n") == 1


@contextmanager
def typed(content: bytes, folder: Path) -> Iterator[None]:
    """Have standard input be these bytes, whether its descriptor is read or Python's stream."""
    path = folder / "typed"
    path.write_bytes(content)
    kept, stream = os.dup(0), sys.stdin
    with path.open("rb") as file:
        os.dup2(file.fileno(), 0)
    try:
        with open(0, encoding="utf-8", closefd=False) as sys.stdin:
            yield
    finally:
        sys.stdin = stream
        os.dup2(kept, 0)
        os.close(kept)


@pytest.mark.parametrize("what", HEADERS)
@pytest.mark.parametrize("how", ["plain", "gz", "stdin", "stdin-gz", "bom", "crlf", "blanks"])
def test_a_table_comes_plain_packed_piped_or_from_a_spreadsheet(
    started: Office, what: str, how: str
) -> None:
    text = HEADERS[what] + ROWS[what]
    if how == "crlf":
        text = text.replace("\n", "\r\n")
    if how == "blanks":
        text = text.replace(",", " , ")
    content = (b"\xef\xbb\xbf" if how == "bom" else b"") + text.encode()
    content = gzip.compress(content) if how.endswith("gz") else content
    if how.startswith("stdin"):
        with typed(content, started.path.parent):
            said = started.does("import", what, "-")
    else:
        said = started.does("import", what, a_file(started, content))
    assert ": 1 new, " in said


def test_a_deal_may_be_called_opportunity_in_a_header(started: Office) -> None:
    stages = "opportunity,stage,at\nA1,quoted,2026-11-02\n"
    assert ": 1 new, " in started.does("import", "stages", a_file(started, stages))
    logs = "opportunity,at,text\nA1,2026-11-02,met them\n"
    assert ": 1 new, " in started.does("import", "logs", a_file(started, logs))
