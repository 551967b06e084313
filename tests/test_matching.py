"""When two names are the same, may be, or are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelcli.domain import matching
from funnelcli.store.script import forms, simplified

NAMES = st.text(st.sampled_from("aB éß刘劉偉伟总先生Co., Ltd-9"), max_size=12)


@pytest.mark.parametrize(
    ("one", "other", "same"),
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
        ("赵总", "赵兵", None),
        ("Noah", "Noah China", None),
        ("赵兵", "王兵", False),
        ("Ark", "Noah", False),
        ("Li Wei", "Wei Ling", False),
    ],
)
def test_names(one: str, other: str, same: bool | None) -> None:
    assert matching.same(forms(one), forms(other)) is same
    assert matching.same(forms(other), forms(one)) is same


@given(NAMES)
def test_a_name_is_itself_and_survives_being_simplified(name: str) -> None:
    found = forms(name)
    assert forms(simplified(name)) == found
    assert matching.same(found, found) is (True if found else False)
    assert all(form == matching.bare(form) for form in found)


@given(NAMES, NAMES)
def test_being_the_same_goes_both_ways(one: str, other: str) -> None:
    assert matching.same(forms(one), forms(other)) is matching.same(forms(other), forms(one))


@given(NAMES)
def test_a_whole_form_is_found_in_the_key_and_nothing_less_is_whole(name: str) -> None:
    found = forms(name)
    key = matching.key(found)
    assert all(matching.whole(form) in key for form in found)
    assert matching.whole("zzz") not in key
