"""From a view to bytes: one place that picks the writer, and loads only that one."""

from __future__ import annotations

from importlib import import_module
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from funnelcli.views.table import Format, Page, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

MOST_IN_RICH = 200
"""Rows up to which a terminal gets a drawn table; beyond, plain lines that stream."""
MACHINES = (Format.JSON, Format.NDJSON, Format.CSV, Format.TSV, Format.IDS)


def write(view: Table | Page, fmt: Format, out: TextIO, *, terminal: bool, color: bool) -> bool:
    """Write the view; return False if it is a table without rows and nothing was written.

    `terminal` says whether a person reads `out` on a terminal.
    """
    table = view.table if isinstance(view, Page) else view
    if fmt in MACHINES:
        _writer("records", fmt)(table, table.rows, out)
        return True
    if fmt in (Format.MD, Format.HTML):
        blocks = view.blocks if isinstance(view, Page) else (view,)
        _writer("markup", fmt)(blocks, view.title, table, out)
        return True
    drawn = terminal and fmt is Format.TABLE
    if isinstance(view, Page):
        if drawn:
            _draw(view, [], out, color=color)
        else:
            _writer("plain", "page")(view, out)
        return True
    return _write_rows(view, fmt, out, drawn=drawn, color=color)


def _writer(module: str, what: str) -> Any:
    return getattr(import_module(f"funnelcli.views.{module}"), f"write_{what}")


def _write_rows(view: Table, fmt: Format, out: TextIO, *, drawn: bool, color: bool) -> bool:
    rows = iter(view.rows)
    first = list(islice(rows, MOST_IN_RICH + 1))
    if not first:
        return False
    if drawn and len(first) <= MOST_IN_RICH:
        _draw(view, first, out, color=color)
        return True
    _writer("plain", "rows")(view, chain(first, rows), out)
    if fmt is Format.TABLE and view.summary:
        out.write(view.summary + "\n")
    return True


def _draw(view: Table | Page, rows: list[Sequence[Any]], out: TextIO, *, color: bool) -> None:
    """Open the door to rich."""
    _writer("terminal", "terminal")(view, rows, out, color=color)
