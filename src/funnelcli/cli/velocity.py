"""`velocity`: how much money the open deals bring per day, going by those that were closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from funnelcli.cli.options import (
    AsOfOption,
    By,
    CustomerOption,
    FormatOption,
    HindsightOption,
    LimitOption,
    OutputOption,
    OwnerOption,
    PipelineOption,
    SourceOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.pipeline import LONGEST
from funnelcli.domain.velocity import velocities
from funnelcli.store.reading.process import process
from funnelcli.store.reading.velocity import counted
from funnelcli.views.table import Format
from funnelcli.views.velocity import velocity_table

YEAR = 365


def velocity(
    ctx: typer.Context,
    by: Annotated[By | None, typer.Option("--by", help="Of each pipeline, cut by this.")] = None,
    days: Annotated[
        int,
        typer.Option(
            "--days", min=1, max=LONGEST, metavar="N", help="Of deals closed in the last N days."
        ),
    ] = YEAR,
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
    """Show how much money the open deals bring per day, with the figures that it is made of.

    Open deals times win rate times mean won amount, divided by the median days from opening to
    winning. All but the open deals are of those that were closed lately.

    Example: funnelcli velocity --by source --days 180
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        filters = run.filters(reader, asked)
        names = {
            each.id: each.name
            for each in process(reader).pipelines
            if each.id is not None and filters.pipeline in (None, each.name)
        }
        end = reader.today + timedelta(days=1)
        closed = (end - timedelta(days=days), end)
        counts = counted(reader, filters, by, *closed)
        rows = velocities(counts, names, grouped=by is not None)
        frame = run.frame(reader, "velocity")
        run.show(velocity_table(rows, frame, closed=closed, by=by, limit=limit), asked)
