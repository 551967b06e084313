"""The file looked at from all sides, whatever state it is in; nothing is changed by looking."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from shlex import quote
from stat import S_IMODE
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from funnelcli.domain.health import (
    Check,
    State,
    conflicted_copies,
    loses_commits_in_wal,
    network_mount,
    synchronised_folder,
)
from funnelcli.domain.text import plural
from funnelcli.domain.time import Moment
from funnelcli.errors import ExitCode, Failed, FileDamaged, FileLocked, FunnelError, NoFile
from funnelcli.store.backup import backups_of, kept
from funnelcli.store.file import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    Call,
    require,
    snapshot,
    telling,
    writable,
)
from funnelcli.store.projection import register
from funnelcli.store.reading.derived import strayed
from funnelcli.store.reading.reader import Reader, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.model import Settings

MOUNTS = Path("/proc/mounts")
FEW = 3
_RESTORE = "funnelcli restore FILE brings your newest good backup back; what is there is kept."
_NOT_OURS = (
    "If yours is another, say so with --db PATH; if this was yours, funnelcli restore FILE brings "
    "your newest good backup back."
)
_MOVE = "Move it to a local folder, and use it there: over ssh, or with --db PATH."
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
_OURS = ("file", "integrity", "references", "settings")
"""The checks whose fault means that the file is damaged or not ours."""


class Examined(NamedTuple):
    """What was found; `said` is what the file says of itself, None if that cannot be read.

    `failure` is the exit code that the file's state alone amounts to.
    """

    checks: tuple[Check, ...]
    said: Settings | None
    failure: ExitCode | None

    @property
    def findings(self) -> int:
        """How many warnings and faults there are."""
        return sum(check.state.finding for check in self.checks)

    @property
    def strayed(self) -> bool:
        """Whether derived values are not what they should be."""
        return any(c.check == "derived" and c.state is State.FAULT for c in self.checks)


def examine(path: Path, call: Call) -> Examined:
    """Look at the file and where it lies; raises NoFile, and FileLocked after the usual wait."""
    try:
        require(path)
    except Failed as error:
        unseen = isinstance(error.__cause__, PermissionError)
        code = error.exit_code if unseen else ExitCode.DAMAGED
        return Examined((Check("file", State.FAULT, str(error)),), None, code)
    interrupted = _journal_of(path).exists()
    tries = count()

    def try_again() -> None:
        next(tries)
        call.heed()

    examiner = Examiner(path, call)
    try:
        watched = call._replace(heed=try_again)
        with telling(path), closing(snapshot(path, watched, _first_look)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            checks = list(examiner.inside(connection))
    except (FileLocked, NoFile):
        raise
    except FileDamaged as error:
        why = " ".join(str(error.__cause__).split())
        text = f"{path} cannot be read as a funnelcli file ({why})."
        checks = [Check("file", State.FAULT, text, _RESTORE)]
    except FunnelError as error:
        examiner.failure = error.exit_code
        checks = [Check("file", State.FAULT, str(error))]
    interrupted = interrupted and next(tries) <= 1  # else it was somebody's who was at it
    checks += [*_journal(path, interrupted), *_rights(path), *_place(path), _backups(path)]
    damaged = any(c.check in _OURS and c.state is State.FAULT for c in checks)
    failure = examiner.failure or (ExitCode.DAMAGED if damaged else None)
    return Examined(tuple(checks), examiner.said, failure)


def _first_look(connection: sqlite3.Connection, _: Path) -> None:
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


class Examiner:
    """Looks at what is in a file."""

    def __init__(self, path: Path, call: Call) -> None:
        self.path = path
        self.call = call
        self.said: Settings | None = None
        self.failure: ExitCode | None = None

    def inside(self, connection: sqlite3.Connection) -> Iterator[Check]:
        """Yield what is found in the open file."""
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if mark != APPLICATION_ID:
            empty = connection.execute("PRAGMA page_count").fetchone() == (0,)
            text = "is empty" if empty else "is not a funnelcli file, or its header is damaged"
            yield Check("file", State.FAULT, f"{self.path} {text}.", _NOT_OURS)
            return
        yield self._schema(version)
        whole = _integrity(connection)
        yield whole
        yield _references(connection)
        if version > SCHEMA_VERSION:
            return
        yield self._settings(connection, version)
        yield self._derived(connection, version, whole)
        yield _journal_mode(connection, self.path)

    def _schema(self, version: int) -> Check:
        if version > SCHEMA_VERSION:
            self.failure = ExitCode.TOO_NEW
            text = f"A newer funnelcli made it: schema {version}; this one knows {SCHEMA_VERSION}."
            return Check("file", State.WARNING, text, "Upgrade funnelcli.")
        if version < SCHEMA_VERSION:
            text = f"An older funnelcli made it: schema {version}; today's is {SCHEMA_VERSION}."
            remedy = "The next command upgrades it, with a backup."
            if not writable(self.path):
                remedy = "Let somebody run funnelcli who may write there; it is upgraded then."
            return Check("file", State.NOTE, text, remedy)
        return Check("file", State.OK, f"A funnelcli file, schema {version}.")

    def _settings(self, connection: sqlite3.Connection, version: int) -> Check:
        if version < SCHEMA_VERSION:
            return Check("settings", State.NOTE, "Read once the file is upgraded.")
        try:
            self.said = settings(connection)
        except (*_UNREADABLE, FileDamaged) as error:
            return Check("settings", State.FAULT, str(error), _RESTORE)
        said = self.said
        text = f"{said.currency}, {said.timezone}, {said.lang}, pipeline {said.pipeline}."
        return Check("settings", State.OK, text)

    def _derived(self, connection: sqlite3.Connection, version: int, whole: Check) -> Check:
        """Recompute what every deal's facts amount to, and compare."""
        if version != SCHEMA_VERSION or self.said is None or whole.state is not State.OK:
            return Check("derived", State.NOTE, "Not compared, since the above comes first.")
        zone = ZoneInfo(self.said.timezone)
        try:
            register(connection, zone, self.said.calendar)
            reader = Reader(connection, self.said, Moment(self.call.at, zone))
            found = strayed(reader)
            (deals,) = connection.execute("SELECT count(*) FROM deal").fetchone()
        except (*_UNREADABLE, ValueError, TypeError, OverflowError) as error:
            text = f"Some facts cannot be read ({error})."
            return Check("derived", State.WARNING, text, _RESTORE)
        if not found:
            return Check("derived", State.OK, f"As the facts of {plural(deals, 'deal')} have it.")
        named = "; ".join(f"{deal.label} ({', '.join(deal.columns[:FEW])})" for deal in found[:FEW])
        more = f"; and {len(found) - FEW} more" if len(found) > FEW else ""
        text = f"Not what the facts amount to: {named}{more}."
        return Check("derived", State.FAULT, text, "funnelcli doctor --repair computes them anew.")


def _integrity(connection: sqlite3.Connection) -> Check:
    try:
        found = [row for (row,) in connection.execute("PRAGMA integrity_check(10)")]
    except _UNREADABLE as error:
        found = [str(error)]
    if found == ["ok"]:
        return Check("integrity", State.OK, "Every page, index and constraint holds.")
    told = "; ".join(" ".join(str(line).split()) for line in found[:FEW])
    return Check("integrity", State.FAULT, f"Damaged: {told}.", _RESTORE)


def _references(connection: sqlite3.Connection) -> Check:
    try:
        found = connection.execute("PRAGMA foreign_key_check").fetchmany(FEW)
    except _UNREADABLE as error:
        return Check("references", State.FAULT, f"Cannot be checked ({error}).", _RESTORE)
    if not found:
        return Check("references", State.OK, "Every row that is referred to is there.")
    told = "; ".join(f"row {row[1]} of {row[0]} refers to a {row[2]} that is not" for row in found)
    return Check("references", State.FAULT, f"Broken: {told}.", _RESTORE)


def _journal_mode(connection: sqlite3.Connection, path: Path) -> Check:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        return Check("journal mode", State.OK, f"{mode}, with SQLite {sqlite3.sqlite_version}.")
    risk = "a file that others can only read is then unreadable"
    if loses_commits_in_wal(sqlite3.sqlite_version_info):
        risk = f"SQLite {sqlite3.sqlite_version} can lose commits in it"
    remedy = f"With nobody at it: sqlite3 {quote(str(path))} 'PRAGMA journal_mode=DELETE'"
    return Check("journal mode", State.WARNING, f"Somebody set it to WAL; {risk}.", remedy)


def _journal_of(path: Path) -> Path:
    real = path.resolve()
    return real.with_name(f"{real.name}-journal")


def _journal(path: Path, interrupted: bool) -> Iterator[Check]:  # noqa: FBT001  what was seen
    """Say what became of the journal that was there before the file was opened."""
    journal = _journal_of(path)
    if not interrupted:
        yield Check("journal", State.OK, "No command was cut off in the middle.")
    elif not journal.exists():
        text = "A command had been cut off in the middle; what it had begun was rolled back."
        yield Check("journal", State.NOTE, text)
    elif writable(path):
        text = f"{journal.name} is there: a command is writing just now, or the file is damaged."
        yield Check("journal", State.NOTE, text, "Look again when it is done; never delete it.")
    else:
        text = f"A command was cut off in the middle; {journal.name} holds how it was before."
        remedy = "Let somebody run funnelcli who may write there; never delete it."
        yield Check("journal", State.WARNING, text, remedy)


def _rights(path: Path) -> Iterator[Check]:
    """Look at who may do what with the file and its folder."""
    about, folder = path.stat(), path.absolute().parent
    found = [*_open_to_all(path, about, folder), *_closed_to_us(path, about, folder)]
    fine = f"Mode {S_IMODE(about.st_mode):04o}, for {_whose(about)}."
    yield from found or [Check("rights", State.OK, fine)]


def _open_to_all(path: Path, about: os.stat_result, folder: Path) -> Iterator[Check]:
    mode = S_IMODE(about.st_mode)
    if mode & 0o007:
        may = "write" if mode & 0o002 else "read"
        text = f"Mode {mode:04o}: everybody on this host can {may} it."
        kept = "660" if mode & 0o020 else "600"
        who = "" if os.geteuid() in (about.st_uid, 0) else "For its owner: "
        remedy = f"{who}chmod {kept} {quote(str(path))}"
        yield Check("rights", State.WARNING, text, remedy)
    around = folder.stat().st_mode
    if around & 0o002 and not around & 0o1000:
        text = f"Everybody on this host can put another file in its place in {folder}."
        yield Check("rights", State.WARNING, text, f"chmod o-w {quote(str(folder))}")


def _closed_to_us(path: Path, about: os.stat_result, folder: Path) -> Iterator[Check]:
    mode = S_IMODE(about.st_mode)
    if not os.access(path, os.R_OK):
        text = f"Mode {mode:04o}: you can neither ask nor change anything."
        yield Check("rights", State.WARNING, text, "Let its owner give you the right.")
    elif not os.access(path, os.W_OK):
        text = f"Mode {mode:04o}: you can ask, but not change anything."
        yield Check("rights", State.NOTE, text)
    elif not os.access(folder, os.W_OK):
        text = f"You cannot write in {folder}, where SQLite keeps its journal: nothing can change."
        yield Check("rights", State.WARNING, text, f"chmod u+w {quote(str(folder))}")
    elif mode & 0o070 and not mode & 0o027:
        text = f"Mode {mode:04o}: its group can read it, but not change anything."
        yield Check("rights", State.NOTE, text, f"chmod 660 {quote(str(path))}")


def _whose(about: os.stat_result) -> str:
    who = "you" if about.st_uid == os.getuid() else f"user {about.st_uid}"
    return f"{who} and group {about.st_gid}" if about.st_mode & 0o070 else f"{who} alone"


def _place(path: Path) -> Iterator[Check]:
    """Look at where the file lies: SQLite's locks hold on a local disk only."""
    real = path.resolve()
    mounts = ""
    with suppress(OSError):
        mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
    kind = network_mount(str(real), mounts)
    folder = synchronised_folder(real.parent.parts)
    watched = next((each for each in real.parents if (each / ".stfolder").exists()), None)
    if kind is not None:
        text = f"It lies on a network file system ({kind}), where locks cannot be trusted."
        yield Check("place", State.WARNING, text, _MOVE)
    elif folder is not None or watched is not None:
        text = f"{folder or watched} is synchronised: a copy made amid a change loses it."
        yield Check("place", State.WARNING, text, _MOVE)
    else:
        yield Check("place", State.OK, f"A local folder, {real.parent}.")
    siblings: list[str] = []
    with suppress(OSError):
        siblings = [each.name for each in real.parent.iterdir()]
    copies = conflicted_copies(real.stem, siblings)
    if copies:
        text = f"It was changed in two places at once: {', '.join(copies[:FEW])}."
        remedy = "See funnelcli history --db COPY, say again what is missing, then move COPY."
        yield Check("copies", State.WARNING, text, remedy)
    else:
        yield Check("copies", State.OK, "No conflicted copy beside it.")


def _backups(path: Path) -> Check:
    """Name the newest of the backups that were made without asking."""
    folder = backups_of(path)
    if folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
        return Check("backups", State.NOTE, f"You cannot look into {folder}.")
    made = kept(path)
    text = f"The newest automatic backup is {made[-1]}." if made else "No automatic backup yet."
    return Check("backups", State.OK, text)
