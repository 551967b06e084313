"""The shipped pipelines: three processes in three languages, as TOML files beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from funnelcli.domain.pipeline import from_toml
from funnelcli.errors import NotFound
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.domain.pipeline import Pipeline, Playbook

DEFAULT = "bidding"
NAMES = ("bidding", "general", "renewal")


def template(name: str, lang: str) -> Pipeline:
    """Return a shipped pipeline in a language; raises NotFound for a name that is not shipped."""
    if name not in NAMES:
        message = said(
            "{name!r} is no template; the templates are {templates}.",
            name=name,
            templates=", ".join(NAMES),
        )
        raise NotFound(message)
    return parsed(source(name, lang))


def parsed(text: str) -> Pipeline:
    """Return the pipeline that a TOML text describes; raises ValueError if it is no TOML."""
    import tomllib  # noqa: PLC0415  few commands read TOML

    return from_toml(tomllib.loads(text))


def source(name: str, lang: str) -> str:
    """Return the TOML text of a shipped pipeline."""
    return (Path(__file__).parent / f"{name}.{lang}.toml").read_text(encoding="utf-8")


def demo_story() -> str:
    """Return the demo's story, one dated command a line."""
    return (Path(__file__).parent / "demo.txt").read_text(encoding="utf-8")


@cache
def fallback_playbook(lang: str) -> Playbook:
    """Return the words for pipelines that bring none: those of the general template."""
    return template("general", lang).playbook
