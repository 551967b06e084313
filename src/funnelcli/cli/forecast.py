"""`forecast` and `backtest`: what will come, and how well that would have been told before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli.cli.forecasting import Forecaster
from funnelcli.cli.options import (
    AsOfOption,
    CustomerOption,
    FormatOption,
    HindsightOption,
    LimitOption,
    OutputOption,
    OwnerOption,
    PeriodOption,
    PipelineOption,
    SourceOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.backtest import ORIGINS, Backtest
from funnelcli.domain.prospects import Prospect
from funnelcli.domain.time import seconds
from funnelcli.errors import UsageFault
from funnelcli.store.reading.outlooks import held_deals, open_largest
from funnelcli.store.reading.process import process
from funnelcli.store.reading.replays import replayed
from funnelcli.views.backtest import backtest_page, kept_words
from funnelcli.views.forecast import Trust, forecast_page
from funnelcli.views.table import Format
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.cli.run import Run
    from funnelcli.domain.model import Filters
    from funnelcli.domain.prospects import Forecast
    from funnelcli.views.table import Page


MOST_SHOWN = 15
"""Deals of which a person sees what their chance rests on, unless --limit says otherwise."""


def forecast(
    ctx: typer.Context,
    period: PeriodOption = None,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    limit: LimitOption = None,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show what the open deals will bring in a period: a range, beside run-rate and target.

    Eight times in ten the sum should lie within the range. Each deal's chance comes from its stage,
    its days there and the team's own history, drawn towards the declared chances and limits while
    that is short; docs/forecast.md tells how.

    Example: funnelcli forecast --period 2026Q4 --owner Li
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        wanted = run.coming(period, reader.today)
        filters = run.filters(reader, asked)
        forecaster = Forecaster(reader, process(reader), wanted)
        told = forecaster.forecast(filters)
        run.show(forecast_view(run, forecaster, told, filters, limit, asked.whose), asked)


def forecast_view(
    run: Run,
    forecaster: Forecaster,
    told: Forecast,
    filters: Filters,
    limit: int | None,
    whose: str = "",
) -> Page:
    """Return the forecast as a page; people see what the chances of the largest deals rest on."""
    reader = forecaster.reader

    def prospects(most: int | None) -> Iterator[Prospect]:
        for deal in open_largest(reader, filters, most):
            place = forecaster.place_of(deal)
            yield Prospect(deal, place, place.within(forecaster.window))

    trust = Trust(
        *forecaster.learned.closed(filters.pipeline),
        kept_words(forecaster.kept),
        held_deals(reader, filters),
    )
    largest = list(prospects(limit or MOST_SHOWN))
    frame = run.frame(reader, "forecast")
    return forecast_page(told, prospects(limit), largest, trust, frame, whose)


def backtest(
    ctx: typer.Context,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the score; forecast shows it from now on.")
    ] = False,
    origins: Annotated[
        int,
        typer.Option("--origins", min=1, max=100, metavar="N", help="Days of the past to replay."),
    ] = ORIGINS,
    pipeline: PipelineOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Replay the forecast on your own past, and show how it did beside the declared chances.

    On each of some days of the past it is told what would have been told then, from what was known
    then, and scored by what came later. Less is better, but for coverage: that is the share of
    ranges that held, and should be 80 %.

    Example: funnelcli backtest --save
    """
    if save and (pipeline is not None or origins != ORIGINS):
        message = said(
            "--save keeps the score of all deals on the usual days; leave the others away."
        )
        raise UsageFault(message)
    run = current(ctx)
    asked = Asked(as_of, hindsight, pipeline=pipeline, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        filters = run.filters(reader, asked)
        found = Backtest(tuple(replayed(reader, filters, origins)))
        page = backtest_page(found, run.frame(reader, "backtest"))
        at = seconds(reader.moment.at)
    if save:
        from funnelcli.store.remembering import SCORED, remember  # noqa: PLC0415  only this writes

        remember(run.surroundings.path, SCORED, [(at, json.dumps(found.kept))], run.call)
    run.show(page, asked)
    if save:
        run.note(said("Kept; forecast shows the score from now on."))
