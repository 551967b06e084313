"""Bars, tables and warnings in colour, for a person at a terminal.

The only place that knows rich.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console
from rich.measure import Measurement
from rich.text import Text

from funnelcli.domain.text import inert, padded, width, wrapped
from funnelcli.views.chart import drawn
from funnelcli.views.plain import can_draw, spaced
from funnelcli.views.table import (
    Chart,
    Fields,
    Figures,
    Heading,
    Kind,
    Lines,
    Parameter,
    Table,
    Tone,
)
from funnelcli.views.words import BAR_CELLS, RIGHT, aligned, labelled, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType
    from rich.table import Table as RichTable

    from funnelcli.views.table import Column, Page

_STYLES = {
    Tone.QUIET: "dim",
    Tone.PLAIN: "",
    Tone.AMBER: "yellow",
    Tone.RED: "red",
    Tone.GOOD: "green",
}
_NARROWEST = 6
_INDENT = 4
_MARK = {Tone.RED: "●", Tone.AMBER: "●", Tone.GOOD: "●"}


def write_terminal(view: Table | Page, rows: Sequence[Any], out: TextIO, *, color: bool) -> None:
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
    with console:  # written out once, at the end
        if not isinstance(view, Table):
            _page(console, view)
        else:
            _table(console, view, rows)


def _page(console: Console, page: Page) -> None:
    console.print(Text(inert(page.title), style="bold"))
    for each in spaced(page.blocks, console.print):
        block = each.fields if isinstance(each, Figures) else each
        if isinstance(block, Heading):
            console.print(Text(inert(block.text), style="bold reverse"))
        elif isinstance(block, Fields):
            _fields(console, block)
        elif isinstance(block, Lines):
            console.print(_lines(block, console.width), soft_wrap=True)
        elif isinstance(block, Chart):
            console.print(_chart(block, console), soft_wrap=True)
        else:
            _table(console, block, list(block.rows))


def _lines(block: Lines, cells: int) -> Text:
    """Return lines under their heading, already broken, so that rich has to look at them once."""
    broken = [
        f"{'    ' if n else '  '}{part}"
        for line in block.lines
        for n, part in enumerate(wrapped(inert(line), max(1, cells - _INDENT)))
    ]
    return Text.assemble((inert(block.heading), "bold"), *(f"\n{part}" for part in broken))


def _chart(block: Chart, console: Console) -> Text:
    lines = drawn(block, console.width - 2, ascii_only=not can_draw(console.file))
    return Text.assemble((inert(block.title), "bold"), *(f"\n  {line}" for line in lines))


def _fields(console: Console, block: Fields) -> None:
    label = max(width(name) for name, _ in block.pairs) + 2
    for name, value in block.pairs:
        for n, line in enumerate(wrapped(inert(value), max(1, console.width - label))):
            console.print(
                Text(padded("" if n else name, label), style="dim"),
                Text(line),
                sep="",
                soft_wrap=True,
            )


def _table(console: Console, table: Table, rows: Sequence[Any]) -> None:
    if table.title:
        console.print(Text(inert(table.title), style="bold"))
    if not rows:
        console.print(Text(f"  {table.nothing}", style="dim"))
    elif table.below:
        blocks = [_block(table, row, console.width) for row in rows]
        console.print(Text("\n").join(blocks), soft_wrap=True)
    else:
        _grid(console, table, rows)
    if table.summary:
        console.print(Text(inert(table.summary), style="bold"))


def _grid(console: Console, table: Table, rows: Sequence[Any]) -> None:
    """Draw the rows in columns, as ready lines where every cell has room, else broken by rich."""
    shown, zone = table.in_lines, table.frame.zone
    cells = [[words(table.value(row, c), c.kind, zone) for c in shown] for row in rows]
    grid = [
        _Drawn(column, [column.title, *texts]) for column, *texts in zip(shown, *cells, strict=True)
    ]
    if _across(each.least for each in grid) > console.width:
        grid = [each for each in grid if each.column.kind is not Kind.BAR]
    tones = [_STYLES[table.tone(row)] for row in rows]
    if _across(each.widest for each in grid) <= console.width:
        console.print(_ready(grid, tones), soft_wrap=True)
    else:
        console.print(_broken(grid, tones, console.width))


class _Drawn:
    """A column with its texts, the title first, and how wide it is and may become."""

    def __init__(self, column: Column, texts: Sequence[str]) -> None:
        self.column = column
        self.texts = texts
        self.bar = column.kind is Kind.BAR
        self.whole = column.kind in RIGHT or column.kind in (Kind.DATE, Kind.INSTANT, Kind.WORD)
        self.widest = BAR_CELLS if self.bar else max(map(width, texts))
        self.least = self.widest if self.bar or self.whole else min(self.widest, _NARROWEST)

    def style(self, tone: str) -> str:
        """Return the style of a text in a row of this tone."""
        return "cyan" if self.bar else tone


def _across(cells: Iterable[int]) -> int:
    """Return how wide columns are that have a blank between them."""
    found = list(cells)
    return sum(found) + len(found) - 1


def _ready(grid: Sequence[_Drawn], tones: Sequence[str]) -> Text:
    """Return the lines of a table none of whose cells has to be broken."""
    lines = []
    for n, tone in enumerate(("bold", *tones)):
        text = Text()
        for each in grid:
            filled = aligned(each.texts[n], each.column.kind, each.widest)
            text.append(f"{' ' if text else ''}{filled}", each.style(tone) if n else tone)
        text.rstrip()
        lines.append(text)
    return Text("\n").join(lines)


def _broken(grid: Sequence[_Drawn], tones: Sequence[str], cells: int) -> RichTable:
    """Return a table whose texts are broken, or, if even that is too wide, cut."""
    from rich.table import Table as RichTable  # noqa: PLC0415  most tables do without it

    drawn = RichTable(box=None, pad_edge=False, padding=(0, 1), collapse_padding=True)
    room = _across(each.least for each in grid) < cells
    for each in grid:
        side: Literal["left", "right"] = "right" if each.column.kind in RIGHT else "left"
        overflow: Literal["ellipsis", "fold"] = "ellipsis" if each.whole else "fold"
        drawn.add_column(
            Text(each.texts[0]),
            justify=side,
            width=each.widest if each.bar else None,
            min_width=each.least if room else None,
            no_wrap=each.whole or each.bar,
            overflow=overflow,
        )
    for n, tone in enumerate(tones, 1):
        drawn.add_row(*(Text(each.texts[n], style=each.style(tone)) for each in grid))
    return drawn


def _block(table: Table, row: Any, cells: int) -> Text:
    """Return a row as a headline with its details below, already broken into lines.

    Breaking lines here rather than in rich makes a long list of them appear sooner.
    """
    tone = _STYLES[table.tone(row)]
    zone = table.frame.zone
    spoken = [words(table.value(row, c), c.kind, zone) for c in table.in_blocks]
    first, *rest = [" ".join(filter(None, spoken[:2])), *filter(None, spoken[2:])]
    block = Text()
    head = wrapped(" · ".join([first, *rest]), max(1, cells - 2))
    for n, line in enumerate(head):
        block.append("  " if n else f"{_MARK.get(table.tone(row), '·')} ", style=tone)
        block.append(f"{line}\n", style="bold")
    for column in table.below:
        text = words(table.value(row, column), column.kind, zone)
        label = labelled(column.title, "") if column.title else ""
        for n, line in enumerate(wrapped(label + text, max(1, cells - _INDENT)) if text else []):
            block.append(" " * _INDENT)
            start = len(label) if n == 0 else 0
            block.append(line[:start], style="dim")
            block.append(f"{line[start:]}\n", style="" if label else tone)
    return block


class _Prose:
    """A sentence in a cell of a table, broken as `wrapped` breaks it: also between wide signs."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_measure__(self, _: Console, options: ConsoleOptions) -> Measurement:
        least = max(map(_unbroken, self._text.split(" ")))
        return Measurement(least, options.max_width)  # it takes what room there is

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text("\n".join(wrapped(self._text, options.max_width)), no_wrap=True)


def _unbroken(word: str) -> int:
    """Return how many cells of a word have to stand on one line."""
    return width(word) if word.isascii() else 2


def write_help(
    usage: str,
    about: Sequence[str],
    panels: Mapping[str, Sequence[Parameter] | Sequence[tuple[str, str]]],
    below: str = "",
) -> None:
    """Write help to stdout; a panel holds parameters, or commands with a sentence each."""
    from rich.padding import Padding  # noqa: PLC0415  only help has panels
    from rich.panel import Panel  # noqa: PLC0415
    from rich.table import Table as RichTable  # noqa: PLC0415

    console = Console(markup=False, emoji=False, highlight=False)
    names = [row[0] for rows in panels.values() for row in rows if not isinstance(row, Parameter)]
    longest = max(map(len, names), default=0)
    console.print(Padding(Text(usage, "bold"), 1))
    for n, paragraph in enumerate(about):
        console.print(Padding(_Prose(paragraph), (0, 1, 1, 1)), style="dim" if n else "")
    for title, rows in panels.items():
        table = RichTable(box=None, show_header=False, expand=True, pad_edge=False, padding=(0, 1))
        if rows and not isinstance(rows[0], Parameter):
            table.add_column(style="bold cyan", no_wrap=True, width=longest)
            table.add_column(ratio=10)
        required = any(isinstance(row, Parameter) and row.required for row in rows)
        for row in rows:
            table.add_row(
                *(
                    _parameter(row, marked=required)
                    if isinstance(row, Parameter)
                    else (row[0], _Prose(row[1]))
                )
            )
        if rows:
            console.print(Panel(table, title=title, title_align="left", border_style="dim"))
    if below:
        console.print(Padding(_Prose(below), 1))


def _parameter(row: Parameter, *, marked: bool) -> list[RenderableType]:
    """Return the cells of a parameter, with a mark if it has to be there and any of them has."""
    cells: list[RenderableType] = [
        Text(row.long, "bold cyan"),
        Text(row.short, "bold green" if row.long else "bold cyan"),
        Text(row.takes, "bold yellow", overflow="fold"),
        _Prose(" ".join(row.about)),
    ]
    return [Text("*" if row.required else "", "red"), *cells] if marked else cells
