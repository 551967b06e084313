"""The process and its calendar are today's, also in answers about the past, which say so."""

import tomllib
from pathlib import Path

import pytest
import tomli_w
from conftest import MONDAY, Office


def a_deal(office: Office, *more: str, name: str = "Ark", on: str = "2026-11-02") -> None:
    """Add a deal worth 100, entered at nine in the morning of a day."""
    office.on(on).does(
        "deal", "add", name, "--customer", "Ark Electronics", "--amount", "100", *more
    )


def advanced(office: Office, *more: str, to: str = "shortlisted") -> None:
    """Move Ark on, waiving what is in the way."""
    office.does("deal", "advance", "Ark", "--to", to, "--force", "--reason", "they insist", *more)


def a_change(office: Office, folder: Path, pipeline: dict, *more: str) -> None:
    """Apply a pipeline's definition."""
    path = folder / "pipeline.toml"
    path.write_text(tomli_w.dumps(pipeline), encoding="utf-8")
    office.does("pipeline", "apply", str(path), *more)


def bidding(office: Office) -> dict:
    """Return the definition of the file's own pipeline."""
    return tomllib.loads(office.does("pipeline", "export", "bidding"))


def test_limits_are_todays_and_the_answer_says_so_where_they_changed_since(
    office: Office, tmp_path: Path
) -> None:
    a_deal(office, on="2026-11-02")
    definition = bidding(office)
    definition["stage"][0]["max_days"] = 5
    office.on("2026-11-16")
    a_change(office, tmp_path, definition)
    office.at(MONDAY)
    assert office.codes("Ark", "--as-of", "2026-11-08") == ["stuck", "no-next-step"]
    for question in (("funnel",), ("stalled",), ("deal", "show", "Ark"), ("next",)):
        before = office(*question, "--as-of", "2026-11-08").err
        assert ("changed since" in before, "bidding" in before) == (True, True), question
        assert "changed since" in " ".join(office.asks(*question, "--as-of", "2026-11-08")["notes"])
        assert "changed since" not in office(*question, "--as-of", "2026-11-16").err
        assert "changed since" not in office(*question).err


@pytest.mark.parametrize("form", ["table", "plain", "json", "csv", "md", "html"])
def test_that_they_are_todays_is_said_whatever_the_form_and_wherever_it_is_written(
    office: Office, tmp_path: Path, form: str
) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-16").does("config", "set", "days", "working")
    question = ("funnel", "--as-of", "2026-11-08", "-f", form)
    ran = office.at(MONDAY)(*question)
    assert "changed since" in ran.out + ran.err
    path = tmp_path / "answer"
    ran = office(*question, "-o", str(path))
    assert "changed since" in path.read_text(encoding="utf-8") + ran.err


def test_the_calendar_is_todays_and_the_answer_says_so_where_it_changed_since(
    office: Office,
) -> None:
    a_deal(office, on="2026-11-02")
    office.on("2026-11-16").does("config", "set", "days", "working")
    office.at(MONDAY)
    for question in ("funnel", "stalled"):
        assert "changed since" in office(question, "--as-of", "2026-11-13").err
        assert "changed since" not in office(question, "--as-of", "2026-11-16").err


def test_a_deal_that_was_in_a_stage_dropped_since_still_counts_as_of_then(
    office: Office, tmp_path: Path
) -> None:
    a_deal(office, "--stage", "shortlisted", on="2026-11-02")
    definition = bidding(office)
    definition["stage"] = [s for s in definition["stage"] if s["name"] != "shortlisted"]
    office.on("2026-11-16")
    a_change(office, tmp_path, definition, "--map", "shortlisted=drafted")
    office.at(MONDAY)
    assert office("deal", "show", "Ark", "--as-of", "2026-11-08").code == 0
    assert office.asks("funnel", "--as-of", "2026-11-08")["totals"]["deals"] == 1
    assert [row["id"] for row in office.stalled("--all", "--as-of", "2026-11-12")] == [1]


def test_a_deal_that_passed_through_a_stage_dropped_since_still_counts_as_of_then(
    office: Office, tmp_path: Path
) -> None:
    a_deal(office, "--stage", "shortlisted", on="2026-11-02")
    office.on("2026-11-09")
    advanced(office, to="drafted")
    definition = bidding(office)
    definition["stage"] = [s for s in definition["stage"] if s["name"] != "shortlisted"]
    office.on("2026-11-16")
    a_change(office, tmp_path, definition)
    office.at(MONDAY)
    assert office("deal", "show", "Ark", "--as-of", "2026-11-08").code == 0
    assert office.asks("funnel", "--as-of", "2026-11-08")["totals"]["deals"] == 1
    assert office.deal("Ark")["stage"] == "drafted"
