"""The deals that have stopped, or that something is wrong with, and what their logs say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from funnelcli.domain.diagnosis import Contact, Finding, OnDeal, StalledTotals, diagnose
from funnelcli.domain.people import known_by
from funnelcli.domain.pipeline import Playbook
from funnelcli.domain.stalled import OVERCLAIM, Code, Limits, findings
from funnelcli.domain.time import seconds
from funnelcli.store.reading.acquaintances import acquaintances
from funnelcli.store.reading.deals import (
    COLUMNS,
    JOINED,
    NARROWED,
    OPEN_NOW,
    deal_from,
    filtered,
    narrowed,
)
from funnelcli.store.reading.funnel import (
    CUTOFFS,
    STALLED,
    UNACKNOWLEDGED,
    WEIGHTED,
    cutoffs,
    limits_of,
)
from funnelcli.store.reading.reader import BY_STAGE, optional_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from funnelcli.domain.diagnosis import Diagnosis
    from funnelcli.domain.model import Deal, Filters
    from funnelcli.domain.pipeline import Pipeline
    from funnelcli.domain.stalled import Reason
    from funnelcli.store.reading.process import Process
    from funnelcli.store.reading.reader import Reader

CONTACT = """SELECT count(*), coalesce(sum(t.by_them), 0), EXISTS (
  SELECT 1 FROM milestone m WHERE m.stage_id = :stage AND m.required AND m.position IS NOT NULL
  AND coalesce((SELECT v.state FROM milestone_event v
    WHERE v.deal_id = :deal AND v.milestone_id = m.id
    ORDER BY v.effective_at DESC, v.id DESC LIMIT 1), 'open') IN ('open', 'rejected'))
FROM log t
WHERE t.deal_id = :deal AND t.touch = 1 AND (:since IS NULL OR t.effective_at >= :since)"""
PEOPLE = """SELECT k.name, x.role, x.stance, x.stance_on, (
  SELECT max(t.effective_at) FROM log t
  WHERE t.deal_id = x.deal_id AND t.touch = 1 AND t.with_id = x.contact_id)
FROM deal_role x JOIN contact k ON k.id = x.contact_id
WHERE x.deal_id = :deal AND NOT x.ended AND x.id = (
  SELECT y.id FROM deal_role y WHERE y.deal_id = x.deal_id AND y.contact_id = x.contact_id
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
ORDER BY x.contact_id"""
ANY_PEOPLE = "SELECT 1 FROM deal_role x LIMIT 1"

_FROM_LARGEST = f"""FROM deal d CROSS JOIN cutoff c ON c.stage_id = d.stage_id
  {JOINED} WHERE {OPEN_NOW} AND {NARROWED}"""
_ORDER = "ORDER BY d.amount DESC, d.id LIMIT :limit"
_FOUND = f", {CUTOFFS} SELECT {COLUMNS} {_FROM_LARGEST}"
STALLED_DEALS = f"{_FOUND} AND {STALLED} AND {UNACKNOWLEDGED} {_ORDER}"
STALLED_ACKNOWLEDGED = f"{_FOUND} AND {STALLED} AND d.ack_until > :today {_ORDER}"
OPEN_DEALS = f"{_FOUND} AND {UNACKNOWLEDGED} {_ORDER}"
OPEN_ACKNOWLEDGED = f"{_FOUND} AND d.ack_until > :today {_ORDER}"
CLAIMED_DEALS = f"""SELECT {COLUMNS} FROM deal d {JOINED}
WHERE {OPEN_NOW} AND d.claim IS NOT NULL AND {NARROWED}"""
ALARMED_DEALS = f"""SELECT {COLUMNS} FROM deal d {JOINED}
WHERE {OPEN_NOW} AND d.changed_contact_id IS NOT NULL AND {NARROWED} {_ORDER}"""
STALLED_TOTALS = f""", {CUTOFFS}
SELECT count(*), coalesce(sum(d.amount), 0), coalesce(sum(d.amount IS NULL), 0), {WEIGHTED}
FROM {BY_STAGE}
WHERE {OPEN_NOW} AND {NARROWED} AND {STALLED} AND {UNACKNOWLEDGED}"""


@dataclass(frozen=True)
class Judge:
    """Judges deals by their stages' limits, and words the diagnosis by their playbooks."""

    reader: Reader
    process: Process
    limits: dict[int, Limits]
    fallback: Callable[[], Playbook]

    @cached_property
    def cutoffs(self) -> str:
        """The rule by which the database judges the same."""
        return cutoffs(self.reader, self.process, self.limits)

    def finding(self, deal: Deal) -> Finding | None:
        """Return what is wrong with the deal, or None if nothing is."""
        reasons = findings(deal, self.limits[deal.stage_id], self.reader.settings.calendar)
        if not reasons:
            return None
        if deal.successor_id is not None:
            reasons = tuple(self._introduced(deal, reason) for reason in reasons)
        return Finding(deal, self.process.phases[deal.stage_id], reasons, self._diagnose)

    def _diagnose(self, found: Finding) -> Diagnosis | None:
        pipeline, _ = self.process.by_stage[found.deal.stage_id]
        contact = contact_in_stage(self.reader, found.deal)
        people = people_on(self.reader, found.deal) if self._knows_people else ()
        words = self.playbook(pipeline)
        return diagnose(found.deal, found.phase, found.reasons, contact, people, words)

    def _introduced(self, deal: Deal, reason: Reason) -> Reason:
        """Add to the alarm who on the team knows the successor."""
        if reason.code is not Code.CONTACT_CHANGED or deal.successor_id is None:
            return reason
        knows = known_by(acquaintances(self.reader, deal.successor_id), deal.successor or "")
        return reason._replace(text=f"{reason.text}; {knows}") if knows else reason

    @cached_property
    def _knows_people(self) -> bool:
        """Whether the file knows of anybody on any deal."""
        return self.reader.row(ANY_PEOPLE) is not None

    def playbook(self, pipeline: Pipeline) -> Playbook:
        """Return the pipeline's own words, and the shipped ones where it has none."""
        own, shipped = pipeline.playbook, self.fallback()
        return Playbook(
            {p: {**c, **own.diagnosis.get(p, {})} for p, c in shipped.diagnosis.items()},
            {**shipped.questions, **own.questions},
        )


def judge(
    reader: Reader, process: Process, fallback: Callable[[], Playbook], days: int | None = None
) -> Judge:
    """Return the judge for this file; `days` overrides every limit."""
    return Judge(reader, process, limits_of(process, days), fallback)


def stalled(
    judge: Judge, filters: Filters, *, warnings: bool = False, limit: int | None = None
) -> Iterator[Finding]:
    """Yield the stalled deals, largest amount first, the acknowledged ones last.

    With `warnings`, every open deal that has a finding.
    """
    if warnings:
        found = (finding for _, finding in open_deals(judge, filters) if finding is not None)
    else:
        statements = (STALLED_DEALS, STALLED_ACKNOWLEDGED)
        judged = _judged(judge, filters, statements, limit)
        found = (finding for _, finding in judged if finding is not None)
    return islice(found, limit)


def open_deals(judge: Judge, filters: Filters) -> Iterator[tuple[Deal, Finding | None]]:
    """Yield the open deals, largest amount first, with what is wrong with each."""
    return _judged(judge, filters, (OPEN_DEALS, OPEN_ACKNOWLEDGED), None)


def _judged(
    judge: Judge, filters: Filters, statements: tuple[str, str], limit: int | None
) -> Iterator[tuple[Deal, Finding | None]]:
    reader = judge.reader
    given = {"cutoffs": judge.cutoffs, "limit": -1 if limit is None else limit, **filtered(filters)}
    for sql in statements:
        for row in reader.rows(narrowed(sql, filters), **given):
            deal = deal_from(reader, row)
            yield deal, judge.finding(deal)


def overclaimed(reader: Reader, filters: Filters) -> list[Deal]:
    """Return the open deals whose claim stands too far above the evidence, the widest gap first."""
    claimed = [
        deal_from(reader, row)
        for row in reader.rows(narrowed(CLAIMED_DEALS, filters), **filtered(filters))
    ]
    above = [(deal.claim.gap, deal) for deal in claimed if deal.claim is not None]
    return [deal for gap, deal in sorted(above, key=lambda e: -e[0]) if gap > OVERCLAIM]


def alarms(judge: Judge, filters: Filters) -> Iterator[Finding]:
    """Yield the open deals on which somebody is to be met who follows a contact."""
    reader = judge.reader
    for row in reader.rows(narrowed(ALARMED_DEALS, filters), limit=-1, **filtered(filters)):
        finding = judge.finding(deal_from(reader, row))
        if finding is not None:
            yield finding


def stalled_totals(judge: Judge, filters: Filters) -> StalledTotals:
    """Count the stalled deals that nobody has acknowledged."""
    sql = narrowed(STALLED_TOTALS, filters)
    row = next(judge.reader.rows(sql, cutoffs=judge.cutoffs, **filtered(filters)))
    return StalledTotals(*row)


def contact_in_stage(reader: Reader, deal: Deal) -> Contact:
    """Return what the logs say of this stay in the stage."""
    since = deal.stage_entered_at
    given: dict[str, int | None] = {"deal": deal.id, "stage": deal.stage_id}
    given |= {"since": None if since is None else seconds(since)}
    touches, by_them, milestone_open = next(reader.rows(CONTACT, **given))
    return Contact(touches, by_them, bool(milestone_open))


def people_on(reader: Reader, deal: Deal) -> tuple[OnDeal, ...]:
    """Return who is on the deal, how they stand to us, and when they were last met there."""
    return tuple(
        OnDeal(name, role, stance, optional_date(known_on), reader.day(met))
        for name, role, stance, known_on, met in reader.rows(PEOPLE, deal=deal.id)
    )
