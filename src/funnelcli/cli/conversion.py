"""`conversion`: how many of the deals that reach a stage come further."""

from __future__ import annotations

import typer

from funnelcli.cli.options import (
    AsOfOption,
    CustomerOption,
    FormatOption,
    HindsightOption,
    OutputOption,
    OwnerOption,
    PipelineOption,
    SourceOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.conversion import conversions
from funnelcli.store.reading.courses import exits, reached
from funnelcli.store.reading.process import process
from funnelcli.views.conversion import conversion_table
from funnelcli.views.table import Format


def conversion(
    ctx: typer.Context,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show by stage what became of the deals that arrived there, and how many came further.

    The rate counts closed deals alone: of those that reached the stage, or a later one, the share
    that reached the next; a win reached all. Open ones are undecided and stand apart.

    Example: funnelcli conversion --owner Li
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        filters = run.filters(reader, asked)
        rows = [
            row
            for each in process(reader).within(filters.pipeline)
            for row in conversions(
                each, exits(reader, filters, each), reached(reader, filters, each)
            )
        ]
        run.show(conversion_table(rows, run.frame(reader, "conversion")), asked)
