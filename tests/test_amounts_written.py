"""Amounts of other currencies: as many decimals as the currency has, and exact."""

from __future__ import annotations

import re
from decimal import Decimal

from conftest import Office


def in_currency(bare: Office, currency: str, *amounts: str) -> Office:
    """Return an office in that currency with a deal at 10 % for each amount."""
    bare.does("init", "--currency", currency, "--timezone", "Asia/Tokyo", "--manager", "Aoki")
    for number, amount in enumerate(amounts, 1):
        bare.does("deal", "add", f"Deal {number}", "--amount", amount)
    return bare


def test_yen_have_no_decimals(bare):
    office = in_currency(bare, "JPY", "1235", "1.2億")
    text = office.does("deal", "list", "-f", "json")
    assert re.findall(r'"(?:weighted_)?amount": ([^,]+),', text) == [
        *("1235", "124"),
        *("120000000", "12000000"),
    ]
    refused = office("deal", "add", "half a yen", "--amount", "12.5")
    assert refused.code == 2
    assert "12.5" in refused.err


def test_dinars_have_three_decimals(bare):
    office = in_currency(bare, "KWD", "12.345", "0.001", "7")
    text = office.does("deal", "list", "-f", "json")
    # 12.345 x 10 % = 1.2345 and 0.001 x 10 % = 0.0001: half up to the fils.
    pairs = re.findall(r'"(?:weighted_)?amount": ([^,]+),', text)
    assert [Decimal(each) for each in pairs] == [
        *(Decimal("12.345"), Decimal("1.235")),
        *(Decimal("0.001"), Decimal(0)),
        *(Decimal(7), Decimal("0.7")),
    ]
    assert "12.345" in office.does("deal", "list")
