"""What happens around a run: closed pipes, full disks, odd encodings, signals, no surroundings."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import Office

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = (sys.executable, "-m", "funnelcli")
NAMES = ["方舟电子 Ark", "caf\u00e9 \u1eb9\u0301", "👩\u200d👩\u200d👧 🇨🇳"]
"""What no old encoding can carry together."""
PATIENT = 20
"""Seconds after which a test says that a run hangs."""


def surroundings(office: Office, **more: str) -> dict[str, str]:
    """Return an environment with nothing in it that a test does not know of."""
    return {
        "PATH": os.defpath,
        "HOME": str(office.path.parent),
        "FUNNELCLI_DB": str(office.path),
        "FUNNELCLI_NOW": "2026-11-23T09:00:00+08:00",
        **more,
    }


def ran(office: Office, *args: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program as a process of its own, with more in its environment."""
    return subprocess.run(
        [*PROGRAM, *args],
        env=surroundings(office, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENT,
        check=False,
    )


def in_shell(office: Office, line: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which "$@" is the program with the arguments."""
    return subprocess.run(
        ["/bin/sh", "-c", line, "sh", *PROGRAM, *args],
        env=surroundings(office),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENT,
        check=False,
    )


_BUILT: list[bytes] = []


@pytest.fixture
def deals(bare: Office, request: pytest.FixtureRequest) -> Office:
    """An office with three deals; built once, a fresh copy for each test."""
    if _BUILT:
        bare.path.write_bytes(_BUILT[0])
    else:
        office = request.getfixturevalue("office")
        for name in NAMES:
            office.does("deal", "add", name, "--amount", "120万", "--on", "2026-10-01")
        _BUILT.append(office.path.read_bytes())
    return bare


def many_deals(office: Office) -> Office:
    """Return an office whose list of deals is larger than a pipe holds."""
    file = office.path.parent / "many.csv"
    rows = "".join(f"X-{n},Deal {n} {'x' * 150},opportunity\n" for n in range(600))
    file.write_text(f"id,name,stage\n{rows}", encoding="utf-8")
    office.does("import", "deals", str(file))
    return office


QUESTIONS = ("funnel", "stalled", "deal list", "deal show 1", "--help")


@pytest.mark.parametrize("fmt", ["table", "json", "csv", "html"])
def test_a_reader_that_has_seen_enough_ends_the_answer_in_silence(office, fmt):
    many_deals(office)
    seen = in_shell(office, '"$@" | head -n 1', "deal", "list", "-f", fmt)
    assert len(seen.stdout.splitlines()) == 1
    assert seen.stderr == ""


@pytest.mark.parametrize("question", [*QUESTIONS, "", "pipeline templates bidding", "--version"])
def test_a_reader_that_is_gone_ends_the_answer_in_silence(deals, question):
    reader, writer = os.pipe()
    os.close(reader)
    seen = subprocess.run(
        [*PROGRAM, *question.split()],
        env=surroundings(deals),
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=PATIENT,
        check=False,
    )
    os.close(writer)
    assert seen.stderr == b""
    assert seen.returncode in (0, 1, 141, -signal.SIGPIPE)


def assert_one_sentence(err: str) -> None:
    assert err.startswith("funnelcli: ")
    assert err.count("\n") == 1
    assert err.endswith(".\n")
    assert "fault of funnelcli" not in err


@pytest.mark.parametrize("question", [*QUESTIONS, "funnel -f json", "--version"])
def test_a_full_disk_is_told_in_one_sentence(deals, question):
    seen = in_shell(deals, '"$@" >/dev/full', *question.split())
    assert seen.returncode == 1
    assert_one_sentence(seen.stderr)
    assert "space" in seen.stderr


@pytest.mark.parametrize("question", [*QUESTIONS, "funnel -f json", "--version"])
def test_without_an_output_there_is_no_traceback(deals, question):
    seen = in_shell(deals, '"$@" >&-', *question.split())
    assert seen.returncode in (0, 1)
    if seen.stderr:
        assert_one_sentence(seen.stderr)


def test_a_change_without_an_output_is_made_once(deals):
    seen = in_shell(deals, '"$@" >&-', "log", "1", "called")
    assert "Traceback" not in seen.stderr
    assert "fault of funnelcli" not in seen.stderr
    assert [row["kind"] for row in deals.asks("timeline", "1")["rows"]].count("call") == 1


@pytest.mark.parametrize("words", ["log 1 called", "undo", "backup {folder}/copy.db"])
def test_what_was_done_is_told_aside_where_the_answer_is_not_taken(deals, words, tmp_path):
    deals.does("log", "1", "before")
    seen = in_shell(deals, '"$@" >/dev/full', *words.format(folder=tmp_path).split())
    assert seen.returncode == 1
    assert_one_sentence(seen.stderr)
    assert seen.stderr.startswith("funnelcli: It is done, but stdout did not take the answer (")
    done = {"log": "Log 2 on 1", "undo": "Undid", "backup": "Wrote"}
    assert done[words.split()[0]] in seen.stderr


def test_without_an_error_output_the_answer_is_whole(deals):
    seen = in_shell(deals, '"$@" 2>&-', "funnel")
    assert (seen.returncode, seen.stdout) == (0, ran(deals, "funnel").stdout.decode())


def test_without_an_error_output_a_failure_keeps_its_code(office):
    assert in_shell(office, '"$@" 2>&-', "deal", "show", "nobody").returncode == 3
    assert in_shell(office, '"$@" 2>/dev/full', "deal", "show", "nobody").returncode == 3


def test_without_an_input_a_question_is_answered(office):
    assert in_shell(office, '"$@" <&-', "funnel").returncode == 0


ENCODINGS = {
    "LC_ALL=C": {"LC_ALL": "C"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "gbk": {"PYTHONIOENCODING": "gbk"},
    "a bare C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
in_every_encoding = pytest.mark.parametrize("encoding", ENCODINGS)


@in_every_encoding
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_encoding_breaks_an_answer(deals, encoding, question):
    seen = ran(deals, *question.split(), **ENCODINGS[encoding])
    assert (seen.returncode, seen.stderr) == (0, b"")
    assert seen.stdout


@in_every_encoding
@pytest.mark.parametrize("fmt", ["json", "ndjson"])
def test_json_loses_no_letter_in_any_encoding(deals, encoding, fmt):
    seen = ran(deals, "deal", "list", "-f", fmt, **ENCODINGS[encoding])
    said = seen.stdout.decode({"cp1252": "cp1252", "gbk": "gbk"}.get(encoding, "utf-8"))
    rows = json.loads(said)["rows"] if fmt == "json" else map(json.loads, said.splitlines())
    assert [row["name"] for row in rows] == NAMES


@in_every_encoding
def test_an_error_is_told_in_any_encoding(office, encoding):
    seen = ran(office, "deal", "show", "方舟", **ENCODINGS[encoding])
    assert seen.returncode in (2, 3)
    assert seen.stderr.startswith(b"funnelcli: ")
    assert seen.stderr.count(b"\n") == 1


@in_every_encoding
def test_a_file_is_written_in_utf_8_whatever_the_encoding(deals, encoding):
    file = deals.path.parent / "deals.csv"
    seen = ran(deals, "deal", "list", "-f", "csv", "-o", str(file), **ENCODINGS[encoding])
    assert (seen.returncode, seen.stdout, seen.stderr) == (0, b"", b"")
    text = file.read_bytes().decode("utf-8")
    assert all(name in text for name in NAMES)


def test_nothing_is_needed_from_the_environment(deals):
    seen = subprocess.run(
        [*PROGRAM, "funnel", "--db", str(deals.path)],
        env={},
        capture_output=True,
        timeout=PATIENT,
        check=False,
    )
    assert (seen.returncode, seen.stderr) == (0, b"")
    assert "█" in seen.stdout.decode("utf-8")


@pytest.mark.parametrize("question", QUESTIONS)
def test_twenty_columns_are_enough_to_answer(deals, question):
    seen = ran(deals, *question.split(), COLUMNS="20")
    assert (seen.returncode, seen.stderr) == (0, b"")


def test_off_a_terminal_the_width_of_the_screen_changes_nothing(deals):
    wide, narrow = (ran(deals, "deal", "list", COLUMNS=n).stdout for n in ("200", "20"))
    assert wide == narrow


@contextmanager
def locked(office: Office) -> Iterator[None]:
    """Hold the write lock of the file, as another command would."""
    holder = sqlite3.connect(office.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def leads_to(link: Path) -> str:
    """Return where a link leads, nowhere for one that is gone by now."""
    with suppress(FileNotFoundError):
        return os.path.realpath(link)
    return ""


def wait_until_it_waits(process: subprocess.Popen[bytes], path: Path) -> None:
    """Return when the process has the file open; where that cannot be seen, after a second."""
    files = Path(f"/proc/{process.pid}/fd")
    tick = threading.Event()
    for _ in range(500):
        if files.is_dir() and str(path) in map(leads_to, files.iterdir()):
            break
        if tick.wait(0.02 if files.is_dir() else 1.0) or not files.is_dir():
            break
    tick.wait(0.2)


@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        (signal.SIGINT, (130, -signal.SIGINT)),
        (signal.SIGTERM, (143, -signal.SIGTERM)),
    ],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_waiting_for_a_locked_file_is_interrupted_at_once(deals, sent, codes):
    before = deals.path.read_bytes()
    with locked(deals):
        process = subprocess.Popen(
            [*PROGRAM, "log", "1", "called"],
            env=surroundings(deals),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        wait_until_it_waits(process, deals.path.resolve())
        assert process.poll() is None
        process.send_signal(sent)
        try:
            out, err = process.communicate(timeout=PATIENT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            pytest.fail("long after the signal it still waits")
    assert process.returncode in codes
    assert (out.strip(), err.strip()) == (b"", b"")
    assert deals.path.read_bytes() == before


def test_a_question_is_answered_while_another_command_prepares_a_change(deals):
    with locked(deals):
        assert ran(deals, "funnel").returncode == 0
