"""JSON, CSV and lists of ids: for machines, streamed row by row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from json.encoder import encode_basestring, encode_basestring_ascii
from math import isfinite
from types import NoneType
from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import REPLACED, guarded, inert
from funnelcli.domain.time import iso
from funnelcli.views.table import Shared

if TYPE_CHECKING:
    from _csv import Writer
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TextIO

    from funnelcli.views.table import Table


class _Writers(dict[type, Callable[[Any], str]]):
    """How values are written, by type; one that is new is written as what it is a kind of."""

    def __missing__(self, new: type) -> Callable[[Any], str]:
        self[new] = next(write for kind, write in self.items() if issubclass(new, kind))
        return self[new]


def to_json(value: Any) -> str:
    """Return the value as JSON; a Decimal is written exactly, a date or an instant as ISO 8601."""
    return _JSON[type(value)](value)


def _text(value: str) -> str:
    return _inert(encode_basestring(value))


@cache
def _key(key: str) -> str:
    return f"{encode_basestring_ascii(key)}: "


def _object(value: Mapping[str, Any]) -> str:
    pairs = [_key(key) + _JSON[type(each)](each) for key, each in value.items()]
    return "{" + ", ".join(pairs) + "}"


def _array(value: Iterable[Any]) -> str:
    return "[" + ", ".join([_JSON[type(each)](each) for each in value]) + "]"


def _shared(value: Shared) -> str:
    if value.written is None:
        value.written = _object(value.pairs)
    return value.written


def _number(value: float) -> str:
    return repr(value) if isfinite(value) else json.dumps(value)


def _exact(value: Decimal) -> str:
    return f"{value:f}"


def _quoted(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: f'"{write(value)}"'


_JSON = _Writers(
    {
        str: _text,
        NoneType: lambda _: "null",
        bool: lambda value: "true" if value else "false",
        int: str,
        float: _number,
        Decimal: _exact,
        datetime: _quoted(iso),
        date: _quoted(date.isoformat),
        Shared: _shared,
        dict: _object,
        list: _array,
        tuple: _array,
    }
)
"""A type stands before those that it is a kind of."""
_CELLS = _Writers(_JSON)
_CELLS[str] = lambda text: guarded(inert(text))
_CELLS[datetime], _CELLS[date] = iso, date.isoformat


def _lines(table: Table, rows: Iterable[Any], out: TextIO) -> Iterable[str]:
    """Return each row as a JSON object in characters that the stream can carry."""
    objects = map(_inert, table.written) if table.written is not None else _objects(table, rows)
    return objects if _carries_all(out) else (carried(text, out) for text in objects)


def _objects(table: Table, rows: Iterable[Any]) -> Iterator[str]:
    tell = [(_key(column.key), table.tells(column)) for column in table.for_machines]
    for row in rows:
        values = [(key, each(row)) for key, each in tell]
        yield "{" + ", ".join([key + _JSON[type(said)](said) for key, said in values]) + "}"


def _carries_all(out: TextIO) -> bool:
    return (out.encoding or "utf-8").lower().startswith("utf")


def carried(text: str, out: TextIO) -> str:
    """Return JSON in characters that the stream can carry."""
    if _carries_all(out):
        return text
    try:
        text.encode(out.encoding)
    except UnicodeEncodeError:
        return re.sub(r"[^\x00-\x7f]", lambda m: json.dumps(m[0])[1:-1], text)
    return text


def _inert(text: str) -> str:
    """Return JSON in which no character can command a terminal."""
    if text.isascii() or (text.isprintable() and REPLACED not in text):
        return text
    return "".join(map(_escaped, text))


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
    for line in _lines(table, rows, out):
        out.write(separator + line)
        separator = ",\n"
    end = "\n" if separator != "\n" else ""
    out.write(
        f'{end}], "totals": {to_json(dict(table.totals))}, "notes": {to_json(frame.notes)}}}\n'
    )


def write_ndjson(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write the rows alone, one JSON object a line."""
    out.writelines(line + "\n" for line in _lines(table, rows, out))


def write_csv(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write CSV with the keys as header; no cell can be taken for a formula."""
    _write_separated(table, rows, csv.writer(out, lineterminator="\n"))


def write_tsv(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write the same, separated by tabs."""
    _write_separated(table, rows, csv.writer(out, "excel-tab", lineterminator="\n"))


def _write_separated(table: Table, rows: Iterable[Any], writer: Writer) -> None:
    writer.writerow([column.key for column in table.for_machines])
    tell = [table.tells(column) for column in table.for_machines]
    told = ([each(row) for each in tell] for row in rows)
    writer.writerows(
        ["" if said is None else _CELLS[type(said)](said) for said in cells] for cells in told
    )


def write_ids(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write one id a line, for xargs."""
    column = next(each for each in table.columns if each.key == table.id_key)
    values = (table.value(row, column) for row in rows)
    out.writelines(f"{_id(value)}\n" for value in values if value is not None)


def _id(value: Any) -> str:
    return iso(value) if isinstance(value, datetime) else inert(str(value))
