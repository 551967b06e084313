"""A bonus statement is issued by the manager, for days that are over, and kept as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from funnelcli.domain.bonus import in_the_way, sums, to_record
from funnelcli.domain.time import local_day
from funnelcli.errors import NotFound, Refused
from funnelcli.store.reading.bonus import drafted, next_rules, rules_of, statements
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funnelcli.domain.bonus import Bonus, Statement
    from funnelcli.domain.time import Period
    from funnelcli.store.session import Work


def issue(work: Work, period: Period, text: str | None, file: str | None) -> str:
    """State what everybody gets for the period, by a file's rules or else by those issued last.

    Raises Refused unless the manager signs, while the period is not over, or where a statement for
    other days has some of its days.
    """
    work.require_manager(said("issue a bonus statement"))
    issued = statements(work.reading)
    _check_days(work, period, issued)
    if text is not None:
        rules = rules_of(work.reading, text, said("rule file {name!r}", name=file))
    elif issued:
        text, rules = issued[-1].rules, next_rules(work.reading, issued[-1])
    else:
        raise NotFound(said("No rules were ever issued; name their file with --rules FILE."))
    bonus = drafted(work.reading, period, rules, issued)
    work.fact(
        "statement",
        None,
        work.now,
        period_start=period.start,
        period_end=period.end,
        period=period.name,
        as_of=work.now,
        rules=text,
        lines=json.dumps(to_record(bonus), ensure_ascii=False),
    )
    return _told(work, period, bonus, issued)


def _check_days(work: Work, period: Period, issued: Iterable[Statement]) -> None:
    if period.end > work.today:
        message = said(
            "{period} is not over: a statement for it can be issued from {day} on; "
            "how it stands is shown without --issue.",
            period=period.name,
            day=period.end,
        )
        raise Refused(message)
    other = in_the_way(period, issued)
    if other is not None:
        message = said(
            "{period} has days of {other}, for which a statement was issued on {day}; "
            "issue for other days, or undo that first, see: funnelcli history",
            period=period.name,
            other=other.period.name,
            day=local_day(other.as_of, work.zone),
        )
        raise Refused(message)


def _told(work: Work, period: Period, bonus: Bonus, issued: Iterable[Statement]) -> str:
    currency = work.settings.currency
    found = sums(bonus.lines)
    told = said(
        "Issued the bonus statement for {period} by the rules {rules}: {sum} for {people}.",
        period=period.name,
        rules=bonus.name,
        sum=bonus.unit.told(sum(found.values()), currency),
        people=plural(len(found), "{n} person", "{n} people"),
    )
    before = next((each for each in issued if each.period[1:] == period[1:]), None)
    if before is None:
        return told
    day = local_day(before.as_of, work.zone)
    return said("{done} It replaces the one of {day}.", done=told, day=day)
