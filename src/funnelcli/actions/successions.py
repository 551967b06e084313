"""Contacts who leave their post or a deal, and who follows them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.actions import contacts
from funnelcli.domain.model import Filters, Status
from funnelcli.domain.people import (
    JOB,
    ContactRecord,
    Place,
    Replaced,
    RoleRecord,
    Stance,
    is_department,
    write_places,
)
from funnelcli.domain.text import clean
from funnelcli.errors import Refused
from funnelcli.store.reading.contacts import (
    contact_by_id,
    contact_changes,
    find_contact,
    last_said,
    post_since,
    roles,
)
from funnelcli.store.reading.deals import deal_by_id
from funnelcli.store.terms import Trait
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from datetime import date

    from funnelcli.domain.model import Deal
    from funnelcli.store.session import Work


def leave(
    work: Work, contact: ContactRecord, to: str | None, title: str | None, on: date | None
) -> str:
    """Say that somebody left their post; every open deal on which they had a role is alarmed."""
    company, new_title = _next_post(contact, to, title)
    on_deals = roles(work.reading, contact=contact.id)
    alarmed = [each for each in on_deals if _is_open(work, each.deal_id)]
    if (company, new_title) == (contact.company, contact.title) and not (to is None and alarmed):
        told = marked("{contact} has left already; for another post: --to PLACE or --title TEXT")
        if contact.company:
            told = marked("{contact} is at {company}; for another post: --to PLACE or --title TEXT")
        message = said(told, contact=contact.name, company=contact.company)
        raise Refused(message)
    places = contact.places
    if contact.company is not None:
        ended, came = on or work.today, post_since(work.reading, contact.id)
        start = None if came is None else came.isoformat()
        left = Place(JOB, contact.company, contact.title, start, ended.isoformat())
        places = (*places, left)
    work.fact(
        "contact_fact",
        contact.id,
        contacts.counting(work, on, "contact_fact", contact=contact.id),
        terms=int(Trait.COMPANY | Trait.TITLE | Trait.CAREER),
        company=company,
        title=new_title,
        career=write_places(places),
    )
    now = contacts.again(work, contact.id)
    sentences = [_left(contact, now)]
    for each in alarmed:
        _end_role(work, each, on)
        _change(work, each, on)
        sentences.append(
            said(
                "Alarm on {number} {deal}: who follows? "
                "(funnelcli contact replace {number} {contact} NEW)",
                number=each.deal_id,
                deal=each.deal,
                contact=contact.id,
            )
        )
    if not alarmed:
        sentences.append(said("They were on no open deal."))
    return " ".join(sentences)


def _left(before: ContactRecord, now: ContactRecord) -> str:
    if now.company is not None and now.company == before.company:
        return said(
            "{contact} moved within {company}: {title}.",
            contact=now.name,
            company=now.company,
            title=now.title,
        )
    where = said(", ").join(part for part in (now.company, now.title) if part)
    where = where or said("nobody knows where to")
    if before.company:
        return said(
            "{contact} left {company}: {where}.",
            contact=now.name,
            company=before.company,
            where=where,
        )
    return said("{contact} left: {where}.", contact=now.name, where=where)


def _next_post(
    contact: ContactRecord, to: str | None, title: str | None
) -> tuple[str | None, str | None]:
    """Return company and title after leaving: a department is one of the same company."""
    new_title = None if title is None else clean(title, said("title"))
    if to is None:
        return None, new_title
    named = clean(to, said("company"))
    if is_department(named) and contact.company is not None:
        return contact.company, named if new_title is None else f"{new_title}, {named}"
    return named, new_title


def _is_open(work: Work, deal_id: int) -> bool:
    deal = deal_by_id(work.reading, deal_id)
    return deal is not None and deal.status in (Status.OPEN, Status.HELD) and not deal.archived


def _end_role(work: Work, role: RoleRecord, on: date | None) -> None:
    work.fact(
        "deal_role",
        role.deal_id,
        contacts.counting(work, on, "deal_role", deal=role.deal_id, contact=role.contact_id),
        contact_id=role.contact_id,
        role=role.role,
        stance=role.stance,
        stance_on=role.stance_on,
        ended=True,
    )


def _change(work: Work, role: RoleRecord, on: date | None, successor: int | None = None) -> None:
    """State that somebody is gone, and who follows if that is known: from their leaving on."""
    of = {"deal": role.deal_id, "contact": role.contact_id}
    at = contacts.counting(work, on, "contact_change", **of)
    if successor is not None and role.ended and on is None:
        at = last_said(work.reading, "contact_change", **of) or at
    work.fact(
        "contact_change", role.deal_id, at, contact_id=role.contact_id, successor_id=successor
    )


def replace(work: Work, deal: Deal, old: str, new: str, on: date | None) -> str:
    """Say who follows somebody on a deal; it is alarmed until somebody meets the successor."""
    contacts.require_open(deal)
    gone = _on_deal(work, deal, old)
    successor = find_contact(work.reading, clean(new, said("name of who follows")))
    if successor.id == gone.contact_id:
        message = said(
            "{contact} cannot be replaced by themselves; name whoever follows.",
            contact=successor.name,
        )
        raise Refused(message)
    _require_not_followed(work, gone)
    if not gone.ended:
        _end_role(work, gone, on)
    present = contacts.role_on(work, deal, successor)
    role = (present.role if present else None) or gone.role
    if present is None or present.role != role:
        work.fact(
            "deal_role",
            deal.id,
            contacts.counting(work, on, "deal_role", deal=deal.id, contact=successor.id),
            contact_id=successor.id,
            role=role,
            stance=present.stance if present else str(Stance.UNKNOWN),
            stance_on=present.stance_on if present else None,
        )
    _change(work, gone, on, successor.id)
    (change,) = (c for c in _changes(work, deal.id) if c.contact_id == gone.contact_id)
    alarm = marked("it stays alarmed until somebody meets them")
    follows = marked("{successor} follows {former} on {deal}; {alarm}.")
    follows_as = marked("{successor} follows {former} on {deal} as {role}; {alarm}.")
    told = [
        said(
            follows_as if role else follows,
            successor=successor.name,
            former=gone.contact,
            deal=deal.label,
            role=role and said(role),
            alarm=said(alarm if change.unmet else marked("somebody met them")),
        )
    ]
    former = contact_by_id(work.reading, gone.contact_id)
    if (
        former
        and former.company
        and successor.company
        and not contacts.is_at(successor, former.company)
    ):
        told.append(
            said(
                "Mind that {contact} is at {company}.",
                contact=successor.name,
                company=successor.company,
            )
        )
    return " ".join([*told, *contacts.known_sentences(work, successor)])


def _changes(work: Work, deal_id: int) -> list[Replaced]:
    return [each for each in contact_changes(work.reading, Filters()) if each.deal_id == deal_id]


def _require_not_followed(work: Work, gone: RoleRecord) -> None:
    """Raise Refused if it is told already who follows."""
    for change in _changes(work, gone.deal_id):
        if change.contact_id == gone.contact_id and change.successor_id is not None and gone.ended:
            message = said(
                "{successor} follows {former} on {number} {deal} already. "
                "If they left in turn: funnelcli contact replace "
                "{number} {successor_id} NEW; if that was wrong: funnelcli undo",
                successor=change.successor,
                former=gone.contact,
                number=gone.deal_id,
                deal=gone.deal,
                successor_id=change.successor_id,
            )
            raise Refused(message)


def _on_deal(work: Work, deal: Deal, word: str) -> RoleRecord:
    """Return the role that somebody has, or had, on a deal; raises Refused for anybody else."""
    contact = find_contact(work.reading, word)
    every = roles(work.reading, deal=deal.id, ended=True)
    for each in every:
        if each.contact_id == contact.id:
            return each
    there = said(", ").join(each.contact for each in every if not each.ended)
    message = said(
        "{contact} is not on {deal}; on it: {contacts}.",
        contact=contact.name,
        deal=deal.label,
        contacts=there or said("nobody"),
    )
    raise Refused(message)
