"""What to do next: ranked by a score whose parts are shown."""

import tomllib
from pathlib import Path

import pytest
from conftest import MONDAY, Office
from inline_snapshot import snapshot

from funnelcli import playbooks


def a_deal(
    office: Office, name: str, amount: str | None = "100", *more: str, days: int = 1
) -> None:
    """Add a deal that by Monday, 23 November, has been in its stage for some days."""
    worth = () if amount is None else ("--amount", amount)
    office.on(f"2026-11-{23 - days:02}").does("deal", "add", name, *worth, *more)
    office.at(MONDAY)


def a_step(office: Office, deal: str, step: str, due: str, on: str = "2026-11-22") -> None:
    """Log a touch on a deal, with what shall happen next."""
    office.on(on).does("log", deal, "met them", "--next", step, "--due", due)
    office.at(MONDAY)


def tasks(office: Office, *more: str) -> list[dict]:
    """Return what is to be done, as it is ranked."""
    return office.asks("next", *more)["rows"]


def named(office: Office, *more: str) -> list[str]:
    """Return the deals that want something, as they are ranked."""
    return [row["deal"] for row in tasks(office, *more)]


def advice(phase: str, cause: str) -> str:
    """Return what the shipped bidding process says to do."""
    path = Path(playbooks.__file__).parent / "bidding.en.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["diagnosis"][phase][cause]["do"]


def many_deals(office: Office) -> None:
    """Add deals of unknown amount with one thing wrong each, or several, or nothing."""
    a_deal(office, "In order", None)
    a_step(office, "In order", "visit", "2026-11-30")
    a_deal(office, "Due today", None)
    a_step(office, "Due today", "send prices", "2026-11-23")
    a_deal(office, "Overdue", None)
    a_step(office, "Overdue", "call back", "2026-11-22")
    a_deal(office, "Silent", None, days=12)
    a_deal(office, "Red", None, "--close", "2026-11-20", days=22)
    a_deal(office, "Fresh", None)
    a_deal(office, "Overclaimed", None)
    a_step(office, "Overclaimed", "think", "2026-12-20")
    office.does("log", "Overclaimed", "nearly nailed", "--kind", "note", "--claim", "95")


# The ranking


def test_the_parts_add_up_to_the_score_and_the_highest_score_comes_first(office: Office) -> None:
    many_deals(office)
    found = tasks(office)
    for row in found:
        assert sum(row["parts"].values()) == row["score"]
        assert all(type(part) is int and part >= 0 for part in row["parts"].values())
    scores = [row["score"] for row in found]
    assert scores == sorted(scores, reverse=True)
    assert len(found) == 6


def test_the_parts_are_what_is_found_on_the_deal(office: Office) -> None:
    many_deals(office)
    assert {row["deal"]: set(row["parts"]) for row in tasks(office)} == {
        "Due today": {"due-today"},
        "Overdue": {"overdue"},
        "Silent": {"silent", "no-next-step"},
        "Red": {"stuck", "silent", "no-next-step", "overdue-close"},
        "Fresh": {"no-next-step"},
        "Overclaimed": {"overclaimed"},
    }


def test_an_amount_counts_by_its_share_of_the_largest(office: Office) -> None:
    a_deal(office, "Half", "4500")
    a_deal(office, "Largest", "9000")
    a_deal(office, "Unknown", None)
    parts = {row["deal"]: row["parts"].get("amount", 0) for row in tasks(office)}
    assert parts["Largest"] == 2 * parts["Half"] > parts["Unknown"] == 0


def test_a_deal_in_order_wants_nothing(office: Office) -> None:
    a_deal(office, "Ark")
    a_step(office, "Ark", "visit", "2026-11-24")
    ran = office("next")
    assert (ran.code, ran.out, ran.err) == (0, "", "Nothing is pressing.\n")
    assert office.asks("next")["rows"] == []


def test_of_two_deals_in_the_same_state_the_larger_comes_first(office: Office) -> None:
    a_deal(office, "Small", "10")
    a_deal(office, "Unknown", None)
    a_deal(office, "Large", "9000")
    a_deal(office, "Half", "4500")
    assert named(office) == ["Large", "Half", "Small", "Unknown"]


def test_of_two_equal_deals_the_earlier_number_comes_first(office: Office) -> None:
    for name in ("Ark", "Boat", "Cart"):
        a_deal(office, name)
    assert named(office) == ["Ark", "Boat", "Cart"]


def test_the_graver_comes_before_the_lighter_of_the_same_amount(office: Office) -> None:
    a_deal(office, "Fresh")
    a_deal(office, "Amber", days=12)
    a_deal(office, "Red", days=16)
    a_deal(office, "Red and stuck", days=22)
    assert named(office) == ["Red and stuck", "Red", "Amber", "Fresh"]


def test_a_step_that_is_late_presses_more_than_one_that_is_due(office: Office) -> None:
    a_deal(office, "Due")
    a_deal(office, "Late")
    a_step(office, "Due", "write", "2026-11-23")
    a_step(office, "Late", "call", "2026-11-22")
    assert named(office) == ["Late", "Due"]


@pytest.mark.parametrize(
    "gone",
    [
        ("deal", "lose", "Ark", "--reason", "price"),
        ("deal", "archive", "Ark"),
        ("deal", "hold", "Ark", "--until", "2026-12-01", "--reason", "fair"),
        ("ack", "Ark", "--until", "2026-12-01", "--reason", "known"),
    ],
)
def test_closed_held_and_acknowledged_deals_want_nothing(
    office: Office, gone: tuple[str, ...]
) -> None:
    a_deal(office, "Ark", days=22)
    assert named(office) == ["Ark"]
    office.does(*gone)
    assert named(office) == []


# What is to be done


def test_a_step_that_is_due_or_late_is_what_is_to_be_done(office: Office) -> None:
    a_deal(office, "Ark")
    a_step(office, "Ark", "send prices", "2026-11-23")
    (row,) = tasks(office)
    assert (row["action"], row["due"]) == ("send prices", "2026-11-23")
    (row,) = tasks(office.on("2026-11-25"))
    assert (row["action"], row["due"]) == ("send prices", "2026-11-23")


def test_a_stalled_deal_without_a_step_gets_the_playbooks_advice(office: Office) -> None:
    a_deal(office, "Ark", days=12)
    (row,) = tasks(office)
    assert (row["action"], row["due"]) == (advice("early", "out-of-touch"), None)


def test_a_fresh_deal_without_a_step_is_to_get_one(office: Office) -> None:
    a_deal(office, "Ark")
    (row,) = tasks(office)
    assert ("next step" in row["action"], row["due"]) == (True, None)


def test_the_day_of_a_later_step_is_not_the_day_of_another_action(office: Office) -> None:
    a_deal(office, "Ark", days=22)
    a_step(office, "Ark", "visit", "2026-12-20", on="2026-11-02")
    (row,) = tasks(office)
    assert (row["action"], row["due"]) == (advice("early", "out-of-touch"), None)


# The manager's answers and changed contacts


def answered(office: Office, deal: str, *more: str) -> None:
    """Have Xiao Li log something on a deal that is in order, and the manager answer it."""
    a_deal(office, deal, None, "--owner", "Xiao Li")
    a_step(office, deal, "visit", "2026-11-30")
    said = office.does("log", deal, "they ask for 5 % less", "--kind", "note", "--as", "Xiao Li")
    number = said.split()[1]
    office.does("reply", number, "3 % at most", *more)


def test_a_rep_sees_the_answer_until_the_next_log(office: Office) -> None:
    answered(office, "Ark")
    (row,) = tasks(office, "--owner", "Li")
    assert row["action"] == "Jiang Yue answered: 3 % at most"
    assert row["parts"] == {"answered": 6}
    office.on("2026-11-24").does(
        "log", "Ark", "told them", "--next", "visit", "--due", "2026-11-30", "--as", "Li"
    )
    assert tasks(office, "--owner", "Li") == []


def test_an_instruction_presses_more_the_nearer_its_day(office: Office) -> None:
    answered(office, "Ark", "--by", "2026-11-25")
    (row,) = tasks(office)
    assert (row["action"], row["due"]) == ("Jiang Yue asks: 3 % at most", "2026-11-25")
    scores = [tasks(office.on(day))[0]["parts"] for day in ("2026-11-24", "2026-11-25")]
    assert scores == [{"asked": 12}, {"asked-today": 28}]
    late = tasks(office.on("2026-11-26"))[0]
    assert late["parts"]["asked-overdue"] == 35


def test_a_successor_to_be_met_goes_before_the_step_that_is_due(office: Office) -> None:
    a_deal(office, "Ark", None)
    a_step(office, "Ark", "send prices", "2026-11-23")
    office.does("contact", "add", "Liu Wei", "--company", "Ark Co", "--deal", "Ark")
    office.does("contact", "leave", "Liu Wei")
    (row,) = tasks(office)
    assert row["action"] == "find out who follows Liu Wei"
    office.does("contact", "add", "Zhao Bing", "--company", "Ark Co")
    office.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    (row,) = tasks(office)
    assert row["action"] == "meet Zhao Bing, who follows Liu Wei"
    assert row["parts"]["contact-changed"] == 30


def test_a_planned_activity_is_a_step_until_it_is_done(office: Office) -> None:
    a_deal(office, "Ark", None)
    office.does("plan", "add", "Ark", "walk them through it", "--on", "2026-11-24")
    assert tasks(office) == []
    (row,) = tasks(office.on("2026-11-24"))
    assert (row["action"], row["due"]) == ("walk them through it", "2026-11-24")
    office.does("plan", "done", "1", "--next", "write", "--due", "2026-12-01")
    assert tasks(office) == []


# What is asked


def test_machines_get_the_envelope_and_every_key_of_the_contract(office: Office) -> None:
    a_deal(office, "Ark", "12.5")
    found = office.asks("next")
    assert found["schema"] == "funnelcli.next/1"
    assert set(found) >= {"schema", "as_of", "currency", "rows", "totals"}
    (row,) = found["rows"]
    assert set(row) >= {"deal_id", "deal", "action", "due", "score", "parts"}
    assert (row["deal_id"], row["deal"]) == (1, "Ark")
    assert office.does("next", "-f", "ids") == "1\n"


def test_limit_takes_the_most_pressing(office: Office) -> None:
    many_deals(office)
    assert named(office, "--limit", "2") == named(office)[:2]


@pytest.mark.parametrize(
    "choice",
    [
        ("--owner", "Xiao Li"),
        ("--pipeline", "bidding", "--owner", "Xiao Li"),
        ("--customer", "ark"),
        ("--source", "fair"),
    ],
)
def test_the_filters_choose_whose_work_it_is(office: Office, choice: tuple[str, ...]) -> None:
    more = ("--owner", "Xiao Li", "--customer", "Ark Electronics", "--source", "fair")
    a_deal(office, "Ark", "100", *more)
    a_deal(office, "Boat", "100", "--owner", "Wang Fang", "--customer", "Bo", "--source", "web")
    assert named(office, *choice) == ["Ark"]


def test_amounts_are_compared_with_the_largest_of_those_asked_about(office: Office) -> None:
    a_deal(office, "Ark", "100", "--owner", "Xiao Li")
    a_deal(office, "Boat", "100000", "--owner", "Wang Fang")
    (mine,) = tasks(office, "--owner", "Xiao Li")
    (theirs,) = tasks(office, "--owner", "Wang Fang")
    assert mine["parts"] == theirs["parts"]


def test_what_was_pressing_on_an_earlier_day_can_be_asked(office: Office) -> None:
    a_deal(office, "Ark", days=10)
    a_step(office, "Ark", "send prices", "2026-11-16", on="2026-11-14")
    office.on("2026-11-18").does("log", "Ark", "prices sent", "--next", "visit", "--due", "+4w")
    office.at(MONDAY)
    assert tasks(office) == []
    assert [row["action"] for row in tasks(office, "--as-of", "2026-11-17")] == ["send prices"]


def test_a_person_sees_what_to_do_and_why(office: Office) -> None:
    a_deal(office, "方舟电子", "1200000", "--owner", "Xiao Li")
    a_step(office, "方舟电子", "报价", "2026-11-20", on="2026-11-22")
    a_deal(office, "Boat", "600000")
    assert office.does("next") == snapshot("""\
#  Deal      To do                 Due         Score  Because
1  方舟电子  报价                  2026-11-20     50  overdue 30, amount 20
2  Boat      agree on a next step                 18  no-next-step 8, amount 10
""")
