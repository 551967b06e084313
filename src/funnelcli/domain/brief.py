"""The brief for a meeting: what is told of each rep, in one order, and what they are asked.

People read the first points of each section, since a rep's part shall fit a screen.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import groupby, islice, zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

MOST = 3
"""Points of one section that people are told of a rep; the others are counted."""
FEWEST_QUESTIONS, MOST_QUESTIONS = 2, 5


class Section(StrEnum):
    """The brief's sections, in the order in which they stand."""

    CHANGED = "changed"
    DECIDE = "decide"
    STALLED = "stalled"
    CLAIMS = "claims"
    PEOPLE = "people"
    OVERDUE = "overdue"
    ASK = "ask"
    REPLIES = "replies"


class Point(NamedTuple):
    """One thing to speak about: whose it is, on which deal, and what triggered it.

    Without an owner it is of a deal that nobody owns, without a deal it is about the whole. It is
    worded when somebody reads it, since of a section people read the first few.
    """

    owner: str | None
    section: Section
    deal_id: int | None
    deal: str | None
    worded: str | Callable[[], str]
    trigger: str

    @property
    def text(self) -> str:
        """What there is to say."""
        return self.worded if isinstance(self.worded, str) else self.worded()


class Question(NamedTuple):
    """What could be asked about a deal, and the pattern that it belongs to."""

    deal_id: int
    deal: str
    text: str
    trigger: str


def arranged(points: Iterable[Point], owners: Sequence[str | None]) -> list[Point]:
    """Return the points rep by rep and section by section.

    `owners` says in which order the reps come.
    """
    order = list(Section)
    return sorted(points, key=lambda p: (owners.index(p.owner), order.index(p.section)))


def chosen(
    pools: Sequence[Sequence[Question]], pressing: int, asked: Collection[str], turn: int
) -> list[Question]:
    """Return two to five questions for a rep: none twice, none that was asked last time.

    Those come again only where there is nothing else to ask.

    `pools` has the questions about each of their deals, the most pressing deal first; `pressing`
    counts what was found on them. Each deal gets one before any gets two, and on a deal each
    trigger before any comes twice. Of a trigger's questions the `turn` decides which comes first,
    so that all come up in time.
    """
    wanted = min(max(pressing, FEWEST_QUESTIONS), MOST_QUESTIONS)
    turned = [_turned(pool, turn) for pool in pools]
    taken = list(islice(_by_turns(turned, set(asked)), wanted))
    said = {each.text for each in taken}
    return taken + list(islice(_by_turns(turned, said), max(0, FEWEST_QUESTIONS - len(taken))))


def _by_turns(pools: Sequence[Sequence[Question]], said: set[str]) -> Iterator[Question]:
    """Yield from each pool in turn its first question that was not said yet."""
    for _ in range(max(map(len, pools), default=0)):
        for pool in pools:
            fresh = next((each for each in pool if each.text not in said), None)
            if fresh is not None:
                said.add(fresh.text)
                yield fresh


def _turned(pool: Sequence[Question], turn: int) -> list[Question]:
    """Return the questions by turns: one of each trigger, then the next of each."""
    groups = [list(group) for _, group in groupby(pool, key=lambda question: question.trigger)]
    turned = [[*same[turn % len(same) :], *same[: turn % len(same)]] for same in groups]
    return [each for row in zip_longest(*turned) for each in row if each is not None]
