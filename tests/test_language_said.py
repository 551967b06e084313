"""Everything that the program says goes through the catalogs, but for keys, codes and data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import brackets
import pytest
from conftest import Office, Ran
from test_formats import QUESTIONS
from test_help import COMMANDS, GROUPS

from funnelcli import wording
from funnelcli.domain.model import LOST_REASONS, LogKind, Status
from funnelcli.domain.people import Role, Stance
from funnelcli.domain.pipeline import MilestoneState
from funnelcli.domain.stalled import Code, Severity
from funnelcli.views.table import Format


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locales")
    brackets.lay(folder)
    return folder


@pytest.fixture
def marked(locales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "LOCALES", str(locales))


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
target set 3 2026Q4 none
config set days working
config set holidays 2026-10-01
pipeline learn --adopt
pipeline learn --forget
inbox --seen 2
undo
redo
deal archive 4
backup {folder}/kept.db
restore {folder}/kept.db
export {folder}/tables
export --all {folder}/all.json
import deals {folder}/tables/deals.csv --dry-run
import contacts {folder}/tables/contacts.csv
import logs {folder}/tables/logs.csv --skip-bad
import stages {folder}/tables/stages.csv
doctor --repair
backtest --save
brief --mark
"""
ASKED = (
    *("funnel", "funnel --by owner", "funnel --by source", "stalled --all", "stalled --days 5"),
    *("next", "deal list --status all", "deal show 1", "deal show 2", "deal show 3", "deal show 5"),
    *("timeline 1", "timeline 2", "timeline 5", "milestone list", "team list", "pipeline list"),
    *("pipeline show", "pipeline learn", "config show", "inbox", "day", "day --on -3d", "brief"),
    *("brief --since 2026-10-01", "plan list --state all", "contact list", "contact list --deal 1"),
    *("contact show 1", "contact show 2", "who 三力", "segments", "segments --by competitor"),
    *("target list", "conversion", "forecast", "forecast --period 2026", "coverage", "backtest"),
    *("diff --since 2026-10-01", "velocity", "velocity --by owner", "history", "history --id 9"),
    *("history 1", "doctor", "", "funnel --as-of 2026-11-01", "stalled --as-of 2026-11-20"),
)
FAULTS = (
    *("fune", "funnel 多", "funnel --colour", "funnel -f xml", "log 1", "stalled --days 0"),
    *("stalled --days 多", "funnel -f", "funnel --as-of 某日", "funnel --as-of 1/2/2026"),
    *("funnel --as-of 2026-99-99", "funnel --as-of 2031-01-01", "deal show 没有", "deal show 99"),
    *("forecast --period 某时", "forecast --period 2020", "funnel --hindsight", "deal add ''"),
    *("deal advance 1 --to 没有", "deal advance 1", "deal back 1 --to 没有 --reason 好"),
    *("deal win 1", "deal lose 1", "deal lose 1 --reason ''", "deal hold 1 --until 2020-01-01"),
    *("log 1 好 --claim 150", "log 1 好 --kind 没有", "reply 99 好", "plan done 99", "undo --id 99"),
    *("undo 1 --id 2", "history --id 999", "milestone claim 1 没有 --evidence 好", "team add 蒋跃"),
    *("milestone accept 1 on-the-list", "target set 没有 2026 5", "target set 2 2026 多"),
    *("config set 没有 1", "config set days 没有", "config set currency 没有", "pipeline show 没有"),
    *("pipeline apply 没有.toml", "pipeline templates 没有", "import deals 没有.csv"),
    *("contact show 没有", "contact add 赵兵", "init", "init --db /proc/没有/x.db --currency 没有"),
    *("restore 没有.db", "backup /proc/没有/x", "export --all . --as-of 2026-01-01", "--lang fr"),
    *("deal edit 1", "deal list --status 没有", "deal list --stage 没有", "funnel --owner 没有"),
    *("reply 1 好 --as 2", "deal reopen 1 --reason 好", "ack 3 --until 2026-12-01 --reason 好"),
)
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
    *"bidding general renewal need-confirmed decision-path on-the-list opportunity".split(),
    *(word for words in COMMANDS for word in words),
    *"funnelcli CNY Asia/Shanghai UTC json csv toml xlsx team all none calendar working".split(),
    *"mon tue wed thu fri sat sun en zh-Hans zh-Hant hubspot pipedrive salesforce zoho maven".split(),
}
"""What is typed or stored as it stands, in every language."""


@pytest.fixture
def told(bare: Office, marked: None) -> Office:
    """A file with a bit of everything, in which no text of ours is in English."""
    bare.does(
        *("init", "--lang", "zh-Hans", "--manager", "蒋跃", "--currency", "CNY"),
        *("--timezone", "Asia/Shanghai"),
    )
    bare.does("team", "add", "小李")
    bare.does("team", "add", "王芳")
    return bare


def english(ran: Ran | str, office: Office) -> set[str]:
    """Return the words outside of brackets that are neither data nor codes."""
    text = ran if isinstance(ran, str) else ran.out + ran.err
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
    for known in (str(office.path.parent), str(office.path)):
        text = text.replace(known, " ")
    bare = brackets.outside(text)
    bare = re.sub(r"--?[a-z][a-z-]*|[\w.-]*\.(csv|json|db|toml|html)\b|\d[\w:.+-]*", " ", bare)
    return {word for word in re.findall(r"[A-Za-z][\w-]+", bare)} - CODES


def test_every_change_and_every_answer_is_said(told: Office) -> None:
    wrong: dict[str, Any] = {}
    for line in STORY.strip().splitlines():
        words = line.format(folder=told.path.parent).split()
        ran = told(*words)
        assert ran.code == 0, (line, ran)
        if found := english(ran, told):
            wrong[line] = found, ran.out, ran.err
    for question in ASKED:
        for fmt in ("table", "plain", "md", "html") if question else (None,):
            ran = told(*question.split(), *(("-f", fmt) if fmt else ()))
            assert ran.code == 0, (question, ran)
            if found := english(ran, told):
                wrong[f"{question} {fmt}"] = found
    assert not wrong, wrong


def test_every_fault_is_said(told: Office) -> None:
    for line in STORY.strip().splitlines()[:12]:
        told.does(*line.split())
    wrong = {}
    for line in FAULTS:
        ran = told(*(word.strip("'") for word in line.split()))
        assert ran.code not in (0, 1), (line, ran)
        if found := english(ran.err.removeprefix("funnelcli: "), told):
            wrong[line] = found, ran.err
    assert not wrong, wrong
