"""The rule file of a bonus: read exactly, and refused in one sentence where it errs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from funnelcli.domain.bonus import reckoned
from funnelcli.domain.rule_file import read_rules
from funnelcli.domain.rules import Per, Rules, Unit
from funnelcli.errors import UsageFault
from funnelcli.playbooks.templates import template

EXAMPLE = Path(__file__).parents[1] / "examples" / "bonus.toml"
PIPELINES = [template("bidding", "zh-Hans"), template("general", "en")]
TOP = 'name = "2026"\n'
WON = '[[rule]]\nname = "revenue"\nper = "won"\npercent = 1.5\n'


def read(text: str, currency: str = "CNY") -> Rules:
    return read_rules(text, "rule file 'r.toml'", currency, PIPELINES)


def test_the_example_is_read_as_its_comments_say() -> None:
    rules = read(EXAMPLE.read_text(encoding="utf-8"))
    assert (rules.name, rules.unit, rules.cap) == ("2026", Unit.MONEY, 60_000_00)
    milestones, drafts, plans, revenue, late, spirit = rules.rules
    assert (milestones.per, milestones.amount, milestones.cap) == (Per.MILESTONE, 20_000, 600_000)
    assert (drafts.per, drafts.stages) == (Per.STAGE, {("bidding", "drafted")})
    assert (plans.per, plans.at_least, plans.amount) == (Per.PLAN, 800_000, 5_000)
    assert (revenue.per, revenue.percent, revenue.amount) == (Per.WON, 15_000, None)
    assert (late.per, late.amount, late.cap) == (Per.LATE, 2_000, 40_000)
    assert (spirit.per, spirit.percent, spirit.of) == (
        *(Per.SHARE, 100_000),
        ("milestones", "revenue"),
    )


def test_stages_and_milestones_are_meant_by_name_or_title() -> None:
    rule = '[[rule]]\nname = "m"\nper = "milestone"\namount = 1\n'
    (found,) = read(TOP + rule + 'stages = ["报价", "general/lead"]\n').rules
    assert found.stages == {("bidding", "quoted"), ("general", "lead")}
    title = PIPELINES[0].stage("quoted").milestones[0]
    (found,) = read(TOP + rule + f'milestones = ["{title.title}"]\n').rules
    assert ("bidding", title.name) in (found.milestones or ())
    (found,) = read(TOP + rule + f'milestones = ["bidding/{title.title}"]\n').rules
    assert found.milestones == {("bidding", title.name)}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("name = ", "is not TOML"),
        ('name = "x"', "it has no rule; begin one with [[rule]]"),
        (WON, "needs 'name' as text"),
        (TOP + 'units = "money"\n' + WON, "unknown key 'units'; it takes name, unit, cap, rule"),
        (TOP + 'unit = "pints"\n' + WON, "'unit' of the file is 'pints', not one of money, points"),
        (TOP + "cap = -1\n" + WON, "'cap' of the file is -1, which is negative"),
        (TOP + WON + WON, "two rules are called 'revenue'; rename one"),
        (TOP + WON + "amount = 5\n", "rule 'revenue' has both 'amount' and 'percent'"),
        (TOP + WON + "above = 5\n", "unknown key 'above'; it takes name, per, amount, cap"),
        (TOP + WON.replace("won", "log"), "'per' of rule 'revenue' is 'log', not one of milestone"),
        (TOP + WON.replace('per = "won"', ""), "rule 'revenue' says neither per"),
        (TOP + WON.replace("1.5", "100.5"), "'percent' of rule 'revenue' is 100.5, not a perc"),
        (TOP + WON.replace("1.5", "-1.5"), "'percent' of rule 'revenue' is -1.5, which is neg"),
        (TOP + WON.replace("1.5", "1.00001"), "'percent' of rule 'revenue' has more than 4 dec"),
        (
            TOP + WON.replace("1.5", "nan"),
            "'percent' of rule 'revenue' is nan, not a number such as 200 or 1.5",
        ),
        (TOP + WON.replace("1.5", '"much"'), "'percent' of rule 'revenue' is 'much', not a num"),
        (TOP + WON.replace("1.5", "true"), "'percent' of rule 'revenue' is true, not a number"),
        (TOP + WON.replace("1.5", "1e999999999"), "not a percentage from 0 to 100"),
        (TOP + 'unit = "points"\n' + WON, "has 'percent' of money, but the unit is points"),
        (
            TOP + "rule = 5\n",
            "'rule' of the file is not a list of tables; begin each with [[rule]]",
        ),
        (TOP + WON.replace("1.5", "2026-01-01"), "'percent' of rule 'revenue' is 2026-01-01, not"),
        (TOP + WON.replace("1.5", "[1, 2]"), "'percent' of rule 'revenue' is a list, not a number"),
        (TOP + WON.replace("1.5", "'two'"), "'percent' of rule 'revenue' is 'two', not a number"),
        (TOP + "rule = [5]\n", "rule 1 is not a table"),
        (TOP + "[[rule]]\nper = 'won'\n", "rule 1 needs 'name' as text"),
        (TOP + "[[rule]]\nname = ''\n", "In the rule file 'r.toml': The name of rule 1 is empty."),
        (TOP + WON.replace("1.5", "0x" + "f" * 5000), "is a very long number, not a percentage"),
        (TOP + WON.replace("1.5", "2026-01-01T10:00:00"), "is 2026-01-01T10:00:00, not a number"),
        (TOP + "cap = -4\n" + WON, "'cap' of the file is -4, which is negative; leave it out."),
        (TOP + WON.replace("percent", "amount").replace("1.5", "-5"), 'use per = "late" with'),
    ],
)
def test_a_rule_file_that_errs_is_refused_in_one_sentence(rules: str, said: str) -> None:
    with pytest.raises(UsageFault) as refused:
        read(rules)
    told = str(refused.value)
    assert said in told
    assert "rule file 'r.toml'" in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('per = "stage"\namount = 1\nstages = ["quote"]', "the stage 'quote', which no pipeline"),
        ('per = "stage"\namount = 1\nstages = ["general/quoted"]', "the stage 'general/quoted'"),
        ('per = "stage"\namount = 1\nstages = []', "'stages' of rule 'r' is not a list of names"),
        ('per = "stage"\nmilestones = ["x"]', "unknown key 'milestones'"),
        ('per = "milestone"\namount = 1\nmilestones = ["offer"]', "the milestone 'offer', which"),
        (
            'per = "milestone"\namount = 1\nstages = ["lead"]\nmilestones = ["quote-received"]',
            "the milestone 'quote-received', which its stages do not have",
        ),
        (
            'per = "stage"\namount = 1\nstages = ["opportunity"]',
            "rule 'r' pays for arrivals in opportunity, where deals begin; name later stages",
        ),
        ('of = ["s", "r"]\npercent = 5', "'s', and is the only rule"),
        ('per = "milestone"', "rule 'r' needs 'amount', in CNY"),
        ('per = "won"', "rule 'r' needs 'amount', in CNY, or 'percent' of what was won"),
        ('per = "milestone"\namount = 0.001', "0.001, which is finer than CNY; round it"),
        ('per = "milestone"\namount = 1e30', "'amount' of rule 'r' is too large"),
        ('per = "late"\namount = 5', "unknown key 'amount'; it takes name, per, deduct, cap"),
        ('per = "late"\ndeduct = -5', "'deduct' of rule 'r' is -5, which is negative"),
        ('per = "plan"\namount = 5\nat_least = 101', "101, not a percentage from 0 to 100"),
        ('of = ["r"]\npercent = 5', "its rules go round in a circle (r → r)"),
        ('of = ["s"]\npercent = 5', "rule 'r' is a share of 's', and is the only rule; add it"),
        ('of = ["s"]\nper = "won"', "rule 'r' has both 'per' and 'of'; leave one out"),
        ('of = "r"\npercent = 5', "'of' of rule 'r' is not a list of names"),
        ('of = ["r"]', "rule 'r' needs 'percent', from 0 to 100"),
    ],
)
def test_a_rule_that_errs_is_named(more: str, said: str) -> None:
    with pytest.raises(UsageFault, match=re.escape(said)):
        read(f'{TOP}[[rule]]\nname = "r"\n{more}\n')


def test_a_circle_is_refused_however_long_it_is() -> None:
    names = "abcdefgh"
    shares = [
        f'[[rule]]\nname = "{name}"\npercent = 5\nof = ["{names[(n + 1) % 8]}"]\n'
        for n, name in enumerate(names)
    ]
    with pytest.raises(UsageFault, match="a → b → c → d → e → f → g → h → a"):
        read(TOP + "".join(shares))


def test_many_shares_of_shares_are_read_at_once() -> None:
    names = [f"r{n}" for n in range(60)]
    shares = [
        f'[[rule]]\nname = "{name}"\npercent = 1\nof = {names[:n]}\n'
        for n, name in enumerate(names)
        if n
    ]
    rules = read(TOP + '[[rule]]\nname = "r0"\nper = "won"\namount = 1\n' + "".join(shares))
    assert [rule.name for rule in rules.counted()] == names


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 20), ("CNY", 2_000), ("BHD", 20_000)])
def test_amounts_are_as_fine_as_the_currency(currency: str, minor: int) -> None:
    rule = '[[rule]]\nname = "r"\nper = "won"\namount = 20\n'
    assert read(TOP + rule, currency).rules[0].amount == minor
    finer = rule.replace("20", {"JPY": "20.5", "CNY": "20.005", "BHD": "20.0005"}[currency])
    with pytest.raises(UsageFault, match=f"finer than {currency}"):
        read(TOP + finer, currency)


def test_points_are_whole() -> None:
    rule = 'unit = "points"\n[[rule]]\nname = "r"\nper = "won"\namount = 2.5\n'
    with pytest.raises(UsageFault, match="finer than whole points"):
        read(TOP + rule)
    (found,) = read(TOP + rule.replace("2.5", "2.0")).rules
    assert found.amount == 2


def test_a_rule_file_without_end_is_refused() -> None:
    with pytest.raises(UsageFault, match="has 100,001 characters; 100,000 is the most"):
        read("#" * 100_001)


@pytest.mark.parametrize("char", ["\u202e", "\x1b", "\ufeff", "\x85"])
def test_a_rule_file_that_could_command_a_terminal_is_refused(char: str) -> None:
    with pytest.raises(UsageFault, match=r"holds the control character U\+[0-9A-F]{4}; leave"):
        read(f"{TOP}{WON}# {char}\n")


def test_nobody_and_nothing_come_to_nothing() -> None:
    rules = read(EXAMPLE.read_text(encoding="utf-8"))
    assert reckoned(rules, [], []).lines == ()
    assert {line.amount for line in reckoned(rules, [(2, "小李")], []).lines} == {0}
