"""The claims that were made: on a deal, beside the evidence of then; on the closed ones, the first.

One claim a deal, the first before it was closed, says how far claims can be trusted; the last one
mostly knows how it ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.calibration import Claimed
from funnelcli.domain.model import ClaimSaid
from funnelcli.domain.time import instant
from funnelcli.store.reading.deals import NARROWED, evidence, filtered, narrowed
from funnelcli.store.reading.reader import optional_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

_THEN = evidence("x.deal_id", until="AND v.effective_at <= x.effective_at")
CLAIMS = f"""SELECT x.effective_at, m.name, x.claim, x.close_claim, {_THEN}, s.title
FROM log x LEFT JOIN member m ON m.id = x.by_id
LEFT JOIN stage_entry e ON e.id = (SELECT y.id FROM stage_entry y
  WHERE y.deal_id = x.deal_id AND y.effective_at <= x.effective_at
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
LEFT JOIN stage g ON g.id = e.stage_id
LEFT JOIN stage s ON s.id = coalesce(g.replaced_by, g.id)
LEFT JOIN pipeline p ON p.id = s.pipeline_id
WHERE x.deal_id = :deal AND (x.claim IS NOT NULL OR x.close_claim IS NOT NULL)
ORDER BY x.effective_at, x.id"""
CLAIMED = f"""SELECT x.claim, count(*), sum(d.status = 'won') FROM deal d
JOIN log x ON x.id = (SELECT y.id FROM log y
  WHERE y.deal_id = d.id AND y.claim IS NOT NULL AND y.effective_at <= d.closed_at
  ORDER BY y.effective_at, y.id LIMIT 1)
WHERE d.status IN ('won', 'lost') AND {NARROWED} GROUP BY x.claim"""


def claims(reader: Reader, deal_id: int) -> list[ClaimSaid]:
    """Return the deal's claims, the oldest first; no evidence where its stage was not known."""
    return [
        ClaimSaid(instant(at), by, claim, optional_date(close), shown, stage)
        for at, by, claim, close, shown, stage in reader.rows(CLAIMS, deal=deal_id)
    ]


def claimed(reader: Reader, filters: Filters) -> Iterator[Claimed]:
    """Yield what was claimed first of the deals that are closed, and how many were won."""
    yield from map(Claimed._make, reader.rows(narrowed(CLAIMED, filters), **filtered(filters)))
