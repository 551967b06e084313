"""Who signs, what only the manager may do, and options that stand anywhere on the line."""

import io
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from conftest import Office, Ran

from funnelcli.errors import NotFound
from funnelcli.main import main


def a_deal(office: Office, name: str = "Ark") -> None:
    """Add a deal of Xiao Li's with a claimed milestone."""
    office.does("deal", "add", name, "--owner", "Xiao Li")
    office.does("milestone", "claim", name, "need-confirmed", "--evidence", "mail")


def run(*words: str) -> Ran:
    """Run the program with these words and no others."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    return Ran(int(code), out.getvalue(), err.getvalue())


def signed(office: Office, *more: str) -> str:
    """Log on Ark and return whose log it is."""
    office.does("log", "Ark", "call", *more)
    return office.asks("timeline", "Ark")["rows"][-1]["by"]


def dump(office: Office) -> list[str]:
    """Return all that the file holds."""
    with closing(sqlite3.connect(office.path)) as file:
        return list(file.iterdump())


# Who signs


def test_as_goes_before_the_environment_the_login_and_the_manager(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_deal(office)
    office.does("team", "edit", "Wang Fang", "--login", "wang")
    assert signed(office) == "Jiang Yue"
    monkeypatch.setattr("funnelcli.config.system_login", lambda: "wang")
    assert signed(office) == "Wang Fang"
    monkeypatch.setenv("FUNNELCLI_USER", "Xiao Li")
    assert signed(office) == "Xiao Li"
    assert signed(office, "--as", "Wang Fang") == "Wang Fang"
    monkeypatch.setenv("FUNNELCLI_USER", "")
    assert signed(office) == "Wang Fang"
    monkeypatch.setattr("funnelcli.config.system_login", lambda: None)
    assert signed(office) == "Jiang Yue"


def test_who_signs_is_named_in_part_in_any_case_and_width(office: Office) -> None:
    a_deal(office)
    office.does("team", "add", "小李")
    for word, name in (("li", "Xiao Li"), ("ＷＡＮＧ", "Wang Fang"), ("小", "小李")):
        assert signed(office, "--as", word) == name


def test_nobody_of_the_team_signs_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    a_deal(office)
    before = dump(office)
    for word, said in (
        ("Zhao", "'Zhao' is nobody on the team"),
        ("an", "1 Jiang Yue; 3 Wang Fang"),
    ):
        ran = office("log", "Ark", "call", "--as", word)
        assert (ran.code, ran.out) == (3, "")
        assert said in ran.err
        monkeypatch.setenv("FUNNELCLI_USER", word)
        assert office("log", "Ark", "call").code == 3
        assert office("deal", "list").code == 0  # a question needs no name
        monkeypatch.delenv("FUNNELCLI_USER")
    assert dump(office) == before


# What only the manager may do

MANAGERS = (
    ("milestone", "accept", "Ark", "need-confirmed"),
    ("milestone", "reject", "Ark", "need-confirmed", "--reason", "no budget in it"),
    ("milestone", "waive", "Ark", "on-the-list", "--reason", "no list"),
    ("deal", "advance", "Ark", "--force", "--reason", "in a hurry"),
    ("deal", "win", "Ark", "--force", "--reason", "in a hurry"),
)


@pytest.mark.parametrize("how", ["--as", "FUNNELCLI_USER", "login"])
def test_what_needs_the_managers_name_is_refused_under_a_reps(
    office: Office, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    a_deal(office)
    office.does("team", "edit", "Xiao Li", "--login", "li")
    more = ("--as", "Xiao Li") if how == "--as" else ()
    if how == "FUNNELCLI_USER":
        monkeypatch.setenv(how, "Xiao Li")
    if how == "login":
        monkeypatch.setattr("funnelcli.config.system_login", lambda: "li")
    before = dump(office)
    for words in MANAGERS:
        ran = office(*words, *more)
        assert (ran.code, ran.out) == (4, ""), words
        assert "Xiao Li cannot" in ran.err
        assert "manager" in ran.err
    assert dump(office) == before


def test_what_needs_the_managers_name_is_done_under_it(office: Office) -> None:
    for words in MANAGERS:
        a_deal(office)
        office.does(*words, "--as", "jiang")
        office.does("deal", "edit", "Ark", "--name", "Done with")


def test_what_is_open_to_a_rep_is_done_by_one(office: Office) -> None:
    for words in (
        ("deal", "add", "Boat"),
        ("deal", "edit", "Boat", "--amount", "100"),
        ("log", "Boat", "call", "--claim", "40"),
        ("milestone", "claim", "Boat", "need-confirmed", "--evidence", "mail"),
        ("deal", "hold", "Boat", "--until", "2026-12-01", "--reason", "fair"),
        ("ack", "Boat", "--until", "2026-12-01", "--reason", "fair"),
        ("deal", "lose", "Boat", "--reason", "price"),
        ("deal", "reopen", "Boat", "--reason", "they called"),
    ):
        office.does(*words, "--as", "Xiao Li")


# Options anywhere on the line


def test_who_signs_stands_anywhere_on_the_line(office: Office) -> None:
    a_deal(office)
    for words in (
        ("--as", "Xiao Li", "log", "Ark", "call"),
        ("log", "--as", "Xiao Li", "Ark", "call"),
        ("log", "Ark", "--as=Xiao Li", "call"),
        ("log", "Ark", "call", "--as", "Xiao Li"),
    ):
        office.does(*words)
        assert office.asks("timeline", "Ark")["rows"][-1]["by"] == "Xiao Li", words


def test_the_file_stands_anywhere_on_the_line(office: Office) -> None:
    a_deal(office)
    path = str(office.path)
    for words in (
        ("--db", path, "deal", "list", "-f", "ids"),
        ("deal", "--db", path, "list", "-f", "ids"),
        ("deal", "list", f"--db={path}", "-f", "ids"),
        ("deal", "list", "-f", "ids", "--db", path),
    ):
        assert run(*words) == Ran(0, "1\n", ""), words


def test_the_file_of_the_line_goes_before_the_environments(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_deal(office)
    monkeypatch.setenv("FUNNELCLI_DB", str(office.path))
    assert run("deal", "list", "-f", "ids") == Ran(0, "1\n", "")
    other = str(tmp_path / "other.db")
    assert run("deal", "list", "--db", other).code == 10
    assert run("deal", "add", "Boat", "--db", other).code == 10


def test_the_version_stands_anywhere_on_the_line(office: Office) -> None:
    told = office("--version")
    assert told.out.startswith("funnelcli ")
    for words in (("deal", "--version"), ("log", "Ark", "call", "--version")):
        assert office(*words) == told


def test_without_colour_stands_anywhere_on_the_line(office: Office) -> None:
    a_deal(office)
    told = office("deal", "list")
    for words in (("--no-color", "deal", "list"), ("deal", "list", "--no-color")):
        assert office(*words) == told


def test_a_failure_shows_its_traceback_only_with_debug(office: Office) -> None:
    ran = office("deal", "show", "Nope")
    assert (ran.code, ran.err.count("\n"), "Traceback" in ran.err) == (3, 1, False)
    for words in (("--debug", "deal", "show", "Nope"), ("deal", "show", "Nope", "--debug")):
        with pytest.raises(NotFound):
            office(*words)


def test_an_option_that_needs_a_value_and_has_none_is_a_sentence(office: Office) -> None:
    path = str(office.path)
    for words in (("--db", path, "log", "Ark", "x", "--as"), ("deal", "list", "--db=")):
        ran = run(*words)
        assert (ran.code, ran.out) == (2, ""), words
        assert f"{words[-1].strip('=')} needs a value" in ran.err


def test_what_follows_two_dashes_is_text(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    a_deal(office)
    monkeypatch.setenv("FUNNELCLI_DB", str(office.path))
    assert run("log", "Ark", "--", "--as").code == 0
    assert office.asks("timeline", "Ark")["rows"][-1]["text"] == "--as"
