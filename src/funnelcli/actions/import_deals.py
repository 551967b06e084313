"""Deals from a table: new ones are opened, known ones brought up to their row, conflicts listed."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from funnelcli.actions.cells import Amounts, Cells, Memory, Names, text
from funnelcli.actions.importing import (
    Days,
    Imported,
    People,
    closing,
)
from funnelcli.actions.pipelines import append_stage
from funnelcli.actions.renewing import Known, Renewed, renew
from funnelcli.actions.tables import Header
from funnelcli.domain.text import clean, fold, shown
from funnelcli.domain.time import midnight, seconds
from funnelcli.errors import UsageFault
from funnelcli.store.opening import Opening, indexed_afterwards
from funnelcli.store.reading import imported
from funnelcli.store.reading.process import process
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funnelcli.actions.faults import Faults
    from funnelcli.actions.tables import Row, Table
    from funnelcli.domain.pipeline import Pipeline, Stage
    from funnelcli.store.session import Work

HEADER = Header(
    kind="deals",
    key="id",
    required=frozenset(("id", "name")),
    known=frozenset(
        (
            *("id", "name", "customer", "owner", "pipeline", "stage", "status", "amount"),
            *("currency", "opened_on", "closed_on", "expected_close", "source", "lost_reason"),
            *("stage_entered_on", "closing_amount"),
        )
    ),
    dates=frozenset(("opened_on", "closed_on", "expected_close", "stage_entered_on")),
    amounts=frozenset(("amount", "closing_amount")),
)
"""The canonical header, and two columns more: since when a deal is in its stage, if that is known,
and an amount that became known only when the deal was closed."""


_AHEAD = 2**16
"""Deals for which there is room before they come."""
Line: TypeAlias = "tuple[Row, Opening, bool]"
"""A row understood, and whether it names a stage or is in the first for want of one."""


def run(
    work: Work, table: Table, faults: Faults, *, create: bool, pipeline: str | None = None
) -> Imported:
    """Import deals, in batches; faults are kept, and nothing is written once one is fatal."""
    understanding = _Understanding(work, table, faults, create, pipeline)
    if pipeline is not None:
        understanding.process.pipeline(pipeline)  # else every row would complain of it
    with indexed_afterwards(work.reading.connection):
        intake = _Intake(work, faults)
        for batch in understanding.batches():
            intake.take(batch)
    people, stages = tuple(understanding.people.added), tuple(understanding.added_stages)
    counted = (intake.new, intake.changed, intake.same)
    return Imported("deal", *counted, people=people, stages=stages, noted=intake.noted)


@dataclass
class _Intake:
    """Takes the rows in: those of new deals, and those of deals that are there."""

    work: Work
    faults: Faults
    new: int = 0
    changed: int = 0
    same: int = 0
    noted: bool = False
    rows: array[int] = field(default_factory=lambda: array("I"))
    """By deal number the row that told of it, 0 for none."""

    def __post_init__(self) -> None:
        """Find the first number that is free."""
        self.free = imported.highest_number(self.work.reading) + 1

    def take(self, batch: list[Line]) -> None:
        """Take a batch of rows."""
        there = imported.deal_numbers(self.work.reading, [deal.ref for _, deal, _ in batch])
        lacking = self.free + len(batch) - len(self.rows)
        if lacking > 0:
            self.rows.extend(bytes(lacking + _AHEAD))
        fresh: list[tuple[int, Opening]] = []
        again: list[tuple[int, Line]] = []
        for line in batch:
            row, deal, _ = line
            ref = deal.ref
            known = there.get(ref)
            if known is None:
                number, self.free = self.free, self.free + 1
                there[ref] = imported.Numbered(number, vacant=False)
            else:
                number = known.id
            if self.rows[number]:
                message = said(
                    "{word} stands in row {row} already.", word=shown(ref), row=self.rows[number]
                )
                self.faults.add(row, UsageFault(message), "id")
                continue
            self.rows[number] = row.number
            if known is None or known.vacant:
                fresh.append((number, deal))
            else:
                again.append((number, line))
        self._open(fresh, {each.id for each in there.values() if each.vacant})
        self._renew(again)

    def _open(self, fresh: list[tuple[int, Opening]], vacant: set[int]) -> None:
        """Open deals; one whose import was undone comes back under the number that it had."""
        self.new += len(fresh)
        if not self.faults.fatal:
            self.work.open_deals(fresh, vacant)

    def _renew(self, again: list[tuple[int, Line]]) -> None:
        if not again:
            return
        numbers = [number for number, _ in again]
        standings = imported.standings(self.work.reading, numbers)
        told = imported.imported_terms(self.work.reading, numbers)
        for number, (row, deal, placed) in again:
            with self.faults.at(row):
                known = Known(standings[number], told.get(number, {}))
                renewed = renew(self.work, number, deal, known, placed=placed)
                self.changed += renewed is Renewed.CHANGED
                self.same += renewed is not Renewed.CHANGED
                self.noted |= renewed is Renewed.NOTED


@dataclass
class _Understanding:
    """Turns the cells of a deals table into what they mean."""

    work: Work
    table: Table
    faults: Faults
    create: bool
    pipeline: str | None

    def __post_init__(self) -> None:
        """Read the team and the process once."""
        self.people = People(self.work, self.create)
        self.process = process(self.work.reading)
        self.added_stages: list[str] = []
        self.places: dict[tuple[str, str], tuple[int, bool]] = {}
        self.midnight = Memory(lambda day: day and seconds(midnight(day, self.work.zone)))
        self.closing = Memory(lambda day: day and seconds(closing(day, self.work)))

    def batches(self) -> Iterator[list[Line]]:
        """Yield the rows understood, in batches; those with faults are kept there."""
        for batch in self._cells().batches():
            yield list(self._lines(batch))

    def _cells(self) -> Cells:
        days, currency = Days(self.work, self.table), self.work.settings.currency
        return Cells(
            self.table,
            self.faults,
            besides=self._look_at_place,
            readers={
                "id": Names(lambda word: clean(word, said("id"))),
                "name": Names(lambda word: clean(word, said("name"))),
                "customer": Memory(text(said("customer"))),
                "owner": self.people.reader(),
                "source": Memory(text(said("source"))),
                "amount": Amounts.of(self.table, "amount", currency),
                "closing_amount": Amounts.of(self.table, "closing_amount", currency),
                "currency": Memory(self._currency),
                "opened_on": days.past("opened_on"),
                "closed_on": days.past("closed_on"),
                "stage_entered_on": days.past("stage_entered_on"),
                "expected_close": days.any("expected_close", date.isoformat),
                "lost_reason": Memory(text(said("reason"))),
                "status": Memory(_status),
                "pipeline": Memory(str),
                "stage": Memory(str),
            },
        )

    def _lines(self, batch: list[tuple[Row, tuple[Any, ...]]]) -> Iterator[Line]:
        for row, values in batch:
            place = self.places.get(values[-2:]) or self._place(row, *values[-2:])
            if place is not None:
                try:
                    yield row, self._deal(values, *place), bool(values[-1])
                except UsageFault as error:
                    self.faults.add(row, error, "closed_on")

    def _deal(self, values: tuple[Any, ...], stage: int, first: bool) -> Opening:  # noqa: FBT001
        ref, name, customer, owner, source, amount, late, _, *rest = values
        opened, closed, entered, expected, reason, status, *_ = rest
        if closed is not None:
            _check_dates(status, opened, closed)
        at = self.midnight
        since = at[entered or (opened if first else None)]
        owner = self.people.meant(owner)
        if closed is None and late is not None:
            amount, late = late, None
        ended = (self.closing[closed], reason if status == "lost" else None, late)
        worth = (amount, expected, source, at[opened], stage, since, status)
        return Opening(ref, name, customer, owner, *worth, *ended)

    def _look_at_place(self, row: Row, values: Mapping[str, Any]) -> None:
        """Have a row that is bad already complain of its stage too."""
        if not self.create:
            self._place(row, values["pipeline"], values["stage"])

    def _place(self, row: Row, pipeline: str, stage: str) -> tuple[int, bool] | None:
        """Find the stage that the cells name, and whether it is a first one; None for a fault."""
        with self.faults.at(row, "pipeline"):
            meant = self._pipeline(pipeline, stage)
            with self.faults.at(row, "stage"):
                found = self._stage(meant, stage)
                self.places[pipeline, stage] = (found.id or 0, found.name == meant.stages[0].name)
        return self.places.get((pipeline, stage))

    def _pipeline(self, word: str, stage: str) -> Pipeline:
        name = word or self.pipeline
        if name:
            return self.process.pipeline(name)
        holding = [p for p in self.process.pipelines if stage and p.has_stage(stage)]
        return holding[0] if len(holding) == 1 else self.process.pipeline(None)

    def _stage(self, pipeline: Pipeline, word: str) -> Stage:
        if word and self.create and not pipeline.has_stage(word):
            append_stage(self.work, pipeline, word)
            self.added_stages.append(word)
            self.process = process(self.work.reading)
            pipeline = self.process.pipeline(pipeline.name)
        return pipeline.stage(word) if word else pipeline.stages[0]

    def _currency(self, word: str) -> None:
        kept = self.work.settings.currency
        if word and word.upper() != kept:
            message = said(
                "The amount is in {word}, and this file keeps {currency} (init --currency).",
                word=shown(word),
                currency=kept,
            )
            raise UsageFault(message)


def _check_dates(status: str, opened: date | None, closed: date) -> None:
    if status == "open":
        message = said("The deal is open, yet closed on {day}.", day=closed)
        raise UsageFault(message)
    if opened is not None and closed < opened:
        message = said(
            "It was closed on {closed}, before it was opened on {opened}.",
            closed=closed,
            opened=opened,
        )
        raise UsageFault(message)


def _status(word: str) -> str:
    status = fold(word) or "open"
    if status == "held":
        return "open"
    if status not in ("open", "won", "lost"):
        message = said("{word} is no status; it is open, won or lost.", word=shown(word))
        raise UsageFault(message)
    return status
