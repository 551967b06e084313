"""`import` and `export`: tables in and out."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from funnelcli.cli import acting
from funnelcli.cli.options import AsOfOption, HindsightOption
from funnelcli.cli.pipeline import toml_text
from funnelcli.cli.run import Asked, Run, current, folder_for_tables, write_private
from funnelcli.cli.whole import export_all, import_all
from funnelcli.domain.text import plural
from funnelcli.errors import UsageFault
from funnelcli.store.reading.export import (
    canonical_contacts,
    canonical_deals,
    canonical_logs,
    canonical_stages,
)
from funnelcli.store.reading.process import process
from funnelcli.views.exchange import exported
from funnelcli.views.table import Format

if TYPE_CHECKING:
    pass

import_app = typer.Typer(
    no_args_is_help=True, help="Bring in deals, stages, logs, contacts, or all."
)

FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="CSV, plain or gz; - for stdin.")]
CreateOption = Annotated[
    bool, typer.Option("--create-missing", help="Add people that the team lacks.")
]
DryOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
]


@import_app.command("deals")
def import_deals(
    ctx: typer.Context,
    file: FileArgument,
    preset: Annotated[
        str | None, typer.Option(metavar="NAME", help="Read another product's columns: maven.")
    ] = None,
    pipeline: Annotated[
        str | None, typer.Option(metavar="PIPELINE", help="Where a row names no pipeline.")
    ] = None,
    create_missing: CreateOption = False,
    dry_run: DryOption = False,
) -> None:
    """Import deals; the key is the source's id, so that twice is as once.

    Example: funnelcli import deals deals.csv.gz --create-missing
    """
    more = {"pipeline": pipeline}
    _import(current(ctx), "deals", file, create_missing, dry_run, preset=preset, **more)


@import_app.command("stages")
def import_stages(
    ctx: typer.Context,
    file: FileArgument,
    create_missing: CreateOption = False,
    dry_run: DryOption = False,
) -> None:
    """Import stage histories: deal,stage,at[,by], with won or lost as last stage.

    Example: funnelcli import stages stages.csv.gz
    """
    _import(current(ctx), "stages", file, create_missing, dry_run)


@import_app.command("logs")
def import_logs(
    ctx: typer.Context,
    file: FileArgument,
    create_missing: CreateOption = False,
    dry_run: DryOption = False,
) -> None:
    """Import log entries: deal,at,by,kind,text[,with,claim].

    Example: funnelcli import logs - < pasted.csv
    """
    _import(current(ctx), "logs", file, create_missing, dry_run)


@import_app.command("contacts")
def import_contacts(ctx: typer.Context, file: FileArgument, dry_run: DryOption = False) -> None:
    """Import contacts: name,company,title,deal,role,stance.

    Example: funnelcli import contacts contacts.csv
    """
    _import(current(ctx), "contacts", file, False, dry_run)


import_app.command("all")(import_all)


def _write_pipeline(run: Run, name: str, out: TextIO) -> None:
    out.write(toml_text(run, name))


def _import(
    run: Run,
    kind: str,
    file: str,
    create: bool,
    dry_run: bool,
    *,
    preset: str | None = None,
    **more: str | None,
) -> None:
    """Import a table of the kind as one operation; none is kept if it changed nothing."""
    table = getattr(acting, f"import_{kind}")
    with (
        acting.tables.opened(file, table.HEADER, preset) as rows,
        run.change(f"import {kind}", starts=True) as work,
    ):
        done = table.run(work, rows, create=create, **more)
        work.summary = f"Would have: {done.sentence}" if dry_run else done.sentence
        work.kept = not dry_run and bool(done.new or done.changed)


def export(
    ctx: typer.Context,
    place: Annotated[
        str, typer.Argument(metavar="DIR", help="Where the tables go; FILE.json with --all.")
    ],
    everything: Annotated[
        bool, typer.Option("--all", help="All there is, as JSON; into a DIR, every table as CSV.")
    ] = False,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
) -> None:
    """Write deals, stage histories, logs and contacts as canonical CSV, pipelines as TOML.

    With --all everything, facts and operations included: import all makes an equal file of
    FILE.json (or FILE.json.gz, or - for stdout).

    Example: funnelcli export backup-tables

    Example: funnelcli export --all everything.json.gz
    """
    run = current(ctx)
    if everything:
        if as_of is not None or hindsight:
            message = "--all writes the whole file, which has no --as-of; leave one of them out."
            raise UsageFault(message)
        export_all(run, place)
    else:
        _export_canonical(run, Path(place), Asked(as_of, hindsight))


def _export_canonical(run: Run, folder: Path, asked: Asked) -> None:
    folder_for_tables(folder)
    with run.reading(asked) as reader:
        for name, rows in (
            ("deals", canonical_deals(reader)),
            ("stages", canonical_stages(reader)),
            ("logs", canonical_logs(reader)),
            ("contacts", canonical_contacts(reader)),
        ):
            table = exported(name, rows, run.frame(reader, f"export-{name}"))
            run.show(table, Asked(fmt=Format.CSV, output=folder / f"{name}.csv"))
        names = [pipeline.name for pipeline in process(reader).pipelines]
    for name in names:
        safe = re.sub(r"[^\w.-]", "_", name)
        write_private(folder / f"pipeline-{safe}.toml", partial(_write_pipeline, run, name))
    tables = "deals.csv, stages.csv, logs.csv, contacts.csv"
    run.tell(f"Wrote {tables} and {plural(len(names), 'pipeline')} to {folder}.")
