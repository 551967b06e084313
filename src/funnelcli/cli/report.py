"""`report`: the meeting report, as a page for the browser, a mail, a workbook or a calendar."""

from __future__ import annotations

import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from funnelcli.cli.options import (
    AsOfOption,
    CustomerOption,
    HindsightOption,
    OwnerOption,
    PeriodOption,
    PipelineOption,
    SourceOption,
)
from funnelcli.cli.reporting import Reporter
from funnelcli.cli.run import Asked, current, write_private
from funnelcli.errors import UsageFault
from funnelcli.store.reading.conversation import founded
from funnelcli.views.agenda import write_ics
from funnelcli.views.table import Format
from funnelcli.views.workbook import write_xlsx
from funnelcli.wording import said

BACK = 7
"""Days before the day of the report, from which on movement is told unless --since says else."""


class Paper(StrEnum):
    """What a report is written as."""

    MD = "md"
    HTML = "html"
    XLSX = "xlsx"
    ICS = "ics"


_ENDINGS = {f".{paper}": paper for paper in Paper} | {".htm": Paper.HTML}


def report(
    ctx: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, as its ending says."),
    ] = None,
    fmt: Annotated[
        Paper | None,
        typer.Option("--format", "-f", help="How to write it; else by FILE's ending, or md."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Movement from then on; else of seven days."),
    ] = None,
    period: PeriodOption = None,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
) -> None:
    """Write the meeting report: funnel, movement, stalls, forecast, what waits, times, claims.

    As one HTML file that needs nothing else, for the browser, the phone or paper, or as Markdown
    for a chat or a mail. As .xlsx it is the tables behind it, all rows; as .ics what is planned,
    for a calendar.

    Example: funnelcli report -o monday.html

    Example: funnelcli report --owner Li --since "last mon"
    """
    run = current(ctx)
    if output is not None and str(output) == "-":
        output = None
    paper = fmt or _by_ending(output)
    if paper is Paper.XLSX and output is None:
        message = said("A workbook is written to a file; name one: -o FILE.xlsx")
        raise UsageFault(message)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, output=output)
    with run.reading(asked) as reader:
        before = str(reader.today - timedelta(days=BACK)) if since is None else since
        reporter = Reporter(run, reader, asked, before, run.coming(period, reader.today))
        if paper in (Paper.MD, Paper.HTML):
            run.show(reporter.page(asked.whose), asked._replace(fmt=Format(paper.value)))
            return
        _write(reporter, paper, output)
        for note in reporter.frame.notes:
            run.note(note)


def _write(reporter: Reporter, paper: Paper, output: Path | None) -> None:
    """Write the workbook, or the calendar, which goes to stdout where there is no file."""
    frame, begun = reporter.frame, founded(reporter.reader)
    if output is None:
        write_ics(reporter.plans, begun, frame, sys.stdout)
    elif paper is Paper.ICS:
        write_private(output, lambda out: write_ics(reporter.plans, begun, frame, out))
    else:
        write_private(output, lambda out: write_xlsx(reporter.tables(), frame, out.buffer))


def _by_ending(output: Path | None) -> Paper:
    """Return what the ending of the file says; Markdown for stdout."""
    if output is None:
        return Paper.MD
    found = _ENDINGS.get(output.suffix.lower())
    if found is None:
        message = said(
            "The ending of {file!r} says nothing of how to write it; end it in {endings}, or say "
            "--format.",
            file=str(output),
            endings=", ".join(_ENDINGS),
        )
        raise UsageFault(message)
    return found
