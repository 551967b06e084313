"""A backup brought back, whatever is there now, and nothing of it lost."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_migrations import lay

from funnelcli.store import file
from funnelcli.store import restore as bringing_back
from funnelcli.store.file import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Office


@pytest.fixture
def deals(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with one deal in good.db, its backup, and a second one since."""
    monkeypatch.chdir(office.path.parent)
    office.on("2026-11-20").does("deal", "add", "Ark", "--amount", "120万")
    office.does("backup", "good.db")
    office.on("2026-11-23").does("deal", "add", "Bright")
    return office


def names(office: Office) -> list[str]:
    return [row["name"] for row in office.asks("deal", "list")["rows"]]


def dump(path: Path) -> list[str]:
    """Return all that a file holds."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def kept(office: Office) -> list[Path]:
    """Return the automatic backups beside the file."""
    return sorted(office.path.with_name(f"{office.path.name}.backups").glob("*.db"))


def aside(office: Office) -> list[str]:
    """Return what was moved aside."""
    found = office.path.parent.glob(f"{office.path.name}.damaged-*")
    return sorted(path.name for path in found)


def test_the_content_of_the_backup_is_back(deals):
    deals.does("restore", "good.db")
    assert names(deals) == ["Ark"]
    assert dump(deals.path) == dump(Path("good.db"))
    deals.does("deal", "add", "Again")
    assert names(deals) == ["Ark", "Again"]


def test_it_is_said_what_was_restored_and_where_the_state_before_is(deals):
    ran = deals("restore", "good.db")
    (before,) = kept(deals)
    assert ran.err == ""
    assert ran.out == (
        f"Restored {deals.path} from good.db, made at 2026-11-20T01:00:00Z: 1 deal and "
        f"4 operations. What was there is kept; to go back: funnelcli restore {before}\n"
    )


def test_the_state_before_can_itself_be_restored(deals):
    before = dump(deals.path)
    deals.does("restore", "good.db")
    (state,) = kept(deals)
    manifest = json.loads(Path(f"{state}.manifest.json").read_text())
    assert manifest["rows"]["deal"] == 2
    deals.does("restore", str(state))
    assert dump(deals.path) == before


def test_only_the_newest_five_automatic_backups_are_kept(deals):
    Path("funnel.db.backups").mkdir()
    Path("funnel.db.backups/my-own.db").write_bytes(b"mine")
    for hour in range(10, 18):
        deals.at(f"2026-11-24T{hour}:00:00Z").does("restore", "good.db")
    deals.at("2026-11-24T09:00:00Z").does("restore", "good.db")  # the clock went back
    assert [path.name[:13] for path in kept(deals)] == [
        "20261124T0900",
        "20261124T1400",
        "20261124T1500",
        "20261124T1600",
        "20261124T1700",
        "my-own.db",
    ]
    assert len(list(Path("funnel.db.backups").glob("*.json"))) == 5


def test_a_second_restore_in_the_same_second_keeps_both_states(deals):
    deals.does("restore", "good.db")
    deals.does("restore", "good.db")
    assert len(kept(deals)) == 2


# What is refused, and leaves everything as it is


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE song (title TEXT)")


SPOILED: list[tuple[Callable[[Path], object], int]] = [
    (lambda path: path.unlink(), 3),
    (newer, 12),
    (flipped, 13),
    (foreign, 13),
    (lambda path: path.write_bytes(b""), 13),
    (lambda path: path.write_bytes(path.read_bytes()[:5000]), 13),
    (lambda path: path.write_text("It was a dark and stormy night.\n" * 99), 13),
]


@pytest.mark.parametrize("manifest", [True, False], ids=["with manifest", "without"])
@pytest.mark.parametrize(("spoil", "code"), SPOILED)
def test_what_is_no_good_backup_is_refused_and_changes_nothing(deals, spoil, code, manifest):
    spoil(Path("good.db"))
    if manifest and code == 12:  # a newer program would have written its own
        digest = hashlib.sha256(Path("good.db").read_bytes()).hexdigest()
        said = json.loads(Path("good.db.manifest.json").read_text()) | {"sha256": digest}
        Path("good.db.manifest.json").write_text(json.dumps(said))
    if not manifest:
        Path("good.db.manifest.json").unlink()
        if spoil is flipped:  # what integrity_check can see by itself
            with closing(sqlite3.connect("good.db")) as connection:
                connection.execute("PRAGMA writable_schema=ON")
                connection.execute("UPDATE sqlite_master SET sql = 'broken' WHERE name = 'log'")
                connection.commit()
    before = deals.path.read_bytes()
    ran = deals("restore", "good.db")
    assert (ran.code, ran.out) == (code, "")
    assert "good.db" in ran.err
    assert ran.err.count("\n") == 1
    assert deals.path.read_bytes() == before
    assert (kept(deals), aside(deals)) == ([], [])
    assert not list(deals.path.parent.glob(".funnel.db.*"))


def test_a_backup_without_manifest_is_restored_and_said_to_have_none(deals):
    Path("good.db.manifest.json").unlink()
    ran = deals("restore", "good.db")
    assert ran.code == 0
    assert "good.db has no manifest beside it" in ran.err
    assert "last changed at 2026-11-20T01:00:00Z" in ran.out
    assert names(deals) == ["Ark"]


def test_a_manifest_that_cannot_be_read_is_told(deals):
    Path("good.db.manifest.json").write_text("{")
    ran = deals("restore", "good.db")
    assert ran.code == 13
    assert "good.db.manifest.json" in ran.err
    assert names(deals) == ["Ark", "Bright"]


def test_the_file_itself_is_no_backup_of_it(deals):
    before = deals.path.read_bytes()
    assert deals("restore", "funnel.db").code == 4
    assert deals.path.read_bytes() == before


@pytest.mark.parametrize("link", ["directory", "another program's"])
def test_what_is_not_ours_is_never_replaced(deals, link):
    deals.path.unlink()
    if link == "directory":
        deals.path.mkdir()
    else:
        with closing(sqlite3.connect(deals.path)) as connection:
            connection.executescript("CREATE TABLE song (title TEXT)")
    content = b"" if link == "directory" else deals.path.read_bytes()
    ran = deals("restore", "good.db")
    assert (ran.code, ran.out) == (1 if link == "directory" else 13, "")
    assert ran.err.count("\n") == 1
    assert list(deals.path.iterdir()) == [] if deals.path.is_dir() else True
    assert deals.path.is_dir() or deals.path.read_bytes() == content


def test_a_newer_file_is_not_replaced(deals):
    newer(deals.path)
    before = deals.path.read_bytes()
    assert deals("restore", "good.db").code == 12
    assert deals.path.read_bytes() == before


# Where the present file is missing or damaged


def test_without_a_file_the_backup_takes_its_place(deals):
    deals.path.unlink()
    ran = deals("restore", "good.db")
    assert ran.code == 0
    assert "kept at" not in ran.out
    assert deals.path.stat().st_mode & 0o777 == 0o600
    assert names(deals) == ["Ark"]


def test_a_folder_is_made_for_it(deals, tmp_path):
    deals.path = tmp_path / "new" / "funnel.db"
    deals.does("restore", "good.db")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert names(deals) == ["Ark"]


@pytest.mark.parametrize("journal", [False, True])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"It was a dark and stormy night.\n" * 99,
        lambda content: content[:5000],
        lambda content: b"\x00" * 100 + content[100:],
    ],
    ids=["text", "cut short", "header gone"],
)
def test_a_file_that_cannot_be_opened_is_moved_aside_with_its_journal(deals, spoil, journal):
    content = spoil(deals.path.read_bytes())
    deals.path.write_bytes(content)
    if journal:
        # One that holds a change to roll back SQLite uses up; this one it leaves where it is.
        Path("funnel.db-journal").write_bytes(bytes(512))
    ran = deals("restore", "good.db")
    assert ran.code == 0, ran
    assert names(deals) == ["Ark"]
    damaged = "funnel.db.damaged-20261123T010000Z"
    assert aside(deals) == [damaged, *([f"{damaged}-journal"] if journal else [])]
    assert Path(damaged).read_bytes() == content
    assert f"The damaged file is kept at {deals.path.with_name(damaged)}\n" in ran.out
    assert not Path("funnel.db-journal").exists()


def test_an_empty_file_is_replaced(deals):
    deals.path.write_bytes(b"")
    deals.does("restore", "good.db")
    assert names(deals) == ["Ark"]


def test_a_file_damaged_inside_is_kept_page_by_page(deals):
    with closing(sqlite3.connect(deals.path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_deal_owner_id'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(deals.path.read_bytes())
    content[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\x00\x00"
    deals.path.write_bytes(content)
    inode = deals.path.stat().st_ino
    ran = deals("restore", "good.db")
    assert ran.code == 0
    assert "The damaged file is kept at" in ran.out
    assert names(deals) == ["Ark"]
    assert deals.path.stat().st_ino == inode  # never another file under a running command
    (damaged,) = aside(deals)
    assert Path(damaged).read_bytes()[size:] == bytes(content)[size:]
    assert kept(deals) == []


# Others at the same time, and a crash on the way


def test_a_running_command_keeps_its_file(deals):
    with closing(sqlite3.connect(deals.path, isolation_level=None)) as other:
        assert other.execute("SELECT count(*) FROM deal").fetchone() == (2,)
        deals.does("restore", "good.db")
        assert other.execute("SELECT count(*) FROM deal").fetchone() == (1,)
        other.execute("UPDATE setting SET value = value WHERE key = 'lang'")
    assert not Path("funnel.db-journal").exists()


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_restore_waits_for_who_is_writing(deals, monkeypatch, lock):
    monkeypatch.setattr(file, "PATIENCE", 0.05)
    with closing(sqlite3.connect(deals.path, isolation_level=None)) as other:
        other.execute(f"BEGIN {lock}")
        ran = deals("restore", "good.db")
    assert (ran.code, ran.out) == (11, "")
    assert names(deals) == ["Ark", "Bright"]
    assert kept(deals) == []


def test_between_the_last_look_and_the_replacement_nobody_gets_in(deals, monkeypatch):
    real = bringing_back.keep

    def keep(*given: object) -> object:
        with closing(sqlite3.connect(deals.path, timeout=0)) as other:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("SELECT count(*) FROM deal")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("UPDATE deal SET name = 'lost'")
        return real(*given)

    monkeypatch.setattr(bringing_back, "keep", keep)
    deals.does("restore", "good.db")
    assert names(deals) == ["Ark"]


def test_a_restore_that_is_interrupted_in_the_middle_is_rolled_back(deals, monkeypatch):
    monkeypatch.setattr(bringing_back, "PAGES", 1)
    before = dump(deals.path)
    turns = iter(range(1000))

    def heed() -> None:
        if next(turns) == 20:
            raise KeyboardInterrupt

    monkeypatch.setattr("funnelcli.cli.run.heed", heed)
    assert deals("restore", "good.db").code == 130
    monkeypatch.setattr("funnelcli.cli.run.heed", lambda: None)
    assert next(turns) < 40
    assert dump(deals.path) == before
    assert not list(deals.path.parent.glob(".funnel.db.*"))
    deals.does("restore", "good.db")
    assert names(deals) == ["Ark"]


def test_a_restore_that_is_killed_in_the_middle_is_rolled_back(deals):
    before = dump(deals.path)
    script = (
        "import os, signal\nfrom funnelcli.store import restore\nfrom funnelcli.main import main\n"
        "from funnelcli.cli import run\nrestore.PAGES = 1\nturns = iter(range(1000))\n"
        "def heed():\n    next(turns) == 30 and os.kill(os.getpid(), signal.SIGKILL)\n"
        "run.heed = heed\nmain(['restore', 'good.db'])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": os.defpath, "HOME": "/", "FUNNELCLI_DB": str(deals.path)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == -9, ran
    assert dump(deals.path) == before


# Older backups


def test_a_backup_of_an_older_schema_comes_back_in_todays(deals, tmp_path):
    backup = lay(1, tmp_path / "old.db")
    content = backup.read_bytes()
    ran = deals("restore", str(backup))
    assert ran.code == 0, ran
    assert "12 deals" in ran.out
    assert backup.read_bytes() == content
    with closing(sqlite3.connect(deals.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    found = deals.asks("doctor")["rows"]
    assert [row["check"] for row in found if row["state"] in ("warning", "fault")] == []
    (state,) = kept(deals)
    assert "before-restore" in state.name


def test_an_old_file_is_kept_as_it_is_before_a_restore(deals):
    deals.path.unlink()
    lay(1, deals.path)
    deals.does("restore", "good.db")
    (state,) = kept(deals)
    with closing(sqlite3.connect(state)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert names(deals) == ["Ark"]


def test_a_shared_file_stays_shared(deals):
    deals.path.chmod(0o660)
    deals.does("restore", "good.db")
    assert deals.path.stat().st_mode & 0o777 == 0o660
    (state,) = kept(deals)
    assert state.stat().st_mode & 0o777 == 0o660


def test_through_a_link_the_file_itself_is_restored(deals):
    Path("alias.db").symlink_to(deals.path)
    real, deals.path = deals.path, Path("alias.db").absolute()
    real.write_bytes(b"It was a dark and stormy night.\n" * 99)
    deals.does("restore", "good.db")
    assert deals.path.is_symlink()
    assert names(deals) == ["Ark"]
    assert [path.name for path in Path().glob("funnel.db.damaged-*")] == [
        "funnel.db.damaged-20261123T010000Z"
    ]
    deals.does("restore", "good.db")
    assert len(list(Path("funnel.db.backups").glob("*.db"))) == 1
