"""What is stored with deals and contacts against what their facts amount to: they never differ."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.store.projection import DERIVED, PEOPLE, PROJECTION, TRAITS
from funnelcli.wording import said

if TYPE_CHECKING:
    from funnelcli.store.reading.reader import Reader


def _strayed(table: str, columns: tuple[str, ...], projection: str) -> str:
    differs = [f"d.{column} IS NOT p.{column}" for column in columns]
    return f"""SELECT d.id, p.name, {", ".join(differs)}
FROM main.{table} d JOIN ({projection}) p ON p.id = d.id WHERE {" OR ".join(differs)}
ORDER BY d.id"""


KINDS = {"deal": (DERIVED, PROJECTION), "contact": (TRAITS, PEOPLE)}
STRAYED = {about: _strayed(about, *kind) for about, kind in KINDS.items()}


class Strayed(NamedTuple):
    """A deal or contact whose stored values are not what its facts amount to, and which."""

    about: str
    id: int
    name: str | None
    columns: tuple[str, ...]

    @property
    def label(self) -> str:
        """Its number and its name."""
        called = f"{self.id} {self.name or ''}".strip()
        return called if self.about == "deal" else said("contact {name}", name=called)


def strayed(reader: Reader) -> list[Strayed]:
    """Return the deals and contacts whose stored values are not what their facts amount to."""
    return [
        Strayed(about, number, name, tuple(compress(KINDS[about][0], which)))
        for about, statement in STRAYED.items()
        for number, name, *which in reader.rows(statement)
    ]
