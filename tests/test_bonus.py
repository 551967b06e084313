"""What everybody earned by stated rules: drafts, statements, and what is different since."""

from __future__ import annotations

import io
import json
import re
import shutil
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Office
from inline_snapshot import external_file

if TYPE_CHECKING:
    from conftest import Ran

EXAMPLE = Path(__file__).parents[1] / "examples" / "bonus.toml"
GOLDENS = Path(__file__).parent / "goldens"
LI = ("--as", "小李")
NOVEMBER = ("--period", "2026-11")
KEYS = ["owner", "rule", "quantity", "amount", "entries"]


@pytest.fixture(scope="module")
def november(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a month of work: 小李 wins a deal, Wang Fang works on one."""
    path = tmp_path_factory.mktemp("november") / "funnel.db"
    shutil.copy2(founded, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("funnelcli.config.system_login", lambda: "somebody")
        office = Office(path, patch).on("2026-11-02")
        does = office.does
        does("team", "edit", "Xiao Li", "--name", "小李")
        does("deal", "add", "方舟电子", "--owner", "小李", "--amount", "1200333.33")
        does("deal", "add", "Boat", "--owner", "Wang Fang", "--amount", "70万")
        for text, day in (("看样", "2026-11-05"), ("call", "2026-11-10"), ("dine", "2026-11-12")):
            does("plan", "add", "方舟", text, "--on", day, *LI)
        does("log", "方舟", "met in October", "--on", "2026-10-20", *LI)
        does("log", "Boat", "met in October", "--on", "2026-10-20", "--as", "Wang Fang")
        office.on("2026-11-05")
        does("plan", "done", "1", *LI)
        claim = ("milestone", "claim", "方舟", "need-confirmed", "--evidence", "mail", *LI)
        does(*claim)
        does("milestone", "accept", "方舟", "need-confirmed")
        does("deal", "advance", "方舟", *LI)
        does("deal", "advance", "方舟", "--to", "drafted", "--force", "--reason", "known")
        does("deal", "advance", "Boat", "--done", "minutes", "--as", "Jiang Yue")
        office.on("2026-11-10").does("plan", "done", "2", *LI)
        office.on("2026-11-13").does("plan", "done", "3", *LI)
        office.on("2026-11-20")
        does("deal", "win", "方舟", "--force", "--reason", "by tender")
    return path


@pytest.fixture
def team(november: Path, bare: Office) -> Office:
    """An office with that file, on the first of December."""
    shutil.copy2(november, bare.path)
    return bare.on("2026-12-01")


def write(office: Office, text: str) -> str:
    """Write a rule file and return its path."""
    path = office.path.with_name("rules.toml")
    path.write_text(f'name = "r"\n{text}', encoding="utf-8")
    return str(path)


def rule(name: str, **keys: Any) -> str:
    """Return a rule of a rule file."""
    given = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    return f"[[rule]]\nname = {json.dumps(name)}\n{given}"


def lines(office: Office, *more: str) -> list[tuple[Any, ...]]:
    """Return what the lines of November say under the keys of the product."""
    rows = office.asks("bonus", *NOVEMBER, *more)["rows"]
    return [tuple(row[key] for key in KEYS) for row in rows]


def issue(office: Office, rules: str = str(EXAMPLE), period: str = "2026-11") -> str:
    """Issue a statement; return what was said."""
    return office.does("bonus", "--period", period, "--rules", rules, "--issue")


def test_every_line_cites_what_it_counts_and_the_lines_add_up(team: Office) -> None:
    revenue = (Decimal("1200333.33") * Decimal("0.015")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    spirit = ((200 + revenue) / 10).quantize(Decimal("0.01"), ROUND_HALF_UP)
    answer = json.loads(
        team("bonus", *NOVEMBER, "--rules", str(EXAMPLE), "-f", "json").out, parse_float=Decimal
    )
    assert answer["schema"] == "funnelcli.bonus/1"
    assert [list(row)[:5] for row in answer["rows"]] == [KEYS] * 12
    told = [tuple(row[key] for key in KEYS) for row in answer["rows"]]
    assert told == [
        ("小李", "milestones", 1, 200, ["deal 1 opportunity/need-confirmed"]),
        ("小李", "drafts", 1, 300, ["deal 1 drafted"]),
        ("小李", "plans", 2, 0, ["plan 1", "plan 2"]),
        ("小李", "revenue", 1, revenue, ["deal 1 won"]),
        ("小李", "late", 1, -20, ["log 1"]),
        ("小李", "team-spirit", None, spirit, []),
        ("Wang Fang", "milestones", 1, 200, ["deal 2 opportunity/need-confirmed"]),
        ("Wang Fang", "drafts", 0, 0, []),
        ("Wang Fang", "plans", 0, 0, []),
        ("Wang Fang", "revenue", 0, 0, []),
        ("Wang Fang", "late", 1, -20, ["log 2"]),
        ("Wang Fang", "team-spirit", None, 20, []),
    ]
    totals = answer["totals"]
    assert (totals["state"], totals["rules"], totals["unit"]) == ("draft", "2026", "money")
    li, wang = 200 + 300 + revenue - 20 + spirit, Decimal(200)
    assert totals["owners"] == [
        {"owner": "小李", "amount": li},
        {"owner": "Wang Fang", "amount": wang},
    ]
    assert totals["amount"] == li + wang


def test_planned_work_pays_for_all_that_was_done_on_time_if_it_is_enough(team: Office) -> None:
    for least, amount in ((66.6667, 0), (66.6666, 100), (0, 100), (80, 0)):
        rules = write(team, rule("p", per="plan", amount=50, at_least=least))
        assert lines(team, "--rules", rules)[0] == ("小李", "p", 2, amount, ["plan 1", "plan 2"])


def test_caps_are_lines_of_their_own(team: Office) -> None:
    rules = write(
        team,
        "cap = 1200\n"
        + rule("m", per="milestone", amount=1000, cap=700)
        + rule("s", per="stage", amount=400)
        + rule("l", per="late", deduct=50, cap=30)
        + rule("share", of=["m", "l"], percent=10),
    )
    rows = team.asks("bonus", *NOVEMBER, "--rules", rules, "--owner", "小李")["rows"]
    assert [(row["rule"], row["per"], row["each"], row["amount"]) for row in rows] == [
        ("m", "milestone", 1000, 1000),
        ("m", "cap", 700, -300),
        ("s", "stage", 400, 800),
        ("l", "late", -50, -50),
        ("l", "cap", 30, 20),
        ("share", "share", None, 67),
        (None, "total-cap", 1200, -337),
    ]
    assert sum(row["amount"] for row in rows) == 1200
    told = team.does("bonus", *NOVEMBER, "--rules", rules, "--owner", "小李")
    assert "m: cap      at most 700      -300\n" in told
    assert "cap of all  at most 1,200    -337\n" in told


def test_nobody_gets_less_than_nothing(team: Office) -> None:
    rules = write(
        team, rule("m", per="milestone", amount=5) + rule("l", per="late", deduct=50, cap=60)
    )
    rows = team.asks("bonus", *NOVEMBER, "--rules", rules, "--owner", "wang")["rows"]
    assert [(row["rule"], row["per"], row["amount"]) for row in rows] == [
        ("m", "milestone", 5),
        ("l", "late", -50),
        (None, "floor", 45),
    ]
    assert "never below zero" in team.does("bonus", *NOVEMBER, "--rules", rules)


def test_stages_and_milestones_can_be_chosen(team: Office) -> None:
    rules = write(
        team,
        rule("a", per="stage", amount=1, stages=["shortlisted"])
        + rule("b", per="stage", amount=1, stages=["bidding/方案制定", "Drafted"][1:])
        + rule("c", per="milestone", amount=1, stages=["drafted"])
        + rule("d", per="milestone", amount=1, milestones=["need-confirmed"]),
    )
    found = {row[1]: row[4] for row in lines(team, "--rules", rules, "--owner", "小李")}
    assert found == {
        "a": ["deal 1 shortlisted"],
        "b": ["deal 1 drafted"],
        "c": [],
        "d": ["deal 1 opportunity/need-confirmed"],
    }


def test_points_are_counted_and_called_points(team: Office) -> None:
    rules = write(
        team,
        'unit = "points"\n'
        + rule("m", per="milestone", amount=5)
        + rule("w", per="won", amount=20)
        + rule("share", of=["m", "w"], percent=10),
    )
    answer = team.asks("bonus", *NOVEMBER, "--rules", rules)
    assert [row["amount"] for row in answer["rows"]] == [5, 20, 3, 5, 0, 1]
    assert answer["totals"]["amount"] == 34
    assert "In all   34 points" in team.does("bonus", *NOVEMBER, "--rules", rules)
    assert ": 34 points for 2 people" in issue(team, rules)


def test_a_currency_without_minor_units_is_rounded_to_whole_ones(bare: Office) -> None:
    bare.on("2026-11-02").does(
        *("init", "--manager", "蒋跃", "--currency", "JPY", "--timezone", "Asia/Tokyo"),
        *("--lang", "en"),
    )
    bare.does("team", "add", "小李")
    bare.does("deal", "add", "Ark", "--owner", "小李", "--amount", "1033")
    bare.does("deal", "win", "Ark", "--force", "--reason", "x")
    rules = write(bare, rule("w", per="won", percent=1.5))
    assert [row[3] for row in lines(bare, "--rules", rules)] == [15]
    assert "1 won: 1.5 % of 1,033" in bare.does("bonus", *NOVEMBER, "--rules", rules)


def test_a_deal_without_an_amount_is_counted_and_brings_nothing(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--owner", "Xiao Li")
    office.does("deal", "win", "Ark", "--force", "--reason", "x")
    rules = write(office, rule("w", per="won", percent=1.5))
    told = office.asks("bonus", *NOVEMBER, "--rules", rules)["rows"][0]
    assert (told["quantity"], told["amount"], told["basis"]) == (1, 0, 0)
    office.does("deal", "edit", "Ark", "--amount", "100")
    told = office.asks("bonus", *NOVEMBER, "--rules", rules)["rows"][0]
    assert (told["quantity"], told["amount"], told["basis"]) == (1, 1.5, 100)


def test_people_see_a_table_each(team: Office) -> None:
    said = team.does("bonus", *NOVEMBER, "--rules", str(EXAMPLE))
    assert said == external_file(str(GOLDENS / "bonus-draft.txt"))
    issue(team)
    team.does("deal", "reopen", "方舟", "--reason", "not signed")
    said = team.does("bonus", *NOVEMBER)
    assert said == external_file(str(GOLDENS / "bonus-statement.txt"))
    assert max(map(len, said.splitlines())) < 80


def test_the_worked_example_of_the_documents_is_what_the_program_says(team: Office) -> None:
    page = (EXAMPLE.parents[1] / "docs" / "bonus.md").read_text(encoding="utf-8")
    example = "\n".join(line[4:] for line in page.splitlines() if line.startswith("    "))
    shown = team.does("bonus", *NOVEMBER, "--rules", str(EXAMPLE))
    assert example[example.index("小李:") :] in shown
    (rules,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    team.path.with_name("page.toml").write_text(rules, encoding="utf-8")
    found = lines(team, "--rules", str(team.path.with_name("page.toml")))
    assert [row[1:4] for row in found] == [("offers", 0, 0), ("offers", 0, 0)]


def test_only_the_manager_sees_and_issues(team: Office) -> None:
    draft = ("bonus", *NOVEMBER, "--rules", str(EXAMPLE))
    for more, doing in (((), "see the bonus"), (("--issue",), "issue a bonus statement")):
        ran = team(*draft, *more, *LI)
        assert (ran.code, ran.out) == (4, "")
        assert ran.err == f"funnelcli: 小李 cannot {doing}: that needs the manager's name (--as).\n"
    assert team("bonus", *NOVEMBER, *LI).code == 4


def test_without_rules_it_is_said_how_to_begin(team: Office) -> None:
    ran = team("bonus", *NOVEMBER)
    assert (ran.code, ran.out) == (0, "")
    assert "funnelcli bonus --period 2026-11 --rules FILE.toml" in ran.err
    assert team.asks("bonus", *NOVEMBER)["rows"] == []
    ran = team("bonus", *NOVEMBER, "--issue")
    assert (ran.code, ran.out) == (3, "")
    assert "name their file with --rules FILE" in ran.err


def without_moment(answer: Any) -> Any:
    """Return an answer without the moment at which it was asked."""
    return {key: value for key, value in answer.items() if key != "as_of"}


def test_a_statement_is_kept_as_it_was_and_what_changed_is_told(team: Office) -> None:
    assert issue(team) == (
        "Issued the bonus statement for 2026-11 by the rules 2026: 20,505.50 CNY for 2 people.\n"
    )
    issued = team.asks("bonus", *NOVEMBER)
    assert issued["totals"]["state"] == "issued"
    assert issued["totals"]["issued_at"] == "2026-12-01T01:00:00Z"
    assert issued["totals"]["issued_by"] == "Jiang Yue"
    assert issued["totals"]["rules_text"] == EXAMPLE.read_text(encoding="utf-8")
    assert issued["totals"]["changes"] == []
    assert "the same rules come to the same" in team.does("bonus", *NOVEMBER)
    team.on("2026-12-03").does("deal", "back", "Boat", "--to", "opportunity", "--reason", "no need")
    later = team.asks("bonus", *NOVEMBER)
    assert later["rows"] == issued["rows"]
    assert [(c["owner"], c["rule"], c["from"], c["to"]) for c in later["totals"]["changes"]] == [
        ("Wang Fang", "milestones", 200, 0),
        ("Wang Fang", "team-spirit", 20, 0),
        ("Wang Fang", None, 0, 20),
    ]
    told = team.does("bonus", *NOVEMBER)
    assert "no longer deal 2 opportunity/need-confirmed (Boat)" in told
    assert "Today   the same rules come to 20,305.50 CNY, see below" in told
    then = team.asks("bonus", *NOVEMBER, "--as-of", "2026-12-02")
    assert then["totals"] == issued["totals"]


def test_issuing_again_replaces_the_statement_and_says_so(team: Office) -> None:
    issue(team)
    rules = write(team, rule("m", per="milestone", amount=7))
    team.on("2026-12-03")
    draft = team.does("bonus", *NOVEMBER, "--rules", rules)
    assert "in place of the one of 2026-12-01 09:00 by Jiang Yue" in draft
    said = issue(team, rules)
    assert said.endswith("14 CNY for 2 people. It replaces the one of 2026-12-01.\n")
    assert team.asks("bonus", *NOVEMBER)["totals"]["amount"] == 14
    assert team.asks("bonus", *NOVEMBER, "--as-of", "2026-12-02")["totals"]["rules"] == "2026"
    team.does("undo")
    assert team.asks("bonus", *NOVEMBER)["totals"]["rules"] == "2026"
    team.does("undo")
    assert team.asks("bonus", *NOVEMBER)["rows"] == []
    team.does("redo", "2")
    assert team.asks("bonus", *NOVEMBER)["totals"]["amount"] == 14


def test_statements_are_undone_and_done_again_in_their_order(team: Office) -> None:
    issue(team)
    first = str(team.asks("history")["rows"][-1]["operation"])
    team.on("2027-01-04")
    issue(team, period="2026-12")
    ran = team("undo", "--id", first)
    assert (ran.code, ran.out) == (4, "")
    assert "bonus statement of the team for 2026-12 was touched by Jiang Yue" in ran.err
    team.does("undo", "2")
    issue(team, period="2026-11-05..2026-12-05")
    assert team("redo", "--id", first).code == 4


def test_who_left_before_has_no_lines_and_keeps_what_they_earned(team: Office) -> None:
    team.does("team", "edit", "wang", "--left", "2026-11-16")
    rules = write(team, rule("m", per="milestone", amount=7))
    assert [row[:4] for row in lines(team, "--rules", rules)][1:] == [("Wang Fang", "m", 1, 7)]
    december = team.asks("bonus", "--period", "2026-12", "--rules", rules)["rows"]
    assert [row["owner"] for row in december] == ["小李"]


def test_the_statements_are_listed_with_what_they_come_to_together(team: Office) -> None:
    none = team("bonus", "--statements")
    assert (none.code, none.out, none.err) == (0, "", "No bonus statement was issued.\n")
    issue(team)
    points = write(team, 'unit = "points"\n' + rule("late", per="late", deduct=3))
    team.on("2027-01-04").does("team", "edit", "小李", "--name", "Li Lei")
    for period, rules in (("2026-12", str(EXAMPLE)), ("2026-10", points)):
        team.does("bonus", "--period", period, "--rules", rules, "--issue")
    keys = ("period", "owner", "amount", "points", "issued_by")
    answer = team.asks("bonus", "--statements")
    assert [tuple(row[key] for key in keys) for row in answer["rows"]] == [
        ("2026-11", "Li Lei", 20_305.5, None, "Jiang Yue"),
        ("2026-11", "Wang Fang", 200, None, "Jiang Yue"),
        ("2026-12", "Li Lei", 0, None, "Jiang Yue"),
        ("2026-12", "Wang Fang", 0, None, "Jiang Yue"),
        ("2026-10", "Li Lei", None, 0, "Jiang Yue"),
        ("2026-10", "Wang Fang", None, 0, "Jiang Yue"),
    ]
    assert answer["totals"]["statements"] == 3
    assert answer["totals"]["owners"] == [
        {"owner": "Li Lei", "amount": 20_305.5, "points": 0},
        {"owner": "Wang Fang", "amount": 200, "points": 0},
    ]
    assert "Li Lei     20,305.50 CNY; 0 points\n" in team.does("bonus", "--statements")
    quarter = team.does("bonus", "--statements", "--period", "2026-11-01..2026-12-31")
    shown = [line.split() for line in quarter.split("In all")[1].splitlines()[2:]]
    assert shown == [
        ["Owner", "Amount"],
        ["Li", "Lei", "20,305.50", "CNY"],
        ["Wang", "Fang", "200", "CNY"],
    ]
    assert "2026-10" not in quarter
    week = team("bonus", "--statements", "--period", "2026-W46")
    assert (week.out, "days of 2026-W46 alone" in week.err) == ("", True)
    one = team.asks("bonus", "--statements", "--owner", "Lei", "--as-of", "2026-12-24")["rows"]
    assert [row["amount"] for row in one] == [20_305.5]
    for wrong in (("--issue",), ("--rules", points)):
        ran = team("bonus", "--statements", *wrong)
        assert (ran.code, "leave --issue and --rules away" in ran.err) == (2, True)
    assert team("bonus", "--statements", "--as", "Li Lei").code == 4


def test_a_statement_is_listed_though_nobody_is_in_it(team: Office) -> None:
    for rep in ("小李", "Wang Fang"):
        team.does("team", "edit", rep, "--joined", "2026-10-05")
    team.does("bonus", "--period", "2026-09", "--rules", str(EXAMPLE), "--issue")
    answer = team.asks("bonus", "--statements")
    assert [(row["period"], row["owner"]) for row in answer["rows"]] == [("2026-09", None)]
    assert answer["totals"]["statements"] == 1
    issue(team)
    team.does("team", "add", "Zoe")
    ran = team("bonus", "--statements", "--period", "2026-11", "--owner", "Zoe")
    assert (ran.code, ran.out, ran.err) == (0, "", "No bonus statement has a line of Zoe.\n")


def test_what_was_not_done_on_time_is_named(team: Office) -> None:
    plans = team.asks("bonus", *NOVEMBER, "--rules", str(EXAMPLE))["rows"][2]
    assert (plans["entries"], plans["failed"]) == (["plan 1", "plan 2"], ["plan 3"])
    issue(team)
    assert team.asks("bonus", *NOVEMBER)["rows"][2]["failed"] == ["plan 3"]


def test_the_rules_issued_last_make_the_next_draft(team: Office) -> None:
    issue(team)
    draft = team.asks("bonus", "--period", "2026-12")["totals"]
    assert (draft["state"], draft["rules"]) == ("draft", "2026")
    said = team.on("2027-01-04").does("bonus", "--period", "2026-12", "--issue")
    assert "for 2026-12 by the rules 2026: 0 CNY" in said


def test_a_statement_needs_a_period_that_is_over(team: Office) -> None:
    ran = team("bonus", "--period", "2026Q4", "--rules", str(EXAMPLE), "--issue")
    assert (ran.code, ran.out) == (4, "")
    assert "2026Q4 is not over: a statement for it can be issued from 2027-01-01 on" in ran.err
    team.on("2026-11-30")
    assert team("bonus", *NOVEMBER, "--rules", str(EXAMPLE), "--issue").code == 4
    assert "can be issued from 2026-12-01 on" in team.does(
        "bonus", *NOVEMBER, "--rules", str(EXAMPLE)
    )


@pytest.mark.parametrize("period", ["2026Q4", "2026-11-30..2026-12-02", "2026-11-05..2026-11-06"])
def test_a_day_is_of_one_statement(team: Office, period: str) -> None:
    issue(team)
    team.on("2027-01-04")
    ran = team("bonus", "--period", period, "--rules", str(EXAMPLE), "--issue")
    assert (ran.code, ran.out) == (4, "")
    assert "has days of 2026-11, for which a statement was issued on 2026-12-01" in ran.err
    draft = team.asks("bonus", "--period", period)
    assert all(row["per"] == "plan" for row in draft["rows"] if row["entries"])
    assert "a statement for 2026-11 has some of its days" in team.does("bonus", "--period", period)
    issue(team, period="2026-12")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"name = ", "is not TOML"),
        ('name = "规则"'.encode("gbk"), "is not UTF-8 text; save it as UTF-8."),
        (b'name = "r"\n[[rule]]\nname = "a"\nper = "won"\namount = -1', "'amount' of rule 'a'"),
        (b'name = "r"\n[[rule]]\nname = "a"\nof = ["a"]\npercent = 1', "a circle (a"),
    ],
)
def test_what_is_no_rule_file_is_one_sentence_and_nothing_is_stored(
    team: Office, text: bytes, said: str
) -> None:
    path = team.path.with_name("rules.toml")
    path.write_bytes(text)
    before = len(team.asks("history")["rows"])
    for more in ((), ("--issue",)):
        ran = team("bonus", *NOVEMBER, "--rules", str(path), *more)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"rule file {str(path)!r}" in ran.err
        assert said in ran.err
    assert len(team.asks("history")["rows"]) == before


def test_rules_come_from_stdin_too(team: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.TextIOWrapper(io.BytesIO(EXAMPLE.read_bytes()))
    monkeypatch.setattr("sys.stdin", text)
    assert team.asks("bonus", *NOVEMBER, "--rules", "-")["totals"]["rules"] == "2026"


def test_a_rule_file_without_end_is_not_read_to_its_end(team: Office) -> None:
    ran = team("bonus", *NOVEMBER, "--rules", "/dev/zero")
    assert (ran.code, ran.out) == (2, "")
    assert "has 400,004 characters; 100,000 is the most" in ran.err


def test_a_rule_file_that_cannot_be_read_is_one_sentence(team: Office) -> None:
    for path, code, said in (("no.toml", 3, "There is no file 'no.toml'"), ("/", 1, "cannot be")):
        ran = team("bonus", *NOVEMBER, "--rules", path)
        assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
        assert said in ran.err


@pytest.mark.parametrize("more", [("--owner", "小李"), ("--as-of", "2026-11-30"), ("-f", "json")])
def test_a_statement_is_issued_for_everybody_as_of_now(team: Office, more: tuple[str, ...]) -> None:
    ran = team("bonus", *NOVEMBER, "--rules", str(EXAMPLE), "--issue", *more)
    assert (ran.code, ran.out) == (2, "")
    assert "--issue keeps a statement for everybody as of now" in ran.err


def test_a_statement_is_shown_though_the_process_has_moved_on(team: Office) -> None:
    issue(team)
    process = team.does("pipeline", "export", "bidding").replace("drafted", "designed")
    path = team.path.with_name("bidding.toml")
    path.write_text(process, encoding="utf-8")
    team.does("pipeline", "apply", str(path), "--map", "drafted=designed")
    statement = team.asks("bonus", *NOVEMBER)
    assert statement["totals"]["amount"] == 20_505.5
    told = team.does("bonus", *NOVEMBER)
    assert "The rule file issued with 2026-11 cannot be used" in " ".join(told.split())
    ran = team("bonus", "--period", "2026-12")
    assert (ran.code, ran.out) == (2, "")
    assert "the stage 'bidding/drafted', which no pipeline has" in ran.err


@pytest.mark.parametrize("more", [(), ("--issue",)])
def test_rules_that_fit_no_more_make_no_next_statement(team: Office, more: tuple[str, ...]) -> None:
    issue(team, write(team, rule("s", per="stage", stages=["bidding/drafted"], amount=1)))
    process = team.path.with_name("p.toml")
    text = team.does("pipeline", "export", "bidding").replace('"drafted"', '"sketched"')
    process.write_text(text, encoding="utf-8")
    team.does("pipeline", "apply", str(process), "--map", "drafted=sketched")
    team.on("2027-01-04")
    ran = team("bonus", "--period", "2026-12", *more)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "The rule file issued with 2026-11 cannot be used: rule 's' names the stage" in ran.err
    assert ran.err.endswith(". Name others with --rules FILE.\n")


def test_who_was_not_there_has_no_lines_and_that_is_said(team: Office) -> None:
    team.does("team", "edit", "Wang Fang", "--left", "2026-12-01")
    december = ("--period", "2026-12", "--rules", str(EXAMPLE))
    told = team.on("2027-01-04").does("bonus", *december, "--owner", "Wang")
    assert "Nobody asked about was on the team in 2026-12, or earned anything in it." in told


def test_history_tells_of_a_statement_and_an_export_keeps_it(team: Office) -> None:
    issue(team)
    done = team.asks("history")["rows"][-1]
    assert (done["command"], done["by"]) == ("bonus", "Jiang Yue")
    (change,) = done["changes"]
    assert change["what"] == "bonus statement of the team for 2026-11"
    assert (change["from"], change["to"]) == (None, "2026-12-01T01:00:00Z")
    before = team.asks("bonus", *NOVEMBER)
    whole = team.path.with_name("all.json")
    team.does("export", "--all", str(whole))
    team.path.unlink()
    team.does("import", "all", str(whole))
    assert team.asks("bonus", *NOVEMBER) == before


def test_who_joins_in_between_is_paid_for_what_they_did(team: Office) -> None:
    team.on("2026-11-23").does("team", "add", "Zhou Min")
    team.does("deal", "add", "Cart", "--owner", "Zhou Min")
    team.does("deal", "advance", "Cart", "--done", "mail")
    rules = write(team, rule("m", per="milestone", amount=10))
    assert [row[:4] for row in lines(team, "--rules", rules)] == [
        ("小李", "m", 1, 10),
        ("Wang Fang", "m", 1, 10),
        ("Zhou Min", "m", 1, 10),
    ]


def test_the_manager_has_lines_only_for_own_work(team: Office) -> None:
    team.on("2026-11-23").does("deal", "add", "Cart", "--owner", "Jiang Yue")
    rules = write(team, rule("m", per="milestone", amount=10))
    assert {row[0] for row in lines(team, "--rules", rules)} == {"小李", "Wang Fang"}
    team.does("deal", "advance", "Cart", "--done", "mail")
    assert lines(team, "--rules", rules)[0][:4] == ("Jiang Yue", "m", 1, 10)


def test_a_draft_as_of_a_day_knows_nothing_later(team: Office) -> None:
    rules = write(team, rule("m", per="milestone", amount=10) + rule("w", per="won", amount=1))
    found = lines(team, "--rules", rules, "--as-of", "2026-11-15", "--owner", "小李")
    assert [row[2] for row in found] == [1, 0]
    assert [row[2] for row in lines(team, "--rules", rules, "--owner", "小李")] == [1, 1]


@pytest.mark.parametrize("fmt", ["table", "plain", "json", "ndjson", "csv", "tsv", "md", "html"])
def test_the_same_file_gives_the_same_bytes(team: Office, fmt: str) -> None:
    def said() -> Ran:
        return team("bonus", *NOVEMBER, "--rules", str(EXAMPLE), "-f", fmt)

    assert said() == said()
    assert said().code == 0
