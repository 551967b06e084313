"""The whole file, written: as one JSON object with a row a line, or a table as raw CSV."""

from __future__ import annotations

import csv
import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import UNWELCOME, guarded, inert
from funnelcli.views.records import carried

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TextIO


AT_ONCE = 500
"""Rows that are written at once."""


def write_whole(
    about: Mapping[str, Any], tables: Iterable[tuple[str, Iterable[str]]], out: TextIO
) -> dict[str, int]:
    """Write what is said `about` the file, then its tables, then how many rows each has.

    Rows are JSON already; each stands on a line of its own. Returns how many rows each table has.
    """
    opening = "".join(f"{json.dumps(key)}: {json.dumps(value)}, " for key, value in about.items())
    out.write(f'{{{opening}"tables": {{\n')
    totals: dict[str, int] = {}
    end = ""
    for name, rows in tables:
        out.write(f'{end}"{name}": [')
        separator, count, come = "\n", 0, iter(rows)
        while some := list(islice(come, AT_ONCE)):
            text = ",\n".join(_safe(some))
            out.write(separator + carried(text, out))
            separator, count = ",\n", count + len(some)
        totals[name] = count
        end = "\n],\n"
    out.write(f'\n]}}, "totals": {json.dumps(totals)}}}\n')
    return totals


def _safe(rows: list[str]) -> list[str]:
    """Return the rows with JSON's escape for each character that could command a terminal.

    JSON has escaped those below 32 already.
    """
    suspect = "".join([row for row in rows if not row.isascii() or "\x7f" in row])
    unwelcome = re.compile(UNWELCOME)
    if not unwelcome.search(suspect):
        return rows
    return [unwelcome.sub(lambda found: f"\\u{ord(found[0]):04x}", row) for row in rows]


def write_raw(columns: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write a table as CSV, numbers as they lie; no text in it can be taken for a formula."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(
        [guarded(inert(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
