"""Why deals usually stop at such a point: explanations by phase, ranked by the file's evidence.

The wording of the explanations is the pipeline's playbook; the evidence is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.pipeline import Phase
from funnelcli.domain.stalled import Code, is_stalled, severity
from funnelcli.domain.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from funnelcli.domain.model import Deal
    from funnelcli.domain.pipeline import Playbook
    from funnelcli.domain.stalled import Reason, Severity


class Contact(NamedTuple):
    """What the file says of a stay in a stage: touches, how many of them the customer began.

    And whether a required milestone of the stage is still to be shown.
    """

    touches: int
    by_them: int
    milestone_open: bool


class Diagnosis(NamedTuple):
    """The likeliest explanation, what speaks for it, and what to ask and do."""

    hypothesis: str
    evidence: tuple[str, ...]
    ask: str
    do: str


@dataclass(frozen=True)
class Finding:
    """A deal with what is wrong with it; diagnosed when somebody wants to know why."""

    deal: Deal
    phase: Phase
    reasons: tuple[Reason, ...]
    diagnosed: Callable[[Finding], Diagnosis | None]

    @cached_property
    def diagnosis(self) -> Diagnosis | None:
        """The likeliest explanation, for a deal that is stalled."""
        return self.diagnosed(self) if is_stalled(self.reasons) else None

    @property
    def severity(self) -> Severity:
        """The gravest of its reasons' severities."""
        return severity(self.reasons)

    @property
    def acknowledged(self) -> bool:
        """Whether somebody has said that it is known."""
        return self.deal.ack_until is not None


class StalledTotals(NamedTuple):
    """Stalled deals that nobody has acknowledged."""

    deals: int
    amount: int
    amount_unknown: int
    weighted: int


class _Candidate(NamedTuple):
    """A cause with the evidence for it; its weight is how many facts speak for it."""

    cause: str
    evidence: tuple[str, ...]


def diagnose(
    deal: Deal, phase: Phase, reasons: Sequence[Reason], contact: Contact, playbook: Playbook
) -> Diagnosis | None:
    """Return the explanation the evidence favours, or that of `unknown` where none is favoured.

    None only if the playbook has no words for the phase.
    """
    candidates = sorted(_CANDIDATES[phase](deal, reasons, contact), key=lambda c: -len(c.evidence))
    known = [each for each in candidates if each.evidence]
    best = known[0] if known else _Candidate("unknown", _what_is_missing(deal, contact))
    advice = playbook.diagnosis.get(phase, {}).get(best.cause)
    if advice is None:
        return None
    return Diagnosis(advice.hypothesis, best.evidence, advice.ask, advice.do)


def _early(deal: Deal, reasons: Sequence[Reason], contact: Contact) -> list[_Candidate]:
    wavering = []
    if contact.touches and not _has(reasons, Code.SILENT):
        but = "milestone still open" if contact.milestone_open else "and no decision to go on"
        wavering.append(f"{plural(contact.touches, 'contact')} in this stage, {but}")
    return [
        _Candidate("out-of-touch", _silence(deal, reasons)),
        _Candidate("wavering", tuple(wavering)),
    ]


def _middle(deal: Deal, reasons: Sequence[Reason], contact: Contact) -> list[_Candidate]:
    taken, torn = [], []
    if deal.competitor:
        taken.append(f"competitor on the deal: {deal.competitor}")
    if contact.touches and not contact.by_them:
        taken.append(f"{plural(contact.touches, 'contact')} in this stage, none begun by them")
    if contact.by_them:
        torn.append(f"they began {contact.by_them} of {plural(contact.touches, 'contact')}")
        if not _has(reasons, Code.SILENT):
            torn.append("two-sided contact goes on")
    return [_Candidate("torn", tuple(torn)), _Candidate("taken", tuple(taken))]


def _late(deal: Deal, reasons: Sequence[Reason], contact: Contact) -> list[_Candidate]:
    inside = []
    if contact.touches and not _has(reasons, Code.SILENT):
        inside.append(f"{plural(contact.touches, 'contact')} in this stage without a decision")
    if _has(reasons, Code.SLIPPED):
        inside.append(f"expected close pushed {deal.pushes} times")
    return [
        _Candidate("out-of-reach", _silence(deal, reasons)),
        _Candidate("disagreement", tuple(inside)),
    ]


def _silence(deal: Deal, reasons: Sequence[Reason]) -> tuple[str, ...]:
    if not _has(reasons, Code.SILENT):
        return ()
    if deal.last_touch_on is None:
        return (f"no contact logged in {plural(deal.days_silent or 0, 'day')}",)
    return (f"last contact {plural((deal.today - deal.last_touch_on).days, 'day')} ago",)


def _has(reasons: Sequence[Reason], code: Code) -> bool:
    return any(reason.code is code for reason in reasons)


def _what_is_missing(deal: Deal, contact: Contact) -> tuple[str, ...]:
    missing = []
    if not contact.touches:
        missing.append("no contact is logged in this stage")
    if deal.competitor is None:
        missing.append("whether somebody else bids is not known")
    return tuple(missing)


_CANDIDATES = {Phase.EARLY: _early, Phase.MIDDLE: _middle, Phase.LATE: _late}
