"""`stalled`: what has stopped, and what has changed in that since the last run under a name."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from funnelcli.cli.judging import the_judge
from funnelcli.cli.options import (
    AsOfOption,
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
from funnelcli.domain.diagnosis import StalledTotals
from funnelcli.domain.pipeline import LONGEST
from funnelcli.domain.text import NAME_LENGTH
from funnelcli.domain.time import seconds
from funnelcli.errors import ExitCode, Failed, UsageFault
from funnelcli.store.reading.process import process
from funnelcli.store.reading.stalled import stalled as stalled_deals
from funnelcli.store.reading.stalled import stalled_totals
from funnelcli.views.stalled import since_page, stalled_table
from funnelcli.views.table import Format
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.cli.run import Run
    from funnelcli.domain.model import Filters
    from funnelcli.domain.runs import Since
    from funnelcli.store.reading.stalled import Judge
    from funnelcli.views.table import Page, Table

ROWS_ALONE = (Format.CSV, Format.TSV, Format.NDJSON, Format.IDS, Format.PLAIN)
"""Formats that tell no totals, so that nothing has to be added up."""
FOR_PEOPLE = (Format.TABLE, Format.PLAIN, Format.MD, Format.HTML)
NAME = re.compile(r"[\w.-]+")
"""What runs are called."""


def stalled(
    ctx: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Warnings too, not only what is stuck or silent.")
    ] = False,
    days: Annotated[
        int | None,
        typer.Option(
            "--days", min=1, max=LONGEST, metavar="N", help="Instead of every stage's limits."
        ),
    ] = None,
    since_last_run: Annotated[
        str | None,
        typer.Option(
            "--since-last-run",
            metavar="NAME",
            help="Say what is new since the last run of that name, and remember this one.",
        ),
    ] = None,
    exit_code: ExitCodeOption = False,
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
    """Show what has stopped, why that usually happens there, what to ask and do.

    With --since-last-run it says what is new, what continues and what was cleared, says nothing
    when there is nothing, and --exit-code counts the new ones only. A run is compared with the last
    of an earlier moment, so that a repeat says the same; the last 100 of a name are kept.

    Example: funnelcli stalled --since-last-run nightly --exit-code
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    if since_last_run is not None:
        name = _checked(since_last_run, asked)
        new = _since(run, asked, name, _Wish(every, days, limit))
        if exit_code and new:
            raise typer.Exit(ExitCode.FINDINGS)
        return
    with run.reading(asked) as reader:
        filters = run.filters(reader, asked)
        judged = the_judge(reader, process(reader), days)
        untold = fmt in ROWS_ALONE and not exit_code
        totals = StalledTotals(0, 0, 0, 0) if untold else stalled_totals(judged, filters)
        found = stalled_deals(judged, filters, warnings=every, limit=limit)
        run.show(stalled_table(found, totals, run.frame(reader, "stalled")), asked)
    if exit_code and totals.deals:
        raise typer.Exit(ExitCode.FINDINGS)


class _Wish(NamedTuple):
    """What a run asks besides its filters, and how many findings it shows."""

    every: bool
    days: int | None
    limit: int | None


def _checked(name: str, asked: Asked) -> str:
    """Return the name of a run; raises UsageFault for none, and for what cannot be compared."""
    if not NAME.fullmatch(name) or len(name) > NAME_LENGTH:
        message = said(
            "{name!r} is no name for runs; write letters, digits and . _ - only.", name=name
        )
        raise UsageFault(message)
    if asked.hindsight:
        message = said(
            "--hindsight tells what is known today of a past day, and runs are compared by what "
            "was known then; leave it away."
        )
        raise UsageFault(message)
    return name


def _since(run: Run, asked: Asked, name: str, wish: _Wish) -> int:
    """Answer, once the run is remembered; return how many stalled deals are new.

    Looking back remembers nothing, and a run whose answer could not be written is forgotten.
    """
    from funnelcli.domain.runs import scope, written  # noqa: PLC0415  nothing else compares
    from funnelcli.store.reading.runs import looks_back, since_last_run  # noqa: PLC0415  as above
    from funnelcli.store.remembering import forget_run, remember_run  # noqa: PLC0415  as above

    with ExitStack() as held:
        with run.reading(asked) as reader:
            filters = run.filters(reader, asked)
            judged = the_judge(reader, process(reader), wish.days)
            asks = scope(filters, every=wish.every, days=wish.days)
            since = since_last_run(judged, filters, name, asks)
            kept = (seconds(reader.moment.at), json.dumps(asks._asdict()), written(since.found))
            back = looks_back(reader, name)
            view = _view(run, asked, judged, filters, since, wish)
            answer = None if view is None else held.enter_context(run.aside(view, asked))
        path = run.surroundings.path
        if not back:
            remember_run(path, name, kept, run.call)
        try:
            run.deliver(answer, asked)
        except (OSError, Failed):
            if not back:
                forget_run(path, name, kept[0], run.call)
            raise
    return since.newly_stalled


def _view(
    run: Run, asked: Asked, judged: Judge, filters: Filters, since: Since, wish: _Wish
) -> Table | Page | None:
    """Return the answer, None if there is nothing that a person has to be told."""
    from funnelcli.store.reading.runs import cleared_deals  # noqa: PLC0415  nothing else compares

    gone = list(cleared_deals(judged, since, every=wish.every))
    found = stalled_deals(judged, filters, warnings=wish.every)
    frame = run.frame(judged.reader, "stalled")
    if asked.fmt in FOR_PEOPLE:
        if not since.found and not gone:
            return None
        return since_page([*found, *gone], since, frame, limit=wish.limit)
    totals = StalledTotals(0, 0, 0, 0)
    if asked.fmt not in ROWS_ALONE:
        totals = stalled_totals(judged, filters)
    shown = found if asked.fmt is Format.IDS else chain(found, gone)
    rows = since.few(shown, wish.limit)
    return stalled_table(rows, totals, frame, since=since, cleared=len(gone))
