"""The upgrade of a file that an older version made, by whichever command first opens it.

A verified backup first, then one transaction; a file is either as it was or as it should be.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from funnelcli.errors import Failed, FileTooOld, FunnelError
from funnelcli.store.backup import Copy, Occasion, keep, thin_out
from funnelcli.store.file import (
    SCHEMA_VERSION,
    Call,
    NotWhole,
    connect,
    patiently,
    schema_of,
    snapshot,
    writable,
)
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Held(sqlite3.Connection):
    """A connection whose transaction ends only where the upgrade says so, in SQL of its own."""

    def commit(self) -> None:
        """Leave the transaction open."""

    def rollback(self) -> None:
        """Leave the transaction open."""


_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def upgrade(path: Path, call: Call, *, keeping: bool = True) -> None:
    """Bring the file to this version's schema, `keeping` it as it was, and say so.

    Of several commands that come at once, one does it and the others find it done. Raises
    FileTooOld where it cannot be written, FileDamaged if it is not whole.
    """
    if not writable(path):
        raise FileTooOld(_unwritable(path))
    with closing(connect(path, kind=Held)) as connection, _reasons(path):
        _begin(connection, path, call)
        was = schema_of(connection, path)
        if was == SCHEMA_VERSION:
            return
        call.notice(said("Upgrading {path} …", path=path))
        kept = _kept(path, call) if keeping else None
        try:
            from funnelcli.store.migrations.ladder import climb  # noqa: PLC0415  rarely needed

            climb(connection, was)
            _finish(connection, path, call)
        except BaseException as error:
            connection.close()
            if kept is not None and _is_still(path, was):
                kept.discard()
            if isinstance(error, sqlite3.Error) and _is_still(path, SCHEMA_VERSION):
                message = said(
                    "{path} was upgraded, but the disk did not confirm it ({error}).",
                    path=path,
                    error=error,
                )
                raise Failed(message) from error
            raise
    if kept is not None:
        thin_out(path, kept)
        call.remark(
            said(
                "{path} was upgraded from schema {was} to {schema}; "
                "as it was before, it is kept at {kept}",
                path=path,
                was=was,
                schema=SCHEMA_VERSION,
                kept=kept.path,
            )
        )


def _is_still(path: Path, schema: int) -> bool:
    """Tell whether the file is of that schema; a commit that failed may be in it all the same."""
    try:
        with closing(connect(path)) as fresh:
            return schema_of(fresh, path) == schema
    except (sqlite3.Error, FunnelError):
        return False


@contextmanager
def _reasons(path: Path) -> Iterator[None]:
    """Turn what stands against an upgrade into a sentence."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        message = said(
            "{path} was made by an older funnelcli and cannot be upgraded: something in it "
            "breaks a rule of this version ({error}); it was left as it was.",
            path=path,
            error=error,
        )
        raise FileTooOld(message) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _UNWRITABLE:
            raise FileTooOld(_unwritable(path)) from error
        raise


def _kept(path: Path, call: Call) -> Copy:
    """Keep the file, read through a connection of its own while the lock is held.

    Raises FileDamaged unless it is whole: a backup is verified.
    """
    with closing(snapshot(path, call, schema_of)) as source:
        return keep(source, path, Occasion.UPGRADE, call)


def _begin(connection: sqlite3.Connection, path: Path, call: Call) -> None:
    """Take the write lock; foreign keys are checked at the end, since tables are rebuilt."""
    connection.execute("PRAGMA foreign_keys=OFF")
    patiently(lambda: connection.execute("PRAGMA synchronous=EXTRA"), path, call)
    patiently(lambda: connection.execute("BEGIN IMMEDIATE"), path, call)


def _finish(connection: sqlite3.Connection, path: Path, call: Call) -> None:
    stray = connection.execute("PRAGMA foreign_key_check").fetchone()
    if stray is not None:
        row = said("row {row} of {table} refers to nothing", row=stray[1], table=stray[0])
        raise NotWhole(path, row)
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    patiently(lambda: connection.execute("COMMIT"), path, call)


def _unwritable(path: Path) -> str:
    return said(
        "{path} was made by an older funnelcli and cannot be upgraded where it lies, since it or "
        "its folder cannot be written; let somebody upgrade it who may write there.",
        path=path,
    )
