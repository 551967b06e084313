"""Help and wrong calls: every command explains itself, and a wrong word gets one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from funnelcli.cli import program
from funnelcli.cli.contents import ABOUT
from funnelcli.main import main


def commands(group=None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Return the words of every command."""
    for name, command in (group or program()).commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = sorted(commands())
GROUPS = sorted({words[0] for words in COMMANDS if len(words) > 1})
every_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


def test_the_commands_that_the_product_names_are_there():
    named = {
        *("init", "demo", "config show", "config set", "team add", "team list", "team edit"),
        *(f"pipeline {verb}" for verb in ["templates", "list", "show", "apply", "export"]),
        *(f"milestone {verb}" for verb in ["list", "claim", "accept", "reject", "waive"]),
        *(
            f"deal {verb}"
            for verb in ["add", "list", "show", "edit", "advance", "back", "win", "lose"]
        ),
        *("deal reopen", "deal hold", "deal archive", "log", "timeline", "ack", "next"),
        *("funnel", "stalled", "import deals", "import stages", "import logs", "import all"),
        *("export", "target set", "target list", "bonus"),
    }
    assert named <= {" ".join(words) for words in COMMANDS}


@every_command
def test_the_help_of_a_command_says_what_it_does_and_gives_an_example(bare, words):
    ran = bare(*words, "--help")
    assert (ran.code, ran.err) == (0, "")
    said = " ".join(ran.out.split())
    assert f"Usage: funnelcli {' '.join(words)}" in said
    assert f"Example: funnelcli {' '.join(words)}" in said


@pytest.mark.parametrize("group", ["", *GROUPS])
def test_the_help_of_a_group_gives_an_example_that_is_a_command(bare, group):
    said = " ".join(bare(*group.split(), "--help").out.split())
    example = said.split(f"Example: {' '.join(['funnelcli', *group.split()])} ")[1].split(" ")
    assert (*group.split(), example[0]) in COMMANDS


@every_command
def test_help_fits_eighty_columns(bare, words):
    assert max(map(len, bare(*words, "--help").out.splitlines())) <= 80


def test_the_short_form_helps_too(bare):
    assert bare("funnel", "-h").out == bare("funnel", "--help").out


@pytest.mark.parametrize("columns", ["20", "40", "200"])
def test_help_comes_at_any_width(bare, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    for words in (("--help",), ("deal", "add", "--help")):
        ran = bare(*words)
        assert (ran.code, ran.err) == (0, "")
        assert max(map(len, ran.out.splitlines())) <= int(columns)


def test_the_root_help_opens_with_what_is_used_every_day(bare):
    ran = bare("--help")
    assert ran.code == 0
    panels = re.findall(r"^[╭+][─-] (\w[\w ]*\w) [─-]+[╮+]$", ran.out, re.MULTILINE)
    assert panels[0] == "Every day"
    first = ran.out.split("Every day")[1].split(panels[1])[0]
    for daily in ("funnel", "stalled", "log", "deal"):
        assert re.search(rf"^\W {daily} ", first, re.MULTILINE), daily


def test_every_command_stands_in_the_root_help(bare):
    said = bare("--help").out
    for name in {words[0] for words in COMMANDS}:
        assert re.search(rf"^\W {name} ", said, re.MULTILINE), name


def test_the_root_help_says_of_a_command_what_its_own_help_says_first():
    first = {
        word: command.help.partition("\n\n")[0] for word, command in program().commands.items()
    }
    assert first == ABOUT


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_tells_its_commands_and_no_empty_sentence(bare, group):
    ran = bare(group)
    verbs = [words[1] for words in COMMANDS if words[0] == group]
    assert ran.code in (0, 2)
    assert all(re.search(rf"\W{verb}\W", ran.out + ran.err) for verb in verbs)
    assert not re.search(r"funnelcli: *;", ran.err)


WRONG = [
    ("fune",),
    ("deal", "ad"),
    ("funnel", "extra"),
    ("funnel", "--colour"),
    ("funnel", "-z"),
    ("funnel", "-f", "xml"),
    ("funnel", "--by", "colour"),
    ("stalled", "--days", "many"),
    ("stalled", "--days", "0"),
    ("deal", "list", "--limit", "0"),
    ("log", "1", "text", "--kind", "telepathy"),
    ("log", "only-the-deal"),
    ("deal", "show"),
    ("deal", "back", "1", "--to", "first"),
    ("deal", "list", "--owner"),
    ("funnel", "-f"),
    ("funnel", "--db"),
    ("--nothing",),
]
NAMED = {
    "fune": "fune",
    "funnel extra": "extra",
    "funnel --colour": "--colour",
    "funnel -f xml": "xml",
    "log 1 text --kind telepathy": "telepathy",
    "deal back 1 --to first": "--reason",
    "deal list --owner": "see: funnelcli deal list --help",
    "funnel -f": "see: funnelcli funnel --help",
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_call_is_told_in_one_sentence_and_exits_2(words, capsys):
    code = main(list(words))  # an office would add `--db PATH`, which a last option would swallow
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("funnelcli: ")
    assert said.err.count("\n") == 1
    assert "--help" in said.err or "needs a value" in said.err
    assert NAMED.get(" ".join(words), "") in said.err


def test_a_paragraph_of_help_is_broken_only_where_it_is_shown(bare, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    assert "claims against evidence, their people and who knows whom" in bare("brief", "--help").out
