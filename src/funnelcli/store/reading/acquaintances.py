"""Who on the team knows somebody: by a tie, by an employer or a school, by having met them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.matching import same
from funnelcli.domain.people import JOB, Acquaintance, Colleague, ContactRecord, shared_places
from funnelcli.domain.text import plural
from funnelcli.store.reading.contacts import contact_by_id, named, placed, records
from funnelcli.store.reading.deals import number_said
from funnelcli.store.reading.people import members
from funnelcli.store.script import forms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.store.reading.reader import Reader

TIES = """SELECT x.member_id, m.name, x.relation FROM tie x JOIN member m ON m.id = x.member_id
WHERE x.contact_id = :contact AND x.relation <> '' AND x.id = (
  SELECT y.id FROM tie y WHERE y.contact_id = x.contact_id AND y.member_id = x.member_id
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
ORDER BY m.manager DESC, m.id"""
MET = """SELECT m.name, count(*), max(x.happened_on) FROM log x JOIN member m ON m.id = x.by_id
WHERE x.with_id = :contact AND x.touch = 1 GROUP BY m.id ORDER BY m.manager DESC, m.id"""


class Known(NamedTuple):
    """A row of the answer to `who`; nobody knows a contact without a person, and the other way."""

    person: str | None
    relation: str | None
    contact: str | None
    company: str | None
    title: str | None
    sure: bool
    contact_id: int | None


def team(reader: Reader) -> list[Colleague]:
    """Return the team with what their careers are found by, the manager first."""
    return [
        Colleague(m.id, m.name, tuple((place, forms(place.name)) for place in m.places))
        for m in members(reader)
    ]


def acquaintances(reader: Reader, contact_id: int) -> list[Acquaintance]:
    """Return who knows a contact, sure ones first: by a tie, or by a place that both were at.

    A tie to somebody else of the same name may be to the same person.
    """
    contact = contact_by_id(reader, contact_id)
    if contact is None:
        return []
    found = [
        Acquaintance(who, how, sure=True) for _, who, how in reader.rows(TIES, contact=contact_id)
    ]
    theirs = [(place, forms(place.name)) for place in contact.career]
    for colleague in team(reader):
        found += shared_places(theirs, colleague) if colleague.places else ()
    for other in named(reader, contact.name)[0]:
        if other != contact_id:
            ties = reader.rows(TIES, contact=other)
            found += [Acquaintance(who, how, sure=False) for _, who, how in ties]
    return sorted(dict.fromkeys(found), key=lambda each: not each.sure)


def tie_of(reader: Reader, contact_id: int, member_id: int) -> str | None:
    """Return how a member is said to know a contact, if they do."""
    ties = reader.rows(TIES, contact=contact_id)
    return next((relation for number, _, relation in ties if number == member_id), None)


def who(reader: Reader, word: str) -> list[Known]:
    """Return who knows the people of that name or number, or at that company or school.

    Sure ones come first.
    """
    found: dict[int, bool] = {}
    numbered = contact_by_id(reader, number_said(word))
    if numbered is not None:
        return list(_of(reader, numbered, exact=True))
    for numbers, exact in (named(reader, word), placed(reader, word)):
        for number in numbers:
            found[number] = found.get(number, False) or exact
    rows = [
        row for each in records(reader, found) for row in _of(reader, each, exact=found[each.id])
    ]
    rows += _colleagues(reader, word)
    return sorted(rows, key=lambda row: (row.person is None, not row.sure))


def _of(reader: Reader, contact: ContactRecord, *, exact: bool) -> Iterator[Known]:
    about = (contact.name, contact.company, contact.title)
    known = acquaintances(reader, contact.id)
    met = [
        Acquaintance(name, f"met {plural(count, 'time')}, last {last}", sure=True)
        for name, count, last in reader.rows(MET, contact=contact.id)
    ]
    for each in [*known, *met]:
        yield Known(each.person, each.relation, *about, each.sure and exact, contact.id)
    if not known and not met:
        yield Known(None, None, *about, exact, contact.id)


def _colleagues(reader: Reader, word: str) -> Iterator[Known]:
    """Yield who on the team was at that company or school themselves."""
    asked = forms(word)
    for colleague in team(reader):
        for place, known in colleague.places:
            match = same(asked, known)
            if match is not False:
                did = "worked" if place.kind == JOB else "studied"
                relation = f"{did} at {place.spoken}"
                yield Known(colleague.name, relation, None, None, None, bool(match), None)
