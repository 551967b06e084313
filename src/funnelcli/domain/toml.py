"""One table of a TOML file: keys are taken out, and what is left over is complained of."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from funnelcli.domain.text import clean
from funnelcli.errors import UsageFault
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Sequence

PERCENT = 100
"""Basis points in a percent."""


_LONGEST = 200
"""Bits of a whole number beyond which it is not written out; Python would refuse at some point."""


def written(value: object) -> str:
    """Return a value as TOML writes it, or what it is, where that takes more than a word."""
    if isinstance(value, list | dict):
        return said("a list") if isinstance(value, list) else said("a table")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, int) and value.bit_length() > _LONGEST:
        return said("a very long number")
    return repr(value) if isinstance(value, str) else str(value).lower()


class TomlTable:
    """A table of a `file`, such as `pipeline file`, called `where` in complaints."""

    def __init__(self, table: object, where: str, file: str) -> None:
        """Take a mapping; raises UsageFault for anything else."""
        self.where, self.file = where, file
        if not isinstance(table, dict):
            self.fail(said("{where} is not a table", where=where))
        self.left: dict[str, Any] = dict(table)

    def fail(self, what: str) -> NoReturn:
        """Raise UsageFault."""
        message = said("The {file} cannot be used: {what}.", file=self.file, what=what)
        raise UsageFault(message)

    def _wrong(self, key: str, value: object, wanted: str) -> NoReturn:
        self.fail(
            said(
                "{key!r} of {where} is {value}, not {wanted}",
                key=key,
                where=self.where,
                value=written(value),
                wanted=wanted,
            )
        )

    def text(self, key: str, default: str | None = None, *, limit: int = 200) -> str:
        """Take a text."""
        value = self.left.pop(key, default)
        if value == "" and default == "":
            return ""
        if not isinstance(value, str):
            self.fail(said("{where} needs {key!r} as text", where=self.where, key=key))
        try:
            return clean(value, said("{key} of {where}", key=key, where=self.where), limit=limit)
        except UsageFault as error:
            raise UsageFault(said("In the {file}: {fault}", file=self.file, fault=error)) from error

    def texts(self, key: str) -> dict[str, str]:
        """Take a table whose values are all texts, as they stand."""
        value = self.left.pop(key, {})
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            self.fail(said("{key!r} of {where} is not a table of texts", key=key, where=self.where))
        return dict(value)

    def choice(self, key: str, words: Sequence[str], default: str | None = None) -> str | None:
        """Take one of the words."""
        value = self.left.pop(key, default)
        if value is not None and value not in words:
            self._wrong(key, value, said("one of {words}", words=said(", ").join(words)))
        return None if value is None else str(value)

    def whole(self, key: str, most: int) -> int | None:
        """Take whole days, from 1 to `most`."""
        value = self.left.pop(key, None)
        if value is None:
            return None
        if type(value) is not int or not 1 <= value <= most:
            self._wrong(key, value, said("whole days from 1 to {most}", most=most))
        return int(value)

    def percentage(self, key: str) -> int:
        """Take a percentage of at most two decimals, as basis points."""
        value = self.left.pop(key, None)
        if type(value) not in (int, float) or not 0 <= value <= PERCENT:
            self._wrong(key, value, said("a percentage from 0 to 100"))
        points = Decimal(str(value)) * PERCENT
        if points != points.to_integral_value():
            self.fail(
                said("{key!r} of {where} has more than two decimals", key=key, where=self.where)
            )
        return int(points)

    def flag(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self.left.pop(key, default)
        if not isinstance(value, bool):
            self._wrong(key, value, said("true or false"))
        return bool(value)

    def tables(self, key: str) -> list[object]:
        """Take a list of tables, each yet to be looked at."""
        value = self.left.pop(key, [])
        if not isinstance(value, list):
            self.fail(
                said(
                    "{key!r} of {where} is not a list of tables; begin each with [[{key}]]",
                    key=key,
                    where=self.where,
                )
            )
        return list(value)

    def table(self, key: str) -> TomlTable:
        """Take a table, an empty one if there is none."""
        return TomlTable(
            self.left.pop(key, {}), said("{key} of {where}", key=key, where=self.where), self.file
        )

    def done(self) -> None:
        """Raise UsageFault for a key that nobody took."""
        if self.left:
            key = min(self.left)
            self.fail(said("{where} has the unknown key {key!r}", where=self.where, key=key))
