"""The actions, each module loaded when the first of its functions is called.

A question needs none of them and should not wait for them; this is their one door.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from funnelcli.actions import (
        almanac,
        bonus,
        contacts,
        conversation,
        deals,
        faults,
        gates,
        health,
        import_all,
        import_contacts,
        import_deals,
        import_logs,
        import_stages,
        logs,
        milestones,
        moves,
        pipelines,
        settings,
        start,
        successions,
        tables,
        targets,
        team,
        undo,
    )

__all__ = [
    "almanac",
    "bonus",
    "contacts",
    "conversation",
    "deals",
    "faults",
    "gates",
    "health",
    "import_all",
    "import_contacts",
    "import_deals",
    "import_logs",
    "import_stages",
    "logs",
    "milestones",
    "moves",
    "pipelines",
    "settings",
    "start",
    "successions",
    "tables",
    "targets",
    "team",
    "undo",
]


def __getattr__(name: str) -> ModuleType:
    return import_module(f"funnelcli.actions.{name}")
