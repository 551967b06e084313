"""Commands that make or change a file take turns, in the order in which they came.

SQLite gives a file that is free again to whoever asks next, so that of forty commands at once some
would ask in vain for half a minute. The system keeps the line; a command that dies leaves it.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

from funnelcli.errors import FileLocked
from funnelcli.store.file import Patience, in_use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from funnelcli.store.file import Call

LINE = struct.pack("hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, 0x40000200, 1, 0)
"""What is held of a file: a byte behind those that SQLite locks, none of which holds anything."""


@contextmanager
def in_line_to_make(path: Path, call: Call) -> Iterator[None]:
    """Keep others from making the file at `path`, having waited for those who came before.

    Its folder is what is held. Raises OSError if that cannot be opened, FileLocked when patience
    has run out.
    """
    folder = os.open(path.parent, os.O_RDONLY)
    with _holding(folder, lambda: fcntl.flock(folder, fcntl.LOCK_EX), path, call):
        yield


@contextmanager
def in_line(path: Path, call: Call) -> Iterator[None]:
    """Keep others from changing the file at `path`, having waited for those who came before.

    To be left after SQLite has closed the file, since the system lets go of SQLite's locks whenever
    the file is closed in any way. Raises FileLocked when patience has run out.
    """
    if sys.platform != "linux":
        yield  # there is no lock of a byte that SQLite's unlocking would not take along
        return
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        yield  # whoever may not write there is told so by SQLite's complaint
        return
    with _holding(file, lambda: fcntl.fcntl(file, fcntl.F_OFD_SETLKW, LINE), path, call):
        yield


@contextmanager
def _holding(place: int, take: Callable[[], object], path: Path, call: Call) -> Iterator[None]:
    """Take an open place, and close it in the end; where the system keeps no line, nobody waits.

    A thread stands in line: a signal that came while the system waits would put a command behind
    all others, and a wish to stop would not be heard.
    """

    def stand() -> None:
        with suppress(OSError):
            take()

    try:
        taker = Thread(target=stand, daemon=True)
        taker.start()
        patience = call.patience or Patience()
        while taker.is_alive():
            call.heed()
            if not patience.lasts(path, call, taker.join):
                raise FileLocked(in_use(path))
        yield
    finally:
        os.close(place)
