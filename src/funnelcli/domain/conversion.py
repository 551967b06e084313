"""How deals convert from stage to stage (PRODUCT 10).

A rate is counted over closed deals that reached a stage; every arrival in a stage ends as exactly
one of advanced, lost, moved back and still here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.stays import FEW, Exit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funnelcli.domain.pipeline import Pipeline
    from funnelcli.domain.stays import History


class Conversion(NamedTuple):
    """What became of the arrivals in one stage, and how many closed deals came further.

    `undecided` open deals have reached the stage too; the rate is None without a closed one.
    """

    pipeline: str
    stage: str
    title: str
    entries: int
    advanced: int
    lost: int
    moved_back: int
    still_here: int
    reached_closed: int
    next_reached_closed: int
    undecided: int

    @property
    def rate(self) -> float | None:
        """The share of the closed deals that reached the stage which reached the next, too."""
        return self.next_reached_closed / self.reached_closed if self.reached_closed else None

    @property
    def too_few(self) -> bool:
        """Whether the rate rests on so few deals that it says little."""
        return self.reached_closed < FEW


def conversions(
    pipeline: Pipeline, ends: Sequence[Mapping[Exit, int]], history: History
) -> list[Conversion]:
    """Return a row for each stage, in order; `ends` counts by stage how its stays ended."""
    return [
        Conversion(
            pipeline=pipeline.name,
            stage=stage.name,
            title=stage.title,
            entries=sum(ends[position].values()),
            advanced=ends[position].get(Exit.ADVANCED, 0),
            lost=ends[position].get(Exit.LOST, 0),
            moved_back=ends[position].get(Exit.MOVED_BACK, 0),
            still_here=ends[position].get(Exit.STILL_HERE, 0),
            reached_closed=history.reached(position),
            next_reached_closed=history.reached(position + 1),
            undecided=sum(history.undecided[position:]),
        )
        for position, stage in enumerate(pipeline.stages)
    ]


def shares_won(pipeline: Pipeline, history: History) -> dict[str, tuple[float, int]]:
    """Return by stage the share won of the closed deals that reached it, and how many those are."""
    closed = {s.name: history.reached(place) for place, s in enumerate(pipeline.stages)}
    return {name: (history.won / count, count) for name, count in closed.items() if count}
