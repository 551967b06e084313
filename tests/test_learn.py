"""`pipeline learn`: what history says of chances and limits, and what comes of adopting it."""

from __future__ import annotations

from math import comb, exp, log
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Office

FORCED = ("--force", "--reason", "so")


def with_history(office: Office) -> Office:
    """Ten deals reached shortlisted; eight left it after 4 days, of which 5 were won, 3 lost."""
    office.on("2026-10-01")
    for n in range(10):
        office.does("deal", "add", f"Deal {n}", "--stage", "shortlisted", "--amount", "100")
    office.on("2026-10-05")
    for n in range(8):
        office.does("deal", "advance", f"Deal {n}", *FORCED)
    office.on("2026-10-20")
    for n in range(5):
        office.does("deal", "win", f"Deal {n}", *FORCED)
    for n in range(5, 8):
        office.does("deal", "lose", f"Deal {n}", "--reason", "price")
    return office.on("2026-11-23")


def lesson(office: Office, stage: str, *more: str) -> dict[str, Any]:
    rows = office.asks("pipeline", "learn", *more)["rows"]
    found: dict[str, Any] = next(row for row in rows if row["stage"] == stage)
    return found


def test_chances_and_limits_are_learned_with_their_n(office: Office) -> None:
    row = lesson(with_history(office), "shortlisted")
    assert row["declared_probability"] == 0.2
    assert row["learned_probability"] == pytest.approx((5 + 2) / (8 + 10))
    # A Beta(7, 11) lies below p as often as 17 tries with chance p succeed 7 times or more.
    for share, p in ((0.1, row["low"]), (0.9, row["high"])):
        below = sum(comb(17, k) * p**k * (1 - p) ** (17 - k) for k in range(7, 18))
        assert below == pytest.approx(share, abs=1e-6)
    assert (row["closed"], row["n"], row["declared_days"]) == (8, 8, 14)
    assert row["learned_days"] == round(exp((8 * log(4) + 5 * log(14)) / 13))


def test_without_history_what_is_declared_is_what_is_told(office: Office) -> None:
    row = lesson(office, "quoted")
    assert row["learned_probability"] == pytest.approx(row["declared_probability"])
    assert (row["learned_days"], row["n"], row["closed"]) == (14, 0, 0)
    ran = office("pipeline", "learn", "--adopt")
    assert ran.code == 0
    assert "no history yet to learn from" in ran.err
    assert office.asks("pipeline", "show")["rows"][0]["learned_at"] is None


def test_questions_never_learn_on_the_way_but_from_what_was_adopted(office: Office) -> None:
    here = with_history(office)
    days = lesson(here, "shortlisted")["learned_days"]
    here.does("deal", "add", "Ark", "--stage", "shortlisted", "--on", "2026-11-14")
    here.does("log", "Ark", "called", "--next", "write", "--due", "2026-12-01")
    assert "stuck" not in here.codes("Ark")
    ran = here("pipeline", "learn", "--adopt")
    assert ran.err == (
        "Adopted what was learned of opportunity, shortlisted, drafted, quoted, confirmed, terms "
        "in bidding.\n"
    )
    (reason,) = [
        reason
        for row in here.stalled()
        if row["name"] == "Ark"
        for reason in row["reasons"]
        if reason["code"] == "stuck"
    ]
    assert reason == {
        "code": "stuck",
        "text": f"9 days in Shortlisted, learned limit {days}",
        "days": 9,
        "limit": days,
    }
    assert here.deal("Ark")["win_probability"] == 0.2  # the declared chance is what counts
    here.does("undo")
    assert "stuck" not in here.codes("Ark")


def test_what_was_adopted_can_be_forgotten(office: Office) -> None:
    here = with_history(office)
    here.does("pipeline", "learn", "--adopt")
    assert here.asks("pipeline", "show")["rows"][1]["learned_days"] is not None
    assert "forgotten" in here.does("pipeline", "learn", "--forget")
    assert here.asks("pipeline", "show")["rows"][1]["learned_days"] is None
    assert "nothing was changed" in here.does("pipeline", "learn", "--forget")


@pytest.mark.parametrize("odd", [("--adopt", "--forget"), ("--adopt", "--as-of", "yesterday")])
def test_what_cannot_be_stored_is_refused(office: Office, odd: tuple[str, ...]) -> None:
    ran = office("pipeline", "learn", *odd)
    assert (ran.code, ran.out) == (2, "")


def test_the_past_is_learned_from_as_it_was_known(office: Office) -> None:
    here = with_history(office)
    row = lesson(here, "shortlisted", "--as-of", "2026-10-10")
    assert (row["closed"], row["n"]) == (0, 8)


def learned_from_one_stay_of(days: int) -> int:
    """Return the limit of shortlisted, 14 days, after one stay that moved on."""
    return round(exp((log(days) + 5 * log(14)) / 6))


@pytest.mark.parametrize(
    ("pause", "resume"),
    [
        (("deal", "hold", "Ark", "--until", "2026-10-13", "--reason", "budget"), ()),
        (
            ("deal", "lose", "Ark", "--reason", "price"),
            ("deal", "reopen", "Ark", "--reason", "they called"),
        ),
    ],
)
def test_days_on_hold_and_days_closed_are_no_time_in_the_stage(
    office: Office, pause: tuple[str, ...], resume: tuple[str, ...]
) -> None:
    """From 1 to 15 October, of which the 3rd to the 13th do not count: four days."""
    office.on("2026-10-01")
    office.does("deal", "add", "Ark", "--stage", "shortlisted")
    office.on("2026-10-03").does(*pause)
    office.on("2026-10-13")
    if resume:
        office.does(*resume)
    office.on("2026-10-15").does("deal", "advance", "Ark", *FORCED)
    row = lesson(office, "shortlisted")
    assert row["n"] == 1
    assert row["learned_days"] == learned_from_one_stay_of(4) != learned_from_one_stay_of(14)


def test_stays_count_the_days_that_limits_count(office: Office) -> None:
    """From Thursday, 1 October, to Wednesday of next week: four working days, six others."""
    office.on("2026-10-01")
    office.does("deal", "add", "Ark", "--stage", "shortlisted")
    office.on("2026-10-07").does("deal", "advance", "Ark", *FORCED)
    assert lesson(office, "shortlisted")["learned_days"] == learned_from_one_stay_of(6)
    office.does("config", "set", "days", "working")
    assert lesson(office, "shortlisted")["learned_days"] == learned_from_one_stay_of(4)
    office.does("deal", "add", "Bo", "--stage", "quoted", "--on", "2026-09-23")
    rows = {row["name"]: row for row in office.asks("forecast")["rows"]}
    assert "day 10 (limit 14)" in rows["Bo"]["explain"]
