"""From a view to bytes: one place that picks the writer."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from funnelcli.views import records
from funnelcli.views.markup import write_html, write_markdown
from funnelcli.views.plain import write_plain, write_plain_page
from funnelcli.views.table import Format, Page, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

MOST_IN_RICH = 200
"""Rows up to which a terminal gets a drawn table; beyond, plain lines that stream."""


def write(view: Table | Page, fmt: Format, out: TextIO, *, terminal: bool, color: bool) -> bool:
    """Write the view; return False if it is a table without rows and nothing was written.

    `terminal` says whether a person reads `out` on a terminal.
    """
    table = view.table if isinstance(view, Page) else view
    if fmt in MACHINES:
        MACHINES[fmt](table, table.rows, out)
        return True
    if fmt in (Format.MD, Format.HTML):
        blocks = view.blocks if isinstance(view, Page) else (view,)
        title = view.title if isinstance(view, Page) else ""
        if fmt is Format.MD:
            write_markdown(blocks, title, out)
        else:
            write_html(blocks, title or view.title, table, out)
        return True
    drawn = terminal and fmt is Format.TABLE
    if isinstance(view, Page):
        if drawn:
            _draw(view, [], out, color=color)
        else:
            write_plain_page(view, out)
        return True
    return _write_rows(view, fmt, out, drawn=drawn, color=color)


MACHINES: dict[Format, Callable[[Table, Iterable[Sequence[Any]], TextIO], None]] = {
    Format.JSON: records.write_json,
    Format.NDJSON: records.write_ndjson,
    Format.CSV: records.write_csv,
    Format.TSV: records.write_tsv,
    Format.IDS: records.write_ids,
}


def _write_rows(view: Table, fmt: Format, out: TextIO, *, drawn: bool, color: bool) -> bool:
    rows = iter(view.rows)
    first = list(islice(rows, MOST_IN_RICH + 1))
    if not first:
        return False
    if drawn and len(first) <= MOST_IN_RICH:
        _draw(view, first, out, color=color)
        return True
    write_plain(view, chain(first, rows), out)
    if fmt is Format.TABLE and view.summary:
        out.write(view.summary + "\n")
    return True


def _draw(view: Table | Page, rows: list[Sequence[Any]], out: TextIO, *, color: bool) -> None:
    from funnelcli.views.terminal import write_terminal  # noqa: PLC0415  the door to rich

    write_terminal(view, rows, out, color=color)
