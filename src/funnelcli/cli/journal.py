"""`log`, `timeline` and `ack`: what happened, and what is known."""

from __future__ import annotations

from typing import Annotated

import typer

from funnelcli.cli import acting
from funnelcli.cli.options import (
    AsOfOption,
    DealRef,
    FormatOption,
    HindsightOption,
    LimitOption,
    OnOption,
    OutputOption,
    ReasonOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.model import LogKind
from funnelcli.store.reading.deals import find_deal
from funnelcli.store.reading.timeline import timeline as timeline_of
from funnelcli.views.deals import timeline_table
from funnelcli.views.table import Format


def log(
    ctx: typer.Context,
    deal: DealRef,
    text: Annotated[str, typer.Argument(help="What happened, in one line.")],
    kind: Annotated[LogKind, typer.Option(help="What it was.")] = LogKind.CALL,
    answered: Annotated[
        bool, typer.Option("--answered", help="The message or email was answered.")
    ] = False,
    by_them: Annotated[
        bool, typer.Option("--by-them", help="The customer took the initiative.")
    ] = False,
    with_whom: Annotated[
        str | None, typer.Option("--with", metavar="CONTACT", help="Whom it was with.")
    ] = None,
    claim: Annotated[
        str | None, typer.Option(metavar="PERCENT", help="How sure you are, 0 to 100.")
    ] = None,
    close_claim: Annotated[
        str | None, typer.Option(metavar="DATE", help="When you say it will close.")
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for the manager's support.")] = False,
    next_step: Annotated[
        str | None, typer.Option("--next", metavar="TEXT", help="What shall happen next.")
    ] = None,
    due: Annotated[str | None, typer.Option(metavar="DATE", help="By when.")] = None,
    on: OnOption = None,
) -> None:
    """Log what happened on a deal, in one line.

    Example: funnelcli log Ark "showed the concept" --claim 60 --next "send prices" --due fri
    """
    run = current(ctx)
    with run.change("log") as work:
        entry = acting.logs.Entry(
            text=text,
            kind=kind,
            answered=answered,
            by_them=by_them,
            with_whom=with_whom,
            claim=None if claim is None else acting.logs.claimed(claim),
            close_claim=run.day(close_claim, work.today),
            ask=ask,
            next_step=next_step,
            next_step_due=run.day(due, work.today),
        )
        found = find_deal(work.reading, deal)
        work.summary = acting.logs.log(work, found, entry, on=run.past_day(on, work.today))
        unknown = acting.logs.stranger(work, found, with_whom)
    if unknown is not None:
        run.note(unknown)


def timeline(
    ctx: typer.Context,
    deal: DealRef,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    limit: LimitOption = None,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show everything that happened on a deal, oldest first.

    Example: funnelcli timeline Ark
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        found = find_deal(reader, deal)
        entries = timeline_of(reader, found.id)[-(limit or 0) :]
        run.show(timeline_table(entries, run.frame(reader, "timeline"), title=found.label), asked)


def ack(
    ctx: typer.Context,
    deal: DealRef,
    until: Annotated[str, typer.Option(metavar="DATE", help="Until when it is known.")],
    reason: ReasonOption,
) -> None:
    """Say that a stalled deal is known, until a day: it is listed last and leaves the totals.

    Example: funnelcli ack Ark --until +2w --reason "their director is abroad"
    """
    run = current(ctx)
    with run.change("ack") as work:
        day = run.certain_day(until, work.today)
        work.summary = acting.moves.acknowledge(work, find_deal(work.reading, deal), day, reason)
