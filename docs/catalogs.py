"""The catalogs of what the program says, kept in step with the program itself.

`python docs/catalogs.py` brings every catalog up to what the code says today and compiles it; what
somebody translated stays. With `--check` it changes nothing, and fails if one is out of step.
"""

from __future__ import annotations

import ast
import sys
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import opencc
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from funnelcli import wording
from funnelcli.cli import program
from funnelcli.cli.help import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "funnelcli"
SAYING = {
    "said": slice(0, 1),
    "plural": slice(1, 3),
    "marked": slice(0, 1),
    "Column": slice(1, 2),
}
"""The functions that say something, and which of their arguments it is."""
SIMPLIFIED, TRADITIONAL = "zh_Hans", "zh_Hant"
TAIWAN = {"程式碼": "代碼", "演示": "示範", "引數": "參數"}
"""Where the converter's word is a programmer's, and not what is meant."""
HEADER = r"""# What funnelcli says, in {language}; see docs/translating.md.
msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""


def template() -> Catalog:
    """Return everything that the program says, by where it says it."""
    catalog = Catalog()
    for file in sorted(SOURCE.rglob("*.py")):
        place = [(str(file.relative_to(ROOT)), 1)]
        for text in said_in(ast.parse(file.read_text(encoding="utf-8"))):
            catalog.add(text, locations=place)
    for text in texts(program()):
        catalog.add(text, locations=[("help", 1)])
    return catalog


def said_in(tree: ast.AST) -> Iterator[str | tuple[str, ...]]:
    """Yield what is said in a module; of what has a plural, both forms.

    Raises SyntaxError for an f-string, which nobody can translate.
    """
    for call in ast.walk(tree):
        name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
        if name not in SAYING:
            continue
        texts = [text for each in call.args[SAYING[name]] for text in constants(each) if text]
        if name != "plural":
            yield from texts
        elif len(texts) > 1:
            yield tuple(texts)


def constants(node: ast.expr) -> list[str]:
    """Return the texts that an argument may be: itself, or either side of a choice."""
    if isinstance(node, ast.JoinedStr):
        message = f"an f-string is said in line {node.lineno}: {ast.unparse(node)}"
        raise SyntaxError(message)  # noqa: TRY004  it is how the code is written
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def path(language: str, kind: str) -> Path:
    """Return where the catalog of a language lies, as its text (`po`) or compiled (`mo`)."""
    return SOURCE / "locales" / language / "LC_MESSAGES" / f"{wording.DOMAIN}.{kind}"


def kept(language: str) -> Catalog:
    """Return the catalog as it was translated so far."""
    text = path(language, "po")
    if not text.exists():
        return Catalog(locale=language)
    with text.open("rb") as file:
        return read_po(file, locale=language)


def seed(traditional: Catalog, simplified: Catalog) -> None:
    """Fill what is empty in the traditional catalog from the simplified one."""
    converter = opencc.OpenCC("s2twp")

    def convert(text: str) -> str:
        found = converter.convert(text)
        for word, better in TAIWAN.items():
            found = found.replace(word, better)
        return str(found)

    for message in messages(traditional):
        given = simplified.get(message.id)
        if given is None or translated(message) or not translated(given):
            continue
        if isinstance(given.string, str):
            message.string = convert(given.string)
        else:
            message.string = tuple(map(convert, given.string))


def update() -> dict[str, Catalog]:
    """Return every catalog with the messages of today, what was translated kept."""
    today, found = template(), {}
    for tag in wording.LANGUAGES[1:]:
        language = tag.replace("-", "_")
        catalog = kept(language)
        catalog.update(today, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        found[language] = catalog
    seed(found[TRADITIONAL], found[SIMPLIFIED])
    return found


def messages(catalog: Catalog) -> Iterator[Message]:
    """Yield the messages of a catalog, without its header."""
    yield from (message for message in catalog if message.id)


def translated(message: Message) -> bool:
    """Tell whether every form of the message is there."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms) and bool(forms)


def places(text: str) -> set[str]:
    """Return the names of a text's places."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def compiled(catalog: Catalog) -> bytes:
    """Return the catalog as the program loads it; what is not translated is not in it."""
    finished, out = Catalog(locale=catalog.locale), BytesIO()
    for message in filter(translated, messages(catalog)):
        finished.add(message.id, message.string)
    write_mo(out, finished)
    return out.getvalue()


def text_of(catalog: Catalog, language: str) -> bytes:
    """Return the catalog as people edit it."""
    out = BytesIO(HEADER.format(language=language).encode())
    out.seek(0, 2)
    write_po(out, catalog, width=100, omit_header=True, sort_by_file=True, include_lineno=False)
    return out.getvalue()


def faults(language: str) -> Iterator[str]:
    """Yield what is out of step in the catalog of a language."""
    catalog, today = kept(language), template()
    simple = opencc.OpenCC("t2s")
    for message in messages(today):
        found = catalog.get(message.id)
        if found is None or not translated(found):
            yield f"not translated: {message.id!r}"
            continue
        if found.fuzzy:
            yield f"fuzzy: {message.id!r}"
        last = message.id if isinstance(message.id, str) else message.id[-1]
        forms = (found.string,) if isinstance(found.string, str) else found.string
        if any(places(form) != places(last) for form in forms):
            yield f"other places: {message.id!r} {found.string!r}"
        if language == SIMPLIFIED and any(simple.convert(form) != form for form in forms):
            yield f"traditional characters: {message.id!r} {found.string!r}"
    for message in messages(catalog):
        if today.get(message.id) is None:
            yield f"said no more: {message.id!r}"
    if loaded(path(language, "mo").read_bytes()) != loaded(compiled(catalog)):
        yield "the compiled catalog is stale"


def loaded(data: bytes) -> dict[object, str]:
    """Return what a compiled catalog holds, without its header."""
    found = dict(GNUTranslations(BytesIO(data))._catalog)  # noqa: SLF001  there is no other way in
    found.pop("", None)
    return found


def check() -> int:
    """Tell what is out of step."""
    found = [
        f"{language}: {fault}"
        for language in (SIMPLIFIED, TRADITIONAL)
        for fault in faults(language)
    ]
    if found:
        print(*found, "The catalogs are out of step; see docs/translating.md.", sep="\n")
    return int(bool(found))


def write(catalogs: Iterable[tuple[str, Catalog]]) -> None:
    """Write the catalogs, each as text and compiled."""
    for language, catalog in catalogs:
        path(language, "po").parent.mkdir(parents=True, exist_ok=True)
        path(language, "po").write_bytes(text_of(catalog, language))
        path(language, "mo").write_bytes(compiled(catalog))
        missing = sum(not translated(message) for message in messages(catalog))
        print(f"{language}: {len(catalog)} messages, {missing} not translated")


def main() -> int:
    """Bring the catalogs into step, or check them."""
    if "--check" in sys.argv:
        return check()
    write(update().items())
    return 0


if __name__ == "__main__":
    sys.exit(main())
