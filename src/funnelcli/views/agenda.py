"""Planned activities as an iCalendar file, for any calendar; needs the extra `funnelcli[ics]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from funnelcli.domain.text import inert
from funnelcli.errors import Failed
from funnelcli.views.words import labelled
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from icalendar import Event

    from funnelcli.domain.conversation import Plan
    from funnelcli.views.table import Frame

_STATUS = {"dropped": "CANCELLED", "closed": "CANCELLED"}


def write_ics(plans: Iterable[Plan], founded: datetime, frame: Frame, out: TextIO) -> None:
    """Write each activity as an event of its whole day.

    Its UID stays the same, so that a calendar which reads the file again moves or cancels what it
    knows; `founded` tells the plans of one file from those of another. Raises Failed without the
    extra.
    """
    try:
        from icalendar import Calendar  # noqa: PLC0415  an extra
    except ImportError as error:
        message = said("A calendar takes: pip install 'funnelcli[ics]'")
        raise Failed(message) from error
    calendar = Calendar()
    calendar.add("prodid", "-//funnelcli//plans//")
    calendar.add("version", "2.0")
    for plan in plans:
        calendar.add_component(_event(plan, founded, frame))
    out.write(calendar.to_ical().decode())


def _event(plan: Plan, founded: datetime, frame: Frame) -> Event:
    from icalendar import Event  # noqa: PLC0415  an extra

    event = Event()
    event.add("uid", f"plan-{plan.plan}-{founded:%Y%m%dT%H%M%SZ}@funnelcli")
    event.add("dtstamp", frame.as_of)
    event.add("dtstart", plan.on)
    event.add("summary", labelled(inert(plan.deal), inert(plan.text)))
    told = {
        said("Deal"): f"{plan.deal_id} {plan.deal}",
        said("Owner"): plan.owner,
        said("With"): plan.with_whom,
    }
    lines = [labelled(label, inert(text)) for label, text in told.items() if text]
    event.add("description", "\n".join(lines))
    event.add("categories", [plan.kind])
    event.add("status", _STATUS.get(plan.state, "CONFIRMED"))
    event.add("transp", "TRANSPARENT")
    return event
