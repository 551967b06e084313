"""The claims that were made on a deal, each beside the evidence as it was then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.model import ClaimSaid
from funnelcli.domain.time import instant
from funnelcli.store.reading.reader import optional_date

if TYPE_CHECKING:
    from funnelcli.store.reading.reader import Reader

CLAIMS = """SELECT x.effective_at, m.name, x.claim, x.close_claim, coalesce((
    SELECT r.probability FROM stage r JOIN milestone i ON i.stage_id = r.id
    WHERE r.pipeline_id = s.pipeline_id AND r.position < s.position
    AND i.required AND i.position IS NOT NULL AND coalesce((
      SELECT v.state FROM milestone_event v WHERE v.deal_id = x.deal_id AND v.milestone_id = i.id
      AND v.effective_at <= x.effective_at
      ORDER BY v.effective_at DESC, v.id DESC LIMIT 1), 'open')
      NOT IN ('accepted', 'waived', CASE WHEN p.acceptance = 'rep' THEN 'claimed' ELSE '' END)
    ORDER BY r.position LIMIT 1), s.probability), s.title
FROM log x LEFT JOIN member m ON m.id = x.by_id
LEFT JOIN stage_entry e ON e.id = (SELECT y.id FROM stage_entry y
  WHERE y.deal_id = x.deal_id AND y.effective_at <= x.effective_at
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
LEFT JOIN stage g ON g.id = e.stage_id
LEFT JOIN stage s ON s.id = coalesce(g.replaced_by, g.id)
LEFT JOIN pipeline p ON p.id = s.pipeline_id
WHERE x.deal_id = :deal AND (x.claim IS NOT NULL OR x.close_claim IS NOT NULL)
ORDER BY x.effective_at, x.id"""


def claims(reader: Reader, deal_id: int) -> list[ClaimSaid]:
    """Return the deal's claims, the oldest first; no evidence where its stage was not known."""
    return [
        ClaimSaid(instant(at), by, claim, optional_date(close), evidence, stage)
        for at, by, claim, close, evidence, stage in reader.rows(CLAIMS, deal=deal_id)
    ]
