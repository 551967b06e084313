"""The forecast beside simpler methods, on real logs and in simulated worlds.

    python benchmarks/forecast.py

Exits with 0 if every gate is met, else with 1.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from applications import chance_lines, stall_lines
from gates import Line, table
from plans import plan_lines, speed_lines
from revenue import revenue_lines
from worlds import world_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PARTS: dict[str, Callable[[Namespace], Iterable[Line]]] = {
    "bpi": lambda asked: chance_lines(asked.data / "bpi2012", asked.draws, asked.seed),
    "stalls": lambda asked: stall_lines(asked.data / "bpi2012", asked.draws, asked.seed),
    "maven": lambda asked: revenue_lines(asked.data / "maven-crm", asked.draws, asked.seed),
    "worlds": lambda asked: world_lines(asked.draws, asked.seed),
    "plans": lambda asked: plan_lines(asked.draws, asked.seed),
    "speed": lambda asked: speed_lines(asked.seed),
}
"""What is measured, in the table's order."""


def main() -> int:
    """Measure, print the table, and return the exit status."""
    asked = options()
    lines: list[Line] = []
    for name in [asked.only] if asked.only else PARTS:
        print(name, file=sys.stderr)
        lines += PARTS[name](asked)
    for line in table(lines):
        print(line)
    return int(any(line.missed for line in lines))


def options() -> Namespace:
    """Return what the command line asks for."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1_000, help="teams drawn for each line")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn")
    parser.add_argument("--only", choices=PARTS, help="one part of the table")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="the real logs")
    asked = parser.parse_args()
    if asked.draws < 1:
        parser.error("--draws takes 1 or more")
    if asked.only not in {"worlds", "plans", "speed"} and not asked.data.is_dir():
        parser.error(f"the real logs are not in {asked.data}; --data says where they are")
    return asked


if __name__ == "__main__":
    sys.exit(main())
