"""What to do next: the deals that want something today, ranked by a score whose parts are shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from funnelcli.domain.stalled import Code, Severity
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from funnelcli.domain.conversation import Answer
    from funnelcli.domain.diagnosis import Finding
    from funnelcli.domain.model import Deal

WEIGHTS: Mapping[str, int] = {
    marked("asked-overdue"): 35,
    marked("asked-today"): 28,
    marked("asked"): 12,
    marked("answered"): 6,
    Code.CONTACT_CHANGED: 30,
    Code.OVERDUE: 30,
    marked("due-today"): 25,
    Code.STUCK: 15,
    Code.SILENT: 20,
    Code.NO_NEXT_STEP: 8,
    Code.OVERDUE_CLOSE: 8,
    Code.OVERCLAIMED: 6,
}
"""Points for what is found; red findings count half as much again."""
AMOUNT = marked("amount")
FOR_AMOUNT = 20
"""Points for the largest amount on the list; the others get their share of it."""


@dataclass(frozen=True)
class Task:
    """One thing to do on a deal; `parts` add up to the score.

    `answer` is the manager's last word on the deal that nothing has followed yet.
    """

    deal: Deal
    finding: Finding | None
    answer: Answer | None
    parts: Mapping[str, int]

    @property
    def score(self) -> int:
        """How pressing it is."""
        return sum(self.parts.values())

    @property
    def action(self) -> str:
        """What is to be done."""
        return self._wanted[0]

    @property
    def due(self) -> date | None:
        """The day by which it is asked for, or was said to be done."""
        return self._wanted[1]

    @cached_property
    def _wanted(self) -> tuple[str, date | None]:
        """What the manager asks for; the successor to meet, the step that is due, the answer.

        Where there is none of them, the playbook's advice, or the first thing found.
        """
        deal, answer = self.deal, self.answer
        if answer is not None and answer.due is not None:
            return said("{name} asks: {text}", name=answer.by, text=answer.text), answer.due
        if deal.changed_contact is not None:
            return _to_meet(deal), None
        due = deal.next_step_due is None or deal.next_step_due <= deal.today
        if deal.next_step is not None and due:
            return deal.next_step, deal.next_step_due
        if answer is not None:
            return said("{name} answered: {text}", name=answer.by, text=answer.text), None
        return self._advice()

    def _advice(self) -> tuple[str, date | None]:
        deal, finding = self.deal, self.finding
        if finding is not None and finding.diagnosis is not None:
            return finding.diagnosis.do, None
        if deal.next_step is None:
            return said("agree on a next step"), None
        if finding is not None:
            return said("look into: {reason}", reason=finding.reasons[0].text), None
        return deal.next_step, deal.next_step_due


def task(
    deal: Deal, finding: Finding | None, largest: int, answer: Answer | None = None
) -> Task | None:
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
    if answer is not None:
        kind = _kind(answer, deal.today)
        parts[kind] = WEIGHTS[kind]
    if not parts:
        return None
    if deal.amount and largest:
        parts[AMOUNT] = FOR_AMOUNT * deal.amount // largest
    return Task(deal, finding, answer, parts)


def _to_meet(deal: Deal) -> str:
    if deal.successor is None:
        return said("find out who follows {gone}", gone=deal.changed_contact)
    return said(
        "meet {successor}, who follows {gone}", successor=deal.successor, gone=deal.changed_contact
    )


def _kind(answer: Answer, today: date) -> str:
    """Return how an answer presses: one that asks for something does by its day."""
    if answer.due is None:
        return "answered"
    if answer.due < today:
        return "asked-overdue"
    return "asked-today" if answer.due == today else "asked"


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
