"""Commands that make or change a file take turns, in the order in which they came.

SQLite gives a file that is free again to whoever asks next, so that of forty commands at once some
would ask in vain for half a minute. The system keeps the line; a command that dies leaves it.
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from funnelcli.errors import Failed, FileLocked
from funnelcli.store.file import NOTICE_AFTER, PATIENCE, in_use, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    from funnelcli.store.file import Call

LINE = struct.pack("hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, 0x40000200, 1, 0)
"""What is held of a file: a byte behind those that SQLite locks, none of which holds anything."""


@contextmanager
def in_line_to_make(path: Path, call: Call) -> Iterator[None]:
    """Keep others from making the file at `path`, having waited for those who came before.

    The folder is what is held. Raises Failed without one, FileLocked when PATIENCE has run out.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        message = f"{path} cannot be created ({error.strerror}); check the folder's rights."
        raise Failed(message) from error
    ways = (fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_EX)
    with _holding(folder, lambda way: fcntl.flock(folder, way), ways, path, call):
        yield


@contextmanager
def in_line(path: Path, call: Call) -> Iterator[None]:
    """Keep others from changing the file at `path`, having waited for those who came before.

    To be left after SQLite has closed the file, since the system lets go of SQLite's locks whenever
    the file is closed in any way. Raises FileLocked when PATIENCE has run out.
    """
    if sys.platform != "linux":
        yield  # elsewhere SQLite's locks and ours would let go of each other
        return
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        yield  # whoever may not write there is told so by SQLite's complaint
        return
    ways = (fcntl.F_OFD_SETLK, fcntl.F_OFD_SETLKW)
    with _holding(file, lambda way: fcntl.fcntl(file, way, LINE), ways, path, call):
        yield


@contextmanager
def _holding(
    place: int, take: Callable[[int], object], ways: tuple[int, int], path: Path, call: Call
) -> Iterator[None]:
    """Take a place, at once or after a wait, and let go of it in the end.

    Where the system keeps no line, nobody waits in it.
    """
    at_once, in_turn = ways
    try:
        with suppress(OSError):
            try:
                take(at_once)
            except BlockingIOError:
                with _alarm(path, call):
                    take(in_turn)
        yield
    finally:
        os.close(place)


@contextmanager
def _alarm(path: Path, call: Call) -> Iterator[None]:
    """Tell a person after a while that others are waited for, and give up when PATIENCE is out."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    told = False

    def ring(_number: int, _frame: FrameType | None) -> None:
        nonlocal told
        if told:
            raise FileLocked(in_use(path))
        told = True
        signal.setitimer(signal.ITIMER_REAL, PATIENCE - NOTICE_AFTER)
        call.notice(waiting(path))

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, NOTICE_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
