"""Limits and chances that were learned and adopted: they count, say so, and can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from funnelcli.actions import pipelines
from funnelcli.domain.pipeline import Learned
from funnelcli.errors import Refused
from funnelcli.store.file import NOBODY
from funnelcli.store.founding import Signature
from funnelcli.store.reading.collision import newest_operation
from funnelcli.store.reading.process import process
from funnelcli.store.session import changing

if TYPE_CHECKING:
    from conftest import Office

    from funnelcli.domain.pipeline import Pipeline
    from funnelcli.store.session import Work

KEYS = ("learned_days", "learned_n", "learned_probability", "learned_closed", "learned_at")
MONDAY = "2026-11-23T01:00:00Z"
BARE = dict.fromkeys(KEYS)
FORGOTTEN = "quoted: learned limit 9 and chance 43 % forgotten"


def changes(office: Office, command: str, change: Any, seen: int | None = None) -> str:
    """Change the bidding process as a command would at the office's Monday."""
    now = datetime.fromisoformat(MONDAY)
    with changing(office.path, Signature(command, now, seen=seen), NOBODY) as work:
        work.summary = change(work, process(work.reading).pipeline("bidding"))
        return work.summary


def adopts(office: Office, seen: int | None = None, /, **learned: tuple[int | None, ...]) -> str:
    """Adopt for each stage a limit, its n, a chance in basis points and its n."""

    def change(work: Work, pipeline: Pipeline) -> str:
        return pipelines.adopt(
            work,
            pipeline,
            [Learned(pipeline.stage(name).id, *figures) for name, figures in learned.items()],
        )

    return changes(office, "pipeline learn", change, seen)


def forgets(office: Office) -> str:
    return changes(office, "pipeline learn", pipelines.forget)


def shown(office: Office, stage: str = "quoted") -> dict[str, Any]:
    """Return what is told to have been learned of a stage."""
    rows = office.asks("pipeline", "show")["rows"]
    return {key: row[key] for row in rows if row["stage"] == stage for key in KEYS}


def applied(office: Office, *changed: tuple[str, str], more: tuple[str, ...] = ()) -> str:
    """Apply the process as it is exported, with something changed in the quoted stage."""
    before, name, rest = office.does("pipeline", "export", "bidding").partition('name = "quoted"')
    for old, new in changed:
        assert old in rest
        rest = rest.replace(old, new, 1)
    path = office.path.parent / "bidding.toml"
    path.write_text(before + name + rest, encoding="utf-8")
    return office.does("pipeline", "apply", str(path), *more)


@pytest.fixture
def deal(office: Office) -> Office:
    """An office with a deal that came to the quoted stage twelve days ago and was touched today."""
    office.does(
        *("deal", "add", "Ark", "--stage", "quoted", "--on", "2026-11-11", "--amount", "100"),
    )
    office.does("log", "Ark", "called", "--next", "write", "--due", "2026-12-01")
    return office


# In force


def test_the_learned_limit_counts_in_place_of_the_declared_one(deal: Office) -> None:
    assert deal.asks("pipeline", "show")["rows"][3]["max_days"] == 14
    assert deal.stalled() == []
    adopts(deal, quoted=(9, 12, 4300, 14))
    (row,) = deal.stalled()
    assert row["reasons"] == [
        {"code": "stuck", "text": "12 days in Quoted, learned limit 9", "days": 12, "limit": 9}
    ]
    answer = deal.asks("funnel")
    assert [each["stalled"] for each in answer["rows"] if each["deals"]] == [1]
    assert deal.asks("stalled")["totals"]["deals"] == 1
    assert "12 days in Quoted, learned limit 9" in deal.does("brief")
    assert "Quoted (4 of 6), 12 days, learned limit 9" in deal.does("deal", "show", "Ark")


@pytest.mark.parametrize(("limit", "stuck"), [(11, True), (12, True), (13, False), (30, False)])
def test_stuck_from_the_day_on_which_the_learned_limit_is_reached(
    deal: Office, limit: int, stuck: bool
) -> None:
    adopts(deal, quoted=(limit, 12, 4300, 14))
    assert ("stuck" in deal.codes("Ark")) is stuck
    assert deal.asks("stalled")["totals"]["deals"] == stuck


def test_a_learned_limit_may_be_longer_than_the_declared_one(deal: Office) -> None:
    deal.on("2026-11-28")
    deal.does("log", "Ark", "called")
    assert [each["text"] for each in deal.stalled()[0]["reasons"]] == [
        "17 days in Quoted, limit 14"
    ]
    adopts(deal, quoted=(20, 12, 4300, 14))
    assert deal.stalled() == []


def test_days_override_a_learned_limit_too(deal: Office) -> None:
    adopts(deal, quoted=(9, 12, 4300, 14))
    assert deal.stalled("--days", "13") == []
    (row,) = deal.stalled("--days", "12")
    assert row["reasons"][0]["text"] == "12 days in Quoted, limit 12"


def test_a_stage_without_a_declared_limit_can_have_a_learned_one(deal: Office) -> None:
    applied(deal, ("max_days = 14\n", ""))
    assert "stuck" not in deal.codes("Ark")
    adopts(deal, quoted=(9, 12, 4300, 14))
    assert deal.stalled()[0]["reasons"][0]["text"] == "12 days in Quoted, learned limit 9"


def test_where_no_limit_was_learned_the_declared_one_counts(deal: Office) -> None:
    adopts(deal, quoted=(None, 0, 4300, 14))
    assert deal.stalled() == []
    deal.on("2026-11-25")
    assert deal.stalled()[0]["reasons"][0]["text"] == "14 days in Quoted, limit 14"


def test_the_chance_stays_the_declared_one(deal: Office) -> None:
    adopts(deal, quoted=(9, 12, 4300, 14))
    assert (deal.deal("Ark")["win_probability"], deal.deal("Ark")["weighted_amount"]) == (0.5, 50)
    assert deal.asks("funnel")["totals"]["weighted_amount"] == 50


# Shown


def test_what_was_learned_stands_beside_what_is_declared_with_n_and_date(office: Office) -> None:
    assert shown(office) == BARE
    assert "Learned" not in office.does("pipeline", "show")
    said = adopts(office, quoted=(9, 12, 4350, 14), drafted=(21, 3, 0, 5))
    assert said == "Adopted what was learned of quoted, drafted in bidding."
    assert shown(office) == dict(zip(KEYS, (9, 12, 0.435, 14, MONDAY), strict=True))
    assert shown(office, "drafted") == dict(zip(KEYS, (21, 3, 0, 5, MONDAY), strict=True))
    assert shown(office, "terms") == BARE
    heading, *rows = office.does("pipeline", "show").splitlines()[2:9]
    assert heading.split() == [
        *("Stage", "Title", "Chance", "Learned", "Phase", "Limit", "Learned", "Silence"),
    ]
    assert "Learned figures adopted on 2026-11-23; their limits count." in office.does(
        "pipeline", "show"
    )
    (quoted,) = (row for row in rows if row.startswith("quoted"))
    assert quoted.split() == [
        *("quoted", "Quoted", "50", "%", "43.5", "%", "middle", "14", "9", "7"),
    ]


def test_what_was_learned_is_no_part_of_the_definition(office: Office) -> None:
    before = office.does("pipeline", "export", "bidding")
    adopts(office, quoted=(9, 12, 4300, 14))
    assert office.does("pipeline", "export", "bidding") == before
    assert "nothing was changed" in applied(office)
    assert shown(office)["learned_days"] == 9


def test_a_past_day_is_judged_by_what_is_learned_today_and_says_so(deal: Office) -> None:
    adopts(deal, quoted=(9, 12, 4300, 14))
    deal.on("2026-11-24")
    answer = deal.asks("stalled", "--as-of", "2026-11-21", "--hindsight")
    assert "changed since: bidding." in answer["notes"][0]
    assert answer["rows"][0]["reasons"][0]["text"] == "10 days in Quoted, learned limit 9"


# Given up


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            [("max_days = 14", "max_days = 11")],
            f"quoted: max_days 14 → 11; {FORGOTTEN}.\n",
        ),
        (
            [("probability = 50", "probability = 45")],
            f"quoted: probability 50 % → 45 %; {FORGOTTEN}.\n",
        ),
        (
            [("probability = 50", "probability = 45"), ("max_days = 14", "max_days = 11")],
            f"quoted: probability 50 % → 45 %; {FORGOTTEN}; quoted: max_days 14 → 11.\n",
        ),
    ],
)
def test_a_newer_word_of_the_definition_counts(
    office: Office, changed: list[tuple[str, str]], said: str
) -> None:
    adopts(office, quoted=(9, 12, 4300, 14), drafted=(21, 3, 3900, 5))
    would = applied(office, *changed, more=("--dry-run",))
    assert would == f"Would be: Changed the pipeline bidding: {said}"
    assert shown(office)["learned_days"] == 9
    assert applied(office, *changed) == f"Changed the pipeline bidding: {said}"
    assert shown(office) == BARE
    assert shown(office, "drafted")["learned_days"] == 21


def test_another_title_or_silence_limit_leaves_what_was_learned(office: Office) -> None:
    adopts(office, quoted=(9, 12, 4300, 14))
    said = applied(office, ('"Quoted"', '"Priced"'), ("silence_days = 7", "silence_days = 8"))
    assert "forgotten" not in said
    assert "silence_days 7 → 8" in said
    assert shown(office)["learned_days"] == 9


def test_learning_again_takes_the_place_of_what_was_learned_before(office: Office) -> None:
    adopts(office, quoted=(9, 12, 4300, 14))
    adopts(office, quoted=(None, 2, 5100, 20))
    assert shown(office) == dict(zip(KEYS, (None, 2, 0.51, 20, MONDAY), strict=True))


def test_what_was_learned_is_forgotten_at_once(deal: Office) -> None:
    adopts(deal, quoted=(9, 12, 4300, 14), drafted=(None, 0, 3900, 5))
    said = forgets(deal)
    assert said == (
        f"Changed the pipeline bidding: drafted: learned chance 39 % forgotten; {FORGOTTEN}."
    )
    assert shown(deal) == BARE
    assert deal.stalled() == []
    last = deal.asks("history")["rows"][-1]["operation"]
    assert forgets(deal) == "Nothing is learned in bidding; nothing was changed."
    assert deal.asks("history")["rows"][-1]["operation"] == last


# Taken back


def test_adopting_is_undone_and_done_again(deal: Office) -> None:
    adopts(deal, quoted=(9, 12, 4300, 14))
    learned = shown(deal)
    assert "pipeline learn: Adopted what was learned of quoted" in deal.does("undo")
    assert (shown(deal), deal.stalled()) == (BARE, [])
    deal.does("redo")
    assert shown(deal) == learned
    assert len(deal.stalled()) == 1


def test_what_a_new_definition_or_forgetting_gave_up_comes_back(office: Office) -> None:
    adopts(office, quoted=(9, 12, 4300, 14))
    learned = shown(office)
    applied(office, ("max_days = 14", "max_days = 11"))
    office.does("undo")
    assert shown(office) == learned
    assert "nothing was changed" in applied(office)
    forgets(office)
    office.does("undo")
    assert shown(office) == learned


def test_what_was_adopted_before_a_newer_word_is_not_undone_alone(office: Office) -> None:
    adopts(office, quoted=(9, 12, 4300, 14))
    number = str(office.asks("history")["rows"][-1]["operation"])
    applied(office, ("max_days = 14", "max_days = 11"))
    ran = office("undo", "--id", number)
    assert ran.code == 4
    assert "stage quoted learned closed was touched by Jiang Yue" in ran.err
    assert shown(office) == BARE


def test_history_tells_the_figures_and_not_when(office: Office) -> None:
    adopts(office, quoted=(9, 12, 4300, 14))
    told = office.asks("history")["rows"][-1]["changes"]
    assert {(each["what"], each["from"], each["to"]) for each in told} == {
        ("stage quoted learned_days", None, 9),
        ("stage quoted learned_n", None, 12),
        ("stage quoted learned_probability", None, 4300),
        ("stage quoted learned_closed", None, 14),
    }


def test_two_who_learn_at_once_are_told_of_each_other(office: Office) -> None:
    began = newest_operation(office.path, NOBODY)
    adopts(office, quoted=(9, 12, 4300, 14))
    with pytest.raises(Refused, match="While you were setting the stage quoted learned "):
        adopts(office, began, quoted=(8, 13, 4400, 15))
    assert shown(office)["learned_days"] == 9
