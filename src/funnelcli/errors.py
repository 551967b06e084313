"""What can go wrong, one class each; a message names the user's own word, then the remedy."""

from __future__ import annotations

import signal
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

from funnelcli.wording import marked, said, term

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType


class ExitCode(IntEnum):
    """The codes that scripts rely on (docs/exit-codes.md)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    NO_FILE = 10
    LOCKED = 11
    TOO_NEW = 12
    DAMAGED = 13
    TOO_OLD = 14
    FINDINGS = 20
    INTERRUPTED = 130
    TERMINATED = 143


class FunnelError(Exception):
    """A failure that is told to the user in one sentence."""

    exit_code = ExitCode.FAILED
    lines: tuple[str, ...] = ()
    """What is told below the sentence, such as the faults of a table."""


class Failed(FunnelError):
    """The computer would not: a full disk, a folder without rights."""


class UsageFault(FunnelError):
    """The call's words cannot be meant: an impossible date, a claim of 120 %."""

    exit_code = ExitCode.USAGE


class NotFound(FunnelError):
    """A name that nothing in the file bears."""

    exit_code = ExitCode.NOT_FOUND


LISTED = 8
"""Candidates that are listed."""


class Ambiguous(NotFound):
    """A name that several things bear; the sentence lists the candidates."""

    def __init__(self, word: str, what: str, candidates: Iterable[str], remedy: str) -> None:
        """Name `word`, say what it was taken for, list at most eight candidates and the remedy."""
        found = list(candidates)
        text = marked("{word!r} could be any of these {what}: {listed}. {remedy}")
        if len(found) > LISTED:
            text = marked("{word!r} could be any of these {what}: {listed}; and {n} more. {remedy}")
        listed = said("; ").join(found[:LISTED])
        more = len(found) - LISTED
        told = said(text, word=word, what=term(what), listed=listed, n=more, remedy=term(remedy))
        super().__init__(told)


class Refused(FunnelError):
    """The process, somebody's rights or a conflicting change stand against it."""

    exit_code = ExitCode.REFUSED


class FileThere(Refused):
    """There is a file already where one was to be made."""


class NoFile(FunnelError):
    """There is no file yet where it was looked for."""

    exit_code = ExitCode.NO_FILE


class FileLocked(FunnelError):
    """Another command held the file for the whole wait; nothing was changed."""

    exit_code = ExitCode.LOCKED


class FileTooNew(FunnelError):
    """A newer funnelcli made the file; it is left untouched."""

    exit_code = ExitCode.TOO_NEW


class FileDamaged(FunnelError):
    """The file is not a funnelcli file, or no longer readable as one."""

    exit_code = ExitCode.DAMAGED


class FileTooOld(FunnelError):
    """An older funnelcli made the file and it cannot be upgraded where it lies."""

    exit_code = ExitCode.TOO_OLD


_stops: list[int] = []
"""The signals by which somebody asked this program to stop."""


def stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Stop, as the handler of a signal; what it raises may be lost on its way.

    Python swallows what is raised while a weak reference or an object goes, and SQLite what is
    raised in a function it calls; so whoever waits looks again with `heed`.
    """
    _stops.append(number)
    raise _stopping(number)


def heed() -> None:
    """Stop if a signal asked for it."""
    if _stops:
        raise _stopping(_stops[0])


def stopped_by() -> int:
    """Return the signal that asked to stop, 0 if none did."""
    return _stops[0] if _stops else 0


def _stopping(number: int) -> BaseException:
    interrupted = number == signal.SIGINT
    return KeyboardInterrupt() if interrupted else SystemExit(ExitCode.TERMINATED)
