"""Simple rules for the chance of an open deal, with which the forecast has to compete."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.forecast import Step
    from funnelcli.domain.stays import History


def declared(steps: Sequence[Step], position: int) -> float:
    """Return what the table says of the stage, whatever happened."""
    return steps[position].probability


def frequency(history: History, position: int) -> float:
    """Return (W + 0.1)/(n + 0.2): of the n closed deals that reached the stage W were won.

    What Odoo's scoring comes to if it looks at the stage alone (forecast reference, section 1).
    """
    reached = history.won + sum(history.lost[position:])
    return (history.won + 0.1) / (reached + 0.2)


def half_odds(steps: Sequence[Step], position: int, days: int) -> float:
    """Return the table's chance, the odds of leaving a stage halved per limit that is past.

    It needs no history (forecast reference, section 0).
    """
    after = [*(step.probability for step in steps), 1.0][position + 1]
    leaves = min(1.0, steps[position].probability / after)
    over = max(0.0, days / (steps[position].limit or days or 1) - 1)
    odds = leaves / max(1 - leaves, 1e-9) * 2**-over
    return odds / (1 + odds) * after
