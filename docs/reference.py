"""The command reference, written from the program itself.

`python docs/reference.py` writes docs/commands.md; with `--check` it fails if that is not what
the program says today.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funnelcli.cli import ANYWHERE, program

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).with_name("commands.md")


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
    arguments, options = [], []
    for param in command.params:
        if param.name == "help":
            continue
        if param.param_type_name == "argument":
            label = param.metavar or param.name.upper()
            arguments.append((label if param.required else f"[{label}]", param))
        else:
            options.append(param)
    usage = " ".join(["funnelcli", name, *(label for label, _ in arguments)])
    lines = [f"## {name}", "", f"    {usage}{' [OPTIONS]' if options else ''}", ""]
    lines += [inspect.cleandoc(command.help or ""), ""]
    lines += [f"- `{label.strip('[]')}`: {param.help}" for label, param in arguments]
    lines += [f"- {flags(param)}: {param.help}" for param in options]
    return [*lines, ""]


def flags(param: Any) -> str:
    """Return an option as it is typed."""
    value = "" if param.is_flag else f" {param.metavar or param.type.name.upper()}"
    if hasattr(param.type, "choices"):
        value = f" {'|'.join(map(str, param.type.choices))}"
    shown = ", ".join(param.opts)
    return f"`{shown}{value}`"


def main() -> int:
    """Write the page, or check it."""
    text = page()
    if "--check" in sys.argv:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/commands.md is not what the program says; run: python docs/reference.py")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
