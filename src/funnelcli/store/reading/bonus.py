"""What a bonus counts in a period, and the statements that were issued.

An entry is of the period in which it was entered here, unless a statement of another period has
counted it: nothing is paid twice.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from funnelcli.domain.bonus import KINDS, Statement, cited, from_record, paid, reckoned
from funnelcli.domain.entries import Entry, EntryKind
from funnelcli.domain.rule_file import read_rules
from funnelcli.domain.time import Period, instant
from funnelcli.errors import UsageFault
from funnelcli.store.reading.entries import entries, late_logs
from funnelcli.store.reading.people import members
from funnelcli.store.reading.process import process
from funnelcli.store.terms import Term
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from funnelcli.domain.bonus import Bonus
    from funnelcli.domain.model import Member
    from funnelcli.domain.rules import Per, Rules
    from funnelcli.store.reading.reader import Reader

STATEMENTS = """SELECT x.period, x.period_start, x.period_end, x.as_of, x.rules, x.lines, m.name
FROM statement x JOIN operation o ON o.id = x.operation_id LEFT JOIN member m ON m.id = o.by_id
WHERE NOT EXISTS (SELECT 1 FROM statement y
  WHERE y.period_start < x.period_end AND y.period_end > x.period_start
  AND (y.effective_at, y.id) > (x.effective_at, x.id))
ORDER BY x.effective_at, x.id"""
"""A statement stands until a later one takes the place of any of its days."""
REPLACED = "SELECT id, replaced_by FROM stage WHERE replaced_by IS NOT NULL"
_OF_AMOUNT = f"f.deal_id = w.deal AND f.terms & {Term.AMOUNT:d}"
_LATEST = "ORDER BY f.effective_at DESC, f.id DESC LIMIT 1"
WON_AMOUNTS = f"""SELECT w.deal,
  (SELECT f.amount FROM deal_fact f WHERE {_OF_AMOUNT}
    AND f.operation_id <= coalesce((
      SELECT max(y.id) FROM operation y JOIN member m ON m.id = y.by_id
      WHERE m.manager AND y.id IN (
        SELECT f.operation_id FROM deal_fact f WHERE {_OF_AMOUNT}
        UNION SELECT z.operation_id FROM outcome z WHERE z.deal_id = w.deal AND z.outcome = 'won')
      AND y.id >= (SELECT min(z.operation_id) FROM main.outcome z
        WHERE z.deal_id = w.deal AND z.outcome = 'won' AND z.recorded_at <= :seen_at)), (
      SELECT min(z.operation_id) FROM outcome z
      WHERE z.deal_id = w.deal AND z.outcome = 'won')) {_LATEST}),
  (SELECT f.amount FROM deal_fact f WHERE {_OF_AMOUNT} {_LATEST}),
  EXISTS (SELECT 1 FROM outcome z JOIN operation y ON y.id = z.operation_id
    WHERE z.deal_id = w.deal AND z.outcome = 'won' AND y.command LIKE 'import %')
FROM (SELECT j.value AS deal FROM json_each(:wins) j) w"""
"""A won deal's amount as the manager last signed it since it was first won, else as it was then;
what it is now; and whether an import had won it."""


def statements(reader: Reader) -> list[Statement]:
    """Return the statements that stand, in the order in which they were issued."""
    return [
        Statement(
            Period(name, date.fromisoformat(start), date.fromisoformat(end)),
            instant(as_of),
            rules,
            from_record(json.loads(lines)),
            by,
        )
        for name, start, end, as_of, rules, lines, by in reader.rows(STATEMENTS)
    ]


def issued_rules(reader: Reader, statement: Statement) -> Rules:
    """Return the rules that were in force; raises UsageFault where the process has moved on."""
    called = said("rule file issued with {period}", period=statement.period.name)
    return rules_of(reader, statement.rules, called)


def next_rules(reader: Reader, statement: Statement) -> Rules:
    """Return the rules of the last statement for the next one; raises UsageFault as above."""
    try:
        return issued_rules(reader, statement)
    except UsageFault as error:
        message = said("{fault} Name others with --rules FILE.", fault=error)
        raise UsageFault(message) from error


def rules_of(reader: Reader, text: str, called: str) -> Rules:
    """Return the rules that a text states; `called` is the file in complaints."""
    return read_rules(text, called, reader.settings.currency, process(reader).pipelines)


def drafted(reader: Reader, period: Period, rules: Rules, issued: Collection[Statement]) -> Bonus:
    """Return what the rules come to for the period, beside the statements that stand."""
    team = members(reader)
    found = bonus_entries(reader, period, {rule.per for rule in rules.rules}, issued)
    bonus = reckoned(rules, [(member.id, member.name) for member in team], found)
    told = {member.id for member in team if _sells(member, period)}
    told |= {line.owner_id for line in bonus.lines if line.entries}
    return bonus._replace(lines=tuple(line for line in bonus.lines if line.owner_id in told))


def _sells(member: Member, period: Period) -> bool:
    """Tell whether somebody was on the team in the period, to sell."""
    came = member.joined is None or member.joined < period.end
    stayed = member.left is None or member.left > period.start
    return came and stayed and not member.manager


def bonus_entries(
    reader: Reader, period: Period, pers: Collection[Per], issued: Collection[Statement]
) -> Iterator[Entry]:
    """Yield the entries that count in the period for such rules, each once.

    What the period's own statement counted stays in it, though it was done again since.
    """
    replaced = dict(reader.rows(REPLACED))
    others = paid((each for each in issued if each.period[1:] != period[1:]), replaced)
    mine = paid((each for each in issued if each.period[1:] == period[1:]), replaced)
    until = max(period.end, reader.today + timedelta(days=1)) if mine else period.end
    by_kind = {KINDS[per]: per for per in pers & KINDS.keys()}
    span = Period(period.name, period.start, until)
    found = entries(reader, span, by_kind.keys() - {EntryKind.LOG}, by_entry=True)
    if EntryKind.LOG in by_kind:
        found += late_logs(reader, period)
    for entry in _paid_on(reader, found):
        key = (str(by_kind[entry.kind]), cited(entry).known_by(replaced))
        day = entry.on if entry.kind is EntryKind.PLAN else entry.entered_on
        if key not in others and (day < period.end or key in mine):
            yield entry


def _paid_on(reader: Reader, found: list[Entry]) -> Iterator[Entry]:
    """Yield entries, wins with the amount that they are paid on; none that an import had won.

    An amount that was raised, or first named, after the win counts only if the manager signed it.
    """
    wins = [entry.deal_id for entry in found if entry.kind is EntryKind.WON]
    rows = {deal: rest for deal, *rest in reader.rows(WON_AMOUNTS, wins=json.dumps(wins))}
    for entry in found:
        if entry.kind is not EntryKind.WON:
            yield entry
            continue
        signed, now, imported = rows[entry.deal_id]
        if not imported:
            yield entry._replace(amount=None if None in (signed, now) else min(signed, now))
