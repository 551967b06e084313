"""What surrounds a call: which file, who signs, what time it is, and where each of these came from.

Option before environment before default.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.text import inert
from funnelcli.domain.time import parse_instant
from funnelcli.errors import UsageFault
from funnelcli.wording import ENGLISH, LANGUAGES, known_language, said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DB = "FUNNELCLI_DB"
USER = "FUNNELCLI_USER"
NOW = "FUNNELCLI_NOW"

_WITH_VALUE = ("--db", "--as", "--lang")
_FLAGS = ("--no-color", "--debug", "--version")


class Sourced(NamedTuple):
    """A value and where it came from."""

    value: str
    origin: str


class Surroundings(NamedTuple):
    """All that a call knows before it opens a file."""

    path: Path
    path_origin: str
    person: Sourced | None
    lang: Sourced | None
    now: datetime
    fixed_clock: bool
    color: bool
    debug: bool

    @property
    def explicit_path(self) -> bool:
        """Whether somebody named the file; such a one is never created in passing."""
        return self.path_origin != "default"


def global_options(args: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Take the options that may stand anywhere on the line; return them and what is left.

    What follows `--` is left alone. Raises UsageFault for one without its value.
    """
    found, rest = _options(args)
    for name, given in found.items():
        if name in _WITH_VALUE and not given:
            raise UsageFault(said("{option} needs a value.", option=name))
    return found, rest


def _options(args: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    rest: list[str] = []
    waiting = iter(args)
    for word in waiting:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *waiting]
        elif word in _FLAGS:
            found[word] = ""
        elif name in _WITH_VALUE:
            found[name] = value if equals else next(waiting, "")
        else:
            rest.append(word)
    return found, rest


def surroundings(options: Mapping[str, str], env: Mapping[str, str]) -> Surroundings:
    """Return what surrounds the call; raises UsageFault for what nothing can be made of."""
    path, origin = _path(options, env)
    person = None
    if "--as" in options:
        person = Sourced(options["--as"], "--as")
    elif env.get(USER):
        person = Sourced(env[USER], USER)
    return Surroundings(
        path=path,
        path_origin=origin,
        person=person,
        lang=Sourced(language(options["--lang"]), "--lang") if "--lang" in options else None,
        now=_clock(env),
        fixed_clock=bool(env.get(NOW)),
        color="--no-color" not in options and not env.get("NO_COLOR"),
        debug="--debug" in options,
    )


def language(word: str) -> str:
    """Return the language that a word means; raises UsageFault where we do not speak it."""
    found = known_language(word)
    if found is None:
        known = ", ".join(LANGUAGES)
        raise UsageFault(
            said("{word!r} is no language of funnelcli; it has {known}.", word=word, known=known)
        )
    return found


def spoken_language(
    args: Sequence[str], env: Mapping[str, str], of_file: Callable[[Path], str | None]
) -> str:
    """Return the language to speak: that of the option, else of the file, else of the locale.

    `of_file` tells the language that a file is set to. Whatever is wrong with the call is for
    others to tell.
    """
    options, _ = _options(args)
    if wanted := known_language(options.get("--lang", "")):
        return wanted
    try:
        path, _ = _path(options, env)
    except (UsageFault, RuntimeError):
        path = None
    found = None if path is None else of_file(path)
    return found or known_language(_locale(env)) or ENGLISH


def _locale(env: Mapping[str, str]) -> str:
    return next((env[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(k)), "")


def _path(options: Mapping[str, str], env: Mapping[str, str]) -> tuple[Path, str]:
    if "--db" in options:
        return Path(options["--db"]).expanduser(), "--db"
    if env.get(DB):
        return Path(env[DB]).expanduser(), DB
    return _data_folder(env) / "funnel.db", "default"


def _data_folder(env: Mapping[str, str]) -> Path:
    """Return where a user's data belong; on Linux without platformdirs, which costs a start-up."""
    if sys.platform == "linux":
        base = env.get("XDG_DATA_HOME", "")
        home = Path(base) if base.startswith("/") else _home() / ".local" / "share"
        return home / "funnelcli"
    import platformdirs  # noqa: PLC0415  needed nowhere else

    return Path(platformdirs.user_data_dir("funnelcli", appauthor=False))


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        message = said("There is no home folder; say where the file lies with --db PATH.")
        raise UsageFault(message) from error


def _clock(env: Mapping[str, str]) -> datetime:
    word = env.get(NOW)
    if not word:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        at = parse_instant(word, UTC)
        zoned = datetime.fromisoformat(word).tzinfo is not None
    except ValueError as error:
        message = said(
            "{clock} is {word!r}, not an instant such as 2026-11-23T09:00:00Z.",
            clock=NOW,
            word=inert(word),
        )
        raise UsageFault(message) from error
    if not zoned:
        message = said(
            "{clock} is {word!r}, without a zone; write 2026-11-23T09:00:00Z.",
            clock=NOW,
            word=inert(word),
        )
        raise UsageFault(message)
    return at.replace(microsecond=0)


def system_login() -> str | None:
    """Return the login under which the call runs, if the system knows one."""
    import getpass  # noqa: PLC0415  only writing commands ask

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return None


def system_timezone() -> str:
    """Return the name of the system's time zone, UTC if it tells none."""
    import tzlocal  # noqa: PLC0415  only a new file asks

    try:
        return tzlocal.get_localzone_name() or "UTC"
    except (LookupError, OSError, ValueError):
        return "UTC"


def environment() -> Mapping[str, str]:
    """Return the process's environment."""
    return os.environ


def forbid_color() -> None:
    """Have nobody colour anything: what typer draws of its own asks the environment."""
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "CLICOLOR_FORCE"):
        os.environ.pop(name, None)
    os.environ["NO_COLOR"] = "1"
    os.environ["TERM"] = "dumb"
