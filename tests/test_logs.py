"""`log`: what happened in one line, what counts as contact, what is claimed, what comes next."""

from typing import Any

import pytest
from conftest import MONDAY, Office
from inline_snapshot import snapshot

OPENED = "2026-11-02T01:00:00Z"


def a_deal(office: Office, *more: str, on: str = "2026-11-02") -> None:
    """Add Ark, a deal of Xiao Li's, and go on to a Monday three weeks later."""
    office.on(on).does("deal", "add", "Ark", "--owner", "Xiao Li", *more)
    office.at(MONDAY)


def logged(office: Office, *more: str) -> str:
    """Let Xiao Li log on Ark; return what was said."""
    return office.does("log", "Ark", *more, "--as", "Xiao Li")


def the_log(office: Office) -> dict[str, Any]:
    """Return the last entry of Ark's timeline."""
    return office.asks("timeline", "Ark")["rows"][-1]


def silence(office: Office) -> tuple[str | None, int]:
    """Return when Ark was last in touch, and the days of silence since."""
    found = office.deal("Ark")
    return found["last_touch_at"], found["days_silent"]


def next_step(office: Office) -> tuple[str | None, str | None]:
    """Return Ark's next step and when it is due."""
    found = office.deal("Ark")
    return found["next_step"], found["next_step_due"]


# What happened


def test_a_log_is_a_call_of_who_signs_unless_said(office: Office) -> None:
    a_deal(office)
    assert logged(office, "showed the concept") == "Log 1 on 1 Ark.\n"
    found = the_log(office)
    assert (found["kind"], found["by"], found["text"]) == ("call", "Xiao Li", "showed the concept")
    assert found["at"] == found["recorded_at"] == "2026-11-23T01:00:00Z"
    assert (found["from"], found["to"]) == (None, None)


@pytest.mark.parametrize("kind", ["call", "visit", "meeting"])
def test_a_call_a_visit_and_a_meeting_are_contact(office: Office, kind: str) -> None:
    a_deal(office)
    assert silence(office) == (None, 21)
    logged(office, "talked", "--kind", kind)
    assert the_log(office)["kind"] == kind
    assert silence(office) == ("2026-11-23T01:00:00Z", 0)


@pytest.mark.parametrize("kind", ["message", "email"])
def test_a_message_and_an_email_are_contact_only_if_answered(office: Office, kind: str) -> None:
    a_deal(office)
    logged(office, "asked for the budget", "--kind", kind)
    assert silence(office) == (None, 21)
    logged(office, "they sent it", "--kind", kind, "--answered")
    assert silence(office) == ("2026-11-23T01:00:00Z", 0)
    assert "answered" in the_log(office)["text"]


def test_a_note_is_no_contact_even_if_it_says_so(office: Office) -> None:
    a_deal(office)
    logged(office, "thought about them", "--kind", "note", "--answered", "--by-them")
    assert silence(office) == (None, 21)


def test_who_began_it_and_whom_it_was_with_is_kept(office: Office) -> None:
    a_deal(office)
    logged(office, "他们来访", "--by-them", "--with", "赵兵", "--kind", "visit")
    assert "赵兵" in the_log(office)["text"]
    assert "they began it" in the_log(office)["text"]
    logged(office, "we called", "--with", "Zhao Bing")
    assert "they began it" not in the_log(office)["text"]


def test_support_asked_for_is_seen(office: Office) -> None:
    a_deal(office)
    logged(office, "stuck with their lawyers", "--ask")
    assert "asks for support" in the_log(office)["text"]


def test_an_earlier_day_is_its_midnight_and_does_not_undo_later_contact(office: Office) -> None:
    a_deal(office)
    logged(office, "met", "--on", "2026-11-16")
    assert silence(office) == ("2026-11-15T16:00:00Z", 7)
    logged(office, "met before that", "--on", "2026-11-12")
    assert silence(office) == ("2026-11-15T16:00:00Z", 7)
    texts = [row["text"] for row in office.asks("timeline", "Ark")["rows"][-2:]]
    assert texts[0].startswith("met before that")


def test_logs_of_one_day_stand_in_order_of_entry(office: Office) -> None:
    a_deal(office)
    for text in ("c", "a", "b"):
        logged(office, text, "--on", "2026-11-20")
    texts = [row["text"][0] for row in office.asks("timeline", "Ark")["rows"][-3:]]
    assert texts == ["c", "a", "b"]


def test_a_text_of_several_lines_becomes_one(office: Office) -> None:
    a_deal(office)
    logged(office, "  they said:\n\tyes  ")
    assert the_log(office)["text"] == "they said:  yes"


# Claims


def test_a_claim_is_held_against_the_evidence_and_never_changes_the_probability(
    office: Office,
) -> None:
    a_deal(office, "--stage", "quoted", "--amount", "100")
    said = logged(office, "nearly nailed", "--claim", "90")
    assert said == "Log 1 on 1 Ark: claim 90 %, evidence 10 %.\n"
    assert "claims 90 %" in the_log(office)["text"]
    found = office.deal("Ark")
    assert (found["win_probability"], found["weighted_amount"]) == (0.5, 50)
    assert "90 % (Xiao Li, 2026-11-23)" in office.does("deal", "show", "Ark")


@pytest.mark.parametrize(
    ("word", "percent", "overclaimed"),
    # evidence is 10 %: shortlisted it is, but what ends opportunity was never shown
    [("0", 0, False), ("40", 40, False), ("41%", 41, True), (" 100 % ", 100, True)],
)
def test_a_claim_over_thirty_points_above_the_evidence_is_a_warning(
    office: Office, word: str, percent: int, overclaimed: bool
) -> None:
    a_deal(office, "--stage", "shortlisted")
    logged(office, "looks good", "--claim", word)
    assert f"claims {percent} %" in the_log(office)["text"]
    assert ("overclaimed" in office.codes("Ark")) is overclaimed


def test_the_latest_claim_counts(office: Office) -> None:
    a_deal(office)
    logged(office, "nearly nailed", "--claim", "90")
    logged(office, "hm", "--claim", "20")
    logged(office, "no claim at all")
    assert "overclaimed" not in office.codes("Ark")
    logged(office, "what I thought last week", "--claim", "95", "--on", "2026-11-16")
    assert "overclaimed" not in office.codes("Ark")


def test_a_closing_date_that_is_claimed_does_not_change_the_expected_one(office: Office) -> None:
    a_deal(office, "--close", "2026-12-18")
    ran = office("log", "Ark", "by the end of the month", "--close-claim", "eom")
    assert (ran.code, ran.err) == (0, "eom is 2026-11-30\n")
    assert "claims close 2026-11-30" in the_log(office)["text"]
    assert office.deal("Ark")["expected_close"] == "2026-12-18"


# What comes next


def test_a_log_names_the_next_step_and_when_it_is_due(office: Office) -> None:
    a_deal(office)
    assert next_step(office) == (None, None)
    assert "no-next-step" in office.codes("Ark")
    ran = office("log", "Ark", "met", "--next", "send prices", "--due", "fri")
    assert (ran.code, ran.err) == (0, "fri is 2026-11-27\n")
    assert next_step(office) == ("send prices", "2026-11-27")
    assert "no-next-step" not in office.codes("Ark")
    assert "overdue" not in office.on("2026-11-27").codes("Ark")
    assert "overdue" in office.on("2026-11-28").codes("Ark")


def test_contact_on_or_after_its_day_does_the_next_step_and_earlier_does_not(
    office: Office,
) -> None:
    a_deal(office)
    logged(office, "met", "--next", "send prices", "--due", "2026-11-27")
    office.on("2026-11-26")
    logged(office, "asked for patience")
    assert next_step(office) == ("send prices", "2026-11-27")
    office.on("2026-11-27")
    logged(office, "wrote, no answer", "--kind", "email")
    logged(office, "a note to myself", "--kind", "note")
    assert next_step(office) == ("send prices", "2026-11-27")
    logged(office, "handed them over")
    assert next_step(office) == (None, None)


def test_a_next_step_without_a_day_is_done_by_any_later_contact(office: Office) -> None:
    a_deal(office)
    logged(office, "met", "--next", "send prices")
    assert next_step(office) == ("send prices", None)
    logged(office, "what happened last week", "--on", "2026-11-16")
    assert next_step(office) == ("send prices", None)
    logged(office, "handed them over")
    assert next_step(office) == (None, None)


def test_a_later_log_names_another_next_step(office: Office) -> None:
    a_deal(office)
    logged(office, "met", "--next", "send prices", "--due", "2026-11-25")
    logged(office, "plan changed", "--kind", "note", "--next", "visit them", "--due", "2026-12-01")
    assert next_step(office) == ("visit them", "2026-12-01")
    logged(office, "what I had planned before", "--next", "call", "--on", "2026-11-20")
    assert next_step(office) == ("visit them", "2026-12-01")


def test_a_day_without_a_next_step_is_refused(office: Office) -> None:
    a_deal(office)
    ran = office("log", "Ark", "met", "--due", "2026-11-27")
    assert (ran.code, ran.out) == (2, "")
    assert "--due needs --next" in ran.err
    assert the_log(office)["kind"] == "stage"


def test_one_line_can_carry_everything(office: Office) -> None:
    a_deal(office, "--stage", "quoted")
    said = logged(
        office,
        *("方案已演示", "--kind", "visit", "--by-them", "--with", "赵兵", "--claim", "60"),
        *("--close-claim", "2026-12-18", "--ask", "--next", "送报价", "--due", "2026-11-27"),
        *("--on", "2026-11-16"),
    )
    assert said == snapshot("Log 1 on 1 Ark: claim 60 %, evidence 10 %.\n")
    assert the_log(office)["text"].split("; ") == snapshot(
        [
            "方案已演示",
            "with 赵兵",
            "they began it",
            "claims 60 %",
            "claims close 2026-12-18",
            "asks for support",
            "next: 送报价 by 2026-11-27",
            "entered late, happened 2026-11-16",
        ]
    )
