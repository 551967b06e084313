"""Deals as they stand: one by name, or all that a filter lets through."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict

from funnelcli.domain.model import Claim, Deal, Status
from funnelcli.domain.text import fold
from funnelcli.domain.time import day_at, instant
from funnelcli.errors import Ambiguous, NotFound
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Unpack

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

MOST_DIGITS = 18
"""Digits that the number of a deal may have, so that SQLite can hold it."""


def evidence(deal: str, until: str = "") -> str:
    """Return the declared probability of the stage that a deal has reached by milestones, in SQL.

    `deal` is the column of its number; stage `s` of pipeline `p` is where it is, or was. `until`
    is a condition on the milestones' events `v` for what was so then.
    """
    return f"""coalesce((
  SELECT r.probability FROM stage r JOIN milestone i ON i.stage_id = r.id
  WHERE r.pipeline_id = s.pipeline_id AND r.position < s.position
  AND i.required AND i.position IS NOT NULL AND coalesce((
    SELECT v.state FROM milestone_event v WHERE v.deal_id = {deal} AND v.milestone_id = i.id {until}
    ORDER BY v.effective_at DESC, v.id DESC LIMIT 1), 'open')
    NOT IN ('accepted', 'waived', CASE WHEN p.acceptance = 'rep' THEN 'claimed' ELSE '' END)
  ORDER BY r.position LIMIT 1), s.probability)"""


EVIDENCE = evidence("d.id")
"""The evidence for deal `d` today."""

HELD = "d.status = 'open' AND d.held_until > :today"
_COLUMNS = {
    **{key: f"d.{key}" for key in ("id", "ref", "name", "customer")},
    "owner": "o.name",
    "owner_id": "d.owner_id",
    "members": "coalesce(d.members, '')",
    "pipeline": "p.name",
    "stage": "s.name",
    "stage_title": "s.title",
    "stage_id": "d.stage_id",
    "probability": "s.probability",
    "status": f"CASE WHEN {HELD} THEN 'held' ELSE d.status END",
    "amount": "d.amount",
    "expected_close": "d.expected_close",
    "opened_on": "d.opened_at",
    "stage_entered_at": "d.stage_entered_at",
    "stage_clock": "d.stage_clock_at",
    "stage_counts_from": "d.stage_counts_from",
    "last_touch_at": "d.last_touch_at",
    "last_touch_on": "d.last_touch_at",
    "touch_clock": "d.touch_clock_at",
    **{key: f"d.{key}" for key in ("touch_counts_from", "next_step", "next_step_due")},
    **{key: f"CASE WHEN {HELD} THEN d.{key} END" for key in ("held_until", "hold_reason")},
    "closed_on": "d.closed_at",
    **{key: f"d.{key}" for key in ("lost_reason", "competitor", "source", "pushes")},
    **{key: f"d.{key}" for key in ("moved_back", "archived")},
    "ack_until": "CASE WHEN d.ack_until > :today THEN d.ack_until END",
    "ack_reason": "d.ack_reason",
    "contact_changed_on": "d.contact_changed_at",
    "changed_contact": "(SELECT k.name FROM contact k WHERE k.id = d.changed_contact_id)",
    "successor": "(SELECT k.name FROM contact k WHERE k.id = d.successor_id)",
    "successor_id": "d.successor_id",
    "claim": "d.claim",
    "claim_at": "d.claim_at",
    "claim_by": "cm.name",
    "evidence": f"CASE WHEN d.claim IS NOT NULL THEN {EVIDENCE} END",
}
"""Where the fields of a deal come from, in their order; the claim comes last, in four parts."""
_KINDS: Mapping[Callable[[Any], object], Sequence[str]] = {
    date.fromisoformat: ("expected_close", "next_step_due", "held_until", "ack_until"),
    instant: ("stage_entered_at", "last_touch_at"),
    bool: ("moved_back", "archived"),
    Status: ("status",),
    lambda text: tuple(json.loads(text)) if text else (): ("members",),
}
_PLACES = {key: place for place, key in enumerate(_COLUMNS)}
_READ = [(_PLACES[key], read) for read, keys in _KINDS.items() for key in keys]
_DAYS = [
    _PLACES[key]
    for key in (
        *("opened_on", "stage_clock", "stage_counts_from", "last_touch_on", "touch_clock"),
        *("touch_counts_from", "closed_on", "contact_changed_on"),
    )
]
"""Which columns are read how; what is null stays None. Days are those of the file's zone."""

COLUMNS = ", ".join(_COLUMNS.values())
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
WANTED = f"""FROM deal d {JOINED} WHERE {NARROWED}
  AND (:stage IS NULL OR s.name = :stage)
  AND (:archived OR NOT d.archived)
  AND (:statuses IS NULL OR CASE WHEN d.status = 'open' AND d.held_until > :today THEN 'held'
    ELSE d.status END IN (SELECT value FROM json_each(:statuses)))
  ORDER BY d.id LIMIT :limit"""
LISTED = f"SELECT {COLUMNS} {WANTED}"


class Wanted(TypedDict, total=False):
    """Which deals a list shows beside what its filters say; `statuses` None means any."""

    statuses: tuple[Status, ...] | None
    stage: str | None
    archived: bool
    limit: int | None


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
    *said, percent, claimed_at, claimed_by, shown = row
    for place, read in _READ:
        if said[place] is not None:
            said[place] = read(said[place])
    zone = reader.moment.zone
    for place in _DAYS:
        if said[place] is not None:
            said[place] = day_at(said[place], zone)
    claim = None if percent is None else Claim(percent, instant(claimed_at), claimed_by, shown)
    return Deal._make((*said, claim, reader.today))


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
        message = said(
            "No deal is called {word!r}; see: funnelcli deal list --status all", word=word
        )
        raise NotFound(message)
    return found


def number_said(word: str) -> int | None:
    """Return the number that a word is, as `7` or `#7`; None if it is none that a deal can have."""
    digits = word.strip().removeprefix("#")
    known = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    return int(digits) if known else None


def _number_of(reader: Reader, word: str) -> int | None:
    number = number_said(word)
    if number is not None:
        row = reader.row("SELECT id FROM deal WHERE id = :id AND status IS NOT NULL", id=number)
        if row is not None:
            return number
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
            word,
            said("deals"),
            (f"{number} {name}" for number, name, _ in chosen),
            said("Use the number."),
        )
    return chosen[0][0] if chosen else None


def deals(reader: Reader, filters: Filters, **wanted: Unpack[Wanted]) -> Iterator[Deal]:
    """Yield the deals in order of their numbers."""
    return (deal_from(reader, row) for row in listed(reader, LISTED, filters, wanted))


def listed(reader: Reader, sql: str, filters: Filters, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a statement about the deals that are WANTED."""
    statuses, limit = wanted.get("statuses"), wanted.get("limit")
    return reader.rows(
        narrowed(sql, filters),
        **filtered(filters),
        stage=wanted.get("stage"),
        archived=wanted.get("archived", False),
        statuses=None if statuses is None else json.dumps(statuses),
        limit=-1 if limit is None else limit,
    )
