"""What the write side is told: of a new file, and of the command that changes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Founding(NamedTuple):
    """The settings of a new file, who its manager is, and the group it is made for."""

    settings: Mapping[str, str]
    manager: str
    login: str | None
    group: str | None = None


class Signature(NamedTuple):
    """Which command changes the file, when, and who signs.

    `person` is the name given; without one it is the member with the system's `login`, else the
    manager. `seen` is the newest operation when the command began: what it changes must not have
    been changed since.
    """

    command: str
    now: datetime
    person: str | None = None
    login: str | None = None
    seen: int | None = None
