"""The file's tables under canonical headers, as import reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnelcli.domain.money import major
from funnelcli.domain.time import instant, iso
from funnelcli.store.reading.reader import SIGNED_BY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.store.reading.reader import Reader

_REF = "coalesce(d.ref, '#' || d.id)"
DEALS = f"""SELECT {_REF}, d.name, d.customer, o.name, p.name, s.name, d.status, d.amount,
  d.opened_at, d.closed_at, d.expected_close, d.source, d.lost_reason
FROM deal d JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
LEFT JOIN member o ON o.id = d.owner_id ORDER BY d.id"""
STAGES = f"""SELECT {_REF}, x.stage, x.at, m.name FROM (
  SELECT e.deal_id, coalesce(r.name, s.name) AS stage, e.effective_at AS at,
    coalesce(e.by_id, {SIGNED_BY}) AS by_id, 0 AS last, e.id
  FROM stage_entry e JOIN stage s ON s.id = e.stage_id LEFT JOIN stage r ON r.id = s.replaced_by
  JOIN operation o ON o.id = e.operation_id
  UNION ALL
  SELECT x.deal_id, x.outcome, x.effective_at, coalesce(x.by_id, {SIGNED_BY}), 1, x.id
  FROM outcome x
  JOIN operation o ON o.id = x.operation_id WHERE x.outcome IN ('won', 'lost')
  UNION ALL
  SELECT x.deal_id, (SELECT coalesce(r.name, s.name) FROM stage_entry e
      JOIN stage s ON s.id = e.stage_id LEFT JOIN stage r ON r.id = s.replaced_by
      WHERE e.deal_id = x.deal_id AND e.effective_at <= x.effective_at
      ORDER BY e.effective_at DESC, e.id DESC LIMIT 1),
    x.effective_at, coalesce(x.by_id, {SIGNED_BY}), 2, x.id
  FROM outcome x JOIN operation o ON o.id = x.operation_id WHERE x.outcome = 'reopened'
  AND NOT EXISTS (SELECT 1 FROM stage_entry e
    WHERE e.deal_id = x.deal_id AND e.effective_at = x.effective_at)) x
JOIN deal d ON d.id = x.deal_id LEFT JOIN member m ON m.id = x.by_id
WHERE x.at IS NOT NULL AND x.stage IS NOT NULL ORDER BY d.id, x.at, x.last, x.id"""
LOGS = f"""SELECT {_REF}, l.effective_at, m.name, l.kind, l.text, l.with_whom, l.claim
FROM log l JOIN deal d ON d.id = l.deal_id LEFT JOIN member m ON m.id = l.by_id
ORDER BY d.id, l.effective_at, l.id"""
CONTACTS = f"""SELECT k.name, k.company, k.title, iif(d.id IS NULL, NULL, {_REF}), x.role, x.stance
FROM contact k LEFT JOIN deal_role x ON x.contact_id = k.id AND NOT x.ended AND x.id = (
  SELECT y.id FROM deal_role y WHERE y.deal_id = x.deal_id AND y.contact_id = k.id
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
LEFT JOIN deal d ON d.id = x.deal_id WHERE k.name IS NOT NULL ORDER BY k.id, d.id"""


def canonical_deals(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """Yield id,name,customer,owner,pipeline,stage,status,amount,currency,… of every deal."""
    currency = reader.settings.currency
    for row in reader.rows(DEALS):
        *named, status, amount, opened, closed, expected, source, reason = row
        worth = None if amount is None else major(amount, currency)
        days = (reader.day(opened), reader.day(closed), expected)
        yield *named, status, worth, currency, *days, source, reason


def canonical_stages(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """Yield deal,stage,at,by of every entry with a known date, won and lost among them."""
    for ref, stage, at, by in reader.rows(STAGES):
        yield ref, stage, iso(instant(at)), by


def canonical_logs(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """Yield deal,at,by,kind,text,with,claim of every log entry."""
    for ref, at, *rest in reader.rows(LOGS):
        yield ref, iso(instant(at)), *rest


def canonical_contacts(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """Yield name,company,title,deal,role,stance, a row for each deal that a contact is on."""
    yield from reader.rows(CONTACTS)
