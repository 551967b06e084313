"""Who knows whom: asked by a person, a company or a school, past ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

if TYPE_CHECKING:
    from conftest import Office

KEYS = ["person", "relation", "contact", "company", "title", "sure"]


@pytest.fixture
def known(office: Office) -> Office:
    """An office that knows people: by ties, by employers and schools, by having met them."""
    office.does(
        *("contact", "add", "Zhao Bing 赵兵", "--company", "Ark 方舟电子", "--title", "director"),
        *("--worked", "Sanli 三励, 2015..2019", "--school", "Fudan 复旦"),
    )
    office.does("contact", "add", "Gao Lan", "--company", "Noah Ltd")
    office.does("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate")
    office.does("team", "edit", "Wang", "--worked", "三励, designer, 2017..2018")
    return office


def rows(office: Office, word: str, *more: str) -> list[tuple]:
    found = office.asks("who", word, *more)["rows"]
    return [(r["person"], r["relation"], r["contact"], r["sure"]) for r in found]


BY_TIE = ("Jiang Yue", "classmate", "Zhao Bing 赵兵", True)
BY_EMPLOYER = ("Wang Fang", "same employer: 三励", "Zhao Bing 赵兵", True)


@pytest.mark.parametrize(
    "name", ["Zhao Bing 赵兵", "赵兵", "趙兵", "zhao bing", "ZHAOBING", "赵 兵", "Mr. Zhao Bing"]
)
def test_a_person_is_found_by_any_way_of_writing_the_whole_name(known: Office, name: str) -> None:
    assert rows(known, name) == [BY_TIE, BY_EMPLOYER]


@pytest.mark.parametrize("name", ["赵总", "Zhao", "赵"])
def test_less_than_the_whole_name_says_perhaps(known: Office, name: str) -> None:
    assert [(row[0], row[3]) for row in rows(known, name)] == [
        ("Jiang Yue", False),
        ("Wang Fang", False),
    ]


@pytest.mark.parametrize(
    "place", ["Ark 方舟电子", "方舟電子", "ark", "Sanli 三励", "Fudan", "復旦"]
)
def test_a_company_a_former_employer_and_a_school_find_whoever_is_or_was_there(
    known: Office, place: str
) -> None:
    assert BY_TIE in rows(known, place)


def test_a_name_in_the_other_order_says_perhaps(known: Office) -> None:
    assert [(row[0], row[3]) for row in rows(known, "Bing Zhao")] == [
        ("Jiang Yue", False),
        ("Wang Fang", False),
    ]


def test_where_a_name_is_somebodys_others_who_bear_it_come_last_with_perhaps(
    known: Office,
) -> None:
    for name in ("赵兵兵", "Mazhaobing", "Hao Bing"):
        known.does("contact", "add", name)
    known.does("contact", "tie", "Li", "赵兵兵", "--relation", "cousin")
    assert rows(known, "赵兵") == [BY_TIE, BY_EMPLOYER, ("Xiao Li", "cousin", "赵兵兵", False)]
    assert rows(known, "Zhao Bing") == [BY_TIE, BY_EMPLOYER]


def test_sure_ones_come_first_then_the_manager_then_the_team_then_the_contacts(
    known: Office,
) -> None:
    known.does("contact", "add", "Zhao Min", "--company", "Ark")
    known.does("contact", "add", "Zhao Hui", "--company", "Ark")
    for person, contact in (("Wang", "Zhao Min"), ("Li", "Zhao Hui"), ("Li", "Zhao Min")):
        known.does("contact", "tie", person, contact, "--relation", "friend")
    known.does("contact", "tie", "Jiang Yue", "Zhao Hui", "--relation", "neighbour")
    assert [(row[0], row[2]) for row in rows(known, "Ark")] == [
        ("Jiang Yue", "Zhao Bing 赵兵"),
        ("Jiang Yue", "Zhao Hui"),
        ("Xiao Li", "Zhao Min"),
        ("Xiao Li", "Zhao Hui"),
        ("Wang Fang", "Zhao Bing 赵兵"),
        ("Wang Fang", "Zhao Min"),
    ]
    assert len(rows(known, "Ark", "--limit", "2")) == 2


def test_of_two_namesakes_the_tie_to_one_is_perhaps_to_the_other(known: Office) -> None:
    known.does("contact", "add", "赵兵", "--company", "Noah Ltd")
    assert ("Jiang Yue", "classmate", "赵兵", False) in rows(known, "Noah Ltd")
    known.does("contact", "tie", "Li", "3", "--relation", "cousin")
    assert ("Xiao Li", "cousin", "Zhao Bing 赵兵", False) in rows(known, "Ark")


def test_a_surname_with_a_title_is_not_sure_even_of_one_who_is_called_so(known: Office) -> None:
    known.does("contact", "add", "赵总", "--company", "Noah Ltd")
    known.does("contact", "tie", "Li", "3", "--relation", "cousin")
    assert rows(known, "赵总")[0] == ("Xiao Li", "cousin", "赵总", True)
    assert ("Xiao Li", "cousin", "赵总", False) in rows(known, "赵女士")
    assert ("Jiang Yue", "classmate", "Zhao Bing 赵兵", False) in rows(known, "赵女士")


def test_who_of_the_team_was_there_is_told_too(known: Office) -> None:
    found = rows(known, "三勵")
    assert ("Wang Fang", "worked at 三励, designer, 2017..2018", None, True) in found


def test_who_has_met_somebody_is_told_with_how_often_and_when(known: Office) -> None:
    known.does("deal", "add", "Noah")
    for day in ("2026-11-02", "2026-11-09"):
        known.does("log", "Noah", "met", "--with", "Gao Lan", "--on", day, "--as", "Xiao Li")
    known.does("log", "Noah", "wrote", "--kind", "email", "--with", "Gao Lan", "--as", "Wang Fang")
    assert rows(known, "Gao Lan") == [
        ("Xiao Li", "in touch 2 times, last 2026-11-09", "Gao Lan", True)
    ]


def test_somebody_nobody_knows_is_told_as_such(known: Office) -> None:
    assert rows(known, "Gao Lan") == [(None, None, "Gao Lan", True)]


def test_companies_that_only_resemble_each_other_are_perhaps_the_same(known: Office) -> None:
    known.does("team", "edit", "Li", "--worked", "Noah Ltd China, 2020..2021")
    assert rows(known, "Gao Lan") == [
        ("Xiao Li", "same employer: Noah Ltd China", "Gao Lan", False)
    ]


def test_nobody_is_said_on_stderr_and_the_envelope_is_whole(known: Office) -> None:
    ran = known("who", "Napoleon")
    assert (ran.code, ran.out) == (0, "")
    assert "'Napoleon'" in ran.err
    assert known.asks("who", "Napoleon")["schema"] == "funnelcli.who/1"
    assert known.asks("who", "Napoleon")["rows"] == []


def test_machines_get_every_key_of_the_contract(known: Office) -> None:
    (row, _) = known.asks("who", "赵兵")["rows"]
    assert [key for key in row if key in KEYS] == KEYS
    assert {key: row[key] for key in KEYS} == {
        "person": "Jiang Yue",
        "relation": "classmate",
        "contact": "Zhao Bing 赵兵",
        "company": "Ark 方舟电子",
        "title": "director",
        "sure": True,
    }


def test_the_past_knew_what_was_known_then(known: Office) -> None:
    known.on("2026-11-24").does("contact", "tie", "Li", "Gao Lan", "--relation", "cousin")
    known.on("2026-11-25")
    assert rows(known, "Gao Lan") == [("Xiao Li", "cousin", "Gao Lan", True)]
    assert rows(known, "Gao Lan", "--as-of", "2026-11-23") == [(None, None, "Gao Lan", True)]
    assert rows(known, "Gao Lan", "--as-of", "2026-11-22") == []


def test_what_people_see(known: Office) -> None:
    known.does("contact", "add", "Zhao Bin 赵斌", "--company", "Sanli 三励")
    assert known.does("who", "赵") == snapshot("""\
Who        Knows them as        Contact         Company       Job title  Sure
Jiang Yue  classmate            Zhao Bing 赵兵  Ark 方舟电子  director   perhaps
Wang Fang  same employer: 三励  Zhao Bing 赵兵  Ark 方舟电子  director   perhaps
Wang Fang  same employer: 三励  Zhao Bin 赵斌   Sanli 三励               perhaps
""")
    assert known.does("who", "Sanli") == snapshot("""\
Who        Knows them as        Contact         Company       Job title  Sure
Jiang Yue  classmate            Zhao Bing 赵兵  Ark 方舟电子  director   yes
Wang Fang  same employer: 三励  Zhao Bing 赵兵  Ark 方舟电子  director   yes
Wang Fang  same employer: 三励  Zhao Bin 赵斌   Sanli 三励               yes
""")


def test_of_a_member_it_tells_where_they_were_and_whom_they_know(known: Office) -> None:
    assert [row[:3] for row in rows(known, "Jiang Yue")] == [
        ("Jiang Yue", "on the team", None),
        ("Jiang Yue", "classmate", "Zhao Bing 赵兵"),
    ]
    said = [row[1] for row in rows(known, "Wang Fang")]
    assert said[0] == "on the team"
    assert said[1].startswith("worked at 三励")
    assert [row[:2] for row in rows(known, "Xiao Li")] == [("Xiao Li", "on the team")]


def test_an_empty_name_is_refused(known: Office) -> None:
    ran = known("who", " ")
    assert (ran.code, ran.out) == (2, "")
    assert "The name is empty." in ran.err
