"""The bonus statements that were issued: who got how much in each, and in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.money import major
from funnelcli.domain.rules import Unit
from funnelcli.views.table import Column, Heading, Kind, Page, Place, Table
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funnelcli.domain.bonus import Statement
    from funnelcli.domain.time import Period
    from funnelcli.views.table import Block, Frame

_M, _P = Place.MACHINE, Place.PERSON


class _Paid(NamedTuple):
    """What somebody got: in a statement, or, without one, in all of them together."""

    owner_id: int
    owner: str
    unit: Unit
    sum: int
    statement: Statement | None = None

    def told(self, unit: Unit) -> int | None:
        """Return how much it is of the unit, if it is of that."""
        return self.sum if self.unit is unit else None


def issued_page(
    statements: Sequence[Statement], owner: int | None, period: Period | None, frame: Frame
) -> Page:
    """Return what each statement gave to whom, and, of several, what they come to together."""
    rows = [paid for statement in statements for paid in _paid(statement, owner)]
    together: dict[tuple[int, Unit], _Paid] = {}
    for row in rows:
        before = together.get((row.owner_id, row.unit))
        amount = row.sum + (0 if before is None else before.sum)
        together[row.owner_id, row.unit] = row._replace(sum=amount, statement=None)
    amounts = _amounts({row.unit for row in rows})
    columns = (
        Column("period", "Period", Kind.WORD, get=lambda row: row.statement.period.name),
        Column("start", "Start", Kind.DATE, _M, lambda row: row.statement.period.start),
        Column("end", "End", Kind.DATE, _M, lambda row: row.statement.period.end),
        Column("owner", "Owner"),
        *amounts,
        Column("rules", "Rules", get=lambda row: row.statement.bonus.name),
        Column("issued_at", "Issued", Kind.INSTANT, get=lambda row: row.statement.as_of),
        Column("issued_by", "By", get=lambda row: row.statement.by),
    )
    totals = {
        "period": None if period is None else period.name,
        "statements": len({row.statement.period for row in rows if row.statement}),
        "owners": [_together(each, frame) for each in together.values()],
    }
    empty = said("No bonus statement was issued.")
    if period is not None:
        empty = said(
            "No bonus statement was issued for days of {period} alone.", period=period.name
        )
    table = Table(frame, columns, rows, totals=totals, empty=empty, id_key="period")
    title = said("Bonus statements")
    if period is not None:
        title = said("Bonus statements, {period}", period=period.name)
    blocks: list[Block] = [table]
    if len(rows) > len(together):
        summed = Table(frame, (Column("owner", "Owner"), *amounts), together.values())
        blocks += [Heading(said("In all")), summed]
    return Page(table, title, tuple(blocks))


def _paid(statement: Statement, owner: int | None) -> Iterable[_Paid]:
    """Return what everybody got in a statement, or only one."""
    found: dict[int, _Paid] = {}
    for line in statement.bonus.lines:
        number, name, unit = line.owner_id, line.owner, statement.bonus.unit
        if owner in (None, number):
            before = found.get(number, _Paid(number, name, unit, 0, statement))
            found[number] = before._replace(sum=before.sum + line.amount)
    return found.values()


def _amounts(units: set[Unit]) -> tuple[Column, ...]:
    """Return the columns of money and points; people see what there is."""

    def place(unit: Unit) -> Place:
        return Place.ROW if unit in (units or {Unit.MONEY}) else _M

    money, points = Unit.MONEY, Unit.POINTS
    return (
        Column("amount", "Amount", Kind.MONEY, place(money), lambda row: row.told(money)),
        Column("points", "Points", Kind.COUNT, place(points), lambda row: row.told(points)),
    )


def _together(paid: _Paid, frame: Frame) -> dict[str, Any]:
    amount = paid.told(Unit.MONEY)
    return {
        "owner": paid.owner,
        "amount": None if amount is None else major(amount, frame.currency),
        "points": paid.told(Unit.POINTS),
    }
