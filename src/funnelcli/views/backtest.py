"""How the forecast did on the team's own past, beside the declared chances."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from funnelcli.domain.backtest import DECLARED, HORIZON, LEARNED
from funnelcli.domain.outlook import SPREAD
from funnelcli.domain.stays import FEW
from funnelcli.views.table import Column, Kind, Lines, Page, Place, Table
from funnelcli.wording import marked, plural, said

_M = Place.MACHINE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from funnelcli.domain.backtest import Backtest, Score
    from funnelcli.views.table import Frame

FEW_SCORED = 30
"""Scored chances below which nothing is compared."""
LITTLE = 0.02
"""A difference of errors that is not worth a word."""


def backtest_page(found: Backtest, frame: Frame) -> Page:
    """Return the scores of the methods, over all origins and by how many deals were closed."""
    columns = (
        Column("method", "Method", Kind.TERM),
        Column("closed", "Closed from", Kind.COUNT),
        Column("brier", "Brier", Kind.SCORE),
        Column("log_loss", "Log loss", Kind.SCORE),
        Column("ece", "Calibration", Kind.SCORE),
        Column("coverage", "Coverage", Kind.SHARE, _M),
        Column("told_coverage", "In range", Kind.SHARE, Place.PERSON, _coverage),
        Column("n", "Scored", Kind.COUNT),
        Column("origins", "Days", Kind.COUNT),
        Column("windows", "Ranges", Kind.COUNT),
    )
    table = Table(
        frame,
        columns,
        found.scores,
        totals={"origins": len(found.origins), "horizon_days": HORIZON, "spread": found.spread},
        id_key="method",
    )
    return Page(table, said("Backtest"), (table, Lines(said("What it says"), _verdict(found))))


def _coverage(score: Score) -> float | str | None:
    return said("too few") if 0 < score.windows < FEW else score.coverage


def _verdict(found: Backtest) -> tuple[str, ...]:
    learned, declared = found.score(LEARNED), found.score(DECLARED)
    if not learned.n:
        text = marked(
            "Nothing to score yet: no deal that was open on a day of the past is closed now."
        )
        return (said(text),)
    lines = [_sentence(learned, declared)]
    if learned.n >= FEW_SCORED:
        lines.append(
            said(
                "Of the {n:,} scored, {won:,} were won; {promised:,.0f} were promised, "
                "by the declared chances {declared:,.0f}.",
                n=learned.n,
                won=learned.won,
                promised=learned.promised,
                declared=declared.promised,
            )
        )
    return (*lines, _held(learned, found.spread))


class Outcome(Enum):
    """How the learned chances did beside the declared ones."""

    ALIKE = auto()
    BETTER = auto()
    WORSE = auto()


_SENTENCES = {
    Outcome.ALIKE: marked("Learned and declared chances did about as well as each other."),
    Outcome.BETTER: marked("Learned chances erred by {share:.0f} % less than the declared ones."),
    Outcome.WORSE: marked(
        "Learned chances erred by {share:.0f} % more than the declared ones: "
        "go by the weighted amount of the funnel."
    ),
}
_CLAUSES = {
    Outcome.ALIKE: marked("learned and declared chances did about as well as each other"),
    Outcome.BETTER: marked("learned chances erred by {share:.0f} % less than the declared ones"),
    Outcome.WORSE: marked(
        "learned chances erred by {share:.0f} % more than the declared ones: "
        "go by the weighted amount of the funnel"
    ),
}


def _compared(
    n: int, learned: float | None, declared: float | None
) -> tuple[Outcome, float] | None:
    """Return how the learned chances did, and by how many percent; None of too few."""
    if learned is None or declared is None or n < FEW_SCORED:
        return None
    better = 1 - learned / declared if declared else 0.0
    if abs(better) < LITTLE:
        return Outcome.ALIKE, 0
    return Outcome.BETTER if better > 0 else Outcome.WORSE, 100 * abs(better)


def _sentence(learned: Score, declared: Score) -> str:
    """Say how the learned chances did beside the declared ones, and what to make of it."""
    found = _compared(learned.n, learned.brier, declared.brier)
    if found is None:
        return plural(
            learned.n,
            "Only {n} chance could be scored, too few to compare.",
            "Only {n} chances could be scored, too few to compare.",
        )
    return said(_SENTENCES[found[0]], share=found[1])


def _held(learned: Score, spread: float) -> str:
    """Return how many ranges held, in words."""
    if not learned.windows:
        return said(
            "No range could be judged: that takes {days} days since a replayed day, "
            "and open deals of known amount.",
            days=HORIZON,
        )
    held = round((learned.coverage or 0) * learned.windows)
    if spread == SPREAD:
        return plural(
            learned.windows,
            "{held} of {n} range held; 8 in 10 should.",
            "{held} of {n} ranges held; 8 in 10 should.",
            held=held,
        )
    return plural(
        learned.windows,
        "{held} of {n} range held, with the spread {spread:g} that suits them best; "
        "8 in 10 should.",
        "{held} of {n} ranges held, with the spread {spread:g} that suits them best; "
        "8 in 10 should.",
        held=held,
        spread=spread,
    )


def kept_words(kept: tuple[date | None, Mapping[str, Any]] | None) -> str | None:
    """Return in one sentence what the last backtest that was kept found; None if none was."""
    if kept is None:
        return None
    on, scores = kept
    learned, declared = scores["learned"], scores["declared"]
    if learned["brier"] is None:
        return said("Tested on {day}, when nothing of your own past could be scored yet.", day=on)
    found = _clause(learned["n"], learned["brier"], declared["brier"])
    if learned["windows"] < FEW:
        return said("Tested on {day} on your own past: {found}.", day=on, found=found)
    return plural(
        learned["windows"],
        "Tested on {day} on your own past: {found}; {share:.0f} % of {n} range held, 80 % should.",
        "Tested on {day} on your own past: {found}; {share:.0f} % of {n} ranges held, 80 % should.",
        day=on,
        found=found,
        share=100 * learned["coverage"],
    )


def _clause(n: int, learned: float, declared: float | None) -> str:
    """Say the same as what was found on a day."""
    found = _compared(n, learned, declared)
    if found is None:
        return plural(
            n,
            "only {n} chance could be scored, too few to compare",
            "only {n} chances could be scored, too few to compare",
        )
    return said(_CLAUSES[found[0]], share=found[1])
