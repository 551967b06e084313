"""Text that people typed: cleaned on the way in, made inert on the way out, measured in cells.

The one place that knows what a dangerous character is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from funnelcli.errors import UsageFault
from funnelcli.wording import said, term

if TYPE_CHECKING:
    from collections.abc import Iterator

NONE = "none"
"""What somebody types where nothing is to be there any more: a day, a list, a target."""
NAME_LENGTH = 200
TEXT_LENGTH = 10_000
RULES_LENGTH = 100_000
QUOTED = 60
"""Characters of a word that a sentence quotes at most."""
LONGEST = 2 * TEXT_LENGTH
"""Characters beyond which no word is looked at: putting many combining marks in order takes a time
that grows with the square of their number."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\x85\u2028\u2029"), " ")
_LINES = dict.fromkeys(map(ord, "\t\n\r"))
UNWELCOME = f"[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff{''.join(sorted(_BIDI))}\\ufeff]"
"""What matches a character that no text holds: one that could command a terminal, or turn it."""
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")
"""How a cell begins that a spreadsheet would take for a formula, or for one that is guarded."""
_WIDE = ("W", "F")
_CLOSING = frozenset("，。；：！？、）”")
"""What does not stand at the start of a line, but goes there with the sign before it."""
_COMMAND = r"funnelcli [^;()；（）。\n]*?(?=\.?$|[;)；）。\n]|\. |, then |，)"
_BLANK = re.compile(r" (?!%)")
"""Where a line may be broken; a figure and its % stay together."""
_RUNS = re.compile(r"(?:[!-~]| (?=%))+|.", re.DOTALL)
_JOINT = "\x1f"
"""What holds the words of a command together while a sentence is broken into lines."""
REPLACED = "\ufffd"
"""What is shown in the place of a character that could command a terminal."""


def _unwelcome(char: str) -> bool:
    category = unicodedata.category(char)
    return category in ("Cc", "Cs") or char in _BIDI or char == "\ufeff"


def clean(text: str, what: str, *, limit: int = NAME_LENGTH) -> str:
    """Return `text` as it is stored: NFC, one line, no outer blanks.

    Raises UsageFault, naming `what` the text is, if it is empty, longer than `limit`
    characters, or holds a control or direction-changing character.
    """
    if (
        text.isascii()
        and text.isprintable()
        and len(text) <= limit
        and text == text.strip()
        and text
    ):
        return text
    line = text.translate(_BREAKS).strip()
    if len(line) <= LONGEST:
        line = unicodedata.normalize("NFC", line).strip()
    if not line:
        message = said("The {what} is empty.", what=term(what))
        raise UsageFault(message)
    if len(line) > limit:
        message = said(
            "The {what} has {n:,} characters; {limit:,} is the most.",
            what=term(what),
            n=len(line),
            limit=limit,
        )
        raise UsageFault(message)
    for char in line:
        if _unwelcome(char):
            message = said(
                "The {what} holds the control character U+{code:04X}; leave it out.",
                what=term(what),
                code=ord(char),
            )
            raise UsageFault(message)
    return line


def unwelcome(text: str) -> str | None:
    """Return the first character of `text` that no text holds, if there is one."""
    found = re.search(UNWELCOME, text)
    return None if found is None else found[0]


def without_lines(text: str) -> str:
    """Return `text` without what lays out its lines, for one that has some."""
    return text.translate(_LINES)


def shown(word: str) -> str:
    """Return a word as a sentence quotes it; of a very long one the beginning."""
    return repr(shortened(word))


def shortened(word: str) -> str:
    """Return a word, of a very long one the beginning."""
    return word if len(word) <= QUOTED else f"{word[:QUOTED]}…"


def inert(text: str) -> str:
    """Return `text` with every character that could command a terminal shown as `�`."""
    if text.isprintable():  # so there is none
        return text
    return "".join(REPLACED if _unwelcome(c) else c for c in text.translate(_BREAKS))


def fold(text: str) -> str:
    """Return the form in which names are compared: width, case and outer blanks do not count."""
    if text.isascii() or len(text) > LONGEST:
        return text.lower().strip()
    return unicodedata.normalize("NFKC", text).casefold().strip()


def guarded(text: str) -> str:
    """Return `text` so that a spreadsheet reads it as text, never as a formula."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def unguarded(text: str) -> str:
    """Undo `guarded`, so that what was exported comes back as it was."""
    if text.startswith("'") and text[1:].startswith(_GUARDED):
        return text[1:]
    return text


def width(text: str) -> int:
    """Return how many terminal cells `text` takes; East Asian wide characters take two."""
    return len(text) if text.isascii() else sum(map(_cells, text))


@cache
def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def wrapped(text: str, cells: int) -> list[str]:
    """Return `text` as lines of at most so many cells, broken at blanks and beside wide signs."""
    lines, line, used = [], "", 0
    for word in _BLANK.split(text):
        whole, blank = width(word), 1 if line else 0
        if used + blank + whole <= cells:
            line, used = f"{line} {word}" if line else word, used + blank + whole
            continue
        if line and whole <= cells and (word.isascii() or _JOINT in word):
            lines.append(line)
            line, used = word, whole
            continue
        line, used, last = line + " " * blank, used + blank, ""
        for piece in _pieces(word, cells):
            if used + width(piece) > cells:
                kept = last if piece in _CLOSING and line.removesuffix(last).strip() else ""
                lines.append(line.removesuffix(kept).rstrip())
                line, used = kept, width(kept)
            line += piece
            used += width(piece)
            last = piece
    return [*lines, line]


def _pieces(word: str, cells: int) -> Iterator[str]:
    """Yield what has to stay together of a word: Latin letters that fit a line, and other signs."""
    for run in _RUNS.findall(word):
        yield from [run] if width(run) <= cells else run


def spoken(text: str, cells: int) -> str:
    """Return what is said to a person, broken into lines; a command in it stays in one piece.

    One that is longer than a line stands on its own, for the terminal to break. What is indented
    stays so on every line.
    """
    if width(text) <= cells:
        return text
    bare = text.lstrip(" ")
    if bare != text:
        indent = text[: len(text) - len(bare)]
        lines = spoken(bare, cells - len(indent)).split("\n")
        return "\n".join(f"{indent}{line}" for line in lines)
    runs = [""]
    for place, piece in enumerate(re.split(f"({_COMMAND})", text)):
        if place % 2 and width(piece) > cells:
            runs += [piece, ""]
        else:
            runs[-1] += piece.replace(" ", _JOINT) if place % 2 else piece
    lines = [
        line
        for place, run in enumerate(runs)
        for line in ([run] if place % 2 else wrapped(run.strip(), cells))
    ]
    return "\n".join(filter(None, lines)).replace(_JOINT, " ")


def padded(text: str, cells: int, *, right: bool = False) -> str:
    """Return `text` filled with blanks to `cells` cells, on its left if `right`-aligned."""
    blanks = " " * max(0, cells - width(text))
    return blanks + text if right else text + blanks


def percents(basis_points: int) -> str:
    """Return a probability as people read it: `12.5 %`."""
    return f"{basis_points / 100:.10g} %"
