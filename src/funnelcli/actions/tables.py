"""A CSV table that came from elsewhere: opened, decoded, its header checked, its faults kept."""

from __future__ import annotations

import csv
import gzip
import io
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from funnelcli.domain.text import unguarded
from funnelcli.errors import Failed, FunnelError, NotFound, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.mapping import Mapping

SHOWN = 10
"""Faults that are told one by one."""
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Fault:
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
        listed = "\n".join(f"  {fault}" for fault in self.found[:SHOWN])
        more = len(self.found) - SHOWN
        rest = f"\n  and {more:,} more" if more > 0 else ""
        count = "1 fault" if len(self.found) == 1 else f"{len(self.found):,} faults"
        message = f"Nothing was imported, {count}:\n{listed}{rest}"
        raise BadTable(message, first)


class BadTable(FunnelError):
    """A table with faults; told line by line, with the exit code of the first fault."""

    def __init__(self, message: str, first: FunnelError) -> None:
        """Take the exit code from the first fault."""
        super().__init__(message)
        self.exit_code = first.exit_code


@contextmanager
def opened(
    file: str, required: frozenset[str], known: frozenset[str], mapping: Mapping | None = None
) -> Iterator[Iterator[tuple[int, dict[str, str]]]]:
    """Yield the rows of a CSV file, plain or gz, numbered as lines of a spreadsheet.

    Cells come as they were typed, less the guard against formulas. Raises UsageFault for a header
    without the `required` columns, or with one that is not `known`.
    """
    stream = _stream(file)
    try:
        reader = csv.DictReader(stream, strict=True)
        with _telling(file):
            header = [name.strip() for name in reader.fieldnames or []]
        reader.fieldnames = header
        if mapping is not None:
            _check_header(file, header, mapping.needs, frozenset(header))
        else:
            _check_header(file, header, required, known)
        yield _rows(file, reader, mapping)
    finally:
        stream.close()


def _check_header(
    file: str, header: list[str], required: frozenset[str], known: frozenset[str]
) -> None:
    missing = sorted(required - set(header))
    if missing:
        message = f"{file!r} has no column {missing[0]!r}; its header is {','.join(header)}."
        raise UsageFault(message)
    strange = [name for name in header if name not in known]
    if strange:
        message = f"{file!r} has the unknown column {strange[0]!r}; known are {_listed(known)}."
        raise UsageFault(message)
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        message = f"{file!r} has the column {twice[0]!r} twice."
        raise UsageFault(message)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _stream(file: str) -> io.TextIOWrapper:
    try:
        raw = sys.stdin.buffer if file == "-" else Path(file).open("rb")  # noqa: SIM115
    except FileNotFoundError as error:
        message = f"There is no file {file!r}."
        raise NotFound(message) from error
    except OSError as error:
        message = f"{file!r} cannot be read ({error.strerror})."
        raise Failed(message) from error
    buffered = io.BufferedReader(raw)  # type: ignore[type-var]
    packed = buffered.peek(2)[:2] == _GZIP
    plain = gzip.GzipFile(fileobj=buffered) if packed else buffered
    return io.TextIOWrapper(plain, encoding="utf-8-sig", newline="")


def _rows(
    file: str, reader: csv.DictReader[str], mapping: Mapping | None
) -> Iterator[tuple[int, dict[str, str]]]:
    with _telling(file):
        for number, row in enumerate(reader, 2):
            if None in row:
                message = f"Row {number} of {file!r} has more cells than the header."
                raise UsageFault(message)
            cells = {name: unguarded(value or "").strip() for name, value in row.items()}
            yield number, cells if mapping is None else mapping.apply(cells)


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
    except (EOFError, gzip.BadGzipFile) as error:
        message = f"{file!r} is cut short or damaged ({error})."
        raise Failed(message) from error
