"""Shares that were counted: the range in which they lie, and whether they differ beyond chance.

Formulas by their numbers in the NIST Digital Library of Mathematical Functions (dlmf.nist.gov).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from math import copysign, exp, inf, lgamma, log, log1p

SHARE = 0.8
"""The share of an interval, if nothing else is said: P10 to P90."""
_EXACT = 1e-9
"""How far a quantile may lie from the true one."""
_RELATIVE = 1e-15
_TINY = 1e-300
"""Stands for zero where one is divided by."""
_NEWTON = 12
"""Steps after which Newton's method has come close, or is of no use."""


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return I_x(a, b), the chance that a Beta(a, b) lies below `x`; both are positive.

    The continued fraction of DLMF 8.17.22, on the side where it converges quickly.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    front = exp(a * log(x) + b * log1p(-x) - _log_beta(a, b)) / a
    return min(1.0, front / _beta_fraction(x, a, b))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Return 1 + d₁/(1 + d₂/(1 + …)) by Lentz's method."""
    value, c, d = 1.0, 1.0, 0.0
    for n in count(1):
        m, odd = divmod(n, 2)
        if odd:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        c = 1 + term / c or _TINY
        d = 1 / (1 + term * d or _TINY)
        value *= c * d
        if abs(c * d - 1) < _RELATIVE:
            break
    return value


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return the x below which a Beta(a, b) lies with chance `p`, to within 1e-9.

    Newton's method inside a bracket that is halved where it leaves it, and at last at every step.
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    of_all = _log_beta(a, b)
    for step in count(1):
        above = incomplete_beta(x, a, b) - p
        low, high = (low, x) if above > 0 else (x, high)
        if high - low <= _EXACT:
            break
        slope = (a - 1) * log(x) + (b - 1) * log1p(-x) - of_all
        far = abs(above) * exp(min(-slope, log(1 / _EXACT)))
        x -= copysign(max(far, _EXACT / 2), above)
        if not low < x < high or step > _NEWTON:
            x = (low + high) / 2
    return (low + high) / 2


@lru_cache(maxsize=65_536)  # of thousands of customers, most have the same few counts
def beta_interval(won: float, lost: float, share: float = SHARE) -> tuple[float, float]:
    """Return the equal-tailed interval that holds `share` of a Beta(won, lost), both positive."""
    tail = (1 - share) / 2
    return beta_quantile(tail, won, lost), beta_quantile(1 - tail, won, lost)


def chi_squared_tail(x: float, degrees: int) -> float:
    """Return the chance that a chi-squared of so many degrees of freedom is at least `x`.

    Q(degrees/2, x/2): below its middle by the series of DLMF 8.7.1, else by the continued fraction
    of DLMF 8.9.2.
    """
    a, half = degrees / 2, x / 2
    if half <= 0:
        return 1.0
    if half == inf:
        return 0.0
    front = exp(a * log(half) - half - lgamma(a))
    if half < a + 1:
        return max(0.0, 1 - front * _gamma_series(a, half))
    return min(1.0, front / _gamma_fraction(a, half))


def _gamma_series(a: float, x: float) -> float:
    term = total = 1 / a
    for n in count(1):
        term *= x / (a + n)
        total += term
        if term < total * _RELATIVE:
            break
    return total


def _gamma_fraction(a: float, x: float) -> float:
    """Return x + 1 - a - 1(1 - a)/(x + 3 - a - …) by Lentz's method."""
    value = c = x + 1 - a
    d = 0.0
    for n in count(1):
        term, bottom = n * (a - n), x + 2 * n + 1 - a
        d = 1 / (term * d + bottom or _TINY)
        c = bottom + term / c or _TINY
        value *= c * d
        if abs(c * d - 1) < _RELATIVE:
            break
    return value
