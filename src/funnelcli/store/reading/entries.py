"""What the team did in a period, entry by entry: logs, planned work, answers, progress, outcomes.

What was undone does not count, and everything stands as it is seen at the reader's moment.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from funnelcli.domain.conversation import LATE, WAITS, is_late
from funnelcli.domain.entries import (
    Ending,
    Entry,
    EntryKind,
    EntryState,
    LogDay,
    instruction_state,
    plan_state,
)
from funnelcli.domain.time import midnight, seconds
from funnelcli.store.reading.achievements import ACHIEVEMENTS
from funnelcli.store.reading.doings import ENDED, ENTERED, HAPPENED, IMPORTED, Doings, within
from funnelcli.store.reading.people import members
from funnelcli.store.reading.process import process

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import date

    from funnelcli.domain.time import Period
    from funnelcli.store.reading.reader import Reader

_ON_DAY = within("x.happened_on >= :start AND x.happened_on < :end")
MANAGERS = "(SELECT m.id FROM member m WHERE m.manager)"
_STATE = f"""CASE
  WHEN x.by_id IS NULL OR x.by_id IN {MANAGERS}
    OR x.deal_id IN (SELECT d.id FROM deal d WHERE d.archived) OR {IMPORTED}
    THEN '{EntryState.NONE}'
  WHEN x.id IN (SELECT r.log_id FROM reply r) THEN '{EntryState.ANSWERED}'
  WHEN x.id IN (SELECT v.log_id FROM seen v WHERE v.at <= :seen_at) THEN '{EntryState.SEEN}'
  WHEN o.entered_at < :since THEN '{EntryState.NEVER_READ}' ELSE '{EntryState.WAITING}' END"""
"""What waits for an answer, as the inbox has it; what was imported never does."""
BROUGHT = f"({IMPORTED} AND (o.by_id IS NOT x.by_id OR o.by_id IN {MANAGERS}))"
"""Whether log `x` is history that a table brought: not one that a rep imported of their own."""
_LOGGED = f"FROM log x JOIN operation o ON o.id = x.operation_id WHERE {_ON_DAY}"
LOGS = f"""SELECT x.id, x.deal_id, x.operation_id, x.by_id, x.happened_on, {ENTERED}, x.kind,
  x.text, x.claim, {IMPORTED}, {_STATE}, {BROUGHT} {_LOGGED}"""
LATE_LOGS = f"""SELECT x.id, x.deal_id, x.operation_id, x.by_id, x.happened_on, {ENTERED}, x.kind,
  x.text, x.claim, 0, '{EntryState.NONE}', 0 FROM log x JOIN operation o ON o.id = x.operation_id
WHERE {_ON_DAY} AND NOT {BROUGHT} AND {ENTERED} - unixepoch(x.happened_on) / 86400 > {LATE:d}"""
LOG_DAYS = f"""SELECT x.by_id, x.happened_on, {ENTERED}, {_STATE}, {BROUGHT}, count(*) {_LOGGED}
GROUP BY 1, 2, 3, 4, 5"""
NEVER_READ = f"""SELECT x.id {_LOGGED} AND x.by_id = :by
AND {_STATE} = '{EntryState.NEVER_READ}' ORDER BY x.id"""
_OWN = f"""(o.by_id = x.owner_id
  OR o.by_id IS NULL OR o.by_id IN {MANAGERS})"""
"""Nobody's work is planned by colleagues, so that these cannot spoil it."""
PLANS = f"""SELECT x.id, x.deal_id, x.operation_id, x.owner_id, x.planned_on, {ENTERED}, x.kind,
  x.text, e.state, {ENDED}, coalesce(m.manager, 0), e.reason
FROM plan x JOIN operation o ON o.id = x.operation_id
LEFT JOIN plan_end e ON e.plan_id = x.id LEFT JOIN operation q ON q.id = e.operation_id
LEFT JOIN member m ON m.id = q.by_id
WHERE x.planned_on >= :start AND x.planned_on < :end AND {_OWN}"""
UNDONE = f"""SELECT x.id, x.deal_id, x.operation_id, x.owner_id, x.planned_on, {ENTERED}, x.kind,
  x.text, 'dropped', {ENDED}, coalesce(m.manager, 0), NULL
FROM main.plan x JOIN operation o ON o.id = x.operation_id
JOIN operation q ON q.id = x.retracted_by LEFT JOIN member m ON m.id = q.by_id
WHERE x.planned_on >= :start AND x.planned_on < :end AND x.retracted_at <= :seen_at
  AND {_OWN}"""
"""Planned work that somebody undid: it was dropped, if on a later day than they had entered it."""
BROUGHT_BACK = """SELECT l.fact_id, day_of(q.entered_at), day_of(o.entered_at)
FROM lapse l JOIN operation q ON q.id = l.retracted_by JOIN operation o ON o.id = l.restored_by
WHERE l.fact = 'plan' AND l.until_at <= :seen_at ORDER BY l.fact_id, l.restored_by"""
"""When plans were undone, and when they were brought back."""
LONGEST_DAY = 90_000
"""Seconds of a day on which clocks are put back: what happened on a day is dated no earlier."""
INSTRUCTIONS = f""", asked AS MATERIALIZED (
  SELECT r.*, day_of(r.effective_at) AS said_on FROM reply r
  WHERE r.due >= :start AND r.due < :end)
SELECT x.log_id, x.deal_id, x.operation_id, coalesce(l.by_id, d.owner_id),
  x.due, {ENTERED}, x.text, {ENDED}
FROM asked x JOIN operation o ON o.id = x.operation_id JOIN log l ON l.id = x.log_id
JOIN deal d ON d.id = x.deal_id
LEFT JOIN operation q ON q.id = (SELECT min(z.operation_id) FROM log z
  WHERE z.deal_id = x.deal_id AND z.effective_at >= x.effective_at - {LONGEST_DAY}
  AND z.operation_id > x.operation_id AND z.happened_on >= x.said_on
  AND (z.by_id = l.by_id OR z.by_id NOT IN {MANAGERS}))"""
"""What was asked for, and the first log that followed: of whom it was asked, or of another rep."""
REPLIES = f""", first AS MATERIALIZED (
  SELECT r.log_id, r.deal_id, min(r.operation_id) AS operation_id, r.effective_at, r.text
  FROM reply r GROUP BY r.log_id)
SELECT l.id, x.deal_id, x.operation_id, l.by_id, {HAPPENED}, {ENTERED}, x.text,
  o.entered_at - q.entered_at
FROM first x JOIN operation o ON o.id = x.operation_id JOIN log l ON l.id = x.log_id
JOIN operation q ON q.id = l.operation_id JOIN member m ON m.id = l.by_id
WHERE o.entered_at >= :from_at AND o.entered_at < :before_at AND NOT m.manager
  AND q.command NOT LIKE 'import %'"""
HOUR = 3_600
_PERCENT = 100


def entries(
    reader: Reader,
    period: Period,
    kinds: Collection[EntryKind] = frozenset(EntryKind),
    *,
    by_entry: bool = False,
) -> list[Entry]:
    """Return what everybody did in the period, in order of the days on which it happened.

    By the day it happened or, `by_entry`, by the day it was entered here. A plan and an instruction
    are always of the period in which their day lies, and a reply of the one in which it was
    entered. Claims are of all the time until the period's end: one for each deal closed by then.
    """
    doings = Doings(reader, period, process(reader), by_entry=by_entry)
    found = [entry for kind, read in _READ.items() if kind in kinds for entry in read(doings)]
    return sorted(found, key=lambda entry: (entry.on, entry.kind, entry.operation, entry.cite))


def late_logs(reader: Reader, period: Period) -> list[Entry]:
    """Return the logs that were entered in the period, long after what they tell of happened.

    In order of their numbers; history that a table brought is never late.
    """
    doings = Doings(reader, period, process(reader), by_entry=True)
    return sorted(_told(doings, doings.rows(LATE_LOGS)), key=lambda entry: entry.operation)


def log_days(reader: Reader, period: Period) -> list[LogDay]:
    """Return the logs dated in the period, counted by author, day and how they stand."""
    doings = Doings(reader, period, process(reader), by_entry=False)
    return [
        LogDay(by, day, not after, after and not brought, EntryState(state), count)
        for by, on, entered, state, brought, count in doings.rows(LOG_DAYS, since=_since(reader))
        for day in (doings.day(on),)
        for after in (is_late(day, doings.day(entered)),)
    ]


def never_read(reader: Reader, period: Period, by: int) -> list[int]:
    """Return the logs of somebody, dated in the period, that nobody answered or saw in time."""
    doings = Doings(reader, period, process(reader), by_entry=False)
    return [number for (number,) in doings.rows(NEVER_READ, since=_since(reader), by=by)]


def _since(reader: Reader) -> int:
    """Return the instant from which on logs that were entered wait."""
    return seconds(midnight(reader.today - timedelta(days=WAITS), reader.moment.zone))


def _logs(doings: Doings) -> Iterator[Entry]:
    yield from _told(doings, doings.rows(LOGS, since=_since(doings.reader)))


def _told(doings: Doings, rows: list[tuple[Any, ...]]) -> Iterator[Entry]:
    """Yield the logs that rows tell of."""
    doings.learn(row[1] for row in rows)
    for number, deal, operation, by, on, entered, kind, text, *rest in rows:
        claim, imported, state, brought = rest
        about, happened_on, entered_on = doings.about(deal), doings.day(on), doings.day(entered)
        yield Entry(
            EntryKind.LOG,
            f"log {number}",
            operation,
            by,
            deal,
            about.name,
            about.pipeline,
            about.stage,
            happened_on,
            entered_on,
            kind,
            text,
            EntryState(state),
            not brought and is_late(happened_on, entered_on),
            bool(imported),
            value=None if claim is None else claim / _PERCENT,
        )


def _planned(doings: Doings) -> list[tuple[Any, ...]]:
    """Return the rows of plans with the days on which they were entered.

    One that was undone on the day of its entry was first entered when it was brought back.
    """
    lapses: dict[int, list[tuple[date, date]]] = {}
    for plan, *days in doings.rows(BROUGHT_BACK):
        undone, back = map(doings.day, days)
        lapses.setdefault(plan, []).append((undone, back))
    found = []
    for standing, sql in ((True, PLANS), (False, UNDONE)):
        for row in doings.rows(sql):
            entered_on = doings.day(row[5])
            for undone, back in lapses.get(row[0], ()):
                entered_on = back if undone == entered_on else entered_on
            if standing or doings.day(row[9]) > entered_on:
                found.append((*row[:5], entered_on, *row[6:]))
    return found


def _plans(doings: Doings) -> Iterator[Entry]:
    rows = _planned(doings)
    doings.learn(row[1] for row in rows)
    doings.own(row[1] for row in rows)
    gone = {member.id: member.left for member in members(doings.reader)}
    for number, deal, operation, owner, on, entered_on, kind, text, *rest in rows:
        ended, ended_day, by_manager, reason = rest
        about, ended_on = doings.about(deal), doings.optional_day(ended_day)
        planned_on = doings.day(on)
        ends = (about.closed_on, gone.get(owner), doings.given_away_on(deal, owner))
        needless_on = min((day for day in ends if day is not None), default=None)
        ending = None if ended_on is None else Ending(ended == "done", ended_on, bool(by_manager))
        yield Entry(
            EntryKind.PLAN,
            f"plan {number}",
            operation,
            owner,
            deal,
            about.name,
            about.pipeline,
            about.stage,
            planned_on,
            entered_on,
            kind,
            f"{text} ({reason})" if reason else text,
            plan_state(planned_on, entered_on, ending, needless_on, doings.today),
            ended_on=ended_on,
        )


def _instructions(doings: Doings) -> Iterator[Entry]:
    rows = doings.rows(INSTRUCTIONS)
    doings.learn(row[1] for row in rows)
    for log, deal, operation, owner, due, entered, text, followed in rows:
        about, followed_on = doings.about(deal), doings.optional_day(followed)
        asked_by = doings.day(due)
        yield Entry(
            EntryKind.INSTRUCTION,
            f"reply to log {log}",
            operation,
            owner,
            deal,
            about.name,
            about.pipeline,
            about.stage,
            asked_by,
            doings.day(entered),
            text=text,
            state=instruction_state(asked_by, followed_on, about.closed_on, doings.today),
            ended_on=followed_on,
        )


def _replies(doings: Doings) -> Iterator[Entry]:
    rows = doings.rows(REPLIES)
    doings.learn(row[1] for row in rows)
    for log, deal, operation, by, on, entered, text, took in rows:
        about = doings.about(deal)
        yield Entry(
            EntryKind.REPLY,
            f"reply to log {log}",
            operation,
            by,
            deal,
            about.name,
            about.pipeline,
            about.stage,
            doings.day(on),
            doings.day(entered),
            text=text,
            value=took / HOUR,
        )


_READ: Mapping[EntryKind, Callable[[Doings], Iterator[Entry]]] = {
    EntryKind.LOG: _logs,
    EntryKind.PLAN: _plans,
    EntryKind.INSTRUCTION: _instructions,
    EntryKind.REPLY: _replies,
    **ACHIEVEMENTS,
}
