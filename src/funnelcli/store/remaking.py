"""A file made again of everything that another one told: every row, under its own number.

Uses the standard library's sqlite3 only, since sqlmodel alone takes more memory than all of it. No
value is taken on trust: what the file holds is what a command could have written.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from zoneinfo import ZoneInfo

from funnelcli.domain.text import unwelcome, without_lines
from funnelcli.domain.time import Moment
from funnelcli.errors import FileDamaged, FileTooNew, FileTooOld, FunnelError
from funnelcli.store.drafting import drafting
from funnelcli.store.file import APPLICATION_ID, SCHEMA_VERSION, Call, connect
from funnelcli.store.projection import STORES, register
from funnelcli.store.reading.people import members
from funnelcli.store.reading.process import process
from funnelcli.store.reading.reader import Reader, settings
from funnelcli.store.reading.whole import Field, fields
from funnelcli.store.script import forget
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LAYOUTS = Path(__file__).parent / "layouts"
"""How a file of each schema from 3 on is laid out, as SQLite tells it: `N.sql`."""
CACHE = 8_000
"""Kilobytes of the file that are kept in memory while it is made."""
AT_ONCE = 2_000
"""Deals, or contacts, that are brought up to date at once."""
MANY = 100_000
"""Rows from which on a person is told what takes so long."""
STEPS = 100_000
"""Steps of SQLite's machine after which somebody who wants to stop is heard."""
KINDS = {"INTEGER": int, "BOOLEAN": int, "DATE": str, "VARCHAR": str}
"""What a column's value is in JSON."""
LISTS = {
    "member": ("away", "career"),
    "pipeline": ("playbook",),
    "row_change": ("old", "new"),
    "deal_fact": ("members",),
    "contact_fact": ("career",),
    "brief_mark": ("questions",),
    "backtest_score": ("scores",),
    "statement": ("lines",),
    "stalled_run": ("scope", "findings"),
}
"""The texts that are JSON themselves."""
LINED = {"statement": ("rules",)}
"""The texts that have lines."""
SHOWN = 40
"""Characters of a value that are told."""
_FIRST, _LAST = -62135510400, 253402214400
"""The instants between which every zone has a date."""
_SENSELESS = (FunnelError, ValueError, LookupError, TypeError, AttributeError, sqlite3.Error)


@contextmanager
def remaking(path: Path, schema: int, named: str, call: Call) -> Iterator[Remake]:
    """Make a new file at `path` of tables in this schema, to be filled; it is there at the end.

    `named` is what the user calls what they come from. Raises FileThere, FileTooNew and FileTooOld,
    and FileDamaged for what no file of ours could hold.
    """
    layout = _layout(schema, named)
    with drafting(path, None, call) as draft:
        with closing(_swift(draft.path, call)) as connection:
            made = Remake(connection, layout, named)
            yield made
            made.close(schema)
        if schema < SCHEMA_VERSION:
            from funnelcli.store.upgrade import upgrade  # noqa: PLC0415  rarely needed

            try:
                upgrade(draft.path, call, keeping=False)
            except (FileDamaged, FileTooOld) as error:
                refuse(named, str(error).replace(str(draft.path), said("it")))
        if sum(made.totals.values()) > MANY:
            call.notice(said("All rows are in; working out what they amount to …"))
        with closing(_swift(draft.path, call)) as connection:
            _work_out(connection, named, call)


def _layout(schema: int, named: str) -> list[str]:
    """Return the statements that lay a file of that schema out."""
    if schema > SCHEMA_VERSION:
        message = said(
            "{file!r} was exported by a newer funnelcli; upgrade this one to import it.",
            file=named,
        )
        raise FileTooNew(message)
    laid = LAYOUTS / f"{schema}.sql"
    if not laid.exists():
        message = said(
            "{file!r} says that it is of schema {schema}, of which there was no export.",
            file=named,
            schema=schema,
        )
        raise FileTooOld(message)
    return laid.read_text(encoding="utf-8").strip().removesuffix(";").split(";\n")


def _swift(draft: Path, call: Call) -> sqlite3.Connection:
    """Open a draft and begin, without a journal: nobody sees it before it is whole and synced."""
    connection = connect(draft)
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(f"PRAGMA cache_size=-{CACHE}")
    connection.set_progress_handler(call.heed, STEPS)
    connection.execute("BEGIN")
    return connection


class Remake:
    """A file that is being filled, table by table; `totals` says how many rows each has so far."""

    def __init__(self, connection: sqlite3.Connection, layout: list[str], named: str) -> None:
        self.totals: dict[str, int] = {}
        self._connection = connection
        self._named = named
        self._indexes = [each for each in layout if re.match("CREATE (UNIQUE )?INDEX", each)]
        for statement in layout:
            if statement not in self._indexes:
                connection.execute(statement)
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        self._tables = [name for (name,) in connection.execute(asked)]

    def fill(self, table: str, rows: Iterable[tuple[Any, str]]) -> None:
        """Put rows into a table, each with the JSON that it was read from.

        Raises FileDamaged, naming the first that a file of ours could not hold.
        """
        known = table in self._tables
        if not known or table in self.totals:
            twice, unknown = (
                marked("it has twice the table {table!r}"),
                marked("it has the unknown table {table!r}"),
            )
            self._refuse(twice if known else unknown, table=table)
        told = fields(self._connection, table)
        given = [each for each in told if not each.follows]
        filled = [each for each in told if each.follows and each.needed]
        names = ", ".join(f'"{each.name}"' for each in (*given, *filled))
        values = ", ".join(["?"] * len(given) + ["0"] * len(filled))
        self.totals[table] = 0
        try:
            self._connection.executemany(
                f'INSERT INTO "{table}" ({names}) VALUES ({values})',
                self._checked(table, given, rows),
            )
        except (sqlite3.IntegrityError, OverflowError) as error:
            self._refuse(marked("{row} breaks a rule: {error}"), row=self._row(table), error=error)
        self._check_values(table, given)

    def _checked(
        self, table: str, given: list[Field], rows: Iterable[tuple[Any, str]]
    ) -> Iterator[list[Any]]:
        """Yield the values of each row in the order of the columns."""
        names = [each.name for each in given]
        known: set[tuple[type, ...]] = set()
        lined = [each.name in LINED.get(table, ()) for each in given]
        for number, (row, text) in enumerate(rows, 1):
            self.totals[table] = number
            if not isinstance(row, dict):
                self._refuse(marked("{row} is no object"), row=self._row(table))
            try:
                values = [row[name] for name in names]
            except KeyError as error:
                self._refuse(marked("{row} has no {column}"), row=self._row(table), column=error)
            if len(row) != len(names):
                more = min(set(row).difference(names))
                self._refuse(
                    marked("{row} has the unknown column {column!r}"),
                    row=self._row(table),
                    column=more,
                )
            types = tuple(map(type, values))
            if types not in known:
                self._check_types(table, given, values)
                known.add(types)
            if not text.isascii() or "\\" in text or "\x7f" in text:
                each = zip(values, lined, strict=True)
                whole = (without_lines(v) if free else v for v, free in each if type(v) is str)
                if found := unwelcome("".join(whole)):
                    self._refuse(
                        marked("{row} has the control character {character}"),
                        row=self._row(table),
                        character=f"U+{ord(found):04X}",
                    )
            yield values

    def _check_types(self, table: str, given: list[Field], values: list[Any]) -> None:
        for each, value in zip(given, values, strict=True):
            if each.needed if value is None else type(value) is not KINDS[each.kind]:
                self._refuse(
                    marked("{row} cannot have {value} as {column}"),
                    row=self._row(table),
                    value=json.dumps(value, ensure_ascii=False)[:SHOWN],
                    column=each.name,
                )

    def _check_values(self, table: str, given: list[Field]) -> None:
        """Look for a value of the right kind that none of ours has, in all rows at once."""
        wrong = [(rule, each.name) for each in given for rule in _rules(table, each)]
        if not wrong:
            return
        cases = " ".join(f"WHEN {rule} THEN '{name}'" for rule, name in wrong)
        asked = f'SELECT rowid, CASE {cases} END AS wrong FROM "{table}" WHERE wrong IS NOT NULL'
        found = self._connection.execute(asked).fetchone()
        if found is not None:
            self._refuse(
                marked("number {n} of {table} makes no sense in {column}"),
                n=found[0],
                table=table,
                column=found[1],
            )

    def close(self, schema: int) -> None:
        """Make sure that nothing is missing, and make the file one of that schema."""
        for table in self._tables:
            if table not in self.totals:
                self._refuse(marked("it lacks the table {table!r}"), table=table)
        try:
            for statement in self._indexes:
                self._connection.execute(statement)
        except sqlite3.IntegrityError as error:
            self._refuse(marked("it breaks a rule: {error}"), error=error)
        stray = self._connection.execute("PRAGMA foreign_key_check").fetchone()
        if stray is not None:
            table, number, other, _ = stray
            self._refuse(
                marked("number {n} of {table} refers to no {other} that is there"),
                n=number,
                table=table,
                other=other,
            )
        self._connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        self._connection.execute(f"PRAGMA user_version={schema}")
        self._connection.execute("COMMIT")

    def _row(self, table: str) -> str:
        return said("row {row} of {table}", row=f"{self.totals[table]:,}", table=table)

    def _refuse(self, what: str, **values: object) -> NoReturn:
        refuse(self._named, said(what, **values))


def refuse(named: str, what: str) -> NoReturn:
    """Raise FileDamaged, saying what no export has."""
    message = said(
        "{file!r} is not as export --all wrote it: {what}; nothing was made of it.",
        file=named,
        what=what,
    )
    raise FileDamaged(message)


def _rules(table: str, field: Field) -> Iterator[str]:
    """Yield, as SQL, what no value of the column is."""
    named = f'"{field.name}"'
    if field.kind == "BOOLEAN":
        yield f"{named} NOT IN (0, 1)"
    elif field.kind == "DATE":
        yield f"date({named}, '+0 days') IS NOT {named} OR {named} < '0001-01-01'"
    elif field.kind == "INTEGER" and field.name.endswith(("at", "as_of")):
        yield f"{named} NOT BETWEEN {_FIRST} AND {_LAST}"
    elif field.name == "id":
        yield f"{named} < 1"
    elif field.name in ("name", "title", "text", "period", "rules"):
        yield f"{named} = ''"
    elif field.name in LISTS.get(table, ()):
        yield f"{named} IS NOT NULL AND NOT json_valid({named})"


def _work_out(connection: sqlite3.Connection, named: str, call: Call) -> None:
    """Work out what the facts of every deal and contact amount to, and read what all questions do.

    Raises FileDamaged where that cannot be done.
    """
    try:
        found = settings(connection)
        zone = ZoneInfo(found.timezone)
        register(connection, zone, found.calendar)
        reader = Reader(connection, found, Moment(call.at, zone))
        process(reader).pipeline(None)
        team = members(reader)
        for about, statement in STORES.items():
            for numbers in _numbers(connection, about):
                call.heed()
                connection.execute(statement, {"ids": json.dumps(numbers)})
                forget()
    except _SENSELESS as error:
        call.heed()
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR:
            raise  # the disk's complaint, not that of what is in the file
        refuse(named, re.split("[;；]", str(error))[0])
    if not any(member.manager for member in team):
        refuse(named, said("it has no manager"))
    connection.execute("COMMIT")


def _numbers(connection: sqlite3.Connection, table: str) -> Iterator[list[int]]:
    """Yield the numbers of all rows, some at once."""
    asked = f"SELECT id FROM {table} WHERE id > ? ORDER BY id LIMIT {AT_ONCE}"
    last = 0
    while found := [number for (number,) in connection.execute(asked, (last,))]:
        yield found
        last = found[-1]
