"""What holds for the bridge between any two moments of any history, whoever's deals are asked for.

The ends are the funnel's, the components add up exactly, and what every deal adds is what it is
worth in the list of open deals then, less what it was worth before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

from conftest import Office
from hypothesis import given, settings
from hypothesis import strategies as st
from test_laws import (
    FORCE,
    START,
    Played,
    Step,
    amounts,
    days_ahead,
    exactly,
    histories,
    hours,
    late,
    on_deal,
    played,
)

COMPONENTS = (
    *("new", "reopened", "resumed", "increased", "moved_in"),
    *("decreased", "won", "lost", "held", "archived", "moved_out"),
)
GAINS = set(COMPONENTS[:5])
REPS = ("Xiao Li", "Wang Fang")

undone = st.builds(Step, hours, st.sampled_from([("undo", "1"), ("undo", "2"), ("redo", "1")]))
handed_on = st.builds(
    lambda after, deal, owner: Step(after, ("deal", "edit", deal, "--owner", owner)),
    hours,
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from(REPS),
)
priced = st.builds(Step, hours, on_deal(("deal", "edit"), amounts))
reopened = st.builds(Step, hours, on_deal(("deal", "reopen"), st.just(("--reason", "so"))))
parking = days_ahead.map(lambda day: ("--until", day, "--reason", "so"))
parked = st.builds(Step, hours, on_deal(("deal", "hold"), parking))
claimed = st.builds(Step, hours, on_deal(("log",), st.just(("soon", "--claim", "90"))))
anything = st.one_of(late, late, late, undone, handed_on, priced, reopened, parked, claimed)


def on(deal: int, verb: str, *more: str) -> Step:
    """Return a command on a deal, one day after the one before."""
    return Step(24, (*verb.split(), str(deal), *more))


def add(owner: str, *more: str) -> Step:
    """Return the adding of a deal, a day after."""
    return Step(24, ("deal", "add", "Ark", "--owner", owner, "--close", "+20d", *more))


LI, WANG = REPS
SO = ("--reason", "so")
EVENTFUL = [
    add(LI, "--amount", "100"),
    add(WANG, "--amount", "200.05"),
    add(LI),
    add(LI, "--amount", "7"),
    on(1, "deal edit", "--amount", "150"),
    on(2, "deal edit", "--amount", "120"),
    on(1, "deal advance", *FORCE),
    on(3, "deal edit", "--close", "+30d"),
    on(1, "deal win", "--amount", "160", *FORCE),
    on(2, "deal hold", "--until", "+3d", *SO),
    on(3, "log", "soon", "--claim", "90"),
    on(4, "deal edit", "--owner", WANG),
    on(1, "deal reopen", *SO),
    on(3, "deal lose", "--reason", "price"),
    on(4, "deal archive"),
    add(WANG, "--amount", "60"),
    Step(24, ("undo", "1")),
    on(4, "deal reopen", *SO),
    on(1, "deal back", "--to", "opportunity", *SO),
    on(3, "deal reopen", *SO),
]
"""A month in which everything happens; the answers are remembered after every fourth step."""


def listed(here: Office, *words: str) -> dict[Any, dict[str, Any]]:
    """Return every deal there is, by its number."""
    rows = exactly(here, "deal", "list", "--status", "all", "--archived", *words)["rows"]
    return {row["id"]: row for row in rows}


def worth(here: Office, *words: str) -> dict[Any, Decimal]:
    """Return the amounts of the open deals."""
    rows = exactly(here, "deal", "list", "--status", "open", *words)["rows"]
    return {row["id"]: row["amount"] or Decimal(0) for row in rows}


def bridge_holds(here: Office, since: datetime, until: datetime | None, *more: str) -> Counter[str]:
    """Check the bridge between two moments, now if there is no second; return its kinds."""
    ends = ("--since", since.isoformat(), *(("--until", until.isoformat()) if until else ()))
    found = exactly(here, "diff", *ends, *more)
    rows, totals = found["rows"], found["totals"]
    sight = [word for word in more if word != "--hindsight"]
    then = ("--as-of", since.isoformat(), *more)
    now = ("--as-of", until.isoformat(), *more) if until else tuple(sight)
    assert totals["start"] == exactly(here, "funnel", *then)["totals"]["amount"]
    assert totals["end"] == exactly(here, "funnel", *now)["totals"]["amount"]
    assert totals["start"] + sum(totals[kind] for kind in COMPONENTS) == totals["end"]

    by_kind: dict[str, Decimal] = defaultdict(Decimal)
    by_deal: dict[Any, Decimal] = defaultdict(Decimal)
    for row in rows:
        change = row["amount_change"]
        if row["kind"] in COMPONENTS:
            assert (change or 0) >= 0 if row["kind"] in GAINS else (change or 0) <= 0, row
            by_kind[row["kind"]] += change or 0
            by_deal[row["deal_id"]] += change or 0
        else:
            assert change is None
    assert {kind: by_kind[kind] for kind in COMPONENTS} == {k: totals[k] for k in COMPONENTS}
    before, after = worth(here, *then), worth(here, *now)
    for deal in before.keys() | after.keys() | by_deal.keys():
        assert by_deal[deal] == after.get(deal, 0) - before.get(deal, 0), (deal, rows)
    gone = {row["deal_id"] for row in rows if row["kind"] in COMPONENTS}
    assert before.keys() ^ after.keys() <= gone, "whoever came or went is named"
    in_order(rows)
    movements_hold(here, rows, then, now)
    return Counter(row["kind"] for row in rows)


def in_order(rows: list[dict[str, Any]]) -> None:
    """Check that the components come in their order, the largest first, and then the movements."""
    order = [*COMPONENTS, "stage", "close", "claim", "contact"]
    keys: list[tuple[Any, ...]] = []
    for row in rows:
        place, change = order.index(row["kind"]), row["amount_change"]
        if row["kind"] in COMPONENTS:
            keys.append((0, place, change is None, -abs(change or 0), row["deal_id"]))
        else:
            keys.append((1, row["deal_id"], place))
    assert keys == sorted(keys)


def movements_hold(
    here: Office, rows: list[dict[str, Any]], then: tuple[str, ...], now: tuple[str, ...]
) -> None:
    """Compare stages and closing dates with what the lists say of both ends."""
    titles = {row["stage"]: row["title"] for row in exactly(here, "pipeline", "show")["rows"]}
    everyone = [word for word in then if word not in ("--owner", *REPS)]
    before, after = listed(here, *everyone), listed(here, *now)
    expected = set()
    for deal in before.keys() & after.keys():
        was, is_now = before[deal], after[deal]
        if was["stage"] != is_now["stage"]:
            expected.add((deal, "stage", titles[was["stage"]], titles[is_now["stage"]]))
        if was["expected_close"] != is_now["expected_close"]:
            expected.add((deal, "close", was["expected_close"], is_now["expected_close"]))
    told = {
        (row["deal_id"], row["kind"], row["from"], row["to"])
        for row in rows
        if row["kind"] in ("stage", "close")
    }
    assert told == expected


def test_between_any_two_moments_of_an_eventful_month_the_bridge_adds_up(office: Office) -> None:
    seen: Counter[str] = Counter()
    found = played(office, EVENTFUL)
    assert not found.done["refused"]
    for since, until in spans_of(found):
        for owner in ((), *(("--owner", rep) for rep in REPS)):
            for hindsight in ((), ("--hindsight",)):
                seen.update(bridge_holds(found.office, since, until, *owner, *hindsight))
    assert {*COMPONENTS, "stage", "close", "claim"} == seen.keys()


def spans_of(found: Played) -> list[tuple[datetime, datetime | None]]:
    """Return the first and the second end of every bridge that can be asked for."""
    instants = [START, *(at for at, _ in found.told)]
    return [*combinations(instants, 2), *((at, None) for at in instants)]


@settings(max_examples=12)
@given(history=histories(anything), data=st.data())
def test_between_any_two_moments_the_bridge_adds_up_and_its_ends_are_the_funnels(
    office: Office, history: list[Step], data: st.DataObject
) -> None:
    found = played(office, history)
    team = {row["name"] for row in found.office.asks("team", "list")["rows"]}
    owners = [(), *(("--owner", rep) for rep in REPS if rep in team)]  # adding them is undone, too
    spans = st.lists(st.sampled_from(spans_of(found)), min_size=4, max_size=4)
    for since, until in data.draw(spans):
        owner = data.draw(st.sampled_from(owners))
        hindsight = data.draw(st.sampled_from([(), ("--hindsight",)]))
        bridge_holds(found.office, since, until, *owner, *hindsight)


def test_from_a_moment_to_itself_nothing_moves(office: Office) -> None:
    @settings(max_examples=4)
    @given(history=histories(anything))
    def hold(history: list[Step]) -> None:
        found = played(office, history)
        for at, _ in found.told:
            same = at.isoformat()
            answer = exactly(found.office, "diff", "--since", same, "--until", same)
            assert answer["rows"] == []
            assert answer["totals"]["start"] == answer["totals"]["end"]

    hold()
