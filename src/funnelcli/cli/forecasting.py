"""The forecast of a file: its open deals, the chances learned from it, and what stands beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.outlook import SPREAD
from funnelcli.domain.prospects import PACE, Place, Valued, at_pace, forecast, window
from funnelcli.store.reading.outlooks import (
    chances,
    days_back,
    first_opened,
    kept_scores,
    open_parts,
    won_between,
)
from funnelcli.store.reading.targets import target_of

if TYPE_CHECKING:
    from funnelcli.domain.forecast import Chances
    from funnelcli.domain.model import Deal, Filters
    from funnelcli.domain.pipeline import Pipeline
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
        self.chances: dict[int, tuple[Chances, int]] = chances(reader, known)
        kept = kept_scores(reader)
        self.kept = kept
        self.spread: float = SPREAD if kept is None else kept[1]["spread"]

    def place(self, stage_id: int, days: int | None) -> Place:
        """Return where a deal stands that is in the stage for so many days of the calendar."""
        learned, position = self.chances[stage_id]
        return Place(learned, position, days)

    def newcomer(self, pipeline: Pipeline) -> Place:
        """Return where a new opportunity of the pipeline stands."""
        first = pipeline.stages[0].id
        if first is None:
            raise TypeError(pipeline)
        return self.place(first, 0)

    def place_of(self, deal: Deal) -> Place:
        """Return where an open deal stands."""
        since = deal.stage_counts_from
        days = None if since is None else self.reader.settings.calendar.days(since, deal.today)
        return self.place(deal.stage_id, days)

    def closed(self, pipeline: str | None) -> tuple[int, int]:
        """Return how many won and lost deals the chances rest on."""
        histories = [
            learned.history
            for stage, (learned, position) in self.chances.items()
            if position == 0 and pipeline in (None, self.known.by_stage[stage][0].name)
        ]
        return sum(h.won for h in histories), sum(sum(h.lost) for h in histories)

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
        first = first_opened(reader)
        days = 0 if first is None else min(PACE, (end - max(start, first)).days)
        ahead = (self.period.end - max(self.period.start, today)).days
        pace = won_between(reader, filters, start, end)
        won = won_between(reader, filters, self.period.start, min(self.period.end, end))
        return forecast(
            self.period,
            [valued for _, valued in self.parts(filters)],
            won=won,
            run_rate=at_pace(pace.amount, days, ahead),
            target=target_of(reader, filters.owner_id, self.period),
            spread=self.spread,
        )
