"""The meeting report, section by section, from the answers that other commands give one by one."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.cli.forecast import forecast_view
from funnelcli.cli.forecasting import Forecaster
from funnelcli.cli.home import alarmed, waiting
from funnelcli.cli.judging import the_judge
from funnelcli.cli.movement import start_of
from funnelcli.cli.questions import funnel_view
from funnelcli.domain.calibration import outcomes
from funnelcli.domain.stays import spread
from funnelcli.domain.time import local_day
from funnelcli.store.reading.claims import claimed
from funnelcli.store.reading.conversation import inbox, never_read, plans
from funnelcli.store.reading.courses import history
from funnelcli.store.reading.milestones import milestones
from funnelcli.store.reading.movement import movement
from funnelcli.store.reading.process import process
from funnelcli.store.reading.stalled import overclaimed, stalled, stalled_totals
from funnelcli.views.calibration import outcomes_page
from funnelcli.views.conversation import inbox_table, plans_table
from funnelcli.views.deals import milestones_table
from funnelcli.views.movement import bridge_page
from funnelcli.views.report import Standing, bridge_chart, figures, funnel_charts
from funnelcli.views.stalled import claims_table, largest, stalled_table
from funnelcli.views.stays import InStage, stays_page
from funnelcli.views.table import Heading, Kind, Page, first, told_title
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.cli.run import Asked, Run
    from funnelcli.domain.conversation import Plan
    from funnelcli.domain.time import Period
    from funnelcli.store.reading.reader import Reader
    from funnelcli.views.table import Block, Table

LISTED = 20
"""Rows of each list that a person is told; how many there are is told, too."""
DIAGNOSED = 12
"""Stalled deals that a person is told with their diagnosis."""
AHEAD = 14
"""Days ahead for which planned activities are told."""


class Section(NamedTuple):
    """A part of the report: its blocks for people, and the tables behind them by their names."""

    title: str
    blocks: list[Block]
    tables: dict[str, Table]


class Reporter:
    """Answers each question of the meeting, about the same deals at the same moment."""

    def __init__(self, run: Run, reader: Reader, asked: Asked, since: str, period: Period) -> None:
        self.run = run
        self.reader = reader
        self.filters = run.filters(reader, asked)
        end = f"--as-of {asked.as_of!r}"
        self.start = start_of(run, reader, since, end, hindsight=asked.hindsight)
        self.since = local_day(self.start.moment.at, reader.moment.zone)
        self.known = process(reader)
        self.judge = the_judge(reader, self.known)
        self.forecaster = Forecaster(reader, self.known, period)
        self.frame = run.frame(reader, "report")

    def page(self, whose: str) -> Page:
        """Return the report as one page: what matters most, then section by section."""
        blocks: list[Block] = [figures(self.standing, self.frame.currency)]
        for section in self.sections():
            blocks += [Heading(section.title), *section.blocks]
        day = self.reader.today
        title = said("Report for {day}, since {since}", day=day, since=self.since)
        table = self.funnel._replace(frame=self.frame)
        return Page(table, told_title(title, self.frame._replace(past=False), whose), tuple(blocks))

    def sections(self) -> Iterator[Section]:
        """Yield the sections in the order in which a meeting needs them."""
        yield self._funnel()
        yield self._movement()
        yield self._stalled()
        yield self._forecast()
        yield self._waiting()
        yield self._stays()
        yield self._claims()

    def tables(self) -> dict[str, Table]:
        """Return the tables behind the report, with all their rows."""
        return {name: each for section in self.sections() for name, each in section.tables.items()}

    @cached_property
    def plans(self) -> list[Plan]:
        """All planned activities, and what became of them."""
        return list(plans(self.reader, self.filters))

    @cached_property
    def funnel(self) -> Table:
        """The open deals by stage."""
        return funnel_view(self.run, self.reader, self.known, self.filters)

    @cached_property
    def standing(self) -> Standing:
        """What the report opens with, and most sections tell more of."""
        reader, filters = self.reader, self.filters
        logs = list(inbox(reader, filters))
        return Standing(
            since=self.since,
            bridge=movement(self.start, reader, filters),
            stalled=stalled_totals(self.judge, filters),
            forecast=self.forecaster.forecast(filters),
            logs=logs,
            never_read=len(never_read(reader, filters)),
            claimed=list(milestones(reader, filters, state="claimed")),
        )

    def _funnel(self) -> Section:
        rows = list(self.funnel.rows)
        columns = tuple(c for c in self.funnel.columns if c.kind is not Kind.BAR)
        drawn = funnel_charts(rows, self.frame.currency)
        blocks: list[Block] = [*drawn, self.funnel._replace(columns=columns)]
        return Section(said("Funnel"), blocks, {"funnel": self.funnel})

    def _movement(self) -> Section:
        found = self.standing.bridge
        page = bridge_page(found, self.start.moment.at, self.frame, LISTED)
        chart = bridge_chart(found, self.since, self.frame.currency)
        title = said("Movement since {day}", day=self.since)
        _, *lists = page.blocks  # the chart tells what the components come to
        return Section(title, [chart, *lists], {"movement": page.table})

    def _stalled(self) -> Section:
        judged, totals = self.judge, self.standing.stalled
        table = stalled_table(stalled(judged, self.filters), totals, self.frame)
        few = list(stalled(judged, self.filters, limit=DIAGNOSED + 1))
        shown = table._replace(rows=few[:DIAGNOSED])
        if len(few) > DIAGNOSED:
            shown = largest(shown, DIAGNOSED)
        blocks = [shown, *alarmed(judged, self.filters)]
        return Section(said("Stalled"), blocks, {"stalled": table})

    def _forecast(self) -> Section:
        told, filters = self.standing.forecast, self.filters
        page = forecast_view(self.run, self.forecaster, told, filters, None)
        title = said("Forecast {period}", period=told.period.name)
        return Section(title, [*page.blocks], {"forecast": page.table})

    def _waiting(self) -> Section:
        logs, decide = self.standing.logs, self.standing.claimed
        unread = self.standing.never_read
        blocks = waiting(logs, decide, self.frame, LISTED, unread)
        planned = [plan for plan in self.plans if plan.state == "open"]
        until = self.reader.today + timedelta(days=AHEAD)
        soon = [plan for plan in planned if plan.on <= until]
        tables = {
            "inbox": inbox_table(logs, self.frame, unread),
            "milestones": milestones_table(decide, self.frame),
            "plans": plans_table(planned, self.frame),
        }
        if not blocks:
            blocks.append(tables["inbox"])
        if soon:
            title = said("Planned until {day}", day=until)
            blocks.append(
                first(plans_table(soon, self.frame), LISTED, "plan list")._replace(title=title)
            )
        return Section(said("What waits"), blocks, tables)

    def _stays(self) -> Section:
        rows = []
        for pipeline in self.known.within(self.filters.pipeline):
            stays = history(self.reader, self.filters, pipeline).stays
            for place, stage in enumerate(pipeline.stages):
                taken = spread(stay for stay in stays if stay.position == place)
                rows.append(InStage(pipeline.name, stage, taken))
        page = stays_page(rows, self.frame)
        return Section(page.title, [*page.blocks], {"stays": page.table})

    def _claims(self) -> Section:
        page = outcomes_page(outcomes(claimed(self.reader, self.filters)), self.frame)
        above = claims_table(overclaimed(self.reader, self.filters), self.frame)
        blocks = [*page.blocks]
        if above.rows:
            title = said("Open deals whose claim stands above the evidence")
            blocks.append(first(above, LISTED, "stalled --all")._replace(title=title))
        return Section(page.title, blocks, {"outcomes": page.table, "claims": above})
