"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from funnelcli.views.table import Format

MOST = 10**9
"""No count and no number that somebody types is larger; the file holds none that is much larger."""


class By(StrEnum):
    """What the open deals can be cut by."""

    OWNER = "owner"
    CUSTOMER = "customer"
    SOURCE = "source"


DealRef = Annotated[
    str, typer.Argument(metavar="DEAL", help="Its number, or any unambiguous part of its name.")
]
FormatOption = Annotated[
    Format, typer.Option("--format", "-f", help="How to write the answer.", show_default=True)
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, not stdout.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Answer as of the end of DATE, or an instant."),
]
HindsightOption = Annotated[
    bool,
    typer.Option("--hindsight", help="With --as-of: what is known today about that day."),
]
ExitCodeOption = Annotated[
    bool, typer.Option("--exit-code", help="Exit 20 if a stalled deal is not acknowledged.")
]
OwnerOption = Annotated[str | None, typer.Option("--owner", metavar="REP", help="Only REP's.")]
PipelineOption = Annotated[
    str | None, typer.Option("--pipeline", metavar="PIPELINE", help="Only in this pipeline.")
]
CustomerOption = Annotated[
    str | None, typer.Option("--customer", metavar="TEXT", help="Only customers named like TEXT.")
]
SourceOption = Annotated[
    str | None, typer.Option("--source", metavar="TEXT", help="Only from sources like TEXT.")
]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period", metavar="PERIOD", help="2026Q4, 2026-11, 2026 or FROM..TO; else this quarter."
    ),
]
OnOption = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="When it happened; today unless said.")
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, max=MOST, metavar="N", help="At most so many.")
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
NoteOption = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A remark.")]
WorkedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--worked",
        metavar="PLACE",
        help="Former employer: NAME[, TITLE][, FROM..TO], as in 'Sanli, buyer, 2015..2019'.",
    ),
]
SchoolOption = Annotated[
    list[str] | None,
    typer.Option(
        "--school",
        metavar="PLACE",
        help="School: NAME[, SUBJECT][, FROM..TO], as in 'Fudan, law, 2005..2009'.",
    ),
]
