"""Copies of the file: whole, verified, described, and never in another's place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from funnelcli.main import main
from funnelcli.store import backup as copies

if TYPE_CHECKING:
    from conftest import Office


@pytest.fixture
def deals(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with two deals and a log, in whose folder one works."""
    office.does("deal", "add", "Ark", "--amount", "120万")
    office.does("deal", "add", "Bright")
    office.does("log", "Ark", "called")
    monkeypatch.chdir(office.path.parent)
    return office


def dump(path: Path) -> list[str]:
    """Return all that a file holds."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def manifest(copy: Path) -> dict[str, Any]:
    return json.loads(Path(f"{copy}.manifest.json").read_text(encoding="utf-8"))


def test_a_backup_holds_all_that_the_file_holds(deals):
    before = deals.path.read_bytes()
    deals.does("backup", "copy.db")
    assert dump(Path("copy.db")) == dump(deals.path)
    assert deals.path.read_bytes() == before


def test_what_was_written_is_said_in_one_line(deals):
    operations = 6  # init, two of the team, two deals, a log
    size = deals.path.stat().st_size
    assert deals("backup", "copy.db").out == (
        f"Wrote copy.db: 2 deals and {operations} operations, {size:,} bytes, verified.\n"
    )


def test_a_backup_can_be_used_as_a_file(deals):
    deals.does("backup", "copy.db")
    deals.path = Path("copy.db").absolute()
    assert [row["name"] for row in deals.asks("deal", "list")["rows"]] == ["Ark", "Bright"]
    deals.does("log", "Ark", "from the copy")


def test_the_manifest_tells_what_is_in_the_backup(deals):
    deals.does("backup", "copy.db")
    content = Path("copy.db").read_bytes()
    said = manifest(Path("copy.db"))
    assert {key: said[key] for key in ("schema", "made_at", "file_schema", "last_operation")} == {
        "schema": "funnelcli.backup/1",
        "made_at": "2026-11-23T01:00:00Z",
        "file_schema": 5,
        "last_operation": 6,
    }
    assert said["bytes"] == len(content)
    assert said["sha256"] == hashlib.sha256(content).hexdigest()
    assert said["program"].startswith("funnelcli ")
    assert said["rows"]["deal"] == 2
    assert said["rows"]["log"] == 1
    assert said["rows"]["member"] == 3
    with closing(sqlite3.connect("copy.db")) as connection:
        for table, count in said["rows"].items():
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)


# Where it goes


@pytest.mark.parametrize("word", ["kept", "kept/", "new/er/"])
def test_in_a_folder_a_backup_is_named_by_the_files_own_day_and_time(deals, word):
    Path("kept").mkdir()
    deals.at("2026-11-22T23:30:00Z").does("backup", word)  # 7:30 of the 23rd in Shanghai
    folder = Path(word)
    assert sorted(path.name for path in folder.iterdir()) == [
        "funnel-2026-11-23-073000.db",
        "funnel-2026-11-23-073000.db.manifest.json",
    ]


def test_a_folder_made_for_backups_is_private(deals):
    deals.does("backup", "new/")
    assert Path("new").stat().st_mode & 0o777 == 0o700


def test_what_is_no_backup_is_never_overwritten(deals):
    table = Path("deals.csv")
    table.write_text("mine", encoding="utf-8")
    ran = deals("backup", "deals.csv", "--overwrite")
    assert (ran.code, table.read_text(encoding="utf-8")) == (4, "mine")
    assert "no backup" in ran.err
    ran = deals("backup", str(deals.path), "--overwrite")
    assert ran.code == 4
    assert "the file itself" in ran.err


@pytest.mark.parametrize("made", ["fifo", "copy", "kept without its manifest"])
def test_what_cannot_be_shown_to_be_a_backup_is_never_overwritten(deals, made):
    if made == "fifo":
        os.mkfifo("it.db")
    elif made == "copy":
        shutil.copy2(deals.path, "it.db")  # somebody may be about to write to it
    else:
        deals.does("backup", "it.db")
        Path("it.db.manifest.json").unlink()
    ran = deals("backup", "it.db", "--overwrite")
    assert (ran.code, ran.out) == (4, "")
    assert "it.db is no backup, or has lost its manifest" in ran.err


@pytest.mark.parametrize("there_before", [False, True])
@pytest.mark.parametrize("laid", [False, True])
def test_a_backup_that_was_cut_off_at_its_laying_can_be_made_again(
    deals, monkeypatch, there_before, laid
):
    if there_before:
        deals.does("backup", "copy.db")
        deals.does("log", "Ark", "later")
    before = dump(Path("copy.db")) if there_before else None

    def cut_off(*args: object, **more: object) -> None:
        if laid:
            lay(*args, **more)
        raise KeyboardInterrupt

    lay = copies.lay
    with monkeypatch.context() as patch:
        patch.setattr(copies, "lay", cut_off)
        assert deals("backup", "copy.db", "--overwrite").code == 130
    assert not Path("copy.db.manifest.json").exists()  # none rather than one that is wrong
    if laid or there_before:
        assert dump(Path("copy.db")) == (dump(deals.path) if laid else before)
    deals.does("backup", "copy.db", "--overwrite")
    assert manifest(Path("copy.db"))["sha256"] == copies.digest(Path("copy.db"))
    assert sorted(path.name for path in Path().iterdir()) == [
        "copy.db",
        "copy.db.manifest.json",
        "funnel.db",
    ]


def test_another_teams_file_is_never_overwritten(deals, founded):
    other = Path("other.db")
    shutil.copy2(founded, other)
    assert main(["team", "add", "Zhao", "--db", str(other)]) == 0
    before = dump(other)
    ran = deals("backup", "other.db", "--overwrite")
    assert (ran.code, dump(other)) == (4, before)
    assert "other.db is no backup" in ran.err


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_backup_that_is_there_is_replaced_only_if_said_so(deals, overwrite):
    deals.does("backup", "copy.db")
    before = dump(Path("copy.db"))
    deals.does("log", "Ark", "later")
    ran = deals("backup", "copy.db", *(["--overwrite"] if overwrite else []))
    assert ran.code == (0 if overwrite else 4)
    assert (dump(Path("copy.db")) == before) is not overwrite
    assert manifest(Path("copy.db"))["rows"]["log"] == (2 if overwrite else 1)
    content = Path("copy.db").read_bytes()
    assert manifest(Path("copy.db"))["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("link", [False, True])
def test_the_file_is_never_overwritten_by_its_own_backup(deals, link):
    word = str(deals.path)
    if link:
        Path("alias.db").symlink_to(deals.path)
        word = "alias.db"
    before = deals.path.read_bytes()
    ran = deals("backup", word, "--overwrite")
    assert (ran.code, ran.out) == (4, "")
    assert deals.path.read_bytes() == before


def test_a_folder_that_is_not_there_is_told(deals):
    ran = deals("backup", "nowhere/copy.db")
    assert (ran.code, ran.out) == (1, "")
    assert "nowhere/copy.db" in ran.err
    assert ran.err.count("\n") == 1


def test_a_file_system_without_links_takes_a_backup_too(deals, monkeypatch):
    def unknown(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", unknown)
    deals.does("backup", "copy.db")
    assert dump(Path("copy.db")) == dump(deals.path)


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o600, 0o600), (0o660, 0o660), (0o644, 0o600), (0o640, 0o600)]
)
def test_a_backup_is_as_private_as_its_file(deals, mode, expected):
    deals.path.chmod(mode)
    deals.does("backup", "copy.db")
    assert Path("copy.db").stat().st_mode & 0o777 == expected
    assert Path("copy.db.manifest.json").stat().st_mode & 0o777 == expected


# What it is taken of


def test_without_a_file_there_is_nothing_to_back_up(bare, monkeypatch):
    monkeypatch.chdir(bare.path.parent)
    ran = bare("backup", "copy.db")
    assert (ran.code, ran.out) == (10, "")
    assert not Path("copy.db").exists()


def leftovers(office: Office, before: set[str]) -> set[str]:
    return {path.name for path in office.path.parent.iterdir()} - before


def test_a_damaged_file_is_told_and_leaves_no_backup(deals):
    with closing(sqlite3.connect(deals.path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_deal_owner_id'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(deals.path.read_bytes())
    content[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\x00\x00"
    deals.path.write_bytes(content)
    before = {path.name for path in deals.path.parent.iterdir()}
    ran = deals("backup", "copy.db")
    assert (ran.code, ran.out) == (13, "")
    assert str(deals.path) in ran.err
    assert leftovers(deals, before) == set()


def test_a_full_disk_is_told_and_leaves_no_backup(deals, monkeypatch):
    class Full(sqlite3.Connection):
        def backup(self, *_: object, **__: object) -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **m: real(*a, **m | {"factory": Full}))
    before = {path.name for path in deals.path.parent.iterdir()}
    ran = deals("backup", "copy.db")
    assert (ran.code, ran.out) == (1, "")
    assert "copy.db" in ran.err
    assert "full" in ran.err
    assert leftovers(deals, before) == set()


def test_an_interrupted_backup_leaves_nothing(deals, monkeypatch):
    monkeypatch.setattr(copies, "PAGES", 1)
    turns = iter(range(10))

    def heed() -> None:
        if next(turns) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr("funnelcli.cli.run.heed", heed)
    before = {path.name for path in deals.path.parent.iterdir()}
    assert deals("backup", "copy.db").code == 130
    assert leftovers(deals, before) == set()
    deals.does("deal", "list")


def test_what_another_command_has_not_committed_is_not_in_the_backup(deals):
    with closing(sqlite3.connect(deals.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE deal SET name = 'half done'")
        deals.does("backup", "copy.db")
        other.execute("ROLLBACK")
    assert dump(Path("copy.db")) == dump(deals.path)


def test_backups_taken_while_others_write_are_whole(deals):
    """Each log is an operation, so the two counts rise together."""
    script = (
        "from funnelcli.main import main\n"
        "while True:\n    assert main(['log', 'Ark', 'called']) == 0"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env={"PATH": os.defpath, "HOME": "/", "FUNNELCLI_DB": str(deals.path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    try:
        last = 1
        for n in range(12):
            deals.does("backup", f"copy-{n}.db")
            said = manifest(Path(f"copy-{n}.db"))
            assert said["rows"]["operation"] == said["rows"]["log"] + 5
            assert said["rows"]["log"] >= last
            last = said["rows"]["log"]
    finally:
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.communicate()
    deals.does("doctor")


def test_a_backup_of_a_file_in_wal_mode_is_one_file(deals):
    with closing(sqlite3.connect(deals.path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("UPDATE deal SET competitor = 'Sanli'")
        connection.commit()
        deals.does("backup", "copy.db")
    names = sorted(path.name for path in Path().glob("copy.db*"))
    assert names == [
        "copy.db",
        "copy.db.manifest.json",
    ]
    assert "Sanli" in "\n".join(dump(Path("copy.db")))
    assert Path("copy.db").read_bytes()[18:20] == b"\x01\x01"  # no WAL in its header
