"""Contacts as a list and one as a page, and who on the team knows whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.views.table import Column, Fields, Kind, Lines, Page, Place, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funnelcli.domain.people import Acquaintance, ContactRecord, RoleRecord
    from funnelcli.store.reading.acquaintances import Known
    from funnelcli.views.table import Block, Frame

_M = Place.MACHINE
CONTACTS = (
    Column("contact", "#", get=lambda c: c.id),
    Column("name", "Name"),
    Column("company", "Company"),
    Column("title", "Title"),
    Column("career", "Career", Kind.LIST, _M, lambda c: [p.spoken for p in c.places]),
    Column("note", "Note", place=_M),
)
ROLES = (
    Column("deal_id", "#"),
    Column("deal", "Deal"),
    Column("contact_id", "Contact", place=_M),
    Column("contact", "Contact"),
    Column("title", "Title"),
    Column("role", "Role"),
    Column("stance", "Stance"),
    Column("stance_on", "Known on", Kind.DATE),
    Column("last_touch_at", "Last met", Kind.INSTANT),
)
KNOWN = (
    Column("person", "Who"),
    Column("relation", "Knows them as"),
    Column("contact", "Contact"),
    Column("company", "Company"),
    Column("title", "Title"),
    Column("sure", "Sure", Kind.FLAG, _M),
    Column("contact_id", "#", place=_M),
    Column("perhaps", "", place=Place.PERSON, get=lambda k: "" if k.sure else "perhaps"),
)


def contacts_table(found: Iterable[ContactRecord], frame: Frame) -> Table:
    """Return contacts as a list."""
    return Table(frame, CONTACTS, found, empty="No contact found.", id_key="contact")


def roles_table(found: Sequence[RoleRecord], frame: Frame, *, of_contact: bool) -> Table:
    """Return who is on a deal, or on which deals somebody is."""
    hidden = {"contact", "title"} if of_contact else {"deal_id", "deal"}
    shown = tuple(c._replace(place=_M) if c.key in hidden else c for c in ROLES)
    title = "On deals" if of_contact else "Their people"
    return Table(frame, shown, found, title=title, empty="On no deal.", id_key="deal_id")


def contact_page(
    contact: ContactRecord,
    roles: Sequence[RoleRecord],
    known: Sequence[Acquaintance],
    frame: Frame,
) -> Page:
    """Return what is known of one contact."""
    now = ", ".join(part for part in (contact.title, contact.company) if part) or "not known"
    pairs = [("Now", now), *(("Before", each.spoken) for each in contact.places)]
    if contact.note:
        pairs.append(("Note", contact.note))
    blocks: list[Block] = [Fields(tuple(pairs))]
    if roles:
        blocks.append(roles_table(roles, frame, of_contact=True))
    said = tuple(
        f"{'' if each.sure else 'perhaps '}{each.person}: {each.relation}" for each in known
    )
    blocks.append(Lines("Who on the team knows them", said or ("nobody, as far as is known",)))
    table = Table(frame, CONTACTS, [contact], id_key="contact")
    return Page(table, f"{contact.id}  {contact.name}", tuple(blocks))


def known_table(found: Sequence[Known], frame: Frame, word: str) -> Table:
    """Return who knows the people that were asked about."""
    return Table(
        frame,
        KNOWN,
        found,
        empty=f"Nobody called {word!r} is in the file, and nobody of the team was there.",
        id_key="contact_id",
        tone=lambda row: Tone.GOOD if row.person and row.sure else Tone.PLAIN,
    )
