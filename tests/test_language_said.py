"""Everything that the program says goes through the catalogs, but for keys, codes and data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brackets
import pytest
from conftest import Office
from test_completion import FREE
from test_help import COMMANDS, GROUPS

from funnelcli import wording
from funnelcli.actions import import_deals
from funnelcli.actions.settings import SETTABLE
from funnelcli.cli import program
from funnelcli.cli.completion import FILE_WORDS, FIXED_WORDS, NAMED_WORDS
from funnelcli.domain.appraisal import FIGURES
from funnelcli.domain.model import LOST_REASONS, LogKind, Status
from funnelcli.domain.people import Role, Stance
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.domain.stalled import Code, Severity
from funnelcli.playbooks.templates import NAMES, template
from funnelcli.views.table import Format


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locales")
    brackets.lay(folder)
    return folder


STORY = """
team edit 2 --away 2026-12-24..2026-12-31 --worked 三力,采购,2015..2019 --school 复旦,法律,2005..2009
deal add 方舟发布 --customer 方舟 --owner 2 --amount 120万 --close 2026-11-01 --on 2026-09-01 --source 推荐 --competitor 三力
deal add 春季新品 --customer 春天 --owner 3 --amount 50万 --close 2027-03-01 --on 2026-10-20
deal add 新车 --customer 车厂 --owner 3 --on 2026-08-01
deal add 旧单 --customer 车厂 --owner 2 --amount 9万 --on 2026-06-01
deal add 赢单 --customer 车厂 --owner 2 --amount 9万 --on 2026-06-01
contact add 赵兵 --company 三力 --title 采购 --deal 1 --role champion --stance for
contact add 刘伟 --company 方舟 --deal 1 --role decision-maker --stance against
contact tie 1 赵兵 --relation 同学
log 1 去了一趟 --claim 95 --next 报价 --due 2026-11-20 --with 赵兵 --kind visit --on 2026-11-02
log 2 想降价 --ask --claim 60 --on 2026-11-20 --as 2
reply 1 快一点 --by 2026-12-01
plan add 1 讲稿 --on 2026-11-25 --kind meeting
plan add 2 讲稿 --on 2026-11-24
plan drop 2 --reason 不去了
plan done 1 讲好了 --claim 70
milestone claim 1 need-confirmed --evidence 邮件
milestone accept 1 need-confirmed
milestone waive 2 need-confirmed --reason 不用
milestone claim 2 decision-path --evidence 邮件
milestone reject 2 decision-path --reason 不算
deal advance 1 --note 好
deal advance 1 --force --reason 急
deal back 1 --to opportunity --reason 退回
deal edit 1 --amount 130万 --close 2026-10-01
deal edit 1 --close 2026-10-05
deal edit 1 --close 2026-10-09
deal hold 3 --until 2026-12-01 --reason 预算
deal lose 4 --reason price --competitor 三力 --note 贵
deal win 5 --force --reason 急 --amount 8万
deal reopen 4 --reason 又来了
ack 2 --until 2026-12-01 --reason 出国
contact leave 刘伟 --to 物流 --on 2026-11-20
contact replace 1 刘伟 赵兵
contact edit 赵兵 --note 好
contact join 2 赵兵 --role user --stance neutral
target set 2 2026Q4 100万
target set team 2026 900万
config set days working
config set holidays 2026-10-01
pipeline learn --adopt
pipeline learn --forget
inbox --seen 2
undo
redo
deal archive 4
backup 夹/kept.db
restore 夹/kept.db
export 夹/tables
export --all 夹/all.json
import deals 夹/tables/deals.csv --dry-run
import contacts 夹/tables/contacts.csv
import logs 夹/tables/logs.csv --skip-bad
import stages 夹/tables/stages.csv
doctor --repair
backtest --save
brief --mark
team edit 3 --joined 2026-08-01 --left 2026-12-31
config set makeup 2026-10-10
config set week FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
bonus --period 2026-10 --rules 规则.toml --issue
bonus --period 2026-09 --rules 规则.toml --issue
stalled --since-last-run 夜
"""  # noqa: E501  as it is typed
ASKED = (
    *("funnel", "funnel --by owner", "funnel --by source", "stalled --all", "stalled --days 5"),
    *("next", "deal list --status all", "deal show 1", "deal show 2", "deal show 3", "deal show 5"),
    *("timeline 1", "timeline 2", "timeline 5", "milestone list", "team list", "pipeline list"),
    *("pipeline show", "pipeline learn", "config show", "inbox", "day", "day --on -3d", "brief"),
    *("brief --since 2026-10-01", "plan list --state all", "contact list", "contact list --deal 1"),
    *("contact show 1", "contact show 2", "who 三力", "segments", "segments --by competitor"),
    *("target list", "conversion", "forecast", "forecast --period 2026", "coverage", "backtest"),
    *("diff --since 2026-10-01", "velocity", "velocity --by owner", "history", "history --id 9"),
    *("history 1", "doctor", "funnel --as-of 2026-11-01", "stalled --as-of 2026-11-20"),
    *("appraise", "appraise --owner 2", "appraise --owner 3 --period 2026", "bonus --statements"),
    *("appraise --explain logs", "appraise --explain plans-kept", "appraise --explain target"),
    *("bonus --period 2026-10", "bonus --period 2026Q4 --rules 规则.toml"),
)
PAGES = (
    *(f"appraise --explain {figure.code}" for figure in FIGURES),
    *("", "report -f md", "report -f html", "stalled --since-last-run 夜"),
)
"""What has formats of its own, or none."""
FAULTS = (
    *("没有", "funnel 多", "funnel --colour", "funnel -f 没有", "log 1", "stalled --days 0"),
    *("stalled --days 多", "funnel -f", "funnel --as-of 某日", "funnel --as-of 1/2/2026"),
    *("funnel --as-of 2026-99-99", "funnel --as-of 2031-01-01", "deal show 没有", "deal show 99"),
    *("forecast --period 某时", "forecast --period 2020", "funnel --hindsight", "deal add ''"),
    *("deal advance 1 --to 没有", "deal advance 1", "deal back 1 --to 没有 --reason 好"),
    *("deal win 1", "deal lose 1", "deal lose 1 --reason ''", "deal hold 1 --until 2020-01-01"),
    *(
        "log 1 好 --claim 150",
        "log 1 好 --kind 没有",
        "reply 99 好",
        "plan done 99",
        "undo --id 99",
    ),
    *("undo 1 --id 2", "history --id 999", "milestone claim 1 没有 --evidence 好", "team add 蒋跃"),
    *("milestone accept 1 on-the-list", "target set 没有 2026 5", "target set 2 2026 多"),
    *(
        "config set 没有 1",
        "config set days 没有",
        "config set currency 没有",
        "pipeline show 没有",
    ),
    *("pipeline apply 没有.toml", "pipeline templates 没有", "import deals 没有.csv"),
    *("contact show 没有", "init", "init --db 又没有/没有 --currency 没有"),
    *("restore 没有.db", "backup 没有/没有", "export --all . --as-of 2026-01-01", "--lang 没有"),
    *("deal edit 1", "deal list --status 没有", "deal list --stage 没有", "funnel --owner 没有"),
    *("reply 1 好 --as 2", "deal reopen 1 --reason 好", "plan drop 9 --reason 好"),
    *("appraise --explain 没有", "appraise --period 2030", "appraise --owner 没有"),
    *("report -f 没有", "bonus --issue", "bonus --rules 没有.toml", "bonus --as 2"),
    *("bonus --rules 错.toml", "bonus --rules 头.toml"),
    *("bonus --period 2026 --rules 规则.toml --issue", "stalled --since-last-run ''"),
    *("config set week 没有", "config set holidays 没有", "config set makeup --file 没有"),
    *("config set holidays --file 错.toml", "team edit 2 --left 2020-01-01 --joined 2021-01-01"),
)
RULES = """name = "规则"
cap = 100
[[rule]]
name = "里程碑"
per = "milestone"
amount = 20
cap = 10
[[rule]]
name = "计划"
per = "plan"
amount = 5
at_least = 80
[[rule]]
name = "赢单"
per = "won"
percent = 1.5
[[rule]]
name = "迟到"
per = "late"
deduct = 50
[[rule]]
name = "分成"
of = ["赢单"]
percent = 10
"""
CODES = {
    *Status,
    *LogKind,
    *Role,
    *Stance,
    *MilestoneState,
    *Code,
    *Severity,
    *Format,
    *LOST_REASONS,
    *NAMES,
    *(stage.name for name in NAMES for stage in template(name, "en").stages),
    *(m.name for name in NAMES for s in template(name, "en").stages for m in s.milestones),
    *SETTABLE,
    *(
        "as",
        "db",
        "now",
        "manager",
        "FUNNELCLI_NOW",
        "somebody",
        "text",
        "delete",
        "backups",
        "tables",
        "TO",
        "range",
        "Asia",
        "Shanghai",
    ),
    *import_deals.HEADER.known,
    *(word for words in COMMANDS for word in words),
    *("true", "percent", "ics"),
    *[
        "funnelcli",
        "CNY",
        "Asia/Shanghai",
        "UTC",
        "json",
        "csv",
        "toml",
        "xlsx",
        "team",
        "all",
        "none",
        "calendar",
        "working",
    ],
    *[
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "en",
        "zh-Hans",
        "zh-Hant",
        "hubspot",
        "pipedrive",
        "salesforce",
        "zoho",
        "maven",
    ],
}
"""What is typed or stored as it stands, in every language."""


_STOOD: list[bytes] = []


@pytest.fixture
def stood(told: Office) -> Office:
    """The file in which the story happened, made once."""
    if _STOOD:
        told.path.write_bytes(_STOOD[0])
    else:
        for line in STORY.strip().splitlines():
            told.does(*line.split())
        _STOOD.append(told.path.read_bytes())
    return told


@pytest.fixture
def told(bare: Office, locales: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A file in which nothing that people wrote is in English, named by a short path."""
    monkeypatch.setattr(wording, "LOCALES", str(locales))
    monkeypatch.chdir(bare.path.parent)
    bare.path = Path("库.db")
    bare.does(
        *("init", "--lang", "zh-Hans", "--manager", "蒋跃", "--currency", "CNY"),
        *("--timezone", "Asia/Shanghai"),
    )
    bare.does("team", "add", "小李")
    bare.does("team", "add", "王芳")
    Path("夹").mkdir()
    Path("规则.toml").write_text(RULES, encoding="utf-8")
    Path("头.toml").write_text(
        f'{RULES}[[rule]]\nname = "段"\nper = "stage"\nstages = ["opportunity"]\namount = 1\n',
        encoding="utf-8",
    )
    Path("错.toml").write_text(RULES.replace("1.5", "true"), encoding="utf-8")
    return bare


PLAIN = r"(?<!\w)--?[a-z][a-z-]*|[\w.-]*\.(csv|json|db|toml)\b|\d[\w:.+-]*"
"""Options, files and figures."""


TAG = re.compile(r"<style>.*?</style>|<[^>]*>", re.DOTALL)


def english(text: str) -> set[str]:
    """Return the words outside of brackets that are neither data nor codes."""
    text = text.replace("\\", "").replace(str(Path.cwd()), " ")
    bare = re.sub(PLAIN, " ", brackets.outside(text))
    return set(re.findall(r"[A-Za-z][A-Za-z_-]+", bare)) - CODES


def test_every_change_and_every_answer_is_said(told: Office) -> None:
    wrong: dict[str, Any] = {}
    for line in STORY.strip().splitlines():
        words = line.split()
        ran = told(*words)
        assert ran.code == 0, (line, ran)
        if found := english(ran.out + ran.err):
            wrong[line] = found, ran.out, ran.err
    asked = [
        (*question.split(), "-f", fmt) for question in ASKED for fmt in ("table", "md", "html")
    ]
    for words in (*asked, *(page.split() for page in PAGES)):
        ran = told(*words)
        assert ran.code == 0, (words, ran)
        shown = re.sub(TAG, " ", ran.out) if "html" in words else ran.out
        figure = {words[words.index("--explain") + 1]} if "--explain" in words else set()
        if found := english(shown + ran.err) - figure:
            wrong[" ".join(words)] = found
    assert not wrong, wrong


def test_every_fault_is_said(told: Office) -> None:
    for line in STORY.strip().splitlines()[:12]:
        told.does(*line.split())
    wrong = {}
    for line in FAULTS:
        ran = told(*(word.strip("'") for word in line.split()))
        assert ran.code != 0, (line, ran)
        figures = {figure.code for figure in FIGURES} if "--explain" in line else set()
        if found := english(ran.err) - figures:
            wrong[line] = found, ran.err
    assert not wrong, wrong


def test_history_speaks_of_people_and_of_the_process(told: Office) -> None:
    told.does("contact", "add", "赵兵", "--company", "三力")
    told.does("contact", "edit", "赵兵", "--title", "总监")
    contact = told.asks("history")["rows"][-1]["operation"]
    process = Path("p.toml")
    process.write_text(told.does("pipeline", "export").replace("机会", "线索"), encoding="utf-8")
    told.does("pipeline", "apply", str(process))
    for number in (contact, contact + 1):
        shown = told.does("history", "--id", str(number))
        assert not english(shown) - {"opportunity", "title"}, shown
    assert "⟦contact ⟧1 赵兵 ⟦title⟧" in told.does("history", "--id", str(contact))


TYPED = {
    *(
        each
        for words in (*FILE_WORDS, *FIXED_WORDS, *NAMED_WORDS, *FREE)
        for each in words.split("|")
    ),
    *("str", "int", "path", "PATH", "FROM", "OLD", "NEW", "OR", "COMPANY", "json", "utf-8", "x"),
}
"""What names a parameter, or the kind of what it takes."""


def test_every_help_is_said(told: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    wrong = {}
    for words in (*COMMANDS, *((group,) for group in GROUPS), ()):
        ran = told(*words, "--help")
        assert ran.code == 0, ran
        borders = re.sub("[│╭╮╰╯─]", " ", ran.out)
        if found := english(borders) - TYPED - set(declared(words)):
            wrong[" ".join(words)] = found, ran.out
    assert not wrong, wrong


def declared(words: tuple[str, ...]) -> Iterator[str]:
    """Yield the names of a command's parameters, and what they may be."""
    command = program()
    for word in words:
        command = command.commands[word]
    for param in command.params:
        yield param.name
        yield from map(str, getattr(param.type, "choices", ()))


SAYING = {
    *("text", "what", "reason", "hypothesis", "evidence", "ask", "do", "found", "remedy", "about"),
    *("action", "why", "notes", "explain", "relation", "trigger", "state", "from", "to"),
}
"""Keys under which something is said."""


@pytest.mark.parametrize("question", [q for q in ASKED if q != "config show"])
def test_no_key_and_no_code_changes_with_the_language(stood: Office, question: str) -> None:
    words = (*question.split(), "-f")
    plain, said = (
        stood.does(*words, "json", "--lang", lang) for lang in (wording.ENGLISH, brackets.TAG)
    )
    assert list(differing(json.loads(plain), json.loads(said))) == []
    plain, said = (stood.does(*words, "csv", "--lang", lang) for lang in ("en", "zh"))
    assert plain.partition("\n")[0] == said.partition("\n")[0]


def differing(plain: Any, said: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the values that are not the same, and are nothing that is said."""
    if isinstance(plain, dict) and isinstance(said, dict) and list(plain) == list(said):
        for each, value in plain.items():
            yield from differing(value, said[each], each)
    elif isinstance(plain, list) and isinstance(said, list) and len(plain) == len(said):
        for one, other in zip(plain, said, strict=True):
            yield from differing(one, other, key)
    elif plain != said and not (key in SAYING and "⟦" in str(said)):
        yield key, plain, said
