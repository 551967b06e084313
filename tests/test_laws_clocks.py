"""How days are counted, and that the database and the judge count them alike."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from conftest import Office
from hypothesis import given, settings
from hypothesis import strategies as st

from funnelcli.actions.settings import set_value
from funnelcli.domain.model import Filters, Status
from funnelcli.domain.stalled import STALLING, Code, Limits, findings, is_stalled
from funnelcli.domain.time import (
    EVERY_DAY,
    WEEKDAYS,
    Calendar,
    Moment,
    Pause,
    clock_start,
    local_day,
    midnight,
    pauses,
)
from funnelcli.playbooks.templates import fallback_playbook
from funnelcli.store.founding import Signature
from funnelcli.store.projection import register
from funnelcli.store.reading import reader as store_reader
from funnelcli.store.reading.deals import deals
from funnelcli.store.reading.funnel import counted as counted_open
from funnelcli.store.reading.funnel import funnel_by_stage, limits_of
from funnelcli.store.reading.process import Process, process
from funnelcli.store.reading.reader import Reader
from funnelcli.store.reading.stalled import Judge, stalled, stalled_totals
from funnelcli.store.session import changing
from funnelcli.store.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST = date(2026, 1, 1)
ZONES = [
    ZoneInfo(name)
    for name in (
        *("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"),
        *("America/Havana", "Africa/Cairo", "Asia/Kathmandu"),
    )
]
"""Havana and Cairo change their clocks at midnight, Lord Howe by half an hour."""

days = st.integers(0, 500).map(lambda n: FIRST + timedelta(days=n))
weeks = st.none() | st.frozensets(st.integers(0, 6), min_size=1)
calendars = st.builds(
    Calendar, weeks, st.frozensets(days, max_size=20), st.frozensets(days, max_size=5)
)
zones = st.sampled_from(ZONES)
seconds_of_day = st.integers(0, 86_399)


def works(day: date, calendar: Calendar) -> bool:
    """Tell whether the day counts, by the rule as it is told."""
    week = calendar.week
    by_rule = week is None or (day.weekday() in week and day not in calendar.holidays)
    return by_rule or day in calendar.makeup


def counted(calendar: Calendar, start: date, end: date) -> int:
    """Count the days after `start` up to `end` one by one."""
    span = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    return sum(works(day, calendar) for day in span)


# The calendar


@settings(max_examples=300)
@given(calendar=calendars, start=days, end=days)
def test_days_are_those_that_a_walk_through_the_calendar_counts(
    calendar: Calendar, start: date, end: date
) -> None:
    assert calendar.days(start, end) == counted(calendar, start, end)
    before = timedelta(days=1)
    assert len(calendar.working(start, end)) == counted(calendar, start - before, end - before)
    assert all(start <= day < end and works(day, calendar) for day in calendar.working(start, end))


@settings(max_examples=300)
@given(calendar=calendars, first=days, second=days, third=days)
def test_days_add_up_over_a_day_between(
    calendar: Calendar, first: date, second: date, third: date
) -> None:
    start, between, end = sorted((first, second, third))
    whole = calendar.days(start, end)
    assert calendar.days(start, between) + calendar.days(between, end) == whole


@settings(max_examples=300)
@given(calendar=calendars, limit=st.integers(1, 60), today=days, since=st.integers(-5, 600))
def test_the_cutoff_is_the_last_day_since_which_the_limit_has_passed(
    calendar: Calendar, limit: int, today: date, since: int
) -> None:
    cutoff = calendar.cutoff(limit, today)
    assert calendar.days(cutoff, today) == limit
    assert calendar.days(cutoff + timedelta(days=1), today) < limit
    day = today - timedelta(days=since)
    assert (calendar.days(day, today) >= limit) == (day <= cutoff)


# Pauses


@st.composite
def hold_lists(draw: st.DrawFn) -> list[tuple[date, date]]:
    """Return holds in the order of their first days; a release ends as it begins."""
    starts = sorted(draw(st.lists(days, max_size=6)))
    lengths = draw(st.lists(st.integers(0, 60), min_size=len(starts), max_size=len(starts)))
    return [(a, a + timedelta(days=n)) for a, n in zip(starts, lengths, strict=True)]


def is_held(day: date, holds: list[tuple[date, date]]) -> bool:
    """Tell whether the last hold that began by `day` still lasts."""
    begun = [until for start, until in holds if start <= day]
    return bool(begun) and begun[-1] > day


@settings(max_examples=300)
@given(holds=hold_lists())
def test_pauses_are_the_days_on_which_the_latest_hold_lasts(holds: list[tuple[date, date]]) -> None:
    found = pauses(holds)
    span = [FIRST + timedelta(days=n) for n in range(-2, 600)]
    paused = {day for day in span for pause in found if pause.start <= day < pause.end}
    assert paused == {day for day in span if is_held(day, holds)}
    assert sum((pause.end - pause.start).days for pause in found) == len(paused)


@settings(max_examples=300)
@given(holds=hold_lists(), zone=zones, day=days, second=seconds_of_day)
def test_a_clock_starts_later_by_the_days_it_stood_still(
    holds: list[tuple[date, date]], zone: ZoneInfo, day: date, second: int
) -> None:
    at = midnight(day, zone) + timedelta(seconds=second)
    begun = local_day(at, zone)
    span = [begun + timedelta(days=n) for n in range(700)]
    stood_still = sum(is_held(each, holds) for each in span)
    started = clock_start(at, pauses(holds), zone)
    assert local_day(started, zone) == begun + timedelta(days=stood_still)


@settings(max_examples=300)
@given(zone=zones, day=days, second=seconds_of_day)
def test_without_a_pause_a_clock_starts_when_it_starts(
    zone: ZoneInfo, day: date, second: int
) -> None:
    at = midnight(day, zone) + timedelta(seconds=second)
    before = Pause(day - timedelta(days=9), day - timedelta(days=1))
    assert clock_start(at, [], zone) == clock_start(at, [before], zone) == at


# The database's rule and the judge

TODAY = FIRST + timedelta(days=200)


def mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the strategy, with None as every fifth value."""
    return st.one_of(strategy, strategy, strategy, strategy, st.none())


def some(first: int, last: int) -> st.SearchStrategy[int]:
    """Return whole numbers, none of them likelier than another."""
    return st.sampled_from(range(first, last + 1))


moments = st.tuples(some(0, 8), st.just(0) | seconds_of_day)
LIVES = st.fixed_dictionaries(
    {
        "stage": some(1, 6),
        "entered": mostly(moments),
        "touched": mostly(moments),
        "amount": mostly(some(0, 100)),
        "held": st.none() | st.none() | st.tuples(some(-12, 0), some(0, 15)),
        "known": st.none() | some(-3, 3),
        "closed": st.none() | st.none() | st.tuples(some(4, 20), mostly(some(0, 4))),
        "archived": some(0, 9).map(lambda n: n == 0),
    }
)
"""Days ago, and a second of that day, since when a deal is in its stage and was touched; days
before or after today of a hold's begin and its length, of an acknowledgement's end, of a closing
and its reopening."""

limits = st.builds(Limits, mostly(some(1, 4)), mostly(some(1, 4)))
_files = iter(range(10**6))


def a_file(
    base: Path, calendar: Calendar, now: datetime, zone: ZoneInfo, lives: list[dict[str, Any]]
) -> Path:
    """Return a copy of the file, of that calendar, in which deals have had these lives by now."""
    path = base.with_name(f"{next(_files)}.db")
    shutil.copy(base, path)
    with changing(path, Signature("config set", now)) as work:
        set_value(work, "timezone", zone.key)
        if calendar.holidays:
            set_value(work, "holidays", ",".join(map(str, calendar.holidays)))
        if calendar.makeup:
            set_value(work, "makeup", ",".join(map(str, calendar.makeup)))
        if calendar.week is not None:
            set_value(work, "days", "working")
            set_value(work, "week", ",".join(WEEKDAYS[n] for n in calendar.week))
    with changing(path, Signature("deal add", now)) as work:
        for life in lives:
            number = work.add("deal").id
            live(work, number, now, zone, life)
    return path


def instant_of(moment: tuple[int, int] | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a second some days ago, now at the latest."""
    if moment is None:
        return None
    days_ago, second = moment
    at = midnight(TODAY - timedelta(days=days_ago), zone) + timedelta(seconds=second)
    return min(now, at)


def live(work: Any, number: int, now: datetime, zone: ZoneInfo, life: dict[str, Any]) -> None:
    """State the facts of one life."""

    entered = instant_of(life["entered"], now, zone)
    terms = Term.NAME | Term.OWNER | Term.OPENED | Term.AMOUNT | Term.ARCHIVED
    work.fact(
        *("deal_fact", number, entered),
        terms=int(terms),
        name=f"Deal {number}",
        owner_id=1,
        opened_at=entered,
        amount=life["amount"],
        archived=life["archived"],
    )
    work.fact("stage_entry", number, entered, stage_id=life["stage"])
    if life["touched"] is not None:
        at = instant_of(life["touched"], now, zone)
        said = {"happened_on": local_day(at, zone), "kind": "call", "text": "so", "touch": True}
        work.fact("log", number, at, by_id=1, **said)
    if life["held"] is not None:
        start = TODAY + timedelta(days=life["held"][0])
        until = start + timedelta(days=life["held"][1])
        work.fact("hold", number, midnight(start, zone), from_on=start, until=until, reason="so")
    if life["known"] is not None:
        work.fact("ack", number, now, until=TODAY + timedelta(days=life["known"]), reason="so")
    if life["closed"] is not None:
        ago, back = life["closed"]
        work.fact("outcome", number, midnight(TODAY - timedelta(days=ago), zone), outcome="lost")
        if back is not None:
            again = midnight(TODAY - timedelta(days=back), zone)
            work.fact("outcome", number, again, outcome="reopened")


@contextmanager
def reading(path: Path, moment: Moment) -> Iterator[Reader]:
    """Read the file as of a moment."""
    connection = sqlite3.connect(path)
    said = store_reader.settings(connection)
    register(connection, moment.zone, said.calendar)
    try:
        yield Reader(connection, said, moment)
    finally:
        connection.close()


def test_the_database_finds_stalled_what_the_judge_finds_stalled(office: Office) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=120)
    @given(
        zone=zones,
        second=seconds_of_day,
        calendar=calendars,
        limited=st.lists(limits, min_size=6, max_size=6),
        lives=st.lists(LIVES, min_size=5, max_size=12),
    )
    def agree(
        zone: ZoneInfo, second: int, calendar: Calendar, limited: list[Limits], lives: list[Any]
    ) -> None:
        now = midnight(TODAY, zone) + timedelta(seconds=second)
        path = a_file(office.path, calendar, now, zone, lives)
        for past in (False, True):
            with reading(path, Moment(now, zone, past=past)) as reader:
                counting = EVERY_DAY if calendar.week is None else calendar
                assert reader.settings.calendar == counting
                known = process(reader)
                own = dict(zip(known.by_stage, limited, strict=True))
                for judge in (judge_of(reader, known, own), judge_of(reader, known)):
                    seen.update(the_same_are_stalled(judge))

    agree()
    # The law would hold as well if there were nothing to judge.
    assert min(seen[kind] for kind in ("stuck", "silent", "both", "neither", "known")) >= 10, seen


def judge_of(reader: Reader, known: Process, own: dict[int, Limits] | None = None) -> Judge:
    """Return the judge by these limits, or by those that the file itself sets."""
    return Judge(reader, known, own or limits_of(known), lambda: fallback_playbook("en"))


def the_same_are_stalled(judge: Judge) -> list[str]:
    """Compare the database's choice and count with the judge's; return what there was to judge."""
    reader, everyone = judge.reader, Filters()
    calendar = reader.settings.calendar
    judged = {
        deal: findings(deal, judge.limits[deal.stage_id], calendar)
        for deal in deals(reader, everyone, statuses=(Status.OPEN,))
    }
    stalling = [deal for deal, reasons in judged.items() if is_stalled(reasons)]
    counting = [deal for deal in stalling if deal.ack_until is None]
    assert {found.deal for found in stalled(judge, everyone)} == set(stalling)
    totals = stalled_totals(judge, everyone)
    assert totals.deals == len(counting)
    assert totals.amount == sum(deal.amount or 0 for deal in counting)
    assert totals.amount_unknown == sum(deal.amount is None for deal in counting)
    if judge.limits == limits_of(judge.process):
        found = counted_open(reader, judge.process, everyone)
        rows = funnel_by_stage(found, judge.process, everyone)
        assert {row.stage: row.stalled for row in rows} == Counter(d.stage for d in counting) | {
            row.stage: 0 for row in rows if row.stage not in {d.stage for d in counting}
        }
    codes = [frozenset(reason.code for reason in reasons) & STALLING for reasons in judged.values()]
    kinds = ["both" if len(each) > 1 else next(iter(each), "neither") for each in codes]
    return [*kinds, *("known" for deal in stalling if deal.ack_until is not None)]


@settings(max_examples=60)
@given(
    zone=zones,
    second=seconds_of_day,
    calendar=calendars,
    lives=st.lists(LIVES, min_size=5, max_size=12),
)
def test_clocks_count_the_days_into_which_a_deal_came_neither_held_nor_closed(
    office: Office, zone: ZoneInfo, second: int, calendar: Calendar, lives: list[dict[str, Any]]
) -> None:
    now = midnight(TODAY, zone) + timedelta(seconds=second)
    path = a_file(office.path, calendar, now, zone, lives)
    with reading(path, Moment(now, zone)) as reader:
        for deal in deals(reader, Filters(), statuses=(Status.OPEN,), archived=True):
            life = lives[deal.id - 1]
            entered = life["entered"]
            touched = entered if life["touched"] is None else life["touched"]
            began = [instant_of(moment, now, zone) for moment in (entered, touched)]
            clocks = [days_run(life, at and local_day(at, zone)) for at in began]
            assert [deal.days_in_stage, deal.days_silent] == [
                None if days is None else len(days) for days in clocks
            ], life
            codes = {r.code: r.days for r in findings(deal, Limits(1, 1), calendar)}
            working = [
                len([d for d in days or () if works(d, calendar)]) or None for days in clocks
            ]
            if not deal.archived:
                assert [codes.get(Code.STUCK), codes.get(Code.SILENT)] == working, life


def days_run(life: dict[str, Any], since: date | None) -> list[date] | None:
    """Return the days that began since then, without those that ended a day held or closed."""
    if since is None:
        return None
    still: set[date] = set()
    if life["held"] is not None:
        start, length = life["held"]
        still |= {TODAY + timedelta(days=start + n) for n in range(length)}
    if life["closed"] is not None and life["closed"][1] is not None:
        ago, back = life["closed"]
        still |= {TODAY - timedelta(days=n) for n in range(back + 1, ago + 1)}
    days_since = [since + timedelta(days=n) for n in range((TODAY - since).days)]
    return [day + timedelta(days=1) for day in days_since if day not in still]
