"""Cells in words, for people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from funnelcli.domain.model import Status
from funnelcli.domain.text import inert, padded
from funnelcli.domain.things import told
from funnelcli.views.table import Kind
from funnelcli.wording import marked, said, term

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

UNKNOWN = "?"
TERMS = (
    *(marked("ack"), marked("answer"), marked("archived"), marked("back")),
    *(
        marked("brought back"),
        marked("closed"),
        marked("contact"),
        marked("done"),
        marked("dropped"),
    ),
    *(marked("due"), marked("expected close"), marked("hold"), marked("instruction")),
    *(marked("milestone"), marked("none"), marked("opened"), marked("plan"), marked("plan done")),
    *(marked("plan dropped"), marked("release"), marked("reopened"), marked("reply")),
    *(marked("stage"), marked("successor")),
    *(marked("acknowledged_until"), marked("career"), marked("company"), marked("customer")),
    *(marked("expected_close"), marked("held_until"), marked("members"), marked("name")),
    *(marked("opened_at"), marked("owner"), marked("source"), marked("status"), marked("title")),
    *(marked("backups"), marked("copies"), marked("default"), marked("demo"), marked("derived")),
    *(marked("file"), marked("integrity"), marked("journal"), marked("journal mode")),
    *(marked("login or manager"), marked("place"), marked("references"), marked("rights")),
    *(marked("settings"),),
)
"""Codes that come from elsewhere: of timelines and days, of history, of checks and settings."""
OUTCOMES = (Status.WON, Status.LOST)
BAR_CELLS = 6
RIGHT = frozenset({Kind.COUNT, Kind.MONEY, Kind.SHARE, Kind.DAYS, Kind.SCORE, Kind.TIMES})
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def words(value: Any, kind: Kind, zone: ZoneInfo, *, ascii_only: bool = False) -> str:
    """Return the value as people read it, inert; an unknown amount is `?`, any other blank.

    Words in the place of a figure stay as they are.
    """
    if value is None:
        return UNKNOWN if kind is Kind.MONEY else ""
    if kind is Kind.BAR:
        return bar(float(value), ascii_only=ascii_only)
    if isinstance(value, str):
        return inert(term(value) if kind is Kind.TERM else value)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return inert(_SPOKEN.get(kind, str)(value))


_SPOKEN: dict[Kind, Callable[[Any], str]] = {
    Kind.MONEY: lambda value: f"{value:,f}",
    Kind.COUNT: lambda value: f"{value:,}",
    Kind.DAYS: lambda value: f"{value:.10g}",
    Kind.SCORE: lambda value: f"{value:.3f}",
    Kind.TIMES: lambda value: said("{value:.1f} x", value=value),
    Kind.SHARE: lambda value: f"{100 * value:.3g} %",
    Kind.FLAG: lambda value: said("yes") if value else "",
    Kind.LIST: lambda value: said("; ").join(map(str, value)),
}


def cited(cite: str) -> str:
    """Return how an entry is cited, in the reader's language; names and numbers stay."""
    last = cite.rpartition(" ")[2]
    return told(cite if last not in OUTCOMES else f"{cite.removesuffix(last)}{term(last)}")


def sentences(*texts: str) -> str:
    """Return sentences one behind the other; an empty one is none."""
    told, *more = [text for text in texts if text] or [""]
    for each in more:
        told = said("{told} {more}", told=told, more=each)
    return told


def labelled(label: str, text: str) -> str:
    """Return the text behind what it is of, as the reader's language puts the two together."""
    return said(": ").join((label, text))


def bar(share: float, cells: int = BAR_CELLS, *, ascii_only: bool = False) -> str:
    """Return a bar of at most so many cells for a share of the largest; anything is visible."""
    if ascii_only:
        return "#" * max(round(share * cells), int(share > 0))
    eighths = max(round(share * cells * 8), int(share > 0))
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def aligned(text: str, kind: Kind, cells: int) -> str:
    """Return the text filled to so many cells, numbers to the right."""
    return padded(text, cells, right=kind in RIGHT)
