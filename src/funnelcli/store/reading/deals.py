"""Deals as they stand: one by name, or all that a filter lets through."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from funnelcli.domain.model import Claim, Deal, Status
from funnelcli.domain.text import fold
from funnelcli.domain.time import instant
from funnelcli.errors import Ambiguous, NotFound
from funnelcli.store.reading.reader import optional_date, optional_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

EVIDENCE = """coalesce((
  SELECT r.probability FROM stage r JOIN milestone m ON m.stage_id = r.id
  WHERE r.pipeline_id = s.pipeline_id AND r.position < s.position
  AND m.required AND m.position IS NOT NULL AND coalesce((
    SELECT v.state FROM milestone_event v WHERE v.deal_id = d.id AND v.milestone_id = m.id
    ORDER BY v.effective_at DESC, v.id DESC LIMIT 1), 'open')
    NOT IN ('accepted', 'waived', CASE WHEN p.acceptance = 'rep' THEN 'claimed' ELSE '' END)
  ORDER BY r.position LIMIT 1), s.probability)"""
"""The declared probability of the stage that deal `d` has reached by milestones."""

COLUMNS = f"""d.id, d.ref, d.name, d.customer, o.name, d.owner_id, d.members, p.name, s.name,
  s.title, d.stage_id, s.probability, d.status, d.amount, d.expected_close, d.opened_at,
  d.stage_entered_at, d.stage_clock_at, d.stage_counts_from, d.last_touch_at, d.touch_clock_at,
  d.touch_counts_from, d.next_step,
  d.next_step_due, d.held_until, d.hold_reason, d.closed_at, d.lost_reason, d.competitor,
  d.source, d.pushes, d.moved_back, d.archived, d.ack_until, d.ack_reason, d.claim, d.claim_at,
  cm.name, CASE WHEN d.claim IS NOT NULL THEN {EVIDENCE} END"""

JOINED = """JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
  LEFT JOIN member o ON o.id = d.owner_id LEFT JOIN member cm ON cm.id = d.claim_by"""

NARROWED = "/* narrowed */ TRUE"
"""Where the conditions of a question's filters go."""
CONDITIONS = {
    "owner": "d.owner_id = :owner",
    "pipeline": """d.stage_id IN (SELECT id FROM stage WHERE pipeline_id =
      (SELECT id FROM pipeline WHERE name = :pipeline))""",
    "customer": "instr(folded(d.customer), :customer)",
    "source": "instr(folded(d.source), :source)",
}

OPEN_NOW = "d.live = 1 AND (d.held_until IS NULL OR d.held_until <= :today)"
"""Open, not archived, and not on hold: what the funnel is made of."""

BY_ID = f"SELECT {COLUMNS} FROM deal d {JOINED} WHERE d.id = :id"
BY_REF = "SELECT d.id FROM deal d WHERE d.ref = :ref AND d.status IS NOT NULL"
BY_NAME = "SELECT d.id, d.name, d.live FROM deal d WHERE d.name_key = :key"
BY_PART = """SELECT d.id, d.name, d.live FROM deal d
WHERE instr(d.name_key, :key) AND d.status IS NOT NULL ORDER BY d.id"""
LISTED = f"""SELECT {COLUMNS} FROM deal d {JOINED} WHERE {NARROWED}
  AND (:stage IS NULL OR s.name = :stage)
  AND (:archived OR NOT d.archived)
  AND (:statuses IS NULL OR CASE WHEN d.status = 'open' AND d.held_until > :today THEN 'held'
    ELSE d.status END IN (SELECT value FROM json_each(:statuses)))
  ORDER BY d.id LIMIT :limit"""


def narrowed(sql: str, filters: Filters) -> str:
    """Return the statement with the filters' conditions, and only those, in their place.

    A condition that is not wanted would keep an index from covering the question.
    """
    wanted = [CONDITIONS[key] for key, value in filtered(filters).items() if value is not None]
    return sql.replace(NARROWED, " AND ".join(wanted) or "TRUE")


def filtered(filters: Filters) -> dict[str, Any]:
    """Return the filters as the parameters that their conditions take."""
    return {
        "owner": filters.owner_id,
        "pipeline": filters.pipeline,
        "customer": None if filters.customer is None else fold(filters.customer),
        "source": None if filters.source is None else fold(filters.source),
    }


def deal_from(reader: Reader, row: tuple[Any, ...]) -> Deal:
    """Return the deal that a row of COLUMNS holds."""
    (
        *identity,
        members,
        pipeline,
        stage,
        stage_title,
        stage_id,
        probability,
        status,
        amount,
        expected_close,
        opened_at,
        entered_at,
        stage_clock_at,
        stage_counts_from,
        last_touch_at,
        touch_clock_at,
        touch_counts_from,
        next_step,
        next_due,
        held_until,
        hold_reason,
        closed_at,
        lost_reason,
        competitor,
        source,
        pushes,
        moved_back,
        archived,
        ack_until,
        ack_reason,
        claim,
        claim_at,
        claim_by,
        evidence,
    ) = row
    number, ref, name, customer, owner, owner_id = identity
    today = reader.moment.today
    until = optional_date(held_until)
    held = status == "open" and until is not None and until > today
    return Deal(
        id=number,
        ref=ref,
        name=name,
        customer=customer,
        owner=owner,
        owner_id=owner_id,
        members=tuple(json.loads(members or "[]")),
        pipeline=pipeline,
        stage=stage,
        stage_title=stage_title,
        stage_id=stage_id,
        probability=probability,
        status=Status.HELD if held else Status(status),
        amount=amount,
        expected_close=optional_date(expected_close),
        opened_on=reader.day(opened_at),
        stage_entered_at=optional_instant(entered_at),
        stage_clock=reader.day(stage_clock_at),
        stage_counts_from=reader.day(stage_counts_from),
        last_touch_at=optional_instant(last_touch_at),
        last_touch_on=reader.day(last_touch_at),
        touch_clock=reader.day(touch_clock_at),
        touch_counts_from=reader.day(touch_counts_from),
        next_step=next_step,
        next_step_due=optional_date(next_due),
        held_until=until if held else None,
        hold_reason=hold_reason if held else None,
        closed_on=reader.day(closed_at),
        lost_reason=lost_reason,
        competitor=competitor,
        source=source,
        pushes=pushes,
        moved_back=bool(moved_back),
        archived=bool(archived),
        ack_until=optional_date(ack_until) if ack_until and ack_until > today.isoformat() else None,
        ack_reason=ack_reason,
        claim=None if claim is None else Claim(claim, instant(claim_at), claim_by, evidence),
        today=today,
    )


def deal_by_id(reader: Reader, number: int) -> Deal | None:
    """Return the deal with that number, if there is one."""
    row = reader.row(BY_ID, id=number)
    return None if row is None else deal_from(reader, row)


def find_deal(reader: Reader, word: str) -> Deal:
    """Return the deal meant by its number, its name, its source id or a part of its name.

    Exact goes before partial, open before closed. Raises NotFound, or Ambiguous with the
    candidates.
    """
    number = _number_of(reader, word.strip())
    found = None if number is None else deal_by_id(reader, number)
    if found is None:
        message = f"No deal is called {word!r}; see: funnelcli deal list --status all"
        raise NotFound(message)
    return found


def _number_of(reader: Reader, word: str) -> int | None:
    digits = word.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) <= 18:  # noqa: PLR2004
        row = reader.row(
            "SELECT id FROM deal WHERE id = :id AND status IS NOT NULL", id=int(digits)
        )
        if row is not None:
            return int(row[0])
    key = fold(word)
    if not key:
        return None
    exact = _only(list(reader.rows(BY_NAME, key=key)), word)
    if exact is not None:
        return exact
    row = reader.row(BY_REF, ref=word)
    if row is not None:
        return int(row[0])
    return _only(list(reader.rows(BY_PART, key=key)), word)


def _only(candidates: list[tuple[int, str, int]], word: str) -> int | None:
    chosen = [each for each in candidates if each[2]] or candidates
    if len(chosen) > 1:
        raise Ambiguous(
            word, "deals", (f"{number} {name}" for number, name, _ in chosen), "Use the number."
        )
    return chosen[0][0] if chosen else None


def deals(
    reader: Reader,
    filters: Filters,
    *,
    statuses: tuple[Status, ...] | None = None,
    stage: str | None = None,
    archived: bool = False,
    limit: int | None = None,
) -> Iterator[Deal]:
    """Yield the deals in order of their numbers; `statuses` None means any."""
    rows = reader.rows(
        narrowed(LISTED, filters),
        **filtered(filters),
        stage=stage,
        archived=archived,
        statuses=None if statuses is None else json.dumps(statuses),
        limit=-1 if limit is None else limit,
    )
    return (deal_from(reader, row) for row in rows)
