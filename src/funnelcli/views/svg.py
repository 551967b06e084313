"""Charts as inline SVG: they grow with the page, while their words keep their size.

Places on the scale are shares of the width; only heights are in pixels.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from funnelcli.domain.text import inert, width, wrapped
from funnelcli.views.words import labelled
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funnelcli.views.table import Chart, Mark

CELLS = 46
"""Cells of text, two for a Chinese character, that fit beside each other on a phone."""
LINE, BASE, BAR, GAP = 20, 13, 10, 14
"""Pixels of a line of text, down to where its letters stand, of a bar, and between two marks."""
LEAST = 0.5
"""Percent of the width that anything above nothing takes."""


def chart_svg(chart: Chart, name: str) -> str:
    """Return the chart as SVG whose text alternative holds every figure; `name` is its id."""
    told = said("; ").join(labelled(inert(m.label), inert(m.told)) for m in chart.marks)
    beside = all(width(inert(m.label)) + width(inert(m.told)) + 2 <= CELLS for m in chart.marks)
    goals = [mark.tick for mark in chart.marks if _is_place(mark) and mark.tick is not None]
    pieces, y = [], 0
    for mark in chart.marks:
        words, lines = _worded(mark, y, beside=beside)
        y += lines * LINE
        pieces += words
        pieces += _drawing(mark, chart.end, y, goals)
        y += BAR + GAP
    height = max(0, y - GAP) + 4
    return (
        f'<svg role="img" width="100%" height="{height}" '
        f'aria-labelledby="{name}-title {name}-told">'
        f'<title id="{name}-title">{_safe(chart.title)}</title>'
        f'<desc id="{name}-told">{_safe(told)}</desc>{"".join(pieces)}</svg>'
    )


def bar_svg(share: float) -> str:
    """Return a bar for a share of the largest, as it stands in the cell of a table."""
    return (
        f'<svg role="img" class="cell" width="100%" height="{BAR}">'
        f"<title>{100 * share:.3g} %</title>{_rect('solid', 0, 100 * share, 1)}</svg>"
    )


def _is_place(mark: Mark) -> bool:
    """Tell whether a mark is nothing but a place, to which all others are held."""
    return mark.tick is not None and mark.low is None and mark.limit is None and not mark.solid


def _worded(mark: Mark, y: int, *, beside: bool) -> tuple[list[str], int]:
    """Return the words above a mark, and how many lines they take.

    What it comes to stands on the right of its label, or below it.
    """
    label, told = inert(mark.label), inert(mark.told)
    if beside:
        place = 'x="100%" text-anchor="end"'
        return [_text("label", 'x="0%"', y, label), _text("told", place, y, told)], 1
    lines = [("label", line) for line in wrapped(label, CELLS)]
    lines += [("told", line) for line in wrapped(told, CELLS)]
    texts = [_text(kind, 'x="0%"', y + n * LINE, line) for n, (kind, line) in enumerate(lines)]
    return texts, len(lines)


def _text(kind: str, place: str, y: int, text: str) -> str:
    return f'<text class="{kind}" {place} y="{y + BASE}">{_safe(text)}</text>'


def _drawing(mark: Mark, end: float, y: int, goals: Sequence[float]) -> Iterator[str]:
    """Yield the pieces of a mark: the track that it lies in, and what lies there."""

    def place(value: float) -> float:
        return 100 * value / end

    yield _rect("track", 0, 100, y)
    if mark.solid > 0:
        yield _rect("solid", 0, place(mark.solid), y)
    if mark.low is not None and mark.high is not None:
        kind = f"range {mark.tone}"
        yield _rect(kind, place(mark.low), place(mark.high) - place(mark.low), y)
    for goal in goals:
        yield _line("goal", place(goal), y - 3, y + BAR + 3)
    if mark.limit is not None:
        yield _line("limit", place(mark.limit), y - 3, y + BAR + 3)
    if mark.tick is not None:
        yield _line("tick", place(mark.tick), y - 2, y + BAR + 2)


def _rect(kind: str, x: float, wide: float, y: int) -> str:
    shown = max(wide, LEAST if wide > 0 else 0)
    return (
        f'<rect class="{kind}" x="{min(x, 100 - shown):.2f}%" y="{y}" width="{shown:.2f}%" '
        f'height="{BAR}" rx="2"/>'
    )


def _line(kind: str, x: float, top: int, bottom: int) -> str:
    return f'<line class="{kind}" x1="{x:.2f}%" x2="{x:.2f}%" y1="{top}" y2="{bottom}"/>'


def _safe(text: str) -> str:
    return escape(inert(text))
