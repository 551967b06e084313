"""Contacts: added, corrected, tied to the team, put on deals."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.model import Status
from funnelcli.domain.people import (
    ContactRecord,
    Place,
    RoleRecord,
    Stance,
    added,
    known_by,
    write_places,
)
from funnelcli.domain.text import TEXT_LENGTH, clean
from funnelcli.errors import NotFound, Refused, UsageFault
from funnelcli.store.reading.acquaintances import acquaintances, tie_of
from funnelcli.store.reading.contacts import (
    contact_by_id,
    find_contact,
    last_said,
    namesakes,
    roles,
)
from funnelcli.store.reading.deals import number_said
from funnelcli.store.reading.people import find_member
from funnelcli.store.script import same
from funnelcli.store.terms import Trait
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from funnelcli.domain.model import Deal
    from funnelcli.store.session import Work

UNKNOWN = Stance.UNKNOWN
MOST_ALIKE = 3
"""Namesakes that are named; more are counted."""


class Traits(NamedTuple):
    """What somebody states of a contact; None is left as it is."""

    name: str | None = None
    company: str | None = None
    title: str | None = None
    places: Sequence[Place] = ()
    note: str | None = None

    def columns(self, before: tuple[Place, ...] = ()) -> tuple[Trait, dict[str, str]]:
        """Return which terms are stated, and the columns of the fact that states them."""
        terms, columns = Trait(0), {}
        for trait, column, text in (
            (Trait.NAME, marked("name"), self.name),
            (Trait.COMPANY, marked("company"), self.company),
            (Trait.TITLE, marked("title"), self.title),
        ):
            if text is not None:
                terms |= trait
                columns[column] = clean(text, said(column))
        if self.note is not None:
            terms |= Trait.NOTE
            columns["note"] = clean(self.note, said("note"), limit=TEXT_LENGTH)
        if self.places:
            terms |= Trait.CAREER
            columns["career"] = write_places(added(before, self.places))
        return terms, columns


class Joining(NamedTuple):
    """What somebody is on a deal, and how they stand to us; None is left as it is."""

    role: str | None = None
    stance: str | None = None


def add(
    work: Work,
    traits: Traits,
    deal: Deal | None,
    joining: Joining,
    *,
    another: bool,
    on: date | None,
) -> str:
    """Add somebody, on a deal if one is given; say who on the team knows them."""
    if deal is None and joining != Joining():
        message = said("--role and --stance need --deal: on which deal is that?")
        raise UsageFault(message)
    alike = namesakes(work.reading, traits.name or "")
    there = [
        each for each in alike if is_at(each, traits.company) and same(each.name, traits.name or "")
    ]
    if there and not another:
        message = said(
            "{contact} is there already; if this is somebody else of that name: --another",
            contact=there[0].label,
        )
        raise Refused(message)
    found = _new(work, traits, on)
    told = [said("Added contact {contact}.", contact=found.label)]
    if deal is not None:
        told.append(_join(work, deal, found, joining, on))
    told += _perhaps([each for each in alike if each not in there], found)
    return " ".join([*told, *known_sentences(work, found)])


def _perhaps(alike: Sequence[ContactRecord], added: ContactRecord) -> Iterator[str]:
    """Say which others somebody who was added may be, and what to do then."""
    for each in alike[:MOST_ALIKE]:
        remedy = said("use {number}", number=each.id)
        if added.company is not None and not is_at(each, added.company):
            remedy = f"funnelcli contact leave {each.id} --to {quote(added.company)}"
        yield said(
            "Perhaps the same as {contact}; if so: funnelcli undo, then {remedy}.",
            contact=each.label,
            remedy=remedy,
        )
    if len(alike) > MOST_ALIKE:
        yield said(
            "And {n} more; see: funnelcli who {name}.",
            n=len(alike) - MOST_ALIKE,
            name=quote(added.name),
        )


def is_at(contact: ContactRecord, company: str | None) -> bool:
    """Tell whether a contact is at that company, or neither has one."""
    if contact.company is None or company is None:
        return contact.company is company is None
    return same(contact.company, company) is True


def _new(work: Work, traits: Traits, on: date | None) -> ContactRecord:
    stated, columns = traits.columns()
    number = int(work.add("contact").id)
    terms = int(stated | Trait.ADDED)
    work.fact("contact_fact", number, work.instant(on), terms=terms, **columns)
    return again(work, number)


def again(work: Work, number: int) -> ContactRecord:
    """Return the contact as it stands within this operation."""
    found = contact_by_id(work.reading, number)
    if found is None:
        raise LookupError(number)
    return found


def known_sentences(work: Work, contact: ContactRecord) -> list[str]:
    """Return a sentence that says who on the team knows them, if anybody does."""
    told = known_by(acquaintances(work.reading, contact.id), contact.name)
    return [said("{sentence}.", sentence=f"{told[0].upper()}{told[1:]}")] if told else []


def edit(work: Work, contact: ContactRecord, traits: Traits) -> str:
    """Correct what is known of somebody; employers and schools are put into their career."""
    terms, columns = traits.columns(contact.places)
    if not terms:
        message = said("Nothing to change; give a new value, such as --title or --worked.")
        raise UsageFault(message)
    work.fact("contact_fact", contact.id, work.now, terms=int(terms), **columns)
    now = again(work, contact.id)
    changed = []
    for term in (marked("name"), marked("company"), marked("title"), marked("note")):
        was, value = getattr(contact, term), getattr(now, term)
        if was != value:
            told = marked("{term} {value} (was {was})") if was else marked("{term} {value}")
            changed.append(said(told, term=said(term), value=value, was=was))
    new = [each for each in now.places if each not in contact.places]
    changed += [said("{term} {value}", term=said(each.kind), value=each.spoken) for each in new]
    what = said(", ").join(changed) or said("as before")
    done = said("{contact}: {what}.", contact=contact.label, what=what)
    return " ".join([done, *known_sentences(work, now)])


def join(work: Work, deal: Deal, contact: ContactRecord, joining: Joining, on: date | None) -> str:
    """Put somebody on an open deal, or say anew what they are on it."""
    return " ".join([_join(work, deal, contact, joining, on), *known_sentences(work, contact)])


def _join(work: Work, deal: Deal, contact: ContactRecord, joining: Joining, on: date | None) -> str:
    require_open(deal)
    before = role_on(work, deal, contact)
    role = joining.role or (before.role if before else None)
    stance = joining.stance or (before.stance if before else UNKNOWN)
    known_on = before.stance_on if before else None
    if joining.stance is not None:
        known_on = None if stance == UNKNOWN else on or work.today
    work.fact(
        "deal_role",
        deal.id,
        counting(work, on, "deal_role", deal=deal.id, contact=contact.id),
        contact_id=contact.id,
        role=role,
        stance=stance,
        stance_on=known_on,
    )
    known = marked("{contact} is on {deal}: {role} (was {was}).")
    return said(
        known if before else marked("{contact} is on {deal}: {role}."),
        contact=contact.name,
        deal=deal.label,
        role=_spoken(role, stance),
        was=_spoken(before.role, before.stance) if before else "",
    )


def _spoken(role: str | None, stance: str) -> str:
    return said(
        "{role}, {stance}",
        role=said(role or marked("no role said")),
        stance=said(marked("stance unknown") if stance == UNKNOWN else stance),
    )


def role_on(work: Work, deal: Deal, contact: ContactRecord) -> RoleRecord | None:
    """Return what somebody is on a deal, None if they are not on it."""
    on_it = roles(work.reading, deal=deal.id)
    return next((each for each in on_it if each.contact_id == contact.id), None)


def require_open(deal: Deal) -> None:
    """Raise Refused for a deal that is closed."""
    if deal.status not in (Status.OPEN, Status.HELD):
        message = said(
            "{deal} is {status}; its people stay as they were.",
            deal=deal.label,
            status=said(deal.status),
        )
        raise Refused(message)


def tie(
    work: Work, person: str, word: str, relation: str, company: str | None, on: date | None
) -> str:
    """Say that a member knows somebody; who is not in the file yet is added by their name."""
    member = find_member(work.reading, person)
    how = clean(relation, said("relation"))
    told = []
    contact = _meant(work, word)
    if contact is None:
        contact = _new(work, Traits(name=word, company=company), on)
        told.append(said("Added contact {contact}.", contact=contact.label))
    before = tie_of(work.reading, contact.id, member.id)
    at = counting(work, on, "tie", contact=contact.id, member=member.id)
    work.fact("tie", contact.id, at, member_id=member.id, relation=how)
    known = marked("{member} knows {contact}: {how}.")
    changed = marked("{member} knows {contact}: {how} (was {was}).")
    told.append(
        said(
            known if before in (None, how) else changed,
            member=member.name,
            contact=contact.label,
            how=how,
            was=before,
        )
    )
    return " ".join(told)


def _meant(work: Work, word: str) -> ContactRecord | None:
    """Return the contact meant; None for a new name, even if an old one holds it within a word."""
    try:
        contact = find_contact(work.reading, word)
    except NotFound:
        if number_said(word) is not None:
            raise
        return None
    numbered = number_said(word) == contact.id
    return contact if numbered or same(contact.name, word) is not False else None


def counting(work: Work, on: date | None, table: str, **of: int) -> datetime:
    """Return from when something counts that is told of a day: not before what it follows.

    Who left last week and was entered this morning is gone from this morning on.
    """
    at, before = work.instant(on), last_said(work.reading, table, **of)
    return at if before is None else max(at, before)
