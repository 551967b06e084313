"""Odd texts, numbers, dates and files, by the word with which the help of a parameter names it."""

from __future__ import annotations

import csv
import io
import re
from random import Random
from typing import TYPE_CHECKING

import tomli_w
from test_inert import BIDI, FRAGMENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


class Fuzz:
    """A source of odd values that says the same again for the same seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = Random(seed)
        self.folder = folder
        self.count = 0
        self.pools: dict[str, list[str]] = {
            "DEAL": ["1", "2", "3", "#2", "Ark", "方舟"],
            "PERSON": ["Jiang Yue", "Xiao Li", "Wang", "li"],
            "CONTACT": ["1", "2", "Liu Wei", "刘伟", "趙兵"],
            "NAME-OR-COMPANY": ["1", "Liu", "刘伟", "Ark", "三勵"],
            "PLACE": ["Sanli 三励", "Ark, buyer, 2015..2019", "Fudan, ..2009-06"],
            "LOG": ["1", "2", "#3"],
            "PLAN": ["1", "2", "#3"],
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
            "REP|team": ["team", "Team", "团队", "Xiao Li", "2"],
            "FIGURE": ["attendance", "logs", "claim-bias", "Logs", "none"],
            "PERIOD": ["2026Q4", "2026-11", "2026-W48", "2026", "quarter", "last week"],
            "OLD=NEW": ["quoted=drafted"],
            "PRESET": ["hubspot", "pipedrive", "salesforce", "zoho", "maven"],
            "ENCODING": ["utf-8", "UTF-8", "ascii", "gbk"],
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
        if self.random.random() < 0.75:
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


def contacts_csv(fuzz: Fuzz) -> str:
    """Return a file for `import contacts`."""
    kinds = {"name": fuzz.text, "company": empty_or(fuzz, fuzz.text), "deal": of(fuzz, "DEAL")}
    return table(fuzz, "name,company,deal,role", kinds | {"role": lambda: "user"})


def pipeline_toml(fuzz: Fuzz) -> str:
    """Return a file for `pipeline apply`."""
    stage = {"name": f"s{fuzz.count}", "title": fuzz.text(), "guidance": fuzz.text()}
    odd = fuzz.random.choice([50, 0, -1, 101, 10**30, 1.5, float("nan"), float("inf"), "x", True])
    stage |= {"probability": odd, "milestone": [{"name": fuzz.text()[:30], "title": fuzz.text()}]}
    written = tomli_w.dumps({"name": f"p{fuzz.count}", "title": fuzz.text(), "stage": [stage]})
    path = fuzz.folder / "process.toml"
    path.write_bytes(written.encode("utf-8", "surrogatepass"))
    return str(path)


def bonus_toml(fuzz: Fuzz) -> str:
    """Return a file for `bonus`."""
    odd = fuzz.random.choice([200, 0, -1, 10**30, 1.5, float("nan"), "x", True, [], {}])
    per = fuzz.random.choice(["milestone", "stage", "plan", "won", "late", fuzz.text()])
    rule = {"name": fuzz.text()[:30], "per": per, fuzz.random.choice(["amount", "deduct"]): odd}
    if fuzz.random.random() < 0.2:
        rule["stages"] = [fuzz.text()]
    written = tomli_w.dumps({"name": f"r{fuzz.count}", "rule": [rule]})
    path = fuzz.folder / "bonus.toml"
    path.write_bytes(written.encode("utf-8", "surrogatepass"))
    return str(path)


def map_toml(fuzz: Fuzz) -> str:
    """Return a map, mostly one that names our own columns."""
    said = {"columns": {"id": "{id}", "name": "{name}", "deal": "{deal}", "at": "{at}"}}
    odd = fuzz.random.choice(["{name}", "{id} {name}", "{", "}{", "{}", fuzz.text(), 7, [""]])
    said["columns"][fuzz.random.choice(["name", "customer", "text", "stage", fuzz.text()])] = odd
    written = tomli_w.dumps(said)
    path = fuzz.folder / "map.toml"
    path.write_bytes(written.encode("utf-8", "surrogatepass"))
    return str(path)


FILES = {
    ("import deals", "FILE"): deals_csv,
    ("import stages", "FILE"): stages_csv,
    ("import logs", "FILE"): logs_csv,
    ("import contacts", "FILE"): contacts_csv,
    ("pipeline apply", "FILE.toml"): pipeline_toml,
    ("bonus", "FILE.toml"): bonus_toml,
}
KINDS: dict[str, Callable[[Fuzz], str]] = {
    **dict.fromkeys(("TEXT", "NAME", "C", "EVIDENCE", "LOGIN", "GROUP"), Fuzz.text),
    **dict.fromkeys(("ZONE", "VALUE"), Fuzz.text),
    **dict.fromkeys(("FILE", "PATH", "DIR"), Fuzz.path),
    "FILE.toml": map_toml,
    **dict.fromkeys(("REP", "PERSON"), lambda fuzz: fuzz.word("PERSON")),
    "DATE": Fuzz.date,
    "A": Fuzz.amount,
    "N": lambda fuzz: fuzz.word("N", NUMBERS),
    "PERCENT": lambda fuzz: fuzz.word("PERCENT", NUMBERS),
    "DEAL": lambda fuzz: fuzz.word("DEAL", NUMBERS, FRAGMENTS),
    "REP|team": lambda fuzz: fuzz.word("REP|team", NUMBERS),
    "PERIOD": lambda fuzz: fuzz.word("PERIOD", DATES, [f"{a}..{b}" for a in DATES for b in DATES]),
    "AMOUNT": lambda fuzz: "none" if fuzz.random.random() < 0.2 else fuzz.amount(),
    "FROM..TO": lambda fuzz: fuzz.word("FROM..TO", [f"{a}..{b}" for a in DATES for b in DATES[:3]]),
    **{
        what: lambda fuzz, what=what: fuzz.word(what)
        for what in (
            *("STAGE", "MILESTONE", "PIPELINE", "STATUS", "LANG", "TEMPLATE", "CODE", "SETTING"),
            *(
                "OLD=NEW",
                "FIGURE",
                "PRESET",
                "ENCODING",
                "CONTACT",
                "NAME-OR-COMPANY",
                "PLACE",
                "LOG",
                "PLAN",
            ),
        )
    },
}
"""How to fuzz what a parameter takes, by the word that its help names it with."""
