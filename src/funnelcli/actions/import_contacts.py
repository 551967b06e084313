"""Contacts from a table, with what they are on deals; the same table twice changes nothing.

A table tells no dates, so what is new counts from the import on.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.actions.importing import Imported, deal_number
from funnelcli.actions.tables import Faults, Header
from funnelcli.domain.people import Role, Stance
from funnelcli.domain.text import clean, fold
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.reading import imported
from funnelcli.store.reading.contacts import contacts, roles
from funnelcli.store.script import forms
from funnelcli.store.terms import Trait

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funnelcli.actions.importing import Rows
    from funnelcli.store.session import Work

HEADER = Header(
    required=frozenset(("name",)),
    known=frozenset(("name", "company", "title", "deal", "role", "stance")),
)


class _Known(NamedTuple):
    """A contact as the file, or an earlier row, has them."""

    id: int
    company: str | None
    title: str | None

    def at(self, company: str | None) -> bool:
        """Tell whether they are at that company; a blank one may be any."""
        if company is None or self.company is None:
            return company is self.company
        return forms(company)[:1] == forms(self.company)[:1]


class _Line(NamedTuple):
    """One row, read."""

    name: str
    company: str | None
    title: str | None
    deal: int | None
    role: str | None
    stance: str | None


def run(work: Work, rows: Rows, *, create: bool) -> Imported:
    """Import contacts; a blank is not known, and changes nothing that is."""
    del create  # nobody of the team is named in this table
    faults = Faults()
    numbers, _ = imported.deal_numbers(work.reading)
    people, new, changed, same = _People(work), 0, 0, 0
    for number, row in rows:
        line = _read(faults, number, row, numbers)
        if line is None:
            continue
        with faults.at(number, "name"):
            before = people.counted
            fresh = people.take(line)
            new += fresh
            changed += not fresh and people.counted > before
            same += not fresh and people.counted == before
    faults.raise_if_any()
    people.state()
    return Imported("contact", new, changed, same)


def _read(
    faults: Faults, number: int, row: dict[str, str], numbers: dict[str, int]
) -> _Line | None:
    """Return the row as values; None where a fault was found."""
    found: dict[str, Any] = {}
    before = len(faults.found)
    for column, read in (
        ("name", lambda w: clean(w, "name")),
        ("company", lambda w: clean(w, "company") if w else None),
        ("title", lambda w: clean(w, "title") if w else None),
        ("deal", lambda w: deal_number(numbers, w) if w else None),
        ("role", lambda w: _word(Role, w, "role")),
        ("stance", lambda w: _word(Stance, w, "stance")),
    ):
        with faults.at(number, column):
            found[column] = read(row.get(column, ""))
    if len(faults.found) > before:
        return None
    line = _Line(**found)
    if line.deal is None and (line.role or line.stance):
        with faults.at(number, "deal"):
            message = "A role or a stance needs a deal."
            raise UsageFault(message)
    return line if len(faults.found) == before else None


def _word(words: type[Role | Stance], word: str, what: str) -> str | None:
    if not word:
        return None
    try:
        return str(words(fold(word)))
    except ValueError as error:
        message = f"{word!r} is no {what}; it is {', '.join(words)}."
        raise UsageFault(message) from error


class _People:
    """The contacts that are there and those that the table adds; what it says is stated at once."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.by_name: dict[str, list[_Known]] = defaultdict(list)
        self.there = {(r.deal_id, r.contact_id): (r.role, r.stance) for r in roles(work.reading)}
        self.rows: list[dict[str, Any]] = []
        self.facts: list[dict[str, Any]] = []
        self.on_deals: list[dict[str, Any]] = []
        self.highest = imported.highest_contact(work.reading)
        for each in contacts(work.reading):
            self._know(forms(each.name), _Known(each.id, each.company, each.title))

    @property
    def counted(self) -> int:
        """How many facts are to be stated."""
        return len(self.facts) + len(self.on_deals)

    def _know(self, called: Iterable[str], known: _Known) -> None:
        for form in called:
            self.by_name[form].append(known)

    def take(self, line: _Line) -> bool:
        """Have a row's contact be known; return whether they are new. Raises Refused if unclear."""
        called = forms(line.name)
        known = self._find(called[0] if called else line.name, line)
        fresh = known is None
        if known is None:
            self.highest += 1
            known = _Known(self.highest, line.company, line.title)
            self._know(called, known)
            self.rows.append({"id": known.id})
            self._fact(known.id, line, Trait.ADDED | Trait.NAME | Trait.COMPANY | Trait.TITLE)
        elif line.title is not None and line.title != known.title:
            self._fact(known.id, line, Trait.TITLE, changed=True)
            for form in called:
                self.by_name[form] = [
                    each._replace(title=line.title) if each.id == known.id else each
                    for each in self.by_name[form]
                ]
        if line.deal is not None:
            self._join(line.deal, known.id, line)
        return fresh

    def _find(self, form: str, line: _Line) -> _Known | None:
        namesakes = self.by_name.get(form, [])
        found = [each for each in namesakes if each.at(line.company)]
        if not found and line.company is None and len(namesakes) == 1:
            return namesakes[0]
        if len(found) > 1:
            listed = ", ".join(str(each.id) for each in found)
            message = (
                f"{line.name!r} may be any of the contacts {listed}; say which by their company."
            )
            raise Refused(message)
        return found[0] if found else None

    def _fact(self, number: int, line: _Line, terms: Trait, *, changed: bool = False) -> None:
        self.facts.append(
            {
                "contact_id": number,
                "effective_at": self.work.now if changed else None,
                "recorded_at": self.work.now,
                "terms": int(terms),
                "name": line.name if terms & Trait.NAME else None,
                "company": line.company if terms & Trait.COMPANY else None,
                "title": line.title if terms & Trait.TITLE else None,
            }
        )

    def _join(self, deal: int, contact: int, line: _Line) -> None:
        before = self.there.get((deal, contact))
        role, stance = before or (None, str(Stance.UNKNOWN))
        now = (line.role or role, line.stance or stance)
        if now == before:
            return
        self.there[deal, contact] = now
        self.on_deals.append(
            {
                "deal_id": deal,
                "contact_id": contact,
                "effective_at": None if before is None else self.work.now,
                "recorded_at": self.work.now,
                "role": now[0],
                "stance": now[1],
                "stance_on": None,
                "ended": False,
            }
        )

    def state(self) -> None:
        """State all that was taken."""
        self.work.insert("contact", self.rows)
        self.work.facts("contact_fact", self.facts)
        self.work.facts("deal_role", self.on_deals)
