"""What history says of a pipeline's chances and limits, next to what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.forecast import PRIOR
from funnelcli.domain.intervals import beta_interval
from funnelcli.domain.limits import LearnedLimit, learned_limit
from funnelcli.domain.pipeline import WHOLE, Learned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funnelcli.domain.forecast import Chances
    from funnelcli.domain.pipeline import Pipeline, Stage


class Lesson(NamedTuple):
    """A stage with its learned chance, in 0..1, and limit.

    `low` to `high` holds the chance 8 times in 10; it comes from `closed` deals that reached the
    stage, and from the declared one, which weighs as much as ten.
    """

    stage: Stage
    probability: float
    low: float
    high: float
    closed: int
    limit: LearnedLimit


def adoptable(learned: Iterable[Lesson]) -> list[Learned]:
    """Return what there is to store: of the stages of which history says something at all."""
    return [
        Learned(
            stage_id=each.stage.id,
            days=each.limit.days if each.limit.n else None,
            stays=each.limit.n,
            probability=round(each.probability * WHOLE),
            closed=each.closed,
        )
        for each in learned
        if each.stage.id is not None and (each.closed or each.limit.n)
    ]


def lessons(pipeline: Pipeline, chances: Chances) -> list[Lesson]:
    """Return what the closed deals say of each stage (forecast reference, 3a and 3b)."""
    found = []
    for position, stage in enumerate(pipeline.stages):
        chance, closed = chances.entry(position), chances.history.reached(position)
        weight = closed + PRIOR
        low, high = chance, chance
        if 0 < chance < 1:
            low, high = beta_interval(chance * weight, (1 - chance) * weight)
        limit = learned_limit(chances.curves[position], stage.max_days)
        found.append(Lesson(stage, chance, low, high, closed, limit))
    return found
