"""A deal that a table tells again: it is brought up to its row where nobody changed it here."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.money import major
from funnelcli.domain.time import instant
from funnelcli.errors import Refused
from funnelcli.store.reading import imported
from funnelcli.store.reading.people import members
from funnelcli.store.reading.process import process
from funnelcli.store.reading.reader import optional_instant
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.store.opening import Opening
    from funnelcli.store.session import Work


class Renewed(Enum):
    """What became of a deal that a table tells again."""

    SAME = "as before"
    NOTED = "as before, and now the source says so too"
    CHANGED = "changed"


class Known(NamedTuple):
    """What is known of a deal: how it stands here, and what imports said of it last."""

    here: dict[str, Any]
    said: dict[str, Any]


def renew(work: Work, number: int, deal: Opening, known: Known, *, placed: bool) -> Renewed:
    """Bring a deal up to its row.

    Its stage counts only if the row has it `placed`. Raises Refused for a conflict, and has then
    changed nothing.
    """
    stated = dict(zip(imported.TERMS, deal.terms, strict=True))
    if deal.closing_amount is not None:
        stated["amount"] = deal.closing_amount
    here, said = known
    place = deal.stage_id if placed else here["stage_id"]
    ending = (here["status"], here["closed_on"], here["lost_reason"])
    columns = _stated(work, stated, here, said)
    if not columns and place == here["stage_id"] and _ending(work, deal) == ending:
        return Renewed.SAME
    moved, closing = _moved(work, number, place, here), _closing(work, number, deal, here)
    if columns:
        terms = sum(imported.TERMS[column] for column in columns)
        work.fact("deal_fact", number, work.now, terms=terms, **columns)
    if moved:
        at = optional_instant(deal.entered_at) or work.now
        work.fact("stage_entry", number, at, stage_id=place)
    if closing is not None:
        _close(work, number, deal, closing)
    if moved or closing or any(not _same(work, c, stated[c], here[c]) for c in columns):
        return Renewed.CHANGED
    return Renewed.NOTED if columns else Renewed.SAME


def _stated(
    work: Work, stated: dict[str, Any], here: dict[str, Any], told: dict[str, Any]
) -> dict[str, Any]:
    """Return the terms that the source says anew, those too on which both sides have agreed.

    Raises Refused for one that was changed here and there.
    """
    found = {}
    for column, new in stated.items():
        now, was = here[column], told.get(column)
        agreed = _same(work, column, new, now)
        if _same(work, column, new, was) or (agreed and column not in told):
            continue
        if not (agreed or now == was or _same(work, column, now, was)):
            ours, theirs = _shown(work, column, now), _shown(work, column, new)
            what = _SPOKEN.get(column, column)
            message = said(
                "{column} was changed here to {ours}, and at the source to {theirs}.",
                column=what,
                ours=ours,
                theirs=theirs,
            )
            raise Refused(message)
        found[column] = instant(new) if column == "opened_at" else new
    return found


def _same(work: Work, column: str, new: Any, now: Any) -> bool:
    """Tell whether a row says of a term what stands, or nothing; of an instant it tells the day."""
    if new is None or new == now:
        return True
    return column == "opened_at" and work.reading.day(new) == work.reading.day(now)


_SPOKEN = {"owner_id": "owner", "opened_at": "opened_on"}


def _shown(work: Work, column: str, value: Any) -> str:
    """Return a value as the table would have it."""
    if value is None:
        return said("unknown")
    if column == "owner_id":
        return next(m.name for m in members(work.reading) if m.id == value)
    if column == "opened_at":
        return str(work.reading.day(value))
    if column == "amount":
        return str(major(value, work.settings.currency))
    return str(value)


def _moved(work: Work, number: int, place: int, here: dict[str, Any]) -> bool:
    """Tell whether the row has the deal in another stage; raises Refused if so has somebody."""
    if place in (here["stage_id"], imported.stated_stage(work.reading, number)):
        return False
    known = imported.entries(work.reading, [number]).get(number, [])
    if any(not entry.command.startswith("import") for entry in known):
        _, stage = process(work.reading).by_stage[place]
        message = said(
            "the stage was changed here, and at the source to {stage!r}.", stage=stage.name
        )
        raise Refused(message)
    return True


class _Closing(NamedTuple):
    """How a deal is closed or reopened; an ending that is told again takes the former's place."""

    outcome: str
    instead_of: int | None = None


def _closing(work: Work, number: int, deal: Opening, here: dict[str, Any]) -> _Closing | None:
    """Return how the row closes or reopens the deal, or corrects when and why it was closed."""
    ending = _ending(work, deal)
    standing = (here["status"], here["closed_on"], here["lost_reason"])
    if ending in (standing, imported.stated_outcome(work.reading, number)):
        return None
    known = imported.outcomes(work.reading, [number]).get(number, [])
    if known and not known[-1].command.startswith("import"):
        message = said(
            "the deal is {ours} here, and {theirs} at the source.",
            ours=said(here["status"]),
            theirs=said(deal.status),
        )
        raise Refused(message)
    if deal.status == "open":
        return _Closing("reopened")
    return _Closing(deal.status, known[-1].id if deal.status == here["status"] else None)


def _ending(work: Work, deal: Opening) -> tuple[Any, ...]:
    return (deal.status, work.reading.day(deal.closed_at), deal.reason)


def _close(work: Work, number: int, deal: Opening, closing: _Closing) -> None:
    if closing.outcome == "reopened":
        work.fact("outcome", number, work.now, outcome=closing.outcome)
        return
    if closing.instead_of is not None:
        work.retract("outcome", [closing.instead_of], [number])
    work.fact(
        "outcome",
        number,
        optional_instant(deal.closed_at),
        outcome=deal.status,
        reason=deal.reason,
    )
