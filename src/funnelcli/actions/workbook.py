"""The first sheet of an XLSX workbook as records of text; needs the extra `funnelcli[xlsx]`."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import IO, TYPE_CHECKING, Any
from zipfile import BadZipFile

from funnelcli.errors import Failed, FunnelError, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.actions.sources import Record

_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; the others it has made up."""


def records(raw: IO[bytes], file: str) -> Iterator[Record]:
    """Yield the rows of the first sheet; one with a number that was rounded is its fault.

    Raises Failed without the extra, UsageFault for a file that is no workbook.
    """
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  an extra
    except ImportError as error:
        message = f"{file!r} is a workbook, which takes: pip install 'funnelcli[xlsx]'"
        raise Failed(message) from error
    try:
        sheet = load_workbook(raw, read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, LookupError, OSError, TypeError, ValueError) as error:
        message = f"{file!r} is no workbook that can be read ({error}); save it as XLSX or CSV."
        raise UsageFault(message) from error
    for cells in sheet.iter_rows(values_only=True):
        yield _record(cells)


def _record(cells: tuple[Any, ...]) -> list[str] | FunnelError:
    try:
        found = [_text(cell) for cell in cells]
    except FunnelError as error:
        return error
    while found and not found[-1]:
        found.pop()
    return found


def _text(cell: Any) -> str:
    """Return a cell as CSV would have it; raises UsageFault for a number that was rounded."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT:
            message = (
                f"{cell:.0f} is a number of more than 15 digits, which a spreadsheet rounds; "
                "keep it as text."
            )
            raise UsageFault(message)
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        day = cell.time() == time()
        return cell.date().isoformat() if day else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
