"""Completion: what may stand at the cursor, and nothing that a shell could take for more.

What a parameter takes is declared by its metavar: where the help says DEAL or FILE, the names of
deals or the shell's own files are offered.
"""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli import config
from funnelcli.cli import acting
from funnelcli.domain.model import Status
from funnelcli.errors import ExitCode
from funnelcli.playbooks.maps import PRESETS
from funnelcli.playbooks.templates import NAMES
from funnelcli.store.reading import names
from funnelcli.store.reading.people import members
from funnelcli.store.reading.process import process
from funnelcli.wording import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from funnelcli.store.reading.reader import Reader

FILES = "/"
"""The answer that stands for the shell's own files; nothing else is ever answered that ends so."""
MOST = 200
"""So many are offered at most."""
_SAFE = r"[\w.][\w.-]*"
"""What means itself in every shell, quoted or not, and is no option."""
_CURSOR = "|"


class Place(NamedTuple):
    """Where the cursor stands: in which command, after which arguments, in which option's value.

    `typed` is what is there of the word, `lead` the `--option=` before it.
    """

    command: Any
    options: dict[str, Any]
    arguments: Sequence[str]
    option: Any
    lead: str
    typed: str
    closed: bool


FILE_WORDS = ("FILE", "FILE.toml", "PATH", "DIR")
FIXED_WORDS: dict[str, Sequence[str]] = {
    "STATUS": (*Status, "all"),
    "LANG": LANGUAGES,
    "TEMPLATE": NAMES,
    "PRESET": PRESETS,
    "PERIOD": ("week", "month", "quarter", "year"),
    "ENCODING": ("utf-8", "gbk", "gb18030", "big5", "shift_jis", "cp1252"),
}
NAMED_WORDS: dict[str, Callable[[Reader, Place], Iterable[str]]] = {
    "DEAL": lambda reader, place: names.deals(reader, place.typed),
    "MILESTONE": lambda reader, place: names.milestones(reader, place.arguments[0]),
    "STAGE": lambda reader, _: names.stages(reader),
    "PIPELINE": lambda reader, _: [each.name for each in process(reader).pipelines],
    "REP": lambda reader, _: _people(reader),
    "REP|team": lambda reader, _: ("team", *_people(reader)),
    "CONTACT": lambda reader, place: _contacts(reader, place.typed),
    "NAME-OR-COMPANY": lambda reader, place: _contacts(reader, place.typed),
    "LOG": lambda reader, _: names.waiting(reader),
    "PLAN": lambda reader, _: names.planned(reader),
    "PERSON": lambda reader, _: _people(reader),
    "FIGURE": lambda _, __: _figures(),
    "SETTING": lambda _, __: acting.settings.SETTABLE,
}
"""What the metavars of parameters ask for; any other is for the user to think of."""


def _figures() -> Iterable[str]:
    from funnelcli.domain.appraisal import BY_CODE  # noqa: PLC0415  rarely needed

    return BY_CODE


def answer(line: str, program: Callable[[Sequence[str]], Any]) -> int:
    """Print what may stand where `line` ends, one a line; nothing if anything is in the way.

    `program` returns the tree of commands as far as words need it.
    """
    with suppress(Exception):
        for word in islice(_offers(line, program), MOST):
            sys.stdout.write(f"{word}\n")
        sys.stdout.flush()
    return ExitCode.DONE


def _offers(line: str, program: Callable[[Sequence[str]], Any]) -> Iterator[str]:
    *words, typed = _words(line)[1:]
    globals_, rest = config.global_options([*words, "-"])
    place = _place(program(rest[:-1]), words, typed)
    param = place.option or _argument(place)
    if param is not None and wanted(param) in FILE_WORDS:
        yield place.lead + FILES
    elif param is not None:
        found = _values(param, place, globals_)
        yield from (place.lead + word for word in found if _is_safe(word, place.typed))
    elif hasattr(place.command, "commands") and not typed.startswith("-"):
        yield from (word for word in place.command.commands if word.startswith(typed))
    elif not place.closed:
        yield from (word for word in [*place.options, "--help"] if word.startswith(typed))


def _words(line: str) -> list[str]:
    """Return the words of a line as a shell sees them; the last is the one that the cursor ends."""
    for quote in ("", "'", '"'):
        with suppress(ValueError):
            found = shlex.split(line + _CURSOR + quote)
            return [*found[:-1], found[-1].removesuffix(_CURSOR)]
    return []


def _place(tree: Any, words: Sequence[str], typed: str) -> Place:
    """Return where the words lead to; raises KeyError for a command that there is not."""
    command, arguments, option, closed = tree, [], None, False
    options = _options(tree)
    for word in words:
        if option is not None:
            option = None
        elif word == "--":
            closed = True
        elif word.startswith("-") and word != "-" and not closed:
            name, equals, _ = word.partition("=")
            option = None if equals else _with_value(options, name)
        elif hasattr(command, "commands"):
            command = command.commands[word]
            options |= _options(command)
        else:
            arguments.append(word)
    lead = ""
    name, equals, value = typed.partition("=")
    if option is None and equals and not closed and (option := _with_value(options, name)):
        lead, typed = f"{name}=", value
    return Place(command, options, arguments, option, lead, typed, closed)


def _options(command: Any) -> dict[str, Any]:
    return {word: param for param in command.params for word in param.opts if word[0] == "-"}


def _with_value(options: dict[str, Any], name: str) -> Any:
    param = options.get(name)
    return None if param is None or param.is_flag else param


def _argument(place: Place) -> Any:
    """Return the argument that the cursor stands in, if it stands in one."""
    if place.typed.startswith("-") and not place.closed:
        return None
    params = [p for p in place.command.params if p.param_type_name == "argument"]
    return params[len(place.arguments)] if len(place.arguments) < len(params) else None


def _values(param: Any, place: Place, globals_: dict[str, str]) -> Iterable[str]:
    """Yield what the parameter takes, as far as it can be known."""
    what = wanted(param)
    if hasattr(param.type, "choices"):
        yield from map(str, param.type.choices)
    elif what in FIXED_WORDS:
        yield from FIXED_WORDS[what]
    elif what in NAMED_WORDS:
        around = config.surroundings(globals_, config.environment())
        with names.glancing(around.path, around.now) as reader:
            yield from NAMED_WORDS[what](reader, place)


def _people(reader: Reader) -> Iterator[str]:
    """Yield the team's names, and the number of whoever's name no shell may be handed."""
    team = members(reader)
    yield from (each.name if _is_safe(each.name, "") else f"{each.id}" for each in team)


def _contacts(reader: Reader, typed: str) -> Iterator[str]:
    """Yield contacts' names, and the number of whoever's name no shell may be handed."""
    for number, name in names.contacts(reader):
        yield name if _is_safe(name, typed) else f"{number}"


def wanted(param: Any) -> str:
    """Return the word by which a parameter's help says what it takes."""
    return str(param.metavar or param.name.upper()).strip("[]")


def _is_safe(word: str, typed: str) -> bool:
    """Say whether a word that begins as typed may be handed to a shell.

    Other scripts only as UTF-8, in which no byte of theirs is one of a command's.
    """
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("-", "")
    flags = re.UNICODE if encoding == "utf8" else re.ASCII
    return word.startswith(typed) and re.fullmatch(_SAFE, word, flags) is not None
