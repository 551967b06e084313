"""Logs that wait, planned work, and a rep's day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnelcli.domain.model import Status
from funnelcli.domain.text import percents
from funnelcli.views.table import Column, Kind, Place, Table, Tone
from funnelcli.views.words import sentences
from funnelcli.wording import plural, said, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funnelcli.domain.conversation import Happening, Plan, Waiting
    from funnelcli.domain.model import ClaimSaid
    from funnelcli.views.table import Frame

_M = Place.MACHINE
_P = Place.PERSON
_PERCENT = 100


def _notes(log: Waiting) -> list[str]:
    """Return what a person wants to know of a log besides its text."""
    parts = []
    if log.ask:
        parts.append(said("asks for support"))
    if log.claim is not None:
        evidence = percents(log.evidence or 0)
        parts.append(
            said("claims {claim} %, evidence {evidence}", claim=log.claim, evidence=evidence)
        )
    if log.close_claim:
        parts.append(said("says it closes on {day}", day=log.close_claim))
    if log.late:
        parts.append(said("entered late, happened {day}", day=log.happened_on))
    if log.status != Status.OPEN:
        parts.append(said("the deal is {status}", status=term(log.status)))
    if log.waiting_days:
        parts.append(plural(log.waiting_days, "waits for {n} day", "waits for {n} days"))
    else:
        parts.append(said("waits since today"))
    return parts


def _share(value: int | None, whole: int) -> float | None:
    return None if value is None else value / whole


INBOX = (
    Column("log", "Log"),
    Column("deal_id", "#", place=_M),
    Column("deal", "Deal"),
    Column("customer", "Customer", place=_M),
    Column("owner", "Owner", place=_M),
    Column("author", "By", place=_P, get=lambda log: log.by),
    Column("at", "At", Kind.INSTANT, _M),
    Column("kind", "Kind", Kind.TERM),
    Column("text", "", place=_M),
    Column("words", "", place=Place.BELOW, get=lambda log: log.text),
    Column("said", "", Kind.LIST, Place.BELOW, _notes),
    Column("claim", "Claims", Kind.SHARE, _M, lambda log: _share(log.claim, _PERCENT)),
    Column("ask", "Asks", Kind.FLAG, _M),
    Column("amount", "Amount", Kind.MONEY),
    Column("stage", "Stage", place=_M),
    Column("stage_title", "Stage", place=_P),
    Column("waiting_days", "Days", Kind.DAYS, _M),
    Column("by", "By", place=_M),
    Column("close_claim", "Closes on", Kind.DATE, _M),
    Column("evidence", "Evidence", Kind.SHARE, _M, lambda log: _share(log.evidence, 10_000)),
    Column("status", "Status", place=_M),
    Column("late", "Late", Kind.FLAG, _M),
    Column("line", "Text", Kind.LIST, Place.LINE, lambda log: [log.text, *_notes(log)]),
)
PLANS = (
    Column("plan", "Plan"),
    Column("deal_id", "#", place=_M),
    Column("deal", "Deal"),
    Column("owner", "Owner"),
    Column("on", "On", Kind.DATE),
    Column("kind", "Kind", Kind.TERM),
    Column("with", "With", get=lambda plan: plan.with_whom),
    Column("text", "What"),
    Column("state", "State", place=_M),
    Column("stands", "State", Kind.TERM, _P, lambda p: "overdue" if p.overdue else p.state),
    Column("done_at", "Done", Kind.INSTANT, _M),
    Column("reason", "Why", place=_M),
    Column("log", "Log", place=_M),
)
DAY = (
    Column("owner", "Who"),
    Column("at", "At", Kind.INSTANT, _M),
    Column("kind", "What", Kind.TERM),
    Column("deal_id", "#", place=_M),
    Column("deal", "Deal"),
    Column("text", "Text"),
    Column("state", "", Kind.TERM),
)
CLAIMS = (
    Column("at", "Said", Kind.INSTANT),
    Column("by", "By"),
    Column("claim", "Claims", Kind.SHARE, get=lambda said: _share(said.claim, _PERCENT)),
    Column("close_claim", "Closes on", Kind.DATE),
    Column("evidence", "Evidence then", Kind.SHARE, get=lambda s: _share(s.evidence, 10_000)),
    Column("stage", "Stage then"),
)


def inbox_table(
    found: Sequence[Waiting],
    frame: Frame,
    never_answered: int = 0,
    *,
    title: str = "",
    limit: int | None = None,
) -> Table:
    """Return the logs that wait, each with its claim against the evidence; totals are of all."""
    asks, claims = sum(log.ask for log in found), sum(log.claims for log in found)
    older = plural(
        never_answered,
        "{n} older log never answered; brief names them.",
        "{n} older logs never answered; brief names them.",
    )
    more = older if never_answered else ""
    how = said("To answer: funnelcli reply LOG TEXT.")
    return Table(
        frame,
        INBOX,
        found[:limit],
        totals={
            "waiting": len(found),
            "asks": asks,
            "claims": claims,
            "never_answered": never_answered,
        },
        title=title,
        empty=sentences(said("Nothing waits for an answer."), more),
        many=said("To answer: funnelcli reply LOG TEXT"),
        id_key="log",
        summary=sentences(how, more) if found else "",
        tone=lambda log: Tone.RED if log.ask else Tone.AMBER if log.claims else Tone.PLAIN,
    )


def plans_table(found: Iterable[Plan], frame: Frame) -> Table:
    """Return planned activities."""
    return Table(
        frame,
        PLANS,
        found,
        empty=said("Nothing is planned."),
        id_key="plan",
        tone=lambda plan: Tone.RED if plan.overdue else Tone.PLAIN,
    )


def day_table(found: Sequence[Happening], frame: Frame, title: str) -> Table:
    """Return what the day of each rep was made of."""
    return Table(
        frame, DAY, found, title=title, empty=said("Nobody."), id_key="deal_id", tone=_tone
    )


def _tone(row: Any) -> Tone:
    if row.kind == "none":
        return Tone.QUIET
    return Tone.RED if row.state == "overdue" else Tone.PLAIN


def claims_said_table(found: Sequence[ClaimSaid], frame: Frame) -> Table:
    """Return the claims that were made on a deal, each beside the evidence of its day."""
    return Table(frame, CLAIMS, found, title=said("Claims against evidence"))
