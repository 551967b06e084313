"""Entries: what somebody did, of which day, for whom, and where to look it up."""

from __future__ import annotations

import os
import shlex
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from funnelcli.domain.entries import (
    Arrival,
    Ending,
    EntryKind,
    EntryState,
    advances,
    instruction_state,
    plan_state,
)
from funnelcli.domain.time import Moment, Period
from funnelcli.store.reading.entries import entries
from funnelcli.store.reading.people import find_member
from funnelcli.store.reading.reader import reading

if TYPE_CHECKING:
    from conftest import Office

    from funnelcli.domain.entries import Entry

QUARTER = Period("2026Q4", date(2026, 10, 1), date(2027, 1, 1))
NOVEMBER = Period("2026-11", date(2026, 11, 1), date(2026, 12, 1))


def day(number: int) -> date:
    """Return a day of November 2026."""
    return date(2026, 11, number)


def found(
    office: Office, kind: EntryKind, period: Period = QUARTER, *, by_entry: bool = False
) -> list[Entry]:
    """Return the entries of a kind, seen at the office's clock."""
    at = datetime.fromisoformat(os.environ["FUNNELCLI_NOW"])
    with reading(office.path, lambda zone: Moment(at, zone)) as reader:
        return entries(reader, period, {kind}, by_entry=by_entry)


def owners(office: Office, kind: EntryKind) -> list[tuple[str, str]]:
    """Return whom each entry of a kind is credited to, with what it is cited by."""
    at = datetime.fromisoformat(os.environ["FUNNELCLI_NOW"])
    with reading(office.path, lambda zone: Moment(at, zone)) as reader:
        names = {find_member(reader, name).id: name for name in ("Xiao Li", "Wang Fang")}
    return [(e.cite, names.get(e.owner_id or 0, "somebody")) for e in found(office, kind)]


@pytest.fixture
def ark(office: Office) -> Office:
    """An office where Xiao Li opened a deal on the second of November."""
    office.on("2026-11-02").does("deal", "add", "方舟", "--owner", "Xiao Li", "--amount", "120万")
    return office


def test_a_log_bears_the_day_it_tells_of_and_the_day_it_was_entered(ark: Office) -> None:
    ark.on("2026-11-10").does("log", "方舟", "called", "--as", "Xiao Li", "--on", "2026-11-04")
    (log,) = found(ark, EntryKind.LOG)
    assert (log.cite, log.deal, log.pipeline) == ("log 1", "方舟", "bidding")
    assert (log.on, log.entered_on, log.late, log.imported) == (day(4), day(10), True, False)


def test_entries_are_asked_for_by_either_day(ark: Office) -> None:
    ark.on("2026-12-01").does("log", "方舟", "called", "--as", "Xiao Li", "--on", "2026-11-30")
    assert len(found(ark, EntryKind.LOG, NOVEMBER)) == 1
    assert found(ark, EntryKind.LOG, NOVEMBER, by_entry=True) == []


def test_what_was_undone_does_not_count(ark: Office) -> None:
    ark.does("log", "方舟", "called", "--as", "Xiao Li")
    ark.does("undo", "--as", "Xiao Li")
    assert found(ark, EntryKind.LOG) == []


def test_a_log_is_answered_seen_waiting_or_never_read(ark: Office) -> None:
    for n in range(4):
        ark.on(f"2026-11-0{2 + 2 * n}").does("log", "方舟", f"call {n}", "--as", "Xiao Li")
    ark.does("reply", "1", "good")
    ark.does("inbox", "--seen", "2")
    ark.does("log", "方舟", "mine", "--as", "Jiang Yue")
    ark.on("2026-11-21")
    states = [log.state for log in found(ark, EntryKind.LOG)]
    assert states == ["answered", "seen", "never-read", "waiting", ""]


def test_a_reply_tells_how_long_it_took(ark: Office) -> None:
    ark.on("2026-11-03").does("log", "方舟", "called", "--as", "Xiao Li")
    ark.at("2026-11-04T15:00:00+08:00").does("reply", "1", "good")
    ark.on("2026-11-09").does("reply", "1", "and again")
    assert [(r.cite, r.value, r.on) for r in found(ark, EntryKind.REPLY)] == [
        ("reply to log 1", 30.0, day(4))
    ]


def test_imported_logs_are_told_apart_and_no_reply_time_counts_for_them(office: Office) -> None:
    deals, logs = (office.path.with_name(name) for name in ("deals.csv", "logs.csv"))
    deals.write_text("id,name,owner,stage,opened_on\nA1,Ark,Xiao Li,opportunity,2026-11-02\n")
    logs.write_text("deal,at,by,kind,text\nA1,2026-11-02,Xiao Li,call,met\n")
    office.on("2026-11-03").does("import", "deals", str(deals))
    office.does("import", "logs", str(logs))
    office.does("reply", "1", "good")
    (log,) = found(office, EntryKind.LOG)
    assert (log.imported, log.state, log.late, log.entered_on) == (True, "", False, day(3))
    assert found(office, EntryKind.REPLY) == []


@pytest.mark.parametrize(
    ("by", "late", "days"), [("Xiao Li", True, 1), ("Wang Fang", False, 0), ("Jiang Yue", False, 0)]
)
def test_a_table_of_logs_is_late_only_for_a_rep_who_imports_their_own(
    office: Office, by: str, late: bool, days: int
) -> None:
    deals, logs = (office.path.with_name(name) for name in ("deals.csv", "logs.csv"))
    deals.write_text("id,name,owner,stage,opened_on\nA1,Ark,Xiao Li,opportunity,2026-11-02\n")
    office.on("2026-11-03").does("import", "deals", str(deals))
    logs.write_text("deal,at,by,kind,text\nA1,2026-11-04,Xiao Li,call,met\n")
    office.on("2026-11-20").does("import", "logs", str(logs), "--as", by)
    (log,) = found(office, EntryKind.LOG)
    assert (log.imported, log.late) == (True, late)
    ask = ("appraise", "--period", "2026-11", "--owner", "Xiao Li")
    told = {row["figure"]: row["value"] for row in office.asks(*ask)["rows"]}
    assert (told["logs"], told["logs-late"], told["days-late-only"]) == (1, days, days)
    assert told["attendance"] == 0
    opened = office.asks(*ask, "--explain", "attendance")["rows"]
    assert sum(row["counted"] for row in opened) == 0
    rules = office.path.with_name("rules.toml")
    rules.write_text('name = "late"\n[[rule]]\nname = "late"\nper = "late"\ndeduct = 20\n')
    owed = office.asks("bonus", "--period", "2026-11", "--rules", str(rules), "--owner", "Xiao Li")
    assert sum(row["quantity"] or 0 for row in owed["rows"]) == days


@pytest.mark.parametrize(
    ("by", "state"), [("Jiang Yue", "missed"), ("Xiao Li", "on-time"), ("Wang Fang", "on-time")]
)
def test_the_managers_own_note_fulfils_no_instruction(ark: Office, by: str, state: str) -> None:
    ark.on("2026-11-03").does("log", "方舟", "called", "--as", "Xiao Li")
    ark.does("reply", "1", "visit them", "--by", "2026-11-06")
    ark.on("2026-11-05").does("log", "方舟", "reminded or done", "--as", by)
    ark.on("2026-11-20")
    assert [asked.state for asked in found(ark, EntryKind.INSTRUCTION)] == [state]


def test_a_loss_that_is_dated_back_takes_no_claim_away(ark: Office) -> None:
    ark.on("2026-11-10").does("log", "方舟", "sure", "--claim", "95", "--as", "Xiao Li")
    lost = ("deal", "lose", "方舟", "--reason", "price", "--on", "2026-11-09", "--as", "Xiao Li")
    ark.on("2026-11-20").does(*lost)
    ark.does("log", "方舟", "I knew it", "--claim", "0", "--as", "Xiao Li", "--on", "2026-11-08")
    assert [(c.cite, c.value, c.state) for c in found(ark, EntryKind.CLAIM)] == [
        ("log 1", 0.95, "lost")
    ]


@pytest.mark.parametrize(
    ("entered", "ending", "closed", "state"),
    [
        (9, None, None, EntryState.MISSED),
        (9, Ending(done=True, entered_on=day(10), by_manager=False), None, EntryState.ON_TIME),
        (9, Ending(done=True, entered_on=day(11), by_manager=False), None, EntryState.LATE),
        (9, Ending(done=False, entered_on=day(9), by_manager=False), None, EntryState.DROPPED),
        (9, Ending(done=False, entered_on=day(9), by_manager=True), None, EntryState.EXCUSED),
        (9, None, day(10), EntryState.EXCUSED),
        (9, None, day(11), EntryState.MISSED),
        (10, Ending(done=True, entered_on=day(10), by_manager=False), None, EntryState.SAME_DAY),
        (10, None, None, EntryState.SAME_DAY),
        (5, Ending(done=True, entered_on=day(5), by_manager=False), None, EntryState.SAME_DAY),
        (5, Ending(done=True, entered_on=day(6), by_manager=False), None, EntryState.ON_TIME),
        (5, Ending(done=False, entered_on=day(5), by_manager=False), None, EntryState.DROPPED),
    ],
)
def test_how_a_plan_for_the_tenth_stands_on_the_twentieth(
    entered: int, ending: Ending | None, closed: date | None, state: EntryState
) -> None:
    assert plan_state(day(10), day(entered), ending, closed, day(20)) is state


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("deal edit 方舟 --owner 'Wang Fang' --as 'Jiang Yue'", "excused"),
        ("deal edit 方舟 --owner 'Wang Fang' --as 'Xiao Li'", "missed"),
        ("team edit 'Xiao Li' --left 2026-11-09", "excused"),
        ("team edit 'Xiao Li' --left 2026-11-11", "missed"),
        ("team edit 'Xiao Li' --away 2026-11-09..2026-11-11", "missed"),
    ],
)
def test_a_plan_is_needless_where_the_deal_was_given_away_or_the_rep_has_left(
    ark: Office, told: str, state: str
) -> None:
    plan = ("plan", "add", "方舟", "visit", "--on", "2026-11-10", "--as", "Xiao Li")
    ark.on("2026-11-02").does(*plan)
    ark.on("2026-11-09").does(*shlex.split(told))
    ark.on("2026-11-20")
    assert [plan.state for plan in found(ark, EntryKind.PLAN)] == [state]


def test_a_deal_given_back_before_the_day_is_no_excuse(ark: Office) -> None:
    plan = ("plan", "add", "方舟", "visit", "--on", "2026-11-10", "--as", "Xiao Li")
    ark.on("2026-11-02").does(*plan)
    for day_, owner in (("03", "Wang Fang"), ("05", "Xiao Li")):
        ark.on(f"2026-11-{day_}").does("deal", "edit", "方舟", "--owner", owner)
    ark.on("2026-11-20")
    assert [plan.state for plan in found(ark, EntryKind.PLAN)] == ["missed"]


def test_a_plan_whose_day_is_not_over_is_still_to_come() -> None:
    assert plan_state(day(10), day(9), None, None, day(10)) is EntryState.COMING
    assert plan_state(day(10), day(9), None, None, day(11)) is EntryState.MISSED


def test_how_an_instruction_for_the_tenth_stands() -> None:
    assert instruction_state(day(10), day(10), None, day(20)) is EntryState.ON_TIME
    assert instruction_state(day(10), day(11), None, day(20)) is EntryState.LATE
    assert instruction_state(day(10), None, None, day(20)) is EntryState.MISSED
    assert instruction_state(day(10), None, None, day(10)) is EntryState.COMING
    assert instruction_state(day(10), None, day(9), day(20)) is EntryState.EXCUSED


def test_what_a_plan_came_to_is_dated_by_its_entry(ark: Office) -> None:
    ark.does("plan", "add", "方舟", "visit", "--on", "2026-11-05", "--as", "Xiao Li")
    ark.on("2026-11-06").does("plan", "done", "1", "--on", "2026-11-05", "--as", "Xiao Li")
    (plan,) = found(ark, EntryKind.PLAN)
    assert (plan.cite, plan.on, plan.ended_on, plan.state) == ("plan 1", day(5), day(6), "late")


def test_an_instruction_is_fulfilled_by_what_is_entered_not_by_what_it_says(ark: Office) -> None:
    ark.on("2026-11-03").does("log", "方舟", "called", "--as", "Xiao Li")
    ark.does("reply", "1", "send the draft", "--by", "2026-11-05")
    ark.on("2026-11-09").does("log", "方舟", "sent", "--on", "2026-11-04", "--as", "Xiao Li")
    (asked,) = found(ark, EntryKind.INSTRUCTION)
    assert (asked.on, asked.ended_on, asked.state) == (day(5), day(9), "late")


def test_a_milestone_is_of_the_owner_unless_a_member_of_the_deal_claimed_it(ark: Office) -> None:
    ark.does("deal", "add", "Boat", "--owner", "Xiao Li")
    for deal, by in (("方舟", "Wang Fang"), ("Boat", "Jiang Yue")):
        claim = ("milestone", "claim", deal, "need-confirmed", "--evidence", "mail")
        ark.does(*claim, "--as", by)
        ark.does("milestone", "accept", deal, "need-confirmed")
    assert owners(ark, EntryKind.MILESTONE) == [
        ("deal 1 opportunity/need-confirmed", "Xiao Li"),
        ("deal 2 opportunity/need-confirmed", "Xiao Li"),
    ]
    ark.does("deal", "edit", "方舟", "--member", "Wang Fang", "--as", "Xiao Li")
    assert owners(ark, EntryKind.MILESTONE) == [
        ("deal 1 opportunity/need-confirmed", "Wang Fang"),
        ("deal 2 opportunity/need-confirmed", "Xiao Li"),
    ]


def test_a_milestone_counts_once_and_as_it_stands(ark: Office) -> None:
    ark.on("2026-11-04").does("deal", "advance", "方舟", "--done", "mail")
    ark.on("2026-11-10").does("deal", "back", "方舟", "--to", "opportunity", "--reason", "wrong")
    assert found(ark, EntryKind.MILESTONE) == []
    ark.on("2026-11-12").does("deal", "advance", "方舟", "--done", "mail again")
    assert [(e.on, e.state) for e in found(ark, EntryKind.MILESTONE)] == [(day(4), "accepted")]


def test_rejected_and_waived_milestones_are_none(ark: Office) -> None:
    claim = ("milestone", "claim", "方舟", "need-confirmed", "--evidence", "mail")
    ark.does(*claim, "--as", "Xiao Li")
    assert [e.state for e in found(ark, EntryKind.MILESTONE)] == ["claimed"]
    ark.does("milestone", "reject", "方舟", "need-confirmed", "--reason", "no")
    assert found(ark, EntryKind.MILESTONE) == []
    ark.does("deal", "advance", "方舟", "--force", "--reason", "known to us")
    assert found(ark, EntryKind.MILESTONE) == []


def test_advances_count_once_unless_the_deal_was_moved_back() -> None:
    def places(*stages: int, won: bool = False) -> list[int]:
        return advances([Arrival(stage, stage) for stage in stages], won=won)

    assert places(0) == []
    assert places(0, 1, 2) == [1, 2]
    assert places(0, 1, 2, 1) == [1]
    assert places(0, 1, 2, 1, 2) == [1, 2]
    assert places(0, 2, 0, 1, won=True) == [1, 3]
    assert places(3, 1, 2, 3) == [2]


def test_an_advance_is_the_owners_of_that_time(ark: Office) -> None:
    ark.on("2026-11-04").does("deal", "advance", "方舟", "--done", "mail")
    ark.on("2026-11-06").does("deal", "edit", "方舟", "--owner", "Wang Fang")
    ark.on("2026-11-09").does("deal", "advance", "方舟", "--done", "list")
    assert owners(ark, EntryKind.ADVANCE) == [
        ("deal 1 shortlisted", "Xiao Li"),
        ("deal 1 drafted", "Wang Fang"),
    ]


def test_nobody_takes_over_what_was_done_before_unless_the_manager_says_so(ark: Office) -> None:
    ark.on("2026-11-04").does("deal", "advance", "方舟", "--done", "mail")
    takeover = ("deal", "edit", "方舟", "--owner", "Wang Fang", "--on", "2026-11-03")
    ark.on("2026-11-06").does(*takeover, "--as", "Wang Fang")
    assert owners(ark, EntryKind.ADVANCE) == [("deal 1 shortlisted", "Xiao Li")]
    ark.does(*takeover, "--as", "Jiang Yue")
    assert owners(ark, EntryKind.ADVANCE) == [("deal 1 shortlisted", "Wang Fang")]


def test_imported_advances_are_told_apart(office: Office) -> None:
    office.on("2026-11-20")
    deals, stages = (office.path.with_name(name) for name in ("deals.csv", "stages.csv"))
    deals.write_text(
        "id,name,owner,pipeline,stage,status,opened_on\n"
        "A1,Ark,Xiao Li,bidding,shortlisted,open,2026-11-02\n"
    )
    stages.write_text("deal,stage,at\nA1,opportunity,2026-11-02\nA1,shortlisted,2026-11-05\n")
    office.does("import", "deals", str(deals))
    office.does("import", "stages", str(stages))
    (advance,) = found(office, EntryKind.ADVANCE)
    assert (advance.imported, advance.on, advance.entered_on) == (True, day(5), day(20))


def test_a_closing_bears_the_amount_and_the_chance_of_its_first_stage(office: Office) -> None:
    office.on("2026-11-02")
    add = ("deal", "add", "Ark", "--owner", "Xiao Li", "--amount", "100", "--stage", "quoted")
    office.does(*add)
    office.on("2026-11-09").does("deal", "win", "Ark", "--amount", "80", "--force", "--reason", "x")
    (won,) = found(office, EntryKind.WON)
    assert (won.cite, won.on, won.amount, won.value) == ("deal 1 won", day(9), 8_000, 0.5)
    office.on("2026-11-10").does("deal", "reopen", "Ark", "--reason", "not signed")
    assert found(office, EntryKind.WON) == []
    office.does("deal", "lose", "Ark", "--reason", "price")
    assert [(e.cite, e.what) for e in found(office, EntryKind.LOST)] == [("deal 1 lost", "price")]


def test_one_claim_counts_for_a_closed_deal_the_first_from_the_middle_on(ark: Office) -> None:
    ark.on("2026-11-03").does("log", "方舟", "sure", "--claim", "99", "--as", "Xiao Li")
    force = ("--force", "--reason", "x")
    ark.on("2026-11-04").does("deal", "advance", "方舟", "--to", "drafted", *force)
    ark.on("2026-11-05").does("log", "方舟", "well", "--claim", "70", "--as", "Xiao Li")
    ark.on("2026-11-06").does("log", "方舟", "hm", "--claim", "20", "--as", "Xiao Li")
    assert found(ark, EntryKind.CLAIM) == []
    ark.on("2026-11-09").does("deal", "lose", "方舟", "--reason", "price")
    after = ("--claim", "0", "--on", "2026-11-04", "--as", "Xiao Li")
    ark.does("log", "方舟", "I knew it", *after)
    assert [(c.cite, c.value, c.state) for c in found(ark, EntryKind.CLAIM)] == [
        ("log 2", 0.7, "lost")
    ]


def test_without_a_claim_from_the_middle_on_the_first_counts(ark: Office) -> None:
    ark.on("2026-11-03").does("log", "方舟", "sure", "--claim", "99", "--as", "Xiao Li")
    ark.on("2026-11-05").does("log", "方舟", "hm", "--claim", "40", "--as", "Xiao Li")
    ark.on("2026-11-09").does("deal", "lose", "方舟", "--reason", "price")
    assert [(c.cite, c.value) for c in found(ark, EntryKind.CLAIM)] == [("log 1", 0.99)]


def test_claims_go_back_as_far_as_the_file_does(ark: Office) -> None:
    ark.on("2026-11-03").does("log", "方舟", "sure", "--claim", "99", "--as", "Xiao Li")
    ark.on("2026-11-09").does("deal", "lose", "方舟", "--reason", "price")
    december = Period("2026-12", date(2026, 12, 1), date(2027, 1, 1))
    october = Period("2026-10", date(2026, 10, 1), date(2026, 11, 1))
    ark.on("2026-12-10")
    assert len(found(ark, EntryKind.CLAIM, december)) == 1
    assert found(ark, EntryKind.CLAIM, october) == []


def test_nobody_takes_a_deal_from_another_but_by_their_word_or_the_managers(ark: Office) -> None:
    def taken(by: str) -> str:
        ark.does("deal", "edit", "方舟", "--owner", "Wang Fang", "--as", by)
        ark.does("deal", "advance", "方舟", "--done", "mail", "--as", "Jiang Yue")
        ((_, owner),) = owners(ark, EntryKind.ADVANCE)
        ark.does("undo", "--as", "Jiang Yue")
        ark.does("undo", "--as", by)
        return owner

    ark.on("2026-11-04")
    assert taken("Wang Fang") == "Xiao Li"
    assert taken("Xiao Li") == "Wang Fang"
    assert taken("Jiang Yue") == "Wang Fang"


def test_of_two_who_claim_a_milestone_it_is_the_owners(ark: Office) -> None:
    claim = ("milestone", "claim", "方舟", "need-confirmed", "--evidence", "mail")
    for first, second in (("Wang Fang", "Xiao Li"), ("Xiao Li", "Wang Fang")):
        ark.does(*claim, "--as", first)
        ark.does(*claim, "--as", second)
        ark.does("milestone", "accept", "方舟", "need-confirmed")
        assert owners(ark, EntryKind.MILESTONE) == [
            ("deal 1 opportunity/need-confirmed", "Xiao Li"),
        ]
        ark.does("undo")
        ark.does("milestone", "reject", "方舟", "need-confirmed", "--reason", "again")


def test_planned_work_that_is_undone_later_was_dropped(ark: Office) -> None:
    ark.on("2026-11-02")
    for text in ("visit", "call", "slip"):
        ark.does("plan", "add", "方舟", text, "--on", "2026-11-06", "--as", "Xiao Li")
    ark.does("undo", "--as", "Xiao Li")
    number = ark.asks("history")["rows"][-3]["operation"]
    ark.on("2026-11-05").does("undo", "--id", str(number), "--as", "Xiao Li")
    assert [(e.cite, e.state) for e in found(ark, EntryKind.PLAN)] == [
        ("plan 1", "coming"),
        ("plan 2", "dropped"),
    ]
    ark.does("redo", "--as", "Xiao Li")
    ark.does("undo", "--id", str(number), "--as", "Jiang Yue")
    assert [e.state for e in found(ark, EntryKind.PLAN)] == ["coming", "excused"]


def test_a_stay_that_ended_bears_its_days_less_those_on_hold(ark: Office) -> None:
    ark.on("2026-11-04").does("deal", "hold", "方舟", "--until", "2026-11-07", "--reason", "budget")
    ark.on("2026-11-12").does("deal", "advance", "方舟", "--done", "mail")
    ark.on("2026-11-20").does("deal", "lose", "方舟", "--reason", "price")
    assert [(e.cite, e.on, e.value) for e in found(ark, EntryKind.STAY)] == [
        ("deal 1 opportunity", day(12), 7),
        ("deal 1 shortlisted", day(20), 8),
    ]
