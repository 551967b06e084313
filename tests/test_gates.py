"""Milestones as gates: what lets a deal on, what does not, and what each command makes of them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Office

WHAT_A_DECISION_LEAVES = ("evidence", "claimed_at", "claimed_by", "decided_at", "decided_by")
REQUIRED = {
    "opportunity": "need-confirmed",
    "shortlisted": "on-the-list",
    "drafted": "draft-accepted",
    "quoted": "quote-received",
    "confirmed": "solution-confirmed",
    "terms": "terms-agreed",
}
"""The required milestone of each stage of the bidding process."""

SHORT = """
name = "short"
title = "Short sale"
acceptance = "rep"
won = "Signed"
[[stage]]
name = "lead"
title = "Lead"
probability = 10
[[stage.milestone]]
name = "need"
title = "They wrote what they need"
[[stage]]
name = "offer"
title = "Offer"
probability = 50
[[stage.milestone]]
name = "order"
title = "They ordered"
"""
"""A process in which the rep's claim is enough."""


def a_deal(office: Office, stage: str = "opportunity", *more: str, on: str = "2026-11-02") -> None:
    """Add Ark, a deal of Xiao Li's, in a stage."""
    office.on(on).does("deal", "add", "Ark", "--owner", "Xiao Li", "--stage", stage, *more)


def a_short_deal(office: Office, folder: Path) -> None:
    """Add Ark in a process whose reps' claims are enough."""
    (folder / "short.toml").write_text(SHORT, encoding="utf-8")
    office.does("pipeline", "apply", str(folder / "short.toml"))
    a_deal(office, "lead", "--pipeline", "short")


def claimed(office: Office, milestone: str, evidence: str = "mail", *more: str) -> None:
    """Let Xiao Li claim a milestone of Ark's."""
    said = ("--evidence", evidence, "--as", "Xiao Li", *more)
    office.does("milestone", "claim", "Ark", milestone, *said)


def milestones(office: Office) -> dict[str, dict[str, Any]]:
    """Return Ark's milestones by name."""
    return {row["milestone"]: row for row in office.asks("milestone", "list", "Ark")["rows"]}


def passed(office: Office) -> dict[str, str]:
    """Return the states of Ark's milestones that are not open."""
    return {k: m["state"] for k, m in milestones(office).items() if m["state"] != "open"}


def dump(office: Office) -> list[str]:
    """Return all that the file holds."""
    with closing(sqlite3.connect(office.path)) as file:
        return list(file.iterdump())


def refused(office: Office, *words: str) -> str:
    """Run a command that the process must refuse, leaving nothing behind; return what it said."""
    before = dump(office)
    ran = office(*words)
    assert (ran.code, ran.out) == (4, ""), ran
    assert dump(office) == before
    return ran.err


def named(said: str) -> list[str]:
    """Return the required milestones that a refusal names, in its order."""
    found = [name for name in REQUIRED.values() if f"{name} (" in said]
    return sorted(found, key=said.index)


# What stands in the way


def test_advancing_past_an_open_milestone_is_refused_and_names_it(office: Office) -> None:
    a_deal(office)
    refused(office, "deal", "advance", "Ark", "--as", "Xiao Li")
    said = refused(office, "deal", "advance", "Ark", "--as", "Jiang Yue")
    assert named(said) == ["need-confirmed"]
    assert "naming the project, the budget and a date" in said
    assert "decision-path" not in said  # not required
    assert office.deal("Ark")["stage"] == "opportunity"


def test_a_claimed_milestone_is_not_enough_where_the_manager_accepts(office: Office) -> None:
    a_deal(office)
    claimed(office, "need-confirmed")
    assert "need-confirmed (claimed)" in refused(office, "deal", "advance", "Ark")
    office.does("milestone", "accept", "Ark", "need-confirmed")
    office.does("deal", "advance", "Ark", "--as", "Xiao Li")
    assert office.deal("Ark")["stage"] == "shortlisted"


def test_a_waived_milestone_lets_the_deal_on_and_a_rejected_one_does_not(office: Office) -> None:
    a_deal(office)
    claimed(office, "need-confirmed")
    office.does("milestone", "reject", "Ark", "need-confirmed", "--reason", "a colleague's mail")
    assert "need-confirmed (rejected)" in refused(office, "deal", "advance", "Ark")
    office.does("milestone", "waive", "Ark", "need-confirmed", "--reason", "they are known")
    office.does("deal", "advance", "Ark")
    assert passed(office) == {"need-confirmed": "waived"}


def test_a_claim_is_enough_where_the_pipeline_takes_the_reps_word(
    office: Office, tmp_path: Path
) -> None:
    a_short_deal(office, tmp_path)
    assert "need (open)" in refused(office, "deal", "advance", "Ark", "--as", "Xiao Li")
    claimed(office, "need")
    office.does("deal", "advance", "Ark", "--as", "Xiao Li")
    assert (office.deal("Ark")["stage"], passed(office)) == ("offer", {"need": "claimed"})


def test_a_rejected_claim_is_not_enough_even_where_the_pipeline_takes_the_reps_word(
    office: Office, tmp_path: Path
) -> None:
    a_short_deal(office, tmp_path)
    claimed(office, "need")
    office.does("milestone", "reject", "Ark", "need", "--reason", "no such mail")
    assert "need (rejected)" in refused(office, "deal", "advance", "Ark")


def test_skipping_names_the_milestones_of_the_stages_left_and_skipped_only(office: Office) -> None:
    a_deal(office, "shortlisted")
    said = refused(office, "deal", "advance", "Ark", "--to", "quoted")
    assert named(said) == ["on-the-list", "draft-accepted"]


def test_winning_names_the_milestones_of_every_stage_still_to_come(office: Office) -> None:
    a_deal(office, "quoted")
    for words in (("win", "Ark"), *(("advance", "Ark", "--to", w) for w in ("won", "Ｗｏｎ"))):
        said = refused(office, "deal", *words)
        assert named(said) == ["quote-received", "solution-confirmed", "terms-agreed"], words
    assert office.deal("Ark")["status"] == "open"


def test_advancing_out_of_the_last_stage_is_winning_and_gated_alike(office: Office) -> None:
    a_deal(office, "terms", "--amount", "100")
    assert named(refused(office, "deal", "advance", "Ark")) == ["terms-agreed"]
    office.does("deal", "advance", "Ark", "--done", "contract signed", "--on", "today")
    found = office.deal("Ark")
    assert (found["status"], found["stage"], found["closed_on"]) == ("won", "terms", "2026-11-02")
    assert (found["win_probability"], found["weighted_amount"]) == (1, 100)


def test_the_pipelines_own_word_for_won_wins(office: Office, tmp_path: Path) -> None:
    a_short_deal(office, tmp_path)
    refused(office, "deal", "advance", "Ark", "--to", "signed")
    for name in ("need", "order"):
        claimed(office, name)
    office.does("deal", "advance", "Ark", "--to", "signed")
    assert office.deal("Ark")["status"] == "won"


def test_a_deal_added_in_a_later_stage_is_not_asked_for_what_lies_before(office: Office) -> None:
    a_deal(office, "quoted")
    assert passed(office) == {}
    assert named(refused(office, "deal", "advance", "Ark")) == ["quote-received"]
    office.does("deal", "advance", "Ark", "--done", "their mail")
    assert passed(office) == {"quote-received": "accepted"}


# --done


def test_done_claims_with_the_evidence_and_accepts_where_the_manager_signs(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-05").does("deal", "advance", "Ark", "--done", "minutes of Thursday")
    assert passed(office) == {"need-confirmed": "accepted"}
    found = milestones(office)["need-confirmed"]
    assert found["evidence"] == "minutes of Thursday"
    assert (found["claimed_by"], found["decided_by"]) == ("Jiang Yue", "Jiang Yue")
    assert found["claimed_at"] == found["decided_at"] == "2026-11-05T01:00:00Z"
    assert office.deal("Ark")["stage"] == "shortlisted"


def test_done_only_claims_where_a_rep_signs_and_that_is_enough_where_it_counts(
    office: Office, tmp_path: Path
) -> None:
    a_short_deal(office, tmp_path)
    office.does("deal", "advance", "Ark", "--done", "their mail", "--as", "Xiao Li")
    found = milestones(office)["need"]
    assert (found["state"], found["claimed_by"], found["decided_by"]) == (
        *("claimed", "Xiao Li", None),
    )
    assert office.deal("Ark")["stage"] == "offer"


def test_a_reps_done_is_refused_where_the_manager_accepts_and_claims_nothing(
    office: Office,
) -> None:
    a_deal(office)
    said = refused(office, "deal", "advance", "Ark", "--done", "their mail", "--as", "Xiao Li")
    assert "need-confirmed (open)" in said  # the claim is not kept, so it is not told
    assert passed(office) == {}


def test_the_remedy_that_a_rep_is_told_leads_on(office: Office) -> None:
    a_deal(office)
    for more in ((), ("--done", "their mail")):
        said = refused(office, "deal", "advance", "Ark", *more, "--as", "Xiao Li")
        assert "funnelcli milestone claim" in said, more  # accepting comes after claiming


@pytest.mark.parametrize("more", [("--done", "mail of May"), ("--force", "--reason", "in a hurry")])
def test_what_no_milestone_was_left_to_take_up_stands_with_the_move(
    office: Office, more: tuple[str, ...]
) -> None:
    office.does("deal", "add", "Ark")
    office.does("milestone", "waive", "Ark", "need-confirmed", "--reason", "so")
    office.does("deal", "advance", "Ark", "--note", "at last", *more)
    moved = [row for row in office.asks("timeline", "Ark")["rows"] if row["kind"] == "stage"][-1]
    assert moved["text"] == f"at last; {more[-1]}"


def test_done_stands_for_the_current_stage_only(office: Office) -> None:
    a_deal(office, "shortlisted")
    said = refused(office, "deal", "advance", "Ark", "--to", "quoted", "--done", "the list")
    assert "draft-accepted" in named(said)
    assert passed(office) == {}


def test_done_leaves_alone_what_was_accepted_before(office: Office) -> None:
    a_deal(office)
    claimed(office, "need-confirmed", "the first mail")
    office.does("milestone", "accept", "Ark", "need-confirmed")
    office.does("deal", "advance", "Ark", "--done", "another mail")
    assert milestones(office)["need-confirmed"]["evidence"] == "the first mail"


# --force


def test_force_waives_what_is_in_the_way_and_only_that_with_the_reason(office: Office) -> None:
    a_deal(office)
    office.does("deal", "advance", "Ark", "--done", "their mail")
    office.does(
        *("deal", "advance", "Ark", "--to", "quoted", "--force", "--reason", "tender cut short")
    )
    assert passed(office) == {
        "need-confirmed": "accepted",
        "on-the-list": "waived",
        "draft-accepted": "waived",
    }
    for name in ("on-the-list", "draft-accepted"):
        found = milestones(office)[name]
        assert (found["reason"], found["decided_by"]) == ("tender cut short", "Jiang Yue")
    assert office.deal("Ark")["stage"] == "quoted"


def test_forcing_a_win_waives_every_stage_still_to_come(office: Office) -> None:
    a_deal(office, "confirmed")
    office.does("deal", "win", "Ark", "--force", "--reason", "signed at dinner")
    assert passed(office) == {"solution-confirmed": "waived", "terms-agreed": "waived"}


def test_force_needs_a_reason(office: Office) -> None:
    a_deal(office)
    before = dump(office)
    for command in ("advance", "win"):
        for more in ((), ("--reason", ""), ("--reason", "  ")):
            ran = office("deal", command, "Ark", "--force", *more)
            assert (ran.code, ran.out) == (2, "")
            assert "reason" in ran.err
    assert dump(office) == before


def test_a_reason_without_force_is_not_silently_lost(office: Office) -> None:
    a_deal(office)
    before = dump(office)
    ran = office("deal", "advance", "Ark", "--done", "their mail", "--reason", "in a hurry")
    assert (ran.code, ran.out) == (2, "")
    assert "--force" in ran.err
    assert dump(office) == before


# Stepping back


def test_moving_back_opens_the_milestones_of_the_stages_reentered_again(office: Office) -> None:
    a_deal(office)
    for evidence in ("mail", "list", "comments"):
        office.does("deal", "advance", "Ark", "--done", evidence)
    claimed(office, "quote-received")
    office.does("deal", "back", "Ark", "--to", "shortlisted", "--reason", "another concept")
    assert passed(office) == {"need-confirmed": "accepted"}
    reopened = milestones(office)["on-the-list"]
    assert [reopened[key] for key in WHAT_A_DECISION_LEAVES] == [None] * 5
    assert "on-the-list (open)" in refused(office, "deal", "advance", "Ark")


def test_moving_back_keeps_the_milestones_history(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-05").does("deal", "advance", "Ark", "--done", "their mail")
    office.on("2026-11-09").does(
        *("deal", "back", "Ark", "--to", "opportunity", "--reason", "their budget is gone")
    )
    told = [row for row in office.asks("timeline", "Ark")["rows"] if row["kind"] == "milestone"]
    assert [(row["at"][:10], row["to"]) for row in told] == [
        ("2026-11-05", "claimed"),
        ("2026-11-05", "accepted"),
        ("2026-11-09", "open"),
    ]
    assert office.asks("milestone", "list", "Ark", "--as-of", "2026-11-08")["rows"][0]["state"] == (
        "accepted"
    )
