"""Runs of the stalled list: what is new since the last one, what goes on, what was cleared.

A run keeps what was asked and the findings that nobody had acknowledged, each with its severity.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.diagnosis import Finding
from funnelcli.domain.model import Status
from funnelcli.domain.stalled import Severity
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from funnelcli.domain.model import Deal, Filters
    from funnelcli.domain.pipeline import Phase

Severities = dict[int, Severity]
"""How grave what was found of each deal is."""


class State(StrEnum):
    """What has become of a finding since the last run."""

    NEW = "new"
    CONTINUING = "continuing"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


class Scope(NamedTuple):
    """What a run asked: runs are compared only if they asked the same."""

    every: bool
    days: int | None
    owner: int | None
    pipeline: str | None
    customer: str | None
    source: str | None

    def differing(self, other: Scope) -> list[str]:
        """Return the options in which two runs differ."""
        options = (
            "--all" if name == "every" else f"--{name}"
            for name, ours, theirs in zip(self._fields, self, other, strict=True)
            if ours != theirs
        )
        return list(options)


def scope(filters: Filters, *, every: bool, days: int | None) -> Scope:
    """Return what a run asks."""
    return Scope(every, days, filters.owner_id, filters.pipeline, filters.customer, filters.source)


class Before(NamedTuple):
    """The last run: when it was, and what it found."""

    at: datetime
    day: date
    found: Severities


class Since(NamedTuple):
    """What is found now, beside what the last run found; without one, everything is new."""

    before: Before | None
    found: Severities

    def is_new(self, number: int) -> bool:
        """Tell whether a deal was not found before, or was not stalled then and is now."""
        was = self._was(number)
        return was is None or (was is Severity.WARNING and self.found[number] is not was)

    def state(self, finding: Finding) -> State:
        """Return what has become of the finding; one without reasons was cleared."""
        if not finding.reasons:
            return State.CLEARED
        if finding.acknowledged:
            return State.ACKNOWLEDGED
        return State.NEW if self.is_new(finding.deal.id) else State.CONTINUING

    def few(self, findings: Iterable[Finding], limit: int | None) -> Iterator[Finding]:
        """Yield the findings, at most so many that are new, so many that continue, and so on."""
        if limit is None:
            yield from findings
            return
        told: dict[State, int] = {}
        for each in findings:
            state = self.state(each)
            told[state] = told.get(state, 0) + 1
            if told[state] <= limit:
                yield each

    def severity_before(self, finding: Finding) -> Severity | None:
        """Return how grave it was in the last run, if it was found then."""
        return self._was(finding.deal.id)

    def missing(self) -> list[int]:
        """Return the deals that were found before and are not found now, or are known by now."""
        return [] if self.before is None else sorted(set(self.before.found) - set(self.found))

    @property
    def new(self) -> int:
        """How many findings are new."""
        return sum(map(self.is_new, self.found))

    @property
    def newly_stalled(self) -> int:
        """How many deals are stalled that were not in the last run."""
        stalled = (number for number, grave in self.found.items() if grave is not Severity.WARNING)
        return sum(map(self.is_new, stalled))

    def _was(self, number: int) -> Severity | None:
        return None if self.before is None else self.before.found.get(number)


@dataclass(frozen=True)
class Cleared(Finding):
    """A deal that was found in the last run and is found no more, and why."""

    why: str = ""


def cleared(deal: Deal, phase: Phase, before: Before, *, found: bool) -> Cleared:
    """Return the deal as one that is found no more, unless it is still `found` among others."""
    why = said("no longer among the deals asked about") if found else _why(deal, before)
    return Cleared(deal, phase, (), lambda _: None, why)


def _why(deal: Deal, before: Before) -> str:
    """Say why nothing is found any more, as far as the file knows."""
    if deal.status is Status.WON:
        return said("won on {day}", day=deal.closed_on)
    if deal.status is Status.LOST:
        return said("lost on {day}", day=deal.closed_on)
    if deal.status is Status.HELD:
        return said("on hold until {day}", day=deal.held_until)
    if deal.archived:
        return said("archived")
    told = []
    if deal.stage_entered_at is not None and deal.stage_entered_at > before.at:
        told.append(said("moved to {stage}", stage=deal.stage_title))
    if deal.last_touch_on is not None and deal.last_touch_on >= before.day:
        told.append(said("in contact on {day}", day=deal.last_touch_on))
    return said("; ").join(told) or said("within its limits again")


def written(found: Severities) -> str:
    """Return findings as they are kept: for each severity the deals, as steps from one to the next.

    So that a hundred runs of a hundred thousand deals stay small.
    """
    steps = {
        str(each): _steps(sorted(number for number, grave in found.items() if grave is each))
        for each in Severity
    }
    return json.dumps(steps, separators=(",", ":"))


def read(kept: str) -> Severities:
    """Return the findings that were kept so."""
    told: Mapping[str, list[int]] = json.loads(kept)
    return {number: Severity(each) for each, steps in told.items() for number in accumulate(steps)}


def _steps(numbers: Iterable[int]) -> list[int]:
    return [after - before for before, after in pairwise([0, *numbers])]
