"""How the forecast did on the team's own past, beside the declared chances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnelcli.domain.backtest import DECLARED, HORIZON, LEARNED
from funnelcli.domain.outlook import SPREAD
from funnelcli.domain.stays import FEW
from funnelcli.domain.text import plural
from funnelcli.views.table import Column, Kind, Lines, Page, Place, Table

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
        Column("method", "Method"),
        Column("closed", "Closed from", Kind.COUNT),
        Column("brier", "Brier", Kind.SCORE),
        Column("log_loss", "Log loss", Kind.SCORE),
        Column("ece", "Calibration", Kind.SCORE),
        Column("coverage", "Coverage", Kind.SHARE, _M),
        Column("told_coverage", "Held", Kind.SHARE, Place.PERSON, _coverage),
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
    return Page(table, "Backtest", (table, Lines("What it says", _verdict(found))))


def _coverage(score: Score) -> float | str | None:
    return "too few" if 0 < score.windows < FEW else score.coverage


def _verdict(found: Backtest) -> tuple[str, ...]:
    learned, declared = found.score(LEARNED), found.score(DECLARED)
    if not learned.n:
        return ("Nothing to score yet: no deal that was open on a day of the past is closed now.",)
    said = [f"{compared(learned.n, learned.brier, declared.brier)}."]
    if learned.n >= FEW_SCORED:
        said.append(
            f"Of the {learned.n:,} scored, {learned.won:,} were won; "
            f"{learned.promised:,.0f} were promised, by the declared chances "
            f"{declared.promised:,.0f}."
        )
    return (*said, _held(learned, found.spread))


def compared(n: int, learned: float | None, declared: float | None) -> str:
    """Say how the learned chances did beside the declared ones, and what to make of it."""
    if learned is None or declared is None or n < FEW_SCORED:
        return f"only {plural(n, 'chance')} could be scored, too few to compare".capitalize()
    better = 1 - learned / declared if declared else 0.0
    if abs(better) < LITTLE:
        return "Learned and declared chances did about as well as each other"
    if better > 0:
        return f"Learned chances erred by {100 * better:.0f} % less than the declared ones"
    worse = f"Learned chances erred by {-100 * better:.0f} % more than the declared ones"
    return f"{worse}: go by the weighted amount of the funnel"


def _held(learned: Score, spread: float) -> str:
    """Return how many ranges held, in words."""
    if not learned.windows:
        return (
            f"No range could be judged: that takes {HORIZON} days since a replayed day, "
            "and open deals of known amount."
        )
    held = round((learned.coverage or 0) * learned.windows)
    chosen = "" if spread == SPREAD else f", with the spread {spread:g} that suits them best"
    return f"{held} of {plural(learned.windows, 'range')} held{chosen}; 8 in 10 should."


def kept_words(kept: tuple[date | None, Mapping[str, Any]] | None) -> str | None:
    """Return in one sentence what the last backtest that was kept found; None if none was."""
    if kept is None:
        return None
    on, scores = kept
    if scores["learned"]["brier"] is None:
        return f"Tested on {on}, when nothing of your own past could be scored yet."
    learned, declared = scores["learned"], scores["declared"]
    said = compared(learned["n"], learned["brier"], declared["brier"])
    told = f"Tested on {on} on your own past: {said[0].lower()}{said[1:]}"
    if learned["windows"] < FEW:
        return f"{told}."
    share = 100 * learned["coverage"]
    return f"{told}; {share:.0f} % of {plural(learned['windows'], 'range')} held, 80 % should."
