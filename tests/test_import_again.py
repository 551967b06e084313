"""`import deals` again: the same rows change nothing, changed ones are followed or conflict."""

import re

import pytest
from conftest import Office
from test_import import a_row, dump, imported, imports


def test_the_same_table_twice_changes_nothing(office: Office) -> None:
    rows = [
        a_row(1),
        a_row(2, status="won", closed_on="2026-11-02"),
        a_row(3, status="lost", closed_on="", lost_reason="price"),
        {"id": "A4", "name": "Bare"},
    ]
    imported(office, *rows)
    before = dump(office)
    office.on("2026-11-30")
    assert imported(office, *rows) == "Imported 4 deals: 0 new, 0 changed, 4 as before.\n"
    assert dump(office) == before


CHANGES = {
    "name": ("name", "Ark launch", "Ark start"),
    "customer": ("customer", "Ark Ltd", "Ark Inc"),
    "owner": ("owner", "Wang Fang", "Jiang Yue"),
    "amount": ("amount", "1500", "1700"),
    "close": ("expected_close", "2026-12-24", "2027-01-15"),
    "source": ("source", "referral", "website"),
}
"""By option of `deal edit`: the column, a new value at the source, and another one here."""


@pytest.mark.parametrize("option", CHANGES)
def test_a_row_that_changed_at_the_source_is_followed(office: Office, option: str) -> None:
    column, theirs, _ = CHANGES[option]
    imported(office, a_row(1), a_row(2))
    said = imported(office, a_row(1, **{column: theirs}), a_row(2))
    assert said == "Imported 2 deals: 0 new, 1 changed, 1 as before.\n"
    assert str(office.deal("1")[column]) == theirs
    assert imported(office, a_row(1, **{column: theirs})).startswith("Imported 1 deal: 0 new, 0 ch")


@pytest.mark.parametrize("option", CHANGES)
def test_a_change_made_here_stays_while_the_source_says_what_it_said(
    office: Office, option: str
) -> None:
    column, _, ours = CHANGES[option]
    imported(office, a_row())
    office.does("deal", "edit", "1", f"--{option}", ours)
    before = dump(office)
    assert "1 as before" in imported(office, a_row())
    assert dump(office) == before
    assert str(office.deal("1")[column]) == ours


@pytest.mark.parametrize("option", CHANGES)
def test_a_value_changed_on_both_sides_is_a_listed_conflict(office: Office, option: str) -> None:
    column, theirs, ours = CHANGES[option]
    imported(office, a_row(1), a_row(2))
    office.does("deal", "edit", "1", f"--{option}", ours)
    before = dump(office)
    ran = imports(office, a_row(2, amount="9"), a_row(1, **{column: theirs}))
    assert (ran.code, ran.out) == (4, "")
    assert "row 3" in ran.err
    said = ran.err.replace(",", "")
    for word in (column, ours, theirs):
        assert re.search(rf"\b{word}\b", said), ran.err
    assert dump(office) == before


@pytest.mark.parametrize("option", CHANGES)
def test_the_same_change_on_both_sides_is_no_conflict(office: Office, option: str) -> None:
    column, theirs, _ = CHANGES[option]
    imported(office, a_row())
    office.does("deal", "edit", "1", f"--{option}", theirs)
    assert "1 as before" in imported(office, a_row(**{column: theirs}))


def test_what_the_source_does_not_know_takes_nothing_away(office: Office) -> None:
    imported(office, a_row())
    assert "1 as before" in imported(office, {"id": "A1", "name": "Deal 1"})
    assert office.deal("1")["amount"] == 1200


@pytest.mark.parametrize(
    ("column", "value"),
    [("closed_on", "2026-11-05"), ("lost_reason", "fit"), ("opened_on", "2026-09-15")],
)
def test_a_day_or_a_reason_corrected_at_the_source_is_corrected_here(
    office: Office, column: str, value: str
) -> None:
    lost = {"status": "lost", "closed_on": "2026-11-02", "lost_reason": "price"}
    imported(office, a_row(**lost))
    assert "1 changed" in imported(office, a_row(**(lost | {column: value})))
    assert office.deal("1")[column] == value


def test_a_deal_that_moved_on_at_the_source_moves_here(office: Office) -> None:
    imported(office, a_row())
    assert "1 changed" in imported(office, a_row(stage="confirmed"))
    row = office.deal("1")
    assert (row["stage"], row["days_in_stage"]) == ("confirmed", 0)
    imported(office, a_row(stage="confirmed", status="won", closed_on="2026-11-20"))
    assert (office.deal("1")["status"], office.deal("1")["closed_on"]) == ("won", "2026-11-20")


def test_a_deal_that_moved_here_stays_while_the_source_says_what_it_said(office: Office) -> None:
    imported(office, a_row(1), a_row(2))
    office.does("deal", "advance", "1", "--force", "--reason", "known")
    office.does("deal", "lose", "2", "--reason", "price")
    assert "2 as before" in imported(office, a_row(1), a_row(2))
    assert (office.deal("1")["stage"], office.deal("2")["status"]) == ("confirmed", "lost")


@pytest.mark.parametrize(
    "theirs",
    [{"stage": "terms"}, {"status": "won", "closed_on": "2026-11-20"}],
)
def test_a_deal_that_moved_on_both_sides_is_a_conflict(
    office: Office, theirs: dict[str, str]
) -> None:
    imported(office, a_row())
    if "stage" in theirs:
        office.does("deal", "advance", "1", "--force", "--reason", "known")
    else:
        office.does("deal", "lose", "1", "--reason", "price")
    before = dump(office)
    ran = imports(office, a_row(**theirs))
    assert (ran.code, ran.out) == (4, "")
    assert "row 2" in ran.err
    assert dump(office) == before


def test_a_deal_that_the_source_opens_again_is_open_here(office: Office) -> None:
    imported(office, a_row(status="lost", closed_on="2026-11-02"))
    assert "1 changed" in imported(office, a_row())
    assert (office.deal("1")["status"], office.deal("1")["closed_on"]) == ("open", None)
