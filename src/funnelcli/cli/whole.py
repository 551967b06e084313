"""`export --all` and `import all`: everything that a file holds, out of it and into a new one."""

from __future__ import annotations

import gzip
import io
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from funnelcli.cli import acting
from funnelcli.cli.run import current, folder_for_tables, write_private
from funnelcli.domain.time import iso
from funnelcli.errors import FileThere, Refused
from funnelcli.store.file import SCHEMA_VERSION
from funnelcli.store.reading.whole import SCHEMA, as_it_lies, as_json
from funnelcli.views.whole import write_raw, write_whole
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from funnelcli.cli.run import Run
    from funnelcli.store.reading.reader import Reader

PACKED = ".gz"
_QUICKLY = 1
"""How hard a packed file is pressed: others wait to change the file meanwhile."""


def export_all(run: Run, place: str) -> None:
    """Write the whole file as JSON, or, into a folder, each of its tables as raw CSV."""
    if place != "-" and Path(place).suffix not in (".json", PACKED):
        _export_tables(run, folder_for_tables(place))
        return
    path = Path(place)
    if path.exists() and path.samefile(run.surroundings.path):
        message = said(
            "{path} is the file itself; name another place for what is in it.", path=place
        )
        raise Refused(message)
    with run.reading() as reader:
        if place == "-":
            _fill(reader, sys.stdout)
            return
        totals: dict[str, int] = {}
        fill = _packed if path.suffix == PACKED else _fill
        write_private(path, lambda out: totals.update(fill(reader, out)))
    told = said(
        "Wrote {path}: {deals}, {operations}, {rows}.",
        path=place,
        deals=plural(totals["deal"], "{n} deal", "{n} deals"),
        operations=plural(totals["operation"], "{n} operation", "{n} operations"),
        rows=plural(sum(totals.values()), "{n} row", "{n} rows"),
    )
    run.tell(told)


def _fill(reader: Reader, out: TextIO) -> dict[str, int]:
    about = {
        "schema": SCHEMA,
        "as_of": iso(reader.moment.at),
        "currency": reader.settings.currency,
        "schema_version": SCHEMA_VERSION,
    }
    return write_whole(about, as_json(reader.connection), out)


def _packed(reader: Reader, out: TextIO) -> dict[str, int]:
    """Fill a file with what is packed; the same content makes the same bytes, whenever."""
    with (
        gzip.GzipFile("", "wb", _QUICKLY, out.buffer, mtime=0) as press,
        io.TextIOWrapper(press, encoding="utf-8", newline="") as text,
    ):
        return _fill(reader, text)


def _export_tables(run: Run, folder: Path) -> None:
    count = 0
    with run.reading() as reader:
        for count, (name, columns, rows) in enumerate(as_it_lies(reader.connection), 1):  # noqa: B007  told below
            write_private(folder / f"{name}.csv", partial(write_raw, columns, rows))
    run.tell(
        plural(count, "Wrote {n} table to {path}.", "Wrote {n} tables to {path}.", path=folder)
    )


def import_all(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="What export --all wrote; - for stdin.")
    ],
) -> None:
    """Make a new file, equal to the one that export --all FILE.json told everything of.

    Example: funnelcli import all everything.json.gz --db restored.db
    """
    run = current(ctx)
    path = run.surroundings.path
    if path.exists():
        message = said(
            "There is a file at {path} already; import all makes a new one, say --db where.",
            path=path,
        )
        raise FileThere(message)
    run.tell(acting.import_all.run(path, file, run.call))
