"""A file that another command is using is waited for, not for ever, and never in the way."""

from __future__ import annotations

import fcntl
import itertools
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from funnelcli.errors import FileLocked
from funnelcli.store import file, session
from funnelcli.store.file import Call
from funnelcli.store.turns import LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Office

CHANGES = [("log", "1", "called"), ("deal", "add", "Bright"), ("team", "add", "Chen Tao")]
QUESTIONS = [(), ("funnel",), ("deal", "list"), ("timeline", "1"), ("doctor",), ("backup", "b.db")]


@pytest.fixture
def deals(office: Office) -> Office:
    """An office with one deal."""
    office.does("deal", "add", "Ark", "--amount", "120万")
    return office


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock by which pauses pass at once."""
    return Clock(monkeypatch)


class Clock:
    """Time in which nobody waits; `during` is done at each pause."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.passed = 0.0
        self.during: Callable[[], object] = lambda: None
        patch.setattr(file.time, "monotonic", lambda: self.passed)
        patch.setattr(file.time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.passed += seconds
        self.during()


@contextmanager
def held(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    """Hold the file: IMMEDIATE as one who prepares a change, EXCLUSIVE as one who writes it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute(f"BEGIN {how}")
        yield holder


@contextmanager
def first_in_line(path: Path) -> Iterator[None]:
    """Stand in the line of those who want to change the file, before every other process."""
    place = os.open(path, os.O_RDWR)
    try:
        fcntl.fcntl(place, fcntl.F_OFD_SETLK, LINE)
        yield
    finally:
        os.close(place)


def python(office: Office, *args: str) -> subprocess.CompletedProcess[bytes]:
    """Run Python in a process of its own, with hardly any surroundings, on the office's file."""
    return subprocess.run(
        [sys.executable, *args],
        env={"PATH": os.defpath, "HOME": "/", "FUNNELCLI_DB": str(office.path)},
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("words", CHANGES, ids=" ".join)
def test_a_change_waits_thirty_seconds_and_changes_nothing(deals, clock, words):
    before = deals.path.read_bytes()
    with held(deals.path, "IMMEDIATE"):
        ran = deals(*words)
    assert (ran.code, ran.out) == (11, "")
    assert ran.err.count("\n") == 1
    assert str(deals.path) in ran.err
    assert "nothing was changed" in ran.err
    assert 30 <= clock.passed < 31
    assert deals.path.read_bytes() == before


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_a_question_waits_while_another_command_writes(deals, clock, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with held(deals.path, "EXCLUSIVE"):
        ran = deals(*words)
    assert (ran.code, ran.out) == (11, "")
    assert ran.err.count("\n") == 1
    assert 30 <= clock.passed < 31


@pytest.mark.parametrize("words", [*CHANGES, *QUESTIONS], ids=" ".join)
def test_what_waits_goes_on_as_soon_as_it_can(deals, clock, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with held(deals.path, "EXCLUSIVE") as holder:
        clock.during = lambda: clock.passed > 12 and holder.in_transaction and holder.rollback()
        ran = deals(*words)
    assert ran.code == 0, ran
    assert 12 < clock.passed < 12.2
    assert ran.err == ""


def test_a_commit_waits_for_who_is_still_reading(deals, clock):
    with held(deals.path, "DEFERRED") as reader:
        reader.execute("SELECT count(*) FROM deal").fetchone()
        clock.during = lambda: clock.passed > 5 and reader.in_transaction and reader.rollback()
        deals.does("log", "1", "called")
    assert 5 < clock.passed < 5.2
    assert deals.asks("timeline", "1")["rows"][-1]["text"] == "called"


def test_what_a_command_waits_for_twice_it_waits_for_once(deals, clock):
    before = deals.path.read_bytes()
    with held(deals.path, "DEFERRED") as reader, held(deals.path, "IMMEDIATE") as writer:
        reader.execute("SELECT count(*) FROM deal").fetchone()
        clock.during = lambda: clock.passed > 20 and writer.in_transaction and writer.rollback()
        assert deals("log", "1", "called").code == 11
    assert 30 <= clock.passed < 31
    assert deals.path.read_bytes() == before


@pytest.mark.usefixtures("clock")
def test_a_reader_that_never_ends_makes_a_commit_give_up_with_nothing_changed(deals):
    before = deals.path.read_bytes()
    with held(deals.path, "DEFERRED") as reader:
        reader.execute("SELECT count(*) FROM deal").fetchone()
        assert deals("log", "1", "called").code == 11
    assert deals.path.read_bytes() == before
    deals.does("log", "1", "called")


def test_how_long_is_waited_can_be_set(deals, clock, monkeypatch):
    monkeypatch.setattr(file, "PATIENCE", 0.2)
    with held(deals.path, "IMMEDIATE"):
        assert deals("log", "1", "called").code == 11
    assert 0.2 <= clock.passed < 0.3


def test_the_pauses_are_short(deals, clock):
    pauses, before = [], 0.0

    def note() -> None:
        nonlocal before
        pauses.append(clock.passed - before)
        before = clock.passed

    clock.during = note
    with held(deals.path, "IMMEDIATE"):
        deals("log", "1", "called")
    assert max(pauses) <= 0.1


def test_after_a_second_a_person_is_told_once_why_nothing_happens(deals, clock):
    told: list[tuple[float, str]] = []
    call = Call(notice=lambda text: told.append((clock.passed, text)))
    with held(deals.path, "EXCLUSIVE"), pytest.raises(FileLocked):
        file.ready(deals.path, call)
    ((when, text),) = told
    assert 1 < when < 1.1
    assert text == f"Waiting for another command that is using {deals.path} …"


def test_nobody_is_told_of_a_short_wait(deals, clock):
    told: list[str] = []
    with held(deals.path, "EXCLUSIVE") as holder:
        clock.during = lambda: clock.passed > 0.9 and holder.in_transaction and holder.rollback()
        file.ready(deals.path, Call(notice=told.append))
    assert told == []


@pytest.mark.parametrize("busy", [lambda path: held(path, "IMMEDIATE"), first_in_line])
def test_a_terminal_is_told_of_the_wait_and_a_file_is_not(deals, busy):
    before = deals.path.read_bytes()
    environment = {
        "PATH": os.defpath,
        "HOME": str(deals.path.parent),
        "FUNNELCLI_DB": str(deals.path),
        "FUNNELCLI_NOW": "2026-11-23T09:00:00+08:00",
    }
    script = (
        "import sys\nfrom funnelcli.store import file\nfile.NOTICE_AFTER, file.PATIENCE = 0.01, 0.1"
        "\nfrom funnelcli.main import main\nsys.exit(main(['log', '1', 'called']))"
    )
    leader, follower = pty.openpty()
    said = {}
    with busy(deals.path):
        for where, stream in (("terminal", follower), ("pipe", subprocess.PIPE)):
            ran = subprocess.run(
                [sys.executable, "-c", script],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=stream,
                timeout=120,
                check=False,
            )
            assert (ran.returncode, ran.stdout) == (11, b"")
            said[where] = ran.stderr or os.read(leader, 10_000)
    os.close(leader)
    os.close(follower)
    assert said["terminal"].startswith(b"Waiting for another command that is using ")
    assert said["pipe"].startswith(b"funnelcli: ")
    assert b"in use by another command; nothing was changed" in said["pipe"]
    assert deals.path.read_bytes() == before


def test_a_restore_stands_in_line(deals, tmp_path):
    backup = tmp_path / "good.db"
    deals.does("backup", str(backup))
    script = (
        "import sys\nfrom funnelcli.store import file\nfile.PATIENCE = 0.1\n"
        f"from funnelcli.main import main\nsys.exit(main(['restore', {str(backup)!r}]))"
    )
    before = deals.path.read_bytes()
    with first_in_line(deals.path):
        ran = python(deals, "-c", script)
    assert (ran.returncode, ran.stdout) == (11, b"")
    assert deals.path.read_bytes() == before


def test_a_question_does_not_stand_in_line(deals):
    with first_in_line(deals.path):
        ran = python(deals, "-m", "funnelcli", "deal", "list", "-f", "ids")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"1\n", b"")


# Ctrl-C and SIGTERM, wherever they come


SWALLOWED = """
import signal, sys
from funnelcli import errors, main
from funnelcli.store import file, session
class Going:
    def __del__(self): signal.raise_signal({number})
first = file._busy
def then(error):
    Going()  # what the signal raises is lost here, as in any weak reference's callback
    file._busy = first
    return first(error)
file._busy = then
sys.unraisablehook = lambda _: print("lost", file=sys.stderr)
sys.argv = ["funnelcli", "log", "1", "called"]
main.run()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_wish_to_stop_whose_exception_gets_lost_ends_the_wait_all_the_same(deals, number, code):
    before = deals.path.read_bytes()
    with held(deals.path, "IMMEDIATE"):
        ran = python(deals, "-c", SWALLOWED.format(number=int(number)))
    assert (ran.returncode, ran.stdout) == (code, b"")
    assert ran.stderr.strip() == b"lost"
    assert deals.path.read_bytes() == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_wish_to_stop_ends_the_wait_in_line_at_once(deals, number, code):
    script = (
        "import signal, sys\nfrom funnelcli.store import file\nfile.NOTICE_AFTER = 0.01\n"
        "from funnelcli import main\nfrom funnelcli.cli import run\n"
        f"run.Run._notice = lambda *_: signal.raise_signal({int(number)})\n"
        "sys.argv = ['funnelcli', 'log', '1', 'called']\nmain.run()"
    )
    before = deals.path.read_bytes()
    with first_in_line(deals.path):
        ran = python(deals, "-c", script)
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, b"", b"")
    assert deals.path.read_bytes() == before


def test_an_ignored_interrupt_stays_ignored(deals):
    """A command started in the background of a shell is not ended by a Ctrl-C meant for another."""
    script = (
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from funnelcli import main\nfrom funnelcli.store import file\n"
        "real = file.check\n"
        "file.check = lambda *a: (signal.raise_signal(signal.SIGINT), real(*a))\n"
        "sys.argv = ['funnelcli', 'log', '1', 'called']\nmain.run()"
    )
    ran = python(deals, "-c", script)
    assert (ran.returncode, ran.stderr) == (0, b"")


# What is found when the lock is there


def test_nothing_is_written_to_a_damaged_file(deals):
    content = bytearray(deals.path.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    with closing(sqlite3.connect(deals.path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_milestone_stage_id'"
        ).fetchone()
    content[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\x00\x00"  # the index holds nothing
    deals.path.write_bytes(content)
    assert deals("deal", "list").code == 0  # nobody looks there by himself
    ran = deals("log", "1", "called")
    assert (ran.code, ran.out) == (13, "")
    assert "funnelcli doctor" in ran.err
    assert "funnelcli restore" in ran.err
    assert deals.path.read_bytes() == bytes(content)


def test_a_large_file_is_not_looked_through_before_every_change(deals, monkeypatch):
    looked: list[object] = []
    monkeypatch.setattr(file, "sound", lambda *found: looked.append(found))
    deals.does("log", "1", "called")
    assert len(looked) == 1
    monkeypatch.setattr(file, "SMALL", deals.path.stat().st_size - 1)
    deals.does("log", "1", "called again")
    assert len(looked) == 1


class Failing(session._Connection):
    """A connection whose commit fails, after or before it is in the file."""

    late = True
    made = itertools.count()

    def __init__(self, *args: object, **more: object) -> None:
        next(self.made)
        super().__init__(*args, **more)

    def execute(self, sql: str, *given: object) -> sqlite3.Cursor:
        if sql != "COMMIT":
            return super().execute(sql, *given)
        super().execute("COMMIT" if self.late else "ROLLBACK")
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_DIR_FSYNC
        raise error


@pytest.mark.parametrize("late", [True, False])
def test_a_commit_that_the_disk_did_not_confirm_is_told_as_it_is(deals, late):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Failing, "late", late)
        patch.setattr(session, "_Connection", Failing)
        ran = deals("log", "1", "called")
    assert next(Failing.made) > 0
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    there = [row["text"] for row in deals.asks("timeline", "1")["rows"]].count("called")
    assert there == int(late)
    assert ("The change is in" in ran.err) == late
    assert ("nothing was changed" in ran.err) != late
    assert ("funnelcli history" in ran.err) == late
