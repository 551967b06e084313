"""Builders: an office with a file, a clock that stands still, and the real program."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from funnelcli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    max_examples=30,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("house")

FIGURE = "figure"


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, int], None]:
    """Count something for docs/reliability.md; the end of a run tells the sums."""
    return lambda what, count: record_property(FIGURE, (what, count))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell what the reliability tests counted."""
    sums: dict[str, int] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in report.user_properties:
                if name == FIGURE:
                    sums[value[0]] = sums.get(value[0], 0) + value[1]
    if sums:
        terminalreporter.section("figures")
        for what, count in sorted(sums.items()):
            terminalreporter.write_line(f"{count:>10,}  {what}")


MONDAY = "2026-11-23T09:00:00+08:00"
"""The clock of an office: a Monday morning in Shanghai."""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer, read as JSON."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the answer, read as JSON."""
        return self.json["rows"]


class Office:
    """A file with its clock; calling it runs the program from outside."""

    def __init__(self, path: Path, patch: pytest.MonkeyPatch) -> None:
        self.path = path
        self._patch = patch
        self.at(MONDAY)

    def at(self, instant: str) -> Office:
        """Set the clock: an ISO instant with its zone."""
        self._patch.setenv("FUNNELCLI_NOW", instant)
        return self

    def on(self, day: str) -> Office:
        """Set the clock to nine in the morning of a day, in Shanghai."""
        return self.at(f"{day}T09:00:00+08:00")

    def __call__(self, *args: str) -> Ran:
        """Run the program with these arguments on the office's file."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([*args, "--db", str(self.path)])
        return Ran(int(code), out.getvalue(), err.getvalue())

    def does(self, *args: str) -> str:
        """Run a command that must succeed; return what it said."""
        ran = self(*args)
        assert ran.code == 0, ran
        return ran.out

    def asks(self, *args: str) -> Any:
        """Return the JSON that answers a question."""
        ran = self(*args, "-f", "json")
        assert ran.code == 0, ran
        return ran.json

    def deal(self, word: str, *args: str) -> dict[str, Any]:
        """Return a deal's row."""
        return self.asks("deal", "show", word, *args)["rows"][0]

    def stalled(self, *args: str) -> list[dict[str, Any]]:
        """Return the rows of `stalled`."""
        return self.asks("stalled", *args)["rows"]

    def codes(self, word: str, *args: str) -> list[str]:
        """Return the reason codes of a deal's findings, warnings included."""
        number = self.deal(word, *args)["id"]
        found = [row for row in self.stalled("--all", *args) if row["id"] == number]
        return [reason["code"] for row in found for reason in row["reasons"]]


@pytest.fixture(autouse=True)
def bare_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing depends on who runs the tests, where, or in which language."""
    for name in ("FUNNELCLI_DB", "FUNNELCLI_USER", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("funnelcli.config.system_login", lambda: "somebody")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office without a file."""
    return Office(tmp_path / "funnel.db", monkeypatch)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh file, made once and copied for every office."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("funnelcli.config.system_login", lambda: "somebody")
        for name in ("FUNNELCLI_DB", "FUNNELCLI_USER"):
            patch.delenv(name, raising=False)
        made = Office(tmp_path_factory.mktemp("founded") / "funnel.db", patch)
        made.does(
            *("init", "--manager", "Jiang Yue", "--currency", "CNY"),
            *("--timezone", "Asia/Shanghai", "--lang", "en"),
        )
        made.does("team", "add", "Xiao Li")
        made.does("team", "add", "Wang Fang")
    return made.path


@pytest.fixture
def office(bare: Office, founded: Path) -> Office:
    """An office with a fresh file: manager Jiang Yue, reps Xiao Li and Wang Fang, in CNY."""
    shutil.copy2(founded, bare.path)
    return bare
