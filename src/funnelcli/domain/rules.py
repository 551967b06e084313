"""The rules by which a bonus is reckoned: what each counts and pays, and the order they come in.

Amounts are minor units of the currency, or whole points; percentages are millionths.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from funnelcli.domain.money import format_amount
from funnelcli.wording import plural, said

WHOLE = 1_000_000
"""Millionths in a whole; a percentage has four decimals at most."""


class Unit(StrEnum):
    """What a bonus is counted in."""

    MONEY = "money"
    POINTS = "points"

    def amount(self, count: int, currency: str) -> str:
        """Return so much for people, without saying what it is of."""
        return f"{count:,}" if self is Unit.POINTS else format_amount(count, currency)

    def told(self, count: int, currency: str) -> str:
        """Return so much for people, with what it is of."""
        if self is Unit.POINTS:
            return plural(count, "{n} point", "{n} points")
        amount = format_amount(count, currency)
        return said("{amount} {currency}", amount=amount, currency=currency)


class Per(StrEnum):
    """What a rule pays for; a share is one of what other rules came to."""

    MILESTONE = "milestone"
    STAGE = "stage"
    PLAN = "plan"
    WON = "won"
    LATE = "late"
    SHARE = "share"


class Rule(NamedTuple):
    """One rule: so much for each thing it counts, or a percentage, and the most it comes to.

    `amount` is deducted where late entries are counted. `stages` are pairs of pipeline and stage,
    `milestones` of pipeline and milestone; None means all. A plan pays if at least so
    much of the work was done.
    """

    name: str
    per: Per
    amount: int | None = None
    percent: int | None = None
    cap: int | None = None
    at_least: int = 0
    of: tuple[str, ...] = ()
    stages: frozenset[tuple[str, str]] | None = None
    milestones: frozenset[tuple[str, str]] | None = None


class Rules(NamedTuple):
    """The rules in force, in their order, and the most that anybody gets in all."""

    name: str
    unit: Unit
    cap: int | None
    rules: tuple[Rule, ...]

    def counted(self) -> list[Rule]:
        """Return the rules so that a share comes behind those that it is one of."""
        found: list[Rule] = []
        left = list(self.rules)
        while left:
            known = {rule.name for rule in found}
            ready = [rule for rule in left if known.issuperset(rule.of)]
            found += ready
            left = [rule for rule in left if rule not in ready]
        return found
