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
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from conftest import Ran
from sizes import size
from test_help import COMMANDS
from test_inert import BIDI, FRAGMENTS, QUESTIONS, commands, run, strings
from typer.main import get_command

from funnelcli.cli import app
from funnelcli.cli.completion import wanted
from funnelcli.views.table import Format

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Office

PARTS = 8
VALUES = size(2_000, 100_000)
FRESH = 50
"""Calls after which a part goes on with a fresh file."""
LIMIT = 2.0
"""Seconds of computing that an answer may take."""
EXITS = {0, 1, 2, 3, 4, 20}
ASIDE = re.compile(
    r".* is \d{4}-\d\d-\d\d|  row \d+, .*|  … and \d+ more.*|There is nothing to repair\."
)
"""A date that was understood from words, and the faults of a table, beside the one sentence."""

FORBIDDEN = [
    *("\x1b[31mred", "\x1b]0;title\x07", "\x1b]52;c;aGk=\x07", "\x9b2J", "\x08\x08", "\x7f"),
    *BIDI, "\ufeff", "\ud800", "\udcff", "\x00",
]  # fmt: skip
STRANGE = [
    *("\u200b", "\u200d", "\u2060", "\u00ad", "\ufffe", "\uffff", "\ue000", "\U000e0001", "\u3164"),
    *("\U0010ffff", "e\u0301\u0316" * 9, "\u1112\u1161\u11ab", "\u0300", "ﬃ", "Ⅷ", "İ", "ß", "ı"),
    *(
        "\r\n",
        "\n",
        "\t",
        "\x0b",
        "\x85",
        "\u2028",
        "\u2029",
        " \u3000 ",
        "--",
        "-",
        "''",
        "@",
        "#1",
    ),
    *("x" * 199, "字" * 200, "y" * 201, "长" * 10_000, "z" * 10_001, "[" * 500, "👨‍👩‍👧" * 60),
]
HUGE = ["m" * 1_000_000, "字 " * 500_000, "\u0301\u0316" * 60_000, "[red]" * 200_000]
NUMBERS = [
    *(
        "0",
        "-0",
        "1e309",
        "1e-400",
        "NaN",
        "inf",
        "-1",
        "+5",
        "１２３",
        "١٢٣",
        "1_000",
        "1,2,3",
        "½",
    ),
    *("²", "5%", "0x10", "12m", "1.2亿", "万", "1" * 400, "9" * 17, "9" * 30 + "亿", " 12 ", "1 2"),
    *("92233720368547758.07", "92233720368547758.08", "0.001", "1.2.3", ".", "1.", ".5", "--5", ""),
    *("1k", "1kk", "¥5", "5 CNY", "1e5", "9" * 5000, "0" * 5000, "1'000", "1.000,00", "９９万"),
]
DATES = [
    *("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "1/2/2026", "2026Q5"),
    *("2026Q0", "9999Q4", "2026-W54", "2026-W00", "0000-W01", "-9999d", "+9999y", "-9999q", "+0d"),
    *(
        "next next fri",
        "eom",
        "fri",
        "last mon",
        "２０２６-01-01",
        "2026-01-01T25:00",
        "T",
        "t",
        "",
    ),
    *("1970-01-01T00:00:00+99:99", "2026-11-23T09:00:00.123456789Z", "2026-11-23T00:00:00-23:59"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "today", "TODAY ", "now", "٢٠٢٦Q1"),
    *("2024-02-29", "2023-02-29", "20261123", "2026-1-1", "2026-13", "1899-12-31", "3000-01-01"),
]
NUMBERED = {"Ark": "1", "方舟": "2"}
"""Deals that a call may name, whatever they are called afterwards."""
ADDED = re.compile(r"Added deal (\d+) ")


class Fuzz:
    """A source of odd values that says the same again for the same seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = Random(seed)
        self.folder = folder
        self.count = 0
        self.texts: list[str] = []
        self.pools: dict[str, list[str]] = {
            "DEAL": ["1", "2", "3", "#2", "Ark", "方舟"],
            "PERSON": ["Jiang Yue", "Xiao Li", "Wang", "li"],
            "STAGE": ["opportunity", "shortlisted", "quoted", "Terms agreed", "won"],
            "MILESTONE": ["need-confirmed", "on-the-list", "quote-received"],
            "PIPELINE": ["bidding"],
            "DATE": ["today", "2026-11-20", "2026-10-01", "2026-12-24", "+2w", "eoq", "yesterday"],
            "A": ["1200000", "1.2m", "120万", "5"],
            "N": ["1", "7", "40"],
            "PERCENT": ["0", "55", "100%"],
            "STATUS": ["open", "won,lost", "all"],
            "LANG": ["en", "zh-Hans"],
            "TEMPLATE": ["bidding", "general"],
            "CODE": ["price", "CNY"],
            "SETTING": ["currency", "timezone", "days", "week", "holidays", "pipeline"],
            "FROM..TO": ["2026-12-24..2026-12-31"],
            "OLD=NEW": ["quoted=drafted"],
        }

    def odd(self, *sources: list[str]) -> str:
        self.count += 1
        return self.random.choice(self.random.choice(sources))

    def chars(self) -> str:
        planes = ((32, 126), (160, 0x2FF), (0x300, 0xFFFF), (0x10000, 0x10FFFF), (0x4E00, 0x9FFF))
        count = self.random.randrange(9)
        return "".join(chr(self.random.randint(*self.random.choice(planes))) for _ in range(count))

    def text(self) -> str:
        """Return a text that is like no other, and mostly one that may be stored."""
        self.count += 1
        if self.random.random() < 0.004:
            return self.random.choice(HUGE)
        parts = [self.chars() for _ in range(self.random.randrange(3))]
        parts += self.random.choices(FRAGMENTS, k=self.random.randrange(3))
        if self.random.random() < 0.3:
            parts.append(self.random.choice(STRANGE))
        if self.random.random() < 0.15:
            parts.append(self.random.choice(FORBIDDEN))
        self.random.shuffle(parts)
        mark = f"t{self.count}."
        return self.random.choice([f"{mark}{''.join(parts)}", f"{''.join(parts)} {mark}"])

    def word(self, what: str, *odd: list[str]) -> str:
        """Return one of the words that are known for it, or an odd one."""
        if self.random.random() < 0.6:
            return self.random.choice(self.pools[what])
        return self.odd(*odd) if odd and self.random.random() < 0.8 else self.text()

    def date(self) -> str:
        if self.random.random() < 0.2:
            self.count += 1
            year, month, day = (self.random.randrange(*r) for r in ((1890, 3010), (14,), (33,)))
            return f"{year}-{month:02}-{day:02}"
        return self.word("DATE", DATES)

    def day(self) -> str:
        """Return a date as a table has it."""
        return (
            f"2026-10-{self.random.randint(1, 28):02}"
            if self.random.random() < 0.7
            else self.date()
        )

    def amount(self) -> str:
        if self.random.random() < 0.3:
            self.count += 1
            digits = str(self.random.randrange(10 ** self.random.randrange(1, 22)))
            return (
                f"{digits}.{self.random.randrange(100):02}"
                if self.random.random() < 0.5
                else digits
            )
        return self.word("A", NUMBERS)

    def path(self) -> str:
        """Return where a file might be written to, never outside the folder."""
        name = re.sub(r"[/\x00]", "_", self.text())[:90].strip(". ")
        return str(self.folder / f"out-{name}")


def table(fuzz: Fuzz, header: str, kinds: dict[str, Callable[[], str]]) -> str:
    """Write a table of one or two rows, and return its path."""
    rows = [[kinds[key]() for key in header.split(",")] for _ in range(fuzz.random.randint(1, 2))]
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *rows])
    path = fuzz.folder / "table.csv"
    path.write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
    return str(path)


def of(fuzz: Fuzz, what: str, *odd: list[str]) -> Callable[[], str]:
    return lambda: fuzz.word(what, *odd)


def empty_or(fuzz: Fuzz, make: Callable[[], str]) -> Callable[[], str]:
    return lambda: "" if fuzz.random.random() < 0.5 else make()


def deals_csv(fuzz: Fuzz) -> str:
    """Return a file for `import deals`."""
    text, date = empty_or(fuzz, fuzz.text), empty_or(fuzz, fuzz.day)
    return table(
        fuzz,
        "id,name,customer,owner,stage,status,amount,opened_on,expected_close,source",
        {
            **dict.fromkeys(("id", "name", "customer"), fuzz.text),
            **dict.fromkeys(("opened_on", "expected_close"), date),
            "owner": empty_or(fuzz, of(fuzz, "PERSON")),
            "stage": empty_or(fuzz, of(fuzz, "STAGE")),
            "status": lambda: "open",
            "amount": fuzz.amount,
            "source": text,
        },
    )


def stages_csv(fuzz: Fuzz) -> str:
    """Return a file for `import stages`."""
    kinds = {"deal": of(fuzz, "DEAL"), "stage": of(fuzz, "STAGE"), "at": fuzz.day}
    return table(fuzz, "deal,stage,at", kinds)


def logs_csv(fuzz: Fuzz) -> str:
    """Return a file for `import logs`."""
    kinds = {"deal": of(fuzz, "DEAL"), "at": fuzz.day, "by": of(fuzz, "PERSON")}
    kinds |= {"kind": lambda: "call", "text": fuzz.text, "claim": empty_or(fuzz, fuzz.amount)}
    return table(fuzz, "deal,at,by,kind,text,claim", kinds)


def pipeline_toml(fuzz: Fuzz) -> str:
    """Return a file for `pipeline apply`."""
    stage = {"name": f"s{fuzz.count}", "title": fuzz.text(), "guidance": fuzz.text()}
    odd = fuzz.random.choice([50, 0, -1, 101, 10**30, 1.5, float("nan"), float("inf"), "x", True])
    stage |= {"probability": odd, "milestone": [{"name": fuzz.text()[:30], "title": fuzz.text()}]}
    written = tomli_w.dumps({"name": f"p{fuzz.count}", "title": fuzz.text(), "stage": [stage]})
    path = fuzz.folder / "process.toml"
    path.write_bytes(written.encode("utf-8", "surrogatepass"))
    return str(path)


FILES = {
    "import deals": deals_csv,
    "import stages": stages_csv,
    "import logs": logs_csv,
    "pipeline apply": pipeline_toml,
}
KINDS: dict[str, Callable[[Fuzz], str]] = {
    **dict.fromkeys(("TEXT", "NAME", "C", "CONTACT", "EVIDENCE", "LOGIN", "GROUP"), Fuzz.text),
    **dict.fromkeys(("ZONE", "VALUE"), Fuzz.text),
    **dict.fromkeys(("FILE", "PATH", "DIR"), Fuzz.path),
    **dict.fromkeys(("REP", "PERSON"), lambda fuzz: fuzz.word("PERSON")),
    "DATE": Fuzz.date,
    "A": Fuzz.amount,
    "N": lambda fuzz: fuzz.word("N", NUMBERS),
    "PERCENT": lambda fuzz: fuzz.word("PERCENT", NUMBERS),
    "DEAL": lambda fuzz: fuzz.word("DEAL", NUMBERS, FRAGMENTS),
    "FROM..TO": lambda fuzz: fuzz.word("FROM..TO", [f"{a}..{b}" for a in DATES for b in DATES[:3]]),
    **{
        what: lambda fuzz, what=what: fuzz.word(what)
        for what in (
            *("STAGE", "MILESTONE", "PIPELINE", "STATUS", "LANG", "TEMPLATE", "CODE", "SETTING"),
            "OLD=NEW",
        )
    },
}
"""How to fuzz what a parameter takes, by the word that its help names it with."""
SET_APART = {"demo"}
"""Commands that play a story of their own, on a file of their own."""


def call(fuzz: Fuzz, words: tuple[str, ...], params: list[Any]) -> tuple[list[str], dict[str, str]]:
    """Return a call of a command with odd values, and which value went where."""
    arguments, options, given = [], [], {}
    for param in params:
        is_option = param.param_type_name == "option"
        if is_option and not param.required and fuzz.random.random() < 0.6:
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
    if what.startswith("FILE") and " ".join(words) in FILES:
        return FILES[" ".join(words)](fuzz)
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


def comes_back(office: Office, params: list[Any], given: dict[str, str], ran: Ran) -> int:
    """Check that the texts that were taken in come back, and return how many there were."""
    added, named = ADDED.match(ran.out), given.get("deal", "1")
    deal = added[1] if added else NUMBERED.get(named, named)
    texts = {
        param.name: stored(given[param.name])
        for param in params
        if param.name in given and KINDS.get(wanted(param)) is Fuzz.text
    }
    if not texts:
        return 0
    found = answers(office, deal)
    missing = {name: text for name, text in texts.items() if not any(text in f for f in found)}
    assert not missing, (given, missing)
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
        command = get_command(app)
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
    rows = list(csv.DictReader((fuzz.folder / "table.csv").read_text("utf-8").splitlines(True)))
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
                back += comes_back(office, tree[words], given, ran)
            elif words == ("import", "deals") and "--dry-run" not in line:
                back += imported(office, fuzz)
    assert accepted > calls / 4, (accepted, calls)
    assert calls >= len(names)
    figure("odd values given to commands", fuzz.count)
    figure("calls with odd values", calls)
    figure("of these, calls that were carried out", accepted)
    figure("odd texts that came back exactly", back)


@pytest.mark.parametrize("part", range(PARTS))
def test_odd_texts_are_inert_in_every_format_and_on_a_terminal_without_colour(
    office: Office, part: int, tmp_path: Path, figure: Callable[[str, int], None]
) -> None:
    fuzz = Fuzz(-1 - part, tmp_path)
    seen: list[str] = []
    while fuzz.count < VALUES // PARTS // 2:
        if not seen or fuzz.count > FRESH * len(seen):
            office.does("deal", "add", f"Deal {fuzz.count}", "--on", "2026-10-01")
            seen.append(str(len(seen) + 1))
        deal = seen[-1]
        run(office, "deal", "edit", "--source", fuzz.text(), "--customer", fuzz.text(), deal)
        run(office, "log", "--with", fuzz.text(), "--next", fuzz.text(), "--", deal, fuzz.text())
        run(office, "milestone", "claim", "--evidence", fuzz.text(), deal, "need-confirmed")
        run(office, "team", "add", "--", fuzz.text())
    asked = 0
    for question in QUESTIONS:
        words = question.format(deal=1, held=len(seen), lost=1, pipeline="bidding").split()
        for fmt in Format:
            limited(office, [*words, "-f", str(fmt)])
        limited(office, words, terminal=True)
        asked += len(Format) + 1
    figure("odd texts shown in every format", fuzz.count)
    figure("answers full of odd texts", asked)


FOUND = {
    "an instant before the calendar begins": ["funnel", "--as-of", "0001-01-01T00:00:00+14:00"],
    "an instant after it ends": ["deal", "show", "1", "--as-of", "9999-12-31T23:59:59-14:00"],
    "many marks to put in order": ["log", "1", "\u0301\u0316" * 60_000],
    "as many as are looked at": ["log", "1", "\u0301\u0316" * 10_000],
    "marks to look for": ["deal", "list", "--customer", "\u0301\u0316" * 10_000],
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
