"""A self-contained HTML page: no script, nothing from elsewhere, every text in it escaped."""

from __future__ import annotations

import html
from itertools import groupby
from typing import TYPE_CHECKING, Any, TextIO

from funnelcli.domain.text import inert
from funnelcli.domain.time import iso
from funnelcli.views.style import DIGEST, STYLE
from funnelcli.views.svg import bar_svg, chart_svg
from funnelcli.views.table import Chart, Fields, Figures, Heading, Kind, Lines, Table, Tone
from funnelcli.views.words import RIGHT, labelled, sentences, words
from funnelcli.wording import language, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funnelcli.views.table import Block, Column, Frame

_POLICY = f"default-src 'none'; style-src 'sha256-{DIGEST}'; base-uri 'none'; form-action 'none'"
_WHOLE = frozenset({Kind.WORD, Kind.DATE, Kind.INSTANT})
NUMBER = "#"
"""What the numbers of deals are called."""
_SCROLLS = 3
"""Columns beyond which a table may be wider than a phone, and is then scrolled by itself."""


def write_html(blocks: Sequence[Block], title: str, table: Table, out: TextIO) -> None:
    """Write one page that needs nothing else."""
    frame = table.frame
    named = title or frame.question
    out.write(
        f'<!doctype html>\n<html lang="{language()}"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{_safe(named)}</title><style>{STYLE}</style></head><body>\n"
        f"<header>\n<h1>{_safe(named)}</h1>\n{_when(frame)}"
    )
    _Writer(blocks, named, out).write()
    out.write("<footer>\n")
    out.writelines(f"<p>{_safe(note)}</p>\n" for note in frame.notes)
    out.write("</footer></body></html>\n")


def _when(frame: Frame) -> str:
    local = f"{frame.as_of.astimezone(frame.zone):%Y-%m-%d %H:%M} {frame.zone.key}"
    told = said("As of {when}, amounts in {currency}.", when=local, currency=frame.currency)
    at = f'<time datetime="{iso(frame.as_of)}">{_safe(local)}</time>'
    return f'<p class="note">{_safe(told).replace(_safe(local), at)}</p>\n'


class _Writer:
    """Writes blocks one after the other, and knows how deep it is and what it has named."""

    def __init__(self, blocks: Sequence[Block], title: str, out: TextIO) -> None:
        self.blocks = blocks
        self.out = out
        self.above = title
        self.level = 2
        self.charts = 0
        self.sections = 0

    def write(self) -> None:
        """Write the way to the sections, if there are some, and all blocks."""
        headings = [block.text for block in self.blocks if isinstance(block, Heading)]
        if len(headings) > 1:
            self.out.write(f'<nav aria-label="{_safe(said("Contents"))}"><ul>\n')
            self.out.writelines(
                f'<li><a href="#part-{n}">{_safe(text)}</a></li>\n'
                for n, text in enumerate(headings, 1)
            )
            self.out.write("</ul></nav>\n")
        self.out.write("</header>\n<main>\n")
        for drawn, group in groupby(self.blocks, key=lambda block: isinstance(block, Chart)):
            if drawn:
                self.out.write('<div class="charts">\n')
            for block in group:
                self._block(block)
            if drawn:
                self.out.write("</div>\n")
        if self.sections:
            self.out.write("</section>\n")
        self.out.write("</main>\n")

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._section(block)
            case Lines():
                self._lines(block)
            case Fields():
                self._fields(block)
            case Figures():
                self._figures(block)
            case Chart():
                self._chart(block)
            case Table():
                self._table(block)

    def _section(self, heading: Heading) -> None:
        if self.sections:
            self.out.write("</section>\n")
        self.sections += 1
        self.level, self.above = 3, heading.text
        name = f"part-{self.sections}"
        self.out.write(
            f'<section aria-labelledby="{name}">\n<h2 id="{name}">{_safe(heading.text)}</h2>\n'
        )

    def _lines(self, block: Lines) -> None:
        self.out.write(f"<h{self.level}>{_safe(block.heading)}</h{self.level}>\n<ul>\n")
        self.out.writelines(f"<li>{_safe(line)}</li>\n" for line in block.lines)
        self.out.write("</ul>\n")

    def _fields(self, block: Fields) -> None:
        self.out.write(f'<table>\n<caption class="unseen">{_safe(self.above)}</caption>\n')
        self.out.writelines(
            f'<tr><th scope="row">{_safe(name)}</th><td>{_safe(value)}</td></tr>\n'
            for name, value in block.pairs
        )
        self.out.write("</table>\n")

    def _figures(self, block: Figures) -> None:
        self.out.write('<dl class="figures">\n')
        self.out.writelines(
            f'<div><dt>{_safe(each.label)}</dt><dd class="value">{_safe(each.value)}</dd>'
            f"<dd>{_safe(each.note)}</dd></div>\n"
            for each in block.figures
        )
        self.out.write("</dl>\n")

    def _chart(self, block: Chart) -> None:
        self.charts += 1
        notes = sentences(block.legend, block.summary)
        below = f'<p class="note">{_safe(notes)}</p>' if notes else ""
        self.out.write(
            f"<figure><figcaption>{_safe(block.title)}</figcaption>\n"
            f"{chart_svg(block, f'chart-{self.charts}')}{below}</figure>\n"
        )

    def _table(self, block: Table) -> None:
        rows = iter(block.rows)
        first = next(rows, None)
        if first is None:
            self._titled(block)
            self.out.write(f'<p class="note">{_safe(block.nothing)}</p>\n')
        elif block.below:
            self._titled(block)
            self.out.write('<ul class="cards">\n')
            self.out.writelines(_card(block, row) for row in _all(first, rows))
            self.out.write("</ul>\n")
        else:
            self._grid(block, _all(first, rows))
        if block.summary:
            self.out.write(f'<p class="note">{_safe(block.summary)}</p>\n')

    def _titled(self, block: Table) -> None:
        if block.title:
            self.out.write(f"<h{self.level}>{_safe(block.title)}</h{self.level}>\n")

    def _grid(self, block: Table, rows: Iterator[Any]) -> None:
        shown = block.in_lines
        self._titled(block)
        title = _safe(block.title or self.above)
        scrolls = f' role="region" aria-label="{title}" tabindex="0"'
        self.out.write(
            f'<div class="wide"{scrolls if len(shown) > _SCROLLS else ""}>'
            f'<table>\n<caption class="unseen">{title}</caption>\n<thead><tr>'
        )
        self.out.writelines(map(_head, shown))
        self.out.write("</tr></thead>\n<tbody>\n")
        for row in rows:
            tone = block.tone(row)
            self.out.write("<tr>" if tone is Tone.PLAIN else f'<tr class="{tone}">')
            self.out.writelines(_cell(row, column, block) for column in shown)
            self.out.write("</tr>\n")
        self.out.write("</tbody></table></div>\n")


def _all(first: Any, rows: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rows


def _card(table: Table, row: Any) -> str:
    """Return a row with what stands below it."""
    zone = table.frame.zone
    told = [words(table.value(row, column), column.kind, zone) for column in table.in_blocks]
    head = [" ".join(told[:2]), *(text for text in told[2:] if text)]
    lines = [f"<b>{_safe(head[0])}</b>{''.join(f' · {_safe(text)}' for text in head[1:])}"]
    for column in table.below:
        text = words(table.value(row, column), column.kind, zone)
        if text:
            label = labelled(column.title, "").rstrip() if column.title else ""
            shown = f'<span class="label">{_safe(label)}</span> ' if label else ""
            lines.append(f"<p>{shown}{_safe(text)}</p>")
    return f'<li class="{table.tone(row)}">{"".join(lines)}</li>\n'


def _kind(column: Column) -> str:
    """Return how a column's cells are set: numbers aligned, what is one word in one piece."""
    if column.kind in RIGHT:
        return ' class="number"'
    return ' class="word"' if column.kind in _WHOLE or column.english == NUMBER else ""


def _head(column: Column) -> str:
    if not column.title:
        return "<td></td>"
    return f'<th scope="col"{_kind(column)}>{_safe(column.title)}</th>'


def _cell(row: Any, column: Column, table: Table) -> str:
    value = table.value(row, column)
    if column.kind is Kind.BAR:
        return f"<td>{bar_svg(float(value))}</td>"
    text = _safe(words(value, column.kind, table.frame.zone))
    return f"<td{_kind(column)}>{text}</td>"


def _safe(text: str) -> str:
    return html.escape(inert(text))
