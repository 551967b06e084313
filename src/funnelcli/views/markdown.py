"""Markdown for a chat or a mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import inert
from funnelcli.views.table import Chart, Fields, Figures, Heading, Kind, Lines, Table
from funnelcli.views.words import RIGHT, labelled, words
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from funnelcli.views.table import Block, Column

_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_LIVE = re.compile(r"[\\`*_\[\]<>|~&@]|^[-+#=]|(?<=www)\.|:(?=//)")


def write_md(blocks: Sequence[Block], title: str, table: Table, out: TextIO) -> None:
    """Write the blocks as Markdown in which nothing that a user typed is markup."""
    if title and title != table.title:
        out.write(f"# {_quiet(title)}\n\n")
    for block in blocks:
        match block:
            case Heading():
                out.write(f"## {_quiet(block.text)}\n")
            case Lines():
                out.write(f"**{_quiet(block.heading)}**\n\n")
                out.writelines(f"- {_quiet(line)}\n" for line in block.lines)
            case Fields():
                out.writelines(f"- {labelled(_quiet(k), _quiet(v))}\n" for k, v in block.pairs)
            case Figures():
                out.writelines(
                    f"- **{_quiet(each.label)}**{said(': ')}"
                    f"{said('; ').join((_quiet(each.value), _quiet(each.note)))}\n"
                    for each in block.figures
                )
            case Chart():
                out.write(f"**{_quiet(block.title)}**\n\n")
                out.writelines(
                    f"- {labelled(_quiet(m.label), _quiet(m.told))}\n" for m in block.marks
                )
                if block.summary:
                    out.write(f"\n{_quiet(block.summary)}\n")
            case Table():
                _markdown_table(block, out)
        out.write("\n")


def _markdown_table(table: Table, out: TextIO) -> None:
    if table.title:
        out.write(f"**{_quiet(table.title)}**\n\n")
    rows = list(table.rows)
    if not rows:
        out.write(f"{_quiet(table.nothing)}\n")
    elif table.below:
        _markdown_blocks(table, rows, out)
    else:
        _markdown_grid(table, rows, out)
    if table.summary:
        out.write(f"\n{_quiet(table.summary)}\n")


def _markdown_grid(table: Table, rows: Sequence[Any], out: TextIO) -> None:
    shown = [column for column in table.in_lines if column.kind is not Kind.BAR]
    out.write("| " + " | ".join(column.title for column in shown) + " |\n")
    marks = ("---:" if column.kind in RIGHT else "---" for column in shown)
    out.write("|" + "|".join(marks) + "|\n")
    for row in rows:
        cells = (_quiet(_words(table, row, column)) for column in shown)
        out.write("| " + " | ".join(cells) + " |\n")


def _markdown_blocks(table: Table, rows: Sequence[Any], out: TextIO) -> None:
    """Write a row as an item, with its details as items below it."""
    for row in rows:
        cells = [_quiet(_words(table, row, column)) for column in table.in_blocks]
        head, *rest = (cell for cell in (" ".join(cells[:2]), *cells[2:]) if cell)
        out.write(f"- {said(', ').join((f'**{head}**', *rest))}\n")
        out.writelines(f"  - {_quiet(detail)}\n" for detail in _details(table, row))


def _details(table: Table, row: Any) -> list[str]:
    """Return what stands below a row, each with its label."""
    found = []
    for column in table.below:
        text = _words(table, row, column)
        if text:
            found.append(labelled(column.title, text) if column.title else text)
    return found


def _words(table: Table, row: Any, column: Column) -> str:
    return words(table.value(row, column), column.kind, table.frame.zone)


def _quiet(text: str) -> str:
    quiet = _LIVE.sub(r"\\\g<0>", inert(text))
    return _NUMBERED.sub(r"\1\\\2", quiet)
