"""Whatever a command did is taken back as a whole, done again as a whole, and never lost."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import Office

LI = ("--as", "Xiao Li")
WANG = ("--as", "Wang Fang")


EXAMPLES = Path(__file__).parent.parent / "examples"
CONSULTING = str(EXAMPLES / "consulting.toml")


def picture(office: Office, *more: str) -> list[object]:
    """Return everything that questions tell of the file."""
    numbers = [row["id"] for row in deals(office, *more)]
    answers = [
        office.asks("deal", "list", "--status", "all", "--archived", *more)["rows"],
        office.asks("funnel", *more),
        office.asks("stalled", "--all", *more)["rows"],
        *(office.asks("timeline", str(number), *more)["rows"] for number in numbers),
        *(office.asks("milestone", "list", str(number), *more)["rows"] for number in numbers),
        office.asks("inbox", *more),
        office.asks("plan", "list", "--state", "all", *more)["rows"],
        office.asks("contact", "list", *more)["rows"],
        *(office.asks("contact", "list", "--deal", str(n), *more)["rows"] for n in numbers),
        *(office.asks("who", word, *more)["rows"] for word in ("Zhao", "Liu", "Gao")),
        office.asks("next", *more)["rows"],
        office.asks("target", "list", *more)["rows"],
        office.asks("bonus", "--period", "2026-10", *more),
        office.asks("pipeline", "show"),
    ]
    if not more:
        config = office.asks("config", "show")["rows"]
        answers.append([row for row in config if row["setting"] != "db"])
        answers.append(office.asks("team", "list")["rows"])
        names = [row["pipeline"] for row in office.asks("pipeline", "list")["rows"]]
        answers += [office.does("pipeline", "export", name) for name in names]
    for answer in answers:
        if isinstance(answer, dict):
            answer.pop("as_of")
    return answers


def deals(office: Office, *more: str) -> list[dict[str, object]]:
    return office.asks("deal", "list", "--status", "all", "--archived", *more)["rows"]


PAST = ("--as-of", "2026-11-05")


class Busy(NamedTuple):
    """A file with something of everything, and what questions tell of it, now and of then."""

    path: Path
    now: list[object]
    then: list[object]


@pytest.fixture(scope="module")
def busy(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Busy:
    """Make such a file, once."""
    path = tmp_path_factory.mktemp("busy") / "funnel.db"
    shutil.copy2(founded, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("funnelcli.config.system_login", lambda: "somebody")
        office = Office(path, patch)
        a_busy_file(office)
        return Busy(path, picture(office), picture(office, *PAST))


def a_busy_file(office: Office) -> None:
    """Put something of everything into the file."""
    office.on("2026-11-02")
    office.does("deal", "add", "Ark 方舟", "--amount", "120万", "--owner", "Li", "--close", "eoq")
    office.does("deal", "add", "Boat", "--amount", "45万", "--stage", "quoted", "--owner", "Wang")
    office.does("deal", "add", "Cake", "--stage", "drafted")
    office.does("log", "Ark", "met them", "--kind", "visit", "--claim", "80", "--next", "write")
    office.does("milestone", "claim", "Ark", "need-confirmed", "--evidence", "mail")
    office.does("contact", "add", "Liu Wei 刘伟", "--company", "Ark Co", "--deal", "Ark")
    office.does("contact", "add", "Zhao Bing 赵兵", "--company", "Sanli", "--school", "Fudan")
    office.does("log", "Ark", "can we give 3 %?", "--kind", "note", "--ask", *LI)
    office.does("plan", "add", "Cake", "show it", "--on", "2026-11-19")
    office.does("target", "set", "Li", "2026-11", "30万")
    office.on("2026-11-09")
    office.does("deal", "hold", "Cake", "--until", "2026-11-20", "--reason", "fair")
    office.does("deal", "lose", "Boat", "--reason", "price")
    office.on("2026-11-23")


PIPELINE = """name = "bidding"
title = "Bidding"
[[stage]]
name = "first"
title = "First"
probability = 10
[[stage.milestone]]
name = "asked"
title = "They asked"
[[stage]]
name = "quoted"
title = "Quoted again"
probability = 55
max_days = 9
[[stage]]
name = "extra"
title = "Extra"
probability = 80
"""
MAPPED = [f"--map={old}=first" for old in ("opportunity", "shortlisted", "drafted")] + [
    f"--map={old}=extra" for old in ("confirmed", "terms")
]
DEALS = """id,name,customer,owner,stage,status,amount,opened_on,closed_on,lost_reason
A-1,Harbour,Harbour Co,Zhou Min,,open,30000.50,2026-09-01,,
A-2,Rail,Rail Co,Zhou Min,scouting,lost,12000,2026-08-01,2026-10-10,price
A-3,Undated,,,,open,,,,
"""
STAGES = """deal,stage,at
A-1,opportunity,2026-09-01
A-1,quoted,2026-09-20
#1,opportunity,2026-10-30
"""
CONTACTS = """name,company,title,deal,role,stance
Gao Lan 高岚,Noah,buyer,#1,decision-maker,for
Zhao Bing 赵兵,Sanli,chief,#2,,neutral
"""
LOGS = "deal,at,by,kind,text,claim\nA-1,2026-09-03,Xiao Li,call,spoke with them,70\n"


def files(office: Office) -> dict[str, str]:
    """Write the tables that commands name, and return where they are."""
    folder = office.path.parent
    texts = {"pipeline.toml": PIPELINE, "deals": DEALS, "stages": STAGES, "logs": LOGS}
    texts["contacts"] = CONTACTS
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: str(folder / name) for name in texts}


COMMANDS = (
    "deal add Dune --amount 5 --owner Wang",
    "deal edit Ark --amount 7 --close 2027-01-01 --customer Noah --member Wang --competitor Sanli",
    "deal edit Ark --stage quoted",
    "deal edit Ark --amount 9 --on 2026-11-20",
    "deal advance Ark --done minutes",
    "deal advance Cake --to terms --force --reason hurry",
    "deal back Cake --to shortlisted --reason again",
    "deal win Ark --amount 1m --force --reason signed",
    "deal lose Ark --reason competitor --competitor Sanli",
    "deal reopen Boat --reason budget",
    "deal hold Ark --until 2026-12-24 --reason holidays",
    "deal archive Ark",
    "log Ark called --kind email --answered --with Gu --claim 20 --next call --due +2d",
    "ack Ark --until 2026-12-24 --reason known",
    "milestone accept Ark need-confirmed",
    "milestone reject Ark need-confirmed --reason thin",
    "milestone waive Ark on-the-list --reason none",
    "milestone claim Ark on-the-list --evidence list",
    "team add 'Zhao Bing' --login zhao",
    "team edit Wang --name 'Wang Fangfang' --away 2026-12-01..2026-12-05",
    "config set days working",
    "config set holidays 2026-11-10,2026-11-11",
    "config set makeup 2026-11-14,2026-11-15",
    "team edit Wang --joined 2026-11-02 --left 2026-12-01",
    "pipeline apply {pipeline.toml} {mapped}",
    "import deals {deals} --create-missing",
    "import stages {stages}",
    "import logs {logs}",
    "reply 2 '3 % at most' --by 2026-11-27",
    "plan add Ark 'visit them' --on 2026-11-25 --kind visit --with Zhao --owner Wang",
    "plan done 1 shown --claim 40 --next write --due 2026-12-01",
    "plan drop 1 --reason 'they came'",
    "contact add 'Gao Lan' --company Noah --deal Ark --role user --stance against --worked Sanli",
    "contact edit 'Zhao Bing' --title director --company Noah --note 'plays chess'",
    "contact join Ark 'Zhao Bing' --role champion --stance for",
    "contact leave 'Liu Wei' --to 'Logistics department' --on 2026-11-20",
    "contact replace Ark 'Liu Wei' 'Zhao Bing'",
    "contact tie Wang 'Zhao Bing' --relation cousin",
    "contact tie Wang 'Zhao Min' --relation neighbour --company Sanli",
    "team edit Wang --worked 'Sanli, designer, 2015..2019' --school Fudan",
    "milestone claim Ark decision-path --evidence 'outline' --from 'Liu Wei'",
    "import contacts {contacts}",
    "pipeline learn --adopt",
    "target set Li 2026-11 25万",
    "target set Li 2026-11 none",
    "target set team 'next quarter' 5m",
    f"bonus --period 2026-10 --rules '{EXAMPLES / 'bonus.toml'}' --issue",
)


def words(line: str, given: dict[str, str]) -> list[str]:
    found = []
    for word in shlex.split(line):
        if word == "{mapped}":
            found += MAPPED
        else:
            found.append(given[word.strip("{}")] if word.startswith("{") else word)
    return found


@pytest.mark.parametrize("line", COMMANDS)
def test_undo_takes_a_command_back_whole_and_redo_does_it_again(
    office: Office, busy: Busy, line: str
) -> None:
    shutil.copy2(busy.path, office.path)
    given, before, earlier = files(office), busy.now, busy.then
    if line.startswith(("import stages", "import logs")):
        office.does("import", "deals", given["deals"], "--create-missing")
        before, earlier = picture(office), picture(office, *PAST)
    done = words(line, given)
    assert office.does(*done)
    after, after_earlier = picture(office), picture(office, *PAST)
    assert after != before, "the command must have done something"
    said = office.does("undo")
    assert said.startswith("Undid ")
    assert (
        " ".join(done[:2] if done[0] not in ("log", "ack", "reply", "bonus") else done[:1]) in said
    )
    assert picture(office) == before
    assert picture(office, *PAST) == earlier
    assert office.does("redo").startswith("Did again ")
    assert picture(office) == after
    assert picture(office, *PAST) == after_earlier
    office.does("undo")
    assert picture(office) == before
    assert office("doctor", "--exit-code").code == 0


def test_several_commands_are_taken_back_the_newest_first(office: Office) -> None:
    office.does("deal", "add", "Ark", "--amount", "1")
    for amount in "234":
        office.does("deal", "edit", "Ark", "--amount", amount)
    said = office.does("undo", "2")
    assert said.startswith("Undid 2 commands: ")
    assert said.index("amount 4") < said.index("amount 3")
    assert office.deal("Ark")["amount"] == 2
    office.does("redo")
    assert office.deal("Ark")["amount"] == 3
    office.does("redo")
    assert office.deal("Ark")["amount"] == 4
    assert office("redo").code == 3


def test_undo_takes_ones_own_commands_only(office: Office) -> None:
    office.does("deal", "add", "Ark", "--amount", "1", *LI)
    office.does("deal", "add", "Boat", "--amount", "1", *WANG)
    office.does("undo", *LI)
    assert [row["name"] for row in deals(office)] == ["Boat"]
    ran = office("undo", *LI)
    assert (ran.code, ran.out) == (3, "")
    assert "Xiao Li" in ran.err


def test_what_somebody_else_signed_is_undone_by_the_manager_alone(office: Office) -> None:
    office.does("deal", "add", "Ark", *LI)
    number = office.asks("history")["rows"][-1]["operation"]
    ran = office("undo", "--id", str(number), *WANG)
    assert (ran.code, len(deals(office))) == (4, 1)
    assert "manager" in ran.err
    office.does("undo", "--id", str(number))
    assert deals(office) == []
    assert office("redo", *LI).code == 3  # who undid it does it again
    ran = office("redo", "--id", str(number), *LI)
    assert ran.code == 4
    assert "what Jiang Yue undid" in ran.err
    office.does("redo")
    assert len(deals(office)) == 1


@pytest.mark.parametrize(
    ("first", "later", "what"),
    [
        ("deal edit Ark --amount 2", "deal edit Ark --amount 3", "amount"),
        ("deal advance Ark --done x", "deal advance Ark --force --reason y", "stage"),
        ("deal advance Ark --done x", "deal lose Ark --reason price", "status"),
        ("deal lose Ark --reason price", "deal reopen Ark --reason so", "status"),
        ("deal hold Ark --until 2026-12-09 --reason so", "deal advance Ark --done x", "held until"),
        (
            "milestone claim Ark need-confirmed --evidence x",
            "milestone accept Ark need-confirmed",
            "milestone need-confirmed",
        ),
        ("deal edit Ark --stage drafted", "deal advance Ark --force --reason y", "stage"),
        ("deal add Cake", "log Cake called", "log 1"),
        ("deal add Cake", "deal archive Cake", "archived"),
        ("team add Zhao", "team edit Zhao --login zhao", "member Zhao (login)"),
        ("team add Zhao", "deal edit Ark --owner Zhao", "member Zhao"),
        ("team add Zhao", "deal add Cake --as Zhao", "member Zhao"),
        ("config set days working", "config set days calendar", "setting days"),
    ],
)
def test_undo_is_refused_where_something_newer_touched_the_same_thing(
    office: Office, first: str, later: str, what: str
) -> None:
    office.does("deal", "add", "Ark", "--amount", "1")
    office.does(*first.split())
    number = office.asks("history")["rows"][-1]["operation"]
    office.does(*later.split())
    before = picture(office)
    ran = office("undo", "--id", str(number))
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(f"funnelcli: Nothing was undone: after {number}, ")
    assert f", {what}" in ran.err
    assert re.search("was touched by (Jiang Yue|Zhao), on 2026-11-23 09:00 .operation ", ran.err)
    newest = office.asks("history")["rows"][-1]
    assert f"operation {newest['operation']}, {newest['command']}" in ran.err
    assert picture(office) == before
    office.does("undo", "--id", str(newest["operation"]))
    office.does("undo", "--id", str(number))


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("deal edit Ark --amount 2", "deal edit Ark --customer Noah"),
        ("deal edit Ark --amount 2", "deal edit Boat --amount 3"),
        ("log Ark called", "log Ark again"),
        ("deal advance Ark --done x", "log Ark again"),
        ("team edit Wang --login wang", "team edit Wang --away 2026-12-01..2026-12-02"),
        ("config set days working", "config set holidays 2026-12-25"),
    ],
)
def test_a_newer_change_of_another_thing_does_not_stand_in_the_way(
    office: Office, first: str, later: str
) -> None:
    for name in ("Ark", "Boat"):
        office.does("deal", "add", name, "--amount", "1")
    office.does(*later.split())
    wanted = picture(office)
    office.does("undo")
    office.does(*first.split())
    number = office.asks("history")["rows"][-1]["operation"]
    office.does(*later.split())
    office.does("undo", "--id", str(number))

    def but_for_logs(found: list[object]) -> str:
        return json.dumps(found).replace('"log 1"', '"log 2"')

    assert but_for_logs(picture(office)) == but_for_logs(wanted)


def test_a_later_change_that_was_itself_undone_does_not_stand_in_the_way(office: Office) -> None:
    office.does("deal", "add", "Ark", "--amount", "1")
    office.does("deal", "edit", "Ark", "--amount", "2")
    office.does("deal", "edit", "Ark", "--amount", "3")
    office.does("undo")
    office.does("undo")
    assert office.deal("Ark")["amount"] == 1


def test_a_later_change_is_not_done_again_where_what_it_changed_was_undone_since(
    office: Office,
) -> None:
    office.does("deal", "add", "Ark", "--amount", "1")
    office.does("deal", "edit", "Ark", "--amount", "2")
    office.does("deal", "edit", "Ark", "--amount", "3", *LI)
    office.does("undo", *LI)
    office.does("undo")
    ran = office("redo", *LI)
    assert ran.code == 4
    assert "amount of 1 Ark was touched by Jiang Yue, on " in ran.err
    office.does("redo")
    office.does("redo", *LI)
    assert office.deal("Ark")["amount"] == 3


@pytest.mark.parametrize(
    "line",
    ["log Ark called", "deal edit Ark --stage quoted --amount 5", "deal hold Ark --until +1w"],
)
def test_what_was_done_to_a_deal_cannot_come_back_without_the_deal(
    office: Office, line: str
) -> None:
    office.does("deal", "add", "Ark")
    office.does(*line.split(), *(("--reason", "so") if "hold" in line else ()))
    done = picture(office)
    added, number = (row["operation"] for row in office.asks("history")["rows"][-2:])
    office.does("undo", "2")
    ran = office("redo", "--id", str(number))
    assert ran.code == 4
    assert f"deal 1 is not there; first: funnelcli redo --id {added}" in ran.err
    assert deals(office) == []
    office.does("redo", "2")
    assert picture(office) == done


ANSWERED = {
    "log": (("log", "Ark", "called", "--as", "Wang"), ("reply", "1", "well done"), "log 1"),
    "plan": (("plan", "add", "Ark", "visit", "--on", "+2d"), ("plan", "done", "1"), "plan 1"),
}


@pytest.mark.parametrize("what", ANSWERED)
def test_what_was_answered_or_ended_is_neither_taken_back_nor_missing(
    office: Office, what: str
) -> None:
    first, then, called = ANSWERED[what]
    for line in (("deal", "add", "Ark"), first, then):
        office.does(*line)
    done = picture(office)
    made, named = (row["operation"] for row in office.asks("history")["rows"][-2:])
    ran = office("undo", "--id", str(made))
    assert ran.code == 4
    assert f"{called} was touched by" in ran.err
    assert f"undo that first: funnelcli undo --id {named}" in ran.err
    for number in (named, made):
        office.does("undo", "--id", str(number))
    ran = office("redo", "--id", str(named))
    assert ran.code == 4
    assert f"{called} is not there; first: funnelcli redo --id {made}" in ran.err
    for number in (made, named):
        office.does("redo", "--id", str(number))
    assert picture(office) == done


@pytest.mark.parametrize("command", ["undo", "redo"])
def test_the_beginning_and_undoing_itself_are_not_undone(office: Office, command: str) -> None:
    office.does("team", "edit", "Wang", "--login", "wang")
    office.does("undo")
    rows = office.asks("history")["rows"]
    for number in (rows[0]["operation"], rows[-1]["operation"]):
        assert office(command, "--id", str(number)).code == 4
    assert office(command, "--id", "999").code == 3


def test_what_is_undone_is_not_undone_twice(office: Office) -> None:
    office.does("deal", "add", "Ark")
    number = str(office.asks("history")["rows"][-1]["operation"])
    assert office("redo", "--id", number).code == 4
    office.does("undo", "--id", number)
    ran = office("undo", "--id", number)
    assert ran.code == 4
    assert f"redo --id {number}" in ran.err


def test_the_past_stays_as_it_was_told_while_something_was_undone(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--amount", "1")
    office.on("2026-11-04").does("deal", "edit", "Ark", "--amount", "2")
    office.on("2026-11-04").does("deal", "edit", "Ark", "--stage", "drafted")
    office.on("2026-11-06").does("undo", "2")
    office.on("2026-11-08").does("redo", "2")
    office.on("2026-11-23")
    told = {
        day: (office.deal("Ark", "--as-of", day)["amount"], office.deal("Ark")["stage"])
        for day in ("2026-11-03", "2026-11-05", "2026-11-07", "2026-11-09")
    }
    assert [amount for amount, _ in told.values()] == [1, 2, 1, 2]
    stages = [
        office.deal("Ark", "--as-of", day)["stage"]
        for day in ("2026-11-03", "2026-11-05", "2026-11-07", "2026-11-09")
    ]
    assert stages == ["opportunity", "drafted", "opportunity", "drafted"]


def test_an_undone_import_can_be_mended_and_made_again(office: Office, tmp_path: Path) -> None:
    table = tmp_path / "deals.csv"
    table.write_text("id,name,amount\nA,Ark,1\nB,Boat,2\n")
    office.does("import", "deals", str(table))
    numbers = {row["ref"]: row["id"] for row in deals(office)}
    office.does("undo")
    assert deals(office) == []
    table.write_text("id,name,amount\nA,Ark,10\nB,Boat,20\nC,Cake,30\n")
    assert "3 new" in office.does("import", "deals", str(table))
    assert {row["ref"]: row["amount"] for row in deals(office)} == {"A": 10, "B": 20, "C": 30}
    assert {row["ref"]: row["id"] for row in deals(office) if row["ref"] != "C"} == numbers
    assert "0 new, 0 changed, 3 as before" in office.does("import", "deals", str(table))


def test_an_undone_import_is_gone_from_the_past_that_it_told(office: Office) -> None:
    given = files(office)
    office.does("import", "deals", given["deals"], "--create-missing")
    assert len(deals(office, "--as-of", "2026-09-15")) == 2
    office.does("undo")
    assert deals(office, "--as-of", "2026-09-15") == []
    office.does("redo")
    assert len(deals(office, "--as-of", "2026-09-15")) == 2


def test_who_was_added_and_taken_back_can_be_added_again(office: Office) -> None:
    office.does("team", "add", "Zhao", "--login", "zhao")
    office.does("undo")
    assert "Zhao" not in office.does("team", "list")
    assert office("deal", "add", "Ark", "--owner", "Zhao").code == 3
    number = office.asks("history")["rows"][-2]["operation"]
    office.does("team", "add", "Zhao", "--login", "zhao")
    assert office("redo", "--id", str(number)).code == 4  # the name is taken meanwhile
    assert office.does("team", "list").count("Zhao") == 1


def test_a_pipeline_that_was_taken_back_still_shows_its_past(office: Office) -> None:
    office.on("2026-11-02").does("pipeline", "apply", CONSULTING)
    office.does("deal", "add", "Study", "--pipeline", "consulting")
    office.on("2026-11-09").does("undo", "2")
    office.on("2026-11-23")
    assert [row["pipeline"] for row in office.asks("pipeline", "list")["rows"]] == ["bidding"]
    past = ("--as-of", "2026-11-05")
    assert office.deal("Study", *past)["pipeline"] == "consulting"
    assert [row["deals"] for row in office.asks("funnel", *past)["rows"]].count(1) == 1
    assert office("deal", "show", "Study").code == 3
    office.does("redo", "2")
    assert office.deal("Study")["pipeline"] == "consulting"


def test_undo_itself_stands_in_the_history(office: Office) -> None:
    office.does("deal", "add", "Ark", *LI)
    office.does("undo", *LI)
    *_, added, undone = office.asks("history")["rows"]
    assert (added["command"], added["undone"]) == ("deal add", True)
    assert (undone["command"], undone["by"], undone["undone"]) == ("undo", "Xiao Li", False)
    assert undone["summary"].startswith(f"Undid {added['operation']}, deal add: ")


def test_redo_goes_back_no_further_than_ones_last_command(office: Office) -> None:
    office.does("deal", "add", "Ark", "--amount", "1")
    office.does("deal", "edit", "Ark", "--amount", "2")
    number = office.asks("history")["rows"][-1]["operation"]
    office.does("undo")
    office.does("log", "Ark", "called", *LI)  # somebody else's command changes nothing of that
    office.does("log", "Ark", "called")
    ran = office("redo")
    assert ran.code == 3
    assert "since their last command" in ran.err
    assert office.deal("Ark")["amount"] == 1
    office.does("redo", "--id", str(number))
    assert office.deal("Ark")["amount"] == 2


def test_undo_says_when_there_was_less_to_undo_than_was_asked_for(office: Office) -> None:
    office.does("deal", "add", "Ark", *LI)
    assert "There were no more than 1." in office.does("undo", "5", *LI)
    assert "no more" not in office.does("redo", *LI)


def test_how_many_and_which_one_do_not_go_together(office: Office) -> None:
    office.does("deal", "add", "Ark")
    ran = office("undo", "2", "--id", "4")
    assert (ran.code, len(deals(office))) == (2, 1)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("0", "0 is not between 1 and 1000000000"),
        ("-1", "-1 is not between 1 and 1000000000"),
        ("x", "'x' is no whole number"),
    ],
)
def test_how_many_must_be_a_number_from_one_on(office: Office, count: str, said: str) -> None:
    ran = office("undo", "--", count)
    assert ran.code == 2
    assert ran.err == f"funnelcli: Invalid value for 'N': {said}; see: funnelcli undo --help\n"
