"""What to do next: the deals that want something today, ranked by a score whose parts are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.stalled import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from funnelcli.domain.diagnosis import Finding
    from funnelcli.domain.model import Deal

WEIGHTS: Mapping[str, int] = {
    "overdue": 30,
    "due-today": 25,
    Code.STUCK: 15,
    Code.SILENT: 20,
    Code.NO_NEXT_STEP: 8,
    Code.OVERDUE_CLOSE: 8,
    Code.OVERCLAIMED: 6,
}
"""Points for what is found; red findings count half as much again."""
FOR_AMOUNT = 20
"""Points for the largest amount on the list; the others get their share of it."""


class Task(NamedTuple):
    """One thing to do on a deal; `parts` add up to the score."""

    deal: Deal
    action: str
    due: date | None
    parts: Mapping[str, int]

    @property
    def score(self) -> int:
        """How pressing it is."""
        return sum(self.parts.values())


def task(deal: Deal, finding: Finding | None, largest: int) -> Task | None:
    """Return what the deal wants today, or None; `largest` is the list's largest amount."""
    reasons = () if finding is None else finding.reasons
    parts: dict[str, int] = {}
    for reason in reasons:
        points = WEIGHTS.get(reason.code, 0)
        if points:
            red = reason.severity is Severity.RED
            parts[str(reason.code)] = points * 3 // 2 if red else points
    if deal.next_step_due == deal.today:
        parts["due-today"] = WEIGHTS["due-today"]
    if not parts:
        return None
    if deal.amount and largest:
        parts["amount"] = FOR_AMOUNT * deal.amount // largest
    action = _action(deal, finding)
    due = deal.next_step_due if action == deal.next_step else None
    return Task(deal, action, due, parts)


def _action(deal: Deal, finding: Finding | None) -> str:
    """Return the step that is due, else the playbook's advice, else the first thing found."""
    due = deal.next_step_due is None or deal.next_step_due <= deal.today
    if deal.next_step is not None and due:
        return deal.next_step
    if finding is not None and finding.diagnosis is not None:
        return finding.diagnosis.do
    if deal.next_step is None:
        return "agree on a next step"
    return f"look into: {finding.reasons[0].text}" if finding is not None else deal.next_step
