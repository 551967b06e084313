"""A figure of the appraisal opened to its entries, so that anybody can count again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.appraisal import Made, Unit
from funnelcli.domain.entries import EntryState
from funnelcli.domain.money import format_amount
from funnelcli.views.appraisal import exact, spoken_figure
from funnelcli.views.table import Column, Kind, Place, Table
from funnelcli.views.words import cited
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funnelcli.domain.appraisal import Figure
    from funnelcli.domain.tally import Part
    from funnelcli.domain.time import Period
    from funnelcli.views.appraisal import Appraised
    from funnelcli.views.table import Frame

_M, _P = Place.MACHINE, Place.PERSON


class _Opened(NamedTuple):
    owner: str | None
    part: Part


def explained_table(
    figure: Figure,
    found: Sequence[Appraised],
    names: Mapping[int | None, str],
    period: Period,
    frame: Frame,
) -> Table:
    """Return the entries that a figure is made of, each with what it counted.

    The first of those `found` is who was asked about, or else the team: its parts make the figure,
    and come rep by rep, the others' and nobody's last. `names` are those of everybody.
    """
    first, *reps = found
    places = {rep.owner_id: place for place, rep in enumerate(reps)}
    parts = first.tallies[figure.code].parts()
    rows = [
        _Opened(names.get(part.owner_id), part)
        for part in sorted(parts, key=lambda part: places.get(part.owner_id, len(reps)))
    ]

    owner = Column("owner", "Owner", place=Place.ROW if reps else _M)
    tally = first.tallies[figure.code]
    return Table(
        frame,
        (owner, *_columns(figure, frame)),
        rows,
        totals={
            "period": period.name,
            "start": period.start,
            "end": period.end,
            "figure": figure.code,
            "unit": str(figure.unit),
            "made": str(figure.made),
            "value": exact(tally.value, frame, money=figure.unit is Unit.MONEY),
            "n": tally.n,
        },
        title=said("{figure} in {period}", figure=figure.code, period=period.name),
        empty=said("No entry counts for {figure}.", figure=figure.code),
        id_key="entry",
        summary=_made(figure, first, frame),
    )


def _columns(figure: Figure, frame: Frame) -> tuple[Column, ...]:
    """Return what is told of each entry, what it counted as the figure is told."""

    def amount(value: float | None) -> Any:
        return exact(value, frame, money=figure.money)

    def counted(row: _Opened) -> str:
        count, of = (_words(value, figure, frame) for value in (row.part.counted, row.part.of))
        return count if row.part.of is None else said("{count} of {of}", count=count, of=of)

    return (
        Column("figure", "", place=_M, get=lambda _: figure.code),
        Column("entry", "", place=_M, get=lambda row: row.part.entry),
        Column("told_entry", "Entry", Kind.WORD, _P, _cited),
        Column("deal_id", "", place=_M, get=lambda row: row.part.deal_id),
        Column("deal", "Deal", get=lambda row: row.part.deal),
        Column("on", "On", Kind.DATE, get=lambda row: row.part.on),
        Column("entered", "", Kind.DATE, _M, lambda row: row.part.entered_on),
        Column("ended", "", Kind.DATE, _M, lambda row: row.part.ended_on),
        Column("late", "", Kind.FLAG, _M, lambda row: row.part.late),
        Column("state", "", place=_M, get=lambda row: row.part.state or None),
        Column("told_entered", "Entered", place=_P, get=_entered),
        Column("what", "", place=_M, get=lambda row: row.part.what),
        Column("counted", "", place=_M, get=lambda row: amount(row.part.counted)),
        Column("of", "", place=_M, get=lambda row: amount(row.part.of)),
        Column("told_counted", "Counts", place=_P, get=counted),
        Column("told_what", "", place=Place.BELOW, get=_what),
        Column("told_beside", "What", place=Place.LINE, get=_what),
    )


def _cited(row: _Opened) -> str:
    return cited(row.part.entry) if row.part.entry else said("nothing in time")


def _entered(row: _Opened) -> str:
    """Say when something was entered, if that was another day than its own."""
    entered, on = row.part.entered_on, row.part.on
    if entered is None or entered == on:
        return ""
    if row.part.late:
        return said("entered {day}, late", day=entered)
    return said("entered {day}", day=entered)


def _what(row: _Opened) -> str:
    """Say what was done, and what came of it, where that matters."""
    part = row.part
    told = _STATES.get(EntryState(part.state))
    if told is None:
        return part.what
    return said(
        "{text} ({state})",
        text=part.what,
        state=said(", ").join(str(each) for each in (said(told), part.ended_on) if each),
    )


_STATES = {
    EntryState.ON_TIME: marked("done on time"),
    EntryState.LATE: marked("done late"),
    EntryState.MISSED: marked("missed"),
    EntryState.DROPPED: marked("dropped"),
    EntryState.EXCUSED: marked("excused"),
    EntryState.SAME_DAY: marked("not planned ahead"),
    EntryState.COMING: marked("still to come"),
    EntryState.WAITING: marked("waits for an answer"),
    EntryState.NEVER_READ: marked("never read"),
}
"""How an entry stands, in words, where that is not told by the figure."""


def _words(value: float | None, figure: Figure, frame: Frame) -> str:
    if value is None:
        return ""
    return format_amount(int(value), frame.currency) if figure.money else f"{value:,.4g}"


def _made(figure: Figure, whose: Appraised, frame: Frame) -> str:
    """Say what a figure comes to, and how."""
    tally = whose.tallies[figure.code]
    if tally.value is None:
        return said("No figure: {why}.", why=said(tally.why))
    return said(
        "{value}: {made}",
        value=spoken_figure(tally.value, figure.unit, frame),
        made=said(MADE[figure.made]),
    )


MADE = {
    Made.SUM: marked("the sum of what the entries count."),
    Made.SHARE: marked("the sum of what the entries count, divided by what that is out of."),
    Made.MEDIAN: marked("the median of what the entries count."),
    Made.BIAS: marked("the sum of what the entries count, divided by ten more than there are."),
    Made.DOUBT: marked("how likely it is that the claims lie more than five points too high."),
    Made.LUCK: marked("as far as luck alone brings the sum, in all but one case of ten."),
}
