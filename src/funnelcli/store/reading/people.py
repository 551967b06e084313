"""Who is on the team, and who is meant by a name."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from funnelcli.domain.model import Member
from funnelcli.domain.people import read_places
from funnelcli.domain.text import fold
from funnelcli.errors import Ambiguous, NotFound
from funnelcli.store.reading.reader import optional_date
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.store.reading.reader import Reader

MEMBERS = """SELECT id, name, manager, login, away, career, joined_on, left_on FROM member
WHERE NOT gone ORDER BY manager DESC, id"""
OWNING = "SELECT DISTINCT d.owner_id FROM deal d WHERE d.live = 1 AND d.owner_id IS NOT NULL"


def members(reader: Reader) -> list[Member]:
    """Return the team, the manager first."""
    return [
        Member(
            id=number,
            name=name,
            manager=bool(manager),
            login=login,
            away=tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in json.loads(away)),
            places=read_places(career),
            joined=optional_date(joined),
            left=optional_date(left),
        )
        for number, name, manager, login, away, career, joined, left in reader.rows(MEMBERS)
    ]


def find_member(reader: Reader, word: str) -> Member:
    """Return the member of that name, whole, of that number, or whose name it is a part of.

    Raises NotFound or Ambiguous.
    """
    team = members(reader)
    wanted = fold(word)
    number = wanted.removeprefix("#")
    exact = [m for m in team if fold(m.name) == wanted] or [m for m in team if str(m.id) == number]
    found = exact or ([m for m in team if wanted in fold(m.name)] if wanted else [])
    if not found:
        remedy = said("see: funnelcli team list")
        if wanted and not number.isdecimal():
            remedy = said("add them with: funnelcli team add {word!r}", word=word)
        message = said("{word!r} is nobody on the team; {remedy}", word=word, remedy=remedy)
        raise NotFound(message)
    if len(found) > 1:
        listed = (f"{m.id} {m.name}" for m in found)
        raise Ambiguous(word, said("people"), listed, said("Use the number."))
    return found[0]


def find_signer(reader: Reader, word: str | None, login: str | None) -> Member:
    """Return who signs: the one named, else the member with the login, else the manager."""
    if word is not None:
        return find_member(reader, word)
    team = members(reader)
    return next((m for m in team if login is not None and m.login == login), team[0])


def owning(reader: Reader) -> set[int]:
    """Return the members who own a deal that is open."""
    return {number for (number,) in reader.rows(OWNING)}
