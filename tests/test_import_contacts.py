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


# A table that is imported again, every night


def settles(office: Office, text: str) -> None:
    """Import a table twice; the second time nothing is left to do."""
    assert table(office, text).code == 0
    ran = table(office, text)
    assert ": 0 new, 0 changed," in ran.out, ran


@pytest.mark.parametrize(
    "rows",
    [
        "★,Ark Co\n",
        "赵兵,Sanli\n赵兵,\n",
        "赵兵,\n赵兵,Sanli\n",
        "赵兵,Sanli\n赵兵,\n赵兵,Noah\n",
        "Liu Wei,Ark Co\nLiu Wei 刘伟,Ark Co\n",
        "劉偉,方舟有限公司\n刘伟,方舟\n",
    ],
)
def test_names_that_resemble_each_other_settle(two: Office, rows: str) -> None:
    settles(two, f"name,company\n{rows}")


@pytest.mark.parametrize("rows", ["赵兵,\n赵兵,Noah\n", "赵兵,Noah\n赵兵,\n"])
def test_a_blank_company_may_not_mean_the_one_in_the_file_if_the_table_names_another(
    two: Office, rows: str
) -> None:
    two.does("contact", "add", "赵兵", "--company", "Sanli")
    settles(two, f"name,company\n{rows}")


def test_rows_that_contradict_each_other_are_a_fault(two: Office) -> None:
    for text in (
        "name,company,title\nGao,Ark,buyer\nGao,Ark,chief\n",
        "name,deal,role\nGao,#1,user\nGao,#1,champion\n",
        "name,deal,stance\nGao,#1,for\nGao,#1,against\n",
    ):
        ran = table(two, text)
        assert (ran.code, ran.out) == (2, "")
        assert "row 3: The " in ran.err
        assert "in an earlier row" in ran.err
    assert two.asks("contact", "list")["rows"] == []


@pytest.mark.parametrize("to", [(), ("--to", "Noah"), ("--to", "Logistics department")])
def test_no_table_brings_back_who_has_left_nor_makes_two_of_them(
    two: Office, to: tuple[str, ...]
) -> None:
    table(two, TABLE)
    two.on("2026-11-24").does("contact", "leave", "Liu Wei", *to)
    two.on("2026-11-25")
    settles(two, TABLE)
    assert len(two.asks("contact", "list")["rows"]) == 2
    assert two.asks("contact", "list", "--deal", "Ark")["rows"] == []
    two.does("contact", "join", "Ark", "Liu Wei")
    settles(two, TABLE)
    assert len(two.asks("contact", "list", "--deal", "Ark")["rows"]) == 1


def test_where_somebody_went_their_former_title_changes_nothing(two: Office) -> None:
    table(two, TABLE)
    two.on("2026-11-24")
    two.does("contact", "leave", "Liu Wei", "--to", "Noah", "--title", "director")
    settles(two.on("2026-11-25"), TABLE)
    assert two.asks("contact", "list")["rows"][0]["title"] == "director"


def test_a_new_role_forgets_neither_the_stance_nor_when_it_was_known(two: Office) -> None:
    two.does("contact", "add", "Gao", "--deal", "Ark", "--stance", "for", "--role", "user")
    table(two.on("2026-11-24"), "name,deal,role\nGao,#1,champion\n")
    (row,) = two.asks("contact", "list", "--deal", "Ark")["rows"]
    assert (row["role"], row["stance"], row["stance_on"]) == ("champion", "for", "2026-11-23")
    table(two, "name,deal,stance\nGao,#1,against\n")
    (row,) = two.asks("contact", "list", "--deal", "Ark")["rows"]
    assert (row["stance"], row["stance_on"]) == ("against", None)


def test_namesakes_at_other_companies_are_told_apart_and_go_out_as_they_came(
    two: Office, tmp_path: Path
) -> None:
    two.does("contact", "add", "赵兵", "--company", "Sanli")
    two.does("contact", "add", "赵兵", "--another")
    two.does("contact", "add", "赵兵", "--company", "Noah")
    first = exported(two, tmp_path / "one")
    settles(two, first)
    two.path = two.path.parent / "other.db"
    two.does("init", "--manager", "Jiang Yue", "--currency", "CNY", "--lang", "en")
    table(two, first)
    assert exported(two, tmp_path / "two") == first


def test_whom_the_team_knows_of_those_who_came_is_told(two: Office) -> None:
    two.does("team", "edit", "Wang", "--worked", "Sanli, buyer, 2015..2019")
    rows = "".join(f"Person {n},Sanli\n" for n in range(1, 6))
    said = table(two, f"name,company\nNobody Known,Noah\n{rows}").out
    assert said == (
        "Imported 6 contacts: 6 new, 0 changed, 0 as before. "
        "Wang Fang knows Person 1: same employer: Sanli. "
        "Wang Fang knows Person 2: same employer: Sanli. "
        "Wang Fang knows Person 3: same employer: Sanli. "
        "2 more are known; see: funnelcli contact list\n"
    )
    again = table(two, f"name,company\nNobody Known,Noah\n{rows}").out
    assert again == "Imported 6 contacts: 0 new, 0 changed, 6 as before.\n"
