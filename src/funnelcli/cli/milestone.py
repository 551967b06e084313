"""`milestone`: the deliverables that end a stage, claimed by reps, decided by the manager."""

from __future__ import annotations

from typing import Annotated

import typer

from funnelcli.cli import acting
from funnelcli.cli.options import (
    AsOfOption,
    DealRef,
    FormatOption,
    HindsightOption,
    OnOption,
    OutputOption,
    OwnerOption,
    PipelineOption,
    ReasonOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.model import Filters
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.store.reading.deals import find_deal
from funnelcli.store.reading.milestones import milestones as milestones_of
from funnelcli.views.deals import milestones_table
from funnelcli.views.table import Format

app = typer.Typer(
    no_args_is_help=True,
    help="Claim and decide the milestones of deals.\n\nExample: funnelcli milestone list Ark",
)

MilestoneRef = Annotated[str, typer.Argument(metavar="MILESTONE", help="Its name or title.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    deal: Annotated[
        str | None, typer.Argument(metavar="DEAL", help="Of this deal; else of all open ones.")
    ] = None,
    state: Annotated[MilestoneState | None, typer.Option(help="Only those in this state.")] = None,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """List milestones and their evidence.

    Example: funnelcli milestone list --state claimed
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        number = None if deal is None else find_deal(reader, deal).id
        filters = Filters() if number is not None else run.filters(reader, asked)
        found = milestones_of(reader, filters, deal_id=number, state=state)
        run.show(milestones_table(found, run.frame(reader, "milestone-list")), asked)


@app.command("claim")
def claim(
    ctx: typer.Context,
    deal: DealRef,
    milestone: MilestoneRef,
    evidence: Annotated[
        str, typer.Option(metavar="TEXT", help="What shows it: a document, a mail, minutes.")
    ],
    source: Annotated[
        str | None, typer.Option("--from", metavar="CONTACT", help="Whom it came from.")
    ] = None,
    on: OnOption = None,
) -> None:
    """Claim a milestone with its evidence.

    Example: funnelcli milestone claim Ark quote-received --evidence "mail of 12 Nov"
    """
    run = current(ctx)
    with run.change("milestone claim") as work:
        found = find_deal(work.reading, deal)
        day = run.past_day(on, work.today)
        work.summary = acting.milestones.claim(work, found, milestone, evidence, day, source)


@app.command("accept")
def accept(ctx: typer.Context, deal: DealRef, milestone: MilestoneRef, on: OnOption = None) -> None:
    """Accept a claimed milestone (manager).

    Example: funnelcli milestone accept Ark quote-received
    """
    _decide(ctx, deal, milestone, MilestoneState.ACCEPTED, None, on)


@app.command("reject")
def reject(
    ctx: typer.Context,
    deal: DealRef,
    milestone: MilestoneRef,
    reason: ReasonOption,
    on: OnOption = None,
) -> None:
    """Reject a milestone that was claimed (manager).

    Example: funnelcli milestone reject Ark quote-received --reason "that mail is from a colleague"
    """
    _decide(ctx, deal, milestone, MilestoneState.REJECTED, reason, on)


@app.command("waive")
def waive(
    ctx: typer.Context,
    deal: DealRef,
    milestone: MilestoneRef,
    reason: ReasonOption,
    on: OnOption = None,
) -> None:
    """Do without a milestone, for a reason (manager).

    Example: funnelcli milestone waive Ark on-the-list --reason "no shortlist in this tender"
    """
    _decide(ctx, deal, milestone, MilestoneState.WAIVED, reason, on)


def _decide(
    ctx: typer.Context,
    deal: str,
    milestone: str,
    verdict: MilestoneState,
    reason: str | None,
    on: str | None,
) -> None:
    run = current(ctx)
    command = {"accepted": "accept", "rejected": "reject", "waived": "waive"}[verdict]
    with run.change(f"milestone {command}") as work:
        found = find_deal(work.reading, deal)
        day = run.past_day(on, work.today)
        work.summary = acting.milestones.decide(work, found, milestone, verdict, reason, day)
