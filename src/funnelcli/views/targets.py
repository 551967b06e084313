"""Targets as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.views.table import Column, Kind, Place, Table
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funnelcli.domain.model import Target
    from funnelcli.views.table import Frame

TARGETS = (
    Column("owner", "Target of", place=Place.MACHINE, get=lambda t: t.owner or "team"),
    Column("whose", "Target of", place=Place.PERSON, get=lambda t: t.owner or said("team")),
    Column("period", "Period", Kind.WORD, get=lambda t: t.period.name),
    Column("start", "From", Kind.DATE, Place.MACHINE, lambda t: t.period.start),
    Column("end", "Before", Kind.DATE, Place.MACHINE, lambda t: t.period.end),
    Column("amount", "Amount", Kind.MONEY),
)


def targets_table(found: Iterable[Target], frame: Frame, *, narrowed: bool) -> Table:
    """Return targets; the name of a period says its days to people, start and end to machines.

    `narrowed` says whether only some were asked for.
    """
    none = said("No target is set.")
    if narrowed:
        none = said("There is no such target; all are shown by: funnelcli target list")
    return Table(frame, TARGETS, found, empty=none, id_key="owner")
