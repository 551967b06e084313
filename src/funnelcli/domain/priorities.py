"""What to do next: the deals that want something today, ranked by a score whose parts are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.stalled import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from funnelcli.domain.conversation import Answer
    from funnelcli.domain.diagnosis import Finding
    from funnelcli.domain.model import Deal

WEIGHTS: Mapping[str, int] = {
    "asked-overdue": 35,
    "asked-today": 28,
    "asked": 12,
    "answered": 6,
    Code.CONTACT_CHANGED: 30,
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


def task(
    deal: Deal, finding: Finding | None, largest: int, answer: Answer | None = None
) -> Task | None:
    """Return what the deal wants today, or None; `largest` is the list's largest amount.

    `answer` is the manager's last word on the deal that nothing has followed yet.
    """
    reasons = () if finding is None else finding.reasons
    parts: dict[str, int] = {}
    for reason in reasons:
        points = WEIGHTS.get(reason.code, 0)
        if points:
            red = reason.severity is Severity.RED
            parts[str(reason.code)] = points * 3 // 2 if red else points
    if deal.next_step_due == deal.today:
        parts["due-today"] = WEIGHTS["due-today"]
    if answer is not None:
        kind = _kind(answer, deal.today)
        parts[kind] = WEIGHTS[kind]
    if not parts:
        return None
    if deal.amount and largest:
        parts["amount"] = FOR_AMOUNT * deal.amount // largest
    if answer is not None and answer.due is not None:
        return Task(deal, f"{answer.by} asks: {answer.text}", answer.due, parts)
    action = _action(deal, finding, answer)
    due = deal.next_step_due if action == deal.next_step else None
    return Task(deal, action, due, parts)


def _kind(answer: Answer, today: date) -> str:
    """Return how an answer presses: one that asks for something does by its day."""
    if answer.due is None:
        return "answered"
    if answer.due < today:
        return "asked-overdue"
    return "asked-today" if answer.due == today else "asked"


def _action(deal: Deal, finding: Finding | None, answer: Answer | None) -> str:
    """Return the successor to meet, else the step that is due, else the manager's answer.

    Where there is none of them, the playbook's advice, or the first thing found.
    """
    if deal.changed_contact is not None:
        meet = f"meet {deal.successor}, who follows {deal.changed_contact}"
        return meet if deal.successor else f"find out who follows {deal.changed_contact}"
    due = deal.next_step_due is None or deal.next_step_due <= deal.today
    if deal.next_step is not None and due:
        return deal.next_step
    if answer is not None:
        return f"{answer.by} answered: {answer.text}"
    if finding is not None and finding.diagnosis is not None:
        return finding.diagnosis.do
    if deal.next_step is None:
        return "agree on a next step"
    return f"look into: {finding.reasons[0].text}" if finding is not None else deal.next_step


def last_words(answers: Iterable[Answer]) -> dict[int, Answer]:
    """Return of each deal the answer that presses most: what is asked soonest, else the last."""
    found: dict[int, Answer] = {}
    for answer in answers:
        before = found.get(answer.deal_id)
        if before is None or _presses(answer) <= _presses(before):
            found[answer.deal_id] = answer
    return found


def _presses(answer: Answer) -> tuple[bool, date | None]:
    return (answer.due is None, answer.due)
