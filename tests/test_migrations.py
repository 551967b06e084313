"""Files of older schemas: each is upgraded by whichever command first opens it, and loses nothing.

`schemas/N.sql` is a file as the last program of schema N dumped it, `schemas/N.answers.json` what
that program answered from it on 2026-11-23, 9:00 in Shanghai.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Office
from sizes import size

from funnelcli.store import file, upgrade
from funnelcli.store.file import SCHEMA_VERSION
from funnelcli.store.readable import READABLE

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMAS = Path(__file__).parent / "schemas"
OLD = range(1, SCHEMA_VERSION)
QUESTIONS = [
    (),
    ("funnel",),
    ("stalled",),
    ("deal", "list"),
    ("timeline", "1"),
    ("milestone", "list"),
    ("config", "show"),
    ("export", "tables"),
]
CHANGES = [
    ("log", "1", "called"),
    ("deal", "add", "Bright"),
    ("team", "add", "Zhou Min"),
]
every_schema = pytest.mark.parametrize("schema", OLD)


def lay(schema: int, path: Path) -> Path:
    """Put a file of an old schema at `path`."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((SCHEMAS / f"{schema}.sql").read_text(encoding="utf-8"))
    path.chmod(0o600)
    return path


@pytest.fixture
def old(bare: Office) -> Office:
    """An office whose file is of the first schema."""
    lay(1, bare.path)
    return bare


def upgraded(bare: Office, schema: int) -> Office:
    lay(schema, bare.path)
    assert bare("funnel").code == 0
    return bare


def backups(office: Office) -> list[Path]:
    """Return the automatic backups beside the file."""
    folder = office.path.with_name(f"{office.path.name}.backups")
    return sorted(folder.glob("*.db")) if folder.exists() else []


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def layout(path: Path) -> dict[tuple[str, str], str]:
    """Return the definition of everything in the file, blanks not counting."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return {
        (kind, name): re.sub(r"\s*([(),])\s*", r"\1", " ".join((sql or "").split()))
        for kind, name, sql in found
    }


def rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, by column."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1")]
            for (name,) in tables.fetchall()
        }


# What an upgrade makes of a file


def test_every_released_schema_is_kept_and_has_its_step() -> None:
    assert sorted(int(path.stem) for path in SCHEMAS.glob("*.sql")) == list(OLD)
    ladder = importlib.import_module("funnelcli.store.migrations.ladder")
    assert len(ladder.STEPS) == len(OLD)


@every_schema
def test_an_upgraded_file_is_laid_out_as_a_fresh_one(bare, founded, schema):
    office = upgraded(bare, schema)
    assert layout(office.path) == layout(founded)
    assert version(office.path) == SCHEMA_VERSION


@every_schema
def test_every_row_of_an_old_file_is_there_in_all_its_columns(bare, tmp_path, schema):
    before = rows(lay(schema, tmp_path / "as-it-was.db"))
    after = rows(upgraded(bare, schema).path)
    assert sum(map(len, before.values())) > 200
    for table, lines in before.items():
        assert lines, table  # the kept file has something in every table
        kept = [{column: row[column] for column in lines[0]} for row in after[table]]
        if table == "setting":  # a newer schema has more of them
            kept = [row for row in kept if row["key"] in {line["key"] for line in lines}]
        assert kept == lines, table


def still_says(now: Any, was: Any) -> bool:
    """Tell whether an answer says all that it said; keys and pieces of evidence are only added."""
    if isinstance(was, dict):
        return all(still_says(now[key], value) for key, value in was.items())
    if isinstance(was, list) and all(isinstance(each, str) for each in was):
        return [each for each in now if each in was] == was
    return now == was


@every_schema
def test_what_an_older_program_answered_is_answered_today(bare, schema):
    office = upgraded(bare, schema)
    answers = json.loads((SCHEMAS / f"{schema}.answers.json").read_text(encoding="utf-8"))
    assert len(answers) > 15
    for question, said in answers.items():
        now = office.asks(*question.split())
        for row, was in zip(now["rows"], said["rows"], strict=True):
            assert still_says(row, was), (question, row, was)
        assert {key: now["totals"][key] for key in said["totals"]} == said["totals"], question
        assert now["as_of"] == said["as_of"]


@every_schema
def test_an_upgraded_file_is_found_to_be_well(bare, schema):
    office = upgraded(bare, schema)
    found = {row["check"]: row["state"] for row in office.asks("doctor")["rows"]}
    assert [check for check, state in found.items() if state in ("warning", "fault")] == []
    assert found["derived"] == "ok"


@every_schema
def test_an_upgraded_file_can_be_changed(bare, schema):
    office = upgraded(bare, schema)
    for words in CHANGES:
        office.does(*words)
    assert office.asks("timeline", "1")["rows"][-1]["text"] == "called"


def test_the_models_find_nothing_to_change_in_an_upgraded_file(old):
    """Alembic's own comparison of the rows' metadata with the file."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415  heavy
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from sqlalchemy import create_engine  # noqa: PLC0415
    from sqlmodel import SQLModel  # noqa: PLC0415

    import funnelcli.store.rows  # noqa: F401, PLC0415  fills the metadata

    old.does("funnel")
    engine = create_engine(f"sqlite:///{old.path}")
    with engine.connect() as connection:
        # Alembic cannot read an index on an expression back; the layouts above are equal anyway.
        known = {"include_object": lambda _, name, *__: name != "deal_live_by_amount"}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **known})
        found = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert found == []


# Who upgrades, and what is said


@pytest.mark.parametrize("words", [*QUESTIONS, *CHANGES], ids=" ".join)
def test_whatever_first_opens_an_old_file_upgrades_it_and_says_so(old, words, monkeypatch):
    monkeypatch.chdir(old.path.parent)
    ran = old(*words)
    assert ran.code == 0, ran
    assert version(old.path) == SCHEMA_VERSION
    (kept,) = backups(old)
    assert ran.err.splitlines()[0] == (
        f"{old.path} was upgraded from schema 1 to {SCHEMA_VERSION}; "
        f"as it was before, it is kept at {kept}"
    )
    again = old("funnel")
    assert (again.code, again.err) == (0, "")
    assert backups(old) == [kept]


def test_an_answer_is_as_pure_as_ever_while_its_file_is_upgraded(old):
    assert len(old("deal", "list", "-f", "json").rows) > 5


def test_the_backup_before_an_upgrade_is_the_file_as_it_was(old, tmp_path):
    before = rows(old.path)
    old.does("funnel")
    (kept,) = backups(old)
    assert rows(kept) == before
    assert version(kept) == 1
    assert layout(kept) == layout(lay(1, tmp_path / "as-it-was.db"))
    manifest = json.loads(Path(f"{kept}.manifest.json").read_text())
    assert manifest["file_schema"] == 1
    assert manifest["rows"]["deal"] == 12


@pytest.mark.parametrize("words", [("doctor",), ("backup", "copy.db")], ids=" ".join)
def test_what_looks_after_a_file_leaves_its_schema_alone(old, words, monkeypatch):
    monkeypatch.chdir(old.path.parent)
    before = old.path.read_bytes()
    ran = old(*words)
    assert (ran.code, ran.err) == (0, "")
    assert old.path.read_bytes() == before
    assert backups(old) == []


@pytest.mark.parametrize("words", [*QUESTIONS, *CHANGES, ("backup", "b.db")], ids=" ".join)
def test_a_newer_file_is_refused_and_left_untouched(old, words, monkeypatch):
    monkeypatch.chdir(old.path.parent)
    with closing(sqlite3.connect(old.path)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    before = old.path.read_bytes()
    ran = old(*words)
    assert (ran.code, ran.out) == (12, "")
    assert "newer funnelcli" in ran.err
    assert old.path.read_bytes() == before
    assert backups(old) == []


@pytest.mark.parametrize("words", [("funnel",), ("log", "1", "called")], ids=" ".join)
def test_an_old_file_that_cannot_be_written_exits_14_and_stays_as_it_is(old, words, monkeypatch):
    monkeypatch.setattr(file, "writable", lambda _: False)
    monkeypatch.setattr("funnelcli.store.upgrade.writable", lambda _: False)
    before = old.path.read_bytes()
    ran = old(*words)
    assert (ran.code, ran.out) == (14, "")
    assert ran.err.count("\n") == 1
    assert "cannot be upgraded where it lies" in ran.err
    assert old.path.read_bytes() == before


@pytest.mark.parametrize("words", [("funnel",), ("log", "1", "called")], ids=" ".join)
def test_an_old_file_that_is_damaged_is_not_upgraded(old, words):
    content = bytearray(old.path.read_bytes())
    with closing(sqlite3.connect(old.path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_log_operation_id'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\x00\x00"
    old.path.write_bytes(content)
    ran = old(*words)
    assert (ran.code, ran.out) == (13, "")
    assert old.path.read_bytes() == bytes(content)
    assert backups(old) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("UPDATE log SET with_whom = printf('%.*c', 201, 'x') WHERE id = 1", "with_whom_length"),
        ("UPDATE member SET away = printf('%.*c', 10001, 'x') WHERE id = 1", "away_length"),
    ],
)
def test_what_breaks_a_new_rule_stops_the_upgrade_before_anything_is_changed(old, spoil, said):
    with closing(sqlite3.connect(old.path)) as connection:
        connection.execute(spoil)
        connection.commit()
    before = old.path.read_bytes()
    ran = old("funnel")
    assert (ran.code, ran.out) == (14, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert old.path.read_bytes() == before
    assert backups(old) == []


def test_a_reference_to_nothing_stops_the_upgrade(old):
    with closing(sqlite3.connect(old.path)) as connection:
        connection.execute("UPDATE log SET deal_id = 999 WHERE id = 1")
        connection.commit()
    before = old.path.read_bytes()
    ran = old("funnel")
    assert (ran.code, ran.out) == (13, "")
    assert "refers to nothing" in ran.err
    assert old.path.read_bytes() == before


# Interrupted, and many at once


def statements(path: Path) -> list[str]:
    """Return every statement that an upgrade of the file runs, in order."""
    said: list[str] = []
    interrupted_at(path, said.append)
    return said


class Cut(Exception):
    """The upgrade was cut off."""


def interrupted_at(path: Path, hear: Callable[[str], object]) -> None:
    """Upgrade the file while `hear` is told every statement beforehand, and may raise."""

    class Heard(upgrade.Held):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            hear(sql)
            return super().execute(sql, *given)

        def cursor(self, *_: Any, **__: Any) -> sqlite3.Cursor:
            class Told(sqlite3.Cursor):
                def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
                    hear(sql)
                    return super().execute(sql, *given)

            return super().cursor(Told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrade, "Held", Heard)
        upgrade.upgrade(path, file.NOBODY)


def test_an_upgrade_cut_off_before_any_statement_changes_nothing_and_can_be_done_again(
    old, tmp_path, founded
):
    before = rows(old.path)
    said = statements(lay(1, tmp_path / "whole.db"))
    assert len(said) > 100
    assert said[-1] == "COMMIT"
    for n in range(0, len(said), size(4, 1)):
        heard = iter(range(len(said)))

        def cut(_: str, n: int = n, heard: Any = heard) -> None:
            if next(heard) == n:
                raise Cut

        with pytest.raises(Cut):
            interrupted_at(old.path, cut)
        assert version(old.path) == 1
        assert backups(old) == []
    assert rows(old.path) == before
    assert old("funnel").code == 0
    assert layout(old.path) == layout(founded)


def test_a_command_that_comes_too_late_finds_the_upgrade_done(old, monkeypatch):
    begin = upgrade._begin

    def after_another(connection: sqlite3.Connection, path: Path, call: file.Call) -> None:
        monkeypatch.setattr(upgrade, "_begin", begin)
        upgrade.upgrade(path, file.NOBODY)  # another command was faster
        begin(connection, path, call)

    monkeypatch.setattr(upgrade, "_begin", after_another)
    ran = old("funnel")
    assert (ran.code, ran.err) == (0, "")
    assert len(backups(old)) == 1


def test_a_step_that_breaks_a_reference_is_rolled_back(old, monkeypatch):
    ladder = importlib.import_module("funnelcli.store.migrations.ladder")
    *others, step = ladder.STEPS

    class Broken:
        @staticmethod
        def upgrade(op: Any) -> None:
            step.upgrade(op)
            op.execute("UPDATE log SET by_id = 999 WHERE id = 1")

    monkeypatch.setattr(ladder, "STEPS", (*others, Broken))
    before = old.path.read_bytes()
    ran = old("funnel")
    assert (ran.code, ran.out) == (13, "")
    assert "row 1 of log refers to nothing" in ran.err
    assert old.path.read_bytes() == before
    assert backups(old) == []


def test_twenty_commands_that_open_an_old_file_at_once_upgrade_it_once(old):
    environment = {
        "PATH": os.defpath,
        "HOME": str(old.path.parent),
        "FUNNELCLI_DB": str(old.path),
        "FUNNELCLI_NOW": "2026-11-23T09:00:00+08:00",
    }
    words = [("funnel", "-f", "json"), ("log", "1", "called"), ("deal", "list"), ("stalled",)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "funnelcli", *words[n % len(words)]],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(20)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in running]
    assert [code for _, code in ended] == [0] * 20, ended
    assert sum("was upgraded" in err for (_, err), _ in ended) == 1
    assert len(backups(old)) == 1
    assert [row["text"] for row in old.asks("timeline", "1")["rows"]].count("called") == 5


def test_a_file_of_today_loads_no_migration(office):
    script = (
        "import sys\nfrom funnelcli.main import main\n"
        f"main(['log', '1', 'x', '--db', {str(office.path)!r}])\n"
        "assert not {m for m in sys.modules if 'alembic' in m or 'migrations' in m}, 'loaded'"
    )
    office.does("deal", "add", "Ark")
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_the_readable_views_are_todays_after_an_upgrade(old):
    old.does("funnel")
    with closing(sqlite3.connect(old.path)) as connection:
        found = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'view'")
        assert found.fetchone() == (len(READABLE),)
        assert connection.execute("SELECT count(*) FROM deals_readable").fetchone() == (12,)


def test_an_upgrade_keeps_the_groups_rights(old):
    old.path.chmod(0o660)
    old.does("funnel")
    assert old.path.stat().st_mode & 0o777 == 0o660
    (kept,) = backups(old)
    assert kept.stat().st_mode & 0o777 == 0o660
    assert kept.parent.stat().st_mode & 0o777 == 0o770


def test_an_upgrade_of_a_private_file_keeps_its_backup_private(old):
    old.does("funnel")
    (kept,) = backups(old)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
