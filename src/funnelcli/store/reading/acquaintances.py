"""Who on the team knows somebody: by a tie, by an employer or a school, by having met them."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain import matching, people
from funnelcli.domain.people import (
    Acquaintance,
    Called,
    Colleague,
    ContactRecord,
    Place,
    shared_places,
)
from funnelcli.domain.time import seconds
from funnelcli.store.reading.contacts import asked_about, contact_by_id, records
from funnelcli.store.reading.deals import NARROWED, filtered, narrowed, number_said
from funnelcli.store.reading.people import members
from funnelcli.store.script import forms, same, simplified
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

TIES = """SELECT x.contact_id, m.id, m.name, x.relation
FROM tie x JOIN member m ON m.id = x.member_id
WHERE x.contact_id IN (SELECT value FROM json_each(:contacts)) AND x.id = (
  SELECT y.id FROM tie y WHERE y.contact_id = x.contact_id AND y.member_id = x.member_id
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
ORDER BY m.manager DESC, m.id, x.contact_id"""
TIED = """SELECT k.id, k.name, k.name_key FROM contact k
WHERE k.id IN (SELECT x.contact_id FROM tie x)"""
NAME_KEYS = """SELECT k.id, k.name_key FROM contact k
WHERE k.id IN (SELECT value FROM json_each(:contacts))"""
KNOWN_TO = """SELECT x.contact_id, x.relation FROM tie x
WHERE x.member_id = :member AND x.id = (
  SELECT y.id FROM tie y WHERE y.contact_id = x.contact_id AND y.member_id = x.member_id
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
ORDER BY x.contact_id"""
MET = """SELECT x.with_id, m.name, count(*), max(x.happened_on)
FROM log x JOIN member m ON m.id = x.by_id
WHERE x.with_id IN (SELECT value FROM json_each(:contacts)) AND x.touch = 1
GROUP BY x.with_id, m.id ORDER BY m.manager DESC, m.id"""
JOINED = f"""SELECT x.deal_id, d.name, w.name, x.contact_id
FROM deal_role x JOIN deal d ON d.id = x.deal_id JOIN contact k ON k.id = x.contact_id
LEFT JOIN member w ON w.id = d.owner_id
WHERE x.recorded_at > :since AND NOT x.ended AND d.live = 1 AND NOT EXISTS (
  SELECT 1 FROM deal_role y WHERE y.deal_id = x.deal_id AND y.contact_id = x.contact_id
  AND (y.id < x.id OR y.ended))
AND (EXISTS (SELECT 1 FROM tie t WHERE t.contact_id = x.contact_id)
  OR EXISTS (SELECT 1 FROM json_each(:places) j WHERE instr(k.places_key, j.value)))
AND {NARROWED} ORDER BY d.amount DESC, d.id, x.id"""


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
    """Return the team with their careers, the manager first."""
    return [Colleague(m.id, m.name, _called(m.places)) for m in members(reader)]


def _called(career: Iterable[Place]) -> tuple[Called, ...]:
    return tuple(Called(place, simplified(place.name)) for place in career)


def acquaintances(reader: Reader, contact_id: int) -> list[Acquaintance]:
    """Return who knows a contact, sure ones first: by a tie, or by a place that both were at.

    A tie to somebody else of the same name may be to the same person.
    """
    contact = contact_by_id(reader, contact_id)
    return [] if contact is None else known(reader, [contact])[contact_id]


def known(reader: Reader, contacts: Sequence[ContactRecord]) -> dict[int, list[Acquaintance]]:
    """Return who knows each of these contacts, by their number."""
    colleagues = [each for each in team(reader) if each.places]
    others = _namesakes(reader, contacts)
    ties = _ties(reader, {c.id for c in contacts}.union(*others.values()))

    @cache  # most people of a company have no other career than that
    def shared(career: tuple[Place, ...]) -> list[Acquaintance]:
        return [a for each in colleagues for a in shared_places(_called(career), each)]

    return {
        each.id: people.acquaintances(
            shared(each.career) if colleagues else (),
            ties[each.id],
            [tie for other in others.get(each.id, ()) for tie in ties[other]],
        )
        for each in contacts
    }


def _namesakes(reader: Reader, contacts: Sequence[ContactRecord]) -> dict[int, list[int]]:
    """Return others whom somebody knows, for those contacts who may be called the same."""
    tied: dict[str, set[int]] = defaultdict(set)
    for number, name, key in reader.rows(TIED):
        for form in (*(key or "").split(), *matching.other_orders(name or "")):
            tied[form].add(number)
    if not tied:
        return {}
    listed = json.dumps([each.id for each in contacts])
    found = {}
    for number, key in reader.rows(NAME_KEYS, contacts=listed):
        others = {other for form in (key or "").split() for other in tied.get(form, ())} - {number}
        if others:
            found[number] = sorted(others)
    return found


def _ties(reader: Reader, numbers: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Return who is tied to each of these contacts, the manager first, and how."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for contact, _, who, how in reader.rows(TIES, contacts=json.dumps([*numbers])):
        found[contact].append((who, how))
    return found


def known_newcomers(
    reader: Reader, filters: Filters, since: datetime
) -> list[tuple[int, str, str | None, int]]:
    """Return who came to an open deal since then and is surely known: deal, name, owner, who."""
    places = {p.name for each in members(reader) for p in each.places}
    whole_names = [matching.whole(form) for place in places for form in forms(place)]
    given = {"since": seconds(since), "places": json.dumps(whole_names), **filtered(filters)}
    return list(reader.rows(narrowed(JOINED, filters), **given))


def tie_of(reader: Reader, contact_id: int, member_id: int) -> str | None:
    """Return how a member is said to know a contact, if they do."""
    ties = reader.rows(TIES, contacts=json.dumps([contact_id]))
    return next((relation for _, number, _, relation in ties if number == member_id), None)


def who(reader: Reader, word: str) -> list[Known]:
    """Return who knows the people of that name or number, or at that company or school.

    Of somebody on the team, where they were and whom they know.

    Sure ones come first, then as the team stands, the manager before the others.
    """
    numbered = contact_by_id(reader, number_said(word))
    found = asked_about(reader, word) if numbered is None else {numbered.id: True}
    rows = list(_of_contacts(reader, found))
    if numbered is None:
        rows += [*_colleagues(reader, word), *_of_members(reader, word)]
    places = {each.name: place for place, each in enumerate(team(reader))}
    last = len(places)
    return sorted(
        rows, key=lambda r: (r.person is None, not r.sure, places.get(r.person or "", last))
    )


def _of_contacts(reader: Reader, found: dict[int, bool]) -> Iterator[Known]:
    """Yield who knows these contacts; nobody, for one whom nobody knows."""
    contacts = records(reader, found)
    met: dict[int, list[Acquaintance]] = defaultdict(list)
    for contact, name, count, last in reader.rows(MET, contacts=json.dumps([*found])):
        relation = plural(
            count, "in touch {n} time, last {last}", "in touch {n} times, last {last}", last=last
        )
        met[contact].append(Acquaintance(name, relation, sure=True))
    knows = known(reader, contacts)
    for each in contacts:
        exact, about = found[each.id], (each.name, each.company, each.title)
        for person, relation, sure in (*knows[each.id], *met[each.id]):
            yield Known(person, relation, *about, sure and exact, each.id)
        if not knows[each.id] and not met[each.id]:
            yield Known(None, None, *about, exact, each.id)


def _colleagues(reader: Reader, word: str) -> Iterator[Known]:
    """Yield who on the team was at that company or school themselves."""
    for colleague in team(reader):
        for place, name in colleague.places:
            match = same(word, name)
            if match is not False:
                yield _was_at(colleague, place, sure=bool(match))


def _of_members(reader: Reader, word: str) -> Iterator[Known]:
    """Yield where a member of that name was, and whom they know."""
    for colleague in team(reader):
        if same(word, colleague.name) is not False:
            yield Known(
                colleague.name, said("on the team"), None, None, None, sure=True, contact_id=None
            )
            for place, _ in colleague.places:
                yield _was_at(colleague, place, sure=True)
            relations = dict(reader.rows(KNOWN_TO, member=colleague.id))
            for each in records(reader, relations):
                told = (relations[each.id], each.name, each.company, each.title)
                yield Known(colleague.name, *told, sure=True, contact_id=each.id)


def _was_at(colleague: Colleague, place: Place, *, sure: bool) -> Known:
    return Known(colleague.name, place.was_at, None, None, None, sure, None)
