"""The judge of a file: its own process and words, and the shipped words where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnelcli.playbooks.templates import fallback_playbook
from funnelcli.store.reading.funnel import limits_of
from funnelcli.store.reading.stalled import Judge

if TYPE_CHECKING:
    from funnelcli.store.reading.process import Process
    from funnelcli.store.reading.reader import Reader


def the_judge(reader: Reader, known: Process, days: int | None = None) -> Judge:
    """Return the judge of this file; `days` overrides every limit."""
    limits = limits_of(known, days)
    return Judge(reader, known, limits, lambda: fallback_playbook(reader.settings.lang))
