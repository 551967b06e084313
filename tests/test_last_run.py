"""`stalled --since-last-run`: what is new, goes on and was cleared, night by night."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from funnelcli.domain.runs import read, written
from funnelcli.domain.stalled import Severity
from funnelcli.main import main
from funnelcli.store.remembering import RUNS_KEPT

if TYPE_CHECKING:
    from conftest import Office

NIGHTLY = ("stalled", "--since-last-run", "nightly")
# The first stage of the shipped process: 10 days of silence, red from the 15th on.


def a_deal(office: Office, name: str, on: str, *more: str) -> None:
    office.on(on).does("deal", "add", name, "--customer", "C", "--amount", "5", *more)


def states(office: Office, day: str, *more: str) -> dict[str, str]:
    rows = office.on(day).asks(*NIGHTLY, *more)["rows"]
    assert [row["new"] for row in rows] == [row["state"] == "new" for row in rows]
    return {row["name"]: row["state"] for row in rows}


def runs(office: Office) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(office.path)) as connection:
        return connection.execute("SELECT * FROM stalled_run ORDER BY name, as_of").fetchall()


def test_three_nights_tell_what_is_new_goes_on_and_was_cleared(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    a_deal(office, "Bell", "2026-11-03")
    assert states(office, "2026-11-12") == {"Ark": "new"}
    assert states(office, "2026-11-13") == {"Ark": "continuing", "Bell": "new"}
    office.does("log", "Ark", "called them")
    assert states(office, "2026-11-14") == {"Bell": "continuing", "Ark": "cleared"}
    assert states(office, "2026-11-15") == {"Bell": "continuing"}


def test_a_repeat_gives_the_same_bytes(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    a_deal(office, "Bell", "2026-11-03")
    for fmt in ("table", "json", "ndjson", "csv", "md", "html"):
        said = {}
        for day in ("2026-11-12", "2026-11-13", "2026-11-14"):
            said[day] = office.on(day)(*NIGHTLY, "-f", fmt)
        office.on("2026-11-20")
        for day, ran in said.items():
            again = office(*NIGHTLY, "-f", fmt, "--as-of", f"{day}T09:00:00+08:00")
            assert (again.out, again.code) == (ran.out, ran.code), (fmt, day)
    assert len(runs(office)) == 3


def test_without_a_name_nobody_knows_what_is_new(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    (row,) = office.on("2026-11-13").stalled()
    assert (row["new"], row["state"], row["severity_before"]) == (None, None, None)
    assert runs(office) == []


def test_a_deal_that_became_graver_is_said_to(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    states(office, "2026-11-16")
    (row,) = office.on("2026-11-17").asks(*NIGHTLY)["rows"]
    assert (row["severity"], row["severity_before"], row["state"]) == ("red", "amber", "continuing")
    assert "red, was amber" in office.does(*NIGHTLY)
    assert "was amber" not in office.on("2026-11-18").does(*NIGHTLY)


def test_a_known_deal_is_neither_new_nor_cleared_and_new_when_that_is_over(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    assert states(office, "2026-11-12") == {"Ark": "new"}
    office.does("ack", "Ark", "--until", "2026-11-14", "--reason", "abroad")
    ran = office.on("2026-11-13")(*NIGHTLY, "--exit-code")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert states(office, "2026-11-13") == {"Ark": "acknowledged"}
    assert states(office, "2026-11-14") == {"Ark": "new"}


def test_only_new_findings_are_counted_by_the_exit_code(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    assert office.on("2026-11-11")(*NIGHTLY, "--exit-code").code == 0
    assert office.on("2026-11-12")(*NIGHTLY, "--exit-code").code == 20
    assert office.on("2026-11-13")(*NIGHTLY, "--exit-code").code == 0
    assert office.on("2026-11-13")("stalled", "--exit-code").code == 20


def test_it_is_quiet_when_there_is_nothing(office: Office, tmp_path) -> None:
    a_deal(office, "Ark", "2026-11-02")
    for fmt in ("table", "plain", "md", "html"):
        ran = office.on("2026-11-11")(*NIGHTLY, "-f", fmt)
        assert (ran.code, ran.out, ran.err) == (0, "", "")
    file = tmp_path / "report.md"
    office.does(*NIGHTLY, "-f", "md", "-o", str(file))
    assert file.read_text() == ""
    said = office.asks(*NIGHTLY)
    assert (said["rows"], said["totals"]["new"], said["totals"]["cleared"]) == ([], 0, 0)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("deal win Ark", "won on 2026-11-12"),
        ("deal lose Ark --reason price", "lost on 2026-11-12"),
        ("deal hold Ark --until 2026-12-01 --reason so", "on hold until 2026-12-01"),
        ("deal archive Ark", "archived"),
        ("log Ark called", "in contact on 2026-11-12"),
        ("deal edit Ark --owner Wang", "no longer among the deals asked about"),
        ("pipeline apply {longer}", "within its limits again"),
    ],
)
def test_a_cleared_deal_says_why(office: Office, tmp_path, command: str, why: str) -> None:
    a_deal(office, "Ark", "2026-11-02", "--owner", "Li")
    more = ("--owner", "Li")
    assert states(office, "2026-11-12", *more) == {"Ark": "new"}
    longer = tmp_path / "longer.toml"
    said = office.does("pipeline", "export", "bidding")
    longer.write_text(said.replace("silence_days = 10", "silence_days = 99"), encoding="utf-8")
    if command.startswith("deal win"):
        office.does("deal", "win", "Ark", "--force", "--reason", "so")
    else:
        office.does(*command.format(longer=longer).split())
    (row,) = office.on("2026-11-13").asks(*NIGHTLY, *more)["rows"]
    assert (row["state"], row["reasons"], row["diagnosis"]) == ("cleared", [], None)
    assert (row["severity"], row["severity_before"]) == (None, "amber")
    said = office.does(*NIGHTLY, *more)
    assert why in said
    assert "Cleared (1)" in said


def test_a_deal_whose_adding_was_undone_is_left_out(office: Office) -> None:
    office.on("2026-11-12").does("deal", "add", "Ark", "--on", "2026-11-02")
    assert states(office, "2026-11-12") == {"Ark": "new"}
    office.does("undo")
    assert states(office, "2026-11-13") == {}


def test_with_all_a_warning_that_comes_to_stall_is_new(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    assert states(office, "2026-11-11", "--all") == {"Ark": "new"}
    ran = office.on("2026-11-11")(*NIGHTLY, "--all", "--exit-code")
    assert ran.code == 0  # no next step is a warning only
    assert states(office, "2026-11-12", "--all") == {"Ark": "new"}
    assert office(*NIGHTLY, "--all", "--exit-code").code == 20
    assert states(office, "2026-11-13", "--all") == {"Ark": "continuing"}


def test_two_names_stand_side_by_side(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    states(office, "2026-11-12")
    (row,) = office.on("2026-11-13").asks("stalled", "--since-last-run", "每周.weekly-1")["rows"]
    assert row["state"] == "new"
    assert states(office, "2026-11-13") == {"Ark": "continuing"}


def test_a_run_with_other_filters_is_refused(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    states(office, "2026-11-12")
    kept = runs(office)
    for more, named in (
        (("--owner", "Li"), "--owner"),
        (("--days", "3"), "--days"),
        (("--all", "--source", "web"), "--all, --source"),
    ):
        ran = office.on("2026-11-13")(*NIGHTLY, *more)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"differs in {named}" in ran.err
        assert "another name" in ran.err
    assert runs(office) == kept


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 201, "=1"])
def test_what_is_no_name_is_refused(office: Office, name: str) -> None:
    ran = office("stalled", "--since-last-run", name)
    assert (ran.code, ran.out) == (2, "")
    assert runs(office) == []


def test_hindsight_is_refused(office: Office) -> None:
    ran = office(*NIGHTLY, "--as-of", "2026-11-12", "--hindsight")
    assert (ran.code, ran.out) == (2, "")
    assert "--hindsight" in ran.err


def test_a_limit_limits_what_is_shown_and_not_what_is_remembered(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    a_deal(office, "Bell", "2026-11-02")
    assert states(office, "2026-11-12", "--limit", "1") == {"Ark": "new"}
    assert "And 1 more." in office.does(*NIGHTLY, "--limit", "1")
    assert states(office, "2026-11-13") == {"Ark": "continuing", "Bell": "continuing"}


def test_a_limit_is_of_each_section_for_machines_too(office: Office) -> None:
    for name in ("Ark", "Bell", "Cake"):
        a_deal(office, name, "2026-11-02")
    states(office, "2026-11-12")
    office.on("2026-11-13").does("log", "Ark", "called them")
    a_deal(office, "Dune", "2026-11-03")
    told = states(office, "2026-11-13", "--limit", "1")
    assert told == {"Bell": "continuing", "Dune": "new", "Ark": "cleared"}


def test_undo_does_not_touch_what_was_remembered(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    states(office, "2026-11-12")
    kept = runs(office)
    office.does("deal", "edit", "Ark", "--amount", "7")
    office.does("undo")
    assert runs(office) == kept
    commands = [row["command"] for row in office.asks("history")["rows"]]
    assert "stalled" not in commands


def test_the_oldest_runs_of_a_name_are_forgotten_and_cannot_be_asked_for(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    states(office, "2026-11-12")
    scope = runs(office)[0][2]
    with closing(sqlite3.connect(office.path)) as connection, connection:
        connection.executemany(
            "INSERT INTO stalled_run VALUES ('nightly', ?, ?, '{}')",
            [(1_000_000_000 + n, scope) for n in range(RUNS_KEPT + 5)],
        )
    office.on("2026-11-13").does(*NIGHTLY)
    assert len(runs(office)) == RUNS_KEPT
    ran = office(*NIGHTLY, "--as-of", "2000-01-01")
    assert (ran.code, ran.out) == (2, "")
    assert "100 runs" in ran.err


def test_nothing_is_said_before_it_is_remembered(office: Office, monkeypatch) -> None:
    a_deal(office, "Ark", "2026-11-02")

    def fails(*_: object) -> None:
        raise sqlite3.OperationalError

    monkeypatch.setattr("funnelcli.store.remembering.remember_run", fails)
    ran = office.on("2026-11-12")(*NIGHTLY)
    assert ran.code != 0
    assert ran.out == ""


def test_what_is_kept_is_small_and_read_as_it_was() -> None:
    found = {n: list(Severity)[n % 3] for n in range(7, 30_000, 2)}
    kept = written(found)
    assert read(kept) == found
    assert len(kept) < 3 * len(found)
    assert json.loads(written({})) == {"warning": [], "amber": [], "red": []}


def test_what_the_database_finds_red_the_judge_finds_red(office: Office) -> None:
    for day in range(2, 20):
        a_deal(office, f"Deal {day}", f"2026-11-{day:02}")
    office.on("2026-11-23")
    for name, days in (("a", ()), ("b", ("--days", "3")), ("c", ("--days", "4"))):
        rows = office.asks("stalled", "--since-last-run", name, *days)["rows"]
        graves = {row["id"]: row["severity"] for row in rows}
        assert set(graves.values()) == {"red", "amber"}
        assert graves == {n: str(grave) for n, grave in read(runs(office)[-1][3]).items()}


def test_a_run_whose_answer_could_not_be_written_is_told_again_as_new(
    office: Office, tmp_path: Path
) -> None:
    a_deal(office, "Ark", "2026-11-02")
    ran = office.on("2026-11-12")(*NIGHTLY, "-o", str(tmp_path / "none" / "x.md"))
    assert (ran.code, runs(office)) == (1, [])
    with Path("/dev/full").open("w", encoding="utf-8") as full, redirect_stdout(full):
        code = main([*NIGHTLY, "--db", str(office.path)])
    assert (code, runs(office)) == (1, [])
    assert states(office, "2026-11-24") == {"Ark": "new"}
    assert office(*NIGHTLY, "-o", str(tmp_path / "none" / "x.md")).code == 1
    assert states(office, "2026-11-25") == {"Ark": "continuing"}


def test_looking_back_changes_nothing_that_a_repeat_says(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    states(office, "2026-11-10")
    told = office.on("2026-11-13").does(*NIGHTLY)
    kept = runs(office)
    office.on("2026-11-14").does(*NIGHTLY, "--as-of", "2026-11-12")
    assert runs(office) == kept
    assert office.does(*NIGHTLY, "--as-of", "2026-11-13T09:00:00+08:00") == told


def test_ids_are_those_that_are_stalled(office: Office) -> None:
    a_deal(office, "Ark", "2026-11-02")
    a_deal(office, "Bell", "2026-11-03")
    states(office, "2026-11-13")
    office.does("log", "Ark", "called them")
    assert office.on("2026-11-14").does(*NIGHTLY, "-f", "ids").split() == ["2"]
