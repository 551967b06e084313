"""What waits for the manager: reps' asks first, then claims, then other logs of two weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

if TYPE_CHECKING:
    from conftest import Office

LI = ("--as", "Xiao Li")
WANG = ("--as", "Wang Fang")
KEYS = [
    *("log", "deal_id", "deal", "customer", "owner", "at", "kind", "text", "claim", "ask"),
    *("amount", "stage", "waiting_days"),
]


@pytest.fixture
def ark(office: Office) -> Office:
    """An office with the deal Ark of Xiao Li's."""
    office.on("2026-10-01").does(
        *("deal", "add", "Ark", "--customer", "Ark Co", "--owner", "Li", "--amount", "120万")
    )
    return office.on("2026-11-23")


def waiting(office: Office, *more: str) -> list[str]:
    """Return the texts that wait, in their order."""
    return [row["text"] for row in office.asks("inbox", *more)["rows"]]


def test_reps_asks_come_first_then_logs_with_a_claim_then_others_the_oldest_first(
    ark: Office,
) -> None:
    ark.on("2026-11-16").does("log", "Ark", "plain, old", *LI)
    ark.on("2026-11-17").does("log", "Ark", "claim, old", "--claim", "60", *LI)
    ark.on("2026-11-18").does("log", "Ark", "ask, old", "--ask", *LI)
    ark.on("2026-11-19").does("log", "Ark", "ask, new", "--ask", "--claim", "90", *LI)
    ark.on("2026-11-20").does("log", "Ark", "closes soon", "--close-claim", "2026-12-01", *LI)
    ark.on("2026-11-21").does("log", "Ark", "plain, new", *WANG)
    ark.on("2026-11-23")
    assert waiting(ark) == [
        *("ask, old", "ask, new", "claim, old", "closes soon", "plain, old", "plain, new")
    ]


def test_a_log_that_was_replied_to_or_marked_seen_waits_no_more(ark: Office) -> None:
    for text in ("one", "two", "three"):
        ark.does("log", "Ark", text, *LI)
    ark.does("reply", "1", "well done")
    assert ark.does("inbox", "--seen", "2") == "Marked log 2 as seen.\n"
    assert waiting(ark) == ["three"]


def test_logs_entered_in_the_last_14_days_wait_by_their_entry_and_not_by_their_date(
    ark: Office,
) -> None:
    ark.on("2026-11-08").does("log", "Ark", "15 days ago", *LI)
    ark.on("2026-11-09").does("log", "Ark", "14 days ago", *LI)
    ark.on("2026-11-20").does("log", "Ark", "long before, entered late", "--on", "-30d", *LI)
    found = ark.on("2026-11-23").asks("inbox")
    assert [row["text"] for row in found["rows"]] == ["14 days ago", "long before, entered late"]
    assert found["totals"] == {"waiting": 2, "asks": 0, "claims": 0, "never_answered": 1}


def test_imported_logs_never_wait_and_neither_do_the_managers_own(ark: Office) -> None:
    path = ark.path.parent / "logs.csv"
    path.write_text("deal,at,by,kind,text\n#1,2026-11-20,Xiao Li,call,imported\n")
    ark.does("import", "logs", str(path))
    ark.does("log", "Ark", "my own")
    assert waiting(ark) == []
    ran = ark("inbox")
    assert (ran.code, ran.out, ran.err) == (0, "", "Nothing waits for an answer.\n")


def test_each_row_has_the_deals_amount_and_state_and_every_key_of_the_contract(
    ark: Office,
) -> None:
    ark.on("2026-11-20").does("log", "Ark", "nearly nailed", "--claim", "90", *LI)
    found = ark.on("2026-11-23").asks("inbox")
    assert found["schema"] == "funnelcli.inbox/1"
    (row,) = found["rows"]
    assert [key for key in row if key in KEYS] == KEYS
    said = {key: row[key] for key in KEYS}
    assert said == {
        "log": 1,
        "deal_id": 1,
        "deal": "Ark",
        "customer": "Ark Co",
        "owner": "Xiao Li",
        "at": "2026-11-20T01:00:00Z",
        "kind": "call",
        "text": "nearly nailed",
        "claim": 0.9,
        "ask": False,
        "amount": 1200000,
        "stage": "opportunity",
        "waiting_days": 3,
    }
    assert (row["by"], row["evidence"], row["status"]) == ("Xiao Li", 0.1, "open")


def test_a_late_entry_is_marked_and_its_true_date_told(ark: Office) -> None:
    ark.does("log", "Ark", "two days ago", "--on", "2026-11-21", *LI)
    ark.does("log", "Ark", "three days ago", "--on", "2026-11-20", *LI)
    late = {row["text"]: row["late"] for row in ark.asks("inbox")["rows"]}
    assert late == {"two days ago": False, "three days ago": True}
    texts = [row["text"] for row in ark.asks("timeline", "Ark")["rows"]]
    assert "three days ago; entered late, happened 2026-11-20" in texts


def test_only_the_manager_marks_as_seen_and_only_what_is_there(ark: Office) -> None:
    ark.does("log", "Ark", "one", *LI)
    assert ark("inbox", "--seen", "1", *LI).code == 4
    assert waiting(ark) == ["one"]
    for word in ("7", "Ark", "x"):
        ran = ark("inbox", "--seen", word)
        assert (ran.code, ran.out) == (3, "")
        assert repr(word) in ran.err


def test_marking_is_outside_undo_and_twice_is_as_once(ark: Office) -> None:
    ark.does("log", "Ark", "one", *LI)
    ark.does("log", "Ark", "two", *LI)
    operations = len(ark.asks("history", "--limit", "99")["rows"])
    assert ark.does("inbox", "--seen", "1", "--seen", "2") == "Marked logs 1, 2 as seen.\n"
    ark.does("inbox", "--seen", "1")
    assert len(ark.asks("history", "--limit", "99")["rows"]) == operations


def test_the_past_inbox_is_as_it_was(ark: Office) -> None:
    ark.on("2026-11-18").does("log", "Ark", "one", *LI)
    ark.on("2026-11-18").does("log", "Ark", "two", *LI)
    ark.on("2026-11-20").does("reply", "1", "good")
    ark.does("inbox", "--seen", "2")
    ark.on("2026-11-23")
    assert waiting(ark) == []
    assert waiting(ark, "--as-of", "2026-11-19") == ["one", "two"]
    assert waiting(ark, "--as-of", "2026-11-17") == []


def test_undoing_a_reply_has_the_log_wait_again(ark: Office) -> None:
    ark.does("log", "Ark", "one", *LI)
    ark.does("reply", "1", "good")
    assert waiting(ark) == []
    ark.does("undo")
    assert waiting(ark) == ["one"]
    ark.does("undo", *LI)
    assert waiting(ark) == []


@pytest.mark.parametrize("choice", [("--owner", "Li"), ("--customer", "ark"), ("--limit", "1")])
def test_filters_and_limit_choose(ark: Office, choice: tuple[str, ...]) -> None:
    ark.on("2026-11-20").does("deal", "add", "Boat", "--owner", "Wang", "--customer", "Bo")
    ark.on("2026-11-21").does("log", "Ark", "one", *LI)
    ark.on("2026-11-22").does("log", "Boat", "two", *WANG)
    assert waiting(ark.on("2026-11-23"), *choice) == ["one"]


def test_the_totals_are_of_all_that_waits_and_count_both_kinds_of_claim(ark: Office) -> None:
    ark.does("log", "Ark", "can we?", "--ask", *LI)
    ark.does("log", "Ark", "no chance", "--claim", "0", *LI)
    ark.does("log", "Ark", "they sign soon", "--close-claim", "2026-12-20", *LI)
    found = ark.asks("inbox", "--limit", "1")
    assert [row["text"] for row in found["rows"]] == ["can we?"]
    assert found["totals"] == {"waiting": 3, "asks": 1, "claims": 2, "never_answered": 0}


def test_what_the_manager_reads(ark: Office) -> None:
    ark.does("log", "Ark", "他们要 3 %，可以吗？", "--ask", *LI)
    ark.does("log", "Ark", "nearly nailed", "--claim", "90", *LI)
    assert ark.does("inbox") == snapshot("""\
Log  Deal  By       Kind     Amount  Stage        Text
1    Ark   Xiao Li  call  1,200,000  Opportunity  他们要 3 %，可以吗？; asks for support; waits since today
2    Ark   Xiao Li  call  1,200,000  Opportunity  nearly nailed; claims 90 %, evidence 10 %; waits since today
To answer: funnelcli reply LOG TEXT.
""")  # noqa: E501  a screen is as wide as it is
    assert ark.does("inbox", "-f", "md") == snapshot("""\
- **1 Ark**, Xiao Li, call, 1,200,000, Opportunity
  - 他们要 3 %，可以吗？
  - asks for support; waits since today
- **2 Ark**, Xiao Li, call, 1,200,000, Opportunity
  - nearly nailed
  - claims 90 %, evidence 10 %; waits since today

To answer: funnelcli reply LOG TEXT.

""")


def test_a_log_on_a_deal_that_was_put_away_waits_no_more(ark: Office) -> None:
    ark.does("log", "Ark", "what now", "--ask", *LI)
    ark.does("deal", "archive", "Ark")
    assert waiting(ark) == []
