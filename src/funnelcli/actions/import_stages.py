"""Stage histories from a table; `won` and `lost` close a deal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from funnelcli.actions.importing import Imported, People, deal_number, instant
from funnelcli.actions.tables import Faults, Header
from funnelcli.domain.text import fold
from funnelcli.errors import Refused
from funnelcli.store.reading import imported
from funnelcli.store.reading.process import process

if TYPE_CHECKING:
    from datetime import datetime

    from funnelcli.actions.importing import Rows
    from funnelcli.domain.pipeline import Pipeline, Stage
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
    numbers, known = imported.deal_numbers(work.reading), process(work.reading)
    where = imported.places(work.reading)
    moves: dict[int, list[tuple[datetime, int, Stage | str, int | None]]] = {}
    for number, row in rows:
        with faults.at(number, "deal"):
            deal = deal_number(numbers, row["deal"])
            pipeline, _ = known.by_stage[where[deal]]
            with faults.at(number, "stage"):
                what = _stage_or_outcome(pipeline, row["stage"])
                with faults.at(number, "at"):
                    at = instant(work, row["at"])
                    with faults.at(number, "by"):
                        by = people.number(row.get("by", ""))
                        moves.setdefault(deal, []).append((at, number, what, by))
    faults.raise_if_any()
    had, ended = imported.entries(work.reading), imported.outcomes(work.reading)
    history = _History()
    for deal, moved in moves.items():
        pipeline, _ = known.by_stage[where[deal]]
        with faults.at(moved[0][1]):
            history.add(deal, pipeline, sorted(moved, key=lambda m: m[:2]), had, ended)
    faults.raise_if_any()
    history.write(work)
    return Imported("stage entry", history.new, 0, history.same)


def _stage_or_outcome(pipeline: Pipeline, word: str) -> Stage | str:
    if pipeline.has_stage(word):
        return pipeline.stage(word)
    if pipeline.means_won(word):
        return "won"
    if fold(word) in ("lost", fold(pipeline.lost)):
        return "lost"
    return pipeline.stage(word)


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
        pipeline: Pipeline,
        moves: list[tuple[datetime, int, Stage | str, int | None]],
        had: dict[int, list[imported.Known]],
        ended: dict[int, list[imported.Known]],
    ) -> None:
        """Add one deal's moves, in order of time; raises Refused where outcomes disagree."""
        entries = had.get(deal, [])
        outcomes = ended.get(deal, [])
        there = Counter((e.what, e.at) for e in [*entries, *outcomes] if e.command != COMMAND)
        if any(not isinstance(what, str) for _, _, what, _ in moves):
            placed = [(e.id, deal) for e in entries if e.command == COMMAND]
            self.replaced["stage_entry"] += placed
        position, closed = -1, False
        for at, _, what, by in moves:
            key = what if isinstance(what, str) else what.id or 0
            repeated = there[(key, at)] > 0
            there[(key, at)] -= repeated
            self.same += repeated
            self.new += not repeated
            if isinstance(what, str):
                closed = True
                if not repeated:
                    self._close(deal, what, at, outcomes)
                continue
            if not repeated:
                if closed:
                    self.outcomes.append(_closing(deal, at, "reopened", None))
                kind = "back" if pipeline.position(what) < position else "entered"
                entry = {"deal_id": deal, "effective_at": at, "recorded_at": at, "by_id": by}
                self.entries.append({**entry, "stage_id": what.id, "kind": kind})
            position, closed = pipeline.position(what), False

    def _close(self, deal: int, outcome: str, at: datetime, outcomes: list[imported.Known]) -> None:
        reason = None
        for each in outcomes:
            if each.command != COMMAND:
                continue
            if each.what != outcome:
                message = f"the history ends in {outcome}, and the deal was imported {each.what}."
                raise Refused(message)
            self.replaced["outcome"].append((each.id, deal))
            reason = each.detail
        self.outcomes.append(_closing(deal, at, outcome, reason))

    def write(self, work: Work) -> None:
        """State what is new, and retract what it replaces as if it had never been known."""
        for table, pairs in self.replaced.items():
            if pairs:
                ids, of = zip(*pairs, strict=True)
                work.retract(table, ids, of, as_if_never=True)
        work.facts("stage_entry", self.entries)
        work.facts("outcome", self.outcomes)


def _closing(deal: int, at: datetime, outcome: str, reason: str | None) -> dict[str, Any]:
    return {
        "deal_id": deal,
        "effective_at": at,
        "recorded_at": at,
        "outcome": outcome,
        "reason": reason,
    }
