"""One call: its surroundings, the doors to the file, and where answers and talk go."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from funnelcli import config
from funnelcli.cli.dates import Facing, parse_day, parse_moment, parse_period
from funnelcli.domain.model import Filters
from funnelcli.domain.time import Moment
from funnelcli.errors import Failed, FileThere, UsageFault, heed
from funnelcli.store.file import Call, Patience
from funnelcli.store.reading.facts import calendar_changed_at
from funnelcli.store.reading.people import find_member, find_signer
from funnelcli.store.reading.process import process
from funnelcli.store.reading.reader import Reader, reading
from funnelcli.views.plain import aloud
from funnelcli.views.table import Format, Frame, Page, Table
from funnelcli.views.write import write
from funnelcli.wording import said, speak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO
    from zoneinfo import ZoneInfo

    import typer

    from funnelcli.domain.model import Member, Settings
    from funnelcli.domain.time import Period
    from funnelcli.store.session import Work


BUFFER = 1 << 16
"""Bytes that are written to a file at once: long lists take thousands of times that."""


class Asked(NamedTuple):
    """How a question wants to be answered: when, about which deals, in which format, where."""

    as_of: str | None = None
    hindsight: bool = False
    owner: str | None = None
    pipeline: str | None = None
    customer: str | None = None
    source: str | None = None
    fmt: Format = Format.TABLE
    output: Path | None = None

    @property
    def whose(self) -> str:
        """Which deals are asked about, in the words of the question."""
        words = (self.owner, self.pipeline, self.customer, self.source)
        return said(", ").join(word for word in words if word)


NOW = Asked()
"""How things stand now, about every deal, as a table."""


class Run:
    """Everything a command needs, opened when it is needed."""

    def __init__(self, surroundings: config.Surroundings) -> None:
        self.surroundings = surroundings
        self.call = Call(surroundings.now, self.note, self._notice, heed, Patience())

    @contextmanager
    def reading(self, asked: Asked = NOW, option: str = "--as-of") -> Iterator[Reader]:
        """Open the file for a question, at the moment that is asked about by `option`."""
        if asked.hindsight and asked.as_of is None:
            message = said("--hindsight needs --as-of: it says how to look at a past day.")
            raise UsageFault(message)
        now = self.surroundings.now

        def moment(zone: ZoneInfo) -> Moment:
            if asked.as_of is None:
                return Moment(now, zone)
            return self.moment(asked.as_of, zone, hindsight=asked.hindsight, option=option)

        with reading(self.surroundings.path, moment, self.call) as reader:
            self._speak(reader.settings)
            yield reader

    def moment(self, word: str, zone: ZoneInfo, *, hindsight: bool, option: str) -> Moment:
        """Return the past moment that was said, echoing on stderr what words were understood as."""
        now = self.surroundings.now
        found = parse_moment(word, now, zone, hindsight=hindsight, option=option)
        self._echo(word, found.today)
        return found

    @contextmanager
    def change(self, command: str, *, starts: bool = False, aside: bool = False) -> Iterator[Work]:
        """Open one operation on the file and, once it is committed, say (or note) what it did.

        A command that `starts` makes the default file if there is none, and says so; never a file
        that was named, and none if it fails.
        """
        from funnelcli.store.reading.collision import (  # noqa: PLC0415  of the write side
            newest_operation,
        )

        path = self.surroundings.path
        seen = newest_operation(path, self.call)
        from funnelcli.store.founding import Signature  # noqa: PLC0415
        from funnelcli.store.session import changing  # noqa: PLC0415  of the write side

        person = self.surroundings.person
        name = person.value if person else None
        login = None if person else config.system_login()
        signature = Signature(command, self.surroundings.now, name, login, seen)
        with ExitStack() as held:
            draft = None
            if starts and not self.surroundings.explicit_path and not path.exists():
                from funnelcli.cli.start import starting  # noqa: PLC0415  rarely needed

                with suppress(FileThere):  # somebody else was first
                    draft = held.enter_context(starting(self))
            work = held.enter_context(changing(draft.path if draft else path, signature, self.call))
            self._speak(work.settings)
            yield work
            if draft is not None:
                draft.wanted = work.kept
        if draft is not None and draft.wanted:
            self.note(draft.said)
        (self.note if aside else self.tell)(work.summary)

    def signer(self, reader: Reader) -> Member:
        """Return who asks: the one named, else the member with the login, else the manager."""
        person = self.surroundings.person
        login = None if person else config.system_login()
        return find_signer(reader, person.value if person else None, login)

    def _speak(self, settings: Settings) -> None:
        """Speak the file's language, unless another was asked for."""
        if self.surroundings.lang is None:
            speak(settings.lang)

    def filters(self, reader: Reader, asked: Asked) -> Filters:
        """Return the filters, names made sure of."""
        owner = None if asked.owner is None else find_member(reader, asked.owner).id
        pipeline = None
        if asked.pipeline is not None:
            pipeline = process(reader).pipeline(asked.pipeline).name
        return Filters(owner, pipeline, asked.customer, asked.source)

    def certain_day(self, word: str, today: date, facing: Facing = Facing.ON) -> date:
        """Return the day that was said, echoing on stderr what words were understood as."""
        found = parse_day(word, today, facing)
        self._echo(word, found)
        return found

    def day(self, word: str | None, today: date) -> date | None:
        """Return the day that was said, if one was."""
        return None if word is None else self.certain_day(word, today)

    def past_day(self, word: str | None, today: date, option: str = "--on") -> date | None:
        """Return the day on which something happened; raises UsageFault for one to come."""
        if word is None:
            return None
        found = self.certain_day(word, today, Facing.BACK)
        if found > today:
            message = said(
                "{word!r} is still to come; {option} takes today or an earlier day.",
                word=word,
                option=option,
            )
            raise UsageFault(message)
        return found

    def coming(self, word: str | None, today: date) -> Period:
        """Return the period that was said, or this quarter; raises UsageFault for one gone by."""
        found = parse_period("quarter", today) if word is None else self.period(word, today)
        if found.end <= today:
            last = found.end - timedelta(days=1)
            message = said(
                "{period} is over; --period {period} --as-of DATE, up to {last}, "
                "shows what was to come then.",
                period=found.name,
                last=last,
            )
            raise UsageFault(message)
        return found

    def begun(self, word: str | None, today: date) -> Period:
        """Return the period that was said, or this quarter; raises UsageFault for one to come."""
        now = parse_period("quarter", today)
        found = now if word is None else self.period(word, today)
        if found.start > today:
            message = said(
                "{name} begins on {start}; ask about one that has begun, such as {now}.",
                name=found.name,
                start=found.start,
                now=now.name,
            )
            raise UsageFault(message)
        return found

    def period(self, word: str, today: date) -> Period:
        """Return the period that was said, echoing on stderr what words were understood as."""
        found = parse_period(word, today)
        if word.strip() != found.name:
            self.note(said("{word} is {period}", word=word, period=found.name))
        return found

    def _echo(self, word: str, found: date) -> None:
        if not word.startswith(found.isoformat()):
            self.note(said("{word} is {day}", word=word, day=found.isoformat()))

    def frame(self, reader: Reader, name: str) -> Frame:
        """Return what the answer to a question bears."""
        moment = reader.moment
        notes: tuple[str, ...] = ()
        if moment.past:
            changed = process(reader).changed | {said("the calendar"): calendar_changed_at(reader)}
            late = [what for what, at in changed.items() if at is not None and at > moment.at]
            if late:
                told = said(
                    "Stages, limits and calendar are today's; changed since: {what}.",
                    what=said(", ").join(late),
                )
                notes = (told,)
        currency, past = reader.settings.currency, moment.past
        return Frame(f"funnelcli.{name}/1", moment.at, currency, moment.zone, notes, past)

    def show(self, view: Table | Page, asked: Asked) -> None:
        """Write the answer to stdout, or whole to the file that was named."""
        table = view.table if isinstance(view, Page) else view
        if asked.output is not None and str(asked.output) != "-":
            write_private(
                asked.output, lambda out: write(view, asked.fmt, out, terminal=False, color=False)
            )
        else:
            out = sys.stdout
            terminal = out.isatty()
            color = self.surroundings.color and terminal
            if not write(view, asked.fmt, out, terminal=terminal, color=color):
                self.note(table.nothing)
        if asked.fmt is not Format.JSON:
            for note in table.frame.notes:
                self.note(note)

    @contextmanager
    def aside(self, view: Table | Page, asked: Asked) -> Iterator[TextIO]:
        """Write an answer that is remembered aside, so that nothing of it is seen before.

        To be given to `deliver` then.
        """
        import tempfile  # noqa: PLC0415  only what is remembered needs it

        out, filed = sys.stdout, asked.output is not None and str(asked.output) != "-"
        terminal = out.isatty() and not filed
        encoding = "utf-8" if filed else out.encoding or "utf-8"
        with tempfile.TemporaryFile(
            "w+", BUFFER, encoding=encoding, errors=out.errors, newline=""
        ) as answer:
            color = self.surroundings.color and terminal
            write(view, asked.fmt, answer, terminal=terminal, color=color)
            answer.seek(0)
            yield answer

    def deliver(self, answer: TextIO | None, asked: Asked) -> None:
        """Write what was written aside, if anything, to stdout or to the file that was named."""
        from shutil import copyfileobj  # noqa: PLC0415  as above

        def fill(out: TextIO) -> None:
            if answer is not None and hasattr(out, "buffer"):
                out.flush()
                copyfileobj(answer.buffer, out.buffer, BUFFER)
            elif answer is not None:
                copyfileobj(answer, out)

        if asked.output is not None and str(asked.output) != "-":
            write_private(asked.output, fill)
        else:
            fill(sys.stdout)
            sys.stdout.flush()

    def say(self, text: str) -> None:
        """Say something on stdout."""
        sys.stdout.write(aloud(text, sys.stdout) + "\n")

    def tell(self, text: str) -> None:
        """Say on stdout what was done; raises Failed, which tells it, where that takes nothing."""
        try:
            self.say(text)
            sys.stdout.flush()
        except OSError as error:
            message = said(
                "It is done, but stdout did not take the answer ({why}): {answer}",
                why=error.strerror,
                answer=text,
            )
            raise Failed(message) from error

    def note(self, text: str) -> None:
        """Say something aside, on stderr."""
        sys.stdout.flush()
        sys.stderr.write(aloud(text, sys.stderr) + "\n")

    def _notice(self, text: str) -> None:
        """Say something aside to a person who waits, to nobody off a terminal."""
        if sys.stderr.isatty():
            self.note(text)


def write_private(path: Path, fill: Callable[[TextIO], object]) -> None:
    """Let `fill` write a file beside its place and move it there whole, for its owner's eyes.

    A file that is there already keeps its rights; what is no file, such as a pipe, is written to.
    """
    import tempfile  # noqa: PLC0415  only files need it

    path = path.resolve()
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as out:
                fill(out)
            return
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        draft = Path(name)
        try:
            with os.fdopen(handle, "w", BUFFER, encoding="utf-8", newline="") as out:
                fill(out)
            draft.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o600)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        message = said("{path} cannot be written ({why}).", path=path, why=error.strerror)
        raise Failed(message) from error


def folder_for_tables(place: str) -> Path:
    """Make the folder if there is none, and return it; raises Failed where that cannot be done.

    Raises UsageFault for what is not meant for one.
    """
    folder = Path(place)
    if not place.strip() or (folder.suffix in _FILES and not folder.is_dir()) or folder.is_file():
        message = said(
            "{place!r} is no name for a folder of tables; name a folder (--all: FILE.json).",
            place=place,
        )
        raise UsageFault(message)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = said("{path} cannot be made ({why}).", path=place, why=error.strerror)
        raise Failed(message) from error
    return folder


_FILES = (".csv", ".gz", ".json", ".jsn", ".tsv", ".txt", ".xlsx", ".zip")
"""How names end that are meant for a file."""


def current(ctx: typer.Context) -> Run:
    """Return the run that this call is."""
    run = ctx.obj
    if not isinstance(run, Run):
        raise TypeError(run)
    return run
