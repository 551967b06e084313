"""The file itself: whose it is, which version made it, and how SQLite's complaints are told.

Uses the standard library's sqlite3 only, so that a question never waits for the write side.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from funnelcli.errors import (
    Failed,
    FileDamaged,
    FileLocked,
    FileTooNew,
    FileTooOld,
    FunnelError,
    NoFile,
)
from funnelcli.wording import known_language, marked, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

APPLICATION_ID = 0x46554E4C
"""`FUNL`: written into the header of every file of ours."""
SCHEMA_VERSION = 5
PATIENCE = 30.0
NOTICE_AFTER = 1.0
PAUSE = 0.02
"""Seconds for which a locked file is waited for, after which a person is told why, and after which
it is asked for again."""
GLANCE = 0.1
"""Seconds for which whoever only wants to know the file's language waits for it."""
LANGUAGE = "SELECT value FROM setting WHERE key = 'lang'"
SMALL = 8 * 2**20
"""Bytes up to which a file is checked whole before it is changed."""
GARBLED = marked("a text in it is no UTF-8")
"""What Python says of in many ways, sometimes in place of SQLite's own complaint."""


def _silently(_: str) -> None:
    """Say nothing."""


def _going_on() -> None:
    """Go on."""


class Patience:
    """How long a command has waited for others so far, and whether a person was told."""

    def __init__(self) -> None:
        """Begin with all of it."""
        self.waited = 0.0
        self.told = False

    def lasts(self, path: Path, call: Call, pause: Callable[[float], object]) -> bool:
        """Pause once more, telling a person after a while; False at once if it has run out."""
        if self.waited > PATIENCE:
            return False
        if self.waited > NOTICE_AFTER and not self.told:
            call.notice(said("Waiting for another command that is using {path} …", path=path))
            self.told = True
        begun = time.monotonic()
        pause(PAUSE)
        self.waited += time.monotonic() - begun
        return True


class Call(NamedTuple):
    """A command as the store knows it: when it is, how it is talked to, whether it goes on.

    A `remark` is for everybody, a `notice` for a person who waits at a terminal; `heed` raises if
    somebody asked the program to stop. What it waits for in several places is waited for with one
    `patience`; without it with a new one at each.
    """

    now: datetime | None = None
    remark: Callable[[str], None] = _silently
    notice: Callable[[str], None] = _silently
    heed: Callable[[], None] = _going_on
    patience: Patience | None = None

    @property
    def at(self) -> datetime:
        """The instant of the command."""
        return self.now or datetime.now(UTC)


NOBODY = Call()
"""A command that nobody listens to."""


def patiently(attempt: Callable[[], T], path: Path, call: Call) -> T:
    """Return what `attempt` returns, trying again in short steps while another command is at it.

    SQLite's own waiting would not hear Ctrl-C. Raises its complaint when patience has run out.
    """
    patience = call.patience or Patience()
    while True:
        call.heed()
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if not _busy(error) or not patience.lasts(path, call, time.sleep):
                raise


def in_use(path: Path) -> str:
    """Return what somebody is told who waited in vain."""
    return said("{path} is in use by another command; nothing was changed, try again.", path=path)


def _busy(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def require(path: Path) -> None:
    """Raise NoFile, saying how to start, unless there is something at `path`.

    Raises Failed for what is no file: a pipe would be waited for, a device has no end; and where
    one may not look.
    """
    try:
        there = path.exists()
    except PermissionError as error:
        message = said(
            "{path} cannot be looked at; ask whoever owns its folder for the right.", path=path
        )
        raise Failed(message) from error
    if not there:
        from shlex import quote  # noqa: PLC0415  only this sentence needs it

        named = quote(str(path))
        message = said(
            "There is no file at {path}; start one with: funnelcli init --db {quoted}",
            path=path,
            quoted=named,
        )
        raise NoFile(message)
    if not path.is_file():
        message = said(
            "{path} is a folder, a pipe or a device; say with --db where your file is.", path=path
        )
        raise Failed(message)


def connect(
    path: Path, mode: str = "rw", kind: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    """Open the file without waiting for anybody; transactions are begun and ended by hand."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None, factory=kind)


def language_in(path: Path) -> str | None:
    """Return the language that a file is set to, seen at a glance; None where it cannot be."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with closing(sqlite3.connect(uri, uri=True, timeout=GLANCE)) as connection:
            connection.execute("PRAGMA query_only=ON")
            (mark,) = connection.execute("PRAGMA application_id").fetchone()
            found = connection.execute(LANGUAGE).fetchone() if mark == APPLICATION_ID else None
    except (sqlite3.Error, OSError, ValueError):
        return None  # whoever needs the file tells what is wrong with it
    return known_language(str(found[0])) if found else None


def schema_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the number of the schema in which the open file is laid out.

    Raises FileDamaged unless it is ours, FileTooNew if a newer version made it.
    """
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if mark != APPLICATION_ID:
        message = said("{path} is not a funnelcli file.", path=path)
        raise FileDamaged(message)
    if version > SCHEMA_VERSION:
        message = said(
            "{path} was made by a newer funnelcli; upgrade this one to read it.", path=path
        )
        raise FileTooNew(message)
    return int(version)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise unless the open file is ours and of this version's making."""
    if schema_of(connection, path) < SCHEMA_VERSION:
        message = said(
            "{path} was made by an older funnelcli; the next command upgrades it.", path=path
        )
        raise FileTooOld(message)


def sound(connection: sqlite3.Connection, path: Path) -> None:
    """Raise FileDamaged, naming what heals, unless the open file is whole."""
    try:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except UnicodeDecodeError:
        found = said(GARBLED)
    if found != "ok":
        raise NotWhole(path, found)


def sound_if_small(connection: sqlite3.Connection, path: Path) -> None:
    """Raise FileDamaged if the open file is not whole and small enough to be looked through."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    if pages * size <= SMALL:
        sound(connection, path)


class NotWhole(FileDamaged):
    """A file that is not whole, told with what heals; `found` tells it without."""

    def __init__(self, path: Path, how: str) -> None:
        """Take what is wrong with it."""
        what = " ".join(how.split())
        self.found = said(
            "{path} is damaged or not a funnelcli file ({what})", path=path, what=what
        )
        super().__init__(
            said(
                "{found}; funnelcli doctor tells more, "
                "funnelcli restore FILE brings a backup back.",
                found=self.found,
            )
        )


def translated(error: sqlite3.Error, path: Path) -> FunnelError:
    """Return the failure that SQLite's complaint amounts to."""
    code = _code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return FileLocked(in_use(path))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return NotWhole(path, str(error))
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        message = said(
            "{path} cannot be opened or written ({error}); check its rights.",
            path=path,
            error=error,
        )
        return Failed(message)
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        message = said(
            "{path} could not be read or written ({error}); nothing was changed.",
            path=path,
            error=error,
        )
        return Failed(message)
    if "decode" in str(error):
        return NotWhole(path, said(GARBLED))
    return Failed(said("{path}: {error}.", path=path, error=error))


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn SQLite's own errors within into ours, naming `path`, and what its content leads to."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except SENSELESS as error:
        if not of_the_file(error):
            raise
        raise senseless(error, path) from error


SENSELESS = (ValueError, LookupError, TypeError)
"""What Python says of a text, a day or a list that is none, as a flipped bit leaves them."""


def of_the_file(error: Exception) -> bool:
    """Tell whether a value failed while it was read from the file, not in what was made of it.

    Nothing of ours is bytes, so these come from the file wherever they fail.
    """
    if isinstance(error, TypeError) and "bytes" in str(error):
        return True
    rooms, step = [], error.__traceback__
    while step is not None:
        rooms.append(step.tb_frame.f_globals.get("__name__", ""))
        step = step.tb_next
    ours = [room for room in rooms if room.startswith("funnelcli.")]
    known = [room for room in ours if not room.startswith("funnelcli.domain.")]
    return bool(known) and known[-1].startswith("funnelcli.store.")


def senseless(error: Exception, path: Path) -> FileDamaged:
    """Return the failure that a value in the file amounts to of which nothing can be made."""
    if isinstance(error, UnicodeDecodeError):
        return NotWhole(path, said(GARBLED))
    how = said(
        "a value in it makes no sense: {kind}: {error}", kind=type(error).__name__, error=error
    )
    return NotWhole(path, how)


def writable(path: Path) -> bool:
    """Tell whether the file can be written, and its folder, in which SQLite keeps its journal."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def ready(path: Path, call: Call = NOBODY) -> None:
    """Make sure that there is a file of this version's making; one of an older is upgraded."""
    connect_for_reading(path, call).close()


def connect_for_reading(path: Path, call: Call = NOBODY) -> sqlite3.Connection:
    """Open the file in one snapshot, so that nothing can be changed through the connection.

    A file of an older version's making is upgraded first.
    """
    require(path)
    with telling(path):
        try:
            return snapshot(path, call)
        except FileTooOld:
            from funnelcli.store.upgrade import upgrade  # noqa: PLC0415  rarely needed

            upgrade(path, call)
            return snapshot(path, call)


def snapshot(
    path: Path,
    call: Call,
    checked: Callable[[sqlite3.Connection, Path], object] = check,
    mode: str | None = None,
) -> sqlite3.Connection:
    """Open the file for reading and begin, once it is `checked`.

    A writable file is opened for writing all the same, since only then can SQLite roll back
    what a killed command left behind.
    """
    connection = connect(path, mode or ("rw" if writable(path) else "ro"))

    def begin() -> None:
        connection.execute("BEGIN")
        try:
            checked(connection, path)
        except sqlite3.Error:
            connection.execute("ROLLBACK")
            raise

    try:
        connection.execute("PRAGMA query_only=ON")
        patiently(begin, path, call)
    except BaseException:
        connection.close()
        raise
    return connection
