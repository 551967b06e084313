"""The command line: parses and hands over. The only package that imports typer."""

from __future__ import annotations

import re
import sys
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

from funnelcli import __version__, config
from funnelcli.cli.run import Run, current
from funnelcli.errors import ExitCode, UsageFault
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

EVERY_DAY = marked("Every day")
START = marked("Start")
PROCESS = marked("Process")
DEALS = marked("Deals and conversation")
QUESTIONS = marked("Questions")
SAFETY = marked("Safety")
EXCHANGE = marked("In and out")

ANYWHERE = marked(
    "Options that may stand anywhere on the line: --db PATH (else $FUNNELCLI_DB), --as PERSON "
    "(else $FUNNELCLI_USER), --lang LANG (en, zh-Hans or zh-Hant; else the file's, else the "
    "system's), --no-color, --debug, --version. Every command has --help."
)


class Root(TyperGroup):
    """The program itself, whose help opens with what is used every day."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the commands; the options are told below them, see ANYWHERE."""
        from funnelcli.cli import help as helping  # noqa: PLC0415  as rarely as it is wanted
        from funnelcli.cli.contents import ABOUT  # noqa: PLC0415  as above
        from funnelcli.views.terminal import write_help  # noqa: PLC0415  the way to rich

        del formatter  # it would be filled and printed
        panels: dict[str, list[tuple[str, str]]] = {}
        for entry in ENTRIES:
            panels.setdefault(said(entry.panel), []).append((entry.word, said(ABOUT[entry.word])))
        about = helping.paragraphs(self.help or "")
        write_help(helping.usage(self, ctx), about, panels, said(ANYWHERE))


def root(
    ctx: typer.Context,
    db: Annotated[
        str | None, typer.Option("--db", metavar="PATH", help="The file; else $FUNNELCLI_DB.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--as", metavar="PERSON", help="Who signs; else $FUNNELCLI_USER.")
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option("--lang", metavar="LANG", help="The language; else the file's."),
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="Without colour.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Failures with their traceback.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False,
) -> None:
    """How every deal of a small sales team really stands.

    Alone, it shows today's short picture. The options here may stand anywhere on the line.
    """
    # taken from the whole line before, see config.py
    del db, person, lang, no_color, debug, version
    if ctx.invoked_subcommand is None:
        from funnelcli.cli import home  # noqa: PLC0415  every other command stands alone

        home.picture(current(ctx))


class Entry(NamedTuple):
    """A command or a group: its word, where the help shows it, its module and its name there.

    It is imported when it is called, since most calls want one of them only.
    """

    word: str
    panel: str
    module: str
    name: str

    def load(self) -> Callable[..., None] | typer.Typer:
        """Return the function that is the command, or the group's Typer."""
        found: Callable[..., None] | typer.Typer = getattr(
            import_module(f"funnelcli.cli.{self.module}"), self.name
        )
        return found


ENTRIES = (
    Entry("funnel", EVERY_DAY, "questions", "funnel"),
    Entry("stalled", EVERY_DAY, "stalled", "stalled"),
    Entry("log", EVERY_DAY, "journal", "log"),
    Entry("inbox", EVERY_DAY, "conversation", "inbox"),
    Entry("reply", EVERY_DAY, "conversation", "reply"),
    Entry("brief", EVERY_DAY, "brief", "brief"),
    Entry("deal", EVERY_DAY, "deal", "app"),
    Entry("next", QUESTIONS, "questions", "next_"),
    Entry("forecast", QUESTIONS, "forecast", "forecast"),
    Entry("backtest", QUESTIONS, "forecast", "backtest"),
    Entry("coverage", QUESTIONS, "coverage", "coverage"),
    Entry("appraise", QUESTIONS, "appraise", "appraise"),
    Entry("conversion", QUESTIONS, "conversion", "conversion"),
    Entry("segments", QUESTIONS, "segments", "segments"),
    Entry("velocity", QUESTIONS, "velocity", "velocity"),
    Entry("diff", QUESTIONS, "movement", "diff"),
    Entry("who", QUESTIONS, "contact", "who"),
    Entry("target", QUESTIONS, "target", "app"),
    Entry("bonus", QUESTIONS, "bonus", "bonus"),
    Entry("contact", DEALS, "contact", "app"),
    Entry("plan", DEALS, "conversation", "app"),
    Entry("day", DEALS, "conversation", "day"),
    Entry("timeline", DEALS, "journal", "timeline"),
    Entry("ack", DEALS, "journal", "ack"),
    Entry("milestone", PROCESS, "milestone", "app"),
    Entry("pipeline", PROCESS, "pipeline", "app"),
    Entry("undo", SAFETY, "undo", "undo"),
    Entry("redo", SAFETY, "undo", "redo"),
    Entry("history", SAFETY, "undo", "history"),
    Entry("backup", SAFETY, "keeping", "backup"),
    Entry("restore", SAFETY, "keeping", "restore"),
    Entry("doctor", SAFETY, "keeping", "doctor"),
    Entry("init", START, "start", "init"),
    Entry("demo", START, "start", "demo"),
    Entry("completion", START, "start", "completion"),
    Entry("config", START, "start", "config_app"),
    Entry("team", START, "start", "team_app"),
    Entry("import", EXCHANGE, "importing", "import_app"),
    Entry("export", EXCHANGE, "exchange", "export"),
    Entry("report", EXCHANGE, "report", "report"),
)


def dispatch(args: Sequence[str]) -> int:
    """Run the command that the arguments name and return its exit code.

    Raises FunnelError for everything that is to be told, usage errors included.
    """
    if args[:1] == ["--complete"]:
        from funnelcli.cli.completion import answer  # noqa: PLC0415  only a TAB needs it

        return answer("".join(args[1:2]), _tree)
    options, rest = config.global_options(args)
    if "--version" in options:
        typer.echo(f"funnelcli {__version__}")
        return ExitCode.DONE
    run = Run(config.surroundings(options, config.environment()))
    if not (run.surroundings.color and sys.stdout.isatty()):
        config.forbid_color()
    return call(run, rest)


def _tree(words: Sequence[str]) -> Any:
    """Return the commands as far as a line that begins with these words needs them."""
    return _program(words[0]) if words else program(outlined=True)


def call(run: Run, args: Sequence[str]) -> int:
    """Run the command that the arguments name within `run`; raises FunnelError."""
    tree = _program(args[0] if args else "")
    try:
        code = tree.main(list(args), prog_name="funnelcli", standalone_mode=False, obj=run)
    except typer.TyperException as error:
        if not error.format_message():
            return ExitCode.USAGE  # a group without a command has shown its help
        raise UsageFault(_sentence(error, _named(tree, args))) from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return code if isinstance(code, int) else ExitCode.DONE


@cache
def _program(word: str) -> Any:
    """Return the program with what a call that begins with `word` needs, all if that is not known.

    Typer builds every command that is registered at every start, which takes as long as an answer.
    """
    named = [entry for entry in ENTRIES if entry.word == word]
    alone = word in ("", "--help", "-h")
    return program(named if named or alone else ENTRIES)


def program(entries: Iterable[Entry] = ENTRIES, *, outlined: bool = False) -> Any:
    """Return the tree of these commands; `outlined` ones have nothing but their words."""
    app = typer.Typer(
        name="funnelcli",
        cls=Root,
        add_completion=False,
        help="How every deal of a small sales team really stands."
        "\n\nExample: funnelcli stalled --owner Li",
        no_args_is_help=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback(invoke_without_command=True)(root)
    for entry in entries:
        found = _outline if outlined else entry.load()
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=entry.word)
        else:
            app.command(entry.word)(found)
    tree = get_command(app)
    for command in _commands(tree):
        command.help = unbroken(command.help or "")
        if command is not tree:
            command.format_help = partial(_show_help, command)
    return tree


def _show_help(command: Any, ctx: Any, _: Any) -> None:
    from funnelcli.cli import help as helping  # noqa: PLC0415  as rarely as it is wanted

    helping.show(command, ctx)


def _commands(command: Any) -> Iterator[Any]:
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from _commands(each)


def unbroken(text: str) -> str:
    """Return a help text with each paragraph on a line of its own, to be broken where it is shown.

    Typer keeps the line breaks of a docstring, all but those of its first paragraph.
    """
    paragraphs = text.split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


def _outline() -> None:
    """Stand in for a command."""


def _named(tree: Any, args: Sequence[str]) -> str:
    """Return the command that the arguments begin with."""
    words = ["funnelcli"]
    for arg in args:
        tree = getattr(tree, "commands", {}).get(arg)
        if tree is None:
            break
        words.append(arg)
    return " ".join(words)


def _sentence(error: typer.TyperException, command: str) -> str:
    """Return typer's complaint as one sentence with the way to help on the command."""
    theirs = " ".join(error.format_message().split())
    if theirs.endswith("?"):
        return said("{what} See: {command} --help", what=_ours(theirs), command=command)
    what = _ours(theirs).rstrip(".。")
    return said("{what}; see: {command} --help", what=what, command=command)


def _ours(theirs: str) -> str:
    """Return what typer says in our words, in the reader's language."""
    for pattern, ours in _PLAIN:
        if found := re.fullmatch(pattern, theirs):
            parts = found.groupdict()
            return said(ours, **{k: _ours(v) if k in _SENTENCES else v for k, v in parts.items()})
    return theirs


_SENTENCES = ("first", "why")
"""The parts of typer's sentences that are sentences themselves."""
_PLAIN = (
    (r"(?P<first>.+[.']) Did you mean (?P<word>[^?]+)\?", marked("{first} Did you mean {word}?")),
    (r"Invalid value for (?P<what>.+?): (?P<why>.+)", marked("Invalid value for {what}: {why}")),
    (
        r"(?P<first>No such option: \S+) \(Possible options: (?P<words>.+)\)",
        marked("{first} (Possible options: {words})"),
    ),
    (r"No such option: (?P<word>.+)", marked("No such option: {word}")),
    (r"No such command (?P<word>.+)\.", marked("No such command {word}.")),
    (r"Missing command\.", marked("Missing command.")),
    (
        r"Missing argument (?P<what>'[^']+')\. Choose from: (?P<words>.+)",
        marked("Missing argument {what}. Choose from: {words}"),
    ),
    (r"Missing argument (?P<what>.+)\.", marked("Missing argument {what}.")),
    (r"Missing option (?P<what>.+)\.", marked("Missing option {what}.")),
    (
        r"Got unexpected extra argument\(s\) \((?P<words>.+)\)",
        marked("Got unexpected extra argument(s) ({words})"),
    ),
    (r"Option (?P<word>.+) requires an argument\.", marked("Option {word} requires an argument.")),
    (
        r"Option (?P<word>.+) does not take a value\.",
        marked("Option {word} does not take a value."),
    ),
    (r"(?P<word>.+) is not one of (?P<words>.+)\.", marked("{word} is not one of {words}.")),
    (
        r"(?P<word>.+) is not in the range (?P<least>\d+)<=x<=(?P<most>\d+)\.",
        marked("{word} is not between {least} and {most}."),
    ),
    (r"(?P<word>.+) is not a valid int(eger)?( range)?\.", marked("{word} is no whole number.")),
)
"""Typer's complaints, and ours in their place."""
