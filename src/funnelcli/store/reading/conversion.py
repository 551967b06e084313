"""How many deals that reached a stage were won, counted over closed deals.

A deal reached a stage if it ever entered it or a later one; a win reached all
(PRODUCT 10; forecast reference, section 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funnelcli.domain.pipeline import Pipeline
    from funnelcli.store.reading.reader import Reader

FURTHEST = """SELECT furthest, status, count(*) FROM (
  SELECT d.status, max(coalesce(r.position, s.position)) AS furthest
  FROM deal d JOIN stage c ON c.id = d.stage_id
  JOIN stage_entry e ON e.deal_id = d.id JOIN stage s ON s.id = e.stage_id
  LEFT JOIN stage r ON r.id = s.replaced_by
  WHERE c.pipeline_id = :pipeline AND d.status IN ('won', 'lost') GROUP BY d.id)
GROUP BY furthest, status"""


def shares_won(reader: Reader, pipeline: Pipeline) -> dict[str, tuple[float, int]]:
    """Return by stage the share won of the closed deals that reached it, and how many those are."""
    won, lost = 0, [0] * len(pipeline.stages)
    for furthest, status, count in reader.rows(FURTHEST, pipeline=pipeline.id):
        if status == "won":
            won += count
        elif furthest is not None:
            lost[furthest] += count
    found = {}
    for position, stage in enumerate(pipeline.stages):
        reached = won + sum(lost[position:])
        if reached:
            found[stage.name] = (won / reached, reached)
    return found
