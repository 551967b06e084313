"""Tricks to earn more: each is tried by one of two who did the same, and earns no more."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest
from conftest import Office

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PROCESS = """name = "short"
[[stage]]
name = "first"
probability = 10
milestone = [{ name = "need", title = "They need it" }]
[[stage]]
name = "second"
probability = 50
milestone = [{ name = "offer", title = "They have our offer" }]
"""
RULES = """name = "everything"
[[rule]]
name = "milestones"
per = "milestone"
amount = 200
[[rule]]
name = "stages"
per = "stage"
amount = 100
[[rule]]
name = "plans"
per = "plan"
at_least = 80
amount = 50
[[rule]]
name = "revenue"
per = "won"
percent = 10
[[rule]]
name = "late"
per = "late"
deduct = 20
"""
HONEST, TRICKSTER, OTHER = "Xiao Li", "Wang Fang", "Zhou Min"
TWINS = (("Ark", HONEST), ("Boat", TRICKSTER))
EARNED = 400 + 100 + 100 + 1_000
"""Two milestones, one stage, two plans and a tenth of 10,000: what either earns without tricks."""


def run(office: Office, commands: Iterable[str]) -> None:
    """Run commands; one that is a day sets the clock to its morning."""
    for command in commands:
        if command[:4] == "2026":
            office.on(command)
        else:
            office.does(*shlex.split(command))


def each(*commands: str) -> list[str]:
    """Return the commands as both of the twins give them."""
    return [
        command.format(deal=deal, who=f"'{who}'", n=n)
        for command in commands
        for n, (deal, who) in enumerate(TWINS)
    ]


@pytest.fixture(scope="module")
def begun(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which both have done the same until the tenth, and a third has a deal too."""
    path = tmp_path_factory.mktemp("twins") / "funnel.db"
    shutil.copy2(founded, path)
    path.with_name("short.toml").write_text(PROCESS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("funnelcli.config.system_login", lambda: "somebody")
        run(
            Office(path, patch),
            [
                "2026-11-02",
                f"pipeline apply '{path.with_name('short.toml')}'",
                "config set pipeline short",
                f"team add '{OTHER}'",
                *each("deal add {deal} --owner {who} --amount 10000 --as {who}"),
                f"deal add Cart --owner '{OTHER}' --amount 50000",
                *each("plan add {deal} visit --on 2026-11-05 --as {who}"),
                *each("plan add {deal} call --on 2026-11-20 --as {who}"),
                "2026-11-04",
                *each("milestone claim {deal} need --evidence mail --as {who}"),
                *each("milestone accept {deal} need"),
                *each("deal advance {deal} --as {who}"),
                "deal advance Cart --done mail",
                "2026-11-05",
                "plan done 1 --as 'Xiao Li'",
                "plan done 2 --as 'Wang Fang'",
            ],
        )
    return path


@pytest.fixture
def twins(begun: Path, bare: Office) -> Office:
    """An office with that file on the twelfth."""
    shutil.copy2(begun, bare.path)
    bare.path.with_name("rules.toml").write_text(RULES)
    return bare.on("2026-11-12")


END = [
    "2026-11-20",
    "plan done 3 --as 'Xiao Li'",
    "plan done 4 --as 'Wang Fang'",
    "2026-11-24",
    *each("milestone claim {deal} offer --evidence mail --as {who}"),
    *each("milestone accept {deal} offer"),
    "2026-11-25",
    *each("deal win {deal} --as {who}"),
]
"""How both go on."""


def earned(office: Office, period: str = "2026-11") -> dict[str, float]:
    """Return what everybody gets by the rules, as a draft."""
    rules = str(office.path.with_name("rules.toml"))
    answer = office.asks("bonus", "--period", period, "--rules", rules)
    sums = {row["owner"]: 0 for row in answer["rows"]}
    for row in answer["rows"]:
        sums[row["owner"]] += row["amount"]
    assert answer["totals"]["owners"] == [
        {"owner": owner, "amount": amount} for owner, amount in sums.items()
    ]
    return sums


class Trick(NamedTuple):
    """What the trickster does before the end, instead of it, or after it.

    The `twin` does in addition what the trickster wants to be rid of, and earns so much less.
    """

    before: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    twin: tuple[str, ...] = ()
    less: int = 0


ME = f"--as '{TRICKSTER}'"
AGAIN = f"milestone claim Boat need --evidence again {ME}"
MISSED = (f"plan add Ark x --on 2026-11-18 --as '{HONEST}'",)
TRICKS = {
    "backdated logs": Trick(
        (f"log Boat visit --on 2026-11-02 {ME}", f"log Boat visit --on 2026-11-03 {ME}")
    ),
    "padded logs": Trick(tuple(f"log Boat 'part {n}' --kind visit {ME}" for n in range(5))),
    "a milestone accepted again": Trick(
        (
            f"deal back Boat --to first --reason wrong {ME}",
            AGAIN,
            "milestone accept Boat need",
            f"deal advance Boat {ME}",
        )
    ),
    "advanced again": Trick(
        (
            f"deal back Boat --to first --reason wrong {ME}",
            "deal advance Boat --force --reason again",
            f"deal back Boat --to first --reason wrong {ME}",
            "deal advance Boat --force --reason again",
        )
    ),
    "planned and done at once": Trick(
        tuple(
            command
            for n in range(5, 8)
            for command in (f"plan add Boat x --on 2026-11-12 {ME}", f"plan done {n} {ME}")
        )
    ),
    "planned work dropped in time": Trick(
        (
            f"plan add Boat x --on 2026-11-18 {ME}",
            "2026-11-17",
            f"plan drop 6 --reason 'no time' {ME}",
        ),
        twin=MISSED,
        less=100,
    ),
    "planned work undone in time": Trick(
        (f"plan add Boat x --on 2026-11-18 {ME}", "2026-11-17", f"undo {ME}"),
        twin=MISSED,
        less=100,
    ),
    "planned work undone at once, and brought back when it was done": Trick(
        (
            f"plan add Boat x --on 2026-11-18 {ME}",
            f"undo {ME}",
            "2026-11-18",
            f"redo {ME}",
            f"plan done 5 {ME}",
        )
    ),
    "later plans, done at once": Trick(
        (
            *(f"plan add Boat x --on 2026-11-{n} {ME}" for n in (23, 24, 25)),
            "2026-11-20",
            *(f"plan done {n} {ME}" for n in range(5, 8)),
        )
    ),
    "a loss of long ago, for planned work that was missed": Trick(
        (
            f"deal add Dory --owner '{TRICKSTER}' {ME}",
            f"plan add Dory x --on 2026-11-18 {ME}",
            "2026-11-24",
            f"deal lose Dory --reason price --on 2026-11-18 {ME}",
        ),
        twin=MISSED,
        less=100,
    ),
    "planned work in pieces": Trick(
        tuple(f"plan add Boat 'part {n}' --on 2026-11-20 {ME}" for n in range(4)),
        after=("2026-11-20", *(f"plan done {n} {ME}" for n in range(5, 9))),
    ),
    "won twice": Trick(
        after=(f"deal reopen Boat --reason 'not signed' {ME}", f"deal win Boat {ME}")
    ),
    "a raised amount": Trick(after=(f"deal edit Boat --amount 90000 {ME}",)),
    "an amount raised and lowered": Trick(
        (f"deal edit Boat --amount 90000 {ME}",),
        after=(f"deal edit Boat --amount 10000 {ME}",),
    ),
    "somebody's deal": Trick(
        (f"deal edit Cart --owner '{TRICKSTER}' {ME}",),
        after=("deal win Cart --force --reason signed",),
    ),
    "somebody's deal, as of long ago": Trick(
        after=(
            "deal win Cart --force --reason signed",
            f"deal edit Cart --owner '{TRICKSTER}' --on 2026-11-03 {ME}",
        ),
    ),
    "somebody's deal, by a friend": Trick(
        (f"deal edit Cart --owner '{TRICKSTER}' --as '{HONEST}'",),
        after=("deal win Cart --force --reason signed",),
    ),
    "somebody's milestone": Trick(
        (f"milestone claim Cart offer --evidence mail --as '{OTHER}'",),
        after=(
            f"milestone claim Cart offer --evidence mail {ME}",
            "milestone accept Cart offer",
        ),
    ),
    "waived milestones": Trick(
        instead=("deal win Boat --force --reason 'by word of mouth' --as 'Jiang Yue'",)
    ),
    "claims that nobody accepted": Trick(
        instead=(f"milestone claim Boat offer --evidence mail {ME}",)
    ),
    "undone and done again": Trick(after=tuple(f"{way} {ME}" for way in ("undo", "redo") * 2)),
}


@pytest.mark.parametrize("name", TRICKS)
def test_who_tricks_earns_no_more(twins: Office, name: str) -> None:
    trick = TRICKS[name]
    run(twins, [*trick.twin, *trick.before])
    kept = [command for command in END if "Boat" not in command or not trick.instead]
    run(twins, [*kept, *trick.instead, *trick.after])
    sums = earned(twins)
    assert sums[HONEST] == EARNED - trick.less
    assert sums[TRICKSTER] <= EARNED - trick.less


def test_without_tricks_both_earn_the_same(twins: Office) -> None:
    run(twins, END)
    assert earned(twins) == {HONEST: EARNED, TRICKSTER: EARNED, OTHER: 300}


BOSS = "--as 'Jiang Yue'"
FIRST_WIN = f"deal reopen Boat --reason x {ME}"


@pytest.mark.parametrize(
    ("afterwards", "paid_on"),
    [
        ((f"deal edit Boat --amount 9000 {ME}",), 1_000),
        ((FIRST_WIN, f"deal win Boat --amount 9000 {ME}"), 1_000),
        ((f"undo {BOSS}", f"deal edit Boat --amount 20000 {ME}"), 10_000),
        ((f"undo --id {{win}} {ME}", f"deal win Boat --amount 9000 {ME}"), 1_000),
        ((f"deal edit Boat --amount 500 {ME}",), 500),
        ((f"deal edit Boat --amount 9000 {ME}", f"deal edit Boat --amount 3000 {BOSS}"), 3_000),
        ((FIRST_WIN, f"deal edit Boat --amount 9000 {ME}", f"deal win Boat {BOSS}"), 9_000),
    ],
)
def test_nobody_but_the_manager_takes_back_the_managers_correction(
    twins: Office, afterwards: tuple[str, ...], paid_on: int
) -> None:
    run(twins, [*END, f"deal edit Boat --amount 1000 {BOSS}"])
    rows = twins.asks("history")["rows"]
    win = max(row["operation"] for row in rows if row["command"] == "deal win")
    run(twins, [command.format(win=win) for command in afterwards])
    assert earned(twins)[TRICKSTER] == EARNED - 1_000 + paid_on / 10


def test_an_amount_that_was_first_named_after_the_win_counts_only_when_signed(
    twins: Office,
) -> None:
    run(twins, [f"deal add Dory --owner '{TRICKSTER}' {ME}"])
    run(twins, [f"deal win Dory --force --reason x {BOSS}"])
    without = earned(twins)[TRICKSTER]
    run(twins, [f"deal edit Dory --amount 90000 {ME}"])
    assert earned(twins)[TRICKSTER] == without
    run(twins, [f"deal edit Dory --amount 80000 {BOSS}"])
    assert earned(twins)[TRICKSTER] == without + 8_000


def test_nobody_spoils_what_another_planned(twins: Office) -> None:
    run(twins, [f"plan add Ark x --on 2026-11-{n} --owner '{HONEST}' {ME}" for n in (17, 18)])
    run(twins, END)
    assert earned(twins)[HONEST] == EARNED


def test_a_loss_excuses_an_instruction_from_the_day_it_was_entered(twins: Office) -> None:
    run(twins, [f"log Ark x --as '{HONEST}'", "reply 1 visit --by 2026-11-16", "2026-11-20"])
    run(twins, [f"deal lose Ark --reason price --on 2026-11-16 --as '{HONEST}'"])
    args = ("--owner", HONEST, "--period", "2026-11", "--explain", "instructions-fulfilled")
    assert [row["state"] for row in twins.asks("appraise", *args)["rows"]] == ["missed"]


@pytest.mark.parametrize("opened", ["2026-11-01", "2026-10-20"])
def test_nobody_takes_an_imported_deal_by_importing_it_again(twins: Office, opened: str) -> None:
    head = "id,name,owner,pipeline,stage,status,amount,opened_on\n"
    path = twins.path.with_name("again.csv")
    for owner, on, who in ((OTHER, "2026-11-01", BOSS), (TRICKSTER, opened, ME)):
        path.write_text(f"{head}X1,Dory,{owner},short,second,open,70000,{on}\n")
        run(twins, [f"import deals '{path}' {who}"])
    run(twins, [f"deal win Dory --force --reason signed {BOSS}"])
    sums = earned(twins)
    assert (sums[OTHER], sums[TRICKSTER]) == (300 + 7_000, sums[HONEST])


def test_a_title_means_the_milestones_of_all_pipelines_wherever_a_deal_is_moved(
    twins: Office,
) -> None:
    other = twins.path.with_name("other.toml")
    other.write_text(
        'name = "other"\n[[stage]]\nname = "one"\nprobability = 10\n'
        'milestone = [{ name = "contract", title = "They need it" }]\n'
    )
    run(twins, [f"pipeline apply '{other}'", "deal add Dory --owner 'Xiao Li' --pipeline other"])
    run(twins, ["milestone claim Dory contract --evidence x", "milestone accept Dory contract"])
    run(twins, [f"deal add Echo --owner '{TRICKSTER}'"])
    run(twins, ["milestone claim Echo need --evidence x", "milestone accept Echo need"])
    run(twins, ["deal edit Echo --pipeline other --stage one"])
    rule = 'name = "a"\n[[rule]]\nname = "m"\nper = "milestone"\namount = 100\n'
    for words, sums in (
        ('milestones = ["They need it"]', (200, 200)),
        ('milestones = ["short/need"]', (100, 200)),
        ('milestones = ["other/contract"]', (100, 0)),
        ('stages = ["short/first"]', (100, 200)),
    ):
        twins.path.with_name("rules.toml").write_text(rule + words)
        found = earned(twins)
        assert (found[HONEST], found[TRICKSTER]) == sums, words


def test_a_milestone_is_of_the_owner_or_a_member_of_the_deal(twins: Office) -> None:
    before = earned(twins)
    run(twins, [f"milestone claim Cart offer --evidence x {ME}", "milestone accept Cart offer"])
    assert earned(twins) == before | {OTHER: before[OTHER] + 200}
    run(twins, [f"deal edit Cart --member '{TRICKSTER}' --as '{OTHER}'"])
    assert earned(twins) == before | {TRICKSTER: before[TRICKSTER] + 200}


def test_nothing_that_is_imported_earns_anything(twins: Office) -> None:
    run(twins, END)
    tables = {
        "deals": "id,name,owner,pipeline,stage,status,amount,opened_on,closed_on\n"
        f"X1,Won,{TRICKSTER},short,second,won,90000,2026-11-01,2026-11-20\n"
        f"X2,Open,{TRICKSTER},short,second,open,90000,2026-11-01,\n",
        "stages": "deal,stage,at\nX2,first,2026-11-01\nX2,second,2026-11-12\n",
        "logs": f"deal,at,by,kind,text\nX2,2026-11-02,{TRICKSTER},visit,met\n",
    }
    for kind, table in tables.items():
        path = twins.path.with_name(f"{kind}.csv")
        path.write_text(table)
        run(twins, [f"import {kind} '{path}' {ME}"])
    late = 20
    assert earned(twins)[TRICKSTER] == EARNED - late
    run(twins, [f"deal reopen Won --reason x {ME}", "deal win Won --force --reason x"])
    assert earned(twins)[TRICKSTER] == EARNED - late


def issue(office: Office, period: str) -> None:
    rules = str(office.path.with_name("rules.toml"))
    office.does("bonus", "--period", period, "--rules", rules, "--issue")


@pytest.mark.parametrize(
    "again",
    [
        (f"deal reopen Boat --reason x {ME}", f"deal win Boat {ME}"),
        (
            f"deal reopen Boat --reason x {ME}",
            f"deal back Boat --to first --reason x {ME}",
            AGAIN,
            "milestone accept Boat need",
            f"deal advance Boat {ME}",
        ),
    ],
)
def test_what_was_paid_is_not_paid_in_another_period(twins: Office, again: tuple[str, ...]) -> None:
    run(twins, [*END, "2026-12-01"])
    issue(twins, "2026-11")
    run(twins, ["2026-12-02", *again])
    assert earned(twins, "2026-12")[TRICKSTER] <= earned(twins, "2026-12")[HONEST] == 0


def test_what_was_paid_is_not_paid_again_under_another_name(twins: Office) -> None:
    run(twins, [*END, "2026-12-01"])
    issue(twins, "2026-11")
    renamed = PROCESS.replace('"second"', '"zwei"').replace('"first"', '"eins"')
    path = twins.path.with_name("renamed.toml")
    path.write_text(renamed)
    run(twins, [f"pipeline apply '{path}' --map second=zwei --map first=eins", "2026-12-02"])
    run(twins, [f"deal reopen Boat --reason x {ME}", f"deal back Boat --to eins --reason x {ME}"])
    run(twins, [AGAIN, "milestone accept Boat need", f"deal advance Boat {ME}"])
    run(twins, [f"milestone claim Boat offer --evidence x {ME}", "milestone accept Boat offer"])
    assert earned(twins, "2026-12")[TRICKSTER] == 0
    assert earned(twins, "2026-11")[TRICKSTER] == EARNED - 1_000


def test_what_was_undone_after_it_was_paid_and_done_again_is_not_paid_again(twins: Office) -> None:
    run(twins, [*END, "2026-12-01"])
    issue(twins, "2026-11")
    accepted = next(
        row["operation"]
        for row in twins.asks("history")["rows"]
        if row["summary"].startswith("2 Boat: offer accepted")
    )
    win = max(
        row["operation"] for row in twins.asks("history")["rows"] if row["command"] == "deal win"
    )
    run(twins, ["2026-12-02", f"undo --id {win} {ME}", f"undo --id {accepted}"])
    run(twins, ["milestone accept Boat offer", f"deal win Boat {ME}"])
    assert earned(twins, "2026-12")[TRICKSTER] == 0
    statement = twins.asks("bonus", "--period", "2026-11")
    assert statement["totals"]["changes"] == []


def test_a_backdated_entry_counts_where_it_was_entered(twins: Office) -> None:
    run(twins, [*END, "2026-12-02"])
    late = twins.does
    late("deal", "add", "Dory", "--owner", TRICKSTER, "--amount", "100", "--on", "2026-11-03")
    on = ("--on", "2026-11-10")
    late("deal", "advance", "Dory", "--done", "mail", *on)
    late("deal", "win", "Dory", "--done", "mail", *on)
    assert earned(twins)[TRICKSTER] == EARNED
    assert earned(twins, "2026-12")[TRICKSTER] == 400 + 100 + 10


def test_an_amount_that_is_lowered_after_it_was_paid_is_told(twins: Office) -> None:
    run(twins, [f"deal edit Boat --amount 90000 {ME}", *END, "2026-12-01"])
    issue(twins, "2026-11")
    run(twins, [f"deal edit Boat --amount 10000 {ME}"])
    (change,) = twins.asks("bonus", "--period", "2026-11")["totals"]["changes"]
    assert (change["owner"], change["rule"]) == (TRICKSTER, "revenue")
    assert (change["from"], change["to"]) == (9_000, 1_000)
