"""A JSON text read piece by piece, however it is laid out, so that its size does not matter."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from funnelcli.errors import FileDamaged, FunnelError, UsageFault
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

PIECE = 2**16
"""Characters that are read at once."""
MOST = 2**22
"""Characters that one value may have: the longest row of a file is much shorter."""
_BLANKS = re.compile(r"[ \t\r\n]*")
_LITERAL = 16
"""Characters at the end of what is read in which a value may be broken off."""
_SHOWN = 20
_ENDS = {"{": "}", "[": "]"}


class Scroll:
    """A JSON text of which only what is looked at is in memory; `name` is what the user calls it.

    Raises UsageFault for what is no JSON, FileDamaged for a text that ends too soon.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self.name = name
        self._stream = stream
        self._text = ""
        self._at = 0
        self._decode = json.JSONDecoder().raw_decode

    def members(self) -> Iterator[str]:
        """Yield the keys of the object that comes; whoever takes one reads its value next."""
        for _ in self._each("{"):
            key, _ = self.value()
            if not isinstance(key, str) or self._sign() != ":":
                raise self._strange()
            self._at += 1
            yield key

    def items(self) -> Iterator[tuple[Any, str]]:
        """Yield the elements of the list that comes, each with the text it was read from."""
        return (self.value() for _ in self._each("["))

    def value(self) -> tuple[Any, str]:
        """Return the value that comes, and the text it was read from."""
        self._sign()
        while True:
            try:
                found, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._may_go_on(error):
                    raise self._strange() from error
                if not self._more():
                    raise self._cut() from error
                continue
            except (ValueError, RecursionError) as error:
                raise self._strange() from error
            if end < len(self._text) or not self._more():  # else a number might go on
                text, self._at = self._text[self._at : end], end
                return found, text

    def close(self) -> None:
        """Make sure that nothing comes any more."""
        self._at = self._past_blanks()
        if self._at < len(self._text) or self._more():
            raise self._strange()

    def _each(self, opening: str) -> Iterator[None]:
        """Yield before each part of the object or list that comes."""
        if self._sign() != opening:
            raise self._strange()
        self._at += 1
        if self._sign() == _ENDS[opening]:
            self._at += 1
            return
        while True:
            yield
            sign = self._sign()
            self._at += 1
            if sign == _ENDS[opening]:
                return
            if sign != ",":
                raise self._strange()

    def _sign(self) -> str:
        """Return the next character that is no blank, and stay before it."""
        while True:
            self._at = self._past_blanks()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise self._cut()

    def _past_blanks(self) -> int:
        found = _BLANKS.match(self._text, self._at)
        return found.end() if found else self._at

    def _more(self) -> bool:
        """Read on, keeping what is not looked at yet; tell whether something came.

        As much again as there is, so that a long value is not looked at over and over.
        """
        rest = self._text[self._at :]
        come = self._stream.read(max(PIECE, len(rest)))
        if come:
            self._text, self._at = rest + come, 0
        return bool(come)

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Tell whether what is wrong with a value may be only that the rest of it is not read."""
        open_text = error.msg.startswith("Unterminated")
        return len(self._text) - self._at < MOST and (
            open_text or error.pos > len(self._text) - _LITERAL
        )

    def _cut(self) -> FunnelError:
        if not self._text:
            return UsageFault(said("{file!r} is empty.", file=self.name))
        return FileDamaged(said("{file!r} is cut short; nothing was made of it.", file=self.name))

    def _strange(self) -> FunnelError:
        near = self._text[self._at : self._at + _SHOWN]
        return UsageFault(
            said(
                "{file!r} is no JSON that export --all wrote: it has {near!r} in it.",
                file=self.name,
                near=near,
            )
        )
