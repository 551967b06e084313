"""The bonus statements that were issued: who got how much in each, and in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.money import major
from funnelcli.domain.rules import Unit
from funnelcli.views.table import Column, Heading, Kind, Page, Place, Table
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from funnelcli.domain.bonus import Statement
    from funnelcli.domain.time import Period
    from funnelcli.views.table import Block, Frame

_M, _P = Place.MACHINE, Place.PERSON


class _Paid(NamedTuple):
    """What somebody, or nobody, got in a statement."""

    statement: Statement
    owner: str | None
    sum: int

    @property
    def unit(self) -> Unit:
        """What it is counted in."""
        return self.statement.bonus.unit

    def counted(self, unit: Unit) -> int | None:
        """Return the sum, if it is counted in the unit."""
        return self.sum if self.unit is unit else None


class _Together(NamedTuple):
    """What somebody got in all statements, in each unit that they have."""

    owner: str
    sums: dict[Unit, int]


def issued_page(
    statements: Sequence[Statement],
    names: Mapping[int, str],
    period: Period | None,
    frame: Frame,
) -> Table | Page:
    """Return what each statement gave to those named, and, of several, what it comes to together.

    A statement without lines of anybody stands in it with nobody.
    """
    rows = [paid for statement in statements for paid in _paid(statement, names)]
    together = list(_together(rows))
    totals = {
        "period": None if period is None else period.name,
        "statements": len(statements),
        "owners": [_exact(each, frame) for each in together],
    }
    empty = _none(period)
    if statements:
        empty = said("No bonus statement has a line of {names}.", names=", ".join(names.values()))
    table = Table(frame, _columns(frame), rows, totals=totals, empty=empty, id_key="period")
    if not rows:
        return table
    title = said("Bonus statements")
    if period is not None:
        title = said("Bonus statements, {period}", period=period.name)
    blocks: list[Block] = [table]
    if len(statements) > 1:
        blocks += [Heading(said("In all")), Table(frame, _summed(frame), together)]
    return Page(table, title, tuple(blocks))


def _none(period: Period | None) -> str:
    if period is None:
        return said("No bonus statement was issued.")
    return said("No bonus statement was issued for days of {period} alone.", period=period.name)


def _paid(statement: Statement, names: Mapping[int, str]) -> Iterator[_Paid]:
    """Yield what everybody got in a statement, under the names that they have now."""
    found: dict[int, int] = {}
    for line in statement.bonus.lines:
        found[line.owner_id] = found.get(line.owner_id, 0) + line.amount
    for number, amount in found.items():
        if number in names:
            yield _Paid(statement, names[number], amount)
    if not found:
        yield _Paid(statement, None, 0)


def _together(rows: Iterable[_Paid]) -> Iterator[_Together]:
    found: dict[str, dict[Unit, int]] = {}
    for row in rows:
        if row.owner is not None:
            sums = found.setdefault(row.owner, {})
            sums[row.unit] = sums.get(row.unit, 0) + row.sum
    return (_Together(owner, sums) for owner, sums in found.items())


def _columns(frame: Frame) -> tuple[Column, ...]:
    def told(row: _Paid) -> str:
        return row.unit.told(row.sum, frame.currency)

    return (
        Column("period", "Period", Kind.WORD, get=lambda row: row.statement.period.name),
        Column("start", "Start", Kind.DATE, _M, lambda row: row.statement.period.start),
        Column("end", "End", Kind.DATE, _M, lambda row: row.statement.period.end),
        Column("owner", "Owner"),
        Column("amount", "Amount", Kind.MONEY, _M, lambda row: row.counted(Unit.MONEY)),
        Column("points", "Points", Kind.COUNT, _M, lambda row: row.counted(Unit.POINTS)),
        Column("told", "Amount", Kind.COUNT, _P, told),
        Column("rules", "Rules", get=lambda row: row.statement.bonus.name),
        Column("issued_at", "Issued", Kind.INSTANT, get=lambda row: row.statement.as_of),
        Column("issued_by", "Issued by", get=lambda row: row.statement.by),
    )


def _summed(frame: Frame) -> tuple[Column, ...]:
    def told(row: _Together) -> str:
        return said("; ").join(unit.told(sum_, frame.currency) for unit, sum_ in row.sums.items())

    return (Column("owner", "Owner"), Column("told", "Amount", Kind.COUNT, _P, told))


def _exact(together: _Together, frame: Frame) -> dict[str, Any]:
    """Return the sums for machines, in major units and points; what was not counted is none."""
    amount, points = (together.sums.get(unit) for unit in (Unit.MONEY, Unit.POINTS))
    return {
        "owner": together.owner,
        "amount": None if amount is None else major(amount, frame.currency),
        "points": points,
    }
