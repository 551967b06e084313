"""Everything that happened on one deal, in the order in which it happened."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from funnelcli.domain.conversation import is_late
from funnelcli.domain.model import LogKind, TimelineEntry
from funnelcli.domain.money import format_amount
from funnelcli.domain.time import instant
from funnelcli.store.reading.reader import SIGNED_BY, optional_instant
from funnelcli.store.terms import Term
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.store.reading.reader import Reader


def _told(columns: str, fact: str, joined: str = "", by: str = SIGNED_BY) -> str:
    """Return the statement for what the facts of a deal say, each with when and by whom."""
    return f"""SELECT x.effective_at, x.recorded_at, m.name, x.operation_id, {columns}
FROM {fact} x {joined} JOIN operation o ON o.id = x.operation_id
LEFT JOIN member m ON m.id = {by} WHERE x.deal_id = :deal ORDER BY x.effective_at, x.id"""


_STATED_BY = f"coalesce(x.by_id, {SIGNED_BY})"
STAGES = _told(
    "s.title, x.text, coalesce(r.position, s.position)",
    "stage_entry",
    "JOIN stage s ON s.id = x.stage_id LEFT JOIN stage r ON r.id = s.replaced_by",
    by=_STATED_BY,
)
OUTCOMES = _told("x.outcome, x.reason, x.competitor, x.note", "outcome", by=_STATED_BY)
HOLDS = _told("x.from_on, x.until, x.reason", "hold")
ACKS = _told("x.until, x.reason", "ack")
MILESTONE_EVENTS = _told(
    "x.state, i.name, coalesce(x.evidence, x.reason)",
    "milestone_event",
    "JOIN milestone i ON i.id = x.milestone_id",
)
LOGS = _told(
    "x.kind, x.text, x.with_whom, x.claim, x.close_claim, x.ask, x.next_step, x.next_step_due,"
    " x.by_them, x.answered, x.happened_on",
    "log",
    by="x.by_id",
)
TERMS = _told(
    "x.terms, x.name, x.customer, w.name, x.amount, x.expected_close, x.source, x.competitor,"
    " x.members, x.archived, x.note",
    "deal_fact",
    "LEFT JOIN member w ON w.id = x.owner_id",
)
REPLIES = _told("x.log_id, x.text, x.due", "reply")
PLANNED = _told("x.id, x.text, x.planned_on", "plan")
ENDED = _told(
    "x.plan_id, x.state, coalesce(x.reason, l.text)",
    "plan_end",
    "LEFT JOIN plan l ON l.id = x.plan_id",
)
PEOPLE = _told(
    "k.name, x.role, x.stance, x.ended", "deal_role", "JOIN contact k ON k.id = x.contact_id"
)
CHANGES = _told(
    "k.name, s.name",
    "contact_change",
    "JOIN contact k ON k.id = x.contact_id LEFT JOIN contact s ON s.id = x.successor_id",
)

_TERMS = {
    "name": Term.NAME,
    "customer": Term.CUSTOMER,
    "owner": Term.OWNER,
    "amount": Term.AMOUNT,
    "expected close": Term.EXPECTED_CLOSE,
    "source": Term.SOURCE,
    "competitor": Term.COMPETITOR,
    "members": Term.MEMBERS,
}
_RANK = {"opened": 0, "milestone": 1, "release": 1}
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
        *_conversation(reader, deal_id),
        *_people(reader, deal_id),
    ]
    return sorted(entries, key=_place)


def _place(entry: TimelineEntry) -> tuple[Any, ...]:
    """Return where an entry stands: by time, then in order of entry."""
    rank = _RANK.get(entry.kind, 2)
    return (entry.at is not None, entry.at, entry.recorded_at, entry.operation, rank)


def _entry(row: tuple[Any, ...], kind: str, text: str, **more: str | None) -> TimelineEntry:
    at, recorded_at, by, operation = row[:4]
    when = optional_instant(at)
    return TimelineEntry(when, instant(recorded_at), kind, by, text, operation, **more)


def _stages(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    before, reached = None, -1
    for row in reader.rows(STAGES, deal=deal_id):
        title, text, position = row[4:]
        kind = "back" if position < reached else "stage"
        yield _entry(row, kind, text or "", was=before, now=title)
        before, reached = title, position


def _outcomes(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(OUTCOMES, deal=deal_id):
        outcome, reason, competitor, note = row[4:]
        to = said("to {competitor}", competitor=competitor) if competitor else None
        yield _entry(row, outcome, said("; ").join(part for part in (reason, to, note) if part))


def _holds(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(HOLDS, deal=deal_id):
        start, until, reason = row[4:]
        if until > start:
            yield _entry(row, "hold", reason or "", now=until)
        else:
            yield _entry(row, "release", "")
    for row in reader.rows(ACKS, deal=deal_id):
        yield _entry(row, "ack", row[5], now=row[4])


def _milestones(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(MILESTONE_EVENTS, deal=deal_id):
        state, title, why = row[4:]
        yield _entry(row, "milestone", f"{title}: {why}" if why else title, now=state)


def _terms(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    currency = reader.settings.currency
    before: dict[str, str | None] = {}
    for row in reader.rows(TERMS, deal=deal_id):
        terms, *stated, members, archived, note = row[4:]
        name, customer, owner, amount, expected_close, source, competitor = stated
        values = {
            "name": name,
            "customer": customer,
            "owner": owner,
            "amount": None if amount is None else format_amount(amount, currency),
            "expected close": expected_close,
            "source": source,
            "competitor": competitor,
            "members": said(", ").join(json.loads(members or "[]")),
        }
        first = not before
        for term, bit in _TERMS.items():
            if terms & bit and values[term] != before.get(term):
                if not first:
                    yield _entry(row, term, "", was=before.get(term), now=values[term])
                before[term] = values[term]
        if terms & Term.ARCHIVED:
            yield _entry(row, "archived" if archived else "brought back", note or "")
        if first:
            told = [values["customer"], values["owner"], values["amount"]]
            yield _entry(row, "opened", said(", ").join(part for part in told if part), now=name)


def _logs(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(LOGS, deal=deal_id):
        kind, text, whom, claim, close_claim, ask, step, due, by_them, answered, day = row[4:]
        late = is_late(date.fromisoformat(day), reader.day(row[1]) or date.max)
        next_by, next_step = marked("next: {step} by {due}"), marked("next: {step}")
        told = [
            text,
            said("with {whom}", whom=whom) if whom else None,
            said("they began it") if by_them else None,
            said("answered") if answered and not LogKind(kind).touches(answered=False) else None,
            said("claims {claim} %", claim=claim) if claim is not None else None,
            said("claims close {day}", day=close_claim) if close_claim else None,
            said("asks for support") if ask else None,
            said(next_by if due else next_step, step=step, due=due) if step else None,
            said("entered late, happened {day}", day=date.fromisoformat(day)) if late else None,
        ]
        yield _entry(row, kind, said("; ").join(part for part in told if part))


def _conversation(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    for row in reader.rows(REPLIES, deal=deal_id):
        log, text, due = row[4:]
        answered = marked("to log {log}: {text}")
        asked = marked("to log {log}: {text}; asked for by {due}")
        yield _entry(row, "reply", said(asked if due else answered, log=log, text=text, due=due))
    for row in reader.rows(PLANNED, deal=deal_id):
        number, text, on = row[4:]
        yield _entry(row, "plan", f"{number}: {text}", now=on)
    for row in reader.rows(ENDED, deal=deal_id):
        number, state, why = row[4:]
        yield _entry(row, f"plan {state}", f"{number}: {why}" if why else f"{number}")


def _people(reader: Reader, deal_id: int) -> Iterator[TimelineEntry]:
    before: dict[str, str] = {}
    for row in reader.rows(PEOPLE, deal=deal_id):
        name, role, stance, ended = row[4:]
        now = said(", ").join(said(part) for part in (role, stance) if part)
        now = said("gone") if ended else now
        yield _entry(row, "contact", name, was=before.get(name), now=now)
        before[name] = now
    for row in reader.rows(CHANGES, deal=deal_id):
        gone, successor = row[4:]
        yield _entry(row, "successor", "", was=gone, now=successor or said("not known"))
