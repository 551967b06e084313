"""What was achieved on deals in a period: milestones, advances, closings, and claims held to them.

Each counts once, as it stands at the reader's moment, for whom the deal belonged to then.
"""

from __future__ import annotations

import json
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.conversation import is_late
from funnelcli.domain.entries import Arrival, Entry, EntryKind, EntryState, advances
from funnelcli.domain.pipeline import WHOLE, MilestoneState
from funnelcli.domain.time import days_stayed
from funnelcli.store.projection import CLOSINGS, PAUSES, stopped
from funnelcli.store.reading.doings import (
    ENTERED,
    HAPPENED,
    IMPORTED,
    WITHIN_AT,
    Doings,
    grouped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

EVENTS = f"""SELECT x.deal_id, x.milestone_id, x.state, x.effective_at, {HAPPENED}, {ENTERED},
  x.operation_id, o.by_id, coalesce(m.manager, 0), {IMPORTED}, coalesce(r.name, s.name),
  i.name, i.title, x.evidence, p.name, coalesce(r.id, s.id),
  x.effective_at IS NOT NULL AND {WITHIN_AT}
FROM milestone_event x JOIN operation o ON o.id = x.operation_id
LEFT JOIN member m ON m.id = o.by_id
JOIN milestone i ON i.id = x.milestone_id JOIN stage s ON s.id = i.stage_id
JOIN pipeline p ON p.id = s.pipeline_id LEFT JOIN stage r ON r.id = s.replaced_by
WHERE x.deal_id IN (
  SELECT x.deal_id FROM milestone_event x JOIN operation o ON o.id = x.operation_id
  WHERE x.effective_at IS NOT NULL AND {WITHIN_AT})
ORDER BY x.deal_id, x.milestone_id, x.effective_at, x.id"""
ARRIVALS = f""", moved AS MATERIALIZED (
  SELECT x.deal_id FROM stage_entry x JOIN operation o ON o.id = x.operation_id
  WHERE x.effective_at IS NOT NULL AND {WITHIN_AT}
  UNION SELECT x.deal_id FROM outcome x JOIN operation o ON o.id = x.operation_id
  WHERE x.effective_at IS NOT NULL AND {WITHIN_AT})
SELECT x.deal_id, coalesce(r.id, s.id), coalesce(r.position, s.position), coalesce(r.name, s.name),
  coalesce(r.title, s.title), p.name, x.effective_at, {HAPPENED}, {ENTERED},
  x.operation_id, {IMPORTED},
  x.effective_at IS NOT NULL AND {WITHIN_AT}
FROM moved v CROSS JOIN stage_entry x ON x.deal_id = v.deal_id
JOIN operation o ON o.id = x.operation_id
JOIN stage s ON s.id = x.stage_id JOIN pipeline p ON p.id = s.pipeline_id
LEFT JOIN stage r ON r.id = s.replaced_by
WHERE coalesce(r.position, s.position) IS NOT NULL
ORDER BY x.deal_id, x.effective_at, x.id"""
"""Every arrival in a stage of the deals that moved, or were closed, in the period."""
_LAST = """x.id = (SELECT z.id FROM outcome z WHERE z.deal_id = x.deal_id
  ORDER BY z.effective_at DESC, z.id DESC LIMIT 1) AND x.outcome <> 'reopened'"""
OUTCOMES = f"""SELECT x.deal_id, x.outcome, x.reason, x.note, x.effective_at, {HAPPENED},
  {ENTERED}, x.operation_id, {IMPORTED}, (
    SELECT coalesce(r.probability, s.probability) FROM stage_entry e
    JOIN stage s ON s.id = e.stage_id LEFT JOIN stage r ON r.id = s.replaced_by
    WHERE e.deal_id = x.deal_id ORDER BY e.effective_at, e.id LIMIT 1)
FROM outcome x JOIN operation o ON o.id = x.operation_id
WHERE x.effective_at IS NOT NULL AND {WITHIN_AT} AND {_LAST}"""
PAUSED = f"""SELECT d.id, {PAUSES}, {CLOSINGS} FROM json_each(:deals) j
CROSS JOIN deal d ON d.id = j.value WHERE d.id IN (
  SELECT deal_id FROM hold UNION SELECT deal_id FROM outcome WHERE outcome = 'reopened')"""
"""The deals whose clocks ever stood still, and when."""
MADE = "/* made */ 0"
"""Where the number of the day is put on which log `l` was recorded."""
CLAIMS = f"""SELECT l.deal_id, l.id, l.operation_id, l.by_id, l.happened_on, {ENTERED}, l.claim,
  l.text, {IMPORTED}, x.outcome, l.recorded_at >= (
    SELECT min(e.effective_at) FROM stage_entry e
    JOIN stage s ON s.id = e.stage_id LEFT JOIN stage r ON r.id = s.replaced_by
    WHERE e.deal_id = l.deal_id
    AND coalesce(r.id, s.id) IN (SELECT value FROM json_each(:middle)))
FROM outcome x CROSS JOIN log l ON l.deal_id = x.deal_id AND l.claim IS NOT NULL
JOIN operation o ON o.id = l.operation_id JOIN operation q ON q.id = x.operation_id
WHERE x.effective_at < :before_at AND {_LAST}
  AND CASE WHEN {IMPORTED} AND q.command LIKE 'import %' THEN {MADE} <= {HAPPENED}
    ELSE l.operation_id < x.operation_id END
ORDER BY l.deal_id, l.recorded_at, l.id"""
"""Claims on deals that are closed, entered before that was; where tables brought both, made by the
day of the closing. Those that are said to have been made earlier count from when they were entered.
"""
_PERCENT = 100


def _milestones(doings: Doings) -> Iterator[Entry]:
    """Yield the milestones that stand accepted, of the day of their first acceptance, and claimed.

    They are credited to the deal's owner, or to one of its members who claimed them alone. Of
    several who claimed one, the owner's claim counts, else the first of a member, else the first.
    """
    found = [events for events in grouped(doings.rows(EVENTS), 2) if any(e[-1] for e in events)]
    doings.learn(events[0][0] for events in found)
    doings.own(events[0][0] for events in found)
    for events in found:
        now = events[-1][2]
        if now == MilestoneState.ACCEPTED:
            first = next(n for n, event in enumerate(events) if event[2] == now)
            counted = events[first]
        elif now == MilestoneState.CLAIMED:
            first, counted = len(events) - 1, events[-1]
        else:
            continue
        if counted[-1]:
            before = reversed(events[: first if now == MilestoneState.ACCEPTED else first + 1])
            claims = [*takewhile(lambda event: event[2] == MilestoneState.CLAIMED, before)][::-1]
            yield _milestone(doings, counted, _claim(doings, claims or [counted]))


def _claim(doings: Doings, claims: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the claim that counts of those that follow each other."""
    owners = (claim for claim in claims if claim[7] == doings.owner(claim[0], claim[3], claim[6]))
    members = (claim for claim in claims if claim[7] in doings.about(claim[0]).members)
    return next(owners, next(members, claims[0]))


def _milestone(doings: Doings, counted: tuple[Any, ...], claim: tuple[Any, ...]) -> Entry:
    deal, _, state, _, on, entered, operation, _, _, imported, *what = counted
    _, _, _, at, claimed, claim_entered, claimed_by, by, manager, *_, evidence, _, _, _ = claim
    stage, name, title, _, pipeline, stage_id, _ = what
    about = doings.about(deal)
    owner = doings.owner(deal, at, claimed_by)
    mine = by in about.members and not manager and not claim[9]
    return Entry(
        EntryKind.MILESTONE,
        f"deal {deal} {stage}/{name}",
        operation,
        by if mine else owner,
        deal,
        about.name,
        pipeline,
        stage,
        doings.day(on),
        doings.day(entered),
        name,
        f"{title}: {evidence}" if evidence else title,
        EntryState(state),
        is_late(doings.day(claimed), doings.day(claim_entered)),
        bool(imported),
        stage_id=stage_id,
    )


class _Came(NamedTuple):
    """An arrival of a deal in a stage; `counts` says whether it is of the period."""

    deal: int
    stage_id: int
    position: int
    stage: str
    title: str
    pipeline: str
    at: int | None
    on: int | None
    entered: int
    operation: int
    imported: int
    counts: int


def _courses(doings: Doings) -> list[list[_Came]]:
    """Return the arrivals of each deal that moved in the period, in order; they are read once."""
    found = doings.kept.get(ARRIVALS)
    if found is None:
        rows = map(_Came._make, doings.rows(ARRIVALS))
        found = doings.kept[ARRIVALS] = list(grouped(rows, 1))
        doings.learn(course[0].deal for course in found)
        doings.own(course[0].deal for course in found)
    return found


def _advances(doings: Doings) -> Iterator[Entry]:
    for course in _courses(doings):
        won = doings.about(course[0].deal).status == EntryKind.WON
        arrivals = [Arrival(came.stage_id, came.position) for came in course]
        for place in advances(arrivals, won=won):
            came = course[place]
            if came.counts:
                text = f"{course[place - 1].title} → {came.title}"
                yield _of_stage(doings, EntryKind.ADVANCE, came, came, text)


def _stays(doings: Doings) -> Iterator[Entry]:
    """Yield the stays in stages that ended in the period, `value` the days that each took.

    They are days of the file's calendar, less those on hold or closed; one in the same stage again,
    after stages were merged, goes on.
    """
    courses = _courses(doings)
    calendar, zone = doings.reader.settings.calendar, doings.reader.moment.zone
    numbers = json.dumps([course[0].deal for course in courses])
    rows = doings.reader.rows(PAUSED, deals=numbers)
    stood_still = {deal: stopped(holds, closings, zone) for deal, holds, closings in rows}
    closed = {row[0]: row for row in doings.rows(OUTCOMES)}
    for course in courses:
        deal = course[0].deal
        stays = [
            now
            for before, now in zip([None, *course], course, strict=False)
            if before is None or before.stage_id != now.stage_id
        ]
        ends: list[_Came | None] = [*stays[1:], _closed(closed.get(deal), stays[-1])]
        for came, left in zip(stays, ends, strict=True):
            if left is not None and left.counts and came.on is not None and left.on is not None:
                span = doings.day(came.on), doings.day(left.on)
                took = days_stayed(*span, stood_still.get(deal, ()), calendar)
                yield _of_stage(doings, EntryKind.STAY, came, left, came.title, took)


def _closed(row: tuple[Any, ...] | None, last: _Came) -> _Came | None:
    """Return what ended a deal's last stay, if it was closed in the period."""
    if row is None:
        return None
    _, _, _, _, at, on, entered, operation, imported, _ = row
    return last._replace(
        at=at, on=on, entered=entered, operation=operation, imported=imported, counts=1
    )


def _of_stage(
    doings: Doings,
    kind: EntryKind,
    came: _Came,
    then: _Came,
    text: str,
    days: float | None = None,
) -> Entry:
    """Return what is to be said of an arrival, as of when something became of it."""
    about = doings.about(came.deal)
    happened_on, entered_on = doings.day(then.on or 0), doings.day(then.entered)
    return Entry(
        kind,
        f"deal {came.deal} {came.stage}",
        then.operation,
        doings.owner(came.deal, then.at, then.operation),
        came.deal,
        about.name,
        came.pipeline,
        came.stage,
        happened_on,
        entered_on,
        came.stage,
        text,
        EntryState.NONE,
        is_late(happened_on, entered_on),
        bool(then.imported),
        None,
        days,
        stage_id=came.stage_id,
    )


def _closings(doings: Doings, outcome: EntryKind) -> Iterator[Entry]:
    """Yield the deals that were won, or lost; `value` is the declared chance of their first stage.

    One that was reopened counts with its last outcome alone, or not at all.
    """
    rows = [row for row in doings.rows(OUTCOMES) if row[1] == outcome]
    doings.learn(row[0] for row in rows)
    doings.own(row[0] for row in rows)
    for deal, _, reason, note, at, on, entered, operation, imported, chance in rows:
        about = doings.about(deal)
        happened_on, entered_on = doings.day(on), doings.day(entered)
        yield Entry(
            outcome,
            f"deal {deal} {outcome}",
            operation,
            doings.owner(deal, at, operation),
            deal,
            about.name,
            about.pipeline,
            about.stage,
            happened_on,
            entered_on,
            reason or "",
            "; ".join(part for part in (reason, note) if part),
            EntryState(str(outcome)),
            is_late(happened_on, entered_on),
            bool(imported),
            about.amount,
            None if chance is None else chance / WHOLE,
        )


def _claims(doings: Doings) -> Iterator[Entry]:
    """Yield one claim for each closed deal, that of a fixed point on its way.

    The first that was made since the deal came to the middle phase, else its first; one that was
    entered after the deal was closed is none.
    """
    sql = CLAIMS.replace(MADE, doings.local.number("l.recorded_at"))
    rows = doings.rows(sql, middle=json.dumps(doings.middle()))
    doings.learn(row[0] for row in rows)
    for made in grouped(rows, 1):
        held = next((row for row in made if row[-1]), made[0])
        deal, number, operation, by, on, entered, claim, text, imported, outcome, _ = held
        about = doings.about(deal)
        happened_on, entered_on = doings.day(on), doings.day(entered)
        yield Entry(
            EntryKind.CLAIM,
            f"log {number}",
            operation,
            by,
            deal,
            about.name,
            about.pipeline,
            about.stage,
            happened_on,
            entered_on,
            text=text,
            state=EntryState(outcome),
            late=is_late(happened_on, entered_on),
            imported=bool(imported),
            value=claim / _PERCENT,
        )


ACHIEVEMENTS: Mapping[EntryKind, Callable[[Doings], Iterator[Entry]]] = {
    EntryKind.MILESTONE: _milestones,
    EntryKind.ADVANCE: _advances,
    EntryKind.STAY: _stays,
    EntryKind.WON: lambda doings: _closings(doings, EntryKind.WON),
    EntryKind.LOST: lambda doings: _closings(doings, EntryKind.LOST),
    EntryKind.CLAIM: _claims,
}
