"""What the program says of its own, in the language of whoever reads it.

English is the default, and the key under which the other languages keep theirs.
"""

from __future__ import annotations


def said(text: str, /, **values: object) -> str:
    """Return the text in the reader's language, its `{places}` filled with the values."""
    return text.format(**values)


def plural(count: int, one: str, many: str, /, **values: object) -> str:
    """Return what is said of one or of many, `{n}` filled with the count: `1 deal`, `2 deals`."""
    return (one if count == 1 else many).format(n=f"{count:,}", **values)


def marked(text: str) -> str:
    """Return the text as it is: it is said elsewhere, by `said`, where it is shown."""
    return text
