"""How a table writes its dates and amounts: found from whole columns, never guessed per cell."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from funnelcli.domain.money import CURRENCY_SIGNS, exponent, parse_amount
from funnelcli.domain.text import shown
from funnelcli.domain.time import FIRST_YEAR, LAST_YEAR
from funnelcli.errors import UsageFault
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import tzinfo

_DATE = r"(?a)(\d{1,4})(?:([-/.])(\d{1,2})\2(\d{1,4})|年(\d{1,2})月(\d{1,2})日?)(?:[ T]+(\S.*))?"
_TIME = (
    r"(?ai)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:\s*([ap])\.?m\.?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?"
    r"(?:\s*UTC)?"
)
_GROUPED = r"(?a)([1-9]\d{0,2}(?:[. \u00a0\u202f’']\d{3})+|\d+)(?:,(\d+))?(\D*)"
_THOUSANDS = r"(?a)\d{1,3}(?:,\d{3})+\D*"
_EITHER = r"(?a)\d{1,3}\.\d{3}"
_THREE = 3
_HOURS = len("+00")
_NOON = 12
_SHORT, _LONG = 2, 4
"""Digits of a year without and with its century."""
_PIVOT = 70
"""A year of two digits is one of 1970 to 2069."""


class Order(StrEnum):
    """In which order a date has its year, month and day."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class Decimal(StrEnum):
    """The sign before the decimals of an amount."""

    POINT = "."
    COMMA = ","


class Unclear(NamedTuple):
    """Cells of a column that can be read in several ways, or of which no way reads them all."""

    cells: tuple[str, ...]


Way = TypeVar("Way", Order, Decimal)


class Column(Generic[Way]):
    """A column that is being looked at: the ways of reading it that its cells leave."""

    def __init__(self, ways: type[Way], read: Callable[[str, Way], Hashable]) -> None:
        """Begin with all ways; `read` raises UsageFault for a cell that a way cannot read."""
        self._ways: tuple[Way, ...] = tuple(ways)
        self._read: Callable[[str, Way], Hashable] = read
        self._against: dict[Way, str] = {}
        self._differ: dict[tuple[Way, Way], str] = {}
        self._seen: set[str] = set()

    def see(self, cell: str) -> None:
        """Look at one cell; one that no way reads is its own row's fault."""
        if cell in self._seen:
            return
        self._seen.add(cell)
        found: dict[Way, Hashable] = {}
        for way in self._ways:
            try:
                found[way] = self._read(cell, way)
            except UsageFault:
                continue
        if found:
            for way in self._ways:
                if way not in found:
                    self._against.setdefault(way, cell)
        for pair in combinations(found, 2):
            if found[pair[0]] != found[pair[1]]:
                self._differ.setdefault(pair, cell)

    def found(self) -> Way | Unclear:
        """Return the way in which the column is written, or what leaves it unclear."""
        left = [way for way in self._ways if way not in self._against]
        if not left:
            return Unclear(tuple(dict.fromkeys(self._against.values()))[:2])
        for pair in combinations(left, 2):
            if pair in self._differ:
                return Unclear((self._differ[pair],))
        return left[0]


def read_moment(cell: str, order: Order | None, zone: tzinfo) -> date | datetime:
    """Return the day, or the instant in UTC, that a cell names; local unless it tells a zone.

    Without an order only years of four digits in front are understood. Raises UsageFault.
    """
    match = re.fullmatch(_DATE, cell)
    if match is None:
        message = said("{cell} is not a date; write YYYY-MM-DD.", cell=shown(cell))
        raise UsageFault(message)
    parts = (match[1], match[3] or match[5], match[4] or match[6])
    day = _day(cell, parts, Order.YMD if match[5] else order)
    return day if match[7] is None else _at(cell, day, match[7], zone)


def _day(cell: str, parts: tuple[str, str, str], order: Order | None) -> date:
    used = Order.YMD if len(parts[0]) == _LONG else order
    if used is None:
        message = said(
            "{cell} is not a date; write YYYY-MM-DD, or say --dates dmy, mdy or ymd.",
            cell=shown(cell),
        )
        raise UsageFault(message)
    named = dict(zip(used, parts, strict=True))
    found = _date(*(named[letter] for letter in "ymd"))
    if found is None:
        message = (
            said("{cell} is not a date; write YYYY-MM-DD.", cell=shown(cell))
            if used is Order.YMD
            else said(
                "{cell} is not a date, read as {order}; write YYYY-MM-DD.",
                cell=shown(cell),
                order=used,
            )
        )
        raise UsageFault(message)
    return found


def _date(year: str, month: str, day: str) -> date | None:
    """Return the date of a sensible age that has these parts, or None."""
    if len(year) not in (_SHORT, _LONG) or max(len(month), len(day)) > _SHORT:
        return None
    century = 0 if len(year) == _LONG else 1900 if int(year) >= _PIVOT else 2000
    try:
        found = date(century + int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _at(cell: str, day: date, word: str, zone: tzinfo) -> datetime:
    match = re.fullmatch(_TIME, word)
    hour = _hour(int(match[1]), match[4]) if match else None
    at = None
    with suppress(ValueError, OverflowError):
        if match and hour is not None:
            clock = time(hour, int(match[2]), int(match[3] or 0), tzinfo=_zone(match[5], zone))
            at = datetime.combine(day, clock).astimezone(UTC)
    if at is None:
        message = said(
            "{cell} is not an instant; write 2026-11-23T09:00:00Z or a date.", cell=shown(cell)
        )
        raise UsageFault(message)
    return at


def _hour(hour: int, half: str | None) -> int | None:
    """Return the hour of the day; of half a day's hour, if it is `a` or `p`. None for no such."""
    if half is None:
        return hour
    if not 1 <= hour <= _NOON:
        return None
    return hour % _NOON + (_NOON if half.lower() == "p" else 0)


def _zone(word: str | None, local: tzinfo) -> tzinfo | None:
    if not word:
        return local
    if word.upper() in ("Z", "UTC"):
        return UTC
    return datetime.strptime(word if len(word) > _HOURS else f"{word}00", "%z").tzinfo


def read_amount(cell: str, decimal: Decimal | None, currency: str) -> int:
    """Return the minor units that a cell names; raises UsageFault.

    The sign or the code of the file's own currency may stand before or after it. Where nobody says
    how decimals are written, they have a point, and three of them may be thousands.
    """
    bare = _bare(cell, currency)
    match = re.fullmatch(_GROUPED, bare)
    if decimal is None and exponent(currency) < _THREE and re.fullmatch(_EITHER, bare):
        message = said(
            "{cell} may be read in two ways; say --decimal '.' or --decimal ','.", cell=shown(cell)
        )
        raise UsageFault(message)
    if decimal is not Decimal.COMMA and match and match[2] and not re.fullmatch(_THOUSANDS, bare):
        message = said(
            "{cell} is no amount with a decimal point; say --decimal ',' for a comma.",
            cell=shown(cell),
        )
        raise UsageFault(message)
    if decimal is Decimal.COMMA:
        if match is None:
            message = said("{cell} is not an amount with a decimal comma.", cell=shown(cell))
            raise UsageFault(message)
        whole = re.sub(r"\D", "", match[1])
        bare = f"{whole}.{match[2]}{match[3]}" if match[2] else f"{whole}{match[3]}"
    return parse_amount(bare, currency)


def unmarked(cell: str) -> str:
    """Return an amount without the sign or code of whatever currency."""
    for sign in CURRENCY_SIGNS:
        cell = cell.replace(sign, "", 1)
    return re.sub(r"(?a)^[A-Z]{3}\b|\b[A-Z]{3}$", "", cell.strip()).strip()


def _bare(cell: str, currency: str) -> str:
    text = cell.strip()
    for sign, currencies in CURRENCY_SIGNS.items():
        if sign in text:
            if currency not in currencies:
                message = said(
                    "{cell} is in {sign}, and this file keeps {currency}.",
                    cell=shown(cell),
                    sign=sign,
                    currency=currency,
                )
                raise UsageFault(message)
            text = text.replace(sign, "", 1).strip()
    if text.upper().startswith(currency):
        return text[len(currency) :].strip()
    return text[: -len(currency)].strip() if text.upper().endswith(currency) else text
