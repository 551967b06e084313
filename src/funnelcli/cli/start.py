"""`init`, `demo`, `completion`, `config`, `team`: how to begin, and what a file says of itself."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli import config
from funnelcli.cli import acting
from funnelcli.cli.options import FormatOption, OutputOption, SchoolOption, WorkedOption
from funnelcli.cli.run import Asked, Run, current
from funnelcli.domain.people import places
from funnelcli.domain.text import NONE
from funnelcli.domain.time import iso
from funnelcli.errors import UsageFault
from funnelcli.playbooks.templates import DEFAULT
from funnelcli.store.reading.people import members
from funnelcli.views.process import config_table, team_table
from funnelcli.views.table import Format
from funnelcli.wording import language, marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from funnelcli.store.drafting import Draft

config_app = typer.Typer(
    no_args_is_help=True,
    help="See and change the file's settings.\n\nExample: funnelcli config show",
)
team_app = typer.Typer(
    no_args_is_help=True,
    help="Say who is on the team.\n\nExample: funnelcli team add Li --login li",
)


@contextmanager
def starting(run: Run, **wishes: str | None) -> Iterator[Draft]:
    """Draft the file that this call is about, with its first pipeline; it is there at the end.

    `wishes` are what init takes; what is not wished for is as the system has it. Its language is
    the one that is spoken.
    """
    from funnelcli.store.drafting import drafting  # noqa: PLC0415  of the write side
    from funnelcli.store.founding import Signature  # noqa: PLC0415  as above
    from funnelcli.store.session import changing  # noqa: PLC0415  of the write side

    login = config.system_login()
    wanted = acting.start.NewFile(
        manager=wishes.get("manager") or login or "Manager",
        timezone=wishes.get("timezone") or config.system_timezone(),
        lang=language(),
        template=wishes.get("template") or DEFAULT,
        login=login,
        currency=wishes.get("currency"),
        group=wishes.get("group"),
    )
    around = run.surroundings
    with drafting(around.path, acting.start.founding(wanted), run.call) as draft:
        with changing(draft.path, Signature("init", around.now), run.call) as work:
            laid = acting.start.lay_first_pipeline(work, wanted)
            draft.said = work.summary = said("Started {path}: {what}.", path=around.path, what=laid)
        yield draft


def init(
    ctx: typer.Context,
    template: Annotated[
        str, typer.Option(metavar="TEMPLATE", help="bidding, general or renewal.")
    ] = DEFAULT,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Three letters, such as CNY.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Such as Asia/Shanghai; else the system's.")
    ] = None,
    manager: Annotated[
        str | None, typer.Option(metavar="NAME", help="The manager; else your login.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Let this system group read and write.")
    ] = None,
) -> None:
    """Start a file, with its settings and a first pipeline.

    Its language is that of --lang (en, zh-Hans or zh-Hant), else the system's.

    Example: funnelcli init --manager "Jiang Yue" --currency CNY --timezone Asia/Shanghai
    """
    run = current(ctx)
    with starting(
        run,
        template=template,
        currency=currency,
        timezone=timezone,
        manager=manager,
        group=group,
    ) as draft:
        pass
    run.tell(draft.said)
    run.note(
        said("Next: funnelcli team add NAME, then funnelcli deal add NAME --customer C --amount A")
    )


def demo(
    ctx: typer.Context,
    keep: Annotated[Path | None, typer.Option(metavar="PATH", help="Keep the file there.")] = None,
) -> None:
    """Play three weeks of a team, and show what its manager sees each Monday.

    Example: funnelcli demo --keep ark.db
    """
    from funnelcli.cli.demo import play  # noqa: PLC0415  the story is long

    play(current(ctx), keep)


class Shell(StrEnum):
    """The shells that can complete our lines."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    ctx: typer.Context,
    shell: Annotated[Shell, typer.Argument(help="Which shell it is for.")],
) -> None:
    """Print the script by which a shell completes commands, options and names on TAB.

    Example: funnelcli completion fish | source

    For bash and zsh: eval "$(funnelcli completion bash)"
    """
    del ctx
    script = Path(__file__).parent / "shells" / f"completion.{shell}"
    sys.stdout.write(script.read_text(encoding="utf-8"))


@config_app.command("show")
def config_show(
    ctx: typer.Context, fmt: FormatOption = Format.TABLE, output: OutputOption = None
) -> None:
    """Show every setting and where its value comes from.

    Example: funnelcli config show
    """
    run = current(ctx)
    around = run.surroundings
    person = around.person
    with run.reading() as reader:
        ours = reader.settings
        workdays = ours.workdays
        manager = members(reader)[0].name
        values = [
            ("db", str(around.path), around.path_origin),
            (
                "as",
                person.value if person else None,
                person.origin if person else marked("login or manager"),
            ),
            ("now", iso(around.now), config.NOW if around.fixed_clock else marked("the clock")),
            ("manager", manager, marked("file")),
            ("currency", ours.currency, "file"),
            ("timezone", ours.timezone, "file"),
            ("lang", language(), around.lang.origin if around.lang else "file"),
            ("pipeline", ours.pipeline, "file"),
            ("days", "calendar" if ours.calendar.week is None else "working", "file"),
            ("week", ours.week, "file"),
            ("holidays", ",".join(map(str, sorted(workdays.holidays))), "file"),
            ("makeup", ",".join(map(str, sorted(workdays.makeup))), "file"),
        ]
        run.show(
            config_table(values, run.frame(reader, "config-show")), Asked(fmt=fmt, output=output)
        )


@config_app.command("set")
def config_set(
    ctx: typer.Context,
    setting: Annotated[str, typer.Argument(help="currency, timezone, pipeline, days, …")],
    value: Annotated[str | None, typer.Argument(help="Its new value.")] = None,
    file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Days for holidays or makeup: a list, or an ICS file."),
    ] = None,
) -> None:
    """Set one of the file's settings.

    Working days are those of week, less holidays, and those of makeup, which are worked though the
    week or a holiday says otherwise. Days are dates and ranges FROM..TO; in an ICS file, events
    called workday or 班 are for makeup, the others for holidays.

    Example: funnelcli config set holidays --file holidays.ics
    """
    if (value is None) == (file is None):
        raise UsageFault(said("Give either a value or --file FILE."))
    run = current(ctx)
    note = ""
    if file is not None:
        value, note = acting.almanac.days_from(file, setting)
    with run.change("config set") as work:
        work.summary = acting.settings.set_value(work, setting, value or "")
    if note:
        run.note(note)


JoinedOption = Annotated[
    str | None, typer.Option("--joined", metavar="DATE", help="Their first day on the team.")
]


@team_app.command("add")
def team_add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The person's name.")],
    login: Annotated[
        str | None, typer.Option(metavar="LOGIN", help="Their login on this system.")
    ] = None,
    joined: JoinedOption = None,
    worked: WorkedOption = None,
    school: SchoolOption = None,
) -> None:
    """Add a rep to the team.

    Example: funnelcli team add "Xiao Li" --login li --joined 2026-11-16
    """
    run = current(ctx)
    with run.change("team add", starts=True) as work:
        day = run.day(joined, work.today)
        work.summary = acting.team.add(work, name, login, places(worked, school), day)


@team_app.command("list")
def team_list(
    ctx: typer.Context, fmt: FormatOption = Format.TABLE, output: OutputOption = None
) -> None:
    """List the team, the manager first.

    Example: funnelcli team list
    """
    run = current(ctx)
    with run.reading() as reader:
        table = team_table(members(reader), run.frame(reader, "team-list"))
        run.show(table, Asked(fmt=fmt, output=output))


@team_app.command("edit")
def team_edit(
    ctx: typer.Context,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="Who, by number, name or a part of it.")
    ],
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A new name.")] = None,
    login: Annotated[str | None, typer.Option(metavar="LOGIN", help="A new login.")] = None,
    away: Annotated[
        str | None, typer.Option(metavar="FROM..TO", help="Days away, both included.")
    ] = None,
    joined: JoinedOption = None,
    left: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The first day on which they are no longer there."),
    ] = None,
    worked: WorkedOption = None,
    school: SchoolOption = None,
) -> None:
    """Change a member's name or login, or note days away, a stay or where they were before.

    With none for a DATE, it is not known any more when they joined, or they have not left; with
    --away none, they have never been away.

    Example: funnelcli team edit "Xiao Li" --away 2026-12-24..2026-12-31
    """
    run = current(ctx)
    with run.change("team edit") as work:
        span = None if away is None else _time_away(run, away, work.today)
        more = places(worked, school)
        stay = {
            key: None if word == NONE else run.certain_day(word, work.today)
            for key, word in (("joined_on", joined), ("left_on", left))
            if word is not None
        }
        work.summary = acting.team.edit(
            work, person, name=name, login=login, away=span, more=more, stay=stay
        )


def _time_away(run: Run, word: str, today: date) -> tuple[()] | tuple[date, date]:
    """Return the first and the last day away that were said; neither for none."""
    if word == NONE:
        return ()
    first, dots, last = word.partition("..")
    if not dots:
        message = said(
            "{word!r} is not a time away; write FROM..TO, such as 2026-12-24..2026-12-31, or none "
            "to take all back.",
            word=word,
        )
        raise UsageFault(message)
    return run.certain_day(first, today), run.certain_day(last, today)
