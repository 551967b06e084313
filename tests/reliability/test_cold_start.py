"""Twenty first commands at once: one makes or upgrades the file, and all succeed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from commands import UPGRADES, lay_schema
from sizes import size
from soundness import assert_sound
from warm import Warm

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS, AT_ONCE = size(3, 100), 20


def names(path: Path) -> list[str]:
    """Return the names of the deals that the commands added."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name FROM deal WHERE name LIKE 'New %' ORDER BY name")
        return [name for (name,) in found]


ADDED = [("deal", "add", f"New {number:02}") for number in range(AT_ONCE)]


@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_of_first_commands_at_once_one_makes_the_file_and_all_succeed(tmp_path, figure, _turn):
    warm = Warm(tmp_path / "data" / "funnelcli" / "funnel.db", tmp_path / "aside")
    del warm.env["FUNNELCLI_DB"]
    warm.env["XDG_DATA_HOME"] = str(tmp_path / "data")
    first, *ended = warm.together(("init",), *ADDED)
    assert [each for each in ended if each.code] == []
    started = [each for each in ended if "Started " in each.err]
    assert (first.code, len(started)) in ((0, 0), (4, 1)), (first, ended)
    assert names(warm.path) == [name for _, _, name in ADDED]
    assert [path.name for path in warm.path.parent.iterdir()] == ["funnel.db"]
    assert_sound(warm.path)
    figure("first commands that came at once, all of which succeeded", AT_ONCE)


@pytest.mark.parametrize("schema", [writing.schema for writing in UPGRADES.values()])
@pytest.mark.parametrize("_turn", range(ROUNDS))
def test_of_commands_at_once_on_an_old_file_one_upgrades_it_and_all_succeed(
    tmp_path, figure, _turn, schema
):
    place = tmp_path / "place"
    place.mkdir()
    warm = Warm(place / "funnel.db", tmp_path / "aside")
    lay_schema(warm.path, schema)
    ended = warm.together(*ADDED)
    assert [each for each in ended if each.code] == []
    assert sum(each.err.count("was upgraded") for each in ended) == 1, ended
    assert names(warm.path) == [name for _, _, name in ADDED]
    (kept,) = place.glob("funnel.db.backups/*.db")
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema,)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert_sound(warm.path)
    figure("commands that came at once to an old file, all of which succeeded", AT_ONCE)
