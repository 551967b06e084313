"""What an examination can mend by itself: values that are derived from facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.store.reading.derived import strayed
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from funnelcli.store.session import Work

FEW = 3


def repair(work: Work) -> str:
    """Compute anew what the facts of strayed deals amount to; return what was done."""
    found = strayed(work.reading)
    if not found:
        work.kept = False
        return said("There is nothing to repair.")
    for each in found:
        work.touch(each.about, [each.id])
    named = said("; ").join(each.label for each in found[:FEW])
    if len(found) > FEW:
        named = said("{named}; and {n} more", named=named, n=len(found) - FEW)
    if all(each.about == "deal" for each in found):
        return plural(
            len(found),
            "Computed anew what the facts of {n} deal amount to: {named}.",
            "Computed anew what the facts of {n} deals amount to: {named}.",
            named=named,
        )
    return plural(
        len(found),
        "Computed anew what the facts of {n} deal or contact amount to: {named}.",
        "Computed anew what the facts of {n} deals or contacts amount to: {named}.",
        named=named,
    )
