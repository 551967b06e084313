"""What came of somebody's deals: what they won, against target and chance, how claims did.

Formulas of claims are of the forecast reference, 3d.
"""

from __future__ import annotations

from math import fsum, sqrt
from typing import TYPE_CHECKING

from funnelcli.domain.entries import EntryKind, EntryState
from funnelcli.domain.luck import wins_not_exceeded
from funnelcli.domain.outlook import normal_below
from funnelcli.domain.record import measured
from funnelcli.domain.tally import Part, Tally, nothing, number, part, share, total
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from funnelcli.domain.entries import Entry
    from funnelcli.domain.record import Record

CLAIM_PRIOR = 10
"""Claims without any bias that a rep's own are drawn towards (forecast reference, 3d)."""
ENOUGH = 10
"""Closed deals with a claim below which nothing is said of how claims turn out."""
CLAIM_VARIANCE = 0.2
"""The variance of the bias, times n + 10 (as above)."""
OVER, SURE = 0.05, 0.7
"""A bias is told beyond five points, once that is more likely than this."""
PERCENT = 100


def won(record: Record) -> Tally:
    """Add up what the won deals of known amount brought, in minor units."""
    known = [e for e in record.of(EntryKind.WON) if e.amount is not None]
    return total(known, lambda each: each.amount or 0)


def won_unknown(record: Record) -> Tally:
    """Count the won deals of unknown amount."""
    every = record.of(EntryKind.WON)
    return number([each for each in every if each.amount is None], len(every))


def target(record: Record) -> Tally:
    """Return what is to be won in the period, in minor units."""
    if not record.aims:
        return nothing(marked("no target"))
    parts = _aims(record)
    return Tally(sum(aim for _, aim in record.aims), len(parts), lambda: parts)


def _aims(record: Record) -> list[Part]:
    """Return what the target is made of."""
    return [Part(owner, aim, entry=f"target {record.period}") for owner, aim in record.aims]


def target_share(record: Record) -> Tally:
    """Divide what was won by the target."""
    if not any(aim for _, aim in record.aims):
        return nothing(marked("no target"))
    reached = won(record)
    aims = [aim._replace(counted=0, of=aim.counted) for aim in _aims(record)]
    return share([*reached.parts(), *aims], "")._replace(n=reached.n)


def _closed(record: Record) -> list[Entry]:
    """Return the closed deals of whose first stage the chance is known."""
    both = (*record.of(EntryKind.WON), *record.of(EntryKind.LOST))
    return [each for each in both if each.value is not None]


def _beyond(closed: Entry) -> float:
    """Return what a closed deal brought beyond what its first stage let expect."""
    return (closed.kind is EntryKind.WON) - measured(closed)


def beyond_chance(record: Record) -> Tally:
    """Add up, over the closed deals, won − the declared chance of the first stage."""
    closed = _closed(record)
    found = total(closed, _beyond, marked("no deal was closed"))
    return found._replace(parts=lambda: [*map(_against_chance, closed)] if closed else [])


def _against_chance(closed: Entry) -> Part:
    """Return a closed deal with the chance that what it counts is measured by."""
    chance = said("{chance:g} % in its first stage", chance=PERCENT * measured(closed))
    told = said("; ").join(text for text in (chance, closed.text) if text)
    return part(closed, _beyond(closed))._replace(what=told)


def luck(record: Record, tail: float) -> Tally:
    """Return how far the wins may lie from what was to be expected by luck alone.

    If every deal were won with its declared chance, in a quarter that is good or bad for all.
    """
    chances = [*map(measured, _closed(record))]
    if not chances:
        return nothing(marked("no deal was closed"))
    wins = wins_not_exceeded(chances, tail)
    value = fsum([wins, *(-chance for chance in chances)])
    return beyond_chance(record)._replace(value=value)


def _gap(claim: Entry) -> float:
    """Return by how many points a claim exceeded what came."""
    return PERCENT * (measured(claim) - (claim.state is EntryState.WON))


def bias(record: Record) -> Tally:
    """Return b = Σ(claim − won)/(n + 10), in points (forecast reference, 3d)."""
    found = total(record.of(EntryKind.CLAIM), _gap)
    if found.value is None or found.n < ENOUGH:
        return found._replace(value=None, why=marked("not enough evidence"))
    return found._replace(value=found.value / (found.n + CLAIM_PRIOR))


def doubt(record: Record) -> Tally:
    """Return how likely the bias is over five points, under Normal(b, 0.2/(n + 10))."""
    found = bias(record)
    if found.value is None:
        return found
    deviation = sqrt(CLAIM_VARIANCE / (found.n + CLAIM_PRIOR))
    return found._replace(value=1 - normal_below((OVER - found.value / PERCENT) / deviation))
