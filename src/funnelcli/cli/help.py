"""Help: what commands say of themselves, said where it is shown.

Typer would draw the same, with words of its own and a reader of Markdown that takes long to load.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from funnelcli.views.table import Parameter
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = "Example: "


def paragraphs(text: str) -> list[str]:
    """Return a help text in the reader's language, paragraph by paragraph.

    An example is for the shell and stays as it is.
    """
    return [
        said("Example: {command}", command=each.removeprefix(EXAMPLE))
        if each.startswith(EXAMPLE)
        else said(each)
        for each in text.split("\n\n")
        if each
    ]


def usage(command: Any, ctx: Any) -> str:
    """Return how a command is called, as wide as the terminal is."""
    pieces = command.collect_usage_pieces(ctx)
    formatter = ctx.make_formatter()
    formatter.write_usage(ctx.command_path, " ".join(map(said_piece, pieces)), said("Usage: "))
    return str(formatter.getvalue()).rstrip("\n")


def said_piece(piece: str) -> str:
    """Return a piece of the usage; what names a parameter is typed by nobody, and stays."""
    common = {"[OPTIONS]": said("[OPTIONS]"), "COMMAND [ARGS]...": said("COMMAND [ARGS]...")}
    return common.get(piece, piece)


def show(command: Any, ctx: Any, _formatter: Any = None) -> None:
    """Write a command's help, or a group's, to stdout."""
    from funnelcli.views.terminal import write_help  # noqa: PLC0415  the way to rich

    params = command.get_params(ctx)
    arguments = [parameter(p, ctx) for p in params if p.param_type_name == "argument"]
    options = [parameter(p, ctx) for p in params if p.param_type_name == "option"]
    commands = [
        (name, paragraphs(each.help)[0]) for name, each in getattr(command, "commands", {}).items()
    ]
    panels: dict[str, list[Parameter] | list[tuple[str, str]]] = {
        said("Arguments"): arguments,
        said("Options"): options,
        said("Commands"): commands,
    }
    write_help(usage(command, ctx), paragraphs(command.help), panels)


def parameter(param: Any, ctx: Any) -> Parameter:
    """Return an argument or an option as help tells it."""
    about = [said(param.help)]
    default = param.get_default(ctx, call=False)
    if default not in (None, False, ""):
        value = default.value if isinstance(default, Enum) else default
        about.append(said("[default: {value}]", value=value))
    if param.required:
        about.append(said("[required]"))
    if param.param_type_name == "argument":
        name = param.metavar or param.name
        takes = param.type.get_metavar(param=param, ctx=ctx) or f"<{param.type.name}>"
        return Parameter("", name, takes, tuple(about), required=param.required)
    long = ",".join(word for word in param.opts if word.startswith("--"))
    short = ",".join(word for word in param.opts if not word.startswith("--"))
    return Parameter(long, short, taken(param, ctx), tuple(about), required=param.required)


def taken(param: Any, ctx: Any) -> str:
    """Return what an option takes, and within which bounds."""
    if param.is_flag:
        return ""
    least, most = getattr(param.type, "min", None), getattr(param.type, "max", None)
    bounds = "" if least is None else f" [{least}<=x<={most}]"
    return f"{param.make_metavar(ctx=ctx)}{bounds}"


def texts(tree: Any) -> Iterator[str]:
    """Yield everything that the help of these commands says, for the catalogs."""
    yield from (p for p in tree.help.split("\n\n") if p and not p.startswith(EXAMPLE))
    yield from (param.help for param in tree.params)
    for command in getattr(tree, "commands", {}).values():
        yield from texts(command)


HELP = marked("Show this message and exit.")
"""What typer's own option says."""
