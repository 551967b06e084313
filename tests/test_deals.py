"""A deal from its first word to its last: added, changed, listed, won, lost, reopened, put away."""

import pytest
from conftest import MONDAY, Office


def a_deal(office: Office, name: str = "Ark", *more: str, on: str = "2026-11-02") -> None:
    """Add a deal at nine in the morning of a day."""
    office.on(on).does("deal", "add", name, *more)


def listed(office: Office, *more: str) -> list[str]:
    """Return the names of the deals listed."""
    return [row["name"] for row in office.asks("deal", "list", *more)["rows"]]


def told(office: Office) -> dict[str, str | None]:
    """Return what Ark's timeline says, by kind of entry."""
    return {row["kind"]: row["text"] for row in office.asks("timeline", "Ark")["rows"]}


# add


def test_a_deal_is_added_with_all_that_is_said_of_it(office: Office) -> None:
    said = office.does(
        *("deal", "add", "Ark launch", "--customer", "Ark Electronics", "--owner", "Xiao Li"),
        *("--amount", "120万", "--close", "2026-12-18", "--source", "fair"),
        *("--competitor", "Sanli", "--competitor", "Bode", "--competitor", "Sanli"),
        *("--stage", "quoted", "--on", "2026-11-20"),
    )
    assert said == "Added deal 1 Ark launch in Quoted.\n"
    assert office.deal("1") == {
        "id": 1,
        "ref": None,
        "name": "Ark launch",
        "customer": "Ark Electronics",
        "owner": "Xiao Li",
        "pipeline": "bidding",
        "stage": "quoted",
        "status": "open",
        "amount": 1_200_000,
        "win_probability": 0.5,
        "weighted_amount": 600_000,
        "expected_close": "2026-12-18",
        "opened_on": "2026-11-20",
        "stage_entered_at": "2026-11-19T16:00:00Z",
        "days_in_stage": 3,
        "last_touch_at": None,
        "days_silent": 3,
        "next_step": None,
        "next_step_due": None,
        "held_until": None,
        "closed_on": None,
        "lost_reason": None,
        "competitor": "Sanli; Bode",
        "source": "fair",
    }


def test_a_name_is_enough_and_what_was_not_said_is_unknown(office: Office) -> None:
    a_deal(office, "方舟电子")
    found = office.deal("1")
    assert (found["stage"], found["pipeline"]) == ("opportunity", "bidding")
    for key in ("customer", "amount", "weighted_amount", "expected_close", "source", "competitor"):
        assert found[key] is None


def test_the_owner_is_who_signs_unless_said(office: Office) -> None:
    a_deal(office, "Ark", "--as", "Xiao Li")
    a_deal(office, "Boat", "--as", "Xiao Li", "--owner", "Wang")
    a_deal(office, "Crane")
    assert [office.deal(name)["owner"] for name in ("Ark", "Boat", "Crane")] == [
        *("Xiao Li", "Wang Fang", "Jiang Yue"),
    ]


# edit


def test_every_term_can_be_changed(office: Office) -> None:
    a_deal(office, "Ark", "--amount", "100")
    office.on("2026-11-09").does(
        *("deal", "edit", "Ark", "--name", "Boat", "--customer", "Bo", "--owner", "Wang Fang"),
        *("--amount", "1.3m", "--close", "2026-12-18", "--source", "web", "--competitor", "Sanli"),
    )
    found = office.deal("Boat")
    assert [found[k] for k in ("id", "customer", "owner", "amount", "weighted_amount")] == [
        *(1, "Bo", "Wang Fang", 1_300_000, 130_000),
    ]
    assert [found[k] for k in ("expected_close", "source", "competitor")] == [
        *("2026-12-18", "web", "Sanli"),
    ]
    assert (found["opened_on"], found["days_in_stage"]) == ("2026-11-02", 7)
    assert office("deal", "show", "Ark").code == 3


def test_who_else_works_on_a_deal_is_on_its_page(office: Office) -> None:
    a_deal(office, "Ark", "--owner", "Xiao Li")
    office.does("deal", "edit", "Ark", "--member", "Wang", "--member", "Jiang Yue")
    assert "Xiao Li, Wang Fang, Jiang Yue" in office.does("deal", "show", "Ark")


def test_the_manager_corrects_a_stage_and_the_clock_runs_on(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-09").does("deal", "edit", "Ark", "--stage", "drafted")
    found = office.deal("Ark")
    assert (found["stage"], found["days_in_stage"]) == ("drafted", 7)
    assert [row["to"] for row in office.asks("timeline", "Ark")["rows"]] == [
        *("Ark", "Proposal drafted"),
    ]


# list


def test_the_list_is_of_open_and_held_deals_unless_told_otherwise(office: Office) -> None:
    for name in ("Open", "Held", "Won", "Lost", "Away"):
        a_deal(office, name)
    office.does("deal", "hold", "Held", "--until", "2026-12-01", "--reason", "fair")
    office.does("deal", "win", "Won", "--force", "--reason", "signed")
    office.does("deal", "lose", "Lost", "--reason", "price")
    office.does("deal", "archive", "Away")
    assert listed(office) == ["Open", "Held"]
    assert listed(office, "--status", "all") == ["Open", "Held", "Won", "Lost"]
    assert listed(office, "--status", "open") == ["Open"]
    assert listed(office, "--status", "Held") == ["Held"]
    assert listed(office, "--status", "won,lost") == ["Won", "Lost"]
    assert listed(office, "--archived") == ["Open", "Held", "Away"]
    assert listed(office, "--status", "all", "--limit", "2") == ["Open", "Held"]


def test_the_list_is_narrowed_by_stage_owner_customer_and_source(office: Office) -> None:
    a_deal(office, "Ark", "--owner", "Xiao Li", "--customer", "方舟电子", "--source", "Fair 2026")
    a_deal(office, "Boat", "--stage", "quoted", "--customer", "Bo Ltd", "--source", "web")
    assert listed(office, "--owner", "li") == ["Ark"]
    assert listed(office, "--customer", "方舟") == ["Ark"]
    assert listed(office, "--customer", "ＢＯ") == ["Boat"]
    assert listed(office, "--source", "fair") == ["Ark"]
    assert listed(office, "--stage", "Quoted") == ["Boat"]
    assert listed(office, "--pipeline", "Bidding") == ["Ark", "Boat"]
    assert listed(office, "--stage", "quoted", "--owner", "li") == []


def test_where_no_deal_is_found_stdout_is_empty_and_stderr_says_so(office: Office) -> None:
    ran = office("deal", "list")
    assert (ran.code, ran.out, ran.err) == (0, "", "No deal found.\n")
    assert office.asks("deal", "list")["rows"] == []


def test_deal_alone_shows_its_commands_and_complains_of_nothing_nameless(office: Office) -> None:
    ran = office("deal")
    assert "advance" in ran.out + ran.err
    assert "funnelcli: ;" not in ran.err


# win and lose


def test_a_won_deal_is_certain_and_weighs_whole(office: Office) -> None:
    a_deal(office, "Ark", "--amount", "100")
    office.at(MONDAY)
    said = office.does(
        *("deal", "win", "Ark", "--amount", "115.50", "--on", "2026-11-19", "--note", "at last"),
        *("--force", "--reason", "signed"),
    )
    assert said == "1 Ark: won, 115.50 on 2026-11-19.\n"
    found = office.deal("Ark")
    assert [found[k] for k in ("status", "amount", "win_probability", "weighted_amount")] == [
        *("won", 115.5, 1, 115.5),
    ]
    assert (found["closed_on"], found["days_in_stage"]) == ("2026-11-19", 17)
    assert told(office)["won"] == "at last"


def test_a_lost_deal_weighs_nothing_and_keeps_why_and_to_whom(office: Office) -> None:
    a_deal(office, "Ark", "--amount", "100", "--competitor", "Bode")
    office.at(MONDAY).does(
        *("deal", "lose", "Ark", "--reason", "price", "--competitor", "Sanli"),
        *("--note", "a third below us"),
    )
    found = office.deal("Ark")
    assert [found[k] for k in ("status", "lost_reason", "competitor", "closed_on")] == [
        *("lost", "price", "Bode; Sanli", "2026-11-23"),
    ]
    assert [found[k] for k in ("amount", "win_probability", "weighted_amount")] == [100, 0, 0]
    assert told(office)["lost"] == "price; to Sanli; a third below us"


def test_a_reason_never_used_before_is_taken_and_said_to_be_new(office: Office) -> None:
    for name in ("Ark", "Boat", "Crane"):
        a_deal(office, name)
    first = office("deal", "lose", "Ark", "--reason", "merger")
    assert (first.code, "'merger' is a new reason" in first.err) == (0, True)
    assert "price" in first.err
    assert office("deal", "lose", "Boat", "--reason", "merger").err == ""
    assert office("deal", "lose", "Crane", "--reason", "no-budget").err == ""


def test_a_known_reason_typed_with_a_blank_is_not_said_to_be_new(office: Office) -> None:
    a_deal(office)
    ran = office("deal", "lose", "Ark", "--reason", "no budget")
    assert (ran.code, ran.err) == (0, "")
    assert office.deal("Ark")["lost_reason"] == "no-budget"


def test_the_reason_other_needs_a_note(office: Office) -> None:
    a_deal(office)
    ran = office("deal", "lose", "Ark", "--reason", "other")
    assert (ran.code, "--note" in ran.err) == (2, True)
    office.does("deal", "lose", "Ark", "--reason", "other", "--note", "their plant burnt down")
    assert office.deal("Ark")["lost_reason"] == "other"


def test_nothing_more_is_done_with_a_closed_deal_and_the_way_back_is_named(office: Office) -> None:
    a_deal(office)
    office.does("deal", "lose", "Ark", "--reason", "price")
    for words in (
        ("advance", "Ark", "--force", "--reason", "so"),
        ("back", "Ark", "--to", "opportunity", "--reason", "so"),
        ("win", "Ark", "--force", "--reason", "so"),
        ("lose", "Ark", "--reason", "timing"),
        ("hold", "Ark", "--until", "2026-12-01", "--reason", "so"),
    ):
        ran = office("deal", *words)
        assert (ran.code, ran.out) == (4, ""), words
        assert "1 Ark is lost since 2026-11-02" in ran.err
        assert "funnelcli deal reopen 1 --reason" in ran.err
    assert office.deal("Ark")["lost_reason"] == "price"


# reopen


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_reopened_deal_resumes_its_last_entry_without_the_days_it_was_closed(
    office: Office, outcome: str
) -> None:
    a_deal(office, "Ark", "--amount", "100")
    office.on("2026-11-04").does("deal", "advance", "Ark", "--done", "mail")
    closing = {"won": ("win", "--force"), "lost": ("lose",)}[outcome]
    office.on("2026-11-09").does("deal", closing[0], "Ark", "--reason", "price", *closing[1:])
    assert office.deal("Ark")["days_in_stage"] == 5
    assert office.on("2026-11-16").deal("Ark")["days_in_stage"] == 5
    office.on("2026-11-19").does("deal", "reopen", "Ark", "--reason", "their budget is back")
    found = office.deal("Ark")
    assert [found[k] for k in ("status", "stage", "days_in_stage")] == ["open", "shortlisted", 5]
    assert [found[k] for k in ("closed_on", "lost_reason", "win_probability")] == [None, None, 0.2]
    assert found["stage_entered_at"] == "2026-11-04T01:00:00Z"
    assert told(office)["reopened"] == "their budget is back"
    found = office.on("2026-11-23").deal("Ark")
    assert (found["days_in_stage"], found["days_silent"]) == (9, 11)  # 4..9 and 19..23; from 2


def test_a_deal_can_be_closed_and_reopened_again_and_again(office: Office) -> None:
    a_deal(office)
    for closed, opened in (("04", "06"), ("07", "10"), ("10", "10")):
        office.on(f"2026-11-{closed}").does("deal", "lose", "Ark", "--reason", "timing")
        office.on(f"2026-11-{opened}").does("deal", "reopen", "Ark", "--reason", "they called")
    office.on("2026-11-12")
    found = office.deal("Ark")
    assert (found["status"], found["days_in_stage"]) == ("open", 5)  # 2..4, 6..7, 10..12
    office.does("deal", "lose", "Ark", "--reason", "price")
    assert office.deal("Ark")["lost_reason"] == "price"


def test_only_what_was_closed_or_put_away_is_reopened(office: Office) -> None:
    a_deal(office)
    ran = office("deal", "reopen", "Ark", "--reason", "why not")
    assert (ran.code, ran.out) == (4, "")
    assert "1 Ark is open" in ran.err


# archive


def test_an_archived_deal_leaves_the_funnel_and_the_lists_but_not_the_file(office: Office) -> None:
    a_deal(office, "Ark", "--amount", "100")
    a_deal(office, "Boat", "--amount", "30")
    office.does("log", "Ark", "first call")
    office.does("deal", "archive", "Ark")
    totals = office.asks("funnel")["totals"]
    assert [totals[k] for k in ("deals", "amount", "held")] == [1, 30, 0]
    assert listed(office, "--status", "all") == ["Boat"]
    assert office.deal("Ark")["amount"] == 100
    assert "archived" in office.does("deal", "show", "Ark")
    assert "first call" in office.does("timeline", "Ark")


def test_an_archived_deal_stands_still_until_it_is_brought_back(office: Office) -> None:
    a_deal(office, "Ark", "--amount", "100")
    office.does("deal", "archive", "Ark")
    for words in (
        ("archive", "Ark"),
        ("advance", "Ark", "--force", "--reason", "so"),
        ("win", "Ark", "--force", "--reason", "so"),
        ("lose", "Ark", "--reason", "timing"),
        ("hold", "Ark", "--until", "2026-12-01", "--reason", "so"),
    ):
        ran = office("deal", *words)
        assert (ran.code, ran.out) == (4, ""), words
        assert "1 Ark is archived" in ran.err
    office.does("deal", "reopen", "Ark", "--reason", "they called")
    assert listed(office) == ["Ark"]
    assert office.asks("funnel")["totals"]["amount"] == 100


def test_a_closed_deal_brought_back_from_the_archive_is_open(office: Office) -> None:
    a_deal(office)
    office.does("deal", "lose", "Ark", "--reason", "price")
    office.does("deal", "archive", "Ark")
    office.does("deal", "reopen", "Ark", "--reason", "they called")
    assert office.deal("Ark")["status"] == "open"
    assert listed(office) == ["Ark"]


def test_a_deal_entered_under_way_says_where_its_evidence_begins(office: Office) -> None:
    ran = office("deal", "add", "Late", "--stage", "quoted")
    assert ran.code == 0
    assert "those of earlier stages are open, see: funnelcli milestone list 1" in ran.err
    assert "Evidence" not in office("deal", "add", "New").err
