"""How the deals stand at two ends, side by side, and who at the customers changed in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.movement import Bridge, Kind, Moved, Place, bridge, paired
from funnelcli.store.reading.deals import HELD, NARROWED, filtered, narrowed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

STANDINGS = f"""SELECT d.id, CASE WHEN d.status IN ('won', 'lost') THEN d.status
  WHEN d.archived THEN 'archived' WHEN {HELD} THEN 'held' ELSE 'open' END,
  ({NARROWED}) IS TRUE, d.amount, d.name, d.stage_id, d.expected_close, d.claim
FROM deal d WHERE d.status IS NOT NULL ORDER BY d.id"""
"""Each deal in the order of a Standing's fields; what is open is what the funnel counts."""
PLACES = """SELECT s.id, p.name, s.title, coalesce(s.position, 0)
FROM stage s JOIN pipeline p ON p.id = s.pipeline_id"""
"""Every stage, those too that are gone: a deal may have been there."""
KNOWN_CHANGES = "SELECT x.id FROM contact_change x ORDER BY x.id"
CHANGES = f"""SELECT x.id, x.contact_id, d.id, d.name, k.name, s.name
FROM contact_change x JOIN deal d ON d.id = x.deal_id JOIN contact k ON k.id = x.contact_id
LEFT JOIN contact s ON s.id = x.successor_id WHERE {NARROWED} ORDER BY x.id"""


def movement(start: Reader, end: Reader, filters: Filters) -> Bridge:
    """Return the bridge from the open amount that `start` sees to the one that `end` sees.

    Both are read in order of the deals' numbers, side by side.
    """
    sql, given = narrowed(STANDINGS, filters), filtered(filters)
    pairs = paired(start.rows(sql, **given), end.rows(sql, **given))
    places = {number: Place(*said) for number, *said in end.rows(PLACES)}
    return bridge(pairs, places, _contacts(start, end, filters))


def _contacts(start: Reader, end: Reader, filters: Filters) -> Iterable[Moved]:
    """Return who left a deal or was replaced since, as it was said last."""
    found = {}
    changes = end.rows(narrowed(CHANGES, filters), **filtered(filters))
    for known, change in paired(start.rows(KNOWN_CHANGES), changes):
        if known is None and change is not None:
            _, contact, deal_id, deal, gone, successor = change
            found[deal_id, contact] = Moved(Kind.CONTACT, deal_id, deal, gone, successor)
    return found.values()
