"""Runs of the stalled list under a name: the last one, what is found now, and what was cleared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from funnelcli.domain.runs import Before, Scope, Since, cleared, read
from funnelcli.domain.stalled import Severity, is_stalled
from funnelcli.domain.time import instant, local_day, seconds
from funnelcli.errors import UsageFault
from funnelcli.store.reading.deals import (
    COLUMNS,
    JOINED,
    NARROWED,
    OPEN_NOW,
    deal_from,
    filtered,
    narrowed,
)
from funnelcli.store.reading.funnel import CUTOFFS, STALLED, UNACKNOWLEDGED, cutoffs
from funnelcli.store.reading.reader import BY_STAGE
from funnelcli.store.reading.stalled import open_deals
from funnelcli.store.remembering import RUNS_KEPT
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.model import Filters
    from funnelcli.domain.runs import Cleared, Severities
    from funnelcli.store.reading.reader import Reader
    from funnelcli.store.reading.stalled import Judge

LAST_RUN = """SELECT r.as_of, r.scope, r.findings FROM stalled_run r
WHERE r.name = :name AND r.as_of < :before ORDER BY r.as_of DESC LIMIT 1"""
FIRST_KEPT = "SELECT count(*), min(r.as_of) FROM stalled_run r WHERE r.name = :name"
LOOKS_BACK = """SELECT EXISTS (SELECT 1 FROM stalled_run r
WHERE r.name = :name AND r.as_of >= :at)"""
STALLED_NUMBERS = f""", {CUTOFFS} SELECT d.id FROM {BY_STAGE}
WHERE {OPEN_NOW} AND {NARROWED} AND {STALLED} AND {UNACKNOWLEDGED}"""
DEALS_AMONG = f"""SELECT {COLUMNS} FROM deal d {JOINED}
WHERE d.id IN (SELECT value FROM json_each(:numbers)) AND d.status IS NOT NULL
ORDER BY d.amount DESC, d.id"""
BATCH = 500
"""Deals that are judged at once."""


def since_last_run(judge: Judge, filters: Filters, name: str, asked: Scope) -> Since:
    """Return what is found now beside what the last run of an earlier moment found under the name.

    Raises UsageFault if that run asked otherwise, or is kept no more.
    """
    reader = judge.reader
    before = _last_run(reader, name, asked)
    found = _every_finding(judge, filters) if asked.every else _stalled(judge, filters)
    return Since(before, found)


def looks_back(reader: Reader, name: str) -> bool:
    """Tell whether a run of the name is remembered as of this moment or a later one."""
    ((found,),) = reader.rows(LOOKS_BACK, name=name, at=seconds(reader.moment.at))
    return bool(found)


def _last_run(reader: Reader, name: str, asked: Scope) -> Before | None:
    row = reader.row(LAST_RUN, name=name, before=seconds(reader.moment.at))
    if row is None:
        count, first = next(reader.rows(FIRST_KEPT, name=name))
        if count >= RUNS_KEPT:
            message = said(
                "Of {name!r} the last {count} runs are kept, the first of {day}; ask about a later "
                "day, or give these runs another name.",
                name=name,
                count=RUNS_KEPT,
                day=local_day(instant(first), reader.moment.zone),
            )
            raise UsageFault(message)
        return None
    at, kept, findings = row
    differing = asked.differing(Scope(**json.loads(kept)))
    if differing:
        message = said(
            "The last run called {name!r} differs in {options}, so that nothing can be compared; "
            "give these runs another name.",
            name=name,
            options=", ".join(differing),
        )
        raise UsageFault(message)
    when = instant(at)
    return Before(when, local_day(when, reader.moment.zone), read(findings))


def _stalled(judge: Judge, filters: Filters) -> Severities:
    """Return the stalled deals that nobody has acknowledged; the database tells how grave."""
    red = {number: limits.when_red() for number, limits in judge.limits.items()}
    found = dict.fromkeys(_numbers(judge, filters, judge.cutoffs), Severity.AMBER)
    reader = judge.reader
    grave = _numbers(judge, filters, cutoffs(reader, judge.process, red))
    return found | dict.fromkeys(grave, Severity.RED)


def _numbers(judge: Judge, filters: Filters, rule: str) -> Iterator[int]:
    sql = narrowed(STALLED_NUMBERS, filters)
    return (number for (number,) in judge.reader.rows(sql, cutoffs=rule, **filtered(filters)))


def _every_finding(judge: Judge, filters: Filters) -> Severities:
    """Return all open deals of which something is found and that nobody has acknowledged."""
    return {
        deal.id: finding.severity
        for deal, finding in open_deals(judge, filters)
        if finding is not None and not finding.acknowledged
    }


def cleared_deals(judge: Judge, since: Since, *, every: bool) -> Iterator[Cleared]:
    """Yield the deals of the last run that are found no more, largest first.

    One that is acknowledged by now is none of them; nor one whose adding was undone.
    """
    if since.before is None:
        return
    numbers = json.dumps(since.missing())
    rows = judge.reader.rows(DEALS_AMONG, numbers=numbers)
    deals = [deal_from(judge.reader, row) for row in rows]
    for begin in range(0, len(deals), BATCH):
        for deal, finding in judge.judged(deals[begin : begin + BATCH]):
            found = finding is not None and (every or is_stalled(finding.reasons))
            if not (found and deal.ack_until is not None):
                phase = judge.process.phases[deal.stage_id]
                yield cleared(deal, phase, since.before, found=found)
