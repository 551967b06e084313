"""The first sheet of an XLSX workbook as records of text; needs the extra `funnelcli[xlsx]`."""

from __future__ import annotations

import zlib
from datetime import date, datetime, time
from typing import IO, TYPE_CHECKING, Any
from zipfile import BadZipFile

from funnelcli.actions.sources import Record, Unsound
from funnelcli.errors import Failed, UsageFault
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; the others it has made up."""
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


def records(raw: IO[bytes], file: str) -> Iterator[Record]:
    """Yield the rows of the first sheet; one with a number that was rounded is its fault.

    Raises Failed without the extra, UsageFault for a file that is no workbook.
    """
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  an extra
    except ImportError as error:
        message = said(
            "{file!r} is a workbook, which takes: pip install 'funnelcli[xlsx]'", file=file
        )
        raise Failed(message) from error
    try:
        sheet = load_workbook(raw, read_only=True, data_only=True).worksheets[0]
        sheet.reset_dimensions()  # what a workbook says of its own size is often out of date
        for cells in sheet.iter_rows(values_only=True):
            yield _record(cells)
    except (
        BadZipFile,
        LookupError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
        zlib.error,
    ) as error:
        message = said(
            "{file!r} is no workbook that can be read ({error}); save it as XLSX or CSV.",
            file=file,
            error=error,
        )
        raise UsageFault(message) from error


def _record(cells: tuple[Any, ...]) -> Record:
    found, wrong = [], None
    for place, cell in enumerate(cells):
        text = _text(cell)
        found.append(text)
        wrong = wrong or _fault(place, cell, text)
    while found and not found[-1]:
        found.pop()
    return found if wrong is None else Unsound(found, *wrong)


def _fault(place: int, cell: Any, text: str) -> tuple[int, UsageFault] | None:
    """Return where a cell is that says something else than was meant, and what is wrong."""
    if isinstance(cell, int | float) and abs(cell) >= _EXACT:
        message = said(
            "{number} is a number of more than 15 digits, which a spreadsheet rounds; "
            "keep the column as text.",
            number=text,
        )
        return place, UsageFault(message)
    if text in _ERRORS:
        message = said("{error} is an error of the spreadsheet's.", error=text)
        return place, UsageFault(message)
    return None


def _text(cell: Any) -> str:
    """Return a cell as CSV would have it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return f"{cell:.0f}" if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        day = cell.time() == time()
        return cell.date().isoformat() if day else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
