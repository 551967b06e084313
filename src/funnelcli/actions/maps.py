"""The map by which a table is read: the user's own, a shipped one, or the one upon which it builds.

A map that is named is looked for beside the one that names it.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from funnelcli.actions import sources
from funnelcli.domain.mapping import FILE, Mapping, mapping
from funnelcli.domain.text import shown, unguarded
from funnelcli.errors import Failed, NotFound, UsageFault
from funnelcli.playbooks.maps import PRESETS, preset
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from funnelcli.actions.sources import Record
    from funnelcli.domain.mapping import Lookup

_GROWING = ("unknown", "skip")
MOST = 1_000_000
"""Rows of the longest table that a map may look words up in."""


def read(path: Path, kind: str, known: frozenset[str]) -> Mapping:
    """Return the map in a file; raises UsageFault where it errs, also for a loop of maps."""
    return mapping(_said(path, kind, ()), known)


def shipped(name: str, kind: str, known: frozenset[str]) -> Mapping:
    """Return the shipped map of a product; raises NotFound."""
    return mapping(preset(name, kind), known)


def _said(path: Path, kind: str, above: tuple[Path, ...]) -> dict[str, Any]:
    """Return what a map says, upon what the one it is `like` says."""
    place = path.resolve()
    if place in above:
        first, *others = (each.name for each in (*above[above.index(place) :], place))
        circle = "".join([first, *(said(" is like {map}", map=each) for each in others)])
        message = said("The maps go in a circle: {circle}.", circle=circle)
        raise UsageFault(message)
    stated = _parsed(path)
    meant = stated.pop("table", kind)
    if meant != kind:
        message = said(
            "{map!r} is a map for import {meant}, not for import {kind}.",
            map=path.name,
            meant=meant,
            kind=kind,
        )
        raise UsageFault(message)
    like = stated.pop("like", None)
    if like is None:
        return stated
    if not isinstance(like, str):
        message = said(
            "The {file} cannot be used: 'like' of {map} is not a text.",
            file=said(FILE),
            map=path.name,
        )
        raise UsageFault(message)
    if like in PRESETS:
        return _upon(preset(like, kind), stated)
    return _upon(_said(path.parent / like, kind, (*above, place)), stated)


def _upon(base: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return a map with what another says in its place, table by table and key by key.

    What is unknown and what is skipped is so for both.
    """
    found = dict(base)
    for key, value in said.items():
        before = found.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            found[key] = _upon(before, value)
        elif key in _GROWING and isinstance(before, list) and isinstance(value, list):
            found[key] = [*before, *value]
        else:
            found[key] = value
    return found


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = said(
            "There is no map {map!r}; the presets are {presets}.",
            map=str(path),
            presets=", ".join(PRESETS),
        )
        raise NotFound(message) from error
    except OSError as error:
        message = said(
            "The map {map!r} cannot be read ({error}).", map=str(path), error=error.strerror
        )
        raise Failed(message) from error
    except UnicodeError as error:
        message = said("The map {map!r} is not UTF-8 text; save it as UTF-8.", map=str(path))
        raise UsageFault(message) from error
    except ValueError as error:
        message = said("The map {map!r} is not TOML ({error}).", map=str(path), error=error)
        raise UsageFault(message) from error


def looked_up(lookup: Lookup, beside: Sequence[Path], encoding: str | None) -> dict[str, str]:
    """Return the words of a table that a map names, by its key column; raises UsageFault.

    It lies `beside` the map, or else the table that is imported.
    """
    places = [folder / lookup.file for folder in beside]
    path = next((place for place in places if place.exists()), places[0])
    with sources.opened(str(path), encoding) as source:
        rows = source.records()
        header = [cell.strip() for cell in _sound(next(rows, []))]
        for name in (lookup.key, lookup.value):
            if name not in header:
                message = said(
                    "The map looks for {column!r} in {file}, which lacks that column.",
                    column=name,
                    file=lookup.file,
                )
                raise UsageFault(message)
        key, value = header.index(lookup.key), header.index(lookup.value)
        found: dict[str, str] = {}
        for row in map(_sound, rows):
            if len(row) > max(key, value):
                word, meant = (unguarded(row[place]).strip() for place in (key, value))
                if found.setdefault(word, meant) != meant:
                    message = said(
                        "{file} has {word} twice, with different {column}.",
                        file=lookup.file,
                        word=shown(word),
                        column=lookup.value,
                    )
                    raise UsageFault(message)
            if len(found) > MOST:
                message = said(
                    "{file} has over {most} rows, too many to look words up in.",
                    file=lookup.file,
                    most=f"{MOST:,}",
                )
                raise UsageFault(message)
    return found


def _sound(record: Record) -> list[str]:
    if isinstance(record, sources.Unsound):
        raise record.error
    return record
