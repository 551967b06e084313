"""Bars, tables and warnings in colour, for a person at a terminal.

The only place that knows rich.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from funnelcli.domain.text import inert, width
from funnelcli.views.plain import can_draw
from funnelcli.views.table import Fields, Kind, Lines, Place, Table, Tone
from funnelcli.views.words import BAR_CELLS, RIGHT, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from funnelcli.views.table import Column, Page

_STYLES = {
    Tone.QUIET: "dim",
    Tone.PLAIN: "",
    Tone.AMBER: "yellow",
    Tone.RED: "red",
    Tone.GOOD: "green",
}
_NARROWEST = 6
_MARK = {Tone.RED: "●", Tone.AMBER: "●", Tone.GOOD: "●"}


def write_terminal(
    view: Table | Page, rows: Sequence[Sequence[Any]], out: TextIO, *, color: bool
) -> None:
    """Write a table, or a page's blocks, as wide as the terminal is."""
    console = Console(
        file=out,
        markup=False,
        emoji=False,
        highlight=False,
        no_color=not color,
        force_terminal=color or None,
        safe_box=not can_draw(out),
    )
    if not isinstance(view, Table):
        _page(console, view)
    else:
        _table(console, view, rows)


def _page(console: Console, page: Page) -> None:
    console.print(Text(inert(page.title), style="bold"))
    for block in page.blocks:
        console.print()
        if isinstance(block, Fields):
            grid = RichTable.grid(padding=(0, 2))
            grid.add_column(style="dim", no_wrap=True)
            grid.add_column()
            for name, value in block.pairs:
                grid.add_row(Text(name), Text(inert(value)))
            console.print(grid)
        elif isinstance(block, Lines):
            console.print(Text(block.heading, style="bold"))
            for line in block.lines:
                console.print(Padding(Text(inert(line)), (0, 0, 0, 2)))
        else:
            _table(console, block, list(block.rows))


def _table(console: Console, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    if table.title:
        console.print(Text(inert(table.title), style="bold"))
    if not rows:
        console.print(Text(f"  {table.empty}", style="dim"))
    elif table.columns_below:
        for row in rows:
            _block(console, table, row)
    else:
        console.print(_grid(table, rows))
    if table.summary:
        console.print(Text(inert(table.summary), style="bold"))


def _grid(table: Table, rows: Sequence[Sequence[Any]]) -> RichTable:
    grid = RichTable(box=None, pad_edge=False, padding=(0, 1), collapse_padding=True)
    shown = [(i, table.columns[i]) for i in table.shown_columns]
    texts = [[words(row[i], c.kind, table.frame.zone) for i, c in shown] for row in rows]
    for n, (_, column) in enumerate(shown):
        _add_column(grid, column, [line[n] for line in texts])
    for row, line in zip(rows, texts, strict=True):
        tone = _STYLES[table.tone_of(row)]
        grid.add_row(
            *(
                Text(text, style="cyan" if column.kind is Kind.BAR else tone)
                for text, (_, column) in zip(line, shown, strict=True)
            )
        )
    return grid


def _add_column(grid: RichTable, column: Column, texts: list[str]) -> None:
    widest = max(width(text) for text in (column.title, *texts))
    if column.kind is Kind.BAR:
        grid.add_column(Text(column.title), width=BAR_CELLS, no_wrap=True)
    elif column.kind in RIGHT or column.kind in (Kind.DATE, Kind.INSTANT):
        side: Literal["left", "right"] = "right" if column.kind in RIGHT else "left"
        grid.add_column(Text(column.title), justify=side, min_width=widest, no_wrap=True)
    else:
        least = min(widest, _NARROWEST)
        grid.add_column(Text(column.title), min_width=least, overflow="fold")


def _block(console: Console, table: Table, row: Sequence[Any]) -> None:
    """Print a row as a headline with its details below."""
    tone = table.tone_of(row)
    zone = table.frame.zone
    head = Text(f"{_MARK.get(tone, '·')} ", style=_STYLES[tone])
    cells = [
        (table.columns[i], words(row[i], table.columns[i].kind, zone))
        for i in table.shown_columns
        if table.columns[i].place is not Place.LINE
    ]
    said = [f"{text} days" if c.kind is Kind.DAYS else text for c, text in cells if text]
    head.append(" ".join(said[:2]), style="bold")
    head.append("".join(f" · {text}" for text in said[2:]))
    console.print(head)
    for i in table.columns_below:
        column = table.columns[i]
        text = words(row[i], column.kind, zone)
        if text:
            line = Text(f"{column.title}: " if column.title else "", style="dim")
            line.append(text, style=_STYLES[tone] if not column.title else "not dim")
            console.print(Padding(line, (0, 0, 0, 4)))
    console.print()
