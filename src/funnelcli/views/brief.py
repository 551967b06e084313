"""The brief as a page: rep by rep, section by section, and its points as rows for machines."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from funnelcli.domain.brief import MOST, Point, Section
from funnelcli.views.table import Column, Heading, Lines, Page, Table
from funnelcli.views.words import labelled
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from funnelcli.views.table import Frame

TITLES = {
    Section.CHANGED: marked("Changed"),
    Section.DECIDE: marked("To decide"),
    Section.STALLED: marked("Stalled"),
    Section.CLAIMS: marked("Claims against evidence"),
    Section.PEOPLE: marked("Their people, and who knows whom"),
    Section.OVERDUE: marked("Overdue"),
    Section.ASK: marked("To ask"),
    Section.REPLIES: marked("The manager's answers"),
}
NOBODY = marked("Nobody's deals")
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
        blocks.append(Heading(owner or said(NOBODY)))
        for section, group in groupby(of_owner, key=lambda point: point.section):
            blocks.append(Lines(said(TITLES[section]), tuple(_lines(section, list(group)))))
    if not blocks:
        blocks.append(Lines(said("There is nothing to speak about."), ()))
    table = Table(frame, COLUMNS, points, id_key="deal_id")
    title = said("Brief for {day}, since {since}", day=today, since=since)
    return Page(table, title, tuple(blocks))


def _lines(section: Section, points: Sequence[Point]) -> Iterator[str]:
    """Yield the first points of a section, and how many more there are; every question."""
    told = points if section is Section.ASK else points[:MOST]
    yield from map(_line, told)
    if len(told) < len(points):
        yield said("and {n} more", n=len(points) - len(told))


def _line(point: Point) -> str:
    if point.deal_id is None:
        return point.text
    told = labelled(f"{point.deal_id} {point.deal}", point.text)
    if point.section is not Section.ASK:
        return told
    return said("{question} ({because})", question=told, because=point.trigger)
