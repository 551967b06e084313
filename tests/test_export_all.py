"""`export --all` tells everything that a file holds, and `import all` makes an equal file of it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import sqlite3
import stat
import sys
import tracemalloc
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import MONDAY, Office
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from layouts import written
from test_constraints import A_STATEMENT
from test_export import a_fresh_file, command, steps
from test_migrations import SCHEMAS, lay
from test_undo import LI, WANG, a_busy_file, picture

from funnelcli.actions import scroll
from funnelcli.domain.text import UNWELCOME, inert
from funnelcli.main import main
from funnelcli.store import remaking
from funnelcli.store.file import NOBODY, SCHEMA_VERSION
from funnelcli.store.reading import whole
from funnelcli.store.remembering import RAN, SCORED, remember

if TYPE_CHECKING:
    from collections.abc import Callable

Said = dict[str, Any]
TABLES = 30


def everything(office: Office, name: str = "all.json") -> Path:
    """Export the whole file beside it, and return where to."""
    path = office.path.parent / name
    assert office.does("export", "--all", str(path)).startswith(f"Wrote {path}: ")
    return path


def made_of(office: Office, file: Path | str, name: str = "made.db") -> Office:
    """Import everything into a new file, and return its office."""
    made = Office(office.path.parent / name, office._patch)
    said = made.does("import", "all", str(file))
    assert said.startswith(f"Made {made.path} from {file}: ")
    return made


def imports(office: Office, file: Path | str, name: str = "made.db") -> Any:
    """Import everything into a new file, whatever comes of it."""
    other = Office(office.path.parent / name, office._patch)
    return other("import", "all", str(file))


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return what every table of a file holds, by its key, and the marks in its header."""
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {n: connection.execute(f'SELECT * FROM "{n}" ORDER BY 1').fetchall() for n in names}
        for mark in ("application_id", "user_version", "journal_mode", "auto_vacuum"):
            found[mark] = connection.execute(f"PRAGMA {mark}").fetchall()
    return found


def a_file_with_everything(office: Office) -> None:
    """Put at least one row into every table, with something undone and done again."""
    a_busy_file(office)
    for line in (
        ("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate 同学"),
        ("contact", "replace", "Ark", "Liu Wei", "Zhao Bing"),
        ("plan", "add", "Ark", "visit", "--on", "2026-11-25"),
        ("plan", "drop", "2", "--reason", "they came"),
        ("reply", "2", "3 % at most", "--by", "2026-11-27"),
        ("ack", "Ark", "--until", "2026-12-24", "--reason", 'he said "later"'),
        ("log", "Cake", "called", *WANG),
        ("inbox", "--seen", "3"),
        ("brief", "--mark"),
        ("deal", "edit", "Ark", "--amount", "7", "--member", "Wang"),
        ("undo",),
        ("redo",),
        ("deal", "add", "Dune", *LI),
        ("undo", *LI),
        ("team", "edit", "Wang", "--worked", "Sanli, designer, 2015..2019", "--school", "Fudan"),
        ("target", "set", "team", "2026Q4", "5m"),
        ("target", "set", "Wang", "2026-11-09..2026-12-24", "9万"),
        ("target", "set", "Wang", "2026-11-09..2026-12-24", "none"),
    ):
        office.does(*line)
    remember(office.path, SCORED, [(1_700_000_000, '[["declared", 31]]')], NOBODY)
    remember(office.path, RAN, [("nightly", 1_700_000_000, "{}", '{"red": [1]}')], NOBODY)
    with closing(sqlite3.connect(office.path)) as connection, connection:
        connection.execute(A_STATEMENT)


# The law: what is made of an export is equal to what was exported


def test_a_file_made_of_an_export_is_equal_in_every_row(office: Office) -> None:
    a_file_with_everything(office)
    held = rows(office.path)
    assert [name for name, found in held.items() if not found] == []
    made = made_of(office, everything(office))
    assert rows(made.path) == held
    assert (held["user_version"], held["application_id"]) == ([(SCHEMA_VERSION,)], [(0x46554E4C,)])


def test_a_file_made_of_an_export_exports_the_same_bytes(office: Office) -> None:
    a_file_with_everything(office)
    first = everything(office)
    again = everything(made_of(office, first), "again.json")
    assert again.read_bytes() == first.read_bytes()


def test_a_file_made_of_an_export_answers_as_the_other_did(office: Office) -> None:
    a_file_with_everything(office)
    days: list[tuple[str, ...]] = [(), ("--as-of", "2026-11-05"), ("--as-of", "2026-11-12")]
    told = [office.asks("history")["rows"], *(picture(office, *day) for day in days)]
    made = made_of(office, everything(office))
    made.path.replace(office.path)
    assert [office.asks("history")["rows"], *(picture(office, *day) for day in days)] == told
    assert office("doctor", "--exit-code").code == 0


def test_undo_and_redo_go_on_where_the_other_file_stood(office: Office) -> None:
    a_file_with_everything(office)
    office.does("deal", "edit", "Ark", "--amount", "9")
    made = made_of(office, everything(office))
    for words in (("redo", *LI), ("undo",), ("undo", "3"), ("redo",), ("deal", "win", "Ark")):
        ours, theirs = made(*words), office(*words)
        assert (ours.code, ours.out) == (theirs.code, theirs.out)
    assert rows(made.path) == rows(office.path)


def test_the_story_of_the_demo_comes_back(office: Office) -> None:
    path = office.path.parent / "ark.db"
    assert office("demo", "--keep", str(path)).code == 0
    story = Office(path, office._patch).at(MONDAY)
    made = made_of(story, everything(story))
    assert rows(made.path) == rows(path)
    assert made.does("history", "Ark") == story.does("history", "Ark")


@settings(max_examples=15, phases=(Phase.explicit, Phase.generate))
@given(st.lists(steps, min_size=1, max_size=8), st.integers(0, 3))
def test_whatever_was_done_comes_back(
    office: Office, life: list[tuple[Any, ...]], back: int
) -> None:
    a_fresh_file(office)
    office.does("deal", "add", "First")
    for step in life:
        assert office(*command(step)).code in (0, 3, 4)
    office("undo", str(back))
    made = office.path.with_name("made.db")
    made.unlink(missing_ok=True)
    assert rows(made_of(office, everything(office)).path) == rows(office.path)


# How it is written


def test_it_is_one_object_of_json_with_a_row_a_line(office: Office) -> None:
    office.does("deal", "add", "Ark 方舟", "--amount", "120万")
    text = everything(office).read_text(encoding="utf-8")
    said = json.loads(text)
    assert (said["schema"], said["currency"]) == ("funnelcli.export-all/1", "CNY")
    assert (said["as_of"], said["schema_version"]) == ("2026-11-23T01:00:00Z", SCHEMA_VERSION)
    assert said["tables"]["deal"] == [{"id": 1, "ref": None}]
    (fact,) = said["tables"]["deal_fact"]
    assert (fact["name"], fact["amount"], fact["deal_id"]) == ("Ark 方舟", 120_000_000, 1)
    assert said["totals"] == {name: len(found) for name, found in said["tables"].items()}
    total = sum(said["totals"].values())
    assert len([line for line in text.splitlines() if line.startswith("{")]) == 1 + total


def test_every_table_of_the_schema_is_told(office: Office) -> None:
    names = re.findall(r"^CREATE TABLE \"?(\w+)", written(office.path), re.MULTILINE)
    assert sorted(whole.TABLES) == sorted(names)
    assert len(names) == TABLES


def test_what_follows_from_facts_is_not_told(office: Office) -> None:
    a_busy_file(office)
    tables = json.loads(everything(office).read_text(encoding="utf-8"))["tables"]
    assert tables["contact"] == [{"id": 1}, {"id": 2}]
    assert {key for row in tables["deal"] for key in row} == {"id", "ref"}


def test_the_same_file_is_exported_to_the_same_bytes_packed_or_not(office: Office) -> None:
    a_busy_file(office)
    plain, packed = everything(office), everything(office, "all.json.gz")
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    first = (plain.read_bytes(), packed.read_bytes())
    assert (
        everything(office).read_bytes(),
        everything(office, "all.json.gz").read_bytes(),
    ) == first
    assert rows(made_of(office, packed).path) == rows(office.path)


def test_it_goes_to_stdout_and_comes_from_stdin(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_busy_file(office)
    ran = office("export", "--all", "-")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.encode() == everything(office).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ran.out.encode())))
    assert rows(made_of(office, "-").path) == rows(office.path)


def test_a_stream_that_carries_no_chinese_gets_the_same_in_ascii(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.does("deal", "add", "Ark 方舟")
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["export", "--all", "-", "--db", str(office.path)]) == 0
    out.flush()
    text = out.buffer.getvalue().decode("ascii")
    assert json.loads(text) == json.loads(everything(office).read_text(encoding="utf-8"))


def test_a_character_that_could_command_a_terminal_is_never_written(office: Office) -> None:
    office.does("deal", "add", "Ark")
    with closing(sqlite3.connect(office.path)) as connection, connection:
        connection.execute("UPDATE deal_fact SET note = ?", ("\x1b[2J\x7f\x9b\u202e方",))
    text = everything(office).read_text(encoding="utf-8")
    assert not set(text) & set("\x1b\x7f\x9b\u202e")
    assert json.loads(text)["tables"]["deal_fact"][0]["note"] == "\x1b[2J\x7f\x9b\u202e方"


def test_the_pattern_of_unwelcome_characters_is_what_is_shown_as_one() -> None:
    shown = re.compile(UNWELCOME)
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        unwelcome = unicodedata.category(char) == "Cc" or inert(char) == "\ufffd" != char
        assert bool(shown.match(char)) == unwelcome, hex(code)


def test_what_is_written_is_private_and_what_was_there_keeps_its_rights(office: Office) -> None:
    path = everything(office)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    path.write_text("earlier")
    assert json.loads(everything(office).read_text())["schema"] == "funnelcli.export-all/1"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(made_of(office, path).path.stat().st_mode) == 0o600
    assert {each.name for each in path.parent.iterdir()} >= {"all.json", "made.db"}
    assert not [each for each in path.parent.iterdir() if each.name.startswith(".")]


def test_the_file_itself_is_never_overwritten(office: Office) -> None:
    path = office.path.rename(office.path.with_suffix(".json"))
    office.path = path
    before = path.read_bytes()
    ran = office("export", "--all", str(path))
    assert (ran.code, ran.out) == (4, "")
    assert path.read_bytes() == before


def test_an_earlier_day_of_everything_is_a_wrong_call(office: Office) -> None:
    for words in (("--as-of", "2026-11-20"), ("--hindsight",)):
        ran = office("export", "--all", "all.json", *words)
        assert (ran.code, ran.out) == (2, "")
        assert "--all" in ran.err


# Every table as CSV


def test_into_a_folder_goes_every_table_as_it_lies(office: Office) -> None:
    a_file_with_everything(office)
    folder = office.path.parent / "raw"
    assert office.does("export", "--all", str(folder)) == f"Wrote {TABLES} tables to {folder}.\n"
    held = rows(office.path)
    assert {path.name for path in folder.iterdir()} == {f"{name}.csv" for name in whole.TABLES}
    for name in whole.TABLES:
        header, *found = csv.reader(io.StringIO((folder / f"{name}.csv").read_text("utf-8")))
        with closing(sqlite3.connect(office.path)) as connection:
            columns = connection.execute(f'SELECT * FROM "{name}"').description
        assert header == [column[0] for column in columns]
        cells = [["" if cell is None else str(cell) for cell in row] for row in held[name]]
        assert found == [[cell.replace("\n", " ") for cell in row] for row in cells], name


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "@all", "'quoted"])
def test_no_cell_of_a_table_is_a_formula(office: Office, text: str) -> None:
    office.does("deal", "add", "Ark", "--customer", text)
    folder = office.path.parent / "raw"
    office.does("export", "--all", str(folder))
    (row,) = csv.DictReader(io.StringIO((folder / "deal.csv").read_text("utf-8")))
    assert row["customer"] == f"'{text}"


def test_without_all_an_export_is_what_it_was(office: Office) -> None:
    folder = office.path.parent / "tables"
    office.does("export", str(folder))
    names = {f"{name}.csv" for name in ("deals", "stages", "logs", "contacts")}
    assert {path.name for path in folder.iterdir()} == {*names, "pipeline-bidding.toml"}


# Where it may go


def test_a_file_that_is_there_is_left_as_it_is(office: Office) -> None:
    path = everything(office)
    before = office.path.read_bytes()
    ran = office("import", "all", str(path))
    assert (ran.code, ran.out) == (4, "")
    assert str(office.path) in ran.err
    assert office.path.read_bytes() == before


def test_without_a_file_the_default_one_is_made(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = everything(office)
    assert main(["import", "all", str(path)]) == 0
    assert capsys.readouterr().out.startswith("Made ")
    assert len([each for each in (tmp_path / "data").rglob("*.db") if each.is_file()]) == 1


def test_a_folder_without_rights_is_one_sentence(office: Office) -> None:
    path = everything(office)
    (office.path.parent / "taken").write_text("no folder")
    ran = imports(office, path, "taken/made.db")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)


# What is refused: one sentence, and nothing left behind


def refused(office: Office, file: Path | str) -> tuple[int, str]:
    """Return the code and the sentence with which an import is refused."""
    before = {path for path in office.path.parent.rglob("*") if path.is_file()}
    ran = imports(office, file)
    assert (ran.out, ran.err.startswith("funnelcli: ")) == ("", True), ran
    assert "fault of funnelcli" not in ran.err, ran.err
    assert {path for path in office.path.parent.rglob("*") if path.is_file()} == before
    return ran.code, " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"", 2, "empty"),
        (b"\xef\xbb\xbf", 2, "empty"),
        (b"deal,at,text\n1,2,3\n", 2, "no JSON"),
        (b"[1, 2]", 2, "no JSON"),
        (b'"all"', 2, "no JSON"),
        (b"{} {}", 2, "names no schema"),
        (b"{", 13, "cut short"),
        (b'{"schema": "funnelcli.funn', 13, "cut short"),
        (b'{"schema": "funnelcli.funnel/1", "rows": []}', 2, "funnelcli.funnel/1"),
        (b'{"schema": {"a": 1}, "tables": {}}', 2, "export --all"),
        (b'{"tables": {"deal": []}}', 2, "names no schema"),
        (b'{"log": {"version": "1.2", "entries": []}}', 2, "names no schema"),
        (b'{"schema": "funnelcli.export-all/1", "tables": {}}', 13, "schema_version"),
        (b'{"schema": "funnelcli.export-all/1", "schema_version": true}', 13, "schema_version"),
        (b"\x80{", 2, "not UTF-8"),
        (b"[" * 100_000, 2, "no JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}", 2, "no JSON"),
        (b"\x1f\x8b\x08\x00 not packed", 13, "cut short or damaged"),
        (b"SQLite format 3\x00", 2, "no JSON"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
def test_what_export_all_did_not_write_is_refused(
    office: Office, content: bytes, code: int, word: str
) -> None:
    path = office.path.parent / "other.json"
    path.write_bytes(content)
    found, said = refused(office, path)
    assert (found, word in said, str(path) in said) == (code, True, True), said


def test_a_file_that_is_not_there_or_is_a_folder_is_one_sentence(office: Office) -> None:
    assert refused(office, office.path.parent / "none.json")[0] == 3
    assert refused(office, office.path.parent)[0] == 1


@pytest.mark.parametrize("name", ["all.json", "all.json.gz"])
def test_an_export_that_is_cut_short_anywhere_is_refused(office: Office, name: str) -> None:
    office.does("deal", "add", "Ark 方舟", "--amount", "5")
    path = everything(office, name)
    content = path.read_bytes()
    for end in {len(content) - 2, len(content) - 9, *range(0, len(content) - 9, 997)}:
        path.write_bytes(content[:end])
        code, _ = refused(office, path)
        assert code == (13 if end else 2) or name == "all.json", end
        assert code in (2, 13)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> str:
    """The export of a busy file, made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("funnelcli.config.system_login", lambda: "somebody")
        office = Office(tmp_path_factory.mktemp("busy") / "funnel.db", patch)
        shutil.copy2(founded, office.path)
        a_busy_file(office)
        return everything(office).read_text(encoding="utf-8")


def changed(office: Office, busy: str, change: Callable[[Said], object]) -> Path:
    """Return where the export of a busy file lies in which something was changed."""
    path = office.path.parent / "changed.json"
    said = json.loads(busy)
    told = dict(said["totals"])
    change(said)
    if said.get("totals") == told:
        said["totals"] = {name: len(found) for name, found in said["tables"].items()}
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def row(said: Said, table: str) -> Said:
    return said["tables"][table][0]


def test_one_of_another_version_is_refused(bare: Office, busy: str) -> None:
    path = changed(bare, busy, lambda said: said.update(schema_version=SCHEMA_VERSION + 1))
    assert refused(bare, path)[0] == 12
    for earlier in (0, -1, 2):
        path = changed(bare, busy, lambda said, n=earlier: said.update(schema_version=n))
        assert refused(bare, path)[0] == 14


CHANGES: dict[str, Callable[[Said], object]] = {
    "the unknown table 'quota'": lambda said: said["tables"].update(quota=[]),
    "the unknown table 'sqlite_master'": lambda said: said["tables"].update(sqlite_master=[]),
    "the unknown table 'deals_readable'": lambda said: said["tables"].update(deals_readable=[]),
    "lacks the table 'tie'": lambda said: said["tables"].pop("tie"),
    "rows that it tells at its end": lambda said: said["totals"].update(row_change=99),
    "does not hold the rows": lambda said: said.pop("totals"),
    "row 1 of log has no 'kind'": lambda said: row(said, "log").pop("kind"),
    "unknown column 'mood'": lambda said: row(said, "log").update(mood="good"),
    "unknown column 'name'": lambda said: row(said, "deal").update(name="Ark"),
    "row 1 of log is no object": lambda said: said["tables"]["log"].insert(0, [1, 2]),
    "UNIQUE constraint failed: deal.id": lambda said: said["tables"]["deal"].append(
        {"id": 1, "ref": None}
    ),
    "UNIQUE constraint failed: deal.ref": lambda said: [
        each.update(ref="A-1") for each in said["tables"]["deal"]
    ],
    "UNIQUE constraint failed: member.login": lambda said: said["tables"]["member"].append(
        {**row(said, "member"), "id": 9}
    ),
    "cannot have null as id": lambda said: row(said, "deal").update(id=None),
    "cannot have null as kind": lambda said: row(said, "log").update(kind=None),
    'cannot have "7" as amount': lambda said: row(said, "deal_fact").update(amount="7"),
    "cannot have 7 as name": lambda said: row(said, "deal_fact").update(name=7),
    "cannot have 1.5 as amount": lambda said: row(said, "deal_fact").update(amount=1.5),
    "cannot have true as touch": lambda said: row(said, "log").update(touch=True),
    'cannot have ["a"] as text': lambda said: row(said, "log").update(text=["a"]),
    "cannot have NaN as amount": lambda said: row(said, "deal_fact").update(amount=float("nan")),
    "too large": lambda said: row(said, "deal_fact").update(amount=10**30),
    "amount_range": lambda said: row(said, "deal_fact").update(amount=-1),
    "kind_known": lambda said: row(said, "log").update(kind="rumour"),
    "text_length": lambda said: row(said, "log").update(text="x" * 10_001),
    "retraction_signed": lambda said: row(said, "log").update(retracted_at=1),
    "log makes no sense in touch": lambda said: row(said, "log").update(touch=7),
    "makes no sense in happened_on": lambda said: row(said, "log").update(happened_on="2026-02-30"),
    "sense in expected_close": lambda said: row(said, "deal_fact").update(
        expected_close="0000-01-01"
    ),
    "makes no sense in recorded_at": lambda said: row(said, "log").update(recorded_at=10**15),
    "makes no sense in id": lambda said: row(said, "hold").update(id=-4),
    "makes no sense in playbook": lambda said: row(said, "pipeline").update(playbook="{"),
    "makes no sense in new": lambda said: row(said, "row_change").update(new="gone"),
    "control character U+001B": lambda said: row(said, "log").update(text="\x1b[2J"),
    "control character U+202E": lambda said: row(said, "deal_fact").update(name="a\u202eb"),
    "control character U+007F": lambda said: row(said, "deal_fact").update(name="a\x7fb"),
    "control character U+0000": lambda said: row(said, "deal_fact").update(name="a\0b"),
    "control character U+D800": lambda said: row(said, "deal_fact").update(name="a\ud800"),
    "number 1 of log refers to no deal": lambda said: row(said, "log").update(deal_id=99),
    "of operation refers to no member": lambda said: row(said, "operation").update(by_id=99),
    "has no manager": lambda said: [each.update(manager=0) for each in said["tables"]["member"]],
    "settings cannot be read": lambda said: said["tables"]["setting"].pop(),
    "it lacks the table": lambda said: said.update(tables={}),
}


@pytest.mark.parametrize("word", CHANGES)
def test_what_no_file_of_ours_could_hold_is_refused(bare: Office, busy: str, word: str) -> None:
    code, said = refused(bare, changed(bare, busy, CHANGES[word]))
    assert (code, word in said) == (13, True), said


@pytest.mark.parametrize(
    "career", ['"none"', "[1]", '[["job"]]', '{"a": 1}', "[[1, 2, 3, 4, 5]]"], ids=repr
)
def test_a_career_that_cannot_be_read_is_refused(bare: Office, busy: str, career: str) -> None:
    path = changed(bare, busy, lambda said: said["tables"]["contact_fact"][1].update(career=career))
    assert refused(bare, path)[0] == 13


def test_twice_the_same_table_is_refused(office: Office) -> None:
    path = everything(office)
    text = path.read_text(encoding="utf-8").replace('"seen": [\n]', '"seen": [],\n"seen": []')
    path.write_text(text, encoding="utf-8")
    code, said = refused(office, path)
    assert (code, "twice the table 'seen'" in said) == (13, True), said


def test_more_behind_the_end_is_refused(office: Office) -> None:
    path = everything(office)
    path.write_text(path.read_text(encoding="utf-8") + "{}", encoding="utf-8")
    assert refused(office, path)[0] == 2


# However it is laid out


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("piece", [1, 7, 2**16])
def test_an_export_that_was_laid_out_anew_is_read_as_well(
    office: Office, monkeypatch: pytest.MonkeyPatch, indent: int | None, piece: int
) -> None:
    monkeypatch.setattr(scroll, "PIECE", piece)
    office.does("deal", "add", "Ark 方舟", "--amount", "5")
    path = everything(office)
    said = json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps(said, indent=indent, sort_keys=True, ensure_ascii=indent is None)
    path.write_text("\ufeff" + text, encoding="utf-8")
    assert rows(made_of(office, path).path) == rows(office.path)


def test_a_value_beyond_any_rows_length_is_not_read_to_its_end(office: Office) -> None:
    path = office.path.parent / "long.json"
    path.write_text('{"schema": "' + "x" * (2 * scroll.MOST), encoding="utf-8")
    assert refused(office, path)[0] == 2


def test_it_does_not_matter_how_many_rows_there_are(office: Office) -> None:
    office.does("deal", "add", "Ark")
    path = everything(office)
    said = json.loads(path.read_text(encoding="utf-8"))
    peaks = []
    for count in (2_000, 20_000):
        one = said["tables"]["deal_fact"][0]
        said["tables"]["deal_fact"] = [{**one, "id": n} for n in range(1, count + 1)]
        said["totals"]["deal_fact"] = count
        path.write_text(json.dumps(said), encoding="utf-8")
        made = made_of(office, path, f"{count}.db")
        tracemalloc.start()
        everything(made, "again.json")
        imports(office, path, f"{count}-again.db")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2**20, peaks


# Layouts


def test_the_layout_that_is_kept_is_that_of_a_fresh_file(office: Office) -> None:
    kept = remaking.LAYOUTS / f"{SCHEMA_VERSION}.sql"
    assert kept.read_text(encoding="utf-8") == written(office.path), "see tests/layouts.py"


def test_an_export_of_an_older_schema_is_laid_out_as_it_was_and_upgraded(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = SCHEMA_VERSION - 1
    old = lay(older, tmp_path / "old.db")
    with closing(sqlite3.connect(old)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        monkeypatch.setattr(whole, "TABLES", names)
        tables = {
            name: [json.loads(text) for text in found] for name, found in whole.as_json(connection)
        }
    path = tmp_path / "old.json"
    totals = {name: len(found) for name, found in tables.items()}
    said = {"schema": whole.SCHEMA, "schema_version": older, "tables": tables, "totals": totals}
    path.write_text(json.dumps(said), encoding="utf-8")
    made = made_of(office, path)
    upgraded = Office(old, monkeypatch)
    assert upgraded.at(MONDAY)("funnel").code == 0
    assert rows(made.path) == rows(old)
    assert made("doctor", "--exit-code").code == 0
    assert not [each for each in tmp_path.iterdir() if "made.db." in each.name]
    assert SCHEMAS.exists()


def test_two_that_import_at_once_leave_one_whole_file(office: Office) -> None:
    path = everything(office)
    shutil.copy2(path, path.with_name("other.json"))
    assert imports(office, path).code == 0
    assert imports(office, path.with_name("other.json")).code == 4
    assert rows(office.path.with_name("made.db")) == rows(office.path)
