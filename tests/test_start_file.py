"""Which file a command works on: made in passing at the default place only, never if not ours."""

import io
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from conftest import MONDAY, Ran

from funnelcli.main import main

DEALS = "id,name\nA1,Ark\n"
PROCESS = 'name = "short"\n[[stage]]\nname = "only"\nprobability = 50\n'

CHANGES = [
    ("deal", "add", "Ark"),
    ("team", "add", "Xiao Li"),
    ("pipeline", "apply", "short.toml"),
    ("import", "deals", "deals.csv"),
]
"""What makes the default file, if there is none."""
NAMED = [*CHANGES, ("import", "stages", "stages.csv"), ("import", "logs", "logs.csv")]
"""The same, and what has nothing to change in a file without deals."""
OTHERS = [
    ("funnel",),
    ("stalled",),
    ("next",),
    ("deal", "list"),
    ("deal", "show", "Ark"),
    ("deal", "edit", "Ark", "--amount", "1"),
    ("deal", "lose", "Ark", "--reason", "price"),
    ("log", "Ark", "called"),
    ("ack", "Ark", "--until", "+1w", "--reason", "abroad"),
    ("timeline", "Ark"),
    ("milestone", "list"),
    ("pipeline", "list"),
    ("pipeline", "export"),
    ("config", "show"),
    ("config", "set", "days", "working"),
    ("team", "list"),
    ("export", "tables"),
]
"""What wants a file that is there."""


def run(*args: str) -> Ran:
    """Run the program without naming a file."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(args))
    return Ran(int(code), out.getvalue(), err.getvalue())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the default place of the file; the working folder holds tables and a process."""
    monkeypatch.setenv("FUNNELCLI_NOW", MONDAY)
    monkeypatch.chdir(tmp_path)
    Path("short.toml").write_text(PROCESS)
    Path("deals.csv").write_text(DEALS)
    Path("stages.csv").write_text("deal,stage,at\n")
    Path("logs.csv").write_text("deal,at,text\n")
    return tmp_path / "data" / "funnelcli" / "funnel.db"


# The default place


@pytest.mark.parametrize("words", CHANGES, ids=" ".join)
def test_a_first_change_makes_the_default_file_and_says_so(
    desk: Path, words: tuple[str, ...]
) -> None:
    ran = run(*words)
    assert ran.code == 0
    assert f"Started {desk}: " in ran.err
    assert desk.is_file()
    assert stat.S_IMODE(desk.stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.parent.stat().st_mode) == 0o700
    pipelines = [row["pipeline"] for row in asked("pipeline", "list")]
    assert pipelines[0] == "bidding"


def asked(*words: str) -> list[dict[str, str]]:
    return run(*words, "-f", "json").rows


def test_a_second_change_finds_the_file_there_and_says_nothing_of_it(desk: Path) -> None:
    run("deal", "add", "Ark")
    ran = run("deal", "add", "Bright")
    assert (ran.code, ran.err) == (0, "")
    assert [row["name"] for row in asked("deal", "list")] == ["Ark", "Bright"]
    assert asked("config", "show")[0] == {
        "setting": "db",
        "value": str(desk),
        "origin": "default",
    }


@pytest.mark.parametrize("words", OTHERS, ids=" ".join)
def test_any_other_command_without_a_file_exits_10_and_says_how_to_start(
    desk: Path, words: tuple[str, ...]
) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (10, "")
    assert "funnelcli init" in ran.err
    assert ran.err.count("\n") == 1
    assert not desk.exists()


@pytest.mark.parametrize("words", NAMED, ids=" ".join)
@pytest.mark.parametrize("how", ["--db", "FUNNELCLI_DB"])
def test_a_file_that_was_named_is_never_made_in_passing(
    desk: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], how: str
) -> None:
    named = desk.parent / "typo.db"
    if how == "--db":
        ran = run(*words, "--db", str(named))
    else:
        monkeypatch.setenv("FUNNELCLI_DB", str(named))
        ran = run(*words)
    assert (ran.code, ran.out) == (10, "")
    assert str(named) in ran.err
    assert not named.exists()
    assert not desk.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("import", "deals", "deals.csv", "--dry-run"),
        ("pipeline", "apply", "short.toml", "--dry-run"),
    ],
    ids=" ".join,
)
def test_a_dry_run_makes_no_file(desk: Path, words: tuple[str, ...]) -> None:
    run(*words)
    assert not desk.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("deal", "add", "Ark", "--amount", "lots"),
        ("deal", "add", "Ark", "--owner", "Nobody"),
        ("import", "deals", "missing.csv"),
        ("import", "deals", "short.toml"),
        ("team", "add", " "),
    ],
    ids=" ".join,
)
def test_a_command_that_fails_makes_no_file(desk: Path, words: tuple[str, ...]) -> None:
    assert run(*words).code in (2, 3)
    assert not desk.exists()


def test_a_folder_of_the_home_is_the_place_where_xdg_names_none(
    desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("XDG_DATA_HOME")
    run("deal", "add", "Ark")
    assert (tmp_path / "home" / ".local" / "share" / "funnelcli" / "funnel.db").is_file()
    assert not desk.exists()


def test_the_option_goes_before_the_environment(
    desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FUNNELCLI_DB", str(tmp_path / "env.db"))
    assert run("init", "--manager", "Env").code == 0
    assert run("--db", str(tmp_path / "option.db"), "init", "--manager", "Option").code == 0
    assert asked("team", "list")[0]["name"] == "Env"
    assert asked("team", "list", "--db", str(tmp_path / "option.db"))[0]["name"] == "Option"
    assert not desk.exists()


# Files that are not this version's


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version={version + 1}")


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE song (title TEXT); INSERT INTO song VALUES ('La')")


def novel(path: Path) -> None:
    path.write_bytes(b"It was a dark and stormy night.\n" * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


COMMANDS = [
    (),
    ("funnel",),
    ("stalled",),
    ("deal", "list"),
    ("config", "show"),
    ("deal", "add", "Ark"),
    ("team", "add", "Chen Tao"),
    ("log", "1", "called"),
    ("import", "deals", "deals.csv"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("spoil", "code"),
    [(newer, 12), (foreign, 13), (novel, 13), (empty, 13), (cut_short, 13)],
)
def test_a_file_that_is_not_this_versions_is_told_and_left_as_it_is(
    desk: Path, spoil: Callable[[Path], None], code: int, words: tuple[str, ...]
) -> None:
    run("deal", "add", "Ark")
    spoil(desk)
    before = desk.read_bytes()
    ran = run(*words)
    assert (ran.code, ran.out) == (code, "")
    assert str(desk) in ran.err
    assert ran.err.count("\n") == 1
    assert desk.read_bytes() == before
    assert [path.name for path in desk.parent.iterdir()] == ["funnel.db"]


@pytest.mark.parametrize("words", [("funnel",), ("deal", "add", "Ark")], ids=" ".join)
def test_a_folder_is_no_file_and_is_told_in_one_sentence(
    desk: Path, words: tuple[str, ...]
) -> None:
    desk.mkdir(parents=True)
    ran = run(*words, "--db", str(desk))
    assert ran.code in (1, 13)
    assert ran.out == ""
    assert str(desk) in ran.err
    assert ran.err.count("\n") == 1
    assert list(desk.iterdir()) == []


def test_a_newer_file_asks_for_an_upgrade_of_the_program(desk: Path) -> None:
    run("deal", "add", "Ark")
    newer(desk)
    assert "newer funnelcli" in run("funnel").err
