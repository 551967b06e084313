"""What the program says of its own, in the language of whoever reads it.

English is the default, and the key under which the other languages keep theirs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Saying = TypeVar("Saying", bound="Callable[..., Any]")
_forgotten_by: list[Callable[[], None]] = []


def language() -> str:
    """Return the language that is spoken, as HTML names it."""
    return "en"


def said(text: str, /, **values: object) -> str:
    """Return the text in the reader's language, its `{places}` filled with the values."""
    return text.format(**values)


def plural(count: int, one: str, many: str, /, **values: object) -> str:
    """Return what is said of one or of many, `{n}` filled with the count: `1 deal`, `2 deals`."""
    return (one if count == 1 else many).format(n=f"{count:,}", **values)


def marked(text: str) -> str:
    """Return the text as it is: it is said elsewhere, by `said`, where it is shown."""
    return text


def term(word: str, /) -> str:
    """Return a word of the program's own in the reader's language; any other as it is."""
    return said(word.replace("{", "{{").replace("}", "}}"))


def kept(saying: Saying) -> Saying:
    """Let a function keep what it says, until `forget` as another language is spoken."""
    keeping = lru_cache(maxsize=4_096)(saying)
    _forgotten_by.append(keeping.cache_clear)
    return cast("Saying", keeping)


def forget() -> None:
    """Forget everything that was kept, since it is in another language."""
    for each in _forgotten_by:
        each()
