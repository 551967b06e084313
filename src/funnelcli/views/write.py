"""From a view to bytes: one place that picks the writer, and loads only that one."""

from __future__ import annotations

from importlib import import_module
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from funnelcli.views.table import Format, Page, Table
from funnelcli.views.words import sentences

if TYPE_CHECKING:
    from typing import TextIO

MOST_LINES = 200
MOST_BLOCKS = 40
"""Rows up to which a terminal gets them drawn; beyond, plain lines that stream."""
MACHINES = (Format.JSON, Format.NDJSON, Format.CSV, Format.TSV, Format.IDS)
PAPER = {Format.MD: "markdown", Format.HTML: "hypertext"}


def write(view: Table | Page, fmt: Format, out: TextIO, *, terminal: bool, color: bool) -> bool:
    """Write the view; return False if it is a table without rows and nothing was written.

    `terminal` says whether a person reads `out` on a terminal.
    """
    table = view.table if isinstance(view, Page) else view
    if fmt in MACHINES:
        _writer("records", fmt)(table, table.rows, out)
        return True
    if fmt in PAPER:
        blocks = view.blocks if isinstance(view, Page) else (view,)
        _writer(PAPER[fmt], fmt)(blocks, view.title, table, out)
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
    most = MOST_BLOCKS if view.below else MOST_LINES
    first = list(islice(rows, most + 1))
    if not first:
        return False
    if drawn and len(first) <= most:
        _draw(view, first, out, color=color)
        return True
    _writer("plain", "rows")(view, chain(first, rows), out)
    if fmt is Format.TABLE:
        told = sentences(view.summary, view.many if drawn else "")
        out.write(f"{told}\n" if told else "")
    return True


def _draw(view: Table | Page, rows: list[Any], out: TextIO, *, color: bool) -> None:
    """Open the door to rich."""
    _writer("terminal", "terminal")(view, rows, out, color=color)
