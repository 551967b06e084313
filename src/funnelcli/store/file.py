"""The file itself: whose it is, which version made it, and how SQLite's complaints are told.

Uses the standard library's sqlite3 only, so that a question never waits for the write side.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from funnelcli.errors import (
    Failed,
    FileDamaged,
    FileLocked,
    FileTooNew,
    FileTooOld,
    FunnelError,
    NoFile,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = 0x46554E4C
"""`FUNL`: written into the header of every file of ours."""
SCHEMA_VERSION = 2
PATIENCE = 30
"""Seconds for which a locked file is waited for."""


def require(path: Path) -> None:
    """Raise NoFile, saying how to start, unless there is a file at `path`."""
    if not path.exists():
        message = f"There is no file at {path}; start one with: funnelcli init --db {path}"
        raise NoFile(message)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise unless the open file is ours and of this version's making."""
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if mark != APPLICATION_ID:
        message = f"{path} is not a funnelcli file."
        raise FileDamaged(message)
    if version > SCHEMA_VERSION:
        message = f"{path} was made by a newer funnelcli; upgrade this one to read it."
        raise FileTooNew(message)
    if version < SCHEMA_VERSION:
        message = f"{path} was made by an older funnelcli that was never released; start anew."
        raise FileTooOld(message)


def translated(error: sqlite3.Error, path: Path) -> FunnelError:
    """Return the failure that SQLite's complaint amounts to."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return FileLocked(f"{path} is in use by another command; nothing was changed, try again.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return FileDamaged(f"{path} is damaged or not a funnelcli file ({error}).")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return Failed(f"{path} cannot be opened or written ({error}); check its rights.")
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return Failed(f"{path} could not be written ({error}); nothing was changed.")
    return Failed(f"{path}: {error}.")


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn SQLite's own errors within into ours, naming `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error


def connect_for_reading(path: Path) -> sqlite3.Connection:
    """Open the file so that nothing can be changed through the connection.

    A writable file is opened for writing all the same, since only then can SQLite roll back
    what a killed command left behind.
    """
    require(path)
    mode = "rw" if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) else "ro"
    with telling(path):
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
        try:
            connection.execute("PRAGMA query_only=ON")
            check(connection, path)
            connection.execute("BEGIN")
        except BaseException:
            connection.close()
            raise
    return connection
