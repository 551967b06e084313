"""The forecast's formulas, against figures counted by hand or by a slower way."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb, exp, isclose, log, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelcli.domain.forecast import Chances, Step, explained, frequency, halved
from funnelcli.domain.limits import learned_limit
from funnelcli.domain.outlook import EXACT, outlook
from funnelcli.domain.planning import ADDED, Opportunity, needed
from funnelcli.domain.scores import Told, brier, calibration_error, log_loss
from funnelcli.domain.stays import Curve, Exit, History, Stay
from funnelcli.domain.time import EVERY_DAY, Calendar, Pause, days_stayed

NOTHING = History(0, (0, 0, 0))
STEPS = (Step("Lead", 0.1, 14), Step("Proposal", 0.4, 21), Step("Terms", 0.8, 10))

exits = st.sampled_from(list(Exit))
stays = st.builds(
    Stay,
    position=st.integers(0, 2),
    days=st.none() | st.integers(0, 60),
    exit=exits,
    days_to_win=st.none() | st.integers(60, 200),
    times=st.integers(1, 5),
)
histories = st.builds(
    History,
    won=st.integers(0, 200),
    lost=st.tuples(*[st.integers(0, 200)] * 3),
    stays=st.lists(stays, max_size=30).map(tuple),
)
declared = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted)
parts = st.lists(st.tuples(st.floats(0.01, 0.99), st.integers(1, 10**9)), max_size=12)


def a_stay(days: int, end: str, times: int = 1, to_win: int | None = None) -> Stay:
    return Stay(0, days, Exit(end), to_win, times)


def test_a_new_deals_chance_is_the_share_won_drawn_towards_the_declared_one() -> None:
    chances = Chances(STEPS, History(3, (4, 2, 1)))
    assert chances.entry(0) == (3 + 10 * 0.1) / (10 + 10)
    assert chances.entry(1) == (3 + 10 * 0.4) / (6 + 10)
    assert chances.entry(2) == (3 + 10 * 0.8) / (4 + 10)
    assert chances.entry(3) == 1


def test_without_history_the_declared_chances_are_what_is_told() -> None:
    chances = Chances(STEPS, NOTHING)
    for position, step in enumerate(STEPS):
        assert chances.win(position, 0).probability == pytest.approx(step.probability)
        assert chances.win(position, None).probability == pytest.approx(step.probability)


@given(history=histories, table=declared)
def test_later_stages_never_have_the_lesser_chance(history: History, table: list[float]) -> None:
    chances = Chances([Step("", c, 10) for c in table], history)
    entries = [chances.entry(position) for position in range(4)]
    assert all(a <= b + 1e-12 for a, b in pairwise(entries))


@given(history=histories, table=declared, position=st.integers(0, 2), days=st.integers(0, 90))
def test_every_chance_is_one_and_no_certainty_that_nobody_declared(
    history: History, table: list[float], position: int, days: int
) -> None:
    chances = Chances([Step("", c, 10) for c in table], history)
    chance = chances.win(position, days).probability
    assert 0 <= chance <= 1
    if table[0] > 0.001 and table[-1] < 0.999:
        assert 0 < chance < 1
    timely = [chances.within(position, days, horizon) for horizon in (0, 1, 10, 100, 10_000)]
    assert timely == sorted(timely)
    assert timely[0] == 0
    assert timely[-1] <= chance + 1e-12


@given(days=st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40))
def test_where_every_stay_has_ended_the_curve_is_a_plain_share(
    days: list[tuple[int, bool]],
) -> None:
    curve = Curve([a_stay(d, "advanced" if moved else "lost") for d, moved in days])
    for day in range(32):
        longer = [moved for d, moved in days if d > day]
        assert curve.longer(day) == len(longer)
        share = sum(longer) / len(longer) if longer else 0
        assert curve.advances_after(day) == pytest.approx(share, abs=1e-9)


def test_stays_that_go_on_count_as_long_as_they_lasted() -> None:
    """Day 1: of 10, one advances; day 2: of 9, two are lost and three go on; day 5: of 4, two."""
    curve = Curve(
        [
            a_stay(1, "advanced"),
            a_stay(2, "lost", 2),
            a_stay(2, "still_here", 2),
            a_stay(2, "moved_back"),
            a_stay(5, "advanced", 2),
            a_stay(9, "lost", 2),
        ]
    )
    first = Fraction(1, 10)
    staying = (1 - first) * (1 - Fraction(2, 9))
    last = staying * Fraction(2, 4)
    assert curve.stays == 10
    assert curve.advances_after(0) == pytest.approx(float(first + last))
    assert curve.advances_after(1) == pytest.approx(float(last / (1 - first)))
    assert curve.advances_after(2) == pytest.approx(float(Fraction(2, 4)))
    assert curve.advances_after(5) == 0
    assert [curve.longer(day) for day in (0, 1, 2, 5, 9)] == [10, 9, 4, 2, 0]


@given(chance=st.floats(0.01, 0.99), limit=st.integers(1, 100))
def test_past_its_limit_the_odds_halve_with_each_further_limit(chance: float, limit: int) -> None:
    odds = chance / (1 - chance)
    assert halved(chance, limit, limit) == pytest.approx(chance)
    for times in (1, 2, 5):
        late = halved(chance, limit * (times + 1), limit)
        assert late / (1 - late) == pytest.approx(odds / 2**times)
    assert halved(chance, 10_000, None) == pytest.approx(chance)


def test_age_and_history_meet_as_the_reference_says() -> None:
    """Proposal, day 34, limit 21: 18 longer stays, of which 6 moved on."""
    stays = [
        Stay(1, 40, Exit.ADVANCED, None, 6),
        Stay(1, 50, Exit.LOST, None, 12),
        Stay(1, 3, Exit.LOST, None, 20),
    ]
    history = History(20, (30, 25, 5), tuple(stays))
    chances = Chances(STEPS, history)
    at_terms, at_proposal = (20 + 8) / (25 + 10), (20 + 4) / (50 + 10)
    fresh = at_proposal / at_terms
    odds = fresh / (1 - fresh) * 0.5 ** (34 / 21 - 1)
    aged = odds / (1 + odds)
    moves = (18 * (6 / 18) + 5 * aged) / (18 + 5)
    chance = chances.win(1, 34)
    assert chance.probability == pytest.approx(moves * at_terms)
    assert (chance.n, chance.known, chance.advances) == (18, 18, pytest.approx(6 / 18))
    assert explained(STEPS[1], 34, chance) == (
        f"{100 * moves * at_terms:.0f} %: Proposal, day 34 (limit 21); "
        "of 18 stays that long an estimated 33 % moved on; then 80 % win."
    )


def test_stays_that_go_on_say_nothing_while_none_has_ended() -> None:
    """Forty open deals of a file that is new: each has the declared chance, whatever its age."""
    stays = [a_stay(n % 20, "still_here") for n in range(40)]
    chances = Chances([Step("Lead", 0.4, 30)], History(0, (0,), tuple(stays)))
    for day in range(25):
        assert chances.win(0, day).probability == pytest.approx(0.4)
    assert "no stay that long has ended yet" in explained(chances.steps[0], 3, chances.win(0, 3))


def test_what_goes_on_counts_by_how_many_have_ended() -> None:
    """Six of ten have ended, so that four that go on count as 2.4: on day 5, of 2 and 2.4."""
    ended = [a_stay(2, "advanced", 3), a_stay(4, "lost"), a_stay(9, "lost", 2)]
    curve = Curve([*ended, a_stay(12, "still_here", 4)])
    assert curve.weight(5) == pytest.approx(2 + 0.6 * 4)
    assert curve.weight(10) == pytest.approx(0.6 * 4)
    assert (curve.longer(5), curve.last_end) == (6, 9)
    assert Curve([]).last_end is None


def test_no_deal_gains_by_waiting_longer_than_any_that_has_ended() -> None:
    ended = [a_stay(3, "advanced", 20), a_stay(8, "lost", 20)]
    history = History(20, (20,), (*ended, a_stay(40, "still_here", 30)))
    chances = Chances([Step("Lead", 0.4, 30)], history)
    late = [chances.win(0, day).probability for day in range(8, 60)]
    assert all(a >= b for a, b in pairwise(late))
    told = explained(chances.steps[0], 50, chances.win(0, 50))
    assert "no stay as long has ended yet, the longest took 8 days" in told


def test_how_soon_winners_close_is_learned_from_those_that_were_still_there() -> None:
    """At day 5, three past winners were still there; two closed within the next 20 days."""
    stays = [
        a_stay(3, "advanced", to_win=10),
        a_stay(6, "advanced", to_win=25),
        a_stay(8, "advanced", to_win=20),
        a_stay(30, "advanced", to_win=60),
        a_stay(30, "lost"),
    ]
    chances = Chances(STEPS, History(4, (1, 0, 0), tuple(stays)))
    ahead = (14 + 21 + 10) / 1.4
    guess = 1 - exp(-((20 / (0.8 * ahead)) ** 1.5))
    assert chances.timely(0, 5, 20) == pytest.approx((2 + 5 * guess) / (3 + 5))
    assert chances.timely(0, 40, 20) == pytest.approx(guess)
    assert chances.timely(0, 5, 0) == 0


def test_the_frequency_formula_is_that_of_sold_systems() -> None:
    assert frequency(History(3, (4, 2, 1)), 1) == pytest.approx(3.1 / 6.2)


spans = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


@given(stay=spans, stopped=st.lists(spans, max_size=4), working=st.booleans())
def test_days_stayed_are_those_in_no_pause(
    stay: list[int], stopped: list[list[int]], working: bool
) -> None:
    begin = date(2026, 10, 1)
    calendar = Calendar(frozenset(range(5))) if working else EVERY_DAY

    def day(n: int) -> date:
        return begin + timedelta(days=n)

    kept = set(range(stay[0] + 1, stay[1] + 1)) - {
        n for a, b in stopped for n in range(a + 1, b + 1)
    }
    counted = sum(not working or day(n).weekday() < 5 for n in kept)
    paused = [Pause(day(a), day(b)) for a, b in stopped]
    assert days_stayed(day(stay[0]), day(stay[1]), paused, calendar) == counted


def test_a_limit_is_learned_from_the_stays_that_moved_on() -> None:
    """Four in five have moved on by the end of day 7."""
    curve = Curve(
        [
            a_stay(2, "advanced", 3),
            a_stay(7, "advanced"),
            a_stay(20, "advanced"),
            a_stay(90, "lost"),
        ]
    )
    assert curve.day_passed_by(0.8) == 7
    found = learned_limit(curve, 21)
    assert found.n == 5
    assert found.days == round(exp((5 * log(7) + 5 * log(21)) / 10))
    assert learned_limit(curve, None).days == 7
    assert learned_limit(Curve([]), 21) == (21, 0)
    assert learned_limit(Curve([a_stay(2, "advanced", 4)]), None) == (None, 4)
    assert learned_limit(Curve([a_stay(0, "advanced", 400)]), 3).days == 1


def by_enumeration(found: list[tuple[float, int]], spread: float) -> dict[int, float]:
    """Return how likely each sum is, all outcomes told one by one under each shock."""
    far, near = sqrt(5 + sqrt(10)), sqrt(5 - sqrt(10))
    weights = {0.0: 8 / 15, near: (7 + 2 * sqrt(10)) / 60, far: (7 - 2 * sqrt(10)) / 60}
    sums: Counter[int] = Counter()
    for node, weight in [(z * sign, w) for z, w in weights.items() for sign in (1, -1) if z] + [
        (0.0, weights[0.0])
    ]:
        chances = [
            1 / (1 + exp(-(log(p / (1 - p)) * sqrt(1 + pi * spread**2 / 8) + spread * node)))
            for p, _ in found
        ]
        for outcome in product((0, 1), repeat=len(found)):
            likely = weight
            for won, chance in zip(outcome, chances, strict=True):
                likely *= chance if won else 1 - chance
            sums[sum(a for won, (_, a) in zip(outcome, found, strict=True) if won)] += likely
    return sums


@given(found=parts, spread=st.sampled_from([0.0, 0.5, 0.65]))
def test_a_range_is_that_of_all_outcomes_told_one_by_one(
    found: list[tuple[float, int]], spread: float
) -> None:
    told = outlook(found, spread)
    assert told.mean == pytest.approx(sum(p * amount for p, amount in found))
    assert told.at_most[-1] == pytest.approx(1)
    likely = sorted(by_enumeration(found, spread).items())
    for share in (0.1, 0.5, 0.9):
        # Each deal may lie one step beside its place; between two far sums either is right.
        room = told.step * (len(found) + 1)
        quantile = told.quantile(share)
        below = sum(p for value, p in likely if value < quantile - room)
        up_to = sum(p for value, p in likely if value <= quantile + room)
        assert below <= share + 1e-9
        assert up_to >= share - 1e-9


def test_a_few_deals_come_to_sums_of_theirs_and_to_nothing_else() -> None:
    found = [(0.4, 2_400_000), (0.3, 954_321), (0.2, 7)]
    told = outlook(found)
    exact = sorted(
        {sum(amounts) for n in range(4) for amounts in combinations([a for _, a in found], n)}
    )
    assert list(told.sums) == exact
    assert told.step == 0


@given(found=parts, spread=st.sampled_from([0.0, 0.65, 1.1]))
def test_quantiles_stand_in_order_and_within_what_there_is(
    found: list[tuple[float, int]], spread: float
) -> None:
    told = outlook(found, spread)
    quantiles = [told.quantile(q / 20) for q in range(1, 20)]
    whole = sum(amount for _, amount in found)
    assert quantiles == sorted(quantiles)
    assert quantiles[0] >= 0
    assert quantiles[-1] <= whole + told.step * (len(found) + 1)


def test_the_sum_of_many_deals_is_as_likely_as_the_binomial_says() -> None:
    count = EXACT + 300
    told = outlook([(0.3, 1)] * count, spread=0.0)
    likely = [comb(count, k) * 0.3**k * 0.7 ** (count - k) for k in range(count + 1)]
    for share in (0.1, 0.5, 0.9):
        exact = next(k for k in range(count + 1) if sum(likely[: k + 1]) >= share)
        assert abs(told.quantile(share) - exact) <= 1


def test_no_deal_and_no_amount_come_to_nothing() -> None:
    for found in ([], [(0.5, 0)], [(0.0, 100)]):
        told = outlook(found)
        assert (told.mean, told.quantile(0.1), told.quantile(0.9)) == (0, 0, 0)


@given(chance=st.floats(0.05, 0.6), wins=st.integers(1, 6))
def test_a_plan_takes_the_least_number_of_new_ones_that_is_sure_enough(
    chance: float, wins: int
) -> None:
    new = Opportunity(chance, (100,) * 5)
    count = needed([], 100 * wins, new)
    assert count is not None

    def surely(n: int) -> float:
        far, near = sqrt(5 + sqrt(10)), sqrt(5 - sqrt(10))
        total = 0.0
        for node, weight in (
            (0.0, 8 / 15),
            *((s * near, (7 + 2 * sqrt(10)) / 60) for s in (1, -1)),
            *((s * far, (7 - 2 * sqrt(10)) / 60) for s in (1, -1)),
        ):
            p = 1 / (1 + exp(-(log(chance / (1 - chance)) * sqrt(1 + pi * 0.25 / 8) + 0.5 * node)))
            total += weight * sum(
                comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(wins, n + 1)
            )
        return total

    if count <= ADDED:
        # Amounts that lie between two steps are divided between them: one more may be asked for.
        assert surely(count) >= 0.8 - 0.02
        assert count < 2 or surely(count - 2) < 0.8


def test_open_deals_spare_new_ones_and_a_target_that_is_met_takes_none() -> None:
    new = Opportunity(0.25, (100, 200, 300, 400, 500))
    alone = needed([], 1_000, new)
    helped = needed([(0.6, 400), (0.6, 400)], 1_000, new)
    assert alone is not None
    assert helped is not None
    assert helped < alone
    assert needed([], 0, new) == 0
    assert needed([(0.99, 1_000)], 500, new) == 0
    assert needed([], 1_000, Opportunity(0.0, (100,))) is None
    assert needed([], 1_000, Opportunity(0.5, ())) is None


def test_many_new_ones_are_counted_too() -> None:
    new = Opportunity(0.1, (100,) * 5)
    few, many = needed([], 1_000, new), needed([], 30_000, new)
    assert few is not None
    assert many is not None
    assert few <= ADDED < many
    assert 3_000 < many < 7_000  # 300 wins at one in ten, and room for a bad year


def test_scores_are_counted_as_they_are_defined() -> None:
    told = [Told(0.9, True), Told(0.9, False), Told(0.2, False), Told(0.25, True)]
    assert brier(told) == pytest.approx((0.01 + 0.81 + 0.04 + 0.5625) / 4)
    right = log(0.9) + log(0.1) + log(0.8) + log(0.25)
    loss = log_loss(told)
    assert loss is not None
    assert isclose(loss, -right / 4)
    assert calibration_error(told) == pytest.approx((abs(1.8 - 1) + abs(0.45 - 1)) / 4)
    assert (brier([]), log_loss([]), calibration_error([])) == (None, None, None)
