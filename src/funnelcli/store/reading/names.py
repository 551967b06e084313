"""Names that a shell may offer, read at a glance: at once, or not at all.

Nothing is waited for, brought up to date or recovered here; whoever presses TAB is typing.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from time import monotonic
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from funnelcli.domain.model import Filters
from funnelcli.domain.text import fold
from funnelcli.domain.time import Moment
from funnelcli.store.file import check
from funnelcli.store.reading.conversation import inbox, plans
from funnelcli.store.reading.deals import find_deal
from funnelcli.store.reading.process import process
from funnelcli.store.reading.reader import Reader, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

PATIENCE = 0.1
"""Seconds for which a locked file is waited for."""
GLANCE = 0.2
"""Seconds after which what has not been found is left out."""
_STEPS = 10_000

DEAL_NUMBERS = """SELECT d.id FROM deal d WHERE d.live = 1 AND d.id LIKE :key || '%'
ORDER BY d.amount DESC, d.id"""
CONTACT_NAMES = "SELECT k.id, k.name FROM contact k WHERE k.name IS NOT NULL ORDER BY k.id"
DEAL_NAMES = """SELECT d.name FROM deal d WHERE d.live = 1
AND d.name_key >= :key AND d.name_key < :key || char(1114111) ORDER BY d.name_key"""


@contextmanager
def glancing(path: Path, now: datetime) -> Iterator[Reader]:
    """Open the file for a glance at its names.

    Raises what SQLite or the file's check has to say; so does reading on for too long.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(
        sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
    ) as connection:
        connection.execute("PRAGMA query_only=ON")
        check(connection, path)
        found = settings(connection)
        end = monotonic() + GLANCE
        connection.set_progress_handler(lambda: monotonic() > end, _STEPS)
        yield Reader(connection, found, Moment(now, ZoneInfo(found.timezone)))


def deals(reader: Reader, start: str) -> Iterator[str]:
    """Yield the numbers of open deals, the largest deal first, and names; each begins so."""
    if start.isascii() and (start.isdigit() or not start):
        for (number,) in reader.rows(DEAL_NUMBERS, key=start):
            yield str(number)
    for (name,) in reader.rows(DEAL_NAMES, key=fold(start)):
        yield name


def milestones(reader: Reader, deal: str) -> Iterator[str]:
    """Yield the names of the milestones on the way of that deal."""
    pipeline, _ = process(reader).by_stage[find_deal(reader, deal).stage_id]
    for stage in pipeline.stages:
        for milestone in stage.milestones:
            yield milestone.name


def stages(reader: Reader) -> Iterator[str]:
    """Yield the names of the stages, once each."""
    found = (stage.name for pipeline in process(reader).pipelines for stage in pipeline.stages)
    yield from dict.fromkeys(found)


def contacts(reader: Reader) -> Iterator[tuple[int, str]]:
    """Yield the numbers and names of the contacts."""
    yield from reader.rows(CONTACT_NAMES)


def waiting(reader: Reader) -> Iterator[str]:
    """Yield the numbers of the logs that wait for an answer."""
    yield from (str(log.log) for log in inbox(reader, Filters()))


def planned(reader: Reader) -> Iterator[str]:
    """Yield the numbers of what is planned."""
    yield from (str(plan.plan) for plan in plans(reader, state="open"))
