"""Everything that happened on one deal, in the order in which it happened."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from funnelcli.domain.model import LogKind, TimelineEntry
from funnelcli.domain.money import format_amount
from funnelcli.domain.time import instant
from funnelcli.store.reading.reader import SIGNED_BY, optional_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.store.reading.reader import Reader

STAGES = f"""SELECT x.effective_at, x.recorded_at, m.name, x.kind, s.title, x.text, s.position
FROM stage_entry x JOIN stage s ON s.id = x.stage_id JOIN operation o ON o.id = x.operation_id
LEFT JOIN member m ON m.id = coalesce(x.by_id, {SIGNED_BY})
WHERE x.deal_id = :deal ORDER BY x.effective_at, x.id"""
OUTCOMES = f"""SELECT x.effective_at, x.recorded_at, m.name, x.outcome, x.reason,
  x.competitor, x.note
FROM outcome x JOIN operation o ON o.id = x.operation_id
LEFT JOIN member m ON m.id = {SIGNED_BY} WHERE x.deal_id = :deal ORDER BY x.effective_at, x.id"""
HOLDS = f"""SELECT x.effective_at, x.recorded_at, m.name, x.from_on, x.until, x.reason
FROM hold x JOIN operation o ON o.id = x.operation_id
LEFT JOIN member m ON m.id = {SIGNED_BY} WHERE x.deal_id = :deal ORDER BY x.effective_at, x.id"""
ACKS = f"""SELECT x.effective_at, x.recorded_at, m.name, x.until, x.reason
FROM ack x JOIN operation o ON o.id = x.operation_id
LEFT JOIN member m ON m.id = {SIGNED_BY} WHERE x.deal_id = :deal ORDER BY x.effective_at, x.id"""
MILESTONE_EVENTS = f"""SELECT x.effective_at, x.recorded_at, m.name, x.state, i.name,
  coalesce(x.evidence, x.reason)
FROM milestone_event x JOIN milestone i ON i.id = x.milestone_id
JOIN operation o ON o.id = x.operation_id
LEFT JOIN member m ON m.id = {SIGNED_BY} WHERE x.deal_id = :deal ORDER BY x.effective_at, x.id"""
LOGS = """SELECT x.effective_at, x.recorded_at, m.name, x.kind, x.text, x.with_whom, x.claim,
  x.close_claim, x.ask, x.next_step, x.next_step_due, x.by_them, x.answered, x.happened_on
FROM log x LEFT JOIN member m ON m.id = x.by_id
WHERE x.deal_id = :deal ORDER BY x.effective_at, x.id"""
TERMS = f"""SELECT x.effective_at, x.recorded_at, m.name, x.terms, x.name, x.customer, w.name,
  x.amount, x.expected_close, x.source, x.competitor
FROM deal_fact x JOIN operation o ON o.id = x.operation_id LEFT JOIN member m ON m.id = {SIGNED_BY}
LEFT JOIN member w ON w.id = x.owner_id WHERE x.deal_id = :deal ORDER BY x.effective_at, x.id"""

_TERMS = ((1, "name"), (2, "customer"), (4, "owner"), (8, "amount"), (16, "expected close"))
_MORE_TERMS = ((32, "source"), (64, "competitor"))
_LATE = timedelta(days=2)
_RANK = {"opened": 0, "milestone": 1}
"""What comes first of the entries of one instant."""


def timeline(reader: Reader, deal_id: int) -> list[TimelineEntry]:
    """Return the deal's entries, oldest first; what has no known date comes first of all."""
    entries = [
        *_stages(reader, deal_id),
        *_outcomes(reader, deal_id),
        *_holds(reader, deal_id),
        *_milestones(reader, deal_id),
        *_terms(reader, deal_id),
        *_logs(reader, deal_id),
    ]
    return sorted(
        entries, key=lambda e: (e.at is not None, e.at, e.recorded_at, _RANK.get(e.kind, 2))
    )


def _entry(row: tuple[Any, ...], kind: str, text: str, **more: str | None) -> TimelineEntry:
    at, recorded_at, by = row[:3]
    return TimelineEntry(optional_instant(at), instant(recorded_at), kind, by, text, **more)


def _stages(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    before: str | None = None
    for row in reader.rows(STAGES, deal=deal_id):
        kind, title, text = row[3:6]
        yield _entry(row, "back" if kind == "back" else "stage", text or "", was=before, now=title)
        before = title


def _outcomes(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(OUTCOMES, deal=deal_id):
        outcome, reason, competitor, note = row[3:]
        said = [reason, f"to {competitor}" if competitor else None, note]
        yield _entry(row, outcome, "; ".join(part for part in said if part))


def _holds(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(HOLDS, deal=deal_id):
        start, until, reason = row[3:]
        if until > start:
            yield _entry(row, "hold", reason or "", now=until)
        else:
            yield _entry(row, "release", "")
    for row in reader.rows(ACKS, deal=deal_id):
        yield _entry(row, "ack", row[4], now=row[3])


def _milestones(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(MILESTONE_EVENTS, deal=deal_id):
        state, title, said = row[3:]
        yield _entry(row, "milestone", f"{title}: {said}" if said else title, now=state)


def _terms(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    currency = reader.settings.currency
    before: dict[str, str | None] = {}
    for row in reader.rows(TERMS, deal=deal_id):
        terms, name, customer, owner, amount, expected_close, source, competitor = row[3:]
        values = {
            "name": name,
            "customer": customer,
            "owner": owner,
            "amount": None if amount is None else format_amount(amount, currency),
            "expected close": expected_close,
            "source": source,
            "competitor": competitor,
        }
        first = not before
        for bit, term in (*_TERMS, *_MORE_TERMS):
            if terms & bit and values[term] != before.get(term):
                if not first:
                    yield _entry(row, term, "", was=before.get(term), now=values[term])
                before[term] = values[term]
        if first:
            said = [values["customer"], values["owner"], values["amount"]]
            yield _entry(row, "opened", ", ".join(part for part in said if part), now=name)


def _logs(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(LOGS, deal=deal_id):
        kind, text, whom, claim, close_claim, ask, step, due, by_them, answered, day = row[3:]
        late = instant(row[1]) - instant(row[0] or row[1]) > _LATE
        said = [
            text,
            f"with {whom}" if whom else None,
            "they began it" if by_them else None,
            "answered" if answered and not LogKind(kind).touches(answered=False) else None,
            f"claims {claim} %" if claim is not None else None,
            f"claims close {close_claim}" if close_claim else None,
            "asks for support" if ask else None,
            f"next: {step}" + (f" by {due}" if due else "") if step else None,
            f"entered late, happened {date.fromisoformat(day)}" if late else None,
        ]
        yield _entry(row, kind, "; ".join(part for part in said if part))
