"""What a question asks of the file, as a script for the sqlite3 shell.

    python statements.py FILE QUESTION ANSWER

Run with the Python of an environment that has funnelcli: the statements are the program's own.
`ANSWER` is where the shell is to write what it finds.
"""

from __future__ import annotations

import re
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from environment import NOW, PAST

from funnelcli.cli.dates import parse_period
from funnelcli.cli.forecast import MOST_SHOWN
from funnelcli.domain.model import Filters
from funnelcli.domain.prospects import PACE
from funnelcli.domain.time import Moment, last_second, midnight, seconds
from funnelcli.store.reading import funnel
from funnelcli.store.reading.courses import DAYS, EXITS, LASTED, REACHED, TO_WIN, UNTIL
from funnelcli.store.reading.deals import COLUMNS, filtered, narrowed
from funnelcli.store.reading.movement import CHANGES, KNOWN_CHANGES, PLACES, STANDINGS
from funnelcli.store.reading.outlooks import (
    FIRST_KNOWN,
    OPEN_LARGEST,
    OPEN_PARTS,
    WON_BETWEEN,
    days_back,
)
from funnelcli.store.reading.process import Process, process
from funnelcli.store.reading.reader import Reader, reading
from funnelcli.store.reading.runs import STALLED_NUMBERS
from funnelcli.store.reading.stalled import STAGE_TOTALS, STALLED_ACKNOWLEDGED, STALLED_DEALS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LISTED, WORDED, TOTALS, THEN = "stalled", "stalled in words", "stalled totals", "funnel then"
NIGHT = "the night"
"""The stalled deals as rows, the same with what the answer tells of each, their totals alone, and a
funnel of the past."""
CONVERSION, DIFF, FORECAST, LARGEST = "conversion", "diff", "forecast", "forecast of the largest"
"""Conversion, the deals at both ends of a bridge, and what a forecast rests on: with all of the
open deals as rows, and with those that a person is shown."""
Statement: TypeAlias = "tuple[dict[str, Any], str]"
"""What is given to a statement, by name, and the statement itself."""
EVERYTHING = Filters()
AHEAD = 28_800
"""Seconds by which the file's zone, that of Shanghai, is ahead of UTC: what SQLite is told."""


def _local(at: str) -> str:
    return f"({at} + {AHEAD})"


def _day(at: str) -> str:
    return f"date({_local(at)}, 'unixepoch')"


def _instant(at: str) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {at}, 'unixepoch')"


def _days(since: str) -> str:
    return f"(unixepoch(:today) / 86400 - {_local(since)} / 86400)"


def _span(begin: str, end: str) -> str:
    return f"max(0, {_local(end)} / 86400 - {_local(begin)} / 86400)"


_TOUCHES = """FROM log t WHERE t.deal_id = d.id AND t.touch = 1
    AND (d.stage_entered_at IS NULL OR t.effective_at >= d.stage_entered_at)"""
_STUCK, _SILENT = "d.stage_counts_from < c.stuck_before", "d.touch_counts_from < c.silent_before"
_IN_STAGE, _QUIET = _days("d.stage_counts_from"), _days("d.touch_counts_from")
_DEAL = f"""d.id, d.ref, d.name, d.customer, o.name, p.name, s.name, d.status, d.amount / 100.0,
  s.probability / 10000.0, (d.amount * s.probability + 5000) / 10000 / 100.0, d.expected_close,
  {_day("d.opened_at")}, {_instant("d.stage_entered_at")}, {_days("d.stage_clock_at")},
  {_instant("d.last_touch_at")}, {_days("d.touch_clock_at")}, d.next_step, d.next_step_due,
  d.held_until, {_day("d.closed_at")}, d.lost_reason, d.competitor, d.source"""
_SEVERITY = f"""CASE WHEN 2 * {_IN_STAGE} >= 3 * s.max_days OR 2 * {_QUIET} >= 3 * s.silence_days
  THEN 'red' ELSE 'amber' END"""
_REASONS = f"""'[' || substr(
  iif({_STUCK}, ', ' || json_object('code', 'stuck', 'text', printf('%d days in %s, limit %d',
    {_IN_STAGE}, s.title, s.max_days), 'days', {_IN_STAGE}, 'limit', s.max_days), '') ||
  iif({_SILENT}, ', ' || json_object('code', 'silent', 'text',
    printf('%d days without contact, limit %d', {_QUIET}, s.silence_days),
    'days', {_QUIET}, 'limit', s.silence_days), '') ||
  iif(d.next_step IS NULL, ', ' || json_object('code', 'no-next-step', 'text', 'no next step',
    'days', NULL, 'limit', NULL), '') ||
  iif(d.expected_close < :today, ', ' || json_object('code', 'overdue-close', 'text',
    'expected close ' || d.expected_close || ' has passed',
    'days', (unixepoch(:today) - unixepoch(d.expected_close)) / 86400, 'limit', 0), ''), 3)
  || ']'"""
_EVIDENCE = f"""json_array(
  iif({_SILENT}, printf('last contact %d days ago', {_QUIET}),
    printf('%d contacts in this stage', (SELECT count(*) {_TOUCHES}))),
  iif((SELECT coalesce(sum(t.by_them), 0) {_TOUCHES}), 'they began', 'none begun by them'),
  iif(EXISTS (SELECT 1 FROM milestone m
    WHERE m.stage_id = d.stage_id AND m.required AND m.position IS NOT NULL AND coalesce((
      SELECT v.state FROM milestone_event v WHERE v.deal_id = d.id AND v.milestone_id = m.id
      ORDER BY v.effective_at DESC, v.id DESC LIMIT 1), 'open') IN ('open', 'rejected')),
    'milestone still open', 'and no decision to go on'),
  (SELECT group_concat(k.name || ' is ' || x.stance) FROM deal_role x
    JOIN contact k ON k.id = x.contact_id WHERE x.deal_id = d.id AND NOT x.ended))"""
WORDS = f"""{_DEAL}, a.phase, {_SEVERITY}, {_REASONS}, json_object('hypothesis', a.hypothesis,
  'evidence', {_EVIDENCE}, 'ask', a.ask, 'do', a.do), d.ack_until, NULL"""
"""The columns of `stalled -f csv`, each told of in SQL; evidence as one of the explanations has it,
so that the same is read of each deal and as much is written."""


def _advised(sql: str, known: Process) -> str:
    """Give a statement that tells of advice that of each stage."""
    advice = ", ".join(
        f"({number}, {', '.join(map(_quoted, (known.phases[number], *_advice(known, number))))})"
        for number in known.by_stage
    )
    advised = f"advice (stage_id, phase, hypothesis, ask, do) AS (VALUES {advice}), cutoff AS"
    return sql.replace("cutoff AS", advised).replace(
        "JOIN stage s", "JOIN advice a ON a.stage_id = d.stage_id JOIN stage s"
    )


def _advice(known: Process, number: int) -> tuple[str, str, str]:
    pipeline, _ = known.by_stage[number]
    words = pipeline.playbook.diagnosis[known.phases[number]]["unknown"]
    return words.hypothesis, words.ask, words.do


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _put(reader: Reader, sql: str, filters: Filters = EVERYTHING, **given: Any) -> Statement:
    """Return a statement as the program puts it to the file, with all that it may name."""
    seen = {"today": reader.today.isoformat(), "seen_at": seconds(reader.moment.at)}
    return {**filtered(filters), **seen, **given}, reader.whole(narrowed(sql, filters))


def _then(reader: Reader) -> Reader:
    zone = reader.moment.zone
    return reader.at(Moment(last_second(PAST, zone), zone, past=True))


def _cutoffs(reader: Reader, known: Process) -> str:
    return funnel.cutoffs(reader, known, funnel.limits_of(known))


def stalled_deals(reader: Reader, columns: str) -> Iterator[Statement]:
    """Yield what lists the stalled deals, with these columns."""
    known = process(reader)
    for sql in (STALLED_DEALS, STALLED_ACKNOWLEDGED):
        given, whole = _put(reader, sql, cutoffs=_cutoffs(reader, known), limit=-1)
        told = whole.replace(COLUMNS, columns)
        yield given, _advised(told, known) if columns == WORDS else told


def stalled_totals(reader: Reader) -> Iterator[Statement]:
    """Yield what adds up the stalled deals, stage by stage."""
    for given in funnel.stages({"cutoffs": _cutoffs(reader, process(reader))}):
        yield _put(reader, STAGE_TOTALS, **given)


def funnel_then(reader: Reader) -> Iterator[Statement]:
    """Yield what counts the funnel of the past."""
    then = _then(reader)
    yield _put(then, funnel.THEN["stage"], cutoffs=_cutoffs(then, process(reader)))


def conversion(reader: Reader) -> Iterator[Statement]:
    """Yield what counts how stays ended, and how far deals came."""
    for pipeline in process(reader).pipelines:
        for sql in (EXITS, REACHED):
            yield _put(reader, sql, Filters(pipeline=pipeline.name))


def diff(reader: Reader) -> Iterator[Statement]:
    """Yield what tells how all deals stand, then and now, and what is named beside them."""
    then = _then(reader)
    for end, sql in ((then, STANDINGS), (reader, STANDINGS), (reader, PLACES)):
        yield _put(end, sql)
    for end, sql in ((then, KNOWN_CHANGES), (reader, CHANGES)):
        yield _put(end, sql)


def forecast(reader: Reader, most: int) -> Iterator[Statement]:
    """Yield what a forecast of the quarter rests on, and so many of the largest open deals."""
    for pipeline in process(reader).pipelines:
        within = Filters(pipeline=pipeline.name)
        yield _put(reader, REACHED, within)
        lasted = LASTED.replace(DAYS, _span("y.at", UNTIL))
        yield _put(reader, lasted.replace(TO_WIN, _span("y.at", "k.closed_at")), within)
    yield _put(reader, OPEN_PARTS)
    yield _put(reader, OPEN_LARGEST, limit=most)
    yield _put(reader, FIRST_KNOWN)
    pace, quarter = days_back(reader.today, PACE), parse_period("quarter", reader.today)
    for start, end in (pace, (quarter.start, pace[1])):
        days = {"start": start, "end": end}
        given = {key: seconds(midnight(day, reader.moment.zone)) for key, day in days.items()}
        yield _put(reader, WON_BETWEEN, **given)


def night(reader: Reader) -> Iterator[Statement]:
    """Yield what a run of the night asks: which deals are stalled, which are red, their rows."""
    known = process(reader)
    limits = funnel.limits_of(known)
    red = {number: limit.when_red() for number, limit in limits.items()}
    for each in (limits, red):
        yield _put(reader, STALLED_NUMBERS, cutoffs=funnel.cutoffs(reader, known, each))
    yield from stalled_deals(reader, WORDS)


ASKED: dict[str, Callable[[Reader], Iterator[Statement]]] = {
    LISTED: partial(stalled_deals, columns=COLUMNS),
    WORDED: partial(stalled_deals, columns=WORDS),
    TOTALS: stalled_totals,
    THEN: funnel_then,
    NIGHT: night,
    CONVERSION: conversion,
    DIFF: diff,
    FORECAST: partial(forecast, most=-1),
    LARGEST: partial(forecast, most=MOST_SHOWN),
}
"""What each question asks of the file."""


def script(file: Path, question: str, answer: Path) -> str:
    """Return the commands and the statements by which the shell answers the question."""
    now = datetime.fromisoformat(NOW)
    lines = [".parameter init", f".output '{answer}'"]
    with reading(file, partial(Moment, now)) as reader:
        for parameters, sql in ASKED[question](reader):
            given = {name: value for name, value in parameters.items() if value is not None}
            lines += [f".parameter set :{name} {_said(value)}" for name, value in given.items()]
            lines.append(f"{_without_functions(sql)};")
    return "\n".join([*lines, ""])


def _without_functions(sql: str) -> str:
    """Put in the place of the program's functions, which the shell has not, what they are given.

    That is what they return of a clock that never stood still, as of most.
    """
    return re.sub(
        r"\bfolded\(", "lower(", re.sub(r"\b(?:paused|counted)_clock\(", "coalesce(", sql)
    )


def _said(value: object) -> str:
    return str(value) if isinstance(value, int) else f"\"'{value}'\""


if __name__ == "__main__":
    _, file, question, answer = sys.argv
    sys.stdout.write(script(Path(file), question, Path(answer)))
