"""Contacts: who is meant by a name, what they are on deals, who left or was replaced."""

from __future__ import annotations

import json
from datetime import date
from shlex import quote
from typing import TYPE_CHECKING, Any

from funnelcli.domain.matching import other_orders, whole
from funnelcli.domain.people import ContactRecord, Replaced, RoleRecord, Touch, read_places
from funnelcli.domain.text import clean, fold
from funnelcli.errors import Ambiguous, NotFound
from funnelcli.store.projection import MET_SINCE, SUPERSEDED
from funnelcli.store.reading.deals import NARROWED, filtered, narrowed, number_said
from funnelcli.store.reading.people import members
from funnelcli.store.reading.reader import optional_date, optional_instant
from funnelcli.store.script import forms, hints, same
from funnelcli.store.terms import Trait
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

_COLUMNS = "k.id, k.name, k.company, k.title, k.career, k.note"
CONTACT = f"SELECT {_COLUMNS} FROM contact k WHERE k.id = :contact AND k.name IS NOT NULL"
CONTACTS = f"""SELECT {_COLUMNS} FROM contact k WHERE k.name IS NOT NULL
AND (:form IS NULL OR instr(k.places_key, :form)) ORDER BY k.id LIMIT :limit"""
NAMED = "SELECT k.id FROM contact k WHERE instr(k.name_key, :form)"
RECORDS = f"""SELECT {_COLUMNS} FROM contact k WHERE k.name IS NOT NULL
AND k.id IN (SELECT value FROM json_each(:contacts)) ORDER BY k.id"""
KEYS = "SELECT k.id, k.name, k.name_key FROM contact k WHERE k.name IS NOT NULL ORDER BY k.id"
CALLED = """SELECT k.id, k.name_key, k.places_key FROM contact k WHERE /* called */ FALSE"""
"""One pass over an index that holds the keys alone, whatever is looked for."""
ON_DEAL = """SELECT DISTINCT x.contact_id FROM deal_role x
WHERE x.deal_id = :deal ORDER BY x.contact_id"""

_ROLES = """SELECT x.deal_id, d.name, x.contact_id, k.name, k.company, k.title, x.role, x.stance,
  x.stance_on, x.ended, (SELECT max(t.effective_at) FROM log t
    WHERE t.with_id = x.contact_id AND t.deal_id = x.deal_id AND t.touch = 1)
FROM deal_role x JOIN deal d ON d.id = x.deal_id JOIN contact k ON k.id = x.contact_id
WHERE {which} AND x.id = (
  SELECT y.id FROM deal_role y WHERE y.deal_id = x.deal_id AND y.contact_id = x.contact_id
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1) ORDER BY x.deal_id, x.contact_id"""
ROLES = {
    "deal": _ROLES.format(which="x.deal_id = :number"),
    "contact": _ROLES.format(which="x.contact_id = :number"),
    "": _ROLES.format(which="NOT x.ended"),
}
CHANGES = f"""SELECT d.id, d.name, w.name, x.effective_at, x.contact_id, k.name, x.successor_id,
  s.name, NOT {MET_SINCE}
FROM contact_change x JOIN deal d ON d.id = x.deal_id JOIN contact k ON k.id = x.contact_id
LEFT JOIN contact s ON s.id = x.successor_id LEFT JOIN member w ON w.id = d.owner_id
WHERE d.live = 1 AND {NARROWED} AND NOT {SUPERSEDED}
ORDER BY d.amount DESC, d.id, x.effective_at, x.id"""
"""Who left or was replaced, as it was said last, but for those whose successor left in turn."""


LAST_SAID = {
    "contact_fact": """SELECT max(x.effective_at) FROM contact_fact x
WHERE x.contact_id = :contact""",
    "tie": """SELECT max(x.effective_at) FROM tie x
WHERE x.contact_id = :contact AND x.member_id = :member""",
    "deal_role": """SELECT max(x.effective_at) FROM deal_role x
WHERE x.contact_id = :contact AND x.deal_id = :deal""",
    "contact_change": """SELECT max(x.effective_at) FROM contact_change x
WHERE x.deal_id = :deal AND :contact IN (x.contact_id, x.successor_id)""",
}
CAME = f"""SELECT iif(o.command = 'contact leave', f.effective_at, NULL)
FROM contact_fact f JOIN operation o ON o.id = f.operation_id
WHERE f.contact_id = :contact AND f.terms & {Trait.COMPANY:d}
ORDER BY f.effective_at DESC, f.id DESC LIMIT 1"""
TOUCHES = """SELECT x.happened_on, m.name, d.id, d.name, x.kind, x.text
FROM log x JOIN deal d ON d.id = x.deal_id LEFT JOIN member m ON m.id = x.by_id
WHERE x.with_id = :contact AND x.touch = 1
ORDER BY x.effective_at DESC, x.id DESC LIMIT :limit"""


def _record(row: tuple[Any, ...]) -> ContactRecord:
    number, name, company, title, career, note = row
    return ContactRecord(number, name, company, title, read_places(career), note)


def contact_by_id(reader: Reader, number: int | None) -> ContactRecord | None:
    """Return the contact with that number, if there is one."""
    row = reader.row(CONTACT, contact=number)
    return None if row is None else _record(row)


def contacts(
    reader: Reader, company: str | None = None, limit: int | None = None
) -> Iterator[ContactRecord]:
    """Yield the contacts in order of their numbers; of a company, those who ever were there."""
    form = None if company is None else next(iter(forms(company)), clean(company, "company"))
    rows = reader.rows(CONTACTS, form=form, limit=-1 if limit is None else limit)
    return (_record(row) for row in rows)


def called(reader: Reader) -> Iterator[tuple[int, str, list[str]]]:
    """Yield every contact's number, name and the forms of the name."""
    for number, name, key in reader.rows(KEYS):
        yield number, name, (key or "").split()


def named(reader: Reader, word: str) -> tuple[list[int], bool]:
    """Return the contacts of that name, and whether it is theirs whole.

    The name as a whole goes before one of its forms, and that before a part or another order.
    """
    for form in forms(word):
        found = sorted(number for (number,) in reader.rows(NAMED, form=whole(form)))
        if found:
            return found, True
    for hint in hints(word):
        found = sorted(number for (number,) in reader.rows(NAMED, form=hint))
        if found:
            return found, False
    return [], False


def namesakes(reader: Reader, name: str) -> list[ContactRecord]:
    """Return the contacts who may be called the same: by any form of the name, in any order."""
    said = (*forms(name), *other_orders(name))
    found = {n for form in said for (n,) in reader.rows(NAMED, form=whole(form))}
    return records(reader, found)


def asked_about(reader: Reader, word: str) -> dict[int, bool]:
    """Return whose name, company, former company or school a word is, and whether it is so whole.

    Where it is somebody's whole, of the others those alone who have it among their words.
    """
    wholes = [whole(form) for form in forms(word)]
    found: dict[int, bool] = {}
    said = {f"said{n}": each for n, each in enumerate((*wholes, *hints(word)))}
    called = " OR ".join(f"instr(k.name_key, :{n}) OR instr(k.places_key, :{n})" for n in said)
    for number, name_key, places_key in reader.rows(
        CALLED.replace("/* called */ FALSE", called or "FALSE"), **said
    ):
        keys = f"{name_key or ''}{places_key or ''}"
        found[number] = any(each in keys for each in wholes)
    parts = [number for number, exact in found.items() if not exact]
    if len(parts) < len(found):
        for each in records(reader, parts):
            names = (each.name, *(place.name for place in each.career))
            if all(same(word, name) is False for name in names):
                del found[each.id]
    return found


def find_contact(reader: Reader, word: str) -> ContactRecord:
    """Return the contact meant by their number, their name, or a part of it that nobody else bears.

    Raises NotFound, or Ambiguous with the candidates.
    """
    found = contact_by_id(reader, number_said(word))
    if found is None:
        found = _only(reader, named(reader, word)[0], word)
    if found is None:
        message = said(
            "No contact is called {word!r}; {remedy}", word=word, remedy=_remedy(reader, word)
        )
        raise NotFound(message)
    return found


def _remedy(reader: Reader, word: str) -> str:
    if number_said(word) is not None or not word.strip():
        return said("see: funnelcli contact list")
    if any(fold(word) in fold(member.name) for member in members(reader)):
        return said("they are on the team; see: funnelcli team list")
    return said("add them with: funnelcli contact add {name}", name=quote(word))


def contact_called(reader: Reader, word: str, deal_id: int) -> ContactRecord | None:
    """Return the contact with that name, those on the deal first; None if nobody has it.

    A part of a name means who alone bears it of those on the deal.
    """
    found = contact_by_id(reader, number_said(word))
    if found is not None:
        return found
    numbers, exact = named(reader, word)
    on_deal = {number for (number,) in reader.rows(ON_DEAL, deal=deal_id)}
    there = [number for number in numbers if number in on_deal]
    if not exact:
        return contact_by_id(reader, there[0]) if len(there) == 1 else None
    return _only(reader, there or numbers, word)


def _only(reader: Reader, numbers: list[int], word: str) -> ContactRecord | None:
    if len(numbers) <= 1:
        return contact_by_id(reader, numbers[0]) if numbers else None
    known = (contact_by_id(reader, number) for number in numbers)
    listed = (each.label for each in known if each is not None)
    raise Ambiguous(word, said("contacts"), listed, said("Use the number."))


def roles(
    reader: Reader,
    *,
    deal: int | None = None,
    contact: int | None = None,
    ended: bool = False,
) -> list[RoleRecord]:
    """Return who is on a deal, or on what deals a contact is; with `ended`, or was."""
    kind = "deal" if deal is not None else "contact" if contact is not None else ""
    number = contact if deal is None else deal
    found = []
    for row in reader.rows(ROLES[kind], number=number):
        deal_id, deal_name, contact_id, name, company, title, role, stance, *rest = row
        known_on, over, met = rest
        if over and not ended:
            continue
        found.append(
            RoleRecord(
                deal_id=deal_id,
                deal=deal_name,
                contact_id=contact_id,
                contact=name,
                company=company,
                title=title,
                role=role,
                stance=stance,
                stance_on=optional_date(known_on),
                ended=bool(over),
                last_touch_at=optional_instant(met),
            )
        )
    return found


def last_said(reader: Reader, table: str, **of: int) -> datetime | None:
    """Return the latest instant from which such facts about somebody count, if any has one."""
    row = reader.row(LAST_SAID[table], **of)
    return None if row is None else optional_instant(row[0])


def post_since(reader: Reader, contact_id: int) -> date | None:
    """Return the day on which somebody is known to have come to where they are, by leaving."""
    row = reader.row(CAME, contact=contact_id)
    return None if row is None else reader.day(row[0])


def touches(reader: Reader, contact_id: int, limit: int) -> list[Touch]:
    """Return the last touches with a contact, the latest first."""
    return [
        Touch(date.fromisoformat(on), *rest)
        for on, *rest in reader.rows(TOUCHES, contact=contact_id, limit=limit)
    ]


def contact_changes(reader: Reader, filters: Filters) -> list[Replaced]:
    """Return whoever left or was replaced on open deals."""
    found = []
    for row in reader.rows(narrowed(CHANGES, filters), **filtered(filters)):
        number, name, owner, at, contact_id, contact, successor_id, successor, unmet = row
        when = optional_instant(at)
        of = (number, name, owner, when, contact_id, contact, successor_id, successor)
        found.append(Replaced(*of, bool(unmet)))
    return found


def records(reader: Reader, numbers: Iterable[int]) -> list[ContactRecord]:
    """Return the contacts of these numbers that are there, in order of their numbers."""
    return [_record(row) for row in reader.rows(RECORDS, contacts=json.dumps([*numbers]))]
