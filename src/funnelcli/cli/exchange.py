"""`export`: the file's tables, for others to read."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer

from funnelcli.cli.options import AsOfOption, HindsightOption
from funnelcli.cli.pipeline import toml_text
from funnelcli.cli.run import Asked, Run, current, folder_for_tables, write_private
from funnelcli.cli.whole import export_all
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
from funnelcli.wording import plural, said


def _write_pipeline(run: Run, name: str, out: TextIO) -> None:
    out.write(toml_text(run, name))


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
            message = said(
                "--all writes the whole file, which has no --as-of; leave one of them out."
            )
            raise UsageFault(message)
        export_all(run, place)
    else:
        _export_canonical(run, folder_for_tables(place), Asked(as_of, hindsight))


def _export_canonical(run: Run, folder: Path, asked: Asked) -> None:
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
    told = plural(
        len(names),
        "Wrote {tables} and {n} pipeline to {folder}.",
        "Wrote {tables} and {n} pipelines to {folder}.",
        tables=tables,
        folder=folder,
    )
    run.tell(told)
