"""What the file says of the stays of deals in their stages, read for many deals at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from funnelcli.domain.diagnosis import OnDeal, Touches
from funnelcli.domain.people import known_by
from funnelcli.domain.stalled import contact_changed
from funnelcli.domain.time import seconds
from funnelcli.store.projection import MET_SINCE, SUPERSEDED
from funnelcli.store.reading.acquaintances import known
from funnelcli.store.reading.contacts import records
from funnelcli.store.reading.reader import optional_date
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.model import Deal
    from funnelcli.store.reading.reader import Reader

TOUCHES = """, stay AS MATERIALIZED (SELECT key, value ->> 0 AS deal_id, value ->> 1 AS stage_id,
  value ->> 2 AS since FROM json_each(:stays))
SELECT y.deal_id, count(t.id), coalesce(sum(t.by_them), 0), EXISTS (
  SELECT 1 FROM milestone m
  WHERE m.stage_id = y.stage_id AND m.required AND m.position IS NOT NULL
  AND coalesce((SELECT v.state FROM milestone_event v
    WHERE v.deal_id = y.deal_id AND v.milestone_id = m.id
    ORDER BY v.effective_at DESC, v.id DESC LIMIT 1), 'open') IN ('open', 'rejected'))
FROM stay y LEFT JOIN log t ON t.deal_id = y.deal_id AND t.touch = 1
  AND (y.since IS NULL OR t.effective_at >= y.since)
GROUP BY y.key"""
PEOPLE = """SELECT x.deal_id, k.name, x.role, x.stance, x.stance_on, (
  SELECT max(t.effective_at) FROM log t
  WHERE t.deal_id = x.deal_id AND t.touch = 1 AND t.with_id = x.contact_id)
FROM json_each(:deals) j CROSS JOIN deal_role x ON x.deal_id = j.value
JOIN contact k ON k.id = x.contact_id
WHERE NOT x.ended AND x.id = (
  SELECT y.id FROM deal_role y WHERE y.deal_id = x.deal_id AND y.contact_id = x.contact_id
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
ORDER BY x.contact_id"""
ALARMS = f"""SELECT x.deal_id, k.name, x.successor_id, s.name, x.effective_at
FROM json_each(:deals) j CROSS JOIN contact_change x ON x.deal_id = j.value
JOIN contact k ON k.id = x.contact_id LEFT JOIN contact s ON s.id = x.successor_id
WHERE NOT {SUPERSEDED} AND NOT {MET_SINCE} ORDER BY x.effective_at DESC, x.id DESC"""


@dataclass(frozen=True)
class Stays:
    """The stays of these deals in the stages where they are; each part is read when asked for."""

    reader: Reader
    deals: Sequence[Deal]

    @cached_property
    def touches(self) -> dict[int, Touches]:
        """What the logs say of each deal's stay."""
        stays = [
            (each.id, each.stage_id, each.stage_entered_at and seconds(each.stage_entered_at))
            for each in self.deals
        ]
        return {
            deal: Touches(count, by_them, bool(milestone_open))
            for deal, count, by_them, milestone_open in self.reader.rows(
                TOUCHES, stays=json.dumps(stays)
            )
        }

    @cached_property
    def people(self) -> dict[int, list[OnDeal]]:
        """Who is on each deal, how they stand to us, and when they were last met there."""
        found: dict[int, list[OnDeal]] = {each.id: [] for each in self.deals}
        for deal, name, role, stance, known_on, met in self.reader.rows(
            PEOPLE, deals=json.dumps([*found])
        ):
            there = OnDeal(name, role, stance, optional_date(known_on), self.reader.day(met))
            found[deal].append(there)
        return found

    @cached_property
    def alarms(self) -> dict[int, tuple[str, str]]:
        """Who left each alarmed deal, who follows and is to be met; and who knows those."""
        alarmed = json.dumps([each.id for each in self.deals if each.changed_contact is not None])
        rows = list(self.reader.rows(ALARMS, deals=alarmed))
        knowing = introductions(self.reader, [row[2] for row in rows if row[2] is not None])
        told: dict[int, list[str]] = {}
        knows: dict[int, list[str]] = {}
        for deal, gone, successor_id, successor, at in rows:
            left = contact_changed(gone, successor, self.reader.day(at))
            told.setdefault(deal, []).append(left)
            knows.setdefault(deal, []).append(knowing.get(successor_id, ""))
        return {
            deal: (said("; ").join(texts), said("; ").join(filter(None, knows[deal])))
            for deal, texts in told.items()
        }


def introductions(reader: Reader, contacts: Sequence[int]) -> dict[int, str]:
    """Return, for each of these contacts, who on the team knows them, in words."""
    found = records(reader, contacts)
    knows = known(reader, found)
    return {each.id: known_by(knows[each.id], each.name) for each in found}
