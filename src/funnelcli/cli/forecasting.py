"""The forecast of a file: its open deals, the chances learned from it, and what stands beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.model import Filters
from funnelcli.domain.outlook import SPREAD
from funnelcli.domain.prospects import PACE, Place, Valued, at_pace, forecast, window
from funnelcli.store.reading.outlooks import (
    days_back,
    first_known,
    kept_scores,
    learned,
    open_parts,
    won_between,
)
from funnelcli.store.reading.targets import target_of

if TYPE_CHECKING:
    from funnelcli.domain.model import Deal
    from funnelcli.domain.prospects import Forecast
    from funnelcli.domain.time import Period
    from funnelcli.store.reading.outlooks import Part
    from funnelcli.store.reading.process import Process
    from funnelcli.store.reading.reader import Reader


class Forecaster:
    """Forecasts a period for any part of the deals, from what all of them have taught."""

    def __init__(self, reader: Reader, known: Process, period: Period) -> None:
        self.reader = reader
        self.known = known
        self.period = period
        self.window = window(period, reader.today, reader.settings.calendar)
        self.learned = learned(reader, known)
        kept = kept_scores(reader)
        self.kept = kept
        self.spread: float = SPREAD if kept is None else kept[1]["spread"]

    def place(self, stage_id: int, days: int | None) -> Place:
        """Return where a deal stands that is in the stage for so many days of the calendar."""
        return Place(*self.learned.by_stage[stage_id], days)

    def place_of(self, deal: Deal) -> Place:
        """Return where an open deal stands."""
        since = deal.stage_counts_from
        days = None if since is None else self.reader.settings.calendar.days(since, deal.today)
        return self.place(deal.stage_id, days)

    def target(self, filters: Filters) -> int | None:
        """Return the target of whoever is asked about; part of their deals is held to none."""
        whole = filters == Filters(filters.owner_id)
        return target_of(self.reader, filters.owner_id, self.period) if whole else None

    def parts(self, filters: Filters) -> list[tuple[Part, Valued]]:
        """Return the open deals, each with its chance within the period."""
        found = []
        for part in open_parts(self.reader, filters):
            _, stage = self.known.by_stage[part.stage_id]
            within = self.place(part.stage_id, part.days).within(self.window)
            found.append((part, Valued(within, part.amount, stage.probability)))
        return found

    def forecast(self, filters: Filters) -> Forecast:
        """Return what the period brings, with what was won in it, the run-rate and the target."""
        reader, today = self.reader, self.reader.today
        start, end = days_back(today, PACE)
        first = first_known(reader)
        days = 0 if first is None else min(PACE, (end - max(start, first)).days)
        ahead = (self.period.end - max(self.period.start, end)).days
        pace = won_between(reader, filters, start, end)
        won = won_between(reader, filters, self.period.start, min(self.period.end, end))
        return forecast(
            self.period,
            [valued for _, valued in self.parts(filters)],
            won=won,
            run_rate=at_pace(pace.amount, days, ahead),
            target=self.target(filters),
            spread=self.spread,
        )
