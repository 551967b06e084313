"""What a period's entries come to by the rules: lines that add up, each with what it counts.

Amounts are whole minor units, or points; a percentage is rounded half-up once, in its own line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.entries import DUE, EntryKind, EntryState
from funnelcli.domain.rules import WHOLE, Per, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from funnelcli.domain.entries import Entry
    from funnelcli.domain.rules import Rule, Rules
    from funnelcli.domain.time import Period

CAP, TOTAL_CAP, FLOOR = "cap", "total-cap", "floor"
"""What a line is that takes off what is over a rule's cap, or over that of all, or that brings a
sum below zero up to nothing."""

KINDS = {
    Per.MILESTONE: EntryKind.MILESTONE,
    Per.STAGE: EntryKind.ADVANCE,
    Per.PLAN: EntryKind.PLAN,
    Per.WON: EntryKind.WON,
    Per.LATE: EntryKind.LOG,
}
"""What the rules count."""
_NOT_KEPT = (EntryState.LATE, EntryState.MISSED, EntryState.DROPPED)
"""How planned work stands that was not done on time."""


Known = tuple[str | int, ...]
"""What is the same for all that is not to be paid twice."""


class Cited(NamedTuple):
    """What is counted: how to look it up, and the deal it is of.

    What is of a stage is known again by the numbers of both, and a milestone's name.
    """

    cite: str
    deal: str
    deal_id: int
    stage_id: int | None
    milestone: str = ""

    def known_by(self, replaced: Mapping[int, int]) -> Known:
        """Return what it is known by, whatever its stage is called or was replaced by since."""
        if self.stage_id is None:
            return (self.cite,)
        return (self.deal_id, replaced.get(self.stage_id, self.stage_id), self.milestone)


class Line(NamedTuple):
    """What a rule comes to for somebody, or what a cap takes off again.

    `per` is the rule's, or one of the three above; without a `rule` it is of all. `each` is what
    one of the `quantity` comes to, or the cap; `percent` is of the `basis`, or, of planned work,
    the least of the `planned` that has to be done on time. Percentages are millionths. `failed` is
    planned work that was not done on time, and so counts against the share.
    """

    owner_id: int
    owner: str
    rule: str | None
    per: str
    quantity: int | None
    amount: int
    each: int | None = None
    percent: int | None = None
    basis: int | None = None
    planned: int | None = None
    entries: tuple[Cited, ...] = ()
    failed: tuple[Cited, ...] = ()


class Bonus(NamedTuple):
    """What everybody gets by the rules of a name, in money or points."""

    name: str
    unit: Unit
    lines: tuple[Line, ...]


class Statement(NamedTuple):
    """A bonus as it was issued for a period, and the rules in force as they were written."""

    period: Period
    as_of: datetime
    rules: str
    bonus: Bonus
    by: str | None = None


class Difference(NamedTuple):
    """What a line was in a statement and comes to now, and which entries went and came."""

    owner_id: int
    owner: str
    rule: str | None
    per: str
    was: int
    now: int
    gone: tuple[Cited, ...]
    new: tuple[Cited, ...]

    @property
    def amount(self) -> int:
        """How much more it is now."""
        return self.now - self.was


def reckoned(rules: Rules, team: Sequence[tuple[int, str]], entries: Iterable[Entry]) -> Bonus:
    """Return the lines of everybody on the team, in the order of the team and of the rules."""
    of_owner: dict[int | None, list[Entry]] = {}
    for entry in entries:
        of_owner.setdefault(entry.owner_id, []).append(entry)
    lines = (
        line._replace(owner_id=number, owner=name)
        for number, name in team
        for line in _of(rules, of_owner.get(number, []))
    )
    return Bonus(rules.name, rules.unit, tuple(lines))


def _of(rules: Rules, entries: Sequence[Entry]) -> list[Line]:
    """Return the lines of one person, whose name is yet to be put to them."""
    by_rule: dict[str, list[Line]] = {}
    for rule in rules.counted():
        if rule.per is Per.SHARE:
            others = sum(_sum(by_rule[other]) for other in rule.of)
            line = _line(rule, basis=max(0, others))
        elif rule.per is Per.PLAN:
            line = _planned(rule, entries)
        else:
            line = _counted(rule, [entry for entry in entries if counts(rule, entry)])
        lines = [line]
        if rule.cap is not None and abs(line.amount) > rule.cap:
            over = (rule.cap if line.amount > 0 else -rule.cap) - line.amount
            lines.append(Line(0, "", rule.name, CAP, None, over, rule.cap))
        by_rule[rule.name] = lines
    lines = [line for rule in rules.rules for line in by_rule[rule.name]]
    total = _sum(lines)
    if total < 0:
        lines.append(Line(0, "", None, FLOOR, None, -total))
    elif rules.cap is not None and total > rules.cap:
        lines.append(Line(0, "", None, TOTAL_CAP, None, rules.cap - total, rules.cap))
    return lines


def counts(rule: Rule, entry: Entry) -> bool:
    """Tell whether the rule counts the entry; nothing that was imported counts."""
    if entry.imported or entry.kind is not KINDS[rule.per]:
        return False
    if rule.stages is not None and (entry.pipeline, entry.stage) not in rule.stages:
        return False
    if rule.per is Per.LATE:
        return entry.late
    if rule.per is Per.MILESTONE:
        named = rule.milestones is None or (entry.pipeline, entry.what) in rule.milestones
        return named and entry.state is EntryState.ACCEPTED
    return True


def _counted(rule: Rule, entries: Sequence[Entry]) -> Line:
    if rule.percent is None:
        return _line(rule, len(entries), entries)
    return _line(rule, len(entries), entries, basis=sum(entry.amount or 0 for entry in entries))


def _planned(rule: Rule, entries: Sequence[Entry]) -> Line:
    """Return what is paid for planned work: for all that was done on time, if it is enough of it.

    All that somebody planned on one deal for one day is one piece of work, done on time if all of
    it was. What was marked done before its day is of the day on which that was entered.
    """
    pieces: dict[tuple[int, date], list[Entry]] = {}
    for entry in entries:
        if counts(rule, entry) and entry.state in (*DUE, EntryState.COMING):
            pieces.setdefault((entry.deal_id, _done_for(entry)), []).append(entry)
    over = [
        piece
        for piece in pieces.values()
        if any(e.state not in (EntryState.ON_TIME, EntryState.COMING) for e in piece)
        or all(e.state is EntryState.ON_TIME for e in piece)
    ]
    done = [piece for piece in over if all(e.state is EntryState.ON_TIME for e in piece)]
    enough = len(done) * WHOLE >= rule.at_least * len(over)
    line = _line(rule, len(done), [entry for piece in done for entry in piece])
    amount = line.amount if enough else 0
    failed = tuple(cited(e) for piece in over for e in piece if e.state in _NOT_KEPT)
    return line._replace(planned=len(over), percent=rule.at_least, amount=amount, failed=failed)


def _done_for(entry: Entry) -> date:
    """Return the day of which planned work is a piece."""
    if entry.state is EntryState.ON_TIME and entry.ended_on is not None:
        return min(entry.on, entry.ended_on)
    return entry.on


def cited(entry: Entry) -> Cited:
    """Return how a line cites an entry."""
    name = entry.what if entry.kind is EntryKind.MILESTONE else ""
    return Cited(entry.cite, entry.deal, entry.deal_id, entry.stage_id, name)


def _line(
    rule: Rule,
    quantity: int | None = None,
    entries: Iterable[Entry] = (),
    *,
    basis: int | None = None,
) -> Line:
    each = None if rule.amount is None else -rule.amount if rule.per is Per.LATE else rule.amount
    if rule.percent is not None and basis is not None:
        amount = (basis * rule.percent + WHOLE // 2) // WHOLE
    else:
        amount = (quantity or 0) * (each or 0)
    found = tuple(map(cited, entries))
    per, percent = rule.per, rule.percent
    return Line(0, "", rule.name, per, quantity, amount, each, percent, basis, None, found)


def _sum(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines)


def sums(lines: Iterable[Line]) -> dict[str, int]:
    """Return what everybody gets, in the order of the lines."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.owner] = found.get(line.owner, 0) + line.amount
    return found


def paid(statements: Iterable[Statement], replaced: Mapping[int, int]) -> set[tuple[str, Known]]:
    """Return what statements have counted: pairs of what a rule was for and what that is known by.

    `replaced` leads from dropped stages to those that replace them.
    """
    return {
        (str(line.per), entry.known_by(replaced))
        for statement in statements
        for line in statement.bonus.lines
        for entry in line.entries
    }


def in_the_way(period: Period, issued: Iterable[Statement]) -> Statement | None:
    """Return a statement that has some of the period's days, but not the same."""
    for each in issued:
        other = each.period
        if other.start < period.end and other.end > period.start and other[1:] != period[1:]:
            return each
    return None


def differences(issued: Iterable[Line], now: Iterable[Line]) -> list[Difference]:
    """Return the lines that come to something else now than when they were issued."""
    was, found = (
        {(line.owner_id, line.rule, line.per): line for line in each} for each in (issued, now)
    )
    names = {line.owner_id: line.owner for each in (found, was) for line in each.values()}
    changed = []
    for key in dict.fromkeys((*was, *found)):
        told = was.get(key) or found[key]
        nothing = told._replace(amount=0, entries=())
        before, after = was.get(key, nothing), found.get(key, nothing)
        if before.amount != after.amount:
            gone, new = _without(before.entries, after), _without(after.entries, before)
            amounts = (before.amount, after.amount)
            called = told._replace(owner=names[told.owner_id])
            changed.append(Difference(*called[:4], *amounts, gone, new))
    return changed


def _without(entries: Iterable[Cited], line: Line) -> tuple[Cited, ...]:
    others = {entry.cite for entry in line.entries}
    return tuple(entry for entry in entries if entry.cite not in others)


_CITING = ("entries", "failed")


def to_record(bonus: Bonus) -> dict[str, Any]:
    """Return the bonus as it is kept, which `from_record` reads back."""
    return {
        "name": bonus.name,
        "unit": str(bonus.unit),
        "lines": [line._asdict() for line in bonus.lines],
    }


def from_record(record: dict[str, Any]) -> Bonus:
    """Return the bonus that was kept."""
    lines = (
        Line(**line | {key: tuple(Cited(*each) for each in line.get(key, ())) for key in _CITING})
        for line in record["lines"]
    )
    return Bonus(record["name"], Unit(record["unit"]), tuple(lines))
