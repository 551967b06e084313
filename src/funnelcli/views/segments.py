"""Segments: what deals with something in common came to, and whether that tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.segments import CHANCE
from funnelcli.domain.stays import FEW
from funnelcli.domain.text import shortened
from funnelcli.views.table import Column, Kind, Place, Table, Tone
from funnelcli.views.words import sentences
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.segments import Comparison, Segment
    from funnelcli.views.table import Frame

_M, _P = Place.MACHINE, Place.PERSON
NAMES = {
    "opened": marked("quarter of opening"),
    "owner": marked("owner"),
    "customer": marked("customer"),
    "source": marked("source"),
    "competitor": marked("competitor"),
    "pipeline": marked("pipeline"),
    "member": marked("member"),
}
"""What a field is called in a sentence."""
TITLES = (marked("Source"), marked("Competitor"), marked("Pipeline"), marked("Member"))
"""What those of them are called as titles that no other table has."""
_SURE = 0.001
"""Below that a chance is told as that."""


def segments_table(
    segments: Sequence[Segment],
    together: Comparison,
    frame: Frame,
    *,
    by: str,
    limit: int | None = None,
) -> Table:
    """Return the segments by a field, `limit` at most, with what all of them say in a sentence."""

    def end(segment: Segment, which: int) -> float | None:
        found = together.interval(segment)
        return None if found is None else found[which]

    columns = (
        Column("value", by.title()),
        Column("deals", "Deals", Kind.COUNT),
        Column("won", "Won", Kind.COUNT),
        Column("lost", "Lost", Kind.COUNT),
        Column("rate", "", Kind.SHARE, _M),
        Column("rate_told", "Win rate", Kind.SHARE, _P, _rate),
        Column("low", "", Kind.SHARE, _M, lambda segment: end(segment, 0)),
        Column("high", "", Kind.SHARE, _M, lambda segment: end(segment, 1)),
        Column("range", "80 % range", place=_P, get=lambda each: _range(together, each)),
        Column("median_cycle", "Cycle", Kind.DAYS),
        Column("amount_per_deal", "Per deal", Kind.MONEY),
        Column("closed", "Closed", Kind.COUNT, _M),
        Column(
            "adjusted_rate",
            "Count on",
            Kind.SHARE,
            Place.ROW if together.apart else _M,
            together.adjusted,
        ),
        Column("amount_unknown", "Unknown", Kind.COUNT, _M),
    )
    return Table(
        frame,
        columns,
        segments[:limit],
        totals={
            "deals": together.whole.deals,
            "won": together.whole.won,
            "lost": together.whole.lost,
            "closed": together.whole.closed,
            "base_rate": together.whole.rate,
            "p_value": together.p_value,
            "tells_apart": None if together.p_value is None else together.apart,
        },
        empty=said("There is no deal."),
        id_key="value",
        summary=verdict(segments, together, by),
        tone=lambda segment: _tone(together, segment),
    )


def _rate(segment: Segment) -> float | str | None:
    return said("too few") if 0 < segment.closed < FEW else segment.rate


def _range(together: Comparison, segment: Segment) -> str | None:
    found = together.interval(segment)
    if found is None or segment.closed < FEW:
        return None
    low, high = (percent(end) for end in found)
    return f"{low} %" if low == high else f"{low}–{high} %"


def _tone(together: Comparison, segment: Segment) -> Tone:
    found, base = together.interval(segment), together.base
    if not together.apart or found is None or base is None or segment.closed < FEW:
        return Tone.PLAIN
    if found[0] > base:
        return Tone.GOOD
    return Tone.AMBER if found[1] < base else Tone.PLAIN


def percent(share: float) -> str:
    """Return a share in whole percent, with decimals where it would else be none or all of it."""
    decimals = 0
    while 0 < share < 1 and float(f"{100 * share:.{decimals}f}") in (0, 100):
        decimals += 1
    return f"{100 * share:.{decimals}f}"


def verdict(segments: Sequence[Segment], together: Comparison, by: str) -> str:
    """Say in a sentence whether the segments differ beyond chance, and what to count on."""
    told = _verdict(segments, together, by)
    young = together.apart and by == "opened" and together.whole.closed < together.whole.deals
    if not young:
        return told
    more = said("Of quarters with open deals only the sooner closed are told.")
    return sentences(told, more)


def _verdict(segments: Sequence[Segment], together: Comparison, by: str) -> str:
    whole, field = together.whole, said(NAMES.get(by, by))
    closed, p_value, base = whole.closed, together.p_value, together.base
    if base is None:
        return said("No deal is closed yet, so nothing tells which will be won.")
    if closed >= FEW and whole.rate in (0, 1):
        return said(_ALL_WON if whole.won else _ALL_LOST, n=closed)
    if closed >= FEW and together.groups == 1:
        known = any(each.value is not None for each in segments if each.closed)
        return said(_THE_SAME if known else _UNKNOWN, n=closed, field=field)
    if p_value is None:
        return said(
            "Too few closed deals to tell whether {field} tells them apart ({n:,} closed).",
            field=field,
            n=closed,
        )
    values = {"field": field.capitalize(), "chance": _chance(p_value), "n": closed}
    if together.apart:
        return said(_APART, **values, extremes=_extremes(segments, together))
    return said(_NOT_APART, **values, percent=percent(base))


_ALL_WON = marked("All {n:,} closed deals were won: there is nothing to tell them apart by.")
_ALL_LOST = marked("All {n:,} closed deals were lost: there is nothing to tell them apart by.")
_THE_SAME = marked("All {n:,} closed deals have the same {field}: there is nothing to compare.")
_UNKNOWN = marked(
    "None of the {n:,} closed deals has a known {field}: there is nothing to compare."
)
_APART = marked("{field} tells deals apart ({chance}, {n:,} closed): {extremes}.")
_NOT_APART = marked(
    "{field} does not tell deals apart: the differences are no larger than chance makes them "
    "({chance}, {n:,} closed); count on {percent} % for each."
)


def _chance(p_value: float) -> str:
    return f"p < {_SURE}" if p_value < _SURE else f"p = {p_value:.{2 if p_value > CHANCE else 3}f}"


def _extremes(segments: Sequence[Segment], together: Comparison) -> str:
    """Return the ranges of the segments that surely have most and least, of those that tell."""
    found = [
        (each, range_)
        for each in segments
        if each.closed >= FEW and (range_ := together.interval(each))
    ]
    most, least = max(found, key=lambda e: e[1][0]), min(found, key=lambda e: e[1][1])
    named = dict.fromkeys((most[0], least[0]))
    unknown = said("unknown")
    return said(", ").join(
        f"{shortened(each.value or unknown)} {_range(together, each)}" for each in named
    )
