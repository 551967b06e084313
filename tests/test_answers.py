"""Where an answer goes, whole or not at all, and what is said when it is empty."""

from __future__ import annotations

import csv
import io
import json
import os

import pytest
from conftest import Office

EMPTY = ["deal list", "stalled", "next", "milestone list"]
MACHINE = ["json", "ndjson", "csv", "tsv", "ids"]


@pytest.mark.parametrize("question", EMPTY)
@pytest.mark.parametrize("fmt", ["table", "plain"])
def test_nothing_found_is_said_aside(office, question, fmt):
    ran = office(*question.split(), "-f", fmt)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.count("\n") == 1
    assert ran.err.endswith(".\n")


@pytest.mark.parametrize("question", EMPTY)
def test_nothing_found_is_a_whole_envelope_for_machines(office, question):
    ran = office(*question.split(), "-f", "json")
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)
    assert answer["schema"].startswith("funnelcli.")
    assert answer["as_of"] == "2026-11-23T01:00:00Z"
    assert answer["currency"] == "CNY"
    assert answer["rows"] == []
    assert isinstance(answer["totals"], dict)


@pytest.mark.parametrize("question", EMPTY)
def test_nothing_found_keeps_the_shape_of_every_format(office, question):
    said = {fmt: office(*question.split(), "-f", fmt) for fmt in (*MACHINE, "md", "html")}
    assert {ran.code for ran in said.values()} == {0}
    assert {ran.err for ran in said.values()} == {""}
    assert said["ndjson"].out == said["ids"].out == ""
    office.does("deal", "add", "Ark", "--on", "2026-09-01")
    full = office.does(*question.split(), "-f", "csv").splitlines()
    assert said["csv"].out.splitlines() == full[:1]
    assert said["html"].out.endswith("</html>\n")


def test_an_empty_stalled_has_totals_of_zero(office):
    totals = office.asks("stalled")["totals"]
    assert (totals["deals"], totals["amount"], totals["weighted_amount"]) == (0, 0, 0)


def test_an_empty_funnel_still_has_its_stages(office):
    rows = office.asks("funnel")["rows"]
    assert [row["deals"] for row in rows] == [0] * 6
    assert [row["amount"] for row in rows] == [0] * 6
    assert [row["median_days"] for row in rows] == [None] * 6


def some_deals(office: Office) -> Office:
    office.does("deal", "add", "方舟", "--amount", "120万", "--on", "2026-09-01")
    office.does("deal", "add", "Bright")
    return office


@pytest.mark.parametrize("fmt", [*MACHINE, "table", "plain", "md", "html"])
def test_a_file_gets_what_stdout_would_get(office, fmt):
    some_deals(office)
    file = office.path.parent / "answer"
    for question in ("deal list", "stalled", "deal show 1", "timeline 1"):
        said = office.does(*question.split(), "-f", fmt)
        ran = office(*question.split(), "-f", fmt, "-o", str(file))
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert file.read_text(encoding="utf-8") == said


def test_a_new_file_is_nobody_elses_and_an_old_one_keeps_its_rights(office):
    some_deals(office)
    new, old = office.path.parent / "new.csv", office.path.parent / "old.csv"
    old.write_text("before")
    old.chmod(0o640)
    for file in (new, old):
        office.does("deal", "list", "-f", "csv", "--output", str(file))
    assert (new.stat().st_mode & 0o777, old.stat().st_mode & 0o777) == (0o600, 0o640)
    assert len(list(csv.reader(io.StringIO(old.read_text(encoding="utf-8"))))) == 3


def test_a_refused_question_leaves_the_file_as_it_was(office):
    file = office.path.parent / "answer.json"
    file.write_text("before")
    assert office("deal", "show", "nobody", "-f", "json", "-o", str(file)).code == 3
    assert file.read_text() == "before"
    assert not [each for each in office.path.parent.iterdir() if each.name.startswith(".")]


@pytest.mark.parametrize("target", ["missing/answer.csv", "."])
def test_a_place_that_cannot_be_written_is_named(office, target):
    place = str(office.path.parent / target)
    before = sorted(office.path.parent.iterdir())
    ran = office("deal", "list", "-f", "csv", "-o", place)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert str(office.path.parent) in ran.err
    assert sorted(office.path.parent.iterdir()) == before


def test_a_link_is_followed_and_stays_a_link(office):
    some_deals(office)
    target, link = office.path.parent / "target.csv", office.path.parent / "link.csv"
    target.write_text("before")
    link.symlink_to(target.name)
    office.does("deal", "list", "-f", "csv", "-o", str(link))
    assert link.is_symlink()
    assert "方舟" in target.read_text(encoding="utf-8")


def test_a_pipe_is_written_to_and_not_replaced(office):
    """So is /dev/null, which a file put in its place would spoil for the whole machine."""
    some_deals(office)
    pipe = office.path.parent / "pipe"
    os.mkfifo(pipe)
    both_ends = os.open(pipe, os.O_RDWR)  # neither end waits for the other
    office.does("deal", "list", "-f", "csv", "-o", str(pipe))
    assert pipe.is_fifo()
    os.set_blocking(both_ends, False)
    got = os.read(both_ends, 1 << 16).decode()
    os.close(both_ends)
    assert "方舟" in got


def test_a_dash_means_stdout(office, monkeypatch):
    some_deals(office)
    monkeypatch.chdir(office.path.parent)
    ran = office("deal", "list", "-f", "csv", "-o", "-")
    assert ran.out == office.does("deal", "list", "-f", "csv")
    assert not (office.path.parent / "-").exists()


def test_readers_of_a_file_see_the_old_answer_or_the_new_one(office):
    """The file is replaced whole: whoever has it open keeps what it was."""
    some_deals(office)
    file = office.path.parent / "answer.csv"
    office.does("deal", "list", "-f", "csv", "-o", str(file))
    before = file.read_text(encoding="utf-8")
    with file.open(encoding="utf-8") as reader:
        office.does("deal", "add", "Third")
        office.does("deal", "list", "-f", "csv", "-o", str(file))
        assert reader.read() == before
    assert "Third" in file.read_text(encoding="utf-8")


def test_words_that_are_understood_as_a_day_are_told_aside(office):
    some_deals(office)
    ran = office("deal", "list", "--as-of", "yesterday", "-f", "json")
    assert json.loads(ran.out)["as_of"] == "2026-11-22T15:59:59Z"
    assert ran.err == "yesterday is 2026-11-22\n"
