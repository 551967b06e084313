"""Lines of the forecast's table: a figure of ours, its peers on the same draws, and its gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = ("gate", "ours", "table", "frequency", "target", "", "")


class Line(NamedTuple):
    """A figure with what the fixed table and the frequency formula come to on the same draws.

    It meets its gate if it lies between `least` and `most`; without either it has none. `beside`
    is what else there is to compare it with.
    """

    name: str
    ours: float
    table: float | None = None
    frequency: float | None = None
    least: float | None = None
    most: float | None = None
    beside: str = ""

    @property
    def gated(self) -> bool:
        """Whether it is held against a target."""
        return self.least is not None or self.most is not None

    @property
    def missed(self) -> bool:
        """Whether it has a target and does not meet it."""
        too_small = self.least is not None and self.ours < self.least
        return too_small or (self.most is not None and self.ours > self.most)

    @property
    def target(self) -> str:
        """The gate in words."""
        if self.least is None:
            return "" if self.most is None else f"<= {self.most:.3g}"
        return f">= {self.least:g}" if self.most is None else f"{self.least:g} .. {self.most:g}"

    @property
    def verdict(self) -> str:
        """What the figure amounts to."""
        if not self.gated:
            return ""
        return "not met" if self.missed else "met"


def table(lines: Sequence[Line]) -> list[str]:
    """Return the table in columns."""
    rows = [HEAD]
    for line in lines:
        figures = (figure(line.ours), figure(line.table), figure(line.frequency))
        rows.append((line.name, *figures, line.target, line.verdict, line.beside))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"{name:{widths[0]}}  {ours:>{widths[1]}}  {declared:>{widths[2]}}  {often:>{widths[3]}}"
        f"  {target:{widths[4]}}  {verdict:{widths[5]}}  {beside}".rstrip()
        for name, ours, declared, often, target, verdict, beside in rows
    ]


def figure(value: float | None) -> str:
    """Return a figure in words, with fewer places the larger it is."""
    if value is None:
        return ""
    places = 4 if abs(value) < SMALL else 1 if abs(value) >= LARGE else 3
    return f"{value:.{places}f}"


SMALL, LARGE = 0.1, 5
"""Below the one a figure is a difference; from the other on days or milliseconds, not a share."""
