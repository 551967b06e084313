"""The open deals, counted by the database: by stage, or by owner, customer or source."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.model import FunnelRow
from funnelcli.domain.stalled import Limits
from funnelcli.domain.time import midnight, seconds
from funnelcli.store.reading.deals import EVIDENCE, NARROWED, OPEN_NOW, filtered, narrowed
from funnelcli.store.reading.reader import BY_STAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.process import Process
    from funnelcli.store.reading.reader import Reader

CUTOFFS = """cutoff AS MATERIALIZED (SELECT value ->> 0 AS stage_id, value ->> 1 AS probability,
  value ->> 2 AS stuck_before, value ->> 3 AS silent_before FROM json_each(:cutoffs))"""
STALLED = "(d.stage_counts_from < c.stuck_before OR d.touch_counts_from < c.silent_before)"
"""Whether deal `d` is stalled: the judge's rule, as instants (see domain/stalled.py)."""
UNACKNOWLEDGED = "(d.ack_until IS NULL OR d.ack_until <= :today)"

_GROUPS = {
    "stage": "d.stage_id",
    "owner": "(SELECT m.name FROM member m WHERE m.id = d.owner_id)",
    "customer": "d.customer",
    "source": "d.source",
}
WEIGHTED = "coalesce(sum((d.amount * c.probability + 5000) / 10000), 0)"
"""The weighted amounts, each rounded half-up to the minor unit, added up."""
_FIGURES = f"""count(*), coalesce(sum(d.amount), 0), count(*) - count(d.amount), {WEIGHTED},
  count(*) FILTER (WHERE {STALLED} AND {UNACKNOWLEDGED})"""


def _medians(group: str, of: str) -> str:
    """Return a statement for the one or two clocks in the middle of each group of deals `d`."""
    return f"""SELECT grouped, at FROM (
  SELECT {group} AS grouped, d.stage_clock_at AS at,
    row_number() OVER (PARTITION BY {group} ORDER BY d.stage_clock_at) AS place,
    count(*) OVER (PARTITION BY {group}) AS n
  {of} AND d.stage_clock_at IS NOT NULL)
WHERE place IN ((n + 1) / 2, (n + 2) / 2)"""


def _gaps(of: str) -> str:
    return f"""SELECT d.stage_id, avg(d.claim - {EVIDENCE} / 100.0)
FROM {of} d JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
WHERE {OPEN_NOW} AND d.claim IS NOT NULL AND {NARROWED} GROUP BY d.stage_id"""


def _held(of: str) -> str:
    return f"""SELECT count(*), coalesce(sum(d.amount), 0) FROM {of} d
WHERE d.live = 1 AND d.held_until > :today AND {NARROWED}"""


ONE_STAGE = f"FROM deal d WHERE d.stage_id = :stage_id AND {OPEN_NOW} AND {NARROWED}"
STAGE_COUNTED = f"SELECT {_FIGURES} {ONE_STAGE}".replace("c.", ":")
STAGE_UNDATED = f"SELECT count(*) {ONE_STAGE} AND d.stage_clock_at IS NULL"
STAGE_MEDIAN = f"""SELECT d.stage_clock_at {ONE_STAGE} AND d.stage_clock_at IS NOT NULL
  ORDER BY d.stage_clock_at LIMIT :limit OFFSET :count"""
"""Of one stage, because its part of the index is in order: nothing has to be sorted."""

_TODAY = f"""FROM {BY_STAGE}
  WHERE {OPEN_NOW} AND {NARROWED}"""
COUNTED = {
    by: f", {CUTOFFS} SELECT {group} AS grouped, {_FIGURES} {_TODAY} GROUP BY grouped"
    for by, group in _GROUPS.items()
}
MEDIANS = {by: f", {CUTOFFS} {_medians(group, _TODAY)}" for by, group in _GROUPS.items()}
CLAIM_GAPS = _gaps("deal")
HELD = _held("deal")

_THEN = f"""FROM seen d CROSS JOIN cutoff c ON c.stage_id = d.stage_id WHERE {OPEN_NOW}"""
THEN = {
    by: f""", {CUTOFFS}, seen AS MATERIALIZED (
  SELECT d.id, {group} AS grouped, d.stage_id, d.live, d.amount, d.claim, d.held_until, d.ack_until,
    d.stage_clock_at, d.stage_counts_from, d.touch_counts_from
  FROM deal d WHERE d.live = 1 AND {NARROWED})
SELECT 'counted', d.grouped, {_FIGURES} {_THEN} GROUP BY d.grouped
UNION ALL SELECT 'median', *, 0, 0, 0, 0 FROM ({_medians("d.grouped", _THEN)})
UNION ALL SELECT 'held', NULL, *, 0, 0, 0 FROM ({_held("seen").replace(NARROWED, "TRUE")})
UNION ALL SELECT 'gap', *, 0, 0, 0, 0 FROM ({_gaps("seen").replace(NARROWED, "TRUE")})"""
    for by, group in _GROUPS.items()
}
"""The same for a past moment, at once: to see the deals as they were is most of the work."""


class Counted(NamedTuple):
    """What the database counts for a funnel.

    `groups` has the figures of the open deals, the median days last; `held` how many are on hold,
    and their amount; `gaps` by stage how many points claims lie above the evidence, on average.
    """

    groups: dict[Any, tuple[Any, ...]]
    held: tuple[int, int]
    gaps: dict[int, float]


def limits_of(process: Process, days: int | None = None) -> dict[int, Limits]:
    """Return each stage's limits in force; `days`, if given, in place of both."""
    if days is not None:
        return dict.fromkeys(process.by_stage, Limits(days, days))
    return {
        number: Limits(stage.limit, stage.silence_days, learned=stage.learned_days is not None)
        for number, (_, stage) in process.by_stage.items()
    }


def cutoffs(reader: Reader, process: Process, limits: dict[int, Limits]) -> str:
    """Return the judge's rule as CUTOFFS takes it: per stage, the instants before which."""
    today, calendar, zone = reader.moment.today, reader.settings.calendar, reader.moment.zone

    def before(day: date | None) -> int | None:
        return None if day is None else seconds(midnight(day + timedelta(days=1), zone))

    return json.dumps(
        [
            [number, stage.probability, *map(before, limits[number].cutoffs(today, calendar))]
            for number, (_, stage) in process.by_stage.items()
        ]
    )


def counted(reader: Reader, process: Process, filters: Filters, by: str = "stage") -> Counted:
    """Count the open deals by stage, owner, customer or source."""
    given = {"cutoffs": cutoffs(reader, process, limits_of(process)), **filtered(filters)}
    if reader.moment.past:
        return _counted_then(reader, filters, by, given)
    (held,) = reader.rows(narrowed(HELD, filters), **given)
    gaps = dict(reader.rows(narrowed(CLAIM_GAPS, filters), **given))
    if by == "stage":
        return Counted(_stages(reader, filters, given), held, gaps)
    rows = reader.rows(narrowed(COUNTED[by], filters), **given)
    figures = {group: tuple(counts) for group, *counts in rows}
    clocks = reader.rows(narrowed(MEDIANS[by], filters), **given)
    return Counted(_aged(reader, figures, clocks), held, gaps)


def _counted_then(reader: Reader, filters: Filters, by: str, given: dict[str, Any]) -> Counted:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for part, *said in reader.rows(narrowed(THEN[by], filters), **given):
        found.setdefault(part, []).append(tuple(said))
    figures = {group: tuple(counts) for group, *counts in found.get("counted", ())}
    clocks = [(group, at) for group, at, *_ in found.get("median", ())]
    ((_, count, amount, *_),) = found["held"]
    gaps = {stage: gap for stage, gap, *_ in found.get("gap", ())}
    return Counted(_aged(reader, figures, clocks), (count, amount), gaps)


def _stages(reader: Reader, filters: Filters, given: dict[str, Any]) -> dict[Any, tuple[Any, ...]]:
    found, clocks = {}, []
    for about in stages(given):
        stage_id = about["stage_id"]
        (figures,) = reader.rows(narrowed(STAGE_COUNTED, filters), **about)
        ((undated,),) = reader.rows(narrowed(STAGE_UNDATED, filters), **about)
        dated = figures[0] - undated
        found[stage_id] = figures
        if dated:
            middle = {"limit": 2 - dated % 2, "count": (dated - 1) // 2}
            rows = reader.rows(narrowed(STAGE_MEDIAN, filters), **about, **middle)
            clocks += [(stage_id, at) for (at,) in rows]
    return _aged(reader, found, clocks)


def stages(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield, for each stage of `cutoffs`, what is given to a statement about one stage."""
    names = ("stage_id", "probability", "stuck_before", "silent_before")
    for stage in json.loads(given["cutoffs"]):
        yield {**given, **dict(zip(names, stage, strict=True))}


def _aged(
    reader: Reader, figures: dict[Any, tuple[Any, ...]], clocks: Iterable[tuple[Any, ...]]
) -> dict[Any, tuple[Any, ...]]:
    """Return each group's figures with the median days that its middle clocks have run."""
    ages: dict[Any, list[int]] = {}
    for group, at in clocks:
        since = reader.day(at)
        if since is not None:
            ages.setdefault(group, []).append(max(0, (reader.moment.today - since).days))
    return {
        group: (*counts, sum(ages[group]) / len(ages[group]) if group in ages else None)
        for group, counts in figures.items()
    }


def funnel_by_stage(counted: Counted, process: Process, filters: Filters) -> list[FunnelRow]:
    """Return a row for each stage of each pipeline, in order, the empty ones too."""
    return [
        _row(counted.groups.get(number), pipeline.name, stage.name, stage.title, stage.probability)
        for number, (pipeline, stage) in process.by_stage.items()
        if filters.pipeline in (None, pipeline.name)
    ]


def funnel_by(counted: Counted) -> list[FunnelRow]:
    """Return a row for each owner, customer or source, by amount, largest first."""
    groups = counted.groups.items()
    rows = [_row(each, "", str(key or ""), str(key or ""), None) for key, each in groups]
    return sorted(rows, key=lambda row: (-row.amount, row.title))


def _row(
    figures: tuple[Any, ...] | None, pipeline: str, stage: str, title: str, probability: int | None
) -> FunnelRow:
    deals, amount, unknown, weighted, stalled, median = figures or (0, 0, 0, 0, 0, None)
    return FunnelRow(
        pipeline=pipeline,
        stage=stage,
        title=title,
        probability=probability,
        deals=deals,
        amount=amount,
        amount_unknown=unknown,
        weighted=weighted,
        median_days=median,
        stalled=stalled,
    )
