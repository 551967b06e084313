"""What is stalled: each deal with its reasons, the likeliest explanation, what to ask and do."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from funnelcli.domain.money import major
from funnelcli.domain.stalled import Severity
from funnelcli.views.deals import COLUMNS, of_deal
from funnelcli.views.table import Column, Kind, Place, Shared, Table, Tone
from funnelcli.wording import marked, plural, said, term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funnelcli.domain.diagnosis import Diagnosis, Finding, StalledTotals
    from funnelcli.domain.model import Deal
    from funnelcli.domain.stalled import Reason
    from funnelcli.views.table import Frame

_M = Place.MACHINE
_SHOWN = ("id", "name", "owner", "stage_title", "amount")


def stalled_table(
    found: Iterable[Finding], totals: StalledTotals, frame: Frame, *, brief: bool = False
) -> Table:
    """Return the findings; `brief` leaves the diagnosis to the longer answer."""
    summary = ""
    if totals.deals:
        summary = plural(
            totals.deals,
            "{n} stalled deal, {amount:,f} {currency}.",
            "{n} stalled deals, {amount:,f} {currency}.",
            amount=major(totals.amount, frame.currency),
            currency=frame.currency,
        )
    return Table(
        frame,
        (*_OF_DEAL, *_OF_FINDING, _WHY, *(() if brief else _DIAGNOSIS)),
        found,
        totals={
            "deals": totals.deals,
            "amount": major(totals.amount, frame.currency),
            "amount_unknown": totals.amount_unknown,
            "weighted_amount": major(totals.weighted, frame.currency),
        },
        empty=said("Nothing is stalled."),
        many=said("Too many to explain each; --limit N explains the largest, deal show any."),
        summary=summary,
        tone=_tone,
    )


@lru_cache(maxsize=4_096)
def _reason(reason: Reason) -> Shared:
    code, text = str(reason.code), reason.told
    return Shared(code=code, text=text, days=reason.days, limit=reason.limit)


def _reasons(found: Finding) -> list[Shared]:
    return [_reason(reason) for reason in found.reasons]


@lru_cache(maxsize=4_096)
def _shared(diagnosis: Diagnosis) -> Shared:
    return Shared(**diagnosis._asdict())


def _diagnosis(found: Finding) -> Shared | None:
    return None if found.diagnosis is None else _shared(found.diagnosis)


def _codes(found: Finding) -> list[str]:
    known = found.deal.ack_until
    codes = [term(reason.code) for reason in found.reasons]
    return [*codes, said("known until {day}", day=known)] if known else codes


def _why(found: Finding) -> str:
    parts = [reason.told for reason in found.reasons]
    known, reason = found.deal.ack_until, found.deal.ack_reason
    if known:
        parts.append(said("known until {day}: {reason}", day=known, reason=reason))
    return said("; ").join(parts)


def _told(key: str, title: str) -> Column:
    """Return a part of the diagnosis as a column below the row."""

    def get(found: Finding) -> Any:
        return None if found.diagnosis is None else getattr(found.diagnosis, key)

    kind = Kind.LIST if key == "evidence" else Kind.TEXT
    return Column(key, title, kind, Place.BELOW, get)


def _tone(found: Finding) -> Tone:
    if found.acknowledged:
        return Tone.QUIET
    return {Severity.RED: Tone.RED, Severity.AMBER: Tone.AMBER}.get(found.severity, Tone.PLAIN)


_OF_DEAL = tuple(of_deal(column, _SHOWN) for column in COLUMNS)
_OF_FINDING = (
    Column("phase", "Phase", place=_M),
    Column("severity", "Severity", place=_M),
    Column("reasons", "Reasons", Kind.LIST, _M, _reasons),
    Column("diagnosis", "Diagnosis", Kind.LIST, _M, _diagnosis),
    Column("acknowledged_until", "Known until", Kind.DATE, _M, lambda f: f.deal.ack_until),
    Column("new", "New", Kind.FLAG, _M, lambda _: None),
    Column("codes", "Findings", Kind.LIST, Place.LINE, _codes),
)
_WHY = Column("why", "", place=Place.BELOW, get=_why)
_DIAGNOSIS = (
    _told("hypothesis", marked("Perhaps")),
    _told("evidence", marked("Evidence")),
    _told("ask", marked("Ask")),
    _told("do", marked("Do")),
)


def claims_table(deals: Iterable[Deal], frame: Frame) -> Table:
    """Return claims beside the evidence that they are held against."""
    columns = (
        Column("deal_id", "#", get=lambda deal: deal.id),
        Column("deal", "Deal", get=lambda deal: deal.name),
        Column("by", "By", get=lambda deal: deal.claim.by),
        Column("claim", "Claims", Kind.SHARE, get=lambda deal: deal.claim.percent / 100),
        Column("evidence", "Evidence", Kind.SHARE, get=lambda deal: deal.claim.evidence / 10_000),
        Column("stage", "Stage", get=lambda deal: deal.stage_title),
        Column("said_at", "Said", Kind.INSTANT, get=lambda deal: deal.claim.at),
    )
    return Table(frame, columns, deals, title=said("Claims against evidence"), id_key="deal_id")
