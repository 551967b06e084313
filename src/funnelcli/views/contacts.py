"""Contacts as a list and one as a page, and who on the team knows whom."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from funnelcli.views.table import Column, Fields, Kind, Lines, Page, Place, Table, Tone
from funnelcli.wording import marked, said, term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from funnelcli.domain.people import Acquaintance, ContactRecord, RoleRecord, Touch
    from funnelcli.store.reading.acquaintances import Known
    from funnelcli.views.table import Block, Frame

_M, _P = Place.MACHINE, Place.PERSON
ROLES = (
    Column("deal_id", "#"),
    Column("deal", "Deal"),
    Column("contact_id", "Contact", place=_M),
    Column("contact", "Contact"),
    Column("title", "Job title"),
    Column("role", "Role", Kind.TERM),
    Column("stance", "Stance", Kind.TERM),
    Column("stance_on", "As of", Kind.DATE),
    Column("last_touch_at", "Last touch", Kind.INSTANT),
)
YES, PERHAPS = marked("yes"), marked("perhaps")
KNOWN = (
    Column("person", "Who"),
    Column("relation", "Knows them as"),
    Column("contact", "Contact"),
    Column("company", "Company"),
    Column("title", "Job title"),
    Column("sure", "Sure", Kind.FLAG, _M),
    Column("contact_id", "#", place=_M),
    Column("certain", "Sure", Kind.TERM, Place.PERSON, get=lambda k: YES if k.sure else PERHAPS),
)


def contacts_table(
    found: Sequence[ContactRecord],
    roles: Iterable[RoleRecord],
    knows: Mapping[int, Sequence[Acquaintance]],
    frame: Frame,
) -> Table:
    """Return contacts as a list, with what they are on deals and who on the team knows them."""
    on_deals: dict[int, list[RoleRecord]] = defaultdict(list)
    for role in roles:
        on_deals[role.contact_id].append(role)
    columns = (
        Column("contact", "#", get=lambda c: c.id),
        Column("name", "Name"),
        Column("company", "Company"),
        Column("title", "Job title"),
        Column("roles", "On deals", Kind.LIST, _M, lambda c: [*map(_role, on_deals[c.id])]),
        Column("told_roles", "On deals", Kind.LIST, _P, lambda c: [*map(_said, on_deals[c.id])]),
        Column("known_by", "Known by", Kind.LIST, _M, lambda c: _knowing(knows[c.id], str.format)),
        Column("knowing", "Known by", Kind.LIST, _P, lambda c: _knowing(knows[c.id], said)),
        Column("career", "Career", Kind.LIST, _M, lambda c: [p.spoken for p in c.places]),
        Column("note", "Note", place=_M),
    )
    return Table(frame, columns, found, empty=said("No contact found."), id_key="contact")


def _role(role: RoleRecord) -> str:
    return f"{role.deal}: {', '.join(part for part in (role.role, role.stance) if part)}"


def _said(role: RoleRecord) -> str:
    """Return what somebody is on a deal, for people."""
    told = said(", ").join(term(part) for part in (role.role, role.stance) if part)
    return said("{deal}: {role}", deal=role.deal, role=told)


_PERHAPS = marked("perhaps {name}")


def _knowing(known: Sequence[Acquaintance], say: Callable[..., str]) -> list[str]:
    """Return who knows somebody, each once; `perhaps` for who is not known to for sure."""
    sure = {each.person: each.sure for each in reversed(known)}
    people = dict.fromkeys(each.person for each in known)
    return [person if sure[person] else say(_PERHAPS, name=person) for person in people]


def roles_table(found: Sequence[RoleRecord], frame: Frame, *, of_contact: bool) -> Table:
    """Return who is on a deal, or on which deals somebody is."""
    hidden = {"contact", "title"} if of_contact else {"deal_id", "deal"}
    shown = tuple(c._replace(place=_M) if c.key in hidden else c for c in ROLES)
    title = said("On deals") if of_contact else said("Their people")
    return Table(frame, shown, found, title=title, empty=said("Nobody is on it."), id_key="deal_id")


def contact_page(
    contact: ContactRecord,
    roles: Sequence[RoleRecord],
    known: Sequence[Acquaintance],
    touches: Sequence[Touch],
    frame: Frame,
) -> Page:
    """Return what is known of one contact."""
    now = said(", ").join(part for part in (contact.title, contact.company) if part)
    pairs = [
        (said("Now"), now or said("not known")),
        *((said("Before"), each.spoken) for each in contact.places),
    ]
    if contact.note:
        pairs.append((said("Note"), contact.note))
    blocks: list[Block] = [Fields(tuple(pairs))]
    if roles:
        blocks.append(roles_table(roles, frame, of_contact=True))
    knowing = tuple(
        said(_KNOWS[each.sure], person=each.person, relation=each.relation) for each in known
    )
    nobody = (said("nobody, as far as is known"),)
    blocks.append(Lines(said("Who on the team knows them"), knowing or nobody))
    if touches:
        met = tuple(
            said(
                "{day}  {name}, {kind}, {deal}: {text}",
                day=t.on,
                name=t.by or said("somebody"),
                kind=term(t.kind),
                deal=f"{t.deal_id} {t.deal}",
                text=t.text,
            )
            for t in touches
        )
        blocks.append(Lines(said("Last touches"), met))
    table = contacts_table([contact], roles, {contact.id: known}, frame)
    return Page(table, f"{contact.id}  {contact.name}", tuple(blocks))


_KNOWS = {True: marked("{person}: {relation}"), False: marked("perhaps {person}: {relation}")}


def known_table(found: Sequence[Known], frame: Frame, word: str) -> Table:
    """Return who knows the people that were asked about."""
    return Table(
        frame,
        KNOWN,
        found,
        empty=said(
            "No contact is called {word!r}, or is known to have been at such a place.", word=word
        ),
        id_key="contact_id",
        tone=lambda row: Tone.GOOD if row.person and row.sure else Tone.PLAIN,
    )
