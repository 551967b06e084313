"""A language in which everything that is said stands in brackets, and what is put into it does not.

`7 days in Quoted` is `7⟦ days in ⟧Quoted`: what no bracket holds never went through the catalogs.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "docs"))

import catalogs  # noqa: E402  a script, which lies there

TAG = "zh-Hans"
"""The language in whose place it comes."""
WHOLE = "Example: {command}"
"""What the shell is told is ours, too."""


def bracketed(text: str) -> str:
    """Return a message with each piece between its places in brackets."""
    if text == WHOLE:
        return f"⟦{text}⟧"
    pieces = []
    for literal, name, spec, conversion in Formatter().parse(text):
        inside = literal.replace("{", "{{").replace("}", "}}")
        pieces.append(f"⟦{inside}⟧" if inside.strip() else inside)
        if name is not None:
            how = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            pieces.append("{" + name + how + "}")
    return "".join(pieces)


def lay(folder: Path) -> None:
    """Compile the language into a folder, where `funnelcli.wording.LOCALES` may point."""
    made = Catalog(locale=TAG.replace("-", "_"))
    for message in catalogs.messages(catalogs.template()):
        many = message.id if isinstance(message.id, str) else message.id[-1]
        made.add(message.id, bracketed(many) if isinstance(message.id, str) else (bracketed(many),))
    place = folder / TAG.replace("-", "_") / "LC_MESSAGES" / "funnelcli.mo"
    place.parent.mkdir(parents=True)
    place.write_bytes(catalogs.compiled(made))


def outside(text: str) -> str:
    """Return what stands outside of all brackets; a text that is cut may lack its last one."""
    while (bare := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = bare
    return text
