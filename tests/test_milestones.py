"""One milestone: claimed with evidence, accepted, rejected or waived, and when."""

import sqlite3
from contextlib import closing
from typing import Any

from conftest import MONDAY, Office

NEED = "need-confirmed"


def a_deal(office: Office, name: str = "Ark", on: str = "2026-11-02") -> None:
    """Add a deal in the bidding process's first stage."""
    office.on(on).does("deal", "add", name)


def claimed(office: Office, evidence: str = "mail", *more: str) -> None:
    """Let Xiao Li claim that Ark's need is confirmed."""
    said = ("--evidence", evidence, "--as", "Xiao Li", *more)
    office.does("milestone", "claim", "Ark", NEED, *said)


def the_need(office: Office) -> dict[str, Any]:
    """Return the milestone as it stands."""
    return office.asks("milestone", "list", "Ark")["rows"][0]


def dump(office: Office) -> list[str]:
    """Return all that the file holds."""
    with closing(sqlite3.connect(office.path)) as file:
        return list(file.iterdump())


def refused(office: Office, *words: str, code: int = 4) -> str:
    """Run a command that must be refused, leaving nothing behind; return what it said."""
    before = dump(office)
    ran = office(*words)
    assert (ran.code, ran.out) == (code, ""), ran
    assert dump(office) == before
    return ran.err


def test_a_milestone_is_claimed_with_evidence_and_then_accepted(office: Office) -> None:
    a_deal(office)
    assert (the_need(office)["state"], the_need(office)["evidence"]) == ("open", None)
    office.on("2026-11-04")
    claimed(office, "minutes of 3 November")
    found = the_need(office)
    assert (found["state"], found["evidence"]) == ("claimed", "minutes of 3 November")
    assert (found["claimed_at"], found["claimed_by"]) == ("2026-11-04T01:00:00Z", "Xiao Li")
    assert (found["decided_at"], found["decided_by"]) == (None, None)
    office.on("2026-11-06").does("milestone", "accept", "Ark", NEED)
    found = the_need(office)
    assert (found["state"], found["evidence"]) == ("accepted", "minutes of 3 November")
    assert (found["decided_at"], found["decided_by"]) == ("2026-11-06T01:00:00Z", "Jiang Yue")
    assert found["claimed_by"] == "Xiao Li"


def test_a_rejected_milestone_bears_the_reason_and_can_be_claimed_again(office: Office) -> None:
    a_deal(office)
    claimed(office, "a mail")
    office.on("2026-11-03").does("milestone", "reject", "Ark", NEED, "--reason", "no budget in it")
    found = the_need(office)
    assert (found["state"], found["reason"]) == ("rejected", "no budget in it")
    office.on("2026-11-04")
    claimed(office, "a better mail")
    found = the_need(office)
    assert (found["state"], found["evidence"], found["reason"]) == (
        *("claimed", "a better mail", None),
    )
    office.on("2026-11-05").does("milestone", "accept", "Ark", NEED)
    assert the_need(office)["state"] == "accepted"


def test_a_claim_made_again_has_the_newer_evidence(office: Office) -> None:
    a_deal(office)
    claimed(office, "a mail")
    claimed(office, "a better mail")
    assert the_need(office)["evidence"] == "a better mail"


def test_an_open_milestone_is_neither_accepted_nor_rejected_before_it_is_claimed(
    office: Office,
) -> None:
    a_deal(office)
    said = refused(office, "milestone", "accept", "Ark", NEED)
    assert "funnelcli milestone claim 1 need-confirmed --evidence" in said
    refused(office, "milestone", "reject", "Ark", NEED, "--reason", "no")


def test_what_is_accepted_or_waived_is_not_claimed_accepted_or_waived_again(
    office: Office,
) -> None:
    a_deal(office)
    claimed(office)
    for verdict in (("accept", "Ark", NEED), ("waive", "Ark", NEED, "--reason", "known")):
        if verdict[0] == "waive":
            office.does("milestone", "reject", "Ark", NEED, "--reason", "not any more")
        office.does("milestone", *verdict)
        refused(office, "milestone", "claim", "Ark", NEED, "--evidence", "more")
        refused(office, "milestone", "accept", "Ark", NEED)
        refused(office, "milestone", "waive", "Ark", NEED, "--reason", "again")


def test_an_accepted_milestone_can_be_rejected_later_and_closes_the_gate(office: Office) -> None:
    a_deal(office)
    claimed(office)
    office.does("milestone", "accept", "Ark", NEED)
    office.does("milestone", "reject", "Ark", NEED, "--reason", "the mail was forged")
    assert "need-confirmed (rejected)" in refused(office, "deal", "advance", "Ark")


def test_a_milestone_is_named_by_its_name_or_its_title(office: Office) -> None:
    a_deal(office)
    title = "customer's mail or confirmed minutes naming the project, the budget and a date"
    for word in ("need-confirmed", "NEED-Confirmed", "ｎｅｅｄ－confirmed", title):
        office.does("milestone", "claim", "Ark", word, "--evidence", word)
        assert the_need(office)["evidence"] == word


def test_an_unknown_milestone_is_said_with_those_there_are(office: Office) -> None:
    a_deal(office)
    for word in ("contract", "need", ""):
        said = refused(office, "milestone", "claim", "Ark", word, "--evidence", "mail", code=3)
        for name in (repr(word), NEED, "on-the-list", "terms-agreed"):
            assert name in said


def test_evidence_and_reasons_are_not_empty(office: Office) -> None:
    a_deal(office)
    claimed(office)
    for blank in ("", "   "):
        said = refused(office, "milestone", "claim", "Ark", NEED, "--evidence", blank, code=2)
        assert "evidence is empty" in said
        for verdict in ("reject", "waive"):
            said = refused(office, "milestone", verdict, "Ark", NEED, "--reason", blank, code=2)
            assert "reason is empty" in said


# Lists


def test_the_list_of_a_deal_has_every_milestone_of_its_process_in_order(office: Office) -> None:
    a_deal(office)
    found = office.asks("milestone", "list", "Ark")
    assert found["schema"] == "funnelcli.milestone-list/1"
    assert [(r["stage"], r["milestone"], r["required"]) for r in found["rows"]] == [
        ("opportunity", "need-confirmed", True),
        ("opportunity", "decision-path", False),
        ("shortlisted", "on-the-list", True),
        ("shortlisted", "criteria-received", False),
        ("drafted", "draft-accepted", True),
        ("quoted", "quote-received", True),
        ("confirmed", "solution-confirmed", True),
        ("confirmed", "decision-maker-heard", False),
        ("terms", "terms-agreed", True),
    ]
    keys = "deal_id deal stage milestone title required state evidence claimed_at claimed_by"
    assert set(found["rows"][0]) >= {*keys.split(), "decided_at", "decided_by", "reason"}


def test_without_a_deal_the_list_is_of_all_open_ones(office: Office) -> None:
    for name in ("Ark", "Boat", "Lost"):
        a_deal(office, name)
    office.does("deal", "lose", "Lost", "--reason", "price")
    claimed(office)
    rows = office.asks("milestone", "list")["rows"]
    assert [row["deal_id"] for row in rows] == [1] * 9 + [2] * 9
    waiting = office.asks("milestone", "list", "--state", "claimed")["rows"]
    assert [(row["deal"], row["milestone"]) for row in waiting] == [("Ark", NEED)]


def test_no_milestone_in_a_state_is_said_aside(office: Office) -> None:
    a_deal(office)
    ran = office("milestone", "list", "--state", "rejected")
    assert (ran.code, ran.out, ran.err) == (0, "", "No milestone found.\n")


# When


def test_a_milestone_may_have_been_claimed_and_decided_on_an_earlier_day(office: Office) -> None:
    a_deal(office)
    office.at(MONDAY)
    claimed(office, "mail", "--on", "2026-11-10")
    assert the_need(office)["claimed_at"] == "2026-11-09T16:00:00Z"
    office.does("milestone", "accept", "Ark", NEED, "--on", "2026-11-12")
    assert the_need(office)["decided_at"] == "2026-11-11T16:00:00Z"


def test_what_is_decided_on_the_day_of_the_claim_comes_after_it(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-10")
    claimed(office)
    office.at(MONDAY).does("milestone", "accept", "Ark", NEED, "--on", "2026-11-10")
    found = the_need(office)
    assert (found["state"], found["decided_at"]) == ("accepted", "2026-11-10T01:00:00Z")


def test_nothing_is_claimed_or_decided_on_a_day_to_come(office: Office) -> None:
    a_deal(office)
    claimed(office)
    for words in (
        ("claim", "Ark", "on-the-list", "--evidence", "mail"),
        ("accept", "Ark", NEED),
        ("reject", "Ark", NEED, "--reason", "no"),
        ("waive", "Ark", NEED, "--reason", "no"),
    ):
        said = refused(office, "milestone", *words, "--on", "tomorrow", code=2)
        assert "'tomorrow' is still to come" in said


def either_refused_or_counts(office: Office, state: str, *words: str) -> None:
    """Run a command that may be refused, leaving nothing behind, or else does what it says."""
    before = dump(office)
    ran = office(*words)
    if ran.code == 0:
        assert the_need(office)["state"] == state
    else:
        assert (ran.code, ran.out) == (4, "")
        assert dump(office) == before


def test_a_decision_dated_before_the_claim_is_refused_or_counts(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-15")
    claimed(office)
    office.on("2026-11-16")
    early = ("Ark", NEED, "--on", "2026-11-12")
    either_refused_or_counts(office, "accepted", "milestone", "accept", *early)
    why = ("--reason", "no budget in it")
    either_refused_or_counts(office, "rejected", "milestone", "reject", *early, *why)
    either_refused_or_counts(office, "waived", "milestone", "waive", *early, *why)


def test_a_claim_dated_before_the_milestone_was_opened_again_is_refused_or_counts(
    office: Office,
) -> None:
    a_deal(office)
    office.on("2026-11-10").does("deal", "advance", "Ark", "--done", "mail")
    office.on("2026-11-16").does(
        *("deal", "back", "Ark", "--to", "opportunity", "--reason", "their budget is gone")
    )
    said = ("--evidence", "a new mail", "--on", "2026-11-13")
    either_refused_or_counts(office, "claimed", "milestone", "claim", "Ark", NEED, *said)


def test_what_is_forced_on_an_earlier_day_is_waived_whatever_was_said_since(
    office: Office,
) -> None:
    a_deal(office)
    office.on("2026-11-15")
    claimed(office)
    office.on("2026-11-16").does(
        *("deal", "advance", "Ark", "--force", "--reason", "they are known", "--on", "2026-11-12")
    )
    assert the_need(office)["state"] == "waived"


def test_what_the_manager_says_was_done_on_an_earlier_day_lets_the_deal_on(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-15")
    claimed(office)
    office.on("2026-11-16").does(
        *("deal", "advance", "Ark", "--done", "minutes", "--on", "2026-11-12")
    )
    assert (the_need(office)["state"], office.deal("Ark")["stage"]) == ("accepted", "shortlisted")
