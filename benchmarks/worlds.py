"""Simulated teams whose true chances are known, in three worlds.

Deals come in at random and pass four stages. In each a deal moves on with a chance of its own,
after a time in days that is Weibull distributed; what differs is how long those stay that are lost:
as long as the others (neutral: age says nothing), three times as long (losers linger), or half as
long (quick losses). So the chance of a deal of any age follows by Bayes, exactly.

The stages' true chances at entry are those of the loan applications (18, 32, 48 and 71 %). The
declared ones, and for how long losers stay, were settled by what the reference gives for the fixed
table (.010 to .013 in the neutral world, .053 and young .033 where losers linger, .017 in a young
team with quick losses) and the frequency formula, before ours had been looked at.
"""

from __future__ import annotations

from bisect import insort
from math import exp, prod
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from gates import Line
from replay import Case, Event, Known, Outcome, known_at
from rules import declared, half_odds

from funnelcli.domain.forecast import Chances, Step, frequency

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHAPE = 1.3
"""Of the time in a stage: above 1, leaving grows likelier from day to day."""
MATURE, YOUNG = 360, 60
"""Days in which about as many deals come in as shall be closed."""
MEDIAN_AMOUNT, SIGMA = 1_000_000, 0.6
"""Of what deals are worth, in minor units; logarithms are normal."""
STEPS = (
    Step("First", 0.10, 12),
    Step("Second", 0.25, 20),
    Step("Third", 0.50, 25),
    Step("Fourth", 0.90, 20),
)
MOVES_ON = (0.56, 0.67, 0.68, 0.71)
"""The true share that leaves each stage for the next."""
SCALES = (8.0, 14.0, 18.0, 14.0)
"""Days after which all but one in e of those that move on have done so."""


class World(NamedTuple):
    """A world: how much longer those stay that are lost."""

    name: str
    lingering: float

    def staying(self, position: int, days: int, *, lost: bool) -> float:
        """Return the share that stays longer than so many days."""
        scale = SCALES[position] * (self.lingering if lost else 1)
        return exp(-((days / scale) ** SHAPE))

    def chance(self, position: int, days: int) -> float:
        """Return the true chance of a deal that is in the stage for so many days."""
        moves, good = MOVES_ON[position], self.staying(position, days, lost=False)
        bad = (1 - moves) * self.staying(position, days, lost=True)
        return moves * good / (moves * good + bad) * prod(MOVES_ON[position + 1 :])

    def deal(self, opened: int, random: Random) -> Case:
        """Return a deal with its whole life; every stay takes a day at least."""
        events, day = [], opened
        for position, (moves, scale) in enumerate(zip(MOVES_ON, SCALES, strict=True)):
            events.append(Event(day, position))
            advances = random.random() < moves
            lasts = random.weibullvariate(scale * (1 if advances else self.lingering), SHAPE)
            day += 1 + int(lasts)
            if not advances:
                events.append(Event(day, Outcome.LOST))
                break
        else:
            events.append(Event(day, Outcome.WON))
        amount = round(MEDIAN_AMOUNT * random.lognormvariate(0, SIGMA))
        return Case("", "", tuple(events), amount)

    def team(self, closed: int, span: int, random: Random) -> Team:
        """Return a team at the end of the day on which so many of its deals were closed."""
        cases: list[Case] = []
        ends: list[int] = []
        at = 0.0
        while len(ends) < closed or ends[closed - 1] >= int(at):
            at += random.expovariate(closed / span)
            cases.append(self.deal(int(at), random))
            insort(ends, cases[-1].events[-1].on)
        today = ends[closed - 1]
        return Team(today, known_at(cases, today, len(STEPS)))


class Team(NamedTuple):
    """A simulated team, and what it knows at the end of a day."""

    today: int
    known: Known


WORLDS = (World("neutral", 1), World("losers linger", 3), World("quick losses", 0.5))
NEUTRAL, LINGERING, QUICK = WORLDS
CASES = (
    (NEUTRAL, MATURE, (30, 100, 500)),
    (LINGERING, MATURE, (30, 100, 500)),
    (LINGERING, YOUNG, (100,)),
    (QUICK, YOUNG, (100,)),
)
ALIKE = 100
"""Closed deals of the teams of which as many are drawn as asked for; of smaller ones more."""
AGELESS = 0.003
"""What looking at age may cost, after 30 closed deals, where age says nothing."""


def world_lines(count: int, seed: int) -> Iterator[Line]:
    """Yield the lines of excess errors: mean squared differences from the true chances."""
    for world, span, sizes in CASES:
        for closed in sizes:
            random = Random(f"{seed} {world.name} {span} {closed}")  # noqa: S311
            teams = [world.team(closed, span, random) for _ in range(1 + count * ALIKE // closed)]
            ours, table, often, halved, entry = excess(world, teams)
            age = "young" if span == YOUNG else "mature"
            about = f"{world.name}, {age}, {closed} closed"
            told = f"at entry only {entry:.4f}, half-odds {halved:.4f}"
            yield Line(f"Excess error, {about}", ours, table, often, beside=told)
            if world is NEUTRAL:
                most = AGELESS if closed == sizes[0] else None
                yield Line(f"Cost of age, {about}", ours - entry, most=most)


def excess(world: World, teams: Sequence[Team]) -> list[float]:
    """Return the excess error of ours, table, frequency, half-odds and ours at entry only."""
    errors: list[list[float]] = [[], [], [], [], []]
    for team in teams:
        history = team.known.history
        chances = Chances(STEPS, history)
        for k, t, _ in team.known.open:
            said = (
                chances.win(k, t).probability,
                declared(STEPS, k),
                frequency(history, k),
                half_odds(STEPS, k, t),
                chances.entry(k),
            )
            true = world.chance(k, t)
            for each, p in zip(errors, said, strict=True):
                each.append((p - true) ** 2)
    return [fmean(each) for each in errors]
