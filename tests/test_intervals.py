"""Intervals and tests of shares, held against values that were worked out by other ways."""

from __future__ import annotations

from fractions import Fraction
from math import comb, erfc, exp, factorial, fsum, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funnelcli.domain.intervals import (
    beta_interval,
    beta_quantile,
    chi_squared_tail,
    incomplete_beta,
)

CLOSE = 1e-6
shares = st.floats(0.001, 0.999)
parameters = st.floats(-2, 6).map(lambda power: 10**power)
counts = st.integers(1, 60)


def at_least(won: int, n: int, p: Fraction) -> Fraction:
    """Return the chance of at least `won` of `n`, each won with chance `p`, added up exactly."""
    return sum(
        (comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(won, n + 1)), start=Fraction(0)
    )


# The incomplete beta function


@pytest.mark.parametrize("x", [0.0, 1e-9, 0.2, 0.5, 0.9, 1.0])
def test_the_incomplete_beta_is_known_where_a_parameter_is_one(x: float) -> None:
    assert incomplete_beta(x, 1, 1) == pytest.approx(x)
    assert incomplete_beta(x, 3.5, 1) == pytest.approx(x**3.5)
    assert incomplete_beta(x, 1, 2.5) == pytest.approx(1 - (1 - x) ** 2.5)


@given(counts, counts, st.integers(1, 99))
def test_the_incomplete_beta_is_the_tail_of_a_binomial(won: int, lost: int, percent: int) -> None:
    p = Fraction(percent, 100)  # I_p(a, n − a + 1) = P(at least a of n), DLMF 8.17.5
    exact = float(at_least(won, won + lost - 1, p))
    assert incomplete_beta(float(p), won, lost) == pytest.approx(exact, rel=1e-9, abs=1e-12)


@given(shares, parameters, parameters)
def test_the_incomplete_beta_is_the_same_from_the_other_side(x: float, a: float, b: float) -> None:
    assert incomplete_beta(x, a, b) + incomplete_beta(1 - x, b, a) == pytest.approx(1)


# Intervals


def test_intervals_are_known_where_the_distribution_is_simple() -> None:
    assert beta_interval(1, 1) == pytest.approx((0.1, 0.9), abs=CLOSE)
    assert beta_interval(1, 1, 0.5) == pytest.approx((0.25, 0.75), abs=CLOSE)
    assert beta_interval(2, 1) == pytest.approx((sqrt(0.1), sqrt(0.9)), abs=CLOSE)
    assert beta_interval(1, 2) == pytest.approx((1 - sqrt(0.9), 1 - sqrt(0.1)), abs=CLOSE)
    assert beta_interval(0.01, 1) == pytest.approx((0.1**100, 0.9**100), abs=CLOSE)
    assert beta_interval(1e6, 1) == pytest.approx((0.1**1e-6, 0.9**1e-6), abs=CLOSE)


def test_the_interval_of_many_is_nearly_that_of_a_normal_distribution() -> None:
    low, high = beta_interval(1e6, 1e6)
    deviation = sqrt(0.25 / 2e6)
    assert low == pytest.approx(0.5 - 1.2815516 * deviation, abs=CLOSE)
    assert high == pytest.approx(0.5 + 1.2815516 * deviation, abs=CLOSE)


@given(shares, parameters, parameters)
def test_a_quantile_is_where_the_chance_is_that(p: float, a: float, b: float) -> None:
    x = beta_quantile(p, a, b)
    assert 0 < x < 1
    assert incomplete_beta(max(0, x - CLOSE), a, b) <= p <= incomplete_beta(min(1, x + CLOSE), a, b)


@given(shares, shares, parameters, parameters)
def test_quantiles_stand_in_the_order_of_their_chances(
    p: float, q: float, a: float, b: float
) -> None:
    assume(p < q)
    assert beta_quantile(p, a, b) <= beta_quantile(q, a, b) + CLOSE


@given(parameters, parameters)
def test_an_interval_mirrors_that_of_the_opposite(a: float, b: float) -> None:
    low, high = beta_interval(a, b)
    assert beta_interval(b, a) == pytest.approx((1 - high, 1 - low), abs=CLOSE)


@given(st.floats(0.05, 0.95), st.floats(0.5, 1e4), st.floats(0.5, 1e4))
def test_an_interval_holds_its_share(share: float, a: float, b: float) -> None:
    low, high = beta_interval(a, b, share)
    held = incomplete_beta(high, a, b) - incomplete_beta(low, a, b)
    assert held == pytest.approx(share, abs=1e-3)


@given(st.integers(0, 30), st.integers(1, 30))
def test_more_wins_raise_both_ends_and_more_deals_draw_them_together(won: int, lost: int) -> None:
    low, high = beta_interval(won + 1, lost + 1)
    assert beta_interval(won + 2, lost + 1) > (low, high)
    wide, narrow = high - low, beta_interval(10 * won + 10, 10 * lost + 10)
    assert narrow[1] - narrow[0] < wide


# Chi-squared


@pytest.mark.parametrize("x", [1e-9, 0.1, 1.0, 3.0, 7.5, 30.0, 400.0])
def test_the_tail_of_chi_squared_is_known_for_few_degrees(x: float) -> None:
    assert chi_squared_tail(x, 1) == pytest.approx(erfc(sqrt(x / 2)))
    assert chi_squared_tail(x, 2) == pytest.approx(exp(-x / 2))
    assert chi_squared_tail(x, 4) == pytest.approx(exp(-x / 2) * (1 + x / 2))


@given(st.floats(0.01, 200), st.integers(1, 60))
def test_of_even_degrees_it_is_a_sum_of_poissons(x: float, half: int) -> None:
    chances = [exp(-x / 2) * (x / 2) ** k / factorial(k) for k in range(half)]  # DLMF 8.4.10
    assert chi_squared_tail(x, 2 * half) == pytest.approx(fsum(chances), rel=1e-9, abs=1e-12)


def test_its_ends_are_certain() -> None:
    assert chi_squared_tail(0, 3) == 1
    assert chi_squared_tail(1e9, 3) == 0
    assert chi_squared_tail(float("inf"), 3) == 0


@given(st.floats(0, 5_000), st.floats(0, 5_000), st.integers(1, 5_000))
def test_it_falls_as_the_value_rises(x: float, y: float, degrees: int) -> None:
    assume(x < y)
    assert chi_squared_tail(x, degrees) >= chi_squared_tail(y, degrees) - 1e-9
