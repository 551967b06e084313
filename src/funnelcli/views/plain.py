"""Aligned text without colour: off a terminal, and for long lists; streamed."""

from __future__ import annotations

from itertools import chain, islice
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import inert, spoken, width
from funnelcli.views.chart import drawn
from funnelcli.views.table import Chart, Fields, Figures, Heading, Lines
from funnelcli.views.words import aligned, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import IO, TextIO

    from funnelcli.views.table import Block, Page, Table

SAMPLE = 200
"""Rows that are looked at to set the columns' widths."""
CELLS = 78
"""How wide a chart is where there is no terminal."""


def write_rows(table: Table, rows: Iterable[Any], out: TextIO) -> None:
    """Write a heading and one line a row, in columns."""
    ascii_only = not can_draw(out)
    shown, zone = table.in_lines, table.frame.zone

    def cells(row: Any) -> list[str]:
        return [words(table.value(row, c), c.kind, zone, ascii_only=ascii_only) for c in shown]

    lines = map(cells, rows)
    sample = list(islice(lines, SAMPLE))
    titles = [column.title for column in shown]
    widths = [max(map(width, column)) for column in zip(titles, *sample, strict=True)]
    for line in chain([titles], sample, lines):
        pieces = (
            aligned(text, column.kind, cells)
            for text, column, cells in zip(line, shown, widths, strict=True)
        )
        out.write("  ".join(pieces).rstrip() + "\n")


def write_page(page: Page, out: TextIO) -> None:
    """Write the page's blocks one below the other."""
    out.write(inert(page.title) + "\n")
    for each in spaced(page.blocks, lambda: out.write("\n")):
        block = each.fields if isinstance(each, Figures) else each
        if isinstance(block, Heading):
            out.write(f"{inert(block.text)}\n{'=' * width(block.text)}\n")
        elif isinstance(block, Fields):
            label = max(width(name) for name, _ in block.pairs)
            out.writelines(
                f"{name}{' ' * (label - width(name))}  {inert(value)}\n"
                for name, value in block.pairs
            )
        elif isinstance(block, Lines):
            out.write(f"{inert(block.heading)}\n")
            out.writelines(f"  {inert(line)}\n" for line in block.lines)
        elif isinstance(block, Chart):
            out.write(f"{inert(block.title)}\n")
            lines = drawn(block, CELLS, ascii_only=not can_draw(out))
            out.writelines(f"  {line}\n" for line in lines)
        else:
            _write_block(block, out)


def spaced(blocks: Iterable[Block], space: Callable[[], object]) -> Iterator[Block]:
    """Yield the blocks with a `space` before each; what a heading holds stands close together."""
    close = False
    for block in blocks:
        if isinstance(block, Heading) or not close:
            space()
        close = close or isinstance(block, Heading)
        yield block


def _write_block(block: Table, out: TextIO) -> None:
    rows = list(block.rows)
    if block.title:
        out.write(f"{inert(block.title)}\n")
    if rows:
        write_rows(block, rows, out)
    else:
        out.write(f"  {block.nothing}\n")
    if block.summary:
        out.write(f"{inert(block.summary)}\n")


def aloud(text: str, out: TextIO) -> str:
    """Return a sentence as it is written to `out`: on a terminal broken between its words."""
    said = inert(text)
    return spoken(said, get_terminal_size().columns) if out.isatty() else said


def can_draw(out: IO[str]) -> bool:
    """Tell whether the stream can carry box and bar characters."""
    try:
        "█▏─…".encode(getattr(out, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
