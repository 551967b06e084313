"""Who is on the team, under which login, and when they are away."""

import pytest
from conftest import Office


def team(office: Office) -> list[tuple[str, str, str | None]]:
    rows = office.asks("team", "list")["rows"]
    return [(row["name"], row["role"], row["login"]) for row in rows]


def test_the_team_is_listed_the_manager_first(office: Office) -> None:
    office.does("team", "add", "王芳", "--login", "wf")
    assert team(office) == [
        ("Jiang Yue", "manager", "somebody"),
        ("Xiao Li", "rep", None),
        ("Wang Fang", "rep", None),
        ("王芳", "rep", "wf"),
    ]


@pytest.mark.parametrize("name", ["Xiao Li", "xiao li", "Ｘｉａｏ Li", " Xiao Li "])
def test_a_name_is_on_the_team_once(office: Office, name: str) -> None:
    ran = office("team", "add", name)
    assert ran.code == 4
    assert "Xiao Li is on the team already" in ran.err
    assert len(team(office)) == 3


def test_a_login_is_somebodys_alone(office: Office) -> None:
    office.does("team", "edit", "Xiao Li", "--login", "li")
    assert office("team", "add", "Another", "--login", "li").code == 4
    assert office("team", "edit", "Wang", "--login", "li").code == 4
    assert office("team", "edit", "Xiao Li", "--login", "li").code == 0
    assert [login for _, _, login in team(office)] == ["somebody", "li", None]


def test_whoever_has_the_login_signs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.does("team", "edit", "Xiao Li", "--login", "li")
    monkeypatch.setattr("funnelcli.config.system_login", lambda: "li")
    office.does("deal", "add", "Ark")
    assert office.deal("Ark")["owner"] == "Xiao Li"
    monkeypatch.setattr("funnelcli.config.system_login", lambda: "a stranger")
    office.does("deal", "add", "Bright")
    assert office.deal("Bright")["owner"] == "Jiang Yue"


def test_a_member_is_renamed_with_all_their_deals(office: Office) -> None:
    office.does("deal", "add", "Ark", "--owner", "Li")
    office.does("team", "edit", "Li", "--name", "Li Wei 李伟")
    assert office.deal("Ark")["owner"] == "Li Wei 李伟"
    assert office("team", "edit", "李", "--name", "wang fang").code == 4
    assert office.deal("Ark")["owner"] == "Li Wei 李伟"


def test_days_away_are_kept_in_order(office: Office) -> None:
    office.does("team", "edit", "Li", "--away", "2026-12-24..2026-12-31")
    office.does("team", "edit", "Li", "--away", "2026-12-01..2026-12-01")
    (away,) = [row["away"] for row in office.asks("team", "list")["rows"] if row["away"]]
    assert away == ["2026-12-01..2026-12-01", "2026-12-24..2026-12-31"]


def test_days_away_are_taken_back_with_none(office: Office) -> None:
    office.does("team", "edit", "Li", "--away", "2026-12-24..2026-12-31")
    assert office.does("team", "edit", "Li", "--away", "none") == "Xiao Li was never away.\n"
    assert not any(row["away"] for row in office.asks("team", "list")["rows"])
    assert "or none" in office("team", "edit", "Li", "--away", "nobody").err


def test_days_away_may_be_said_in_words(office: Office) -> None:
    ran = office("team", "edit", "Li", "--away", "fri..+2w")
    assert ran.err.splitlines() == ["fri is 2026-11-27", "+2w is 2026-12-07"]
    assert "2026-11-27..2026-12-07" in ran.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("edit", "Li"), 2),
        (("edit", "Li", "--away", "2026-12-24"), 2),
        (("edit", "Li", "--away", "2026-12-31..2026-12-24"), 2),
        (("edit", "Li", "--away", "1/2/2026..2/2/2026"), 2),
        (("edit", "Li", "--name", " "), 2),
        (("edit", "Nobody", "--name", "Somebody"), 3),
        (("edit", "", "--name", "Somebody"), 3),
        (("add", ""), 2),
        (("add", "Li\x07"), 2),
    ],
)
def test_an_impossible_change_of_the_team_is_one_sentence(
    office: Office, words: tuple[str, ...], code: int
) -> None:
    before = office.asks("team", "list")
    ran = office("team", *words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.count("\n") == 1
    assert office.asks("team", "list") == before


def test_a_name_that_several_bear_lists_them(office: Office) -> None:
    office.does("team", "add", "Li Na")
    ran = office("team", "edit", "li", "--login", "li")
    assert ran.code == 3
    assert "2 Xiao Li; 4 Li Na" in ran.err
    assert "Use the number." in ran.err
    office.does("team", "edit", "4", "--login", "na")
    office.does("team", "edit", "#2", "--login", "li")
    assert [login for _, _, login in team(office)] == ["somebody", "li", None, "na"]


def test_who_is_called_by_a_number_is_meant_by_it_before_whose_number_it_is(office: Office) -> None:
    office.does("team", "add", "3")
    office.does("team", "edit", "3", "--login", "three")
    office.does("team", "edit", "#3", "--login", "w")
    assert team(office)[2:] == [("Wang Fang", "rep", "w"), ("3", "rep", "three")]


@pytest.mark.parametrize(
    ("word", "remedy"), [("9", "see: funnelcli team list"), ("Zhao", "funnelcli team add 'Zhao'")]
)
def test_nobody_is_told_to_add_a_number_to_the_team(office: Office, word: str, remedy: str) -> None:
    assert remedy in office("deal", "add", "Ark", "--owner", word).err
