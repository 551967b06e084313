"""The TOML file that states the rules of a bonus, looked through before anything is counted.

Every complaint names the rule and the key, and ends in the remedy.
"""

from __future__ import annotations

import tomllib
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from funnelcli.domain.money import MOST, exponent
from funnelcli.domain.rules import WHOLE, Per, Rule, Rules, Unit
from funnelcli.domain.text import RULES_LENGTH, fold, unwelcome, without_lines
from funnelcli.domain.toml import TomlTable, written
from funnelcli.errors import UsageFault
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funnelcli.domain.pipeline import Milestone, Pipeline, Stage

_PERCENT = 4
_EXACT = Context(prec=100)
_FARTHEST = 30
"""Decimal places, before or behind the point, beyond which no number is looked at."""
_EACH = ("name", "per", "amount", "cap")
_KEYS: dict[Per, tuple[str, ...]] = {
    Per.MILESTONE: (*_EACH, "stages", "milestones"),
    Per.STAGE: (*_EACH, "stages"),
    Per.PLAN: (*_EACH, "at_least"),
    Per.WON: (*_EACH, "percent"),
    Per.LATE: ("name", "per", "deduct", "cap"),
    Per.SHARE: ("name", "of", "percent", "cap"),
}
_FIRST = ("name", "unit", "cap", "rule")


def read_rules(text: str, file: str, currency: str, pipelines: Sequence[Pipeline]) -> Rules:
    """Return the rules that a TOML text states; `file` is how complaints call it.

    Raises UsageFault where it errs: one sentence with the rule, the key and the remedy.
    """
    if len(text) > RULES_LENGTH:
        message = said(
            "The {file} has {n:,} characters; {most:,} is the most.",
            file=file,
            n=len(text),
            most=RULES_LENGTH,
        )
        raise UsageFault(message)
    if char := unwelcome(without_lines(text)):
        message = said(
            "The {file} holds the control character U+{code:04X}; leave it out.",
            file=file,
            code=ord(char),
        )
        raise UsageFault(message)
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        message = said("The {file} is not TOML ({error}); mend it there.", file=file, error=error)
        raise UsageFault(message) from error
    return _Reading(file, currency, pipelines).rules(table)


class _Reading:
    """The file that is read, the unit its amounts are in, and the process that it speaks of."""

    def __init__(self, file: str, currency: str, pipelines: Sequence[Pipeline]) -> None:
        self.file = file
        self.currency = currency
        self.pipelines = pipelines
        self.unit = Unit.MONEY

    def rules(self, table: object) -> Rules:
        top = TomlTable(table, said("the file"), self.file)
        _refuse_unknown(top, _FIRST)
        name = top.text("name", limit=60)
        self.unit = Unit(str(top.choice("unit", list(Unit), Unit.MONEY)))
        cap = self._optional(top, "cap")
        found = tuple(self._rule(each, n) for n, each in enumerate(top.tables("rule"), 1))
        if not found:
            top.fail(said("it has no rule; begin one with [[rule]]"))
        self._check_names(top, found)
        return Rules(name, self.unit, cap, found)

    def _rule(self, table: object, number: int) -> Rule:
        given = TomlTable(table, said("rule {n}", n=number), self.file)
        name = given.text("name", limit=60)
        given.where = said("rule {name!r}", name=name)
        words = [str(per) for per in Per if per is not Per.SHARE]
        if "of" in given.left and "per" in given.left:
            given.fail(said("{where} has both 'per' and 'of'; leave one out", where=given.where))
        if "of" in given.left:
            per = Per.SHARE
        elif "per" in given.left:
            per = Per(str(given.choice("per", words)))
        else:
            given.fail(
                said(
                    "{where} says neither per ({words}) nor of (other rules)",
                    where=given.where,
                    words=said(", ").join(words),
                )
            )
        _refuse_unknown(given, _KEYS[per])
        rule = Rule(name, per, cap=self._optional(given, "cap"))
        if per is Per.SHARE:
            return rule._replace(of=_names(given, "of"), percent=_percentage(given, "percent"))
        if per is Per.WON and "percent" in given.left:
            return rule._replace(percent=self._share_of_money(given))
        if per is Per.WON and "amount" not in given.left and self.unit is Unit.MONEY:
            given.fail(
                said(
                    "{where} needs 'amount', in {currency}, or 'percent' of what was won",
                    where=given.where,
                    currency=self.currency,
                )
            )
        key = "deduct" if per is Per.LATE else "amount"
        rule = rule._replace(amount=self._needed(given, key))
        if "at_least" in given.left:
            rule = rule._replace(at_least=_percentage(given, "at_least"))
        return self._narrowed(given, rule)

    def _share_of_money(self, given: TomlTable) -> int:
        if self.unit is Unit.POINTS:
            given.fail(
                said(
                    "{where} has 'percent' of money, but the unit is points; give 'amount'",
                    where=given.where,
                )
            )
        if "amount" in given.left:
            given.fail(
                said(
                    "{where} has both 'amount' and 'percent'; leave one out",
                    where=given.where,
                )
            )
        return _percentage(given, "percent")

    def _optional(self, given: TomlTable, key: str) -> int | None:
        return self._needed(given, key) if key in given.left else None

    def _needed(self, given: TomlTable, key: str) -> int:
        """Take an amount in the unit, exact."""
        value = given.left.pop(key, None)
        points = self.unit is Unit.POINTS
        what = said("points") if points else self.currency
        if value is None:
            given.fail(
                said("{where} needs {key!r}, in {what}", where=given.where, key=key, what=what)
            )
        scaled = _scaled(given, key, value, 0 if points else exponent(self.currency))
        if scaled is None:
            given.fail(
                said(
                    "{key!r} of {where} is {value}, which is finer than {what}; round it",
                    key=key,
                    where=given.where,
                    value=written(value),
                    what=said("whole points") if points else self.currency,
                )
            )
        if scaled > MOST:
            most = self.unit.told(MOST, self.currency)
            given.fail(
                said(
                    "{key!r} of {where} is too large; {most} is the most",
                    key=key,
                    where=given.where,
                    most=most,
                )
            )
        return scaled

    def _narrowed(self, given: TomlTable, rule: Rule) -> Rule:
        """Take the stages and milestones that the rule is about, if it is not about all."""
        stages = None
        if "stages" in given.left:
            stages = [
                place for word in _names(given, "stages") for place in self._stage(given, word)
            ]
            if rule.per is Per.STAGE and all(stage is p.stages[0] for p, stage in stages):
                given.fail(
                    said(
                        "{where} pays for arrivals in {stages}, where deals begin; "
                        "name later stages",
                        where=given.where,
                        stages=said(", ").join(dict.fromkeys(stage.name for _, stage in stages)),
                    )
                )
            rule = rule._replace(stages=frozenset((p.name, stage.name) for p, stage in stages))
        if "milestones" in given.left:
            within = stages or self._stages()
            found = (_milestones(given, word, within) for word in _names(given, "milestones"))
            rule = rule._replace(milestones=frozenset().union(*found))
        return rule

    def _stages(self) -> list[tuple[Pipeline, Stage]]:
        return [(pipeline, stage) for pipeline in self.pipelines for stage in pipeline.stages]

    def _stage(self, given: TomlTable, word: str) -> list[tuple[Pipeline, Stage]]:
        """Return the stages that a word means: of every pipeline unless it names one."""
        found = [place for place in self._stages() if _means(word, place[1])]
        pipeline, slash, rest = word.partition("/")
        if not found and slash:
            found = [p for p in self._stages() if _means(pipeline, p[0]) and _means(rest, p[1])]
        if not found:
            given.fail(
                said(
                    "{where} names the stage {word!r}, which no pipeline has; there are {stages}",
                    where=given.where,
                    word=word,
                    stages=said(", ").join(
                        dict.fromkeys(stage.name for _, stage in self._stages())
                    ),
                )
            )
        return found

    def _check_names(self, top: TomlTable, rules: Sequence[Rule]) -> None:
        names = [rule.name for rule in rules]
        for name in names:
            if names.count(name) > 1:
                top.fail(said("two rules are called {name!r}; rename one", name=name))
        for rule in rules:
            for each in rule.of:
                if each not in names:
                    others = said(", ").join(other for other in names if other != rule.name)
                    told = marked(
                        "rule {name!r} is a share of {other!r}, which is no rule; "
                        "name one of {names}"
                    )
                    if not others:
                        told = marked(
                            "rule {name!r} is a share of {other!r}, and is the only rule; add it"
                        )
                    top.fail(said(told, name=rule.name, other=each, names=others))
        circle = _circle({rule.name: rule.of for rule in rules})
        if circle:
            top.fail(
                said(
                    "its rules go round in a circle ({names}); let one be a share of others",
                    names=" → ".join(circle),
                )
            )


def _refuse_unknown(given: TomlTable, keys: Sequence[str]) -> None:
    for key in given.left:
        if key not in keys:
            given.fail(
                said(
                    "{where} has the unknown key {key!r}; it takes {keys}",
                    where=given.where,
                    key=key,
                    keys=said(", ").join(keys),
                )
            )


def _means(word: str, thing: Pipeline | Stage | Milestone) -> bool:
    return fold(word) in (fold(thing.name), fold(thing.title))


def _milestones(
    given: TomlTable, word: str, stages: Iterable[tuple[Pipeline, Stage]]
) -> frozenset[tuple[str, str]]:
    """Return the milestones that a word means: of every pipeline unless it names one."""
    every = [(pipeline, each) for pipeline, stage in stages for each in stage.milestones]
    found = [place for place in every if _means(word, place[1])]
    name, slash, rest = word.partition("/")
    if not found and slash:
        found = [place for place in every if _means(name, place[0]) and _means(rest, place[1])]
    if found:
        return frozenset((pipeline.name, each.name) for pipeline, each in found)
    given.fail(
        said(
            "{where} names the milestone {word!r}, which its stages do not have; there are {names}",
            where=given.where,
            word=word,
            names=said(", ").join(dict.fromkeys(each.name for _, each in every)) or said("none"),
        )
    )
    return frozenset()


def _names(given: TomlTable, key: str) -> tuple[str, ...]:
    """Take a list of names, of one at least."""
    value = given.left.pop(key)
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        given.fail(
            said("{key!r} of {where} is not a list of names", key=key, where=given.where),
        )
    return tuple(dict.fromkeys(value))


def _percentage(given: TomlTable, key: str) -> int:
    """Take a percentage, as millionths."""
    value = given.left.pop(key, None)
    if value is None:
        given.fail(said("{where} needs {key!r}, from 0 to 100", where=given.where, key=key))
    scaled = _scaled(given, key, value, _PERCENT)
    if scaled is None:
        given.fail(
            said(
                "{key!r} of {where} has more than 4 decimals; round it", key=key, where=given.where
            )
        )
    if scaled > WHOLE:
        given.fail(
            said(
                "{key!r} of {where} is {value}, not a percentage from 0 to 100",
                key=key,
                where=given.where,
                value=written(value),
            )
        )
    return scaled


def _scaled(given: TomlTable, key: str, value: object, decimals: int) -> int | None:
    """Return the number with so many decimals as a whole one, None if it is finer than that."""
    if (
        not isinstance(value, int | Decimal)
        or isinstance(value, bool)
        or not Decimal(value).is_finite()
    ):
        given.fail(
            said(
                "{key!r} of {where} is {value}, not a number such as 200 or 1.5",
                key=key,
                where=given.where,
                value=written(value),
            )
        )
    number = Decimal(value)
    if number < 0:
        told = marked("{key!r} of {where} is {value}, which is negative; leave it out")
        if key == "amount":
            told = marked(
                "{key!r} of {where} is {value}, which is negative; "
                'to deduct something, use per = "late" with deduct'
            )
        given.fail(said(told, key=key, where=given.where, value=written(value)))
    if number and not -_FARTHEST < number.adjusted() < _FARTHEST:
        number = Decimal(MOST) if number > 1 else Decimal(1).scaleb(-_FARTHEST)
    scaled = _EXACT.scaleb(number, decimals)
    return int(scaled) if scaled == scaled.to_integral_value(context=_EXACT) else None


def _circle(of: dict[str, tuple[str, ...]]) -> list[str]:
    """Return names that lead from one to the next and back to the first; none if none do."""
    left = dict(of)
    while ready := [name for name, others in left.items() if left.keys().isdisjoint(others)]:
        for name in ready:
            del left[name]
    way = list(left)[:1]
    while way and way[-1] not in way[:-1]:
        way.append(next(name for name in left[way[-1]] if name in left))
    return way[way.index(way[-1]) :] if way else []
