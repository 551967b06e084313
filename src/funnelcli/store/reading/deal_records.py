"""Deals as JSON, put together by the database: a list for machines may have a million.

Each is the object that `views` makes of a Deal, to the byte; tests compare the two.
"""

from __future__ import annotations

from sqlite3 import OperationalError
from typing import TYPE_CHECKING

from funnelcli.domain.money import exponent
from funnelcli.store.reading.deals import HELD, WANTED, listed
from funnelcli.store.reading.local import Local
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.deals import Wanted
    from funnelcli.store.reading.reader import Reader

_WHOLE = (
    *("d.amount", "s.probability", "d.opened_at", "d.closed_at", "d.stage_entered_at"),
    *("d.stage_clock_at", "d.last_touch_at", "d.touch_clock_at"),
)
_DAYS = ("d.expected_close", "d.next_step_due", "d.held_until")
_SOUND = " AND ".join(
    (
        "d.status IN ('open', 'won', 'lost')",
        *(f"typeof({column}) IN ('integer', 'null')" for column in _WHOLE),
        *(f"({column} IS NULL OR date({column}, '+0 days') = {column})" for column in _DAYS),
    )
)
"""Whether the values of a deal are of their kinds: Python would refuse others, SQLite does not."""


def deals_as_json(reader: Reader, filters: Filters, **wanted: Unpack[Wanted]) -> Iterator[str]:
    """Yield the deals in order of their numbers, each as a JSON object.

    Raises ValueError for a value that is none of its kind, which is damage to the file.
    """
    sql = f"SELECT d.id, iif({_SOUND}, {_object(reader)}, NULL) {WANTED}"
    try:
        for number, text in listed(reader, sql, filters, wanted):
            if text is None:
                message = said("of deal {deal}", deal=number)
                raise ValueError(message)
            yield text
    except OperationalError as error:
        if "BLOB" not in str(error):
            raise
        raise ValueError(error) from error


def _object(reader: Reader) -> str:
    pairs = _pairs(reader)
    keys = ", ".join(f'"{key}": %s' for key in pairs)
    return f"printf('{{{keys}}}', {', '.join(pairs.values())})"


def _pairs(reader: Reader) -> dict[str, str]:
    """Return under each key what writes its value."""
    local, currency = Local(reader), reader.settings.currency
    weighted = "(d.amount * s.probability + 5000) / 10000"
    nothing = "iif(d.amount IS NULL, NULL, 0)"
    written = {
        "id": "d.id",
        **{key: _text(f"d.{key}") for key in ("ref", "name", "customer")},
        "owner": _text("o.name"),
        "pipeline": _text("p.name"),
        "stage": _text("s.name"),
        "status": f"""iif({HELD}, '"held"', {_word("d.status")})""",
        "amount": _money("d.amount", currency),
        "win_probability": _by_status("1.0", "0.0", "s.probability / 10000.0"),
        "weighted_amount": _money(_by_status("d.amount", nothing, weighted), currency),
        "expected_close": _word("d.expected_close"),
        "opened_on": _day(local, "d.opened_at"),
        "stage_entered_at": _instant("d.stage_entered_at"),
        "days_in_stage": _days(local, "d.stage_clock_at"),
        "last_touch_at": _instant("d.last_touch_at"),
        "days_silent": _days(local, "d.touch_clock_at"),
        "next_step": _text("d.next_step"),
        "next_step_due": _word("d.next_step_due"),
        "held_until": f"iif({HELD}, {_word('d.held_until')}, NULL)",
        "closed_on": _day(local, "d.closed_at"),
        **{key: _text(f"d.{key}") for key in ("lost_reason", "competitor", "source")},
    }
    return {key: f"coalesce({text}, 'null')" for key, text in written.items()}


def _text(column: str) -> str:
    return f"iif({column} IS NULL, NULL, json_quote({column}))"


def _word(column: str) -> str:
    """Return a date, or a word of the program's own, as JSON: there is nothing to escape in it."""
    return f"""'"' || {column} || '"'"""


def _by_status(won: str, lost: str, other: str) -> str:
    return f"CASE d.status WHEN 'won' THEN {won} WHEN 'lost' THEN {lost} ELSE {other} END"


def _money(minor: str, currency: str) -> str:
    """Return the amount in major units, with decimals only where there are some."""
    decimals = exponent(currency)
    if not decimals:
        return minor
    unit = 10**decimals
    parts = f"({minor}) / {unit}, ({minor}) % {unit}"
    whole = f"({minor}) / {unit}"
    return f"iif(({minor}) % {unit}, printf('%d.%0{decimals}d', {parts}), {whole})"


def _instant(at: str) -> str:
    return f"strftime('\"%Y-%m-%dT%H:%M:%SZ\"', {at}, 'unixepoch')"


def _day(local: Local, at: str) -> str:
    """Return the local day of an instant, as JSON."""
    return f"strftime('\"%Y-%m-%d\"', {local.clock(at)}, 'unixepoch')"


def _days(local: Local, since: str) -> str:
    """Return the days that a deal's clock has run since an instant."""
    until = (
        f"CASE WHEN d.closed_at IS NOT NULL THEN {local.number('d.closed_at')}"
        f" WHEN {HELD} THEN unixepoch(d.held_until) / 86400 ELSE unixepoch(:today) / 86400 END"
    )
    return f"max(0, ({until}) - {local.number(since)})"
