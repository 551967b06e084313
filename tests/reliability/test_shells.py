"""Real TABs in real shells, on a file in which every name wants to be a command."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest
import tomli_w
from sizes import size

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Office

NAMES = size(12, 60)
PAYLOADS = [
    *("$(touch {hit})", "`touch {hit}`", ";touch {hit}", "|touch {hit}", "&touch {hit}"),
    *("\\`touch {hit}\\`", "\\$(touch {hit})", "(touch {hit})", "';touch {hit};'"),
    *('";touch {hit};"', "$((`touch {hit}`))", "*(e:'touch {hit}':)"),
    *("${{x:=$(touch {hit})}}", "'$(touch {hit})'", '"$(touch {hit})"', ">{hit}", "&>{hit}"),
    *("<(touch {hit})", "=(touch {hit})", ">(touch {hit})", "$(<{hit})", "&&touch {hit}"),
    *("||touch {hit}", "{{touch,{hit}}}", "$[`touch {hit}`]", "%(touch {hit})", "#;touch {hit}"),
    *("%{{$(touch {hit})%}}", "$'\\x60touch {hit}\\x60'", "\\\\;touch {hit}"),
    *("\\x60touch {hit}\\x60", "~$(touch {hit})"),
    *("方舟$(touch {hit})", "方舟;touch {hit}", "مرحبا;touch {hit}", "שלום`touch {hit}`"),
    *("＄（touch {hit}）$(touch {hit})", "ｆｕｌｌ;touch {hit}", "e\u0301$(touch {hit})"),
    *("👩\u200d👧;touch {hit}", "a b;touch {hit}", "a\u3000;touch {hit}", "%s;touch {hit}"),
    *("*", "?", "[a-z]*", "~", "~root", "!!", "!$", "^a^b", "{{a,b}}", "$HOME", "$$"),
    *("\\", "'", '"', "=ls", "@(a|b)", "/etc/passwd", "a=b", "a:b", "-rf", "--db=/dev/null"),
]
PLACES = [
    "deal show {name}",
    "deal add x --owner {name}",
    "deal list --stage={name}",
    "milestone accept Ark {name}",
    "funnel --pipeline {name}",
    "--as {name}",
]
START = {
    "bash": ["--noprofile", "--norc", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
SWITCH_ON = {
    "bash": 'bind "set completion-query-items 0"; eval "$(funnelcli completion bash)"',
    "zsh": 'eval "$(funnelcli completion zsh)"',
    "fish": "funnelcli completion fish | source",
}
PROGRAM = """#!/bin/sh
case $1 in --complete | completion) exec {python} -m funnelcli "$@" ;; esac
printf '%s\\n' "$@" > {called}
"""


class Terminal:
    """A shell at work in an empty folder; it tells with which words it called the program."""

    def __init__(self, shell: str, office: Office) -> None:
        home = office.path.parent
        self._here, self._called = home / "here", home / "called"
        for folder in (self._here, home / "bin"):
            folder.mkdir()
        (self._here / "table.csv").touch()
        program = home / "bin" / "funnelcli"
        program.write_text(
            PROGRAM.format(
                python=shlex.quote(sys.executable), called=shlex.quote(str(self._called))
            )
        )
        program.chmod(0o755)
        env = {
            **os.environ,
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "FUNNELCLI_DB": str(office.path),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
        }
        self._shell = pexpect.spawn(
            shell, START[shell], env=env, cwd=self._here, encoding="utf-8", timeout=60,
            dimensions=(200, 200),
        )  # fmt: skip
        self._turn = 0
        self.enter(SWITCH_ON[shell])

    def enter(self, line: str) -> list[str]:
        """Type a line, and return the words with which it called the program, if it did.

        Enter is pressed twice, since the first may only choose from a list.
        """
        self._called.unlink(missing_ok=True)
        self._turn += 1
        self._shell.send(f"{line}\r\r\x15echo turn''{self._turn}.\r")
        self._shell.expect_exact(f"turn{self._turn}.")
        return self._called.read_text().splitlines() if self._called.exists() else []

    def harm(self) -> list[str]:
        """Return the files that nobody meant to make."""
        return [path.name for path in self._here.iterdir() if path.name != "table.csv"]


@pytest.fixture(params=sorted(START))
def shell(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed here")
    return request.param


@pytest.fixture
def hostile(office: Office) -> list[str]:
    """Give a harmless beginning and a hostile end to the names of everything that has one."""
    ends = [text.format(hit=f"hit{n}") for n, text in enumerate(PAYLOADS[:NAMES])]
    names = [f"n{n}_{end}" for n, end in enumerate(ends)]
    stages = [
        {"name": name, "title": f"t{n}", "probability": 1, "milestone": [{"name": name}]}
        for n, name in enumerate(names)
    ]
    for n, name in enumerate(names):
        file = office.path.parent / "process.toml"
        stage = {"name": f"s{n}", "title": "s", "probability": 1}
        told = {"name": name, "stage": stages if n == 0 else [stage]}
        file.write_bytes(tomli_w.dumps(told).encode())
        office.does("pipeline", "apply", str(file))
    for name, end in zip(names, ends, strict=True):
        office.does("team", "add", name)
        office.does("deal", "add", name)
        office.does("deal", "add", end, "--source", end) if end[0] != "-" else None
    office.does("deal", "add", "Ark", "--pipeline", names[0])
    return names


def test_nothing_that_a_name_says_is_done_on_tab_or_enter(
    office: Office, shell: str, hostile: list[str], figure: Callable[[str, int], None]
) -> None:
    """Each name's harmless beginning is typed; whatever came of it is entered."""
    assert len(hostile) == NAMES
    terminal = Terminal(shell, office)
    for number, name in enumerate(hostile):
        place = PLACES[number % len(PLACES)].format(name=f"n{number}_")
        words = terminal.enter(f"funnelcli {place}\t\t")
        assert terminal.harm() == [], name
        assert words == shlex.split(place), name
    for place in PLACES:  # now everything is offered at once
        terminal.enter(f"funnelcli {place.format(name='')}\t\t")
        assert terminal.harm() == [], place
    figure(f"hostile names met by a real TAB in {shell}", NAMES)


WHOLE = [
    ("dea\tsh\tAr\t", ["deal", "show", "Ark"]),
    ("deal show 方\t", ["deal", "show", "方舟电子"]),
    ("deal show Ａ\t", ["deal", "show", "ＡＢＣ"]),
    ("deal show مر\t", ["deal", "show", "مرحبا"]),
    ("deal show 'Ar\t", ["deal", "show", "Ark"]),
    (
        "timeline 'a b' --as-of 2026-11-23T09:00 --fo\tnd\t",
        ["timeline", "a b", "--as-of", "2026-11-23T09:00", "--format", "ndjson"],
    ),
    ("deal add x --own\t王\t", ["deal", "add", "x", "--owner", "王芳"]),
    ("deal add x --owner=王\t", ["deal", "add", "x", "--owner=王芳"]),
    ("deal advance Ark --to quo\t", ["deal", "advance", "Ark", "--to", "quoted"]),
    ("milestone accept Ark quo\t", ["milestone", "accept", "Ark", "quote-received"]),
    ("import deals ta\t", ["import", "deals", "table.csv"]),
    ("deal list -o ta\t", ["deal", "list", "-o", "table.csv"]),
    ("deal show Zz\t", ["deal", "show", "Zz"]),
]


def test_plain_names_of_any_script_and_files_are_completed(
    office: Office, shell: str, figure: Callable[[str, int], None]
) -> None:
    for name in ("Ark", "方舟电子", "ＡＢＣ", "مرحبا"):
        office.does("deal", "add", name)
    office.does("team", "add", "王芳")
    terminal = Terminal(shell, office)
    for typed, words in WHOLE:
        assert terminal.enter(f"funnelcli {typed}") == words, typed
    assert terminal.harm() == []
    figure(f"words completed by a real TAB in {shell}", len(WHOLE))
