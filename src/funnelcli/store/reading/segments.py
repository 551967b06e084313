"""All opportunities, counted by the database by what they have in common."""

from __future__ import annotations

from sqlite3 import OperationalError
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.segments import Comparison, Segment, compare
from funnelcli.store.reading.deals import NARROWED, filtered, narrowed
from funnelcli.store.reading.local import Local

if TYPE_CHECKING:
    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.reader import Reader

CYCLE = "/* cycle */ 0"
"""Where the local days from opened to won of deal `d` are put."""
QUARTER = "/* quarter */ '2026Q4'"
"""Where the quarter in which deal `d` was opened is put."""

COUNTED_ONCE = "d.status IS NOT NULL AND (d.live = 1 OR d.status IN ('won', 'lost'))"
"""An archived deal is an opportunity only if its fate is known."""


class Cut(NamedTuple):
    """What deals are grouped by, how that is told, and what has to be joined for it.

    `once` is what groups each deal once, where a deal may be in several groups.
    """

    grouped: str
    told: str = "grouped"
    join: str = ""
    once: str = ""

    def counted(self) -> str:
        """Return a statement that counts the groups, and finds the middle cycles of each."""
        return _counted(self.grouped, self.told, self.join, "DISTINCT d.id," if self.once else "")


def _counted(grouped: str, told: str, join: str = "", each: str = "") -> str:
    return f""", seen AS MATERIALIZED (
  SELECT {each} {grouped} AS grouped, d.status = 'won' AS won, d.status = 'lost' AS lost, d.amount,
    CASE WHEN d.status = 'won' THEN {CYCLE} END AS days
  FROM deal d {join} WHERE {COUNTED_ONCE} AND {NARROWED}),
cycle AS (
  SELECT grouped, avg(days) AS days FROM (
    SELECT grouped, days, row_number() OVER (PARTITION BY grouped ORDER BY days) AS place,
      count(*) OVER (PARTITION BY grouped) AS n
    FROM seen WHERE days IS NOT NULL)
  WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY grouped)
SELECT {told}, deals, won, lost, days, amount, amount_unknown FROM (
  SELECT s.grouped, s.deals, s.won, s.lost, c.days, s.amount, s.amount_unknown FROM (
    SELECT grouped, count(*) AS deals, sum(won) AS won, sum(lost) AS lost,
      coalesce(sum(amount) FILTER (WHERE won), 0) AS amount,
      count(*) FILTER (WHERE won AND amount IS NULL) AS amount_unknown
    FROM seen GROUP BY grouped) s
  LEFT JOIN cycle c ON c.grouped IS s.grouped)"""


CUTS = {
    "source": Cut("d.source"),
    "owner": Cut("d.owner_id", "(SELECT m.name FROM member m WHERE m.id = grouped)"),
    "customer": Cut("d.customer"),
    "competitor": Cut(
        "v.value",
        join="""LEFT JOIN json_each(
    '[' || replace(json_quote(d.competitor), '; ', '","') || ']') v""",
        once="d.competitor",
    ),
    "pipeline": Cut(
        "g.pipeline_id",
        "(SELECT p.name FROM pipeline p WHERE p.id = grouped)",
        "JOIN stage g ON g.id = d.stage_id",
    ),
    "member": Cut("v.value", join="LEFT JOIN json_each(d.members) v", once="d.members"),
    "opened": Cut(QUARTER),
}
SEGMENTS = {by: cut.counted() for by, cut in CUTS.items()}
GROUPED_ONCE = {by: _counted(cut.once, "grouped") for by, cut in CUTS.items() if cut.once}


def segments(reader: Reader, filters: Filters, by: str) -> tuple[list[Segment], Comparison]:
    """Return the segments, those with most closed deals first, and what they say together."""
    found = _read(reader, filters, SEGMENTS[by])
    once = _read(reader, filters, GROUPED_ONCE[by]) if by in GROUPED_ONCE else found
    return sorted(found, key=_order), compare(once)


def _order(segment: Segment) -> tuple[int, int, bool, str]:
    value = segment.value
    return -segment.closed, -segment.deals, value is None, value or ""


def _read(reader: Reader, filters: Filters, sql: str) -> list[Segment]:
    """Return what a statement counts; raises ValueError for a damaged list."""
    local = Local(reader)
    opened = local.clock("d.opened_at")
    year, month = (f"strftime('%{part}', {opened}, 'unixepoch')" for part in "Ym")
    days = f"max(0, {local.number('d.closed_at')} - {local.number('d.opened_at')})"
    whole = narrowed(sql, filters).replace(CYCLE, days)
    whole = whole.replace(QUARTER, f"{year} || 'Q' || (({month} + 2) / 3)")
    try:
        return [Segment(*row) for row in reader.rows(whole, **filtered(filters))]
    except OperationalError as error:
        if "JSON" not in str(error):
            raise
        raise ValueError(error) from error
