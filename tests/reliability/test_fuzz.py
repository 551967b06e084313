"""Odd texts, numbers and dates through every command and every format.

The tree of commands is walked, so that a command that is added later is tried as well; what a
parameter takes is known by the word that its help names it with.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import time
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Ran
from oddities import FILES, KINDS, Fuzz
from sizes import size
from test_help import COMMANDS
from test_inert import QUESTIONS, commands, run, strings

from funnelcli.cli import program
from funnelcli.cli.completion import wanted
from funnelcli.views.table import Format

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Office

PARTS = 8
VALUES = size(1_200, 100_000)
FRESH = 50
"""Calls after which a part goes on with a fresh file."""
LIMIT = 2.0
"""Seconds of computing that an answer may take."""
EXITS = {0, 1, 2, 3, 4, 13, 20}
"""13 is what restore says of a file that is no backup."""
ASIDE = re.compile(
    r".* is \d{4}(Q\d|-W\d\d|-\d\d(-\d\d(\.\.\d{4}-\d\d-\d\d)?)?)?|"
    r"  [Rr]ow \d+[,:] .*|  Columns: .*|  … and \d+ more.*|"
    r"There is nothing that --repair mends: .*"
)
"""A date or period understood from words, and the faults of a table, beside the one sentence."""
TOLD = re.compile(r"(?:Added deal |Log \d+ on )?(\d+) ")
"""How a command says which deal it was about."""


OPTIONS = 3
"""Options that a call has at most, on average: of many odd ones, one is always refused."""
CARRIED_OUT = 0.2
"""Share of the calls that must be carried out; it is about 0.31, and of a part's 150 ± 0.04."""
UNTOLD = re.compile(r"--(dry-run|skip-bad|map|preset|encoding)\b")
"""Options with which an import does not bring in what stands under our own headers."""
SET_APART = {"demo"}
"""Commands that play a story of their own, on a file of their own."""


def call(fuzz: Fuzz, words: tuple[str, ...], params: list[Any]) -> tuple[list[str], dict[str, str]]:
    """Return a call of a command with odd values, and which value went where."""
    arguments, options, given = [], [], {}
    chance = min(0.4, OPTIONS / max(1, len(params)))
    for param in params:
        is_option = param.param_type_name == "option"
        if is_option and not param.required and fuzz.random.random() > chance:
            continue
        if getattr(param, "is_flag", False):
            options.append(param.opts[0])
            continue
        value = given[param.name] = a_value(fuzz, words, param)
        if not is_option:
            arguments.append(value)
        elif fuzz.random.random() < 0.5:
            options.append(f"{param.opts[0]}={value}")
        else:
            options += [param.opts[0], value]
    return [*words, *options, "--", *arguments], given


def a_value(fuzz: Fuzz, words: tuple[str, ...], param: Any) -> str:
    if hasattr(param.type, "choices"):
        return fuzz.random.choice([*map(str, param.type.choices)] * 3 + [fuzz.text()])
    what = wanted(param)
    if (" ".join(words), what) in FILES:
        return FILES[" ".join(words), what](fuzz)
    if what not in KINDS:
        pytest.fail(f"say how to fuzz {what} of {' '.join(words)}")
    return KINDS[what](fuzz)


def assert_in_order(words: list[str], ran: Ran) -> None:
    """Check that the program answered or refused as it says it does."""
    told = ([word[:200] for word in words], ran.code, ran.out[:500], ran.err[:2000])
    assert ran.code in EXITS, told
    assert "of funnelcli's own" not in ran.err, told
    assert "Traceback" not in ran.err, told
    assert not commands(ran.out + ran.err), told
    (ran.out + ran.err).encode()
    if ran.code not in {0, 20}:
        assert ran.out == "", told
        talk = [line for line in ran.err.splitlines() if not ASIDE.fullmatch(line)]
        assert len(talk) == 1, told
        assert talk[0].startswith("funnelcli: "), told


def limited(office: Office, words: list[str], **more: Any) -> Ran:
    """Run the program, within the time that an answer may take."""
    begun = time.process_time()
    ran = run(office, *words, **more)
    took = time.process_time() - begun
    assert took < LIMIT, ([word[:200] for word in words], took)
    assert_in_order(words, ran)
    return ran


def stored(text: str) -> str:
    """Return a text as it has to come back: one line, composed, without outer blanks."""
    for blank in "\t\n\r\x0b\x0c\x85\u2028\u2029":
        text = text.replace(blank, " ")
    return unicodedata.normalize("NFC", text).strip()


def answers(office: Office, deal: str) -> list[str]:
    """Return every text of the answers in which what a command took in must come back."""
    asked = [
        ["deal", "show", deal],
        ["timeline", deal],
        ["milestone", "list", deal],
        ["team", "list"],
    ]
    found = []
    for words in asked:
        ran = run(office, *words, "-f", "json")
        if ran.code == 0:
            found += strings(json.loads(ran.out))
    return found


def comes_back(
    office: Office, params: list[Any], line: list[str], given: dict[str, str], ran: Ran
) -> int:
    """Check that the texts that were taken in come back, and return how many there were."""
    named = TOLD.match(ran.out)
    deal = named[1] if named else "1"
    kinds = {param.name: KINDS.get(wanted(param)) for param in params}
    texts = [given[name] for name in given if kinds[name] is Fuzz.text]
    if "--done" in " ".join(line) or "--force" in line:  # where nothing is in the way, nothing
        texts = [given["note"]] if "note" in given else []  # is claimed or waived
    try:
        return come_back(office, deal, texts)
    except AssertionError as lost:
        lost.add_note(repr((line, ran)))
        raise


def come_back(office: Office, deal: str, texts: list[str]) -> int:
    """Check that the texts are all in the answers about a deal, and return how many there are."""
    found = answers(office, deal) if texts else []
    missing = [text for text in texts if not any(stored(text) in each for each in found)]
    assert not missing, (deal, missing)
    return len(texts)


def writes(words: tuple[str, ...], params: list[Any]) -> bool:
    """Say whether a command takes something in."""
    return words[0] in {"deal", "log", "ack", "milestone", "team"} and not any(
        "--format" in param.opts for param in params
    )


@pytest.fixture(scope="module")
def tree() -> dict[tuple[str, ...], list[Any]]:
    """Every command with its parameters."""
    found = {}
    for words in COMMANDS:
        command = program()
        for word in words:
            command = command.commands[word]
        found[words] = command.params
    return found


@pytest.fixture
def busy(office: Office) -> Path:
    """A file with some deals, from which every part begins again and again."""
    names = enumerate(("Ark", "方舟电子", "Bright", "Third", "Fourth"), 1)
    rows = "".join(f"{number},{name},2026-10-01\n" for number, name in names)
    file = office.path.with_name("deals.csv")
    file.write_text(f"id,name,opened_on\n{rows}", encoding="utf-8")
    office.does("import", "deals", str(file))
    kept = office.path.with_name("kept.db")
    shutil.copy2(office.path, kept)
    return kept


def imported(office: Office, fuzz: Fuzz) -> int:
    """Check that the names of the table that was just imported come back exactly."""
    written = (fuzz.folder / "table.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    found = {row["name"] for row in office.asks("deal", "list", "--status", "all")["rows"]}
    for row in rows:
        assert stored(re.sub("^'(?=['=+@\t\r-])", "", row["name"])) in found, row
    return len(rows)


@pytest.mark.parametrize("part", range(PARTS))
def test_odd_words_are_taken_in_exactly_or_refused_in_a_sentence(
    office: Office, busy: Path, tree, part: int, monkeypatch, figure: Callable[[str, int], None]
) -> None:
    folder = office.path.parent / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    fuzz = Fuzz(part, folder)
    names = [words for words in tree if " ".join(words) not in SET_APART]
    calls = accepted = back = 0
    while fuzz.count < VALUES // PARTS:
        if calls % len(names) == 0:
            fuzz.random.shuffle(names)
        if calls % FRESH == 0:
            shutil.copy2(busy, office.path)
        words = names[calls % len(names)]
        line, given = call(fuzz, words, tree[words])
        ran = limited(office, line)
        calls += 1
        if ran.code == 0:
            accepted += 1
            if writes(words, tree[words]):
                back += comes_back(office, tree[words], line, given, ran)
            elif words == ("import", "deals") and not any(map(UNTOLD.match, line)):
                back += imported(office, fuzz)
    assert accepted > calls * CARRIED_OUT, (accepted, calls)
    assert calls >= len(names)
    figure("odd values given to commands", fuzz.count)
    figure("calls with odd values", calls)
    figure("of these, calls that were carried out", accepted)
    figure("odd texts that came back exactly", back)


@pytest.mark.parametrize("part", range(PARTS))
def test_odd_texts_come_back_exactly_and_are_inert_in_every_format_and_on_a_terminal(
    office: Office, part: int, tmp_path: Path, figure: Callable[[str, int], None]
) -> None:
    fuzz = Fuzz(-1 - part, tmp_path)
    seen: list[str] = []
    back = 0
    while fuzz.count < VALUES // PARTS // 2:
        if not seen or fuzz.count > FRESH * len(seen):
            office.does("deal", "add", f"Deal {fuzz.count}", "--on", "2026-10-01")
            seen.append(str(len(seen) + 1))
        deal = seen[-1]
        a, b, c, d, e, f, g = texts = [fuzz.text() for _ in range(7)]
        calls = {
            ("deal", "edit", "--source", a, "--customer", b, deal): texts[:2],
            ("log", "--with", c, "--next", d, "--", deal, e): texts[2:5],
            ("milestone", "claim", "--evidence", f, deal, "need-confirmed"): [f],
            ("team", "add", "--", g): [g],
        }
        taken = [said for words, said in calls.items() if limited(office, [*words]).code == 0]
        back += come_back(office, deal, [text for said in taken for text in said])
    about = [f"--{key}={fuzz.text()}" for key in ("company", "title", "note")]
    limited(office, ["contact", "add", *about, "--", fuzz.text()])
    asked = 0
    for question in QUESTIONS:
        words = question.format(
            deal=1, held=len(seen), lost=1, contact=1, pipeline="bidding"
        ).split()
        for fmt in Format:
            limited(office, [*words, "-f", str(fmt)])
        limited(office, words, terminal=True)
        asked += len(Format) + 1
    assert back > fuzz.count / 3
    figure("odd texts shown in every format", fuzz.count)
    figure("odd texts that came back exactly", back)
    figure("answers full of odd texts", asked)


def test_every_whole_number_has_a_largest(tree) -> None:
    for words, params in tree.items():
        for param in params:
            if param.type.name.startswith("integer"):
                assert param.type.max is not None, (words, param.name)


FOUND = {
    "an instant before the calendar begins": ["funnel", "--as-of", "0001-01-01T00:00:00+14:00"],
    "an instant after it ends": ["deal", "show", "1", "--as-of", "9999-12-31T23:59:59-14:00"],
    "many marks to put in order": ["log", "1", "\u0301\u0316" * 60_000],
    "as many as are looked at": ["log", "1", "\u0301\u0316" * 10_000],
    "marks to look for": ["deal", "list", "--customer", "\u0301\u0316" * 10_000],
    "more rows than can be counted": ["deal", "list", "--limit", "9" * 20],
    "more days than the calendar has": ["stalled", "--days", "999999"],
    "more commands than can be counted": ["undo", "9" * 20],
    "a deal of 5,000 digits": ["history", "0" * 5000],
    "a path of two lines": ["restore", "no\nwhere"],
    "a claim of 5,000 digits": ["import", "logs", "claims.csv"],
    "a name of many marks": ["import", "deals", "marks.csv"],
}


@pytest.mark.parametrize("words", FOUND.values(), ids=FOUND)
def test_what_fuzzing_found_once_is_refused_in_a_sentence(
    office: Office, busy: Path, monkeypatch, words: list[str]
) -> None:
    monkeypatch.chdir(busy.parent)
    busy.with_name("claims.csv").write_text(f"deal,at,text,claim\n1,2026-11-01,t,{'9' * 5000}\n")
    marks = "\u0301\u0316" * 60_000
    busy.with_name("marks.csv").write_text(f"id,name,owner\n9,n,{marks}\n", encoding="utf-8")
    ran = limited(office, words)
    assert (ran.code == 0) == ("--customer" in words)
