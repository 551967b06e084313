"""Two people's commands, undone and done again in any order, against a model in memory.

The model is what undo promises: the file is what its commands amount to, less those that are
undone. It knows nothing of facts, retractions or SQL.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from sizes import size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Office

MANAGER, REP = "Jiang Yue", "Xiao Li"
STAGES = ("opportunity", "shortlisted", "drafted", "quoted", "confirmed", "terms")
WHOLE = "the deal itself"
FORCE = ("--force", "--reason", "so")
STEPS = size(30, 100)
PARTS = 6
"""Tests among which the tries are shared, so that they can run side by side."""
TRY = [Phase.generate]
"""A history that fails is told as it is: making it smaller takes longer than finding it."""


@dataclass
class Deal:
    """What the model knows of a deal."""

    name: str
    amount: int | None
    stage: int
    status: str = "open"
    customer: str | None = None
    archived: bool = False
    held: bool = False
    logs: tuple[str, ...] = ()


@dataclass
class Done:
    """An operation of the model: who, what it touched, and what it does to the state."""

    number: int
    who: str
    touched: frozenset[tuple[Any, str]]
    apply: Callable[[dict[Any, Any]], None]
    undone_by: int | None = None


@dataclass
class Model:
    """Operations in order; the state is what those amount to that are not undone."""

    done: list[Done] = field(default_factory=list)
    newest: int = 0
    deals: int = 0

    def state(self) -> dict[Any, Any]:
        found: dict[Any, Any] = {"login": None, "days": "calendar"}
        for each in self.done:
            if each.undone_by is None:
                each.apply(found)
        return found

    def record(
        self, who: str, touched: set[tuple[Any, str]], apply: Callable[[dict[Any, Any]], None]
    ) -> None:
        self.newest += 1
        self.done.append(Done(self.newest, who, frozenset(touched), apply))

    def to_undo(self, who: str) -> Done | None:
        mine = [each for each in self.done if each.who == who and each.undone_by is None]
        return mine[-1] if mine else None

    def can_undo(self, target: Done) -> bool:
        return not any(
            collide(target, each)
            for each in self.done
            if each.number > target.number and each.undone_by is None
        )

    def to_redo(self, undoers: dict[int, str], who: str) -> Done | None:
        last = max((d.number for d in self.done if d.who == who), default=0)
        mine = [d for d in self.done if (d.undone_by or 0) > last and undoers[d.undone_by] == who]
        return max(mine, key=lambda d: d.undone_by or 0) if mine else None

    def can_redo(self, target: Done) -> bool:
        since = target.undone_by or 0
        for each in self.done:
            new = each.number > since and each.undone_by is None
            gone = each.number <= since and (each.undone_by or 0) > since
            if each is not target and (new or gone) and collide(target, each):
                return False
        deals = {deal for deal, _ in target.touched if isinstance(deal, int)}
        there = {deal for deal in self.state() if isinstance(deal, int)}
        return deals <= there or any(thing == WHOLE for _, thing in target.touched)


def collide(one: Done, other: Done) -> bool:
    """Tell whether two operations touched the same thing."""
    whole = {deal for done in (one, other) for deal, thing in done.touched if thing == WHOLE}
    shared = {deal for deal, _ in one.touched} & {deal for deal, _ in other.touched}
    return bool(one.touched & other.touched or whole & shared)


class Turn(NamedTuple):
    """Whose turn it is, on which deal, which the model knows as it stands, and with what value."""

    who: str
    number: int
    deal: Deal
    value: int


@dataclass
class Played:
    """The same commands given to the program and to the model."""

    office: Office
    model: Model = field(default_factory=Model)
    undoers: dict[int, str] = field(default_factory=dict)

    def step(self, who: str, verb: str, which: int, value: int) -> None:
        """Give one command; what it undid or did again is compared at once."""
        state = self.model.state()
        deals = sorted(number for number in state if isinstance(number, int))
        if verb in ("undo", "redo"):
            getattr(self, f"_{verb}")(who)
        elif verb == "add":
            self._add(who, value)
        elif verb in ("login", "days"):
            self._set(who, verb, value, state)
        elif deals:
            number = deals[which % len(deals)]
            getattr(self, f"_{verb}")(Turn(who, number, state[number], value))

    def run(self, who: str, *words: str) -> int:
        ran = self.office(*words, "--as", who)
        assert "fault of funnelcli" not in ran.err, (words, ran)
        return ran.code

    def expect(
        self,
        allowed: bool,
        who: str,
        words: tuple[str, ...],
        touched: set[tuple[Any, str]],
        apply: Callable[[dict[Any, Any]], None],
    ) -> None:
        """Run the command; it must succeed just where the model says so."""
        code = self.run(who, *words)
        assert code == (0 if allowed else 4), (words, who, code)
        if allowed:
            self.model.record(who, touched, apply)

    def _add(self, who: str, value: int) -> None:
        self.model.deals += 1
        number, amount = self.model.deals, value
        self.expect(
            True,
            who,
            (
                "deal",
                "add",
                f"Deal {number}",
                "--amount",
                str(amount),
                "--stage",
                STAGES[value % 3],
            ),
            {(number, WHOLE)},
            lambda s: s.update({number: Deal(f"Deal {number}", amount, value % 3)}),
        )

    def _set(self, who: str, verb: str, value: int, state: dict[Any, Any]) -> None:
        if verb == "login":
            said, words = f"login{value}", ("team", "edit", "Wang", "--login", f"login{value}")
        else:
            said = ("working", "calendar")[value % 2]
            words = ("config", "set", "days", said)
        if state[verb] == said:
            self.expect(True, who, words, set(), lambda _: None)
        else:
            self.expect(True, who, words, {(verb, verb)}, lambda s: s.update({verb: said}))

    def _change(self, turn: Turn, allowed: bool, words: tuple[str, ...], **to: Any) -> None:
        values = {key: value for key, value in to.items() if value is not None}
        course = {"stage": "course", "status": "course"}
        touched = {(turn.number, course.get(key, key)) for key in values}
        self.expect(
            allowed, turn.who, words, touched, lambda s: vars(s[turn.number]).update(values)
        )

    def _amount(self, turn: Turn) -> None:
        words = ("deal", "edit", str(turn.number), "--amount", str(turn.value))
        self._change(turn, True, words, amount=turn.value)

    def _customer(self, turn: Turn) -> None:
        words = ("deal", "edit", str(turn.number), "--customer", f"Customer {turn.value}")
        self._change(turn, True, words, customer=f"Customer {turn.value}")

    def _log(self, turn: Turn) -> None:
        text = f"said {len(self.model.done)}"
        self.expect(
            True,
            turn.who,
            ("log", str(turn.number), text),
            {(turn.number, text)},
            lambda s: setattr(s[turn.number], "logs", (*s[turn.number].logs, text)),
        )

    def _open(self, deal: Deal) -> bool:
        return deal.status == "open" and not deal.archived

    def _released(self, deal: Deal) -> bool | None:
        return False if deal.held else None

    def _advance(self, turn: Turn) -> None:
        last = turn.deal.stage == len(STAGES) - 1
        to = {"status": "won"} if last else {"stage": turn.deal.stage + 1}
        allowed = self._open(turn.deal) and turn.who == MANAGER
        words = ("deal", "advance", str(turn.number), *FORCE)
        self._change(turn, allowed, words, **to, held=self._released(turn.deal))

    def _lose(self, turn: Turn) -> None:
        words = ("deal", "lose", str(turn.number), "--reason", "price")
        held = self._released(turn.deal)
        self._change(turn, self._open(turn.deal), words, status="lost", held=held)

    def _reopen(self, turn: Turn) -> None:
        closed = turn.deal.status != "open"
        to: dict[str, Any] = {}
        if closed:
            to["status"] = "open"
        if turn.deal.archived:
            to["archived"] = False
        words = ("deal", "reopen", str(turn.number), "--reason", "so")
        self._change(turn, closed or turn.deal.archived, words, **to)

    def _hold(self, turn: Turn) -> None:
        words = ("deal", "hold", str(turn.number), "--until", "2027-01-04", "--reason", "so")
        self._change(turn, self._open(turn.deal), words, held=True)

    def _archive(self, turn: Turn) -> None:
        words = ("deal", "archive", str(turn.number))
        self._change(turn, not turn.deal.archived, words, archived=True)

    def _correct(self, turn: Turn) -> None:
        to = turn.value % len(STAGES)
        words = ("deal", "edit", str(turn.number), "--stage", STAGES[to])
        self._change(turn, turn.who == MANAGER, words, stage=to)

    def _undo(self, who: str) -> None:
        target = self.model.to_undo(who)
        if target is None and who == MANAGER:
            return  # would undo how the office was founded
        code = self.run(who, "undo")
        if target is None:
            assert code == 3
            return
        if not self.model.can_undo(target):
            assert code == 4, target
            return
        assert code == 0, target
        self.model.newest += 1
        self.undoers[self.model.newest] = who
        target.undone_by = self.model.newest
        self.agree()

    def _redo(self, who: str) -> None:
        target = self.model.to_redo(self.undoers, who)
        code = self.run(who, "redo")
        if target is None:
            assert code == 3
            return
        if not self.model.can_redo(target):
            assert code == 4, target
            return
        assert code == 0, target
        self.model.newest += 1
        target.undone_by = None
        self.agree()

    def agree(self) -> dict[Any, Any]:
        """Compare the deals that the program tells with those of the model; return its state."""
        state = self.model.state()
        deals = {number: deal for number, deal in state.items() if isinstance(number, int)}
        rows = self.office.asks("deal", "list", "--status", "all", "--archived")["rows"]
        told = {
            row["id"]: (row["name"], row["amount"], row["customer"], row["stage"], row["status"])
            for row in rows
        }
        assert told == {
            number: (
                deal.name,
                deal.amount,
                deal.customer,
                STAGES[deal.stage],
                "held" if deal.held and deal.status == "open" else deal.status,
            )
            for number, deal in deals.items()
        }
        return state

    def agree_in_all(self) -> None:
        """Compare the deals, their logs, the team and the settings."""
        state = self.agree()
        for number, deal in state.items():
            if not isinstance(number, int):
                continue
            rows = self.office.asks("timeline", str(number))["rows"]
            assert sorted(r["text"] for r in rows if r["kind"] == "call") == sorted(deal.logs)
        config = {
            row["setting"]: row["value"] for row in self.office.asks("config", "show")["rows"]
        }
        assert config["days"] == state["days"]
        team = {row["name"]: row["login"] for row in self.office.asks("team", "list")["rows"]}
        assert team["Wang Fang"] == state["login"]


VERBS = (
    *("add", "amount", "customer", "log", "advance", "lose", "reopen", "hold", "archive"),
    *("correct", "login", "days"),
)


def steps(verbs: list[str]) -> st.SearchStrategy[tuple[str, str, int, int]]:
    """Return turns in which two people do these things and undo them about as often."""
    back_and_forth = ["undo", "redo"] * max(1, len(verbs) // 2)
    return st.tuples(
        st.sampled_from([MANAGER, REP]),
        st.sampled_from([*verbs, *back_and_forth]),
        st.integers(0, 1),
        st.integers(0, 5),
    )


few_verbs = st.lists(st.sampled_from(VERBS), min_size=2, max_size=4, unique=True)
"""People who do but a few things come across each other's changes."""
histories = few_verbs.flatmap(
    lambda verbs: st.lists(steps(verbs), min_size=STEPS - 2, max_size=STEPS - 2)
).map(lambda more: [(MANAGER, "add", 0, 1), (REP, "add", 0, 2), *more])


@pytest.mark.parametrize("part", range(PARTS))
def test_undone_commands_leave_what_the_others_amount_to(
    office: Office, founded: Path, figure: Callable[[str, int], None], part: int
) -> None:
    tried = {"histories": 0, "undone": 0}

    @seed(part)
    @settings(max_examples=size(150, 5000) // PARTS, derandomize=False, database=None, phases=TRY)
    @given(histories)
    def law(history: list[tuple[str, str, int, int]]) -> None:
        shutil.copy2(founded, office.path)
        played = Played(office)
        for step in history:
            played.step(*step)
        played.agree_in_all()
        tried["histories"] += 1
        tried["undone"] += len(played.undoers)

    law()
    assert tried["undone"] > tried["histories"], "hardly anything was undone"
    figure("histories of commands against a model", tried["histories"])
    figure("commands undone against a model", tried["undone"])
