"""In which language the program speaks: by the option, the file or the locale, and no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Office

from funnelcli import wording
from funnelcli.main import main

ROOT = Path(__file__).parent.parent
HELP = {"en": "Usage:", "zh-Hans": "选项", "zh-Hant": "選項"}


def spoken(text: str) -> str:
    """Return the language of a help text."""
    (found,) = [lang for lang, word in HELP.items() if word in text]
    return found


@pytest.fixture
def chinese(bare: Office) -> Office:
    bare.does("init", "--lang", "zh-Hans", "--manager", "蒋跃", "--timezone", "Asia/Shanghai")
    return bare


@pytest.mark.parametrize(
    ("name", "word", "lang"),
    [
        ("LANG", "zh_CN.UTF-8", "zh-Hans"),
        ("LANG", "zh_TW.UTF-8", "zh-Hant"),
        ("LC_MESSAGES", "zh_HK", "zh-Hant"),
        ("LC_ALL", "zh_SG@x", "zh-Hans"),
        ("LANG", "de_DE.UTF-8", "en"),
        ("LANG", "C", "en"),
        ("LANG", "", "en"),
    ],
)
def test_without_a_file_the_locale_says_which(bare, monkeypatch, name, word, lang):
    monkeypatch.setenv(name, word)
    assert spoken(bare.does("log", "--help")) == lang


def test_lc_all_comes_before_lc_messages_and_that_before_lang(bare, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN")
    monkeypatch.setenv("LC_MESSAGES", "zh_TW")
    assert spoken(bare.does("log", "--help")) == "zh-Hant"
    monkeypatch.setenv("LC_ALL", "en_US")
    assert spoken(bare.does("log", "--help")) == "en"


def test_the_file_comes_before_the_locale_and_the_option_before_the_file(chinese, monkeypatch):
    monkeypatch.setenv("LANG", "zh_TW")
    assert spoken(chinese.does("log", "--help")) == "zh-Hans"
    assert spoken(chinese.does("log", "--help", "--lang", "en")) == "en"
    assert spoken(chinese.does("--lang=zh_HK", "log", "--help")) == "zh-Hant"


def test_a_failure_is_told_in_the_files_language_before_and_after_it_is_open(chinese):
    assert "没有这个选项" in chinese("funnel", "--colour").err
    assert "不是日期" in chinese("funnel", "--as-of", "someday").err
    assert "后面要写一个值" in chinese("funnel", "--as=").err
    assert "No such option" in chinese("funnel", "--colour", "--lang", "en").err


def test_the_files_language_is_seen_without_creating_or_changing_a_file(chinese, tmp_path):
    before = chinese.path.read_bytes()
    chinese("funnel", "--colour")
    assert chinese.path.read_bytes() == before
    chinese("funnel", "--colour", "--db", str(tmp_path / "none.db"))
    assert {each.name for each in tmp_path.iterdir()} == {"funnel.db"}


@pytest.mark.parametrize(
    "content", [b"", b"no database at all", b"SQLite format 3\x00" + b"x" * 200]
)
def test_a_file_that_is_none_of_ours_leaves_it_to_the_locale(bare, monkeypatch, content):
    bare.path.write_bytes(content)
    monkeypatch.setenv("LANG", "zh_CN")
    assert "没有这个选项" in bare("funnel", "--colour").err


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(bare):
    os.mkfifo(bare.path)
    assert "No such option" in bare("funnel", "--colour").err


def test_a_language_that_there_is_not_is_refused_with_those_that_there_are(chinese):
    ran = chinese("funnel", "--lang", "fr")
    assert (ran.code, ran.out) == (2, "")
    assert "'fr'" in ran.err
    assert "en, zh-Hans, zh-Hant" in ran.err


def test_init_takes_the_language_for_the_file_and_speaks_it(bare):
    assert bare.does("init", "--lang", "zh_TW").startswith("已建立")
    assert bare.asks("config", "show")["rows"][6] == {
        "setting": "lang",
        "value": "zh-Hant",
        "origin": "file",
    }


def test_config_show_tells_the_language_that_is_spoken_and_why(chinese):
    rows = {row["setting"]: row for row in chinese.asks("config", "show", "--lang", "en")["rows"]}
    assert (rows["lang"]["value"], rows["lang"]["origin"]) == ("en", "--lang")


def test_no_call_leaves_its_language_to_the_next(chinese, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FUNNELCLI_DB", str(tmp_path / "none.db"))
    help_ = []
    for lang in ("en", "zh-Hans", "zh-Hant", "en"):
        main(["stalled", "--help", "--lang", lang])
        help_.append(capsys.readouterr().out)
    assert [spoken(text) for text in help_] == ["en", "zh-Hans", "zh-Hant", "en"]
    assert help_[0] == help_[3]
    chinese.does("deal", "add", "方舟", "--on", "2026-06-01")
    first = chinese.does("stalled", "--lang", "en")
    chinese.does("stalled")
    assert chinese.does("stalled", "--lang", "en") == first
    assert wording.language() == "en"


def test_english_loads_no_catalog_and_chinese_one(office):
    script = (
        "import sys; from funnelcli.main import main\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and str(args[0]).endswith('.mo')"
        " and opened.append(args[0]))\n"
        "main(sys.argv[1:]); print(len(opened), file=sys.stderr)"
    )

    def opened(*args: str) -> str:
        words = [sys.executable, "-c", script, *args, "--db", str(office.path)]
        ran = subprocess.run(words, capture_output=True, text=True, check=True)
        return ran.stderr.splitlines()[-1]

    assert opened("stalled") == "0"
    assert opened("stalled", "--lang", "zh-Hans") == "1"
