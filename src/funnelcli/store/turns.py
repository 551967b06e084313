"""The making of a first file, by one command at a time: whoever comes meanwhile waits.

The folder itself is what is held, so that nothing is left behind by a command that dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from funnelcli.errors import Failed, FileLocked
from funnelcli.store.file import LONGEST_PAUSE, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funnelcli.store.file import Call


@contextmanager
def turn(path: Path, call: Call) -> Iterator[None]:
    """Keep others from making the file at `path`, having waited for those who came before.

    Raises Failed without a folder, FileLocked when PATIENCE has run out. Where a file system
    cannot hold a folder for anybody, nobody is waited for.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        message = f"{path} cannot be created ({error.strerror}); check the folder's rights."
        raise Failed(message) from error
    begun = time.monotonic()
    try:
        with suppress(OSError):
            while not _held(folder):
                call.heed()
                if time.monotonic() - begun > PATIENCE:
                    message = f"{path} is being made by another command; try again."
                    raise FileLocked(message)
                time.sleep(LONGEST_PAUSE)
        yield
    finally:
        os.close(folder)


def _held(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
