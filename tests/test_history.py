"""Who did what and when: in sentences for people, with old and new values for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Office


@pytest.fixture
def busy(office: Office) -> Office:
    """An office in which two people changed two deals on three days."""
    office.on("2026-11-02").does("deal", "add", "Ark 方舟", "--amount", "100", "--owner", "Li")
    office.does("deal", "add", "Boat", "--as", "Wang Fang")
    office.on("2026-11-04").does(
        *("deal", "edit", "Ark", "--amount", "120", "--close", "2026-12-01", "--member", "Wang"),
        *("--as", "Xiao Li"),
    )
    office.does("log", "Ark", "spoke", "--claim", "60", "--as", "Xiao Li")
    office.on("2026-11-06").does("deal", "advance", "Ark", "--done", "mail")
    office.does("config", "set", "days", "working")
    return office.on("2026-11-23")


def done(office: Office, *more: str) -> list[dict[str, Any]]:
    return office.asks("history", *more)["rows"]


def test_history_tells_who_did_what_when_in_sentences(busy: Office) -> None:
    told = busy.does("history").splitlines()
    assert told[0].split() == ["#", "When", "By", "What"]
    assert "2026-11-02 09:00  Jiang Yue  deal add: Added deal 1 Ark 方舟 in Opportunity." in told[4]
    assert "2026-11-04 09:00  Xiao Li    deal edit: 1 Ark 方舟: amount 120 (was 100)" in told[6]
    assert "2026-11-06 09:00  Jiang Yue  config set: days is working (was calendar)." in told[9]
    assert len(told) == 10  # the heading, three operations of the founding, six of these


def test_history_tells_machines_old_and_new_values(busy: Office) -> None:
    rows = done(busy)
    assert [row["operation"] for row in rows] == list(range(1, 10))
    edited = rows[5]
    assert {key: edited[key] for key in ("entered_at", "by", "command", "undone")} == {
        "entered_at": "2026-11-04T01:00:00Z",
        "by": "Xiao Li",
        "command": "deal edit",
        "undone": False,
    }
    deal = {"deal_id": 1, "deal": "Ark 方舟"}
    assert edited["changes"] == [
        {**deal, "what": "amount", "from": 100, "to": 120},
        {**deal, "what": "expected_close", "from": None, "to": "2026-12-01"},
        {**deal, "what": "members", "from": None, "to": ["Wang Fang"]},
    ]
    assert rows[6]["changes"] == [{**deal, "what": "log 1", "from": None, "to": "spoke"}]
    assert rows[7]["changes"] == [
        {**deal, "what": "milestone need-confirmed", "from": None, "to": "claimed"},
        {**deal, "what": "milestone need-confirmed", "from": "claimed", "to": "accepted"},
        {**deal, "what": "stage", "from": "Opportunity", "to": "Shortlisted"},
    ]
    assert rows[8]["changes"] == [
        {
            "deal_id": None,
            "deal": None,
            "what": "setting days",
            "from": "calendar",
            "to": "working",
        }
    ]


def test_the_history_of_a_deal_is_what_was_done_to_it(busy: Office) -> None:
    assert [row["command"] for row in done(busy, "Boat")] == ["deal add"]
    of_ark = ["deal add", "deal edit", "log", "deal advance"]
    assert [row["command"] for row in done(busy, "Ark")] == of_ark
    busy.does("undo", "--id", "7")
    busy.does("redo")
    assert [row["command"] for row in done(busy, "Ark")] == [*of_ark, "undo", "redo"]
    assert all(change["deal_id"] == 1 for row in done(busy, "Ark") for change in row["changes"])


def test_the_last_operations_are_told_and_how_many_there_are(busy: Office) -> None:
    answer = busy.asks("history", "--limit", "2")
    assert [row["operation"] for row in answer["rows"]] == [8, 9]
    assert answer["totals"] == {"operations": 9}
    assert "The last 2 of 9 operations." in busy.does("history", "--limit", "2")
    for amount in range(30):
        busy.does("deal", "edit", "Boat", "--amount", str(amount + 1))
    assert len(done(busy)) == 20
    assert len(done(busy, "--limit", "99")) == 39


def test_one_operation_is_told_with_every_change(busy: Office) -> None:
    said = busy.does("history", "--id", "6")
    assert "Operation 6: 3 changes" in said
    assert "amount          100   120" in said
    assert busy("history", "--id", "99").code == 3
    (row,) = done(busy, "--id", "6")
    assert row == done(busy)[5]


def test_a_large_operation_says_how_much_it_leaves_out(office: Office, tmp_path: Path) -> None:
    table = tmp_path / "deals.csv"
    rows = "".join(f"X-{n},Deal {n}\n" for n in range(400))
    table.write_text(f"id,name\n{rows}", encoding="utf-8")
    office.does("import", "deals", str(table))
    row = done(office)[-1]
    assert len(row["changes"]) == 1000
    each = len([c for c in row["changes"] if c["deal"] == "Deal 7"])
    assert row["changes_total"] == 400 * each
    (whole,) = done(office, "--id", str(row["operation"]))
    assert len(whole["changes"]) == row["changes_total"]


def test_history_as_of_a_day_knows_nothing_of_what_came_later(busy: Office) -> None:
    busy.on("2026-11-20").does("undo", "--id", "8")
    busy.on("2026-11-23")
    assert [row["operation"] for row in done(busy, "--as-of", "2026-11-04")] == list(range(4, 8))
    assert [row["undone"] for row in done(busy, "--as-of", "2026-11-10")][-2:] == [False, False]
    assert [row["undone"] for row in done(busy)][-3:] == [True, False, False]


def test_an_undone_operation_is_marked(busy: Office) -> None:
    busy.does("undo", "--as", "Xiao Li")
    told = busy.does("history").splitlines()
    assert "(undone) log: Log 1 on 1 Ark 方舟: claim 60 %, evidence 10 %." in told[7]
    assert "undo: Undid 7, log: Log 1 on 1 Ark 方舟: claim 60 %, evidence 10 %." in told[10]


def test_undoing_and_redoing_tell_what_they_changed(office: Office) -> None:
    office.does("deal", "add", "Ark", "--amount", "100")
    office.does("deal", "edit", "Ark", "--amount", "120", "--stage", "quoted")
    office.does("undo")
    office.does("redo")
    edited, undone, redone = ({c["what"]: c for c in row["changes"]} for row in done(office)[-3:])
    forth = {"amount": (100, 120), "stage": ("Opportunity", "Quoted")}
    back = {what: (now, was) for what, (was, now) in forth.items()}
    for changes, wanted in ((edited, forth), (undone, back), (redone, forth)):
        assert {what: (c["from"], c["to"]) for what, c in changes.items()} == wanted
    assert [row["changes_total"] for row in done(office)[-3:]] == [2, 2, 2]
    office.does("undo")
    assert {c["what"] for c in done(office)[-1]["changes"]} == {"amount", "stage"}


def test_undoing_is_told_the_newest_change_first(office: Office) -> None:
    office.does("deal", "add", "Ark")
    office.does("deal", "advance", "Ark", "--done", "minutes")
    done = office.asks("history")["rows"][-1]["changes"]
    office.does("undo")
    steps = [(c["from"], c["to"]) for c in done if c["what"] == "milestone need-confirmed"]
    undone = office.asks("history")["rows"][-1]["changes"]
    assert [(c["from"], c["to"]) for c in undone if c["what"] == "milestone need-confirmed"] == [
        (new, old) for old, new in reversed(steps)
    ]
    assert len(steps) == 2


def test_a_deal_that_was_taken_back_keeps_its_name_in_the_history(office: Office) -> None:
    office.does("deal", "add", "Ark")
    office.does("undo")
    assert [row["command"] for row in done(office, "1")] == ["deal add", "undo"]
    assert office("history", "2").code == 3
    assert office("history", "Ark").code == 3
    assert {change["deal"] for change in done(office)[-2]["changes"]} == {"Ark"}


def test_when_a_deal_was_opened_is_told_by_the_files_clock(busy: Office) -> None:
    added = next(row["operation"] for row in done(busy) if row["command"] == "deal add")
    (line,) = (
        line for line in busy.does("history", "--id", str(added)).splitlines() if "opened" in line
    )
    assert line.split() == ["1", "Ark", "方舟", "opened", "at", "2026-11-02", "09:00"]
