"""The team: who is on it, from when to when, under which login, and when they are away."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from funnelcli.domain.people import added, write_places
from funnelcli.domain.text import clean, fold
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.reading.people import find_member, members
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from funnelcli.domain.model import Member
    from funnelcli.domain.people import Place
    from funnelcli.store.session import Work


def add(
    work: Work,
    name: str,
    login: str | None = None,
    more: Sequence[Place] = (),
    joined: date | None = None,
) -> str:
    """Add a rep; return what was done. Raises Refused if the name or the login is taken."""
    name = clean(name, said("name"))
    login = None if login is None else clean(login, said("login"))
    _check_free(work, name, login)
    career = write_places(more)
    member = work.add("member", name=name, login=login, career=career, joined_on=joined)
    return said("Added {member} to the team.", member=member.name)


def edit(
    work: Work,
    word: str,
    *,
    name: str | None = None,
    login: str | None = None,
    away: tuple[()] | tuple[date, date] | None = None,
    more: Sequence[Place] = (),
    stay: Mapping[str, date | None] = MappingProxyType({}),
) -> str:
    """Change a member's name or login, note a time away or a place in their career; say what.

    An `away` without days takes all times away back.
    `stay` gives the days `joined_on` and `left_on`, the first on which they are no longer there;
    None where there is none any more.
    """
    found = find_member(work.reading, word)
    _check_free(work, name, login, but=found.id)
    row = work.row("member", found.id)
    done = []
    if name is not None:
        row.name = clean(name, said("name"))
        done.append(said("is now called {name}", name=row.name))
    if login is not None:
        row.login = clean(login, said("login"))
        told = marked("signs in as {login}")
        if found.login not in (None, row.login):
            told = marked("signs in as {login} (was {was})")
        done.append(said(told, login=row.login, was=found.login))
    if away is not None:
        row.away, told = _away(found, away)
        done.append(told)
    if more:
        row.career = write_places(added(found.places, more))
        done += [each.was_at for each in more]
    if stay:
        _stay(row, stay, found.name)
        done += [said(_STAYED[key, day is not None], day=day) for key, day in stay.items()]
    if not done:
        message = said(
            "Nothing to change; give --name, --login, --away, --joined, --left, --worked or "
            "--school."
        )
        raise UsageFault(message)
    return said("{member} {what}.", member=found.name, what=said(", ").join(done))


def _away(found: Member, away: tuple[()] | tuple[date, date]) -> tuple[str, str]:
    """Return all the times away as they are kept, and what is said of it."""
    if not away:
        return "[]", said("was never away")
    start, end = away
    if end < start:
        message = said(
            "A time away cannot end on {end}, before it begins on {start}.", end=end, start=start
        )
        raise UsageFault(message)
    spans = {*found.away, away}
    kept = json.dumps(sorted([a.isoformat(), b.isoformat()] for a, b in spans))
    return kept, said("is away {start}..{end}", start=start, end=end)


_STAYED = {
    ("joined_on", True): marked("joined on {day}"),
    ("joined_on", False): marked("joined on a day that nobody knows"),
    ("left_on", True): marked("is gone from {day} on"),
    ("left_on", False): marked("is there still"),
}


def _stay(row: Any, stay: Mapping[str, date | None], name: str) -> None:
    for key, day in stay.items():
        setattr(row, key, day)
    if row.joined_on is not None and row.left_on is not None and row.left_on <= row.joined_on:
        message = said(
            "{member} cannot have left by {left}, having joined on {joined}; --left is the first "
            "day on which somebody is no longer there.",
            member=name,
            left=row.left_on,
            joined=row.joined_on,
        )
        raise UsageFault(message)


def _check_free(work: Work, name: str | None, login: str | None, but: int | None = None) -> None:
    for other in members(work.reading):
        if other.id == but:
            continue
        if name is not None and fold(other.name) == fold(name):
            message = said("{member} is on the team already.", member=other.name)
            raise Refused(message)
        if login is not None and other.login == login:
            message = said(
                "{member} has the login {login!r} already.", member=other.name, login=login
            )
            raise Refused(message)
