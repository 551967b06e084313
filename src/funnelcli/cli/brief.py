"""`brief`: the one page for the meeting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli.cli.judging import the_judge
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
from funnelcli.domain.time import local_day, midnight, seconds
from funnelcli.errors import UsageFault
from funnelcli.store.reading.brief import WEEK, Brief, kept_of, marks
from funnelcli.store.reading.people import find_member
from funnelcli.store.reading.process import process
from funnelcli.views.brief import brief_page
from funnelcli.views.table import Format
from funnelcli.wording import said

if TYPE_CHECKING:
    from datetime import datetime

    from funnelcli.cli.run import Run
    from funnelcli.store.reading.brief import Mark
    from funnelcli.store.reading.reader import Reader


def brief(
    ctx: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="What changed from then on; else since the last marked brief."
        ),
    ] = None,
    mark: Annotated[
        bool, typer.Option("--mark", help="Remember that this meeting was held.")
    ] = False,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show the one page for the meeting: rep by rep, always in the same order.

    What changed, what is to be decided, what is stalled and why, claims against evidence, their
    people and who knows whom, what is overdue, and two to five questions. Without --since it goes
    back to the last brief that was marked, with all or with --owner, or a week.

    Example: funnelcli brief --owner Li --mark
    """
    if mark and (pipeline or customer or source):
        message = said(
            "--mark remembers a brief with one rep or with all; leave the other filters away."
        )
        raise UsageFault(message)
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        held, filters = marks(reader), run.filters(reader, asked)
        with_whom = None if owner is None else find_member(reader, owner).name
        start = _start(run, reader, since, next((m for m in held if m.covers(with_whom)), None))
        judged = the_judge(reader, process(reader))
        points = Brief(judged, filters, start, held).points()
        day = local_day(start, reader.moment.zone)
        if mark:  # the file is read no more when it is remembered, and shown only then
            points = [point._replace(worded=point.text) for point in points]
        page = brief_page(points, day, run.frame(reader, "brief"))
        if not mark:
            run.show(page, asked)
            return
        kept = (seconds(reader.moment.at), kept_of(points, with_whom))
    from funnelcli.store.remembering import HELD, remember  # noqa: PLC0415  only marking writes

    remember(run.surroundings.path, HELD, [kept], run.call)
    run.show(page, asked)


def _start(run: Run, reader: Reader, since: str | None, before: Mark | None) -> datetime:
    """Return the instant from which on changes are told."""
    zone, today = reader.moment.zone, reader.moment.today
    day = run.past_day(since, today, "--since")
    if day is not None:
        return midnight(day, zone)
    return midnight(today - timedelta(days=WEEK), zone) if before is None else before.at
