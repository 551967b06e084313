"""What a day was made of for each of the team: logs, planned work, answers, what was due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.conversation import Happening, is_late
from funnelcli.domain.time import instant, last_second, midnight, seconds
from funnelcli.store.reading.conversation import FOLLOWED
from funnelcli.store.reading.people import members
from funnelcli.store.reading.reader import optional_instant
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from funnelcli.domain.model import Member
    from funnelcli.store.reading.reader import Reader

LOGS = """SELECT x.by_id, x.effective_at, x.kind, x.deal_id, d.name, x.text, x.recorded_at
FROM log x JOIN deal d ON d.id = x.deal_id WHERE x.happened_on = :day
ORDER BY x.effective_at, x.id"""
PLANNED = """SELECT l.owner_id, l.deal_id, d.name, l.text, coalesce(e.state,
  CASE WHEN d.live = 1 OR d.closed_at > :end THEN 'open' ELSE 'closed' END)
FROM plan l JOIN deal d ON d.id = l.deal_id LEFT JOIN plan_end e ON e.plan_id = l.id
WHERE l.planned_on = :day ORDER BY l.id"""
ANSWERED = """SELECT x.by_id, r.effective_at, r.deal_id, d.name, r.text, r.due
FROM reply r JOIN log x ON x.id = r.log_id JOIN deal d ON d.id = r.deal_id
WHERE r.effective_at BETWEEN :start AND :end ORDER BY r.effective_at, r.id"""
DUE = f"""SELECT coalesce(x.by_id, d.owner_id), r.deal_id, d.name, r.text, r.due, {FOLLOWED}
FROM reply r JOIN log x ON x.id = r.log_id JOIN deal d ON d.id = r.deal_id
WHERE r.due <= :day AND r.effective_at <= :end AND (d.live = 1 OR d.closed_at > :end)
ORDER BY r.due, r.id"""
MILESTONES = """SELECT CASE WHEN v.state = 'claimed' OR d.owner_id IS NULL THEN o.by_id
  ELSE d.owner_id END, v.effective_at, v.state, v.deal_id, d.name, i.title
FROM milestone_event v JOIN operation o ON o.id = v.operation_id
JOIN milestone i ON i.id = v.milestone_id JOIN deal d ON d.id = v.deal_id
WHERE v.effective_at BETWEEN :start AND :end AND v.state IN ('claimed', 'accepted')
ORDER BY v.effective_at, v.id"""
ENTERED = """SELECT coalesce(d.owner_id, e.by_id), e.effective_at, e.deal_id, d.name, s.title
FROM stage_entry e JOIN stage s ON s.id = e.stage_id JOIN deal d ON d.id = e.deal_id
WHERE e.effective_at BETWEEN :start AND :end AND EXISTS (SELECT 1 FROM stage_entry y
  WHERE y.deal_id = e.deal_id AND (y.effective_at, y.id) < (e.effective_at, e.id))
ORDER BY e.effective_at, e.id"""


def day(reader: Reader, owner: int | None, on: date) -> list[Happening]:
    """Return what happened on a day, member by member; one who wrote nothing is told too."""
    zone = reader.moment.zone
    given: dict[str, str | int] = {
        "day": on.isoformat(),
        "start": seconds(midnight(on, zone)),
        "end": seconds(last_second(on, zone)),
    }
    found: dict[int | None, list[Happening]] = {}
    team = {member.id: member for member in members(reader)}
    for by, happening in _happenings(reader, given, on):
        name = team[by].name if by in team else ""
        found.setdefault(by, []).append(happening._replace(owner=name))
    return [
        each
        for number, member in team.items()
        if owner in (None, number)
        for each in _of(member, sorted(found.get(number, []), key=_place), on)
    ]


def _place(happening: Happening) -> tuple[bool, float]:
    at = happening.at
    return (at is None, 0.0 if at is None else at.timestamp())


def _of(member: Member, found: list[Happening], on: date) -> Iterator[Happening]:
    """Yield a member's day, and first that they logged nothing, if they should have."""
    logged = any(each.kind not in _ASIDE for each in found)
    away = any(start <= on <= end for start, end in member.away)
    if not logged and (away or not member.manager):
        text = said("away") if away else said("nothing logged")
        yield Happening(member.name, None, "none", None, None, text, None)
    yield from found


def _happenings(
    reader: Reader, given: dict[str, str | int], on: date
) -> Iterator[tuple[int | None, Happening]]:
    for by, at, kind, number, deal, text, recorded in reader.rows(LOGS, **given):
        entered = reader.day(recorded)
        late = entered is not None and is_late(on, entered)
        state = said("entered late, on {day}", day=entered) if late else None
        yield by, Happening("", optional_instant(at), kind, number, deal, text, state)
    for by, number, deal, text, stands in reader.rows(PLANNED, **given):
        overdue = stands == "open" and on < reader.moment.today
        state = "overdue" if overdue else stands
        yield by, Happening("", None, "plan", number, deal, text, state)
    for by, at, number, deal, text, due in reader.rows(ANSWERED, **given):
        state = said("asked for by {due}", due=due) if due else None
        yield by, Happening("", instant(at), "answer", number, deal, text, state)
    for by, number, deal, text, due, followed in reader.rows(DUE, **given):
        if followed is None or followed > on.isoformat():
            state = "overdue" if due < on.isoformat() else "due"
            yield by, Happening("", None, "instruction", number, deal, text, state)
    for by, at, stands, number, deal, title in reader.rows(MILESTONES, **given):
        yield by, Happening("", instant(at), "milestone", number, deal, title, stands)
    for by, at, number, deal, title in reader.rows(ENTERED, **given):
        yield by, Happening("", instant(at), "stage", number, deal, title, None)


_ASIDE = ("plan", "answer", "instruction", "milestone", "stage")
"""What is no log."""
