"""`import`: tables from elsewhere, each one operation, with a preview and its faults."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from funnelcli.cli import acting
from funnelcli.cli.run import Run, current
from funnelcli.cli.whole import import_all
from funnelcli.domain.notation import Decimal, Order
from funnelcli.domain.text import inert, padded, shortened, width
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funnelcli.actions.faults import Faults
    from funnelcli.actions.importing import Imported
    from funnelcli.actions.tables import Table

import_app = typer.Typer(
    no_args_is_help=True,
    help="Bring in deals, stages, logs, contacts, or all."
    "\n\nExample: funnelcli import deals deals.csv --dry-run",
)

FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="CSV, plain or gz, or XLSX; - for stdin.")
]
MapOption = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE.toml", help="Read other columns, as a TOML map says."),
]
PresetOption = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="PRESET",
        help="Read another product's columns: hubspot, pipedrive, salesforce, zoho or maven.",
    ),
]
DatesOption = Annotated[
    Order | None, typer.Option("--dates", help="In which order dates are written.")
]
DecimalOption = Annotated[
    Decimal | None, typer.Option("--decimal", help="The sign before an amount's decimals.")
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", metavar="ENCODING", help="What the text is in, such as gbk."),
]
CreateOption = Annotated[
    bool, typer.Option("--create-missing", help="Add people and stages that are lacking.")
]
SkipOption = Annotated[
    bool,
    typer.Option("--skip-bad", help="Leave bad rows out, and write them to FILE.bad.csv."),
]
DryOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")
]


@import_app.command("deals")
def import_deals(
    ctx: typer.Context,
    file: FileArgument,
    map_: MapOption = None,
    preset: PresetOption = None,
    pipeline: Annotated[
        str | None, typer.Option(metavar="PIPELINE", help="Where a row names no pipeline.")
    ] = None,
    dates: DatesOption = None,
    decimal: DecimalOption = None,
    encoding: EncodingOption = None,
    create_missing: CreateOption = False,
    skip_bad: SkipOption = False,
    dry_run: DryOption = False,
) -> None:
    """Import deals; the key is the source's id, so that twice is as once.

    Example: funnelcli import deals deals.csv.gz --create-missing
    """
    reading = _reading(map_, preset, encoding, dates, decimal)
    wish = _Wish(create_missing, skip_bad, dry_run)
    _import(current(ctx), "deals", file, reading, wish, pipeline=pipeline)


@import_app.command("stages")
def import_stages(
    ctx: typer.Context,
    file: FileArgument,
    map_: MapOption = None,
    preset: PresetOption = None,
    dates: DatesOption = None,
    encoding: EncodingOption = None,
    create_missing: CreateOption = False,
    skip_bad: SkipOption = False,
    dry_run: DryOption = False,
) -> None:
    """Import stage histories: deal,stage,at[,by], with won or lost as last stage.

    Example: funnelcli import stages stages.csv.gz
    """
    reading = _reading(map_, preset, encoding, dates)
    _import(current(ctx), "stages", file, reading, _Wish(create_missing, skip_bad, dry_run))


@import_app.command("logs")
def import_logs(
    ctx: typer.Context,
    file: FileArgument,
    map_: MapOption = None,
    preset: PresetOption = None,
    dates: DatesOption = None,
    encoding: EncodingOption = None,
    create_missing: CreateOption = False,
    skip_bad: SkipOption = False,
    dry_run: DryOption = False,
) -> None:
    """Import log entries: deal,at,by,kind,text[,with,claim].

    Example: funnelcli import logs - < pasted.csv
    """
    reading = _reading(map_, preset, encoding, dates)
    _import(current(ctx), "logs", file, reading, _Wish(create_missing, skip_bad, dry_run))


@import_app.command("contacts")
def import_contacts(
    ctx: typer.Context,
    file: FileArgument,
    map_: MapOption = None,
    preset: PresetOption = None,
    encoding: EncodingOption = None,
    skip_bad: SkipOption = False,
    dry_run: DryOption = False,
) -> None:
    """Import contacts: name,company,title,deal,role,stance.

    Example: funnelcli import contacts contacts.csv
    """
    reading = _reading(map_, preset, encoding)
    _import(current(ctx), "contacts", file, reading, _Wish(False, skip_bad, dry_run))


import_app.command("all")(import_all)


class _Wish(NamedTuple):
    """What is wished of an import."""

    create: bool
    skip_bad: bool
    dry_run: bool


def _reading(
    map_: Path | None,
    preset: str | None,
    encoding: str | None,
    order: Order | None = None,
    decimal: Decimal | None = None,
) -> Any:
    return acting.tables.Reading(map_, preset, order, decimal, encoding)


def _import(run: Run, kind: str, file: str, reading: Any, wish: _Wish, **more: str | None) -> None:
    """Import a table of the kind as one operation; none is kept if it changed nothing."""
    action = getattr(acting, f"import_{kind}")
    with ExitStack() as held:
        table = held.enter_context(acting.tables.opened(file, action.HEADER, reading))
        rejects = acting.faults.Rejects(table) if wish.skip_bad else None
        faults = acting.faults.Faults(table, rejects)
        if rejects is not None:
            held.push(lambda failure, *_: rejects.close(wanted=failure is None))
        work = held.enter_context(run.change(f"import {kind}", starts=True))
        with _progress(file) as table.watch:
            table.look(work.settings.currency)
            done = action.run(work, table, faults, create=wish.create, **more)
        told = _told(done, table, wish)
        preview = list(_preview(table)) if wish.dry_run else []
        faults.raise_if_fatal(preview)
        for line in preview:
            run.say(line)
        table.source.require_unchanged()
        if rejects is not None and not wish.dry_run:
            rejects.lay()
        work.kept = not wish.dry_run and bool(done.new or done.changed or done.noted)
        work.summary = " ".join([told, *_left_out(table, faults, wish)])
    for line in faults.listed:
        run.note(line)


def _told(done: Imported, table: Table, wish: _Wish) -> str:
    """Say what was done, whom and what it added, and how the table was read."""
    added = [done.sentence(done=not wish.dry_run)]
    added += [
        said(_ADDED[what, wish.dry_run], names=_named(names))
        for what, names in (("people", done.people), ("stages", done.stages))
        if names
    ]
    return " ".join([*added, *table.understood()])


_ADDED = {
    ("people", False): marked("Added to the team: {names}."),
    ("people", True): marked("Would add to the team: {names}."),
    ("stages", False): marked("Added as stages: {names}."),
    ("stages", True): marked("Would add as stages: {names}."),
}


def _named(names: Sequence[str]) -> str:
    """Return names, of many the first."""
    listed, more = ", ".join(names[:_NAMED]), len(names) - _NAMED
    return said("{names} and {more:,} more", names=listed, more=more) if more > 0 else listed


def _left_out(table: Table, faults: Faults, wish: _Wish) -> Iterator[str]:
    """Say what became of the rows that were left out."""
    if faults.rejects is None or not faults.count:
        return
    count, path, options = faults.rejects.count, faults.rejects.path, table.options.strip()
    if wish.dry_run:
        yield plural(count, "{n} bad row would be left out.", "{n} bad rows would be left out.")
    elif options:
        yield plural(
            count,
            "{n} bad row in {path}; mend it there, and import that file the same way with "
            "{options}.",
            "{n} bad rows in {path}; mend them there, and import that file the same way with "
            "{options}.",
            path=path,
            options=options,
        )
    else:
        yield plural(
            count,
            "{n} bad row in {path}; mend it there, and import that file the same way.",
            "{n} bad rows in {path}; mend them there, and import that file the same way.",
            path=path,
        )


_NAMED = 5
"""Names that are told of those that an import added."""
_SHOWN = 3
"""Rows that a preview shows."""


def _preview(table: Table) -> Iterator[str]:
    """Say what the columns are taken for, and show the first rows."""
    if table.fitted is not None:
        taken = table.fitted.sources.items()
        columns = "; ".join(f"{ours} = {theirs}" for ours, theirs in taken)
        yield said("Columns: {columns}.", columns=columns)
    rows = (row for row in table.rows() if row.error is None)
    for row in islice(rows, _SHOWN):
        cells = zip(table.columns, row.cells, strict=False)
        told = ", ".join(f"{column} {shortened(cell)}" for column, cell in cells if cell)
        yield said("Row {row}: {cells}.", row=row.number, cells=told)


@contextmanager
def _progress(file: str) -> Iterator[Any]:
    """Tell a person who has waited a second how far the reading is, in one line of stderr."""
    begun, told = monotonic(), ""

    def watch(rows: int, share: float) -> None:
        nonlocal told
        if sys.stderr.isatty() and monotonic() - begun > _PATIENCE:
            now = said("{file}: {share:.0%}, {rows:,} rows", file=file, share=share, rows=rows)
            told = padded(inert(now), width(told))
            sys.stderr.write(f"\r{told}")
            sys.stderr.flush()

    try:
        yield watch
    finally:
        if told:
            sys.stderr.write(f"\r{' ' * width(told)}\r")


_PATIENCE = 1.0
"""Seconds for which nothing is said."""
