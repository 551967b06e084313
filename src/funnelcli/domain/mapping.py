"""How another product's columns become ours: a map, and the map fitted to a table's header.

A map is data, read from TOML (docs/import.md); the presets are the maps that ship.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.notation import Decimal, Order
from funnelcli.domain.text import fold, shown
from funnelcli.domain.toml import TomlTable
from funnelcli.errors import NotFound, UsageFault
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Table

FILE = marked("map")
_PLACE = r"\{([^}]+)\}"
ELSE = "*"
"""The word that stands for every other word, and the value that stands for any."""


class Block(NamedTuple):
    """One row of ours for each of theirs `where` their columns have these values.

    `columns` gives each of our columns templates such as `{account} {product}`: the first whose
    columns are all there counts, and an empty one fits every table.
    """

    where: Table[str, str]
    columns: Table[str, tuple[str, ...]]


class Lookup(NamedTuple):
    """Another table in which a word stands under `key`, to be replaced by its `value`."""

    file: str
    key: str
    value: str


class Unknown(NamedTuple):
    """A value of a column of ours that means nothing is known, `where` others are as said."""

    column: str
    value: str
    where: Table[str, str]


class Mapping(NamedTuple):
    """What a map says, in the order in which it is applied.

    A row of ours that has the values of one of `skip` is left out. `merge` names the column of
    theirs in whose order rows with the same key are made one, in which the last that says something
    counts.
    """

    blocks: tuple[Block, ...]
    lookups: Table[str, Lookup]
    words: Table[str, Table[str, str]]
    unknown: tuple[Unknown, ...]
    skip: tuple[Table[str, str], ...]
    merge: str | None
    order: Order | None
    decimal: Decimal | None
    encoding: str | None


def mapping(table: object, known: frozenset[str]) -> Mapping:
    """Return the map that a TOML file's mapping describes; `known` are our columns.

    Raises UsageFault where it errs.
    """
    top = TomlTable(table, said("the map"), said(FILE))
    columns = _columns(top, known)
    blocks = tuple(_block(each, columns, known) for each in top.tables("rows"))
    order = top.choice("dates", list(Order))
    decimal = top.choice("decimal", list(Decimal))
    found = Mapping(
        blocks or (Block({}, columns),),
        _lookups(top.table("lookup"), known),
        _words(top.table("words"), known),
        tuple(_unknown(each, known) for each in top.tables("unknown")),
        tuple(_skip(each, known) for each in top.tables("skip")),
        top.text("merge") if "merge" in top.left else None,
        Order(order) if order else None,
        Decimal(decimal) if decimal else None,
        top.text("encoding") if "encoding" in top.left else None,
    )
    top.done()
    return found


def _skip(table: object, known: frozenset[str]) -> dict[str, str]:
    reader = TomlTable({"skip": table}, "skip", said(FILE))
    found = reader.texts("skip")
    if not found:
        reader.fail(said("skip names no column"))
    for column in found:
        _ours(reader, column, known)
    return found


def _columns(table: TomlTable, known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    reader = table.table("columns")
    found = {}
    for column, value in reader.left.items():
        _ours(reader, column, known)
        templates = value if isinstance(value, list) else [value]
        if not templates or not all(isinstance(each, str) for each in templates):
            reader.fail(
                said(
                    "{column!r} of {where} is neither a text nor a list of texts",
                    column=column,
                    where=reader.where,
                )
            )
        for each in templates:
            if set("{}") & set(re.sub(_PLACE, "", each)):
                reader.fail(
                    said(
                        "{column!r} of {where} has a brace without its other: {text!r}",
                        column=column,
                        where=reader.where,
                        text=each,
                    )
                )
        found[column] = tuple(templates)
    return found


def _ours(table: TomlTable, column: str, known: frozenset[str]) -> None:
    if column not in known:
        table.fail(
            said(
                "{where} has {column!r}; the columns are {columns}",
                where=table.where,
                column=column,
                columns=", ".join(sorted(known)),
            )
        )


def _block(table: object, columns: dict[str, tuple[str, ...]], known: frozenset[str]) -> Block:
    reader = TomlTable(table, "rows", said(FILE))
    found = Block(reader.texts("where"), columns | _columns(reader, known))
    reader.done()
    return found


def _lookups(table: TomlTable, known: frozenset[str]) -> dict[str, Lookup]:
    found = {}
    for column in list(table.left):
        _ours(table, column, known)
        reader = table.table(column)
        found[column] = Lookup(reader.text("file"), reader.text("key"), reader.text("value"))
        reader.done()
    return found


def _words(table: TomlTable, known: frozenset[str]) -> dict[str, dict[str, str]]:
    found = {}
    for column in list(table.left):
        _ours(table, column, known)
        found[column] = {fold(word): ours for word, ours in table.texts(column).items()}
    return found


def _unknown(table: object, known: frozenset[str]) -> Unknown:
    reader = TomlTable(table, "unknown", said(FILE))
    column, value = reader.text("column"), reader.text("value", ELSE)
    found = Unknown(column, value, reader.texts("where"))
    for each in (column, *found.where):
        _ours(reader, each, known)
    reader.done()
    return found


class _Template(NamedTuple):
    """A template over the places of a record's cells; `one` if it is nothing but a place."""

    parts: tuple[str | int, ...]
    one: int | None

    def fill(self, record: Sequence[str]) -> str:
        if self.one is not None:
            return record[self.one]
        text = "".join(part if isinstance(part, str) else record[part] for part in self.parts)
        return " ".join(text.split())


class Fitted:
    """A map fitted to a header; `columns` are ours, in the order of the rows' cells."""

    def __init__(
        self,
        map_: Mapping,
        header: Sequence[str],
        lookups: Table[str, Table[str, str]],
        required: frozenset[str],
    ) -> None:
        """Fit the map; `lookups` are the tables that it names, read.

        Raises UsageFault for a column that the header lacks.
        """
        self._map, self._lookups = map_, lookups
        self.skipped = 0
        self._places = {name: place for place, name in enumerate(header)}
        self._twice = {name for name in header if header.count(name) > 1}
        filled = [self._fitting(block) for block in map_.blocks]
        ours = dict.fromkeys(column for block in filled for column in block)
        for missing in sorted(required - ours.keys()):
            message = said(
                "nothing in its header tells the {column}: {header}.",
                column=missing,
                header=",".join(header),
            )
            raise UsageFault(message)
        self.columns = tuple(ours)
        self.sources = {column: self._told(column) for column in self.columns}
        self._blocks = [
            (self._condition(block.where), tuple(each.get(column) for column in self.columns))
            for block, each in zip(map_.blocks, filled, strict=True)
        ]

    def _fitting(self, block: Block) -> dict[str, _Template]:
        """Return for each of our columns the first template that fits; none for an empty one."""
        found = {}
        for column, templates in block.columns.items():
            fit = next((each for each in templates if self._fits(each)), None)
            if fit is None:
                lacked = next(n for n in re.findall(_PLACE, templates[0]) if n not in self._places)
                raise UsageFault(self._lacking(lacked))
            if fit:
                found[column] = self._compiled(fit)
        return found

    def _fits(self, template: str) -> bool:
        return all(name in self._places for name in re.findall(_PLACE, template))

    def _lacking(self, name: str) -> str:
        header = ",".join(self._places)
        return said("it has no column {name!r}; its header is {header}.", name=name, header=header)

    def _compiled(self, template: str) -> _Template:
        pieces = re.split(_PLACE, template)
        parts = tuple(
            self.place(piece) if place % 2 else piece for place, piece in enumerate(pieces) if piece
        )
        one = parts[0] if len(parts) == 1 and isinstance(parts[0], int) else None
        return _Template(parts, one)

    def _told(self, column: str) -> str:
        """Return the template that fills a column, for a person to check."""
        found = (
            template
            for block in self._map.blocks
            for template in block.columns.get(column, ())
            if template and self._fits(template)
        )
        return next(found, "")

    def _condition(self, where: Table[str, str]) -> list[tuple[int, str]]:
        return [(self.place(name), value) for name, value in where.items()]

    def place(self, name: str) -> int:
        """Return the place of a column of theirs; raises UsageFault for none, and for two."""
        if name not in self._places:
            raise UsageFault(self._lacking(name))
        if name in self._twice:
            message = said("its header has the column {name!r} twice.", name=name)
            raise UsageFault(message)
        return self._places[name]

    def rows(self, record: Sequence[str]) -> Iterator[list[str]]:
        """Yield our rows for one of theirs; raises NotFound for what a lookup lacks."""
        for condition, templates in self._blocks:
            if _holds(condition, record):
                row = self._row(["" if each is None else each.fill(record) for each in templates])
                if any(self._has(row, where) for where in self._map.skip):
                    self.skipped += 1
                else:
                    yield row

    def _row(self, cells: list[str]) -> list[str]:
        for column, table in self._lookups.items():
            if column in self.columns:
                place = self.columns.index(column)
                if cells[place]:
                    cells[place] = self._looked_up(column, table, cells[place])
        for column, words in self._map.words.items():
            if column in self.columns:
                place = self.columns.index(column)
                cells[place] = _worded(words, cells[place])
        for each in self._map.unknown:
            if each.column in self.columns:
                self._forget(each, cells)
        return cells

    def _looked_up(self, column: str, table: Table[str, str], word: str) -> str:
        if word not in table:
            message = said(
                "{word} is not in {file}, where the map looks for the {column}.",
                word=shown(word),
                file=self._map.lookups[column].file,
                column=column,
            )
            raise NotFound(message)
        return table[word]

    def _forget(self, each: Unknown, cells: list[str]) -> None:
        place = self.columns.index(each.column)
        if each.value in (ELSE, cells[place]) and self._has(cells, each.where):
            cells[place] = ""

    def _has(self, cells: list[str], where: Table[str, str]) -> bool:
        return all(
            (cells[self.columns.index(column)] if column in self.columns else "") == value
            for column, value in where.items()
        )


def _holds(condition: list[tuple[int, str]], record: Sequence[str]) -> bool:
    return all(record[place] == value for place, value in condition)


def _worded(words: Table[str, str], cell: str) -> str:
    """Return our word for theirs; a blank stays one unless the map has a word for it."""
    found = words.get(fold(cell))
    return found if found is not None else words.get(ELSE, cell) if cell else cell
