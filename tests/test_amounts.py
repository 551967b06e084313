"""Amounts as they are typed, kept and written: exact integers of a currency's minor unit."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from conftest import Office
from hypothesis import given
from hypothesis import strategies as st

from funnelcli.domain.money import (
    MOST,
    exponent,
    format_amount,
    major,
    parse_amount,
    weighted,
)
from funnelcli.errors import UsageFault

DECIMALS = {"CNY": 2, "USD": 2, "EUR": 2, "TWD": 2, "JPY": 0, "KRW": 0, "VND": 0, "KWD": 3}

amounts = st.integers(0, MOST)
currencies = st.sampled_from(sorted(DECIMALS))


@pytest.mark.parametrize(
    ("word", "yuan"),
    [
        ("0", 0),
        ("7", 7),
        ("1200000", 1_200_000),
        ("1,200,000", 1_200_000),
        ("1,200,000.00", 1_200_000),
        ("999,999", 999_999),
        ("1.2m", 1_200_000),
        ("1.2M", 1_200_000),
        ("1.2 m", 1_200_000),
        ("450k", 450_000),
        ("450K", 450_000),
        ("120万", 1_200_000),
        ("120萬", 1_200_000),
        ("120 万", 1_200_000),
        ("1.2亿", 120_000_000),
        ("1.2億", 120_000_000),
        ("3千万", 30_000_000),
        ("5百万", 5_000_000),
        ("2bn", 2_000_000_000),
        ("１２０万", 1_200_000),
        ("１，２００，０００", 1_200_000),
        ("  1200000  ", 1_200_000),
        ("0.5", Decimal("0.5")),
        ("12.34", Decimal("12.34")),
        ("1.2345万", 12_345),
        ("0.000001亿", 100),
        ("1.23456k", Decimal("1234.56")),
    ],
)
def test_an_amount_is_read_as_people_type_it(word: str, yuan: Decimal | int) -> None:
    assert parse_amount(word, "CNY") == yuan * 100


@pytest.mark.parametrize(
    "word",
    [
        *("", " ", "abc", "m", "万", ".", ",", "-", "none", "nan", "inf", "-inf"),
        *("-5", "+5", "1-2", "--5", "(5)", "−5"),
        *("12,34", "1,2,3", "1,20,000", "1,2000", ",100", "100,", "1,000,00"),
        *("1.", ".5", "1.2.3", "1.200.000", "1.234,56", "1 200 000", "1'200'000"),
        *("1e6", "1_000", "0x10", "1/2", "10%", "½"),
        *("1.2x", "1.2mm", "1.2 m m", "12万万", "¥100", "$100", "100 USD", "100元"),
    ],
)
def test_what_is_no_certain_amount_is_refused_by_its_own_word(word: str) -> None:
    with pytest.raises(UsageFault, match="is not an amount") as refused:
        parse_amount(word, "CNY")
    assert str(refused.value).startswith(repr(word))


@pytest.mark.parametrize(
    ("word", "currency"),
    [
        ("1.005", "CNY"),
        ("0.001", "USD"),
        ("100.5", "JPY"),
        ("0.1", "KRW"),
        ("1.2345", "KWD"),
        ("1.2345678k", "CNY"),
        ("1." + "0" * 40 + "1", "CNY"),
        ("1000000000000.0000000000000000001", "CNY"),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused_never_rounded(
    word: str, currency: str
) -> None:
    with pytest.raises(UsageFault, match=f"more decimals than {currency} has"):
        parse_amount(word, currency)


@pytest.mark.parametrize(
    ("word", "currency", "minor"),
    [
        ("1200", "JPY", 1_200),
        ("1.2m", "JPY", 1_200_000),
        ("0.5k", "KRW", 500),
        ("100.0", "JPY", 100),
        ("1.234", "KWD", 1_234),
        ("1.2m", "KWD", 1_200_000_000),
        ("0.5", "BHD", 500),
    ],
)
def test_a_currency_has_its_own_number_of_decimals(word: str, currency: str, minor: int) -> None:
    assert parse_amount(word, currency) == minor


@pytest.mark.parametrize(("currency", "decimals"), DECIMALS.items())
def test_two_decimals_unless_iso_4217_says_otherwise(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (0, "CNY", "0"),
        (120_000_000, "CNY", "1,200,000"),
        (120_000_050, "CNY", "1,200,000.50"),
        (5, "CNY", "0.05"),
        (1_200, "JPY", "1,200"),
        (1_234, "KWD", "1.234"),
        (1_000, "KWD", "1"),
    ],
)
def test_an_amount_is_shown_grouped_with_decimals_only_where_there_are_some(
    minor: int, currency: str, shown: str
) -> None:
    assert format_amount(minor, currency) == shown


@given(amounts, currencies)
def test_an_amount_that_is_shown_reads_back_as_itself(minor: int, currency: str) -> None:
    assert parse_amount(format_amount(minor, currency), currency) == minor


@given(amounts, currencies)
def test_an_amount_in_major_units_is_exact_and_reads_back(minor: int, currency: str) -> None:
    value = major(minor, currency)
    assert value * 10 ** DECIMALS[currency] == minor
    assert parse_amount(f"{value:f}", currency) == minor


@given(st.integers(0, 10**7), st.sampled_from([("k", 3), ("万", 4), ("m", 6), ("亿", 8)]))
def test_a_word_for_a_factor_stands_for_its_zeros(count: int, factor: tuple[str, int]) -> None:
    word, zeros = factor
    if count * 10 ** (zeros + 2) <= MOST:
        assert parse_amount(f"{count}{word}", "CNY") == int(f"{count}{'0' * (zeros + 2)}")


@given(amounts, st.integers(0, 10_000))
def test_weighted_is_amount_times_probability_rounded_half_up(minor: int, points: int) -> None:
    exact = Decimal(minor) * points / 10_000
    assert weighted(minor, points) == exact.quantize(Decimal(1), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("minor", "percent", "expected"),
    [(1, 50, 1), (3, 50, 2), (5, 10, 1), (4, 10, 0), (15, 10, 2), (25, 10, 3), (333, 0, 0)],
)
def test_a_half_goes_up_and_not_to_the_even(minor: int, percent: int, expected: int) -> None:
    assert weighted(minor, percent * 100) == expected


def test_the_largest_amount_is_a_trillion_and_weighted_still_fits_64_bits() -> None:
    assert parse_amount("1,000,000,000,000", "CNY") == MOST
    assert MOST * 10_000 + 5_000 < 2**63
    for word in ("1,000,000,000,000.01", "10001亿", "9" * 40, "9" * 40 + "亿"):
        with pytest.raises(UsageFault, match="too large; the most is 1,000,000,000,000"):
            parse_amount(word, "CNY")


@pytest.mark.parametrize("word", ["1.2m", "120万", "1,200,000", "1200000", "0.012亿"])
def test_the_command_line_takes_every_way_of_writing(office: Office, word: str) -> None:
    office.does("deal", "add", "Ark", "--amount", word)
    assert office.deal("Ark")["amount"] == 1_200_000


def test_an_impossible_amount_exits_2_and_adds_no_deal(office: Office) -> None:
    ran = office("deal", "add", "Ark", "--amount", "1,20,000")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "funnelcli: '1,20,000' is not an amount; write 1200000, 1,200,000, 1.2m or 120万.\n"
    )
    assert office.asks("deal", "list")["rows"] == []


def test_every_screen_adds_the_rounded_weighted_amounts(office: Office) -> None:
    for name in ("One", "Two", "Three"):
        office.does("deal", "add", name, "--amount", "0.05")
    (row,) = [r for r in office.asks("funnel")["rows"] if r["stage"] == "opportunity"]
    assert row["weighted_amount"] == 0.03  # 10 % of 0.05 is 0.005, rounded up to 0.01, three times
    assert office.asks("funnel")["totals"]["weighted_amount"] == 0.03
    assert [office.deal(name)["weighted_amount"] for name in ("One", "Two", "Three")] == [0.01] * 3
