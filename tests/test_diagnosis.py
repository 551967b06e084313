"""Why a deal may have stopped: by phase, from the evidence, in the words of its playbook."""

import tomllib
from pathlib import Path

import pytest
import tomli_w
from conftest import Office
from inline_snapshot import snapshot

from funnelcli import playbooks

LANGUAGES = ("en", "zh-Hans", "zh-Hant")


def a_deal(office: Office, stage: str, *more: str, on: str = "2026-11-02") -> None:
    """Add the deal Ark where it already is, on a day."""
    office.on(on).does("deal", "add", "Ark", "--amount", "100", "--stage", stage, *more)


def logged(office: Office, on: str, *more: str) -> None:
    """Log a touch on Ark, entered on the day on which it happened."""
    office.on(on).does("log", "Ark", "met them", *more)


def diagnosis(office: Office, day: str, *more: str) -> dict:
    """Return the diagnosis of the one deal that is stalled on a day."""
    (row,) = office.on(day).stalled(*more)
    assert row["diagnosis"] is not None
    return row["diagnosis"]


def words(template: str = "bidding", lang: str = "en") -> dict:
    """Return a shipped template's advice by phase and cause."""
    path = Path(playbooks.__file__).parent / f"{template}.{lang}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["diagnosis"]


def cause(found: dict, known: dict) -> str:
    """Return phase and cause of the advice that a diagnosis gives word for word."""
    said = {key: found[key] for key in ("hypothesis", "ask", "do")}
    (place,) = [f"{p} {c}" for p, causes in known.items() for c in causes if causes[c] == said]
    return place


def a_process(office: Office, folder: Path, definition: dict) -> None:
    """Apply a pipeline whose stages are called one, two, three and so on."""
    path = folder / "process.toml"
    path.write_text(tomli_w.dumps(definition), encoding="utf-8")
    office.does("pipeline", "apply", str(path))


def stages(*more: dict) -> list[dict]:
    """Return stages that let a deal be there for five days, with what each adds to that."""
    names = ("one", "two", "three", "four", "five")
    return [
        {"name": name, "probability": 10 * n, "max_days": 5} | each
        for n, (name, each) in enumerate(zip(names, more, strict=False), 1)
    ]


# Which explanation


def test_early_and_silent_means_that_nobody_has_been_in_touch(office: Office) -> None:
    a_deal(office, "opportunity")
    found = diagnosis(office, "2026-11-12")
    assert cause(found, words()) == "early out-of-touch"
    assert found["evidence"] == ["no contact logged in 10 days"]
    logged(office, "2026-11-12")
    found = diagnosis(office, "2026-11-22")
    assert cause(found, words()) == "early out-of-touch"
    assert found["evidence"] == ["last contact 10 days ago"]


def test_a_last_contact_was_as_long_ago_as_the_calendar_says_and_not_the_clock(
    office: Office,
) -> None:
    a_deal(office, "opportunity")
    logged(office, "2026-11-03")
    office.on("2026-11-05").does("deal", "hold", "Ark", "--until", "2026-11-15", "--reason", "so")
    assert office.on("2026-11-22").stalled() == []  # 19 days less 10 on hold
    found = diagnosis(office, "2026-11-23")
    assert cause(found, words()) == "early out-of-touch"
    assert "10 days ago" not in str(found["evidence"])


def test_early_touches_without_a_milestone_mean_that_the_customer_wavers(office: Office) -> None:
    a_deal(office, "opportunity")
    logged(office, "2026-11-10")
    logged(office, "2026-11-18")
    found = diagnosis(office, "2026-11-23")
    assert cause(found, words()) == "early wavering"
    assert found["evidence"] == ["2 contacts in this stage, milestone still open"]


def test_only_two_way_contact_in_this_stage_is_evidence(office: Office) -> None:
    a_deal(office, "opportunity")
    logged(office, "2026-11-03")
    office.on("2026-11-04").does("deal", "advance", "Ark", "--force", "--reason", "so")
    logged(office, "2026-11-05", "--kind", "note")
    logged(office, "2026-11-05", "--kind", "email")
    logged(office, "2026-11-16", "--kind", "email", "--answered")
    found = diagnosis(office, "2026-11-18")
    assert cause(found, words()) == "early wavering"
    assert found["evidence"] == ["1 contact in this stage, milestone still open"]


def test_a_milestone_that_was_accepted_is_not_called_open(office: Office, tmp_path: Path) -> None:
    milestone = {"milestone": [{"name": "shown", "title": "Shown to them"}]}
    a_process(office, tmp_path, {"name": "one", "stage": stages(milestone)})
    a_deal(office, "one", "--pipeline", "one")
    logged(office, "2026-11-06")
    found = diagnosis(office, "2026-11-07")
    assert "milestone still open" in found["evidence"][0]
    office.does("milestone", "claim", "Ark", "shown", "--evidence", "their mail")
    office.does("milestone", "accept", "Ark", "shown")
    assert "milestone still open" not in str(diagnosis(office, "2026-11-07"))


def test_a_stage_without_milestones_has_none_open(office: Office, tmp_path: Path) -> None:
    a_process(office, tmp_path, {"name": "one", "stage": stages({})})
    a_deal(office, "one", "--pipeline", "one")
    logged(office, "2026-11-06")
    assert "milestone still open" not in str(diagnosis(office, "2026-11-07"))


def test_in_the_middle_a_competitor_means_that_the_deal_may_be_taken(office: Office) -> None:
    a_deal(office, "quoted", "--competitor", "Sanli")
    found = diagnosis(office, "2026-11-09")
    assert cause(found, words()) == "middle taken"
    assert found["evidence"] == ["competitor on the deal: Sanli"]


def test_in_the_middle_contact_that_only_we_begin_means_taken(office: Office) -> None:
    a_deal(office, "quoted")
    logged(office, "2026-11-05")
    logged(office, "2026-11-12")
    found = diagnosis(office, "2026-11-16")
    assert cause(found, words()) == "middle taken"
    assert found["evidence"] == ["2 contacts in this stage, none begun by them"]


def test_in_the_middle_contact_that_goes_both_ways_means_torn(office: Office) -> None:
    a_deal(office, "quoted")
    logged(office, "2026-11-05")
    logged(office, "2026-11-12", "--by-them")
    found = diagnosis(office, "2026-11-16")
    assert cause(found, words()) == "middle torn"
    assert found["evidence"] == ["they began 1 of 2 contacts", "two-sided contact goes on"]


def test_a_competitor_who_is_known_and_a_silent_customer_mean_taken(office: Office) -> None:
    a_deal(office, "quoted", "--competitor", "Sanli")
    logged(office, "2026-11-05")
    found = diagnosis(office, "2026-11-12")
    assert cause(found, words()) == "middle taken"
    assert len(found["evidence"]) == 2


def test_late_and_silent_means_that_the_decision_is_out_of_reach(office: Office) -> None:
    a_deal(office, "terms")
    found = diagnosis(office, "2026-11-07")
    assert cause(found, words()) == "late out-of-reach"
    assert found["evidence"] == ["no contact logged in 5 days"]


def test_late_contact_without_a_decision_means_disagreement(office: Office) -> None:
    a_deal(office, "confirmed", "--close", "2026-12-01")
    logged(office, "2026-11-12")
    found = diagnosis(office, "2026-11-16")
    assert cause(found, words()) == "late disagreement"
    assert found["evidence"] == ["1 contact in this stage without a decision"]
    office.does("deal", "edit", "Ark", "--close", "2026-12-10")
    office.does("deal", "edit", "Ark", "--close", "2026-12-20")
    assert diagnosis(office, "2026-11-16")["evidence"] == [
        "1 contact in this stage without a decision",
        "expected close pushed 2 times",
    ]


# Where the file does not know


@pytest.mark.parametrize(
    ("stage", "phase"), [("one", "early"), ("two", "middle"), ("three", "late")]
)
def test_a_deal_of_which_the_file_knows_nothing_is_unknown(
    office: Office, tmp_path: Path, stage: str, phase: str
) -> None:
    a_process(office, tmp_path, {"name": "p", "stage": stages({}, {}, {})})
    a_deal(office, stage, "--pipeline", "p")
    found = diagnosis(office, "2026-11-07")
    assert cause(found, words("general")) == f"{phase} unknown"
    assert found["evidence"] == [
        "no contact is logged in this stage",
        "whether somebody else bids is not known",
        "who decides is not known",
    ]


def test_a_middle_deal_with_neither_contact_nor_competitor_is_unknown_though_it_is_silent(
    office: Office,
) -> None:
    a_deal(office, "quoted")
    assert cause(diagnosis(office, "2026-11-09"), words()) == "middle unknown"


def test_unknown_does_not_miss_what_the_file_has(office: Office, tmp_path: Path) -> None:
    a_process(office, tmp_path, {"name": "p", "stage": stages({})})
    a_deal(office, "one", "--pipeline", "p", "--competitor", "Sanli")
    found = diagnosis(office, "2026-11-07")
    assert cause(found, words("general")) == "early unknown"
    assert found["evidence"] == ["no contact is logged in this stage", "who decides is not known"]


def test_what_was_learned_later_is_no_evidence_as_of_an_earlier_day(office: Office) -> None:
    a_deal(office, "quoted")
    office.on("2026-11-14").does("deal", "edit", "Ark", "--competitor", "Sanli")
    logged(office, "2026-11-14", "--by-them")
    office.on("2026-11-23")
    found = diagnosis(office, "2026-11-23", "--as-of", "2026-11-12")
    assert cause(found, words()) == "middle unknown"


def test_a_deal_with_warnings_only_is_not_diagnosed(office: Office) -> None:
    a_deal(office, "quoted", on="2026-11-23")
    (row,) = office.stalled("--all")
    assert (row["severity"], row["diagnosis"]) == ("warning", None)


# By phase


@pytest.mark.parametrize(
    ("stage", "phase"),
    [
        ("opportunity", "early"),
        ("shortlisted", "early"),
        ("drafted", "middle"),
        ("quoted", "middle"),
        ("confirmed", "late"),
        ("terms", "late"),
    ],
)
def test_phases_are_thirds_of_the_stages(office: Office, stage: str, phase: str) -> None:
    a_deal(office, stage)
    (row,) = office.on("2026-12-02").stalled()
    assert row["phase"] == phase
    assert cause(row["diagnosis"], words()).startswith(phase)


def test_a_stages_own_word_for_its_phase_goes_before_thirds(office: Office, tmp_path: Path) -> None:
    definition = {"name": "p", "stage": stages({"phase": "late"}, {}, {"phase": "early"})}
    a_process(office, tmp_path, definition)
    for name in ("one", "two", "three"):
        office.on("2026-11-02").does("deal", "add", name, "--pipeline", "p", "--stage", name)
    found = office.on("2026-11-07").stalled()
    assert [row["phase"] for row in found] == ["late", "middle", "early"]
    assert [cause(row["diagnosis"], words("general")) for row in found] == [
        *("late unknown", "middle unknown", "early unknown"),
    ]


# In which words


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("template", ["bidding", "general", "renewal"])
def test_the_words_are_the_templates_in_its_language(
    bare: Office, template: str, lang: str
) -> None:
    bare.on("2026-11-02").does("init", "--template", template, "--lang", lang, "--currency", "CNY")
    bare.does("deal", "add", "方舟电子")
    found = diagnosis(bare, "2026-12-02")
    assert cause(found, words(template, lang)) == "early out-of-touch"


def test_a_simplified_and_a_traditional_file_speak_as_their_readers_do(bare: Office) -> None:
    said = {}
    for lang in ("zh-Hans", "zh-Hant"):
        office = Office(bare.path.with_name(f"{lang}.db"), bare._patch)
        office.on("2026-11-02").does("init", "--lang", lang, "--currency", "CNY")
        office.does("deal", "add", "方舟电子", "--stage", "quoted", "--competitor", "三励")
        found = diagnosis(office, "2026-12-02")
        said[lang] = [found["hypothesis"], found["ask"]]
    assert said == snapshot(
        {
            "zh-Hans": [
                "这个单子可能已经被对手拿下，只是没有人告诉我们。",
                "最近两周，客户那边有谁主动找过我们，为了什么事？",
            ],
            "zh-Hant": [
                "這個案子可能已經被競爭對手拿下，只是沒有人告訴我們。",
                "最近兩週，客戶那邊有誰主動找過我們？為了什麼事？",
            ],
        }
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pipeline_without_a_playbook_borrows_the_general_words_of_the_files_language(
    bare: Office, tmp_path: Path, lang: str
) -> None:
    bare.on("2026-11-02").does("init", "--lang", lang, "--currency", "CNY")
    a_process(bare, tmp_path, {"name": "p", "stage": stages({}, {}, {})})
    a_deal(bare, "three", "--pipeline", "p")
    found = diagnosis(bare, "2026-11-07")
    assert cause(found, words("general", lang)) == "late unknown"


def test_words_that_were_edited_are_used(office: Office, tmp_path: Path) -> None:
    definition = tomllib.loads(office.does("pipeline", "export", "bidding"))
    own = {"hypothesis": "Lunch was cancelled.", "ask": "Who pays?", "do": "Ring them."}
    definition["diagnosis"]["early"]["out-of-touch"] = own
    a_process(office, tmp_path, definition)
    a_deal(office, "opportunity")
    assert diagnosis(office, "2026-11-12") == own | {"evidence": ["no contact logged in 10 days"]}


def test_a_playbook_that_has_no_words_for_a_cause_still_gets_something_to_ask_and_to_do(
    office: Office, tmp_path: Path
) -> None:
    own = {"hypothesis": "Lunch was cancelled.", "ask": "Who pays?", "do": "Ring them."}
    definition = {"name": "p", "stage": stages({}), "diagnosis": {"early": {"wavering": own}}}
    a_process(office, tmp_path, definition)
    a_deal(office, "one", "--pipeline", "p")
    assert cause(diagnosis(office, "2026-11-07"), words("general")) == "early unknown"
    logged(office, "2026-11-07")
    assert diagnosis(office, "2026-11-07")["hypothesis"] == "Lunch was cancelled."


def test_deal_show_asks_the_playbooks_own_question_for_what_is_wrong(
    office: Office, tmp_path: Path
) -> None:
    definition = {"name": "p", "stage": stages({}), "questions": {"stuck": ["Who holds it up?"]}}
    a_process(office, tmp_path, definition)
    a_deal(office, "one", "--pipeline", "p")
    assert "Who holds it up?" not in office.on("2026-11-06").does("deal", "show", "Ark")
    assert "Who holds it up?" in office.on("2026-11-07").does("deal", "show", "Ark")


def test_names_from_users_appear_in_the_evidence_as_they_are(office: Office) -> None:
    a_deal(office, "quoted", "--competitor", "三励", "--competitor", "[red]Boat & Co")
    found = diagnosis(office, "2026-11-09")
    assert found["evidence"] == ["competitor on the deal: 三励; [red]Boat & Co"]
