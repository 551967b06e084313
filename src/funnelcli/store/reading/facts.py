"""Small questions that changes ask of the facts before they are made."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.time import instant
from funnelcli.store.reading.reader import optional_instant

if TYPE_CHECKING:
    from datetime import datetime

    from funnelcli.store.reading.reader import Reader

CURRENT_ENTRY = """SELECT id, deal_id, effective_at, text FROM stage_entry
WHERE deal_id = :deal ORDER BY effective_at DESC, id DESC LIMIT 1"""
DEALS_IN_STAGE = "SELECT d.id FROM deal d WHERE d.stage_id = :stage ORDER BY d.id"
REPLACED = "SELECT id FROM stage WHERE replaced_by = :stage ORDER BY id"
ENTRY_COUNT = "SELECT count(*) FROM stage_entry WHERE deal_id = :deal"
LAST_OUTCOME = """SELECT effective_at FROM outcome WHERE deal_id = :deal
ORDER BY effective_at DESC, id DESC LIMIT 1"""
USED_REASONS = """SELECT DISTINCT reason FROM outcome
WHERE outcome = 'lost' AND reason IS NOT NULL ORDER BY reason"""
PAUSED = """SELECT deal_id FROM hold UNION
SELECT deal_id FROM outcome WHERE outcome = 'reopened'"""
LAST_HOLD = """SELECT from_on, until, effective_at FROM hold WHERE deal_id = :deal
ORDER BY effective_at DESC, id DESC LIMIT 1"""
CALENDAR_CHANGED = """SELECT max(o.entered_at) FROM row_change r
JOIN operation o ON o.id = r.operation_id
WHERE r.entity = 'setting' AND r.entity_id IN ('days', 'week', 'holidays', 'makeup')
AND o.undone_by IS NULL AND o.command NOT IN ('undo', 'redo')"""
ANY_DEAL = "SELECT id FROM deal LIMIT 1"
ANY_AMOUNT = """SELECT id FROM deal_fact WHERE amount IS NOT NULL
UNION ALL SELECT id FROM target WHERE amount IS NOT NULL LIMIT 1"""


class LastHold(NamedTuple):
    """The days `[start, end)` of a deal's last hold, and when it was put on it."""

    start: date
    end: date
    since: datetime


class Entry(NamedTuple):
    """A deal's arrival in the stage where it is."""

    id: int
    deal_id: int
    at: datetime | None
    text: str | None


def current_entry(reader: Reader, deal_id: int) -> Entry:
    """Return the deal's last arrival in a stage."""
    number, deal, at, said = next(reader.rows(CURRENT_ENTRY, deal=deal_id))
    return Entry(number, deal, optional_instant(at), said)


def deals_in_stage(reader: Reader, stage_id: int) -> list[int]:
    """Return the deals whose last stage it is, closed ones too."""
    return [number for (number,) in reader.rows(DEALS_IN_STAGE, stage=stage_id)]


def stages_replaced_by(reader: Reader, stage_id: int) -> list[int]:
    """Return the dropped stages that the stage replaces."""
    return [number for (number,) in reader.rows(REPLACED, stage=stage_id)]


def entry_count(reader: Reader, deal_id: int) -> int:
    """Return how often the deal arrived in a stage."""
    return int(next(reader.rows(ENTRY_COUNT, deal=deal_id))[0])


def last_outcome_at(reader: Reader, deal_id: int) -> datetime | None:
    """Return when the deal was last closed or reopened."""
    row = reader.row(LAST_OUTCOME, deal=deal_id)
    return None if row is None else optional_instant(row[0])


def used_lost_reasons(reader: Reader) -> list[str]:
    """Return the codes with which deals were lost so far."""
    return [reason for (reason,) in reader.rows(USED_REASONS)]


def has_deals(reader: Reader) -> bool:
    """Tell whether the file holds a deal."""
    return reader.row(ANY_DEAL) is not None


def has_amounts(reader: Reader) -> bool:
    """Tell whether any deal has an amount, or anybody a target."""
    return reader.row(ANY_AMOUNT) is not None


def paused_deals(reader: Reader) -> list[int]:
    """Return the deals whose clocks ever stood still."""
    return [number for (number,) in reader.rows(PAUSED)]


def last_hold(reader: Reader, deal_id: int) -> LastHold | None:
    """Return the days for which the deal was last put on hold."""
    row = reader.row(LAST_HOLD, deal=deal_id)
    if row is None:
        return None
    return LastHold(date.fromisoformat(row[0]), date.fromisoformat(row[1]), instant(row[2]))


def calendar_changed_at(reader: Reader) -> datetime | None:
    """Return when the way of counting days was last changed."""
    return optional_instant(next(reader.rows(CALENDAR_CHANGED))[0])
