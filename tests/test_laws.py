"""What holds for every history: the past stays as it was told, and every screen agrees."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from conftest import Office
from hypothesis import given, settings
from hypothesis import strategies as st

from funnelcli.store.projection import DERIVED, PROJECTION, SEEN_NOW, facts_seen, register
from funnelcli.store.reading import reader

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 23, 9, tzinfo=ZONE)
FORCE = ("--force", "--reason", "so")
STAGES = ("opportunity", "shortlisted", "drafted", "quoted", "confirmed", "terms")
CENT = Decimal("0.01")
STALLING = {"stuck", "silent"}
QUESTIONS = (
    ("funnel",),
    ("stalled", "--all"),
    ("conversion",),
    ("forecast",),
    ("segments", "--by", "owner"),
    ("segments", "--by", "competitor"),
    ("deal", "list", "--status", "all", "--archived"),
)

amounts = st.integers(0, 10**9).map(lambda minor: ("--amount", str(Decimal(minor) * CENT)))
maybe_amounts = st.just(()) | amounts
days_ahead = st.integers(1, 40).map(lambda days: f"+{days}d")
stages = st.sampled_from(STAGES)
deals = st.integers(1, 3).map(str)
logs = st.tuples(
    st.sampled_from(
        [(), ("--by-them",), ("--kind", "note"), ("--kind", "email"), ("--claim", "90")]
    ),
    st.just(()) | days_ahead.map(lambda due: ("--next", "write", "--due", due)),
).map(lambda parts: (*parts[0], *parts[1]))


@dataclass(frozen=True)
class Step:
    """A command on a deal, some hours after the one before; `on` says how long ago it happened."""

    hours: int
    words: tuple[str, ...]
    on: tuple[str, ...] = ()


def on_deal(verb: tuple[str, ...], more: Any) -> Any:
    """Return a strategy for the words of a command on one of the deals."""
    return st.tuples(deals, more).map(lambda parts: (*verb, parts[0], *parts[1]))


adds = st.tuples(maybe_amounts, stages, st.sampled_from(["Xiao Li", "Wang Fang"]), days_ahead).map(
    lambda p: ("deal", "add", "Ark", *p[0], "--stage", p[1], "--owner", p[2], "--close", p[3])
)
edits = st.one_of(
    amounts,
    days_ahead.map(lambda day: ("--close", day)),
    st.sampled_from([("--owner", "Xiao Li"), ("--competitor", "Sanli"), ("--customer", "Bo")]),
)
dated = st.one_of(
    on_deal(("deal", "advance"), st.just(FORCE)),
    on_deal(("deal", "back"), stages.map(lambda to: ("--to", to, "--reason", "so"))),
    on_deal(("deal", "win"), maybe_amounts.map(lambda amount: (*amount, *FORCE))),
    on_deal(("deal", "lose"), st.just(("--reason", "price"))),
    on_deal(("deal", "edit"), edits),
    on_deal(("log",), logs.map(lambda more: ("met them", *more))),
    on_deal(("log",), logs.map(lambda more: ("met them", *more))),
    adds,
)
until = days_ahead.map(lambda day: ("--until", day, "--reason", "so"))
undated = st.one_of(
    on_deal(("deal", "hold"), until),
    on_deal(("ack",), until),
    on_deal(("deal", "reopen"), st.just(("--reason", "so"))),
    on_deal(("deal", "archive"), st.just(())),
)
corrections = on_deal(("deal", "edit"), stages.map(lambda stage: ("--stage", stage)))
calendars = st.sampled_from(
    [("days", "working"), ("days", "calendar"), ("week", "mon,tue,thu"), ("holidays", "2026-12-01")]
).map(lambda setting: ("config", "set", *setting))
hours = st.integers(1, 150)
ago = st.sampled_from([(), (), ("--on", "yesterday"), ("--on", "-3d"), ("--on", "-12d")])
first = adds.map(lambda words: Step(1, words))
timely = st.builds(Step, hours, dated | undated)
late = st.one_of(st.builds(Step, hours, dated, ago), st.builds(Step, hours, undated | corrections))
counted_anew = late | st.builds(Step, hours, calendars)


def histories(steps: st.SearchStrategy[Step]) -> st.SearchStrategy[list[Step]]:
    """Return histories that begin with three deals."""
    later = st.lists(steps, min_size=9, max_size=15)
    return st.tuples(first, first, first, later).map(lambda parts: [*parts[:3], *parts[3]])


@dataclass
class Played:
    """A history that was played, with what was answered on the way."""

    office: Office
    now: datetime = START
    told: list[tuple[datetime, list[Any]]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def play(self, history: list[Step]) -> None:
        """Run the commands one after the other; remember the answers after every fourth."""
        for place, step in enumerate(history, 1):
            self.now += timedelta(hours=step.hours)
            self.office.at(self.now.isoformat())
            ran = self.office(*step.words, *step.on)
            assert ran.code in (0, 3, 4), (step, ran)  # done, no such deal, or refused
            verb = step.words[0] if step.words[0] in ("log", "ack") else step.words[1]
            self.done[verb if ran.code == 0 else "refused"] += 1
            if place % 4 == 0:
                self.told.append((self.now, answers(self.office)))


def answers(office: Office, *more: str) -> list[Any]:
    """Return the rows and totals of the questions."""
    found = [office.asks(*question, *more) for question in QUESTIONS]
    return [(answer["rows"], answer["totals"]) for answer in found]


_files = iter(range(10**6))


def played(office: Office, history: list[Step]) -> Played:
    """Play a history on a fresh copy of the office's file."""
    path = office.path.with_name(f"{next(_files)}.db")
    path.write_bytes(office.path.read_bytes())
    found = Played(Office(path, office._patch))
    found.play(history)
    return found


@settings(max_examples=14)
@given(history=histories(late))
def test_as_of_now_is_now_and_as_of_then_is_what_was_told_then(
    office: Office, history: list[Step]
) -> None:
    found = played(office, history)
    now = answers(found.office)
    assert answers(found.office, "--as-of", "today") == now
    assert answers(found.office, "--as-of", found.now.isoformat()) == now
    for instant, told in found.told:
        assert answers(found.office, "--as-of", instant.isoformat()) == told, instant


@settings(max_examples=9)
@given(history=histories(timely))
def test_hindsight_sees_nothing_else_where_everything_was_entered_when_it_happened(
    office: Office, history: list[Step]
) -> None:
    found = played(office, history)
    for instant, told in found.told:
        assert answers(found.office, "--as-of", instant.isoformat(), "--hindsight") == told, instant


def test_after_any_history_every_screen_counts_the_same_and_what_is_stored_is_what_facts_say(
    office: Office,
) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=20)
    @given(history=histories(counted_anew))
    def hold(history: list[Step]) -> None:
        found = played(office, history)
        here = found.office
        stored_is_what_the_facts_amount_to(here)
        funnel_is_the_sum_of_the_listed_deals(here)
        stalled_is_the_part_of_all_that_is_stuck_or_silent(here)
        seen.update(found.done)
        seen["stalled"] += len(here.stalled())

    hold()
    # Laws would hold as well if nothing ever happened.
    assert seen["refused"] < sum(seen.values()) / 2
    verbs = {"add", "advance", "back", "win", "lose", "hold", "reopen", "archive", "edit"}
    assert verbs | {"log", "ack", "set", "stalled"} <= seen.keys()


def stored_is_what_the_facts_amount_to(here: Office) -> None:
    """Compare the columns of `deal` with the projection of the facts seen now."""
    connection = sqlite3.connect(here.path)
    register(connection, ZONE, reader.settings(connection).calendar)
    columns = ", ".join(("id", "ref", *DERIVED))
    stored = connection.execute(f"SELECT {columns} FROM deal ORDER BY id").fetchall()
    amounts_to = connection.execute(
        f"WITH {facts_seen(SEEN_NOW)} SELECT {columns} FROM ({PROJECTION}) ORDER BY id"
    ).fetchall()
    connection.close()
    assert stored == amounts_to
    assert len(stored) >= 2


def exactly(here: Office, *words: str) -> Any:
    """Return the JSON of an answer, its numbers as they are written."""
    return json.loads(here.does(*words, "-f", "json"), parse_float=Decimal, parse_int=Decimal)


def funnel_is_the_sum_of_the_listed_deals(here: Office) -> None:
    """Count the funnel's figures from the list, for every cut of it."""
    listed = exactly(here, "deal", "list", "--status", "open")["rows"]
    held = exactly(here, "deal", "list", "--status", "held")["rows"]
    stalls = exactly(here, "stalled")
    stalling = [row for row in stalls["rows"] if row["acknowledged_until"] is None]
    known = [row for row in listed if row["amount"] is not None]
    expected = {
        "deals": len(listed),
        "amount": sum(row["amount"] for row in known),
        "amount_unknown": len(listed) - len(known),
        "weighted_amount": sum(
            (row["amount"] * row["win_probability"]).quantize(CENT, ROUND_HALF_UP) for row in known
        ),
        "stalled": len(stalling),
    }
    apart = {"held": len(held), "held_amount": sum(row["amount"] or 0 for row in held)}
    for cut in ((), ("--by", "owner"), ("--by", "customer"), ("--by", "source")):
        funnel = exactly(here, "funnel", *cut)
        assert funnel["totals"] == expected | apart, cut
        for key, figure in expected.items():
            assert sum(row[key] for row in funnel["rows"]) == figure, (cut, key)
    by_stage = {row["stage"]: row["deals"] for row in exactly(here, "funnel")["rows"]}
    assert by_stage == Counter(row["stage"] for row in listed) | dict.fromkeys(
        by_stage.keys() - {row["stage"] for row in listed}, 0
    )
    assert stalls["totals"]["deals"] == len(stalling)
    assert stalls["totals"]["amount"] == sum(row["amount"] or 0 for row in stalling)


def stalled_is_the_part_of_all_that_is_stuck_or_silent(here: Office) -> None:
    """Compare `stalled` with what `stalled --all` says of each deal, and check the order."""
    everything = here.stalled("--all")
    codes = [{reason["code"] for reason in row["reasons"]} for row in everything]
    stalls = [row for row, found in zip(everything, codes, strict=True) if found & STALLING]
    assert here.stalled() == stalls
    for row, found in zip(everything, codes, strict=True):
        assert (row["severity"] in ("amber", "red")) is bool(found & STALLING)
        assert (row["diagnosis"] is not None) is bool(found & STALLING)
    keys = [
        (row["acknowledged_until"] is not None, row["amount"] is None, -(row["amount"] or 0))
        for row in everything
    ]
    in_order = sorted(zip(keys, (row["id"] for row in everything), strict=True))
    assert [row["id"] for row in everything] == [number for _, number in in_order]
