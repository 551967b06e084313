"""Milestones as they stand on deals: open, claimed with evidence, decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.model import MilestoneRecord
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.store.reading.deals import NARROWED, filtered, narrowed
from funnelcli.store.reading.reader import optional_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

_EVENTS = """SELECT v.id FROM milestone_event v
  WHERE v.deal_id = d.id AND v.milestone_id = m.id {condition}
  ORDER BY v.effective_at DESC, v.id DESC LIMIT 1"""

MILESTONES = f"""SELECT d.id, d.name, s.name, m.name, m.title, m.required,
  coalesce(v.state, 'open'), c.evidence, c.effective_at, cm.name,
  CASE WHEN v.state IN ('accepted', 'rejected', 'waived') THEN v.effective_at END,
  CASE WHEN v.state IN ('accepted', 'rejected', 'waived') THEN vm.name END,
  v.reason, v.effective_at, m.id, s.id
FROM deal d JOIN stage ds ON ds.id = d.stage_id JOIN pipeline p ON p.id = ds.pipeline_id
JOIN stage s ON s.pipeline_id = p.id AND s.position IS NOT NULL
JOIN milestone m ON m.stage_id = s.id AND m.position IS NOT NULL
LEFT JOIN milestone_event v ON v.id = ({_EVENTS.format(condition="")})
LEFT JOIN operation vo ON vo.id = v.operation_id LEFT JOIN member vm ON vm.id = vo.by_id
LEFT JOIN milestone_event c ON v.state <> 'open'
  AND c.id = ({_EVENTS.format(condition="AND v.state = 'claimed'")})
LEFT JOIN operation co ON co.id = c.operation_id LEFT JOIN member cm ON cm.id = co.by_id
WHERE (:deal IS NULL OR d.id = :deal) AND (:deal IS NOT NULL OR d.live = 1)
  AND (:state IS NULL OR coalesce(v.state, 'open') = :state) AND {NARROWED}
ORDER BY d.id, s.position, m.position"""


def milestones(
    reader: Reader, filters: Filters, *, deal_id: int | None = None, state: str | None = None
) -> Iterator[MilestoneRecord]:
    """Yield the milestones of one deal, or of all open deals, in the order of the process."""
    rows = reader.rows(
        narrowed(MILESTONES, filters), deal=deal_id, state=state, **filtered(filters)
    )
    for row in rows:
        number, deal, stage, name, title, required, found, evidence, *rest = row
        claimed_at, claimed_by, decided_at, decided_by, reason, last_at, milestone_id, stage_id = (
            rest
        )
        yield MilestoneRecord(
            deal_id=number,
            deal=deal,
            stage=stage,
            milestone=name,
            title=title,
            required=bool(required),
            state=MilestoneState(found),
            evidence=evidence,
            claimed_at=optional_instant(claimed_at),
            claimed_by=claimed_by,
            decided_at=optional_instant(decided_at),
            decided_by=decided_by,
            reason=reason,
            last_at=optional_instant(last_at),
            milestone_id=milestone_id,
            stage_id=stage_id,
        )
