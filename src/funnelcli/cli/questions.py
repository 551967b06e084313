"""`funnel` and `next`: how do we stand, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli.cli.judging import the_judge
from funnelcli.cli.options import (
    AsOfOption,
    By,
    CustomerOption,
    ExitCodeOption,
    FormatOption,
    HindsightOption,
    LimitOption,
    OutputOption,
    OwnerOption,
    PipelineOption,
    SourceOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.priorities import last_words, task
from funnelcli.errors import ExitCode
from funnelcli.store.reading import funnel as counting
from funnelcli.store.reading.conversation import answers
from funnelcli.store.reading.process import process
from funnelcli.store.reading.stalled import open_deals
from funnelcli.views.funnel import funnel_table
from funnelcli.views.process import tasks_table
from funnelcli.views.table import Format, Table

if TYPE_CHECKING:
    from funnelcli.cli.run import Run
    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.process import Process
    from funnelcli.store.reading.reader import Reader


def funnel(
    ctx: typer.Context,
    by: Annotated[By | None, typer.Option("--by", help="Cut by this instead of stages.")] = None,
    exit_code: ExitCodeOption = False,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show the open deals by stage: how many, how much, how old, how many stalled.

    Example: funnelcli funnel --owner Li --as-of "last fri"
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        filters = run.filters(reader, asked)
        table = funnel_view(run, reader, process(reader), filters, by)
        run.show(table, asked)
    if exit_code and table.totals["stalled"]:
        raise typer.Exit(ExitCode.FINDINGS)


def funnel_view(
    run: Run, reader: Reader, known: Process, filters: Filters, by: By | None = None
) -> Table:
    """Return the funnel as a table."""
    frame = run.frame(reader, "funnel")
    counted = counting.counted(reader, known, filters, by or "stage")
    if by is not None:
        return funnel_table(counting.funnel_by(counted), frame, held=counted.held, by=by)
    gaps = {
        (known.by_stage[number][0].name, known.by_stage[number][1].name): gap
        for number, gap in counted.gaps.items()
        if gap > 0
    }
    rows = counting.funnel_by_stage(counted, known, filters)
    return funnel_table(rows, frame, held=counted.held, gaps=gaps)


def next_(
    ctx: typer.Context,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    limit: LimitOption = 10,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show what to do next, the most pressing first, with the parts of the score.

    Example: funnelcli next --owner Li
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        judged, filters = the_judge(reader, process(reader)), run.filters(reader, asked)
        found = [
            (deal, finding)
            for deal, finding in open_deals(judged, filters)
            if deal.ack_until is None
        ]
        said = last_words(answers(reader, filters))
        largest = max((deal.amount or 0 for deal, _ in found), default=0)
        tasks = [task(deal, finding, largest, said.get(deal.id)) for deal, finding in found]
        ranked = sorted((t for t in tasks if t is not None), key=lambda t: (-t.score, t.deal.id))
        run.show(tasks_table(ranked[:limit], run.frame(reader, "next")), asked)
