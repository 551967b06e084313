"""What the program says of its own, in the language of whoever reads it.

English is the default, and the key under which the other languages keep theirs.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from gettext import NullTranslations

Saying = TypeVar("Saying", bound="Callable[..., Any]")

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh-Hans", "zh-Hant")
LOCALES = __file__.removesuffix("wording.py") + "locales"
DOMAIN = "funnelcli"
_ALIASES = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
}


def known_language(word: str) -> str | None:
    """Return which of the languages a word like `zh_CN.UTF-8` or `zh-Hant` means, if any."""
    tag = word.split(".", maxsplit=1)[0].split("@", maxsplit=1)[0].replace("_", "-").lower()
    for known in LANGUAGES:
        if tag == known.lower() or tag.startswith(f"{known.lower()}-"):
            return known
    return _ALIASES.get(tag)


class _Voice:
    """The language of a call, chosen when the first thing is said, and its catalog."""

    def __init__(self, choose: Callable[[], str]) -> None:
        self._choose = choose
        self._language = ""
        self._catalog: NullTranslations | None = None

    def turn(self, language: str) -> None:
        """Speak this language from now on; English needs no catalog."""
        if language == self._language:
            return
        self._language, self._catalog = language, None
        forget()
        if language != ENGLISH:
            import gettext  # noqa: PLC0415  English does without it

            self._catalog = gettext.translation(DOMAIN, LOCALES, [language.replace("-", "_")])

    @property
    def language(self) -> str:
        """The language, which is chosen by now."""
        if not self._language:
            self._language = ENGLISH  # in which the choosing itself speaks
            self.turn(self._choose())
        return self._language

    @property
    def catalog(self) -> NullTranslations | None:
        """The catalog of the language, which is chosen by now."""
        return self._catalog if self.language != ENGLISH else None


_voices = [_Voice(lambda: ENGLISH)]
"""Who speaks: the last one."""


@contextmanager
def speaking(choose: Callable[[], str]) -> Iterator[None]:
    """Speak, within, the language that `choose` returns when it is asked, before the first word."""
    _voices.append(_Voice(choose))
    forget()
    try:
        yield
    finally:
        _voices.pop()
        forget()


def speak(language: str) -> None:
    """Speak this language until the end of what is `speaking`."""
    _voices[-1].turn(language)


def language() -> str:
    """Return the language that is spoken, as a tag like `zh-Hans`."""
    return _voices[-1].language


def said(text: str, /, **values: object) -> str:
    """Return the text in the reader's language, its `{places}` filled with the values."""
    catalog = _voices[-1].catalog
    return (text if catalog is None or not text else catalog.gettext(text)).format(**values)


def plural(count: int, one: str, many: str, /, **values: object) -> str:
    """Return what is said of one or of many, `{n}` filled with the count: `1 deal`, `2 deals`."""
    catalog = _voices[-1].catalog
    if catalog is not None:
        return catalog.ngettext(one, many, count).format(n=f"{count:,}", **values)
    return (one if count == 1 else many).format(n=f"{count:,}", **values)


def marked(text: str) -> str:
    """Return the text as it is: it is said elsewhere, by `said`, where it is shown."""
    return text


def term(word: str, /) -> str:
    """Return a word of the program's own in the reader's language; any other as it is."""
    return said(word.replace("{", "{{").replace("}", "}}"))


_keeping: list[Callable[[], None]] = []
"""What lets go of the sayings that are kept."""


def kept(saying: Saying) -> Saying:
    """Let a function keep what it says as long as the language is the same."""
    keeping = lru_cache(maxsize=4_096)(saying)
    _keeping.append(keeping.cache_clear)
    return cast("Saying", keeping)


def forget() -> None:
    """Let go of everything that was kept, since another language is spoken."""
    for let_go in _keeping:
        let_go()
