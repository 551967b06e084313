"""Characters that command a terminal or turn the writing come into no file and onto no screen."""

from __future__ import annotations

import sqlite3
import unicodedata
from contextlib import closing

import pytest
import tomli_w
from conftest import Office, Ran
from hypothesis import given, settings
from hypothesis import strategies as st

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BLANKS = "\t\n\r\x0b\x0c\x85"
"""What separates lines and columns becomes a blank, so that pasted text is welcome."""
REFUSED = st.sampled_from(BIDI) | st.characters(categories=["Cc", "Cs"], exclude_characters=BLANKS)
TYPICAL = ("\x1b", "\x00", "\x07", "\x08", "\x7f", "\x9b", "\x90", "\u202e", "\u2066", "\ud800")


def a_file(office: Office, name: str, content: bytes) -> str:
    path = office.path.parent / name
    path.write_bytes(content)
    return str(path)


def a_pipeline(office: Office, where: str, text: str) -> tuple[str, ...]:
    """Return the command that applies a pipeline with the text at one place."""
    stage = {"name": "s1", "title": "S1", "probability": 10}
    table = {
        "name": {"name": text, "stage": [stage]},
        "title": {"name": "p", "title": text, "stage": [stage]},
        "won": {"name": "p", "won": text, "stage": [stage]},
        "stage": {"name": "p", "stage": [stage | {"name": text}]},
        "guidance": {"name": "p", "stage": [stage | {"guidance": text}]},
        "milestone": {
            "name": "p",
            "stage": [stage | {"milestone": [{"name": "m", "title": text}]}],
        },
        "question": {"name": "p", "stage": [stage], "questions": {"stuck": [text]}},
        "diagnosis": {
            "name": "p",
            "stage": [stage],
            "diagnosis": {"early": {"unknown": {"hypothesis": "h", "ask": text, "do": "d"}}},
        },
    }[where]
    content = tomli_w.dumps(table).encode("utf-8")
    return ("pipeline", "apply", a_file(office, "nasty.toml", content))


def an_import(office: Office, what: str, header: str, row: str) -> tuple[str, ...]:
    file = a_file(office, "nasty.csv", f"{header}\n{row}\n".encode())
    return ("import", what, file, "--create-missing")


ON_ARK = {
    "deal edit name": ("deal", "edit", "Ark", "--name"),
    "deal edit customer": ("deal", "edit", "Ark", "--customer"),
    "deal edit source": ("deal", "edit", "Ark", "--source"),
    "deal edit competitor": ("deal", "edit", "Ark", "--competitor"),
    "log text": ("log", "Ark"),
    "log with": ("log", "Ark", "met", "--with"),
    "log next": ("log", "Ark", "met", "--next"),
    "hold": ("deal", "hold", "Ark", "--until", "2026-12-01", "--reason"),
    "ack": ("ack", "Ark", "--until", "2026-12-01", "--reason"),
    "advance note": ("deal", "advance", "Ark", "--done", "mail", "--note"),
    "advance done": ("deal", "advance", "Ark", "--done"),
    "advance forced": ("deal", "advance", "Ark", "--force", "--reason"),
    "lose reason": ("deal", "lose", "Ark", "--reason"),
    "lose note": ("deal", "lose", "Ark", "--reason", "price", "--note"),
    "lose competitor": ("deal", "lose", "Ark", "--reason", "price", "--competitor"),
    "win note": ("deal", "win", "Ark", "--force", "--reason", "signed", "--note"),
    "claim": ("milestone", "claim", "Ark", "need-confirmed", "--evidence"),
    "waive": ("milestone", "waive", "Ark", "need-confirmed", "--reason"),
    "team add": ("team", "add"),
    "team login": ("team", "add", "Zhou", "--login"),
    "team rename": ("team", "edit", "Xiao Li", "--name"),
    "deal add": ("deal", "add"),
    "deal add customer": ("deal", "add", "Bell", "--customer"),
    "deal add source": ("deal", "add", "Bell", "--source"),
    "deal add competitor": ("deal", "add", "Bell", "--competitor"),
}
PLACES = ("name", "title", "won", "stage", "guidance", "milestone", "question", "diagnosis")


_BUILT: list[bytes] = []


@pytest.fixture
def ark(bare: Office, request: pytest.FixtureRequest) -> Office:
    """An office with one deal, Ark; built once, a fresh copy for each test."""
    if _BUILT:
        bare.path.write_bytes(_BUILT[0])
    else:
        office = request.getfixturevalue("office")
        office.does("deal", "add", "Ark", "--customer", "Ark Electronics")
        _BUILT.append(office.path.read_bytes())
    return bare


def commands(text: str) -> list[str]:
    """Return the characters in it that could command a terminal or turn the writing."""
    unwelcome = ("Cc", "Cs")
    return [c for c in text if c in BIDI or (unicodedata.category(c) in unwelcome and c != "\n")]


def assert_refused(office: Office, command: tuple[str, ...]) -> None:
    """Check that nothing is changed, and that one harmless sentence says so."""
    before = office.path.read_bytes()
    ran = office(*command)
    assert (ran.code, ran.out) == (2, ""), (command, ran)
    assert ran.err.startswith("funnelcli: ")
    assert ran.err.count("\n") == 1
    assert not commands(ran.err)
    assert office.path.read_bytes() == before


@pytest.mark.parametrize("field", ON_ARK)
def test_a_text_with_a_control_character_is_refused_and_changes_nothing(ark, field):
    for char in TYPICAL:
        assert_refused(ark, (*ON_ARK[field], f"good {char} morning"))


@settings(max_examples=40)
@given(REFUSED)
def test_every_control_and_direction_character_is_refused(ark, char):
    assert_refused(ark, ("log", "Ark", f"called{char}twice"))


def test_the_sentence_names_the_character_and_where_it_stands(ark):
    ran = ark("log", "Ark", "called\x1b[31m")
    assert "U+001B" in ran.err
    assert "text" in ran.err


@pytest.mark.parametrize("place", PLACES)
def test_a_pipeline_with_a_control_character_is_refused(ark, place):
    for char in TYPICAL[:-1]:
        assert_refused(ark, a_pipeline(ark, place, f"good {char} morning"))


@pytest.mark.parametrize(
    ("what", "header", "row"),
    [
        ("deals", "id,name,stage", "X-1,{},opportunity"),
        ("deals", "id,name,stage", "X{},Bell,opportunity"),
        ("deals", "id,name,customer,stage", "X-1,Bell,{},opportunity"),
        ("deals", "id,name,owner,stage", "X-1,Bell,{},opportunity"),
        ("deals", "id,name,stage,source", "X-1,Bell,opportunity,{}"),
        ("logs", "deal,at,by,kind,text", "Ark,2026-11-20,Xiao Li,call,{}"),
        ("logs", "deal,at,by,kind,text", "Ark,2026-11-20,{},call,called"),
        ("logs", "deal,at,by,kind,text,with", "Ark,2026-11-20,Xiao Li,call,called,{}"),
        ("stages", "deal,stage,at,by", "Ark,shortlisted,2026-11-20,{}"),
    ],
)
def test_an_imported_row_with_a_control_character_is_refused(ark, what, header, row):
    before = ark.path.read_bytes()
    for char in TYPICAL[:-1]:
        ran = ark(*an_import(ark, what, header, row.format(f"good {char} morning")))
        assert ran.code != 0, (what, ran)
        assert ran.out == ""
        assert not commands(ran.err)
        assert ark.path.read_bytes() == before


def test_a_manager_with_a_control_character_founds_no_file(bare):
    for char in TYPICAL:
        ran = bare("init", "--currency", "CNY", "--timezone", "UTC", "--manager", f"M{char}")
        assert ran.code == 2, ran
        assert not bare.path.exists()


def test_pasted_line_ends_and_tabs_become_blanks(ark):
    ark.does("log", "Ark", "first line\r\nsecond\tcolumn\n")
    text = ark.asks("timeline", "Ark")["rows"][-1]["text"]
    assert "\n" not in text
    assert text.split() == ["first", "line", "second", "column"]


def test_a_text_is_stored_composed(ark):
    ark.does("deal", "add", "e\u0301", "--customer", "\u1100\u1161")
    row = ark.deal("2")
    assert (row["name"], row["customer"]) == ("\u00e9", "\uac00")
    assert ark.deal("e\u0301")["id"] == row["id"]


NASTY = "\x1b]0;owned\x07\x9b31m\u202e"
WORDS = [
    *(("deal", "show", NASTY), ("deal", "list", "--owner", NASTY), ("timeline", NASTY)),
    *(("deal", "list", "--stage", NASTY), ("deal", "list", "--status", NASTY)),
    *(("deal", "list", "--customer", NASTY), ("funnel", "--pipeline", NASTY)),
    *(("funnel", "--as-of", NASTY), ("funnel", "--by", NASTY), ("funnel", "-f", NASTY)),
    *((NASTY,), (f"--{NASTY}",), ("log", "Ark", "x", "--kind", NASTY)),
    *(("log", "Ark", "x", "--claim", NASTY), ("log", "Ark", "x", "--on", NASTY)),
    *(("deal", "add", "B", "--amount", NASTY), ("deal", "add", "B", "--close", NASTY)),
    *(("deal", "add", "B", "--owner", NASTY), ("deal", "add", "B", "--stage", NASTY)),
    *(("deal", "advance", "Ark", "--to", NASTY), ("--as", NASTY, "log", "Ark", "x")),
    *(("milestone", "accept", "Ark", NASTY), ("config", "set", NASTY, "x")),
    *(("config", "set", "currency", NASTY), ("config", "set", "holidays", NASTY)),
    *(("config", "set", "timezone", NASTY), ("config", "set", "pipeline", NASTY)),
    *(("import", "deals", NASTY), ("import", "deals", "x", "--preset", NASTY)),
    *(("pipeline", "apply", NASTY), ("pipeline", "show", NASTY), ("pipeline", "templates", NASTY)),
    *(("team", "edit", NASTY), ("team", "edit", "Xiao Li", "--away", NASTY)),
    *(("funnel", "-o", f"nowhere/{NASTY}"), ("stalled", "--days", NASTY), ("next", NASTY)),
    ("export", "/dev/null/\x1b[31m"),
]


@pytest.mark.parametrize("words", WORDS, ids=range(len(WORDS)))
def test_a_wrong_word_is_repeated_harmlessly(ark, words):
    assert_told_harmlessly(ark(*words), words)


@pytest.mark.parametrize("words", WORDS, ids=range(len(WORDS)))
def test_a_word_that_is_no_utf_8_is_told_like_any_wrong_word(ark, words):
    """A byte that the terminal's encoding does not know reaches the program as a surrogate."""
    broken = tuple(word.replace(NASTY, "\udcb7\udcbd").replace("\x1b", "\udcb7") for word in words)
    ran = ark(*broken)
    assert "fault of funnelcli" not in ran.err
    assert_told_harmlessly(ran, words)


def assert_told_harmlessly(ran: Ran, words: tuple[str, ...]) -> None:
    assert ran.code or "--customer" in words, ran
    assert "Traceback" not in ran.err
    assert not commands(ran.out + ran.err)
    assert ran.err.count("\n") == 1


FORMATS = ["table", "plain", "json", "ndjson", "csv", "tsv", "md", "html", "ids"]


def tampered(office: Office) -> Office:
    """Return an office whose file somebody else's program filled with hostile texts."""
    office.does("deal", "add", "Ark", "--amount", "5", "--on", "2026-09-01")
    hostile = "\x1b]0;owned\x07 \x9b31m \u202egnp.exe \x00\x08 \u2067x"
    with closing(sqlite3.connect(office.path)) as connection:
        for table, column in (
            *(("deal", "name"), ("deal", "customer"), ("deal", "source"), ("deal", "next_step")),
            *(("member", "name"), ("stage", "title"), ("stage", "guidance")),
            *(("milestone", "title"), ("pipeline", "title")),
        ):
            changed = connection.execute(f"UPDATE {table} SET {column} = ?||rowid", (hostile,))
            assert changed.rowcount
        connection.commit()
    return office


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_file_that_another_program_filled_commands_no_terminal_either(office, fmt):
    tampered(office)
    for question in ("funnel", "stalled", "deal list", "deal show 1", "timeline 1", "team list"):
        ran = office(*question.split(), "-f", fmt)
        assert ran.code == 0, ran
        assert not [c for c in commands(ran.out + ran.err) if c != "\t"], question


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_name_in_the_environment_commands_no_terminal(office, monkeypatch, fmt):
    monkeypatch.setenv("FUNNELCLI_USER", "\x1b[31mmallory\x9b\u202e")
    ran = office("config", "show", "-f", fmt)
    assert not [c for c in commands(ran.out + ran.err) if c != "\t"]
