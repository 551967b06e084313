"""The tables behind a page as an XLSX workbook, a sheet each; needs the extra `funnelcli[xlsx]`.

The same answer gives the same bytes: what a workbook says of its own making is as of the answer.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from funnelcli.domain.money import exponent
from funnelcli.domain.text import inert
from funnelcli.errors import Failed
from funnelcli.views.records import to_json
from funnelcli.views.table import Kind
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funnelcli.views.table import Column, Frame, Table

_FIRST_YEAR = 1900
"""In which the days of a workbook begin; what is earlier stands there as text."""
_LONGEST = 32_767
"""Characters that a cell holds."""
_WIDTHS = {Kind.TEXT: 24, Kind.LIST: 40, Kind.INSTANT: 18, Kind.MONEY: 16}
_OTHERS = 12
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""When every part of a workbook was made, as far as its own container says."""


def write_xlsx(tables: Mapping[str, Table], frame: Frame, out: IO[bytes]) -> None:
    """Write the tables under the keys that machines get; numbers are numbers, dates are dates.

    Raises Failed without the extra.
    """
    try:
        from openpyxl import Workbook  # noqa: PLC0415  an extra
    except ImportError as error:
        message = said("A workbook takes: pip install 'funnelcli[xlsx]'")
        raise Failed(message) from error
    book = Workbook(write_only=True)
    book.properties.creator = "funnelcli"
    made = frame.as_of.astimezone(UTC).replace(tzinfo=None)
    book.properties.created = made
    for name, table in tables.items():
        _fill(book.create_sheet(name), table)
    draft = io.BytesIO()
    book.save(draft)
    _repacked(draft, made, out)


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  an extra
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    columns = table.for_machines
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.kind, _OTHERS)
    heads = [WriteOnlyCell(sheet, column.key) for column in columns]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    tells = [(table.tells(column), _look(column, table.frame)) for column in columns]
    for row in table.rows:
        sheet.append([_cell(sheet, tell(row), look, table.frame) for tell, look in tells])


def _look(column: Column, frame: Frame) -> str:
    """Return how the numbers of a column are shown."""
    if column.kind is Kind.MONEY:
        decimals = exponent(frame.currency)
        return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return "0.0%" if column.kind is Kind.SHARE else "General"


def _cell(sheet: Any, value: Any, look: str, frame: Frame) -> Any:
    """Return what holds a value; text is text, though it may look like a formula."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  an extra

    cell: Any = WriteOnlyCell(sheet)
    match value:
        case None:
            return None
        case bool():
            cell.value = value
        case int() | float() | Decimal():
            cell.value, cell.number_format = value, look
        case datetime() if value.year >= _FIRST_YEAR:
            cell.value = value.astimezone(frame.zone).replace(tzinfo=None)
            cell.number_format = "yyyy-mm-dd hh:mm"
        case date() if value.year >= _FIRST_YEAR:
            cell.value, cell.number_format = value, "yyyy-mm-dd"
        case _:
            text = value if isinstance(value, str) else to_json(value)
            cell.value = inert(text)[:_LONGEST]
            cell.data_type = "s"
    return cell


def _repacked(draft: IO[bytes], made: datetime, out: IO[bytes]) -> None:
    """Write the workbook again without the moment at which that is done."""
    with ZipFile(draft) as source, ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for each in source.infolist():
            content = source.read(each)
            if each.filename == "docProps/core.xml":
                stamp = f"{made:%Y-%m-%dT%H:%M:%SZ}".encode()
                content = re.sub(rb"(?<=>)[\dT:Z-]+(?=</dcterms:modified>)", stamp, content)
            part = ZipInfo(each.filename, _EPOCH)
            part.compress_type = ZIP_DEFLATED
            packed.writestr(part, content)
