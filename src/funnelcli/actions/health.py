"""What an examination can mend by itself: values that are derived from facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.text import plural
from funnelcli.store.reading.derived import strayed

if TYPE_CHECKING:
    from funnelcli.store.session import Work

FEW = 3


def repair(work: Work) -> str:
    """Compute anew what the facts of strayed deals amount to; return what was done."""
    found = strayed(work.reading)
    if not found:
        work.kept = False
        return "There is nothing to repair."
    for each in found:
        work.touch(each.about, [each.id])
    named = "; ".join(each.label for each in found[:FEW])
    more = f"; and {len(found) - FEW} more" if len(found) > FEW else ""
    what = "deal" if all(each.about == "deal" for each in found) else "deal or contact"
    counted = plural(len(found), what, f"{what}s".replace("deal or", "deals or"))
    return f"Computed anew what the facts of {counted} amount to: {named}{more}."
