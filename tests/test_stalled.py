"""The stalled list: who is on it, how grave, in which order, and what it tells machines."""

import json
import textwrap

import pytest
from conftest import MONDAY, Office
from inline_snapshot import snapshot

DEAL_KEYS = {
    *("id", "ref", "name", "customer", "owner", "pipeline", "stage", "status"),
    *("amount", "win_probability", "weighted_amount", "expected_close", "opened_on"),
    *("stage_entered_at", "days_in_stage", "last_touch_at", "days_silent"),
    *("next_step", "next_step_due", "held_until", "closed_on", "lost_reason"),
    *("competitor", "source"),
}
STALLED_KEYS = {"phase", "severity", "reasons", "diagnosis", "acknowledged_until", "new"}


def a_deal(office: Office, name: str = "Ark", amount: str | None = "100", *more: str) -> None:
    """Add a deal that nobody has touched since Monday, 2 November: silent for 21 days by now."""
    worth = () if amount is None else ("--amount", amount)
    office.on("2026-11-02").does("deal", "add", name, *worth, *more)
    office.at(MONDAY)


def in_order(office: Office, *more: str) -> list[str]:
    """Return the names of the stalled deals as they are listed."""
    return [row["name"] for row in office.stalled(*more)]


# Who is on the list


def test_a_deal_that_is_silent_or_stuck_is_listed_and_one_with_warnings_only_is_not(
    office: Office,
) -> None:
    a_deal(office, "Silent")
    office.on("2026-11-20").does("deal", "add", "Fresh")
    office.at(MONDAY)
    assert in_order(office) == ["Silent"]
    assert in_order(office, "--all") == ["Silent", "Fresh"]
    fresh = office.stalled("--all")[1]
    assert fresh["severity"] == "warning"
    assert [reason["code"] for reason in fresh["reasons"]] == ["no-next-step"]
    assert fresh["diagnosis"] is None


def test_a_deal_in_order_is_not_listed_even_with_all(office: Office) -> None:
    a_deal(office)
    office.does("log", "Ark", "met them", "--next", "send minutes", "--due", "2026-11-25")
    office.does("deal", "advance", "Ark", "--force", "--reason", "they named us")
    assert office.stalled("--all") == []


@pytest.mark.parametrize(
    "gone",
    [
        ("deal", "lose", "Ark", "--reason", "price"),
        ("deal", "win", "Ark", "--force", "--reason", "signed"),
        ("deal", "archive", "Ark"),
        ("deal", "hold", "Ark", "--until", "2026-12-01", "--reason", "fair"),
    ],
)
def test_closed_archived_and_held_deals_are_not_listed(
    office: Office, gone: tuple[str, ...]
) -> None:
    a_deal(office)
    assert in_order(office, "--all") == ["Ark"]
    office.does(*gone)
    assert in_order(office, "--all") == []
    assert office("stalled", "--exit-code").code == 0


def test_the_filters_choose_whose_stalls_are_listed_and_counted(office: Office) -> None:
    a_deal(office, "Ark", "100", *("--owner", "Xiao Li", "--customer", "Ark", "--source", "fair"))
    a_deal(office, "Boat", "50", *("--owner", "Wang Fang", "--customer", "Bo", "--source", "web"))
    for choice in (("--owner", "Xiao Li"), ("--customer", "ark"), ("--source", "FAIR")):
        found = office.asks("stalled", *choice)
        assert [row["name"] for row in found["rows"]] == ["Ark"], choice
        assert (found["totals"]["deals"], found["totals"]["amount"]) == (1, 100)
    assert in_order(office, "--pipeline", "bidding") == ["Ark", "Boat"]
    assert office("stalled", "--owner", "Nobody").code == 3
    assert office("stalled", "--pipeline", "nothing").code == 3


# How grave


@pytest.mark.parametrize(
    ("limit", "day", "severity"),
    [
        (10, "2026-11-11", None),
        (10, "2026-11-12", "amber"),
        (10, "2026-11-16", "amber"),
        (10, "2026-11-17", "red"),
        (7, "2026-11-08", None),
        (7, "2026-11-09", "amber"),
        (7, "2026-11-12", "amber"),
        (7, "2026-11-13", "red"),
        (1, "2026-11-02", None),
        (1, "2026-11-03", "amber"),
        (1, "2026-11-04", "red"),
    ],
)
def test_amber_from_the_limit_on_and_red_from_one_and_a_half_times_it(
    office: Office, limit: int, day: str, severity: str | None
) -> None:
    a_deal(office)  # on 2 November: 7 × 1.5 = 10.5 days are full on the eleventh day after
    found = office.on(day).stalled("--days", str(limit))
    assert [row["severity"] for row in found] == ([] if severity is None else [severity])


def test_a_deal_is_as_grave_as_its_gravest_reason(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-23")
    (row,) = office.stalled()  # 21 days: stuck from 21 on, silent from 10 on, red from 15 on
    assert [(r["code"], r["days"], r["limit"]) for r in row["reasons"][:2]] == [
        ("stuck", 21, 21),
        ("silent", 21, 10),
    ]
    assert row["severity"] == "red"


# In which order


def test_the_largest_amount_comes_first_unknown_ones_last_then_by_number(office: Office) -> None:
    for name, amount in (
        *(("Unknown", None), ("Small", "10"), ("Large", "9000"), ("Twin", "500")),
        *(("Other twin", "500"), ("Nothing", "0"), ("Also unknown", None)),
    ):
        a_deal(office, name, amount)
    expected = ["Large", "Twin", "Other twin", "Small", "Nothing", "Unknown", "Also unknown"]
    assert in_order(office) == expected
    assert in_order(office, "--all") == expected
    assert in_order(office, "--limit", "3") == expected[:3]


def test_an_acknowledged_deal_is_listed_last_marked_and_out_of_the_totals(office: Office) -> None:
    a_deal(office, "Known", "9000")
    a_deal(office, "Small", "10")
    a_deal(office, "Unknown", None)
    office.does("ack", "Known", "--until", "2026-12-01", "--reason", "their director is abroad")
    found = office.asks("stalled")
    assert [(row["name"], row["acknowledged_until"]) for row in found["rows"]] == [
        *(("Small", None), ("Unknown", None), ("Known", "2026-12-01")),
    ]
    assert found["totals"] == {
        "deals": 2,
        "amount": 10,
        "amount_unknown": 1,
        "weighted_amount": 1,
    }
    assert in_order(office, "--limit", "2") == ["Small", "Unknown"]
    assert in_order(office, "--all")[-1] == "Known"


@pytest.mark.parametrize("form", ["table", "plain", "md", "html", "csv", "tsv", "ndjson"])
def test_an_acknowledged_deal_is_marked_in_every_form(office: Office, form: str) -> None:
    a_deal(office)
    assert "2026-12-01" not in office.does("stalled", "-f", form)
    office.does("ack", "Ark", "--until", "2026-12-01", "--reason", "their director is abroad")
    assert "2026-12-01" in office.does("stalled", "-f", form)


def test_an_acknowledgement_ends_on_its_day(office: Office) -> None:
    a_deal(office)
    office.does("ack", "Ark", "--until", "2026-11-27", "--reason", "known")
    assert office.on("2026-11-26")("stalled", "--exit-code").code == 0
    (row,) = office.stalled()
    assert row["acknowledged_until"] == "2026-11-27"
    assert office.on("2026-11-27")("stalled", "--exit-code").code == 20
    (row,) = office.stalled()
    assert row["acknowledged_until"] is None


def test_a_later_acknowledgement_replaces_an_earlier_one(office: Office) -> None:
    a_deal(office)
    office.does("ack", "Ark", "--until", "2026-12-31", "--reason", "known")
    office.on("2026-11-24").does("ack", "Ark", "--until", "2026-11-25", "--reason", "sooner")
    assert office.on("2026-11-25")("stalled", "--exit-code").code == 20


@pytest.mark.parametrize("word", ["today", "2026-11-22"])
def test_an_acknowledgement_ends_on_a_day_to_come(office: Office, word: str) -> None:
    a_deal(office)
    ran = office("ack", "Ark", "--until", word, "--reason", "known")
    assert (ran.code, ran.out) == (2, "")
    assert office("stalled", "--exit-code").code == 20


# --days and --exit-code


def test_days_overrides_the_limits_of_every_stage(office: Office) -> None:
    a_deal(office)
    (row,) = office.on("2026-11-07").stalled("--days", "5")
    assert [(r["code"], r["days"], r["limit"]) for r in row["reasons"][:2]] == [
        ("stuck", 5, 5),
        ("silent", 5, 5),
    ]
    assert office.on("2026-11-06").stalled("--days", "5") == []
    assert office.at(MONDAY).stalled("--days", "22") == []
    assert office("stalled", "--days", "22", "--exit-code").code == 0


@pytest.mark.parametrize("word", ["0", "-3", "five"])
def test_days_takes_whole_days_from_one_on(office: Office, word: str) -> None:
    ran = office("stalled", "--days", word)
    assert (ran.code, ran.out) == (2, "")


def test_exit_code_tells_only_when_it_is_asked_to(office: Office) -> None:
    a_deal(office)
    assert office("stalled").code == 0
    assert office("stalled", "--exit-code").code == 20
    assert office("stalled", "--exit-code").out == office("stalled").out
    assert office("stalled", "--exit-code", "-f", "json").code == 20
    assert office("stalled", "--exit-code", "--as-of", "2026-11-11").code == 0
    assert office("stalled", "--exit-code", "--as-of", "2026-11-12").code == 20
    assert office("stalled", "--exit-code", "--owner", "Xiao Li").code == 0


def test_exit_code_does_not_count_warnings(office: Office) -> None:
    office.at(MONDAY).does("deal", "add", "Fresh")
    assert len(office.stalled("--all")) == 1
    assert office("stalled", "--all", "--exit-code").code == 0


def test_exit_code_counts_what_limit_leaves_out(office: Office) -> None:
    a_deal(office, "Known")
    a_deal(office, "Small", "10")
    office.does("ack", "Known", "--until", "2026-12-01", "--reason", "known")
    assert office("stalled", "--limit", "1", "--exit-code").code == 20


# What it says


def test_where_nothing_is_stalled_stdout_is_empty_and_stderr_says_so(office: Office) -> None:
    for form in ("table", "plain"):
        ran = office("stalled", "-f", form)
        assert (ran.code, ran.out, ran.err) == (0, "", "Nothing is stalled.\n")
    found = office.asks("stalled")
    assert found["rows"] == []
    assert found["totals"] == {
        "deals": 0,
        "amount": 0,
        "amount_unknown": 0,
        "weighted_amount": 0,
    }


def test_machines_get_the_envelope_and_every_key_of_the_contract(office: Office) -> None:
    a_deal(office, "Ark", "12.5")
    found = office.asks("stalled")
    assert list(found)[:5] == ["schema", "as_of", "currency", "rows", "totals"]
    assert found["schema"] == "funnelcli.stalled/1"
    assert found["as_of"] == "2026-11-23T01:00:00Z"
    assert found["currency"] == "CNY"
    (row,) = found["rows"]
    assert set(row) >= DEAL_KEYS | STALLED_KEYS
    for reason in row["reasons"]:
        assert set(reason) == {"code", "text", "days", "limit"}
    assert set(row["diagnosis"]) == {"hypothesis", "evidence", "ask", "do"}
    assert isinstance(row["diagnosis"]["evidence"], list)
    assert (row["amount"], row["weighted_amount"], row["win_probability"]) == (12.5, 1.25, 0.1)
    assert (row["phase"], row["status"], row["stage"]) == ("early", "open", "opportunity")
    assert (row["opened_on"], row["stage_entered_at"]) == ("2026-11-02", "2026-11-02T01:00:00Z")
    assert (row["last_touch_at"], row["days_silent"], row["days_in_stage"]) == (None, 21, 21)
    assert row["new"] is None


def test_the_deals_keys_mean_what_they_mean_in_the_deals_own_row(office: Office) -> None:
    a_deal(office, "Ark", "12.5", "--competitor", "Sanli", "--close", "2026-12-18")
    (row,) = office.stalled()
    own = office.deal("Ark")
    assert {key: row[key] for key in DEAL_KEYS} == {key: own[key] for key in DEAL_KEYS}


def test_rows_alone_tables_and_numbers_list_the_same_deals(office: Office) -> None:
    a_deal(office, "Small", "10")
    a_deal(office, "Large", "9000")
    lines = office.does("stalled", "-f", "ndjson").splitlines()
    assert [json.loads(line) for line in lines] == office.stalled()
    assert office.does("stalled", "-f", "ids") == "2\n1\n"
    heading, *rows = office.does("stalled", "-f", "csv").splitlines()
    assert set(heading.split(",")) >= DEAL_KEYS | STALLED_KEYS
    assert [line.split(",")[0] for line in rows] == ["2", "1"]


def test_a_person_sees_what_is_wrong_why_that_may_be_and_what_to_do(office: Office) -> None:
    a_deal(office, "方舟电子", "1200000", "--customer", "方舟电子", "--owner", "Xiao Li")
    a_deal(office, "Boat", None, "--stage", "quoted", "--competitor", "Sanli")
    office.does("ack", "Boat", "--until", "2026-12-01", "--reason", "their director is abroad")
    said = office.does("stalled", "-f", "md").splitlines()
    assert [piece for line in said for piece in textwrap.wrap(line, 80)] == snapshot(
        [
            "- **1 方舟电子**, Xiao Li, Opportunity, 1,200,000",
            "  - 21 days in Opportunity, limit 21; 21 days since it was opened, no contact",
            "logged, limit 10; no next step",
            "  - Perhaps: There has been no two-way contact lately, so nobody may know where",
            "the customer stands now.",
            "  - Evidence: no contact logged in 21 days",
            "  - Ask: When did the customer last tell us something new, and what was it?",
            "  - Do: Call the contact today; if there is no answer within two days, reach a",
            "second person in the same company.",
            "- **2 Boat**, Jiang Yue, Quoted, ?",
            "  - 21 days in Quoted, limit 14; 21 days since it was opened, no contact logged,",
            "limit 7; no next step; known until 2026-12-01: their director is abroad",
            "  - Perhaps: A competitor may already have this deal without anyone having told",
            "us.",
            "  - Evidence: competitor on the deal: Sanli",
            "  - Ask: Who at the customer has come to us unprompted in the last two weeks,",
            "and about what?",
            "  - Do: Have the manager call someone above or beside the contact this week and",
            "ask openly whether there is already a favourite.",
            "1 stalled deal, 1,200,000 CNY.",
        ]
    )
