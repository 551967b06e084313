"""The whole file, written: as one JSON object with a row a line, or a table as raw CSV."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import UNWELCOME, guarded, inert
from funnelcli.views.records import carried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TextIO


def write_whole(
    about: Mapping[str, Any], tables: Iterable[tuple[str, Iterable[str]]], out: TextIO
) -> dict[str, int]:
    """Write what is said `about` the file, then its tables, then how many rows each has.

    Rows are JSON already; each stands on a line of its own. Returns how many rows each table has.
    """
    opening = "".join(f"{json.dumps(key)}: {json.dumps(value)}, " for key, value in about.items())
    out.write(f'{{{opening}"tables": {{\n')
    totals: dict[str, int] = {}
    wide = (getattr(out, "encoding", None) or "utf-8").lower() == "utf-8"
    end = ""
    for name, rows in tables:
        out.write(f'{end}"{name}": [')
        safe = _counted(_safe(rows), name, totals)
        separator = "\n"
        for row in safe if wide else (carried(row, out) for row in safe):
            out.write(separator + row)
            separator = ",\n"
        end = "\n],\n"
    out.write(f'\n]}}, "totals": {json.dumps(totals)}}}\n')
    return totals


def _counted(rows: Iterable[str], name: str, totals: dict[str, int]) -> Iterator[str]:
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007  told once they are all there
        yield row
    totals[name] = number


def _safe(rows: Iterable[str]) -> Iterator[str]:
    """Yield the rows with JSON's escape for each character that could command a terminal."""
    unwelcome = re.compile(UNWELCOME)
    for row in rows:
        if (row.isascii() and "\x7f" not in row) or not unwelcome.search(row):
            yield row
        else:
            yield unwelcome.sub(lambda found: f"\\u{ord(found[0]):04x}", row)


def write_raw(columns: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write a table as CSV, numbers as they lie; no text in it can be taken for a formula."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(
        [guarded(inert(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
