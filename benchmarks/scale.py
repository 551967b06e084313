"""A million deals, as ratios within one run: `python benchmarks/scale.py`.

Exits with 0 if every gate is met, else with 1.
"""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from environment import PAST, Environment, fresh
from peers import BALANCE, TASK_LIST, TASK_SUMMARY, UTILS, head, peers
from sample import MANAGER, OWNERS
from timing import START, Program, Spent, copy, spent, start

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALL, PEERS = 1_000, 100_000
"""Deals of the file that the large one is measured against, and of that beside other programs."""
ON_SMALL = f"x on {SMALL:,} deals"
FLAT = 1.2
"""How many times the memory may grow from a tenth of the deals to all of them."""
FUNNEL, STALLED, SHOW, LOG = "funnel", "stalled --limit 50", "deal show", "log"
TOTALS = f"{STALLED}, its totals in the shell"
LIST, ROWS, WORDS = "stalled -f csv", "stalled in the shell", "stalled in the shell, worded"
COURSES = {
    "conversion": "conversion",
    "conversion -f csv": "conversion",
    f"diff --since {PAST}": "diff",
    f"diff --since {PAST} -f csv": "diff",
    "forecast": "forecast of the largest",
    "forecast -f csv": "forecast",
}
"""What is asked of every deal's course, with what the shell is asked for it (statements.py)."""
REPORT, REPORTED = "report -o report.html", 10_000
STARTS, OF_SHELL = 10, "x the same in the shell + 10 S"
"""How many S an answer from many deals may take besides, and the unit of such a gate."""
NIGHTS = {each: f"stalled --since-last-run nightly -f {each}" for each in ("csv", "md")}
NIGHT, NIGHT_STARTS, OF_NIGHT = "the night", 8, "x the same in the shell + 8 S"
"""The run of the night for machines and for people, and what it is held to."""
THEN, THEN_ROWS = f"funnel --as-of {PAST}", "the funnel then in the shell"
JSON, LOOP = "deal list --status all -f json", "loop.py"
EXPORT, IMPORT, SHELL_IMPORT = "export", "import deals", ".import"
Taken = dict[str, list[Spent]]


@dataclass(frozen=True, slots=True)
class Line:
    """What the table tells of one gate."""

    what: str
    target: str
    measured: str = "not installed"
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The line as it is printed."""
        verdict = {True: "met", False: "not met", None: ""}[self.met]
        return self.what, self.target, self.measured, verdict


def main() -> int:
    """Measure, print the table, and return the exit status."""
    asked = options()
    with TemporaryDirectory(prefix="funnelcli-benchmark-", dir=asked.folder) as name:
        folder = Path(name)
        environment = Environment(asked.python.absolute()) if asked.python else None
        if environment is None:
            tell("installing into a fresh environment")
            environment = fresh(folder / "environment")
        lines = Scale(folder, environment, asked).lines()
    rows = [("program", "target", "measured", ""), *(line.cells for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return int(any(line.met is False for line in lines))


def options() -> Namespace:
    """Return what the command line asks for."""
    parser = ArgumentParser(description=__doc__)
    number = {"type": int, "metavar": "N"}
    parser.add_argument("--deals", default=1_000_000, **number, help="deals of the large file")
    parser.add_argument("--rounds", default=11, **number, help="how often short programs are timed")
    parser.add_argument("--long", default=3, **number, help="how often those are that take seconds")
    parser.add_argument("--middle", action="store_true", help="measure the middle file alone")
    parser.add_argument("--imported", **number, help="deals to import, those of the large file")
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="the Python of an environment that has funnelcli; else a fresh one is made",
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the files are made")
    asked = parser.parse_args()
    asked.imported = asked.imported or asked.deals
    if min(asked.deals, asked.imported) < SMALL or min(asked.rounds, asked.long) < 1:
        parser.error(f"--deals and --imported take {SMALL} or more, --rounds and --long 1 or more")
    if shutil.which("sqlite3") is None:
        parser.error("the sqlite3 shell is not installed")
    if asked.python is not None and not Environment(asked.python).funnelcli.exists():
        parser.error(f"there is no funnelcli beside {asked.python}")
    return asked


def tell(what: str) -> None:
    """Say on stderr what is going on."""
    print(what, file=sys.stderr)


class Scale:
    """The files, and what is measured on them."""

    def __init__(self, folder: Path, environment: Environment, asked: Namespace) -> None:
        self.folder, self.environment, self.asked = folder, environment, asked
        self.empty = folder / "empty.db"
        on_file = (environment.funnelcli, "--db", self.empty)
        about = ("--manager", MANAGER, "--currency", "CNY", "--timezone", "Asia/Shanghai")
        environment.do(*on_file, "init", "--lang", "en", *about)
        for owner in OWNERS:
            environment.do(*on_file, "team", "add", owner)
        self.tables = folder / "tables"

    @cached_property
    def small(self) -> Path:
        """The file that people's commands are measured against."""
        return self.made("small", SMALL)

    @cached_property
    def tenth(self) -> Path:
        """The middle file."""
        return self.made("tenth", self.asked.deals // 10)

    @cached_property
    def large(self) -> Path:
        """The large file."""
        return self.made("large", self.asked.deals)

    def made(self, name: str, deals: int) -> Path:
        """Make a file of so many deals."""
        tell(f"making {deals:,} deals")
        file, environment = self.folder / f"{name}.db", self.environment
        shutil.copyfile(self.empty, file)
        script = Path(__file__).with_name("million.py")
        environment.do(environment.python, "-B", script, file, "--deals", str(deals))
        return file

    def asks(self, name: str, file: Path, *words: str) -> Program:
        """Return funnelcli asked something of a file."""
        return Program(name, (str(self.environment.funnelcli), "--db", str(file), *words))

    def shell(self, name: str, file: Path, question: str) -> Program:
        """Return the sqlite3 shell with the statements by which funnelcli asks a file."""
        script = self.folder / f"{question.replace(' ', '-')}.sql"
        statements = Path(__file__).with_name("statements.py")
        command = (self.environment.python, "-B", statements, file, question)
        said = self.environment.said(*command, self.folder / "shell.csv")
        script.write_text(said, encoding="utf-8")
        return Program(name, ("sqlite3", "-csv", str(file), f".read '{script}'"))

    def timed(self, programs: Sequence[Program], count: int = 1) -> Taken:
        """Return what the programs took in so many rounds, in turn."""
        taken: Taken = {each.name: [] for each in programs}
        for _ in range(count):
            for each in programs:
                if each.writes is not None:
                    copy(self.empty, each.writes)
                taken[each.name].append(spent(each.command, self.environment.variables))
        return taken

    def lines(self) -> list[Line]:
        """Measure everything and return the table."""
        if self.asked.middle:
            return self.middle()
        return [
            *self.short(),
            *self.long(),
            *self.middle(),
            *self.reported(),
            *self.exchanged(),
            *self.beside(),
        ]

    def short(self) -> list[Line]:
        """Measure what people wait for against the same on 1,000 deals."""
        asked = {
            FUNNEL: ("funnel",),
            STALLED: ("stalled", "--limit", "50"),
            SHOW: ("deal", "show", "R0000002"),
            LOG: ("--as", MANAGER, "log", "R0000002", "sent the revised offer"),
        }
        tell(f"timing {self.asked.rounds} rounds of {', '.join(asked)}")
        programs = [
            self.asks(f"{name}{of}", file, *words)
            for name, words in asked.items()
            for of, file in (("", self.large), (" of 1,000", self.small))
        ]
        programs.append(self.shell(TOTALS, self.large, "stalled totals"))
        self.timed(programs)  # to warm up
        taken = self.timed(programs, self.asked.rounds)
        most = {FUNNEL: 2, STALLED: 1.3, SHOW: 1.15, LOG: 1.15}
        lines = [
            at_most(name, most[name], ON_SMALL, ratio(taken, name, f"{name} of 1,000"))
            for name in asked
        ]
        floor = ratio(taken, TOTALS, f"{STALLED} of 1,000")
        return [*lines, Line(TOTALS, "", f"{floor:.2f} x the question on 1,000 deals")]

    def long(self) -> list[Line]:
        """Measure long answers against the shell and a loop; and the memory of all questions."""
        answers = [
            self.asks(LIST, self.large, "stalled", "-f", "csv", "-o", str(self.folder / "a.csv")),
            self.asks(THEN, self.large, "funnel", "--as-of", PAST.isoformat()),
            self.asks(JSON, self.large, *JSON.split(), "-o", str(self.folder / "a.json")),
        ]
        loop = str(Path(__file__).with_name("loop.py"))
        command = (str(self.environment.python), "-B", loop, str(self.large))
        others = [
            self.shell(WORDS, self.large, "stalled in words"),
            self.shell(ROWS, self.large, "stalled"),
            self.shell(THEN_ROWS, self.large, "funnel then"),
            Program(LOOP, (*command, str(self.folder / "loop.json"))),
        ]
        questions = [
            self.asks(FUNNEL, self.large, "funnel"),
            self.asks(STALLED, self.large, "stalled", "--limit", "50"),
            self.asks(SHOW, self.large, "deal", "show", "R0000002"),
        ]
        tell(f"timing {self.asked.long} rounds of long lists and of the past")
        taken = self.timed([*answers, *others], self.asked.long)
        on_large = self.timed(questions) | taken
        tenths = [self.elsewhere(each, self.tenth) for each in (*answers, *questions)]
        on_tenth = self.timed(tenths)
        return [
            at_most(LIST, 2.5, "x the same in the shell", ratio(taken, LIST, WORDS)),
            Line(f"{LIST}, columns as stored", "", f"{ratio(taken, LIST, ROWS):.2f} x the shell"),
            at_most(THEN, 2, "x the same in the shell", ratio(taken, THEN, THEN_ROWS)),
            at_least(JSON, 2, "x the rows/s of json.dumps", ratio(taken, LOOP, JSON)),
            lean("questions", 40, {n: on_large[n] for n in on_tenth}, on_tenth),
        ]

    def middle(self) -> list[Line]:
        """Measure what looks at every deal's course, on the middle file, against the shell.

        The shell's rows are the same for a table and for csv, but for the deals of a forecast.
        """
        to_file = ("-o", str(self.folder / "a.csv"))
        answers = [
            self.asks(name, self.tenth, *name.split(), *(to_file if name.endswith("csv") else ()))
            for name in COURSES
        ]
        others = {each: f"{each} in the shell" for each in COURSES.values()}
        shells = [self.shell(name, self.tenth, question) for question, name in others.items()]
        tell(f"timing {self.asked.long} rounds of {', '.join(COURSES)}")
        count, unit = self.asked.deals // 10, start(self.environment.python)
        taken = self.timed([unit, *answers, *shells], self.asked.long)
        lines = [
            at_most(f"{name}, {count:,}", 4, OF_SHELL, beyond_starts(taken, name, others[question]))
            for name, question in COURSES.items()
        ]
        return [*lines, *self.nights()]

    def nights(self) -> list[Line]:
        """Measure the run of the night on the middle file, after one long ago: most is new."""
        count, unit = self.asked.deals // 10, start(self.environment.python)
        nights = [
            self.asks(name, self.tenth, *name.split(), "-o", str(self.folder / f"night.{fmt}"))
            for fmt, name in NIGHTS.items()
        ]
        on_file = (self.environment.funnelcli, "--db", self.tenth)
        before = ("stalled", "--since-last-run", "nightly", "--as-of", PAST.isoformat())
        self.environment.do(*on_file, *before, "-f", "ids", "-o", self.folder / "ids")
        tell(f"timing {self.asked.long} rounds of {', '.join(NIGHTS.values())}")
        taken = self.timed([unit, *nights, self.shell(NIGHT, self.tenth, NIGHT)], self.asked.long)
        return [
            at_most(
                f"{name}, {count:,}", 3, OF_NIGHT, beyond_starts(taken, name, NIGHT, NIGHT_STARTS)
            )
            for name in NIGHTS.values()
        ]

    def reported(self) -> list[Line]:
        """Measure the meeting report of a file that many a team has: its CPU, and its size."""
        page, file = self.folder / "report.html", self.made("reported", REPORTED)
        tell(f"timing {self.asked.rounds} reports")
        taken = self.timed([self.asks(REPORT, file, "report", "-o", str(page))], self.asked.rounds)
        cpu = median(each.cpu for each in taken[REPORT])
        what = f"{REPORT}, {REPORTED:,}"
        return [
            at_most(what, 2, "s of CPU", cpu),
            at_most(f"{what}: its size", 1, "MB", page.stat().st_size / 1_000_000),
        ]

    def elsewhere(self, program: Program, file: Path) -> Program:
        """Return the program asked of another file."""
        words = (str(file) if word == str(self.large) else word for word in program.command)
        return Program(program.name, tuple(words))

    def exchanged(self) -> list[Line]:
        """Measure export and import: rows a second against the shell's, and memory."""
        tell("exporting")
        on_tenth = self.timed([self.asks(EXPORT, self.tenth, "export", str(self.tables))])
        on_large = self.timed([self.asks(EXPORT, self.large, "export", str(self.tables))])
        count = self.asked.imported
        tables = {
            n: head(self.tables / "deals.csv", n, self.folder / f"{n}.csv")
            for n in (count // 10, count)
        }
        tell(f"importing {count:,} deals")
        small = self.timed([self.imports(tables[count // 10])])
        ours, theirs = self.imports(tables[count]), self.shell_imports(tables[count])
        taken = self.timed([ours, theirs])
        found = ratio(taken, SHELL_IMPORT, IMPORT)
        return [
            at_least(f"{IMPORT}, {count:,}", 0.15, "x the rows/s of .import, aim 0.25", found),
            lean("import", 60, {IMPORT: taken[IMPORT]}, small),
            lean("export", 60, on_large, on_tenth),
        ]

    def imports(self, table: Path) -> Program:
        """Return funnelcli importing a table into a file without deals."""
        copied = self.folder / "imported.db"
        words = ("import", "deals", str(table), "--create-missing")
        return Program(IMPORT, self.asks("", copied, *words).command, writes=copied)

    def shell_imports(self, table: Path) -> Program:
        """Return the shell importing it as text into a table that it makes."""
        into = str(self.folder / "text.db")
        return Program(SHELL_IMPORT, ("sqlite3", into, ".mode csv", f".import '{table}' deals"))

    def beside(self) -> list[Line]:
        """Measure other programs, each with as many records, in one run with ours."""
        count = min(PEERS, self.asked.deals)
        file = self.tenth if count == self.asked.deals // 10 else self.made("peers", count)
        table = head(self.tables / "deals.csv", count, self.folder / "peers.csv")
        programs = peers(self.folder, table, self.environment)
        asked = [
            self.asks(FUNNEL, file, "funnel"),
            self.asks(STALLED, file, "stalled", "--limit", "50"),
        ]
        tell(f"timing {', '.join(each.name for each in programs)}")
        shorter = [each for each in programs if each.name != UTILS]
        taken = self.timed([*asked, *shorter], self.asked.long)
        for each in programs:
            if each.name == UTILS:
                taken |= self.timed([each, self.imports(table)])
        faster = {TASK_LIST: 10, TASK_SUMMARY: 4, BALANCE: 30}
        lines = [
            beside(f"{name}, {count:,}", least, f"x faster than {peer}", taken, (peer, name))
            for peer, least in faster.items()
            for name in (FUNNEL, STALLED)
        ]
        what = f"{IMPORT}, {count:,}"
        return [*lines, beside(what, 8, f"x the rows/s of {UTILS}", taken, (UTILS, IMPORT))]


def ratio(taken: Taken, one: str, other: str) -> float:
    """Return the median of the rounds' ratios, each to the other of the same round."""
    pairs = zip(taken[one], taken[other], strict=True)
    return median(ours.seconds / theirs.seconds for ours, theirs in pairs)


def beyond_starts(taken: Taken, one: str, other: str, starts: int = STARTS) -> float:
    """Return the median of the rounds' ratios of what one took beyond so many S, to the other."""
    triples = zip(taken[one], taken[other], taken[START], strict=True)
    return median((a.seconds - starts * s.seconds) / b.seconds for a, b, s in triples)


def at_most(what: str, most: float, unit: str, found: float) -> Line:
    """Return the line of a gate that is an upper bound."""
    return Line(what, f"<= {most:g} {unit}", f"{found:.2f}", found <= most)


def at_least(what: str, least: float, unit: str, found: float) -> Line:
    """Return the line of a gate that is a lower bound."""
    return Line(what, f">= {least:g} {unit}", f"{found:.2f}", found >= least)


def beside(what: str, least: float, unit: str, taken: Taken, pair: tuple[str, str]) -> Line:
    """Return the line of a program beside another, if that is installed."""
    if pair[0] not in taken:
        return Line(what, f">= {least:g} {unit}")
    return at_least(what, least, unit, ratio(taken, *pair))


def lean(what: str, most: float, on_large: Taken, on_tenth: Taken) -> Line:
    """Return the line of the most memory that any of the programs held, and how it grew."""
    peaks = {name: max(each.peak for each in taken) for name, taken in on_large.items()}
    grown = max(peaks[name] / max(each.peak for each in on_tenth[name]) for name in peaks)
    found = max(peaks.values())
    measured = f"{found:.0f} MB, {grown:.2f} x that of a tenth"
    target = f"<= {most:g} MB, <= {FLAT:g} x"
    return Line(f"{what}: memory", target, measured, found <= most and grown <= FLAT)


if __name__ == "__main__":
    sys.exit(main())
