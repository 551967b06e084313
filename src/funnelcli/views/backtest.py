"""How the forecast did on the team's own past, beside the declared chances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funnelcli.domain.backtest import DECLARED, HORIZON, LEARNED
from funnelcli.domain.text import plural
from funnelcli.views.table import Column, Kind, Lines, Page, Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from funnelcli.domain.backtest import Backtest, Score
    from funnelcli.views.table import Frame

FEW = 30
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
        Column("coverage", "Coverage", Kind.SHARE),
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


def _verdict(found: Backtest) -> tuple[str, ...]:
    learned, declared = found.score(LEARNED), found.score(DECLARED)
    if learned.brier is None or declared.brier is None:
        return ("Nothing to score yet: no deal that was open on a day of the past is closed now.",)
    if learned.n < FEW:
        return (f"Only {plural(learned.n, 'chance')} could be scored: too few to compare.",)
    better = 1 - learned.brier / declared.brier if declared.brier else 0.0
    if abs(better) < LITTLE:
        said = "Learned chances and declared ones do about as well as each other."
    elif better > 0:
        said = f"Learned chances err by {100 * better:.0f} % less than the declared ones (Brier)."
    else:
        said = f"Learned chances err by {-100 * better:.0f} % more than the declared ones (Brier)."
    if learned.coverage is None:
        held = f"No {HORIZON} days have passed since a replayed day: no range could be judged."
    else:
        held = f"{_held(learned)} for {HORIZON} days held; it should be 80 %."
    return said, held


def _held(score: Score) -> str:
    """Return how many ranges held, in words."""
    return f"{round((score.coverage or 0) * score.windows)} of {plural(score.windows, 'range')}"


def kept_words(kept: tuple[date | None, Mapping[str, Any]] | None) -> str | None:
    """Return in one sentence what the last backtest that was kept found; None if none was."""
    if kept is None:
        return None
    on, scores = kept
    if scores["learned"]["brier"] is None:
        return f"Tested on {on}, when nothing of your own past could be scored yet."
    learned, declared = scores["learned"], scores["declared"]
    said = (
        f"Tested on {on} on {plural(learned['n'], 'chance')} of your own past: "
        f"Brier {learned['brier']:.3f}, declared chances {declared['brier']:.3f}"
    )
    if learned["coverage"] is None:
        return f"{said}."
    share = 100 * learned["coverage"]
    return f"{said}; {share:.0f} % of {plural(learned['windows'], 'range')} held, 80 % should."
