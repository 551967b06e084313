"""What is stalled: each deal with its reasons, the likeliest explanation, what to ask and do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnelcli.domain.text import plural
from funnelcli.views.deals import COLUMNS, deal_row, money
from funnelcli.views.table import Column, Kind, Place, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funnelcli.domain.diagnosis import Finding, StalledTotals
    from funnelcli.domain.model import Deal
    from funnelcli.views.table import Frame

_M = Place.MACHINE
_SHOWN = ("id", "name", "owner", "amount")

_COLUMNS = (
    *(
        c if c.place is Place.PERSON else c._replace(place=Place.ROW if c.key in _SHOWN else _M)
        for c in COLUMNS
    ),
    Column("phase", "Phase", place=_M),
    Column("severity", "Severity", place=_M),
    Column("reasons", "Reasons", Kind.LIST, _M),
    Column("diagnosis", "Diagnosis", place=_M),
    Column("acknowledged_until", "Known until", Kind.DATE, _M),
    Column("new", "New", Kind.FLAG, _M),
    Column("findings", "Findings", place=Place.LINE),
    Column("why", "", place=Place.BELOW),
    Column("perhaps", "Perhaps", place=Place.BELOW),
    Column("evidence", "Evidence", place=Place.BELOW),
    Column("ask", "Ask", place=Place.BELOW),
    Column("do", "Do", place=Place.BELOW),
)


def stalled_table(
    found: Iterable[Finding], totals: StalledTotals, frame: Frame, *, brief: bool = False
) -> Table:
    """Return the findings; `brief` leaves the diagnosis to the longer answer."""
    below = ("why",) if brief else ("why", "perhaps", "evidence", "ask", "do")
    columns = tuple(
        c._replace(place=_M) if c.place is Place.BELOW and c.key not in below else c
        for c in _COLUMNS
        if c.place is not Place.BELOW or c.key in below
    )
    said = ""
    if totals.deals:
        amount = money(totals.amount, frame.currency)
        said = f"{plural(totals.deals, 'stalled deal')}, {amount:,f} {frame.currency}."
    return Table(
        frame,
        columns,
        (_row(each, frame, below) for each in found),
        totals={
            "deals": totals.deals,
            "amount": money(totals.amount, frame.currency),
            "amount_unknown": totals.amount_unknown,
            "weighted_amount": money(totals.weighted, frame.currency),
        },
        empty="Nothing is stalled.",
        summary=said,
        tone=_tone,
    )


def _row(found: Finding, frame: Frame, below: tuple[str, ...]) -> tuple[Any, ...]:
    said = found.diagnosis
    known = found.deal.ack_until
    codes = ", ".join(str(reason.code) for reason in found.reasons)
    why = "; ".join(reason.text for reason in found.reasons)
    details = {
        "why": f"{why}; known until {known}: {found.deal.ack_reason}" if known else why,
        "perhaps": said.hypothesis if said else None,
        "evidence": "; ".join(said.evidence) if said else None,
        "ask": said.ask if said else None,
        "do": said.do if said else None,
    }
    return (
        *deal_row(found.deal, frame.currency),
        str(found.phase),
        str(found.severity),
        [
            {"code": str(r.code), "text": r.text, "days": r.days, "limit": r.limit}
            for r in found.reasons
        ],
        None
        if said is None
        else {
            "hypothesis": said.hypothesis,
            "evidence": list(said.evidence),
            "ask": said.ask,
            "do": said.do,
        },
        known,
        None,
        codes,
        *(details[key] for key in below),
    )


def _tone(row: Mapping[str, Any]) -> Tone:
    if row["acknowledged_until"] is not None:
        return Tone.QUIET
    return {"red": Tone.RED, "amber": Tone.AMBER}.get(row["severity"], Tone.PLAIN)


def claims_table(deals: Iterable[Deal], frame: Frame) -> Table:
    """Return claims beside the evidence that they are held against."""
    columns = (
        Column("deal_id", "#"),
        Column("deal", "Deal"),
        Column("by", "By"),
        Column("claim", "Claims", Kind.SHARE),
        Column("evidence", "Evidence", Kind.SHARE),
        Column("stage", "Stage"),
        Column("said_at", "Said", Kind.INSTANT),
    )
    rows = [
        (
            deal.id,
            deal.name,
            deal.claim.by,
            deal.claim.percent / 100,
            deal.claim.evidence / 10_000,
            deal.stage_title,
            deal.claim.at,
        )
        for deal in deals
        if deal.claim is not None
    ]
    return Table(frame, columns, rows, title="Claims against evidence", id_key="deal_id")
