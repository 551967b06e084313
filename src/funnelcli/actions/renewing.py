"""A deal that a table tells again: it is brought up to its row where nobody changed it here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.money import major
from funnelcli.domain.time import instant
from funnelcli.errors import Refused
from funnelcli.store.reading import imported
from funnelcli.store.reading.people import members
from funnelcli.store.reading.reader import optional_instant
from funnelcli.store.terms import Term

if TYPE_CHECKING:
    from funnelcli.actions.import_deals import Line
    from funnelcli.store.session import Work


def renew(work: Work, number: int, line: Line, here: dict[str, Any]) -> bool:
    """Bring a deal, of which `here` stands, up to its row; tell whether that changed it.

    Raises Refused for a conflict.
    """
    stated = dict(zip(imported.TERMS, line.deal.terms, strict=True))
    if line.deal.closing_amount is not None:
        stated["amount"] = line.deal.closing_amount
    if _stands(work, line, stated, here):
        return False
    said = imported.imported_terms(work.reading, number)
    terms, columns = Term(0), {}
    for column, term in imported.TERMS.items():
        new, now, was = (
            _comparable(work, column, each.get(column)) for each in (stated, here, said)
        )
        if new is None or new in (now, was):
            continue
        if now != was:
            ours, theirs = _shown(work, column, now), _shown(work, column, new)
            what = _SPOKEN.get(column, column)
            message = f"{what} was changed here to {ours}, and at the source to {theirs}."
            raise Refused(message)
        terms |= term
        value = stated[column]
        columns[column] = instant(value) if column == "opened_at" else value
    moved, closing = _moved(work, number, line, here), _closing(work, number, line, here)
    if terms:
        work.fact("deal_fact", number, work.now, terms=int(terms), **columns)
    if moved:
        work.fact(
            "stage_entry",
            number,
            optional_instant(line.deal.entered_at) or work.now,
            stage_id=line.stage.id,
        )
    if closing is not None:
        _close(work, number, line, closing)
    return bool(terms) or moved or closing is not None


def _stands(work: Work, line: Line, stated: dict[str, Any], here: dict[str, Any]) -> bool:
    """Tell whether all that the row says is so already."""
    return (
        all(
            value is None
            or _comparable(work, column, value) == _comparable(work, column, here[column])
            for column, value in stated.items()
        )
        and (not line.stage_given or line.stage.id == here["stage_id"])
        and _ending(work, line) == (here["status"], here["closed_on"], here["lost_reason"])
    )


def _ending(work: Work, line: Line) -> tuple[Any, ...]:
    return (line.deal.status, work.reading.day(line.deal.closed_at), line.deal.reason)


_SPOKEN = {"owner_id": "owner", "opened_at": "opened_on"}


def _comparable(work: Work, column: str, value: Any) -> Any:
    """Return a value as a table can state it: an instant as its day."""
    return work.reading.day(value) if column == "opened_at" else value


def _shown(work: Work, column: str, value: Any) -> str:
    """Return a value as the table would have it."""
    if value is None:
        return "unknown"
    if column == "owner_id":
        return next(m.name for m in members(work.reading) if m.id == value)
    if column == "amount":
        return str(major(value, work.settings.currency))
    return str(value)


def _moved(work: Work, number: int, line: Line, here: dict[str, Any]) -> bool:
    """Tell whether the row has the deal in another stage; raises Refused if so has somebody."""
    stated = imported.stated_stage(work.reading, number)
    if not line.stage_given or line.stage.id in (here["stage_id"], stated):
        return False
    known = imported.entries(work.reading, [number]).get(number, [])
    if any(not entry.command.startswith("import") for entry in known):
        message = f"the stage was changed here, and at the source to {line.stage.name!r}."
        raise Refused(message)
    return True


class _Closing(NamedTuple):
    """How a deal is closed or reopened; an ending that is told again takes the former's place."""

    outcome: str
    instead_of: int | None = None


def _closing(work: Work, number: int, line: Line, here: dict[str, Any]) -> _Closing | None:
    """Return how the row closes or reopens the deal, or corrects when and why it was closed."""
    said = _ending(work, line)
    standing = (here["status"], here["closed_on"], here["lost_reason"])
    if said in (standing, imported.stated_outcome(work.reading, number)):
        return None
    known = imported.outcomes(work.reading, [number]).get(number, [])
    if known and not known[-1].command.startswith("import"):
        message = f"the deal is {here['status']} here, and {line.deal.status} at the source."
        raise Refused(message)
    if line.deal.status == "open":
        return _Closing("reopened")
    return _Closing(line.deal.status, known[-1].id if line.deal.status == here["status"] else None)


def _close(work: Work, number: int, line: Line, closing: _Closing) -> None:
    if closing.outcome == "reopened":
        work.fact("outcome", number, work.now, outcome=closing.outcome)
        return
    if closing.instead_of is not None:
        work.retract("outcome", [closing.instead_of], [number])
    work.fact(
        "outcome",
        number,
        optional_instant(line.deal.closed_at),
        outcome=line.deal.status,
        reason=line.deal.reason,
    )
