"""A bonus as a draft or a statement: a table for each person, with what is counted below it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.bonus import CAP, FLOOR, TOTAL_CAP, sums
from funnelcli.domain.money import major
from funnelcli.domain.rules import Per, Unit
from funnelcli.views.table import Column, Fields, Heading, Kind, Lines, Page, Place, Table
from funnelcli.views.words import cited
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from funnelcli.domain.bonus import Bonus, Cited, Difference, Line, Statement
    from funnelcli.domain.time import Period
    from funnelcli.views.table import Block, Frame

SHOWN = 20
"""Entries that a line for people cites; machines get all."""
_PER_PERCENT = 10_000
_M = Place.MACHINE


class Answer(NamedTuple):
    """A draft, or a statement as it was issued with what is different by now.

    `issued` is the statement for the same days, `in_the_way` one for some of them; `fault` says why
    nobody can say what is different.
    """

    bonus: Bonus
    issued: Statement | None = None
    as_issued: bool = False
    changed: tuple[Difference, ...] = ()
    fault: str = ""
    in_the_way: Statement | None = None
    over: bool = True

    def of(self, owner: int) -> Answer:
        """Return the same of one person."""
        lines = tuple(line for line in self.bonus.lines if line.owner_id == owner)
        changed = tuple(each for each in self.changed if each.owner_id == owner)
        return self._replace(bonus=self.bonus._replace(lines=lines), changed=changed)


def no_rules(period: Period, frame: Frame) -> Table:
    """Return the empty answer of a file in which no rules were ever issued."""
    empty = said(
        "There are no bonus rules yet; write some (docs/bonus.md tells how) and try them: "
        "funnelcli bonus --period {period} --rules FILE.toml",
        period=period.name,
    )
    return Table(frame, _columns(Unit.MONEY), (), empty=empty, id_key="owner")


def bonus_page(answer: Answer, period: Period, frame: Frame) -> Page:
    """Return what everybody gets: for machines the lines, for people a table each."""
    bonus = answer.bonus
    totals = _totals(answer, period, frame)
    table = Table(frame, _columns(bonus.unit), bonus.lines, totals=totals, id_key="owner")
    blocks: list[Block] = [Fields(tuple(_head(answer, period, frame)))]
    for owner, amount in sums(bonus.lines).items():
        lines = [line for line in bonus.lines if line.owner == owner]
        told = bonus.unit.told(amount, frame.currency)
        blocks.append(Heading(said("{owner}: {amount}", owner=owner, amount=told)))
        blocks.append(_table_of(lines, bonus.unit, frame))
        if any(line.entries or line.failed for line in lines):
            blocks.append(Lines(said("What is counted"), tuple(_cited(lines))))
    if not bonus.lines:
        nobody = said(
            "Nobody asked about was on the team in {period}, or earned anything in it.",
            period=period.name,
        )
        blocks.append(table._replace(empty=nobody))
    if answer.changed:
        blocks += _since(answer, frame)
    return Page(table, said("Bonus {period}", period=period.name), tuple(blocks))


def _columns(unit: Unit) -> tuple[Column, ...]:
    kind = Kind.COUNT if unit is Unit.POINTS else Kind.MONEY
    return (
        Column("owner", "Owner"),
        Column("rule", "Rule"),
        Column("quantity", "Quantity", Kind.COUNT),
        Column("amount", "Amount", kind),
        Column("entries", "Entries", Kind.LIST, get=lambda line: _cites(line.entries)),
        Column("per", "Per", Kind.WORD, _M, lambda line: str(line.per)),
        Column("each", "Each", kind, _M),
        Column("percent", "Percent", Kind.COUNT, _M, lambda line: _percent(line.percent)),
        Column("basis", "Of", kind, _M),
        Column("planned", "Planned", Kind.COUNT, _M),
        Column("failed", "Failed", Kind.LIST, _M, lambda line: _cites(line.failed)),
    )


def _cites(entries: Iterable[Cited]) -> list[str]:
    return [entry.cite for entry in entries]


def _percent(millionths: int | None) -> Decimal | None:
    if millionths is None:
        return None
    whole, rest = divmod(millionths, _PER_PERCENT)
    return Decimal(whole) if not rest else (Decimal(millionths) / _PER_PERCENT).normalize()


def _totals(answer: Answer, period: Period, frame: Frame) -> dict[str, Any]:
    bonus, issued = answer.bonus, answer.issued
    amount = _exact(bonus.unit, frame)
    found = sums(bonus.lines)
    totals: dict[str, Any] = {
        "period": period.name,
        "start": period.start,
        "end": period.end,
        "state": "issued" if answer.as_issued else "draft",
        "rules": bonus.name,
        "unit": str(bonus.unit),
        "amount": amount(sum(found.values())),
        "owners": [{"owner": owner, "amount": amount(each)} for owner, each in found.items()],
        "issued_at": None if issued is None else issued.as_of,
        "issued_by": None if issued is None else issued.by,
    }
    if answer.as_issued and issued is not None:
        totals["rules_text"] = issued.rules
        totals["changes"] = [
            {
                "owner": each.owner,
                "rule": each.rule,
                "per": str(each.per),
                "from": amount(each.was),
                "to": amount(each.now),
                "gone": _cites(each.gone),
                "new": _cites(each.new),
            }
            for each in answer.changed
        ]
    return totals


def _exact(unit: Unit, frame: Frame) -> Callable[[int], Decimal | int]:
    if unit is Unit.POINTS:
        return lambda count: count
    return lambda count: major(count, frame.currency)


def _head(answer: Answer, period: Period, frame: Frame) -> Iterator[tuple[str, str]]:
    bonus, issued = answer.bonus, answer.issued
    yield said("Rules"), bonus.name
    if answer.as_issued and issued is not None:
        yield said("Issued"), _when(issued, frame)
    yield said("In all"), bonus.unit.told(_total(bonus.lines), frame.currency)
    if not answer.as_issued:
        yield said("A draft"), _standing(answer, period, frame)
    elif answer.fault:
        yield said("Today"), answer.fault
    else:
        yield said("Today"), _today(answer, frame)


def _total(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines)


def _today(answer: Answer, frame: Frame) -> str:
    """Say what the rules of a statement come to by now."""
    if not answer.changed:
        return said("the same rules come to the same")
    now = _total(answer.bonus.lines) + sum(each.amount for each in answer.changed)
    told = answer.bonus.unit.told(now, frame.currency)
    return said("the same rules come to {amount}, see below", amount=told)


def _standing(answer: Answer, period: Period, frame: Frame) -> str:
    """Say whether a draft can be issued."""
    if answer.in_the_way is not None:
        other = answer.in_the_way.period.name
        return said(
            "not to be issued: a statement for {other} has some of its days; "
            "funnelcli bonus --statements lists them",
            other=other,
        )
    if not answer.over:
        return said("can be issued from {day} on, when the period is over", day=period.end)
    if answer.issued is not None:
        when = _when(answer.issued, frame)
        return said("can be issued with --issue, in place of the one of {when}", when=when)
    return said("can be issued with --issue")


def _when(issued: Statement, frame: Frame) -> str:
    at = f"{issued.as_of.astimezone(frame.zone):%Y-%m-%d %H:%M}"
    return at if issued.by is None else said("{at} by {name}", at=at, name=issued.by)


def _table_of(lines: list[Line], unit: Unit, frame: Frame) -> Table:
    kind = Kind.COUNT if unit is Unit.POINTS else Kind.MONEY

    def counted(line: Line) -> str:
        return _counted(line, lambda count: unit.amount(count or 0, frame.currency))

    columns = (
        Column("rule", "Rule", get=_called),
        Column("counted", "Counted", get=counted),
        Column("amount", "Amount", kind),
    )
    return Table(frame, columns, lines)


def _called(line: Line | Difference) -> str:
    if line.per == TOTAL_CAP:
        return said("cap of all")
    if line.per == FLOOR:
        return said("never below zero")
    return said("{rule}: cap", rule=line.rule) if line.per == CAP else str(line.rule)


def _counted(line: Line, told: Callable[[int | None], str]) -> str:
    """Say how a line comes to its amount."""
    percent = f"{_percent(line.percent)} %"
    if line.per in (CAP, TOTAL_CAP):
        return said("at most {amount}", amount=told(line.each))
    if line.per == FLOOR:
        return ""
    if line.per == Per.PLAN:
        return _done(line, percent, told(line.each))
    if line.per == Per.SHARE:
        return said("{percent} of {amount}", percent=percent, amount=told(line.basis))
    if line.percent is not None:
        return said(
            "{n} won: {percent} of {amount}",
            n=line.quantity,
            percent=percent,
            amount=told(line.basis),
        )
    return said("{n} × {amount}", n=line.quantity, amount=told(line.each))


def _done(line: Line, percent: str, amount: str) -> str:
    counted = {"n": line.quantity, "planned": line.planned, "amount": amount}
    if not line.percent:
        return said("{n} of {planned} done on time, {amount} each", **counted)
    return said(
        "{n} of {planned} done on time ({percent} needed), {amount} each",
        percent=percent,
        **counted,
    )


def _cited(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        if line.entries:
            yield said("{rule}: {entries}", rule=line.rule, entries=_listed(line.entries))
        if line.failed:
            failed = _listed(line.failed)
            yield said("{rule}, not done on time: {entries}", rule=line.rule, entries=failed)


def _listed(entries: tuple[Cited, ...]) -> str:
    shown = entries[:SHOWN]
    told = [said("{cite} ({deal})", cite=cited(each.cite), deal=each.deal) for each in shown]
    more = len(entries) - SHOWN
    if more > 0:
        told.append(plural(more, "{n} more", "{n} more (all with -f json)"))
    return said("; ").join(told)


def _since(answer: Answer, frame: Frame) -> Iterator[Block]:
    """Yield what is different by now, and why."""
    yield Heading(said("Since it was issued"))
    kind = Kind.COUNT if answer.bonus.unit is Unit.POINTS else Kind.MONEY
    columns = (
        Column("owner", "Owner"),
        Column("rule", "Rule", get=_called),
        Column("was", "Issued", kind),
        Column("now", "Today", kind),
        Column("amount", "Difference", kind),
    )
    yield Table(frame, columns, answer.changed)
    moved = tuple(_moved(answer.changed))
    if moved:
        yield Lines(said("What came and went"), moved)


def _moved(changed: Iterable[Difference]) -> Iterator[str]:
    for each in changed:
        called = {"name": each.owner, "rule": _called(each)}
        if each.gone:
            listed = _listed(each.gone)
            yield said("{name}, {rule}: no longer {entries}", **called, entries=listed)
        if each.new:
            yield said("{name}, {rule}: now also {entries}", **called, entries=_listed(each.new))
