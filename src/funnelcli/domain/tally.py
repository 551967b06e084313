"""A figure and what it is made of: every part that was counted, so that anybody can count again."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from funnelcli.domain.entries import Entry


class Part(NamedTuple):
    """One thing that a figure counts: whose, how much it counted, and where to look it up.

    `of` is what it was counted out of, where the figure is a share.
    """

    owner_id: int | None
    counted: float
    of: float | None = None
    entry: str | None = None
    deal_id: int | None = None
    deal: str | None = None
    on: date | None = None
    entered_on: date | None = None
    ended_on: date | None = None
    late: bool = False
    state: str = ""
    what: str = ""


def part(entry: Entry, counted: float = 1, of: float | None = None) -> Part:
    """Return an entry as a part of a figure."""
    return Part(
        entry.owner_id,
        counted,
        of,
        entry.cite,
        entry.deal_id,
        entry.deal,
        entry.on,
        entry.entered_on,
        entry.ended_on,
        entry.late,
        entry.state,
        entry.text,
    )


class Tally(NamedTuple):
    """A figure's value, what it rests on, and its parts, which are made when somebody asks.

    None where there is nothing to tell; `why` says so.
    """

    value: float | None
    n: int
    parts: Callable[[], Sequence[Part]]
    why: str = ""


def added(figures: Iterable[float]) -> float:
    """Return the sum of figures: a whole one of whole ones, else as exact as can be."""
    known = list(figures)
    return sum(known) if all(isinstance(each, int) for each in known) else fsum(known)


def median(figures: Sequence[float]) -> float:
    """Return the middle of some figures, or what lies between the two in the middle."""
    ordered = sorted(figures)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def number(entries: Sequence[Entry], n: int | None = None) -> Tally:
    """Count entries, of `n` in all."""
    count = len(entries)
    return Tally(count, count if n is None else n, lambda: [part(entry) for entry in entries])


def total(entries: Sequence[Entry], counted: Callable[[Entry], float], why: str = "") -> Tally:
    """Add up what the entries count; with a `why`, no entry makes no figure."""
    if why and not entries:
        return nothing(why)
    value = added(map(counted, entries))
    return Tally(value, len(entries), lambda: [part(each, counted(each)) for each in entries])


def ratio(
    entries: Sequence[Entry],
    counted: Callable[[Entry], float],
    of: Callable[[Entry], float],
    why: str,
) -> Tally:
    """Divide what the entries count by what they are counted out of."""
    whole = added(map(of, entries))
    return Tally(
        added(map(counted, entries)) / whole if whole else None,
        len(entries),
        lambda: [part(each, counted(each), of(each)) for each in entries],
        "" if whole else why,
    )


def share(parts: Sequence[Part], why: str) -> Tally:
    """Divide what the parts counted by what they were counted out of."""
    whole = added(each.of or 0 for each in parts)
    value = added(each.counted for each in parts) / whole if whole else None
    return Tally(value, len(parts), lambda: parts, "" if whole else why)


def middle(entries: Sequence[Entry], counted: Callable[[Entry], float], why: str) -> Tally:
    """Return the median of what the entries count."""
    if not entries:
        return nothing(why)
    value = median([counted(each) for each in entries])
    return Tally(value, len(entries), lambda: [part(each, counted(each)) for each in entries])


def nothing(why: str) -> Tally:
    """Say why there is no figure."""
    return Tally(None, 0, list, why)


def chosen(entries: Iterable[Entry], *states: str) -> list[Entry]:
    """Return the entries that are in one of these states."""
    return [entry for entry in entries if entry.state in states]
