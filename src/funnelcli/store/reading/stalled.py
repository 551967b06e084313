"""The deals that have stopped, or that something is wrong with, and what their logs say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING

from funnelcli.domain.diagnosis import Finding, StalledTotals, Words, diagnose
from funnelcli.domain.stalled import OVERCLAIM, Code, Limits, findings
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
    ONE_STAGE,
    STALLED,
    UNACKNOWLEDGED,
    WEIGHTED,
    cutoffs,
    stages,
)
from funnelcli.store.reading.reader import BY_STAGE
from funnelcli.store.reading.stays import Stays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from funnelcli.domain.diagnosis import Diagnosis
    from funnelcli.domain.model import Deal, Filters
    from funnelcli.domain.pipeline import Playbook
    from funnelcli.domain.stalled import Reason
    from funnelcli.store.reading.process import Process
    from funnelcli.store.reading.reader import Reader

BATCH = 50
"""So many deals are judged at once, so that a list of any length streams."""

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
_TOTALS = f"""SELECT count(*), coalesce(sum(d.amount), 0), count(*) - count(d.amount), {WEIGHTED}"""
STALLED_TOTALS = f""", {CUTOFFS} {_TOTALS} FROM {BY_STAGE}
WHERE {OPEN_NOW} AND {NARROWED} AND {STALLED} AND {UNACKNOWLEDGED}"""
STAGE_TOTALS = f"{_TOTALS} {ONE_STAGE} AND {STALLED} AND {UNACKNOWLEDGED}".replace("c.", ":")


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
        ((_, finding),) = self.judged([deal])
        return finding

    def judged(self, deals: Sequence[Deal]) -> list[tuple[Deal, Finding | None]]:
        """Return the deals, each with what is wrong with it; what is read is read for all."""
        stays = Stays(self.reader, deals)
        return [(deal, self._finding(deal, stays)) for deal in deals]

    def _finding(self, deal: Deal, stays: Stays) -> Finding | None:
        reasons = findings(deal, self.limits[deal.stage_id], self.reader.settings.calendar)
        if not reasons:
            return None
        if deal.changed_contact is not None:
            reasons = tuple(_introduced(deal, reason, stays) for reason in reasons)
        phase = self.process.phases[deal.stage_id]
        return Finding(deal, phase, reasons, partial(self._diagnose, stays))

    def _diagnose(self, stays: Stays, found: Finding) -> Diagnosis | None:
        deal = found.deal
        touches, people = stays.touches[deal.id], stays.people[deal.id]
        return diagnose(deal, found.phase, found.reasons, touches, people, self.words(deal))

    def words(self, deal: Deal) -> Words:
        """Return the words of the deal's pipeline."""
        pipeline, _ = self.process.by_stage[deal.stage_id]
        return Words(pipeline.playbook, self.fallback)


def _introduced(deal: Deal, reason: Reason, stays: Stays) -> Reason:
    """Have the alarm tell all who are to be met, and who on the team knows them."""
    if reason.code is not Code.CONTACT_CHANGED:
        return reason
    text, known = stays.alarms.get(deal.id, (reason.text, ""))
    return reason._replace(text=text, known=known)


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
        deals = (deal_from(reader, row) for row in reader.rows(narrowed(sql, filters), **given))
        while batch := list(islice(deals, BATCH)):
            yield from judge.judged(batch)


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
    found = reader.rows(narrowed(ALARMED_DEALS, filters), limit=-1, **filtered(filters))
    for _, finding in judge.judged([deal_from(reader, row) for row in found]):
        if finding is not None:
            yield finding


def stalled_totals(judge: Judge, filters: Filters) -> StalledTotals:
    """Count the stalled deals that nobody has acknowledged."""
    given = {"cutoffs": judge.cutoffs, **filtered(filters)}
    if judge.reader.moment.past:
        (row,) = judge.reader.rows(narrowed(STALLED_TOTALS, filters), **given)
        return StalledTotals(*row)
    sql = narrowed(STAGE_TOTALS, filters)
    rows = [row for about in stages(given) for row in judge.reader.rows(sql, **about)]
    return StalledTotals(*map(sum, zip((0, 0, 0, 0), *rows, strict=True)))
