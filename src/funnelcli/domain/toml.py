"""One table of a TOML file: keys are taken out, and what is left over is complained of."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from funnelcli.domain.text import clean
from funnelcli.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence

PERCENT = 100
"""Basis points in a percent."""


class TomlTable:
    """A table of a `file`, such as `pipeline file`, called `where` in complaints."""

    def __init__(self, table: object, where: str, file: str) -> None:
        """Take a mapping; raises UsageFault for anything else."""
        self.where, self.file = where, file
        if not isinstance(table, dict):
            self.fail(f"{where} is not a table")
        self.left: dict[str, Any] = dict(table)

    def fail(self, what: str) -> NoReturn:
        """Raise UsageFault."""
        message = f"The {self.file} cannot be used: {what}."
        raise UsageFault(message)

    def text(self, key: str, default: str | None = None, *, limit: int = 200) -> str:
        """Take a text."""
        value = self.left.pop(key, default)
        if value == "" and default == "":
            return ""
        if not isinstance(value, str):
            self.fail(f"{self.where} needs {key!r} as text")
        return clean(value, f"{key} of {self.where}", limit=limit)

    def texts(self, key: str) -> dict[str, str]:
        """Take a table whose values are all texts, as they stand."""
        value = self.left.pop(key, {})
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            self.fail(f"{key!r} of {self.where} is not a table of texts")
        return dict(value)

    def choice(self, key: str, words: Sequence[str], default: str | None = None) -> str | None:
        """Take one of the words."""
        value = self.left.pop(key, default)
        if value is not None and value not in words:
            self.fail(f"{key!r} of {self.where} is {value!r}, not one of {', '.join(words)}")
        return None if value is None else str(value)

    def whole(self, key: str, most: int) -> int | None:
        """Take whole days, from 1 to `most`."""
        value = self.left.pop(key, None)
        if value is None:
            return None
        if type(value) is not int or not 1 <= value <= most:
            self.fail(f"{key!r} of {self.where} is {value!r}, not whole days from 1 to {most}")
        return int(value)

    def percentage(self, key: str) -> int:
        """Take a percentage of at most two decimals, as basis points."""
        value = self.left.pop(key, None)
        if type(value) not in (int, float) or not 0 <= value <= PERCENT:
            self.fail(f"{key!r} of {self.where} is {value!r}, not a percentage from 0 to 100")
        points = Decimal(str(value)) * PERCENT
        if points != points.to_integral_value():
            self.fail(f"{key!r} of {self.where} has more than two decimals")
        return int(points)

    def flag(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self.left.pop(key, default)
        if not isinstance(value, bool):
            self.fail(f"{key!r} of {self.where} is {value!r}, not true or false")
        return bool(value)

    def tables(self, key: str) -> list[object]:
        """Take a list of tables, each yet to be looked at."""
        value = self.left.pop(key, [])
        if not isinstance(value, list):
            self.fail(f"{key!r} of {self.where} is not a list of tables")
        return list(value)

    def table(self, key: str) -> TomlTable:
        """Take a table, an empty one if there is none."""
        return TomlTable(self.left.pop(key, {}), f"{key} of {self.where}", self.file)

    def done(self) -> None:
        """Raise UsageFault for a key that nobody took."""
        if self.left:
            self.fail(f"{self.where} has the unknown key {min(self.left)!r}")
