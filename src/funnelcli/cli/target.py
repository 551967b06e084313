"""`target`: what people, and the team, are to win in a period."""

from __future__ import annotations

from typing import Annotated

import typer

from funnelcli.cli import acting
from funnelcli.cli.options import (
    AsOfOption,
    FormatOption,
    HindsightOption,
    LimitOption,
    OutputOption,
    OwnerOption,
)
from funnelcli.cli.run import Asked, current
from funnelcli.domain.money import parse_amount
from funnelcli.domain.text import NONE
from funnelcli.store.reading.targets import targets
from funnelcli.views.table import Format
from funnelcli.views.targets import targets_table

app = typer.Typer(
    no_args_is_help=True,
    help="What people, and the team, are to win in a period."
    "\n\nExample: funnelcli target set team 2026Q4 3m",
)


@app.command("set")
def set_(
    ctx: typer.Context,
    whose: Annotated[
        str, typer.Argument(metavar="REP|team", help="Whose: a member, or the whole team.")
    ],
    period: Annotated[
        str,
        typer.Argument(
            metavar="PERIOD",
            help="2026Q4, 2026-11, 2026-W48, 2026, FROM..TO (both days included), or week, "
            "month, quarter, year, 'next quarter'.",
        ),
    ],
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="How much; none takes the target away.")
    ],
) -> None:
    """Set a target, in place of what it was before (manager).

    Example: funnelcli target set "Xiao Li" 2026Q4 300万
    """
    run = current(ctx)
    with run.change("target set") as work:
        days = run.period(period, work.today)
        taken = amount.strip().lower() == NONE
        worth = None if taken else parse_amount(amount, work.settings.currency)
        work.summary = acting.targets.set_target(work, whose, days, worth)


@app.command("list")
def list_(
    ctx: typer.Context,
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="PERIOD", help="Only for days that lie in PERIOD."),
    ] = None,
    owner: OwnerOption = None,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    limit: LimitOption = None,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """List the targets that stand, the team's first.

    For machines, a period is the days from `start` on and before `end`, which is no day of it.

    Example: funnelcli target list --period 2026
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, owner, fmt=fmt, output=output)
    with run.reading(asked) as reader:
        days = None if period is None else run.period(period, reader.moment.today)
        found = targets(reader, days, owner=run.filters(reader, asked).owner_id)
        narrowed = period is not None or owner is not None
        frame = run.frame(reader, "target-list")
        run.show(targets_table(found[:limit], frame, narrowed=narrowed), asked)
