"""The house itself: what may be loaded when, statements that fit the schema, plans that hold."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

import funnelcli
from funnelcli.domain.model import Deal, Filters
from funnelcli.domain.time import Moment
from funnelcli.store import reading
from funnelcli.store.reading import (
    acquaintances,
    contacts,
    deals,
    funnel,
    milestones,
    names,
    stalled,
    stays,
)
from funnelcli.store.reading.reader import reading as open_for_reading

if TYPE_CHECKING:
    from conftest import Office

EXAMPLES = Path(__file__).parents[1] / "examples"
SOURCE = Path(funnelcli.__file__).parent
HEAVY = {"sqlmodel", "sqlalchemy", "pydantic", "alembic", "dateutil", "rich", "platformdirs"}
ZONE = ZoneInfo("Asia/Shanghai")


def modules_after(*args: str) -> set[str]:
    """Return the top-level modules that a run of the program has loaded."""
    script = (
        "import sys, json\nfrom funnelcli.main import main\n"
        f"code = main({list(args)!r})\n"
        "print(json.dumps([code, sorted({m.split('.')[0] for m in sys.modules})]), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    code, loaded = json.loads(ran.stderr.splitlines()[-1])
    assert code == 0, ran
    return set(loaded)


def test_the_version_is_told_without_loading_typer() -> None:
    assert not modules_after("--version") & {"typer", "sqlite3", "funnelcli.cli", *HEAVY}


@pytest.mark.parametrize(
    "question",
    [
        *("funnel", "stalled", "next", "segments", "deal list", "timeline Ark", "conversion"),
        *("forecast", "coverage", "appraise", "velocity", "diff --since 2026-11-20"),
        *("report", "report -f html"),
        f"bonus --period 2026-11 --rules {EXAMPLES / 'bonus.toml'}",
    ],
)
def test_a_question_off_a_terminal_loads_nothing_heavy(office: Office, question: str) -> None:
    office.does("deal", "add", "Ark", "--amount", "100")
    loaded = modules_after(*question.split(), "--db", str(office.path))
    assert not loaded & HEAVY, loaded & HEAVY


def test_a_change_loads_neither_rich_nor_migrations(office: Office) -> None:
    office.does("deal", "add", "Ark")
    loaded = modules_after("log", "Ark", "called", "--db", str(office.path))
    assert "sqlmodel" in loaded
    assert not loaded & {"rich", "alembic", "dateutil"}


def test_packages_are_empty_but_for_the_command_line() -> None:
    for path in SOURCE.rglob("__init__.py"):
        if path.parent not in (SOURCE, SOURCE / "cli"):
            assert not path.read_text(), path


def statements() -> dict[str, str]:
    """Return every SQL statement of the reading side, by module and name."""
    found = {}
    for info in pkgutil.iter_modules(reading.__path__):
        module = importlib.import_module(f"funnelcli.store.reading.{info.name}")
        for name, value in vars(module).items():
            texts = value if isinstance(value, dict) else {"": value}
            for key, text in texts.items():
                whole = isinstance(text, str) and text.startswith(("SELECT", ", "))
                if whole and not name.startswith("_"):
                    found[f"{info.name}.{name}{key}"] = text
    return found


@pytest.mark.parametrize("past", [False, True])
def test_every_statement_fits_the_schema_of_the_rows(office: Office, past: bool) -> None:
    moment = Moment(datetime(2026, 11, 23, tzinfo=UTC), ZONE, past=past)
    checked = 0
    with open_for_reading(office.path, lambda _: moment) as reader:
        for name, sql in statements().items():
            needed = dict.fromkeys(set(re.findall(r":([a-z]\w*)", sql)) - {"today", "seen_at"})
            needed |= {
                "archived": 0,
                "limit": 1,
                "count": 1,
                "cutoffs": "[]",
                "final": "[]",
                "past": past,
            }
            try:
                list(reader.rows(sql, **needed))
            except sqlite3.Error as error:
                pytest.fail(f"{name}: {error}")
            checked += 1
    assert checked > 30


def test_the_columns_of_a_deal_stand_in_the_order_of_its_fields() -> None:
    *fields, claim, today = Deal._fields
    assert list(deals._COLUMNS)[:-4] == fields
    assert list(deals._COLUMNS)[-4:] == ["claim", "claim_at", "claim_by", "evidence"]
    assert (claim, today) == ("claim", "today")


def plan(
    office: Office, sql: str, filters: Filters | None = None, *, past: bool = False
) -> list[str]:
    """Return the steps by which SQLite would answer the statement today, or of a past day."""
    moment = Moment(datetime(2026, 11, 23, tzinfo=UTC), ZONE, past=past)
    chosen = filters or Filters()
    with open_for_reading(office.path, lambda _: moment) as reader:
        given = deals.filtered(chosen) | {"cutoffs": "[]", "limit": 50, "key": "ark", "id": 1}
        given |= {"deal": 1, "since": 0, "stage": 1, "form": "ark", "said": "ark", **reader._given}
        given |= {"contacts": "[1]", "stays": "[[1, 1, 0]]", "deals": "[1]"}
        given |= {"stage_id": 1, "probability": 0, "stuck_before": 0, "silent_before": 0}
        given |= {"count": 0, "statuses": None, "archived": 0, "state": None, "ref": "7"}
        text = f"EXPLAIN QUERY PLAN {reader.whole(deals.narrowed(sql, chosen))}"
        return [row[3] for row in reader.connection.execute(text, given)]


@pytest.mark.parametrize(
    ("sql", "step"),
    [
        (funnel.STAGE_COUNTED, "SEARCH d USING COVERING INDEX deal_live_by_stage"),
        (funnel.STAGE_UNDATED, "SEARCH d USING COVERING INDEX deal_live_by_stage"),
        (funnel.STAGE_MEDIAN, "SEARCH d USING COVERING INDEX deal_live_by_stage"),
        (funnel.HELD, "SEARCH d USING COVERING INDEX deal_held"),
        (funnel.CLAIM_GAPS, "SCAN d USING INDEX deal_claimed"),
        (stalled.STAGE_TOTALS, "SEARCH d USING COVERING INDEX deal_live_by_stage"),
        (stalled.STALLED_DEALS, "SCAN d USING INDEX deal_live_by_amount"),
        (stalled.CLAIMED_DEALS, "SCAN d USING INDEX deal_claimed"),
        (stays.TOUCHES, "SEARCH main.log USING INDEX"),
        (stays.PEOPLE, "SEARCH main.deal_role USING INDEX"),
        (deals.BY_ID, "SEARCH d USING INTEGER PRIMARY KEY"),
        (deals.BY_REF, "SEARCH d USING INDEX sqlite_autoindex_deal_1"),
        (milestones.MILESTONES, "SEARCH d USING INTEGER PRIMARY KEY"),
        (milestones.CHANGED, "SEARCH d USING INTEGER PRIMARY KEY"),
        (deals.BY_NAME, "SEARCH d USING INDEX deal_by_name"),
        (names.DEAL_NAMES, "SEARCH d USING INDEX deal_by_name"),
        (names.DEAL_NUMBERS, "SCAN d USING COVERING INDEX deal_live_by_amount"),
        (contacts.NAMED, "SCAN k USING COVERING INDEX contact_by_key"),
        (contacts.CALLED, "SCAN k USING COVERING INDEX contact_by_key"),
        (contacts.RECORDS, "SEARCH k USING INTEGER PRIMARY KEY"),
        (acquaintances.TIES, "SEARCH main.tie USING INDEX tie_of_contact"),
        (acquaintances.MET, "SEARCH main.log USING INDEX log_with"),
    ],
)
def test_what_is_asked_every_day_is_answered_from_an_index(
    office: Office, sql: str, step: str
) -> None:
    steps = plan(office, sql)
    assert any(each.startswith(step) for each in steps), steps
    assert "SCAN d" not in steps, steps


@pytest.mark.parametrize(
    "sql",
    [
        *(stalled.STALLED_DEALS, stalled.STAGE_TOTALS),
        *(funnel.STAGE_COUNTED, funnel.STAGE_MEDIAN, funnel.CLAIM_GAPS, deals.LISTED),
    ],
)
def test_what_a_million_deals_are_asked_needs_no_sorting(office: Office, sql: str) -> None:
    steps = plan(office, sql)
    assert not any("B-TREE" in step for step in steps), steps


def test_the_funnel_of_a_past_day_sees_each_deal_once_and_only_what_it_counts(
    office: Office,
) -> None:
    steps = plan(office, funnel.THEN["stage"], past=True)
    entered = "SEARCH main.stage_entry USING INDEX stage_entry_of_deal (deal_id=?)"
    assert steps.count(entered) == 1, steps
    uncounted = (
        "main.plan ",
        "main.contact_change ",
        "deal_role",
        "step_of_deal",
        "MATERIALIZE deal",
    )
    assert not [step for step in steps if any(each in step for each in uncounted)], steps
