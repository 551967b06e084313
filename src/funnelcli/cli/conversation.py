"""`inbox`, `reply`, `plan` and `day`: the conversation between the manager and the reps."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli.cli import acting
from funnelcli.cli.dates import weekday
from funnelcli.cli.options import (
    AsOfOption,
    CustomerOption,
    DealRef,
    FormatOption,
    HindsightOption,
    LimitOption,
    OnOption,
    OutputOption,
    OwnerOption,
    PipelineOption,
    ReasonOption,
    SourceOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.model import LogKind, require_manager
from funnelcli.store.reading.conversation import find_log, never_read, plans
from funnelcli.store.reading.conversation import inbox as waiting
from funnelcli.store.reading.day import day as day_of
from funnelcli.store.reading.deals import find_deal
from funnelcli.views.conversation import day_table, inbox_table, plans_table
from funnelcli.views.table import Format
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from funnelcli.cli.run import Run

app = typer.Typer(
    no_args_is_help=True,
    help="What should happen, and what became of it.\n\nExample: funnelcli plan list --owner Li",
)


class State(StrEnum):
    """Which planned activities are listed."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    DROPPED = "dropped"
    CLOSED = "closed"
    ALL = "all"


def inbox(
    ctx: typer.Context,
    seen: Annotated[
        list[str] | None,
        typer.Option("--seen", metavar="LOG", help="Mark this log as seen instead (manager)."),
    ] = None,
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
    """Show what waits for an answer: asks first, then claims, then other logs of two weeks.

    Example: funnelcli inbox --owner Li
    """
    run = current(ctx)
    if seen:
        _mark(run, seen)
        return
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        filters = run.filters(reader, asked)
        found = list(waiting(reader, filters))
        unread = len(never_read(reader, filters))
        run.show(inbox_table(found, run.frame(reader, "inbox"), unread, limit=limit), asked)


def _mark(run: Run, words: list[str]) -> None:
    """Mark logs as seen with the manager's name."""
    from funnelcli.store.remembering import SEEN, remember  # noqa: PLC0415  only marking writes

    with run.reading() as reader:
        require_manager(run.signer(reader), said("mark a log as seen"))
        numbers = [find_log(reader, word).log for word in words]
    at = int(run.surroundings.now.timestamp())
    remember(run.surroundings.path, SEEN, [(number, at) for number in numbers], run.call)
    listed = said(", ").join(map(str, numbers))
    run.tell(
        plural(
            len(numbers), "Marked log {logs} as seen.", "Marked logs {logs} as seen.", logs=listed
        )
    )


def reply(
    ctx: typer.Context,
    log: Annotated[str, typer.Argument(metavar="LOG", help="The log's number, see inbox.")],
    text: Annotated[str, typer.Argument(help="The answer.")],
    by: Annotated[
        str | None, typer.Option("--by", metavar="DATE", help="Ask for it by this day.")
    ] = None,
) -> None:
    """Answer a log (manager); with --by it asks for something, until a later log follows.

    Example: funnelcli reply 7 "who at Ark has the quotation?" --by fri
    """
    run = current(ctx)
    with run.change("reply") as work:
        due = run.day(by, work.today)
        work.summary = acting.conversation.reply(work, log, text, due)


@app.command("add")
def plan_add(
    ctx: typer.Context,
    deal: DealRef,
    text: Annotated[str, typer.Argument(help="What should happen.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="On which day.")],
    kind: Annotated[LogKind, typer.Option(help="What it will be.")] = LogKind.CALL,
    with_whom: Annotated[
        str | None, typer.Option("--with", metavar="CONTACT", help="Whom with.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="REP", help="By whom; else the deal's owner.")
    ] = None,
) -> None:
    """Plan an activity on a deal for a day.

    Example: funnelcli plan add Ark "show the storyboard" --on fri --kind meeting
    """
    run = current(ctx)
    with run.change("plan add") as work:
        found, day = find_deal(work.reading, deal), run.certain_day(on, work.today)
        wish = acting.conversation.Wish(text, day, kind, with_whom, owner)
        work.summary = acting.conversation.plan(work, found, wish)
        unknown = acting.logs.stranger(work, found, with_whom)
    if unknown is not None:
        run.note(unknown)


@app.command("list")
def plan_list(
    ctx: typer.Context,
    deal: Annotated[
        str | None, typer.Option("--deal", metavar="DEAL", help="Only of this deal.")
    ] = None,
    state: Annotated[State, typer.Option(help="Only those that stand so.")] = State.OPEN,
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
    """List planned activities by their day, the open ones unless --state says otherwise.

    Those whose deal is closed or archived wait for nobody: they are closed, too.

    Example: funnelcli plan list --owner Li --state overdue
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        number = None if deal is None else find_deal(reader, deal).id
        wanted = {State.OVERDUE: "open", State.ALL: None}.get(state, str(state))
        found = plans(reader, run.filters(reader, asked), state=wanted, deal=number)
        chosen = [plan for plan in found if state is not State.OVERDUE or plan.overdue]
        run.show(plans_table(chosen[:limit], run.frame(reader, "plan-list")), asked)


@app.command("done")
def plan_done(
    ctx: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Its number.")],
    text: Annotated[
        str | None, typer.Argument(help="What happened; else what was planned.")
    ] = None,
    answered: Annotated[
        bool, typer.Option("--answered", help="The message or email was answered.")
    ] = False,
    by_them: Annotated[
        bool, typer.Option("--by-them", help="The customer took the initiative.")
    ] = False,
    claim: Annotated[
        str | None, typer.Option(metavar="PERCENT", help="How sure you are, 0 to 100.")
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for the manager's support.")] = False,
    next_step: Annotated[
        str | None, typer.Option("--next", metavar="TEXT", help="What shall happen next.")
    ] = None,
    due: Annotated[str | None, typer.Option(metavar="DATE", help="By when.")] = None,
    on: OnOption = None,
) -> None:
    """Say that a planned activity happened: it becomes a log.

    Example: funnelcli plan done 3 "they like the second version" --next "send prices" --due fri
    """
    run = current(ctx)
    with run.change("plan done") as work:
        entry = acting.logs.Entry(
            text=text,
            answered=answered,
            by_them=by_them,
            claim=None if claim is None else acting.logs.claimed(claim),
            ask=ask,
            next_step=next_step,
            next_step_due=run.day(due, work.today),
        )
        day = run.past_day(on, work.today)
        work.summary = acting.conversation.done(work, plan, entry, day)


@app.command("drop")
def plan_drop(
    ctx: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Its number.")],
    reason: ReasonOption,
) -> None:
    """Cancel a planned activity, for a reason.

    Example: funnelcli plan drop 3 --reason "they came to us instead"
    """
    run = current(ctx)
    with run.change("plan drop") as work:
        work.summary = acting.conversation.drop(work, plan, reason)


def day(
    ctx: typer.Context,
    owner: OwnerOption = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="Which day; else today.")
    ] = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show what a day was made of, rep by rep: logs, planned work, answers, what is due.

    Example: funnelcli day --owner Li --on yesterday
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        chosen = run.past_day(on, reader.moment.today) or reader.moment.today
        found = day_of(reader, run.filters(reader, asked).owner_id, chosen)
        run.show(day_table(found, run.frame(reader, "day"), weekday(chosen)), asked)
