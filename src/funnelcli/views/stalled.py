"""What is stalled: each deal with its reasons, the likeliest explanation, what to ask and do."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from funnelcli.domain.money import major
from funnelcli.domain.runs import Cleared, State
from funnelcli.domain.stalled import Severity
from funnelcli.views.deals import COLUMNS, of_deal
from funnelcli.views.table import Column, Kind, Page, Place, Shared, Table, Tone
from funnelcli.views.words import sentences
from funnelcli.wording import marked, plural, said, term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from funnelcli.domain.diagnosis import Diagnosis, Finding, StalledTotals
    from funnelcli.domain.model import Deal
    from funnelcli.domain.runs import Since
    from funnelcli.domain.stalled import Reason
    from funnelcli.views.table import Frame

_M = Place.MACHINE
_SHOWN = ("id", "name", "owner", "stage_title", "amount")


def stalled_table(
    found: Iterable[Finding],
    totals: StalledTotals,
    frame: Frame,
    *,
    brief: bool = False,
    since: Since | None = None,
    cleared: int = 0,
) -> Table:
    """Return the findings; `brief` leaves the diagnosis to the longer answer.

    With `since`, it is told what has become of each since the last run, and how many are `cleared`.
    """
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
        (*_columns(since), _WHY, *(() if brief else _DIAGNOSIS)),
        found,
        totals={
            "deals": totals.deals,
            "amount": major(totals.amount, frame.currency),
            "amount_unknown": totals.amount_unknown,
            "weighted_amount": major(totals.weighted, frame.currency),
            **({} if since is None else _counts(since, cleared)),
        },
        empty=said("Nothing is stalled."),
        many=said("Too many to explain each; --limit N explains the largest, deal show any."),
        summary=summary,
        tone=_tone,
    )


def largest(table: Table, told: int) -> Table:
    """Return a table of so many findings, which says that there are more."""
    more = said("The {n} largest are told; stalled tells all.", n=told)
    return table._replace(summary=sentences(table.summary, more))


def _counts(since: Since, cleared: int) -> dict[str, int]:
    return {"new": since.new, "continuing": len(since.found) - since.new, "cleared": cleared}


def since_page(found: Sequence[Finding], since: Since, frame: Frame, *, limit: int | None) -> Page:
    """Return what is new, goes on, is known and was cleared since the last run, each apart.

    The new ones are explained; at most `limit` of each are shown.
    """
    apart: dict[State, list[Finding]] = {state: [] for state in State}
    for each in found:
        apart[since.state(each)].append(each)
    shown = {state: few for state, few in apart.items() if few}
    blocks = []
    for state, few in shown.items():
        rest = len(few) - len(few[:limit])
        more = plural(rest, "And {n} more.", "And {n} more.") if rest else ""
        told = _DIAGNOSIS if state is State.NEW else ()
        columns = (*_OF_DEAL, *_why_since(since), *told)
        title = said(_SECTIONS[state], n=len(few))
        blocks.append(Table(frame, columns, few[:limit], title=title, summary=more, tone=_tone))
    when = marked("Stalled, first run")
    if since.before is not None:
        when = marked("Stalled, since {at:%Y-%m-%d %H:%M}")
    at = None if since.before is None else since.before.at.astimezone(frame.zone)
    return Page(Table(frame, _columns(since), found), said(when, at=at), tuple(blocks))


_SECTIONS = {
    State.NEW: marked("New ({n})"),
    State.CONTINUING: marked("Continuing ({n})"),
    State.ACKNOWLEDGED: marked("Acknowledged ({n})"),
    State.CLEARED: marked("Cleared ({n})"),
}


def _columns(since: Since | None) -> tuple[Column, ...]:
    """Return the columns of a finding; without `since`, nobody knows what has become of it."""
    new: Callable[[Finding], Any] = _nothing
    state: Callable[[Finding], Any] = _nothing
    before: Callable[[Finding], Any] = _nothing
    if since is not None:
        state, before = since.state, since.severity_before
        new = partial(_is_new, since)
    return (
        *_OF_DEAL,
        *_OF_FINDING,
        Column("new", "New", Kind.FLAG, _M, new),
        Column("state", "State", place=_M, get=state),
        Column("severity_before", "Before", place=_M, get=before),
        Column("codes", "Findings", Kind.LIST, Place.LINE, _codes),
    )


def _nothing(_: Finding) -> None:
    """Tell nothing, where no run is compared."""


def _is_new(since: Since, found: Finding) -> bool:
    return since.state(found) is State.NEW


def _why_since(since: Since) -> tuple[Column, ...]:
    """Return why a deal is found, or found no more, and whether it has become graver.

    It stands in the line, or below the row where that is told as a block.
    """

    def get(found: Finding) -> str:
        if isinstance(found, Cleared):
            return found.why
        before = since.severity_before(found)
        if before is None or found.acknowledged or found.severity is before:
            return _why(found)
        told = said("{severity}, was {before}", severity=term(found.severity), before=term(before))
        return said("; ").join((told, _why(found)))

    return (
        Column("why", "Why", place=Place.LINE, get=get),
        Column("told", "", place=Place.BELOW, get=get),
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
    Column("severity", "Severity", place=_M, get=lambda f: f.severity if f.reasons else None),
    Column("reasons", "Reasons", Kind.LIST, _M, _reasons),
    Column("diagnosis", "Diagnosis", Kind.LIST, _M, _diagnosis),
    Column("acknowledged_until", "Known until", Kind.DATE, _M, lambda f: f.deal.ack_until),
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
