"""What entries of a period have in common: their days, their deals, and whose these were when."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from funnelcli.domain.time import midnight, seconds
from funnelcli.store.reading.local import Local
from funnelcli.store.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funnelcli.domain.time import Period
    from funnelcli.store.reading.process import Process
    from funnelcli.store.reading.reader import Reader

IMPORTED = "(o.command LIKE 'import %')"
"""Whether operation `o` brought its facts from a table, so that they are no work done here."""
ENTERED, HAPPENED, ENDED = "/* entered */ 0", "/* happened */ 0", "/* ended */ 0"
"""Where the day's number is put on which operation `o` was entered, fact `x` happened, and
operation `q`, which ended it, was entered."""
_AT = {ENTERED: "o.entered_at", HAPPENED: "x.effective_at", ENDED: "q.entered_at"}


def within(happened: str, operation: str = "o") -> str:
    """Return the condition that a fact is of the period, by when it happened or was entered."""
    return f"""CASE WHEN :by_entry
    THEN {operation}.entered_at >= :from_at AND {operation}.entered_at < :before_at
    ELSE {happened} END"""


WITHIN_AT = within("x.effective_at >= :from_at AND x.effective_at < :before_at")

DEALS = """SELECT d.id, d.name, p.name, s.name, d.status, d.amount, (
  SELECT o.entered_at FROM outcome x JOIN operation o ON o.id = x.operation_id
  WHERE x.deal_id = d.id AND d.closed_at IS NOT NULL
  ORDER BY x.effective_at DESC, x.id DESC LIMIT 1), d.archived, d.owner_id, (
  SELECT json_group_array(m.id) FROM json_each(d.members) v JOIN member m ON m.name = v.value
  WHERE NOT m.gone)
FROM json_each(:deals) j CROSS JOIN deal d ON d.id = j.value
JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id"""
OWNERS = f"""SELECT x.deal_id, x.effective_at, x.operation_id, coalesce(m.manager, 0), x.owner_id,
  CASE WHEN NOT {IMPORTED} THEN o.by_id END
FROM json_each(:deals) j CROSS JOIN deal_fact x ON x.deal_id = j.value
JOIN operation o ON o.id = x.operation_id LEFT JOIN member m ON m.id = o.by_id
WHERE x.terms & {Term.OWNER:d} ORDER BY x.deal_id, x.effective_at, x.id"""

_BEFORE_1970 = date(1970, 1, 1).toordinal()


_Row = TypeVar("_Row", bound=tuple[Any, ...])


class About(NamedTuple):
    """A deal as entries speak of it; nothing is known of one that was not there yet.

    `closed_on` is the day on which its end was entered.
    """

    name: str = ""
    pipeline: str = ""
    stage: str = ""
    status: str = "open"
    amount: int | None = None
    closed_on: date | None = None
    archived: bool = False
    owner_id: int | None = None
    members: tuple[int, ...] = ()


_NOT_YET = About()


class _Owned(NamedTuple):
    """Whose a deal was from an instant on, and who said so, if it was not an import."""

    since: int | None
    operation: int
    manager: bool
    owner: int | None
    by: int | None


class Doings:
    """A period's facts, by the day they happened or, `by_entry`, by the day they were entered.

    What a statement found is `kept` where several kinds of entries are made of it.
    """

    def __init__(self, reader: Reader, period: Period, process: Process, *, by_entry: bool) -> None:
        self.reader = reader
        self.period = period
        self.process = process
        self.today = reader.today
        self.local = Local(reader)
        zone = reader.moment.zone
        self.given: dict[str, Any] = {
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "from_at": seconds(midnight(period.start, zone)),
            "before_at": seconds(midnight(period.end, zone)),
            "by_entry": by_entry,
        }
        self.kept: dict[str, Any] = {}
        self._days: dict[int | str, date] = {}
        self._about: dict[int, About] = {}
        self._owned: dict[int, list[_Owned]] = {}

    def rows(self, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement about the period; days in it become numbers."""
        for place, at in _AT.items():
            if place in sql:
                sql = sql.replace(place, self.local.number(at))
        return list(self.reader.rows(sql, **self.given, **given))

    def day(self, said: int | str) -> date:
        """Return a day, from its number since 1970-01-01 or as the file writes it."""
        found = self._days.get(said)
        if found is None:
            found = (
                date.fromisoformat(said)
                if isinstance(said, str)
                else date.fromordinal(_BEFORE_1970 + said)
            )
            self._days[said] = found
        return found

    def optional_day(self, said: int | str | None) -> date | None:
        """Return a day, or None for an unknown one."""
        return None if said is None else self.day(said)

    def learn(self, deals: Iterable[int]) -> None:
        """Read what is to be said of these deals, each once."""
        missing = json.dumps(sorted({*deals} - self._about.keys()))
        for number, *said in self.reader.rows(DEALS, deals=missing):
            name, pipeline, stage, status, amount, closed_at, archived, owner, team = said
            closed_on = self.reader.day(closed_at)
            self._about[number] = About(
                name,
                pipeline,
                stage,
                status,
                amount,
                closed_on,
                bool(archived),
                owner,
                tuple(json.loads(team)),
            )

    def about(self, deal: int) -> About:
        """Return what is to be said of a deal that was learned of."""
        return self._about.get(deal, _NOT_YET)

    def own(self, deals: Iterable[int]) -> None:
        """Read who owned these deals, and since when, each once."""
        missing = {*deals} - self._owned.keys()
        self._owned.update((number, []) for number in missing)
        rows = self.reader.rows(OWNERS, deals=json.dumps(sorted(missing)))
        for number, *owned in rows:
            self._owned[number].append(_Owned(*owned))

    def owner(self, deal: int, at: int | None, operation: int) -> int | None:
        """Return who owned a deal when something happened on it that an operation entered.

        A change of owner that was entered later counts for what was before only if the manager
        signed it: nobody takes over what another has done. Nor does anybody take a deal from
        another, by a table neither: that one, or the manager, has to give it.
        """
        first = min(self._owned[deal], key=lambda each: each.operation, default=None)
        found = self.about(deal).owner_id if first is None else first.owner
        for each in self._owned[deal]:
            began = each.since is None or at is None or each.since <= at
            free = found is None or each.by == found
            if began and (each.manager or (free and each.operation <= operation)):
                found = each.owner
        return found

    def given_away_on(self, deal: int, owner: int | None) -> date | None:
        """Return since when a deal of this owner is somebody else's by the manager's word."""
        given = None
        for each in self._owned[deal]:
            if each.owner == owner:
                given = None
            elif each.manager and each.since is not None and given is None:
                given = self.reader.day(each.since)
        return given

    def middle(self) -> list[int]:
        """Return the stages of every pipeline from its first in the middle phase on."""
        found: list[int] = []
        for pipeline in self.process.pipelines:
            phases = [pipeline.phase(stage) for stage in pipeline.stages]
            first = next((n for n, phase in enumerate(phases) if phase != "early"), len(phases))
            found += [s.id for s in pipeline.stages[first:] if s.id is not None]
        return found


def grouped(rows: Iterable[_Row], width: int) -> Iterator[list[_Row]]:
    """Yield the rows that follow each other and have their first `width` columns in common."""
    group: list[_Row] = []
    for row in rows:
        if group and row[:width] != group[0][:width]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
