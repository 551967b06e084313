"""Charts as text: bars from zero, ranges and places on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.text import inert, padded, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.views.table import Chart, Mark

NARROWEST, WIDEST = 12, 60
"""Cells that the drawing takes at least, and at most."""
_DRAWN = {"solid": "█", "range": "░", "tick": "┃", "limit": "┊"}
_ASCII = {"solid": "#", "range": "-", "tick": "|", "limit": ":"}


def drawn(chart: Chart, cells: int, *, ascii_only: bool = False) -> Iterator[str]:
    """Yield the chart's lines: label, drawing, and in words what it comes to.

    Where the words leave no room beside the drawing, they stand below it.
    """
    labels = max(width(inert(mark.label)) for mark in chart.marks)
    words = max(width(inert(mark.told)) for mark in chart.marks)
    beside = cells - labels - words - 4 >= NARROWEST
    room = min(WIDEST, max(NARROWEST, cells - labels - (words + 4 if beside else 2)))
    signs = _ASCII if ascii_only else _DRAWN
    for mark in chart.marks:
        line = _line(mark, room, chart.end, signs)
        label, told = padded(inert(mark.label), labels), inert(mark.told)
        if beside:
            yield f"{label}  {padded(line, room)}  {told}".rstrip()
        else:
            yield f"{label}  {line}".rstrip()
            yield f"{' ' * labels}  {told}".rstrip()
    for said in filter(None, (chart.legend, chart.summary)):
        yield inert(said)


def _line(mark: Mark, room: int, scale: float, signs: dict[str, str]) -> str:
    def cell(value: float) -> int:
        return round(value / scale * (room - 1))

    line = [" "] * room
    if mark.low is not None and mark.high is not None:
        for place in range(cell(mark.low), cell(mark.high) + 1):
            line[place] = signs["range"]
    if mark.solid > 0:
        for place in range(cell(mark.solid) + 1):
            line[place] = signs["solid"]
    if mark.limit is not None:
        line[cell(mark.limit)] = signs["limit"]
    if mark.tick is not None:
        line[cell(mark.tick)] = signs["tick"]
    return "".join(line).rstrip()
