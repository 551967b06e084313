"""What a rep's work of a period amounts to, figure by figure, each made of entries.

Nothing here judges: a figure says what was entered, and how many things it rests on.
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from math import fsum, sqrt
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.entries import EntryKind, EntryState
from funnelcli.domain.luck import wins_not_exceeded
from funnelcli.domain.outlook import normal_below
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
    share,
    total,
)
from funnelcli.wording import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from funnelcli.domain.entries import Entry, LogDay

CLAIM_PRIOR = 10
"""Claims without any bias that a rep's own are drawn towards (forecast reference, 3d)."""
ENOUGH = 10
"""Closed deals with a claim below which nothing is said of how claims turn out."""
CLAIM_VARIANCE = 0.2
OVER, SURE = 0.05, 0.7
"""A bias is told beyond five points, once that is more likely than this."""
TENTH = 0.1
PERCENT = 100


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


class Record(NamedTuple):
    """What is known of a rep, or of the team without an `owner_id`.

    `days` are their working days so far, each with whose it is; `medians` the days that the team's
    stays in a stage of a pipeline took; `target` what is to be won, in minor units.
    """

    owner_id: int | None
    days: Sequence[tuple[int, date]]
    logs: Sequence[LogDay]
    entries: Mapping[EntryKind, Sequence[Entry]]
    medians: Mapping[tuple[str, str], float]
    target: int | None
    period: str

    def of(self, kind: EntryKind) -> Sequence[Entry]:
        """Return the entries of a kind."""
        return self.entries.get(kind, ())


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


_DUE = (EntryState.ON_TIME, EntryState.LATE, EntryState.MISSED, EntryState.DROPPED)
"""How planned work stands that counts."""


def _plans(record: Record, state: EntryState) -> Tally:
    plans = record.of(EntryKind.PLAN)
    due = chosen(plans, *_DUE)
    return number(chosen(plans, state), len(due) if state in _DUE else None)


def _kept(record: Record, kind: EntryKind, states: Collection[EntryState], why: str) -> Tally:
    """Return the share of what was due that stands in one of the states."""
    due = chosen(record.of(kind), *_DUE)
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
        _measured,
        lambda stay: record.medians[stay.pipeline, stay.stage],
        marked("the team's median for these stages is 0 days")
        if stays
        else marked("no stay in a stage ended"),
    )
    if record.owner_id is None:
        return found._replace(value=None, why=marked("each rep is held against the team here"))
    return found


def _measured(entry: Entry) -> float:
    return entry.value or 0


def _reply_hours(record: Record) -> Tally:
    return middle(record.of(EntryKind.REPLY), _measured, marked("no log was answered"))


def _won(record: Record) -> Tally:
    known = [e for e in record.of(EntryKind.WON) if e.amount is not None]
    return total(known, lambda each: each.amount or 0)


def _unknown(record: Record) -> Tally:
    won = record.of(EntryKind.WON)
    return number([each for each in won if each.amount is None], len(won))


def _target(record: Record) -> Tally:
    if record.target is None:
        return nothing(marked("no target"))
    return Tally(record.target, 1, lambda: [_aim(record)])


def _aim(record: Record) -> Part:
    """Return the target as a part."""
    return Part(record.owner_id, record.target or 0, entry=f"target {record.period}")


def _target_share(record: Record) -> Tally:
    if not record.target:
        return nothing(marked("no target"))
    won = _won(record)
    aim = _aim(record)
    aim = aim._replace(counted=0, of=aim.counted)
    return share([*won.parts(), aim], "")._replace(n=won.n)


def _closed(record: Record) -> list[Entry]:
    """Return the closed deals of whose first stage the chance is known."""
    both = (*record.of(EntryKind.WON), *record.of(EntryKind.LOST))
    return [each for each in both if each.value is not None]


def _beyond(closed: Entry) -> float:
    """Return what a closed deal brought beyond what its first stage let expect."""
    return (closed.kind is EntryKind.WON) - _measured(closed)


def _above(record: Record) -> Tally:
    return total(_closed(record), _beyond, marked("no deal was closed"))


def _luck(record: Record, tail: float) -> Tally:
    """Return how far the wins may lie from what was to be expected by luck alone.

    If every deal were won with its declared chance, in a quarter that is good or bad for all.
    """
    chances = [each.value or 0 for each in _closed(record)]
    if not chances:
        return nothing(marked("no deal was closed"))
    wins = wins_not_exceeded(chances, tail)
    value = fsum([wins, *(-chance for chance in chances)])
    return _above(record)._replace(value=value)


def _gap(claim: Entry) -> float:
    """Return by how many points a claim exceeded what came."""
    return PERCENT * (_measured(claim) - (claim.state is EntryState.WON))


def _bias(record: Record) -> Tally:
    """Return b = Σ(claim − won)/(n + 10), in points (forecast reference, 3d)."""
    found = total(record.of(EntryKind.CLAIM), _gap)
    if found.value is None or found.n < ENOUGH:
        return found._replace(value=None, why=marked("not enough evidence"))
    return found._replace(value=found.value / (found.n + CLAIM_PRIOR))


def _doubt(record: Record) -> Tally:
    """Return how likely the bias is over five points, under Normal(b, 0.2/(n + 10))."""
    found = _bias(record)
    if found.value is None:
        return found
    deviation = sqrt(CLAIM_VARIANCE / (found.n + CLAIM_PRIOR))
    return found._replace(value=1 - normal_below((OVER - found.value / PERCENT) / deviation))


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
        for state in (*_DUE, EntryState.EXCUSED, EntryState.SAME_DAY, EntryState.COMING)
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
    Figure("won-amount", Section.RESULTS, Unit.MONEY, Made.SUM, _won, money=True),
    Figure("won-amount-unknown", Section.RESULTS, Unit.DEALS, Made.SUM, _unknown),
    Figure("target", Section.RESULTS, Unit.MONEY, Made.SUM, _target, money=True),
    Figure("target-share", Section.RESULTS, Unit.SHARE, Made.SHARE, _target_share, money=True),
    Figure("wins-above-expected", Section.RESULTS, Unit.DEALS, Made.SUM, _above),
    Figure("luck-low", Section.RESULTS, Unit.DEALS, Made.LUCK, partial(_luck, tail=TENTH)),
    Figure("luck-high", Section.RESULTS, Unit.DEALS, Made.LUCK, partial(_luck, tail=1 - TENTH)),
    Figure("claim-bias", Section.CLAIMS, Unit.POINTS, Made.BIAS, _bias),
    Figure("claim-doubt", Section.CLAIMS, Unit.SHARE, Made.DOUBT, _doubt),
)
BY_CODE = {figure.code: figure for figure in FIGURES}
OF_LOGS = ("attendance", "days-late-only", "logs", "logs-late", "logs-waiting", "logs-never-read")
"""Figures of logs, which are counted by the file unless somebody asks for each."""
