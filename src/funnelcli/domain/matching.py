"""Whether two names are the same: blanks, case, width, marks and titles of address do not count.

A name often comes in two scripts, `Zhao Bing 赵兵`; either alone is asked for too. Whoever calls
has turned traditional characters into simplified ones before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funnelcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = re.compile(r"[\W_]+")
_SCRIPTS = re.compile(rf"[{_HAN}]+|[^{_HAN}]+")
_ADDRESS = re.compile(
    r"^(mr|mrs|ms|miss|madam|sir|dr|prof|professor|director|manager|president|herr|frau)\b\.?\s+"
)
_TITLES = (
    *("先生", "女士", "小姐", "太太", "老师", "教授", "博士", "工程师", "总经理", "副总经理"),
    *("总监", "副总", "经理", "主任", "董事长", "总裁", "处长", "科长", "部长", "局长", "总", "工"),
)
_LEGAL = re.compile(
    r"(\b(co|ltd|inc|llc|corp|company|limited|gmbh|ag|plc)\b\.?,?\s*)+$"
    r"|(股份)?有限(责任)?公司$|(集团)?公司$|集团$"
)
_SURNAME = 1
"""Characters of most Chinese surnames; a longer rest after a title is a name."""


def forms(text: str) -> tuple[str, ...]:
    """Return the forms under which a name is asked for, the whole one first, none empty."""
    said = _ADDRESS.sub("", fold(text))
    parts = [part for part in _SCRIPTS.findall(said) if _SIGNS.sub("", part)]
    found = [said, *(parts if len(parts) == len({_is_han(part) for part in parts}) else ())]
    found += [shorter for each in found for shorter in _shorter(each)]
    return tuple(dict.fromkeys(form for form in map(bare, found) if form))


def _shorter(name: str) -> Iterable[str]:
    """Yield a name less its title of address, a company's less its legal form."""
    name = name.strip()
    for title in _TITLES:
        rest = name.removesuffix(title).strip()
        if rest != name and rest:
            yield rest
            break
    rest = _LEGAL.sub("", name).strip(" ,.")
    if rest != name and rest:
        yield rest


def _is_han(part: str) -> bool:
    return re.match(rf"[{_HAN}]", part) is not None


def bare(text: str) -> str:
    """Return a text folded and without its blanks and signs."""
    return _SIGNS.sub("", fold(text))


def key(found: Iterable[str]) -> str:
    """Return forms as one text: each on a line of its own, so that a whole one can be found."""
    return "".join(f"\n{form}\n" for form in found)


def whole(form: str) -> str:
    """Return what a key holds if a name has that form and no longer one."""
    return f"\n{form}\n"


def same(one: Iterable[str], other: Iterable[str]) -> bool | None:
    """Tell whether two names' forms are of one name: True, False, or None where they may be.

    They may be where one holds the other, as a surname alone does.
    """
    ours, theirs = set(one), set(other)
    if ours & theirs:
        return True
    return None if any(a in b or b in a for a in ours for b in theirs) else False
