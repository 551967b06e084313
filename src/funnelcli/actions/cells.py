"""How the cells of a table become values: column by column, and where that fails row by row."""

from __future__ import annotations

import unicodedata
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from funnelcli.domain.money import exponent
from funnelcli.domain.text import NAME_LENGTH, clean, unguarded
from funnelcli.errors import FunnelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from funnelcli.actions.faults import Faults
    from funnelcli.actions.tables import Row, Table

BATCH = 2_000
"""So many rows are read, looked up, compared and written at once."""
_MOST = 20_000
"""Words of a column whose meaning is remembered."""
_SHORT = 10
"""Digits of an amount that is read at once: it is whole, and not too large in any currency."""


_is_composed = partial(unicodedata.is_normalized, "NFC")


class Words:
    """Reads a column of words, each by itself."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        """Take what reads one; it raises what is wrong with it."""
        self.read = read

    def many(self, words: Sequence[str]) -> list[Any]:
        """Return what the words mean."""
        return [self.read(word) for word in words]

    def typed(self) -> Self:
        """Return the reader of words as they were typed: with blanks around, and guarded."""
        return type(self)(_typed(self.read))


class Memory(dict[Any, Any]):
    """Reads a column of words that come again and again, each word once."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        """Take what reads a word."""
        self.read = read

    def __missing__(self, word: Any) -> Any:
        """Read a word for the first time."""
        found = self.read(word)
        if len(self) < _MOST:
            self[word] = found
        return found

    def many(self, words: Sequence[str]) -> list[Any]:
        """Return what the words mean."""
        return list(map(self.__getitem__, words))

    def typed(self) -> Memory:
        """Return the reader of words as they were typed: with blanks around, and guarded."""
        return Memory(_typed(self.read))


class Names(Words):
    """Reads a column of names; where nothing is wrong with any, all of them at once."""

    def many(self, words: Sequence[str]) -> list[Any]:
        """Return the names, clean."""
        joined = "".join(words)
        if (
            joined.isprintable()
            and "'" not in joined
            and all(words)
            and max(map(len, words)) <= NAME_LENGTH
            and list(map(str.strip, words)) == list(words)
            and (joined.isascii() or all(map(_is_composed, words)))
        ):
            return list(words)
        return super().many(words)


class Amounts(Words):
    """Reads a column of amounts, blank ones as None; where all are whole, all of them at once."""

    minor = 1

    @classmethod
    def of(cls, table: Table, column: str, currency: str) -> Amounts:
        """Return what reads a column of a table, in minor units."""
        read = table.amount(column, currency)
        found = cls(lambda word: read(word) if word else None)
        found.minor = 10 ** exponent(currency)
        return found

    def many(self, words: Sequence[str]) -> list[Any]:
        """Return the amounts."""
        joined = "".join(words)
        if joined.isascii() and joined.isdecimal() and max(map(len, words)) <= _SHORT:
            minor = self.minor
            return [int(word) * minor if word else None for word in words]
        return super().many(words)

    def typed(self) -> Self:
        """Return the reader of words as they were typed: with blanks around, and guarded."""
        found = super().typed()
        found.minor = self.minor
        return found


def text(what: str) -> Callable[[str], str | None]:
    """Return what reads a text that may be blank."""
    return lambda word: clean(word, what) if word else None


def _typed(read: Callable[[Any], Any]) -> Callable[[str], Any]:
    return lambda word: read((unguarded(word) if word[:1] == "'" else word).strip())


class Cells:
    """Reads the rows of a table by their columns; a column that it lacks reads as blank."""

    def __init__(
        self,
        table: Table,
        faults: Faults,
        readers: Mapping[str, Words | Memory],
        besides: Callable[[Row, Mapping[str, Any]], object] = lambda _row, _values: None,
    ) -> None:
        """Take what reads each column, in the order in which the values are wanted.

        What is to be said `besides` of a bad row is found from those of its values that read.
        """
        self._besides = besides
        places = {name: place for place, name in enumerate(table.columns)}
        self._plan = [
            (column, places.get(column, -1), reader if table.fitted else reader.typed())
            for column, reader in readers.items()
        ]
        self._table, self._faults = table, faults

    def batches(self) -> Iterator[list[tuple[Row, tuple[Any, ...]]]]:
        """Yield the rows with their values, in batches; those with faults are kept there."""
        for batch in batches(self._table.rows()):
            rows = [row for row in batch if row.error is None]
            if len(rows) == len(batch):
                try:
                    yield list(zip(rows, self._values(rows), strict=True))
                    continue
                except FunnelError:
                    pass  # it is told below, of its row
            yield list(self._one_by_one(batch))

    def _values(self, rows: list[Row]) -> Iterator[tuple[Any, ...]]:
        columns = list(zip(*(row.cells for row in rows), strict=False))
        return zip(*(read.many(columns[place]) for _, place, read in self._plan), strict=True)

    def _one_by_one(self, batch: list[Row]) -> Iterator[tuple[Row, tuple[Any, ...]]]:
        for row in batch:
            if row.error is not None:
                self._faults.add(row, row.error)
                continue
            values: dict[str, Any] = {}
            for column, place, reader in self._plan:
                with self._faults.at(row, column):
                    (values[column],) = reader.many((row.cells[place],))
            if len(values) == len(self._plan):
                yield row, tuple(values.values())
            else:
                self._besides(row, values)


def batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the rows in batches."""
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch
