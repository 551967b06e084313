"""`undo`, `redo` and `history`: what was done, and how it is taken back."""

from __future__ import annotations

from typing import Annotated

import typer

from funnelcli.cli import acting
from funnelcli.cli.options import (
    MOST,
    AsOfOption,
    FormatOption,
    OutputOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.errors import NotFound, UsageFault
from funnelcli.store.reading.deals import find_deal, number_said
from funnelcli.store.reading.history import count_done, opening
from funnelcli.store.reading.history import history as done
from funnelcli.store.reading.reader import Reader
from funnelcli.views.history import history_table, operation_page
from funnelcli.views.table import Format
from funnelcli.wording import plural, said

CountArgument = Annotated[
    int | None,
    typer.Argument(metavar="N", min=1, max=MOST, help="How many commands; 1 unless said."),
]
IdOption = Annotated[
    int | None,
    typer.Option("--id", min=1, max=MOST, metavar="N", help="This operation; see history."),
]
LATELY = 20
"""Operations that history tells unless told otherwise."""


def undo(ctx: typer.Context, count: CountArgument = None, number: IdOption = None) -> None:
    """Take back the last N commands that you signed, each as a whole; redo brings them back.

    It is refused where something newer touched the same thing. What others signed needs the
    manager's name.

    Example: funnelcli undo
    """
    with current(ctx).change("undo") as work:
        work.summary = acting.undo.undo(work, _count(count, number), number)


def redo(ctx: typer.Context, count: CountArgument = None, number: IdOption = None) -> None:
    """Do the last N commands again that you have undone since your last other command.

    What was undone earlier, or by others, is named by its number: --id.

    Example: funnelcli redo
    """
    with current(ctx).change("redo") as work:
        work.summary = acting.undo.redo(work, _count(count, number), number)


def _count(count: int | None, number: int | None) -> int:
    if count is not None and number is not None:
        message = said(
            "Say either how many, {count}, or which one, --id {number}; not both.",
            count=count,
            number=number,
        )
        raise UsageFault(message)
    return count or 1


def history(
    ctx: typer.Context,
    deal: Annotated[
        str | None, typer.Argument(metavar="DEAL", help="What was done to it; else to anything.")
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--id", min=1, max=MOST, metavar="N", help="This one, with every change."),
    ] = None,
    as_of: AsOfOption = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=MOST, metavar="N", help="At most the last so many.")
    ] = LATELY,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show who did what and when, the last at the end; in JSON with old and new values.

    Example: funnelcli history Ark --limit 5
    """
    run = current(ctx)
    asked = Asked(as_of, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        frame = run.frame(reader, "history")
        of = None if deal is None else _deal_ever(reader, deal)
        if number is not None:
            found = next(done(reader, deal=of, operation=number, changes=True), None)
            if found is None:
                raise NotFound(_no_operation(number, deal))
            run.show(operation_page(found, frame), asked)
            return
        total = count_done(reader, of)
        rows = done(reader, deal=of, limit=limit, changes=fmt in _WITH_CHANGES)
        summary = ""
        if total > limit:
            summary = plural(
                total,
                "The last {limit} of {n} operation.",
                "The last {limit} of {n} operations.",
                limit=limit,
            )
        run.show(history_table(rows, frame, summary=summary, total=total), asked)


def _no_operation(number: int, deal: str | None) -> str:
    if deal is None:
        return said("There is no operation {number}; see: funnelcli history", number=number)
    return said(
        "There is no operation {number} that touched {deal}; see: funnelcli history",
        number=number,
        deal=deal,
    )


def _deal_ever(reader: Reader, word: str) -> int:
    """Return the deal's number; one that was taken back is known by its number still."""
    try:
        return find_deal(reader, word).id
    except NotFound:
        number = number_said(word)
        if number is None or opening(reader, "deal", number) is None:
            raise
        return number


_WITH_CHANGES = (Format.JSON, Format.NDJSON, Format.CSV, Format.TSV)
"""Formats that tell every change."""
