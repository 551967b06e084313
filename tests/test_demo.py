"""`demo`: three weeks of a team, played from outside, on a file that goes on living."""

import io
import os
import re
import shlex
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import MONDAY, Office, Ran
from inline_snapshot import external_file

from funnelcli.main import main

CLOCKS = (
    MONDAY,
    "2026-11-19T17:00:00+08:00",
    "2026-11-20T00:00:00+08:00",
    "2027-01-02T23:59:59Z",
    "2028-02-29T12:00:00-08:00",
)
"""A Monday; the Thursday on which a story begun on a Monday ends; the next day's first second; a
Saturday of the new year; a leap day."""
TABLES = ("deal_fact", "stage_entry", "outcome", "hold", "log", "milestone_event", "ack")


def run(clock: str, *args: str, db: Path | None = None) -> Ran:
    """Run the program at a clock, on the file that FUNNELCLI_DB names, if one is named."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("FUNNELCLI_NOW", clock)
        if db is not None:
            patch.setenv("FUNNELCLI_DB", str(db))
        code = main(list(args))
    return Ran(int(code), out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Played:
    """What a demo said and where its file lies; to be read only."""

    path: Path
    clock: str
    said: str

    def asks(self, *words: str) -> Any:
        """Return what a question on the demo's file answers."""
        ran = run(self.clock, *words, "-f", "json", db=self.path)
        assert ran.code == 0, ran
        return ran.json

    def week(self, number: int) -> str:
        """Return what was said from one look of the manager's to the next."""
        return self.said.split(f"Week {number}. ")[1].split("Week ")[0]

    @property
    def monday(self) -> str:
        """The day of the second look."""
        found = re.search(r"Monday (\d{4}-\d\d-\d\d)\. Week 2\.", self.said)
        assert found
        return found[1]


Play = Callable[[str], Played]
PLAYED: dict[str, Played] = {}
"""A demo a clock, played when a test first looks at it."""


@pytest.fixture
def played(tmp_path: Path) -> Play:
    def play(clock: str) -> Played:
        if clock not in PLAYED:
            path = tmp_path / "my demo" / "方舟.db"
            ran = run(clock, "demo", "--keep", str(path))
            assert (ran.code, ran.err) == (0, "")
            PLAYED[clock] = Played(path, clock, ran.out)
        return PLAYED[clock]

    return play


def utc(day_and_time: str) -> int:
    return int(datetime.fromisoformat(day_and_time).timestamp())


def instants(path: Path) -> Iterator[int]:
    """Yield every instant at which something happened, was known or was entered."""
    with closing(sqlite3.connect(path)) as connection:
        for table in TABLES:
            for row in connection.execute(f"SELECT effective_at, recorded_at FROM {table}"):
                yield from row
        for row in connection.execute("SELECT entered_at FROM operation"):
            yield from row


# The story


def test_week_one_shows_the_claim_of_90_against_the_evidence_of_50(played: Play) -> None:
    week = played(MONDAY).week(1)
    assert "No problem, the customer is nearly nailed." in week
    (line,) = [line for line in week.splitlines() if "Ark" in line and " % " in line]
    assert re.search(r"90 % +50 % +Quoted", line)
    assert "Claims against evidence" in week


def test_week_two_shows_a_claim_of_95_and_the_same_evidence(played: Play) -> None:
    week = played(MONDAY).week(2)
    assert "This one can't get away." in week
    (line,) = [line for line in week.splitlines() if "Ark" in line and " % " in line]
    assert re.search(r"95 % +50 % +Quoted", line)


def test_the_alarm_stands_there_three_days_before_the_loss(played: Play) -> None:
    demo = played(MONDAY)
    (line,) = [
        line
        for line in demo.week(3).splitlines()
        if "Ark" in line and "Quoted" in line
        if "%" not in line
    ]
    for code in ("stuck", "silent", "overclaimed"):
        assert code in line
    look = re.search(r"Monday (\d{4}-\d\d-\d\d)\. Week 3\.", demo.said)
    assert look
    lost = datetime.fromisoformat(demo.asks("deal", "show", "Ark")["rows"][0]["closed_on"])
    assert (lost - datetime.fromisoformat(look[1])).days == 3


def test_the_file_tells_the_same_as_of_those_mondays(played: Play) -> None:
    demo = played(MONDAY)
    (ark,) = demo.asks("deal", "show", "Ark", "--as-of", f"{demo.monday}T09:00:00+08:00")["rows"]
    assert (ark["stage"], ark["win_probability"], ark["status"]) == ("quoted", 0.5, "open")
    states = {
        row["milestone"]: row["state"]
        for row in demo.asks("milestone", "list", "Ark", "--as-of", demo.monday)["rows"]
        if row["required"]
    }
    assert states["quote-received"] == "open"
    assert states["draft-accepted"] == "accepted"
    found = demo.asks("stalled", "--all", "--as-of", demo.monday)["rows"]
    (reason,) = [
        reason
        for row in found
        if row["name"].startswith("Ark")
        for reason in row["reasons"]
        if reason["code"] == "overclaimed"
    ]
    assert re.search(r"95 %.*50 %", reason["text"])


def test_the_team_and_its_nine_customers_are_there(played: Play) -> None:
    demo = played(MONDAY)
    team = demo.asks("team", "list")["rows"]
    assert (team[0]["name"], team[0]["role"]) == ("Jiang Yue 蒋跃", "manager")
    assert len(team) == 4
    assert "Xiao Li 小李" in [row["name"] for row in team]
    deals = demo.asks("deal", "list", "--status", "all")["rows"]
    customers = {row["customer"] for row in deals}
    assert len(customers) == 9
    assert "Ark Electronics 方舟电子" in customers


def test_ark_is_lost_and_the_successor_is_in_the_file(played: Play) -> None:
    demo = played(MONDAY)
    (ark,) = demo.asks("deal", "show", "Ark")["rows"]
    assert (ark["status"], ark["lost_reason"]) == ("lost", "relationship")
    assert "Sanli" in ark["competitor"]
    told = " ".join(row["text"] or "" for row in demo.asks("timeline", "Ark")["rows"])
    assert "Zhao Bing 赵兵" in told
    assert demo.said.index("Week 2.") < demo.said.index("Zhao Bing") < demo.said.index("Week 3.")


# The file, and what it is good for


@pytest.mark.parametrize("clock", CLOCKS)
def test_no_fact_is_later_than_the_clock(played: Play, clock: str) -> None:
    found = list(instants(played(clock).path))
    assert len(found) > 200
    assert max(found) <= utc(clock)
    assert utc(clock) - max(found) < 8 * 86_400  # the story has only just ended


@pytest.mark.parametrize("clock", CLOCKS)
def test_the_looks_are_on_three_mondays_in_a_row(played: Play, clock: str) -> None:
    looks = re.findall(r"Monday (\d{4}-\d\d-\d\d)\. Week (\d)\.", played(clock).said)
    days = [datetime.fromisoformat(day) for day, _ in looks]
    assert [number for _, number in looks] == ["1", "2", "3"]
    assert [day.weekday() for day in days] == [0, 0, 0]
    assert [(day - days[0]).days for day in days] == [0, 7, 14]


@pytest.mark.parametrize("clock", CLOCKS)
def test_every_command_named_at_the_end_works_on_that_file(
    played: Play, clock: str, tmp_path: Path
) -> None:
    demo = played(clock)
    end = demo.said[demo.said.index("The file is ") :]
    assert end.startswith(f"The file is {demo.path}.\n")
    named = re.findall(r"(?m)^  (funnelcli\b.*?)  +\S.*$", end)
    assert len(named) >= 5
    file = shutil.copy2(demo.path, tmp_path / "ark.db")  # one of them takes a change back
    for line in named:
        ran = run(clock, *shlex.split(line)[1:], db=file)
        assert ran.code == 0, (line, ran)
        assert ran.out, line


def test_the_line_that_names_the_file_can_be_pasted_into_a_shell(played: Play) -> None:
    demo = played(MONDAY)
    (line,) = [line for line in demo.said.splitlines() if line.startswith("  export ")]
    assert shlex.split(line) == ["export", f"FUNNELCLI_DB={demo.path}"]


def test_the_last_commands_show_what_they_promise(played: Play) -> None:
    demo = played(MONDAY)
    assert demo.asks("stalled")["rows"]
    assert demo.asks("next", "--owner", "Xiao Li")["rows"]
    week2 = demo.asks("funnel", "--as-of", demo.monday)["totals"]
    assert week2["deals"] == 8  # nine customers, one of them on hold
    assert demo.asks("funnel")["totals"]["deals"] == 6  # two more are closed by now


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_machines_own_zone_plays_no_part(
    played: Play, zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        path = tmp_path / "ark.db"
        ran = run(MONDAY, "demo", "--keep", str(path))
    finally:
        monkeypatch.setenv("TZ", before) if before else monkeypatch.delenv("TZ")
        time.tzset()
    said, kept = (text.split("The file is ")[0] for text in (ran.out, played(MONDAY).said))
    assert ran.code == 0
    assert said == kept
    assert list(instants(path)) == list(instants(played(MONDAY).path))


def test_a_kept_file_is_private_and_nothing_lies_beside_it(played: Play) -> None:
    path = played(MONDAY).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_without_keep_the_file_lies_in_a_new_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = run(MONDAY, "demo")
    assert ran.code == 0
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert f"The file is {path}.\n" in ran.out
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert run(MONDAY, "funnel", db=path).code == 0


def test_the_demo_leaves_the_persons_own_file_alone(office: Office) -> None:
    office.does("deal", "add", "Mine")
    before = office.path.read_bytes()
    path = office.path.parent / "ark.db"
    assert office("demo", "--keep", str(path)).code == 0
    assert office.path.read_bytes() == before
    assert not (office.path.parent / "data").exists()
    assert path.exists()


@pytest.mark.parametrize("content", [b"", b"my novel\n"])
def test_a_path_that_exists_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ark.db"
    path.write_bytes(content)
    ran = run(MONDAY, "demo", "--keep", str(path))
    assert (ran.code, ran.out) == (4, "")
    assert str(path) in ran.err
    assert ran.err.count("\n") == 1
    assert path.read_bytes() == content


def test_a_folder_that_exists_is_refused_too(tmp_path: Path) -> None:
    ran = run(MONDAY, "demo", "--keep", str(tmp_path))
    assert (ran.code, ran.out) == (4, "")
    assert list(tmp_path.iterdir()) == []


def test_the_example_is_the_report_of_the_third_monday(played: Play) -> None:
    demo = played(MONDAY)
    asked = ("report", "-f", "html", "--as-of", "2026-11-16")
    page = run(MONDAY, *asked, db=demo.path).out
    example = Path(__file__).parent.parent / "examples" / "report.html"
    assert page == external_file(example, format=".txt")
