"""Each reason code, with the day on which it begins and what ends it."""

from pathlib import Path

import pytest
from conftest import MONDAY, Office


def a_deal(office: Office, *more: str, on: str = "2026-11-02") -> None:
    """Add the deal Ark on a day, in Opportunity: 21 days in the stage, 10 without a touch."""
    office.on(on).does("deal", "add", "Ark", "--amount", "100", *more)


def logged(office: Office, *more: str, on: str = "2026-11-02", text: str = "met them") -> None:
    """Log a touch on Ark on a day, entered that day, with a next step far ahead."""
    step = () if "--next" in more else ("--next", "write", "--due", "2027-06-30")
    office.on(on).does("log", "Ark", text, *step, *more)


def found(office: Office, code: str) -> dict | None:
    """Return what is found on Ark under a code today."""
    rows = office.stalled("--all")
    return next((r for row in rows for r in row["reasons"] if r["code"] == code), None)


def a_process(office: Office, folder: Path, **limits: int) -> None:
    """Make a pipeline `short` of two stages, the first with these limits."""
    limit_lines = "".join(f"{key} = {days}\n" for key, days in limits.items())
    text = (
        f'name = "short"\n[[stage]]\nname = "talking"\nprobability = 30\n{limit_lines}'
        '[[stage]]\nname = "closing"\nprobability = 80\n'
    )
    path = folder / "short.toml"
    path.write_text(text, encoding="utf-8")
    office.does("pipeline", "apply", str(path))


# stuck: days in the stage


@pytest.mark.parametrize(
    ("day", "days"), [("2026-11-22", None), ("2026-11-23", 21), ("2026-12-24", 52)]
)
def test_stuck_from_the_day_on_which_the_stages_limit_is_reached(
    office: Office, day: str, days: int | None
) -> None:
    a_deal(office)
    office.on(day)
    reason = found(office, "stuck")
    assert (reason and (reason["days"], reason["limit"])) == (days and (days, 21))


def test_a_deal_that_moves_on_is_stuck_by_the_limit_of_its_new_stage(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-16").does("deal", "advance", "Ark", "--force", "--reason", "they insist")
    assert found(office.on("2026-11-29"), "stuck") is None
    reason = found(office.on("2026-11-30"), "stuck")
    assert reason is not None
    assert (reason["days"], reason["limit"]) == (14, 14)
    assert "Shortlisted" in reason["text"]


def test_a_touch_does_not_unstick_a_deal(office: Office) -> None:
    a_deal(office)
    logged(office, on="2026-11-23")
    assert office.codes("Ark") == ["stuck"]


def test_a_stage_without_a_limit_never_makes_a_deal_stuck_or_silent(
    office: Office, tmp_path: Path
) -> None:
    a_process(office, tmp_path)
    a_deal(office, "--pipeline", "short", on="2026-11-02")
    office.on("2028-11-02")
    assert office.codes("Ark") == ["no-next-step"]


def test_each_limit_counts_by_itself(office: Office, tmp_path: Path) -> None:
    a_process(office, tmp_path, max_days=3)
    a_deal(office, "--pipeline", "short", on="2026-11-02")
    assert office.on("2026-11-05").codes("Ark") == ["stuck", "no-next-step"]
    a_process(office, tmp_path, silence_days=3)
    assert office.codes("Ark") == ["silent", "no-next-step"]


# silent: days since the last touch


@pytest.mark.parametrize(
    ("day", "days"), [("2026-11-15", None), ("2026-11-16", 10), ("2026-11-20", 14)]
)
def test_silent_from_the_day_on_which_the_silence_limit_is_reached(
    office: Office, day: str, days: int | None
) -> None:
    a_deal(office)
    logged(office, on="2026-11-06")
    office.on(day)
    reason = found(office, "silent")
    assert (reason and (reason["days"], reason["limit"])) == (days and (days, 10))


def test_a_deal_nobody_ever_touched_is_silent_since_it_was_opened(office: Office) -> None:
    a_deal(office, on="2026-11-02")
    assert found(office.on("2026-11-11"), "silent") is None
    assert found(office.on("2026-11-12"), "silent") is not None


@pytest.mark.parametrize(
    ("words", "breaks"),
    [
        (("--kind", "call"), True),
        (("--kind", "visit"), True),
        (("--kind", "meeting"), True),
        (("--kind", "message"), False),
        (("--kind", "message", "--answered"), True),
        (("--kind", "email"), False),
        (("--kind", "email", "--answered"), True),
        (("--kind", "note"), False),
        (("--kind", "note", "--answered"), False),
        ((), True),
    ],
)
def test_only_two_way_contact_breaks_the_silence(
    office: Office, words: tuple[str, ...], breaks: bool
) -> None:
    a_deal(office)
    logged(office, *words, on="2026-11-10")
    assert ("silent" not in office.on("2026-11-16").codes("Ark")) is breaks


def test_silence_goes_on_from_stage_to_stage(office: Office) -> None:
    a_deal(office)
    logged(office, on="2026-11-06")
    office.on("2026-11-12").does("deal", "advance", "Ark", "--force", "--reason", "so")
    reason = found(office.on("2026-11-13"), "silent")
    assert reason is not None
    assert (reason["days"], reason["limit"]) == (7, 7)  # of Shortlisted


def test_an_older_touch_entered_later_does_not_make_a_deal_silent_again(office: Office) -> None:
    a_deal(office)
    logged(office, on="2026-11-10")
    logged(office, "--on", "2026-11-04", on="2026-11-16")
    assert office.codes("Ark") == []


# overdue and no-next-step


def test_overdue_from_the_day_after_the_next_step_was_due(office: Office) -> None:
    a_deal(office)
    logged(office, "--next", "send prices", "--due", "2026-11-06", on="2026-11-03")
    assert office.on("2026-11-06").codes("Ark") == []
    assert office.on("2026-11-07").codes("Ark") == ["overdue"]
    reason = found(office.on("2026-11-09"), "overdue")
    assert reason is not None
    assert reason["days"] == 3
    assert "send prices" in reason["text"]


def test_a_touch_on_the_due_day_does_the_step_and_one_before_it_does_not(office: Office) -> None:
    a_deal(office)
    logged(office, "--next", "send prices", "--due", "2026-11-06", on="2026-11-03")
    office.on("2026-11-05").does("log", "Ark", "called about something else")
    assert office.deal("Ark")["next_step"] == "send prices"
    office.on("2026-11-06").does("log", "Ark", "went through the prices")
    assert office.deal("Ark")["next_step"] is None
    assert office.codes("Ark") == ["no-next-step"]


def test_a_note_does_no_step(office: Office) -> None:
    a_deal(office)
    logged(office, "--next", "send prices", "--due", "2026-11-06", on="2026-11-03")
    office.on("2026-11-09").does("log", "Ark", "still waiting for our prices", "--kind", "note")
    assert office.codes("Ark") == ["overdue"]


def test_a_new_next_step_takes_the_place_of_a_late_one(office: Office) -> None:
    a_deal(office)
    logged(office, "--next", "send prices", "--due", "2026-11-06", on="2026-11-03")
    logged(office, "--next", "visit", "--due", "2026-11-20", on="2026-11-09")
    assert office.codes("Ark") == []
    assert (office.deal("Ark")["next_step"], office.deal("Ark")["next_step_due"]) == (
        *("visit", "2026-11-20"),
    )


def test_a_step_without_a_day_is_never_overdue(office: Office) -> None:
    a_deal(office)
    logged(office, "--next", "think it over", on="2026-11-03")
    assert office.on("2026-11-12").codes("Ark") == []


def test_a_new_deal_has_no_next_step(office: Office) -> None:
    a_deal(office, on="2026-11-23")
    assert office.codes("Ark") == ["no-next-step"]


# overdue-close and slipped


def test_overdue_close_from_the_day_after_the_expected_close(office: Office) -> None:
    a_deal(office, "--close", "2026-11-06")
    logged(office)
    assert office.on("2026-11-06").codes("Ark") == []
    assert office.on("2026-11-07").codes("Ark") == ["overdue-close"]


def test_a_close_moved_later_twice_has_slipped(office: Office) -> None:
    a_deal(office, "--close", "2026-11-30")
    logged(office)
    office.does("deal", "edit", "Ark", "--close", "2026-12-10")
    assert office.codes("Ark") == []
    office.does("deal", "edit", "Ark", "--close", "2026-12-31")
    assert office.codes("Ark") == ["slipped"]


def test_only_a_move_to_a_later_day_counts_as_a_push(office: Office) -> None:
    a_deal(office, "--close", "2026-11-30")
    logged(office)
    for day in ("2026-12-31", "2026-12-20", "2026-12-20", "2026-12-10"):
        office.does("deal", "edit", "Ark", "--close", day)
    assert office.codes("Ark") == []
    office.does("deal", "edit", "Ark", "--close", "2026-12-11")
    assert office.codes("Ark") == ["slipped"]


def test_naming_a_first_close_is_no_push_and_other_edits_are_none(office: Office) -> None:
    a_deal(office)
    logged(office)
    for words in (("--close", "2026-12-01"), ("--amount", "5"), ("--close", "2026-12-02")):
        office.does("deal", "edit", "Ark", *words)
    assert office.codes("Ark") == []


# overclaimed


@pytest.mark.parametrize(("claim", "over"), [("40", False), ("41", True), ("100", True)])
def test_overclaimed_from_31_points_above_the_evidence_on(
    office: Office, claim: str, over: bool
) -> None:
    a_deal(office)  # Opportunity stands for 10 %
    logged(office, "--claim", claim)
    assert office.codes("Ark") == (["overclaimed"] if over else [])


def test_only_the_latest_claim_counts(office: Office) -> None:
    a_deal(office)
    logged(office, "--claim", "95", on="2026-11-02")
    logged(office, "--claim", "30", on="2026-11-03")
    logged(office, "--claim", "95", "--on", "2026-11-02", on="2026-11-04")
    logged(office, on="2026-11-05")
    assert office.codes("Ark") == []


def test_a_claim_is_held_against_the_stage_reached_by_milestones(office: Office) -> None:
    a_deal(office, "--stage", "quoted")  # nothing is accepted: evidence of Opportunity, 10 %
    logged(office, "--claim", "60")
    reason = found(office, "overclaimed")
    assert reason is not None
    assert ("60 %" in reason["text"], "10 %" in reason["text"]) == (True, True)
    for milestone in ("need-confirmed", "on-the-list", "draft-accepted"):
        office.does("milestone", "claim", "Ark", milestone, "--evidence", "their mail")
        office.does("milestone", "accept", "Ark", milestone)
    assert office.codes("Ark") == []  # 60 against 50: its own milestone may be open


def test_a_milestone_that_is_only_claimed_is_no_evidence_unless_the_rep_decides(
    office: Office,
) -> None:
    a_deal(office, "--stage", "shortlisted")
    logged(office, "--claim", "45")
    office.does("milestone", "claim", "Ark", "need-confirmed", "--evidence", "their mail")
    assert office.codes("Ark") == ["overclaimed"]  # 45 against 10
    office.does("milestone", "reject", "Ark", "need-confirmed", "--reason", "says nothing")
    assert office.codes("Ark") == ["overclaimed"]
    office.does("milestone", "waive", "Ark", "need-confirmed", "--reason", "an old customer")
    assert office.codes("Ark") == []  # 45 against 20


# moved-back and unknown-date


def test_moved_back_until_it_moves_on(office: Office) -> None:
    a_deal(office)
    logged(office)
    office.does("deal", "advance", "Ark", "--force", "--reason", "so")
    assert office.codes("Ark") == []
    office.does("deal", "back", "Ark", "--to", "opportunity", "--reason", "they waver")
    assert office.codes("Ark") == ["moved-back"]
    office.does("deal", "advance", "Ark", "--force", "--reason", "again")
    assert office.codes("Ark") == []


def undated(office: Office, folder: Path) -> None:
    """Import the deal Ark, in Opportunity since nobody knows when."""
    path = folder / "deals.csv"
    path.write_text(
        "id,name,customer,owner,pipeline,stage,status,amount\n"
        "A-1,Ark,Ark,Xiao Li,bidding,opportunity,open,100\n",
        encoding="utf-8",
    )
    office.does("import", "deals", str(path))


def test_a_deal_of_unknown_date_is_never_stuck_and_says_so(office: Office, tmp_path: Path) -> None:
    office.on("2026-11-02")
    undated(office, tmp_path)
    office.on("2027-11-02")
    assert office.codes("Ark") == ["no-next-step", "unknown-date"]
    row = office.deal("Ark")
    assert [row[key] for key in ("days_in_stage", "stage_entered_at", "days_silent")] == [None] * 3
    assert office("stalled", "--exit-code").code == 0
    assert office.stalled("--days", "1") == []


def test_a_deal_of_unknown_date_can_fall_silent_after_a_touch(
    office: Office, tmp_path: Path
) -> None:
    office.on("2026-11-02")
    undated(office, tmp_path)
    logged(office, on="2026-11-03")
    assert office.on("2026-11-12").codes("Ark") == ["unknown-date"]
    assert office.on("2026-11-13").codes("Ark") == ["silent", "unknown-date"]


# All together


def test_what_stalls_a_deal_comes_before_the_warnings(office: Office) -> None:
    a_deal(office, "--close", "2026-11-10")
    logged(office, "--next", "send prices", "--due", "2026-11-06", "--claim", "90")
    office.on("2026-11-03").does("deal", "edit", "Ark", "--close", "2026-11-15")
    office.on("2026-11-04").does("deal", "edit", "Ark", "--close", "2026-11-20")
    office.at(MONDAY)
    assert office.codes("Ark") == [
        *("stuck", "silent", "overdue", "overdue-close", "slipped", "overclaimed"),
    ]
    (row,) = office.stalled()
    assert [reason["code"] for reason in row["reasons"]] == office.codes("Ark")
