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
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.model import Settings

MOUNTS = Path("/proc/mounts")
FEW = 3
_RESTORE = marked(
    "funnelcli restore FILE brings your newest good backup back; what is there is kept."
)
_NOT_OURS = marked(
    "If yours is another, say so with --db PATH; if this was yours, funnelcli restore FILE brings "
    "your newest good backup back."
)
_MOVE = marked("Move it to a local folder, and use it there: over ssh, or with --db PATH.")
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
        text = said("{path} cannot be read as a funnelcli file ({error}).", path=path, error=why)
        checks = [Check("file", State.FAULT, text, said(_RESTORE))]
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
            text = marked("{path} is not a funnelcli file, or its header is damaged.")
            if empty:
                text = marked("{path} is empty.")
            yield Check("file", State.FAULT, said(text, path=self.path), said(_NOT_OURS))
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
            text = said(
                "A newer funnelcli made it: schema {schema}; this one knows {known}.",
                schema=version,
                known=SCHEMA_VERSION,
            )
            return Check("file", State.WARNING, text, said("Upgrade funnelcli."))
        if version < SCHEMA_VERSION:
            text = said(
                "An older funnelcli made it: schema {schema}; today's is {today}.",
                schema=version,
                today=SCHEMA_VERSION,
            )
            remedy = said("The next command upgrades it, with a backup.")
            if not writable(self.path):
                remedy = said(
                    "Let somebody run funnelcli who may write there; it is upgraded then."
                )
            return Check("file", State.NOTE, text, remedy)
        return Check("file", State.OK, said("A funnelcli file, schema {schema}.", schema=version))

    def _settings(self, connection: sqlite3.Connection, version: int) -> Check:
        if version < SCHEMA_VERSION:
            return Check("settings", State.NOTE, said("Read once the file is upgraded."))
        try:
            self.said = settings(connection)
        except (*_UNREADABLE, FileDamaged) as error:
            return Check("settings", State.FAULT, str(error), said(_RESTORE))
        text = said(
            "{currency}, {timezone}, {lang}, pipeline {pipeline}.",
            currency=self.said.currency,
            timezone=self.said.timezone,
            lang=self.said.lang,
            pipeline=self.said.pipeline,
        )
        return Check("settings", State.OK, text)

    def _derived(self, connection: sqlite3.Connection, version: int, whole: Check) -> Check:
        """Recompute what every deal's facts amount to, and compare."""
        if version != SCHEMA_VERSION or self.said is None or whole.state is not State.OK:
            return Check("derived", State.NOTE, said("Not compared, since the above comes first."))
        zone = ZoneInfo(self.said.timezone)
        try:
            register(connection, zone, self.said.calendar)
            reader = Reader(connection, self.said, Moment(self.call.at, zone))
            found = strayed(reader)
            (deals,) = connection.execute("SELECT count(*) FROM deal").fetchone()
        except (*_UNREADABLE, ValueError, TypeError, OverflowError) as error:
            text = said("Some facts cannot be read ({error}).", error=error)
            return Check("derived", State.WARNING, text, said(_RESTORE))
        if not found:
            text = plural(
                deals, "As the facts of {n} deal have it.", "As the facts of {n} deals have it."
            )
            return Check("derived", State.OK, text)
        named = said("; ").join(
            f"{deal.label} ({', '.join(deal.columns[:FEW])})" for deal in found[:FEW]
        )
        if len(found) > FEW:
            named = said("{named}; and {n} more", named=named, n=len(found) - FEW)
        text = said("Not what the facts amount to: {named}.", named=named)
        remedy = said("funnelcli doctor --repair computes them anew.")
        return Check("derived", State.FAULT, text, remedy)


def _integrity(connection: sqlite3.Connection) -> Check:
    try:
        found = [row for (row,) in connection.execute("PRAGMA integrity_check(10)")]
    except _UNREADABLE as error:
        found = [str(error)]
    if found == ["ok"]:
        return Check("integrity", State.OK, said("Every page, index and constraint holds."))
    told = said("; ").join(" ".join(str(line).split()) for line in found[:FEW])
    return Check("integrity", State.FAULT, said("Damaged: {what}.", what=told), said(_RESTORE))


def _references(connection: sqlite3.Connection) -> Check:
    try:
        found = connection.execute("PRAGMA foreign_key_check").fetchmany(FEW)
    except _UNREADABLE as error:
        text = said("Cannot be checked ({error}).", error=error)
        return Check("references", State.FAULT, text, said(_RESTORE))
    if not found:
        return Check("references", State.OK, said("Every row that is referred to is there."))
    told = said("; ").join(
        said(
            "row {row} of {table} refers to a {other} that is not",
            row=row[1],
            table=row[0],
            other=row[2],
        )
        for row in found
    )
    return Check("references", State.FAULT, said("Broken: {what}.", what=told), said(_RESTORE))


def _journal_mode(connection: sqlite3.Connection, path: Path) -> Check:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        text = said("{mode}, with SQLite {version}.", mode=mode, version=sqlite3.sqlite_version)
        return Check("journal mode", State.OK, text)
    risk = marked("Somebody set it to WAL; a file that others can only read is then unreadable.")
    if loses_commits_in_wal(sqlite3.sqlite_version_info):
        risk = marked("Somebody set it to WAL; SQLite {version} can lose commits in it.")
    text = said(risk, version=sqlite3.sqlite_version)
    remedy = said(
        "With nobody at it: sqlite3 {path} 'PRAGMA journal_mode=DELETE'", path=quote(str(path))
    )
    return Check("journal mode", State.WARNING, text, remedy)


def _journal_of(path: Path) -> Path:
    real = path.resolve()
    return real.with_name(f"{real.name}-journal")


def _journal(path: Path, interrupted: bool) -> Iterator[Check]:  # noqa: FBT001  what was seen
    """Say what became of the journal that was there before the file was opened."""
    journal = _journal_of(path)
    if not interrupted:
        yield Check("journal", State.OK, said("No command was cut off in the middle."))
    elif not journal.exists():
        text = said("A command had been cut off in the middle; what it had begun was rolled back.")
        yield Check("journal", State.NOTE, text)
    elif writable(path):
        text = said(
            "{journal} is there: a command is writing just now, or the file is damaged.",
            journal=journal.name,
        )
        remedy = said("Look again when it is done; never delete it.")
        yield Check("journal", State.NOTE, text, remedy)
    else:
        text = said(
            "A command was cut off in the middle; {journal} holds how it was before.",
            journal=journal.name,
        )
        remedy = said("Let somebody run funnelcli who may write there; never delete it.")
        yield Check("journal", State.WARNING, text, remedy)


def _rights(path: Path) -> Iterator[Check]:
    """Look at who may do what with the file and its folder."""
    about, folder = path.stat(), path.absolute().parent
    found = [*_open_to_all(path, about, folder), *_closed_to_us(path, about, folder)]
    fine = said("Mode {mode}, for {whose}.", mode=_octal(about), whose=_whose(about))
    yield from found or [Check("rights", State.OK, fine)]


def _open_to_all(path: Path, about: os.stat_result, folder: Path) -> Iterator[Check]:
    mode = S_IMODE(about.st_mode)
    if mode & 0o007:
        told = marked("Mode {mode}: everybody on this host can read it.")
        if mode & 0o002:
            told = marked("Mode {mode}: everybody on this host can write it.")
        text = said(told, mode=_octal(about))
        kept = "660" if mode & 0o020 else "600"
        remedy = f"chmod {kept} {quote(str(path))}"
        if os.geteuid() not in (about.st_uid, 0):
            remedy = said("For its owner: {command}", command=remedy)
        yield Check("rights", State.WARNING, text, remedy)
    around = folder.stat().st_mode
    if around & 0o002 and not around & 0o1000:
        text = said(
            "Everybody on this host can put another file in its place in {folder}.", folder=folder
        )
        yield Check("rights", State.WARNING, text, f"chmod o-w {quote(str(folder))}")


def _closed_to_us(path: Path, about: os.stat_result, folder: Path) -> Iterator[Check]:
    mode = S_IMODE(about.st_mode)
    if not os.access(path, os.R_OK):
        text = said("Mode {mode}: you can neither ask nor change anything.", mode=_octal(about))
        yield Check("rights", State.WARNING, text, said("Let its owner give you the right."))
    elif not os.access(path, os.W_OK):
        text = said("Mode {mode}: you can ask, but not change anything.", mode=_octal(about))
        yield Check("rights", State.NOTE, text)
    elif not os.access(folder, os.W_OK):
        text = said(
            "You cannot write in {folder}, where SQLite keeps its journal: nothing can change.",
            folder=folder,
        )
        yield Check("rights", State.WARNING, text, f"chmod u+w {quote(str(folder))}")
    elif mode & 0o070 and not mode & 0o027:
        text = said(
            "Mode {mode}: its group can read it, but not change anything.", mode=_octal(about)
        )
        yield Check("rights", State.NOTE, text, f"chmod 660 {quote(str(path))}")


def _octal(about: os.stat_result) -> str:
    return f"{S_IMODE(about.st_mode):04o}"


def _whose(about: os.stat_result) -> str:
    ours = about.st_uid == os.getuid()
    who = said("you") if ours else said("user {user}", user=about.st_uid)
    if about.st_mode & 0o070:
        return said("{who} and group {group}", who=who, group=about.st_gid)
    return said("{who} alone", who=who)


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
        text = said(
            "It lies on a network file system ({kind}), where locks cannot be trusted.", kind=kind
        )
        yield Check("place", State.WARNING, text, said(_MOVE))
    elif folder is not None or watched is not None:
        text = said(
            "{folder} is synchronised: a copy made amid a change loses it.",
            folder=folder or watched,
        )
        yield Check("place", State.WARNING, text, said(_MOVE))
    else:
        yield Check("place", State.OK, said("A local folder, {folder}.", folder=real.parent))
    siblings: list[str] = []
    with suppress(OSError):
        siblings = [each.name for each in real.parent.iterdir()]
    copies = conflicted_copies(real.stem, siblings)
    if copies:
        text = said(
            "It was changed in two places at once: {copies}.", copies=said(", ").join(copies[:FEW])
        )
        remedy = said("See funnelcli history --db COPY, say again what is missing, then move COPY.")
        yield Check("copies", State.WARNING, text, remedy)
    else:
        yield Check("copies", State.OK, said("No conflicted copy beside it."))


def _backups(path: Path) -> Check:
    """Name the newest of the backups that were made without asking."""
    folder = backups_of(path)
    if folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
        return Check("backups", State.NOTE, said("You cannot look into {folder}.", folder=folder))
    made = kept(path)
    text = said("No automatic backup yet.")
    if made:
        text = said("The newest automatic backup is {path}.", path=made[-1])
    return Check("backups", State.OK, text)
