"""Milestones as they stand on deals: open, claimed with evidence, decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.matching import bare
from funnelcli.domain.model import Filters, MilestoneRecord
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.store.reading.deals import NARROWED, filtered, narrowed
from funnelcli.store.reading.reader import optional_instant
from funnelcli.store.script import simplified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.store.reading.reader import Reader

_THESE = f"d.id BETWEEN coalesce(:deal, 0) AND coalesce(:deal, {2**63 - 1})"
"""One deal, or all: as a range, by which SQLite finds the one without looking at the others."""
_EVENTS = """SELECT v.id FROM milestone_event v
  WHERE v.deal_id = d.id AND v.milestone_id = m.id {condition}
  ORDER BY v.effective_at DESC, v.id DESC LIMIT 1"""

MILESTONES = f"""SELECT d.id, d.name, s.name, m.name, m.title, m.required,
  coalesce(v.state, 'open'), c.evidence, c.effective_at, cm.name,
  CASE WHEN v.state IN ('accepted', 'rejected', 'waived') THEN v.effective_at END,
  CASE WHEN v.state IN ('accepted', 'rejected', 'waived') THEN vm.name END,
  v.reason, v.effective_at, m.id, s.id, v.operation_id, c.from_id, w.name
FROM deal d JOIN stage ds ON ds.id = d.stage_id JOIN pipeline p ON p.id = ds.pipeline_id
LEFT JOIN member w ON w.id = d.owner_id
JOIN stage s ON s.pipeline_id = p.id AND s.position IS NOT NULL
JOIN milestone m ON m.stage_id = s.id AND m.position IS NOT NULL
LEFT JOIN milestone_event v ON v.id = ({_EVENTS.format(condition="")})
LEFT JOIN operation vo ON vo.id = v.operation_id LEFT JOIN member vm ON vm.id = vo.by_id
LEFT JOIN milestone_event c ON v.state <> 'open'
  AND c.id = ({_EVENTS.format(condition="AND v.state = 'claimed'")})
LEFT JOIN operation co ON co.id = c.operation_id LEFT JOIN member cm ON cm.id = co.by_id
WHERE {_THESE} AND (:deal IS NOT NULL OR d.live = 1)
  AND (:state IS NULL OR coalesce(v.state, 'open') = :state)
  AND (coalesce(:state, 'open') = 'open'
    OR d.id IN (SELECT e.deal_id FROM milestone_event e WHERE e.state = :state)) AND {NARROWED}
ORDER BY d.id, s.position, m.position"""
CHANGED = f"""SELECT x.deal_id, x.contact_id, k.name, k.name_key, x.effective_at, x.operation_id
FROM contact_change x JOIN deal d ON d.id = x.deal_id JOIN contact k ON k.id = x.contact_id
WHERE {_THESE} AND (:deal IS NOT NULL OR d.live = 1) AND EXISTS (
  SELECT 1 FROM deal_role r WHERE r.deal_id = x.deal_id AND r.contact_id = x.contact_id
  AND r.ended AND r.operation_id = x.operation_id) AND {NARROWED}"""
"""Who went, and when; that somebody follows who had left before takes nobody away again."""
STANDING = (MilestoneState.CLAIMED, MilestoneState.ACCEPTED)
_FEWEST_HAN, _FEWEST_LETTERS = 2, 4
"""Signs of a name by which a text can be said to name somebody."""


class _Gone(NamedTuple):
    """Somebody who left a deal or was replaced, and when; `forms` are what texts call them."""

    contact_id: int
    name: str
    forms: tuple[str, ...]
    since: tuple[int, int]

    def gave(self, evidence: str | None, from_id: int | None) -> bool:
        """Tell whether evidence came from them: as is said, or else because it names them."""
        if from_id is not None:
            return from_id == self.contact_id
        said = "" if evidence is None else bare(simplified(evidence))
        return any(form in said for form in self.forms)


def milestones(
    reader: Reader, filters: Filters, *, deal_id: int | None = None, state: str | None = None
) -> Iterator[MilestoneRecord]:
    """Yield the milestones of one deal, or of all open deals, in the order of the process."""
    rows = reader.rows(
        narrowed(MILESTONES, filters), deal=deal_id, state=state, **filtered(filters)
    )
    gone = _gone(reader, filters, deal_id)
    for row in rows:
        number, deal, stage, name, title, required, found, evidence, *rest = row
        claimed_at, claimed_by, decided_at, decided_by, reason, last_at, *more = rest
        milestone_id, stage_id, operation, from_id, owner = more
        left = None
        if found in STANDING:
            came = (g for g in gone.get(number, ()) if g.since > (last_at, operation))
            left = next((g.name for g in came if g.gave(evidence, from_id)), None)
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
            reconfirm=left,
            owner=owner,
        )


def to_confirm_again(reader: Reader, filters: Filters) -> list[MilestoneRecord]:
    """Return the milestones of open deals whose evidence came from somebody who is gone since."""
    changed = _gone(reader, filters, None)
    found = (each for deal in changed for each in milestones(reader, Filters(), deal_id=deal))
    return [each for each in found if each.reconfirm is not None]


def _gone(reader: Reader, filters: Filters, deal_id: int | None) -> dict[int, list[_Gone]]:
    """Return who left the deals asked about, or was replaced on them."""
    found: dict[int, list[_Gone]] = {}
    rows = reader.rows(narrowed(CHANGED, filters), deal=deal_id, **filtered(filters))
    for number, contact, name, key, at, operation in rows:
        said = (form for form in (key or "").split() if _telling(form))
        since = (-1 if at is None else at, operation)
        found.setdefault(number, []).append(_Gone(contact, name, tuple(said), since))
    return found


def _telling(form: str) -> bool:
    """Tell whether a form is long enough that a text which holds it means them."""
    return len(form) >= (_FEWEST_LETTERS if form.isascii() else _FEWEST_HAN)
