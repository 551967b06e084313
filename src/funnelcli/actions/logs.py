"""What happened, in one line: a call, a visit, a claim, what shall happen next."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.model import Deal, LogKind, Member
from funnelcli.domain.text import TEXT_LENGTH, clean, percents
from funnelcli.errors import UsageFault
from funnelcli.store.reading.contacts import contact_called
from funnelcli.store.reading.deals import deal_by_id
from funnelcli.wording import said

if TYPE_CHECKING:
    from datetime import date

    from funnelcli.store.session import Work

CERTAIN = 100


class Entry(NamedTuple):
    """What somebody logs; the claim in percent."""

    text: str | None
    kind: LogKind = LogKind.CALL
    answered: bool = False
    by_them: bool = False
    with_whom: str | None = None
    claim: int | None = None
    close_claim: date | None = None
    ask: bool = False
    next_step: str | None = None
    next_step_due: date | None = None


def claimed(word: str) -> int:
    """Return the percents that a claim means; raises UsageFault unless they are 0 to 100."""
    digits = word.strip().removesuffix("%").strip()
    whole = digits.isascii() and digits.isdigit() and len(digits) <= len(str(CERTAIN))
    if not whole or int(digits) > CERTAIN:
        message = said("{word!r} is not a claim; write whole percents from 0 to 100.", word=word)
        raise UsageFault(message)
    return int(digits)


def log(work: Work, deal: Deal, entry: Entry, *, on: date | None, by: Member | None = None) -> str:
    """Write an entry into the deal's log; return what was done."""
    return logged(work, deal, entry, on=on, by=by)[0]


def logged(
    work: Work, deal: Deal, entry: Entry, *, on: date | None, by: Member | None = None
) -> tuple[str, int]:
    """Write an entry into the deal's log; return what was done, and the log's number."""
    if entry.next_step_due is not None and entry.next_step is None:
        message = said("--due needs --next: say what shall happen by then.")
        raise UsageFault(message)
    name, contact = whom(work, deal, entry.with_whom)
    step = None if entry.next_step is None else clean(entry.next_step, said("next step"))
    number = work.fact(
        "log",
        deal.id,
        work.instant(on),
        by_id=(by or work.by).id,
        happened_on=on or work.today,
        kind=str(entry.kind),
        text=clean(entry.text or "", said("text"), limit=TEXT_LENGTH),
        touch=entry.kind.touches(answered=entry.answered),
        answered=entry.answered,
        by_them=entry.by_them,
        with_whom=name,
        with_id=contact,
        claim=entry.claim,
        close_claim=entry.close_claim,
        ask=entry.ask,
        next_step=step,
        next_step_due=entry.next_step_due,
    )
    return _told(work, deal, number, entry.claim), number


def whom(work: Work, deal: Deal, word: str | None) -> tuple[str | None, int | None]:
    """Return the name and the number of the contact meant; one that is new is a name alone.

    Raises Ambiguous where several bear the name, none of them alone on the deal.
    """
    if word is None:
        return None, None
    found = contact_called(work.reading, word, deal.id)
    if found is None:
        return clean(word, said("contact's name")), None
    return found.name, found.id


def stranger(work: Work, deal: Deal, word: str | None) -> str | None:
    """Say that somebody who is named is no contact yet, and how to make them one; None if so."""
    name, number = whom(work, deal, word)
    if name is None or number is not None:
        return None
    return said(
        "{name} is not among the contacts; "
        "add them with: funnelcli contact add {quoted} --deal {deal}",
        name=name,
        quoted=quote(name),
        deal=deal.id,
    )


def _told(work: Work, deal: Deal, log: int, claim: int | None) -> str:
    """Tell the log, its claim beside the evidence that every other screen holds it against."""
    if claim is None:
        return said("Log {log} on {deal}.", log=log, deal=deal.label)
    now = deal_by_id(work.reading, deal.id)
    if now is None or now.claim is None:
        return said("Log {log} on {deal}: claim {claim} %.", log=log, deal=deal.label, claim=claim)
    return said(
        "Log {log} on {deal}: claim {claim} %, evidence {evidence}.",
        log=log,
        deal=deal.label,
        claim=claim,
        evidence=percents(now.claim.evidence),
    )
