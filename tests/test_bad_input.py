"""Bad input: one sentence that names the user's word, the right exit code, nothing half done."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Office

SHORT = """
name = "short"
title = "Short sale"
[[stage]]
name = "lead"
title = "Lead"
probability = 10
"""

EVERY_DEAL_COMMAND = (
    ("deal", "edit", "{}", "--amount", "5"),
    ("deal", "advance", "{}", "--force", "--reason", "so"),
    ("deal", "back", "{}", "--to", "opportunity", "--reason", "so"),
    ("deal", "win", "{}", "--force", "--reason", "so"),
    ("deal", "lose", "{}", "--reason", "price"),
    ("deal", "reopen", "{}", "--reason", "so"),
    ("deal", "hold", "{}", "--until", "2027-01-04", "--reason", "so"),
    ("deal", "archive", "{}"),
    ("deal", "show", "{}"),
    ("log", "{}", "call"),
    ("timeline", "{}"),
    ("ack", "{}", "--until", "2027-01-04", "--reason", "so"),
    ("milestone", "list", "{}"),
    ("milestone", "claim", "{}", "on-the-list", "--evidence", "mail"),
    ("milestone", "waive", "{}", "on-the-list", "--reason", "so"),
)

Case = tuple[tuple[str, ...], str]
"""The words of a command, and the one that its refusal names."""

NO_SUCH_NAME: list[Case] = [
    (("deal", "add", "Boat", "--owner", "Zhao"), "'Zhao'"),
    (("deal", "add", "Boat", "--owner", ""), "''"),
    (("deal", "add", "Boat", "--owner", "an"), "'an'"),
    (("deal", "add", "Boat", "--pipeline", "tender"), "'tender'"),
    (("deal", "add", "Boat", "--stage", "negotiation"), "'negotiation'"),
    (("deal", "add", "Boat", "--stage", ""), "''"),
    (("deal", "add", "Boat", "--stage", "won"), "'won'"),
    (("deal", "add", "Boat", "--as", "Zhao"), "'Zhao'"),
    (("deal", "edit", "Ark", "--owner", "Zhao"), "'Zhao'"),
    (("deal", "edit", "Ark", "--member", "Wang", "--member", "Zhao"), "'Zhao'"),
    (("deal", "edit", "Ark", "--stage", "negotiation"), "'negotiation'"),
    (("deal", "edit", "Ark", "--amount", "5", "--pipeline", "tender"), "'tender'"),
    (("deal", "advance", "Ark", "--to", "negotiation"), "'negotiation'"),
    (("deal", "back", "Ark", "--to", "", "--reason", "so"), "''"),
    (("deal", "list", "--owner", "Zhao"), "'Zhao'"),
    (("deal", "list", "--stage", "negotiation"), "'negotiation'"),
    (("milestone", "claim", "Ark", "contract", "--evidence", "mail"), "'contract'"),
]

ANOTHER_PIPELINES_STAGE: list[Case] = [
    (("deal", "add", "Boat", "--stage", "lead"), "'lead' is no stage of bidding"),
    (
        ("deal", "add", "Boat", "--pipeline", "short", "--stage", "quoted"),
        "'quoted' is no stage of",
    ),
    (("deal", "advance", "Ark", "--to", "Lead"), "'Lead' is no stage of bidding"),
    (("deal", "back", "Ark", "--to", "Lead", "--reason", "so"), "'Lead' is no stage of bidding"),
    (("deal", "edit", "Ark", "--stage", "lead"), "'lead' is no stage of bidding"),
]

IMPOSSIBLE_DATE: list[Case] = [
    (("deal", "add", "Boat", "--close", "2026-02-30"), "'2026-02-30'"),
    (("deal", "add", "Boat", "--close", "1/2/2026"), "'1/2/2026' could be two dates"),
    (("deal", "add", "Boat", "--close", "soon"), "'soon'"),
    (("deal", "add", "Boat", "--close", "2026-W54"), "'2026-W54'"),
    (("deal", "add", "Boat", "--close", ""), "''"),
    (("deal", "add", "Boat", "--on", "0001-01-01"), "'0001-01-01'"),
    (("deal", "edit", "Ark", "--amount", "5", "--close", "30.2.2026"), "'30.2.2026'"),
    (("deal", "advance", "Ark", "--done", "mail", "--on", "1/2/2026"), "'1/2/2026'"),
    (("deal", "back", "Ark", "--to", "opportunity", "--reason", "so", "--on", "x"), "'x'"),
    (("deal", "win", "Ark", "--force", "--reason", "so", "--on", "2026-13-01"), "'2026-13-01'"),
    (("deal", "lose", "Ark", "--reason", "price", "--on", "31-12"), "'31-12'"),
    (("deal", "hold", "Ark", "--until", "someday", "--reason", "so"), "'someday'"),
    (("log", "Ark", "call", "--close-claim", "2026-11-31"), "'2026-11-31'"),
    (("log", "Ark", "call", "--next", "meet", "--due", "1/2/2026"), "'1/2/2026'"),
    (("log", "Ark", "call", "--on", "last week"), "'last week'"),
    (("ack", "Ark", "--until", "later", "--reason", "so"), "'later'"),
    (("milestone", "claim", "Ark", "on-the-list", "--evidence", "m", "--on", "9/9/26"), "'9/9/26'"),
    (("deal", "list", "--as-of", "1/2/2026"), "'1/2/2026'"),
]

A_DAY_TO_COME: list[Case] = [
    (("deal", "add", "Boat", "--on", "tomorrow"), "'tomorrow'"),
    (("deal", "edit", "Ark", "--amount", "5", "--on", "2026-11-24"), "'2026-11-24'"),
    (("deal", "advance", "Ark", "--done", "mail", "--on", "next fri"), "'next fri'"),
    (("deal", "back", "Ark", "--to", "opportunity", "--reason", "so", "--on", "eom"), "'eom'"),
    (("deal", "win", "Ark", "--force", "--reason", "so", "--on", "+1d"), "'+1d'"),
    (("deal", "lose", "Ark", "--reason", "price", "--on", "2027-01-01"), "'2027-01-01'"),
    (("log", "Ark", "call", "--claim", "50", "--on", "2026W53"), "'2026W53'"),
    (("milestone", "waive", "Ark", "on-the-list", "--reason", "so", "--on", "eoq"), "'eoq'"),
]

IMPOSSIBLE_AMOUNT: list[Case] = [
    (("deal", "add", "Boat", "--amount", word), repr(word))
    for word in ("much", "", "-5", "1e6", "12,00", "1.234", "1.2.3", "5 apples", "NaN", "9" * 30)
] + [
    (("deal", "edit", "Ark", "--close", "eom", "--amount", "1/2"), "'1/2'"),
    (("deal", "win", "Ark", "--force", "--reason", "so", "--amount", "lots"), "'lots'"),
]

IMPOSSIBLE_CLAIM: list[Case] = [
    (("log", "Ark", "call", "--claim", "120"), "120"),
    (("log", "Ark", "call", "--next", "meet", "--claim", "120%"), "120"),
    (("log", "Ark", "call", "--claim", "101"), "101"),
    (("log", "Ark", "call", "--claim", "-5"), "'-5'"),
    (("log", "Ark", "call", "--claim", "60.5"), "'60.5'"),
    (("log", "Ark", "call", "--claim", "sure"), "'sure'"),
    (("log", "Ark", "call", "--claim", ""), "''"),
    (("log", "Ark", "call", "--claim", "9" * 40), "9" * 40),
    (("log", "Ark", "call", "--kind", "lunch"), "'lunch'"),
]

EMPTY_OR_NO_TEXT: list[Case] = [
    (("deal", "add", ""), "name is empty"),
    (("deal", "add", " \t "), "name is empty"),
    (("deal", "add", "Boat", "--customer", ""), "customer is empty"),
    (("deal", "add", "Boat", "--source", " "), "source is empty"),
    (("deal", "add", "Boat", "--competitor", ""), "competitor's name is empty"),
    (("deal", "add", "x" * 201), "201"),
    (("deal", "add", "Bo\x1b[31mat"), "U+001B"),
    (("deal", "edit", "Ark", "--amount", "5", "--name", ""), "name is empty"),
    (("deal", "edit", "Ark"), "Nothing to change"),
    (("deal", "back", "Ark", "--to", "opportunity", "--reason", ""), "reason is empty"),
    (("deal", "advance", "Ark", "--done", ""), "evidence is empty"),
    (("deal", "advance", "Ark", "--done", "mail", "--note", ""), "note is empty"),
    (("deal", "lose", "Ark", "--reason", ""), "reason is empty"),
    (("deal", "lose", "Ark", "--reason", "price", "--competitor", ""), "competitor's name is"),
    (("deal", "lose", "Ark", "--reason", "price", "--note", ""), "note is empty"),
    (("deal", "hold", "Ark", "--until", "2027-01-04", "--reason", ""), "reason is empty"),
    (("log", "Ark", ""), "text is empty"),
    (("log", "Ark", "a\u202eb"), "U+202E"),
    (("log", "Ark", "call", "--with", ""), "contact's name is empty"),
    (("log", "Ark", "call", "--claim", "50", "--next", ""), "next step is empty"),
    (("log", "Ark", "x" * 10_001), "10,001"),
]


def two_deals(office: Office, folder: Path) -> None:
    """Add Ark and Ark two, shortlisted, and a second pipeline."""
    (folder / "short.toml").write_text(SHORT, encoding="utf-8")
    office.does("pipeline", "apply", str(folder / "short.toml"))
    for name in ("Ark", "Ark two"):
        office.on("2026-11-02").does("deal", "add", name, "--stage", "shortlisted")
    office.on("2026-11-23")


def dump(office: Office) -> list[str]:
    """Return all that the file holds."""
    with closing(sqlite3.connect(office.path)) as file:
        return list(file.iterdump())


def wrongs(office: Office, words: tuple[str, ...], code: int, named: str) -> list[str]:
    """Return what is wrong with how a command is refused: nothing, if all is well."""
    before = dump(office)
    ran = office(*words)
    said = [line for line in ran.err.splitlines() if line.startswith("funnelcli: ")]
    found = [] if ran.code == code else [f"exit code {ran.code}"]
    if ran.out:
        found.append(f"stdout {ran.out!r}")
    if len(said) != 1 or "Traceback" in ran.err:
        found.append(f"not one sentence: {ran.err!r}")
    elif named not in said[0]:
        found.append(f"does not name {named}: {said[0]}")
    if dump(office) != before:
        found.append("the file was changed")
    return [f"{' '.join(words)[:90]}: {wrong}" for wrong in found]


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        pytest.param(NO_SUCH_NAME, 3, id="no such name"),
        pytest.param(ANOTHER_PIPELINES_STAGE, 3, id="a stage of another pipeline"),
        pytest.param(IMPOSSIBLE_DATE, 2, id="an impossible date"),
        pytest.param(A_DAY_TO_COME, 2, id="a day to come"),
        pytest.param(IMPOSSIBLE_AMOUNT, 2, id="an impossible amount"),
        pytest.param(IMPOSSIBLE_CLAIM, 2, id="an impossible claim"),
        pytest.param(EMPTY_OR_NO_TEXT, 2, id="empty, or no text"),
    ],
)
def test_bad_input_is_one_sentence_that_names_the_word_and_changes_nothing(
    office: Office, tmp_path: Path, cases: list[Case], code: int
) -> None:
    two_deals(office, tmp_path)
    assert [wrong for words, named in cases for wrong in wrongs(office, words, code, named)] == []


@pytest.mark.parametrize(
    ("word", "named"),
    [
        pytest.param("Nope", "No deal is called 'Nope'", id="unknown"),
        pytest.param("", "No deal is called ''", id="empty"),
        pytest.param("rk", "'rk' could be any of these deals: 1 Ark; 2 Ark two.", id="ambiguous"),
    ],
)
def test_every_command_refuses_a_name_that_means_no_one_deal(
    office: Office, tmp_path: Path, word: str, named: str
) -> None:
    two_deals(office, tmp_path)
    cases = [tuple(part.format(word) for part in words) for words in EVERY_DEAL_COMMAND]
    assert [wrong for words in cases for wrong in wrongs(office, words, 3, named)] == []


def test_the_commands_of_these_tests_would_work_with_a_better_word(
    office: Office, tmp_path: Path
) -> None:
    two_deals(office, tmp_path)
    for words in EVERY_DEAL_COMMAND:
        office.does("deal", "add", "Boat", "--stage", "shortlisted")
        number = str(len(office.asks("deal", "list", "--status", "all", "--archived")["rows"]))
        if words[1] == "reopen":
            office.does("deal", "archive", number)
        office.does(*(part.format(number) for part in words))


def test_an_import_row_with_an_unknown_stage_imports_nothing_and_is_named_by_its_row(
    office: Office, tmp_path: Path
) -> None:
    two_deals(office, tmp_path)
    table = tmp_path / "deals.csv"
    table.write_text(
        "id,name,stage,status,opened_on\n"
        "a,Boat,quoted,open,2026-11-02\n"
        "b,Crane,negotiation,open,2026-11-02\n",
        encoding="utf-8",
    )
    before = dump(office)
    ran = office("import", "deals", str(table))
    assert (ran.code, ran.out) == (3, "")
    assert "row 3, stage: 'negotiation' is no stage of bidding" in ran.err
    assert "Boat" not in office.does("deal", "list")
    assert dump(office) == before


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("funnelcli.actions.undo.latest", ("undo",)),
        ("funnelcli.cli.undo.history_table", ("history",)),
        ("funnelcli.cli.questions.funnel_view", ("funnel",)),
    ],
)
def test_a_fault_of_the_program_is_not_told_as_damage_of_the_file(
    office: Office, monkeypatch: pytest.MonkeyPatch, place: str, words: tuple[str, ...]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError(place)

    monkeypatch.setattr(place, fail)
    ran = office(*words)
    assert ran.code == 1
    assert "a fault of funnelcli's own" in ran.err


def test_a_value_in_the_file_that_is_none_is_told_as_damage(office: Office) -> None:
    with closing(sqlite3.connect(office.path)) as connection:
        connection.execute("UPDATE pipeline SET playbook = '{'")
        connection.commit()
    for words in (("funnel",), ("deal", "add", "Ark")):
        ran = office(*words)
        assert ran.code == 13, ran
        assert "damaged" in ran.err


def test_a_table_whose_packing_is_damaged_is_told(office: Office) -> None:
    table = office.path.parent / "deals.csv.gz"
    table.write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"nonsense" * 9)
    ran = office("import", "deals", str(table))
    assert ran.code == 1
    assert "cut short or damaged" in ran.err
