"""Segments of tables that nobody here wrote, held against a plain count of their CSV files.

The count reads the files with `csv` and knows nothing of funnelcli.
"""

from decimal import ROUND_HALF_UP, Decimal
from statistics import median

import pytest
from test_real_data import (
    DATA,
    HARDWARE_END,
    MAVEN,
    PRICES,
    a_file,
    days_between,
    maven,
    of_stage,
    read,
    write,
)

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"there are no real tables at {DATA} (FUNNELCLI_DATA says where)"
)

OLIST = DATA / "olist-funnel" / "original"
COLUMNS = {"owner": "sales_agent", "customer": "account"}
KNOWN = {"owner": 0.26, "customer": 0.94}
"""The chance of such differences, as SOURCE.md tells it of a chi-squared test made elsewhere."""
WORSE = 0.0005
"""By so much may the Brier score of what is told be worse than that of the rate of all."""


@pytest.fixture(scope="module")
def hardware(tmp_path_factory):
    """Return all of maven-crm, imported; to be read only."""
    kept = a_file(tmp_path_factory.mktemp("cut"), HARDWARE_END, "USD", MAVEN / "pipeline.toml")
    kept.run("import", "deals", PRICES, "--preset", "maven", "--create-missing")
    return kept


def figures(rows):
    """Return what a segment of these rows is to say."""
    won = [row for row in rows if row["deal_stage"] == "Won"]
    lost = sum(row["deal_stage"] == "Lost" for row in rows)
    closed = len(won) + lost
    cents = Decimal(100 * sum(int(row["close_value"]) for row in won))
    per_deal = (cents / closed).quantize(Decimal(1), ROUND_HALF_UP) / 100 if closed else None
    return {
        "deals": len(rows),
        "won": len(won),
        "lost": lost,
        "rate": len(won) / closed if closed else None,
        "median_cycle": median(days_between(r["engage_date"], r["close_date"]) for r in won),
        "amount_per_deal": per_deal,
    }


@pytest.mark.parametrize("by", COLUMNS)
def test_every_segment_of_the_hardware_says_what_its_rows_say(hardware, by):
    groups = {}
    for row in maven():
        groups.setdefault(row[COLUMNS[by]] or None, []).append(row)
    found = {row["value"]: row for row in hardware.ask("segments", "--by", by)["rows"]}
    assert set(found) == set(groups)
    for value, rows in groups.items():
        if value is None:  # no deal without a customer was closed
            assert (found[value]["deals"], found[value]["rate"]) == (len(rows), None)
            continue
        expected = figures(rows)
        row = found[value]
        rate = expected.pop("rate")
        assert {key: row[key] for key in expected} == expected
        assert float(row["rate"]) == pytest.approx(rate, abs=1e-12)
        assert 0 < row["low"] < row["rate"] < row["high"] < 1
    closed = [row["won"] + row["lost"] for row in found.values()]
    assert closed == sorted(closed, reverse=True)


@pytest.mark.parametrize("by", COLUMNS)
def test_neither_agent_nor_customer_tells_the_hardware_deals_apart(hardware, by):
    answer = hardware.ask("segments", "--by", by)
    totals = answer["totals"]
    won, lost = len(of_stage("Won")), len(of_stage("Lost"))
    assert (totals["deals"], totals["won"], totals["lost"]) == (8_800, won, lost)
    assert float(totals["base_rate"]) == pytest.approx(won / (won + lost), abs=1e-12)
    assert float(totals["p_value"]) == pytest.approx(KNOWN[by], abs=0.005)
    assert totals["tells_apart"] is False
    assert {row["adjusted_rate"] for row in answer["rows"]} == {totals["base_rate"]}
    said = hardware.run("segments", "--by", by).out.splitlines()[-1]
    assert said == (
        f"{by.capitalize()} does not tell deals apart: the differences are no larger than chance"
        f" makes them (p = {KNOWN[by]}, 6,711 closed); count on 63 % for each."
    )


def brier(told, rows, by):
    """Return how far what was told of each row's segment lay from what came, on average, squared.

    What nothing was told of counts on the rate of all, under None.
    """
    errors = [
        (told.get(row[COLUMNS[by]], told[None]) - (row["deal_stage"] == "Won")) ** 2 for row in rows
    ]
    return sum(errors) / len(errors)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75])
@pytest.mark.parametrize("by", COLUMNS)
def test_what_is_told_early_foretells_the_rest_no_worse_than_the_rate_of_all(hardware, by, share):
    closed = sorted((*of_stage("Won"), *of_stage("Lost")), key=lambda row: row["close_date"])
    day = closed[int(share * len(closed))]["close_date"]
    later = [row for row in closed if row["close_date"] > day]
    assert len(later) > 1_000
    answer = hardware.ask("segments", "--by", by, "--as-of", day)
    assert answer["totals"]["closed"] == len(closed) - len(later)
    base = float(answer["totals"]["base_rate"])
    told = {row["value"]: float(row["adjusted_rate"]) for row in answer["rows"]} | {None: base}
    assert brier(told, later, by) <= brier({None: base}, later, by) + WORSE
    own = {r["value"]: float(r["rate"]) for r in answer["rows"] if r["rate"] is not None}
    assert brier(told, later, by) <= brier(own | {None: base}, later, by) + WORSE


@pytest.fixture(scope="module")
def leads(tmp_path_factory):
    """Return the leads of a marketplace, and their table: who has not become a seller is lost."""
    folder = tmp_path_factory.mktemp("leads")
    sellers = {
        row["mql_id"]: row["won_date"][:10]
        for row in read(OLIST / "olist_closed_deals_dataset.csv")
    }
    rows = [
        {
            "id": lead["mql_id"],
            "name": f"Lead {lead['mql_id']}",
            "pipeline": "bidding",
            "stage": "opportunity",
            "status": "won" if lead["mql_id"] in sellers else "lost",
            "opened_on": lead["first_contact_date"],
            "closed_on": max(sellers.get(lead["mql_id"], "2018-11-14"), lead["first_contact_date"]),
            "source": lead["origin"],
        }
        for lead in read(OLIST / "olist_marketing_qualified_leads_dataset.csv.gz")
    ]
    kept = a_file(folder, "2019-01-01T00:00:00Z", "BRL", MAVEN / "pipeline.toml")
    kept.run("import", "deals", write(folder / "leads.csv", rows))
    return kept, rows


def test_the_source_of_a_lead_does_tell_who_becomes_a_seller(leads):
    kept, table = leads
    answer = kept.ask("segments", "--by", "source")
    assert answer["totals"]["tells_apart"] is True
    assert answer["totals"]["p_value"] < Decimal("1e-9")
    found = {row["value"]: row for row in answer["rows"]}
    for value, row in found.items():
        fates = [each["status"] for each in table if (each["source"] or None) == value]
        assert (row["deals"], row["won"]) == (len(fates), fates.count("won"))
    base = answer["totals"]["base_rate"]
    assert found["email"]["high"] < base < found["paid_search"]["low"]
    assert found["social"]["adjusted_rate"] < base < found["organic_search"]["adjusted_rate"]
    assert "Source tells deals apart (p < 0.001, 8,000 closed): " in kept.run("segments").out
