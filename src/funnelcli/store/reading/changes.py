"""What was entered about deals since an instant: how they moved, and what was said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.money import format_amount
from funnelcli.domain.time import seconds
from funnelcli.store.reading.deals import NARROWED, filtered, narrowed
from funnelcli.store.terms import Term
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

_OF = """x.deal_id, d.name, o.name"""
_DEAL = """JOIN deal d ON d.id = x.deal_id LEFT JOIN member o ON o.id = d.owner_id"""
_ORDER = "ORDER BY d.amount DESC, d.id, x.effective_at, x.id"
MOVES = f"""SELECT {_OF}, s.title, (
  SELECT b.title FROM stage_entry e JOIN stage b ON b.id = e.stage_id
  WHERE e.deal_id = x.deal_id AND (e.effective_at, e.id) < (x.effective_at, x.id)
  ORDER BY e.effective_at DESC, e.id DESC LIMIT 1), d.amount
FROM stage_entry x {_DEAL} JOIN stage s ON s.id = x.stage_id
WHERE x.recorded_at > :since AND {NARROWED} {_ORDER}"""
OUTCOMES = f"""SELECT {_OF}, x.outcome, x.reason, x.competitor, d.amount
FROM outcome x {_DEAL} WHERE x.recorded_at > :since AND {NARROWED} {_ORDER}"""
_FORMER = """(SELECT f.{column} FROM deal_fact f WHERE f.deal_id = x.deal_id AND f.terms & {bit:d}
  AND (f.effective_at, f.id) < (x.effective_at, x.id)
  ORDER BY f.effective_at DESC, f.id DESC LIMIT 1)"""
_WAS = ", ".join(
    f"CASE WHEN x.terms & {bit:d} THEN x.{column} END, "
    f"CASE WHEN x.terms & {bit:d} THEN {_FORMER.format(column=column, bit=bit)} END"
    for column, bit in (("amount", Term.AMOUNT), ("expected_close", Term.EXPECTED_CLOSE))
)
TERMS = f"""SELECT {_OF}, {_WAS}
FROM deal_fact x {_DEAL}
WHERE x.recorded_at > :since AND x.terms & {Term.AMOUNT | Term.EXPECTED_CLOSE:d}
AND NOT x.terms & {Term.OPENED:d} AND {NARROWED} {_ORDER}"""


class Movement(NamedTuple):
    """One change of a deal, in words; `kind` says of what."""

    deal_id: int
    deal: str
    owner: str | None
    kind: str
    text: str


def movements(reader: Reader, filters: Filters, since: datetime) -> Iterator[Movement]:
    """Yield what was entered after `since`: closings first, then stages, then terms."""
    given = {"since": seconds(since), **filtered(filters)}
    for deal, name, owner, outcome, reason, competitor, amount in reader.rows(
        narrowed(OUTCOMES, filters), **given
    ):
        told = _OUTCOMES.get(outcome, outcome)
        if outcome == "lost" and competitor:
            told = marked("lost: {reason}, to {competitor}")
        values = {"reason": reason, "competitor": competitor, "amount": _amount(reader, amount)}
        yield Movement(deal, name, owner, outcome, said(told, **values))
    for deal, name, owner, title, before, amount in reader.rows(narrowed(MOVES, filters), **given):
        if before is None:
            text = said("new in {stage}, {amount}", stage=title, amount=_amount(reader, amount))
            yield Movement(deal, name, owner, "new", text)
        elif before != title:
            text = said("{before} → {after}", before=before, after=title)
            yield Movement(deal, name, owner, "stage", text)
    for deal, name, owner, amount, was_amount, close, was_close in reader.rows(
        narrowed(TERMS, filters), **given
    ):
        if amount != was_amount:
            was, now = _amount(reader, was_amount), _amount(reader, amount)
            text = said("amount {before} → {after}", before=was, after=now)
            yield Movement(deal, name, owner, "amount", text)
        if close != was_close:
            was = was_close or said("unknown")
            text = said("expected close {before} → {after}", before=was, after=close)
            yield Movement(deal, name, owner, "close", text)


_OUTCOMES = {
    "won": marked("won {amount}"),
    "lost": marked("lost: {reason}"),
    "reopened": marked("reopened"),
}


def _amount(reader: Reader, amount: int | None) -> str:
    currency = reader.settings.currency
    return said("amount unknown") if amount is None else format_amount(amount, currency)
