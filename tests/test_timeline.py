"""`timeline`: everything that happened on a deal, oldest first, as people and machines read it."""

from typing import Any

from conftest import MONDAY, Office
from inline_snapshot import snapshot

KEYS = ["at", "recorded_at", "kind", "by", "text", "from", "to"]


def a_deal(office: Office, *more: str, on: str = "2026-11-02") -> None:
    """Add Ark, a deal of Xiao Li's."""
    office.on(on).does("deal", "add", "Ark", "--owner", "Xiao Li", *more)


def a_beginning(office: Office) -> None:
    """Play Ark's first week."""
    a_deal(office, "--customer", "方舟电子", "--amount", "120万", "--close", "2026-11-30")
    office.on("2026-11-03").does(
        *("log", "Ark", "no problem, nearly nailed", "--kind", "visit", "--with", "Zhao Bing"),
        *("--claim", "90", "--next", "send prices", "--due", "2026-11-06", "--as", "Xiao Li"),
    )
    office.on("2026-11-04").does(
        *("milestone", "claim", "Ark", "need-confirmed", "--evidence", "their mail"),
        *("--as", "Xiao Li"),
    )
    office.on("2026-11-05").does("milestone", "accept", "Ark", "need-confirmed")
    office.on("2026-11-06").does("deal", "advance", "Ark", "--note", "on the list", "--as", "Li")
    office.on("2026-11-09").does("deal", "edit", "Ark", "--close", "2026-12-18", "--owner", "Wang")


def a_story(office: Office) -> None:
    """Play three weeks of Ark's, one of each thing that can happen."""
    a_beginning(office)
    office.on("2026-11-10").does("ack", "Ark", "--until", "2026-11-12", "--reason", "fair")
    office.on("2026-11-11").does("deal", "hold", "Ark", "--until", "2026-12-01", "--reason", "fair")
    office.on("2026-11-12").does(
        *("deal", "back", "Ark", "--to", "opportunity", "--reason", "their budget is gone")
    )
    office.on("2026-11-13").does("deal", "lose", "Ark", "--reason", "price", "--competitor", "Bode")
    office.on("2026-11-20").does("deal", "reopen", "Ark", "--reason", "they called")
    office.at(MONDAY).does("log", "Ark", "met their director", "--on", "2026-11-16")


def told(office: Office, *more: str) -> list[dict[str, Any]]:
    """Return the rows of Ark's timeline."""
    return office.asks("timeline", "Ark", *more)["rows"]


def test_a_person_reads_the_story_from_its_beginning(office: Office) -> None:
    a_story(office)
    assert office.does("timeline", "Ark") == snapshot("""\
When              What            By
2026-11-02 09:00  opened          Jiang Yue  Ark: 方舟电子, Xiao Li, 1,200,000
2026-11-02 09:00  stage           Jiang Yue  Opportunity
2026-11-03 09:00  visit           Xiao Li    no problem, nearly nailed; with Zhao Bing; claims 90 %; next: send prices by 2026-11-06
2026-11-04 09:00  milestone       Xiao Li    claimed: need-confirmed: their mail
2026-11-05 09:00  milestone       Jiang Yue  accepted: need-confirmed
2026-11-06 09:00  stage           Xiao Li    Opportunity → Shortlisted: on the list
2026-11-09 09:00  owner           Jiang Yue  Xiao Li → Wang Fang
2026-11-09 09:00  expected close  Jiang Yue  2026-11-30 → 2026-12-18
2026-11-10 09:00  ack             Jiang Yue  until 2026-11-12: fair
2026-11-11 09:00  hold            Jiang Yue  until 2026-12-01: fair
2026-11-12 09:00  release         Jiang Yue
2026-11-12 09:00  milestone       Jiang Yue  open: need-confirmed: their budget is gone
2026-11-12 09:00  back            Jiang Yue  Shortlisted → Opportunity: their budget is gone
2026-11-13 09:00  lost            Jiang Yue  price; to Bode
2026-11-13 09:00  competitor      Jiang Yue  Bode
2026-11-16 00:00  call            Jiang Yue  met their director; entered late, happened 2026-11-16
2026-11-20 09:00  reopened        Jiang Yue  they called
""")  # noqa: E501


def test_a_person_sees_on_its_page_how_a_deal_stands(office: Office) -> None:
    a_beginning(office)
    assert office.at(MONDAY).does("deal", "show", "Ark") == snapshot("""\
1  Ark

Customer        方舟电子
Owner           Wang Fang
Status          open
Stage           Shortlisted (2 of 6), 17 days, limit 14
Amount          1,200,000 CNY, chance 20 %, weighted 240,000
Expected close  2026-12-18, pushed 1 time
Last contact    2026-11-03, 20 days ago
Next step       send prices, due 2026-11-06
Claim           90 % (Xiao Li, 2026-11-03) against evidence of 20 %

What stands out
  amber: 17 days in Shortlisted, limit 14
  red: 20 days without contact, limit 7
  warning: next step 17 days late: send prices
  warning: claim 90 %, evidence 20 %
  Perhaps: There has been no two-way contact lately, so nobody may know where the customer stands now.
  Ask: When did the customer last tell us something new, and what was it?
  Do: Call the contact today; if there is no answer within two days, reach a second person in the same company.

Milestones
Stage        Milestone          Deliverable                                                                     State     Evidence
opportunity  need-confirmed     Customer's mail or confirmed minutes naming the project, the budget and a date  accepted  their mail
shortlisted  on-the-list        Customer names us on the shortlist in writing                                   open
shortlisted  criteria-received  Tender documents or scoring criteria received from the customer                 open

Claims against evidence
Said              By       Claims  Closes on  Evidence then  Stage then
2026-11-03 09:00  Xiao Li    90 %                      10 %  Opportunity

To find out in Shortlisted
  Learn who decides, by what criteria and against whom we are compared, and have our place on the list confirmed.
  What exactly has to happen on the customer's side for this stage to end, and who does it?
  What do we last know from the customer, and from whom did we hear it?
  What kept the planned step from happening, and is it still the right one?
  What have you seen or heard that makes you this confident, and can we have it in writing?

Lately
When              What            By
2026-11-02 09:00  opened          Jiang Yue  Ark: 方舟电子, Xiao Li, 1,200,000
2026-11-02 09:00  stage           Jiang Yue  Opportunity
2026-11-03 09:00  visit           Xiao Li    no problem, nearly nailed; with Zhao Bing; claims 90 %; next: send prices by 2026-11-06
2026-11-04 09:00  milestone       Xiao Li    claimed: need-confirmed: their mail
2026-11-05 09:00  milestone       Jiang Yue  accepted: need-confirmed
2026-11-06 09:00  stage           Xiao Li    Opportunity → Shortlisted: on the list
2026-11-09 09:00  owner           Jiang Yue  Xiao Li → Wang Fang
2026-11-09 09:00  expected close  Jiang Yue  2026-11-30 → 2026-12-18
""")  # noqa: E501


def test_a_page_speaks_of_one_day_as_one(office: Office) -> None:
    a_deal(office)
    assert "1 days" not in office.on("2026-11-03").does("deal", "show", "Ark")


def test_a_page_does_not_leave_out_held_days_where_it_says_how_long_ago(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-03").does("log", "Ark", "met")
    office.does("deal", "hold", "Ark", "--until", "2026-11-16", "--reason", "fair")
    assert office.on("2026-11-20").deal("Ark")["days_silent"] == 4  # 16..20
    page = office.does("deal", "show", "Ark")
    assert "2026-11-03" in page
    assert "4 days ago" not in page  # it was 17 days ago


def test_a_milestone_that_is_open_again_shows_no_evidence(office: Office) -> None:
    a_deal(office)
    office.does("deal", "advance", "Ark", "--done", "their mail")
    office.does("deal", "back", "Ark", "--to", "opportunity", "--reason", "too early")
    for words in (("milestone", "list", "Ark"), ("deal", "show", "Ark")):
        (line,) = [
            line for line in office.does(*words).splitlines() if "project, the budget" in line
        ]
        assert line.endswith("open"), words


def test_machines_get_the_keys_of_the_contract_and_the_oldest_entry_first(office: Office) -> None:
    a_story(office)
    found = office.asks("timeline", "Ark")
    assert found["schema"] == "funnelcli.timeline/1"
    assert all(list(row)[:7] == KEYS for row in found["rows"])
    instants = [row["at"] for row in found["rows"]]
    assert instants == sorted(instants)
    assert {row["kind"] for row in found["rows"]} >= {
        *("visit", "call", "milestone", "stage", "back", "hold", "release", "ack"),
        *("lost", "reopened"),
    }


def test_a_change_tells_what_it_was_and_what_it_is(office: Office) -> None:
    a_story(office)
    changes = {(row["kind"], row["from"], row["to"]) for row in told(office)}
    assert changes >= {
        ("stage", None, "Opportunity"),
        ("stage", "Opportunity", "Shortlisted"),
        ("back", "Shortlisted", "Opportunity"),
        ("expected close", "2026-11-30", "2026-12-18"),
        ("owner", "Xiao Li", "Wang Fang"),
        ("hold", None, "2026-12-01"),
        ("ack", None, "2026-11-12"),
    }


def test_what_was_entered_late_has_both_instants(office: Office) -> None:
    a_story(office)
    (late,) = [row for row in told(office) if "director" in (row["text"] or "")]
    assert (late["at"], late["recorded_at"]) == ("2026-11-15T16:00:00Z", "2026-11-23T01:00:00Z")


def test_everybody_who_did_something_is_named(office: Office) -> None:
    a_story(office)
    by = {(row["kind"], row["to"]): row["by"] for row in told(office)}
    assert by["visit", None] == "Xiao Li"
    assert (by["milestone", "claimed"], by["milestone", "accepted"]) == ("Xiao Li", "Jiang Yue")
    assert by["stage", "Shortlisted"] == "Xiao Li"


def test_limit_keeps_the_latest(office: Office) -> None:
    a_story(office)
    assert told(office, "--limit", "3") == told(office)[-3:]
    assert told(office, "--limit", "99") == told(office)


def test_what_happened_in_one_second_stands_in_order_of_entry(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-05").does("deal", "advance", "Ark", "--done", "mail")
    office.does("log", "Ark", "told them")
    office.does("deal", "back", "Ark", "--to", "opportunity", "--reason", "too early")
    office.does("log", "Ark", "told them again")
    assert [(row["kind"], row["to"] or row["text"]) for row in told(office)[2:]] == [
        ("milestone", "claimed"),
        ("milestone", "accepted"),
        ("stage", "Shortlisted"),
        ("call", "told them"),
        ("milestone", "open"),
        ("back", "Opportunity"),
        ("call", "told them again"),
    ]


def test_putting_a_deal_away_and_bringing_it_back_is_told_with_the_reason(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-05").does("deal", "archive", "Ark")
    office.on("2026-11-09").does("deal", "reopen", "Ark", "--reason", "they called")
    days = [(row["at"][:10], row["text"]) for row in told(office)[2:]]
    assert [day for day, _ in days] == ["2026-11-05", "2026-11-09"]
    assert days[-1][1] == "they called"


def test_who_else_works_on_a_deal_since_when_is_told(office: Office) -> None:
    a_deal(office)
    office.on("2026-11-05").does("deal", "edit", "Ark", "--member", "Wang Fang")
    assert "Wang Fang" in office.does("timeline", "Ark")
