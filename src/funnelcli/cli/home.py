"""`funnelcli` alone: today's short picture, or how to start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.cli.judging import the_judge
from funnelcli.cli.questions import funnel_view
from funnelcli.cli.run import Asked, Run
from funnelcli.domain.model import Filters
from funnelcli.domain.stalled import Code
from funnelcli.store.reading.conversation import inbox
from funnelcli.store.reading.milestones import milestones
from funnelcli.store.reading.process import process
from funnelcli.store.reading.stalled import alarms, overclaimed, stalled, stalled_totals
from funnelcli.views.conversation import inbox_table
from funnelcli.views.deals import milestones_table
from funnelcli.views.stalled import claims_table, largest, stalled_table
from funnelcli.views.table import Block, Lines, Page, Table, first
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funnelcli.domain.conversation import Waiting
    from funnelcli.domain.diagnosis import Finding
    from funnelcli.domain.model import MilestoneRecord
    from funnelcli.store.reading.reader import Reader
    from funnelcli.store.reading.stalled import Judge
    from funnelcli.views.table import Frame

FEW = 5
"""Stalled deals, and logs that wait, that the picture names."""

START = (
    ("funnelcli demo", marked("see three weeks of a team played")),
    ("funnelcli init --manager YOUR-NAME", marked("start a file of your own")),
    ("funnelcli --help", marked("all commands")),
)
"""How to begin, and what each command is for."""


def picture(run: Run) -> None:
    """Show how things stand today in a few lines."""
    if not run.surroundings.path.exists():
        run.say(said("There is no file yet. To begin:"))
        for line in listed(START):
            run.say(line)
        return
    with run.reading() as reader:
        run.show(home_page(run, reader), Asked())


def listed(commands: Sequence[tuple[str, str]], gap: int = 4) -> Iterator[str]:
    """Yield commands, a line each, with what each is for beside it."""
    longest = max(len(command) for command, _ in commands) + gap
    for command, purpose in commands:
        yield f"  {command.ljust(longest)}{said(purpose)}"


def home_page(run: Run, reader: Reader, title: str = "") -> Page:
    """Return today's picture: the funnel, what is stalled, what waits for the manager."""
    known = process(reader)
    judged = the_judge(reader, known)
    funnel = funnel_view(run, reader, known, Filters())
    frame = run.frame(reader, "home")
    totals = stalled_totals(judged, Filters())
    few = [f for f in stalled(judged, Filters(), limit=FEW) if not f.acknowledged]
    stopped = stalled_table(few, totals, frame, brief=True)
    if totals.deals > len(few):
        stopped = largest(stopped, len(few))
    claims = overclaimed(reader, Filters())
    blocks: list[Block] = [funnel, _titled(stopped, said("Stalled")), *alarmed(judged, Filters())]
    if claims:
        blocks.append(claims_table(claims, frame))
    logs = list(inbox(reader, Filters()))
    blocks += waiting(logs, list(milestones(reader, Filters(), state="claimed")), frame, FEW)
    heading = title or said("How we stand on {day}", day=reader.moment.today)
    return Page(funnel, heading, tuple(blocks))


def alarmed(judged: Judge, filters: Filters) -> list[Block]:
    """Return who is to be met on the deals whose people changed, if there are some."""
    told = tuple(_alarm(finding) for finding in alarms(judged, filters))
    return [Lines(said("Their people changed"), told)] if told else []


def waiting(
    logs: Sequence[Waiting],
    claimed: Sequence[MilestoneRecord],
    frame: Frame,
    most: int,
    never_read: int = 0,
) -> list[Block]:
    """Return the logs and milestones that wait for the manager, `most` of each, if some do.

    So many older logs were `never_read`, which is told beside them.
    """
    blocks: list[Block] = []
    if logs:
        title = said("Waiting for your answer")
        if len(logs) > most:
            title = said("Waiting for your answer, {few} of {all}", few=most, all=len(logs))
        blocks.append(inbox_table(logs[:most], frame, never_read, title=title))
    if claimed:
        table = milestones_table(claimed, frame, title=said("Claimed, waiting for your word"))
        blocks.append(first(table, most, "milestone list"))
    return blocks


def _titled(table: Table, title: str) -> Table:
    return table._replace(title=title)


def _alarm(finding: Finding) -> str:
    """Say who is to be met on a deal, and who knows them."""
    told = (reason.told for reason in finding.reasons if reason.code is Code.CONTACT_CHANGED)
    return f"{finding.deal.label}: {'; '.join(told)}"
