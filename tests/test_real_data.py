"""Answers on tables that nobody here wrote, held against a plain count of their CSV files.

The count reads the files with `csv` and knows nothing of funnelcli.
"""

import csv
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tomllib
from collections import Counter
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from funnelcli.main import main

DATA = Path(os.environ.get("FUNNELCLI_DATA") or Path(__file__).parents[2] / "shared" / "data")
BPI = DATA / "bpi2012"
MAVEN = DATA / "maven-crm"
PRICES = MAVEN / "original" / "sales_pipeline.csv"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"there are no real tables at {DATA} (FUNNELCLI_DATA says where)"
)

LOANS_END = "2012-01-01T00:00:00Z"
HARDWARE_END = "2018-01-01T00:00:00Z"
MIDSUMMER = "2017-06-30"
TOUCHES = ("call", "visit", "meeting")
MOMENTS = {
    "now": "2012-01-01T23:59:59Z",
    "2011-10-01": "2011-10-01T23:59:59Z",
    "2011-11-15": "2011-11-15T23:59:59Z",
    "2011-12-10": "2011-12-10T23:59:59Z",
}
"""What is asked for, and the last second that counts."""
PAST = [word for word in MOMENTS if word != "now"]


# Running funnelcli


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


def funnelcli(now, *words):
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith("FUNNELCLI_")]:
            patch.delenv(name)
        patch.setenv("FUNNELCLI_NOW", now)
        code = main([str(word) for word in words])
    return Said(int(code), out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Kept:
    """A file of funnelcli's, and the moment at which it is looked at."""

    path: Path
    now: str

    def run(self, *words, code=0):
        said = funnelcli(self.now, *words, "--db", self.path)
        assert said.code == code, (words, said.code, said.err[:2000])
        return said

    def ask(self, *words):
        return json.loads(self.run(*words, "-f", "json").out, parse_float=Decimal)

    def copied(self, folder, now):
        return Kept(Path(shutil.copy(self.path, folder / self.path.name)), now)

    def content(self):
        """Return a digest of every row of every table; a failing test shall not print them."""
        digest = hashlib.sha256()
        with closing(sqlite3.connect(self.path)) as connection:
            for line in connection.iterdump():
                digest.update(line.encode())
        return digest.hexdigest()


def a_file(folder, now, currency, pipeline):
    kept = Kept(folder / "deals.db", now)
    place = ("--currency", currency, "--timezone", "UTC", "--manager", "Boss", "--lang", "en")
    kept.run("init", *place)
    kept.run("pipeline", "apply", pipeline)
    return kept


@pytest.fixture(scope="session")
def loans(tmp_path_factory):
    """Return all of bpi2012, imported; to be read only."""
    kept = a_file(tmp_path_factory.mktemp("loans"), LOANS_END, "EUR", BPI / "pipeline.toml")
    for what in ("deals", "stages", "logs"):
        kept.run("import", what, BPI / f"{what}.csv.gz", "--create-missing")
    return kept


@pytest.fixture(scope="session")
def hardware(tmp_path_factory):
    """Return all of maven-crm, imported; to be read only."""
    folder = tmp_path_factory.mktemp("hardware")
    kept = a_file(folder, HARDWARE_END, "USD", MAVEN / "pipeline.toml")
    kept.run("import", "deals", PRICES, "--preset", "maven", "--create-missing")
    return kept


@pytest.fixture
def no_loans(tmp_path):
    """Return a file with the process of bpi2012 and nothing in it."""
    return a_file(tmp_path, LOANS_END, "EUR", BPI / "pipeline.toml")


def as_of(word):
    return () if word == "now" else ("--as-of", word)


# Counting the tables


def read(path):
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@cache
def bpi(what):
    return read(BPI / f"{what}.csv.gz")


@cache
def maven():
    return read(PRICES)


@cache
def stages_of(folder):
    return {
        stage["name"]: stage
        for stage in tomllib.loads((folder / "pipeline.toml").read_text())["stage"]
    }


def by_time(rows):
    return sorted(rows, key=lambda row: row["at"])


def days_between(start, end):
    return (date.fromisoformat(end[:10]) - date.fromisoformat(start[:10])).days


def weighted(amount, percent):
    return (Decimal(amount) * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Loan:
    """An open loan, as the tables have it at some moment."""

    ref: str
    owner: str
    amount: int
    stage: str
    days: int
    silent: int

    @property
    def weighted(self):
        return weighted(self.amount, stages_of(BPI)[self.stage]["probability"])

    @property
    def reasons(self):
        stage = stages_of(BPI)[self.stage]
        clocks = {
            "stuck": (self.days, stage["max_days"]),
            "silent": (self.silent, stage["silence_days"]),
        }
        return {code: (days, limit) for code, (days, limit) in clocks.items() if days >= limit}

    @property
    def severity(self):
        red = any(days >= 1.5 * limit for days, limit in self.reasons.values())
        return "red" if red else "amber"


def open_loans(until):
    """Return the loans that have arrived somewhere by `until` and are neither won nor lost."""
    last_stage, last_touch = {}, {}
    for row in by_time(bpi("stages")):
        if row["at"] <= until:
            last_stage[row["deal"]] = row
    for row in by_time(bpi("logs")):
        if row["at"] <= until and row["kind"] in TOUCHES:
            last_touch[row["deal"]] = row["at"]
    return [
        Loan(
            ref=deal["id"],
            owner=deal["owner"],
            amount=int(deal["amount"]),
            stage=last_stage[deal["id"]]["stage"],
            days=days_between(last_stage[deal["id"]]["at"], until),
            silent=days_between(last_touch.get(deal["id"], deal["opened_on"]), until),
        )
        for deal in bpi("deals")
        if deal["id"] in last_stage and last_stage[deal["id"]]["stage"] not in ("won", "lost")
    ]


def stalled_loans(until):
    return [loan for loan in open_loans(until) if loan.reasons]


def figures(found):
    return {
        "deals": len(found),
        "amount": sum(loan.amount for loan in found),
        "amount_unknown": 0,
        "weighted_amount": sum(loan.weighted for loan in found),
        "stalled": sum(bool(loan.reasons) for loan in found),
    }


def counted_funnel(until):
    """Return the figures by stage, and the totals."""
    found = open_loans(until)
    by_stage = {}
    for name in stages_of(BPI):
        here = [loan for loan in found if loan.stage == name]
        age = median(loan.days for loan in here) if here else None
        by_stage[name] = figures(here) | {"median_days": age}
    return by_stage, figures(found)


def some_loans():
    """Return the loan with the most logs, and the first that is won, lost and open."""
    most = Counter(row["deal"] for row in bpi("logs")).most_common(1)[0][0]
    first = {row["status"]: row["id"] for row in reversed(bpi("deals"))}
    return [most, first["won"], first["lost"], first["open"]]


def engaged_at(day):
    """Return the hardware deals that are engaged by the end of `day`, and not closed by then."""
    return [
        row
        for row in maven()
        if "" < row["engage_date"] <= day and not "" < row["close_date"] <= day
    ]


def of_stage(*names):
    return [row for row in maven() if row["deal_stage"] in names]


# The loans: how do we stand, and what has stopped?


def assert_funnel_is_counted(answer, until):
    by_stage, totals = counted_funnel(until)
    rows = {row["stage"]: row for row in answer["rows"] if row["pipeline"] == "loan"}
    assert list(rows) == list(by_stage)
    assert {name: {key: rows[name][key] for key in by_stage[name]} for name in rows} == by_stage
    assert {key: answer["totals"][key] for key in totals} == totals
    assert not any(row["deals"] for row in answer["rows"] if row["pipeline"] != "loan")
    assert answer["totals"]["held"] == 0


def test_the_funnel_now_agrees_with_a_count_of_the_tables(loans):
    assert_funnel_is_counted(loans.ask("funnel"), MOMENTS["now"])


def test_the_count_itself_knows_the_645_open_loans_that_the_tables_are_described_with():
    assert len(open_loans(MOMENTS["now"])) == 645
    assert Counter(deal["status"] for deal in bpi("deals"))["open"] == 645


@pytest.mark.parametrize("day", PAST)
def test_the_funnel_as_of_an_earlier_day_agrees_with_a_count_of_the_tables(loans, day):
    assert_funnel_is_counted(loans.ask("funnel", "--as-of", day), MOMENTS[day])


def test_the_funnel_as_of_an_instant_within_a_day_agrees_with_a_count_of_the_tables(loans):
    noon = "2011-11-15T12:00:00Z"
    assert_funnel_is_counted(loans.ask("funnel", "--as-of", noon), noon)


@pytest.mark.parametrize("day", PAST)
def test_hindsight_sees_the_same_funnel_since_all_was_known_when_it_happened(loans, day):
    answer = loans.ask("funnel", "--as-of", day, "--hindsight")
    assert_funnel_is_counted(answer, MOMENTS[day])


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_stalled_deals_are_exactly_those_past_a_limit_of_their_stage(loans, moment):
    expected = {loan.ref: loan for loan in stalled_loans(MOMENTS[moment])}
    rows = {row["ref"]: row for row in loans.ask("stalled", *as_of(moment))["rows"]}
    assert set(rows) == set(expected)
    for ref, row in rows.items():
        loan = expected[ref]
        clocks = {r["code"]: (r["days"], r["limit"]) for r in row["reasons"] if r["limit"]}
        assert clocks == loan.reasons, row
        assert row["severity"] == loan.severity, row
        assert (row["stage"], row["days_in_stage"]) == (loan.stage, loan.days)
        assert (row["owner"], row["days_silent"]) == (loan.owner, loan.silent)
        assert (row["amount"], row["weighted_amount"]) == (loan.amount, loan.weighted)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_stalled_deals_are_in_order_of_amount_and_add_up(loans, moment):
    answer = loans.ask("stalled", *as_of(moment))
    expected = figures(stalled_loans(MOMENTS[moment]))
    refs = {deal["id"]: int(deal["amount"]) for deal in bpi("deals")}
    order = [(-refs[row["ref"]], row["id"]) for row in answer["rows"]]
    assert order == sorted(order)
    del expected["stalled"]
    assert {key: answer["totals"][key] for key in expected} == expected


def test_every_stalled_deal_is_diagnosed_with_something_to_ask_and_something_to_do(loans):
    rows = loans.ask("stalled")["rows"]
    missing = [row["ref"] for row in rows if row["diagnosis"] is None]
    assert len(rows) > 0
    assert len(missing) == 0, f"{len(missing)} of {len(rows)}, {missing[0]} first"
    assert all(row["diagnosis"][key] for row in rows for key in ("hypothesis", "ask", "do"))


def test_the_stalled_deals_of_one_owner_are_those_of_his_rows(loans):
    by_owner = Counter(loan.owner for loan in stalled_loans(MOMENTS["now"]))
    owner, count = by_owner.most_common(1)[0]
    rows = loans.ask("stalled", "--owner", owner)["rows"]
    expected = {loan.ref for loan in stalled_loans(MOMENTS["now"]) if loan.owner == owner}
    assert len(rows) == count
    assert {row["ref"] for row in rows} == expected


def test_exit_code_is_20_where_something_is_stalled_and_0_where_nothing_is(loans):
    stopped = {loan.owner for loan in stalled_loans(MOMENTS["now"])}
    idle = min({deal["owner"] for deal in bpi("deals")} - stopped)
    said = loans.run("stalled", "--exit-code", "--owner", min(stopped), code=20)
    assert said.out
    said = loans.run("stalled", "--exit-code", "--owner", idle)
    assert (said.out, said.err.count("\n")) == ("", 1)


# One loan


@pytest.mark.parametrize("which", range(4), ids=["most-logs", "won", "lost", "open"])
def test_a_timeline_holds_every_stage_and_log_of_the_tables_in_order_of_time(loans, which):
    ref = some_loans()[which]
    titles = {name: stage["title"] for name, stage in stages_of(BPI).items()}
    stages = by_time(row for row in bpi("stages") if row["deal"] == ref)
    logs = by_time(row for row in bpi("logs") if row["deal"] == ref)

    rows = loans.ask("timeline", f"Loan {ref}")["rows"]

    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert [row["kind"] for row in rows].count("opened") == 1
    moves = [row for row in rows if row["kind"] in ("stage", "won", "lost")]
    assert [(row["at"], row["to"] or row["kind"]) for row in moves] == [
        (row["at"], titles.get(row["stage"], row["stage"])) for row in stages
    ]
    assert {row["by"] for row in moves} == {None}
    entries = [row for row in rows if row["kind"] in ("call", "note")]
    assert [(row["at"], row["kind"], row["by"], row["text"]) for row in entries] == [
        (row["at"], row["kind"], row["by"] or None, row["text"]) for row in logs
    ]
    assert len(rows) == 1 + len(stages) + len(logs)
    assert all(row["recorded_at"] == row["at"] for row in rows)


@pytest.mark.parametrize("which", range(4), ids=["most-logs", "won", "lost", "open"])
def test_deal_show_says_of_a_loan_what_the_tables_say(loans, which):
    ref = some_loans()[which]
    deal = next(row for row in bpi("deals") if row["id"] == ref)
    stages = by_time(
        row for row in bpi("stages") if row["deal"] == ref and row["stage"] in stages_of(BPI)
    )
    touches = by_time(row for row in bpi("logs") if row["deal"] == ref and row["kind"] in TOUCHES)

    [row] = loans.ask("deal", "show", ref)["rows"]

    said = {"ref": ref, "amount": int(deal["amount"]), "closed_on": deal["closed_on"] or None}
    said |= {key: deal[key] for key in ("name", "customer", "owner", "status", "opened_on")}
    said |= {"stage": stages[-1]["stage"], "stage_entered_at": stages[-1]["at"]}
    said |= {"last_touch_at": touches[-1]["at"] if touches else None}
    assert {key: row[key] for key in said} == said
    page = loans.run("deal", "show", ref).out
    for word in (deal["name"], deal["customer"], deal["owner"], f"{int(deal['amount']):,}"):
        assert word in page


# In and out


@pytest.mark.parametrize("what", ["deals", "stages", "logs"])
def test_export_gives_back_exactly_the_rows_that_went_in(loans, tmp_path, what):
    loans.run("export", tmp_path)
    there, here = bpi(what), read(tmp_path / f"{what}.csv")
    shared = [column for column in there[0] if column in here[0]]
    assert shared == list(there[0])

    def rows_of(table):
        return Counter(tuple(row[column] for column in shared) for row in table)

    assert rows_of(here) - rows_of(there) == Counter()
    assert rows_of(there) - rows_of(here) == Counter()


def test_export_invents_nobody_who_moved_a_loan_and_names_the_last_stage_of_each(loans, tmp_path):
    loans.run("export", tmp_path)
    assert {row["by"] for row in read(tmp_path / "stages.csv")} == {""}
    last = {r["deal"]: r["stage"] for r in by_time(bpi("stages")) if r["stage"] in stages_of(BPI)}
    assert {row["id"]: row["stage"] for row in read(tmp_path / "deals.csv")} == last


@pytest.mark.parametrize("what", ["deals", "stages", "logs"])
def test_importing_a_table_of_loans_a_second_time_changes_nothing(loans, tmp_path, what):
    later = loans.copied(tmp_path, now="2012-01-02T08:00:00Z")
    said = later.run("import", what, BPI / f"{what}.csv.gz", "--create-missing")
    assert f"0 new, 0 changed, {len(bpi(what)):,} as before" in said.out
    assert later.content() == loans.content()


def test_importing_the_hardware_deals_a_second_time_changes_nothing(hardware, tmp_path):
    later = hardware.copied(tmp_path, now="2018-01-02T08:00:00Z")
    said = later.run("import", "deals", PRICES, "--preset", "maven", "--create-missing")
    assert f"0 new, 0 changed, {len(maven()):,} as before" in said.out
    assert later.content() == hardware.content()


def assert_refused(kept, what, path, *words, row, word):
    """Assert that nothing is imported; the row (the header is 1) and the word are named."""
    before = kept.content()
    said = kept.run("import", what, path, *words, code=3)
    assert said.out == ""
    assert re.search(rf"\brow {row}\b", said.err), said.err[:2000]
    assert word in said.err
    assert "Traceback" not in said.err
    assert kept.content() == before


def test_one_row_of_an_unknown_pipeline_imports_no_deal(no_loans, tmp_path):
    rows = [{"stage": "", **row} for row in bpi("deals")]
    rows[4321]["pipeline"] = "somewhere-else"
    table = write(tmp_path / "deals.csv", rows)
    given = ("deals", table, "--create-missing")
    assert_refused(no_loans, *given, row=4321 + 2, word="somewhere-else")
    assert no_loans.ask("deal", "list", "--status", "all")["rows"] == []
    assert [row["name"] for row in no_loans.ask("team", "list")["rows"]] == ["Boss"]


def test_one_entry_into_an_unknown_stage_imports_no_history(no_loans, tmp_path):
    no_loans.run("import", "deals", BPI / "deals.csv.gz", "--create-missing")
    rows = [dict(row) for row in bpi("stages")]
    rows[12345]["stage"] = "somewhere-else"
    table = write(tmp_path / "stages.csv", rows)
    given = ("stages", table)
    assert_refused(no_loans, *given, row=12345 + 2, word="somewhere-else")


def test_unknown_owners_are_faults_unless_they_are_to_be_created(no_loans):
    first = bpi("deals")[0]["owner"]
    assert_refused(no_loans, "deals", BPI / "deals.csv.gz", row=2, word=first)
    assert [row["name"] for row in no_loans.ask("team", "list")["rows"]] == ["Boss"]


def test_created_owners_are_exactly_the_people_of_the_tables(loans):
    people = {row["owner"] for row in bpi("deals")} | {row["by"] for row in bpi("logs")} - {""}
    team = [row["name"] for row in loans.ask("team", "list")["rows"]]
    assert sorted(team) == sorted({"Boss"} | people)


# The hardware: prices that are known at closing only, and prospects without a date


def test_every_hardware_deal_says_what_its_row_says(hardware):
    def told(row):
        won = row["deal_stage"] == "Won"
        closed = row["deal_stage"] in ("Won", "Lost")
        return (
            row["opportunity_id"],
            row["sales_agent"],
            row["account"] or None,
            "prospecting" if row["deal_stage"] == "Prospecting" else "engaging",
            row["deal_stage"].lower() if closed else "open",
            int(row["close_value"]) if won else None,
            row["engage_date"] or None,
            row["close_date"] or None,
        )

    keys = ("ref", "owner", "customer", "stage", "status", "amount", "opened_on", "closed_on")
    rows = hardware.ask("deal", "list", "--status", "all")["rows"]
    assert len(rows) == len(maven()) == 8800
    assert {tuple(row[key] for key in keys) for row in rows} == {told(row) for row in maven()}


def test_won_hardware_adds_up_and_the_price_of_what_was_lost_is_unknown(hardware):
    won = hardware.ask("deal", "list", "--status", "won")["rows"]
    expected = [int(row["close_value"]) for row in of_stage("Won")]
    assert (len(won), sum(row["amount"] for row in won)) == (len(expected), sum(expected))
    lost = hardware.ask("deal", "list", "--status", "lost")["rows"]
    assert len(lost) == len(of_stage("Lost"))
    assert {row["amount"] for row in lost} == {None}


def test_the_hardware_funnel_counts_open_deals_and_knows_no_amount_of_theirs(hardware):
    answer = hardware.ask("funnel", "--pipeline", "hardware")
    ages = [days_between(row["engage_date"], HARDWARE_END) for row in of_stage("Engaging")]
    limits = stages_of(MAVEN)["engaging"]
    stalled = sum(age >= min(limits["max_days"], limits["silence_days"]) for age in ages)
    keys = ("stage", "deals", "amount", "amount_unknown", "weighted_amount")
    prospects, engaged = len(of_stage("Prospecting")), len(ages)
    assert [
        tuple(row[key] for key in (*keys, "median_days", "stalled")) for row in answer["rows"]
    ] == [
        ("prospecting", prospects, 0, prospects, 0, None, 0),
        ("engaging", engaged, 0, engaged, 0, median(ages), stalled),
    ]
    assert answer["totals"]["deals"] == answer["totals"]["amount_unknown"] == 2089
    assert answer["totals"]["amount"] == answer["totals"]["weighted_amount"] == 0
    assert answer["totals"]["stalled"] == stalled


def test_stalled_hardware_is_what_was_engaged_too_long_ago(hardware):
    limits = stages_of(MAVEN)["engaging"]
    rows = {row["ref"]: row for row in hardware.ask("stalled")["rows"]}
    expected = {}
    for row in of_stage("Engaging"):
        days = days_between(row["engage_date"], HARDWARE_END)
        clocks = {"stuck": limits["max_days"], "silent": limits["silence_days"]}
        reasons = {code: (days, limit) for code, limit in clocks.items() if days >= limit}
        if reasons:
            expected[row["opportunity_id"]] = reasons
    assert {
        ref: {r["code"]: (r["days"], r["limit"]) for r in row["reasons"] if r["limit"]}
        for ref, row in rows.items()
    } == expected
    numbers = [row["id"] for row in rows.values()]
    assert numbers == sorted(numbers)


def test_undated_prospects_have_no_days_do_not_stall_and_are_warned_about(hardware):
    prospects = {row["opportunity_id"] for row in of_stage("Prospecting")}
    found = {row["ref"]: row for row in hardware.ask("stalled", "--all")["rows"]}
    codes = {ref: {reason["code"] for reason in row["reasons"]} for ref, row in found.items()}
    assert {ref for ref in codes if "unknown-date" in codes[ref]} == prospects
    for ref in prospects:
        row = found[ref]
        assert not codes[ref] & {"stuck", "silent"}
        assert row["severity"] == "warning"
        unknown = ("days_in_stage", "days_silent", "opened_on", "stage_entered_at", "amount")
        assert {row[key] for key in unknown} == {None}
    assert not prospects & {row["ref"] for row in hardware.ask("stalled")["rows"]}


@pytest.mark.parametrize("more", [(), ("--hindsight",)], ids=["as-known-then", "hindsight"])
def test_in_midsummer_no_engaged_deal_had_a_price_yet(hardware, more):
    answer = hardware.ask("funnel", "--pipeline", "hardware", "--as-of", MIDSUMMER, *more)
    there = engaged_at(MIDSUMMER)
    assert any(row["deal_stage"] == "Won" for row in there)
    engaged = next(row for row in answer["rows"] if row["stage"] == "engaging")
    assert (engaged["deals"], engaged["amount_unknown"]) == (len(there), len(there))
    assert (engaged["amount"], engaged["weighted_amount"]) == (0, 0)
    ages = [days_between(row["engage_date"], MIDSUMMER) for row in there]
    assert engaged["median_days"] == median(ages)


def test_in_midsummer_the_won_deals_were_those_closed_by_then_at_their_price(hardware):
    rows = hardware.ask("deal", "list", "--status", "won", "--as-of", MIDSUMMER)["rows"]
    expected = {
        row["opportunity_id"]: int(row["close_value"])
        for row in of_stage("Won")
        if row["close_date"] <= MIDSUMMER
    }
    assert {row["ref"]: row["amount"] for row in rows} == expected


def test_pipeline_show_puts_the_measured_share_of_hardware_beside_the_declared(hardware):
    won, lost = len(of_stage("Won")), len(of_stage("Lost"))
    rows = hardware.ask("pipeline", "show", "hardware")["rows"]
    assert [row["stage"] for row in rows] == list(stages_of(MAVEN))
    for row in rows:
        assert row["probability"] * 100 == stages_of(MAVEN)[row["stage"]]["probability"]
        assert row["measured_n"] == won + lost
        assert float(row["measured"]) == pytest.approx(won / (won + lost), abs=1e-9)


def test_pipeline_show_measures_the_loans_that_reached_each_stage(loans):
    outcome = {deal["id"]: deal["status"] for deal in bpi("deals") if deal["status"] != "open"}
    names = list(stages_of(BPI))
    furthest = {}
    for row in bpi("stages"):
        if row["stage"] in names:
            place = names.index(row["stage"])
            furthest[row["deal"]] = max(place, furthest.get(row["deal"], place))
    for row in loans.ask("pipeline", "show", "loan")["rows"]:
        reached = [
            status
            for ref, status in outcome.items()
            if status == "won" or furthest[ref] >= names.index(row["stage"])
        ]
        assert row["measured_n"] == len(reached)
        share = reached.count("won") / len(reached)
        assert float(row["measured"]) == pytest.approx(share, abs=1e-9)


def velocity_of(rows):
    """Return the figures of closed and open rows: status, amount or None, opened, closed."""
    won = [row for row in rows if row[0] == "won"]
    closed = len(won) + sum(row[0] == "lost" for row in rows)
    priced = [Decimal(row[1]) for row in won if row[1] is not None]
    cycle = Decimal(median(days_between(row[2], row[3]) for row in won))
    deals = sum(row[0] == "open" for row in rows)
    mean = sum(priced) / len(priced)
    return {
        "deals": deals,
        "closed": closed,
        "won": len(won),
        "win_rate": Decimal(len(won)) / closed,
        "mean_won_amount": mean.quantize(Decimal("0.01"), ROUND_HALF_UP),
        "median_cycle": cycle,
        "velocity": (deals * mean * len(won) / closed / cycle).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        ),
        "amount_unknown": len(won) - len(priced),
        "cycles": len(won),
    }


def assert_as_counted(row, expected):
    assert float(row["win_rate"]) == pytest.approx(float(expected["win_rate"]), abs=1e-12)
    assert {key: row[key] for key in expected if key != "win_rate"} == {
        key: value for key, value in expected.items() if key != "win_rate"
    }


def sold_hardware(*, since=""):
    """Return the rows of the hardware table with what is known of each."""
    said = {"Won": "won", "Lost": "lost"}
    rows = [
        (
            said.get(row["deal_stage"], "open"),
            row["close_value"] if row["deal_stage"] == "Won" else None,
            row["engage_date"],
            row["close_date"],
            row["sales_agent"],
        )
        for row in maven()
    ]
    return [row for row in rows if row[0] == "open" or row[3] >= since]


def test_the_velocity_of_hardware_is_that_of_its_table(hardware):
    rows = hardware.ask("velocity", "--pipeline", "hardware", "--days", "3650")["rows"]
    assert len(rows) == 1
    assert_as_counted(rows[0], velocity_of(sold_hardware()))


def test_the_velocity_of_each_agent_in_the_last_quarter_is_that_of_their_rows(hardware):
    # The file's clock stands on 2018-01-01, the last of 93 days.
    rows = hardware.ask("velocity", "--by", "owner", "--days", "93")["rows"]
    of_quarter = sold_hardware(since="2017-10-01")
    agents = {row[4] for row in of_quarter}
    assert {row["owner"] for row in rows} == agents
    for row in rows:
        own = [each for each in of_quarter if each[4] == row["owner"]]
        if any(each[0] == "open" for each in own):
            assert_as_counted(row, velocity_of(own))
        else:
            assert row["velocity"] == 0
    paces = [row["velocity"] for row in rows]
    assert paces == sorted(paces, reverse=True)


def test_the_velocity_of_loans_is_that_of_their_table(loans):
    [row] = loans.ask("velocity", "--pipeline", "loan")["rows"]
    table = [
        (deal["status"], deal["amount"] or None, deal["opened_on"], deal["closed_on"])
        for deal in bpi("deals")
    ]
    assert_as_counted(row, velocity_of(table))
