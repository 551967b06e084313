"""What is wrong with a table's rows: told by row and column, or written down to be mended."""

from __future__ import annotations

import csv
import os
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from funnelcli.actions.sources import STDIN
from funnelcli.actions.tables import FAULT
from funnelcli.domain.text import guarded, plural
from funnelcli.errors import Failed, FunnelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funnelcli.actions.tables import Row, Table

SHOWN = 10
"""Faults that are told one by one."""
_TOLD = 300
"""Characters of a fault that are told at most."""


class Fault(NamedTuple):
    """What is wrong with one cell, or with one row if `column` is empty."""

    row: int
    column: str
    error: FunnelError

    def __str__(self) -> str:
        """Tell where and what."""
        where = f"row {self.row}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.what}"

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
    """The faults found so far; their rows go to `rejects`, if they may be left out."""

    rejects: Rejects | None = None
    first: list[Fault] = field(default_factory=list)
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
        fault = Fault(row.number, column, error)
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(fault)
        if self.rejects is not None:
            self.rejects.add(row, f"{column}: {fault.what}" if column else fault.what)

    @property
    def listed(self) -> tuple[str, ...]:
        """The first faults, a line each, and how many more there are."""
        more = self.count - len(self.first)
        rest = [f"  and {more:,} more"] if more > 0 else []
        return (*(f"  {fault}" for fault in self.first), *rest)

    def raise_if_fatal(self, preview: Iterable[str] = ()) -> None:
        """Raise one error that tells the faults, with the exit code of the first, and a preview."""
        if self.fatal:
            message = f"Nothing was imported, {plural(self.count, 'fault')}:"
            shown = (f"  {line}" for line in preview)
            raise BadTable(message, self.first[0].error, (*self.listed, *shown))


class Rejects:
    """The rows that were left out, as their table had them, each with what is wrong with it."""

    def __init__(self, table: Table) -> None:
        """Begin without any; the file is made when there is one."""
        self.count = 0
        self.path: Path | None = None
        self._table = table
        self._kept = [place for place, name in enumerate(table.header) if name != FAULT]
        self._row: Row | None = None
        self._said: list[str] = []
        self._held = ExitStack()
        self._out: IO[str] | None = None

    def add(self, row: Row, what: str) -> None:
        """Have a row left out; several things may be wrong with one."""
        if self._row is None or row.number != self._row.number:
            self._write()
            self._row, self.count = row, self.count + max(1, len(row.records))
        self._said.append(what)

    def _write(self) -> None:
        if self._row is None:
            return
        for record in self._row.records:
            cells = [record[place] if place < len(record) else "" for place in self._kept]
            extra = filter(None, record[len(self._table.header) :])
            self._line([*cells, guarded("; ".join(self._said)), *extra])
        self._row, self._said = None, []

    def _line(self, cells: list[str]) -> None:
        if self._out is None:
            names = [self._table.header[place] for place in self._kept]
            self._out = self._draft()
            csv.writer(self._out, lineterminator="\n").writerow([*names, FAULT])
        csv.writer(self._out, lineterminator="\n").writerow(cells)

    @property
    def _place(self) -> Path:
        file = self._table.file
        return Path("stdin") if file == STDIN else Path(file)

    def _draft(self) -> IO[str]:
        draft = partial(tempfile.NamedTemporaryFile, "w", encoding="utf-8", newline="")
        try:
            return self._held.enter_context(draft(dir=self._place.parent, prefix=".bad-"))
        except OSError as error:
            place = str(self._place)
            message = f"The bad rows cannot be written beside {place!r} ({error.strerror})."
            raise Failed(message) from error

    def lay(self) -> None:
        """Put the file in its place, under the first name that is free."""
        self._write()
        if self._out is None:
            return
        self._out.flush()
        os.fsync(self._out.fileno())
        name = self._place.name.removesuffix(".gz").rpartition(".")[0] or self._place.name
        for number in count(1):
            numbered = f"-{number}" if number > 1 else ""
            path = self._place.with_name(f"{name}.bad{numbered}.csv")
            with suppress(FileExistsError):
                os.link(self._out.name, path)
                self.path = path
                return

    def close(self, *, wanted: bool) -> None:
        """Let go of the draft, and of the file too if it is not wanted."""
        self._held.close()
        if not wanted and self.path is not None:
            self.path.unlink(missing_ok=True)
