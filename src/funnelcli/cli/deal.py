"""`deal`: add, move, close and look at deals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli.cli import acting
from funnelcli.cli.judging import the_judge
from funnelcli.cli.options import (
    CustomerOption,
    DealRef,
    FormatOption,
    LimitOption,
    NoteOption,
    OnOption,
    OutputOption,
    OwnerOption,
    PipelineOption,
    ReasonOption,
    SourceOption,
)
from funnelcli.cli.run import Asked, Run, current
from funnelcli.domain.model import LOST_REASONS, Filters, Status
from funnelcli.domain.money import parse_amount
from funnelcli.domain.stalled import Code
from funnelcli.domain.text import fold
from funnelcli.errors import UsageFault
from funnelcli.store.reading import deals as reading_deals
from funnelcli.store.reading.claims import claims
from funnelcli.store.reading.contacts import roles
from funnelcli.store.reading.deals import find_deal
from funnelcli.store.reading.milestones import milestones
from funnelcli.store.reading.process import process
from funnelcli.store.reading.reader import Reader
from funnelcli.store.reading.timeline import timeline
from funnelcli.views.deals import deal_page, deals_table
from funnelcli.views.table import Format
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.actions.deals import Terms
    from funnelcli.store.session import Work

app = typer.Typer(
    no_args_is_help=True,
    help="Add, advance, close and look at deals.\n\nExample: funnelcli deal show Ark",
)

AmountOption = Annotated[
    str | None, typer.Option("--amount", metavar="A", help="Such as 1200000, 1.2m or 120万.")
]
CloseOption = Annotated[
    str | None, typer.Option("--close", metavar="DATE", help="When it is expected to close.")
]
CompetitorsOption = Annotated[
    list[str] | None, typer.Option("--competitor", metavar="C", help="Who else bids; repeatable.")
]
DoneOption = Annotated[
    str | None,
    typer.Option("--done", metavar="EVIDENCE", help="Claim the stage's milestones with this."),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Waive what is in the way; needs --reason, the manager.")
]
WhyOption = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why it is forced.")
]

LATELY = 8
"""Entries of the timeline that the page of a deal shows."""


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What the deal is called.")],
    customer: Annotated[str | None, typer.Option(metavar="C", help="Who would buy.")] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="REP", help="Whose deal it is; else who signs.")
    ] = None,
    amount: AmountOption = None,
    close: CloseOption = None,
    pipeline: Annotated[
        str | None, typer.Option(metavar="PIPELINE", help="Its process; else the default one.")
    ] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Where it already is; else the first stage.")
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help="Where it came from.")] = None,
    competitor: CompetitorsOption = None,
    on: OnOption = None,
) -> None:
    """Add a deal.

    Example: funnelcli deal add "Ark launch" --customer "Ark Electronics" --amount 120万 --close eoq
    """
    run = current(ctx)
    with run.change("deal add", starts=True) as work:
        terms = _terms(run, work, name, customer, owner, amount, close, source, competitor)
        day = run.past_day(on, work.today)
        number, work.summary = acting.deals.add(work, terms, pipeline, stage, day)
        hint = acting.gates.unproven(work, number)
    if hint is not None:
        run.note(hint)


def _terms(
    run: Run,
    work: Work,
    name: str | None,
    customer: str | None,
    owner: str | None,
    amount: str | None,
    close: str | None,
    source: str | None,
    competitor: list[str] | None,
) -> Terms:
    """Return what was said of a deal's terms, amounts and dates understood."""
    return acting.deals.Terms(
        name=name,
        customer=customer,
        owner=owner,
        amount=None if amount is None else parse_amount(amount, work.settings.currency),
        expected_close=run.day(close, work.today),
        source=source,
        competitors=competitor or (),
    )


@app.command("edit")
def edit(
    ctx: typer.Context,
    deal: DealRef,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What it is called.")] = None,
    customer: Annotated[str | None, typer.Option(metavar="C", help="Who would buy.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="REP", help="Whose deal it is.")] = None,
    amount: AmountOption = None,
    close: CloseOption = None,
    pipeline: Annotated[
        str | None, typer.Option(metavar="PIPELINE", help="Correct its process (manager).")
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(metavar="STAGE", help="Correct its stage; the clock runs on (manager)."),
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help="Where it came from.")] = None,
    competitor: CompetitorsOption = None,
    member: Annotated[
        list[str] | None, typer.Option(metavar="REP", help="Who else works on it; repeatable.")
    ] = None,
    on: OnOption = None,
) -> None:
    """Change a deal's terms from a day on.

    Example: funnelcli deal edit Ark --amount 1.3m --close 2026-12-18
    """
    run = current(ctx)
    with run.change("deal edit") as work:
        terms = _terms(run, work, name, customer, owner, amount, close, source, competitor)
        terms = terms._replace(members=member or ())
        day = run.past_day(on, work.today)
        found = find_deal(work.reading, deal)
        work.summary = acting.deals.edit(work, found, terms, pipeline=pipeline, stage=stage, on=day)


@app.command("list")
def list_(
    ctx: typer.Context,
    status: Annotated[
        str, typer.Option(metavar="STATUS", help="open, held, won, lost, or all; comma-separated.")
    ] = "open,held",
    stage: Annotated[str | None, typer.Option(metavar="STAGE", help="Only in this stage.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Archived ones too.")] = False,
    owner: OwnerOption = None,
    pipeline: PipelineOption = None,
    customer: CustomerOption = None,
    source: SourceOption = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As of the end of DATE.")
    ] = None,
    hindsight: Annotated[bool, typer.Option("--hindsight", help="With --as-of.")] = False,
    limit: LimitOption = None,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """List deals, the open ones unless told otherwise.

    Example: funnelcli deal list --status won,lost --owner Li -f csv
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, pipeline, customer, source, fmt, output)
    with run.reading(asked) as reader:
        filters = run.filters(reader, asked)
        name = None
        if stage is not None:
            name = _stage_name(reader, filters, stage)
        wanted: reading_deals.Wanted = {
            "statuses": _statuses(status),
            "stage": name,
            "archived": archived,
            "limit": limit,
        }
        found = reading_deals.deals(reader, filters, **wanted)
        table = deals_table(found, run.frame(reader, "deal-list"))
        if fmt in (Format.JSON, Format.NDJSON):
            from funnelcli.store.reading.deal_records import (  # noqa: PLC0415  only for machines
                deals_as_json,
            )

            table = table._replace(written=deals_as_json(reader, filters, **wanted))
        run.show(table, asked)


def _stage_name(reader: Reader, filters: Filters, word: str) -> str:
    known = process(reader)
    chosen = known.within(filters.pipeline)
    for pipeline in chosen:
        if pipeline.has_stage(word):
            return pipeline.stage(word).name
    return chosen[0].stage(word).name


def _statuses(word: str) -> tuple[Status, ...] | None:
    if fold(word) == "all":
        return None
    try:
        return tuple(Status(fold(part)) for part in word.split(","))
    except ValueError as error:
        message = said("{word!r} is no status; write open, held, won, lost or all.", word=word)
        raise UsageFault(message) from error


@app.command("show")
def show(
    ctx: typer.Context,
    deal: DealRef,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As of the end of DATE.")
    ] = None,
    hindsight: Annotated[bool, typer.Option("--hindsight", help="With --as-of.")] = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show one deal: how it stands, what stands out, its milestones, what to find out.

    Example: funnelcli deal show Ark
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        found = find_deal(reader, deal)
        known = process(reader)
        chosen, stage = known.by_stage[found.stage_id]
        judged = the_judge(reader, known)
        finding = judged.finding(found)
        words = judged.words(found)
        codes: list[Code] = [] if finding is None else [r.code for r in finding.reasons]
        page = deal_page(
            found,
            stage,
            chosen,
            finding=finding,
            milestones=list(milestones(reader, Filters(), deal_id=found.id)),
            people=roles(reader, deal=found.id),
            claims=claims(reader, found.id),
            recent=timeline(reader, found.id)[-LATELY:],
            questions=[asked for code in codes for asked in words.questions(code)[:1]],
            frame=run.frame(reader, "deal-show"),
        )
        run.show(page, asked)


@app.command("advance")
def advance(
    ctx: typer.Context,
    deal: DealRef,
    to: Annotated[
        str | None, typer.Option("--to", metavar="STAGE", help="Where to; else the next stage.")
    ] = None,
    on: OnOption = None,
    note: NoteOption = None,
    done: DoneOption = None,
    force: ForceOption = False,
    reason: WhyOption = None,
) -> None:
    """Move a deal on to a later stage, or out of the last one: won.

    Example: funnelcli deal advance Ark --done "minutes of the meeting on Friday"
    """
    run = current(ctx)
    with run.change("deal advance") as work:
        found = find_deal(work.reading, deal)
        passing = acting.gates.Passing(done, force, reason)
        day = run.past_day(on, work.today)
        work.summary = acting.moves.advance(work, found, to, passing, note=note, on=day)


@app.command("back")
def back(
    ctx: typer.Context,
    deal: DealRef,
    to: Annotated[str, typer.Option("--to", metavar="STAGE", help="The earlier stage.")],
    reason: ReasonOption,
    on: OnOption = None,
) -> None:
    """Move a deal back to an earlier stage; its milestones from there on are open again.

    Example: funnelcli deal back Ark --to drafted --reason "they want another concept"
    """
    run = current(ctx)
    with run.change("deal back") as work:
        found = find_deal(work.reading, deal)
        work.summary = acting.moves.back(work, found, to, reason, run.past_day(on, work.today))


@app.command("win")
def win(
    ctx: typer.Context,
    deal: DealRef,
    amount: AmountOption = None,
    on: OnOption = None,
    note: NoteOption = None,
    done: DoneOption = None,
    force: ForceOption = False,
    reason: WhyOption = None,
) -> None:
    """Close a deal as won.

    Example: funnelcli deal win Ark --amount 1.15m --done "contract signed"
    """
    run = current(ctx)
    with run.change("deal win") as work:
        found = find_deal(work.reading, deal)
        worth = None if amount is None else parse_amount(amount, work.settings.currency)
        passing = acting.gates.Passing(done, force, reason)
        day = run.past_day(on, work.today)
        work.summary = acting.moves.win(work, found, passing, amount=worth, note=note, on=day)


@app.command("lose")
def lose(
    ctx: typer.Context,
    deal: DealRef,
    reason: Annotated[
        str, typer.Option("--reason", metavar="CODE", help=", ".join(LOST_REASONS) + ", …")
    ],
    competitor: Annotated[str | None, typer.Option(metavar="C", help="Who has got it.")] = None,
    note: NoteOption = None,
    on: OnOption = None,
) -> None:
    """Close a deal as lost, with a reason code.

    Example: funnelcli deal lose Ark --reason relationship --competitor Sanli
    """
    run = current(ctx)
    with run.change("deal lose") as work:
        known = acting.moves.reasons_in_use(work)
        found = find_deal(work.reading, deal)
        day = run.past_day(on, work.today)
        work.summary = acting.moves.lose(
            work, found, reason, competitor=competitor, note=note, on=day
        )
    if acting.moves.reason_code(reason) not in known:
        run.note(
            said(
                "{reason!r} is a new reason; in use so far: {known}",
                reason=reason,
                known=", ".join(known),
            )
        )


@app.command("reopen")
def reopen(ctx: typer.Context, deal: DealRef, reason: ReasonOption) -> None:
    """Open a closed or archived deal again, where it was.

    Example: funnelcli deal reopen Ark --reason "their budget is back"
    """
    with current(ctx).change("deal reopen") as work:
        work.summary = acting.moves.reopen(work, find_deal(work.reading, deal), reason)


@app.command("hold")
def hold(
    ctx: typer.Context,
    deal: DealRef,
    until: Annotated[str, typer.Option(metavar="DATE", help="The day it comes back.")],
    reason: ReasonOption,
) -> None:
    """Park a deal until a day; its clocks stand still meanwhile.

    Example: funnelcli deal hold Ark --until 2027-01-11 --reason "their budget round"
    """
    run = current(ctx)
    with run.change("deal hold") as work:
        day = run.certain_day(until, work.today)
        work.summary = acting.moves.hold(work, find_deal(work.reading, deal), day, reason)


@app.command("archive")
def archive(ctx: typer.Context, deal: DealRef) -> None:
    """Put a deal away, out of the funnel and of lists; deal reopen brings it back.

    Example: funnelcli deal archive 12
    """
    with current(ctx).change("deal archive") as work:
        work.summary = acting.moves.archive(work, find_deal(work.reading, deal))
