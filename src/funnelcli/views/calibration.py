"""Claims against outcomes: what was claimed of the deals that are closed, and how many were won."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.stays import FEW
from funnelcli.views.table import Chart, Column, Kind, Mark, Page, Table
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.calibration import Outcome
    from funnelcli.views.table import Frame


def outcomes_page(found: Sequence[Outcome], frame: Frame) -> Page:
    """Return the shares that were won, each beside what had been claimed."""
    closed = [row for row in found if row.closed]
    table = Table(frame, COLUMNS, closed, empty=said("No deal with a claim is closed yet."))
    title = said("Claims against outcomes")
    if not closed:
        return Page(table, title, (table,))
    told = said("Closed deals by the first claim, and the share of them that was won")
    legend = said("Bar: the share that was won; mark: what was claimed on average.")
    few = any(row.closed < FEW for row in closed)
    summary = said("Under {n} deals are too few for a share.", n=FEW) if few else ""
    return Page(table, title, (Chart(told, tuple(map(_mark, found)), 1, summary, legend),))


def _mark(row: Outcome) -> Mark:
    label = _claims(row)
    if row.claimed is None or row.won_share is None:
        return Mark(label, said("none"))
    values = {
        "won": row.won,
        "closed": row.closed,
        "claimed": f"{100 * row.claimed:.3g} %",
        "share": f"{100 * row.won_share:.0f} %",
    }
    if row.closed < FEW:
        told = said("{won} of {closed} won, too few; claimed {claimed}", **values)
        return Mark(label, told, tick=row.claimed)
    told = said("{share} won, {won} of {closed}; claimed {claimed}", **values)
    return Mark(label, told, solid=row.won_share, tick=row.claimed)


def _claims(row: Outcome) -> str:
    return said("Claimed {low} to {high} %", low=row.low, high=row.high)


COLUMNS = (
    Column("low", "Claimed from", Kind.SHARE, get=lambda row: row.low / 100),
    Column("high", "to", Kind.SHARE, get=lambda row: row.high / 100),
    Column("closed", "Closed", Kind.COUNT),
    Column("won", "Won", Kind.COUNT),
    Column("claimed", "Claimed on average", Kind.SHARE),
    Column("won_share", "Share won", Kind.SHARE),
)
