"""How another product's columns become ours.

A mapping is data; the presets are the mappings that ship.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

_PLACE = re.compile(r"\{([^}]+)\}")


class Unknown(NamedTuple):
    """A value that means nothing is known, where another column has a given value."""

    column: str
    value: str
    where: str
    equals: str


class Mapping(NamedTuple):
    """`columns` gives each of our columns a template over theirs, such as `{account} {product}`.

    `values` turns what a template yields into our word; `unknown` says which values are none.
    """

    columns: Table[str, str]
    values: Table[str, Table[str, str]] = MappingProxyType({})
    unknown: tuple[Unknown, ...] = ()

    @property
    def needs(self) -> frozenset[str]:
        """Their columns that the templates name."""
        return frozenset(name for each in self.columns.values() for name in _PLACE.findall(each))

    def apply(self, row: Table[str, str]) -> dict[str, str]:
        """Return our row for one of theirs."""
        found = {}
        for column, template in self.columns.items():
            text = " ".join(_PLACE.sub(lambda m: row.get(m[1]) or "", template).split())
            found[column] = self.values.get(column, {}).get(text, text)
        for each in self.unknown:
            if found[each.where] == each.equals and found[each.column] == each.value:
                found[each.column] = ""
        return found


MAVEN = Mapping(
    columns={
        "id": "{opportunity_id}",
        "name": "{account} {product}",
        "customer": "{account}",
        "owner": "{sales_agent}",
        "stage": "{deal_stage}",
        "stage_entered_on": "{engage_date}",
        "status": "{deal_stage}",
        "closing_amount": "{close_value}",
        "opened_on": "{engage_date}",
        "closed_on": "{close_date}",
    },
    values={
        "stage": {"Won": "Engaging", "Lost": "Engaging"},
        "status": {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"},
    },
    unknown=(Unknown("closing_amount", "0", "status", "lost"),),
)
"""Maven Analytics' CRM Sales Opportunities: a price is known only at closing."""

PRESETS = {"maven": MAVEN}


def preset(name: str) -> Mapping:
    """Return a shipped mapping; raises NotFound."""
    if name not in PRESETS:
        message = f"{name!r} is no preset; the presets are {', '.join(PRESETS)}."
        raise NotFound(message)
    return PRESETS[name]
