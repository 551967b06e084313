"""Laws of a bonus: lines add up, stay within the caps, and cite each entry that they count."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from funnelcli.domain.bonus import from_record, reckoned, sums, to_record
from funnelcli.domain.entries import Entry, EntryKind, EntryState
from funnelcli.domain.rules import WHOLE, Per, Rule, Rules, Unit

TEAM = [(2, "小李"), (3, "Wang Fang"), (4, "")]
FIRST = date(2026, 11, 2)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Draw anything that somebody did."""
    number, deal = draw(st.integers(1, 10**6)), draw(st.integers(1, 4))
    on = FIRST + timedelta(days=draw(st.integers(0, 3)))
    return Entry(
        draw(st.sampled_from(EntryKind)),
        f"thing {number}",
        number,
        draw(st.sampled_from([None, 2, 3, 4, 99])),
        deal,
        f"deal {deal}",
        "p",
        draw(st.sampled_from("ab")),
        on,
        on,
        draw(st.sampled_from("xy")),
        state=draw(st.sampled_from(EntryState)),
        late=draw(st.booleans()),
        imported=draw(st.booleans()),
        amount=draw(st.none() | st.integers(0, 10**14)),
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> Rules:
    """Draw rules, each a share of some before it or one that counts."""
    found: list[Rule] = []
    amounts, caps = st.integers(0, 10**9), st.none() | st.integers(0, 10**6)
    for n in range(draw(st.integers(1, 5))):
        per = draw(st.sampled_from(Per))
        rule = Rule(f"r{n}", per, draw(amounts), cap=draw(caps))
        if per is Per.SHARE and found:
            names = [each.name for each in found]
            of = tuple(draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
            rule = rule._replace(amount=None, percent=draw(st.integers(0, WHOLE)), of=of)
        elif per is Per.SHARE:
            rule = rule._replace(per=Per.MILESTONE)
        elif per is Per.WON and draw(st.booleans()):
            rule = rule._replace(amount=None, percent=draw(st.integers(0, WHOLE)))
        elif per is Per.PLAN:
            rule = rule._replace(at_least=draw(st.integers(0, WHOLE)))
        found.append(rule)
    order = draw(st.permutations(found))
    return Rules("r", draw(st.sampled_from(Unit)), draw(caps), tuple(order))


FOUND = st.lists(entries(), max_size=25, unique_by=lambda entry: entry.cite)


@given(rule_sets(), FOUND)
def test_lines_add_up_within_the_caps_and_never_below_zero(
    rules: Rules, found: list[Entry]
) -> None:
    bonus = reckoned(rules, TEAM, found)
    for number, name in TEAM:
        lines = [line for line in bonus.lines if line.owner_id == number]
        assert sums(bonus.lines)[name] == sum(line.amount for line in lines)
        assert sum(line.amount for line in lines) >= 0
        assert rules.cap is None or sum(line.amount for line in lines) <= rules.cap
        for rule in rules.rules:
            of_it = sum(line.amount for line in lines if line.rule == rule.name)
            assert rule.cap is None or abs(of_it) <= rule.cap


@given(rule_sets(), FOUND)
def test_every_line_is_recounted_from_what_it_cites(rules: Rules, found: list[Entry]) -> None:
    bonus = reckoned(rules, TEAM, found)
    by_cite = {(entry.owner_id, entry.cite): entry for entry in found}
    for line in bonus.lines:
        cited = [by_cite[line.owner_id, entry.cite] for entry in line.entries]
        assert not any(entry.imported for entry in cited)
        rule = next((each for each in rules.rules if each.name == line.rule), None)
        if rule is None or line.per != rule.per or rule.per in (Per.SHARE, Per.PLAN):
            continue
        assert line.quantity == len(cited)
        if rule.percent is None:
            assert abs(line.amount) == len(cited) * (rule.amount or 0)
        else:
            exact = sum(entry.amount or 0 for entry in cited) * Fraction(rule.percent, WHOLE)
            assert -Fraction(1, 2) <= exact - line.amount < Fraction(1, 2)


@given(rule_sets(), FOUND)
def test_a_statement_comes_back_as_it_was_kept(rules: Rules, found: list[Entry]) -> None:
    bonus = reckoned(rules, TEAM, found)
    assert from_record(json.loads(json.dumps(to_record(bonus)))) == bonus


@given(rule_sets(), FOUND, st.randoms())
def test_the_order_in_which_entries_come_does_not_matter(rules, found, random) -> None:
    mixed = found[:]
    random.shuffle(mixed)
    told = [sums(reckoned(rules, TEAM, each).lines) for each in (found, mixed)]
    assert told[0] == told[1]
