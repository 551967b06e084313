"""The brief as a page: rep by rep, section by section, and its points as rows for machines."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from funnelcli.domain.brief import MOST, Point, Section
from funnelcli.views.table import Column, Heading, Lines, Page, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from funnelcli.views.table import Frame

TITLES = {
    Section.CHANGED: "Changed",
    Section.DECIDE: "To decide",
    Section.STALLED: "Stalled",
    Section.CLAIMS: "Claims against evidence",
    Section.PEOPLE: "Their people, and who knows whom",
    Section.OVERDUE: "Overdue",
    Section.ASK: "To ask",
    Section.REPLIES: "The manager's answers",
}
NOBODY = "Nobody's deals"
COLUMNS = (
    Column("owner", "Owner"),
    Column("section", "Section"),
    Column("deal_id", "#"),
    Column("deal", "Deal"),
    Column("text", "Text"),
    Column("trigger", "Because"),
)


def brief_page(points: Sequence[Point], since: date, frame: Frame) -> Page:
    """Return the brief as one page; a question names what triggered it."""
    today = frame.as_of.astimezone(frame.zone).date()
    blocks: list[Heading | Lines] = []
    for owner, of_owner in groupby(points, key=lambda point: point.owner):
        blocks.append(Heading(owner or NOBODY))
        for section, group in groupby(of_owner, key=lambda point: point.section):
            blocks.append(Lines(TITLES[section], tuple(_lines(section, list(group)))))
    if not blocks:
        blocks.append(Lines("There is nothing to speak about.", ()))
    table = Table(frame, COLUMNS, points, id_key="deal_id")
    return Page(table, f"Brief for {today}, since {since}", tuple(blocks))


def _lines(section: Section, points: Sequence[Point]) -> Iterator[str]:
    """Yield the first points of a section, and how many more there are; every question."""
    told = points if section is Section.ASK else points[:MOST]
    yield from map(_line, told)
    if len(told) < len(points):
        yield f"and {len(points) - len(told)} more"


def _line(point: Point) -> str:
    if point.deal_id is None:
        return point.text
    because = f" ({point.trigger})" if point.section is Section.ASK else ""
    return f"{point.deal_id} {point.deal}: {point.text}{because}"
