"""`pipeline apply`: a process is made and changed, and no deal loses its place or its clock."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from conftest import Office


def a_stage(name: str, probability: int = 50, **more: Any) -> dict[str, Any]:
    return {"name": name, "probability": probability, "max_days": 14, "silence_days": 7, **more}


def a_milestone(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "title": name.title(), **more}


def a_process(*stages: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    """Return a pipeline file's mapping; a bare name is a stage with 50 %."""
    tables = [a_stage(each) if isinstance(each, str) else each for each in stages]
    return {"name": "sales", "title": "Sales", "stage": tables, **more}


def written(office: Office, process: dict[str, Any]) -> str:
    path = office.path.parent / "process.toml"
    path.write_text(tomli_w.dumps(process), encoding="utf-8")
    return str(path)


def applied(office: Office, process: dict[str, Any], *words: str) -> str:
    return office.does("pipeline", "apply", written(office, process), *words)


def dump(path: Path) -> Sequence[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def stages(office: Office) -> list[str]:
    return [row["stage"] for row in office.asks("pipeline", "show", "sales")["rows"]]


def a_deal(office: Office, name: str, stage: str, on: str = "2026-11-03") -> None:
    """Add a deal that arrived in a stage on a day; 20 days before the office's Monday."""
    office.does("deal", "add", name, "--pipeline", "sales", "--stage", stage, "--on", on)


def place(office: Office, name: str, *words: str) -> tuple[str, int, str]:
    """Return where a deal is, for how many days, and since when."""
    row = office.deal(name, *words)
    return row["stage"], row["days_in_stage"], row["stage_entered_at"]


SINCE = "2026-11-02T16:00:00Z"
"""Midnight of 3 November in Shanghai."""


# Creating and changing


def test_apply_creates_a_pipeline_beside_the_default_one(office: Office) -> None:
    said = applied(office, a_process("lead", "offer"))
    assert said == "Created the pipeline sales.\n"
    rows = office.asks("pipeline", "list")["rows"]
    assert [(row["pipeline"], row["default"]) for row in rows] == [
        ("bidding", True),
        ("sales", False),
    ]
    assert stages(office) == ["lead", "offer"]


def test_applying_the_same_file_twice_leaves_every_row_as_it_was(office: Office) -> None:
    process = a_process("lead", a_stage("offer", 70, milestone=[a_milestone("signed")]))
    applied(office, process)
    before = dump(office.path)
    assert "nothing was changed" in applied(office, process)
    assert dump(office.path) == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(office: Office) -> None:
    applied(office, a_process("lead", "offer"))
    before = dump(office.path)
    said = applied(office, a_process(a_stage("lead", 25), "offer", "contract"), "--dry-run")
    assert said == (
        "Would be: Changed the pipeline sales: "
        "lead: probability 50 % → 25 %; stage contract added.\n"
    )
    assert dump(office.path) == before
    said = applied(office, a_process("lead") | {"name": "other"}, "--dry-run")
    assert said == "Would be: Created the pipeline other.\n"
    assert dump(office.path) == before


def test_everything_that_differs_is_named_and_taken_over(office: Office) -> None:
    lead = a_stage("lead", milestone=[a_milestone("met"), a_milestone("brief")])
    applied(office, a_process(lead, "offer"))
    wanted = a_process(
        a_stage(
            "lead",
            12.5,
            title="Lead 线索",
            max_days=21,
            silence_days=10,
            phase="late",
            guidance="Ask who pays.",
            milestone=[a_milestone("met", required=False), a_milestone("budget")],
        ),
        "offer",
        title="Selling",
        acceptance="rep",
        won="Signed",
        lost="Gone",
        questions={"stuck": ["Why?"]},
    )
    said = applied(office, wanted)
    for change in (
        "title Sales → Selling",
        "acceptance manager → rep",
        "won Won → Signed",
        "lost Lost → Gone",
        "playbook reworded",
        "lead: title lead → Lead 线索",
        "lead: probability 50 % → 12.5 %",
        "lead: max_days 14 → 21",
        "lead: silence_days 7 → 10",
        "lead: phase none → late",
        "lead: guidance reworded",
        "milestone met changed",
        "milestone budget added to lead",
        "milestone brief dropped from lead",
    ):
        assert change in said
    (row, _) = office.asks("pipeline", "show", "sales")["rows"]
    assert row["probability"] == 0.125
    assert (row["max_days"], row["silence_days"], row["phase"]) == (21, 10, "late")
    assert row["milestones"] == ["met", "budget"]
    assert "nothing was changed" in applied(office, wanted)


def test_a_deals_probability_follows_its_stage_always(office: Office) -> None:
    applied(office, a_process(a_stage("lead", 20), "offer"))
    a_deal(office, "Ark", "lead")
    office.does("deal", "edit", "Ark", "--amount", "1000")
    assert office.deal("Ark")["weighted_amount"] == 200
    applied(office, a_process(a_stage("lead", 35), "offer"))
    assert office.deal("Ark")["win_probability"] == 0.35
    assert office.deal("Ark")["weighted_amount"] == 350


def test_stages_may_change_places_and_be_put_in_between(office: Office) -> None:
    applied(office, a_process("lead", "offer", "contract"))
    a_deal(office, "Ark", "offer")
    applied(office, a_process("contract", "lead", "demo", "offer"))
    assert stages(office) == ["contract", "lead", "demo", "offer"]
    assert place(office, "Ark") == ("offer", 20, SINCE)


def test_phases_are_thirds_of_the_stages_unless_the_file_says_otherwise(office: Office) -> None:
    applied(office, a_process("a", "b", a_stage("c", phase="late"), "d", "e", "f"))
    rows = office.asks("pipeline", "show", "sales")["rows"]
    assert [row["phase"] for row in rows] == ["early", "early", "late", "middle", "late", "late"]


def test_where_the_rep_is_believed_a_claim_is_enough_to_advance(office: Office) -> None:
    process = a_process(a_stage("lead", milestone=[a_milestone("met")]), "offer")
    applied(office, process)
    a_deal(office, "Ark", "lead")
    office.does("milestone", "claim", "Ark", "met", "--evidence", "mail", "--as", "Xiao Li")
    assert office("deal", "advance", "Ark", "--as", "Xiao Li").code == 4
    applied(office, process | {"acceptance": "rep"})
    office.does("deal", "advance", "Ark", "--as", "Xiao Li")
    assert office.deal("Ark")["stage"] == "offer"


# Dropping stages


def test_dropping_a_stage_that_holds_deals_is_refused_and_says_how(office: Office) -> None:
    applied(office, a_process("lead", "offer", "contract"))
    a_deal(office, "Ark", "offer")
    a_deal(office, "Bright", "offer")
    before = dump(office.path)
    for dry in ((), ("--dry-run",)):
        ran = office("pipeline", "apply", written(office, a_process("lead", "contract")), *dry)
        assert (ran.code, ran.out) == (4, "")
        assert ran.err == (
            "funnelcli: 'offer' holds 2 deals; say where they go with --map offer=STAGE.\n"
        )
    assert dump(office.path) == before


def test_an_empty_stage_is_dropped_without_a_word(office: Office) -> None:
    applied(office, a_process("lead", "offer", "contract"))
    a_deal(office, "Ark", "lead")
    said = applied(office, a_process("lead", "contract"))
    assert said == "Changed the pipeline sales: stage offer dropped.\n"
    assert stages(office) == ["lead", "contract"]


def test_a_map_to_a_new_name_renames_the_stage_and_its_clock_runs_on(office: Office) -> None:
    applied(office, a_process("lead", a_stage("offer", milestone=[a_milestone("sent")])))
    a_deal(office, "Ark", "offer")
    office.does("milestone", "claim", "Ark", "sent", "--evidence", "mail")
    renamed = a_process("lead", a_stage("quote", milestone=[a_milestone("sent")]))
    said = applied(office, renamed, "--map", "offer=quote")
    assert "stage offer renamed to quote" in said
    assert stages(office) == ["lead", "quote"]
    assert place(office, "Ark") == ("quote", 20, SINCE)
    states = [(m["stage"], m["state"]) for m in office.asks("milestone", "list", "Ark")["rows"]]
    assert states == [("quote", "claimed")]
    assert "nothing was changed" in applied(office, renamed)


def test_a_map_to_an_existing_stage_moves_the_deals_and_their_clocks_run_on(
    office: Office,
) -> None:
    applied(office, a_process("lead", "offer", "contract"))
    a_deal(office, "Ark", "offer")
    a_deal(office, "Bright", "contract", "2026-11-13")
    said = applied(office, a_process("lead", "contract"), "--map", "offer=contract")
    assert "stage offer dropped, 1 deal now in contract" in said
    assert place(office, "Ark") == ("contract", 20, SINCE)
    assert place(office, "Bright")[:2] == ("contract", 10)
    rows = [row for row in office.asks("funnel")["rows"] if row["pipeline"] == "sales"]
    assert [(row["stage"], row["deals"]) for row in rows] == [("lead", 0), ("contract", 2)]
    assert place(office, "Ark", "--as-of", "2026-11-13", "--hindsight")[:2] == ("contract", 10)


def test_two_stages_merge_into_a_new_one(office: Office) -> None:
    applied(office, a_process("lead", "offer", "contract"))
    a_deal(office, "Ark", "offer")
    a_deal(office, "Bright", "contract", "2026-11-13")
    words = ("--map", "offer=talks", "--map", "contract=talks")
    applied(office, a_process("lead", "talks"), *words)
    assert stages(office) == ["lead", "talks"]
    assert place(office, "Ark")[:2] == ("talks", 20)
    assert place(office, "Bright")[:2] == ("talks", 10)


def test_a_stage_dropped_twice_over_keeps_its_deals(office: Office) -> None:
    applied(office, a_process("lead", "offer", "contract"))
    a_deal(office, "Ark", "offer")
    applied(office, a_process("lead", "contract"), "--map", "offer=contract")
    applied(office, a_process("lead", "close"), "--map", "contract=close")
    applied(office, a_process("lead"), "--map", "close=lead")
    assert place(office, "Ark") == ("lead", 20, SINCE)
    assert len(office.asks("timeline", "Ark")["rows"]) > 0


def test_a_stage_that_was_dropped_may_come_back_empty(office: Office) -> None:
    applied(office, a_process("lead", "offer"))
    a_deal(office, "Ark", "offer")
    applied(office, a_process("lead"), "--map", "offer=lead")
    applied(office, a_process("lead", "offer"))
    assert stages(office) == ["lead", "offer"]
    assert place(office, "Ark")[0] == "lead"


def test_a_closed_deal_in_a_dropped_stage_goes_along_too(office: Office) -> None:
    applied(office, a_process("lead", "offer"))
    a_deal(office, "Ark", "offer")
    office.does("deal", "lose", "Ark", "--reason", "price")
    assert office("pipeline", "apply", written(office, a_process("lead"))).code == 4
    applied(office, a_process("lead"), "--map", "offer=lead")
    assert (office.deal("Ark")["stage"], office.deal("Ark")["status"]) == ("lead", "lost")
    office.does("deal", "reopen", "Ark", "--reason", "they called")
    assert office.deal("Ark")["stage"] == "lead"


@pytest.mark.parametrize("word", ["offer=contract", "Offer=contract", "报价=contract"])
def test_a_stage_in_a_map_is_named_by_its_name_or_its_title(office: Office, word: str) -> None:
    applied(office, a_process("lead", a_stage("offer", title="报价"), "contract"))
    a_deal(office, "Ark", "offer")
    applied(office, a_process("lead", "contract"), "--map", word)
    assert place(office, "Ark") == ("contract", 20, SINCE)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("offer", 2),
        ("offer=", 2),
        ("=contract", 2),
        ("nowhere=contract", 3),
        ("offer=nowhere", 3),
        ("lead=contract", 2),
    ],
)
def test_an_impossible_map_is_one_sentence_and_changes_nothing(
    office: Office, word: str, code: int
) -> None:
    applied(office, a_process("lead", "offer", "contract"))
    a_deal(office, "Ark", "offer")
    before = dump(office.path)
    file = written(office, a_process("lead", "contract"))
    ran = office("pipeline", "apply", file, "--map", word)
    assert (ran.code, ran.out) == (code, "")
    assert word in ran.err
    assert ran.err.count("\n") == 1
    assert dump(office.path) == before
