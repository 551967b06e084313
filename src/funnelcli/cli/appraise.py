"""`appraise`: what the work of a rep, or of the team, amounts to in a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli.cli.appraising import Appraiser
from funnelcli.cli.options import (
    AsOfOption,
    FormatOption,
    HindsightOption,
    OutputOption,
    OwnerOption,
    PeriodOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.appraisal import BY_CODE
from funnelcli.errors import UsageFault
from funnelcli.store.reading.people import find_member, members
from funnelcli.views.appraisal import appraisal_page
from funnelcli.views.table import Format
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.domain.appraisal import Figure


def appraise(
    ctx: typer.Context,
    period: PeriodOption = None,
    owner: OwnerOption = None,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="FIGURE",
            help="The entries behind a figure, such as attendance; another word lists all.",
        ),
    ] = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show what everybody's work amounts to in a period: the team as a table, a rep as a page.

    Attendance, planned work, process, conversation, results and claims, each figure with what it
    rests on; --explain opens one to its entries. docs/appraisal.md tells how each is counted.

    Example: funnelcli appraise --owner Li --period 2026Q4
    """
    run = current(ctx)
    figure = None if explain is None else _figure(explain)
    asked = Asked(as_of, hindsight, owner, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        wanted = run.begun(period, reader.today)
        whose = None if owner is None else find_member(reader, owner)
        appraiser = Appraiser(reader, wanted, None if figure is None else figure.code)
        found = appraiser.of(whose)
        name = "appraise"
        if figure is not None:
            from funnelcli.views.explained import explained_table  # noqa: PLC0415  rarely asked

            names: dict[int | None, str] = {member.id: member.name for member in members(reader)}
            frame = run.frame(reader, name)
            run.show(explained_table(figure, found, names, wanted, frame), asked)
        else:
            frame = run.frame(reader, name)
            run.show(appraisal_page(found, wanted, frame, alone=whose is not None), asked)


def _figure(word: str) -> Figure:
    """Return the figure with that code; raises UsageFault that lists all."""
    found = BY_CODE.get(word.strip().lower())
    if found is None:
        raise UsageFault(
            said(
                "{word!r} is no figure; there are {figures}.",
                word=word,
                figures=", ".join(BY_CODE),
            )
        )
    return found
