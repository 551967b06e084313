"""Stage histories from a table; `won` and `lost` close a deal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.actions.importing import Imported, People, deal_number, instant
from funnelcli.actions.pipelines import append_stage
from funnelcli.actions.tables import Faults, Header
from funnelcli.domain.text import fold
from funnelcli.errors import Refused
from funnelcli.store.reading import imported
from funnelcli.store.reading.process import process

if TYPE_CHECKING:
    from datetime import datetime

    from funnelcli.actions.importing import Rows
    from funnelcli.store.session import Work

HEADER = Header(
    required=frozenset(("deal", "stage", "at")),
    known=frozenset(("deal", "stage", "at", "by")),
)
COMMAND = "import deals"
"""What places a deal for want of a history."""


def run(work: Work, rows: Rows, *, create: bool) -> Imported:
    """Import stage histories of deals that are there; `won` and `lost` close them.

    A place that a deals table gave a deal, for want of a history, gives way to the history.
    """
    faults, people = Faults(), People(work, create)
    (numbers, _), known = imported.deal_numbers(work.reading), process(work.reading)
    where = imported.places(work.reading)
    moves: dict[int, list[tuple[int, _Move]]] = {}
    meant: dict[tuple[str, str], int | str] = {}
    for number, row in rows:
        with faults.at(number, "deal"):
            deal = deal_number(numbers, row["deal"])
            pipeline, _ = known.by_stage[where[deal]]
            with faults.at(number, "stage"):
                key = (pipeline.name, row["stage"])
                if key not in meant:
                    meant[key] = _stage_or_outcome(work, *key, create=create)
                what = meant[key]
                with faults.at(number, "at"):
                    at = instant(work, row["at"])
                    with faults.at(number, "by"):
                        by = people.number(row.get("by", ""))
                        moves.setdefault(deal, []).append((number, _Move(at, what, by)))
    faults.raise_if_any()
    had, ended = imported.entries(work.reading), imported.outcomes(work.reading)
    history = _History()
    for deal, rows_of in moves.items():
        moved = sorted((move for _, move in rows_of), key=lambda move: move.at)
        with faults.at(rows_of[0][0]):
            history.add(deal, moved, had.get(deal, []), ended.get(deal, []))
    faults.raise_if_any()
    history.write(work)
    return Imported("stage entry", history.new, 0, history.same)


def _stage_or_outcome(work: Work, name: str, word: str, *, create: bool) -> int | str:
    """Return the number of the pipeline's stage, or the outcome, that a cell names."""
    pipeline = process(work.reading).pipeline(name)
    if not pipeline.has_stage(word):
        if pipeline.means_won(word):
            return "won"
        if fold(word) in ("lost", fold(pipeline.lost)):
            return "lost"
        if create:
            append_stage(work, pipeline, word)
            pipeline = process(work.reading).pipeline(name)
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
        _check_ending(moves, ended)
        if any(move.stage is not None for move in moves):
            self.replaced["stage_entry"] += [(e.id, deal) for e in had if e.command == COMMAND]
        reason = None
        if any(move.stage is None for move in moves):
            bare = [known for known in ended if known.command == COMMAND]
            self.replaced["outcome"] += [(known.id, deal) for known in bare]
            reason = bare[-1].detail if bare else None
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
            stamp = {"deal_id": deal, "effective_at": at, "recorded_at": at, "by_id": move.by}
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
        work.facts("stage_entry", self.entries)
        work.facts("outcome", self.outcomes)


def _check_ending(moves: list[_Move], ended: list[imported.Known]) -> None:
    """Raise Refused if the history ends otherwise than the deal did, here or in its table."""
    endings = [move.what for move in moves if isinstance(move.what, str)]
    closings = [known for known in ended if known.what in ("won", "lost")]
    if endings and closings and closings[-1].what != endings[-1]:
        message = f"the history ends in {endings[-1]}, and the deal is {closings[-1].what}."
        raise Refused(message)
