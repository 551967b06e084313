"""The team: who is on it, under which system login, and when they are away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from funnelcli.domain.people import added, write_places
from funnelcli.domain.text import clean, fold
from funnelcli.errors import Refused, UsageFault
from funnelcli.store.reading.people import find_member, members
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from funnelcli.domain.people import Place
    from funnelcli.store.session import Work


def add(work: Work, name: str, login: str | None = None, more: Sequence[Place] = ()) -> str:
    """Add a rep; return what was done. Raises Refused if the name or the login is taken."""
    name = clean(name, said("name"))
    login = None if login is None else clean(login, said("login"))
    _check_free(work, name, login)
    member = work.add("member", name=name, login=login, career=write_places(more))
    return said("Added {member} to the team.", member=member.name)


def edit(
    work: Work,
    word: str,
    *,
    name: str | None = None,
    login: str | None = None,
    away: tuple[date, date] | None = None,
    more: Sequence[Place] = (),
) -> str:
    """Change a member's name or login, note a time away or a place in their career; say what."""
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
        start, end = away
        if end < start:
            message = said(
                "A time away cannot end on {end}, before it begins on {start}.",
                end=end,
                start=start,
            )
            raise UsageFault(message)
        spans = {*found.away, away}
        row.away = json.dumps(sorted([a.isoformat(), b.isoformat()] for a, b in spans))
        done.append(said("is away {start}..{end}", start=start, end=end))
    if more:
        row.career = write_places(added(found.places, more))
        done += [each.was_at for each in more]
    if not done:
        message = said("Nothing to change; give --name, --login, --away, --worked or --school.")
        raise UsageFault(message)
    return said("{member} {what}.", member=found.name, what=said(", ").join(done))


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
