"""`demo`: three weeks of a team, played by the commands that its people typed."""

from __future__ import annotations

import io
import re
import shlex
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from funnelcli.cli.dates import weekday
from funnelcli.cli.home import home_page, listed
from funnelcli.cli.run import Asked, Run
from funnelcli.cli.start import starting
from funnelcli.config import Sourced
from funnelcli.domain.time import midnight
from funnelcli.errors import Failed, Refused
from funnelcli.playbooks.templates import demo_story
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funnelcli.config import Surroundings

MANAGER = "Jiang Yue 蒋跃"
ZONE = "Asia/Shanghai"
LENGTH = 18
"""Days from the first Monday to the end of the story."""
_LINE = re.compile(r"(-?\d+)\s+(\d\d:\d\d)\s+(.+?)\s*>\s*(.+)")

NEXT = (
    ("funnelcli", marked("today's picture")),
    ("funnelcli inbox", marked("what waits for your answer")),
    ("funnelcli brief", marked("the page for the next meeting")),
    ("funnelcli report", marked("how it all stands; -o ark.html makes it a page")),
    ("funnelcli who Zhao", marked("who on the team knows him, and how")),
    ("funnelcli stalled", marked("what has stopped, what to ask, what to do")),
    ('funnelcli deal show "Spring line"', marked("one deal, as a page")),
    ("funnelcli timeline Ark", marked("what happened with Ark, and when")),
    ("funnelcli brief --as-of {then}", marked("the page as it was known then")),
    ('funnelcli next --owner "Xiao Li"', marked("what to do first")),
    ("funnelcli history Ark", marked("who did what to Ark, and when")),
    ("funnelcli undo", marked("take the last command back; redo does it again")),
)
"""What to go on with, and what each command is for."""


class Line(NamedTuple):
    """One line of the story: when, by whom, and what."""

    at: datetime
    who: str
    what: str


def play(run: Run, keep: Path | None) -> None:
    """Build a fresh file and play the story on it, stopping where the manager looks."""
    path = keep.absolute() if keep else Path(tempfile.mkdtemp(prefix="funnelcli-demo-")) / "ark.db"
    if path.exists():
        message = said("There is a file at {path} already; the demo starts a fresh one.", path=path)
        raise Refused(message)
    monday = first_monday(run.surroundings.now)
    for line in story(monday):
        stage = Run(_at(run, path, line))
        if not path.exists():
            wishes = {"manager": MANAGER, "timezone": ZONE, "currency": "CNY"}
            with redirect_stderr(io.StringIO()), starting(stage, **wishes):
                pass
        if line.who == "look":
            _look(stage, line)
        elif line.who == "tell":
            run.say("")
            run.say(line.what)
        else:
            _type(stage, line)
    run.say("")
    run.say(said("The file is {path}.", path=path))
    run.say("")
    run.say(said("To go on with this file:"))
    run.say(f"  export FUNNELCLI_DB={shlex.quote(str(path))}")
    then = monday + timedelta(days=7)
    commands = [(command.format(then=then), purpose) for command, purpose in NEXT]
    for told in listed(commands, gap=2):
        run.say(told)


def first_monday(now: datetime) -> date:
    """Return the latest Monday from which the whole story is over by `now`."""
    latest = now.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=LENGTH)
    return latest - timedelta(days=latest.weekday())


def story(monday: date) -> Iterator[Line]:
    """Yield the story's lines in order of time, their days counted from `monday`."""
    lines = []
    for text in demo_story().splitlines():
        match = _LINE.fullmatch(text)
        if match is not None:
            day, clock, who, what = match.groups()
            begun = midnight(monday + timedelta(days=int(day)), ZoneInfo(ZONE))
            hour, minute = map(int, clock.split(":"))
            lines.append(Line(begun + timedelta(hours=hour, minutes=minute), who, what))
    yield from sorted(lines, key=lambda line: line.at)


def _at(run: Run, path: Path, line: Line) -> Surroundings:
    return run.surroundings._replace(
        path=path,
        path_origin="demo",
        person=Sourced(line.who, "demo") if line.who not in ("look", "tell") else None,
        now=line.at,
    )


def _look(stage: Run, line: Line) -> None:
    with stage.reading() as reader:
        day = line.at.astimezone(reader.moment.zone)
        page = home_page(stage, reader, f"{weekday(day.date())}. {line.what}")
        stage.say("")
        stage.show(page, Asked())


def _type(stage: Run, line: Line) -> None:
    """Run one command of the story; what it says is not part of the show."""
    from funnelcli.cli import call  # noqa: PLC0415  the program itself, which holds this command

    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        code = call(stage, shlex.split(line.what))
    if code:
        message = said(
            "The story stopped at {command!r}: {answer}",
            command=line.what,
            answer=told.getvalue(),
        )
        raise Failed(message)
