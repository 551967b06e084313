"""Copies of the file: taken while others write, verified, and described by a manifest beside them.

Uses the standard library's sqlite3 only. A copy is in its place whole, or not at all.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from funnelcli import __version__
from funnelcli.domain.time import iso
from funnelcli.errors import Failed, Refused
from funnelcli.store.file import (
    Call,
    NotWhole,
    connect,
    require,
    schema_of,
    snapshot,
    sound,
    telling,
    translated,
)
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "funnelcli.backup/1"
KEPT = 5
"""How many automatic backups are kept."""
PAGES = 1000
"""Pages that are copied before somebody who wants to stop is heard."""
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)
"""What a file system says that knows no links, as on a memory stick."""
_OF_SOURCE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_BUSY)


class Occasion(StrEnum):
    """Before what an automatic backup is made."""

    UPGRADE = "before-upgrade"
    RESTORE = "before-restore"


class Copy(NamedTuple):
    """A verified copy: where it is, and what is in it."""

    path: Path
    schema: int
    rows: dict[str, int]
    last_operation: int | None
    last_at: int | None
    size: int
    sha256: str

    @property
    def deals(self) -> int:
        """How many deals it holds."""
        return self.rows.get("deal", 0)

    @property
    def operations(self) -> int:
        """How many operations it holds."""
        return self.rows.get("operation", 0)

    def discard(self) -> None:
        """Take the copy away again."""
        self.path.unlink(missing_ok=True)
        manifest_of(self.path).unlink(missing_ok=True)


def take_away(draft: Path) -> None:
    """Remove a draft if it is still there; one that will not go does no harm and fails nothing."""
    with suppress(OSError):
        draft.unlink(missing_ok=True)


def manifest_of(copy: Path) -> Path:
    """Return where a copy's manifest lies."""
    return copy.with_name(f"{copy.name}.manifest.json")


def back_up(path: Path, word: str, call: Call, *, overwrite: bool = False) -> Copy:
    """Copy the file to where `word` says, under a name with the date if that is a folder.

    Raises Refused for a place that is taken, unless it may be overwritten, and FileDamaged if the
    file is not whole. A file of an older schema is copied as it is.
    """
    require(path)
    with telling(path), closing(snapshot(path, call, schema_of)) as source:
        target = _place_for(word, path, source, call)
        _check_free(target, path, overwrite=overwrite)
        return _made(source, path, target, call, overwrite=overwrite)


def _check_free(target: Path, path: Path, *, overwrite: bool) -> None:
    """Raise Refused for a place that is taken, unless by an earlier backup that may go."""
    if not target.exists():
        return
    if target.samefile(path):
        message = said("{path} is the file itself; name another place for the backup.", path=target)
    elif not overwrite:
        message = said(
            "There is a file at {path} already; name another, or add --overwrite.", path=target
        )
    elif not (manifest_of(target).exists() or _cut_off(target)):
        message = said(
            "{path} is no backup, or has lost its manifest; name another place.", path=target
        )
    else:
        return
    raise Refused(message)


def _cut_off(target: Path) -> bool:
    """Tell whether a file is a backup that was cut off before its manifest was in its place."""
    return target.is_file() and any(_told(note) == digest(target) for note in _notes(target))


def _notes(target: Path) -> list[Path]:
    """Return manifests of a backup that are not in their place: to come, or of an earlier one."""
    return list(target.parent.glob(f".{escape(target.name)}.*.json"))


def _told(manifest: Path) -> object:
    """Return the SHA-256 that a manifest tells, None if it cannot be read."""
    try:
        return json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
    except (OSError, ValueError, LookupError, TypeError):
        return None


def keep(source: sqlite3.Connection, path: Path, occasion: Occasion, call: Call) -> Copy:
    """Keep the file that `source` has open among the automatic backups beside it."""
    folder = backups_of(path)
    stem = f"{call.at:%Y%m%dT%H%M%SZ}-{occasion}"
    names = (f"{stem}{n}{path.suffix}" for n in ("", *(f"-{n}" for n in range(2, 1000))))
    with _writing(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        _share(folder, path)
        target = next(folder / name for name in names if not (folder / name).exists())
    return _made(source, path, target, call)


def thin_out(path: Path, newest: Copy) -> None:
    """Let only the newest automatic backups stand, the one just made among them."""
    with suppress(OSError):
        made = [each for each in kept(path) if each != newest.path]
        for old in made[: max(0, len(made) - KEPT + 1)]:
            manifest_of(old).unlink(missing_ok=True)
            old.unlink()


def kept(path: Path) -> list[Path]:
    """Return the automatic backups of the file, the newest last."""
    made = backups_of(path).glob("[0-9]*-before-*")
    return sorted((each for each in made if manifest_of(each).exists()), key=_age)


def backups_of(path: Path) -> Path:
    """Return where the automatic backups lie: beside the file itself, whatever link leads to it."""
    real = path.resolve()
    return real.with_name(f"{real.name}.backups")


def _age(made: Path) -> tuple[str, int]:
    """Return by what automatic backups are ordered: the time in the name, then that of writing."""
    return made.name.partition("-")[0], made.stat().st_mtime_ns


def draft_of(source: sqlite3.Connection, path: Path, target: Path, call: Call) -> Path:
    """Copy what `source` has open of the file at `path`, page by page, to a draft beside `target`.

    Nothing is verified. The draft is for its owner alone.
    """
    with _writing(target):
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
    draft = Path(name)
    try:
        with closing(connect(draft)) as copy:
            source.backup(copy, pages=PAGES, progress=lambda *_: call.heed())
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        take_away(draft)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise translated(error, path if code in _OF_SOURCE else target) from error
    except BaseException:
        take_away(draft)
        raise
    return draft


def verified(draft: Path, path: Path) -> Copy:
    """Return what a copy of the file at `path` holds; raises FileDamaged unless it is whole."""
    with telling(path), closing(connect(draft, "ro")) as copy:
        schema = schema_of(copy, path)
        sound(copy, path)
        stray = copy.execute("PRAGMA foreign_key_check").fetchone()
        if stray is not None:
            row = said("row {row} of {table} refers to nothing", row=stray[1], table=stray[0])
            raise NotWhole(path, row)
        rows = {
            name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in copy.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
                "ORDER BY name"
            ).fetchall()
        }
        newest = "SELECT id, entered_at FROM operation ORDER BY id DESC LIMIT 1"
        last, at = copy.execute(newest).fetchone() or (None, None)
    return Copy(draft, schema, rows, last, at, draft.stat().st_size, digest(draft))


def digest(path: Path) -> str:
    """Return the file's SHA-256."""
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def lay(draft: Path, target: Path, *, overwrite: bool = False) -> None:
    """Put a draft in its place whole; raises Refused if that has been taken meanwhile."""
    with _writing(target):
        _sync(draft)
        if overwrite:
            draft.replace(target)
        else:
            try:
                os.link(draft, target)
            except FileExistsError as error:
                message = said(
                    "There is a file at {path} already; it was left as it is.", path=target
                )
                raise Refused(message) from error
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                draft.replace(target)
    try:
        _sync(target.parent)
    except OSError as error:
        message = said(
            "{path} is in its place, but the disk did not confirm it ({error}).",
            path=target,
            error=error.strerror,
        )
        raise Failed(message) from error


def _made(
    source: sqlite3.Connection, path: Path, target: Path, call: Call, *, overwrite: bool = False
) -> Copy:
    """Copy, verify, lay in its place with a manifest.

    The manifest lies beside it before, so that a backup that is cut off is known to be one.
    """
    draft = draft_of(source, path, target, call)
    note = draft.with_name(f"{draft.name}.json")
    try:
        copy = verified(draft, path)._replace(path=target)
        _share(draft, path)
        with _writing(target):
            note.touch(mode=0o600)
            note.write_text(_manifest(copy, call), encoding="utf-8")
            _share(note, path)
            _sync(note)
            if overwrite and manifest_of(target).exists():
                manifest_of(target).replace(target.with_name(f".{target.name}.earlier.json"))
        lay(draft, target, overwrite=overwrite)
        with _writing(target):
            note.replace(manifest_of(target))
            _sync(target.parent)
    except BaseException:
        if not _cut_off(target):
            take_away(note)
        raise
    finally:
        take_away(draft)
    for left in _notes(target):
        take_away(left)
    return copy


def _manifest(copy: Copy, call: Call) -> str:
    said = {
        "schema": SCHEMA,
        "made_at": iso(call.at),
        "file_schema": copy.schema,
        "program": f"funnelcli {__version__}",
        "bytes": copy.size,
        "sha256": copy.sha256,
        "rows": copy.rows,
        "last_operation": copy.last_operation,
    }
    return json.dumps(said, indent=2) + "\n"


def _place_for(word: str, path: Path, source: sqlite3.Connection, call: Call) -> Path:
    place = Path(word).expanduser()
    if not (word.endswith("/") or place.is_dir()):
        return place
    with _writing(place):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = call.at.astimezone(_zone(source))
    return place / f"{path.stem}-{at:%Y-%m-%d-%H%M%S}{path.suffix}"


def _zone(source: sqlite3.Connection) -> ZoneInfo:
    found = source.execute("SELECT value FROM setting WHERE key = 'timezone'").fetchone()
    try:
        return ZoneInfo(found[0])
    except (TypeError, ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def _share(made: Path, path: Path) -> None:
    """Let a group that writes the file into what was made beside it, where that can be done."""
    about = path.stat()
    if about.st_mode & 0o020:
        with suppress(OSError):
            os.chown(made, -1, about.st_gid)
            made.chmod(0o770 if made.is_dir() else 0o660)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write there into a sentence."""
    try:
        yield
    except OSError as error:
        message = said(
            "{path} cannot be written ({error}); check the folder.",
            path=path,
            error=error.strerror or error,
        )
        if isinstance(error, FileNotFoundError) and not path.parent.exists():
            message = said(
                "{path} cannot be written: there is no folder {folder}; make it first.",
                path=path,
                folder=path.parent,
            )
        raise Failed(message) from error
