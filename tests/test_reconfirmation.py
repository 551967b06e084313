"""Evidence that came from somebody who is gone is marked until it is confirmed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Office

LI = ("--as", "Xiao Li")


@pytest.fixture
def ark(office: Office) -> Office:
    """An office where Liu Wei's mail ended Ark's first stage, and somebody else's its second."""
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Li")
    office.does("contact", "add", "Liu Wei 刘伟", "--company", "Ark Co", "--deal", "Ark")
    office.does("contact", "add", "Zhao Bing 赵兵", "--company", "Ark Co")
    office.on("2026-11-04").does("deal", "advance", "Ark", "--done", "mail of Liu Wei, 4 Nov")
    office.on("2026-11-06").does("deal", "advance", "Ark", "--done", "list from purchasing")
    return office.on("2026-11-20")


def marked(office: Office, *more: str) -> dict[str, str]:
    """Return the milestones that are to be confirmed again, with whom they came from."""
    rows = office.asks("milestone", "list", "Ark", *more)["rows"]
    return {row["milestone"]: row["reconfirm"] for row in rows if row["reconfirm"]}


@pytest.mark.parametrize(
    "event", [("leave", "Liu Wei"), ("replace", "Ark", "Liu Wei", "Zhao Bing")]
)
def test_evidence_that_came_from_the_old_person_is_marked(
    ark: Office, event: tuple[str, ...]
) -> None:
    assert marked(ark) == {}
    ark.does("contact", *event)
    assert marked(ark) == {"need-confirmed": "Liu Wei 刘伟"}
    assert "to be confirmed again: it came from Liu Wei 刘伟" in ark.does("deal", "show", "Ark")
    assert ark.deal("Ark")["stage"] == "drafted"  # marked, not taken back


@pytest.mark.parametrize("evidence", ["邮件，刘伟，十一月四日", "劉偉的郵件", "Mail: LIU-WEI"])
def test_a_text_names_somebody_in_any_script(ark: Office, evidence: str) -> None:
    ark.does("milestone", "claim", "Ark", "draft-accepted", "--evidence", evidence, *LI)
    ark.does("contact", "leave", "Liu Wei")
    assert "draft-accepted" in marked(ark)


def test_from_says_whom_it_came_from_whatever_the_text_names(ark: Office) -> None:
    claim = ("milestone", "claim", "Ark", "draft-accepted")
    ark.does(*claim, "--evidence", "comments, also Liu Wei's", "--from", "Zhao Bing", *LI)
    ark.does("contact", "leave", "Liu Wei")
    assert "draft-accepted" not in marked(ark)
    ark.does("contact", "join", "Ark", "Zhao Bing")
    ark.does("contact", "leave", "Zhao Bing")
    assert marked(ark)["draft-accepted"] == "Zhao Bing 赵兵"


def test_from_somebody_who_is_not_there_is_refused(ark: Office) -> None:
    claim = ("milestone", "claim", "Ark", "draft-accepted", "--evidence", "so")
    assert ark(*claim, "--from", "Gao Lan").code == 3


def test_accepting_it_again_confirms_it(ark: Office) -> None:
    ran = ark("milestone", "accept", "Ark", "need-confirmed")
    assert ran.code == 4  # it is accepted already
    ark.does("contact", "leave", "Liu Wei")
    ark.on("2026-11-21").does("milestone", "accept", "Ark", "need-confirmed")
    assert marked(ark) == {}


def test_claiming_it_again_with_new_evidence_confirms_it(ark: Office) -> None:
    claim = ("milestone", "claim", "Ark", "need-confirmed", "--evidence", "mail of Zhao Bing")
    assert ark(*claim, *LI).code == 4
    ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    ark.on("2026-11-21").does(*claim, *LI)
    assert marked(ark) == {}


def test_the_mark_stays_after_the_successor_was_met(ark: Office) -> None:
    ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    ark.does("log", "Ark", "met him", "--with", "Zhao Bing")
    assert marked(ark) == {"need-confirmed": "Liu Wei 刘伟"}


def test_another_deals_evidence_is_not_touched(ark: Office) -> None:
    ark.does("deal", "add", "Boat")
    ark.does("contact", "join", "Boat", "Zhao Bing")
    ark.does("contact", "leave", "Zhao Bing")
    assert marked(ark) == {}


def test_the_past_shows_what_was_not_marked_yet(ark: Office) -> None:
    ark.does("contact", "leave", "Liu Wei")
    assert marked(ark.on("2026-11-21"), "--as-of", "2026-11-19") == {}
    ark.does("undo")
    assert marked(ark) == {}


def test_what_was_confirmed_after_somebody_left_stays_so_when_their_successor_is_named(
    ark: Office,
) -> None:
    ark.does("contact", "leave", "Liu Wei")
    ark.on("2026-11-21").does("milestone", "accept", "Ark", "need-confirmed")
    ark.on("2026-11-22").does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert marked(ark) == {}


def test_within_one_second_the_order_of_entry_decides(ark: Office) -> None:
    claim = ("milestone", "claim", "Ark", "draft-accepted", "--from", "Liu Wei")
    ark.does(*claim, "--evidence", "comments", *LI)
    ark.does("contact", "leave", "Liu Wei")
    assert set(marked(ark)) == {"need-confirmed", "draft-accepted"}
    ark.does("milestone", "accept", "Ark", "draft-accepted")
    assert set(marked(ark)) == {"need-confirmed"}


@pytest.mark.parametrize(
    ("name", "evidence", "names"),
    [("李雷", "与李雷面谈", True), ("李", "行李到了", False), ("Ann Lee", "the plan", False)],
)
def test_a_name_of_one_character_is_too_short_to_be_found_in_a_text(
    ark: Office, name: str, evidence: str, names: bool
) -> None:
    ark.does("contact", "add", name, "--deal", "Ark")
    ark.does("milestone", "claim", "Ark", "draft-accepted", "--evidence", evidence, *LI)
    ark.does("contact", "leave", name)
    assert ("draft-accepted" in marked(ark)) is names


def test_a_rejected_milestone_is_not_marked(ark: Office) -> None:
    ark.does("milestone", "reject", "Ark", "need-confirmed", "--reason", "no budget in it")
    ark.does("contact", "leave", "Liu Wei")
    assert marked(ark) == {}
