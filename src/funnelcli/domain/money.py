"""Money: integers of a currency's minor unit; words like `1.2m` and `120万` on the way in."""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal

from funnelcli.domain.text import shown
from funnelcli.errors import UsageFault
from funnelcli.wording import said

MOST = 10**14
"""The largest amount, in minor units: weighted by basis points it still fits 64 bits."""

_EXPONENTS = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
"""ISO 4217 currencies whose minor unit is not the hundredth."""

_LONGEST = 100
"""Characters of the longest word that is looked at for an amount."""
_FACTORS = {
    "": 1,
    "k": 10**3,
    "千": 10**3,
    "w": 10**4,
    "万": 10**4,
    "萬": 10**4,
    "m": 10**6,
    "百万": 10**6,
    "百萬": 10**6,
    "千万": 10**7,
    "千萬": 10**7,
    "亿": 10**8,
    "億": 10**8,
    "bn": 10**9,
    "b": 10**9,
}
_AMOUNT = r"(?a)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*([^\d\s.,+-]*)"


CURRENCY_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"),
    "¥": ("CNY", "JPY"),
    "￥": ("CNY", "JPY"),
    "₹": ("INR",),
    "₩": ("KRW",),
}
"""Signs that tables put beside amounts, and the currencies that each may mean."""


def exponent(currency: str) -> int:
    """Return how many decimals `currency` has: 2 unless ISO 4217 says otherwise."""
    return _EXPONENTS.get(currency, 2)


def parse_amount(word: str, currency: str) -> int:
    """Return the minor units that `word` means; raises UsageFault when it is no exact amount."""
    if len(word) > _LONGEST:
        message = said("{word} is too long for an amount.", word=shown(word))
        raise UsageFault(message)
    match = re.fullmatch(_AMOUNT, unicodedata.normalize("NFKC", word).strip().lower())
    if match is None or match[3] not in _FACTORS:
        message = said(
            "{word!r} is not an amount; write 1200000, 1,200,000, 1.2m or 120万.", word=word
        )
        raise UsageFault(message)
    typed = Decimal(match[1].replace(",", "") + (match[2] or ""))
    exact = Context(prec=len(word) + 20)
    minor = exact.scaleb(exact.multiply(typed, _FACTORS[match[3]]), exponent(currency))
    if minor != minor.to_integral_value():
        message = said(
            "{word!r} has more decimals than {currency} has.", word=word, currency=currency
        )
        raise UsageFault(message)
    if minor > MOST:
        message = said(
            "{word!r} is too large; the most is {most}.",
            word=word,
            most=format_amount(MOST, currency),
        )
        raise UsageFault(message)
    return int(minor)


def major(minor: int, currency: str) -> Decimal:
    """Return the exact amount in major units, without trailing zeros: 12.5, 1200000."""
    decimals = exponent(currency)
    whole, rest = divmod(minor, 10**decimals)
    return Decimal(minor).scaleb(-decimals) if rest else Decimal(whole)


def format_amount(minor: int, currency: str) -> str:
    """Return the amount for people: grouped by thousands, decimals only where there are some."""
    return f"{major(minor, currency):,f}"


def about(minor: int, currency: str) -> str:
    """Return the amount for people to three figures, which is as far as an estimate goes."""
    cut = max(0, len(str(abs(minor))) - 3)
    return format_amount(round(minor, -cut), currency)


def weighted(minor: int, basis_points: int) -> int:
    """Return amount × win probability, rounded half-up to the minor unit."""
    return (minor * basis_points + 5_000) // 10_000
