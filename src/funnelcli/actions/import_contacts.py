"""Contacts from a table, with what they are on deals; the same table twice changes nothing.

A table tells no dates, so what is new counts from the import on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.actions.cells import Cells, Memory, Words, text
from funnelcli.actions.importing import Imported, deal_numbers
from funnelcli.actions.tables import Header
from funnelcli.domain.people import JOB, Role, Stance
from funnelcli.domain.text import clean, fold, shown
from funnelcli.domain.time import seconds
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.reading import imported
from funnelcli.store.reading.contacts import contacts
from funnelcli.store.reading.stays import introductions
from funnelcli.store.script import forms
from funnelcli.store.terms import Trait
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funnelcli.actions.faults import Faults
    from funnelcli.actions.tables import Row, Table
    from funnelcli.store.session import Work

HEADER = Header(
    kind="contacts",
    key="name",
    required=frozenset(("name",)),
    known=frozenset(("name", "company", "title", "deal", "role", "stance")),
)


AT_ONCE = 1_000
MOST_KNOWN = 3
"""Those whom the team knows that are told by name; the others are counted."""


class _Known(NamedTuple):
    """A contact as the file, or an earlier row, has them: where they are now, and were before."""

    id: int
    name: str
    place: str | None
    former: frozenset[str]


class _Line(NamedTuple):
    """One row, read."""

    name: str
    company: str | None
    title: str | None
    deal: int | None
    role: str | None
    stance: str | None


def run(work: Work, table: Table, faults: Faults, *, create: bool) -> Imported:
    """Import contacts; a blank is not known, and changes nothing that is."""
    del create  # nobody of the team is named in this table
    lines = list(_lines(work, table, faults))
    people, done = _People(work, [line for _, line in lines]), Counter[str]()
    for row, line in lines:
        with faults.at(row):
            done[people.take(line)] += 1
    if not faults.fatal:
        people.state()
    told = _introduced(work, people.stated)
    return Imported("contact", done["new"], done["changed"], done["same"], told)


def _introduced(work: Work, numbers: list[int]) -> str:
    """Say who on the team knows those who were added or put on deals; of many, the first ones."""
    reader, known = work.reading, []
    for start in range(0, len(numbers), AT_ONCE):
        found = introductions(reader, numbers[start : start + AT_ONCE])
        known += [sentence for sentence in found.values() if sentence]
    more = len(known) - MOST_KNOWN
    told = [said("{sentence}.", sentence=each) for each in known[:MOST_KNOWN]]
    if more > 0:
        told.append(said("{n} more are known; see: funnelcli contact list", n=f"{more:,}"))
    return " ".join(told)


def _lines(work: Work, table: Table, faults: Faults) -> Iterator[tuple[Row, _Line]]:
    """Yield the rows understood; those with faults are kept there."""
    cells = Cells(
        table,
        faults,
        {
            "name": Words(lambda word: clean(word, said("name"))),
            "company": Memory(text(said("company"))),
            "title": Memory(text(said("title"))),
            "deal": Words(str),
            "role": Memory(lambda word: _word(Role, word, said("role"))),
            "stance": Memory(lambda word: _word(Stance, word, said("stance"))),
        },
    )
    deal = _Line._fields.index("deal")
    for batch in cells.batches():
        of_deals = [each for each in batch if each[1][deal]]
        numbered = deal_numbers(work, faults, of_deals, deal)
        meant = {id(row): values[deal] for row, values in numbered}
        for row, values in batch:
            line = _Line(*values)._replace(deal=meant.get(id(row)))
            if values[deal] and line.deal is None:
                continue
            if line.deal is None and (line.role or line.stance):
                faults.add(row, UsageFault(said("A role or a stance needs a deal.")), "deal")
                continue
            yield row, line


def _word(words: type[Role | Stance], word: str, what: str) -> str | None:
    if not word:
        return None
    try:
        return str(words(fold(word)))
    except ValueError as error:
        message = said(
            "{word} is no {what}; it is {words}.",
            word=shown(word),
            what=what,
            words=", ".join(words),
        )
        raise UsageFault(message) from error


def _whole(text: str | None) -> str | None:
    """Return the whole form of a name or a company; of one without letters, the text."""
    return None if text is None else next(iter(forms(text)), text)


class _People:
    """The contacts that are there and those that the table adds; what it says is stated at once."""

    def __init__(self, work: Work, lines: Iterable[_Line]) -> None:
        self.work, self.now = work, seconds(work.now)
        self.by_name: dict[str, list[_Known]] = defaultdict(list)
        self.titles: dict[int, str | None] = {}
        self.said: dict[tuple[str, int, int], str] = {}
        self.rows: list[dict[str, Any]] = []
        self.facts: list[dict[str, Any]] = []
        self.on_deals: list[dict[str, Any]] = []
        self.there = imported.roles(work.reading)
        self.highest = self.before = imported.highest_contact(work.reading)
        for each in contacts(work.reading):
            former = {_whole(place.name) or "" for place in each.places if place.kind == JOB}
            self._know(each.name, each.company, each.title, each.id, frozenset(former))
        self.named: dict[str, set[str | None]] = defaultdict(set)
        for line in lines:
            if line.company is not None:
                for form in forms(line.name) or (line.name,):
                    self.named[form].add(_whole(line.company))

    def _know(
        self, name: str, company: str | None, title: str | None, number: int, former: frozenset[str]
    ) -> _Known:
        called = forms(name) or (name,)
        known = _Known(number, called[0], _whole(company), former)
        for form in called:
            self.by_name[form].append(known)
        self.titles[number] = title
        return known

    def take(self, line: _Line) -> str:
        """Have what a row says be known; return `new`, `changed` or `same`.

        Raises Refused if it may mean several, UsageFault if an earlier row says otherwise.
        """
        stated = len(self.facts) + len(self.on_deals)
        place = _whole(line.company)
        known = self._find(line.name, place)
        fresh = known is None
        if known is not None:
            self._check(known, line, place)
        if known is None:
            self.highest += 1
            known = self._know(line.name, line.company, line.title, self.highest, frozenset())
            self.rows.append({"id": known.id})
            self._fact(known.id, line, Trait.ADDED | Trait.NAME | Trait.COMPANY | Trait.TITLE)
        if line.title is not None and place in (None, known.place):
            self.said["title", known.id, 0] = line.title
            if line.title != self.titles[known.id]:
                self.titles[known.id] = line.title
                self._fact(known.id, line, Trait.TITLE, changed=True)
        if line.deal is not None:
            self._join(line.deal, known.id, line)
        if fresh:
            return "new"
        return "changed" if len(self.facts) + len(self.on_deals) > stated else "same"

    def _find(self, name: str, place: str | None) -> _Known | None:
        """Return whom a row means: by name and present company, or else by a former one."""
        form = _whole(name) or name
        namesakes = self.by_name.get(form, [])
        found = [each for each in namesakes if each.place == place]
        if not found and place is None:
            return self._only(form, namesakes)
        found = found or [each for each in namesakes if place in each.former]
        found = [each for each in found if each.name == form] or found
        if len(found) > 1:
            listed = said(", ").join(str(each.id) for each in found)
            message = said(
                "{name!r} may be any of the contacts {contacts}; say which by their company.",
                name=name,
                contacts=listed,
            )
            raise Refused(message)
        return found[0] if found else None

    def _only(self, form: str, namesakes: list[_Known]) -> _Known | None:
        """Return the one of that name in the file, if the table names nobody else so."""
        if len(namesakes) != 1 or namesakes[0].id > self.before:
            return None
        return namesakes[0] if self.named[form] <= {namesakes[0].place} else None

    def _check(self, known: _Known, line: _Line, place: str | None) -> None:
        """Raise UsageFault if an earlier row says otherwise, before anything is taken."""
        stated = [(marked("title"), 0, line.title if place in (None, known.place) else None)]
        if line.deal is not None:
            stated += [
                (marked("role"), line.deal, line.role),
                (marked("stance"), line.deal, line.stance),
            ]
        for what, deal, word in stated:
            before = self.said.get((what, known.id, deal), word)
            if word is not None and before != word:
                message = said(
                    "The {what} is {word!r} here, and {before!r} in an earlier row.",
                    what=said(what),
                    word=word,
                    before=before,
                )
                raise UsageFault(message)

    def _fact(self, number: int, line: _Line, terms: Trait, *, changed: bool = False) -> None:
        self.facts.append(
            {
                "contact_id": number,
                "effective_at": self.now if changed else None,
                "recorded_at": self.now,
                "terms": int(terms),
                "name": line.name if terms & Trait.NAME else None,
                "company": line.company if terms & Trait.COMPANY else None,
                "title": line.title if terms & Trait.TITLE else None,
            }
        )

    def _join(self, deal: int, contact: int, line: _Line) -> None:
        """State what somebody is on a deal; no table brings back who has left it."""
        for what, word in (("role", line.role), ("stance", line.stance)):
            if word is not None:
                self.said[what, contact, deal] = word
        before = self.there.get((deal, contact))
        role, stance, known_on, ended = before or (None, str(Stance.UNKNOWN), None, False)
        new = (line.role or role, line.stance or stance)
        if ended or (before is not None and new == (role, stance)):
            return
        known_on = known_on if new[1] == stance else None
        self.there[deal, contact] = (*new, known_on, False)
        self.on_deals.append(
            {
                "deal_id": deal,
                "contact_id": contact,
                "effective_at": None if before is None else self.now,
                "recorded_at": self.now,
                "role": new[0],
                "stance": new[1],
                "stance_on": None if known_on is None else known_on.isoformat(),
                "ended": False,
            }
        )

    @property
    def stated(self) -> list[int]:
        """The contacts who are new, or new on a deal."""
        joined = (row["contact_id"] for row in self.on_deals)
        return sorted({*(row["id"] for row in self.rows), *joined})

    def state(self) -> None:
        """State all that was taken."""
        self.work.insert("contact", self.rows)
        self.work.state("contact_fact", self.facts)
        self.work.state("deal_role", self.on_deals)
