"""Backups taken while others write: each is whole, and a state that was committed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing

from sizes import size
from soundness import assert_sound
from warm import Script, Warm

COPIES, WRITERS = size(20, 500), 4


def test_every_backup_taken_while_others_write_is_whole(office, tmp_path, figure):
    for writer in range(WRITERS):
        office.does("team", "add", f"Rep {writer}")
        office.does("deal", "add", f"Own {writer}.", "--owner", f"Rep {writer}")
    warm = Warm(office.path, tmp_path / "aside")
    copies = tmp_path / "copies"
    copies.mkdir()
    writers = [
        Script(
            warm,
            *(
                (*words, "--as", f"Rep {writer}")
                for words in (
                    ("log", f"Own {writer}.", "called", "--claim", "50"),
                    ("deal", "edit", f"Own {writer}.", "--amount", "7"),
                    ("undo",),
                    ("deal", "add", f"More {writer}", "--amount", "9"),
                )
            ),
            over_and_over=True,
        )
        for writer in range(WRITERS)
    ]
    keeper = Script(warm, *(("backup", str(copies / f"{n}.db")) for n in range(COPIES)))
    for each in (*writers, keeper):
        each.go()
    kept = keeper.end()
    for writer in writers:
        writer.stop()
    written = [ended for writer in writers for ended in writer.end()]
    assert [ended for ended in kept if ended.code] == []
    assert [ended for ended in written if ended.code] == []
    seen = []
    for number in range(COPIES):
        copy = copies / f"{number}.db"
        manifest = json.loads((copies / f"{number}.db.manifest.json").read_text("utf-8"))
        assert manifest["sha256"] == hashlib.sha256(copy.read_bytes()).hexdigest()
        assert_sound(copy)
        with closing(sqlite3.connect(copy)) as connection:
            seen.append(connection.execute("SELECT max(id) FROM operation").fetchone()[0])
        assert manifest["last_operation"] == seen[-1]
    assert seen == sorted(seen)
    assert len(set(seen)) > COPIES // 4
    figure("backups taken while four others wrote, all whole", COPIES)
    figure("commands of the others meanwhile", len(written))
