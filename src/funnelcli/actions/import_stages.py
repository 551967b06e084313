"""Stage histories from a table; `won` and `lost` close a deal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.actions.cells import Cells, Memory, Words, batches
from funnelcli.actions.importing import (
    Days,
    Imported,
    People,
    deal_numbers,
)
from funnelcli.actions.pipelines import append_stage
from funnelcli.actions.tables import Header, Row
from funnelcli.domain.text import fold
from funnelcli.domain.time import instant, local_day, seconds
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.aside import Kept, aside
from funnelcli.store.reading import imported
from funnelcli.store.reading.process import process
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from funnelcli.actions.faults import Faults
    from funnelcli.actions.tables import Table
    from funnelcli.store.session import Work

HEADER = Header(
    kind="stages",
    key="deal",
    required=frozenset(("deal", "stage", "at")),
    known=frozenset(("deal", "stage", "at", "by")),
    dates=frozenset(("at",)),
)
COMMAND = "import deals"
"""What places a deal for want of a history."""


def run(work: Work, table: Table, faults: Faults, *, create: bool) -> Imported:
    """Import stage histories of deals that are there; `won` and `lost` close them.

    A place that a deals table gave a deal, for want of a history, gives way to the history.
    """
    understanding = _Understanding(work, table, faults, create)
    counted = Counter[str]()
    with aside(work.reading.connection) as kept:
        for batch in batches(understanding.rows()):
            kept.put(batch)
        for group in batches(kept.by_deal()):
            if not faults.fatal:
                _state(work, group, faults, counted)
    people, stages = tuple(understanding.people.added), tuple(understanding.added_stages)
    return Imported("stage entry", counted["new"], 0, counted["same"], people=people, stages=stages)


def _state(
    work: Work,
    group: list[tuple[int, list[Kept]]],
    faults: Faults,
    counted: Counter[str],
) -> None:
    """State the histories of some deals; one that contradicts what is there is a fault."""
    deals = [deal for deal, _ in group]
    had, ended = imported.entries(work.reading, deals), imported.outcomes(work.reading, deals)
    history = _History()
    for deal, rows in group:
        moves = [_Move(instant(row.at), *row.said[:2]) for row in rows]
        first = min(row.number for row in rows)
        told = Row(first, [], [record for row in rows for record in row.said[2]])
        with faults.at(told):
            history.add(deal, moves, had.get(deal, []), ended.get(deal, []))
    history.write(work)
    counted.update(new=history.new, same=history.same)


@dataclass
class _Understanding:
    """Turns the cells of a stages table into what they mean."""

    work: Work
    table: Table
    faults: Faults
    create: bool

    def __post_init__(self) -> None:
        """Read the team and the process once."""
        self.people = People(self.work, self.create)
        self.process = process(self.work.reading)
        self.added_stages: list[str] = []
        self.meant: dict[tuple[str, str], int | str] = {}

    def rows(self) -> Iterator[Kept]:
        """Yield the rows understood; those with faults are kept there."""
        cells = Cells(
            self.table,
            self.faults,
            {
                "deal": Words(str),
                "stage": Memory(str),
                "at": Days(self.work, self.table).instants("at"),
                "by": self.people.reader(),
            },
        )
        for batch in cells.batches():
            yield from self._batch(batch)

    def _batch(self, batch: list[tuple[Row, tuple[Any, ...]]]) -> Iterator[Kept]:
        numbered = deal_numbers(self.work, self.faults, batch, 0)
        where = imported.places(self.work.reading, {values[0] for _, values in numbered})
        for row, (deal, word, at, by) in numbered:
            place, opened = where[deal]
            with self.faults.at(row, "stage"):
                what = self._what(place, word)
                closed = local_day(at, self.work.zone)
                if isinstance(what, str) and opened is not None and closed < opened:
                    message = said(
                        "It was {what} on {closed}, before it was opened on {opened}.",
                        what=said(what),
                        closed=closed,
                        opened=opened,
                    )
                    raise UsageFault(message)
                records = row.records if self.faults.rejects else []
                kept = [what, self.people.meant(by), records]
                yield Kept(deal, seconds(at), row.number, kept)

    def _what(self, place: int, word: str) -> int | str:
        """Return the number of the stage, or the outcome, that a cell names."""
        pipeline, _ = self.process.by_stage[place]
        key = (pipeline.name, word)
        if key not in self.meant:
            self.meant[key] = self._meant(*key)
        return self.meant[key]

    def _meant(self, name: str, word: str) -> int | str:
        pipeline = self.process.pipeline(name)
        if not pipeline.has_stage(word):
            if pipeline.means_won(word):
                return "won"
            if fold(word) in ("lost", fold(pipeline.lost)):
                return "lost"
            if self.create and word:
                append_stage(self.work, pipeline, word)
                self.added_stages.append(word)
                self.process = process(self.work.reading)
                pipeline = self.process.pipeline(name)
        return pipeline.stage(word).id or 0


class _Move(NamedTuple):
    """One row understood: when, to which stage's number or outcome, by whom."""

    at: datetime
    what: int | str
    by: int | None = None

    @property
    def stage(self) -> int | None:
        """The stage's number, None for an outcome."""
        return self.what if isinstance(self.what, int) else None


@dataclass
class _History:
    """What a stages table adds, gathered over all deals and written at once."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    replaced: dict[str, list[tuple[int, int]]] = field(
        default_factory=lambda: {"stage_entry": [], "outcome": []}
    )
    new: int = 0
    same: int = 0

    def add(
        self,
        deal: int,
        moves: list[_Move],
        had: list[imported.Known],
        ended: list[imported.Known],
    ) -> None:
        """Add one deal's moves, in order of time; raises Refused where endings disagree."""
        _check_ending(moves, ended)
        kept = [known for known in [*had, *ended] if known.command != COMMAND]
        there = Counter((known.what, known.at) for known in kept)
        fresh = []
        for move in moves:
            same = (move.what, move.at)
            if not there[same] and move.stage is not None:
                same = ("reopened", move.at)
            if there[same]:
                there[same] -= 1
            else:
                fresh.append(move)
        self.new += len(fresh)
        self.same += len(moves) - len(fresh)
        if any(move.stage is not None for move in moves):
            self.replaced["stage_entry"] += [(e.id, deal) for e in had if e.command == COMMAND]
        reason = None
        if any(move.stage is None for move in moves):
            bare = [known for known in ended if known.command == COMMAND]
            self.replaced["outcome"] += [(known.id, deal) for known in bare]
            reason = bare[-1].reason if bare else None
        self._walk(deal, fresh, kept, reason)

    def _walk(
        self, deal: int, fresh: list[_Move], kept: list[imported.Known], reason: str | None
    ) -> None:
        """State the new moves; an arrival after a closing has reopened the deal.

        One in the stage where it was resumes that stay.
        """
        known = [(e.at, 0, _Move(e.at, e.what), False) for e in kept if e.at is not None]
        events = sorted([*known, *((m.at, 1, m, True) for m in fresh)], key=lambda event: event[:2])
        reopened = {known.at for known in kept if known.what == "reopened"}
        closed, where = False, None
        for at, _, move, new in events:
            seen = seconds(at)
            stamp = {"deal_id": deal, "effective_at": seen, "recorded_at": seen, "by_id": move.by}
            if isinstance(move.what, str):
                closed = move.what != "reopened"
                if new:
                    why = reason if move.what == "lost" else None
                    self.outcomes.append({**stamp, "outcome": move.what, "reason": why})
                continue
            if closed and at not in reopened:
                self.outcomes.append({**stamp, "outcome": "reopened", "reason": None})
            resumed, closed, where = closed and move.what == where, False, move.what
            if new and not resumed:
                self.entries.append({**stamp, "stage_id": move.what})

    def write(self, work: Work) -> None:
        """State what is new, and retract what it replaces as if it had never been known."""
        for table, pairs in self.replaced.items():
            if pairs:
                ids, of = zip(*pairs, strict=True)
                work.retract(table, ids, of, as_if_never=True)
        work.state("stage_entry", self.entries)
        work.state("outcome", self.outcomes)


def _check_ending(moves: list[_Move], ended: list[imported.Known]) -> None:
    """Raise Refused if the history ends otherwise than the deal did, here or in its table."""
    endings = [move.what for move in moves if isinstance(move.what, str)]
    closings = [known for known in ended if known.what in ("won", "lost")]
    if endings and closings and closings[-1].what != endings[-1]:
        message = said(
            "the history ends in {ending}, and the deal is {status}.",
            ending=said(endings[-1]),
            status=said(str(closings[-1].what)),
        )
        raise Refused(message)
