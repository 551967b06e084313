"""The forecast of revenue on the opportunities of a (made-up) hardware seller.

They have one stage, from engagement to close. Every Monday the revenue of the coming days is
forecast for the whole team and for each agent, who is then taken for a team of one with a history
of their own. Every method prices a deal at the mean of what was won so far, since those of open
deals are not known; so a range, which says nothing of prices, is held against the number of wins.
The fixed table and the frequency formula know no time: a deal is expected to close after the mean
cycle of those won so far, or any day if that has passed.

Mondays start two months after the first deal closed, and end where the log no longer shows what
became of the horizon. That, too, was settled by the figures that the reference gives for other
methods alone (WAPE of the table 1.03 and 1.04, of the frequency formula 1.06 and 1.08, of the run
rate .28 an agent): earlier Mondays, with a history of weeks, make all of them better than there.
Horizons overlap, so that there are fewer independent ones than Mondays.
"""

from __future__ import annotations

from datetime import date
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from gates import Line
from replay import Case, Known, known_at, opportunities, steps
from scores import HIGH, LOW, Said, Sum, brier, independent_range, ratio, wape

from funnelcli.domain.forecast import Chances, Step, frequency
from funnelcli.domain.outlook import outlook
from funnelcli.domain.stays import History

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FIRST, LAST = date(2017, 5, 1).toordinal(), date(2017, 12, 31).toordinal()
WEEK = 7
RATED = 90
"""Days over which the run rate, and the rate of arrivals, are taken."""
QUARTER, MONTH = 90, 30
SPREADS = (0.5, 0.8, 1.1)
"""Other spreads of the shared shock, for comparison with the one that the program uses."""
CONTROLLED = (10, 500)
"""Closed opportunities from which attributes are learned."""
WORSE = 1.1
"""How much worse than the run rate a forecast of all revenue may be, as a multiple."""


class Forecast(NamedTuple):
    """What was forecast of one team on one day, and what came; in minor units."""

    ours: float
    table: float
    frequency: float
    prompt: float
    """The table's, if deals that are past the mean cycle are taken for dead."""
    shared: float
    """Ours, if all teams share their history."""
    came: int
    wins: int
    ranges: tuple[tuple[int, int], ...]
    """P10 and P90 of the wins: ours, the table's, the frequency's, then ours by other spreads."""
    price: float
    total: float
    run_rate: float
    came_in_all: int


COMPARED = Forecast._fields.index("came")
"""The first fields are what the methods forecast."""


class Past(NamedTuple):
    """What a team knows of its wins: their mean price and mean cycle in days."""

    price: float
    cycle: float


def forecasts(teams: Sequence[Sequence[Case]], horizon: int, table: Step) -> list[Forecast]:
    """Return what was forecast of each team each Monday, where it had won anything by then."""
    everyone = [case for team in teams for case in team]
    found = []
    for day in range(FIRST, LAST - horizon + 1, WEEK):
        whole = Chances([table], known_at(everyone, day, stages=1).history)
        found += [forecast(team, day, horizon, table, whole) for team in teams]
    return [each for each in found if each is not None]


def forecast(
    team: Sequence[Case], day: int, horizon: int, table: Step, whole: Chances
) -> Forecast | None:
    """Return what was forecast of a team at the end of the day; None where it had won nothing.

    `whole` are the chances by the history of all teams.
    """
    known = known_at(team, day, stages=1)
    past = _past(known)
    if past is None:
        return None
    chances = Chances([table], known.history)
    ours = [chances.within(0, each.days, horizon) for each in known.open]
    ending = sum(past.cycle - each.days <= horizon for each in known.open)
    prompt = sum(0 < past.cycle - each.days <= horizon for each in known.open)
    often = frequency(known.history, 0)
    won = [case for case in team if case.won_by(day + horizon) and not case.won_by(day)]
    waiting = {each.case.name for each in known.open}
    worth = [case.amount for case in won if case.name in waiting]
    rate = sum(day - RATED < case.events[0].on <= day for case in team) / RATED
    arrivals = sum(rate * chances.within(0, 0, left) for left in range(1, horizon))
    recent = sum(c.amount for c in known.closed if c.won and c.events[-1].on > day - RATED)
    return Forecast(
        ours=sum(ours) * past.price,
        table=table.probability * ending * past.price,
        frequency=often * ending * past.price,
        prompt=table.probability * prompt * past.price,
        shared=sum(whole.within(0, each.days, horizon) for each in known.open) * past.price,
        came=sum(worth),
        wins=len(worth),
        ranges=tuple(_ranges(ours, ending, (table.probability, often))),
        price=past.price,
        total=(sum(ours) + arrivals) * past.price,
        run_rate=recent * horizon / RATED,
        came_in_all=sum(case.amount for case in won),
    )


def _past(known: Known) -> Past | None:
    won = [case for case in known.closed if case.won]
    if not won:
        return None
    cycle = fmean(case.events[-1].on - case.events[0].on for case in won)
    return Past(fmean(case.amount for case in won), cycle)


def _ranges(
    ours: Sequence[float], ending: int, peers: Sequence[float]
) -> Iterator[tuple[int, int]]:
    """Yield P10 and P90 of ours, of each peer's deals as independent ones, of ours otherwise."""
    parts = [(p, 1) for p in ours]
    sums = outlook(parts)
    yield sums.quantile(LOW), sums.quantile(HIGH)
    for p in peers:
        yield independent_range([p] * ending)
    for spread in SPREADS:
        sums = outlook(parts, spread)
        yield sums.quantile(LOW), sums.quantile(HIGH)


def revenue_lines(folder: Path, count: int, seed: int) -> list[Line]:
    """Return the lines about revenue, and those of the negative control."""
    cases = opportunities(folder / "original" / "sales_pipeline.csv")
    table = steps(folder)[1]
    by_agent: dict[str, list[Case]] = {}
    for case in cases:
        by_agent.setdefault(case.owner, []).append(case)
    lines = []
    for horizon, targets in ((QUARTER, (0.36, 0.43)), (MONTH, (None, None))):
        for name, teams, most in (
            ("team", [cases], targets[0]),
            ("agents", list(by_agent.values()), targets[1]),
        ):
            found = forecasts(teams, horizon, table)
            about = f"Maven {horizon} d, {name}"
            lines.append(_open(f"{about}: open deals WAPE", found, most))
            lines.append(_within(f"{about}: wins within P10..P90", found, gated=most is not None))
            total = 0.26 if most is not None and name == "agents" else None
            lines.append(_total(f"{about}: all revenue WAPE", found, total))
    return [*lines, *_control(cases, table, count, seed)]


def _open(name: str, found: Sequence[Forecast], most: float | None) -> Line:
    ours, table, often, prompt, shared = (
        wape([Sum(said, each.came) for said, each in zip(column, found, strict=True)])
        for column in zip(*(each[:COMPARED] for each in found), strict=True)
    )
    high = ratio([Sum(each.ours, each.came) for each in found])
    wins = wape([Sum(each.ours / each.price, each.wins) for each in found])
    told = (
        f"table without overdue deals {prompt:.3f}, ours by everybody's history {shared:.3f},"
        f" in wins {wins:.3f}; forecast / won {high:.2f}"
    )
    return Line(name, ours, table, often, most=most, beside=told)


def _within(name: str, found: Sequence[Forecast], *, gated: bool) -> Line:
    ours, table, often, *others = (
        fmean(low <= each.wins <= high for each, (low, high) in zip(found, ranges, strict=True))
        for ranges in zip(*(each.ranges for each in found), strict=True)
    )
    told = ", ".join(f"{s:g}: {share:.3f}" for s, share in zip(SPREADS, others, strict=True))
    priced = fmean(
        low * each.price <= each.came <= high * each.price
        for each in found
        for low, high in each.ranges[:1]
    )
    beside = f"ours by spread {told}; of revenue {priced:.3f}"
    least, most = (0.75, 0.9) if gated else (None, None)
    return Line(name, ours, table, often, least, most, beside)


def _total(name: str, found: Sequence[Forecast], most: float | None) -> Line:
    """Return the line of all revenue, new deals included: the mean of ours and the run rate.

    It may be at most a tenth worse than the run rate.
    """
    alone = wape([Sum(each.total, each.came_in_all) for each in found])
    rate = wape([Sum(each.run_rate, each.came_in_all) for each in found])
    both = wape([Sum((each.total + each.run_rate) / 2, each.came_in_all) for each in found])
    bound = min(WORSE * rate, most or 1)
    return Line(name, both, most=bound, beside=f"run rate {rate:.3f}, ours alone {alone:.3f}")


def _control(cases: Sequence[Case], table: Step, count: int, seed: int) -> Iterator[Line]:
    """Yield the lines of what attributes that say nothing of winning do to a chance.

    Frequencies of agent, product and account start at 0.1 and are multiplied as if independent.
    """
    ended = [case for case in cases if case.end is not None]
    for closed in CONTROLLED:
        random = Random(f"{seed} {closed}")  # noqa: S311  the same draws every time
        plain: list[Said] = []
        fixed: list[Said] = []
        often: list[Said] = []
        naive: list[Said] = []
        for _ in range(count):
            *past, later = _drawn(ended, closed, random)
            won = sum(case.won for case in past)
            history = History(won, (closed - won,), ())
            chance = Chances([table], history).entry(0)
            plain.append((chance, later.won))
            fixed.append((table.probability, later.won))
            often.append((frequency(history, 0), later.won))
            naive.append((_by_attributes(past, later), later.won))
        name = f"Maven Brier of a new deal, {closed} closed"
        bound = brier(naive)
        told = f"by agent, product and account {bound:.3f}"
        yield Line(name, brier(plain), brier(fixed), brier(often), most=bound, beside=told)


def _drawn(ended: Sequence[Case], closed: int, random: Random) -> list[Case]:
    """Return so many closed deals and, last, one that was opened after they were closed."""
    while True:
        later = random.choice(ended)
        past = [case for case in ended if case.events[-1].on < later.events[0].on]
        if len(past) >= closed:
            return [*random.sample(past, closed), later]


def _by_attributes(past: Sequence[Case], case: Case) -> float:
    """Return the chance by naive Bayes, as Odoo does it (forecast reference, section 1)."""
    scores = []
    for won in (True, False):
        same = [each.about for each in past if each.won is won]
        score = (len(same) + 0.1) / (len(past) + 0.2)
        for place, value in enumerate(case.about):
            score *= (sum(about[place] == value for about in same) + 0.1) / (len(same) + 0.2)
        scores.append(score)
    return scores[0] / sum(scores)
