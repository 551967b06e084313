"""The speed of funnelcli, as ratios within one run: `python benchmarks/run.py`.

Exits with 0 if every gate is met, else with 1.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from environment import PAST, Environment, fresh
from quarter import REPS, quarter
from sample import CLOSED_DEALS, MANAGER, OPEN_DEALS, Sample, made
from timing import START, Program, rounds, start

if TYPE_CHECKING:
    from collections.abc import Sequence

MINIMAL = "M"
WHO, CROWDED = "who", "who, of 100,000"
APPRAISE = f"appraise, {REPS} reps, 20,000 logs"
BONUS = f"bonus, {REPS} reps, 20,000 logs"
RULES = Path(__file__).parents[1] / "examples" / "bonus.toml"
FORECAST = f"forecast, {OPEN_DEALS} open, {CLOSED_DEALS} closed"
DIFF = f"diff --since {PAST}"
ASKED = "王乤 000504"
"""Whom `who` is asked about: somebody who is in both files."""
UNITS = {START: "python -c 'import sqlite3'", MINIMAL: "minimal.py, one row"}
"""What the times are told in: S for questions, M for changes."""


@dataclass(frozen=True, slots=True)
class Gate:
    """How many units a program may take at most, and how many it had better take."""

    program: str
    most: float
    unit: str
    aim: float | None = None

    @property
    def target(self) -> str:
        """The gate in words."""
        aim = "" if self.aim is None else f", aim {self.aim:g}"
        return f"<= {self.most:g} {self.unit}{aim}"

    def verdict(self, measured: float) -> str:
        """Return what the measured ratio amounts to."""
        if measured > self.most:
            return "not met"
        return "met" if self.aim is None or measured <= self.aim else "met, aim missed"


GATES = (
    Gate("--version", 2, START),
    Gate("--help", 9, START),
    Gate("funnel", 7, START, aim=5),
    Gate("stalled", 7, START, aim=5),
    Gate("stalled --limit 20", 7, START, aim=5),
    Gate("inbox", 8, START),
    Gate("brief", 8, START),
    Gate("day", 8, START),
    Gate("next", 8, START),
    Gate(WHO, 8, START),
    Gate(CROWDED, 1.5, WHO),
    Gate(FORECAST, 10, START),
    Gate("conversion", 10, START),
    Gate("velocity", 10, START),
    Gate(DIFF, 10, START),
    Gate("coverage", 10, START),
    Gate("segments", 10, START),
    Gate(APPRAISE, 10, START),
    Gate(BONUS, 10, START),
    Gate("log", 1.5, MINIMAL),
    Gate("deal advance", 1.5, MINIMAL),
)


def main() -> int:
    """Measure, print the table, and return the exit status."""
    asked = options()
    with TemporaryDirectory(prefix="funnelcli-benchmark-") as name:
        folder = Path(name)
        if asked.python is None:
            tell("installing into a fresh environment")
            environment = fresh(folder / "environment")
        else:
            environment = Environment(asked.python.absolute())
        tell("importing 1,000 deals with 20,000 logs, and 100,000 contacts")
        sample = made(folder, environment)
        tell("importing a quarter of ten reps with 20,000 logs")
        logged = quarter(folder, environment)
        tell(f"timing {asked.rounds} rounds")
        measured = programs(environment, sample, logged)
        taken = rounds(measured, asked.rounds, sample.file, environment.variables)
    for line in table(taken):
        print(line)
    return int(any(ratio(taken, gate) > gate.most for gate in GATES))


def options() -> Namespace:
    """Return what the command line asks for."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each program is timed")
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="the Python of an environment that has funnelcli; else a fresh one is made",
    )
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error("--rounds takes 1 or more")
    if asked.python is not None and not Environment(asked.python).funnelcli.exists():
        parser.error(f"there is no funnelcli beside {asked.python}")
    return asked


def tell(what: str) -> None:
    """Say on stderr what is going on."""
    print(what, file=sys.stderr)


def programs(environment: Environment, sample: Sample, logged: Path) -> list[Program]:
    """Return what is timed, in the order of a round."""
    python, funnelcli = str(environment.python), str(environment.funnelcli)
    file, copy = str(sample.file), sample.file.with_name("copy.db")
    reading = (funnelcli, "--db", file)
    writing = (funnelcli, "--db", str(copy), "--as", MANAGER)
    text = "sent the revised offer"
    forced = ("--force", "--reason", "agreed by telephone")
    minimal = (python, str(Path(__file__).with_name("minimal.py")), str(copy), text)
    return [
        start(environment.python),
        Program("--version", (funnelcli, "--version")),
        Program("--help", (funnelcli, "--help")),
        Program("funnel", (*reading, "funnel")),
        Program("stalled", (*reading, "stalled")),
        Program("stalled --limit 20", (*reading, "stalled", "--limit", "20")),
        Program("inbox", (*reading, "inbox")),
        Program("brief", (*reading, "brief")),
        Program("day", (*reading, "day")),
        Program("next", (*reading, "next", "--owner", "Xiao Li")),
        Program(WHO, (*reading, "who", ASKED)),
        Program(CROWDED, (funnelcli, "--db", str(sample.crowded), "who", ASKED)),
        Program(FORECAST, (funnelcli, "--db", str(sample.history), "forecast")),
        *(
            Program(name, (*reading, *name.split()))
            for name in ("conversion", "velocity", DIFF, "coverage", "segments")
        ),
        Program(APPRAISE, (funnelcli, "--db", str(logged), "appraise")),
        Program(BONUS, (funnelcli, "--db", str(logged), "bonus", "--rules", str(RULES))),
        Program(MINIMAL, minimal, writes=copy),
        Program("log", (*writing, "log", sample.deal, text), writes=copy),
        Program("deal advance", (*writing, "deal", "advance", sample.deal, *forced), writes=copy),
    ]


def ratio(taken: Sequence[dict[str, float]], gate: Gate) -> float:
    """Return the median of the rounds' ratios, each to the unit of the same round."""
    return median(each[gate.program] / each[gate.unit] for each in taken)


def table(taken: Sequence[dict[str, float]]) -> list[str]:
    """Return the lines of the table: the units, then the gates; milliseconds are medians."""
    rows = [("program", "target", "measured", "ms", "")]
    for name, what in UNITS.items():
        rows.append((f"{name}: {what}", "", "", milliseconds(taken, name), ""))
    for gate in GATES:
        found = ratio(taken, gate)
        measured = f"{found:.2f} {gate.unit}"
        time = milliseconds(taken, gate.program)
        rows.append((gate.program, gate.target, measured, time, gate.verdict(found)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"{name:{widths[0]}}  {target:{widths[1]}}  {measured:>{widths[2]}}"
        f"  {time:>{widths[3]}}  {verdict}".rstrip()
        for name, target, measured, time, verdict in rows
    ]


def milliseconds(taken: Sequence[dict[str, float]], program: str) -> str:
    """Return the median of a program's times, in words."""
    return f"{1_000 * median(each[program] for each in taken):.0f}"


if __name__ == "__main__":
    sys.exit(main())
