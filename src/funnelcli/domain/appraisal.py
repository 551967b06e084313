"""What a rep's work of a period amounts to, figure by figure, each made of entries.

Nothing here judges: a figure says what was entered, and how many things it rests on.
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.entries import DUE, EntryKind, EntryState
from funnelcli.domain.record import measured
from funnelcli.domain.results import (
    beyond_chance,
    bias,
    doubt,
    luck,
    target,
    target_share,
    won,
    won_unknown,
)
from funnelcli.domain.tally import (
    Part,
    Tally,
    chosen,
    median,
    middle,
    nothing,
    number,
    part,
    ratio,
)
from funnelcli.wording import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from funnelcli.domain.entries import Entry, LogDay
    from funnelcli.domain.record import Record

TENTH = 0.1


class Section(StrEnum):
    """What figures belong together."""

    ATTENDANCE = "attendance"
    PLANNED = "planned work"
    PROCESS = "process"
    CONVERSATION = "conversation"
    RESULTS = "results"
    CLAIMS = "claims"


class Unit(StrEnum):
    """What a figure is told in; money is in minor units here."""

    SHARE = "share"
    DAYS = "days"
    COUNT = "count"
    TIMES = "x"
    HOURS = "hours"
    MONEY = "money"
    DEALS = "deals"
    POINTS = "points"


class Made(StrEnum):
    """How a figure is made of what its parts counted.

    `sum`; `share`: the sum divided by that of what they were counted out of; `median`; `bias`: the
    sum divided by ten more than there are; `doubt`: how likely the bias is over five points;
    `luck`: the end of the range in which the sum lies eight times in ten.
    """

    SUM = "sum"
    SHARE = "share"
    MEDIAN = "median"
    BIAS = "bias"
    DOUBT = "doubt"
    LUCK = "luck"


class Figure(NamedTuple):
    """A figure: its code, what it is told in, how it is made of its parts, and how it is found.

    `money` says whether its parts count money, in minor units.
    """

    code: str
    section: Section
    unit: Unit
    made: Made
    tally: Callable[[Record], Tally]
    money: bool = False


def stage_medians(stays: Iterable[Entry]) -> dict[tuple[str, str], float]:
    """Return the median days of the stays in each stage of a pipeline."""
    days: dict[tuple[str, str], list[float]] = {}
    for stay in stays:
        days.setdefault((stay.pipeline, stay.stage), []).append(stay.value or 0)
    return {stage: median(each) for stage, each in days.items()}


def _attendance(record: Record) -> Tally:
    timely = {(each.owner_id, each.on) for each in record.logs if each.timely}

    def parts() -> list[Part]:
        by_day = _by_day(record)
        return [
            _day(day, [each for each in by_day.get(day, []) if each.timely], of=1)
            for day in record.days
        ]

    if not record.days:
        return nothing(marked("no working day"))
    attended = sum(day in timely for day in record.days)
    return Tally(attended / len(record.days), len(record.days), parts)


def _late_days(record: Record) -> Tally:
    timely = {(each.owner_id, each.on) for each in record.logs if each.timely}
    late = {(each.owner_id, each.on) for each in record.logs if each.late} - timely

    def parts() -> list[Part]:
        by_day = _by_day(record)
        return [
            _day(day, [each for each in by_day[day] if each.late])
            for day in record.days
            if day in late
        ]

    return Tally(sum(day in late for day in record.days), len(record.days), parts)


def _by_day(record: Record) -> dict[tuple[int | None, date], list[LogDay]]:
    found: dict[tuple[int | None, date], list[LogDay]] = {}
    for each in record.logs:
        found.setdefault((each.owner_id, each.on), []).append(each)
    return found


def _day(day: tuple[int, date], logs: Sequence[LogDay], of: float | None = None) -> Part:
    """Return a working day as a part, cited by the first log that makes it count."""
    entries = sorted((e for each in logs for e in each.entries), key=lambda e: e.operation)
    owner, on = day
    if not entries:
        return Part(owner, int(bool(logs)), of, on=on)
    first = part(entries[0], 1, of)
    return first._replace(owner_id=owner, on=on)


def _logs(record: Record, when: Callable[[LogDay], bool]) -> Tally:
    found = [each for each in record.logs if when(each)]
    every = sum(each.logs for each in record.logs)
    return Tally(
        sum(each.logs for each in found),
        every,
        lambda: [part(entry) for each in found for entry in each.entries],
    )


def _plans(record: Record, state: EntryState) -> Tally:
    plans = record.of(EntryKind.PLAN)
    due = chosen(plans, *DUE)
    return number(chosen(plans, state), len(due) if state in DUE else None)


def _kept(record: Record, kind: EntryKind, states: Collection[EntryState], why: str) -> Tally:
    """Return the share of what was due that stands in one of the states."""
    due = chosen(record.of(kind), *DUE)
    return ratio(due, lambda entry: int(entry.state in states), lambda _: 1, why)


def _milestones(record: Record, state: EntryState) -> Tally:
    return number(chosen(record.of(EntryKind.MILESTONE), state))


def _advances(record: Record) -> Tally:
    return number([each for each in record.of(EntryKind.ADVANCE) if not each.imported])


def _time_in_stage(record: Record) -> Tally:
    """Return how long a rep's stays took beside the team's, which has no such figure itself."""
    stays = record.of(EntryKind.STAY)
    found = ratio(
        stays,
        measured,
        lambda stay: record.medians[stay.pipeline, stay.stage],
        marked("the team's median for these stages is 0 days")
        if stays
        else marked("no stay in a stage ended"),
    )
    if record.owner_id is None:
        return found._replace(value=None, why=marked("each rep is held against the team here"))
    return found


def _reply_hours(record: Record) -> Tally:
    return middle(record.of(EntryKind.REPLY), measured, marked("no log was answered"))


FIGURES = (
    Figure("attendance", Section.ATTENDANCE, Unit.SHARE, Made.SHARE, _attendance),
    Figure("days-late-only", Section.ATTENDANCE, Unit.DAYS, Made.SUM, _late_days),
    Figure(
        "plans-kept",
        Section.PLANNED,
        Unit.SHARE,
        Made.SHARE,
        partial(
            _kept,
            kind=EntryKind.PLAN,
            states=(EntryState.ON_TIME,),
            why=marked("nothing was planned"),
        ),
    ),
    *(
        Figure(
            f"plans-{state}",
            Section.PLANNED,
            Unit.COUNT,
            Made.SUM,
            partial(_plans, state=state),
        )
        for state in (*DUE, EntryState.EXCUSED, EntryState.SAME_DAY, EntryState.COMING)
    ),
    *(
        Figure(
            f"milestones-{state}",
            Section.PROCESS,
            Unit.COUNT,
            Made.SUM,
            partial(_milestones, state=state),
        )
        for state in (EntryState.ACCEPTED, EntryState.CLAIMED)
    ),
    Figure("stages-advanced", Section.PROCESS, Unit.COUNT, Made.SUM, _advances),
    Figure("time-in-stage", Section.PROCESS, Unit.TIMES, Made.SHARE, _time_in_stage),
    Figure("logs", Section.CONVERSATION, Unit.COUNT, Made.SUM, partial(_logs, when=lambda _: True)),
    Figure(
        "logs-late",
        Section.CONVERSATION,
        Unit.COUNT,
        Made.SUM,
        partial(_logs, when=lambda log: log.late),
    ),
    Figure(
        "logs-waiting",
        Section.CONVERSATION,
        Unit.COUNT,
        Made.SUM,
        partial(_logs, when=lambda log: log.state is EntryState.WAITING),
    ),
    Figure(
        "logs-never-read",
        Section.CONVERSATION,
        Unit.COUNT,
        Made.SUM,
        partial(_logs, when=lambda log: log.state is EntryState.NEVER_READ),
    ),
    Figure("reply-hours", Section.CONVERSATION, Unit.HOURS, Made.MEDIAN, _reply_hours),
    Figure(
        "instructions-fulfilled",
        Section.CONVERSATION,
        Unit.SHARE,
        Made.SHARE,
        partial(
            _kept,
            kind=EntryKind.INSTRUCTION,
            states=(EntryState.ON_TIME, EntryState.LATE),
            why=marked("nothing was asked for"),
        ),
    ),
    Figure(
        "instructions-on-time",
        Section.CONVERSATION,
        Unit.SHARE,
        Made.SHARE,
        partial(
            _kept,
            kind=EntryKind.INSTRUCTION,
            states=(EntryState.ON_TIME,),
            why=marked("nothing was asked for"),
        ),
    ),
    Figure("won-amount", Section.RESULTS, Unit.MONEY, Made.SUM, won, money=True),
    Figure("won-amount-unknown", Section.RESULTS, Unit.DEALS, Made.SUM, won_unknown),
    Figure("target", Section.RESULTS, Unit.MONEY, Made.SUM, target, money=True),
    Figure("target-share", Section.RESULTS, Unit.SHARE, Made.SHARE, target_share, money=True),
    Figure("wins-above-expected", Section.RESULTS, Unit.DEALS, Made.SUM, beyond_chance),
    Figure("luck-low", Section.RESULTS, Unit.DEALS, Made.LUCK, partial(luck, tail=TENTH)),
    Figure("luck-high", Section.RESULTS, Unit.DEALS, Made.LUCK, partial(luck, tail=1 - TENTH)),
    Figure("claim-bias", Section.CLAIMS, Unit.POINTS, Made.BIAS, bias),
    Figure("claim-doubt", Section.CLAIMS, Unit.SHARE, Made.DOUBT, doubt),
)
BY_CODE = {figure.code: figure for figure in FIGURES}
OF_LOGS = ("attendance", "days-late-only", "logs", "logs-late", "logs-waiting", "logs-never-read")
"""Figures of logs, which are counted by the file unless somebody asks for each."""
