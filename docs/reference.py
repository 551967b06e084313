"""The command reference and the manual page, written from the program itself.

`python docs/reference.py` writes docs/commands.md and docs/funnelcli.1; with `--check` it fails if
one of them is not what the program says today.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funnelcli import __version__
from funnelcli.cli import ANYWHERE, program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent


def page() -> str:
    """Return the whole reference as Markdown."""
    lines = [
        "# Commands",
        "",
        "Written by `python docs/reference.py` from the program itself.",
        "",
        f"{ANYWHERE}",
        "",
    ]
    lines += [line for name, command in commands() for line in section(name, command)]
    return "\n".join(lines).rstrip() + "\n"


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name, in the order of the help."""
    root = program()
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            for verb, each in command.commands.items():
                yield f"{name} {verb}", each
        else:
            yield name, command


def section(name: str, command: Any) -> list[str]:
    """Return what the reference says of one command."""
    arguments, options = told(command)
    lines = [f"## {name}", "", f"    {usage(name, command)}", ""]
    lines += [inspect.cleandoc(command.help or ""), ""]
    lines += [f"- `{label.strip('[]')}`: {about}" for label, about in arguments]
    lines += [f"- `{label}`: {about}" for label, about in options]
    return [*lines, ""]


def usage(name: str, command: Any) -> str:
    """Return how the command is called."""
    arguments, options = told(command)
    words = ["funnelcli", name, *(label for label, _ in arguments)]
    return " ".join([*words, "[OPTIONS]"] if options else words)


def told(command: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the arguments and the options as they are typed, each with what is said of it."""
    arguments, options = [], []
    for param in command.params:
        if param.name == "help":
            continue
        if param.param_type_name == "argument":
            label = param.metavar or param.name.upper()
            arguments.append((label if param.required else f"[{label}]", param.help))
        else:
            options.append((flags(param), param.help))
    return arguments, options


def flags(param: Any) -> str:
    """Return an option as it is typed."""
    value = "" if param.is_flag else f" {param.metavar or param.type.name.upper()}"
    if hasattr(param.type, "choices"):
        value = f" {'|'.join(map(str, param.type.choices))}"
    shown = ", ".join(param.opts)
    return f"{shown}{value}"


def manual() -> str:
    """Return the manual page, in the macros that every `man` knows."""
    lines = [
        f'.TH FUNNELCLI 1 "" "funnelcli {__version__}" "User Commands"',
        ".nh",
        *(".SH NAME", f"funnelcli \\- {roff(str(program().help).partition('.')[0])}"),
        *(".SH SYNOPSIS", ".B funnelcli", "[OPTIONS] COMMAND [ARGS]..."),
        *(".SH DESCRIPTION", "Alone, it shows today's short picture.", ".PP", roff(ANYWHERE)),
        ".SH COMMANDS",
    ]
    for name, command in commands():
        arguments, options = told(command)
        lines.append(f".SS {roff(usage(name, command).removeprefix('funnelcli '))}")
        for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
            lines += [".PP", roff(paragraph)]
        for label, about in (*arguments, *options):
            lines += [".TP", f".B {roff(label.strip('[]'))}", roff(about)]
    lines.append(".SH EXIT STATUS")
    for code, meaning in exit_codes():
        lines += [".TP", f".B {code}", roff(meaning.replace("`", ""))]
    return "\n".join(lines) + "\n"


def exit_codes() -> list[tuple[str, str]]:
    """Return the exit codes and their meanings from their page."""
    text = (HERE / "exit-codes.md").read_text(encoding="utf-8")
    return re.findall(r"^\| (\d[\d, ]*) \| (.*) \|$", text, re.MULTILINE)


def roff(text: str) -> str:
    """Return the text as roff shows it unchanged, on one line."""
    flat = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{flat}" if flat.startswith((".", "'")) else flat


WRITTEN: dict[str, Callable[[], str]] = {"commands.md": page, "funnelcli.1": manual}


def main() -> int:
    """Write the pages, or check them."""
    stale = []
    for name, write in WRITTEN.items():
        path, text = HERE / name, write()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"{' and '.join(stale)}: not what the program says; run: python docs/reference.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
