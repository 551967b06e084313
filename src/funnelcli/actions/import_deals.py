"""Deals from a table: new ones are opened, known ones brought up to their row, conflicts listed."""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.actions.importing import Imported, People, day
from funnelcli.actions.pipelines import append_stage
from funnelcli.actions.tables import Faults, Header
from funnelcli.domain.money import major, parse_amount
from funnelcli.domain.text import clean, fold
from funnelcli.domain.time import last_second, local_day, midnight
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.reading import imported
from funnelcli.store.reading.people import members
from funnelcli.store.reading.process import process
from funnelcli.store.terms import Term

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from funnelcli.actions.importing import Rows
    from funnelcli.domain.pipeline import Pipeline, Stage
    from funnelcli.store.session import Work

HEADER = Header(
    required=frozenset(("id", "name")),
    known=frozenset(
        (
            *("id", "name", "customer", "owner", "pipeline", "stage", "status", "amount"),
            *("currency", "opened_on", "closed_on", "expected_close", "source", "lost_reason"),
            *("stage_entered_on", "closing_amount"),
        )
    ),
)
"""The canonical header, and two columns more: since when a deal is in its stage, if that is known,
and an amount that became known only when the deal was closed."""
OPENING = functools.reduce(operator.or_, imported.TERMS.values())
"""What a deal's row states on its opening."""


class _Line(NamedTuple):
    """A row of a deals table, understood."""

    ref: str
    terms: dict[str, Any]
    stage: Stage
    stage_given: bool
    entered: datetime | None
    opened: datetime | None
    status: str
    closed: datetime | None
    lost_reason: str | None
    closing_amount: int | None


def run(work: Work, rows: Rows, *, pipeline: str | None, create: bool) -> Imported:
    """Import deals; raises, naming every faulty row, before anything is written."""
    faults, people = Faults(), People(work, create)
    numbers, vacant = imported.deal_numbers(work.reading)
    seen: dict[str, int] = {}
    fresh: list[_Line] = []
    changes: list[tuple[int, _Line]] = []
    understand = _Understanding(work, people, faults, pipeline)
    for number, row in rows:
        line = understand.line(number, row)
        if line is None:
            continue
        if line.ref in seen:
            with faults.at(number, "id"):
                message = f"{line.ref!r} stands in row {seen[line.ref]} already."
                raise UsageFault(message)
            continue
        seen[line.ref] = number
        if line.ref in numbers:
            changes.append((number, line))
        else:
            fresh.append(line)
    faults.raise_if_any()
    changed = 0
    for number, line in changes:
        with faults.at(number):
            changed += _update(work, numbers[line.ref], line)
    faults.raise_if_any()
    _insert(work, fresh, vacant)
    return Imported("deal", len(fresh), changed, len(changes) - changed)


@dataclass
class _Understanding:
    """Turns the cells of a deals table into what they mean."""

    work: Work
    people: People
    faults: Faults
    pipeline: str | None

    def __post_init__(self) -> None:
        """Read the process once."""
        self.process = process(self.work.reading)

    def line(self, number: int, row: dict[str, str]) -> _Line | None:
        """Return the row understood, or None if it has faults."""
        before = len(self.faults.found)
        cells: dict[str, Any] = {}
        for column, read in (
            ("id", lambda w: clean(w, "id")),
            ("name", lambda w: clean(w, "name")),
            ("customer", lambda w: clean(w, "customer") if w else None),
            ("owner", self.people.number),
            ("source", lambda w: clean(w, "source") if w else None),
            ("amount", self._amount),
            ("closing_amount", self._amount),
            ("currency", self._currency),
            ("opened_on", self._day),
            ("closed_on", self._day),
            ("stage_entered_on", self._day),
            ("expected_close", lambda w: day(w) if w else None),
            ("lost_reason", lambda w: clean(w, "reason") if w else None),
            ("status", _status),
        ):
            with self.faults.at(number, column):
                cells[column] = read(row.get(column, ""))
        with self.faults.at(number, "pipeline"):
            pipeline = self._pipeline(row)
            with self.faults.at(number, "stage"):
                cells["stage"] = self._stage(pipeline, row.get("stage", ""))
        if len(self.faults.found) > before:
            return None
        with self.faults.at(number, "closed_on"):
            return self._whole(cells, row)
        return None

    def _whole(self, cells: dict[str, Any], row: dict[str, str]) -> _Line:
        opened, closed, status = cells["opened_on"], cells["closed_on"], cells["status"]
        if status == "open" and closed is not None:
            message = f"The deal is open, yet closed on {closed}."
            raise UsageFault(message)
        if opened is not None and closed is not None and closed < opened:
            message = f"It was closed on {closed}, before it was opened on {opened}."
            raise UsageFault(message)
        zone, stage = self.work.zone, cells["stage"]
        first = self._first(stage)
        entered = cells["stage_entered_on"] or (opened if first else None)
        ended = None if closed is None else min(last_second(closed, zone), self.work.now)
        return _Line(
            ref=cells["id"],
            terms={
                "name": cells["name"],
                "customer": cells["customer"],
                "owner_id": cells["owner"],
                "amount": cells["amount"],
                "expected_close": cells["expected_close"],
                "source": cells["source"],
                "opened_at": None if opened is None else midnight(opened, zone),
            },
            stage=stage,
            stage_given=bool(row.get("stage")),
            entered=None if entered is None else midnight(entered, zone),
            opened=None if opened is None else midnight(opened, zone),
            status=status,
            closed=ended,
            lost_reason=cells["lost_reason"],
            closing_amount=cells["closing_amount"],
        )

    def _first(self, stage: Stage) -> bool:
        pipeline, _ = self.process.by_stage[stage.id or 0]
        return pipeline.position(stage) == 0

    def _pipeline(self, row: dict[str, str]) -> Pipeline:
        word, name = row.get("stage", ""), row.get("pipeline") or self.pipeline
        if name:
            return self.process.pipeline(name)
        holding = [p for p in self.process.pipelines if word and p.has_stage(word)]
        return holding[0] if len(holding) == 1 else self.process.pipeline(None)

    def _stage(self, pipeline: Pipeline, word: str) -> Stage:
        if word and self.people.create and not pipeline.has_stage(word):
            append_stage(self.work, pipeline, word)
            self.process = process(self.work.reading)
            pipeline = self.process.pipeline(pipeline.name)
        return pipeline.stage(word) if word else pipeline.stages[0]

    def _amount(self, word: str) -> int | None:
        return parse_amount(word, self.work.settings.currency) if word else None

    def _currency(self, word: str) -> None:
        if word and word != self.work.settings.currency:
            kept = self.work.settings.currency
            message = f"the amount is in {word!r}, and this file keeps {kept} (init --currency)."
            raise UsageFault(message)

    def _day(self, word: str) -> date | None:
        if not word:
            return None
        found = day(word)
        if found > self.work.today:
            message = f"{word!r} is still to come."
            raise UsageFault(message)
        return found


def _status(word: str) -> str:
    status = fold(word) or "open"
    if status == "held":
        return "open"
    if status not in ("open", "won", "lost"):
        message = f"{word!r} is no status; it is open, won or lost."
        raise UsageFault(message)
    return status


def _insert(work: Work, lines: list[_Line], vacant: Mapping[str, int]) -> None:
    """Open deals; one whose import was undone comes back under the number that it had."""
    free = count(imported.highest_number(work.reading) + 1)
    numbered = [(vacant.get(line.ref) or next(free), line) for line in lines]
    fresh = [{"id": n, "ref": line.ref} for n, line in numbered if line.ref not in vacant]
    work.insert("deal", fresh)
    facts = [fact for number, line in numbered for fact in _terms(work, number, line)]
    work.facts("deal_fact", facts)
    work.facts("stage_entry", [_entry(work, n, line) for n, line in numbered])
    closed = [_outcome(work, n, line) for n, line in numbered if line.status != "open"]
    work.facts("outcome", closed)


def _terms(work: Work, number: int, line: _Line) -> list[dict[str, Any]]:
    """Return what a new deal's row states: on its opening, and its amount where that came last."""
    opening = {
        "deal_id": number,
        "effective_at": line.opened,
        "recorded_at": line.opened or work.now,
        "terms": int(OPENING),
        **line.terms,
    }
    if line.closing_amount is None:
        return [opening]
    blank = dict.fromkeys(line.terms)
    closing = {
        **blank,
        "deal_id": number,
        "effective_at": line.closed,
        "recorded_at": line.closed or work.now,
        "terms": int(Term.AMOUNT),
        "amount": line.closing_amount,
    }
    return [opening, closing]


def _entry(work: Work, number: int, line: _Line) -> dict[str, Any]:
    return {
        "deal_id": number,
        "effective_at": line.entered,
        "recorded_at": line.entered or line.opened or work.now,
        "stage_id": line.stage.id,
    }


def _outcome(work: Work, number: int, line: _Line) -> dict[str, Any]:
    return {
        "deal_id": number,
        "effective_at": line.closed,
        "recorded_at": line.closed or work.now,
        "outcome": line.status,
        "reason": line.lost_reason,
    }


def _update(work: Work, number: int, line: _Line) -> bool:
    """Bring a deal up to its row where nobody changed it here; raises Refused for a conflict."""
    here = imported.standing(work.reading, number)
    said = imported.imported_terms(work.reading, number)
    stated = line.terms
    if line.closing_amount is not None:
        stated = {**line.terms, "amount": line.closing_amount}
    terms, columns = Term(0), {}
    for column, term in imported.TERMS.items():
        new, now, was = (_comparable(work, each.get(column)) for each in (stated, here, said))
        if new is None or new in (now, was):
            continue
        if now != was:
            ours, theirs = _shown(work, column, now), _shown(work, column, new)
            what = _SPOKEN.get(column, column)
            message = f"{what} was changed here to {ours}, and at the source to {theirs}."
            raise Refused(message)
        terms |= term
        columns[column] = stated[column]
    if terms:
        work.fact("deal_fact", number, work.now, terms=int(terms), **columns)
    moved = _update_stage(work, number, line, here)
    closed = _update_outcome(work, number, line, here)
    return bool(terms) or moved or closed


_SPOKEN = {"owner_id": "owner", "opened_at": "opened_on"}


def _comparable(work: Work, value: Any) -> Any:
    """Return a value as a table can state it: an instant as its day."""
    return local_day(value, work.zone) if isinstance(value, datetime) else value


def _shown(work: Work, column: str, value: Any) -> str:
    """Return a value as the table would have it."""
    if value is None:
        return "unknown"
    if column == "owner_id":
        return next(m.name for m in members(work.reading) if m.id == value)
    if column == "amount":
        return str(major(value, work.settings.currency))
    return str(value)


def _update_stage(work: Work, number: int, line: _Line, here: dict[str, Any]) -> bool:
    stated = imported.stated_stage(work.reading, number)
    if not line.stage_given or line.stage.id in (here["stage_id"], stated):
        return False
    known = imported.entries(work.reading, number).get(number, [])
    ours = [entry for entry in known if not entry.command.startswith("import")]
    if ours:
        message = f"the stage was changed here, and at the source to {line.stage.name!r}."
        raise Refused(message)
    work.fact("stage_entry", number, line.entered or work.now, stage_id=line.stage.id)
    return True


def _update_outcome(work: Work, number: int, line: _Line, here: dict[str, Any]) -> bool:
    """Close or reopen the deal as its row says, or correct when and why it was closed."""
    closed_on = None if line.closed is None else local_day(line.closed, work.zone)
    said = (line.status, closed_on, line.lost_reason)
    standing = (here["status"], here["closed_on"], here["lost_reason"])
    if said in (standing, imported.stated_outcome(work.reading, number)):
        return False
    known = imported.outcomes(work.reading, number).get(number, [])
    if known and not known[-1].command.startswith("import"):
        message = f"the deal is {here['status']} here, and {line.status} at the source."
        raise Refused(message)
    if line.status == "open":
        work.fact("outcome", number, work.now, outcome="reopened")
        return True
    if line.status == here["status"]:
        work.retract("outcome", [known[-1].id], [number])
    work.fact("outcome", number, line.closed, outcome=line.status, reason=line.lost_reason)
    return True
