"""The bytes of a table that came from elsewhere: unpacked, decoded, cut into records.

A source can be read more than once; what was typed or piped in is kept in a nameless file.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import os
import re
import shutil
import sys
import tempfile
import zlib
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, TextIO, TypeAlias

from funnelcli.errors import Failed, FunnelError, NotFound, Refused, UsageFault
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

STDIN = "-"
_GZIP, _ZIP, _OLD_BOOK = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""What a text begins with that tells its encoding; UTF-32 goes before UTF-16, which it contains."""
CUT = (EOFError, gzip.BadGzipFile, zlib.error)
"""How a packed file says that it is no whole one."""
_DELIMITERS = ",;\t"
_CELL = 4 * 2**20
"""Characters of the longest cell that is still told by its row; a longer one swallowed the table by
a quote that is never closed."""
_SAMPLE = 2**16


class Unsound(NamedTuple):
    """A row of which one cell cannot be had as it was meant: the place of it, and why."""

    cells: list[str]
    place: int
    error: FunnelError


Record: TypeAlias = "list[str] | Unsound"
"""The cells of a row."""


@dataclass
class Source:
    """An open table; `file` is what the user called it."""

    file: str
    descriptor: int
    packed: bool
    book: bool
    encoding: str
    _as_it_was: tuple[int, int]
    delimiter: str = ","

    def records(self) -> Iterator[Record]:
        """Yield the records from the first on, the header."""
        with _telling(self.file, self.encoding):
            if self.book:
                from funnelcli.actions.workbook import records  # noqa: PLC0415  an extra

                with self._raw() as raw:
                    yield from records(raw, self.file)
                return
            self.delimiter, told = self._delimiter()
            csv.field_size_limit(_CELL)
            with self.text() as text:
                if told:
                    text.readline()
                yield from csv.reader(text, strict=True, delimiter=self.delimiter)

    @contextmanager
    def text(self) -> Iterator[TextIO]:
        """Give the text from the first character on."""
        with self._plain() as plain:
            text = io.TextIOWrapper(plain, encoding=self.encoding, newline="")
            try:
                yield text
            finally:
                text.detach()

    def _raw(self) -> IO[bytes]:
        """Return the bytes from the first on; whoever reads closes them, and the file stays."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        return os.fdopen(os.dup(self.descriptor), "rb")

    @contextmanager
    def _plain(self) -> Iterator[IO[bytes]]:
        with self._raw() as raw:
            yield gzip.GzipFile(fileobj=raw) if self.packed else raw  # type: ignore[misc]

    def _delimiter(self) -> tuple[str, bool]:
        """Return the sign between cells, and whether a first line tells it, as Excel has it.

        Else it is the one that cuts the header into most cells.
        """
        with self._plain() as plain:
            head = plain.read(_SAMPLE)
        text = codecs.getincrementaldecoder(self.encoding)().decode(head)
        told = re.match(r"sep=(.)\r?\n", text)
        if told:
            return told[1], True
        counted = {sign: _cells(text, sign) for sign in _DELIMITERS}
        return max(_DELIMITERS, key=lambda sign: counted[sign]), False

    @property
    def share(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        size = self._as_it_was[0]
        return os.lseek(self.descriptor, 0, os.SEEK_CUR) / size if size else 1.0

    def require_unchanged(self) -> None:
        """Raise Refused if somebody wrote to the file since it was opened."""
        if _state(self.descriptor) != self._as_it_was:
            message = said(
                "{file!r} was changed while it was read; import it again.", file=self.file
            )
            raise Refused(message)


def _cells(text: str, sign: str) -> int:
    try:
        return len(next(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=sign), []))
    except csv.Error:
        return 0


def _state(descriptor: int) -> tuple[int, int]:
    state = os.fstat(descriptor)
    return state.st_size, state.st_mtime_ns


@contextmanager
def opened(file: str, encoding: str | None) -> Iterator[Source]:
    """Open a file, or standard input, as a table; raises NotFound, Failed or UsageFault."""
    with ExitStack() as held:
        raw = _raw(file, held)
        raw.seek(0)
        head = raw.read(4)
        packed = head[:2] == _GZIP
        if packed:
            with suppress(*CUT):  # whoever reads on is told
                raw.seek(0)
                head = gzip.GzipFile(fileobj=raw).read(4)
        marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "utf-8")
        used = _known(encoding) if encoding and marked == "utf-8" else marked
        if head == _OLD_BOOK:
            message = said(
                "{file!r} is a workbook of an old Excel; save it as XLSX or CSV.", file=file
            )
            raise UsageFault(message)
        yield Source(file, raw.fileno(), packed, head == _ZIP, used, _state(raw.fileno()))


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
    except LookupError:
        found = None
    if found is None or not found._is_text_encoding:  # noqa: SLF001  as io.TextIOWrapper asks
        message = said(
            "{encoding!r} is no encoding that is known; try gbk, big5 or cp1252.",
            encoding=encoding,
        )
        raise UsageFault(message)
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _raw(file: str, held: ExitStack) -> IO[bytes]:
    try:
        if file == STDIN:
            if sys.stdin is None:
                message = said("There is no standard input.")
                raise Failed(message)
            return _spooled(sys.stdin.buffer, held)
        raw = held.enter_context(Path(file).open("rb"))  # noqa: SIM115  the stack closes it
        return raw if raw.seekable() else _spooled(raw, held)
    except FileNotFoundError as error:
        message = said("There is no file {file!r}.", file=file)
        raise NotFound(message) from error
    except OSError as error:
        message = said("{file!r} cannot be read ({error}).", file=file, error=error.strerror)
        raise Failed(message) from error


def _spooled(raw: IO[bytes], held: ExitStack) -> IO[bytes]:
    """Return what comes once as a nameless file that can be read again."""
    spool = held.enter_context(tempfile.TemporaryFile(prefix="funnelcli-"))  # noqa: SIM115
    shutil.copyfileobj(raw, spool)
    return spool


@contextmanager
def _telling(file: str, encoding: str) -> Iterator[None]:
    """Turn what is wrong with the file's bytes into a sentence."""
    try:
        yield
    except UnicodeError as error:
        message = said(
            "{file!r} is not {encoding} text ({error}); "
            "name what it is in: --encoding gbk, for example.",
            file=file,
            encoding=_spoken(encoding),
            error=getattr(error, "reason", error),
        )
        raise UsageFault(message) from error
    except csv.Error as error:
        message = said("{file!r} is not a CSV table ({error}).", file=file, error=error)
        raise UsageFault(message) from error
    except CUT as error:
        message = said("{file!r} is cut short or damaged ({error}).", file=file, error=error)
        raise Failed(message) from error
    except OSError as error:
        message = said("{file!r} cannot be read ({error}).", file=file, error=error.strerror)
        raise Failed(message) from error


def _spoken(encoding: str) -> str:
    return "UTF-8" if encoding.startswith("utf-8") else encoding.upper()
