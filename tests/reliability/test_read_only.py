"""A file or a folder without the right to write: questions are answered, writes say no."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from acts import Limits
from commands import QUESTIONS, WRITING, Stage, spoken
from conftest import Office
from soundness import assert_told
from warm import Warm

NOBODY = 65534
"""The user that owns nothing."""
SOMEBODY = Limits(user=NOBODY) if os.geteuid() == 0 else Limits()
"""Root may write whatever the rights say, so it lets somebody else do it."""
WITHOUT_RIGHTS = {
    "a read-only file": (0o444, 0o755),
    "a read-only folder": (0o644, 0o555),
    "a read-only file and folder": (0o444, 0o555),
}
if os.geteuid() == 0:
    WITHOUT_RIGHTS["somebody else's file"] = (0o644, 0o755)


@pytest.fixture
def shown(founded, monkeypatch):
    """An office in a folder that everybody can reach."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    office = Office(place / "files" / "funnel.db", monkeypatch)
    office.path.parent.mkdir()
    shutil.copy2(founded, office.path)
    yield office
    office.path.parent.chmod(0o755)
    shutil.rmtree(place)


def take_rights(office: Office, rights: str) -> None:
    of_file, of_folder = WITHOUT_RIGHTS[rights]
    office.path.chmod(of_file)
    office.path.parent.chmod(of_folder)


@pytest.mark.parametrize("rights", WITHOUT_RIGHTS)
def test_every_question_is_answered_without_the_right_to_write(shown, tmp_path, figure, rights):
    stage = Stage(shown, WRITING["log"], shown.path.parent.parent / "inputs")
    stage.inputs.chmod(0o777)
    warm = Warm(shown.path, tmp_path / "aside")
    before = shown.path.read_bytes()
    questions = [spoken(words, shown.path, stage.inputs) for words in QUESTIONS.values()]
    answers = [warm(*words) for words in questions]
    shutil.rmtree(stage.inputs / "tables")
    take_rights(shown, rights)
    for words, answer in zip(questions, answers, strict=True):
        assert answer.code == 0, answer
        assert warm(*words, limits=SOMEBODY) == answer, words
    assert shown.path.read_bytes() == before
    figure("questions answered without the right to write", len(answers))


@pytest.mark.parametrize("command", [name for name in WRITING if not WRITING[name].founds])
def test_a_write_without_the_right_says_so_and_leaves_the_file_alone(
    shown, tmp_path, figure, command
):
    stage = Stage(shown, WRITING[command], shown.path.parent.parent / "inputs")
    for given in stage.inputs.iterdir():
        given.chmod(0o644)
    warm = Warm(shown.path, tmp_path / "aside")
    before = shown.path.read_bytes()
    for rights in WITHOUT_RIGHTS:
        take_rights(shown, rights)
        ended = warm(*stage.args, limits=SOMEBODY)
        assert ended.code == 1, (rights, ended)
        assert_told(ended)
        assert re.search("check its rights|check the folder", ended.err), ended
        assert shown.path.read_bytes() == before
        assert [path.name for path in shown.path.parent.iterdir()] == ["funnel.db"]
        shown.path.parent.chmod(0o755)
    figure("writes refused for want of rights", len(WITHOUT_RIGHTS))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can let somebody else try")
@pytest.mark.parametrize(
    "words", [("doctor",), ("funnel",), ("log", "1", "called"), ("backup", "b")]
)
def test_a_file_that_one_may_not_even_look_at_is_named(shown, tmp_path, words):
    shown.path.parent.chmod(0o700)
    ended = Warm(shown.path, tmp_path / "aside")(*words, limits=SOMEBODY)
    assert f"{shown.path} cannot be looked at" in ended.out + ended.err
    assert ended.code in (1, 13)


def test_what_a_killed_writer_left_is_not_mistaken_for_the_file_where_it_cannot_be_undone(
    shown, tmp_path
):
    shown.does("deal", "add", "Ark launch")
    journal = shown.path.with_name("funnel.db-journal")
    leave_a_hot_journal(shown.path, journal)
    take_rights(shown, "a read-only file and folder")
    ended = Warm(shown.path, tmp_path / "aside")("funnel", limits=SOMEBODY)
    assert_told(ended)
    assert "rights" in ended.err
    shown.path.parent.chmod(0o755)
    shown.path.chmod(0o644)
    assert [row["name"] for row in shown.asks("deal", "list")["rows"]] == ["Ark launch"]
    assert not journal.exists()


def leave_a_hot_journal(path: Path, journal: Path) -> None:
    """Leave the file as a writer does that is killed while pages are on their way into it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size=1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE deal SET name = 'half', name_key = 'half'")
        connection.execute("UPDATE setting SET value = value || ' half'")
        connection.execute("UPDATE stage SET title = title || ' half'")
        left = {each: each.read_bytes() for each in (path, journal)}
    for each, content in left.items():
        each.write_bytes(content)
