"""A file begins, and says what it is."""

import grp
import os
import stat
from pathlib import Path

import pytest
from conftest import Office

from funnelcli.domain.money import exponent

STAGES = ["opportunity", "shortlisted", "drafted", "quoted", "confirmed", "terms"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def own_group() -> str:
    """Return the name of the group to which this process's new files belong."""
    return grp.getgrgid(os.getgid()).gr_name


def setting(office: Office, name: str, *args: str) -> tuple[str, str]:
    """Return the value and the origin of a setting."""
    rows = office.asks("config", "show", *args)["rows"]
    return next((row["value"], row["origin"]) for row in rows if row["setting"] == name)


def team(office: Office) -> list[tuple[str, str, str | None]]:
    rows = office.asks("team", "list")["rows"]
    return [(row["name"], row["role"], row["login"]) for row in rows]


def titles(office: Office) -> list[str]:
    return [row["title"] for row in office.asks("pipeline", "show")["rows"]]


# init


def test_init_lays_a_file_with_its_settings_its_manager_and_the_bidding_process(
    bare: Office,
) -> None:
    ran = bare(
        *("init", "--manager", "Jiang Yue 蒋跃", "--currency", "CNY"),
        *("--timezone", "Asia/Shanghai", "--lang", "en"),
    )
    assert ran.code == 0
    assert ran.out == (
        f"Started {bare.path}: manager Jiang Yue 蒋跃, pipeline bidding, CNY, Asia/Shanghai.\n"
    )
    assert "funnelcli team add" in ran.err
    assert team(bare) == [("Jiang Yue 蒋跃", "manager", "somebody")]
    assert [row["stage"] for row in bare.asks("pipeline", "show")["rows"]] == STAGES
    for name, value in {
        "manager": "Jiang Yue 蒋跃",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "lang": "en",
        "pipeline": "bidding",
        "days": "calendar",
        "week": "mon,tue,wed,thu,fri",
    }.items():
        assert setting(bare, name) == (value, "file")


def test_init_without_options_takes_the_login_and_the_systems_zone_and_language(
    bare: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("funnelcli.config.system_timezone", lambda: "Europe/Lisbon")
    monkeypatch.setenv("LANG", "zh_TW.UTF-8")
    bare.does("init")
    assert setting(bare, "manager")[0] == "somebody"
    assert setting(bare, "timezone")[0] == "Europe/Lisbon"
    assert setting(bare, "lang")[0] == "zh-Hant"
    assert titles(bare)[1] == "入圍"


def test_a_language_of_the_system_that_is_not_shipped_is_english(
    bare: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "pt_PT.UTF-8")
    bare.does("init")
    assert setting(bare, "lang")[0] == "en"


@pytest.mark.parametrize(
    ("word", "lang", "second"),
    [
        ("en", "en", "Shortlisted"),
        ("en_GB.UTF-8", "en", "Shortlisted"),
        ("zh", "zh-Hans", "入围"),
        ("zh-Hans", "zh-Hans", "入围"),
        ("zh_CN", "zh-Hans", "入围"),
        ("zh_CN.UTF-8", "zh-Hans", "入围"),
        ("ZH-cn", "zh-Hans", "入围"),
        ("zh-Hant", "zh-Hant", "入圍"),
        ("zh-TW", "zh-Hant", "入圍"),
        ("zh_HK", "zh-Hant", "入圍"),
        ("zh-Hant-TW", "zh-Hant", "入圍"),
    ],
)
def test_a_language_has_many_names(bare: Office, word: str, lang: str, second: str) -> None:
    bare.does("init", "--lang", word)
    assert setting(bare, "lang")[0] == lang
    assert titles(bare)[1] == second
    assert [row["stage"] for row in bare.asks("pipeline", "show")["rows"]] == STAGES


@pytest.mark.parametrize(
    ("name", "first"), [("bidding", "opportunity"), ("general", "lead"), ("renewal", "upcoming")]
)
def test_the_template_that_is_named_is_the_default_pipeline(
    bare: Office, name: str, first: str
) -> None:
    bare.does("init", "--template", name)
    assert setting(bare, "pipeline")[0] == name
    bare.does("deal", "add", "Ark")
    assert (bare.deal("Ark")["pipeline"], bare.deal("Ark")["stage"]) == (name, first)


@pytest.mark.parametrize("currency", ["jpy", "JPY"])
def test_the_currency_decides_the_decimals(bare: Office, currency: str) -> None:
    bare.does("init", "--currency", currency)
    assert setting(bare, "currency")[0] == "JPY"
    assert exponent("JPY") == 0
    assert bare("deal", "add", "Ark", "--amount", "1.5").code == 2
    bare.does("deal", "add", "Ark", "--amount", "150")
    assert '"amount": 150,' in bare("deal", "list", "-f", "json").out


@pytest.mark.parametrize(
    ("option", "word", "code"),
    [
        ("--template", "auction", 3),
        ("--lang", "fr", 2),
        ("--lang", "zz_ZZ", 2),
        ("--currency", "EURO", 2),
        ("--currency", "¥¥¥", 2),
        ("--currency", "12", 2),
        ("--timezone", "Mars/Base", 2),
        ("--timezone", "Asia", 2),
        ("--timezone", "../../etc/passwd", 2),
        ("--manager", "  ", 2),
        ("--manager", "Ji\x1bang", 2),
        ("--manager", "J" * 201, 2),
        ("--group", "no-such-group", 4),
    ],
)
def test_an_impossible_option_is_one_sentence_and_leaves_no_file(
    bare: Office, option: str, word: str, code: int
) -> None:
    ran = bare("init", option, word)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("funnelcli: ")
    assert ran.err.count("\n") == 1
    if option != "--manager":
        assert repr(word) in ran.err
    assert not any(path.is_file() for path in bare.path.parent.rglob("*"))


def test_a_file_is_private(bare: Office) -> None:
    bare.does("init")
    assert mode(bare.path) == 0o600


def test_a_private_file_stays_private_under_a_generous_umask(bare: Office) -> None:
    before = os.umask(0)
    try:
        bare.does("init")
    finally:
        os.umask(before)
    assert mode(bare.path) == 0o600


def test_a_file_made_for_a_group_is_group_writable_even_under_a_strict_umask(
    bare: Office,
) -> None:
    before = os.umask(0o077)
    try:
        bare.does("init", "--group", own_group())
    finally:
        os.umask(before)
    assert mode(bare.path) == 0o660
    assert bare.path.stat().st_gid == os.getgid()
    bare.does("team", "add", "Xiao Li")
    assert mode(bare.path) == 0o660


def test_a_folder_that_init_makes_is_private(bare: Office) -> None:
    bare.path = bare.path.parent / "new" / "funnel.db"
    bare.does("init")
    assert mode(bare.path.parent) == 0o700


def test_a_folder_that_was_there_keeps_its_rights(bare: Office) -> None:
    bare.path = bare.path.parent / "shared" / "funnel.db"
    bare.path.parent.mkdir()
    bare.path.parent.chmod(0o755)
    bare.does("init")
    assert mode(bare.path.parent) == 0o755


def test_a_folder_made_for_a_group_lets_the_group_in(bare: Office) -> None:
    """Who cannot write beside the file cannot write it: SQLite keeps its journal there."""
    bare.path = bare.path.parent / "new" / "funnel.db"
    bare.does("init", "--group", own_group())
    assert mode(bare.path.parent) & 0o777 == 0o770
    assert bare.path.parent.stat().st_gid == os.getgid()


@pytest.mark.parametrize("content", [b"", b"my novel\n"])
def test_init_refuses_an_existing_file_and_leaves_it_alone(bare: Office, content: bytes) -> None:
    bare.path.write_bytes(content)
    ran = bare("init", "--manager", "Jiang Yue")
    assert (ran.code, ran.out) == (4, "")
    assert str(bare.path) in ran.err
    assert bare.path.read_bytes() == content


def test_init_twice_keeps_the_first_file(office: Office) -> None:
    before = office.path.read_bytes()
    assert office("init", "--manager", "Somebody Else").code == 4
    assert office.path.read_bytes() == before


def test_init_leaves_nothing_beside_the_file(bare: Office) -> None:
    bare.does("init")
    assert [path.name for path in bare.path.parent.iterdir() if path.is_file()] == ["funnel.db"]


# config


def test_a_value_of_the_call_names_its_origin(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert setting(office, "db") == (str(office.path), "--db")
    assert setting(office, "now") == ("2026-11-23T01:00:00Z", "FUNNELCLI_NOW")
    assert setting(office, "as", "--as", "Li") == ("Li", "--as")
    monkeypatch.setenv("FUNNELCLI_USER", "Wang Fang")
    assert setting(office, "as") == ("Wang Fang", "FUNNELCLI_USER")
    assert setting(office, "as", "--as", "Li") == ("Li", "--as")


def test_every_setting_of_the_file_can_be_set_and_says_what_it_was(office: Office) -> None:
    office.does("pipeline", "apply", str(a_process(office.path.parent)))
    for name, value, was in (
        ("currency", "EUR", "CNY"),
        ("timezone", "Europe/Lisbon", "Asia/Shanghai"),
        ("lang", "zh-Hans", "en"),
        ("pipeline", "short", "bidding"),
        ("days", "working", "calendar"),
        ("week", "mon,tue,wed,thu", "mon,tue,wed,thu,fri"),
    ):
        said = office.does("config", "set", name, value, "--lang", "en")
        assert said == f"{name} is {value} (was {was}).\n"
        assert setting(office, name) == (value, "file")


def a_process(folder: Path) -> Path:
    path = folder / "short.toml"
    path.write_text('name = "short"\n[[stage]]\nname = "only"\nprobability = 50\n')
    return path


def test_holidays_are_days_in_order_and_each_once(office: Office) -> None:
    office.does("config", "set", "holidays", "2026-10-02,2026-10-01, 2026-10-02")
    assert setting(office, "holidays") == ("2026-10-01,2026-10-02", "file")
    office.does("config", "set", "holidays", "none")
    assert setting(office, "holidays") == ("", "file")
    office.does("config", "set", "holidays", "2026-10-01")
    ran = office("config", "set", "holidays", "")  # perhaps a variable that is not set
    assert (ran.code, "none for no day" in ran.err) == (2, True)
    assert setting(office, "holidays") == ("2026-10-01", "file")
    assert "or none" in office("config", "set", "holidays", "2026-10-07..2026-10-01").err


def test_a_setting_is_said_as_it_was_typed_and_is_shown(office: Office) -> None:
    said = office.does("config", "set", "holidays", "2026-10-01")
    assert said.startswith("holidays is 2026-10-01 (was ")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("colour", "red", 3),
        ("db", "/tmp/other.db", 3),
        ("currency", "EURO", 2),
        ("timezone", "Mars/Base", 2),
        ("lang", "fr", 2),
        ("pipeline", "auction", 3),
        ("days", "lunar", 2),
        ("week", "mon,someday", 2),
        ("week", "", 2),
        ("holidays", "1/2/2026", 2),
        ("holidays", "2026-02-30", 2),
    ],
)
def test_an_impossible_setting_is_one_sentence_and_changes_nothing(
    office: Office, name: str, value: str, code: int
) -> None:
    before = office.asks("config", "show")
    ran = office("config", "set", name, value)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.count("\n") == 1
    assert office.asks("config", "show") == before


def test_the_currency_stays_once_a_deal_has_an_amount(office: Office) -> None:
    office.does("deal", "add", "Ark")
    office.does("config", "set", "currency", "EUR")
    office.does("deal", "edit", "Ark", "--amount", "100")
    assert office("config", "set", "currency", "CNY").code == 4
    assert setting(office, "currency")[0] == "EUR"


def test_the_time_zone_stays_once_there_is_a_deal(office: Office) -> None:
    office.does("deal", "add", "Ark")
    assert office("config", "set", "timezone", "UTC").code == 4
    assert setting(office, "timezone")[0] == "Asia/Shanghai"
