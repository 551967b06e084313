"""Plans in simulated teams: how often a target is made that a plan makes with 80 % chance.

Each team wants as much as twelve average deals within 180 days, plans how many new opportunities
that takes, gets them the next day, and its future is played, that of its open deals, too. Its
declared chances are a quarter too high: with that, a plan that takes deals to be independent of
each other hits about as rarely as the reference says of it (.65 after 30 closed deals). With the
table of `worlds.py`, which is too low at entry, ours is more cautious: .90 to .93.
"""

from __future__ import annotations

from math import ceil, prod
from random import Random
from statistics import fmean
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from gates import Line
from rules import declared
from worlds import (
    LINGERING,
    MATURE,
    MEDIAN_AMOUNT,
    MOVES_ON,
    SIGMA,
    STEPS,
    Team,
    World,
)

from funnelcli.domain.forecast import Chances, frequency
from funnelcli.domain.outlook import outlook
from funnelcli.domain.planning import Opportunity, needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HIGHER = 1.25
DECLARED = tuple(
    step._replace(probability=HIGHER * prod(MOVES_ON[position:]))
    for position, step in enumerate(STEPS)
)
"""The stages as these teams declare them."""
WANTED, WITHIN = 12, 180
"""Average deals that are the target, and the days for them."""
SIZES = (30, 100, 300)
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Of the amounts so far: what a new opportunity may be worth, as likely each."""
COVERAGE = 3
"""The rule of thumb: open amounts shall be so many times the target."""
RARER = 2
"""How many times fewer teams are drawn than for other lines: a plan takes longer."""
OPEN, CLOSED, ROUNDS, MOST = 50, 500, 5, 50
"""Open and closed deals of the team whose forecast is timed, how often, and most milliseconds."""


class Plan(NamedTuple):
    """New opportunities by each method; None where no number would do."""

    ours: int | None
    table: int
    frequency: int
    plain: int
    """What is missing on average, by our chances."""
    coverage: int


def plan_lines(count: int, seed: int) -> Iterator[Line]:
    """Yield the lines of how often targets were hit."""
    for closed in SIZES:
        random = Random(f"{seed} plans {closed}")  # noqa: S311
        hits = [played(LINGERING, closed, random) for _ in range(max(1, count // RARER))]
        ours, table, often, plain, coverage = map(fmean, zip(*hits, strict=True))
        told = f"on average enough {plain:.3f}, {COVERAGE} times the target {coverage:.3f}"
        name = f"Targets hit, {LINGERING.name}, {closed} closed"
        yield Line(name, ours, table, often, least=0.78, most=0.9, beside=told)


def played(world: World, closed: int, random: Random) -> list[bool]:
    """Return for each method whether a team's target was hit; a plan that says never has not."""
    team = world.team(closed, MATURE, random)
    target = WANTED * average(random)
    end = team.today + WITHIN
    waiting = sum(each.case.amount for each in team.known.open if each.case.won_by(end))
    counts = plan(team, target)
    new = [world.deal(team.today, random) for _ in range(max(n or 0 for n in counts))]
    worth = [case.amount if case.won_by(end) else 0 for case in new]
    return [n is not None and waiting + sum(worth[:n]) >= target for n in counts]


def average(random: Random) -> int:
    """Return what deals are worth on average."""
    return round(fmean(MEDIAN_AMOUNT * random.lognormvariate(0, SIGMA) for _ in range(2_000)))


def plan(team: Team, target: int) -> Plan:
    """Return how many new opportunities each method asks for."""
    known = team.known
    chances = Chances(DECLARED, known.history)
    amounts = sorted([each.case.amount for each in known.open] + [c.amount for c in known.closed])
    likely = tuple(amounts[int(len(amounts) * share)] for share in QUANTILES)
    price = fmean(amounts)
    parts = [(chances.within(k, t, WITHIN), case.amount) for k, t, case in known.open]
    fresh = chances.within(0, 0, WITHIN)
    by_table = [(declared(DECLARED, k), case.amount) for k, _, case in known.open]
    by_frequency = [(frequency(known.history, k), case.amount) for k, _, case in known.open]
    in_sight = sum(case.amount for *_, case in known.open)
    return Plan(
        ours=needed(parts, target, Opportunity(fresh, likely)),
        table=_on_average(by_table, target, declared(DECLARED, 0) * price),
        frequency=_on_average(by_frequency, target, frequency(known.history, 0) * price),
        plain=_on_average(parts, target, fresh * price),
        coverage=max(0, ceil((COVERAGE * target - in_sight) / price)),
    )


def _on_average(parts: Sequence[tuple[float, int]], target: int, each: float) -> int:
    """Return how many new ones make up on average for what the open ones leave missing."""
    return max(0, ceil((target - sum(p * amount for p, amount in parts)) / each))


def speed_lines(seed: int) -> Iterator[Line]:
    """Yield the line of how long a forecast takes, in milliseconds of this machine."""
    random = Random(seed)  # noqa: S311
    history = LINGERING.team(CLOSED, MATURE, random).known.history
    deals = [
        (random.randrange(len(STEPS)), n, random.randrange(MEDIAN_AMOUNT)) for n in range(OPEN)
    ]
    taken = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        chances = Chances(STEPS, history)
        outlook([(chances.within(k, t, WITHIN), amount) for k, t, amount in deals])
        taken.append(perf_counter() - begun)
    yield Line(f"Milliseconds, {OPEN} open, {CLOSED} closed", 1_000 * min(taken), most=MOST)
