"""JSON, CSV and lists of ids: for machines, streamed row by row."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import REPLACED, guarded, inert
from funnelcli.domain.time import iso

if TYPE_CHECKING:
    from _csv import Writer
    from collections.abc import Iterable, Mapping
    from typing import TextIO

    from funnelcli.views.table import Table


def to_json(value: Any) -> str:
    """Return the value as JSON; a Decimal is written exactly, a date or an instant as ISO 8601."""
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f'"{iso(value)}"'
        case date():
            return f'"{value.isoformat()}"'
        case dict():
            pairs = (f"{json.dumps(key)}: {to_json(each)}" for key, each in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(to_json, value)) + "]"
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else "".join(map(_escaped, text))


def _line(record: Mapping[str, Any], out: TextIO) -> str:
    """Return the record as JSON in characters that the stream can carry."""
    return carried(to_json(record), out)


def carried(text: str, out: TextIO) -> str:
    """Return JSON in characters that the stream can carry."""
    if text.isascii() or not getattr(out, "encoding", None):
        return text
    try:
        text.encode(out.encoding)
    except UnicodeEncodeError:
        return re.sub(r"[^\x00-\x7f]", lambda m: json.dumps(m[0])[1:-1], text)
    return text


def _escaped(char: str) -> str:
    """Return a character that could command a terminal as JSON's escape for it."""
    return f"\\u{ord(char):04x}" if inert(char) == REPLACED else char


def write_json(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write the envelope, one row a line."""
    frame = table.frame
    out.write(
        f'{{"schema": {to_json(frame.schema)}, "as_of": {to_json(frame.as_of)}, '
        f'"currency": {to_json(frame.currency)}, "rows": ['
    )
    separator = "\n"
    for record in _records(table, rows):
        out.write(separator + _line(record, out))
        separator = ",\n"
    end = "\n" if separator != "\n" else ""
    out.write(
        f'{end}], "totals": {to_json(dict(table.totals))}, "notes": {to_json(frame.notes)}}}\n'
    )


def write_ndjson(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write the rows alone, one JSON object a line."""
    out.writelines(_line(record, out) + "\n" for record in _records(table, rows))


def write_csv(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write CSV with the keys as header; no cell can be taken for a formula."""
    _write_separated(table, rows, csv.writer(out, lineterminator="\n"))


def write_tsv(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write the same, separated by tabs."""
    _write_separated(table, rows, csv.writer(out, "excel-tab", lineterminator="\n"))


def _write_separated(table: Table, rows: Iterable[Any], writer: Writer) -> None:
    shown = table.for_machines
    writer.writerow([column.key for column in shown])
    writer.writerows([_cell(table.value(row, column)) for column in shown] for row in rows)


def write_ids(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write one id a line, for xargs."""
    column = next(each for each in table.columns if each.key == table.id_key)
    values = (table.value(row, column) for row in rows)
    out.writelines(f"{_id(value)}\n" for value in values if value is not None)


def _id(value: Any) -> str:
    return iso(value) if isinstance(value, datetime) else inert(str(value))


def _records(table: Table, rows: Iterable[Any]) -> Iterable[Mapping[str, Any]]:
    shown = table.for_machines
    return ({column.key: table.value(row, column) for column in shown} for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(inert(value))
    return guarded(to_json(value)) if isinstance(value, (dict, list)) else to_json(value).strip('"')
