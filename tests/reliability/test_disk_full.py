"""A disk without room: no writing command half writes, and each works once there is room again."""

from __future__ import annotations

import shutil

import pytest
from acts import Limits
from commands import WRITING, Stage
from conftest import Office
from soundness import assert_sound, assert_told, state
from warm import Warm

PAGE = 4096


@pytest.mark.parametrize("command", WRITING)
def test_a_command_without_room_changes_nothing_and_works_when_there_is_some(
    command, founded, tmp_path, monkeypatch, figure
):
    place = tmp_path / "place"
    place.mkdir()
    office = Office(place / "funnel.db", monkeypatch)
    writing = WRITING[command]
    if not writing.founds:
        shutil.copy2(founded, office.path)
    stage = Stage(office, writing, tmp_path / "inputs")
    warm = Warm(office.path, tmp_path / "aside")
    stage.set()
    old = state(place)
    full = 0
    for room in (PAGE, 3 * PAGE, 8 * PAGE, 20 * PAGE):
        ended = warm(*stage.args, limits=Limits(file_size=room))
        if ended.code:
            assert_told(ended)
            assert state(place) == old, room
            full += 1
        else:
            assert room > PAGE
            break
    assert full
    stage.set()
    assert warm(*stage.args).code == 0
    assert state(place) != old
    if office.path.exists():
        assert_sound(office.path)
    figure("writing commands that found no room on the disk", full)
