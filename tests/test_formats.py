"""One hard set of deals, asked in every format: the same answer for people and for machines."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Office
from inline_snapshot import external_file

from funnelcli.main import main

GOLDENS = Path(__file__).parent / "goldens"
PROCESS = """
name = "hard"
title = "招标 | <i>hard</i>"
[[stage]]
name = "first"
title = "机会 *one*"
probability = 10
max_days = 21
silence_days = 10
guidance = "Who decides, <b>really</b>, [red]and why[/red]?"
milestone = [{ name = "need", title = "需求确认 | in writing" }]
[[stage]]
name = "second"
title = "报价"
probability = 50
max_days = 14
silence_days = 7
milestone = [{ name = "quote", title = "=quote()", required = false }]
[diagnosis.early.out-of-touch]
hypothesis = "没有联系 <br>"
ask = "What did they say *last*?"
do = "-1+2 | call"
[diagnosis.middle.unknown]
hypothesis = "Nobody knows."
ask = "@ask"
do = "+do"
[questions]
overdue = ["为什么 <late>?"]
overclaimed = ["- On what *grounds*?"]
"""
DEALS = """id,name,customer,owner,pipeline,stage,status,amount,currency,opened_on,closed_on,\
expected_close,source,lost_reason
X-8,日期不明,,,hard,second,open,,CNY,,,,,
X-9,已丢 lost,"c:\\new ""x"" | y",Wang Fang,hard,second,lost,99.9,CNY,2026-09-01,2026-10-01,,@web,\
price
"""
LI = '小李, "Li" | <b>'
BONUS = """name = "=2026 | <b>"
[[rule]]
name = "-m *one* | 里程碑"
per = "milestone"
amount = 200
[[rule]]
name = "迟到 <late>"
per = "late"
deduct = 0.05
cap = 0.04
"""

DEAL = """id ref name customer owner pipeline stage status amount win_probability weighted_amount
expected_close opened_on stage_entered_at days_in_stage last_touch_at days_silent next_step
next_step_due held_until closed_on lost_reason competitor source"""
KEYS = {
    "funnel": """pipeline stage title probability deals amount amount_unknown weighted_amount
        median_days stalled""",
    "stalled": f"{DEAL} phase severity reasons diagnosis acknowledged_until new "
    "state severity_before",
    "deal list": DEAL,
    "deal show": DEAL,
    "timeline": "at recorded_at kind by text from to",
    "milestone list": """deal_id deal stage milestone title required state evidence claimed_at
        claimed_by decided_at decided_by reason""",
    "next": "deal_id deal action due score parts",
    "segments": "value deals won lost rate low high median_cycle amount_per_deal",
    "conversion": """pipeline stage entries advanced lost moved_back still_here reached_closed
        next_reached_closed rate undecided""",
    "forecast": f"{DEAL} declared_probability explain",
    "appraise": "owner figure value unit n",
    "coverage": "owner target won low mid high gap coverage needed_new",
    "backtest": "method closed brier log_loss ece coverage",
    "history": "operation entered_at by command summary undone changes",
    "diff": "kind deal_id deal from to amount_change",
    "bonus": "owner rule quantity amount entries",
    "velocity": """pipeline deals closed won win_rate mean_won_amount median_cycle velocity
        amount_unknown""",
}
FUNNEL_TOTALS = "deals amount amount_unknown weighted_amount stalled held held_amount"
"""PRODUCT 5 names these keys in this order; it is silent about the other questions'."""

QUESTIONS = {
    "funnel": "funnel --pipeline hard",
    "stalled": "stalled --all",
    "deal list": "deal list --status all",
    "deal show": "deal show 1",
    "timeline": "timeline 1",
    "milestone list": "milestone list 1",
    "team list": "team list",
    "pipeline show": "pipeline show hard",
    "next": "next",
    "segments": "segments --by pipeline",
    "conversion": "conversion --pipeline hard",
    "forecast": "forecast",
    "coverage": "coverage",
    "appraise": "appraise",
    "backtest": "backtest",
    "config show": "config show",
    "history": "history --limit 12",
    "diff": "diff --since 2026-11-20",
    "velocity": "velocity",
    "bonus": "bonus --period 2026-11 --rules bonus.toml",
}
IDS = {"milestone list": "milestone", "timeline": "at", "next": "deal_id"} | {
    "history": "operation",
    "segments": "value",
    "diff": "deal_id",
    "velocity": "pipeline",
    "funnel": "stage",
    "conversion": "stage",
    "coverage": "owner",
    "bonus": "owner",
    "appraise": "figure",
    "backtest": "method",
    "pipeline show": "stage",
    "config show": "setting",
}

every_question = pytest.mark.parametrize("question", QUESTIONS)


def hard_deals(office: Office) -> Office:
    """Fill the office with names and amounts that break careless programs."""
    (office.path.parent / "hard.toml").write_text(PROCESS, encoding="utf-8")
    (office.path.parent / "deals.csv").write_text(DEALS, encoding="utf-8")
    office.does("pipeline", "apply", str(office.path.parent / "hard.toml"))
    office.does("config", "set", "pipeline", "hard")
    office.does("team", "add", LI)

    def a_deal(name: str, customer: str, owner: str, *more: str) -> None:
        office.does("deal", "add", name, "--customer", customer, "--owner", owner, *more)

    sums = ("--source", "-5", "--competitor", "+cmd|calc", "--close", "2026-12-24")
    a_deal("=1+1", "@SUM(A1:A9)", LI, "--amount", "1234567.89", "--on", "2026-11-03", *sums)
    a_deal(
        *("<script>alert(1)</script>", "[bold red]x[/]", LI, "--amount", "120万"),
        *("--on", "2026-10-01"),
    )
    a_deal(
        *("ａｒｋ 方舟电子（二期）", "深圳某某电子有限公司", "Xiao Li", "--amount", "1.2亿"),
        *("--stage", "报价", "--on", "2026-11-13"),
    )
    a_deal("cafe\u0301 e\u0323\u0301", 'O\'Neil, "Q"', "Jiang Yue", "--amount", "0.05")
    a_deal("👩\u200d👩\u200d👧 :smile: 🇨🇳", "back\\slash", "Wang Fang")
    a_deal("[a](https://b.c) ![i](x.png) `c` **d** _e_ #f", "'quoted", "Wang Fang")
    office.does("deal", "hold", "6", "--until", "2026-12-01", "--reason", "预算 | *next* round")
    office.does(
        *("log", "1", '=HYPERLINK("http://e") [red]y[/red] | 好', "--kind", "visit"),
        *("--with", "赵兵 [b]", "--claim", "95", "--next", "@todo <i>", "--due", "2026-11-20"),
    )
    office.does("milestone", "claim", "1", "need", "--evidence", "<img src=x onerror=a()>")
    office.does("import", "deals", str(office.path.parent / "deals.csv"))
    return office


_BUILT: list[bytes] = []


@pytest.fixture
def hard(bare: Office, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The hard deals; built once, a fresh copy for each test, named by a short path."""
    office = bare
    if _BUILT:
        office.path.write_bytes(_BUILT[0])
    else:
        _BUILT.append(hard_deals(request.getfixturevalue("office")).path.read_bytes())
    monkeypatch.chdir(office.path.parent)
    Path("bonus.toml").write_text(BONUS, encoding="utf-8")
    office.path = Path(office.path.name)
    return office


def asked(office: Office, question: str, fmt: str) -> str:
    """Return the answer to a question in a format."""
    return office.does(*QUESTIONS[question].split(), "-f", fmt)


def exact(text: str) -> dict:
    """Return a JSON answer with its numbers as they are written."""
    return json.loads(text, parse_float=Decimal)


@every_question
def test_json_is_one_object_that_says_what_as_of_when_and_in_what(hard, question):
    answer = exact(asked(hard, question, "json"))
    assert list(answer)[:5] == ["schema", "as_of", "currency", "rows", "totals"]
    assert answer["schema"] == f"funnelcli.{question.replace(' ', '-')}/1"
    assert answer["as_of"] == "2026-11-23T01:00:00Z"
    assert answer["currency"] == "CNY"
    assert answer["rows"]


@pytest.mark.parametrize("question", KEYS)
def test_rows_have_the_promised_keys_in_their_order(hard, question):
    promised = KEYS[question].split()
    for row in exact(asked(hard, question, "json"))["rows"]:
        assert list(row)[: len(promised)] == promised


def test_the_totals_of_the_funnel_have_the_promised_keys(hard):
    promised = FUNNEL_TOTALS.split()
    assert list(exact(asked(hard, "funnel", "json"))["totals"])[:7] == promised


def test_a_reason_and_a_diagnosis_have_the_promised_keys(hard):
    (row,) = [r for r in exact(asked(hard, "stalled", "json"))["rows"] if r["id"] == 2]
    assert row["reasons"][0] == {
        "code": "stuck",
        "text": "53 days in 机会 *one*, limit 21",
        "days": 53,
        "limit": 21,
    }
    assert list(row["diagnosis"]) == ["hypothesis", "evidence", "ask", "do"]
    assert isinstance(row["diagnosis"]["evidence"], list)


@every_question
def test_ndjson_is_the_rows_alone(hard, question):
    lines = asked(hard, question, "ndjson").splitlines()
    assert [exact(line) for line in lines] == exact(asked(hard, question, "json"))["rows"]


def as_cell(value: object) -> object:
    """Return what a cell of CSV says of a JSON value: text guarded, lists and tables as JSON."""
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(("=", "+", "-", "@", "'")) else value
        case bool() | list() | dict():
            said = json.dumps(value, ensure_ascii=False, default=lambda number: f"<{number}>")
            return re.sub(r'"<([\d.]+)>"', r"\1", said)
    return str(value)


@every_question
@pytest.mark.parametrize(("fmt", "dialect"), [("csv", "excel"), ("tsv", "excel-tab")])
def test_csv_and_tsv_hold_the_same_rows_under_the_same_keys(hard, question, fmt, dialect):
    text = asked(hard, question, fmt)
    assert "\r" not in text
    header, *lines = csv.reader(io.StringIO(text), dialect)
    rows = exact(asked(hard, question, "json"))["rows"]
    assert header == list(rows[0])
    assert lines == [[as_cell(value) for value in row.values()] for row in rows]


@every_question
def test_ids_are_the_rows_own_one_a_line(hard, question):
    rows = exact(asked(hard, question, "json"))["rows"]
    key = IDS.get(question, "id")
    assert asked(hard, question, "ids").splitlines() == [str(row[key]) for row in rows]


def test_the_ids_of_a_cut_funnel_are_its_values_and_an_unknown_one_is_no_word(hard):
    rows = exact(hard.does("funnel", "--by", "source", "-f", "json"))["rows"]
    assert {row["source"] for row in rows} == {None, "-5"}
    assert hard.does("funnel", "--by", "source", "-f", "ids").split() == ["-5"]


def values(row: dict) -> list[tuple[str, object]]:
    """Return the keys and values of a row that are not lists or tables."""
    return [(key, value) for key, value in row.items() if not isinstance(value, (list, dict))]


@every_question
def test_instants_end_in_z_and_dates_are_iso_in_every_machine_format(hard, question):
    for fmt in ("json", "csv", "ids"):
        text = asked(hard, question, fmt)
        assert not re.search(r"\d\d:\d\d(:\d\d)?(\.\d+)?([+-]\d\d:\d\d|(?=[\"\s,]))", text), text
    for row in exact(asked(hard, question, "json"))["rows"]:
        for key, value in values(row):
            if key.endswith("_at") or key == "at":
                assert value is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value)
            if key.endswith(("_on", "_until", "_due", "_close")) or key == "due":
                assert value is None or re.fullmatch(r"\d{4}-\d\d-\d\d", value)


def test_names_come_back_in_json_as_they_were_typed_composed(hard):
    rows = exact(asked(hard, "deal list", "json"))["rows"]
    assert [row["name"] for row in rows] == [
        "=1+1",
        "<script>alert(1)</script>",
        "ａｒｋ 方舟电子（二期）",
        "caf\u00e9 \u1eb9\u0301",
        "👩\u200d👩\u200d👧 :smile: 🇨🇳",
        "[a](https://b.c) ![i](x.png) `c` **d** _e_ #f",
        "日期不明",
        "已丢 lost",
    ]
    assert [row["customer"] for row in rows][3:6] == ['O\'Neil, "Q"', "back\\slash", "'quoted"]


def test_amounts_are_exact_numbers_in_major_units(hard):
    text = asked(hard, "deal list", "json")
    rows = exact(text)["rows"]
    known = {row["name"]: (row["amount"], row["weighted_amount"]) for row in rows}
    # 1234567.89 x 10 % = 123456.789, 0.05 x 10 % = 0.005: both rounded half up to the fen.
    assert known["=1+1"] == (Decimal("1234567.89"), Decimal("123456.79"))
    assert known["caf\u00e9 \u1eb9\u0301"] == (Decimal("0.05"), Decimal("0.01"))
    assert known["ａｒｋ 方舟电子（二期）"] == (120_000_000, 60_000_000)
    assert '"amount": 1234567.89,' in text
    assert '"amount": 120000000,' in text


def test_totals_add_the_rounded_weighted_amounts(hard):
    totals = exact(asked(hard, "funnel", "json"))["totals"]
    # Open are 1 to 5 and the undated one; the one without an amount on hold counts apart.
    assert totals["amount"] == Decimal("122434567.94")
    assert totals["weighted_amount"] == Decimal("60243456.80")
    assert (totals["deals"], totals["amount_unknown"]) == (6, 2)
    assert (totals["held"], totals["held_amount"]) == (1, 0)


def test_what_is_unknown_is_null(hard):
    (row,) = [r for r in exact(asked(hard, "deal list", "json"))["rows"] if r["ref"] == "X-8"]
    known = {"id", "ref", "name", "pipeline", "stage", "status", "win_probability"}
    assert {key for key, value in row.items() if value is not None} == known


class Screen(io.StringIO):
    """A stream that says whether it is a terminal, in UTF-8."""

    encoding = "utf-8"

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def seen(office: Office, question: str, fmt: str, *, terminal: bool = False) -> str:
    """Return what a person sees: on a terminal of 80 columns, or off one."""
    out = Screen(terminal=terminal)
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        assert main([*QUESTIONS[question].split(), "-f", fmt, "--db", str(office.path)]) == 0
    plain = re.sub(
        r"\x1b\[[0-9;]*m|<style>.*</style>|(?<=sha256-)[^']+", "", out.getvalue(), flags=re.DOTALL
    )
    return "".join(f"{line.rstrip()}\n" for line in plain.splitlines())


@every_question
def test_what_people_see(hard, monkeypatch, question):
    monkeypatch.setenv("TERM", "xterm-256color")
    looks = {
        "on a terminal of 80 columns": seen(hard, question, "table", terminal=True),
        "off a terminal": seen(hard, question, "table"),
        "md": seen(hard, question, "md"),
        "html": seen(hard, question, "html"),
    }
    page = "\n".join(f"===== {question}, {how} =====\n{look}" for how, look in looks.items())
    assert page == external_file(GOLDENS / f"{question.replace(' ', '-')}.txt")


@every_question
def test_plain_is_the_table_without_what_is_said_below_it(hard, question):
    table, plain = asked(hard, question, "table"), asked(hard, question, "plain")
    assert table.startswith(plain)
    assert len(table.splitlines()) - len(plain.splitlines()) <= 1


def test_the_same_question_gives_the_same_bytes(hard):
    for fmt in ("table", "json", "csv", "md", "html"):
        assert asked(hard, "stalled", fmt) == asked(hard, "stalled", fmt)
