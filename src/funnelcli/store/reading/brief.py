"""The brief for a meeting, put together from what the other questions answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.brief import Point, Question, Section, arranged, chosen
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.domain.stalled import Code, is_stalled
from funnelcli.domain.text import percents
from funnelcli.domain.time import instant
from funnelcli.store.reading.acquaintances import known_newcomers
from funnelcli.store.reading.changes import movements
from funnelcli.store.reading.contacts import contact_changes
from funnelcli.store.reading.conversation import answers, inbox, never_read, plans, reply_time
from funnelcli.store.reading.milestones import milestones, to_confirm_again
from funnelcli.store.reading.people import members
from funnelcli.store.reading.stalled import open_deals
from funnelcli.store.reading.stays import introductions
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from funnelcli.domain.diagnosis import Finding
    from funnelcli.domain.model import Claim, Deal, Filters
    from funnelcli.store.reading.reader import Reader
    from funnelcli.store.reading.stalled import Judge

MARKS = """SELECT as_of, questions FROM brief_mark WHERE as_of < :seen_at
ORDER BY as_of DESC"""
CLAIMS = """SELECT x.claim FROM log x WHERE x.deal_id = :deal AND x.claim IS NOT NULL
ORDER BY x.effective_at DESC, x.id DESC LIMIT :limit"""
REMEMBERED = 3
"""Claims of a deal that are told, the last ones."""
FEW = 5
FIRST = (Code.CONTACT_CHANGED, Code.OVERCLAIMED)
"""What is asked about first: people and claims are what a list of stalls does not show."""
WEEK = 7
DAY = 24


class Mark(NamedTuple):
    """A brief that was held: when, with whom alone if with one rep, and what was asked of whom."""

    at: datetime
    owner: str | None
    asked: frozenset[tuple[str | None, str]]

    def covers(self, owner: str | None) -> bool:
        """Tell whether that rep was spoken with."""
        return self.owner in (None, owner)


def marks(reader: Reader) -> list[Mark]:
    """Return the briefs of earlier moments that were marked as held, the last one first."""
    found = []
    for at, kept in reader.rows(MARKS):
        said = json.loads(kept)
        asked = frozenset((owner, text) for owner, text in said["asked"])
        found.append(Mark(instant(at), said["owner"], asked))
    return found


def kept_of(points: list[Point], owner: str | None) -> str:
    """Return what a mark keeps of a brief, of one rep or of all."""
    asked = [[p.owner, p.text] for p in points if p.section is Section.ASK]
    return json.dumps({"owner": owner, "asked": asked}, ensure_ascii=False)


@dataclass(frozen=True)
class Brief:
    """One brief: about which deals, since when, by which judge."""

    judge: Judge
    filters: Filters
    since: datetime
    marks: Sequence[Mark]

    @property
    def reader(self) -> Reader:
        """Where everything is read."""
        return self.judge.reader

    @cached_property
    def deals(self) -> list[tuple[Deal, Finding | None]]:
        """The open deals, the largest first, with what is wrong with each."""
        return list(open_deals(self.judge, self.filters))

    def points(self) -> list[Point]:
        """Return everything that is told, rep by rep."""
        team = [member.name for member in members(self.reader)]
        found = chain(
            self._changed(),
            self._to_decide(),
            self._stalled(),
            self._claims(),
            self._people(),
            self._overdue(),
            self._questions(),
            self._replies(team[0]),
        )
        return arranged(found, [*team[1:], team[0], None])

    def _point(
        self, section: Section, deal: Deal, worded: str | Callable[[], str], trigger: str
    ) -> Point:
        return Point(deal.owner, section, deal.id, deal.name, worded, trigger)

    def _changed(self) -> Iterator[Point]:
        for deal_id, deal, owner, kind, text in movements(self.reader, self.filters, self.since):
            yield Point(owner, Section.CHANGED, deal_id, deal, text, kind)

    def _to_decide(self) -> Iterator[Point]:
        for log in inbox(self.reader, self.filters):
            if log.ask:
                text = said("asks for support: {text} (log {log})", text=log.text, log=log.log)
                yield Point(log.owner, Section.DECIDE, log.deal_id, log.deal, text, "ask")
        for m in milestones(self.reader, self.filters, state=MilestoneState.CLAIMED):
            text = said(
                "accept or reject {milestone}: {evidence}",
                milestone=m.milestone,
                evidence=m.evidence,
            )
            yield Point(m.owner, Section.DECIDE, m.deal_id, m.deal, text, "claimed")
        for m in to_confirm_again(self.reader, self.filters):
            text = said(
                "have {milestone} confirmed again: it came from {contact}",
                milestone=m.milestone,
                contact=m.reconfirm,
            )
            yield Point(m.owner, Section.DECIDE, m.deal_id, m.deal, text, "contact-changed")
        for deal, finding in self.deals:
            for reason in () if finding is None else finding.reasons:
                if reason.code is Code.OVERDUE_CLOSE:
                    text = said("{reason}: a new date, or lost", reason=reason.text)
                    yield self._point(Section.DECIDE, deal, text, reason.code)

    def _stalled(self) -> Iterator[Point]:
        for deal, finding in self.deals:
            if finding and is_stalled(finding.reasons) and not finding.acknowledged:
                worded = partial(_why_stalled, finding)
                yield self._point(Section.STALLED, deal, worded, finding.reasons[0].code)

    def _claims(self) -> Iterator[Point]:
        for deal, _ in self.deals:
            if deal.claim is not None and deal.claim.gap > 0:
                worded = partial(self._claiming, deal, deal.claim)
                yield self._point(Section.CLAIMS, deal, worded, "claim")

    def _claiming(self, deal: Deal, claim: Claim) -> str:
        """Say what was claimed last, beside the evidence."""
        rows = [*self.reader.rows(CLAIMS, deal=deal.id, limit=REMEMBERED)]
        told = said(", then ").join(f"{percent} %" for (percent,) in reversed(rows))
        return said(
            "claims {claims}; evidence {evidence} ({stage})",
            claims=told,
            evidence=percents(claim.evidence),
            stage=deal.stage_title,
        )

    def _people(self) -> Iterator[Point]:
        changed = contact_changes(self.reader, self.filters)
        successors = {change.successor_id for change in changed if change.successor_id}
        joined = known_newcomers(self.reader, self.filters, self.since)
        knowing = introductions(self.reader, [*successors, *(each[3] for each in joined)])
        for change in changed:
            if not change.unmet and (change.at is None or change.at < self.since):
                continue
            if change.successor_id is None or change.successor is None:
                text = said("{contact} left; who follows is not known", contact=change.contact)
            else:
                unmet = marked("{successor} follows {contact}; nobody has met them yet")
                met = marked("{successor} follows {contact}; met since")
                text = said(
                    unmet if change.unmet else met,
                    successor=change.successor,
                    contact=change.contact,
                )
                knows = knowing.get(change.successor_id)
                text = f"{text}; {knows}" if knows else text
            of = (change.deal_id, change.deal)
            yield Point(change.owner, Section.PEOPLE, *of, text, Code.CONTACT_CHANGED)
        for number, deal, owner, contact_id in joined:
            knows = knowing.get(contact_id)
            if knows and contact_id not in successors:
                yield Point(owner, Section.PEOPLE, number, deal, knows, "known")

    def _overdue(self) -> Iterator[Point]:
        for asked in answers(self.reader, self.filters):
            if asked.overdue:
                text = said("asked for by {due}: {text}", due=asked.due, text=asked.text)
                of = (asked.deal_id, asked.deal)
                yield Point(asked.owner, Section.OVERDUE, *of, text, "instruction")
        planned: set[tuple[int, str | None]] = set()
        for plan in plans(self.reader, self.filters, state="open"):
            if plan.overdue:
                planned.add((plan.deal_id, plan.text))
                text = said("planned for {day}: {text}", day=plan.on, text=plan.text)
                yield Point(plan.owner, Section.OVERDUE, plan.deal_id, plan.deal, text, "plan")
        for deal, finding in self.deals:
            for reason in () if finding is None else finding.reasons:
                if reason.code is Code.OVERDUE and (deal.id, deal.next_step) not in planned:
                    yield self._point(Section.OVERDUE, deal, reason.text, reason.code)

    def _questions(self) -> Iterator[Point]:
        by_owner: dict[str | None, list[tuple[Deal, Finding | None]]] = {}
        for deal, finding in self.deals:
            if deal.ack_until is None:
                by_owner.setdefault(deal.owner, []).append((deal, finding))
        turn = self.reader.moment.today.toordinal() // WEEK
        for owner, deals in by_owner.items():
            ranked = sorted(deals, key=lambda each: _rank(each[1]))[: 2 * FEW]
            pools = [list(self._pool(deal, finding)) for deal, finding in ranked]
            pressing = sum(len(f.reasons) for _, f in ranked if f is not None)
            last = next((mark for mark in self.marks if mark.covers(owner)), None)
            asked = {text for who, text in (last.asked if last else ()) if who == owner}
            for each in chosen(pools, pressing, asked, turn):
                yield Point(owner, Section.ASK, each.deal_id, each.deal, each.text, each.trigger)

    def _pool(self, deal: Deal, finding: Finding | None) -> Iterator[Question]:
        """Yield what could be asked about the deal, what was found first."""
        _, stage = self.judge.process.by_stage[deal.stage_id]
        words = self.judge.words(deal)
        reasons = () if finding is None else finding.reasons
        for reason in sorted(reasons, key=lambda each: each.code not in FIRST):
            for text in words.questions(reason.code):
                yield Question(deal.id, deal.name, text, reason.text)
        here = said("in {stage}", stage=deal.stage_title)
        if stage.guidance:
            yield Question(deal.id, deal.name, stage.guidance, here)
        for advice in words.causes(self.judge.process.phases[deal.stage_id]).values():
            yield Question(deal.id, deal.name, advice.ask, here)

    def _replies(self, manager: str) -> Iterator[Point]:
        """Yield how soon the manager answered, and what they never read."""
        answered, hours = reply_time(self.reader, self.since)
        if answered:
            text = plural(
                answered,
                "answered {n} log; median {time} after the entry",
                "answered {n} logs; median {time} after the entry",
                time=_spoken(hours),
            )
            yield Point(manager, Section.REPLIES, None, None, text, "reply-time")
        unread = never_read(self.reader, self.filters)
        if unread:
            named = said(", ").join(map(str, unread[:FEW]))
            text = said("never read: log {logs}", logs=named)
            if len(unread) > FEW:
                more = len(unread) - FEW
                text = said("never read: log {logs} and {n} more", logs=named, n=more)
            yield Point(manager, Section.REPLIES, None, None, text, "never-read")


def _why_stalled(finding: Finding) -> str:
    why = said("; ").join(reason.text for reason in finding.reasons if is_stalled((reason,)))
    sentence = said("{sentence}.", sentence=why)
    return f"{sentence} {finding.diagnosis.hypothesis}" if finding.diagnosis else sentence


def _rank(finding: Finding | None) -> int:
    """Return where a deal stands among those to ask about: stalled ones, others, those in order."""
    if finding is None:
        return 2
    return 0 if is_stalled(finding.reasons) else 1


def _spoken(hours: float) -> str:
    if hours < 1:
        return said("less than an hour")
    whole = round(hours)
    if whole < 2 * DAY:
        return plural(whole, "{n} hour", "{n} hours")
    return plural(whole // DAY, "{n} day", "{n} days")
