"""`diff`: from the open amount then to the open amount now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli.cli.options import (
    CustomerOption,
    FormatOption,
    OutputOption,
    OwnerOption,
    PipelineOption,
    SourceOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.errors import UsageFault
from funnelcli.store.reading.movement import movement
from funnelcli.views.movement import bridge_page
from funnelcli.views.table import Format
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.cli.run import Run
    from funnelcli.store.reading.reader import Reader


def diff(
    ctx: typer.Context,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="From the end of DATE, or an instant.")
    ],
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="DATE", help="To the end of DATE, or an instant; else now."
        ),
    ] = None,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    hindsight: Annotated[
        bool, typer.Option("--hindsight", help="By what is known today about both days.")
    ] = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show what became of the open amount since a day, deal by deal, and what else moved.

    What came in counts above zero and what went below, so that the start and all components add
    up to the end, to the cent. Unknown amounts count as nothing. A deal that came and went in
    between is told twice. Stages, closing dates, claims and contacts follow.

    Example: funnelcli diff --since "last fri" --owner Li
    """
    run = current(ctx)
    looking_back = hindsight and until is not None
    asked = Asked(until, looking_back, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked, "--until") as end:
        start = start_of(run, end, since, f"--until {until!r}", hindsight=hindsight)
        found = movement(start, end, run.filters(end, asked))
        notes = run.frame(start, "diff").notes
        frame = run.frame(end, "diff")._replace(notes=notes)
        run.show(bridge_page(found, start.moment.at, frame), asked)


def start_of(run: Run, end: Reader, since: str, until: str, *, hindsight: bool) -> Reader:
    """Return what answers about the first end; raises UsageFault where it is after `until`."""
    zone = end.moment.zone
    moment = run.moment(since, zone, hindsight=hindsight, option="--since")
    if moment.at > end.moment.at:
        message = said(
            "{until} lies before --since {since!r}; turn them round.", until=until, since=since
        )
        raise UsageFault(message)
    return end.at(moment)
