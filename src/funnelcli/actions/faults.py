"""What is wrong with a table's rows: told by row and column, or written down to be mended."""

from __future__ import annotations

import csv
import re
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from funnelcli.actions.sources import STDIN
from funnelcli.actions.tables import FAULT
from funnelcli.domain.text import guarded
from funnelcli.errors import Failed, FunnelError, Refused
from funnelcli.store.backup import lay
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funnelcli.actions.tables import Row, Table

SHOWN = 10
"""Faults that are told one by one."""
KEPT = 10_000
"""Faults that are kept to be told in the order of their rows."""
_TOLD = 300
"""Characters of a fault that are told at most."""


class Fault(NamedTuple):
    """What is wrong with one cell, or with one row if `column` is empty."""

    row: int
    column: str
    error: FunnelError

    def __str__(self) -> str:
        """Tell where and what."""
        if self.column:
            return said(
                "row {row}, {column}: {what}", row=self.row, column=self.column, what=self.what
            )
        return said("row {row}: {what}", row=self.row, what=self.what)

    @property
    def what(self) -> str:
        """What is wrong; of a very long sentence the beginning and the end."""
        text = str(self.error)
        half = _TOLD // 2
        return text if len(text) <= _TOLD else f"{text[:half]} … {text[-half:]}"


class BadTable(FunnelError):
    """A table with faults; told line by line, with the exit code of the first fault."""

    def __init__(self, message: str, first: FunnelError, listed: tuple[str, ...]) -> None:
        """Take the exit code from the first fault."""
        super().__init__(message)
        self.exit_code = first.exit_code
        self.lines = listed


@dataclass
class Faults:
    """The faults of a table found so far; their rows go to `rejects`, if they may be left out."""

    table: Table
    rejects: Rejects | None = None
    kept: list[Fault] = field(default_factory=list)
    count: int = 0

    @property
    def fatal(self) -> bool:
        """Whether nothing of the table can be imported any more."""
        return self.count > 0 and self.rejects is None

    @contextmanager
    def at(self, row: Row, column: str = "") -> Iterator[None]:
        """Keep what fails within as a fault of this cell."""
        try:
            yield
        except FunnelError as error:
            self.add(row, error, column)

    def add(self, row: Row, error: FunnelError, column: str = "") -> None:
        """Keep a fault of a cell, or of a row as a whole."""
        fault = Fault(row.number, self.table.called(column or row.column), error)
        self.count += 1
        if len(self.kept) < KEPT:
            self.kept.append(fault)
        if self.rejects is not None:
            self.rejects.add(row, f"{fault.column}: {fault.what}" if fault.column else fault.what)

    @property
    def first(self) -> list[Fault]:
        """The first faults in the order of their rows."""
        return sorted(self.kept, key=lambda fault: fault.row)[:SHOWN]

    @property
    def listed(self) -> tuple[str, ...]:
        """The first faults, a line each, and how many more there are."""
        more = self.count - min(self.count, SHOWN)
        rest = ["  " + said("and {n} more", n=f"{more:,}")] if more > 0 else []
        return (*(f"  {fault}" for fault in self.first), *rest)

    def raise_if_fatal(self, preview: Iterable[str] = ()) -> None:
        """Raise one error that tells the faults, with the exit code of the first, and a preview."""
        if self.fatal:
            message = plural(
                self.count, "Nothing was imported, {n} fault:", "Nothing was imported, {n} faults:"
            )
            shown = (f"  {line}" for line in preview)
            raise BadTable(message, self.first[0].error, (*self.listed, *shown))


class Rejects:
    """The rows that were left out, as their table had them, each with what is wrong with it.

    They are written beside the table, in its order but for what is found long after.
    """

    def __init__(self, table: Table) -> None:
        """Begin without any; the file is made when there is one."""
        self.count = 0
        self.path: Path | None = None
        self._table = table
        self._pending: dict[int, tuple[Row, list[str]]] = {}
        self._held = ExitStack()
        self._draft: IO[str] | None = None

    def add(self, row: Row, what: str) -> None:
        """Have a row left out; several things may be wrong with one, found one after the other."""
        if row.number not in self._pending:
            self.count += len(row.records)
            if len(self._pending) >= KEPT:
                self._write(KEPT // 2)
        self._pending.setdefault(row.number, (row, []))[1].append(what)

    def _write(self, most: int) -> None:
        """Write the rows with the lowest numbers."""
        table = self._table
        kept = [place for place, name in enumerate(table.header) if name != FAULT]
        with self._telling():
            if self._draft is None:
                self._draft = self._begun([*(table.header[place] for place in kept), FAULT])
            lines = csv.writer(self._draft, delimiter=table.source.delimiter, lineterminator="\n")
            for number in sorted(self._pending)[:most]:
                row, wrong = self._pending.pop(number)
                for record in row.records:
                    cells = [record[place] if place < len(record) else "" for place in kept]
                    cells += filter(None, record[len(table.header) :])
                    if table.source.book:
                        cells = list(map(guarded, cells))
                    lines.writerow([*cells, guarded(" ".join(dict.fromkeys(wrong)))])

    def _begun(self, header: list[str]) -> IO[str]:
        draft = partial(tempfile.NamedTemporaryFile, "w", encoding="utf-8-sig", newline="")
        begun = self._held.enter_context(
            draft(dir=self._place.parent, prefix=".bad-", delete=False)
        )
        self._held.callback(Path(begun.name).unlink, missing_ok=True)
        delimiter = self._table.source.delimiter
        csv.writer(begun, delimiter=delimiter, lineterminator="\n").writerow(header)
        return begun

    @property
    def _place(self) -> Path:
        file = self._table.file
        return Path("stdin") if file == STDIN else Path(file)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = said(
                "The bad rows cannot be written beside {table!r} ({error}); nothing was imported.",
                table=str(self._place),
                error=error.strerror,
            )
            raise Failed(message) from error

    def lay(self) -> None:
        """Put the file in its place, under the first name that is free."""
        if self._pending:
            self._write(len(self._pending))
        if self._draft is None:
            return
        with self._telling():
            self._draft.flush()
        name = re.sub(r"(\.(gz|csv|tsv|txt|xlsx|bad(-\d+)?))*$", "", self._place.name)
        for number in count(1):
            numbered = f"-{number}" if number > 1 else ""
            path = self._place.with_name(f"{name}.bad{numbered}.csv")
            if not path.exists():
                with suppress(Refused):  # somebody else was first
                    lay(Path(self._draft.name), path)
                    self.path = path
                    return

    def close(self, *, wanted: bool) -> None:
        """Let go of the draft, and of the file too if it is not wanted."""
        self._held.close()
        if not wanted and self.path is not None:
            self.path.unlink(missing_ok=True)
