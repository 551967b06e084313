"""What people, and the team, are to win in a period."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from funnelcli.domain.model import Target
from funnelcli.domain.time import Period

if TYPE_CHECKING:
    from funnelcli.store.reading.reader import Reader

TARGETS = """SELECT m.name, x.member_id, x.period, x.period_start, x.period_end, x.amount
FROM target x LEFT JOIN member m ON m.id = x.member_id
WHERE x.id = (SELECT y.id FROM target y WHERE y.member_id IS x.member_id
    AND y.period_start = x.period_start AND y.period_end = x.period_end
    ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)
AND x.amount IS NOT NULL AND (:owner IS NULL OR x.member_id = :owner)
AND (:start IS NULL OR x.period_start >= :start AND x.period_end <= :end)
ORDER BY x.member_id IS NOT NULL, m.name, x.period_start, x.period_end DESC"""
TARGET_OF = """SELECT x.amount FROM target x WHERE x.member_id IS :owner
AND x.period_start = :start AND x.period_end = :end
ORDER BY x.effective_at DESC, x.id DESC LIMIT 1"""
TARGETS_OF_MEMBERS = """SELECT x.member_id, x.amount
FROM target x JOIN member m ON m.id = x.member_id
WHERE NOT m.gone AND x.amount IS NOT NULL
AND x.period_start = :start AND x.period_end = :end AND x.id = (
  SELECT y.id FROM target y WHERE y.member_id = x.member_id
  AND y.period_start = x.period_start AND y.period_end = x.period_end
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1) ORDER BY m.name"""


def targets(
    reader: Reader, period: Period | None = None, *, owner: int | None = None
) -> list[Target]:
    """Return the targets that stand, the team's first, then by name, a year before its quarters.

    Of a `period`, those that lie in it; of an `owner`, their own.
    """
    given = {"owner": owner, **_days(period)}
    return [
        Target(
            name, number, Period(said, date.fromisoformat(start), date.fromisoformat(end)), amount
        )
        for name, number, said, start, end, amount in reader.rows(TARGETS, **given)
    ]


def target_of(reader: Reader, owner: int | None, period: Period) -> int | None:
    """Return the target of a member, or of the team, for exactly that period, in minor units."""
    found = aims(reader, owner, period)
    return sum(amount for _, amount in found) if found else None


def aims(reader: Reader, owner: int | None, period: Period) -> list[tuple[int | None, int]]:
    """Return what the target of a member, or of the team, is made of: whose, and how much.

    The team's is made of its members' where it has none of its own.
    """
    row = reader.row(TARGET_OF, owner=owner, **_days(period))
    if row is not None and row[0] is not None:
        return [(owner, row[0])]
    return [] if owner is not None else list(reader.rows(TARGETS_OF_MEMBERS, **_days(period)))


def _days(period: Period | None) -> dict[str, str | None]:
    if period is None:
        return {"start": None, "end": None}
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}
