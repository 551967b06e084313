"""Simple rules for the chance of an open deal, with which the forecast has to compete."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.forecast import Step


def declared(steps: Sequence[Step], position: int) -> float:
    """Return what the table says of the stage, whatever happened."""
    return steps[position].probability


def half_odds(steps: Sequence[Step], position: int, days: int) -> float:
    """Return the table's chance, the odds of leaving a stage halved per limit that is past.

    It needs no history (forecast reference, section 0).
    """
    after = [*(step.probability for step in steps), 1.0][position + 1]
    leaves = min(1.0, steps[position].probability / after)
    over = max(0.0, days / (steps[position].limit or days or 1) - 1)
    odds = leaves / max(1 - leaves, 1e-9) * 2**-over
    return odds / (1 + odds) * after
