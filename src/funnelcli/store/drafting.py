"""A new file, made beside its place and put there whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from funnelcli.errors import Failed, FileThere, Refused
from funnelcli.store.backup import lay
from funnelcli.store.file import NOBODY, Call
from funnelcli.store.turns import in_line_to_make
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.store.founding import Founding


@dataclass
class Draft:
    """A file that is not in its place yet; it comes there if it is `wanted` to the end."""

    path: Path
    wanted: bool = True
    said: str = ""


@contextmanager
def drafting(path: Path, founding: Founding | None, call: Call = NOBODY) -> Iterator[Draft]:
    """Make a new file beside its place, and link it there whole once all went well.

    So a second maker finds either nothing or a complete file, and waits meanwhile. Private unless
    made for a group; empty without a `founding`. Raises FileThere if there is one already.
    """
    _require_none(path)
    made = not path.parent.exists()
    with ExitStack() as held:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            held.enter_context(in_line_to_make(path, call))
            _require_none(path)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            os.close(handle)
        except OSError as error:
            message = said(
                "{path} cannot be created ({error}); check the folder's rights.",
                path=path,
                error=error.strerror,
            )
            raise Failed(message) from error
        yield held.enter_context(_drafted(Draft(Path(name)), path, founding, made=made))


def _require_none(path: Path) -> None:
    if path.exists():
        message = said("There is a file at {path} already; it was left as it is.", path=path)
        raise FileThere(message)


@contextmanager
def _drafted(draft: Draft, path: Path, founding: Founding | None, *, made: bool) -> Iterator[Draft]:
    """Lay the draft out, and put it in its place, and its folder if `made`, for whom it is."""
    try:
        if founding is not None:
            from funnelcli.store.laying import lay_out  # noqa: PLC0415  the way to sqlmodel

            lay_out(draft.path, founding)
        yield draft
        if founding is not None and founding.group is not None:
            _share(draft.path, founding.group, 0o660)
            if made:
                _share(path.parent, founding.group, 0o770)
        if draft.wanted:
            lay(draft.path, path)
    except (sqlite3.Error, Failed) as error:
        if isinstance(error, Failed) and str(draft.path) not in str(error):
            raise
        reason = error if isinstance(error, sqlite3.Error) else error.__cause__
        reason = getattr(reason, "orig", None) or reason
        message = said(
            "{path} cannot be created ({error}); check its folder and disk.",
            path=path,
            error=reason,
        )
        raise Failed(message) from error
    finally:
        with suppress(OSError):
            draft.path.unlink()


def _share(path: Path, group: str, mode: int) -> None:
    try:
        shutil.chown(path, group=group)
        path.chmod(mode)
    except (LookupError, OSError) as error:
        message = said(
            "The file cannot be given to the group {group!r} ({error}).", group=group, error=error
        )
        raise Refused(message) from error
