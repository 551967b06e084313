"""The meeting report tells what the other commands tell, as one page or as Markdown."""

from __future__ import annotations

import html
import re
import shutil
import sys
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from statistics import quantiles

import pytest
from conftest import Office
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from inline_snapshot import external_file
from openpyxl import load_workbook
from test_formats import hard_deals

from funnelcli.domain.stays import Exit, Stay, spread

GOLDENS = Path(__file__).parent / "goldens"
EXAMPLES = Path(__file__).parent.parent / "examples"
REPS = ("Xiao Li", "Wang Fang")
STAGES = ("opportunity", "shortlisted", "drafted", "quoted", "confirmed", "terms")
CLOSED = (
    *((90, "won"), (95, "lost"), (100, "lost"), (90, "lost"), (92, "won"), (91, "lost")),
    *((55, "won"), (60, "lost")),
)
"""What was claimed of each closed deal, and what became of it: of 90 % and more, two of six."""
STAYED = (3, 5, 9, 14, 20, 40, 12, 8)
"""Days for which each closed deal stayed in its first stage."""


def busy(office: Office) -> Office:
    """Fill the office with open and closed deals, claims, asks, plans, a target and a change."""
    start = date(2026, 8, 3)
    stages, deals, logs = [], [], []
    for n, ((claim, status), days) in enumerate(zip(CLOSED, STAYED, strict=True)):
        rep, amount = REPS[n % 2], 100_000 * (n + 1)
        left = start + timedelta(days=days)
        closed = left + timedelta(days=20)
        deals.append(f"C{n},旧项目 {n},客户 {n},{rep},quoted,{status},{amount},{start}")
        stages.append(f"C{n},opportunity,{start}\nC{n},quoted,{left}\nC{n},{status},{closed}")
        logs.append(f"C{n},{start},{rep},call,first talk,{claim}")
        logs.append(f"C{n},{left},{rep},call,later talk,{100 if status == 'won' else 5}")
    folder = office.path.parent
    rows = "\n".join
    deals_head = "id,name,customer,owner,stage,status,amount,opened_on"
    (folder / "d.csv").write_text(f"{deals_head}\n{rows(deals)}\n", encoding="utf-8")
    (folder / "s.csv").write_text(f"deal,stage,at\n{rows(stages)}\n", encoding="utf-8")
    (folder / "l.csv").write_text(f"deal,at,by,kind,text,claim\n{rows(logs)}\n", encoding="utf-8")
    office.on("2026-11-02")
    office.does("import", "deals", str(folder / "d.csv"))
    office.does("import", "stages", str(folder / "s.csv"))
    office.does("import", "logs", str(folder / "l.csv"))
    for n, stage in enumerate(STAGES):
        office.does(
            *("deal", "add", f"Open {n} 方舟电子 <b>品牌</b> & co", "--customer", "Ark 方舟"),
            *("--owner", REPS[n % 2], "--amount", str(250_000 * (n + 1)), "--stage", stage),
        )
    office.does("target", "set", "team", "2026Q4", "5m")
    office.on("2026-11-20")
    office.does("deal", "lose", "Open 0", "--reason", "price")
    office.does("deal", "edit", "Open 1", "--amount", "900000", "--close", "2026-12-20")
    office.does("deal", "add", "New one", "--owner", "Li", "--amount", "330000")
    office.does("log", "Open 2", "nearly nailed", "--claim", "95", "--as", "Xiao Li")
    office.does("log", "Open 3", "can we give 3 %?", "--ask", "--as", "Wang Fang")
    office.does("plan", "add", "Open 3", "show the concept", "--on", "2026-11-24")
    return office.on("2026-11-23")


class Read(HTMLParser):
    """The words of a report: its figures, and what each chart tells instead of its drawing."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.figures: dict[str, list[str]] = {}
        self.charts: dict[str, dict[str, str]] = {}
        self.open: list[str] = []
        self.label = self.title = ""
        self.feed(page)

    def handle_starttag(self, tag, _attrs):
        if tag not in ("meta", "br", "line", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("line", "rect"):
            self.open.pop()

    def handle_data(self, data):
        match self.open[-2:]:
            case [_, "dt"]:
                self.label = data
                self.figures[data] = []
            case [_, "dd"]:
                self.figures[self.label].append(data)
            case ["svg", "title"]:
                self.title = data
            case ["svg", "desc"]:
                marks = re.findall(r"([^;:]+): (.+?)(?:; (?=[^;:]+: )|$)", data)
                self.charts[self.title] = dict(marks)


@pytest.fixture(scope="module")
def happened(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file in which everything that the report tells has happened."""
    path = tmp_path_factory.mktemp("busy") / "funnel.db"
    shutil.copy2(founded, path)
    with pytest.MonkeyPatch.context() as patch:
        busy(Office(path, patch))
    return path


@pytest.fixture
def full(bare: Office, happened: Path) -> Office:
    """An office on a copy of that file."""
    shutil.copy2(happened, bare.path)
    return bare


def report(office: Office, *args: str) -> Read:
    """Return what the report as a page tells."""
    return Read(office.does("report", "-f", "html", *args))


def told(amount: float) -> str:
    return f"{amount:,.0f}"


def test_the_figures_at_the_top_are_those_of_the_commands(full: Office) -> None:
    read = report(full)
    bridge = full.asks("diff", "--since", "2026-11-16")["totals"]
    stalled = full.asks("stalled")["totals"]
    funnel = full.asks("funnel")["totals"]
    change = bridge["end"] - bridge["start"]
    # Opened 5,250,000 in six; one of 250,000 lost, one 400,000 dearer, one of 330,000 new.
    assert (bridge["start"], bridge["end"]) == (5_250_000, 5_730_000)
    assert read.figures["Open"] == [
        "5,730,000 CNY",
        f"{funnel['deals']} deals; {told(change)} more than on 2026-11-16.",
    ]
    share = round(100 * stalled["amount"] / funnel["amount"])
    assert read.figures["Stalled"] == [
        f"{stalled['deals']} deals",
        f"{told(stalled['amount'])} CNY, {share} % of what is open.",
    ]
    assert read.figures["Waiting for an answer"] == [
        "2 logs",
        "1 asks for support; the oldest waits for 3 days.",
    ]


def test_the_funnel_is_drawn_with_the_figures_of_the_funnel(full: Office) -> None:
    charts = report(full).charts
    rows = full.asks("funnel")["rows"]
    assert len(rows) == 6
    for row in rows:
        stalled = f", {row['stalled']} stalled" if row["stalled"] else ""
        assert charts["Deals by stage"][row["title"]] == f"{row['deals']}{stalled}"
        assert charts["Amount by stage, in CNY"][row["title"]] == told(row["amount"])


def test_the_bridge_is_drawn_from_the_start_to_the_end_of_diff(full: Office) -> None:
    chart = report(full).charts["From the open amount then to the one now, in CNY"]
    assert chart == {
        "Open on 2026-11-16": "5,250,000",
        "New": "+330,000 (1 deal)",
        "Increased": "+400,000 (1 deal)",
        "Lost": "−250,000 (1 deal)",
        "Open now": "5,730,000",
    }
    totals = full.asks("diff", "--since", "2026-11-16")["totals"]
    assert (totals["new"], totals["increased"], totals["lost"]) == (330_000, 400_000, -250_000)


def test_each_part_of_the_bridge_begins_where_the_one_before_it_ended(full: Office) -> None:
    page = full.does("report", "-f", "html")
    drawn = page.split("From the open amount")[2].split("</svg>")[0]
    bars = re.findall(r'class="(solid|range \w+)" x="([\d.]+)%" y="\d+" width="([\d.]+)%"', drawn)
    whole = 5_250_000 + 330_000 + 400_000  # the scale ends where the bridge stands highest
    places = [(5_250_000, 330_000), (5_580_000, 400_000), (5_730_000, 250_000)]
    expected = [
        ("solid", 0, 5_250_000),
        *(("range good", *place) for place in places[:2]),
        ("range red", *places[2]),
        ("solid", 0, 5_730_000),
    ]
    assert [kind for kind, _, _ in bars] == [kind for kind, _, _ in expected]
    for (_, x, width), (_, begin, size) in zip(bars, expected, strict=True):
        assert (float(x), float(width)) == pytest.approx(
            (100 * begin / whole, 100 * size / whole), abs=0.01
        )


def test_the_forecast_is_drawn_with_its_range_run_rate_and_target(full: Office) -> None:
    read = report(full)
    totals = full.asks("forecast")["totals"]

    def about(amount: float) -> str:
        digits = max(0, len(str(round(amount))) - 3)
        return told(round(amount, -digits))

    low, mid, high = (about(totals["won"] + totals[key]) for key in ("low", "mid", "high"))
    chart = next(each for title, each in read.charts.items() if title.startswith("2026-10-01 to"))
    assert chart["With open deals"] == f"8 times in 10 {low} to {high}, middle {mid}"
    assert chart["At run-rate"] == about(totals["won"] + totals["run_rate"])
    assert chart["Target"] == "5,000,000"
    value, note = read.figures["Forecast 2026Q4"]
    assert value == f"{mid} CNY"
    assert note.startswith(f"8 times in 10 between {low} and {high}; target 5,000,000, ")


def test_the_stalled_are_told_with_their_diagnosis(full: Office) -> None:
    page = html.unescape(full.does("report", "-f", "html"))
    rows = full.stalled()
    assert rows
    for row in rows:
        assert f"<b>{row['id']} {row['name']}</b>" in page
        assert row["diagnosis"]["ask"] in page
        assert all(reason["text"] in page for reason in row["reasons"])


def test_what_waits_is_what_the_inbox_holds(full: Office) -> None:
    page = html.unescape(full.does("report", "-f", "html"))
    rows = full.asks("inbox")["rows"]
    assert [row["text"] for row in rows] == ["can we give 3 %?", "nearly nailed"]
    for row in rows:
        assert f"<b>{row['log']} {row['deal']}</b>" in page
        assert row["text"] in page
    assert "show the concept" in page.split("Planned until 2026-12-07")[-1]


def test_time_in_stage_is_the_median_of_the_stays_that_have_ended(full: Office) -> None:
    chart = report(full).charts["Days in stage, of stays that have ended"]
    # The closed ones stayed 3 5 8 9 12 14 20 40 days, and Open 0 from the 2nd to the 20th: 18.
    # Of nine the fifth is 12, the third and the seventh are 8 and 18.
    assert chart["Opportunity"] == "median 12 of 9, half 8 to 18; limit 21"
    assert chart["Proposal drafted"] == "none yet; limit 21"
    assert chart["Quoted"] == "median 20 of 8, half 20 to 20; limit 14"


def test_claims_stand_against_what_became_of_the_deals(full: Office) -> None:
    chart = report(full).charts[
        "Closed deals by the first claim, and the share of them that was won"
    ]
    assert chart == {
        "Claimed 0 to 49 %": "none",
        "Claimed 50 to 69 %": "1 of 2 won, too few; claimed 57.5 %",
        "Claimed 70 to 89 %": "none",
        "Claimed 90 to 100 %": "33 % won, 2 of 6; claimed 93 %",
    }


def test_markdown_tells_the_same(full: Office) -> None:
    assert full.does("report") == external_file(GOLDENS / "report.md.txt")


def test_it_is_the_same_as_of_the_same_moment(full: Office) -> None:
    for fmt in ("md", "html"):
        then = full.on("2026-11-23").does("report", "-f", fmt, "--as-of", "2026-11-21")
        assert "Report for 2026-11-21, since 2026-11-14" in then
        full.on("2026-11-25").does("log", "New one", "later")
        assert full.does("report", "-f", fmt, "--as-of", "2026-11-21") == then


def test_of_a_past_day_it_tells_what_was_known_then(full: Office) -> None:
    read = report(full, "--as-of", "2026-11-19", "--since", "2026-11-10")
    assert read.figures["Open"] == ["5,250,000 CNY", "6 deals; as much as on 2026-11-10."]


def test_filters_leave_out_the_other_deals(full: Office) -> None:
    read = report(full, "--owner", "Wang Fang")
    rows = [r for r in full.asks("deal", "list")["rows"] if r["owner"] == "Wang Fang"]
    amount = sum(row["amount"] for row in rows)
    assert read.figures["Open"][0] == f"{told(amount)} CNY"
    assert "target" not in read.figures["Forecast 2026Q4"][1].replace("no target", "")
    assert "Report for 2026-11-23, since 2026-11-16 · Wang Fang" in full.does(
        "report", "--owner", "Wang Fang"
    )


@pytest.mark.parametrize("name", ["r.html", "r.HTM", "r.md"])
def test_the_ending_of_the_file_says_how_to_write_it(full: Office, name: str) -> None:
    file = full.path.with_name(name)
    ran = full("report", "-o", str(file))
    assert (ran.code, ran.out) == (0, "")
    text = file.read_text(encoding="utf-8")
    assert text == full.does("report", "-f", "md" if name.endswith("md") else "html")
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_ending_that_says_nothing_is_refused(office: Office) -> None:
    ran = office("report", "-o", "monday.doc")
    assert (ran.code, ran.out) == (2, "")
    assert "'monday.doc'" in ran.err
    assert ".html" in ran.err
    assert ran.err.count("\n") == 1
    assert office("report", "-f", "md", "-o", str(office.path.with_name("monday.doc"))).code == 0


def test_a_day_to_come_and_a_period_gone_by_are_refused(office: Office) -> None:
    for args in (("--since", "2026-12-01"), ("--period", "2026Q1")):
        ran = office("report", *args)
        assert (ran.code, ran.out) == (2, "")
    ran = office("report", "--as-of", "2026-11-10", "--since", "2026-11-20")
    assert (ran.code, ran.out) == (2, "")
    assert "--as-of '2026-11-10'" in ran.err


def test_a_file_without_deals_has_a_report_too(office: Office) -> None:
    text = office.does("report")
    assert "**Open**: 0 CNY; 0 deals; as much as on 2026-11-16." in text
    assert "**Forecast 2026Q4**: 0 CNY; nothing open of known amount; no target is set." in text
    assert "Nothing is stalled." in text
    assert "No stay in a stage has ended yet." in text
    assert "No deal with a claim is closed yet." in text
    assert Read(office.does("report", "-f", "html")).figures["Stalled"][0] == "0 deals"


def test_long_lists_are_cut_and_say_so(office: Office) -> None:
    rows = "\n".join(f"{n},Ark {n},{n},2026-09-18" for n in range(1, 66))
    path = office.path.with_name("deals.csv")
    path.write_text(f"id,name,amount,opened_on\n{rows}\n", encoding="utf-8")
    office.does("import", "deals", str(path))
    text = office.does("report", "--since", "2026-09-01")
    assert "and 45 more; diff -f csv tells them all" in text
    assert "The 12 largest are told; stalled tells all." in text
    assert "50 more not shown; forecast --limit N shows them." in text
    for number in range(1, 56):  # the ten that are left, and two that are known, are not all
        office.does("ack", str(number), "--until", "2026-12-24", "--reason", "known")
    text = office.does("report", "--since", "2026-09-01")
    assert "10 stalled deals" in text
    assert "The 12 largest are told; stalled tells all." in text


def test_an_empty_day_is_no_day(office: Office) -> None:
    ran = office("report", "--since", "")
    assert (ran.code, ran.out) == (2, "")


def test_the_workbook_holds_the_rows_of_the_commands(full: Office) -> None:
    file = full.path.with_name("r.xlsx")
    full.does("report", "-o", str(file))
    book = load_workbook(file)
    asked = {
        "funnel": ("funnel",),
        "movement": ("diff", "--since", "2026-11-16"),
        "stalled": ("stalled",),
        "forecast": ("forecast",),
        "inbox": ("inbox",),
        "plans": ("plan", "list"),
    }
    for name, question in asked.items():
        heads, *lines = ([cell.value for cell in row] for row in book[name].iter_rows())
        rows = full.asks(*question)["rows"]
        assert heads == list(rows[0])
        assert len(lines) == len(rows)
        for line, row in zip(lines, rows, strict=True):
            for value, told in zip(line, row.values(), strict=True):
                if isinstance(told, (int, float)):
                    assert value == pytest.approx(told)
                elif isinstance(value, datetime):
                    assert str(told).startswith(str(value.date()))
                elif isinstance(told, str):
                    assert value == told


def test_in_a_workbook_numbers_are_numbers_and_what_looks_like_a_formula_is_text(
    office: Office,
) -> None:
    hard_deals(office)
    file = office.path.with_name("r.xlsx")
    office.does("report", "-o", str(file))
    sheet = load_workbook(file)["forecast"]
    heads = [cell.value for cell in sheet[1]]
    cells = {row[0].value: dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(2)}
    assert {cell.data_type for row in cells.values() for cell in row.values()} <= set("sndb")
    first = cells[1]
    assert (first["name"].value, first["name"].data_type) == ("=1+1", "s")
    assert (first["amount"].value, first["amount"].number_format) == (1234567.89, "#,##0.00")
    assert first["expected_close"].value.date() == date(2026, 12, 24)
    assert first["expected_close"].number_format == "yyyy-mm-dd"


def test_a_workbook_and_a_calendar_are_the_same_bytes_at_the_same_moment(full: Office) -> None:
    for name in ("r.xlsx", "r.ics"):
        files = [full.path.with_name(f"{n}{name}") for n in (1, 2)]
        for file, now in zip(files, ("2026-11-24", "2026-11-25"), strict=True):
            full.on(now).does("report", "--as-of", "2026-11-23", "-o", str(file))
        assert files[0].read_bytes() == files[1].read_bytes()


def test_a_workbook_needs_a_file_and_a_calendar_does_not(full: Office) -> None:
    ran = full("report", "-f", "xlsx")
    assert (ran.code, ran.out) == (2, "")
    assert "-o FILE.xlsx" in ran.err
    assert full.does("report", "-f", "ics").startswith("BEGIN:VCALENDAR\r\n")


def test_a_calendar_holds_what_is_planned_and_keeps_its_names(full: Office) -> None:
    def events() -> dict[str, Event]:
        calendar = Calendar.from_ical(full.does("report", "-f", "ics"))
        return {
            str(event["summary"]).partition(": ")[2]: event for event in calendar.walk("VEVENT")
        }

    text = "line, one; two\\three"
    full.does("plan", "add", "Open 4", text, "--on", "2026-11-30", "--with", "赵兵")
    before = events()
    assert {name: event["dtstart"].dt for name, event in before.items()} == {
        "show the concept": date(2026, 11, 24),
        text: date(2026, 11, 30),
    }
    assert "With: 赵兵" in before[text]["description"]
    full.on("2026-11-24").does("plan", "drop", "1", "--reason", "they came")
    after = events()
    assert [str(after[name]["uid"]) for name in before] == [
        str(event["uid"]) for event in before.values()
    ]
    assert len({str(event["uid"]) for event in after.values()}) == 2
    assert str(after["show the concept"]["status"]) == "CANCELLED"
    assert str(after[text]["status"]) == "CONFIRMED"


@pytest.mark.parametrize(
    ("name", "module", "extra"), [("r.xlsx", "openpyxl", "xlsx"), ("r.ics", "icalendar", "ics")]
)
def test_without_the_extra_it_says_what_to_install(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    file = office.path.with_name(name)
    ran = office("report", "-o", str(file))
    assert (ran.code, ran.out) == (1, "")
    assert f"pip install 'funnelcli[{extra}]'" in ran.err
    assert not file.exists()


def test_every_pipeline_has_charts_of_its_own(full: Office) -> None:
    full.does("pipeline", "apply", str(EXAMPLES / "consulting.toml"))
    full.does("deal", "add", "Other", "--pipeline", "consulting", "--amount", "77")
    charts = report(full).charts
    assert charts["consulting: Amount by stage, in CNY"]["First talks"] == "77"
    assert charts["bidding: Amount by stage, in CNY"]["Opportunity"] == "330,000"
    assert charts["bidding: Days in stage, of stays that have ended"]["Proposal drafted"]
    assert "consulting: Days in stage, of stays that have ended" not in charts
    assert "Deals by stage" in report(full, "--pipeline", "consulting").charts


ENDED = (Exit.ADVANCED, Exit.LOST, Exit.MOVED_BACK)


@given(
    st.lists(
        st.builds(
            Stay,
            position=st.just(0),
            days=st.none() | st.integers(0, 99),
            exit=st.sampled_from(Exit),
            days_to_win=st.none(),
            times=st.integers(1, 4),
        ),
        max_size=12,
    )
)
def test_a_spread_is_the_quartiles_of_the_stays_that_have_ended(stays: list[Stay]) -> None:
    days = [s.days for s in stays if s.exit in ENDED and s.days is not None for _ in range(s.times)]
    found = spread(stays)
    assert found.n == len(days)
    if len(days) > 1:
        expected = quantiles(days, method="inclusive")
        assert [found.low, found.median, found.high] == pytest.approx(expected)
    elif not days:
        assert found == (0, None, None, None)


def test_logs_that_were_never_answered_are_told_though_they_wait_no_more(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "方舟", "--owner", "Xiao Li")
    office.does("log", "方舟", "called", "--as", "Xiao Li")
    office.on("2026-11-23")
    told = office.does("report")
    assert "- **Waiting for an answer**: 0 logs; 1 older log never answered.\n" in told
    assert "1 older log never answered; brief names them." in office.does("report", "-f", "html")


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("suffix", ["html", "md"])
def test_in_chinese_it_is_punctuated_as_chinese_is(office: Office, lang: str, suffix: str) -> None:
    page = office.path.with_name(f"report.{suffix}")
    busy(office).does("report", "--lang", lang, "-o", str(page))
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff）][,;:.](?=\s)", text) == []
    assert f'<html lang="{lang}"' in page.read_text("utf-8") or suffix == "md"
