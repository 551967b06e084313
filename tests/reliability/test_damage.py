"""Files that are damaged, cut short or not ours: told in one sentence, and never written to."""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import socket
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from commands import QUESTIONS, lay_inputs, spoken
from conftest import Office
from sizes import RELEASE, size
from soundness import assert_told
from warm import Warm

if TYPE_CHECKING:
    from pathlib import Path

FLIPS, CUTS, PARTS = size(300, 5000), size(50, 500), size(5, 50)
"""Single bits flipped and files cut short, both divided into parts."""
STORY = (
    (
        "deal",
        "add",
        "Ark launch 方舟",
        "--customer",
        "Ark",
        "--amount",
        "120万",
        "--on",
        "2026-10-05",
    ),
    ("deal", "add", "Bright", "--owner", "Xiao Li", "--amount", "45万", "--close", "2026-12-01"),
    ("deal", "add", "Coral", "--owner", "Wang Fang", "--stage", "quoted", "--on", "2026-09-01"),
    (
        "log",
        "1",
        "first visit",
        "--kind",
        "visit",
        "--claim",
        "90",
        "--next",
        "call",
        "--due",
        "fri",
    ),
    ("log", "3", "asked for the price", "--by-them", "--ask"),
    ("deal", "advance", "1", "--done", "mail of Friday"),
    ("deal", "edit", "2", "--amount", "40万", "--close", "2026-12-08", "--competitor", "Sanli"),
    ("deal", "hold", "2", "--until", "2026-12-07", "--reason", "budget round"),
    ("ack", "3", "--until", "2026-12-01", "--reason", "abroad"),
    ("import", "deals", "{inputs}/deals.csv", "--create-missing"),
    ("import", "stages", "{inputs}/stages.csv"),
    ("import", "logs", "{inputs}/logs.csv"),
    ("deal", "lose", "2", "--reason", "price"),
    ("contact", "add", "Liu Wei 刘伟", "--company", "Ark", "--deal", "1", "--school", "Fudan"),
    ("contact", "add", "Zhao Bing 赵兵", "--company", "Sanli"),
    ("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate"),
    ("contact", "replace", "1", "Liu Wei", "Zhao Bing"),
    ("log", "1", "can we give 3 %?", "--ask", "--as", "Xiao Li"),
    ("reply", "1", "yes", "--by", "2026-12-01"),
    ("plan", "add", "1", "show it", "--on", "2026-11-27"),
    ("plan", "add", "3", "show it", "--on", "2026-11-27"),
    ("plan", "done", "1"),
    ("brief", "--mark"),
)
WRITES = (
    ("log", "1", "second visit"),
    ("deal", "edit", "1", "--amount", "7"),
    ("config", "set", "days", "working"),
    ("team", "add", "Zhou Wei"),
    ("import", "logs", "{inputs}/logs.csv"),
    ("deal", "add", "Dawn"),
)
RESTORE = ("restore", "{inputs}/good.db")
CARE = (
    ("doctor",),
    ("history",),
    ("export", "--all", "{inputs}/all.json"),
    ("undo",),
    ("backup", "{inputs}/copy.db", "--overwrite"),
    RESTORE,
)
"""Commands by which somebody looks after a file: two of them on each, all before a release."""


@pytest.fixture
def inputs(tmp_path) -> Path:
    """Tables to import."""
    lay_inputs(tmp_path / "inputs")
    return tmp_path / "inputs"


@pytest.fixture
def place(founded, tmp_path, monkeypatch) -> Office:
    """An office in a folder of its own."""
    office = Office(tmp_path / "place" / "funnel.db", monkeypatch)
    office.path.parent.mkdir()
    shutil.copy2(founded, office.path)
    return office


@pytest.fixture
def whole(place, inputs) -> bytes:
    """A file in which every table holds something; it is kept as a backup too."""
    for words in STORY:
        place.does(*spoken(words, place.path, inputs))
    shutil.copy2(place.path, inputs / "good.db")
    return place.path.read_bytes()


def is_bad(path: Path) -> bool:
    """Whether SQLite itself finds a file damaged."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
    except (sqlite3.Error, UnicodeDecodeError):
        return True


def assert_handled(place: Office, inputs: Path, content: bytes, turn: int) -> bool:
    """Ask and change a damaged file, and make sure of what happens; return whether it is bad."""
    lay(place, content)
    bad = is_bad(place.path)
    questions = list(QUESTIONS.values())
    asked = [questions[(turn + step) % len(questions)] for step in range(2)]
    care = CARE if RELEASE else [CARE[(turn + step) % len(CARE)] for step in range(2)]
    for words in (*asked, WRITES[turn % len(WRITES)], *sorted(care, key=RESTORE.__eq__)):
        if not bad:
            lay(place, content)
        ended = place(*spoken(words, place.path, inputs))
        assert "Traceback" not in ended.err
        if ended.code not in (0, 20) and words[0] != "doctor":
            assert_told(ended)
        if bad and words[0] != "restore":
            assert place.path.read_bytes() == content, words
    if RESTORE in care:
        assert not is_bad(place.path)
    return bad


def lay(place: Office, content: bytes) -> None:
    """Put a file in its place, alone."""
    shutil.rmtree(place.path.parent)
    place.path.parent.mkdir()
    place.path.write_bytes(content)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_flipped_bit_is_told_or_harmless_and_no_bad_file_is_written_to(
    place, whole, inputs, figure, part
):
    where = random.Random(part)
    filled = [at for at, byte in enumerate(whole) if byte]
    found = 0
    for turn in range(FLIPS // PARTS):
        at, bit = where.choice(filled), where.randrange(8)
        content = bytearray(whole)
        content[at] ^= 1 << bit
        found += assert_handled(place, inputs, bytes(content), turn)
    assert found
    figure("bits flipped", FLIPS // PARTS)
    figure("flipped bits that SQLite's own check finds", found)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_file_cut_short_is_told_and_not_written_to(place, whole, inputs, figure, part):
    where = random.Random(part)
    for turn in range(CUTS // PARTS):
        length = where.randrange(len(whole))
        assert assert_handled(place, inputs, whole[:length], turn) or length == 0, length
    figure("files cut short", CUTS // PARTS)


def sqlite_file(path: Path, *statements: str) -> bytes:
    """Return what a file of SQLite holds that another program made."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    content = path.read_bytes()
    path.unlink()
    return content


def wrong_files(whole: bytes, aside: Path) -> dict[str, bytes]:
    """Return files that are none of ours, by what they are."""
    header = bytearray(whole)
    header[68:72] = b"ABCD"
    newer = bytearray(whole)
    newer[60:64] = (99).to_bytes(4, "big")
    wal = bytearray(whole)
    wal[18:20] = b"\x02\x02"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("funnel.db", whole)
    return {
        "nothing": b"",
        "one byte": b"S",
        "a text": b"deal,stage\nArk,quoted\n" * 400,
        "a text in Chinese": "方舟电子\n".encode() * 2000,
        "a text in UTF-16": "deal".encode("utf-16") * 2000,
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "an archive": zipped.getvalue(),
        "a packed file": gzip.compress(whole),
        "zeros": bytes(len(whole)),
        "ones": b"\xff" * len(whole),
        "noise": random.Random(1).randbytes(len(whole)),
        "a header alone": whole[:100],
        "half a header": whole[:40],
        "a header with noise behind": whole[:100] + random.Random(2).randbytes(len(whole) - 100),
        "the magic word alone": b"SQLite format 3\x00",
        "a file backwards": whole[::-1],
        "an empty file of SQLite": sqlite_file(aside, "PRAGMA user_version=2"),
        "another program's file": sqlite_file(aside, "CREATE TABLE deal (id, name)"),
        "a file with another mark": bytes(header),
        "a newer version's file": bytes(newer),
        "a file that says it keeps a log": bytes(wal),
        "a page size that is none": whole[:16] + b"\x00\x03" + whole[18:],
        "two files in one": whole + whole,
        **{
            f"noise of {seed}": random.Random(seed).randbytes(seed * 997)
            for seed in range(2, size(2, 28))
        },
        "a text before the file": b"hello\n" + whole,
    }


def test_a_file_that_is_none_of_ours_is_told_and_left_as_it_is(
    place, whole, inputs, tmp_path, figure
):
    wrong = wrong_files(whole, tmp_path / "aside.db")
    for what, content in wrong.items():
        for words in (*QUESTIONS.values(), *WRITES, *CARE):
            if words[0] in ("restore", "completion") or words[:2] == ("pipeline", "templates"):
                continue
            lay(place, content)
            ended = place(*spoken(words, place.path, inputs))
            if what not in WHOLE_AFTER_ALL:
                assert ended.code in (11, 12, 13), (what, words, ended)
                if words[0] != "doctor":
                    assert_told(ended)
                assert place.path.read_bytes() == content, (what, words)
            assert "fault of funnelcli" not in ended.err, (what, words, ended)
    figure("files that are none of ours", len(wrong))


WHOLE_AFTER_ALL = {"a file that says it keeps a log", "two files in one"}
"""What SQLite reads and writes all the same."""


@pytest.mark.parametrize("kind", ["a folder", "a pipe that nobody writes to", "a socket"])
def test_what_is_no_file_is_told_and_not_waited_for(place, inputs, tmp_path, monkeypatch, kind):
    place.path.rename(inputs / "good.db")
    if kind == "a folder":
        place.path.mkdir()
    elif kind == "a socket":
        monkeypatch.chdir(place.path.parent)  # its whole path may be too long for a socket
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(place.path.name)
    else:
        os.mkfifo(place.path)
    warm = Warm(place.path, tmp_path / "aside")
    for words in (("funnel",), ("deal", "list"), *WRITES, *CARE):
        ended = warm(*spoken(words, place.path, inputs))
        assert ended.code in (1, 4, 13), (words, ended)
        assert ended.code in (1, 4, 13), (words, ended)
        if words[0] != "doctor":
            assert_told(ended)
        assert not place.path.is_file()
