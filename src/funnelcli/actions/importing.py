"""What every import shares: its outcome, the people it names, and how a cell is read.

What is unknown stays unknown. Imported facts count as known when they happened, so that the
imported past unfolds under --as-of; when they were entered here stands on their operation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from funnelcli.domain.text import clean, fold, plural
from funnelcli.domain.time import FIRST_YEAR, LAST_YEAR, parse_instant
from funnelcli.errors import NotFound, UsageFault
from funnelcli.store.reading.people import members

if TYPE_CHECKING:
    from funnelcli.store.session import Work


class Imported(NamedTuple):
    """What an import did."""

    what: str
    new: int
    changed: int
    same: int
    told: str = ""

    @property
    def sentence(self) -> str:
        """Say it in one line; what else is `told` comes after it."""
        counted = f"{self.new:,} new, {self.changed:,} changed, {self.same:,} as before"
        total = self.new + self.changed + self.same
        said = f"Imported {plural(total, self.what, _PLURALS[self.what])}: {counted}."
        return f"{said} {self.told}" if self.told else said


Rows: TypeAlias = Iterable[tuple[int, dict[str, str]]]
"""Numbered rows of text cells."""
_PLURALS = {"deal": "deals", "stage entry": "stage entries", "log": "logs", "contact": "contacts"}


@dataclass
class People:
    """Members by folded name; unknown ones are created, if that is wished, or are a fault."""

    work: Work
    create: bool
    known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the team once."""
        self.known = {fold(m.name): m.id for m in members(self.work.reading)}

    def number(self, word: str) -> int | None:
        """Return the number of the member called `word`, None for a blank; raises NotFound."""
        if not word:
            return None
        key = fold(word)
        if key not in self.known:
            self.known[key] = self._create(word)
        return self.known[key]

    def _create(self, word: str) -> int:
        if not self.create:
            message = f"{word!r} is nobody on the team; add them, or use --create-missing."
            raise NotFound(message)
        return int(self.work.add("member", name=clean(word, "name")).id)


def day(word: str) -> date:
    """Return the date of a cell, YYYY-MM-DD; raises UsageFault."""
    try:
        found = date.fromisoformat(word)
    except ValueError:
        found = None
    if found is None or found.isoformat() != word or not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"{word!r} is not a date; write YYYY-MM-DD."
        raise UsageFault(message)
    return found


def instant(work: Work, word: str) -> datetime:
    """Return the instant of a cell: ISO 8601, local if it names no zone; a date is its midnight."""
    try:
        found = parse_instant(word, work.zone)
    except ValueError as error:
        message = f"{word!r} is not an instant; write 2026-11-23T09:00:00Z or a date."
        raise UsageFault(message) from error
    if found > work.now:
        message = f"{word!r} is still to come."
        raise UsageFault(message)
    return found.replace(microsecond=0)


def deal_number(numbers: dict[str, int], word: str) -> int:
    """Return the number of the deal with that id at the source; raises NotFound."""
    if word not in numbers:
        message = f"{word!r} is the id of no deal; import the deals first."
        raise NotFound(message)
    return numbers[word]
