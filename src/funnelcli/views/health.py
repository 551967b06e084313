"""What an examination found, one check a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.domain.health import State
from funnelcli.views.table import Column, Kind, Place, Table, Tone
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.health import Check
    from funnelcli.views.table import Frame

_TONES = {
    State.OK: Tone.GOOD,
    State.NOTE: Tone.PLAIN,
    State.WARNING: Tone.AMBER,
    State.FAULT: Tone.RED,
}


def doctor_table(checks: Sequence[Check], frame: Frame) -> Table:
    """Return the checks with their remedies."""
    columns = (
        Column("check", "Check", Kind.TERM),
        Column("state", "State", Kind.TERM, get=lambda c: str(c.state)),
        Column("text", "Found"),
        Column("remedy", "Remedy", place=Place.MACHINE),
        Column("line", "Remedy", place=Place.LINE, get=lambda c: c.remedy),
        Column("below", "Do", place=Place.BELOW, get=lambda c: c.remedy),
    )
    counted = {str(state): sum(c.state is state for c in checks) for state in State}
    findings = sum(c.state.finding for c in checks)
    summary = said("All is well.")
    if findings:
        summary = plural(findings, "{n} finding.", "{n} findings.")
    return Table(
        frame,
        columns,
        checks,
        totals=counted,
        summary=summary,
        id_key="check",
        tone=lambda c: _TONES[c.state],
    )
