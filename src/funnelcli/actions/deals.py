"""What is agreed about a deal: added, edited, and where it is corrected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.money import format_amount
from funnelcli.domain.text import TEXT_LENGTH, clean
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.reading.deals import deal_by_id
from funnelcli.store.reading.facts import (
    current_entry,
    entry_count,
)
from funnelcli.store.reading.people import find_member, members
from funnelcli.store.reading.process import process
from funnelcli.store.terms import Term
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from funnelcli.domain.model import Deal
    from funnelcli.store.session import Work


class Terms(NamedTuple):
    """The terms of a deal that somebody states; None is left as it is, amounts in minor units."""

    name: str | None = None
    customer: str | None = None
    owner: str | None = None
    amount: int | None = None
    expected_close: date | None = None
    source: str | None = None
    competitors: Sequence[str] = ()
    members: Sequence[str] = ()

    def columns(self, work: Work) -> tuple[Term, dict[str, object]]:
        """Return which terms are stated, and the columns of the fact that states them."""
        stated: dict[Term, tuple[str, object]] = {}
        for term, column, text in (
            (Term.NAME, marked("name"), self.name),
            (Term.CUSTOMER, marked("customer"), self.customer),
            (Term.SOURCE, marked("source"), self.source),
        ):
            if text is not None:
                stated[term] = (column, clean(text, said(column)))
        if self.owner is not None:
            stated[Term.OWNER] = ("owner_id", find_member(work.reading, self.owner).id)
        if self.amount is not None:
            stated[Term.AMOUNT] = ("amount", self.amount)
        if self.expected_close is not None:
            stated[Term.EXPECTED_CLOSE] = ("expected_close", self.expected_close)
        if self.competitors:
            stated[Term.COMPETITOR] = ("competitor", competitors(self.competitors))
        if self.members:
            names = [find_member(work.reading, word).name for word in self.members]
            stated[Term.MEMBERS] = ("members", json.dumps(names, ensure_ascii=False))
        terms = Term(0)
        for term in stated:
            terms |= term
        return terms, dict(stated.values())


def competitors(names: Sequence[str]) -> str:
    """Return the competitors as the file keeps them: each once, in order."""
    cleaned = [clean(name, said("competitor's name")) for name in names]
    return clean("; ".join(dict.fromkeys(cleaned)), said("list of competitors"), limit=TEXT_LENGTH)


def add(
    work: Work, terms: Terms, pipeline: str | None, stage: str | None, on: date | None
) -> tuple[int, str]:
    """Open a deal in its pipeline's first stage, or where it already is; return number and line.

    Nothing counts as accepted; the gates do not look at it.
    """
    chosen = process(work.reading).pipeline(pipeline)
    entered = chosen.stages[0] if stage is None else chosen.stage(stage)
    at = work.instant(on)
    stated, columns = terms.columns(work)
    if not stated & Term.OWNER:
        columns["owner_id"] = work.by.id
    row = work.add("deal")
    number = row.id or 0
    work.fact(
        "deal_fact",
        number,
        at,
        terms=int(stated | Term.OWNER | Term.OPENED),
        opened_at=at,
        **columns,
    )
    work.fact("stage_entry", number, at, stage_id=entered.id)
    return number, said(
        "Added deal {deal} in {stage}.",
        deal=f"{number} {columns['name']}",
        stage=entered.title,
    )


def edit(
    work: Work,
    deal: Deal,
    terms: Terms,
    *,
    pipeline: str | None = None,
    stage: str | None = None,
    on: date | None = None,
) -> str:
    """State new terms from a day on, or correct where the deal is; return what was done."""
    stated, columns = terms.columns(work)
    if not stated and pipeline is None and stage is None:
        message = said("Nothing to change; give a new value, such as --amount or --close.")
        raise UsageFault(message)
    done = []
    if stated:
        at = work.instant(on)
        work.fact("deal_fact", deal.id, at, terms=int(stated), **columns)
        done.append(said(", ").join(_stated(work, deal, stated, columns)))
    if pipeline is not None or stage is not None:
        done.append(_correct_place(work, deal, pipeline, stage))
    return said("{deal}: {what}.", deal=deal.label, what=said("; ").join(done))


def _stated(work: Work, before: Deal, stated: Term, columns: dict[str, object]) -> list[str]:
    """Say each new term with what it was, or with the later word that outweighs it."""
    after = deal_by_id(work.reading, before.id) or before
    shown = []
    for term in stated:
        column = (term.name or "").lower()
        value = columns["owner_id" if term is Term.OWNER else column]
        if term is Term.OWNER:
            value = next(m.name for m in members(work.reading) if m.id == value)
        if term is Term.MEMBERS:
            value = tuple(json.loads(str(value)))
        was, now = getattr(before, column), getattr(after, column)
        told = marked("{term} {value}")
        if now != value:
            told = marked("{term} {value} (since then {now})")
        elif was not in (None, (), now):
            told = marked("{term} {value} (was {was})")
        values = {"value": value, "now": now, "was": was}
        spoken = {place: _spoken(work, term, each) for place, each in values.items()}
        shown.append(said(told, term=said(_TERMS[term]), **spoken))
    return shown


_TERMS = {
    Term.NAME: marked("name"),
    Term.CUSTOMER: marked("customer"),
    Term.OWNER: marked("owner"),
    Term.AMOUNT: marked("amount"),
    Term.EXPECTED_CLOSE: marked("expected close"),
    Term.SOURCE: marked("source"),
    Term.COMPETITOR: marked("competitor"),
    Term.MEMBERS: marked("members"),
}


def _spoken(work: Work, term: Term, value: object) -> str:
    if term is Term.AMOUNT and isinstance(value, int):
        return format_amount(value, work.settings.currency)
    return said(", ").join(value) if isinstance(value, tuple) else str(value)


def _correct_place(work: Work, deal: Deal, pipeline: str | None, stage: str | None) -> str:
    work.require_manager(said("correct a deal's stage"))
    known = process(work.reading)
    chosen = known.pipeline(pipeline or deal.pipeline)
    target = chosen.stages[0] if stage is None else chosen.stage(stage)
    if chosen.name != deal.pipeline and entry_count(work.reading, deal.id) > 1:
        message = said(
            "{deal} has moved through {pipeline}; its pipeline stays.",
            deal=deal.label,
            pipeline=deal.pipeline,
        )
        raise Refused(message)
    entry = current_entry(work.reading, deal.id)
    work.retract("stage_entry", [entry.id], [deal.id])
    work.fact("stage_entry", deal.id, entry.at, stage_id=target.id, text=entry.text)
    return said("stage corrected to {stage}", stage=target.title)
