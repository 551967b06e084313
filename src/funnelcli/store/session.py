"""One command's changes: one operation in one transaction, which takes the write lock at its start.

What is validated is written through SQLModel (`validated.py`), which is loaded when the first such
row is: a table of deals needs none of it.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from funnelcli.domain.model import require_manager
from funnelcli.domain.time import Moment, local_day, midnight, seconds
from funnelcli.errors import Failed, FunnelError, Refused
from funnelcli.store.file import (
    NOBODY,
    SENSELESS,
    Call,
    check,
    connect,
    of_the_file,
    patiently,
    ready,
    senseless,
    sound_if_small,
    telling,
    translated,
)
from funnelcli.store.opening import Stamp, insert_rows, open_deals
from funnelcli.store.projection import STORES, register
from funnelcli.store.reading.collision import collision
from funnelcli.store.reading.facts import paused_deals
from funnelcli.store.reading.history import history
from funnelcli.store.reading.people import find_signer
from funnelcli.store.reading.reader import Reader, settings
from funnelcli.store.reading.touched import about_of
from funnelcli.store.turns import in_line
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from sqlmodel import Session

    from funnelcli.domain.model import Member, Settings
    from funnelcli.store.founding import Signature
    from funnelcli.store.opening import Opening


@dataclass
class Work:
    """An operation under way: where changes are put, and where what they need is read.

    `by` is the member who signs, `now` the instant at which everything is recorded.
    """

    connection: sqlite3.Connection
    operation_id: int
    now: datetime
    by: Member
    _reader: Reader
    summary: str = ""
    kept: bool = True
    _changed: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in STORES})

    @cached_property
    def session(self) -> Session:
        """The SQLModel session, on the operation's own connection."""
        from funnelcli.store.validated import session_over  # noqa: PLC0415  the door to sqlmodel

        return session_over(self.connection, self.operation_id)

    def flush(self) -> None:
        """Write what is pending in the session, if one is there."""
        if "session" in self.__dict__:
            self.session.flush()

    @property
    def reading(self) -> Reader:
        """The file as it stands within this operation."""
        self.settle()
        return self._reader

    @property
    def settings(self) -> Settings:
        """What the file says of itself."""
        return self._reader.settings

    @property
    def zone(self) -> ZoneInfo:
        """The file's zone."""
        return self._reader.moment.zone

    @property
    def today(self) -> date:
        """The local day on which the operation is entered."""
        return self._reader.moment.today

    def instant(self, on: date | None, after: datetime | None = None) -> datetime:
        """Return when something that is said to have happened on a day happened.

        Today, or None, is now; an earlier day its local midnight, or, if something it must come
        after happened that same day, that instant.
        """
        if on is None or on == self.today:
            return max(self.now, after) if after else self.now
        at = midnight(on, self.zone)
        if after is not None and after > at and local_day(after, self.zone) == on:
            return after
        return at

    def require_manager(self, doing: str) -> None:
        """Raise Refused unless the manager signs."""
        require_manager(self.by, doing)

    def add(self, table: str, **said: Any) -> Any:
        """Put one new plain row into a table and return it with its number."""
        from funnelcli.store.rows import PLAIN  # noqa: PLC0415

        row = PLAIN[table].model_validate(said)
        self.session.add(row)
        self.session.flush()
        return row

    def row(self, table: str, key: int | str | None) -> Any:
        """Return a plain row; what is set on it is written with the operation."""
        from funnelcli.store.rows import PLAIN  # noqa: PLC0415

        return self.session.get_one(PLAIN[table], key)

    def fact(self, table: str, number: int | None, at: datetime | None, /, **said: Any) -> int:
        """State a fact about a deal, contact or member: effective `at`, recorded now.

        Without a number it is about the whole team. Return the fact's own number.
        """
        from funnelcli.store.facts import FACTS  # noqa: PLC0415

        about = about_of(table)
        row = FACTS[table].model_validate(
            {
                f"{about}_id": number,
                "effective_at": at,
                "recorded_at": self.now,
                "operation_id": self.operation_id,
                **said,
            }
        )
        self.session.add(row)
        self.session.flush()
        if number is not None:
            self.touch(about, [number])
        return row.id or 0

    def open_deals(self, openings: Sequence[tuple[int, Opening]], vacant: Container[int]) -> None:
        """Open many deals as a table tells them; those with `vacant` numbers had been there."""
        self.flush()
        stamp = Stamp(self.operation_id, seconds(self.now))
        open_deals(self.connection, openings, stamp, vacant)
        self.touch("deal", (number for number, _ in openings if number in vacant))

    def state(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """State many facts of one shape at once, their values as the file stores them."""
        if rows:
            self.flush()
            stamped = ("operation_id", *rows[0])
            values = [(self.operation_id, *map(row.__getitem__, rows[0])) for row in rows]
            insert_rows(self.connection, table, stamped, values)
            about = about_of(table)
            self.touch(about, (row[f"{about}_id"] for row in rows))

    def recount(self) -> None:
        """Count the days again of all deals whose clocks ever stood still: the calendar changed."""
        self.flush()
        self._reader.settings = settings(self.connection)
        register(self.connection, self.zone, self.settings.calendar)
        self.touch("deal", paused_deals(self._reader))

    def touch(self, about: str, numbers: Iterable[int]) -> None:
        """Have these deals, or contacts, brought up to date: what their facts mean has changed.

        Of a member nothing is kept that follows from facts.
        """
        if about in self._changed:
            self._changed[about].update(numbers)

    def insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Put many new plain rows, numbered already, into a table at once."""
        if rows:
            insert_rows(
                self.connection, table, rows[0], [(*map(row.__getitem__, rows[0]),) for row in rows]
            )

    def retract(
        self, table: str, ids: Iterable[int], about: Iterable[int], *, as_if_never: bool = False
    ) -> None:
        """Take back facts of a table about these deals, from now on, or as if never known."""
        self.flush()
        at = "recorded_at" if as_if_never else ":now"
        self.connection.execute(
            f"UPDATE {table} SET retracted_at = {at}, retracted_by = :operation"
            " WHERE id IN (SELECT value FROM json_each(:ids))",
            {
                "now": seconds(self.now),
                "operation": self.operation_id,
                "ids": json.dumps(list(ids)),
            },
        )
        self.touch(about_of(table), about)

    def settle(self) -> None:
        """Bring the deals and contacts that were changed so far up to date with their facts."""
        self.flush()
        for about, changed in self._changed.items():
            if changed:
                self.connection.execute(STORES[about], {"ids": json.dumps(sorted(changed))})
                changed.clear()


@contextmanager
def changing(path: Path, signature: Signature, call: Call = NOBODY) -> Iterator[Work]:
    """Open one operation on the file at `path`; commit at the end, undo everything on an error."""
    ready(path, call)
    with in_line(path, call), _operation(path, signature, call) as work:
        yield work


class _Connection(sqlite3.Connection):
    """A connection whose transaction is the operation's, to be ended by nobody else."""

    def rollback(self) -> None:
        """Do nothing: whoever borrows the connection may neither commit nor take back.

        So after a flush that failed there is no going on: the operation ends with the error.
        """

    def commit(self) -> None:
        """Do nothing."""


@contextmanager
def _operation(path: Path, signature: Signature, call: Call) -> Iterator[Work]:
    with telling(path):
        connection = connect(path, kind=_Connection)
    work = None
    try:
        connection.execute("PRAGMA foreign_keys=ON")
        patiently(lambda: connection.execute("PRAGMA synchronous=EXTRA"), path, call)
        patiently(lambda: connection.execute("BEGIN IMMEDIATE"), path, call)
        sound_if_small(connection, path)
        work = _begin(connection, path, signature)
        yield work
        work.settle()
        if work.kept:
            _refuse_if_overtaken(work, signature.seen)
            said = (work.summary, work.operation_id)
            connection.execute("UPDATE operation SET summary = ? WHERE id = ?", said)
            patiently(lambda: connection.execute("COMMIT"), path, call)
    except Exception as error:
        connection.close()
        complaint = error if isinstance(error, sqlite3.Error) else getattr(error, "orig", None)
        if isinstance(complaint, sqlite3.Error):
            raise _told(complaint, path, work, signature) from error
        if isinstance(error, SENSELESS) and of_the_file(error):
            raise senseless(error, path) from error
        raise
    finally:
        connection.close()


def _told(error: sqlite3.Error, path: Path, work: Work | None, signature: Signature) -> FunnelError:
    """Return the failure that SQLite's complaint amounts to.

    A commit that fails at its very end, as when the disk will not confirm that the journal is
    gone, is in the file all the same: the file itself is asked.
    """
    told = translated(error, path)
    if work is None or type(told) is not Failed:
        return told
    try:
        with closing(connect(path, "ro")) as fresh:
            found = fresh.execute(
                "SELECT 1 FROM operation WHERE (id, entered_at, command, summary) = (?, ?, ?, ?)",
                (work.operation_id, seconds(work.now), signature.command, work.summary),
            ).fetchone()
    except sqlite3.Error:
        message = said(
            "{path} could not be written ({error}); funnelcli history tells what is in it.",
            path=path,
            error=error,
        )
        return Failed(message)
    if found is None:
        return told
    message = said(
        "The change is in {path}, but the disk did not confirm it ({error}); "
        "see funnelcli history before saying it again.",
        path=path,
        error=error,
    )
    return Failed(message)


def _refuse_if_overtaken(work: Work, seen: int | None) -> None:
    """Raise Refused if somebody changed what this operation changes after its command began."""
    if seen is None or work.operation_id == seen + 1:
        return
    reader, number = work.reading, work.operation_id
    found = collision(reader, number, seen, restored=True)
    if found is None:
        return
    other = next(history(reader, operation=found.later))
    message = said(
        "While you were setting the {thing} to {ours}, {person} set it to {theirs}; "
        "nothing of yours was written: look, and say it again.",
        thing=found.called(reader),
        ours=_spoken(found.ours),
        person=other.by,
        theirs=_spoken(found.theirs),
    )
    raise Refused(message)


def _spoken(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return said(", ").join(value) if isinstance(value, list) else str(value or said("nothing"))


def _begin(connection: sqlite3.Connection, path: Path, signature: Signature) -> Work:
    check(connection, path)
    said = settings(connection)
    zone = ZoneInfo(said.timezone)
    register(connection, zone, said.calendar)
    reader = Reader(connection, said, Moment(signature.now, zone))
    by = find_signer(reader, signature.person, signature.login)
    begun = connection.execute(
        "INSERT INTO operation (entered_at, by_id, command, summary) VALUES (?, ?, ?, '')",
        (seconds(signature.now), by.id, signature.command),
    )
    return Work(connection, begun.lastrowid or 0, signature.now, by, reader)
