"""The bridge for people: its components, then the deals behind them, then what else moved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.money import format_amount, major
from funnelcli.domain.movement import TAKEN_BACK, Kind, Moved
from funnelcli.views.table import Column, Page, Place, Table, Tone, first
from funnelcli.views.table import Kind as Cell
from funnelcli.wording import marked, plural, said, term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from funnelcli.domain.movement import Bridge
    from funnelcli.views.table import Block, Frame

MOST = 60
"""Deals, and movements, that people are told; the others are counted."""
_M = Place.MACHINE
_PERCENT = 100


class Part(NamedTuple):
    """A line of the bridge: an end of it, or a component."""

    what: str
    deals: int
    amount: int


_TONES = {Kind.WON: Tone.GOOD, Kind.LOST: Tone.RED}
PARTS = (
    Column("what", ""),
    Column("deals", "Deals", Cell.COUNT),
    Column("amount", "Amount", Cell.MONEY),
)


def bridge_page(found: Bridge, since: datetime, frame: Frame, most: int = MOST) -> Page:
    """Return the bridge as one page; machines get its rows, and its components as totals.

    People are told `most` of the deals, and of the movements.
    """
    begin, end = (at.astimezone(frame.zone) for at in (since, frame.as_of))
    table = Table(
        frame,
        _columns(frame),
        [*found.crossings, *found.movements],
        totals=_totals(found, frame),
        id_key="deal_id",
    )
    blocks: list[Block] = [
        Table(frame, PARTS, list(_parts(found)), summary=unknown(found)),
        first(
            Table(
                frame,
                _crossing_columns(frame),
                found.crossings,
                title=said("Deals"),
                empty=said("No deal came, went or changed its amount."),
                tone=lambda row: _TONES.get(row.kind, Tone.PLAIN),
            ),
            most,
            "diff -f csv",
        ),
        first(
            Table(
                frame,
                MOVEMENT_COLUMNS,
                found.movements,
                title=said("Movements"),
                empty=said("Nothing else moved."),
                tone=lambda row: Tone.AMBER if row.back or _days_later(row) > 0 else Tone.PLAIN,
            ),
            most,
            "diff -f csv",
        ),
    ]
    title = said("From {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}", begin=begin, end=end)
    return Page(table, title, tuple(blocks))


def _totals(found: Bridge, frame: Frame) -> dict[str, Any]:
    parts = {str(kind): part.amount for kind, part in found.parts.items()}
    amounts = {"start": found.start.amount, **parts, "end": found.end.amount}
    told: dict[str, Any] = {key: major(each, frame.currency) for key, each in amounts.items()}
    return {**told, "amount_unknown": found.amount_unknown}


def _parts(found: Bridge) -> Iterator[Part]:
    yield Part(said("Open at start"), *found.start)
    for kind, part in found.parts.items():
        if part.deals:
            yield Part(word(kind), *part)
    yield Part(said("Open at end"), *found.end)


def unknown(found: Bridge) -> str:
    """Say how many deals came or went without a known amount, if some did."""
    if not found.amount_unknown:
        return ""
    return plural(
        found.amount_unknown,
        "{n} deal without an amount, counted as nothing.",
        "{n} deals without an amount, counted as nothing.",
    )


def word(kind: Kind) -> str:
    """Return what people call a kind."""
    return said(_WORDS[kind])


_WORDS = {
    Kind.NEW: marked("New"),
    Kind.REOPENED: marked("Reopened"),
    Kind.RESUMED: marked("Resumed"),
    Kind.INCREASED: marked("Increased"),
    Kind.MOVED_IN: marked("Moved in"),
    Kind.DECREASED: marked("Decreased"),
    Kind.WON: marked("Won"),
    Kind.LOST: marked("Lost"),
    Kind.HELD: marked("Held"),
    Kind.ARCHIVED: marked("Archived"),
    Kind.MOVED_OUT: marked("Moved out"),
    Kind.STAGE: marked("Stage"),
    Kind.CLOSE: marked("Close"),
    Kind.CLAIM: marked("Claim"),
    Kind.CONTACT: marked("Contact"),
}


def _columns(frame: Frame) -> tuple[Column, ...]:
    """Return what machines get; from and to are amounts, dates, shares or words, as the kind is."""

    def value(row: Moved, told: Any) -> Any:
        if told is None:
            return None
        if row.kind in (Kind.INCREASED, Kind.DECREASED):
            return major(told, frame.currency)
        if row.kind is Kind.CLOSE:
            return date.fromisoformat(told)
        return told / _PERCENT if row.kind is Kind.CLAIM else told

    return (
        Column("kind", "What"),
        Column("deal_id", "#"),
        Column("deal", "Deal"),
        Column("from", "From", get=lambda row: value(row, row.was)),
        Column("to", "To", get=lambda row: value(row, row.now)),
        Column("amount_change", "Change", Cell.MONEY),
        Column("amount", "Amount", Cell.MONEY),
    )


_NAMED = (
    Column("what", "What", get=lambda row: word(row.kind)),
    Column("deal_id", "#"),
    Column("deal", "Deal"),
)


def _crossing_columns(frame: Frame) -> tuple[Column, ...]:
    return (
        *_NAMED,
        Column("amount_change", "Change", Cell.MONEY),
        Column("how", "", get=lambda row: _how(row, frame.currency)),
    )


def _how(row: Moved, currency: str) -> str:
    """Say what the component's name does not."""
    if row.kind in (Kind.INCREASED, Kind.DECREASED):
        return f"{_amount(row.was, currency)} → {_amount(row.now, currency)}"
    if row.kind is Kind.REOPENED:
        return said("was {state}", state=term(row.was))
    if row.now == TAKEN_BACK:
        return said(TAKEN_BACK)
    worth = None if row.amount_change is None else -row.amount_change
    differs = row.kind in _LEAVING and row.amount != worth
    return said("at {amount}", amount=_amount(row.amount, currency)) if differs else ""


def _amount(amount: int | None, currency: str) -> str:
    return said("unknown") if amount is None else format_amount(amount, currency)


_LEAVING = (Kind.WON, Kind.LOST, Kind.HELD, Kind.ARCHIVED)


def _spoken(row: Moved, told: Any) -> str:
    if told is None:
        return said(_NONE.get(row.kind, marked("unknown")))
    return f"{told} %" if row.kind is Kind.CLAIM else told


_NONE = {Kind.CONTACT: marked("not known"), Kind.CLAIM: marked("none")}


def _reached(row: Moved) -> str:
    later = _days_later(row)
    if later > 0:
        return plural(later, "{day}, {n} day later", "{day}, {n} days later", day=row.now)
    if later < 0:
        return plural(-later, "{day}, {n} day earlier", "{day}, {n} days earlier", day=row.now)
    reached = _spoken(row, row.now)
    return said("{stage}, back", stage=reached) if row.back else reached


def _days_later(row: Moved) -> int:
    """Return by how many days the expected close moved, later ones above zero."""
    if row.kind is not Kind.CLOSE or row.was is None or row.now is None:
        return 0
    return (date.fromisoformat(row.now) - date.fromisoformat(row.was)).days


MOVEMENT_COLUMNS = (
    *_NAMED,
    Column("was", "From", get=lambda row: _spoken(row, row.was)),
    Column("now", "To", get=_reached),
)
