"""What is stored with a deal against what its facts amount to: the two must never differ."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.store.projection import DERIVED, PROJECTION

if TYPE_CHECKING:
    from funnelcli.store.reading.reader import Reader

_DIFFERS = " OR ".join(f"d.{column} IS NOT p.{column}" for column in DERIVED)
_WHICH = ", ".join(f"d.{column} IS NOT p.{column}" for column in DERIVED)
STRAYED = f"""SELECT d.id, p.name, {_WHICH}
FROM main.deal d JOIN ({PROJECTION}) p ON p.id = d.id WHERE {_DIFFERS} ORDER BY d.id"""


class Strayed(NamedTuple):
    """A deal whose stored values are not what its facts amount to, and which of them."""

    id: int
    name: str | None
    columns: tuple[str, ...]

    @property
    def label(self) -> str:
        """Its number and its name."""
        return f"{self.id} {self.name or ''}".strip()


def strayed_deals(reader: Reader) -> list[Strayed]:
    """Return the deals whose stored values are not what their facts amount to."""
    return [
        Strayed(number, name, tuple(compress(DERIVED, which)))
        for number, name, *which in reader.rows(STRAYED)
    ]
