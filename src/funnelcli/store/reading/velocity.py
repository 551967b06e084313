"""Open deals, and those closed in a period, counted by the days that they took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.time import midnight, seconds
from funnelcli.domain.velocity import Counted
from funnelcli.store.reading.deals import NARROWED, OPEN_NOW, filtered, narrowed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

_GROUPS = {
    "": "NULL",
    "owner": "(SELECT m.name FROM member m WHERE m.id = d.owner_id)",
    "customer": "d.customer",
    "source": "d.source",
}
_CYCLE = "CAST(julianday(day_of(d.closed_at)) - julianday(day_of(d.opened_at)) AS INTEGER)"
"""Local days from the opening of deal `d` to its closing."""
COUNTED = {
    by: f"""SELECT {group} AS grouped, s.pipeline_id, d.status AS part,
  CASE WHEN d.status = 'won' THEN {_CYCLE} END AS days,
  count(*), count(d.amount), coalesce(sum(d.amount), 0)
FROM deal d JOIN stage s ON s.id = d.stage_id
WHERE {NARROWED} AND (({OPEN_NOW}) OR (d.status IN ('won', 'lost')
  AND d.closed_at >= :closed_from AND d.closed_at < :closed_before))
GROUP BY grouped, s.pipeline_id, part, days"""
    for by, group in _GROUPS.items()
}
"""What is open is what the funnel counts; what was closed counts though it was put away since."""


def counted(
    reader: Reader, filters: Filters, by: str | None, closed_from: date, closed_before: date
) -> Iterator[Counted]:
    """Yield how many deals are open, and how many were closed in `[closed_from, closed_before)`."""
    begin, end = (
        seconds(midnight(day, reader.moment.zone)) for day in (closed_from, closed_before)
    )
    given = {"closed_from": begin, "closed_before": end, **filtered(filters)}
    return map(Counted._make, reader.rows(narrowed(COUNTED[by or ""], filters), **given))
