"""A deal moves: on, past stages, back, on an earlier day, and from which entry its clock counts."""

import pytest
from conftest import MONDAY, Office


def a_deal(office: Office, *more: str, name: str = "Ark", on: str = "2026-11-02") -> None:
    """Add a deal at nine in the morning of a day."""
    office.on(on).does("deal", "add", name, *more)


def advanced(office: Office, *more: str) -> str:
    """Move Ark on, waiving what is in the way; return what was said."""
    return office.does("deal", "advance", "Ark", "--force", "--reason", "so", *more)


def moved_back(office: Office, to: str, *more: str) -> str:
    """Move Ark back; return what was said."""
    return office.does("deal", "back", "Ark", "--to", to, "--reason", "another concept", *more)


def moves(office: Office) -> list[tuple[str, str | None, str]]:
    """Return Ark's arrivals in stages as kind, from and to, oldest first."""
    rows = office.asks("timeline", "Ark")["rows"]
    return [(r["kind"], r["from"], r["to"]) for r in rows if r["kind"] in ("stage", "back")]


def standing(office: Office) -> tuple[str, str, int]:
    """Return Ark's stage, since when it is there, and for how many days."""
    found = office.deal("Ark")
    return found["stage"], found["stage_entered_at"], found["days_in_stage"]


# On


def test_without_a_word_a_deal_goes_to_the_next_stage_and_its_clock_begins_anew(
    office: Office,
) -> None:
    a_deal(office, "--amount", "100")
    office.on("2026-11-09")
    assert advanced(office) == "1 Ark: Opportunity → Shortlisted.\n"
    assert standing(office) == ("shortlisted", "2026-11-09T01:00:00Z", 0)
    assert office.on("2026-11-12").deal("Ark")["days_in_stage"] == 3
    assert office.deal("Ark")["weighted_amount"] == 20


def test_a_deal_passes_through_every_stage_to_won(office: Office) -> None:
    a_deal(office)
    for stage in ("shortlisted", "drafted", "quoted", "confirmed", "terms"):
        advanced(office)
        assert office.deal("Ark")["stage"] == stage
    advanced(office)
    assert (office.deal("Ark")["stage"], office.deal("Ark")["status"]) == ("terms", "won")


def test_a_stage_skipped_is_no_entry(office: Office) -> None:
    a_deal(office)
    advanced(office, "--to", "quoted")
    assert moves(office) == [
        ("stage", None, "Opportunity"),
        ("stage", "Opportunity", "Quoted"),
    ]


@pytest.mark.parametrize("word", ["drafted", "DRAFTED", "proposal drafted", "ｄｒａｆｔｅｄ"])
def test_a_stage_is_named_by_its_name_or_its_title(office: Office, word: str) -> None:
    a_deal(office)
    advanced(office, "--to", word)
    assert office.deal("Ark")["stage"] == "drafted"


def test_a_stage_is_named_by_its_chinese_title_too(bare: Office) -> None:
    bare.does("init", "--manager", "蒋跃", "--lang", "zh-Hans", "--timezone", "Asia/Shanghai")
    a_deal(bare)
    advanced(bare, "--to", "报价")
    assert bare.deal("Ark")["stage"] == "quoted"
    advanced(bare, "--to", "中标")
    assert bare.deal("Ark")["status"] == "won"


def test_a_note_on_the_way_is_kept(office: Office) -> None:
    a_deal(office)
    advanced(office, "--note", "入围了")
    (entry,) = [row for row in office.asks("timeline", "Ark")["rows"] if row["text"] == "入围了"]
    assert (entry["kind"], entry["to"]) == ("stage", "Shortlisted")


def test_advancing_to_where_it_is_or_was_is_refused_and_names_the_way_back(office: Office) -> None:
    a_deal(office, "--stage", "drafted")
    ran = office("deal", "advance", "Ark", "--to", "drafted", "--force", "--reason", "so")
    assert (ran.code, "already" in ran.err) == (4, True)
    ran = office("deal", "advance", "Ark", "--to", "opportunity", "--force", "--reason", "so")
    assert (ran.code, ran.out) == (4, "")
    assert "Opportunity lies before Proposal drafted" in ran.err
    assert "funnelcli deal back 1 --to opportunity --reason" in ran.err
    assert len(moves(office)) == 1


# Back


def test_a_deal_moved_back_enters_the_earlier_stage_anew(office: Office) -> None:
    a_deal(office)
    advanced(office, "--to", "quoted")
    office.on("2026-11-09")
    assert moved_back(office, "drafted") == "1 Ark: back from Quoted to Proposal drafted.\n"
    assert standing(office) == ("drafted", "2026-11-09T01:00:00Z", 0)
    assert moves(office)[-1] == ("back", "Quoted", "Proposal drafted")
    assert office.asks("timeline", "Ark")["rows"][-1]["text"] == "another concept"
    assert "moved-back" in office.codes("Ark")
    advanced(office)
    assert "moved-back" not in office.codes("Ark")


def test_moving_back_to_a_later_stage_is_refused_and_names_the_way_on(office: Office) -> None:
    a_deal(office, "--stage", "drafted")
    ran = office("deal", "back", "Ark", "--to", "quoted", "--reason", "so")
    assert (ran.code, ran.out) == (4, "")
    assert "Quoted does not lie before Proposal drafted" in ran.err
    assert "funnelcli deal advance 1 --to quoted" in ran.err


def test_moving_back_to_where_it_is_is_refused_without_advice_that_fails(office: Office) -> None:
    a_deal(office, "--stage", "drafted")
    ran = office("deal", "back", "Ark", "--to", "drafted", "--reason", "so")
    assert (ran.code, ran.out) == (4, "")
    assert "deal advance" not in ran.err  # it would be refused just as well


# On an earlier day


def test_a_move_on_an_earlier_day_happened_at_its_local_midnight(office: Office) -> None:
    a_deal(office)
    office.at(MONDAY)
    assert (
        advanced(office, "--on", "2026-11-16")
        == "1 Ark: Opportunity → Shortlisted on 2026-11-16.\n"
    )
    assert standing(office) == ("shortlisted", "2026-11-15T16:00:00Z", 7)


def test_a_move_today_happened_now(office: Office) -> None:
    a_deal(office)
    office.at("2026-11-23T15:30:00+08:00")
    ran = office("deal", "advance", "Ark", "--on", "today", "--force", "--reason", "so")
    assert ran.err == "today is 2026-11-23\n"
    assert standing(office) == ("shortlisted", "2026-11-23T07:30:00Z", 0)


def test_moves_of_one_earlier_day_count_in_order_of_entry(office: Office) -> None:
    a_deal(office)
    office.at(MONDAY)
    for stage in ("shortlisted", "drafted"):
        advanced(office, "--to", stage, "--on", "2026-11-16")
    moved_back(office, "shortlisted", "--on", "2026-11-16")
    advanced(office, "--to", "quoted", "--on", "2026-11-16")
    assert standing(office) == ("quoted", "2026-11-15T16:00:00Z", 7)
    assert [to for _, _, to in moves(office)] == [
        *("Opportunity", "Shortlisted", "Proposal drafted", "Shortlisted", "Quoted"),
    ]


def test_a_move_on_the_day_of_the_last_one_comes_right_after_it(office: Office) -> None:
    a_deal(office, on="2026-11-16")
    office.at(MONDAY)
    advanced(office, "--on", "2026-11-16")  # midnight lies before it was added at nine
    assert standing(office) == ("shortlisted", "2026-11-16T01:00:00Z", 7)
    office.does("deal", "lose", "Ark", "--reason", "price", "--on", "2026-11-16")
    assert office.deal("Ark")["closed_on"] == "2026-11-16"


def test_nothing_happens_to_a_deal_before_it_entered_its_stage(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-12")
    advanced(office)
    office.at(MONDAY)
    for words in (
        ("advance", "Ark", "--force", "--reason", "so"),
        ("back", "Ark", "--to", "opportunity", "--reason", "so"),
        ("win", "Ark", "--force", "--reason", "so"),
        ("lose", "Ark", "--reason", "price"),
    ):
        ran = office("deal", *words, "--on", "2026-11-11")
        assert (ran.code, ran.out) == (4, ""), words
        assert "in Shortlisted since 2026-11-12; 2026-11-11 is before that" in ran.err
    assert standing(office) == ("shortlisted", "2026-11-12T01:00:00Z", 11)


def test_nothing_happens_to_a_reopened_deal_before_it_was_reopened(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-10").does("deal", "lose", "Ark", "--reason", "price")
    office.on("2026-11-16").does("deal", "reopen", "Ark", "--reason", "they called")
    office.at(MONDAY)
    ran = office("deal", "advance", "Ark", "--force", "--reason", "so", "--on", "2026-11-12")
    assert (ran.code, ran.out) == (4, "")
    assert "2026-11-12" in ran.err
    advanced(office, "--on", "2026-11-16")
    assert office.deal("Ark")["days_in_stage"] == 7


def test_the_day_is_the_files_and_not_utcs(office: Office) -> None:
    a_deal(office)
    office.at("2026-11-22T17:00:00Z")  # one in the morning of Monday in Shanghai
    advanced(office, "--on", "2026-11-23")
    assert standing(office) == ("shortlisted", "2026-11-22T17:00:00Z", 0)


def test_a_weekday_is_the_last_one_where_something_happened(office: Office) -> None:
    a_deal(office)
    office.at(MONDAY)
    ran = office("deal", "advance", "Ark", "--on", "fri", "--force", "--reason", "so")
    assert (ran.code, ran.err) == (0, "fri is 2026-11-20\n")
    assert office.deal("Ark")["days_in_stage"] == 3
