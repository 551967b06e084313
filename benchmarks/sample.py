"""A file with 1,000 deals over a year, the same in every run, made by funnelcli's own imports."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from environment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from environment import Environment

DEALS = 1_000
HELD = 5
MANAGER = "Jiang Yue"
OWNERS = ("Xiao Li", "Chen Hao", "Anna Berg", "Tom Reed", "Wu Min")
STAGES = ("opportunity", "shortlisted", "drafted", "quoted", "confirmed", "terms")
"""The stages of the pipeline that a new file starts with."""
OPEN = "open"
TODAY = datetime.fromisoformat(NOW).date()


@dataclass(frozen=True, slots=True)
class Sample:
    """The file, and an open deal of it that has stages yet to go."""

    file: Path
    deal: str


@dataclass(frozen=True, slots=True)
class Deal:
    """A made-up deal: the day of each stage it entered, how it ended, the days of its logs."""

    number: int
    entered: tuple[date, ...]
    status: str
    closed: date | None
    logged: tuple[date, ...]
    amount: int
    owner: str

    @property
    def name(self) -> str:
        """What people call it."""
        return f"Pump station {self.number:04}"

    @property
    def stage(self) -> str:
        """Where it is, or was when it closed."""
        return STAGES[len(self.entered) - 1]


def invented(random: Random, number: int) -> Deal:
    """Return a deal that was opened within the last year and has come some way since."""
    days = [TODAY - timedelta(days=random.randint(3, 364))]
    for _ in range(random.randrange(len(STAGES))):
        days.append(days[-1] + timedelta(days=random.randint(3, 60)))
    entered = tuple(day for day in days if day < TODAY)
    (status,) = random.choices((OPEN, "won", "lost"), (65, 15, 20))
    end = entered[-1] + (TODAY - entered[-1]) * random.random()
    until = TODAY if status == OPEN else end
    span = (until - entered[0]).days
    return Deal(
        number=number,
        entered=entered,
        status=status,
        closed=None if status == OPEN else end,
        logged=tuple(
            entered[0] + timedelta(days=random.randint(0, span)) for _ in range(random.randrange(7))
        ),
        amount=random.randrange(5_000, 2_000_000, 500),
        owner=random.choice(OWNERS),
    )


def deal_rows(deals: Iterable[Deal]) -> Iterator[Sequence[object]]:
    """Yield the table that `import deals` reads."""
    yield "id", "name", "customer", "owner", "stage", "status", "amount", "opened_on", "closed_on"
    for deal in deals:
        about = (f"Waterworks {deal.number % 120}", deal.owner, deal.stage, deal.status)
        yield deal.number, deal.name, *about, deal.amount, deal.entered[0], deal.closed


def stage_rows(deals: Iterable[Deal]) -> Iterator[Sequence[object]]:
    """Yield the table that `import stages` reads."""
    yield "deal", "stage", "at", "by"
    for deal in deals:
        for stage, day in zip(STAGES, deal.entered, strict=False):
            yield deal.number, stage, day, deal.owner


def log_rows(deals: Iterable[Deal]) -> Iterator[Sequence[object]]:
    """Yield the table that `import logs` reads."""
    yield "deal", "at", "by", "kind", "text", "claim"
    kinds = ("call", "visit", "meeting", "email", "note")
    for deal in deals:
        for n, day in enumerate(deal.logged):
            claim = None if n % 3 else 10 * len(deal.entered) + 20
            kind = kinds[(deal.number + n) % len(kinds)]
            yield deal.number, day, deal.owner, kind, "talked about the next step", claim


TABLES = {"deals": deal_rows, "stages": stage_rows, "logs": log_rows}
"""What is imported, in this order."""


def made(folder: Path, environment: Environment) -> Sample:
    """Import the deals into a new file in `folder`, and make room in it for the minimal program."""
    random = Random(1_000)  # noqa: S311  the same deals every time
    deals = [invented(random, number) for number in range(1, DEALS + 1)]
    file = folder / "sample.db"
    on_file = (environment.funnelcli, "--db", file)
    about = ("--manager", MANAGER, "--currency", "CNY", "--timezone", "Asia/Shanghai")
    environment.do(*on_file, "init", "--lang", "en", *about)
    for name, rows in TABLES.items():
        table = folder / f"{name}.csv"
        with table.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows(deals))
        environment.do(*on_file, "import", name, table, "--create-missing")
    chosen, *others = [deal for deal in deals if deal.status == OPEN and deal.stage == STAGES[0]]
    until = (TODAY + timedelta(days=30)).isoformat()
    for deal in others[:HELD]:
        environment.do(*on_file, "deal", "hold", deal.name, "--until", until, "--reason", "budget")
    lay_out = "from sys import argv; from minimal import lay_out; lay_out(argv[1])"
    environment.do(environment.python, "-B", "-c", lay_out, file)
    return Sample(file, chosen.name)
