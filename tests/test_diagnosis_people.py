"""What a diagnosis makes of people: stances, the decision maker, who was replaced or is active."""

from conftest import Office
from test_diagnosis import a_deal, cause, diagnosis, logged, words


def a_contact(office: Office, name: str, role: str, stance: str = "unknown") -> None:
    """Have somebody of the customer's be on Ark."""
    joined = ("--deal", "Ark", "--role", role, "--stance", stance)
    office.does("contact", "add", name, "--company", "Ark Co", *joined)


def test_a_replaced_contact_in_the_middle_means_that_the_deal_may_be_taken(office: Office) -> None:
    a_deal(office, "quoted")
    a_contact(office, "Liu Wei", "decision-maker")
    office.does("contact", "add", "Zhao Bing", "--company", "Ark Co")
    logged(office, "2026-11-10", "--by-them", "--with", "Liu Wei")
    office.on("2026-11-12").does("contact", "replace", "Ark", "Liu Wei", "Zhao Bing")
    office.does("log", "Ark", "sent references", "--kind", "note")
    office.does("deal", "edit", "Ark", "--competitor", "Sanli")
    found = diagnosis(office, "2026-11-23")
    assert cause(found, words()) == "middle taken"
    assert any("Zhao Bing follows Liu Wei" in each for each in found["evidence"])
    assert "competitor on the deal: Sanli" in found["evidence"]


def test_somebody_against_us_in_the_middle_is_evidence_with_its_date(office: Office) -> None:
    a_deal(office, "quoted")
    a_contact(office, "Liu Wei", "evaluator", "against")
    found = diagnosis(office, "2026-11-23")
    assert cause(found, words()) == "middle taken"
    assert found["evidence"] == ["Liu Wei (evaluator) is against, known on 2026-11-02"]


def test_late_stances_that_differ_mean_disagreement(office: Office) -> None:
    a_deal(office, "terms")
    a_contact(office, "Liu Wei", "decision-maker", "for")
    a_contact(office, "Gao Lan", "blocker", "against")
    logged(office, "2026-11-16", "--with", "Liu Wei")
    found = diagnosis(office, "2026-11-18")
    assert cause(found, words()) == "late disagreement"
    (stances,) = [each for each in found["evidence"] if "against" in each]
    assert "Liu Wei (decision-maker) is for" in stances
    assert "Gao Lan (blocker) is against" in stances


def test_late_stances_that_agree_are_no_evidence_of_disagreement(office: Office) -> None:
    a_deal(office, "terms")
    a_contact(office, "Liu Wei", "decision-maker", "for")
    a_contact(office, "Gao Lan", "user", "for")
    office.on("2026-11-16").does("log", "Ark", "called", "--with", "Liu Wei")
    found = diagnosis(office, "2026-11-18")
    assert not any("is for" in each for each in found["evidence"])


def test_a_decision_maker_nobody_met_lately_is_said_with_the_days(office: Office) -> None:
    a_deal(office, "terms")
    a_contact(office, "Liu Wei", "decision-maker")
    found = diagnosis(office, "2026-11-16")
    assert (
        "decision maker Liu Wei: no contact logged" not in found["evidence"]
    )  # silence goes first
    logged(office, "2026-11-17", "--with", "Liu Wei")
    office.on("2026-12-06").does("log", "Ark", "called purchasing")
    found = diagnosis(office, "2026-12-06")
    assert cause(found, words()) == "late disagreement"
    assert "decision maker Liu Wei last met 19 days ago" in found["evidence"]


def test_several_people_active_late_are_evidence(office: Office) -> None:
    a_deal(office, "terms")
    a_contact(office, "Liu Wei", "decision-maker")
    a_contact(office, "Gao Lan", "user")
    logged(office, "2026-11-14", "--with", "Liu Wei")
    logged(office, "2026-11-15", "--with", "Gao Lan")
    found = diagnosis(office, "2026-11-16")
    assert "2 people of theirs active in the last 14 days" in found["evidence"]


def test_who_is_on_the_deal_no_more_is_no_evidence(office: Office) -> None:
    a_deal(office, "quoted")
    a_contact(office, "Liu Wei", "evaluator", "against")
    office.does("contact", "leave", "Liu Wei")
    found = diagnosis(office, "2026-11-23")
    assert not any("is against" in each for each in found["evidence"])


def test_where_nobody_decides_that_is_what_is_missing(office: Office) -> None:
    a_deal(office, "quoted")
    missing = "who decides is not known"
    assert missing in diagnosis(office, "2026-11-23")["evidence"]
    a_contact(office, "Liu Wei", "decision-maker")
    assert missing not in diagnosis(office, "2026-11-23")["evidence"]


def test_people_learned_of_later_are_no_evidence_as_of_an_earlier_day(office: Office) -> None:
    a_deal(office, "quoted")
    office.on("2026-11-23")
    a_contact(office, "Liu Wei", "evaluator", "against")
    earlier = diagnosis(office, "2026-11-23", "--as-of", "2026-11-20")
    assert not any("Liu Wei" in each for each in earlier["evidence"])


def test_contact_that_has_broken_off_is_no_sign_of_weighing_two_offers(office: Office) -> None:
    office.on("2026-08-01").does("deal", "add", "Ark", "--stage", "quoted", "--competitor", "Boda")
    office.does("log", "Ark", "they called", "--by-them")
    office.does("log", "Ark", "we called")
    office.on("2026-11-23")
    (row,) = office.stalled()
    assert row["diagnosis"]["evidence"] == ["competitor on the deal: Boda"]
