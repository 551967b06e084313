"""`segments`: what deals came to that have something in common, such as their source."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from funnelcli.cli.options import (
    AsOfOption,
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
from funnelcli.store.reading.segments import segments as counted
from funnelcli.views.segments import segments_table
from funnelcli.views.table import Format


class Field(StrEnum):
    """What deals can have in common: a member is somebody else who works on them."""

    SOURCE = "source"
    OWNER = "owner"
    CUSTOMER = "customer"
    COMPETITOR = "competitor"
    PIPELINE = "pipeline"
    MEMBER = "member"
    OPENED = "opened"


def segments(
    ctx: typer.Context,
    by: Annotated[
        Field,
        typer.Option("--by", help="What deals have in common; opened: the quarter of opening."),
    ] = Field.SOURCE,
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
    """Show which deals are won, how soon, and what an opportunity is worth, by source or another.

    Says whether the win rates differ beyond chance, and what to count on. With several competitors
    or members a deal counts for each.

    Example: funnelcli segments --by owner
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        found, together = counted(reader, run.filters(reader, asked), by)
        frame = run.frame(reader, "segments")
        run.show(segments_table(found, together, frame, by=by, limit=limit), asked)
