"""`backup`, `restore` and `doctor`: the file kept safe, brought back, and looked at."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from funnelcli.cli import acting
from funnelcli.cli.options import FormatOption, OutputOption
from funnelcli.cli.run import Asked, current
from funnelcli.domain.time import instant, iso
from funnelcli.errors import ExitCode
from funnelcli.views.table import Format, Frame
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from funnelcli.store.restore import Restored

REPAIR = "doctor --repair"


def backup(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Where to; in a folder, under the date.")
    ],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a backup that is there.")
    ] = False,
) -> None:
    """Copy the file while others go on using it, and verify the copy.

    Beside it goes FILE.manifest.json: when it was made, what is in it, its SHA-256.

    Example: funnelcli backup ~/backups/
    """
    from funnelcli.store.backup import back_up  # noqa: PLC0415  a question needs none of it

    run = current(ctx)
    made = back_up(run.surroundings.path, file, run.call, overwrite=overwrite)
    told = said(
        "Wrote {path}: {deals} and {operations}, {size:,} bytes, verified.",
        path=made.path,
        deals=_deals(made.deals),
        operations=_operations(made.operations),
        size=made.size,
    )
    run.tell(told)


def _deals(count: int) -> str:
    return plural(count, "{n} deal", "{n} deals")


def _operations(count: int) -> str:
    return plural(count, "{n} operation", "{n} operations")


def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The backup to bring back.")],
) -> None:
    """Bring a backup back; what is there now is kept, and said where.

    Other commands wait meanwhile, and see the old content or the new.

    Example: funnelcli restore ~/backups/funnel-2026-11-20-180000.db
    """
    from funnelcli.store.restore import restore as bring_back  # noqa: PLC0415  as above

    run = current(ctx)
    done = bring_back(run.surroundings.path, Path(file).expanduser(), run.call)
    if done.made_at is None:
        run.note(
            said(
                "{file} has no manifest beside it; it is whole, but cannot be compared with one.",
                file=file,
            )
        )
    told = [
        said(
            "Restored {path} from {file}, {age}: {deals} and {operations}.",
            path=run.surroundings.path,
            file=file,
            age=_age(done),
            deals=_deals(done.copy.deals),
            operations=_operations(done.copy.operations),
        )
    ]
    if done.kept is not None and done.damaged:
        told.append(said("The damaged file is kept at {path}", path=done.kept))
    elif done.kept is not None:
        told.append(
            said(
                "What was there is kept; to go back: funnelcli restore {path}",
                path=quote(str(done.kept)),
            )
        )
    run.tell(" ".join(told))


def _age(done: Restored) -> str:
    if done.made_at:
        return said("made at {at}", at=done.made_at)
    if done.copy.last_at is None:
        return said("never changed")
    return said("last changed at {at}", at=iso(instant(done.copy.last_at)))


def doctor(
    ctx: typer.Context,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 20 if there is a finding.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Compute derived values anew where they are wrong.")
    ] = False,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Look at the file from all sides, and say what to do about what is found.

    Nothing is changed without --repair. Exits with 13 if the file is damaged or not ours.

    Example: funnelcli doctor --exit-code
    """
    from funnelcli.store.examination import examine  # noqa: PLC0415  as above
    from funnelcli.views.health import doctor_table  # noqa: PLC0415  as above

    run = current(ctx)
    path = run.surroundings.path
    found = examine(path, run.call)
    if repair and found.strayed and found.failure is None:
        with run.change(REPAIR, aside=True) as work:
            work.summary = acting.health.repair(work)
        found = examine(path, run.call)
    elif repair:
        run.note(said("There is nothing that --repair mends: it computes derived values anew."))
    ours = found.said
    zone = ZoneInfo(ours.timezone if ours else "UTC")
    frame = Frame("funnelcli.doctor/1", run.surroundings.now, ours.currency if ours else "", zone)
    run.show(doctor_table(found.checks, frame), Asked(fmt=fmt, output=output))
    if found.failure is not None:
        raise typer.Exit(found.failure)
    if exit_code and found.findings:
        raise typer.Exit(ExitCode.FINDINGS)
