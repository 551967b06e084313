"""A deal on hold: its clocks stand still, it leaves the funnel's rows, and it comes back."""

from datetime import date, timedelta

from conftest import Office
from hypothesis import given, settings
from hypothesis import strategies as st

FIRST = date(2026, 1, 5)


def a_deal(office: Office, *more: str, name: str = "Ark", on: str = "2026-11-02") -> None:
    """Add a deal worth 100."""
    office.on(on).does("deal", "add", name, "--amount", "100", *more)


def held(office: Office, until: str, name: str = "Ark") -> str:
    """Put a deal on hold; return what was said."""
    return office.does("deal", "hold", name, "--until", until, "--reason", "their budget round")


def clocks(office: Office) -> tuple[str, int, int]:
    """Return Ark's status, its days in the stage and its days of silence."""
    found = office.deal("Ark")
    return found["status"], found["days_in_stage"], found["days_silent"]


def test_a_held_deal_says_until_when_and_why(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-05")
    assert held(office, "2026-11-16") == "1 Ark: on hold until 2026-11-16.\n"
    found = office.deal("Ark")
    assert (found["status"], found["held_until"]) == ("held", "2026-11-16")
    assert "on hold until 2026-11-16: their budget round" in office.does("deal", "show", "Ark")
    (entry,) = [row for row in office.asks("timeline", "Ark")["rows"] if row["kind"] == "hold"]
    assert (entry["to"], entry["text"]) == ("2026-11-16", "their budget round")


def test_the_clocks_stand_still_and_go_on_when_it_comes_back_by_itself(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-05")
    held(office, "2026-11-16")
    assert clocks(office) == ("held", 3, 3)
    assert clocks(office.on("2026-11-15")) == ("held", 3, 3)
    assert clocks(office.on("2026-11-16")) == ("open", 3, 3)
    assert clocks(office.on("2026-11-20")) == ("open", 7, 7)
    assert office.deal("Ark")["held_until"] is None


def test_a_held_deal_is_neither_stuck_nor_silent_nor_warned_about(office: Office) -> None:
    a_deal(office, "--close", "2026-11-06")
    office.on("2026-11-03").does("log", "Ark", "x", "--next", "send prices", "--due", "2026-11-05")
    office.on("2026-11-04")
    held(office, "2027-02-01")
    assert office.on("2027-01-31").stalled("--all") == []
    assert office.on("2027-02-01").codes("Ark") == ["overdue", "overdue-close"]


def test_a_held_deal_is_outside_the_funnels_rows_and_counted_in_its_totals(office: Office) -> None:
    a_deal(office)
    a_deal(office, "--stage", "quoted", name="Boat")
    office.does("deal", "add", "Unpriced")
    held(office, "2026-11-16")
    held(office, "2026-11-16", "Unpriced")
    found = office.asks("funnel")
    assert {row["stage"]: row["deals"] for row in found["rows"] if row["deals"]} == {"quoted": 1}
    keys = ("deals", "amount", "amount_unknown", "weighted_amount", "held", "held_amount")
    assert [found["totals"][key] for key in keys] == [1, 100, 0, 50, 2, 100]
    totals = office.on("2026-11-16").asks("funnel")["totals"]
    assert [totals[key] for key in keys] == [3, 200, 1, 60, 0, 0]


def test_a_later_hold_replaces_the_earlier_one_longer_or_shorter(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-04")
    held(office, "2026-11-16")
    office.on("2026-11-06")
    held(office, "2026-11-20")
    assert clocks(office.on("2026-11-19")) == ("held", 2, 2)
    held(office, "2026-11-21")
    held(office, "2026-11-20")
    assert clocks(office.on("2026-11-20")) == ("open", 2, 2)
    assert clocks(office.on("2026-11-23")) == ("open", 5, 5)


def test_a_deal_is_held_until_a_day_to_come(office: Office) -> None:
    a_deal(office)
    for word in ("today", "2026-11-02", "-3d", "2026-11-01"):
        ran = office("deal", "hold", "Ark", "--until", word, "--reason", "fair")
        assert (ran.code, ran.out) == (2, ""), word
        assert word in ran.err
    assert office.deal("Ark")["status"] == "open"


def test_advancing_releases_a_held_deal(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-05")
    held(office, "2026-12-01")
    office.on("2026-11-12").does("deal", "advance", "Ark", "--done", "mail")
    assert clocks(office) == ("open", 0, 3)
    assert clocks(office.on("2026-11-14")) == ("open", 2, 5)
    assert office.asks("funnel")["totals"]["held"] == 0


def test_moving_back_releases_a_held_deal(office: Office) -> None:
    a_deal(office, "--stage", "quoted")
    held(office, "2026-12-01")
    office.does("deal", "back", "Ark", "--to", "drafted", "--reason", "another concept")
    assert office.deal("Ark")["status"] == "open"


def test_winning_and_losing_release_a_held_deal_for_good(office: Office) -> None:
    a_deal(office)
    a_deal(office, name="Boat")
    office.on("2026-11-05")
    held(office, "2026-12-01")
    held(office, "2026-12-01", "Boat")
    office.on("2026-11-09").does("deal", "win", "Ark", "--force", "--reason", "signed")
    office.does("deal", "lose", "Boat", "--reason", "price")
    for name, status in (("Ark", "won"), ("Boat", "lost")):
        found = office.deal(name)
        assert (found["status"], found["held_until"], found["days_in_stage"]) == (status, None, 3)
        office.does("deal", "reopen", name, "--reason", "they called")
        assert office.deal(name)["status"] == "open"
    assert office.asks("funnel")["totals"]["held"] == 0


def test_a_held_deal_is_released_by_a_move_that_is_said_to_be_older_than_the_hold(
    office: Office,
) -> None:
    a_deal(office)
    office.on("2026-11-10")
    held(office, "2026-12-01")
    office.on("2026-11-12").does("deal", "advance", "Ark", "--done", "mail", "--on", "2026-11-06")
    assert office.deal("Ark")["status"] == "open"


def test_a_deal_that_was_lost_before_it_was_held_is_open_when_it_is_reopened(
    office: Office,
) -> None:
    a_deal(office)
    office.on("2026-11-10")
    held(office, "2026-12-01")
    office.on("2026-11-12").does("deal", "lose", "Ark", "--reason", "price", "--on", "2026-11-06")
    assert "open again" in office.does("deal", "reopen", "Ark", "--reason", "they called")
    assert office.deal("Ark")["status"] == "open"


def test_days_on_which_a_deal_was_both_held_and_closed_are_taken_off_once(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-10")
    held(office, "2026-11-16")
    office.on("2026-11-18").does("deal", "lose", "Ark", "--reason", "price", "--on", "2026-11-06")
    office.on("2026-11-20").does("deal", "reopen", "Ark", "--reason", "they called")
    assert clocks(office.on("2026-11-23")) == ("open", 7, 7)  # 2..6 and 20..23


STEPS = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sampled_from(["hold", "log", "close"]),
        st.integers(1, 9),
    ),
    max_size=5,
)


@settings(max_examples=15)
@given(STEPS, st.integers(0, 6))
def test_the_clocks_count_the_days_on_which_the_deal_was_open_and_not_held(
    office: Office, steps: list[tuple[int, str, int]], wait: int
) -> None:
    day, touched, still = FIRST, FIRST, set[date]()
    office.on(str(day))
    number = office.does("deal", "add", "Ark").split()[2]
    for pause, action, length in steps:
        day += timedelta(days=pause)
        office.on(str(day))
        end = day + timedelta(days=length)
        if action == "log":
            office.does("log", number, "call")
            touched = day
            continue
        still = {each for each in still if each < day}
        still |= {day + timedelta(days=n) for n in range(length)}
        if action == "hold":
            office.does("deal", "hold", number, "--until", str(end), "--reason", "fair")
        else:
            office.does("deal", "lose", number, "--reason", "price")
            office.on(str(end)).does("deal", "reopen", number, "--reason", "again")
            day = end
    day += timedelta(days=wait)

    def running(since: date) -> int:
        days = (since + timedelta(days=n) for n in range((day - since).days))
        return sum(each not in still for each in days)

    found = office.on(str(day)).deal(number)
    assert (found["days_in_stage"], found["days_silent"]) == (running(FIRST), running(touched))
