"""Contacts come in as a table, once, and go out as they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Office, Ran

TABLE = """name,company,title,deal,role,stance
Liu Wei 刘伟,Ark Co,buyer,#1,decision-maker,for
Liu Wei 刘伟,Ark Co,buyer,#2,user,
赵兵,Sanli,,,,
"""


@pytest.fixture
def two(office: Office) -> Office:
    """An office with two deals."""
    office.does("deal", "add", "Ark")
    office.does("deal", "add", "Boat")
    return office


def table(office: Office, text: str, *more: str) -> Ran:
    path = office.path.parent / "contacts.csv"
    path.write_text(text, encoding="utf-8")
    return office("import", "contacts", str(path), *more)


def exported(office: Office, folder: Path) -> str:
    office.does("export", str(folder))
    return (folder / "contacts.csv").read_text(encoding="utf-8")


def test_contacts_and_their_roles_come_in(two: Office) -> None:
    assert table(two, TABLE).out == ("Imported 3 contacts: 2 new, 1 changed, 0 as before.\n")
    rows = two.asks("contact", "list")["rows"]
    assert [(r["name"], r["company"], r["title"]) for r in rows] == [
        ("Liu Wei 刘伟", "Ark Co", "buyer"),
        ("赵兵", "Sanli", None),
    ]
    (role,) = two.asks("contact", "list", "--deal", "Boat")["rows"]
    assert (role["role"], role["stance"], role["stance_on"]) == ("user", "unknown", None)


def test_the_same_table_twice_changes_nothing(two: Office) -> None:
    table(two, TABLE)
    assert table(two, TABLE).out == "Imported 3 contacts: 0 new, 0 changed, 3 as before.\n"


def test_what_differs_is_changed_and_a_blank_changes_nothing(two: Office) -> None:
    table(two, TABLE)
    two.does("contact", "join", "Ark", "Liu Wei", "--stance", "neutral")
    changed = "name,company,title,deal,role,stance\n劉偉,,head buyer,#1,,against\n赵兵,,,,,\n"
    assert table(two, changed).out == "Imported 2 contacts: 0 new, 1 changed, 1 as before.\n"
    (role,) = two.asks("contact", "list", "--deal", "Ark")["rows"]
    assert (role["title"], role["role"], role["stance"]) == (
        *("head buyer", "decision-maker", "against"),
    )


def test_the_same_name_at_another_company_is_somebody_else(two: Office) -> None:
    table(two, TABLE)
    assert "1 new" in table(two, "name,company\n赵兵,Noah\n").out
    ran = table(two, "name\n赵兵\n")
    assert "1 new" in ran.out  # neither of the two is meant for sure


@pytest.mark.parametrize(
    ("row", "said", "code"),
    [
        (",Ark Co,,,,", "row 2, name", 2),
        ("Liu Wei,,,A-9,,", "row 2, deal: 'A-9' is the id of no deal", 3),
        ("Liu Wei,,,#1,boss,", "row 2, role: 'boss' is no role", 2),
        ("Liu Wei,,,#1,,warm", "row 2, stance: 'warm' is no stance", 2),
        ("Liu Wei,,,,user,", "row 2, deal: A role or a stance needs a deal", 2),
    ],
)
def test_faults_are_told_by_row_and_column_and_nothing_comes_in(
    two: Office, row: str, said: str, code: int
) -> None:
    ran = table(two, f"name,company,title,deal,role,stance\n{row}\nGao Lan,,,,,\n")
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert two.asks("contact", "list")["rows"] == []


def test_an_unknown_column_and_a_missing_one_are_told(two: Office) -> None:
    assert "'phone'" in table(two, "name,phone\nA,1\n").err
    assert "'name'" in table(two, "company\nArk\n").err


def test_what_goes_out_comes_in_again(two: Office, tmp_path: Path) -> None:
    table(two, TABLE)
    two.does("contact", "add", "=Formula, Inc.", "--company", "@Home", "--deal", "Ark")
    two.does("contact", "join", "Boat", "赵兵", "--role", "blocker", "--stance", "against")
    two.does("contact", "leave", "Liu Wei")
    first = exported(two, tmp_path / "one")
    assert first.splitlines()[0] == "name,company,title,deal,role,stance"
    for number in ("1", "2", "3"):
        two.does("undo")
        del number
    other = two.path.parent / "other.db"
    two.does("import", "deals", str(tmp_path / "one" / "deals.csv"))
    two.path = other
    two.does("init", "--manager", "Jiang Yue", "--currency", "CNY", "--lang", "en")
    two.does("import", "deals", str(tmp_path / "one" / "deals.csv"))
    two.does("import", "contacts", str(tmp_path / "one" / "contacts.csv"))
    assert exported(two, tmp_path / "two") == first


def test_an_imported_contact_is_known_from_the_import_on(two: Office) -> None:
    table(two, TABLE)
    two.on("2026-11-24")
    assert two.asks("contact", "list", "--as-of", "2026-11-22")["rows"] == []
    assert len(two.asks("contact", "list", "--as-of", "2026-11-23")["rows"]) == 2
    two.does("undo")
    assert two.asks("contact", "list")["rows"] == []
