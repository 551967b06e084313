"""Log entries from a table; the same entry is never logged twice."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from funnelcli.actions.cells import Cells, Memory, Words, batches, text
from funnelcli.actions.importing import (
    Days,
    Imported,
    People,
    deal_numbers,
)
from funnelcli.actions.logs import claimed
from funnelcli.actions.tables import Header
from funnelcli.domain.model import LogKind
from funnelcli.domain.text import TEXT_LENGTH, clean, fold, shown
from funnelcli.domain.time import day_at, seconds
from funnelcli.errors import UsageFault
from funnelcli.store.aside import Kept, aside
from funnelcli.store.reading import imported
from funnelcli.store.reading.contacts import called, roles
from funnelcli.store.script import forms
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.actions.faults import Faults
    from funnelcli.actions.tables import Table
    from funnelcli.store.session import Work

HEADER = Header(
    kind="logs",
    key="deal",
    required=frozenset(("deal", "at", "text")),
    known=frozenset(("deal", "at", "by", "kind", "text", "with", "claim")),
    dates=frozenset(("at",)),
)


def run(work: Work, table: Table, faults: Faults, *, create: bool) -> Imported:
    """Import log entries of deals that are there; a blank kind is a note, a blank `by` nobody."""
    people, new, same = People(work, create), 0, 0
    with aside(work.reading.connection) as kept:
        for batch in batches(_rows(work, table, faults, people)):
            kept.put(batch)
        contacts = _Contacts(work)
        for group in batches(kept.by_deal()):
            if faults.fatal:
                break
            fresh = _not_logged(work, group)
            work.state("log", [_log(work, row, contacts) for row in fresh])
            new += len(fresh)
            same += sum(len(rows) for _, rows in group) - len(fresh)
    return Imported("log", new, 0, same, people=tuple(people.added))


def _rows(work: Work, table: Table, faults: Faults, people: People) -> Iterator[Kept]:
    """Yield the rows understood; those with faults are kept there."""
    cells = Cells(
        table,
        faults,
        {
            "deal": Words(str),
            "at": Days(work, table).instants("at"),
            "by": people.reader(),
            "kind": Memory(_kind),
            "text": Words(lambda word: clean(word, said("text"), limit=TEXT_LENGTH)),
            "with": Memory(text(said("contact's name"))),
            "claim": Memory(lambda word: claimed(word) if word else None),
        },
    )
    for batch in cells.batches():
        for row, (deal, at, by, *rest) in deal_numbers(work, faults, batch, 0):
            yield Kept(deal, 0, row.number, [seconds(at), people.meant(by), *rest])


def _not_logged(work: Work, group: list[tuple[int, list[Kept]]]) -> list[Kept]:
    """Return the entries that are not there yet; a row that stands twice is logged twice."""
    there = imported.logged(work.reading, [deal for deal, _ in group])
    fresh = []
    for deal, rows in group:
        for row in rows:
            at, by, kind, said, *_ = row.said
            key = (deal, at, kind, by, said)
            if there.get(key, 0) > 0:
                there[key] -= 1
            else:
                fresh.append(row)
    return fresh


class _Contacts:
    """The contacts by the forms of their names, and who of them is or was on which deal."""

    def __init__(self, work: Work) -> None:
        self.reader = work.reading

    @cached_property
    def named(self) -> dict[str, dict[int, str]]:
        """By form of a name the contacts who are called so."""
        found: dict[str, dict[int, str]] = defaultdict(dict)
        for number, name, key in called(self.reader):
            for form in key:
                found[form][number] = name
        return found

    @cached_property
    def there(self) -> set[tuple[int, int]]:
        """The deals and contacts of every role that there is or was."""
        return {(role.deal_id, role.contact_id) for role in roles(self.reader, ended=True)}

    def meant(self, deal: int, word: str) -> dict[str, Any]:
        """Return the columns that tell who is meant; by name alone if that is nobody's, or many's.

        Those on the deal go first.
        """
        found = next((self.named[form] for form in forms(word) if form in self.named), {})
        there = [number for number in found if (deal, number) in self.there] or [*found]
        if len(there) != 1:
            return {"with_whom": word}
        return {"with_whom": found[there[0]], "with_id": there[0]}


def _log(work: Work, row: Kept, contacts: _Contacts) -> dict[str, Any]:
    at, by, kind, said, whom, claim = row.said
    return {
        "deal_id": row.deal,
        "effective_at": at,
        "recorded_at": at,
        "by_id": by,
        "happened_on": day_at(at, work.zone).isoformat(),
        "kind": kind,
        "text": said,
        "touch": LogKind(kind).touches(answered=False),
        "answered": False,
        "by_them": False,
        "ask": False,
        "with_whom": None,
        "with_id": None,
        **(contacts.meant(row.deal, whom) if whom else {}),
        "claim": claim,
    }


def _kind(word: str) -> LogKind:
    try:
        return LogKind(fold(word) or "note")
    except ValueError as error:
        message = said(
            "{word} is no kind of log; it is {words}.",
            word=shown(word),
            words=", ".join(LogKind),
        )
        raise UsageFault(message) from error
