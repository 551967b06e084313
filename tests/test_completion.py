"""What completion offers where, what it never offers, and that nothing stops it.

Real shells press TAB in reliability/test_shells.py.
"""

from __future__ import annotations

import io
import re
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import tomli_w
from conftest import Office
from test_help import COMMANDS
from test_house import HEAVY, modules_after

from funnelcli.cli import program
from funnelcli.cli.completion import FILE_WORDS, FIXED_WORDS, NAMED_WORDS, wanted
from funnelcli.main import main

GLOBAL = ["--db", "--as", "--lang", "--no-color", "--debug", "--version", "--help"]
SHELLS = ["bash", "zsh", "fish"]
FREE = {
    *("A", "AMOUNT", "C", "CODE", "DATE", "EVIDENCE", "FROM..TO", "GROUP", "LOGIN", "N", "NAME"),
    *("OLD=NEW", "PERCENT", "PLACE", "TEXT", "VALUE", "ZONE"),
}
"""What users have to think of themselves."""


@pytest.fixture
def offered(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Return what is offered at the end of a line, on the office's file."""
    monkeypatch.setenv("FUNNELCLI_DB", str(office.path))

    def ask(line: str) -> list[str]:
        code = main(["--complete", line])
        said = capsys.readouterr()
        assert (code, said.err) == (0, "")
        return said.out.splitlines()

    return ask


def test_commands_and_their_verbs_are_offered(offered):
    assert set(offered("funnelcli ")) == {words[0] for words in COMMANDS}
    assert set(offered("funnelcli de")) == {"deal", "demo"}
    assert offered("funnelcli deal ad") == ["add", "advance"]
    verbs = {words[1] for words in COMMANDS if words[0] == "milestone"}
    assert set(offered("funnelcli --db elsewhere milestone ")) == verbs
    assert offered("funnelcli nothing ") == []


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_options_of_a_command_are_offered_and_those_that_may_stand_anywhere(offered, words):
    tree = program()
    for word in words:
        tree = tree.commands[word]
    own = [opt for param in tree.params if param.param_type_name == "option" for opt in param.opts]
    line = f"funnelcli {' '.join(words)} "
    assert sorted(offered(f"{line}-")) == sorted([*own, *GLOBAL])
    assert offered(f"{line}--no-c") == ["--no-color"]


def test_where_no_argument_is_left_options_are_offered_unasked(offered):
    assert "--by" in offered("funnelcli funnel ")
    assert "--kind" in offered("funnelcli log Ark text ")
    assert offered("funnelcli log Ark ") == []
    assert offered("funnelcli funnel -- -") == []


def test_choices_are_offered_as_a_word_of_their_own_or_behind_a_sign(offered):
    assert offered("funnelcli funnel -f js") == ["json"]
    assert offered("funnelcli log Ark 'a text' --kind m") == ["meeting", "message"]
    assert offered("funnelcli funnel --by=c") == ["--by=customer"]
    assert offered("funnelcli completion ") == SHELLS
    assert offered("funnelcli deal list --status wo") == ["won"]
    assert offered("funnelcli init --lang z") == ["zh-Hans", "zh-Hant"]
    assert offered("funnelcli target list --period ") == ["week", "month", "quarter", "year"]


@pytest.mark.parametrize(
    "line",
    [
        *("--db ", "funnel -o ", "funnel --output ", "import deals ", "pipeline apply x"),
        *("export ", "demo --keep ", "deal --db ", "funnel --db"),
    ],
)
def test_files_are_left_to_the_shell(offered, line):
    assert offered(f"funnelcli {line}") == (["--db"] if line.endswith("--db") else ["/"])


def test_names_of_the_file_are_offered_where_they_are_asked_for(office, offered):
    office.does("team", "add", "王芳")
    for name in ("Ark", "Arctic.2-b_c", "方舟电子", "Ark launch"):
        office.does("deal", "add", name)
    assert offered("funnelcli deal show Ar") == ["Arctic.2-b_c", "Ark"]
    assert offered("funnelcli log 方") == ["方舟电子"]
    assert set(offered("funnelcli timeline ")) == {
        "1",
        "2",
        "3",
        "4",
        "Ark",
        *offered("f ack A"),
    } | {"方舟电子"}
    assert offered("funnelcli deal show 4") == ["4"]
    assert offered('funnelcli deal show "Ar') == offered("funnelcli deal show 'Ar")
    for line in ("deal add x --owner ", "--as ", "team edit "):
        assert offered(f"funnelcli {line}") == ["1", "2", "3", "王芳"]
    assert offered("funnelcli deal edit Ark --member 王") == ["王芳"]
    assert offered("funnelcli target set ") == ["team", "1", "2", "3", "王芳"]
    stages = ["opportunity", "shortlisted", "drafted", "quoted", "confirmed", "terms"]
    for line in ("deal add x --stage ", "deal advance Ark --to ", "deal list --stage "):
        assert offered(f"funnelcli {line}") == stages
    assert offered("funnelcli funnel --pipeline ") == ["bidding"]
    assert offered("funnelcli pipeline show bid") == ["bidding"]


def test_the_milestones_offered_are_those_of_the_deal_that_is_named(office, offered):
    file = office.path.parent / "other.toml"
    stage = {"name": "talks", "title": "Talks", "probability": 5, "milestone": [{"name": "met"}]}
    file.write_bytes(tomli_w.dumps({"name": "other", "stage": [stage]}).encode())
    office.does("pipeline", "apply", str(file))
    office.does("deal", "add", "Ark launch")
    office.does("deal", "add", "Bright", "--pipeline", "other")
    assert offered("funnelcli milestone accept 'Ark launch' quo") == ["quote-received"]
    assert offered("funnelcli milestone claim --evidence 'a mail' 2 ") == ["met"]
    assert offered("funnelcli milestone claim nobody ") == []


def test_only_open_deals_are_offered_the_largest_number_first(office, offered):
    for name, amount in (("one", "10"), ("two", "30"), ("gone", "90")):
        office.does("deal", "add", name, "--amount", amount)
    office.does("deal", "lose", "gone", "--reason", "price")
    assert offered("funnelcli deal show ") == ["2", "1", "one", "two"]


def test_a_thousand_names_are_offered_as_two_hundred(office, offered):
    header = "id,name,customer,opened_on\n"
    rows = "".join(f"{n},deal{n},c,2026-11-01\n" for n in range(1000))
    file = office.path.parent / "many.csv"
    file.write_text(header + rows)
    office.does("import", "deals", str(file))
    assert len(offered("funnelcli deal show ")) == 200
    assert offered("funnelcli deal show deal99") == ["deal99", *(f"deal99{n}" for n in range(10))]


HOSTILE = [
    *("$(touch x)", "`touch x`", ";x", "a b", "x\u3000b", "a&b", "a|b", "a>b", "*", "a?", "[a]"),
    *("~", "!!", "-rf", "--force", "%s a", "{a,b}", "a'b", 'a"b', "a\\b", "a/b", "/", "a:b", "a=b"),
    *("$HOME", "#", "(a)", "a@b", "a,b", "＄（ａ）", "a\u200bb", "👩\u200d👧", "\u00ad"),
]


def test_what_could_be_more_than_a_name_is_never_offered(office, offered):
    stages = []
    for number, name in enumerate(HOSTILE):
        milestones = [{"name": name}]
        stages.append(
            {"name": name, "title": f"t{number}", "probability": 1, "milestone": milestones}
        )
        if not name.startswith("-"):
            office.does("deal", "add", name)
            office.does("team", "add", name)
    file = office.path.parent / "hostile.toml"
    file.write_bytes(tomli_w.dumps({"name": "a;b", "stage": stages}).encode())
    office.does("pipeline", "apply", str(file))
    office.does("deal", "add", "Ark", "--pipeline", "a;b")
    everywhere = [
        *("deal show ", "deal add x --owner ", "deal add x --stage=", "milestone accept Ark "),
        *("funnel --pipeline ", "--as ", "team edit ", "deal advance Ark --to "),
    ]
    for place in everywhere:
        for beginning in {"", *(name[0] for name in HOSTILE)}:
            typed = shlex.quote(beginning) if beginning else ""
            for word in offered(f"funnelcli {place}{typed}"):
                value = word.removeprefix("--stage=")
                own = re.fullmatch(r"--?[a-z-]+=?", word) and not place.endswith("=")
                assert re.fullmatch(r"\w[\w.-]*", value) or own, (place, beginning, word)
                assert value not in HOSTILE


def test_other_scripts_are_offered_in_utf_8_alone(office, monkeypatch):
    for name in ("Ark", "方舟"):
        office.does("deal", "add", name)
    for encoding, names in (("utf-8", {"Ark", "方舟"}), ("gbk", {"Ark"}), ("ascii", {"Ark"})):
        out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr("sys.stdout", out)
        assert main(["--complete", f"funnelcli --db {office.path} deal show "]) == 0
        out.seek(0)
        assert set(out.read().split()) == {"1", "2", *names}


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000] + b"\0" * 9000)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def foreign(path: Path) -> None:
    path.write_text("no database")


@pytest.mark.parametrize("harm", [Path.unlink, damaged, newer, foreign], ids=lambda f: f.__name__)
def test_a_file_that_cannot_be_read_gives_no_names_and_no_word(office, offered, harm):
    office.does("deal", "add", "Ark")
    harm(office.path)
    left = office.path.read_bytes() if office.path.exists() else None
    assert offered("funnelcli deal show A") == []
    assert offered("funnelcli deal sho") == ["show"]
    assert left == (office.path.read_bytes() if office.path.exists() else None)


def test_a_file_in_use_is_not_waited_for(office, offered):
    office.does("deal", "add", "Ark")
    with closing(sqlite3.connect(office.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert offered("funnelcli deal show A") == []


@pytest.mark.parametrize(
    "line",
    ["", "funnelcli", "f 'a", 'f "', "f \\", "f --owner", "f deal show $(", "f \u202e", "f '\""],
)
def test_a_half_typed_line_is_no_failure(offered, line):
    offered(line)


def test_a_wrong_clock_gives_no_names_and_no_word(offered, monkeypatch):
    monkeypatch.setenv("FUNNELCLI_NOW", "soon")
    assert offered("funnelcli deal show ") == []


def test_completion_loads_nothing_heavy(office):
    office.does("deal", "add", "Ark")
    loaded = modules_after("--complete", f"funnelcli --db {office.path} deal show A")
    assert not loaded & HEAVY


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_evaluates_no_answer(bare, shell):
    script = bare.does("completion", shell)
    assert "funnelcli --complete" in script
    assert not re.search(r"\beval\b|compgen|_describe", script.split("\n", maxsplit=1)[1])


def test_every_parameter_says_what_it_takes_in_a_word_that_completion_knows():
    """Whoever adds a parameter says here or in cli/completion.py what is offered for it."""
    tree = program()
    known = {*FREE, *FILE_WORDS, *FIXED_WORDS, *NAMED_WORDS}
    for words in [(), *COMMANDS]:
        command = tree
        for word in words:
            command = command.commands[word]
        for param in command.params:
            if not getattr(param, "is_flag", False) and not hasattr(param.type, "choices"):
                assert wanted(param) in known, (words, param.name)
