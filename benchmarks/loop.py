"""What JSON of a list of deals is measured against: a loop over its rows that calls json.dumps.

    python loop.py FILE ANSWER

Written as anybody would who has the file, sqlite3 and json: the same keys and values for each deal.
"""

import json
import sqlite3
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from environment import NOW

LISTED = """SELECT d.id, d.ref, d.name, d.customer, o.name AS owner, p.name AS pipeline,
  s.name AS stage, iif(d.status = 'open' AND d.held_until > :today, 'held', d.status) AS status,
  d.amount / 100.0 AS amount,
  CASE d.status WHEN 'won' THEN 1.0 WHEN 'lost' THEN 0.0 ELSE s.probability / 10000.0 END
    AS win_probability,
  CASE d.status WHEN 'won' THEN d.amount WHEN 'lost' THEN 0
    ELSE (d.amount * s.probability + 5000) / 10000 END / 100.0 AS weighted_amount,
  d.expected_close, d.opened_at AS opened_on, d.stage_entered_at,
  d.stage_clock_at AS days_in_stage, d.last_touch_at, d.touch_clock_at AS days_silent,
  d.next_step, d.next_step_due, d.held_until, d.closed_at AS closed_on, d.lost_reason,
  d.competitor, d.source
FROM deal d JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
LEFT JOIN member o ON o.id = d.owner_id ORDER BY d.id"""


def main(file: Path, answer: Path) -> None:
    """Write every deal of the file as a JSON object, one a line."""
    connection = sqlite3.connect(file)
    (key,) = connection.execute("SELECT value FROM setting WHERE key = 'timezone'").fetchone()
    zone = ZoneInfo(key)
    today = datetime.fromisoformat(NOW).astimezone(zone).date()

    def day(at: int | None) -> date | None:
        return None if at is None else datetime.fromtimestamp(at, zone).date()

    rows = connection.execute(LISTED, {"today": today.isoformat()})
    keys = [column[0] for column in rows.description]
    with answer.open("w", encoding="utf-8") as out:
        for row in rows:
            deal = dict(zip(keys, row, strict=True))
            closed = day(deal["closed_on"])
            for name in ("opened_on", "closed_on"):
                found = day(deal[name])
                deal[name] = None if found is None else found.isoformat()
            for name in ("stage_entered_at", "last_touch_at"):
                if deal[name] is not None:
                    deal[name] = datetime.fromtimestamp(deal[name], UTC).isoformat()
            for name in ("days_in_stage", "days_silent"):
                since = day(deal[name])
                deal[name] = None if since is None else ((closed or today) - since).days
            out.write(json.dumps(deal, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
