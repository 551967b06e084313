"""The courses of all deals through the stages, counted by the database.

Every arrival in a stage is one stay; one in the same stage again, after stages were merged, goes
on. What a deal reached is the furthest stage that it ever entered (PRODUCT 10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.stays import Exit, History, Stay
from funnelcli.domain.time import EVERY_DAY
from funnelcli.store.projection import CLOSINGS, PAUSES
from funnelcli.store.reading.deals import NARROWED, filtered, narrowed
from funnelcli.store.reading.local import Local
from funnelcli.store.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.domain.model import Filters
    from funnelcli.domain.pipeline import Pipeline
    from funnelcli.store.reading.reader import Reader

_DEALS = f"""known AS MATERIALIZED (
  SELECT d.id, d.status, d.closed_at, d.archived FROM deal d WHERE {NARROWED})"""
_STAYS = """arrival AS (
  SELECT e.deal_id, e.id, e.effective_at AS at, coalesce(r.id, s.id) AS stage_id,
    coalesce(r.position, s.position) AS position,
    lag(coalesce(r.id, s.id)) OVER (PARTITION BY e.deal_id ORDER BY e.effective_at, e.id) AS before
  FROM stage_entry e JOIN stage s ON s.id = e.stage_id LEFT JOIN stage r ON r.id = s.replaced_by
), stay AS (
  SELECT deal_id, position, at, lead(at) OVER later AS left_at, lead(position) OVER later AS next
  FROM arrival WHERE before IS NOT stage_id
  WINDOW later AS (PARTITION BY deal_id ORDER BY at, id))"""
_EXIT = """CASE WHEN y.next > y.position THEN 'advanced' WHEN y.next < y.position THEN 'moved_back'
  WHEN k.status = 'won' THEN 'advanced' WHEN k.status = 'lost' THEN 'lost' ELSE 'still_here' END"""
_OF_DEALS = "FROM known k CROSS JOIN stay y ON y.deal_id = k.id WHERE y.position IS NOT NULL"

EXITS = f""", {_DEALS}, {_STAYS}
SELECT y.position, {_EXIT} AS exit, count(*) {_OF_DEALS} GROUP BY 1, 2"""
REACHED = f""", {_DEALS}
SELECT furthest, status, count(*) FROM (
  SELECT CASE WHEN k.status = 'open' AND k.archived THEN 'put away' ELSE k.status END AS status,
    max(coalesce(r.position, s.position)) AS furthest
  FROM known k CROSS JOIN stage_entry e ON e.deal_id = k.id JOIN stage s ON s.id = e.stage_id
  LEFT JOIN stage r ON r.id = s.replaced_by GROUP BY k.id)
WHERE furthest IS NOT NULL GROUP BY 1, 2"""
_PUT_AWAY = f"""(SELECT f.effective_at FROM deal_fact f
  WHERE f.deal_id = k.id AND f.terms & {Term.ARCHIVED:d} ORDER BY f.effective_at DESC LIMIT 1)"""
UNTIL = f"""coalesce(y.left_at, k.closed_at, CASE WHEN k.status = 'open' THEN
  CASE WHEN k.archived THEN {_PUT_AWAY} ELSE :seen_at END END)"""
"""When a stay ended, or was last seen: nobody sees how a deal that was put away goes on."""
DAYS, TO_WIN = "/* days */ 0", "/* days to win */ 0"
"""Where the days of stay `y` are put, and those from its beginning until deal `k` was won."""
LASTED = f""", {_DEALS}, {_STAYS}, paused AS MATERIALIZED (
  SELECT deal_id FROM hold UNION SELECT deal_id FROM outcome WHERE outcome = 'reopened')
SELECT y.position, {DAYS}, {_EXIT} AS exit, CASE WHEN k.status = 'won' THEN {TO_WIN} END, count(*)
{_OF_DEALS} GROUP BY 1, 2, 3, 4"""


def exits(reader: Reader, filters: Filters, pipeline: Pipeline) -> list[dict[Exit, int]]:
    """Return for each stage of a pipeline how many stays ended in which way."""
    found: list[dict[Exit, int]] = [{} for _ in pipeline.stages]
    within = filters._replace(pipeline=pipeline.name)
    for position, end, count in reader.rows(narrowed(EXITS, within), **filtered(within)):
        found[position][Exit(end)] = count
    return found


def reached(reader: Reader, filters: Filters, pipeline: Pipeline) -> History:
    """Return how far the deals of a pipeline came, without their stays."""
    won, lost = 0, [0] * len(pipeline.stages)
    undecided = [0] * len(pipeline.stages)
    by_furthest = {"lost": lost, "open": undecided}
    within = filters._replace(pipeline=pipeline.name)
    for furthest, status, count in reader.rows(narrowed(REACHED, within), **filtered(within)):
        if status == "won":
            won += count
        elif status in by_furthest:
            by_furthest[status][furthest] += count
    return History(won, tuple(lost), undecided=tuple(undecided))


def history(reader: Reader, filters: Filters, pipeline: Pipeline) -> History:
    """Return how far the deals of a pipeline came, and how long they stayed in its stages."""
    within = filters._replace(pipeline=pipeline.name)
    return reached(reader, within, pipeline)._replace(stays=tuple(_stays(reader, within)))


def _stays(reader: Reader, filters: Filters) -> Iterator[Stay]:
    """Yield the stays, counted in days of the file's calendar."""
    days, days_to_win = _days(reader, UNTIL), _days(reader, "k.closed_at")
    sql = narrowed(LASTED, filters).replace(DAYS, days).replace(TO_WIN, days_to_win)
    for position, lasted, end, to_win, count in reader.rows(sql, **filtered(filters)):
        yield Stay(position, lasted, Exit(end), to_win, count)


def _days(reader: Reader, until: str) -> str:
    """Return the days for which a deal's clock ran from an arrival until an instant.

    Of most deals it never stood still, and every day counts: then it is a difference of days.
    """
    holds, closings = (text.replace("d.id", "k.id") for text in (PAUSES, CLOSINGS))
    ran = f"days_stayed(y.at, {until}, {holds}, {closings})"
    if reader.settings.calendar != EVERY_DAY:
        return ran
    local = Local(reader)
    span = f"max(0, {local.number(until)} - {local.number('y.at')})"
    return f"CASE WHEN k.id IN (SELECT deal_id FROM paused) THEN {ran} ELSE {span} END"
