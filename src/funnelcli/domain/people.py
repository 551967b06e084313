"""People at the customer: their careers, what they are on a deal, who on the team knows them."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.matching import same
from funnelcli.domain.text import clean
from funnelcli.errors import UsageFault
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime


class Role(StrEnum):
    """What somebody is on a deal."""

    DECISION_MAKER = marked("decision-maker")
    CHAMPION = marked("champion")
    EVALUATOR = marked("evaluator")
    INFLUENCER = marked("influencer")
    USER = marked("user")
    BLOCKER = marked("blocker")


class Stance(StrEnum):
    """How somebody stands to us."""

    FOR = marked("for")
    NEUTRAL = marked("neutral")
    AGAINST = marked("against")
    UNKNOWN = marked("unknown")


JOB, SCHOOL = marked("job"), marked("school")
_TIME = r"\d{4}(?:-\d\d(?:-\d\d)?)?"
_PERIOD = rf"({_TIME})?\.\.({_TIME})?"
_DEPARTMENT = r"(?i)\b(department|dept\.?|division|office|team)$|(部|部门|处|處|科|中心|室|组|組)$"


class Place(NamedTuple):
    """A post or a school in a career; `start` and `end` are as exact as is known: 2019, 2019-05."""

    kind: str
    name: str
    title: str | None = None
    start: str | None = None
    end: str | None = None

    @property
    def was_at(self) -> str:
        """What somebody did there, and where it was."""
        if self.kind == JOB:
            return said("worked at {place}", place=self.spoken)
        return said("studied at {place}", place=self.spoken)

    @property
    def years(self) -> str:
        """The period, if any of it is known."""
        return f"{self.start or ''}..{self.end or ''}" if self.start or self.end else ""

    @property
    def spoken(self) -> str:
        """Return where, as what, and when, as it is typed: the same in every language."""
        return ", ".join(part for part in (self.name, self.title, self.years) if part)

    def apart(self, other: Place) -> bool:
        """Tell whether the two periods are known not to meet."""
        return _before(self.end, other.start) or _before(other.end, self.start)


def _before(end: str | None, start: str | None) -> bool:
    """Tell whether what ends so ends before what starts so, as far as both are known."""
    if end is None or start is None:
        return False
    known = min(len(end), len(start))
    return end[:known] < start[:known]


def place(kind: str, text: str) -> Place:
    """Return the place that `NAME[, TITLE][, FROM..TO]` means; raises UsageFault."""
    parts = [part.strip() for part in clean(text, kind).split(",")]
    start = end = None
    match = re.fullmatch(_PERIOD, parts[-1])
    if match is not None:
        start, end = match.groups()
        parts.pop()
        if start and end and _before(end, start):
            message = said("{text!r} ends before it begins.", text=text)
            raise UsageFault(message)
    if not parts or not parts[0]:
        message = said("{text!r} names no place; write NAME, TITLE, FROM..TO.", text=text)
        raise UsageFault(message)
    name, *titles = parts
    return Place(kind, name, ", ".join(titles) or None, start, end)


def places(worked: Iterable[str] | None, schools: Iterable[str] | None) -> tuple[Place, ...]:
    """Return the places that are said of employers and of schools."""
    return (
        *(place(JOB, each) for each in worked or ()),
        *(place(SCHOOL, e) for e in schools or ()),
    )


def read_places(stored: str | None) -> tuple[Place, ...]:
    """Return the career that `write_places` made the JSON of."""
    return tuple(Place(*each) for each in json.loads(stored or "[]"))


def write_places(places: Iterable[Place]) -> str:
    """Return a career as the JSON that the file keeps."""
    return json.dumps([list(each) for each in places], ensure_ascii=False)


def added(places: Sequence[Place], more: Iterable[Place]) -> tuple[Place, ...]:
    """Return a career with more places; one of the same name that is there is replaced."""
    found = list(places)
    for new in more:
        found = [old for old in found if (old.kind, old.name) != (new.kind, new.name)]
        found.append(new)
    return tuple(found)


def is_department(text: str) -> bool:
    """Tell whether a name is that of a department rather than of a company."""
    return re.search(_DEPARTMENT, text.strip()) is not None


class ContactRecord(NamedTuple):
    """Somebody at a customer, or whom the team knows."""

    id: int
    name: str
    company: str | None
    title: str | None
    places: tuple[Place, ...]
    note: str | None

    @property
    def label(self) -> str:
        """How they are listed: `12 Zhao Bing (Sanli)`."""
        return f"{self.id} {self.name}" + (f" ({self.company})" if self.company else "")

    @property
    def career(self) -> tuple[Place, ...]:
        """Where they are now, and where they were."""
        if self.company is None:
            return self.places
        return (Place(JOB, self.company, self.title), *self.places)


class RoleRecord(NamedTuple):
    """What somebody is on a deal, how they stand to us, and when each was last known."""

    deal_id: int
    deal: str
    contact_id: int
    contact: str
    company: str | None
    title: str | None
    role: str | None
    stance: str
    stance_on: date | None
    ended: bool
    last_touch_at: datetime | None


class Touch(NamedTuple):
    """A call, visit or meeting with a contact: who was there of the team, and what was said."""

    on: date
    by: str | None
    deal_id: int
    deal: str
    kind: str
    text: str


class Replaced(NamedTuple):
    """Somebody on a deal left or was replaced; `unmet` until somebody met the last successor."""

    deal_id: int
    deal: str
    owner: str | None
    at: datetime | None
    contact_id: int
    contact: str
    successor_id: int | None
    successor: str | None
    unmet: bool


class Called(NamedTuple):
    """A place of a career with its name as names are compared."""

    place: Place
    name: str


class Colleague(NamedTuple):
    """Somebody of the team, with the places of their career."""

    id: int
    name: str
    places: tuple[Called, ...]


class Acquaintance(NamedTuple):
    """Who on the team knows somebody, from where, and whether that is sure."""

    person: str
    relation: str
    sure: bool


def acquaintances(
    shared: Iterable[Acquaintance],
    ties: Iterable[tuple[str, str]],
    namesakes: Iterable[tuple[str, str]],
) -> list[Acquaintance]:
    """Return who knows somebody, sure ones first: by a tie, or by a place they `shared`.

    Ties are of a member and a relation; one to a namesake may be to the same person.
    """
    found = [
        *(Acquaintance(who, how, sure=True) for who, how in ties),
        *shared,
        *(Acquaintance(who, how, sure=False) for who, how in namesakes),
    ]
    return sorted(dict.fromkeys(found), key=lambda each: not each.sure)


def shared_places(career: Iterable[Called], colleague: Colleague) -> Iterator[Acquaintance]:
    """Yield the employers and schools that a colleague shares with somebody."""
    for theirs, name in career:
        for ours, our_name in colleague.places:
            match = same(name, our_name) if ours.kind == theirs.kind else False
            if match is not False:
                apart = theirs.apart(ours)
                relation = said(_SHARED[theirs.kind, apart], name=ours.name)
                yield Acquaintance(colleague.name, relation, bool(match) and not apart)


_SHARED = {
    (JOB, False): marked("same employer: {name}"),
    (JOB, True): marked("same employer: {name}, other years"),
    (SCHOOL, False): marked("same school: {name}"),
    (SCHOOL, True): marked("same school: {name}, other years"),
}


def known_by(found: Sequence[Acquaintance], name: str) -> str:
    """Say who knows somebody: `Jiang Yue knows Zhao Bing: classmate`; nothing if nobody does.

    How somebody perhaps knows them is not said where it is sure that they do.
    """
    surely = {each.person for each in found if each.sure}
    return said("; ").join(
        said(_KNOWS[each.sure], person=each.person, name=name, relation=each.relation)
        for each in found
        if each.sure or each.person not in surely
    )


_KNOWS = {
    True: marked("{person} knows {name}: {relation}"),
    False: marked("{person} perhaps knows {name}: {relation}"),
}
