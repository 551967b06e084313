"""What is known of somebody in a period, of which every figure of the appraisal is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from funnelcli.domain.entries import Entry, EntryKind, LogDay


class Record(NamedTuple):
    """What is known of a rep, or of the team without an `owner_id`.

    `days` are their working days so far, each with whose it is; `medians` the days that the team's
    stays in a stage of a pipeline took; `aims` what is to be won by whom, in minor units, which
    makes the target.
    """

    owner_id: int | None
    days: Sequence[tuple[int, date]]
    logs: Sequence[LogDay]
    entries: Mapping[EntryKind, Sequence[Entry]]
    medians: Mapping[tuple[str, str], float]
    aims: Sequence[tuple[int | None, int]]
    period: str

    def of(self, kind: EntryKind) -> Sequence[Entry]:
        """Return the entries of a kind."""
        return self.entries.get(kind, ())


def measured(entry: Entry) -> float:
    """Return what an entry measures: a chance, days, hours; 0 where it measures nothing."""
    return entry.value or 0
