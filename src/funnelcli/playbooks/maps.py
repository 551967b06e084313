"""The shipped maps of other products' exports, as TOML files in the folder beside this module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from funnelcli.errors import NotFound
from funnelcli.wording import said

FOLDER = Path(__file__).parent / "maps"
PRESETS = ("hubspot", "pipedrive", "salesforce", "zoho", "maven")


def preset(name: str, kind: str) -> dict[str, Any]:
    """Return the shipped map of a product for a kind of table, as TOML has it.

    Raises NotFound for a product, or a kind of its tables, that none ships for.
    """
    import tomllib  # noqa: PLC0415  few commands read TOML

    if name not in PRESETS:
        message = said(
            "{name!r} is no preset; the presets are {presets}.",
            name=name,
            presets=", ".join(PRESETS),
        )
        raise NotFound(message)
    path = FOLDER / f"{name}.{kind}.toml"
    if not path.exists():
        kinds = ", ".join(sorted(each.name.split(".")[1] for each in FOLDER.glob(f"{name}.*.toml")))
        message = said(
            "The preset {name!r} reads {kinds}, not {kind}; write a map (docs/import.md).",
            name=name,
            kinds=kinds,
            kind=kind,
        )
        raise NotFound(message)
    return tomllib.loads(path.read_text(encoding="utf-8"))
