"""How stages, the word for winning and milestones are named, and what history measures of them."""

import pytest
import tomli_w
from conftest import MONDAY, Office


@pytest.mark.parametrize("word", ["quoted", "Quoted", "QUOTED", "报价", " 报价 "])
def test_a_stage_is_named_by_its_name_or_its_title(bare: Office, word: str) -> None:
    bare.does("init", "--lang", "zh-Hans")
    bare.does("deal", "add", "Ark", "--stage", word)
    assert bare.deal("Ark")["stage"] == "quoted"
    bare.does("deal", "add", "Bright")
    bare.does("deal", "advance", "Bright", "--to", word, "--force", "--reason", "known")
    assert bare.deal("Bright")["stage"] == "quoted"
    assert [row["name"] for row in bare.asks("deal", "list", "--stage", word)["rows"]] == [
        "Ark",
        "Bright",
    ]


def test_the_pipelines_word_for_winning_wins(bare: Office) -> None:
    bare.does("init", "--lang", "zh-Hans")
    for name, word in (("Ark", "中标"), ("Bright", "won")):
        bare.does("deal", "add", name, "--stage", "商务确认")
        bare.does("deal", "advance", name, "--to", word, "--done", "合同")
        assert bare.deal(name)["status"] == "won"


def test_an_unknown_stage_lists_the_stages_there_are(office: Office) -> None:
    ran = office("deal", "add", "Ark", "--stage", "signed")
    assert (ran.code, ran.out) == (3, "")
    for word in ("'signed'", "opportunity", "shortlisted", "terms"):
        assert word in ran.err


def test_milestones_are_listed_under_the_promised_keys(office: Office) -> None:
    office.does("deal", "add", "Ark", "--stage", "quoted", "--on", "2026-11-03")
    office.on("2026-11-10").does(
        *("milestone", "claim", "Ark", "quote-received"),
        *("--evidence", "mail of 9 Nov", "--as", "Xiao Li"),
    )
    office.on("2026-11-11").does(
        "milestone", "reject", "Ark", "quote-received", "--reason", "that is our own mail"
    )
    (row,) = office.at(MONDAY).asks("milestone", "list", "Ark", "--state", "rejected")["rows"]
    assert row.pop("reconfirm") is None
    assert row == {
        "deal_id": 1,
        "deal": "Ark",
        "stage": "quoted",
        "milestone": "quote-received",
        "title": (
            "Customer confirms in writing that the quotation has been received "
            "and is being evaluated"
        ),
        "required": True,
        "state": "rejected",
        "evidence": "mail of 9 Nov",
        "claimed_at": "2026-11-10T01:00:00Z",
        "claimed_by": "Xiao Li",
        "decided_at": "2026-11-11T01:00:00Z",
        "decided_by": "Jiang Yue",
        "reason": "that is our own mail",
    }


def test_a_milestone_that_nobody_claimed_is_open_and_the_rest_is_unknown(office: Office) -> None:
    office.does("deal", "add", "Ark")
    rows = office.asks("milestone", "list", "Ark")["rows"]
    assert [(row["milestone"], row["required"]) for row in rows][:2] == [
        ("need-confirmed", True),
        ("decision-path", False),
    ]
    for row in rows:
        assert row["state"] == "open"
        assert {row[key] for key in ("evidence", "claimed_at", "claimed_by")} == {None}
        assert {row[key] for key in ("decided_at", "decided_by", "reason")} == {None}


def test_measured_shares_stand_beside_the_declared_ones(office: Office) -> None:
    assert {row["measured"] for row in office.asks("pipeline", "show")["rows"]} == {None}
    path = office.path.parent / "sales.toml"
    stages = [{"name": name, "probability": 50} for name in ("lead", "offer", "contract")]
    path.write_text(tomli_w.dumps({"name": "sales", "stage": stages}))
    office.does("pipeline", "apply", str(path))
    for name, stage, end in (
        ("Ark", "contract", "won"),
        ("Bright", "offer", "won"),
        ("Cobalt", "contract", "lost"),
        ("Delta", "lead", "lost"),
        ("Ember", "lead", "lost"),
        ("Fern", "offer", "open"),
    ):
        office.does("deal", "add", name, "--pipeline", "sales", "--stage", stage)
        if end == "won":
            office.does("deal", "win", name)
        elif end == "lost":
            office.does("deal", "lose", name, "--reason", "price")
    # Of the five closed, all reached lead, three reached offer, and the winners every stage.
    rows = office.asks("pipeline", "show", "sales")["rows"]
    assert [(row["stage"], row["measured"], row["measured_n"]) for row in rows] == [
        ("lead", 2 / 5, 5),
        ("offer", 2 / 3, 3),
        ("contract", 2 / 3, 3),
    ]
    assert {row["probability"] for row in rows} == {0.5}
    assert "66.7 %" in office.does("pipeline", "show", "sales")
