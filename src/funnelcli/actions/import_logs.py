"""Log entries from a table; the same entry is never logged twice."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from funnelcli.actions.importing import Imported, People, deal_number, instant
from funnelcli.actions.logs import claimed
from funnelcli.actions.tables import Faults, Header
from funnelcli.domain.model import LogKind
from funnelcli.domain.text import TEXT_LENGTH, clean, fold
from funnelcli.domain.time import local_day, seconds
from funnelcli.errors import UsageFault
from funnelcli.store.reading import imported
from funnelcli.store.reading.contacts import called, roles
from funnelcli.store.script import forms

if TYPE_CHECKING:
    from funnelcli.actions.importing import Rows
    from funnelcli.store.session import Work

HEADER = Header(
    required=frozenset(("deal", "at", "text")),
    known=frozenset(("deal", "at", "by", "kind", "text", "with", "claim")),
)


def run(work: Work, rows: Rows, *, create: bool) -> Imported:
    """Import log entries of deals that are there; a blank kind is a note, a blank `by` nobody."""
    faults, people = Faults(), People(work, create)
    numbers, _ = imported.deal_numbers(work.reading)
    found: list[dict[str, Any]] = []
    for number, row in rows:
        entry: dict[str, Any] = {}
        for column, key, read in (
            ("deal", "deal_id", lambda w: deal_number(numbers, w)),
            ("at", "effective_at", lambda w: instant(work, w)),
            ("by", "by_id", people.number),
            ("kind", "kind", _kind),
            ("text", "text", lambda w: clean(w, "text", limit=TEXT_LENGTH)),
            ("with", "with_whom", lambda w: clean(w, "contact's name") if w else None),
            ("claim", "claim", lambda w: claimed(w) if w else None),
        ):
            with faults.at(number, column):
                entry[key] = read(row.get(column, ""))
        found.append(entry)
    faults.raise_if_any()
    fresh, same = _not_logged(work, found)
    contacts = _Contacts(work) if any(entry["with_whom"] for entry in fresh) else None
    work.facts("log", [_log(work, entry, contacts) for entry in fresh])
    return Imported("log", len(fresh), 0, same)


def _not_logged(work: Work, found: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Return the entries that are not there yet; a row that stands twice is logged twice."""
    there: dict[int, dict[tuple[Any, ...], int]] = {}
    fresh, reader = [], work.reading
    for entry in found:
        deal = entry["deal_id"]
        if deal not in there:
            there[deal] = imported.logged(reader, deal)
        at = seconds(entry["effective_at"])
        key = (deal, at, str(entry["kind"]), entry["by_id"], entry["text"])
        if there[deal].get(key, 0) > 0:
            there[deal][key] -= 1
        else:
            fresh.append(entry)
    return fresh, len(found) - len(fresh)


class _Contacts:
    """The contacts by the forms of their names, and who of them is or was on which deal."""

    def __init__(self, work: Work) -> None:
        self.named: dict[str, dict[int, str]] = defaultdict(dict)
        for number, name, key in called(work.reading):
            for form in key:
                self.named[form][number] = name
        self.there = {(r.deal_id, r.contact_id) for r in roles(work.reading, ended=True)}

    def meant(self, deal: int, word: str) -> dict[str, Any]:
        """Return the columns that tell who is meant; by name alone if that is nobody's, or many's.

        Those on the deal go first.
        """
        found = next((self.named[form] for form in forms(word) if form in self.named), {})
        there = [number for number in found if (deal, number) in self.there] or [*found]
        if len(there) != 1:
            return {"with_whom": word}
        return {"with_whom": found[there[0]], "with_id": there[0]}


def _log(work: Work, entry: dict[str, Any], contacts: _Contacts | None) -> dict[str, Any]:
    kind: LogKind = entry["kind"]
    whom = entry["with_whom"]
    return {
        **entry,
        "with_id": None,
        **(contacts.meant(entry["deal_id"], whom) if contacts and whom else {}),
        "kind": str(kind),
        "recorded_at": entry["effective_at"],
        "happened_on": local_day(entry["effective_at"], work.zone),
        "touch": kind.touches(answered=False),
    }


def _kind(word: str) -> LogKind:
    try:
        return LogKind(fold(word) or "note")
    except ValueError as error:
        message = f"{word!r} is no kind of log; it is {', '.join(LogKind)}."
        raise UsageFault(message) from error
