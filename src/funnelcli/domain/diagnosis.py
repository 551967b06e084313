"""Why deals usually stop at such a point: explanations by phase, ranked by the file's evidence.

The wording of the explanations is the pipeline's playbook; the evidence is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.pipeline import Phase
from funnelcli.domain.stalled import Code, is_stalled, severity
from funnelcli.wording import marked, plural, said, term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from funnelcli.domain.model import Deal
    from funnelcli.domain.pipeline import Advice, Playbook
    from funnelcli.domain.stalled import Reason, Severity


LATELY = 14
"""Days within which somebody counts as met lately."""
DECIDES = "decision-maker"


class Touches(NamedTuple):
    """What the file says of a stay in a stage: touches, how many of them the customer began.

    And whether a required milestone of the stage is still to be shown.
    """

    total: int
    by_them: int
    milestone_open: bool


class OnDeal(NamedTuple):
    """Somebody of the customer's on the deal: how they stand to us, and when they were last met."""

    name: str
    role: str | None
    stance: str
    known_on: date | None
    met_on: date | None

    def spoken(self) -> str:
        """Say how they stand to us, and since when that is known."""
        text = _STANDS[bool(self.role), self.known_on is not None]
        role, stance = term(self.role or ""), term(self.stance)
        return said(text, name=self.name, role=role, stance=stance, day=self.known_on)


_STANDS = {
    (False, False): marked("{name} is {stance}"),
    (False, True): marked("{name} is {stance}, known on {day}"),
    (True, False): marked("{name} ({role}) is {stance}"),
    (True, True): marked("{name} ({role}) is {stance}, known on {day}"),
}


class Words(NamedTuple):
    """A pipeline's own words, and the shipped ones, read where it has none."""

    own: Playbook
    shipped: Callable[[], Playbook]

    def causes(self, phase: Phase) -> Mapping[str, Advice]:
        """Return the advice for a phase, by cause."""
        return self.own.diagnosis.get(phase) or self.shipped().diagnosis.get(phase, {})

    def advice(self, phase: Phase, cause: str) -> Advice | None:
        """Return the advice for one cause."""
        own = self.own.diagnosis.get(phase, {}).get(cause)
        return own or self.shipped().diagnosis.get(phase, {}).get(cause)

    def questions(self, code: Code) -> tuple[str, ...]:
        """Return what to ask about deals on which that was found."""
        own = self.own.questions.get(code)
        return self.shipped().questions.get(code, ()) if own is None else own


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
    deal: Deal,
    phase: Phase,
    reasons: Sequence[Reason],
    touches: Touches,
    people: Sequence[OnDeal],
    words: Words,
) -> Diagnosis | None:
    """Return the explanation the evidence favours, or that of `unknown` where none is favoured.

    None only if no playbook has words for it.
    """
    seen = _Seen(deal, {reason.code: reason.text for reason in reasons}, touches, people)
    best = max(_CANDIDATES[phase](seen), key=lambda candidate: len(candidate.evidence))
    if not best.evidence:
        best = _Candidate("unknown", _what_is_missing(seen))
    advice = words.advice(phase, best.cause)
    if advice is None:
        return None
    return Diagnosis(advice.hypothesis, best.evidence, advice.ask, advice.do)


class _Seen(NamedTuple):
    """What the evidence is taken from."""

    deal: Deal
    found: Mapping[Code, str]
    touches: Touches
    people: Sequence[OnDeal]

    @property
    def silent(self) -> bool:
        """Whether contact has broken off."""
        return Code.SILENT in self.found


def _early(seen: _Seen) -> list[_Candidate]:
    wavering = []
    if seen.touches.total and not seen.silent:
        total = seen.touches.total
        if seen.touches.milestone_open:
            text = plural(
                total,
                "{n} contact in this stage, milestone still open",
                "{n} contacts in this stage, milestone still open",
            )
        else:
            text = plural(
                total,
                "{n} contact in this stage, and no decision to go on",
                "{n} contacts in this stage, and no decision to go on",
            )
        wavering.append(text)
    return [_Candidate("out-of-touch", _silence(seen)), _Candidate("wavering", tuple(wavering))]


def _middle(seen: _Seen) -> list[_Candidate]:
    taken, torn = [], []
    if seen.deal.competitor:
        taken.append(said("competitor on the deal: {name}", name=seen.deal.competitor))
    changed = seen.found.get(Code.CONTACT_CHANGED)
    if changed:
        taken.append(changed)
    against = [each for each in seen.people if each.stance == "against"]
    taken += [each.spoken() for each in against]
    if seen.touches.total and not seen.touches.by_them:
        text = plural(
            seen.touches.total,
            "{n} contact in this stage, none begun by them",
            "{n} contacts in this stage, none begun by them",
        )
        taken.append(text)
    if seen.touches.by_them and not seen.silent:
        text = plural(
            seen.touches.total,
            "they began {begun} of {n} contact",
            "they began {begun} of {n} contacts",
            begun=seen.touches.by_them,
        )
        torn.append(text)
        torn.append(said("two-sided contact goes on"))
    return [_Candidate("torn", tuple(torn)), _Candidate("taken", tuple(taken))]


def _late(seen: _Seen) -> list[_Candidate]:
    inside = []
    if seen.touches.total and not seen.silent:
        text = plural(
            seen.touches.total,
            "{n} contact in this stage without a decision",
            "{n} contacts in this stage without a decision",
        )
        inside.append(text)
    pushed = seen.found.get(Code.SLIPPED)
    if pushed:
        inside.append(pushed)
    changed = seen.found.get(Code.CONTACT_CHANGED)
    if changed:
        inside.append(changed)
    known = [each for each in seen.people if each.stance != "unknown"]
    if len({each.stance for each in known}) > 1:
        inside.append(said("; ").join(each.spoken() for each in known))
    inside += _unmet(seen)
    active = [each for each in seen.people if each.met_on and _days_ago(seen, each) <= LATELY]
    if len(active) > 1:
        text = marked("{people} people of theirs active in the last {days} days")
        inside.append(said(text, people=len(active), days=LATELY))
    return [
        _Candidate("out-of-reach", _silence(seen)),
        _Candidate("disagreement", tuple(inside)),
    ]


def _unmet(seen: _Seen) -> Iterator[str]:
    """Yield the decision makers whom nobody has met lately."""
    for each in seen.people:
        if each.role == DECIDES and each.met_on is None:
            yield said("decision maker {name}: no contact logged", name=each.name)
        elif each.role == DECIDES and _days_ago(seen, each) > LATELY:
            yield plural(
                _days_ago(seen, each),
                "decision maker {name} last met {n} day ago",
                "decision maker {name} last met {n} days ago",
                name=each.name,
            )


def _days_ago(seen: _Seen, person: OnDeal) -> int:
    return 0 if person.met_on is None else (seen.deal.today - person.met_on).days


def _silence(seen: _Seen) -> tuple[str, ...]:
    deal = seen.deal
    if not seen.silent:
        return ()
    if deal.last_touch_on is None:
        silent = deal.days_silent or 0
        return (plural(silent, "no contact logged in {n} day", "no contact logged in {n} days"),)
    days = (deal.today - deal.last_touch_on).days
    return (plural(days, "last contact {n} day ago", "last contact {n} days ago"),)


def _what_is_missing(seen: _Seen) -> tuple[str, ...]:
    missing = []
    if not seen.touches.total:
        missing.append(said("no contact is logged in this stage"))
    if seen.deal.competitor is None:
        missing.append(said("whether somebody else bids is not known"))
    if not any(each.role == DECIDES for each in seen.people):
        missing.append(said("who decides is not known"))
    return tuple(missing)


_CANDIDATES = {Phase.EARLY: _early, Phase.MIDDLE: _middle, Phase.LATE: _late}
