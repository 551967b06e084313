"""The bridge from one open amount to another: what came in, what went, what changed, deal by deal.

Every deal stands somewhere at both ends, and where it stands decides which components it belongs
to; so the start and all components add up to the end.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from funnelcli.wording import marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = TypeVar("Row", bound=tuple[Any, ...])
Other = TypeVar("Other", bound=tuple[Any, ...])


class State(StrEnum):
    """How a deal stands at one end; what is closed and archived as well was closed first."""

    OPEN = marked("open")
    HELD = marked("held")
    WON = marked("won")
    LOST = marked("lost")
    ARCHIVED = marked("archived")


class Kind(StrEnum):
    """What a row tells: the components of the bridge in their order, then the movements."""

    NEW = "new"
    REOPENED = "reopened"
    RESUMED = "resumed"
    INCREASED = "increased"
    MOVED_IN = "moved_in"
    DECREASED = "decreased"
    WON = "won"
    LOST = "lost"
    HELD = "held"
    ARCHIVED = "archived"
    MOVED_OUT = "moved_out"
    STAGE = "stage"
    CLOSE = "close"
    CLAIM = "claim"
    CONTACT = "contact"


MOVEMENTS = (Kind.STAGE, Kind.CLOSE, Kind.CLAIM, Kind.CONTACT)
COMPONENTS = tuple(kind for kind in Kind if kind not in MOVEMENTS)
ELSEWHERE = marked("elsewhere")
"""Where a deal is that exists, but that the filters leave out."""
TAKEN_BACK = marked("taken back")
"""What became of a deal whose adding was undone."""
_ENTERED = {
    State.HELD: Kind.RESUMED,
    State.WON: Kind.REOPENED,
    State.LOST: Kind.REOPENED,
    State.ARCHIVED: Kind.REOPENED,
}
_LEFT = {
    State.HELD: Kind.HELD,
    State.WON: Kind.WON,
    State.LOST: Kind.LOST,
    State.ARCHIVED: Kind.ARCHIVED,
}
_ORDER = {kind: place for place, kind in enumerate(Kind)}


class Standing(NamedTuple):
    """A deal at one end; `inside` says whether the filters let it through.

    The amount is in minor units, the expected close an ISO date, the claim in percent.
    """

    id: int
    state: State
    inside: bool
    amount: int | None
    name: str
    stage_id: int
    expected_close: str | None
    claim: int | None

    @property
    def counted(self) -> bool:
        """Whether its amount is in the open amount."""
        return self.state == State.OPEN and bool(self.inside)

    @property
    def where(self) -> str:
        """How it stands, as a row tells it."""
        return State(self.state) if self.inside else ELSEWHERE


class Place(NamedTuple):
    """A stage as a movement names it."""

    pipeline: str
    title: str
    position: int

    @property
    def whole(self) -> str:
        """Its title behind the name of its pipeline."""
        return f"{self.pipeline}: {self.title}"


class Moved(NamedTuple):
    """One row: what became of a deal, from what to what.

    `was` and `now` are amounts in minor units where the amount changed, and words where the deal
    came or went: states, or None before it was there. Of movements they are stages, ISO dates,
    percents or people. `amount` is what the deal is worth at the end, or was worth last, and `back`
    tells a move to an earlier stage.
    """

    kind: Kind
    deal_id: int
    deal: str
    was: Any
    now: Any
    amount_change: int | None = None
    amount: int | None = None
    back: bool = False


class Sum(NamedTuple):
    """So many deals, and their amount in minor units, unknown ones counted as nothing."""

    deals: int
    amount: int


class Bridge(NamedTuple):
    """The open amounts at both ends, what each component adds, and the rows behind it, in order.

    What went is below zero, so that the start and all components add up to the end.
    """

    start: Sum
    end: Sum
    parts: Mapping[Kind, Sum]
    crossings: list[Moved]
    movements: list[Moved]

    @property
    def amount_unknown(self) -> int:
        """How many of its deals came or went without a known amount."""
        return len({row.deal_id for row in self.crossings if row.amount_change is None})


def paired(
    before: Iterator[Row], after: Iterator[Other]
) -> Iterator[tuple[Row | None, Other | None]]:
    """Yield the rows of two streams under the number that each begins with, in order of numbers.

    None stands where one of the streams has no such number. Nothing is kept.
    """
    was, now = next(before, None), next(after, None)
    while was is not None or now is not None:
        if now is None or (was is not None and was[0] < now[0]):
            yield was, None
            was = next(before, None)
        elif was is None or now[0] < was[0]:
            yield None, now
            now = next(after, None)
        else:
            yield was, now
            was, now = next(before, None), next(after, None)


def bridge(
    pairs: Iterable[tuple[tuple[Any, ...] | None, tuple[Any, ...] | None]],
    places: Mapping[int, Place],
    contacts: Iterable[Moved] = (),
) -> Bridge:
    """Return the bridge between two ends, of pairs of rows in the order of a Standing's fields.

    A deal that stands as it stood is counted and dropped at once. `contacts` are rows about people,
    which belong to the movements.
    """
    crossings, movements = list[Moved](), list(contacts)
    deals, amounts = [0, 0], [0, 0]
    for pair in pairs:
        for place, row in enumerate(pair):
            if row is not None and row[_STATE] == State.OPEN and row[_INSIDE]:
                deals[place] += 1
                amounts[place] += row[_AMOUNT] or 0
        if pair[0] != pair[1]:
            was, now = (None if row is None else Standing._make(row) for row in pair)
            crossings += crossed(was, now)
            movements += moved(was, now, places)
    crossings.sort(key=_size)
    movements.sort(key=lambda row: (row.deal_id, _ORDER[row.kind]))
    start, end = (Sum(*each) for each in zip(deals, amounts, strict=True))
    return Bridge(start, end, _parts(crossings), crossings, movements)


_STATE, _INSIDE, _AMOUNT = map(Standing._fields.index, ("state", "inside", "amount"))


def _parts(crossings: Iterable[Moved]) -> dict[Kind, Sum]:
    deals, amounts = Counter[Kind](), Counter[Kind]()
    for row in crossings:
        deals[row.kind] += 1
        amounts[row.kind] += row.amount_change or 0
    return {kind: Sum(deals[kind], amounts[kind]) for kind in COMPONENTS}


def _size(row: Moved) -> tuple[Any, ...]:
    """Return where a row stands in the bridge: by component, the largest first, unknown last."""
    change = row.amount_change
    return (_ORDER[row.kind], change is None, -abs(change or 0), row.deal_id)


def crossed(was: Standing | None, now: Standing | None) -> list[Moved]:
    """Return the rows of the bridge that a deal makes between two ends; None where it is not there.

    One that was open in between at most came and went, and both rows are told.
    """
    before, after = was is not None and was.counted, now is not None and now.counted
    if before and after and was is not None and now is not None:
        return _changed(was, now)
    if after and now is not None:
        return [_entering(was, now)]
    if before and was is not None:
        return [_leaving(was, now)]
    if now is None:
        passed = was if was is not None and was.inside else None
    else:
        passed = now if now.inside and (was is None or was.state != now.state) else None
    if passed is None:
        return []
    return [_entering(was, passed), _leaving(passed, now)]


def _changed(was: Standing, now: Standing) -> list[Moved]:
    change = (now.amount or 0) - (was.amount or 0)
    if not change:
        return []
    kind = Kind.INCREASED if change > 0 else Kind.DECREASED
    return [Moved(kind, now.id, now.name, was.amount, now.amount, change, now.amount)]


def _entering(was: Standing | None, now: Standing) -> Moved:
    if was is None:
        return Moved(Kind.NEW, now.id, now.name, None, State.OPEN, now.amount, now.amount)
    kind = _ENTERED[was.state] if was.inside else Kind.MOVED_IN
    return Moved(kind, now.id, now.name, was.where, State.OPEN, now.amount, now.amount)


def _leaving(was: Standing, now: Standing | None) -> Moved:
    if now is None:
        kind, after = Kind.ARCHIVED, TAKEN_BACK
    else:
        kind, after = _LEFT[now.state] if now.inside else Kind.MOVED_OUT, now.where
    name, amount = (was.name, was.amount) if now is None else (now.name, now.amount)
    change = None if was.amount is None else -was.amount
    return Moved(kind, was.id, name, State.OPEN, after, change, amount)


def moved(
    was: Standing | None, now: Standing | None, places: Mapping[int, Place]
) -> Iterator[Moved]:
    """Yield how a deal moved that is there at the end; one that is new has not, but may be claimed.

    A stage is named with its pipeline where that changed.
    """
    if now is None or not now.inside:
        return
    if was is not None and was.stage_id != now.stage_id:
        left, reached = places[was.stage_id], places[now.stage_id]
        same = left.pipeline == reached.pipeline
        gone, title = (each.title if same else each.whole for each in (left, reached))
        back = same and reached.position < left.position
        yield Moved(Kind.STAGE, now.id, now.name, gone, title, back=back)
    if was is not None and was.expected_close != now.expected_close:
        yield Moved(Kind.CLOSE, now.id, now.name, was.expected_close, now.expected_close)
    claimed = None if was is None else was.claim
    if claimed != now.claim:
        yield Moved(Kind.CLAIM, now.id, now.name, claimed, now.claim)
