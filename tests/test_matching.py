"""When two names are the same, may be, or are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelcli.domain import matching
from funnelcli.store.script import forms, hints, same, simplified

NAMES = st.text(st.sampled_from("aB éß刘劉偉伟总先生Co., Ltd-9"), max_size=12)
PAIRS = st.tuples(st.from_regex(r"[A-Z][a-z]{2,5}", fullmatch=True), st.sampled_from("刘劉赵王"))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("赵兵", "趙兵", True),
        ("赵 兵", "赵兵", True),
        ("赵兵先生", "赵兵", True),
        ("Zhao Bing 赵兵", "赵兵", True),
        ("Zhao Bing 赵兵", "ZHAO  BING", True),
        ("Dr. Anna-Maria Berg", "anna maria berg", True),
        ("ＡＲＫ", "Ark", True),
        ("方舟电子有限公司", "方舟電子", True),
        ("Ark Electronics Co., Ltd.", "Ark Electronics", True),
        ("王副总经理", "王兵", None),
        ("赵总", "赵兵", None),
        ("赵总", "赵女士", None),
        ("歐陽女士", "欧阳兰", None),
        ("Mr. Liu", "Liu Wei", None),
        ("Mr. Liu", "Ms. Liu", None),
        ("Mr. Liu Wei", "Liu Wei", True),
        ("Bing Zhao", "Zhao Bing 赵兵", None),
        ("Noah", "Noah China", None),
        ("三励", "北京三励", None),
        ("Ark Electronics", "Ark", None),
        ("Market Ltd", "Ark", False),
        ("Zhao Bin 赵斌", "Zhao Bing 赵兵", False),
        ("赵总", "王总", False),
        ("赵兵", "王兵", False),
        ("Ark", "Noah", False),
        ("Li Wei", "Wei Ling", False),
    ],
)
def test_names(one: str, other: str, alike: bool | None) -> None:
    assert same(one, other) is alike
    assert same(other, one) is alike


@given(NAMES)
def test_a_name_is_itself_and_survives_being_simplified(name: str) -> None:
    found = forms(name)
    assert forms(simplified(name)) == found
    assert same(name, name) is bool(found)
    assert all(form == matching.bare(form) for form in found)


@given(NAMES, NAMES)
def test_being_the_same_goes_both_ways(one: str, other: str) -> None:
    assert same(one, other) is same(other, one)


@given(NAMES)
def test_a_whole_form_is_found_in_the_key_and_nothing_less_is_whole(name: str) -> None:
    found = forms(name)
    key = matching.key(found)
    assert all(matching.whole(form) in key for form in found)
    assert matching.whole("zzz") not in key


@given(NAMES)
def test_a_form_has_that_form_itself(name: str) -> None:
    assert all(form in forms(form) for form in forms(name))


@given(PAIRS)
def test_either_half_of_a_name_in_two_scripts_is_the_name(pair: tuple[str, str]) -> None:
    latin, han = pair
    assert same(f"{latin} {han}", latin) is True
    assert same(han, f"{latin} {han}") is True


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("赵总", ["赵总", "赵"]),
        ("Bing Zhao", ["bingzhao", "zhaobing"]),
        ("Zhao Bin 赵斌", ["zhaobin赵斌", "binzhao"]),
        ("", []),
        ("--", []),
    ],
)
def test_what_less_than_a_whole_name_is_looked_for_as(said: str, found: list[str]) -> None:
    assert list(hints(said)) == found
