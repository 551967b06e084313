"""The examples of the night shift, each run as cron would: `env -i`, no terminal, no HOME."""

from __future__ import annotations

import configparser
import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

import funnelcli

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Office

EXAMPLES = Path(__file__).parent.parent / "examples"
UNITS = EXAMPLES / "systemd"
SERVICE, TIMER = UNITS / "funnelcli-nightly.service", UNITS / "funnelcli-nightly.timer"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with the programs that a PATH would lead to."""
    folder = tmp_path / "bin"
    folder.mkdir()
    ours = f"PYTHONPATH={Path(funnelcli.__file__).parents[1]}"
    script(folder / "funnelcli", f'{ours} exec {sys.executable} -m funnelcli "$@"')
    script(folder / "python3", f'exec {sys.executable} "$@"')
    script(folder / "sendmail", f'echo "$@" >{tmp_path}/envelope; cat >{tmp_path}/mail')
    return folder


def script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def ran(
    programs: Path, name: str, *words: object, now: str = "2026-11-23T05:30:00+08:00"
) -> subprocess.CompletedProcess[str]:
    """Run an example in an environment that holds nothing but a PATH and the clock."""
    return subprocess.run(
        ["/bin/sh", str(EXAMPLES / name), *map(str, words)],
        env={"PATH": f"{programs}:/usr/bin:/bin", "FUNNELCLI_NOW": now},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd="/",
        check=False,
    )


@contextmanager
def listening(answer: int = 200) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Listen on the loopback for what is posted; give the address and what came."""
    came: list[tuple[str, bytes]] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.headers["Content-Type"], body))
            self.send_response(answer)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Chat)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def stalled(office: Office) -> Office:
    """An office with a deal that has long stopped."""
    office.does("deal", "add", "方舟 Ark", "--amount", "5", "--on", "-40d")
    return office


def test_three_nights_come_out_as_they_are_kept(programs: Path, tmp_path: Path) -> None:
    made = tmp_path / "nights"
    made.mkdir()
    done = ran(programs, "nightly/three-nights.sh", made)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    kept = sorted((EXAMPLES / "nightly").glob("2026-*"))
    assert [file.name for file in kept] == sorted(file.name for file in made.iterdir())
    for file in kept:
        assert (made / file.name).read_bytes() == file.read_bytes(), file.name
    told = (EXAMPLES / "nightly" / "2026-11-24.md").read_text(encoding="utf-8")
    assert all(f"**{word} (" in told for word in ("New", "Continuing", "Acknowledged", "Cleared"))


def test_the_report_of_the_night_is_quiet_or_loud(programs: Path, office: Office) -> None:
    done = ran(programs, "nightly.sh", office.path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    office.does("deal", "add", "方舟 Ark", "--on", "-40d")
    done = ran(programs, "nightly.sh", office.path, now="2026-11-24T05:30:00+08:00")
    assert (done.returncode, done.stderr) == (20, "")
    assert "New (1)" in done.stdout
    assert "方舟 Ark" in done.stdout
    done = ran(programs, "nightly.sh", office.path, now="2026-11-25T05:30:00+08:00")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Continuing (1)" in done.stdout


def test_a_night_without_a_report_is_said_loudly(programs: Path, tmp_path: Path) -> None:
    done = ran(programs, "nightly.sh", tmp_path / "none.db")
    assert (done.returncode, done.stdout) == (10, "")
    assert "There is no file at" in done.stderr
    assert "funnelcli ended with 10" in done.stderr
    (programs / "funnelcli").unlink()
    done = ran(programs, "nightly.sh", tmp_path / "none.db")
    assert done.returncode == 127
    assert "ended with 127" in done.stderr


def test_a_report_is_mailed(programs: Path, stalled: Office, tmp_path: Path) -> None:
    done = ran(programs, "send.sh", stalled.path, "mail", "boss@example.com")
    assert (done.returncode, done.stdout, done.stderr) == (20, "", "")
    assert (tmp_path / "envelope").read_text() == "-i -- boss@example.com\n"
    head, _, body = (tmp_path / "mail").read_text(encoding="utf-8").partition("\n\n")
    assert "To: boss@example.com\n" in head
    assert "something is new" in head
    assert "charset=UTF-8" in head
    assert "方舟 Ark" in body


def test_nothing_is_sent_when_there_is_nothing(
    programs: Path, office: Office, tmp_path: Path
) -> None:
    with listening() as (url, came):
        for how, whom in (("mail", "boss@example.com"), ("post", url), ("post-md", url)):
            done = ran(programs, "send.sh", office.path, how, whom)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert came == []
    assert not (tmp_path / "mail").exists()


def test_a_report_is_posted(programs: Path, stalled: Office) -> None:
    with listening() as (url, came):
        assert ran(programs, "send.sh", stalled.path, "post", url).returncode == 20
        later = "2026-11-24T05:30:00+08:00"
        assert ran(programs, "send.sh", stalled.path, "post-md", url, now=later).returncode == 20
        assert ran(programs, "send.sh", stalled.path, "post", url, now=later).returncode == 0
    (json_type, posted), (markdown_type, markdown), (_, again) = came
    assert json_type == "application/json; charset=utf-8"
    assert "New (1)" in json.loads(posted)["text"]
    assert "方舟 Ark" in json.loads(posted)["text"]
    assert markdown_type == "text/markdown; charset=utf-8"
    assert "New (1)" in markdown.decode()  # who is told otherwise is told everything too
    assert "Continuing (1)" in json.loads(again)["text"]


def test_a_report_that_cannot_be_sent_is_printed(programs: Path, stalled: Office) -> None:
    with listening(answer=500) as (url, _):
        done = ran(programs, "send.sh", stalled.path, "post", url)
    assert done.returncode == 22  # curl's
    assert "方舟 Ark" in done.stdout
    assert "was not sent" in done.stderr
    script(programs / "sendmail", "exit 75")
    later = "2026-11-24T05:30:00+08:00"
    done = ran(programs, "send.sh", stalled.path, "mail", "boss@example.com", now=later)
    assert done.returncode == 75
    assert "方舟 Ark" in done.stdout


def test_that_there_is_no_report_is_sent_too(programs: Path, tmp_path: Path) -> None:
    done = ran(programs, "send.sh", tmp_path / "none.db", "mail", "boss@example.com")
    assert done.returncode == 10
    assert "There is no file at" in done.stderr
    mail = (tmp_path / "mail").read_text(encoding="utf-8")
    assert "funnelcli ended with 10" in mail
    assert "There is no file at" in mail
    done = ran(programs, "send.sh", tmp_path / "none.db", "pigeon", "boss@example.com")
    assert done.returncode == 2
    assert "pigeon" in done.stderr


def test_the_cron_line_runs_what_there_is() -> None:
    lines = (EXAMPLES / "crontab").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line[:1].isdigit()]
    *when, command, file = line.split()
    assert when == ["30", "5", "*", "*", "1-5"]
    assert (EXAMPLES / Path(command).name).exists()
    assert file.endswith(".db")


def test_the_systemd_units_say_what_they_should() -> None:
    found = {}
    for unit in (SERVICE, TIMER):
        found[unit] = configparser.ConfigParser(interpolation=None)
        found[unit].read(unit)
    service, timer = found[SERVICE]["Service"], found[TIMER]["Timer"]
    assert (service["Type"], service["SuccessExitStatus"]) == ("oneshot", "20")
    assert any((EXAMPLES / Path(word).name).is_file() for word in service["ExecStart"].split()[1:2])
    assert timer["OnCalendar"] == "Mon..Fri 05:30"
    assert found[TIMER]["Install"]["WantedBy"] == "timers.target"
    assert SERVICE.stem == TIMER.stem  # the timer starts the service of its name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_itself_finds_nothing_wrong_with_the_units() -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(SERVICE), str(TIMER)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
