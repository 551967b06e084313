"""Other programs that keep work in a file, each with as many records as comparable as may be.

A task is a deal: its customer is the project, its stage a tag. A transaction is a deal: its amount
goes to an account for its stage and owner. None has deals, so their questions are others, too.
"""

from __future__ import annotations

import csv
import shutil
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from timing import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from environment import Environment

TASK_LIST, TASK_SUMMARY = "task list", "task summary"
BALANCE, UTILS = "hledger balance", "sqlite-utils insert --csv"


def peers(folder: Path, deals: Path, environment: Environment) -> list[Program]:
    """Return those that are installed, asked about the deals of a table that export wrote."""
    found = []
    task, hledger = shutil.which("task"), shutil.which("hledger")
    if task is not None:
        rc = _tasks(folder, deals)
        found.append(Program(TASK_LIST, (task, f"rc:{rc}", "list", "limit:page")))
        found.append(Program(TASK_SUMMARY, (task, f"rc:{rc}", "summary")))
    if hledger is not None:
        journal = _journal(folder, deals)
        found.append(Program(BALANCE, (hledger, "-f", str(journal), "balance")))
    utils = shutil.which("sqlite-utils", path=environment.python.parent)
    utils = utils or shutil.which("sqlite-utils")
    if utils is not None:
        into = folder / "utils.db"
        found.append(Program(UTILS, (utils, "insert", str(into), "deals", str(deals), "--csv")))
    return found


def head(table: Path, count: int, place: Path) -> Path:
    """Write the first rows of a table to another place and return that."""
    with table.open(encoding="utf-8") as rows, place.open("w", encoding="utf-8") as out:
        out.writelines(islice(rows, count + 1))
    return place


def _rows(deals: Path) -> Iterator[dict[str, str]]:
    with deals.open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def _tasks(folder: Path, deals: Path) -> Path:
    data = folder / "tasks"
    data.mkdir()
    with (data / "pending.data").open("w", encoding="utf-8") as out:
        for number, row in enumerate(_rows(deals), 1):
            said = {
                "description": row["name"],
                "entry": "1767196800",
                "project": row["customer"],
                "status": "pending",
                "tags": row["stage"],
                "uuid": str(UUID(int=number)),
            }
            out.write("[" + " ".join(f'{key}:"{value}"' for key, value in said.items()) + "]\n")
    rc = folder / "taskrc"
    rc.write_text(f"data.location={data}\nconfirmation=off\nnews.version=2.6.0\n", encoding="utf-8")
    return rc


def _journal(folder: Path, deals: Path) -> Path:
    journal = folder / "deals.journal"
    with journal.open("w", encoding="utf-8") as out:
        for row in _rows(deals):
            account = f"deals:{row['stage']}:{row['owner']}"
            out.write(
                f"{row['opened_on']} {row['name']}\n    {account}  {row['amount'] or 0} CNY\n"
            )
            out.write("    equity\n\n")
    return journal
