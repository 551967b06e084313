"""The command line: parses and hands over. The only package that imports typer."""

from __future__ import annotations

import re
import sys
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from funnelcli import __version__, config
from funnelcli.cli import (
    brief,
    contact,
    conversation,
    deal,
    exchange,
    home,
    journal,
    keeping,
    milestone,
    pipeline,
    questions,
    start,
    undo,
)
from funnelcli.cli.run import Run, current
from funnelcli.errors import ExitCode, UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.models import CommandInfo, TyperInfo

EVERY_DAY = "Every day"
START = "Start"
PROCESS = "Process"
DEALS = "Deals and conversation"
QUESTIONS = "Questions"
SAFETY = "Safety"
EXCHANGE = "In and out"

ANYWHERE = (
    "Options that may stand anywhere on the line: --db PATH (else $FUNNELCLI_DB), --as PERSON "
    "(else $FUNNELCLI_USER), --no-color, --debug, --version. Every command has --help."
)


class EveryDayFirst(TyperGroup):
    """The program's root, whose help opens with what is used every day."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the commands; the options are told below them, see ANYWHERE."""
        bare = copy(self)
        bare.params, bare.add_help_option = [], False
        super(EveryDayFirst, bare).format_help(ctx, formatter)


app = typer.Typer(
    name="funnelcli",
    cls=EveryDayFirst,
    epilog=ANYWHERE,
    add_completion=False,
    help="How every deal of a small sales team really stands.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    db: Annotated[
        str | None, typer.Option("--db", metavar="PATH", help="The file; else $FUNNELCLI_DB.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--as", metavar="PERSON", help="Who signs; else $FUNNELCLI_USER.")
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="Without colour.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Failures with their traceback.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False,
) -> None:
    """How every deal of a small sales team really stands.

    Alone, it shows today's short picture. The options here may stand anywhere on the line.
    """
    del db, person, no_color, debug, version  # taken from the whole line before, see config.py
    if ctx.invoked_subcommand is None:
        home.picture(current(ctx))


app.command("funnel", rich_help_panel=EVERY_DAY)(questions.funnel)
app.command("stalled", rich_help_panel=EVERY_DAY)(questions.stalled)
app.command("log", rich_help_panel=EVERY_DAY)(journal.log)
app.command("inbox", rich_help_panel=EVERY_DAY)(conversation.inbox)
app.command("reply", rich_help_panel=EVERY_DAY)(conversation.reply)
app.command("brief", rich_help_panel=EVERY_DAY)(brief.brief)
app.add_typer(deal.app, name="deal", rich_help_panel=EVERY_DAY)
app.command("next", rich_help_panel=QUESTIONS)(questions.next_)
app.command("who", rich_help_panel=QUESTIONS)(contact.who)
app.add_typer(contact.app, name="contact", rich_help_panel=DEALS)
app.add_typer(conversation.app, name="plan", rich_help_panel=DEALS)
app.command("day", rich_help_panel=DEALS)(conversation.day)
app.command("timeline", rich_help_panel=DEALS)(journal.timeline)
app.command("ack", rich_help_panel=DEALS)(journal.ack)
app.add_typer(milestone.app, name="milestone", rich_help_panel=PROCESS)
app.add_typer(pipeline.app, name="pipeline", rich_help_panel=PROCESS)
app.command("undo", rich_help_panel=SAFETY)(undo.undo)
app.command("redo", rich_help_panel=SAFETY)(undo.redo)
app.command("history", rich_help_panel=SAFETY)(undo.history)
app.command("backup", rich_help_panel=SAFETY)(keeping.backup)
app.command("restore", rich_help_panel=SAFETY)(keeping.restore)
app.command("doctor", rich_help_panel=SAFETY)(keeping.doctor)
app.command("init", rich_help_panel=START)(start.init)
app.command("demo", rich_help_panel=START)(start.demo)
app.command("completion", rich_help_panel=START)(start.completion)
app.add_typer(start.config_app, name="config", rich_help_panel=START)
app.add_typer(start.team_app, name="team", rich_help_panel=START)
app.add_typer(exchange.import_app, name="import", rich_help_panel=EXCHANGE)
app.command("export", rich_help_panel=EXCHANGE)(exchange.export)


def dispatch(args: Sequence[str]) -> int:
    """Run the command that the arguments name and return its exit code.

    Raises FunnelError for everything that is to be told, usage errors included.
    """
    if args[:1] == ["--complete"]:
        from funnelcli.cli.completion import answer  # noqa: PLC0415  only a TAB needs it

        return answer("".join(args[1:2]), lambda words: _program(words[0] if words else ""))
    options, rest = config.global_options(args)
    if "--version" in options:
        typer.echo(f"funnelcli {__version__}")
        return ExitCode.DONE
    run = Run(config.surroundings(options, config.environment()))
    if not (run.surroundings.color and sys.stdout.isatty()):
        config.forbid_color()
    return call(run, rest)


def call(run: Run, args: Sequence[str]) -> int:
    """Run the command that the arguments name within `run`; raises FunnelError."""
    try:
        code = _program(args[0] if args else "").main(
            list(args), prog_name="funnelcli", standalone_mode=False, obj=run
        )
    except typer.TyperException as error:
        if not error.format_message():
            return ExitCode.USAGE  # a group without a command has shown its help
        raise UsageFault(_sentence(error)) from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return code if isinstance(code, int) else ExitCode.DONE


@cache
def _program(word: str) -> Any:
    """Return the program with what a call that begins with `word` needs, all if that is not known.

    Typer builds every command that is registered at every start, which takes as long as an answer.
    """
    found = copy(app)
    if word in ("--help", "-h"):
        found.registered_commands = [_outlined(info) for info in app.registered_commands]
        found.registered_groups = [_outlined_group(info) for info in app.registered_groups]
        return get_command(found)
    found.registered_commands = [info for info in app.registered_commands if info.name == word]
    found.registered_groups = [info for info in app.registered_groups if info.name == word]
    known = found.registered_commands or found.registered_groups or not word
    return get_command(found if known else app)


def _outlined(info: CommandInfo) -> CommandInfo:
    """Return a command that has nothing but what the root's help tells of it."""

    def outline() -> None:
        """Stand in for the command."""

    outline.__doc__ = info.callback.__doc__
    found = copy(info)
    found.callback = outline
    return found


def _outlined_group(info: TyperInfo) -> TyperInfo:
    found = copy(info)
    found.typer_instance = copy(info.typer_instance)
    if found.typer_instance is not None:
        found.typer_instance.registered_commands = []
    return found


def _sentence(error: typer.TyperException) -> str:
    """Return typer's complaint as one sentence with the way to help."""
    said = " ".join(error.format_message().split())
    for theirs, ours in _PLAIN:
        said = re.sub(theirs, ours, said)
    ctx = getattr(error, "ctx", None)
    help_for = "funnelcli" if ctx is None else ctx.command_path
    end = " See:" if said.endswith("?") else "; see:"
    return f"{said.rstrip('.')}{end} {help_for} --help"


_PLAIN = (
    (r"is not in the range (\d+)<=x<=(\d+)", r"is not between \1 and \2"),
    (r"is not a valid int(eger)?( range)?", "is no whole number"),
)
"""Typer's words for what is no number, and ours."""
