"""How a deal is named: its number, or any unambiguous part of its name in any writing."""

import pytest
from conftest import Office
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = ("Ark", "Ark launch", "Ark renewal", "方舟电子", "ＡＢＣ Motors", "Müller", "100 % Café_x")


def some_deals(office: Office, *names: str) -> None:
    """Add deals by these names, numbered from 1 on."""
    for name in names or NAMES:
        office.does("deal", "add", name)


def meant(office: Office, word: str) -> str:
    """Return the number of the deal that a word means."""
    return office.does("deal", "show", word, "-f", "ids").strip()


@pytest.mark.parametrize("word", ["launch", "LAUNCH", "rk la", " Ark launch ", "ｌａｕｎｃｈ"])
def test_any_unambiguous_part_names_a_deal_in_any_case_and_width(office: Office, word: str) -> None:
    some_deals(office, "Ark launch", "Ark renewal")
    assert meant(office, word) == "1"


def test_names_of_every_script_and_sign_are_found(office: Office) -> None:
    some_deals(office)
    for number, words in {
        "4": ("方舟", "电子", "方舟电子"),
        "5": ("abc", "ABC", "ａｂｃ motors"),
        "6": ("müller", "MÜLLER", "Mu\u0308ller"),
        "7": ("%", "_", "100 %", "cafe\u0301"),
    }.items():
        for word in words:
            assert meant(office, word) == number, word


def test_the_whole_name_goes_before_a_part(office: Office) -> None:
    some_deals(office)
    assert meant(office, "ark") == "1"


def test_a_number_names_a_deal_with_or_without_its_sign(office: Office) -> None:
    some_deals(office, "Ark", "Tender 1", "1")
    assert meant(office, "1") == "1"
    assert meant(office, "#2") == "2"
    assert meant(office, "Tender") == "2"


def test_a_number_that_no_deal_has_may_be_part_of_a_name(office: Office) -> None:
    some_deals(office, "Ark 2026", "Boat")
    assert meant(office, "2026") == "1"


def test_an_open_deal_goes_before_closed_and_archived_ones(office: Office) -> None:
    some_deals(office, "Ark north", "Ark south", "Ark west", "Ark east")
    office.does("deal", "lose", "Ark north", "--reason", "price")
    office.does("deal", "win", "Ark south", "--force", "--reason", "signed")
    office.does("deal", "archive", "Ark west")
    assert meant(office, "ark") == "4"
    assert meant(office, "north") == "1"
    assert meant(office, "west") == "3"


def test_a_held_deal_is_as_good_as_an_open_one(office: Office) -> None:
    some_deals(office, "Ark north", "Ark south")
    office.does("deal", "hold", "Ark north", "--until", "2026-12-01", "--reason", "fair")
    assert office("deal", "show", "ark").code == 3
    office.does("deal", "lose", "Ark south", "--reason", "price")
    assert meant(office, "ark") == "1"


def test_a_closed_deals_whole_name_goes_before_a_part_of_an_open_ones(office: Office) -> None:
    some_deals(office, "Ark", "Ark two")
    office.does("deal", "lose", "1", "--reason", "price")
    assert meant(office, "ark") == "1"


def test_an_ambiguous_name_lists_the_candidates_and_nothing_is_done(office: Office) -> None:
    some_deals(office)
    ran = office("deal", "lose", "rk", "--reason", "price")
    assert (ran.code, ran.out) == (3, "")
    for candidate in ("'rk'", "1 Ark", "2 Ark launch", "3 Ark renewal"):
        assert candidate in ran.err
    assert "方舟" not in ran.err
    assert office("deal", "list", "--status", "lost").out == ""


def test_deals_of_one_name_are_told_apart_by_number(office: Office) -> None:
    some_deals(office, "Ark", "Ark")
    ran = office("deal", "show", "Ark")
    assert (ran.code, "1 Ark" in ran.err, "2 Ark" in ran.err) == (3, True, True)
    assert meant(office, "2") == "2"


def test_of_many_candidates_some_are_listed_and_the_rest_counted(office: Office) -> None:
    some_deals(office, *(f"Ark {n}" for n in range(12)))
    ran = office("deal", "show", "ark")
    listed = [n for n in range(12) if f"{n + 1} Ark {n};" in ran.err]
    assert listed == list(range(8))
    assert "and 4 more" in ran.err


def test_an_unknown_name_is_said_with_where_to_look(office: Office) -> None:
    some_deals(office)
    for word in ("Nope", "99", "#99", "", " ", "99999999999999999999", "*"):
        ran = office("deal", "show", word)
        assert (ran.code, ran.out) == (3, ""), word
        assert f"No deal is called {word!r}" in ran.err
        assert "funnelcli deal list" in ran.err


OTHERWISE = {
    "a": "Ａ",
    "Ａ": "a",
    "A": "ａ",
    "é": "É",
    "É": "e\u0301",
    "ß": "SS",
    "ア": "ｱ",
    "ｱ": "ア",
}
"""The signs of the names below, each written in another case, width or composition."""
PARTS = st.text([*OTHERWISE, "%"], min_size=1, max_size=3)


@settings(max_examples=12)
@given(PARTS, PARTS, PARTS)
def test_any_part_of_a_name_written_otherwise_means_the_deal(
    office: Office, before: str, part: str, after: str
) -> None:
    for number in office.does("deal", "list", "-f", "ids").split():
        office.does("deal", "edit", f"#{number}", "--name", "1")
    number = office.does("deal", "add", before + part + after).split()[2]
    assert meant(office, "".join(OTHERWISE.get(sign, sign) for sign in part)) == number
