"""Names as they are found by: traditional characters as simplified ones, the rest in the domain.

Opens the door to opencc, for texts with Chinese characters only.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from funnelcli.domain import matching

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415  the one door to it

    return OpenCC("t2s").convert


@lru_cache(maxsize=matching.REMEMBERED)
def simplified(text: str) -> str:
    """Return the text with its traditional characters as simplified ones."""
    return _converter()(text) if any(map(matching.is_han, text)) else text


def forms(text: str) -> tuple[str, ...]:
    """Return every form under which somebody may ask for a name or a company."""
    return matching.forms(simplified(text))


def same(one: str, other: str) -> bool | None:
    """Tell whether two names are one: True, False, or None where they may be."""
    return matching.same(simplified(one), simplified(other))


def hints(text: str) -> tuple[str, ...]:
    """Return what the key of a name may hold that somebody says in part or in other order."""
    return matching.hints(simplified(text))


def name_key(name: str | None) -> str | None:
    """Return what a contact is found by: the forms of the name, a line each."""
    return None if name is None else matching.key(forms(name))


def places_key(company: str | None, career: str | None) -> str | None:
    """Return what a contact's companies and schools are found by, former ones too."""
    names = [company] if company else []
    names += [place[1] for place in json.loads(career or "[]")]
    return matching.key(form for name in names for form in forms(name)) if names else None


def forget() -> None:
    """Let go of the names whose readings are kept: who reads very many meets few of them again."""
    simplified.cache_clear()
    matching.forget()
