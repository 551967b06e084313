"""What holds for any segments: chance is not taken for a difference, and differences are found."""

from __future__ import annotations

from math import erfc, inf, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelcli.domain.intervals import incomplete_beta
from funnelcli.domain.segments import Comparison, Segment, compare
from funnelcli.views.segments import verdict

fates = st.tuples(st.integers(0, 400), st.integers(0, 400))


def compared(counts: list[tuple[int, int]]) -> tuple[list[Segment], Comparison]:
    found = [Segment(str(n), each[0] + each[1], *each) for n, each in enumerate(counts)]
    return found, compare(found)


@given(st.lists(fates, max_size=12))
def test_what_to_count_on_lies_between_a_segments_own_rate_and_that_of_all(
    counts: list[tuple[int, int]],
) -> None:
    found, together = compared(counts)
    for segment in found:
        own, base, told = segment.rate, together.base, together.adjusted(segment)
        if own is None or base is None:
            assert told == base
            continue
        assert told is not None
        assert 0 < told < 1
        assert min(own, base) - 1e-12 <= told <= max(own, base) + 1e-12
        assert together.apart or told == base
        ends = together.interval(segment)
        assert ends is not None
        assert 0 < ends[0] < ends[1] < 1
    assert 0 <= (together.p_value or 0) <= 1


@given(st.lists(fates, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_segments_says_nothing(counts: list[tuple[int, int]], random: Random) -> None:
    mixed = random.sample(counts, len(counts))
    one, other = compared(counts)[1], compared(mixed)[1]
    assert one.p_value == (None if other.p_value is None else pytest.approx(other.p_value))
    assert one.weight == pytest.approx(other.weight)


@given(st.integers(5, 300), st.integers(5, 300), st.integers(5, 300), st.integers(5, 300))
def test_of_two_segments_the_test_is_that_of_a_fourfold_table(
    a: int, b: int, c: int, d: int
) -> None:
    _, together = compared([(a, b), (c, d)])
    n = a + b + c + d
    if min((a + b), (c + d)) * min(a + c, b + d) < 5 * n:
        assert together.p_value is None
        return
    statistic = n * (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
    assert together.p_value == pytest.approx(erfc(sqrt(statistic / 2)), rel=1e-6, abs=1e-12)


def drawn(random: Random, sizes: list[int], rates: list[float]) -> list[tuple[int, int]]:
    """Return how many of each segment were won and lost, by lot."""
    wins = [
        sum(random.random() < rate for _ in range(n)) for n, rate in zip(sizes, rates, strict=True)
    ]
    return [(won, n - won) for won, n in zip(wins, sizes, strict=True)]


def test_chance_alone_is_taken_for_a_difference_once_in_twenty_times() -> None:
    random, taken = Random(7), 0
    sizes = [3, 4, 6, 8, 12, 20, 30, 45, 80, 120]
    for _ in range(1_000):
        taken += compared(drawn(random, sizes, [0.3] * len(sizes)))[1].apart
    assert 25 <= taken <= 75


def test_how_far_segments_lie_apart_is_found_again() -> None:
    random, found = Random(11), []
    for _ in range(60):
        rates = [random.betavariate(8, 12) for _ in range(40)]  # as if each knew 20 deals before
        found.append(compared(drawn(random, [60] * 40, rates))[1].weight)
    assert 17 < sorted(found)[30] < 24


def test_counting_on_the_adjusted_rate_errs_less_than_on_the_own_or_on_that_of_all() -> None:
    random, errors = Random(3), {"own": 0.0, "base": 0.0, "adjusted": 0.0}
    for _ in range(80):
        rates = [random.betavariate(6, 6) for _ in range(20)]
        found, together = compared(drawn(random, [30] * 20, rates))
        for segment, rate in zip(found, rates, strict=True):
            told = {"own": segment.rate, "base": together.base}
            told["adjusted"] = together.adjusted(segment)
            for name, value in told.items():
                assert value is not None
                errors[name] += (value - rate) ** 2
    assert errors["adjusted"] < 0.9 * min(errors["own"], errors["base"])


def test_the_range_holds_the_true_rate_four_times_in_five() -> None:
    random, held, tried = Random(5), 0, 0
    for _ in range(400):
        rates = [random.uniform(0.05, 0.95) for _ in range(8)]
        found, together = compared(drawn(random, [5, 6, 8, 10, 15, 25, 40, 80], rates))
        for segment, rate in zip(found, rates, strict=True):
            ends = together.interval(segment)
            assert ends is not None
            held, tried = held + (ends[0] <= rate <= ends[1]), tried + 1
    assert 0.77 < held / tried < 0.84


def test_the_range_is_that_of_two_more_deals() -> None:
    found, together = compared([(6, 4), (14, 16)])  # half of all are won, so of the two as well
    ends = together.interval(found[0])
    assert ends is not None
    assert [incomplete_beta(end, 7, 5) for end in ends] == pytest.approx([0.1, 0.9], abs=1e-6)


def test_without_a_difference_the_rate_of_all_outweighs_everything() -> None:
    assert compared([(50, 50), (50, 50)])[1].weight == inf
    assert compared([(500, 0), (0, 500)])[1].weight == 2


def test_a_range_within_one_percent_is_told_as_one_figure() -> None:
    found, together = compared([(60_000, 40_000), (40_000, 60_000)])
    said = "Source tells deals apart (p < 0.001, 200,000 closed): 0 60 %, 1 40 %."
    assert verdict(found, together, "source") == said
