"""What a real terminal shows: a pseudo-terminal of so many columns, read back cell by cell."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass

import pexpect
import pyte
import pytest
from conftest import Office

from funnelcli.domain.text import spoken, width, wrapped
from funnelcli.main import main

WIDEST = 400
"""Columns of the screen that reads: wide enough to show what a narrow one would have wrapped."""
NOW = "2026-11-23T09:00:00+08:00"
QUESTIONS = ("", "funnel", "stalled --all", "deal list", "deal show 方舟", "timeline 方舟", "next")

every_width = pytest.mark.parametrize("columns", [80, 120])


_BUILT: list[bytes] = []


@pytest.fixture
def names(bare: Office, request: pytest.FixtureRequest) -> Office:
    """The long names; built once, a fresh copy for each test."""
    if _BUILT:
        bare.path.write_bytes(_BUILT[0])
    else:
        _BUILT.append(long_names(request.getfixturevalue("office")).path.read_bytes())
    return bare


def long_names(office: Office) -> Office:
    """Return an office with long Chinese names, and sums that differ in length."""
    office.does("team", "add", "小李")
    office.does(
        *("deal", "add", "方舟电子二〇二七年度整合营销传播服务框架采购（第二期）", "--customer"),
        *("深圳市南山区方舟电子科技股份有限公司", "--owner", "小李", "--amount", "1.2亿"),
        *("--stage", "quoted", "--on", "2026-10-01", "--competitor", "三励广告"),
    )
    office.does("deal", "add", "Ark", "--owner", "小李", "--customer", "方舟", "--amount", "5")
    office.does("deal", "add", "Bright", "--owner", "Wang Fang", "--amount", "1234567.89")
    office.does("deal", "add", "e\u0323\u0301te\u0301", "--customer", "無名", "--on", "2026-11-01")
    office.does("log", "1", "没问题，客户基本搞定了", "--claim", "95", "--on", "2026-10-02")
    office.does("milestone", "claim", "Ark", "need-confirmed", "--evidence", "会议纪要")
    return office


def surroundings(office: Office, **more: str) -> dict[str, str]:
    """Return an environment with nothing in it that a test does not know of."""
    return {
        "PATH": os.defpath,
        "HOME": str(office.path.parent),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "FUNNELCLI_DB": str(office.path),
        "FUNNELCLI_NOW": NOW,
        **more,
    }


@dataclass(frozen=True)
class Shown:
    """What stands on the screen, and the code with which the program left."""

    code: int
    screen: pyte.Screen

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def width(self) -> int:
        """How many columns are written on."""
        cells = (x for line in self.screen.buffer.values() for x in line if line[x].data != " ")
        return 1 + max(cells)

    @property
    def colors(self) -> set[str]:
        lines = self.screen.buffer.values()
        return {c for line in lines for cell in line.values() for c in (cell.fg, cell.bg)}

    def row_of(self, text: str) -> int:
        """Return the first line that shows the text."""
        found = [y for y, line in enumerate(self.lines) if text in line]
        assert found, (text, self.lines)
        return found[0]

    def column_of(self, text: str, row: int) -> int:
        """Return the screen column in which the text begins in that line."""
        cells = [self.screen.buffer[row][x].data for x in range(WIDEST)]
        for x in range(WIDEST):
            if cells[x] and "".join(cells[x:]).startswith(text):
                return x
        pytest.fail(f"{text!r} is not in {self.lines[row]!r}")

    def end_of(self, text: str, row: int) -> int:
        """Return the screen column after the text in that line."""
        return self.column_of(text, row) + len(text)


def shown(office: Office, question: str, columns: int, **more: str) -> Shown:
    """Ask on a terminal of so many columns."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "funnelcli", *question.split()],
        env=surroundings(office, **more),
        dimensions=(50, columns),
        timeout=30,
    )
    written = child.read()
    child.close()
    screen = pyte.Screen(WIDEST, 300)
    pyte.ByteStream(screen).feed(written)
    return Shown(child.exitstatus, screen)


@every_width
@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_wider_than_the_screen(names, question, columns):
    seen = shown(names, question, columns)
    assert seen.code == 0
    assert len([line for line in seen.lines if line]) > 3
    assert seen.width <= columns


@every_width
def test_the_columns_of_a_list_stand_below_their_titles(names, columns):
    seen = shown(names, "deal list", columns)
    title = seen.row_of("Customer")
    for deal, owner, amount in (
        ("Ark", "小李", "5"),
        ("Bright", "Wang Fang", "1,234,567.89"),
        ("\u1eb9\u0301t\u00e9", "Jiang Yue", "?"),
    ):
        row = seen.row_of(deal)
        assert seen.column_of(deal, row) == seen.column_of("Deal", title)
        assert seen.column_of(owner, row) == seen.column_of("Owner", title)
        cells = "".join(seen.screen.buffer[row][x].data for x in range(columns))
        assert amount in cells.split()
    wide = seen.row_of("120,000,000")
    assert seen.end_of("120,000,000", wide) == seen.end_of("Amount", title)
    assert seen.end_of("1,234,567.89", seen.row_of("Bright")) == seen.end_of("Amount", title)


@every_width
def test_chinese_names_wrap_within_their_column(names, columns):
    seen = shown(names, "deal list", columns)
    title, first = seen.row_of("Customer"), seen.row_of("120,000,000")
    left, right = seen.column_of("Deal", title), seen.column_of("Customer", title)
    last = seen.row_of("Ark")
    name = "".join(
        seen.screen.buffer[y][x].data for y in range(first, last) for x in range(left, right)
    )
    assert name.replace(" ", "") == "方舟电子二〇二七年度整合营销传播服务框架采购（第二期）"


@every_width
def test_the_funnel_has_bars_as_long_as_its_counts(names, columns):
    seen = shown(names, "funnel", columns)
    # Three deals in the first stage, one in quoted; by money it is the other way round.
    first, quoted = seen.lines[seen.row_of("Opportunity")], seen.lines[seen.row_of("Quoted")]
    deals_bar, *amount_bar = (word for word in first.split() if set(word) & set("█▏"))
    assert deals_bar == "██████"
    assert amount_bar == ["▏"]
    assert [word for word in quoted.split() if "█" in word] == ["██", "██████"]
    assert not set("█▏") & set(seen.lines[seen.row_of("Shortlisted")])


def test_the_page_of_a_deal_holds_what_a_manager_wants_to_know(names):
    lines = shown(names, "deal show 方舟电子", 80).lines
    page = "\n".join(lines)
    for piece in ("小李", "120,000,000 CNY", "三励广告", "95 %", "What stands out", "Lately"):
        assert piece in page


@pytest.mark.parametrize("question", [*QUESTIONS, "--help", "deal list --help"])
def test_no_color_is_asked_for_and_given(names, question):
    assert shown(names, f"{question} --no-color", 80).colors == {"default"}


@pytest.mark.parametrize("question", ["funnel", "stalled", "deal list --help"])
def test_a_terminal_has_colors_unless_the_environment_says_no(names, question):
    assert shown(names, question, 80).colors > {"default"}
    assert shown(names, question, 80, NO_COLOR="1").colors == {"default"}


def test_a_stalled_deal_is_amber_or_red_and_a_healthy_stage_is_neither(names):
    seen = shown(names, "funnel", 80)
    assert seen.screen.buffer[seen.row_of("Quoted")][0].fg == "brown"
    assert seen.screen.buffer[seen.row_of("Terms")][0].fg == "default"
    seen = shown(names, "stalled", 80)
    # 53 days in quoted, whose limit is 14: red.
    assert seen.screen.buffer[seen.row_of("●")][0].fg == "red"


def test_a_figure_is_shown_whole_or_visibly_cut_on_a_narrow_screen(office, monkeypatch):
    """Half a figure looks like a figure: 60,000 of 60,000,000."""
    office.does("deal", "add", "Ark", "--stage", "quoted", "--amount", "120,000,000")
    monkeypatch.setenv("TERM", "xterm-256color")
    for columns in range(20, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        out = io.StringIO()
        out.isatty = lambda: True
        with redirect_stdout(out):
            assert main(["funnel", "--db", str(office.path)]) == 0
        words = re.findall(r"\d[\d,]*…?", re.sub(r"\x1b\[[\d;]*m", "", out.getvalue()))
        figures = {word.rstrip(",") for word in words if "," in word and word[-1] != "…"}
        assert figures <= {"120,000,000", "60,000,000"}, (columns, figures)


def test_the_widest_sums_leave_room_for_every_column_at_80(office):
    for name in ("Ark", "Bell"):
        office.does(
            *("deal", "add", name, "--stage", "quoted", "--amount", "999,999,999,999.99"),
            *("--on", "2026-10-01"),
        )
    seen = shown(office, "funnel", 80)
    title, row = seen.row_of("Chance"), seen.row_of(" 50 %")
    assert seen.lines[title].endswith("Stalled")
    assert seen.lines[row].split()[-2:] == ["53", "2"]


def test_long_lists_stream_as_plain_lines(office):
    file = office.path.parent / "many.csv"
    rows = "".join(f"X-{n},Deal {n},opportunity\n" for n in range(201))
    file.write_text(f"id,name,stage\n{rows}", encoding="utf-8")
    office.does("import", "deals", str(file))
    seen = shown(office, "deal list", 80)
    assert seen.code == 0
    assert len([line for line in seen.lines if line.split()[1:2] == ["Deal"]]) >= 201
    assert seen.colors == {"default"}


def loaded(office: Office, question: str, **more: str) -> set[str]:
    """Return the modules that a question off a terminal has loaded."""
    script = (
        "import json, sys; from funnelcli.main import main; main(sys.argv[1:])\n"
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *question.split()],
        env=surroundings(office, **more),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b" not in ran.stdout
    assert ran.stdout
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.parametrize("question", [*QUESTIONS, "deal list -f md", "funnel -f html"])
def test_off_a_terminal_there_is_no_color_and_no_rich(names, question):
    assert "rich" not in loaded(names, question)


def test_without_color_there_is_no_escape_off_a_terminal_whatever_is_forced(names):
    for question in ("funnel", "--help"):
        ran = subprocess.run(
            [sys.executable, "-m", "funnelcli", *question.split()],
            env=surroundings(names, FORCE_COLOR="0"),
            capture_output=True,
            text=True,
            check=True,
        )
        assert "\x1b" not in ran.stdout, question


@pytest.mark.parametrize(
    ("question", "command"),
    [
        ("deal add 方舟 --stage quoted", "funnelcli milestone list 5"),
        ("contact leave 刘伟", "funnelcli contact add '刘伟'"),
        ("deal show 没有这样的商机也没有这样的名字", "funnelcli deal list --status all"),
    ],
)
def test_what_is_said_breaks_between_words_and_a_command_never_breaks(names, question, command):
    screen = shown(names, question, 44)
    assert screen.width <= 44
    assert any(line.endswith(command) for line in screen.lines), screen.lines


def test_a_command_longer_than_the_screen_stands_on_a_line_of_its_own(names):
    lines = shown(names, "funnel --db /tmp/no-such-folder-at-all/none.db", 44).lines
    assert any(line.startswith("funnelcli init --db /tmp/") for line in lines), lines


def test_what_is_indented_stays_so_on_every_line() -> None:
    said = "  row 5, amount: 'lots' is not an amount; write 1200000, 1,200,000, 1.2m or 120万."
    lines = spoken(said, 40).split("\n")
    assert len(lines) > 1
    assert all(line.startswith("  ") and width(line) <= 40 for line in lines)
    assert " ".join(line.strip() for line in lines) == said.strip()


@pytest.mark.parametrize("cells", [17, 20, 23, 40])
def test_latin_words_among_chinese_ones_stay_whole(cells: int) -> None:
    text = "已回退到Opportunity阶段，再看funnelcli的说明，（attendance）；还有x"
    lines = wrapped(text, cells)
    assert "".join(lines) == text
    assert all(width(line) <= cells for line in lines)
    for word in ("Opportunity", "funnelcli"):
        assert any(word in line for line in lines), (word, lines)
    assert not any(line.startswith(("，", "；", "）")) for line in lines), lines


@pytest.mark.parametrize(
    "text", ["on 10 of 22 working days (45 %).", "至今有十个工作日（45 %）留有记录"]
)
def test_a_figure_and_its_percent_sign_stay_on_one_line(text: str) -> None:
    for cells in range(8, 40):
        assert any("45 %" in line for line in wrapped(text, cells)), cells
