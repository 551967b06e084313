"""Files that are the same in every run: one of 1,000 deals, and two for special questions.

Made by funnelcli's own imports, and a few commands of the last days. The file has 20,000 logs and
1,000 contacts; one more has many contacts, and one has 50 open and 500 closed deals to learn from.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from shutil import copyfile
from typing import TYPE_CHECKING

from environment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from environment import Environment

DEALS = 1_000
OPEN_DEALS, CLOSED_DEALS = 50, 500
"""Deals of the file from which a forecast learns."""
HELD = 5
LOGS = (12, 28)
"""How many logs a deal has, at least and at most."""
CONTACTS, MANY_CONTACTS = 1_000, 100_000
MANAGER = "Jiang Yue"
OWNERS = ("Xiao Li", "Chen Hao", "Anna Berg", "Tom Reed", "Wu Min")
SOURCES = ("fair", "web", "referral", "partner")
STAGES = ("opportunity", "shortlisted", "drafted", "quoted", "confirmed", "terms")
"""The stages of the pipeline that a new file starts with."""
OPEN = "open"
TODAY = datetime.fromisoformat(NOW).date()
QUARTER, TEAM_TARGET, TARGET = "2026Q4", "180m", "36m"
"""What the team, and each of five reps, are to win: more than is won or in sight."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The file, one with many contacts, one to learn from, and an open deal with stages to go."""

    file: Path
    crowded: Path
    history: Path
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
            entered[0] + timedelta(days=random.randint(0, span))
            for _ in range(random.randint(*LOGS))
        ),
        amount=random.randrange(5_000, 2_000_000, 500),
        owner=random.choice(OWNERS),
    )


def learnable() -> list[Deal]:
    """Return as many open and as many closed deals as the forecast's gate names."""
    random = Random(550)  # noqa: S311  the same deals every time
    wanted, found = {True: OPEN_DEALS, False: CLOSED_DEALS}, list[Deal]()
    while any(wanted.values()):
        deal = invented(random, len(found) + 1)
        if wanted[deal.status == OPEN]:
            wanted[deal.status == OPEN] -= 1
            found.append(deal)
    return found


def deal_rows(deals: Iterable[Deal]) -> Iterator[Sequence[object]]:
    """Yield the table that `import deals` reads."""
    yield (
        *("id", "name", "customer", "owner", "stage", "status"),
        *("amount", "opened_on", "closed_on", "source"),
    )
    for deal in deals:
        about = (f"Waterworks {deal.number % 120}", deal.owner, deal.stage, deal.status)
        source = SOURCES[deal.number % len(SOURCES)]
        yield deal.number, deal.name, *about, deal.amount, deal.entered[0], deal.closed, source


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


def contact_rows(first: int, last: int) -> Iterator[Sequence[object]]:
    """Yield the table that `import contacts` reads; those of the first deals are on them."""
    yield "name", "company", "title", "deal", "role", "stance"
    roles = ("decision-maker", "champion", "evaluator", "user")
    for n in range(first, last + 1):
        name = f"{SURNAMES[n % len(SURNAMES)]}{chr(0x4E00 + n // 5 % 5_000)}"
        on_deal = n if n <= DEALS else None
        role = roles[n % len(roles)] if on_deal else None
        yield f"{name} {n:06}", f"Waterworks {n % 120}", "engineer", on_deal, role, None


SURNAMES = ("王", "李", "張", "劉", "陈", "Berg ", "Reed ", "Olsen ")
TABLES = {"deals": deal_rows, "stages": stage_rows, "logs": log_rows}
"""What is imported, in this order."""


def made(folder: Path, environment: Environment) -> Sample:
    """Import the deals into a new file in `folder`, and make room in it for the minimal program."""
    random = Random(1_000)  # noqa: S311  the same deals every time
    deals = [invented(random, number) for number in range(1, DEALS + 1)]
    file, history = folder / "sample.db", folder / "history.db"
    on_file = (environment.funnelcli, "--db", file)
    filled(file, environment, deals, TABLES)
    filled(history, environment, learnable(), ("deals", "stages"))
    table = written(folder / "contacts.csv", contact_rows(1, CONTACTS))
    environment.do(*on_file, "import", "contacts", table)
    chosen, *others = [deal for deal in deals if deal.status == OPEN and deal.stage == STAGES[0]]
    until = (TODAY + timedelta(days=30)).isoformat()
    for deal in others[:HELD]:
        environment.do(*on_file, "deal", "hold", deal.name, "--until", until, "--reason", "budget")
    talk(environment, on_file, deals)
    acquaint(environment, on_file)
    aim(environment, on_file)
    crowded = folder / "crowded.db"
    copyfile(file, crowded)
    table = written(folder / "many.csv", contact_rows(CONTACTS + 1, MANY_CONTACTS))
    environment.do(environment.funnelcli, "--db", crowded, "import", "contacts", table)
    lay_out = "from sys import argv; from minimal import lay_out; lay_out(argv[1])"
    environment.do(environment.python, "-B", "-c", lay_out, file)
    return Sample(file, crowded, history, chosen.name)


def filled(
    file: Path, environment: Environment, deals: Sequence[Deal], tables: Iterable[str]
) -> None:
    """Start a file and import these tables of the deals into it."""
    on_file = (environment.funnelcli, "--db", file)
    about = ("--manager", MANAGER, "--currency", "CNY", "--timezone", "Asia/Shanghai")
    environment.do(*on_file, "init", "--lang", "en", *about)
    for name in tables:
        table = written(file.with_name(f"{name}.csv"), TABLES[name](deals))
        environment.do(*on_file, "import", name, table, "--create-missing")


TALKED = 30
"""Deals of whose logs the manager has yet to answer most."""


def talk(environment: Environment, on_file: Sequence[Path | str], deals: Sequence[Deal]) -> None:
    """Have reps log and claim, the manager answer every sixth of it, and work be planned."""
    imported = sum(len(deal.logged) for deal in deals)
    for n, deal in enumerate([deal for deal in deals if deal.status == OPEN][:TALKED], 1):
        text, claim = f"spoke with them, {n}", ("--claim", "80") if n % 2 else ("--ask",)
        environment.do(*on_file, "--as", deal.owner, "log", deal.name, text, *claim)
        if n % 6 == 0:
            due = (TODAY + timedelta(days=2)).isoformat()
            environment.do(*on_file, "reply", str(imported + n), "who says so?", "--by", due)
            environment.do(*on_file, "plan", "add", deal.name, "visit them", "--on", due)


TIED = 10
"""Contacts whom somebody on the team knows."""


def acquaint(environment: Environment, on_file: Sequence[Path | str]) -> None:
    """Tell where the team worked, and whom of the customers' people it knows."""
    worked = ("--worked", "Waterworks 7, engineer, 2015..2019")
    for owner in OWNERS:
        environment.do(*on_file, "team", "edit", owner, *worked)
    names = [name for name, *_ in contact_rows(1, TIED)][1:]
    for n, name in enumerate(names):
        knows = OWNERS[n % len(OWNERS)]
        environment.do(*on_file, "contact", "tie", knows, str(name), "--relation", "classmate")


def aim(environment: Environment, on_file: Sequence[Path | str]) -> None:
    """Set targets for the team and for everybody who sells."""
    environment.do(*on_file, "target", "set", "team", QUARTER, TEAM_TARGET)
    for owner in OWNERS:
        environment.do(*on_file, "target", "set", owner, QUARTER, TARGET)


def written(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """Write a table and return where it is."""
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return path
