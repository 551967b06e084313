"""The tables that an export writes."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from funnelcli.views.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funnelcli.views.table import Frame

HEADERS = {
    "deals": "id name customer owner pipeline stage status amount currency opened_on closed_on "
    "expected_close source lost_reason",
    "stages": "deal stage at by",
    "logs": "deal at by kind text with claim",
    "contacts": "name company title deal role stance",
}


def exported(name: str, rows: Iterable[tuple[Any, ...]], frame: Frame) -> Table:
    """Return a table under its canonical header."""
    columns = tuple(
        Column(key, key, get=itemgetter(n)) for n, key in enumerate(HEADERS[name].split())
    )
    return Table(frame, columns, rows)
