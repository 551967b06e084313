"""What the forecast rests on: the open deals, what was won, and the history of each pipeline."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.forecast import Chances, Step
from funnelcli.domain.model import Filters
from funnelcli.domain.pipeline import WHOLE
from funnelcli.domain.time import midnight, seconds
from funnelcli.store.reading.courses import history
from funnelcli.store.reading.deals import (
    COLUMNS,
    JOINED,
    NARROWED,
    OPEN_NOW,
    deal_from,
    filtered,
    narrowed,
)
from funnelcli.store.reading.funnel import HELD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from funnelcli.domain.model import Deal
    from funnelcli.domain.pipeline import Pipeline
    from funnelcli.store.reading.process import Process
    from funnelcli.store.reading.reader import Reader

OPEN_PARTS = f"""SELECT d.id, d.stage_id, d.owner_id, d.stage_counts_from, d.amount FROM deal d
WHERE {OPEN_NOW} AND {NARROWED}"""
OPEN_LARGEST = f"""SELECT {COLUMNS} FROM deal d {JOINED} WHERE {OPEN_NOW} AND {NARROWED}
ORDER BY d.amount DESC, d.id LIMIT :limit"""
WON_BETWEEN = f"""SELECT count(*), coalesce(sum(d.amount), 0) FROM deal d
WHERE d.status = 'won' AND d.closed_at >= :start AND d.closed_at < :end AND {NARROWED}"""
WON_BY_OWNER = f"""SELECT d.owner_id, coalesce(sum(d.amount), 0) FROM deal d
WHERE d.status = 'won' AND d.closed_at >= :start AND d.closed_at < :end AND {NARROWED}
GROUP BY d.owner_id"""
WON_AMOUNTS = f"""SELECT d.amount, count(*) FROM deal d
WHERE d.status = 'won' AND d.amount > 0 AND {NARROWED} GROUP BY d.amount"""
KNOWN_AMOUNTS = f"""SELECT d.amount, count(*) FROM deal d
WHERE d.status IS NOT NULL AND d.amount > 0 AND {NARROWED} GROUP BY d.amount"""
PLANNED = f"""SELECT p.owner_id, count(*) FROM plan p JOIN deal d ON d.id = p.deal_id
WHERE NOT EXISTS (SELECT 1 FROM plan_end x WHERE x.plan_id = p.id) AND {OPEN_NOW} AND {NARROWED}
GROUP BY p.owner_id"""
FIRST_KNOWN = """SELECT min(at) FROM (
  SELECT min(d.opened_at) AS at FROM deal d UNION ALL SELECT min(d.closed_at) FROM deal d)"""
OPEN_BY_PIPELINE = """SELECT s.pipeline_id, count(*) FROM deal d JOIN stage s ON s.id = d.stage_id
WHERE d.live = 1 GROUP BY s.pipeline_id"""
FATES = """SELECT d.id, d.status, d.closed_at, d.amount FROM deal d
WHERE d.status IN ('won', 'lost')"""
SCORED = "SELECT as_of, scores FROM backtest_score WHERE as_of <= :seen_at ORDER BY as_of DESC"


class Part(NamedTuple):
    """An open deal: where it is, for how many days of the calendar, and its amount if known."""

    deal_id: int
    stage_id: int
    owner_id: int | None
    days: int | None
    amount: int | None


class Won(NamedTuple):
    """How many deals were won, and what their amounts that are known add up to."""

    deals: int
    amount: int


class Fate(NamedTuple):
    """How a deal ended, on which day, and its amount then."""

    won: bool
    on: date | None
    amount: int | None


def open_parts(reader: Reader, filters: Filters) -> Iterator[Part]:
    """Yield the open deals, those on hold left out, as a forecast needs them."""
    today, calendar = reader.today, reader.settings.calendar
    for number, stage, owner, since, amount in reader.rows(
        narrowed(OPEN_PARTS, filters), **filtered(filters)
    ):
        begun = reader.day(since)
        days = None if begun is None else calendar.days(begun, today)
        yield Part(number, stage, owner, days, amount)


def open_largest(reader: Reader, filters: Filters, limit: int | None) -> Iterator[Deal]:
    """Yield the same deals whole, the largest amount first, unknown ones last."""
    given: dict[str, Any] = {"limit": -1 if limit is None else limit, **filtered(filters)}
    rows = reader.rows(narrowed(OPEN_LARGEST, filters), **given)
    return (deal_from(reader, row) for row in rows)


def won_between(reader: Reader, filters: Filters, start: date, end: date) -> Won:
    """Return what was won on the days `[start, end)`."""
    days = {"start": start, "end": end}
    given = {key: seconds(midnight(day, reader.moment.zone)) for key, day in days.items()}
    (row,) = reader.rows(narrowed(WON_BETWEEN, filters), **given, **filtered(filters))
    return Won(*row)


def won_by_owner(reader: Reader, filters: Filters, start: date, end: date) -> dict[int | None, int]:
    """Return what everybody won on the days `[start, end)`, in minor units."""
    days = {"start": start, "end": end}
    given = {key: seconds(midnight(day, reader.moment.zone)) for key, day in days.items()}
    return dict(reader.rows(narrowed(WON_BY_OWNER, filters), **given, **filtered(filters)))


def past_amounts(reader: Reader, filters: Filters) -> list[tuple[int, int]]:
    """Return the amounts that were won, each with how often; of all deals while none was."""
    for sql in (WON_AMOUNTS, KNOWN_AMOUNTS):
        found = list(reader.rows(narrowed(sql, filters), **filtered(filters)))
        if found:
            return found
    return []


def planned(reader: Reader, filters: Filters) -> dict[int | None, int]:
    """Return how many activities everybody has planned on open deals."""
    within = filters._replace(owner_id=None)
    return dict(reader.rows(narrowed(PLANNED, within), **filtered(within)))


def held_deals(reader: Reader, filters: Filters) -> int:
    """Return how many deals are on hold, which no forecast counts in."""
    ((count, _),) = reader.rows(narrowed(HELD, filters), **filtered(filters))
    return int(count)


def first_known(reader: Reader) -> date | None:
    """Return the first day of which it is known that a deal was opened or closed."""
    ((at,),) = reader.rows(FIRST_KNOWN)
    return reader.day(at)


def fates(reader: Reader) -> dict[int, Fate]:
    """Return how each closed deal ended."""
    return {
        number: Fate(status == "won", reader.day(at), amount)
        for number, status, at, amount in reader.rows(FATES)
    }


def kept_scores(reader: Reader) -> tuple[date | None, dict[str, Any]] | None:
    """Return the day of the last backtest that was kept, with what it found."""
    row = reader.row(SCORED)
    return None if row is None else (reader.day(row[0]), json.loads(row[1]))


def steps(pipeline: Pipeline, at: datetime) -> list[Step]:
    """Return the pipeline's stages as the forecast sees them, with the limits in force at a moment.

    What was adopted later is not known then.
    """
    found = []
    for stage in pipeline.stages:
        known = stage.learned_at is not None and stage.learned_at <= at
        learned = known and stage.learned_days is not None
        limit = stage.learned_days if learned else stage.max_days
        found.append(Step(stage.title, stage.probability / WHOLE, limit, learned))
    return found


def pipeline_chances(reader: Reader, pipeline: Pipeline) -> Chances:
    """Return the chances of a pipeline's deals, learned from all of them."""
    return Chances(steps(pipeline, reader.moment.at), history(reader, Filters(), pipeline))


class Learned(NamedTuple):
    """What all deals of a file have taught, whoever is asked about.

    `by_stage` holds by stage's number its pipeline's chances, with its position there.
    """

    by_stage: dict[int, tuple[Chances, int]]
    by_pipeline: dict[str, Chances]

    def closed(self, pipeline: str | None) -> tuple[int, int]:
        """Return how many won and lost deals the chances of a pipeline, or of all, rest on."""
        of = self.by_pipeline.items()
        histories = [each.history for name, each in of if pipeline in (None, name)]
        return sum(h.won for h in histories), sum(sum(h.lost) for h in histories)


def learned(reader: Reader, known: Process) -> Learned:
    """Return the chances of the deals of each pipeline."""
    found = Learned({}, {})
    for pipeline in known.pipelines:
        chances = found.by_pipeline[pipeline.name] = pipeline_chances(reader, pipeline)
        for position, stage in enumerate(pipeline.stages):
            if stage.id is not None:
                found.by_stage[stage.id] = (chances, position)
    return found


def busiest(reader: Reader, known: Process) -> Pipeline:
    """Return the pipeline in which most deals are open, the default one where none is."""
    open_: dict[int, int] = dict(reader.rows(OPEN_BY_PIPELINE))
    default = known.pipeline(None)
    return max(known.pipelines, key=lambda p: (open_.get(p.id or 0, 0), p is default))


def days_back(today: date, count: int) -> tuple[date, date]:
    """Return the last so many days, today included, as `[start, end)`."""
    return today - timedelta(days=count - 1), today + timedelta(days=1)
