"""A backup brought back: the file's content is replaced, never the file under a running command.

Other commands wait, or see the old content or the new; a crash on the way rolls back.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.errors import Failed, FileDamaged, NotFound, Refused
from funnelcli.store.backup import (
    PAGES,
    SCHEMA,
    Copy,
    Occasion,
    digest,
    draft_of,
    keep,
    lay,
    manifest_of,
    take_away,
    thin_out,
    verified,
)
from funnelcli.store.file import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    Call,
    NotWhole,
    connect,
    patiently,
    require,
    schema_of,
    snapshot,
    telling,
)
from funnelcli.store.turns import in_line
from funnelcli.store.upgrade import upgrade
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = 100
"""Bytes at a file's beginning in which SQLite counts its changes."""
_SIDES = ("-journal", "-wal", "-shm", "")
"""What belongs to a file, the file itself last: a journal must never meet another's file."""


class Restored(NamedTuple):
    """What was brought back, when it was made if its manifest told, and where the state before is.

    `kept` is None if there was no file before; `damaged` says that it could not be read.
    """

    copy: Copy
    made_at: str | None
    kept: Path | None
    damaged: bool


def restore(path: Path, backup: Path, call: Call) -> Restored:
    """Bring the content of `backup` back to `path`, and keep what was there before.

    Raises NotFound if there is no backup, FileTooNew, FileDamaged if it is not whole, not ours, or
    not what its manifest says.
    """
    if not backup.exists():
        message = said("There is no backup at {path}.", path=backup)
        raise NotFound(message)
    if not backup.is_file():
        told = marked("{path} is no file.")
        if backup.is_dir():
            told = marked("{path} is a folder; name the backup in it.")
        message = said(told, path=backup)
        raise Failed(message)
    if path.exists():
        require(path)
    if path.exists() and path.samefile(backup):
        message = said("{path} is the file itself, not a backup of it.", path=backup)
        raise Refused(message)
    path = path.resolve()  # a link is not what is replaced
    made_at = _made_at(backup)
    draft = None
    try:
        with _another_if_damaged():
            with telling(backup), closing(snapshot(backup, call, schema_of, "ro")) as source:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                draft = draft_of(source, backup, path, call)
            copy = verified(draft, backup)
        if copy.schema < SCHEMA_VERSION:
            upgrade(draft, call, keeping=False)
        kept, unreadable = _put(draft, path, call)
    except OSError as error:
        message = said(
            "{path} cannot be written ({error}); check the folder.",
            path=path,
            error=error.strerror or error,
        )
        raise Failed(message) from error
    finally:
        if draft is not None:
            take_away(draft)
    return Restored(copy, made_at, kept, unreadable)


@contextmanager
def _another_if_damaged() -> Iterator[None]:
    """Say of a backup that is not whole what heals: another one."""
    try:
        yield
    except FileDamaged as error:
        found = error.found if isinstance(error, NotWhole) else str(error).rstrip(".。")
        message = said("{found}; nothing was restored, try another backup.", found=found)
        raise FileDamaged(message) from error


def _made_at(backup: Path) -> str | None:
    """Return when the backup was made, None without a manifest; the two must fit together."""
    manifest = manifest_of(backup)
    if backup.is_dir() or not manifest.exists():
        return None
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        expected, made_at = told["sha256"], str(told["made_at"])
        known = told["schema"] == SCHEMA
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = said(
            "{manifest} cannot be read; move it away to restore {backup} without it.",
            manifest=manifest,
            backup=backup.name,
        )
        raise FileDamaged(message) from error
    if known and digest(backup) != expected:
        message = said(
            "{path} is damaged: it is not what its manifest says; try another backup.",
            path=backup,
        )
        raise FileDamaged(message)
    return made_at


def _put(draft: Path, path: Path, call: Call) -> tuple[Path | None, bool]:
    """Put the draft's content into the file; return where the content before is, if damaged."""
    if not path.exists():
        lay(draft, path)
        return None, False
    try:
        with in_line(path, call), closing(connect(path)) as present:
            _lock(present, path, call)
            kept, unreadable = _kept(present, path, call)
            with closing(connect(draft, "ro")) as source:
                source.backup(present, pages=PAGES, progress=lambda *_: call.heed())
            present.execute("PRAGMA locking_mode=NORMAL")
            present.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in (
            sqlite3.SQLITE_CORRUPT,
            sqlite3.SQLITE_NOTADB,
        ):
            if _arrived(draft, path):
                message = said(
                    "{path} was restored, but the disk did not confirm it ({error}).",
                    path=path,
                    error=error,
                )
                raise Failed(message) from error
            with telling(path):
                raise
        aside = _moved_aside(path, call)
        lay(draft, path)
        return aside, True
    return kept, unreadable


def _arrived(draft: Path, path: Path) -> bool:
    """Tell whether the file has the draft's content, once what was half done is rolled back."""
    try:
        with closing(connect(path)) as fresh:
            fresh.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return draft.read_bytes()[HEADER:] == path.read_bytes()[HEADER:]
    except (sqlite3.Error, OSError):
        return False


def _lock(present: sqlite3.Connection, path: Path, call: Call) -> None:
    """Keep everybody else out for as long as the connection is open.

    Between the look at what is there and its replacement nobody may change anything, and SQLite
    takes no transaction as the target of a copy.
    """
    patiently(lambda: present.execute("PRAGMA synchronous=EXTRA"), path, call)
    present.execute("PRAGMA locking_mode=EXCLUSIVE")
    patiently(lambda: present.execute("BEGIN EXCLUSIVE"), path, call)
    present.execute("COMMIT")
    (mark,) = present.execute("PRAGMA application_id").fetchone()
    (tables,) = present.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and mark != APPLICATION_ID:
        message = said(
            "{path} is another program's file; say with --db which file to restore.", path=path
        )
        raise FileDamaged(message)


def _kept(present: sqlite3.Connection, path: Path, call: Call) -> tuple[Path, bool]:
    """Keep what is in the file: as a backup, or, if it is not whole, page by page as it is."""
    try:
        kept = keep(present, path, Occasion.RESTORE, call)
    except FileDamaged:
        aside = _aside(path, call)
        draft = draft_of(present, path, aside, call)
        try:
            lay(draft, aside)
        finally:
            take_away(draft)
        return aside, True
    thin_out(path, kept)
    return kept.path, False


def _moved_aside(path: Path, call: Call) -> Path:
    """Move a file that SQLite cannot open, so that no command can be using it."""
    aside = _aside(path, call)
    for side in _SIDES:
        part = path.with_name(path.name + side)
        if part.exists():
            part.rename(aside.with_name(aside.name + side))
    return aside


def _aside(path: Path, call: Call) -> Path:
    stem = f"{path.name}.damaged-{call.at:%Y%m%dT%H%M%SZ}"
    names = (stem, *(f"{stem}-{n}" for n in range(2, 1000)))
    return next(place for name in names if not (place := path.with_name(name)).exists())
