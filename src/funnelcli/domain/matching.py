"""Whether two names are the same: blanks, case, width, marks and titles of address do not count.

A name often comes in two scripts, `Zhao Bing 赵兵`; either alone is asked for too. Whoever calls
has turned traditional characters into simplified ones before.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Patterns are compiled when a name is first read: most commands read none.
_SIGNS = r"[\W_]+"
_WORDS = r"[^\W_]+"
_HAN = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))
_ADDRESS = (
    r"^(mr|mrs|ms|miss|madam|sir|dr|prof|professor|director|manager|president|herr|frau)\b\.?\s+"
)
_TITLES = (
    *("副总经理", "总工程师", "总经理", "工程师", "董事长", "先生", "女士", "小姐", "太太"),
    *("老师", "教授", "博士", "总监", "副总", "经理", "主任", "总裁", "处长", "科长", "部长"),
    *("局长", "院长", "校长", "厂长", "行长", "总", "工"),
)
"""Titles that follow a Chinese name; one that another ends with comes after it."""
_DOUBLE_SURNAMES = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木")
)
_LEGAL = (
    r"(\b(co|ltd|inc|llc|corp|company|limited|gmbh|ag|plc)\b\.?,?\s*)+$"
    r"|(股份)?有限(责任)?公司$|(集团)?公司$|集团$"
)
REMEMBERED = 65_536
"""Names whose readings are kept while a command runs."""


class _Name(NamedTuple):
    """What a name can be asked by: whole forms, and the words of each of its readings.

    A surname with a title, `赵总`, has the surname among its words only: it is nobody's whole name.
    """

    forms: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=REMEMBERED)
def _name(text: str) -> _Name:
    said = fold(text)
    readings, surnames = _shorter(said)
    parts = [part for part in _by_script(said) if re.sub(_SIGNS, "", part)]
    if 1 < len(parts) == len({is_han(part[0]) for part in parts}):
        for part in parts:
            more, less = _shorter(part)
            readings += more
            surnames += less
    found = dict.fromkeys(form for form in map(bare, readings) if form)
    words = (_words(each) for each in (*readings, *surnames))
    return _Name(tuple(found), tuple(dict.fromkeys(each for each in words if each)))


def forget() -> None:
    """Let go of the names whose readings are kept."""
    _name.cache_clear()


def forms(text: str) -> tuple[str, ...]:
    """Return the forms under which a name is asked for, the whole one first, none empty."""
    return _name(text).forms


def hints(text: str) -> tuple[str, ...]:
    """Return what a name's key may hold if less than the whole name is said, or in other order.

    Of a name in two scripts both are needed, for half of it alone is another name's half as well.
    """
    readings = _name(text).words
    mixed = [words for words in readings if len(set(map(_begins_han, words))) > 1]
    found = ["".join(words) for words in mixed or readings]
    return tuple(dict.fromkeys((*found, *other_orders(text))))


def other_orders(text: str) -> tuple[str, ...]:
    """Return the forms of a name with its surname at the other end: `bingzhao` for Zhao Bing."""
    found = (words for words in _name(text).words if _has_order(words))
    turned = (each for w in found for each in ((*w[1:], w[0]), (w[-1], *w[:-1])))
    return tuple(dict.fromkeys(map("".join, turned)))


def _shorter(said: str) -> tuple[list[str], list[str]]:
    """Return a name less its title of address or its legal form, and surnames that are left."""
    said = said.strip()
    bared = re.sub(_ADDRESS, "", said)
    if len(_words(bared)) > 1:
        said = bared
    whole, surnames = [said], [bared]
    title = next((each for each in _TITLES if said.endswith(each)), "")
    rest = said.removesuffix(title).strip()
    if title and rest:
        alone = len(rest) == 1 or rest in _DOUBLE_SURNAMES
        (surnames if alone else whole).append(rest)
    rest = re.sub(_LEGAL, "", said).strip(" ,.")
    if rest != said and rest:
        whole.append(rest)
    return whole, surnames


def is_han(char: str) -> bool:
    """Tell whether a character is a Chinese one."""
    return any(first <= char <= last for first, last in _HAN)


def _begins_han(word: str) -> bool:
    return is_han(word[0])


def _by_script(text: str) -> list[str]:
    """Return the runs of Chinese characters in a text, and those of others."""
    if text.isascii():
        return [text]
    return ["".join(run) for _, run in groupby(text, is_han)]


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text; every Chinese character is one."""
    found = re.findall(_WORDS, text)
    if text.isascii():
        return tuple(found)
    runs = (run for word in found for run in _by_script(word))
    return tuple(each for run in runs for each in (run if is_han(run[0]) else (run,)))


def _has_order(words: tuple[str, ...]) -> bool:
    """Tell whether a name's words may stand in another order, as `Bing Zhao` does."""
    return len(words) > 1 and not any(map(_begins_han, words))


def bare(text: str) -> str:
    """Return a text folded and without its blanks and signs."""
    return re.sub(_SIGNS, "", fold(text))


def key(found: Iterable[str]) -> str:
    """Return forms as one text: each on a line of its own, so that a whole one can be found."""
    return "".join(f"\n{form}\n" for form in found)


def whole(form: str) -> str:
    """Return what a key holds if a name has that form and no longer one."""
    return f"\n{form}\n"


@lru_cache(maxsize=REMEMBERED)
def same(one: str, other: str) -> bool | None:
    """Tell whether two names are one: True, False, or None where they may be.

    They may be where the words of one are among those of the other, as those of a surname are, or
    where they are the same in another order.
    """
    ours, theirs = _name(one), _name(other)
    if not set(ours.forms).isdisjoint(theirs.forms):
        return True
    alike = any(_alike(a, b) for a in ours.words for b in theirs.words)
    return None if alike else False


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(one) == len(other):
        return one == other or (_has_order(one) and sorted(one) == sorted(other))
    short, long = sorted((one, other), key=len)
    return any(short == run for run in _runs(long, len(short)))


def _runs(words: tuple[str, ...], length: int) -> Iterator[tuple[str, ...]]:
    return (words[start : start + length] for start in range(len(words) - length + 1))
