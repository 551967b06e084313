"""What an examination can mend by itself: values that are derived from facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.text import plural
from funnelcli.store.reading.derived import strayed_deals

if TYPE_CHECKING:
    from funnelcli.store.session import Work

FEW = 3


def repair(work: Work) -> str:
    """Compute anew what the facts of strayed deals amount to; return what was done."""
    found = strayed_deals(work.reading)
    if not found:
        work.kept = False
        return "There is nothing to repair."
    work.touch(deal.id for deal in found)
    named = "; ".join(deal.label for deal in found[:FEW])
    more = f"; and {len(found) - FEW} more" if len(found) > FEW else ""
    return f"Computed anew what the facts of {plural(len(found), 'deal')} amount to: {named}{more}."
