"""A CSV table that came from elsewhere: opened, decoded, its header checked, its faults kept."""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.mapping import preset as preset_named
from funnelcli.domain.text import LONGEST, unguarded
from funnelcli.errors import Failed, FunnelError, NotFound, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.mapping import Mapping

SHOWN = 10
"""Faults that are told one by one."""
_GZIP = b"\x1f\x8b"
_OURS = {"opportunity": "deal"}
"""What a header may call our columns."""


class Header(NamedTuple):
    """The columns that a table must have, and those that it may."""

    required: frozenset[str]
    known: frozenset[str]


class Fault(NamedTuple):
    """What is wrong with one cell, or with one row if `column` is empty."""

    row: int
    column: str
    error: FunnelError

    def __str__(self) -> str:
        """Tell where and what."""
        where = f"row {self.row}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.error}"


@dataclass
class Faults:
    """The faults found so far."""

    found: list[Fault] = field(default_factory=list)

    @contextmanager
    def at(self, row: int, column: str = "") -> Iterator[None]:
        """Keep what fails within as a fault of this cell."""
        try:
            yield
        except FunnelError as error:
            self.found.append(Fault(row, column, error))

    def raise_if_any(self) -> None:
        """Raise one error that tells the faults, with the exit code of the first."""
        if not self.found:
            return
        first = self.found[0].error
        listed = [f"  {fault}" for fault in self.found[:SHOWN]]
        more = len(self.found) - SHOWN
        rest = [f"  and {more:,} more"] if more > 0 else []
        count = "1 fault" if len(self.found) == 1 else f"{len(self.found):,} faults"
        message = f"Nothing was imported, {count}:"
        raise BadTable(message, first, (*listed, *rest))


class BadTable(FunnelError):
    """A table with faults; told line by line, with the exit code of the first fault."""

    def __init__(self, message: str, first: FunnelError, listed: tuple[str, ...]) -> None:
        """Take the exit code from the first fault."""
        super().__init__(message)
        self.exit_code = first.exit_code
        self.lines = listed


@contextmanager
def opened(
    file: str, header: Header, preset: str | None = None
) -> Iterator[Iterator[tuple[int, dict[str, str]]]]:
    """Yield the rows of a CSV file, plain or gz, numbered as lines of a spreadsheet.

    Cells come as they were typed, less the guard against formulas; with a `preset`, turned into
    ours. Raises UsageFault for a header that does not fit.
    """
    mapping = None if preset is None else preset_named(preset)
    csv.field_size_limit(LONGEST)
    with ExitStack() as held:
        records = csv.reader(stream(file, held), strict=True)
        with _telling(file):
            names = [_OURS.get(name.strip(), name.strip()) for name in next(records, [])]
        fitting = header if mapping is None else Header(mapping.needs, frozenset(names))
        _check_header(file, names, fitting)
        yield _rows(file, names, records, mapping)


def _check_header(file: str, names: list[str], header: Header) -> None:
    if not names:
        message = f"{file!r} is empty: it has no header, and so no column {min(header.required)!r}."
        raise UsageFault(message)
    missing = sorted(header.required - set(names))
    if missing:
        message = f"{file!r} has no column {missing[0]!r}; its header is {','.join(names)}."
        raise UsageFault(message)
    strange = [name for name in names if name not in header.known]
    if strange:
        listed = ", ".join(sorted(header.known))
        message = f"{file!r} has the unknown column {strange[0]!r}; known are {listed}."
        raise UsageFault(message)
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        message = f"{file!r} has the column {twice[0]!r} twice."
        raise UsageFault(message)


def stream(file: str, held: ExitStack) -> io.TextIOWrapper:
    """Open a file, plain or gz, or stdin for `-`, as UTF-8 text; `held` closes it in the end."""
    try:
        raw = sys.stdin.buffer if file == "-" else io.FileIO(file)
    except FileNotFoundError as error:
        message = f"There is no file {file!r}."
        raise NotFound(message) from error
    except OSError as error:
        message = f"{file!r} cannot be read ({error.strerror})."
        raise Failed(message) from error
    raw = io.BufferedReader(raw)
    held.callback(raw.detach if file == "-" else raw.close)
    packed = raw.peek(2)[:2] == _GZIP
    plain = gzip.GzipFile(fileobj=raw) if packed else raw
    text = io.TextIOWrapper(plain, encoding="utf-8-sig", newline="")
    held.callback(text.detach)
    return text


def _rows(
    file: str, names: list[str], records: Iterator[list[str]], mapping: Mapping | None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the records that are not blank; a short one lacks its last cells."""
    with _telling(file):
        for number, record in enumerate(records, 2):
            if len(record) > len(names):
                message = f"Row {number} of {file!r} has more cells than the header."
                raise UsageFault(message)
            if any(record):
                cells = {
                    name: unguarded(cell).strip() for name, cell in zip(names, record, strict=False)
                }
                row = {name: cells.get(name, "") for name in names}
                yield number, row if mapping is None else mapping.apply(row)


@contextmanager
def _telling(file: str) -> Iterator[None]:
    """Turn what is wrong with the file's bytes into a sentence."""
    try:
        yield
    except UnicodeDecodeError as error:
        message = f"{file!r} is not UTF-8 text ({error.reason}); save it as UTF-8."
        raise UsageFault(message) from error
    except csv.Error as error:
        message = f"{file!r} is not a CSV table ({error})."
        raise UsageFault(message) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        message = f"{file!r} is cut short or damaged ({error})."
        raise Failed(message) from error
