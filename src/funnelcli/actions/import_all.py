"""A new file made of what `export --all` wrote: opened, its words checked, handed to the store."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from funnelcli.actions import sources
from funnelcli.actions.scroll import Scroll
from funnelcli.actions.start import known_currency, known_timezone
from funnelcli.config import language
from funnelcli.domain.text import shown
from funnelcli.errors import Failed, FileDamaged, UsageFault
from funnelcli.store.reading.whole import SCHEMA
from funnelcli.store.remaking import remaking
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funnelcli.store.file import Call


def run(path: Path, file: str, call: Call) -> str:
    """Make a new file at `path` of the JSON in `file`; return what was done.

    Raises UsageFault for what is not ours, FileDamaged for what is not as it was written, and
    FileTooNew and FileTooOld for another version's; nothing is left behind then.
    """
    with sources.opened(file, None) as source, _telling(file), source.text() as text:
        scroll = Scroll(text, file)
        keys = scroll.members()
        about = _opening(scroll, keys)
        with remaking(path, about["schema_version"], file, call) as made:
            for table in scroll.members():
                rows = scroll.items()
                made.fill(table, _sensible(rows, file) if table == "setting" else rows)
            closing = {key: scroll.value()[0] for key in keys}
            scroll.close()
            if closing.get("totals") != made.totals:
                message = said(
                    "{file!r} does not hold the rows that it tells at its end.", file=file
                )
                raise FileDamaged(message)
    counted = made.totals
    return said(
        "Made {path} from {file}: {deals} and {operations}, as of {day}.",
        path=path,
        file=file,
        deals=plural(counted["deal"], "{n} deal", "{n} deals"),
        operations=plural(counted["operation"], "{n} operation", "{n} operations"),
        day=about.get("as_of"),
    )


def _sensible(rows: Iterator[tuple[Any, str]], file: str) -> Iterator[tuple[Any, str]]:
    """Yield the file's settings; raises FileDamaged for one that no command could have set."""
    for row, text in rows:
        setting = row if isinstance(row, dict) else {}
        known, value = _SETTINGS.get(str(setting.get("key"))), str(setting.get("value"))
        try:
            fits = known is None or known(value) == value
        except UsageFault:
            fits = False
        if not fits:
            message = said(
                "{file!r} is not as it was exported: its {key} is {value}.",
                file=file,
                key=setting["key"],
                value=shown(value),
            )
            raise FileDamaged(message)
        yield row, text


_SETTINGS = {"currency": known_currency, "timezone": known_timezone, "lang": language}


def _opening(scroll: Scroll, keys: Iterator[str]) -> dict[str, Any]:
    """Return what is said before the tables."""
    about: dict[str, Any] = {}
    for key in keys:
        if key == "tables":
            break
        about[key], _ = scroll.value()
    if about.get("schema") != SCHEMA:
        told = marked(
            "{file!r} is not what export --all writes: its schema is {found!r}, not {schema!r}."
        )
        if "schema" not in about:
            told = marked(
                "{file!r} is not what export --all writes: it names no schema, not {schema!r}."
            )
        message = said(told, file=scroll.name, found=about.get("schema"), schema=SCHEMA)
        raise UsageFault(message)
    if type(about.get("schema_version")) is not int:
        message = said(
            "{file!r} does not say in which schema_version its tables are.", file=scroll.name
        )
        raise FileDamaged(message)
    return about


@contextmanager
def _telling(file: str) -> Iterator[None]:
    """Turn what is wrong with the file's bytes into a sentence."""
    try:
        yield
    except UnicodeDecodeError as error:
        message = said(
            "{file!r} is not UTF-8 text ({error}), and so nothing that was exported.",
            file=file,
            error=error.reason,
        )
        raise UsageFault(message) from error
    except sources.CUT as error:
        message = said(
            "{file!r} is cut short or damaged ({error}); nothing was made of it.",
            file=file,
            error=error,
        )
        raise FileDamaged(message) from error
    except OSError as error:
        message = said(
            "{file!r} cannot be read ({error}).", file=file, error=error.strerror or error
        )
        raise Failed(message) from error
