"""People at the customer: careers, roles, stances and ties; they leave and are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from inline_snapshot import snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Office

LI = ("--as", "Xiao Li")


@pytest.fixture
def ark(office: Office) -> Office:
    """An office with the deal Ark of Ark Co, Liu Wei deciding there, and Zhao Bing at Sanli."""
    office.on("2026-11-16").does("deal", "add", "Ark", "--customer", "Ark Co", "--owner", "Li")
    office.does(
        *("contact", "add", "Liu Wei 刘伟", "--company", "Ark Co", "--title", "buyer"),
        *("--deal", "Ark", "--role", "decision-maker", "--stance", "for"),
    )
    office.does("contact", "add", "Zhao Bing 赵兵", "--company", "Sanli 三励")
    return office.on("2026-11-23")


def on_deal(office: Office, deal: str, *more: str) -> list[tuple[str, str | None, str, str | None]]:
    rows = office.asks("contact", "list", "--deal", deal, *more)["rows"]
    return [(r["contact"], r["role"], r["stance"], r["stance_on"]) for r in rows]


def contact(office: Office, word: str) -> dict[str, Any]:
    return office.asks("contact", "show", word)["rows"][0]


def alarm(office: Office, deal: str = "Ark") -> str | None:
    """Return what the alarm of a deal says, if there is one."""
    number = office.deal(deal)["id"]
    reasons = [r for row in office.stalled("--all") if row["id"] == number for r in row["reasons"]]
    return next((r["text"] for r in reasons if r["code"] == "contact-changed"), None)


# Who they are


def test_a_contact_has_a_company_a_title_and_a_career(office: Office) -> None:
    office.does(
        *("contact", "add", "Liu Wei", "--company", "Ark Co", "--title", "buyer"),
        *("--worked", "Sanli 三励, designer, 2015..2019-06", "--school", "Fudan 复旦, 2005..2009"),
        *("--note", "plays chess"),
    )
    row = contact(office, "Liu Wei")
    assert (row["company"], row["title"], row["note"]) == ("Ark Co", "buyer", "plays chess")
    assert row["career"] == ["Sanli 三励, designer, 2015..2019-06", "Fudan 复旦, 2005..2009"]


@pytest.mark.parametrize("place", ["", ", designer", "Sanli, 2019..2015", "2015..2019"])
def test_a_place_in_a_career_needs_a_name_and_ends_after_it_began(
    office: Office, place: str
) -> None:
    ran = office("contact", "add", "Liu Wei", "--worked", place)
    assert (ran.code, ran.out) == (2, "")
    assert office.asks("contact", "list")["rows"] == []


def test_on_a_deal_a_contact_has_a_role_and_a_stance_with_the_day_it_was_last_known(
    ark: Office,
) -> None:
    assert on_deal(ark, "Ark") == [("Liu Wei 刘伟", "decision-maker", "for", "2026-11-16")]
    said = ark.does("contact", "join", "Ark", "Liu Wei", "--stance", "against")
    assert said == "Liu Wei 刘伟 is on 1 Ark: decision-maker, against (was decision-maker, for).\n"
    assert on_deal(ark, "Ark") == [("Liu Wei 刘伟", "decision-maker", "against", "2026-11-23")]
    ark.on("2026-11-24").does("contact", "join", "Ark", "Liu Wei", "--role", "blocker")
    assert on_deal(ark, "Ark") == [("Liu Wei 刘伟", "blocker", "against", "2026-11-23")]
    assert on_deal(ark, "Ark", "--as-of", "2026-11-20") == [
        ("Liu Wei 刘伟", "decision-maker", "for", "2026-11-16")
    ]


@pytest.mark.parametrize("word", [("--role", "boss"), ("--stance", "warm")])
def test_other_roles_and_stances_are_refused_with_the_choice(
    ark: Office, word: tuple[str, str]
) -> None:
    ran = ark("contact", "join", "Ark", "Zhao", *word)
    assert ran.code == 2
    assert {"--role": "champion", "--stance": "neutral"}[word[0]] in ran.err


def test_a_role_needs_a_deal(office: Office) -> None:
    ran = office("contact", "add", "Liu Wei", "--role", "user")
    assert (ran.code, ran.out) == (2, "")
    assert "--deal" in ran.err


def test_what_changed_is_told_with_what_it_was(ark: Office) -> None:
    said = ark.does("contact", "edit", "Liu Wei", "--title", "head buyer", "--school", "Fudan")
    assert said == "1 Liu Wei 刘伟 (Ark Co): title head buyer (was buyer), school Fudan.\n"
    assert ark("contact", "edit", "Liu Wei").code == 2


# Who is meant


def test_two_people_of_one_name_at_one_company_need_to_be_said_to_be_two(ark: Office) -> None:
    ran = ark("contact", "add", "刘伟", "--company", "ark co")
    assert (ran.code, ran.out) == (4, "")
    assert "1 Liu Wei 刘伟 (Ark Co) is there already" in ran.err
    ark.does("contact", "add", "刘伟", "--company", "Ark Co", "--another")
    ran = ark("contact", "show", "刘伟")
    assert ran.code == 3
    assert "1 Liu Wei 刘伟 (Ark Co)" in ran.err
    assert "3 刘伟 (Ark Co)" in ran.err
    assert contact(ark, "3")["name"] == "刘伟"
    assert contact(ark, "Liu Wei")["contact"] == 1
    assert ark("log", "Ark", "met", "--with", "刘伟").code == 0  # the one who is on the deal
    ark.does("contact", "join", "Ark", "3")
    assert ark("log", "Ark", "met", "--with", "刘伟").code == 3


def test_somebody_of_that_name_elsewhere_may_be_the_same_and_it_says_perhaps(ark: Office) -> None:
    said = ark.does("contact", "add", "趙兵", "--company", "Ark Co")
    assert (
        "Perhaps the same as 2 Zhao Bing 赵兵 (Sanli 三励); "
        "if so: funnelcli undo, then funnelcli contact leave 2 --to 'Ark Co'." in said
    )
    said = ark.does("contact", "add", "Bing Zhao")
    assert "Perhaps the same as 2 Zhao Bing 赵兵 (Sanli 三励); if so" in said


def test_of_many_of_one_name_three_are_told(ark: Office) -> None:
    for number in range(5):
        said = ark.does("contact", "add", "王伟", "--company", f"Noah {number}")
    assert said.count("Perhaps the same as") == 3
    assert said.endswith("And 1 more; see: funnelcli who '王伟'.\n")


def test_a_name_nobody_has_says_how_to_add_it(ark: Office) -> None:
    ran = ark("contact", "show", "Gao Lan")
    assert (ran.code, ran.out) == (3, "")
    assert "funnelcli contact add 'Gao Lan'" in ran.err


def test_a_log_with_somebody_of_the_file_is_with_that_contact(ark: Office) -> None:
    ark.does("log", "Ark", "met", "--with", "劉偉", *LI)
    ark.does("log", "Ark", "met", "--with", "Somebody New", *LI)
    texts = [r["text"] for r in ark.asks("timeline", "Ark")["rows"] if r["kind"] == "call"]
    assert texts == ["met; with Liu Wei 刘伟", "met; with Somebody New"]
    (row,) = ark.asks("contact", "list", "--deal", "Ark")["rows"]
    assert row["last_touch_at"] == "2026-11-23T01:00:00Z"


def test_a_row_of_a_log_table_is_with_the_contact_of_that_name_if_there_is_one_such(
    ark: Office, tmp_path: Path
) -> None:
    ark.does("contact", "add", "趙兵", "--company", "Noah")
    table = tmp_path / "logs.csv"
    rows = ("刘伟", "赵兵", "Somebody New", "")
    table.write_text(
        "deal,at,kind,text,with\n"
        + "".join(f"#1,2026-11-1{n}T02:00:00Z,call,met {n},{who}\n" for n, who in enumerate(rows)),
        encoding="utf-8",
    )
    ark.does("import", "logs", str(table))
    texts = [r["text"] for r in ark.asks("timeline", "Ark")["rows"] if r["kind"] == "call"]
    assert texts == [
        *("met 0; with Liu Wei 刘伟", "met 1; with 赵兵", "met 2; with Somebody New", "met 3"),
    ]
    rows = ark.asks("who", "刘伟")["rows"]
    assert [r["relation"] for r in rows] == [None]  # nobody is known to have written the row
    (row,) = ark.asks("contact", "list", "--deal", "Ark")["rows"]
    assert row["last_touch_at"] == "2026-11-10T02:00:00Z"


# Ties


def test_a_tie_costs_nothing_and_adds_whoever_is_new(office: Office) -> None:
    said = office.does("contact", "tie", "Li", "Gao Lan", "--relation", "cousin")
    assert said == "Added contact 1 Gao Lan. Xiao Li knows 1 Gao Lan: cousin.\n"
    said = office.does("contact", "tie", "Li", "Gao Lan", "--relation", "neighbour")
    assert said == "Xiao Li knows 1 Gao Lan: neighbour (was cousin).\n"


def test_whoever_is_added_or_joins_is_checked_against_ties_employers_and_schools(
    ark: Office,
) -> None:
    ark.does("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate")
    said = ark.does("contact", "join", "Ark", "Zhao Bing")
    assert said.endswith("Jiang Yue knows Zhao Bing 赵兵: classmate.\n")
    ark.does("team", "edit", "Wang", "--worked", "Sanli 三励, 2015..2019", "--school", "Fudan")
    said = ark.does("contact", "add", "Gao Lan", "--worked", "三勵, buyer, 2018..")
    assert said.endswith("Wang Fang knows Gao Lan: same employer: Sanli 三励.\n")
    said = ark.does("contact", "add", "He Jun", "--worked", "Sanli, 2021..2023")
    assert said.endswith(
        "Wang Fang perhaps knows He Jun: same employer: Sanli 三励, other years.\n"
    )
    said = ark.does("contact", "add", "Lu Min", "--school", "FUDAN")
    assert said.endswith("Wang Fang knows Lu Min: same school: Fudan.\n")


def test_a_tie_is_to_somebody_new_unless_the_name_is_among_somebodys_words(ark: Office) -> None:
    said = ark.does("contact", "tie", "Li", "Zhao Bin 赵斌", "--relation", "cousin")
    assert said.startswith("Added contact 3 Zhao Bin 赵斌.")
    said = ark.does("contact", "tie", "Li", "Zhao Bi", "--relation", "neighbour")
    assert said.startswith("Added contact 4 Zhao Bi.")
    said = ark.does("contact", "tie", "Li", "Liu", "--relation", "friend")
    assert said == "Xiao Li knows 1 Liu Wei 刘伟 (Ark Co): friend.\n"
    ran = ark("contact", "tie", "Li", "99", "--relation", "cousin")
    assert (ran.code, ran.out) == (3, "")
    assert "funnelcli contact list" in ran.err


def test_a_list_tells_the_deals_and_who_knows_each(ark: Office) -> None:
    ark.does("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate")
    ark.does("contact", "tie", "Wang", "Liu Wei", "--relation", "cousin")
    ark.does("team", "edit", "Li", "--worked", "Sanli Group")
    rows = ark.asks("contact", "list")["rows"]
    assert [(r["contact"], r["roles"], r["known_by"]) for r in rows] == [
        (1, ["Ark: decision-maker, for"], ["Wang Fang"]),
        (2, [], ["Jiang Yue", "perhaps Xiao Li"]),
    ]
    (row,) = ark.asks("contact", "list", "--company", "三勵")["rows"]
    assert row["name"] == "Zhao Bing 赵兵"
    team = ark.asks("team", "list")["rows"]
    assert [row["career"] for row in team if row["name"] == "Xiao Li"] == [["Sanli Group"]]


def test_a_tie_to_a_namesake_is_told_with_perhaps(ark: Office) -> None:
    ark.does("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate")
    said = ark.does("contact", "add", "赵兵", "--company", "Ark Co", "--deal", "Ark")
    assert "Jiang Yue perhaps knows 赵兵: classmate." in said


def test_a_tie_to_a_former_employee_of_the_customer_holds(ark: Office) -> None:
    ark.does("contact", "leave", "Liu Wei")
    said = ark.does("contact", "tie", "Wang", "Liu Wei", "--relation", "old friend")
    assert said == "Wang Fang knows 1 Liu Wei 刘伟: old friend.\n"
    rows = ark.asks("who", "Ark Co")["rows"]
    assert [(r["person"], r["relation"], r["contact"]) for r in rows] == [
        ("Wang Fang", "old friend", "Liu Wei 刘伟")
    ]


# Leaving and being replaced


def test_leaving_alarms_every_open_deal_where_they_held_a_role(ark: Office) -> None:
    ark.does("deal", "add", "Boat", "--owner", "Wang")
    ark.does("deal", "add", "Cake", "--owner", "Wang")
    ark.does("deal", "add", "Dune", "--owner", "Wang")
    for deal in ("Boat", "Cake"):
        ark.does("contact", "join", deal, "Liu Wei", "--role", "user")
    ark.does("deal", "lose", "Cake", "--reason", "price")
    said = ark.does("contact", "leave", "Liu Wei", "--on", "2026-11-20")
    assert "Alarm on 1 Ark" in said
    assert "Alarm on 2 Boat" in said
    assert "Cake" not in said
    assert alarm(ark, "Ark") == "Liu Wei 刘伟 left on 2026-11-20, who follows is not known"
    assert alarm(ark, "Boat") is not None
    assert alarm(ark, "Dune") is None
    assert on_deal(ark, "Ark") == []


def test_who_left_before_they_were_entered_is_gone_all_the_same(ark: Office) -> None:
    ark.does("contact", "add", "Gao Lan", "--company", "Ark Co", "--deal", "Ark")
    said = ark.does("contact", "leave", "Gao Lan", "--on", "2026-11-19")
    assert said.startswith("Gao Lan left Ark Co: nobody knows where to. Alarm on 1 Ark")
    assert contact(ark, "Gao Lan")["company"] is None
    assert [row[0] for row in on_deal(ark, "Ark")] == ["Liu Wei 刘伟"]
    assert alarm(ark) == "Gao Lan left on 2026-11-19, who follows is not known"


def test_a_successor_told_of_an_earlier_day_than_the_leaving_follows_it(ark: Office) -> None:
    ark.does("contact", "leave", "Liu Wei")
    ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing", "--on", "2026-11-20")
    assert alarm(ark).startswith("Zhao Bing 赵兵 follows Liu Wei 刘伟")


def test_a_successor_who_is_on_the_deal_already_keeps_role_and_stance(ark: Office) -> None:
    ark.does("contact", "join", "Ark", "Zhao Bing", "--role", "user", "--stance", "against")
    said = ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert "on 1 Ark as user;" in said
    assert on_deal(ark, "Ark") == [("Zhao Bing 赵兵", "user", "against", "2026-11-23")]


def test_a_successor_on_the_deal_without_a_role_takes_it(ark: Office) -> None:
    ark.does("contact", "join", "Ark", "Zhao Bing", "--stance", "for")
    said = ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert "on 1 Ark as decision-maker;" in said
    assert on_deal(ark, "Ark") == [("Zhao Bing 赵兵", "decision-maker", "for", "2026-11-23")]


def test_a_department_is_of_the_same_company_and_a_company_is_another(ark: Office) -> None:
    ark.does("contact", "leave", "Liu Wei", "--to", "Logistics department", "--on", "2026-11-20")
    row = contact(ark, "Liu Wei")
    assert (row["company"], row["title"]) == ("Ark Co", "Logistics department")
    assert row["career"] == ["Ark Co, buyer, ..2026-11-20"]
    ark.does("contact", "leave", "Liu Wei", "--to", "Noah Ltd", "--title", "director")
    row = contact(ark, "Liu Wei")
    assert (row["company"], row["title"]) == ("Noah Ltd", "director")
    assert row["career"][-1] == "Ark Co, Logistics department, 2026-11-20..2026-11-23"


def test_who_is_on_no_deal_can_leave_without_an_alarm(ark: Office) -> None:
    said = ark.does("contact", "leave", "Zhao Bing", "--to", "Ark Co")
    assert said == "Zhao Bing 赵兵 left Sanli 三励: Ark Co. They were on no open deal.\n"
    assert alarm(ark) is None


def test_a_successor_takes_the_role_and_the_alarm_stays_until_somebody_meets_them(
    ark: Office,
) -> None:
    ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert on_deal(ark, "Ark") == [("Zhao Bing 赵兵", "decision-maker", "unknown", None)]
    text = "Zhao Bing 赵兵 follows Liu Wei 刘伟 on 2026-11-23, nobody has met them yet"
    assert alarm(ark) == text
    ark.on("2026-11-24")
    ark.does("log", "Ark", "wrote to him", "--kind", "email", "--with", "Zhao Bing")
    ark.does("log", "Ark", "met the old one", "--with", "Liu Wei")
    assert alarm(ark) == text
    ark.does("log", "Ark", "met him", "--kind", "visit", "--with", "Zhao Bing")
    assert alarm(ark) is None
    assert alarm(ark.on("2026-11-25")) is None


def test_a_touch_before_the_change_does_not_answer_it(ark: Office) -> None:
    ark.does("log", "Ark", "met", "--with", "Zhao Bing")
    ark.on("2026-11-24").does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert alarm(ark) is not None


def test_leaving_first_and_a_successor_later_is_one_change(ark: Office) -> None:
    ark.does("contact", "leave", "Liu Wei")
    ark.on("2026-11-24").does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert alarm(ark).startswith("Zhao Bing 赵兵 follows Liu Wei 刘伟")
    ark.does("log", "Ark", "met him", "--with", "Zhao Bing")
    assert alarm(ark) is None


def test_of_a_chain_of_three_replacements_the_last_one_is_to_be_met(ark: Office) -> None:
    for name in ("Gao Lan", "He Jun"):
        ark.does("contact", "add", name, "--company", "Ark Co")
    ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    ark.on("2026-11-24").does("contact", "replace", "Ark", "Zhao Bing", "Gao Lan")
    ark.on("2026-11-25").does("contact", "replace", "Ark", "Gao Lan", "He Jun")
    assert alarm(ark).startswith("He Jun follows Gao Lan")
    ark.does("log", "Ark", "met the one before", "--with", "Gao Lan")
    assert alarm(ark) is not None
    ark.does("log", "Ark", "met him", "--with", "He Jun")
    assert alarm(ark) is None
    assert on_deal(ark, "Ark") == [("He Jun", "decision-maker", "unknown", None)]


def test_two_contacts_who_change_are_two_alarms_one_after_the_other(ark: Office) -> None:
    for name in ("Gao Lan", "He Jun"):
        ark.does("contact", "add", name, "--company", "Ark Co")
    ark.does("contact", "join", "Ark", "Gao Lan", "--role", "user")
    ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    ark.on("2026-11-24").does("contact", "replace", "Ark", "Gao Lan", "He Jun")
    assert alarm(ark).startswith("He Jun follows Gao Lan")
    ark.does("log", "Ark", "met her", "--with", "He Jun")
    assert alarm(ark).startswith("Zhao Bing 赵兵 follows Liu Wei 刘伟")


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("Liu Wei", "刘伟", 4, "cannot be replaced by themselves"),
        ("Zhao Bing", "Liu Wei", 4, "Zhao Bing 赵兵 is not on 1 Ark; on it: Liu Wei 刘伟"),
        ("Liu Wei", "Gao Lan", 3, "funnelcli contact add 'Gao Lan'"),
        ("Gao Lan", "Liu Wei", 3, "funnelcli contact add 'Gao Lan'"),
    ],
)
def test_a_replacement_that_makes_no_sense_is_refused_with_a_sentence(
    ark: Office, old: str, new: str, code: int, said: str
) -> None:
    ran = ark("contact", "replace", "Ark", old, new)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert alarm(ark) is None


def test_people_of_a_closed_deal_stay_as_they_were(ark: Office) -> None:
    ark.does("deal", "lose", "Ark", "--reason", "price")
    for words in (("join", "Ark", "Zhao Bing"), ("replace", "Ark", "Liu Wei", "Zhao Bing")):
        ran = ark("contact", *words)
        assert (ran.code, ran.out) == (4, "")


def test_undo_takes_an_alarm_back_and_the_past_shows_it(ark: Office) -> None:
    ark.does("contact", "leave", "Liu Wei")
    ark.on("2026-11-24").does("undo")
    assert alarm(ark) is None
    assert on_deal(ark, "Ark") == [("Liu Wei 刘伟", "decision-maker", "for", "2026-11-16")]
    assert contact(ark, "Liu Wei")["company"] == "Ark Co"
    past = ark.stalled("--all", "--as-of", "2026-11-23")
    assert "contact-changed" in [reason["code"] for row in past for reason in row["reasons"]]


def test_a_contact_whom_a_later_log_names_cannot_be_undone(ark: Office) -> None:
    ark.does("contact", "add", "Gao Lan")
    number = ark.asks("history", "--limit", "1")["rows"][0]["operation"]
    ark.does("log", "Ark", "met her", "--with", "Gao Lan")
    ran = ark("undo", "--id", str(number))
    assert ran.code == 4
    assert "contact 3" in ran.err
    ark.does("undo")
    ark.does("undo", "--id", str(number))
    assert ark("contact", "show", "Gao Lan").code == 3


def test_the_page_of_a_contact(ark: Office) -> None:
    ark.does("contact", "tie", "Wang", "Liu Wei", "--relation", "cousin")
    ark.does("log", "Ark", "met", "--with", "Liu Wei", *LI)
    ark.does("contact", "leave", "Liu Wei", "--to", "Noah", "--on", "2026-11-20")
    ark.does("contact", "join", "Ark", "Liu Wei", "--role", "influencer")
    assert ark.does("contact", "show", "Liu Wei") == snapshot("""\
1  Liu Wei 刘伟

Now     Noah
Before  Ark Co, buyer, ..2026-11-20

On deals
#  Deal  Role        Stance   As of  Last touch
1  Ark   influencer  unknown         2026-11-23 09:00

Who on the team knows them
  Wang Fang: cousin

Last touches
  2026-11-23  Xiao Li, call, 1 Ark: met
""")
    assert ark.does("contact", "list") == snapshot("""\
#  Name            Company     Job title  On deals                  Known by
1  Liu Wei 刘伟    Noah                   Ark: influencer, unknown  Wang Fang
2  Zhao Bing 赵兵  Sanli 三励
""")
    assert ark.does("contact", "list", "--deal", "Ark") == snapshot("""\
Contact       Job title  Role        Stance   As of  Last touch
Liu Wei 刘伟             influencer  unknown         2026-11-23 09:00
""")


# Several changes, and what is told of them


def test_every_successor_who_is_to_be_met_is_told(ark: Office) -> None:
    ark.does("contact", "add", "Gao Lan", "--deal", "Ark", "--role", "user")
    ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    ark.does("contact", "leave", "Gao Lan")
    both = (
        "Gao Lan left on 2026-11-23, who follows is not known; "
        "Zhao Bing 赵兵 follows Liu Wei 刘伟 on 2026-11-23, nobody has met them yet"
    )
    assert alarm(ark) == both
    told = [r["text"] for r in ark.asks("brief")["rows"] if r["section"] == "people"]
    assert told == [
        "Zhao Bing 赵兵 follows Liu Wei 刘伟; nobody has met them yet",
        "Gao Lan left; who follows is not known",
    ]


def test_who_met_the_successor_before_it_was_entered_has_answered_the_leaving(ark: Office) -> None:
    ark.does("contact", "leave", "Liu Wei")
    ark.on("2026-11-24").does("log", "Ark", "lunch", "--kind", "meeting", "--with", "Zhao Bing")
    said = ark.on("2026-11-25").does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert said.startswith(
        "Zhao Bing 赵兵 follows Liu Wei 刘伟 on 1 Ark as decision-maker; somebody met them."
    )
    assert alarm(ark) is None


def test_who_follows_somebody_is_said_once(ark: Office) -> None:
    ark.does("contact", "add", "Gao Lan")
    ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    for name in ("Zhao Bing", "Gao Lan"):
        ran = ark("contact", "replace", "Ark", "Liu Wei", name)
        assert ran.code == 4
        assert "Zhao Bing 赵兵 follows Liu Wei 刘伟 on 1 Ark already" in ran.err
        assert "funnelcli contact replace 1 2 NEW" in ran.err


def test_a_successor_from_elsewhere_is_told_to_be_from_there(ark: Office) -> None:
    said = ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert "Mind that Zhao Bing 赵兵 is at Sanli 三励." in said


def test_leaving_for_where_one_is_is_refused(ark: Office) -> None:
    ran = ark("contact", "leave", "Zhao Bing", "--to", "Sanli 三励")
    assert (ran.code, ran.out) == (4, "")
    assert (
        "Zhao Bing 赵兵 is at Sanli 三励; for another post: --to PLACE or --title TEXT" in ran.err
    )
    ark.does("contact", "leave", "Zhao Bing")
    ran = ark("contact", "leave", "Zhao Bing")
    assert ran.code == 4
    assert "has left already" in ran.err


def test_a_department_and_a_title_are_both_kept(ark: Office) -> None:
    said = ark.does(
        "contact", "leave", "Liu Wei", "--to", "Logistics department", "--title", "head"
    )
    assert said.startswith("Liu Wei 刘伟 moved within Ark Co: head, Logistics department.")
    assert contact(ark, "Liu Wei")["title"] == "head, Logistics department"


def test_nobody_is_said_to_have_come_when_nobody_said_when(office: Office) -> None:
    office.does("contact", "add", "Liu Wei", "--company", "Ark", "--worked", "Sanli, 2010..2015")
    office.on("2026-11-23").does("contact", "leave", "Liu Wei", "--to", "Boda")
    office.on("2026-11-30").does("contact", "leave", "Liu Wei", "--to", "Celia")
    career = contact(office, "Liu Wei")["career"]
    assert career == ["Sanli, 2010..2015", "Ark, ..2026-11-23", "Boda, 2026-11-23..2026-11-30"]


def test_a_part_of_a_name_is_enough_for_a_log_where_one_on_the_deal_bears_it(ark: Office) -> None:
    ark.does("log", "Ark", "lunch", "--kind", "meeting", "--with", "Liu")
    assert ark.asks("contact", "list", "--deal", "Ark")["rows"][0]["last_touch_at"] is not None


def test_a_log_with_a_stranger_says_how_to_make_them_a_contact(ark: Office) -> None:
    for line in (("log", "Ark", "lunch"), ("plan", "add", "Ark", "lunch", "--on", "2026-11-30")):
        ran = ark(*line, "--with", "No Body")
        assert ran.code == 0
        assert "No Body is not among the contacts" in ran.err
        assert "funnelcli contact add 'No Body' --deal 1" in ran.err
    assert ark("log", "Ark", "lunch", "--with", "Liu Wei").err == ""


def test_a_member_of_the_team_is_no_contact(ark: Office) -> None:
    ran = ark("contact", "leave", "Xiao Li")
    assert ran.code == 3
    assert "they are on the team; see: funnelcli team list" in ran.err
    ran = ark("contact", "replace", "Ark", "Liu Wei", "")
    assert ran.code == 2
    assert "The name of who follows is empty." in ran.err


def test_a_company_without_letters_has_nobody(ark: Office) -> None:
    assert ark.asks("contact", "list", "--company", "...")["rows"] == []


def test_how_somebody_perhaps_knows_them_is_not_said_where_it_is_sure(ark: Office) -> None:
    ark.does("team", "edit", "Jiang Yue", "--school", "Fudan, 2001..2005")
    ark.does("contact", "edit", "Zhao Bing", "--school", "Fudan University")
    ark.does("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate")
    said = ark.does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    assert said.endswith("Jiang Yue knows Zhao Bing 赵兵: classmate.\n")
    assert [r["sure"] for r in ark.asks("who", "Zhao Bing")["rows"]] == [True, False]


def test_an_alarm_names_who_knows_the_successor_once(ark: Office) -> None:
    ark.does("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate")
    ark.does("deal", "edit", "Ark", "--stage", "quoted", "--on", "2026-11-16")
    ark.on("2026-11-23").does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    (row,) = ark.on("2026-12-23").stalled()
    knows = "Jiang Yue knows Zhao Bing 赵兵: classmate"
    (text,) = (r["text"] for r in row["reasons"] if r["code"] == "contact-changed")
    assert text.endswith(knows)
    assert not any(knows in each for each in row["diagnosis"]["evidence"])
