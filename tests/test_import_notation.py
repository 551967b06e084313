"""Dates and amounts in a table: found from the whole column, or asked for; never guessed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import Office, Ran
from hypothesis import given
from hypothesis import strategies as st

from funnelcli.domain.notation import Column, Decimal, Order, Unclear, read_amount, read_moment
from funnelcli.errors import UsageFault

MAP = '[columns]\nid = "{id}"\nname = "{id}"\namount = "{amount}"\n'


def dated(office: Office, *cells: str, words: tuple[str, ...] = ()) -> Ran:
    """Import deals that were opened on these days."""
    rows = "".join(f'{n},Deal {n},"{cell}"\n' for n, cell in enumerate(cells))
    path = office.path.parent / "dates.csv"
    path.write_text(f"id,name,opened_on\n{rows}", encoding="utf-8")
    return office("import", "deals", str(path), *words)


def valued(office: Office, *cells: str, words: tuple[str, ...] = ()) -> Ran:
    """Import deals with these amounts, as another product writes them."""
    rows = "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))
    (office.path.parent / "sums.csv").write_text(f"id,amount\n{rows}", encoding="utf-8")
    (office.path.parent / "map.toml").write_text(MAP, encoding="utf-8")
    folder = office.path.parent
    return office("import", "deals", f"{folder}/sums.csv", "--map", f"{folder}/map.toml", *words)


def opened(office: Office) -> list[str]:
    return [row["opened_on"] for row in office.asks("deal", "list")["rows"]]


def amounts(office: Office) -> list[float]:
    return [row["amount"] for row in office.asks("deal", "list")["rows"]]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (("13.02.2026", "03.04.2026"), ["2026-02-13", "2026-04-03"]),
        (("2/13/2026", "3/4/2026"), ["2026-02-13", "2026-03-04"]),
        (("31-12-25", "03-04-26"), None),
        (("2026/2/3", "2026-11-02", "2026年3月4日"), ["2026-02-03", "2026-11-02", "2026-03-04"]),
        (("2/2/2026", "3/3/2026"), ["2026-02-02", "2026-03-03"]),
        (("2/13/2026 19:58", "3/4/2026 7:05 PM"), ["2026-02-13", "2026-03-04"]),
    ],
)
def test_the_order_of_a_date_is_found_from_the_whole_column(
    office: Office, cells: tuple[str, ...], days: list[str] | None
) -> None:
    ran = dated(office, *cells)
    if days is None:
        assert ran.code == 2
        assert "'31-12-25'" in ran.err
    else:
        assert ran.code == 0, ran.err
        assert opened(office) == days


def test_dates_that_can_be_read_in_several_ways_are_asked_for(office: Office) -> None:
    ran = dated(office, "1/2/2026", "3/4/2026")
    assert (ran.code, ran.out) == (2, "")
    assert "column opened_on" in ran.err
    assert "'1/2/2026', which can be read in several ways; say --dates dmy, mdy or ymd" in ran.err
    assert dated(office, "1/2/2026", "3/4/2026", words=("--dates", "dmy")).code == 0
    assert opened(office) == ["2026-02-01", "2026-04-03"]


def test_dates_in_three_formats_are_refused_and_two_of_them_named(office: Office) -> None:
    ran = dated(office, "2026-10-01", "13.02.2026", "2.28.2026")
    assert (ran.code, ran.out) == (2, "")
    assert "'2.28.2026'" in ran.err
    assert "'13.02.2026'" in ran.err
    assert "which no one way reads" in ran.err
    ran = dated(office, "2026-10-01", "13.02.2026", "2.28.2026", words=("--dates", "dmy"))
    assert "row 4, opened_on: '2.28.2026' is not a date, read as dmy" in ran.err


def test_a_late_cell_in_another_format_is_a_fault_of_its_row(office: Office) -> None:
    cells = ["2026-10-01"] * 1_200
    cells[1_100] = "13.02.2026"
    ran = dated(office, *cells)
    assert ran.code == 2
    assert "row 1102, opened_on: '13.02.2026' is not a date" in ran.err


def test_an_instant_is_read_as_its_local_day(office: Office) -> None:
    assert dated(office, "2026-10-01T20:00:00Z", "2026-10-01 20:00:00").code == 0
    assert opened(office) == ["2026-10-02", "2026-10-01"]


def test_how_dates_were_read_is_told(office: Office) -> None:
    assert "opened_on: written month, day, year." in dated(office, "2/13/2026").out


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("3.500,00", "1200"), [3500, 1200]),
        (("¥ 3.500,50", "1.200.000"), [3500.5, 1200000]),
        (("1,200.5", "1200"), [1200.5, 1200]),
        (("1,200,000", "¥12"), [1200000, 12]),
        (("CNY 12.50", "120万"), [12.5, 1200000]),
        (("1 234,50", "1\u202f234"), [1234.5, 1234]),
    ],
)
def test_the_decimal_sign_is_found_from_the_whole_column(
    office: Office, cells: tuple[str, ...], expected: list[float]
) -> None:
    assert valued(office, *cells).code == 0
    assert amounts(office) == expected


def test_two_notations_in_one_column_are_refused_unless_it_is_said(office: Office) -> None:
    ran = valued(office, "¥ 3.500,00", "1,200.5")
    assert (ran.code, ran.out) == (2, "")
    assert "'¥ 3.500,00' and '1,200.5', which no one way reads; say --decimal" in ran.err
    ran = valued(office, "¥ 3.500,00", "1,200.5", words=("--decimal", ","))
    assert "row 3, amount: '1,200.5' is not an amount with a decimal comma" in ran.err


def test_an_amount_that_can_be_read_in_two_ways_is_asked_for(office: Office) -> None:
    ran = valued(office, "3.500", "2.000")
    assert (ran.code, ran.out) == (2, "")
    assert "which can be read in several ways; say --decimal '.' or --decimal ','" in ran.err
    assert valued(office, "3.500", "2.000", words=("--decimal", ",")).code == 0
    assert amounts(office) == [3500, 2000]


def test_another_currencys_sign_is_a_fault_of_the_row(office: Office) -> None:
    ran = valued(office, "€ 3500", "12")
    assert ran.code == 2
    assert "row 2, amount: '€ 3500' is in €, and this file keeps CNY." in ran.err


def test_our_own_headers_have_a_decimal_point_unless_it_is_said(office: Office) -> None:
    path = office.path.parent / "own.csv"
    path.write_text('id,name,amount\n1,Ark,"12,34"\n', encoding="utf-8")
    ran = office("import", "deals", str(path))
    assert "row 2, amount: '12,34' is no amount with a decimal point; say --decimal ','" in ran.err
    office.does("import", "deals", str(path), "--decimal", ",")
    assert amounts(office) == [12.34]


@pytest.mark.parametrize(
    ("cell", "minor"), [("0.125", 125), ("1.234", 1234), ("12", 12000), ("1,234.5", 1234500)]
)
def test_a_currency_of_three_decimals_has_them(cell: str, minor: int) -> None:
    assert read_amount(cell, None, "KWD") == minor
    column: Column[Decimal] = Column(Decimal, lambda word, way: read_amount(word, way, "KWD"))
    column.see("0.125")
    column.see(cell)
    assert column.found() is Decimal.POINT


def test_an_amount_under_our_headers_that_may_be_thousands_is_asked_for(office: Office) -> None:
    path = office.path.parent / "own.csv"
    path.write_text("id,name,amount\n1,Ark,12.500\n", encoding="utf-8")
    ran = office("import", "deals", str(path))
    assert ran.code == 2
    told = "row 2, amount: '12.500' may be read in two ways; say --decimal '.' or --decimal ','."
    assert told in ran.err
    office.does("import", "deals", str(path), "--decimal", ".")
    assert amounts(office) == [12.5]


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("26年11月23日", date(2026, 11, 23)),
        ("2026-11-23 09:00:00+00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23 09:00:00.123 +0800 UTC", datetime(2026, 11, 23, 1, tzinfo=UTC)),
        ("2026-11-23 09:00 UTC", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("23.11.2026 12:05 am", datetime(2026, 11, 22, 16, 5, tzinfo=UTC)),
    ],
)
def test_dates_that_name_their_parts_and_zones_are_read_as_they_say(
    cell: str, at: date | datetime
) -> None:
    assert read_moment(cell, Order.DMY, ZoneInfo("Asia/Shanghai")) == at


# Laws

DAYS = st.dates(date(1970, 1, 1), date(2069, 12, 31))
ORDERS = {Order.YMD: "%Y/%m/%d", Order.DMY: "%d.%m.%Y", Order.MDY: "%m/%d/%y"}


@given(st.lists(DAYS, min_size=1), st.sampled_from(list(Order)))
def test_what_is_written_in_an_order_is_read_in_it_or_found_unclear(
    days: list[date], order: Order
) -> None:
    cells = [day.strftime(ORDERS[order]) for day in days]
    column: Column[Order] = Column(Order, lambda cell, way: read_moment(cell, way, UTC))
    for cell in cells:
        column.see(cell)
    found = column.found()
    if isinstance(found, Unclear):
        assert set(found.cells) <= set(cells)
    else:
        assert [read_moment(cell, found, UTC) for cell in cells] == days


@given(st.datetimes(datetime(1971, 1, 1), datetime(2068, 1, 1)))  # noqa: DTZ001  local by its zone
def test_a_local_instant_is_read_in_the_files_zone(local: datetime) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    at = read_moment(local.strftime("%d-%m-%Y %H:%M:%S"), Order.DMY, zone)
    assert at == local.replace(microsecond=0, tzinfo=zone)


@given(st.integers(0, 10**12))
def test_an_amount_is_read_alike_with_a_point_and_with_a_comma(minor: int) -> None:
    with_point = f"{minor // 100:,}.{minor % 100:02}"
    with_comma = with_point.translate(str.maketrans(",.", ".,"))
    assert read_amount(with_point, Decimal.POINT, "EUR") == minor
    assert read_amount(with_comma, Decimal.COMMA, "EUR") == minor
    assert read_amount(f"€ {with_comma}", Decimal.COMMA, "EUR") == minor


@given(st.text(max_size=30), st.sampled_from([None, *Order]), st.sampled_from(list(Decimal)))
def test_any_cell_is_read_or_is_a_fault(cell: str, order: Order | None, decimal: Decimal) -> None:
    with suppress(UsageFault):
        assert read_moment(cell, order, UTC)
    with suppress(UsageFault):
        assert read_amount(cell, decimal, "EUR") >= 0
