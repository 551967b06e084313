"""`bonus`: what everybody earned in a period by stated rules, and the statements of it."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from funnelcli.cli import acting
from funnelcli.cli.options import AsOfOption, FormatOption, OutputOption, OwnerOption, PeriodOption
from funnelcli.cli.run import Asked, Run, current
from funnelcli.domain.bonus import differences, in_the_way
from funnelcli.domain.model import require_manager
from funnelcli.domain.text import RULES_LENGTH
from funnelcli.errors import Failed, NotFound, UsageFault
from funnelcli.store.reading.bonus import drafted, issued_rules, next_rules, rules_of, statements
from funnelcli.store.reading.people import find_member, members
from funnelcli.views.bonus import Answer, bonus_page, no_rules
from funnelcli.views.issued import issued_page
from funnelcli.views.table import Format
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.domain.bonus import Statement
    from funnelcli.domain.rules import Rules
    from funnelcli.domain.time import Period
    from funnelcli.store.reading.reader import Reader
    from funnelcli.views.table import Page, Table

MOST_BYTES = 4 * RULES_LENGTH + 4
"""Bytes that are read of a rule file: more than the longest has."""


def bonus(
    ctx: typer.Context,
    period: PeriodOption = None,
    rules: Annotated[
        str | None,
        typer.Option("--rules", metavar="FILE.toml", help="The rules; - for stdin."),
    ] = None,
    issue: Annotated[
        bool, typer.Option("--issue", help="Keep it as the statement for the period.")
    ] = False,
    listed: Annotated[
        bool, typer.Option("--statements", help="List those that were issued.")
    ] = False,
    owner: OwnerOption = None,
    as_of: AsOfOption = None,
    fmt: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Show what everybody earned in a period by stated rules (manager).

    With --rules it is a draft. With --issue, once the period is over, the statement is kept with
    the rules in force; without --rules it is shown as it was issued, and what would be different
    today. With --statements all that were issued are listed, and what they come to together.
    What counts is told in docs/bonus.md.

    Example: funnelcli bonus --period 2026Q4 --rules examples/bonus.toml
    """
    run = current(ctx)
    asked = Asked(as_of, owner=owner, fmt=fmt, output=output)
    if listed and (issue or rules is not None):
        message = said("--statements lists what was issued; leave --issue and --rules away.")
        raise UsageFault(message)
    text = None if rules is None else _read(rules)
    if issue:
        if asked != Asked():
            message = said(
                "--issue keeps a statement for everybody as of now; "
                "leave --owner, --as-of, --format and --output away."
            )
            raise UsageFault(message)
        _issue(run, period, text, rules)
        return
    with run.reading(asked) as reader:
        require_manager(run.signer(reader), said("see the bonus"))
        if listed:
            run.show(_list(run, reader, period, owner), asked)
            return
        days = run.begun(period, reader.today)
        frame = run.frame(reader, "bonus")
        called = said("rule file {name!r}", name=rules)
        answer = _answer(reader, days, None if text is None else rules_of(reader, text, called))
        if answer is None:
            run.show(no_rules(days, frame), asked)
            return
        if owner is not None:
            answer = answer.of(find_member(reader, owner).id)
        run.show(bonus_page(answer, days, frame), asked)


def _issue(run: Run, period: str | None, text: str | None, file: str | None) -> None:
    """Keep the statement for the period that was said."""
    if period is None:
        raise UsageFault(said("--issue needs the period that it is for: add --period PERIOD."))
    with run.change("bonus") as work:
        days = run.period(period, work.today)
        work.summary = acting.bonus.issue(work, days, text, file)


def _list(run: Run, reader: Reader, word: str | None, owner: str | None) -> Table | Page:
    """Return the statements that are of the period alone, or all of them."""
    period = None if word is None else run.begun(word, reader.today)
    found = [each for each in statements(reader) if period is None or each.period.within(period)]
    whose = members(reader) if owner is None else [find_member(reader, owner)]
    names = {member.id: member.name for member in whose}
    return issued_page(found, names, period, run.frame(reader, "bonus-statements"))


def _answer(reader: Reader, period: Period, rules: Rules | None) -> Answer | None:
    """Return the draft by these rules, else the statement, else the draft by the last rules."""
    issued = statements(reader)
    here = next((each for each in issued if each.period[1:] == period[1:]), None)
    if rules is None and here is not None:
        return _issued(reader, here, issued)
    if rules is None and issued:
        rules = next_rules(reader, issued[-1])
    if rules is None:
        return None
    bonus = drafted(reader, period, rules, issued)
    return Answer(
        bonus, here, in_the_way=in_the_way(period, issued), over=period.end <= reader.today
    )


def _issued(reader: Reader, statement: Statement, issued: list[Statement]) -> Answer:
    """Return the statement with what its rules come to by now, if the process still has them."""
    answer = Answer(statement.bonus, statement, as_issued=True)
    try:
        rules = issued_rules(reader, statement)
    except UsageFault as error:
        return answer._replace(fault=str(error))
    now = drafted(reader, statement.period, rules, issued)
    return answer._replace(changed=tuple(differences(statement.bonus.lines, now.lines)))


def _read(file: str) -> str:
    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
            data = source.read(MOST_BYTES)
    except FileNotFoundError as error:
        message = said("There is no file {name!r}.", name=file)
        raise NotFound(message) from error
    except OSError as error:
        message = said("{name!r} cannot be read ({why}).", name=file, why=error.strerror)
        raise Failed(message) from error
    try:
        return data.decode("utf-8-sig", "strict" if len(data) < MOST_BYTES else "ignore")
    except ValueError as error:
        message = said("The rule file {name!r} is not UTF-8 text; save it as UTF-8.", name=file)
        raise UsageFault(message) from error
