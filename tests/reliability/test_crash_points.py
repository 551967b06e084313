"""Writing commands that die, or whose disk fails, at every system call by which they write."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import ELSEWHERE, NEVER_UNDONE, QUESTIONS, UPGRADES, WRITING, Stage, all_commands
from conftest import Office
from injection import DISK_FULL, IO_ERROR, KILL, calls, injected, needs_strace
from sizes import RELEASE
from soundness import State, assert_sound, assert_told, state
from test_undo import COMMANDS as UNDONE
from warm import Warm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from injection import Call

ALL = WRITING | UPGRADES
SWEPT = tuple(ALL) if RELEASE else ("log", "deal advance", "pipeline apply")

FILE = "funnel.db"

in_every_command = pytest.mark.parametrize("command", SWEPT)


@pytest.fixture
def stage(command: str, founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The folder in which the command finds what it works on."""
    place = tmp_path / "place"
    place.mkdir()
    office = Office(place / "funnel.db", monkeypatch)
    writing = ALL[command]
    if not writing.founds:
        shutil.copy2(founded, office.path)
    return Stage(office, writing, tmp_path / "inputs")


@pytest.fixture
def warm(stage: Stage, tmp_path: Path) -> Warm:
    """Warm processes that work there."""
    return Warm(stage.path, tmp_path / "aside")


def test_every_command_of_the_program_is_a_question_or_its_writing_is_tried():
    assert all_commands() == {*WRITING, *QUESTIONS, *ELSEWHERE}


@pytest.mark.parametrize("command", [name for name in WRITING if name not in NEVER_UNDONE])
def test_every_command_that_writes_is_taken_back_in_a_test(command):
    assert any(line.startswith(f"{command} ") for line in UNDONE), command


@needs_strace
@in_every_command
def test_a_command_that_is_killed_at_any_call_is_done_or_was_never_begun(
    stage, warm, tmp_path, figure
):
    stage.set()
    old = state(stage.path.parent)
    points = calls(warm, tmp_path, *stage.args)
    new = state(stage.path.parent)
    assert old != new
    for point in points:
        stage.set()
        ended = injected(warm, tmp_path, KILL, point, *stage.args)
        left = state(stage.path.parent)
        assert_old_or_new(left, old, new)
        assert left == new or not ended.out, point
        assert_the_next_command_works(stage, warm, new)
    figure("calls at which a writing command was killed", len(points))


@needs_strace
@in_every_command
def test_a_command_whose_disk_fails_at_any_call_says_so_and_changes_nothing(
    stage, warm, tmp_path, figure
):
    stage.set()
    old = state(stage.path.parent)
    points = calls(warm, tmp_path, *stage.args)
    new = state(stage.path.parent)
    faults = list(faults_at(points))
    for fault, point in faults:
        stage.set()
        ended = injected(warm, tmp_path, fault, point, *stage.args)
        left = state(stage.path.parent)
        assert_old_or_new(left, old, new)
        if ended.code == 0:
            assert left == new, (point, ended)
            assert can_be_done_without(point), (point, ended)
        else:
            assert_told(ended)
            done = left[FILE] != old[FILE]
            assert ("disk did not confirm it" in ended.err) >= done, (point, ended)
            assert ("nothing was changed" in ended.err) <= (not done), (point, ended)
        assert_the_next_command_works(stage, warm, new)
    figure("calls at which a writing command's disk failed", len(faults))


def faults_at(points: list[Call]) -> Iterator[tuple[str, Call]]:
    """Yield each call with what goes wrong there: an error or a full disk in turn, or both."""
    both = (IO_ERROR, DISK_FULL)
    for place, point in enumerate(points):
        for fault in both if RELEASE else both[place % 2 :][:1]:
            yield fault, point


def assert_old_or_new(left: State, old: State, new: State) -> None:
    """Make sure that each file is as it was or as it should be, and that there is no other."""
    assert left[FILE] in (old[FILE], new[FILE])
    for name, content in left.items():
        assert content in (old.get(name), new.get(name)), name


def can_be_done_without(call: Call) -> bool:
    """Whether a call is one whose failing need not stop a command.

    SQLite goes on when a folder will not confirm its entry: by then everything is in the file.
    Where there are no links, a draft is moved to its place; one that stays does no harm, nor does
    a journal that has been emptied before. What is in the file then is looked at all the same.
    """
    *_, place = (Path(word) for word in re.findall(r'[<"](/[^>"]+)[>"]', call.text))
    return call.name in ("link", "unlink") or place.is_dir()


def assert_the_next_command_works(stage: Stage, warm: Warm, new: State) -> None:
    """Make sure that the same command does it now if it was not done, else that another does."""
    left = state(stage.path.parent)
    again = warm(*(("team", "add", "Zhou Wei") if left == new else stage.args))
    assert again.code == 0, again
    assert left == new or state(stage.path.parent)[FILE] == new[FILE]
    assert_sound(stage.path)
