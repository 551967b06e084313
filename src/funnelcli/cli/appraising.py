"""The appraisal of a team: what is known of each of them in a period, and of all together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from funnelcli.domain.appraisal import FIGURES, OF_LOGS, stage_medians
from funnelcli.domain.attendance import Presence, presence
from funnelcli.domain.entries import EntryKind, by_day
from funnelcli.domain.record import Record
from funnelcli.errors import UsageFault
from funnelcli.store.reading.entries import entries, log_days, never_read
from funnelcli.store.reading.people import members, owning
from funnelcli.store.reading.targets import aims
from funnelcli.views.appraisal import Appraised
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funnelcli.domain.appraisal import Figure
    from funnelcli.domain.entries import Entry, LogDay
    from funnelcli.domain.model import Member
    from funnelcli.domain.tally import Tally
    from funnelcli.domain.time import Period
    from funnelcli.store.reading.reader import Reader


class Appraiser:
    """Appraises the members of a team in a period, and the team as a whole.

    With `explain`, the code of a figure, logs are there one by one if that figure is made of them.
    """

    def __init__(self, reader: Reader, period: Period, explain: str | None = None) -> None:
        self.reader = reader
        self.period = period
        wanted = set(EntryKind) - {EntryKind.LOG}
        found = entries(reader, period, wanted | {EntryKind.LOG} if explain in OF_LOGS else wanted)
        self.logs: Sequence[LogDay] = (
            by_day(each for each in found if each.kind is EntryKind.LOG)
            if explain in OF_LOGS
            else log_days(reader, period)
        )
        self._entries: dict[EntryKind, list[Entry]] = {}
        self._by_owner: dict[EntryKind, dict[int | None, list[Entry]]] = {}
        for each in found:
            self._entries.setdefault(each.kind, []).append(each)
            of_kind = self._by_owner.setdefault(each.kind, {})
            of_kind.setdefault(each.owner_id, []).append(each)
        self._logs: dict[int | None, list[LogDay]] = {}
        for alike in self.logs:
            self._logs.setdefault(alike.owner_id, []).append(alike)
        self._medians = stage_medians(self._entries.get(EntryKind.STAY, []))
        until = min(period.end, reader.today + timedelta(days=1))
        self.days = reader.settings.workdays.working(period.start, until)
        there = (self._presence(each) for each in members(reader) if self._told(each))
        self.team = [each for each in there if each is not None]

    def _presence(self, member: Member) -> Presence | None:
        """Return the days of a member; none of who was not on the team, but did something in it.

        Claims are of all time, and keep nobody in it.
        """
        there = presence(member, self.days, self.period)
        did = member.id in self._logs or any(
            member.id in of for kind, of in self._by_owner.items() if kind is not EntryKind.CLAIM
        )
        if there is None and did:
            return Presence(member, (), 0, member.joined, member.left)
        return there

    def _told(self, member: Member) -> bool:
        """Tell whether somebody is appraised: the manager only if they sell or log themselves."""
        if not member.manager:
            return True
        done = any(member.id in of for of in self._by_owner.values())
        return done or member.id in self._logs or member.id in owning(self.reader)

    def of(self, member: Member | None) -> list[Appraised]:
        """Return the figures of a member; or of everybody, the team as a whole before all others.

        Raises UsageFault for a period without a working day, and for a member who was not there.
        """
        if not self.days:
            raise UsageFault(
                said(
                    "There was no working day in {period} so far; name another with --period.",
                    period=self.period.name,
                )
            )
        if member is not None:
            there = self._presence(member)
            if there is None:
                raise UsageFault(_not_there(member, self.period))
            unread = never_read(self.reader, self.period, member.id)
            return [self._appraised(there)._replace(unread=unread)]
        found = [self._appraised(there) for there in self.team]
        tallies = _tallies(self._whole(), FIGURES)
        return [Appraised(None, None, tallies), *found]

    def _appraised(self, there: Presence) -> Appraised:
        member = there.member
        notes = _left_out(there)
        return Appraised(member.name, member.id, _tallies(self._record(there), FIGURES), notes)

    def _record(self, there: Presence) -> Record:
        number = there.member.id
        return Record(
            number,
            [(number, day) for day in there.days],
            self._logs.get(number, []),
            {kind: of.get(number, []) for kind, of in self._by_owner.items()},
            self._medians,
            aims(self.reader, number, self.period),
            self.period.name,
        )

    def _whole(self) -> Record:
        """Return what is known of the team, with what nobody is credited with."""
        return Record(
            None,
            [(there.member.id, day) for there in self.team for day in there.days],
            self.logs,
            self._entries,
            self._medians,
            aims(self.reader, None, self.period),
            self.period.name,
        )


def _tallies(record: Record, figures: Iterable[Figure]) -> dict[str, Tally]:
    return {figure.code: figure.tally(record) for figure in figures}


def _not_there(member: Member, period: Period) -> str:
    """Say why somebody was not on the team in a period."""
    if member.joined is not None and member.joined >= period.end:
        return said(
            "{name} joined on {day}, after {period}.",
            name=member.name,
            day=member.joined,
            period=period.name,
        )
    return said(
        "{name} left on {day}, before {period}.",
        name=member.name,
        day=member.left,
        period=period.name,
    )


def _left_out(there: Presence) -> list[str]:
    """Say which days of the period do not count for somebody."""
    found = []
    if there.joined is not None:
        found.append(said("Joined on {day}, and is counted from then on.", day=there.joined))
    if there.left is not None:
        found.append(said("Left on {day}, and is counted until then.", day=there.left))
    if there.away:
        found.append(
            plural(
                there.away,
                "Away on {n} working day, which is not counted.",
                "Away on {n} working days, which are not counted.",
            )
        )
    return found
