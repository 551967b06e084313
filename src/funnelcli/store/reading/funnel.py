"""The open deals, counted by the database: by stage, or by owner, customer or source."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from funnelcli.domain.model import FunnelRow
from funnelcli.domain.stalled import Limits
from funnelcli.domain.time import midnight, seconds
from funnelcli.store.reading.deals import EVIDENCE, NARROWED, OPEN_NOW, filtered, narrowed
from funnelcli.store.reading.reader import BY_STAGE

if TYPE_CHECKING:
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
_FROM = f"""FROM {BY_STAGE}
  WHERE {OPEN_NOW} AND {NARROWED}"""
WEIGHTED = "coalesce(sum((d.amount * c.probability + 5000) / 10000), 0)"
"""The weighted amounts, each rounded half-up to the minor unit, added up."""

COUNTED = {
    by: f""", {CUTOFFS}
SELECT {group} AS grouped, count(*), coalesce(sum(d.amount), 0), sum(d.amount IS NULL),
  {WEIGHTED}, sum(coalesce({STALLED}, 0) AND {UNACKNOWLEDGED})
{_FROM} GROUP BY grouped"""
    for by, group in _GROUPS.items()
}
MEDIANS = {
    by: f""", {CUTOFFS}
SELECT grouped, at FROM (
  SELECT {group} AS grouped, d.stage_clock_at AS at,
    row_number() OVER (PARTITION BY {group} ORDER BY d.stage_clock_at) AS place,
    count(*) OVER (PARTITION BY {group}) AS n
  {_FROM} AND d.stage_clock_at IS NOT NULL)
WHERE place IN ((n + 1) / 2, (n + 2) / 2) ORDER BY grouped, at"""
    for by, group in _GROUPS.items()
}
CLAIM_GAPS = f"""SELECT d.stage_id, avg(d.claim - {EVIDENCE} / 100.0)
FROM deal d JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
WHERE {OPEN_NOW} AND d.claim IS NOT NULL AND {NARROWED} GROUP BY d.stage_id"""
HELD = f"""SELECT count(*), coalesce(sum(d.amount), 0) FROM deal d
WHERE d.live = 1 AND d.held_until > :today AND {NARROWED}"""


def limits_of(process: Process, days: int | None = None) -> dict[int, Limits]:
    """Return each stage's limits; `days`, if given, in place of both."""
    return {
        number: Limits(stage.max_days, stage.silence_days) if days is None else Limits(days, days)
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


def funnel_by_stage(reader: Reader, process: Process, filters: Filters) -> list[FunnelRow]:
    """Return a row for each stage of each pipeline, in order, the empty ones too."""
    counted = _counted(reader, process, filters, "stage")
    return [
        _row(counted.get(number), pipeline.name, stage.name, stage.title, stage.probability)
        for number, (pipeline, stage) in process.by_stage.items()
        if filters.pipeline in (None, pipeline.name)
    ]


def funnel_by(reader: Reader, process: Process, filters: Filters, by: str) -> list[FunnelRow]:
    """Return a row for each owner, customer or source, by amount, largest first."""
    counted = _counted(reader, process, filters, by)
    rows = [_row(each, "", str(key or ""), str(key or ""), None) for key, each in counted.items()]
    return sorted(rows, key=lambda row: (-row.amount, row.title))


def claim_gaps(reader: Reader, filters: Filters) -> dict[int, float]:
    """Return by stage how many points its claims lie above the evidence, on average."""
    return dict(reader.rows(narrowed(CLAIM_GAPS, filters), **filtered(filters)))


def held(reader: Reader, filters: Filters) -> tuple[int, int]:
    """Return how many open deals are on hold, and their amount."""
    count, amount = next(reader.rows(narrowed(HELD, filters), **filtered(filters)))
    return count, amount


def _counted(
    reader: Reader, process: Process, filters: Filters, by: str
) -> dict[Any, tuple[Any, ...]]:
    given = {"cutoffs": cutoffs(reader, process, limits_of(process)), **filtered(filters)}
    ages: dict[Any, list[int]] = {}
    for group, at in reader.rows(narrowed(MEDIANS[by], filters), **given):
        since = reader.day(at)
        if since is not None:
            ages.setdefault(group, []).append(max(0, (reader.moment.today - since).days))
    found = {}
    for group, *figures in reader.rows(narrowed(COUNTED[by], filters), **given):
        age = ages.get(group)
        found[group] = (*figures, None if age is None else sum(age) / len(age))
    return found


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
