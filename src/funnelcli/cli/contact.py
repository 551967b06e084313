"""`contact` and `who`: the people at the customer, and who on the team knows them."""

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
    NoteOption,
    OnOption,
    OutputOption,
    SchoolOption,
    WorkedOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.people import Role, Stance, places
from funnelcli.domain.text import clean
from funnelcli.store.reading.acquaintances import acquaintances, known
from funnelcli.store.reading.acquaintances import who as known_people
from funnelcli.store.reading.contacts import contacts, find_contact, roles, touches
from funnelcli.store.reading.deals import find_deal
from funnelcli.views.contacts import contact_page, contacts_table, known_table, roles_table
from funnelcli.views.table import Format

LAST_TOUCHES = 5

app = typer.Typer(
    no_args_is_help=True, help="The people at the customer.\n\nExample: funnelcli contact show Zhao"
)

ContactRef = Annotated[
    str, typer.Argument(metavar="CONTACT", help="Their number, or any part of their name.")
]
CompanyOption = Annotated[
    str | None, typer.Option("--company", metavar="TEXT", help="Where they work.")
]
TitleOption = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="As what.")]
RoleOption = Annotated[Role | None, typer.Option("--role", help="What they are on the deal.")]
StanceOption = Annotated[Stance | None, typer.Option("--stance", help="How they stand to us.")]


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Their name.")],
    company: CompanyOption = None,
    title: TitleOption = None,
    worked: WorkedOption = None,
    school: SchoolOption = None,
    note: NoteOption = None,
    deal: Annotated[
        str | None, typer.Option("--deal", metavar="DEAL", help="Put them on this deal.")
    ] = None,
    role: RoleOption = None,
    stance: StanceOption = None,
    another: Annotated[
        bool, typer.Option("--another", help="Somebody else of a name that is there already.")
    ] = False,
    on: OnOption = None,
) -> None:
    """Add somebody at a customer; says who on the team knows them.

    Example: funnelcli contact add "Liu Wei" --company Ark --deal Ark --role decision-maker
    """
    run = current(ctx)
    with run.change("contact add") as work:
        day = run.past_day(on, work.today)
        found = None if deal is None else find_deal(work.reading, deal)
        traits = acting.contacts.Traits(name, company, title, places(worked, school), note)
        joining = acting.contacts.Joining(role, stance)
        work.summary = acting.contacts.add(work, traits, found, joining, another=another, on=day)


@app.command("list")
def list_(
    ctx: typer.Context,
    company: Annotated[
        str | None, typer.Option("--company", metavar="TEXT", help="Who is or was there.")
    ] = None,
    deal: Annotated[
        str | None, typer.Option("--deal", metavar="DEAL", help="Who is on this deal, as what.")
    ] = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    limit: LimitOption = None,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """List contacts; of a deal, with their roles and stances.

    Example: funnelcli contact list --deal Ark
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        frame = run.frame(reader, "contact-list")
        if deal is not None:
            found = roles(reader, deal=find_deal(reader, deal).id)[:limit]
            run.show(roles_table(found, frame, of_contact=False), asked)
        else:
            people = list(contacts(reader, company, limit))
            knows = known(reader, people)
            run.show(contacts_table(people, roles(reader), knows, frame), asked)


@app.command("show")
def show(
    ctx: typer.Context,
    contact: ContactRef,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show one contact: career, deals, and who on the team knows them.

    Example: funnelcli contact show "Liu Wei"
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        found = find_contact(reader, contact)
        page = contact_page(
            found,
            roles(reader, contact=found.id),
            acquaintances(reader, found.id),
            touches(reader, found.id, LAST_TOUCHES),
            run.frame(reader, "contact-show"),
        )
        run.show(page, asked)


@app.command("edit")
def edit(
    ctx: typer.Context,
    contact: ContactRef,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Their name.")] = None,
    company: CompanyOption = None,
    title: TitleOption = None,
    worked: WorkedOption = None,
    school: SchoolOption = None,
    note: NoteOption = None,
) -> None:
    """Correct what is known of somebody, or add to their career; who moves on: contact leave.

    Example: funnelcli contact edit "Liu Wei" --school "Fudan, 2005..2009"
    """
    run = current(ctx)
    with run.change("contact edit") as work:
        traits = acting.contacts.Traits(name, company, title, places(worked, school), note)
        found = find_contact(work.reading, contact)
        work.summary = acting.contacts.edit(work, found, traits)


@app.command("join")
def join(
    ctx: typer.Context,
    deal: DealRef,
    contact: ContactRef,
    role: RoleOption = None,
    stance: StanceOption = None,
    on: OnOption = None,
) -> None:
    """Put somebody on a deal, or say anew what they are on it and how they stand to us.

    Example: funnelcli contact join Ark "Liu Wei" --role champion --stance for
    """
    run = current(ctx)
    with run.change("contact join") as work:
        day = run.past_day(on, work.today)
        found, person = find_deal(work.reading, deal), find_contact(work.reading, contact)
        joining = acting.contacts.Joining(role, stance)
        work.summary = acting.contacts.join(work, found, person, joining, day)


@app.command("leave")
def leave(
    ctx: typer.Context,
    contact: ContactRef,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="PLACE", help="The new company, or a department of this one."),
    ] = None,
    title: TitleOption = None,
    on: OnOption = None,
) -> None:
    """Say that somebody left their post: every open deal they are on is alarmed.

    Example: funnelcli contact leave "Liu Wei" --to "Logistics department"
    """
    run = current(ctx)
    with run.change("contact leave") as work:
        day = run.past_day(on, work.today)
        found = find_contact(work.reading, contact)
        work.summary = acting.successions.leave(work, found, to, title, day)


@app.command("replace")
def replace(
    ctx: typer.Context,
    deal: DealRef,
    old: Annotated[str, typer.Argument(metavar="CONTACT", help="Who is replaced.")],
    new: Annotated[str, typer.Argument(metavar="CONTACT", help="Who follows.")],
    on: OnOption = None,
) -> None:
    """Say who follows somebody on a deal: it is alarmed until somebody meets the successor.

    Example: funnelcli contact replace Ark "Liu Wei" "Zhao Bing"
    """
    run = current(ctx)
    with run.change("contact replace") as work:
        day = run.past_day(on, work.today)
        found = find_deal(work.reading, deal)
        work.summary = acting.successions.replace(work, found, old, new, day)


@app.command("tie")
def tie(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Who of the team.")],
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Whom they know.")],
    relation: Annotated[str, typer.Option(metavar="TEXT", help="How: classmate, cousin, …")],
    company: CompanyOption = None,
    on: OnOption = None,
) -> None:
    """Say that somebody of the team knows a contact; who is new is added by their name.

    Example: funnelcli contact tie "Jiang Yue" "Zhao Bing" --relation classmate
    """
    run = current(ctx)
    with run.change("contact tie") as work:
        day = run.past_day(on, work.today)
        work.summary = acting.contacts.tie(work, person, contact, relation, company, day)


def who(
    ctx: typer.Context,
    word: Annotated[
        str, typer.Argument(metavar="NAME-OR-COMPANY", help="A person, a company or a school.")
    ],
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    limit: LimitOption = None,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show who on the team knows somebody, or anybody at a company or school, past ones too.

    Example: funnelcli who Sanli
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        found = known_people(reader, clean(word, "name"))[:limit]
        run.show(known_table(found, run.frame(reader, "who"), word), asked)
