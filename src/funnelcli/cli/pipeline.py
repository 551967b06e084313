"""`pipeline`: see, apply and export the processes of the file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from funnelcli.cli import acting
from funnelcli.cli.options import AsOfOption, FormatOption, HindsightOption, OutputOption
from funnelcli.cli.run import Asked, Run, current
from funnelcli.domain.conversion import shares_won
from funnelcli.domain.learning import adoptable, lessons
from funnelcli.domain.model import Filters
from funnelcli.domain.pipeline import Pipeline, to_toml
from funnelcli.errors import Failed, NotFound, UsageFault
from funnelcli.playbooks.templates import NAMES, parsed, source, template
from funnelcli.store.reading.courses import reached
from funnelcli.store.reading.outlooks import pipeline_chances
from funnelcli.store.reading.process import process
from funnelcli.store.reading.reader import Reader
from funnelcli.views.learning import lessons_table
from funnelcli.views.process import pipeline_page, pipelines_table
from funnelcli.views.table import Format, Table
from funnelcli.wording import language, said

app = typer.Typer(
    no_args_is_help=True, help="See and change the process.\n\nExample: funnelcli pipeline show"
)


@app.command("templates")
def templates(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="TEMPLATE", help="Print this one as TOML.")
    ] = None,
) -> None:
    """List the shipped pipelines, or print one to start your own from, in the language of --lang.

    Example: funnelcli pipeline templates bidding --lang zh-Hans > mine.toml
    """
    run = current(ctx)
    spoken = language()
    if name is None:
        for each in NAMES:
            found = template(each, spoken)
            stages = ", ".join(stage.title for stage in found.stages)
            run.say(f"{each}: {found.title} ({stages})")
        return
    template(name, spoken)
    sys.stdout.write(source(name, spoken))


@app.command("list")
def list_(
    ctx: typer.Context, fmt: FormatOption = Format.TABLE, output: OutputOption = None
) -> None:
    """List the file's pipelines.

    Example: funnelcli pipeline list
    """
    run = current(ctx)
    with run.reading() as reader:
        known = process(reader)
        table = pipelines_table(known.pipelines, known.default, run.frame(reader, "pipeline-list"))
        run.show(table, Asked(fmt=fmt, output=output))


@app.command("show")
def show(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="PIPELINE", help="Which; else the default one.")
    ] = None,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show a pipeline: stages, chances, limits, milestones.

    With history, the measured share won of the closed deals that reached a stage stands beside
    its declared chance.

    Example: funnelcli pipeline show bidding
    """
    run = current(ctx)
    with run.reading() as reader:
        found = process(reader).pipeline(name)
        shares = shares_won(found, reached(reader, Filters(), found))
        page = pipeline_page(found, shares, run.frame(reader, "pipeline-show"))
        run.show(page, Asked(fmt=fmt, output=output))


@app.command("learn")
def learn(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="PIPELINE", help="Which; else the default one.")
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Store what was learned: stalls go by its limits.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Go back to the declared limits.")
    ] = False,
    as_of: AsOfOption = None,
    hindsight: HindsightOption = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show what history says of a pipeline's chances and limits, next to the declared ones.

    A learned limit is the day by which four in five of the stays that move on have done so; a
    learned chance is the share won of the deals that reached the stage. Both are drawn towards the
    declared figures while history is short. With --adopt, stalls are judged by the learned limits
    from now on, and the learned chances are shown beside the declared ones, which go on counting.

    Example: funnelcli pipeline learn bidding --adopt
    """
    run = current(ctx)
    asked = Asked(as_of, hindsight, fmt=fmt, output=output)
    if (adopt and forget) or ((adopt or forget) and as_of is not None):
        message = said("--adopt takes what history says today: leave --as-of and --forget away.")
        raise UsageFault(message)
    if forget:
        with run.change("pipeline learn") as work:
            work.summary = acting.pipelines.forget(work, process(work.reading).pipeline(name))
        return
    if adopt:
        with run.change("pipeline learn", aside=True) as work:
            table = _lessons(run, work.reading, name)
            found = process(work.reading).pipeline(name)
            work.summary = acting.pipelines.adopt(work, found, adoptable(table.rows))
        run.show(table, asked)
        return
    with run.reading(asked) as reader:
        run.show(_lessons(run, reader, name), asked)


def _lessons(run: Run, reader: Reader, name: str | None) -> Table:
    found = process(reader).pipeline(name)
    learned = lessons(found, pipeline_chances(reader, found))
    return lessons_table(found, learned, run.frame(reader, "pipeline-learn"))


@app.command("apply")
def apply(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE.toml", help="The pipeline; - for stdin.")],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="Where a dropped stage's deals go."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
) -> None:
    """Create a pipeline, or bring it up to its file; doing it twice changes nothing.

    Example: funnelcli pipeline apply mine.toml --dry-run
    """
    run = current(ctx)
    wanted = _read(file)
    moves = dict(_move(word) for word in map_ or ())
    with run.change("pipeline apply", starts=True) as work:
        applied = acting.pipelines.apply(work, wanted, moves)
        work.kept = not dry_run and (applied.created or bool(applied.changes))
        told = applied.sentence
        work.summary = said("Would be: {what}", what=told) if dry_run else told


def _read(file: str) -> Pipeline:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except FileNotFoundError as error:
        message = said("There is no file {file!r}.", file=file)
        raise NotFound(message) from error
    except OSError as error:
        message = said("{file!r} cannot be read ({why}).", file=file, why=error.strerror)
        raise Failed(message) from error
    try:
        return parsed(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        message = said("{file!r} is not a TOML file ({why}).", file=file, why=error)
        raise UsageFault(message) from error


def _move(word: str) -> tuple[str, str]:
    old, equals, new = word.partition("=")
    if not (equals and old and new):
        message = said("{word!r} is no move; write --map OLD=NEW.", word=word)
        raise UsageFault(message)
    return old.strip(), new.strip()


@app.command("export")
def export(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="PIPELINE", help="Which; else the default one.")
    ] = None,
) -> None:
    """Print a pipeline as the TOML file that apply reads.

    Example: funnelcli pipeline export bidding > bidding.toml
    """
    run = current(ctx)
    sys.stdout.write(toml_text(run, name))


def toml_text(run: Run, name: str | None) -> str:
    """Return a pipeline of the file as TOML."""
    import tomli_w  # noqa: PLC0415  needed for export alone

    with run.reading() as reader:
        return tomli_w.dumps(to_toml(process(reader).pipeline(name)))
