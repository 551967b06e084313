"""Markdown for a chat or a mail, and a self-contained HTML page."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import inert
from funnelcli.domain.time import iso
from funnelcli.views.chart import end_of
from funnelcli.views.table import Chart, Fields, Heading, Kind, Lines, Table
from funnelcli.views.words import RIGHT, words
from funnelcli.wording import language, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from funnelcli.views.table import Block, Column, Mark

_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_LIVE = re.compile(r"[\\`*_\[\]<>|~&@]|^[-+#=]|(?<=www)\.|:(?=//)")
_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; margin: 2rem auto;
  max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884;
  vertical-align: top }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.red { color: #c0392b } .amber { color: #b9770e } .quiet { opacity: .65 } .good { color: #1e8449 }
.room { min-width: 6rem } .head td { border-bottom: 0; font-weight: 600 }
.bar { background: #2874a6; height: .8em; border-radius: 2px; min-width: 0 }
.chart { position: relative; width: 50%; height: 1.2em }
.chart div { position: absolute; top: .5em; height: .8em }
.range { background: #2874a688 } .tick { border-left: 3px solid #b9770e }
.note { opacity: .7 }
"""


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
                out.writelines(f"- {_quiet(k)}: {_quiet(v)}\n" for k, v in block.pairs)
            case Chart():
                out.write(f"**{_quiet(block.title)}**\n\n")
                out.writelines(f"- {_quiet(m.label)}: {_quiet(m.told)}\n" for m in block.marks)
            case Table():
                _markdown_table(block, out)
        out.write("\n")


def _markdown_table(table: Table, out: TextIO) -> None:
    if table.title:
        out.write(f"**{_quiet(table.title)}**\n\n")
    if table.below:
        _markdown_blocks(table, out)
    else:
        _markdown_grid(table, out)
    if table.summary:
        out.write(f"\n{_quiet(table.summary)}\n")


def _markdown_grid(table: Table, out: TextIO) -> None:
    shown = [column for column in table.in_lines if column.kind is not Kind.BAR]
    out.write("| " + " | ".join(column.title for column in shown) + " |\n")
    marks = ("---:" if column.kind in RIGHT else "---" for column in shown)
    out.write("|" + "|".join(marks) + "|\n")
    for row in table.rows:
        cells = (_quiet(_words(table, row, column)) for column in shown)
        out.write("| " + " | ".join(cells) + " |\n")


def _markdown_blocks(table: Table, out: TextIO) -> None:
    """Write a row as an item, with its details as items below it."""
    for row in table.rows:
        cells = [_quiet(_words(table, row, column)) for column in table.in_blocks]
        head, *rest = (cell for cell in (" ".join(cells[:2]), *cells[2:]) if cell)
        out.write(f"- **{head}**{''.join(f', {cell}' for cell in rest)}\n")
        out.writelines(f"  - {_quiet(detail)}\n" for detail in _details(table, row))


def _details(table: Table, row: Any) -> list[str]:
    """Return what stands below a row, each with its label."""
    found = []
    for column in table.below:
        text = _words(table, row, column)
        if text:
            found.append(f"{column.title}: {text}" if column.title else text)
    return found


def _words(table: Table, row: Any, column: Column) -> str:
    return words(table.value(row, column), column.kind, table.frame.zone)


def _quiet(text: str) -> str:
    quiet = _LIVE.sub(r"\\\g<0>", inert(text))
    return _NUMBERED.sub(r"\1\\\2", quiet)


def write_html(blocks: Sequence[Block], title: str, table: Table, out: TextIO) -> None:
    """Write one page that needs nothing else; every text in it is escaped."""
    frame = table.frame
    heading = _safe(title or frame.question)
    as_of = said("As of {at}, amounts in {currency}.", at=iso(frame.as_of), currency=frame.currency)
    out.write(
        f'<!doctype html>\n<html lang="{language()}"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{heading}</title><style>{_STYLE}</style></head><body>\n<h1>{heading}</h1>\n"
        f'<p class="note">{_safe(as_of)}</p>\n'
    )
    level = 2
    for block in blocks:
        match block:
            case Heading():
                out.write(f"<h2>{_safe(block.text)}</h2>\n")
                level = 3
            case Lines():
                out.write(f"<h{level}>{_safe(block.heading)}</h{level}>\n<ul>\n")
                out.writelines(f"<li>{_safe(line)}</li>\n" for line in block.lines)
                out.write("</ul>\n")
            case Fields():
                out.write("<table>\n")
                out.writelines(
                    f"<tr><th>{_safe(name)}</th><td>{_safe(value)}</td></tr>\n"
                    for name, value in block.pairs
                )
                out.write("</table>\n")
            case Chart():
                out.write(f"<h{level}>{_safe(block.title)}</h{level}>\n<table>\n")
                out.writelines(_html_mark(mark, block) for mark in block.marks)
                out.write("</table>\n")
            case Table():
                _html_table(block, out)
    out.writelines(f'<p class="note">{_safe(note)}</p>\n' for note in frame.notes)
    out.write("</body></html>\n")


def _html_mark(mark: Mark, chart: Chart) -> str:
    """Return a line of a chart; the words beside it say what the drawing shows."""
    scale = end_of(chart) / 100 or 1.0
    pieces = [("bar", 0.0, mark.solid)]
    if mark.low is not None and mark.high is not None:
        pieces.append(("range", mark.low, mark.high))
    if mark.tick is not None:
        pieces.append(("tick", mark.tick, mark.tick))
    drawing = "".join(
        f'<div class="{kind}" style="left:{begin / scale:.1f}%;width:{(end - begin) / scale:.1f}%">'
        "</div>"
        for kind, begin, end in pieces
    )
    return (
        f'<tr><th>{_safe(mark.label)}</th><td class="chart">{drawing}</td>'
        f"<td>{_safe(mark.told)}</td></tr>\n"
    )


def _html_table(table: Table, out: TextIO) -> None:
    shown = table.in_blocks if table.below else table.in_lines
    if table.title:
        out.write(f"<h2>{_safe(table.title)}</h2>\n")
    out.write("<table>\n<thead><tr>")
    for column in shown:
        number = ' class="number"' if column.kind in RIGHT else ""
        out.write(f"<th{number}>{_safe(column.title)}</th>")
    out.write("</tr></thead>\n<tbody>\n")
    for row in table.rows:
        details = _details(table, row)
        tone = f"{table.tone(row)} head" if details else str(table.tone(row))
        out.write(f'<tr class="{tone}">')
        out.writelines(_html_cell(row, column, table) for column in shown)
        out.write("</tr>\n")
        if details:
            told = "<br>".join(map(_safe, details))
            out.write(f'<tr><td></td><td colspan="{len(shown) - 1}">{told}</td></tr>\n')
    out.write("</tbody></table>\n")
    if table.summary:
        out.write(f"<p>{_safe(table.summary)}</p>\n")


def _html_cell(row: Any, column: Column, table: Table) -> str:
    if column.kind is Kind.BAR:
        value = table.value(row, column)
        return (
            f'<td class="room"><div class="bar" style="width:{100 * float(value):.1f}%"></div></td>'
        )
    text = _safe(_words(table, row, column))
    return f'<td class="number">{text}</td>' if column.kind in RIGHT else f"<td>{text}</td>"


def _safe(text: str) -> str:
    return html.escape(inert(text))
