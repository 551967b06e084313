"""How a file fares: what was looked at, what was found, and which places are risky for it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.wording import marked

if TYPE_CHECKING:
    from collections.abc import Iterable

_NETWORK = re.compile(
    r"(nfs|cifs|smb|afs|9p|ncpfs|ceph|lustre|gluster|beegfs|davfs)|fuse\.", re.IGNORECASE
)
_SYNCHRONISED = re.compile(
    r"(?P<who>dropbox|onedrive|google ?drive|mobile documents|icloud ?drive|nextcloud|owncloud"
    r"|nutstore|syncthing)(?![a-z])|(?P<nut>.*坚果云)",
    re.IGNORECASE,
)
_CONFLICT = re.compile(r"conflicted copy|sync-conflict|冲突", re.IGNORECASE)


class State(StrEnum):
    """How a check ended; a warning and a fault are findings."""

    OK = marked("ok")
    NOTE = marked("note")
    WARNING = marked("warning")
    FAULT = marked("fault")

    @property
    def finding(self) -> bool:
        """Whether something should be done about it."""
        return self in (State.WARNING, State.FAULT)


class Check(NamedTuple):
    """One thing that was looked at, what was found, and what to do about it."""

    check: str
    state: State
    text: str
    remedy: str | None = None


def network_mount(path: str, mounts: str) -> str | None:
    r"""Return the kind of network file system on which `path` lies, None on a local one.

    `mounts` is the system's table as Linux has it: device, place and kind on each line, a blank in
    a place written as `\040`. The longest place that holds the path counts, of two the later one.
    """
    longest, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:  # noqa: PLR2004  what the system would not write
            continue
        place = re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), fields[1])
        holds = path == place or path.startswith(place.rstrip("/") + "/")
        if holds and len(place) >= longest:
            longest, kind = len(place), fields[2]
    return kind if _NETWORK.match(kind) else None


def synchronised_folder(parts: Iterable[str]) -> str | None:
    """Return the first of a path's parts that a synchronising program is known to use."""
    return next((part for part in parts if _SYNCHRONISED.match(part)), None)


def conflicted_copies(stem: str, siblings: Iterable[str]) -> list[str]:
    """Return the siblings that such a program left when a file `stem` changed in two places."""
    return sorted(name for name in siblings if name.startswith(stem) and _CONFLICT.search(name))


def loses_commits_in_wal(version: tuple[int, ...]) -> bool:
    """Tell whether this version of SQLite can lose commits in WAL mode (sqlite.org/wal.html).

    Mended in 3.51.3, and in 3.50.7 and 3.44.6 of older lines.
    """
    mended = {(3, 50): (3, 50, 7), (3, 44): (3, 44, 6)}
    return version < mended.get((version[0], version[1]), (3, 51, 3))
