"""`coverage`: what the target still takes, and who has room for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from funnelcli.cli.forecasting import Forecaster
from funnelcli.cli.options import (
    AsOfOption,
    FormatOption,
    HindsightOption,
    OutputOption,
    OwnerOption,
    PeriodOption,
    PipelineOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.coverage import (
    Coverage,
    Deadline,
    Load,
    arriving,
    covered,
    mileposts,
    typical,
)
from funnelcli.domain.model import Filters
from funnelcli.domain.planning import Opportunity
from funnelcli.store.reading import funnel as counting
from funnelcli.store.reading.outlooks import busiest, past_amounts, planned, won_by_owner
from funnelcli.store.reading.people import members
from funnelcli.store.reading.process import process
from funnelcli.views.coverage import Plan, coverage_page
from funnelcli.views.table import Format

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def coverage(
    ctx: typer.Context,
    period: PeriodOption = None,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show what the target of a period still takes, and who has room for it.

    So many new opportunities, from today on, make the target with 80 % chance, together with the
    open deals; below stands how many of them are to have come to which stage by when. Who has room
    is told by open deals, planned activities and stalled deals.

    Example: funnelcli coverage --period 2026Q4
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        wanted = run.coming(period, reader.today)
        filters = run.filters(reader, asked)
        known = process(reader)
        forecaster = Forecaster(reader, known, wanted)
        entered = busiest(reader, known) if pipeline is None else known.pipeline(pipeline)
        chances = forecaster.learned.by_pipeline[entered.name]
        deadline = Deadline(wanted, reader.today, reader.settings.calendar)
        new = Opportunity(
            arriving(chances, deadline),
            typical(past_amounts(reader, Filters(pipeline=entered.name))),
        )
        rows = list(_rows(forecaster, filters, new))
        posts = mileposts(entered, chances, rows[0].needed_new or 0, deadline)
        plan = Plan(entered.title, new, tuple(posts))
        run.show(coverage_page(rows, plan, wanted, run.frame(reader, "coverage")), asked)


def _rows(forecaster: Forecaster, filters: Filters, new: Opportunity) -> Iterator[Coverage]:
    """Yield how the team stands, then everybody who sells or has a target."""
    reader, period = forecaster.reader, forecaster.period
    parts = forecaster.parts(filters)
    until = min(period.end, reader.today + timedelta(days=1))
    won = won_by_owner(reader, filters, period.start, until)
    plans = planned(reader, filters)
    loaded = counting.counted(reader, forecaster.known, filters, "owner").groups
    stalled = {name: figures[4] for name, figures in loaded.items()}

    def row(owner: str | None, mine: Collection[int | None] | None, target: int | None) -> Coverage:
        valued = [each for part, each in parts if mine is None or part.owner_id in mine]
        return covered(
            owner,
            valued,
            target=target,
            won=sum(sum_ for who, sum_ in won.items() if mine is None or who in mine),
            new=new,
            load=Load(
                deals=len(valued),
                planned=sum(n for who, n in plans.items() if mine is None or who in mine),
                stalled=sum(n for name, n in stalled.items() if mine is None or name == owner),
            ),
            spread=forecaster.spread,
        )

    if filters.owner_id is None:
        yield row(None, None, forecaster.target(filters))
    for member in members(reader):
        target = forecaster.target(filters._replace(owner_id=member.id))
        owned = any(part.owner_id == member.id for part, _ in parts)
        sells = not member.manager or target is not None or owned
        if filters.owner_id == member.id or (filters.owner_id is None and sells):
            gone = member.left is not None and member.left <= reader.today
            yield row(member.name, {member.id}, target)._replace(gone=gone)
