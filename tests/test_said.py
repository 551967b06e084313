"""In another language people read other words, and machines the same codes."""

from __future__ import annotations

from gettext import NullTranslations
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Office


class Mirror(NullTranslations):
    """A language in which everything that is translated stands between signs."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"«{msgid1 if n == 1 else msgid2}»"


@pytest.fixture
def mirrored(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with a stalled deal that has a log, a contact and a plan; its catalog a mirror."""
    monkeypatch.setattr("gettext.translation", lambda *_: Mirror())
    office.on("2026-09-01").does("deal", "add", "Ark {二期}", "--owner", "Jiang Yue")
    office.does("log", "1", "asked {twice}", "--kind", "call", "--claim", "90")
    office.does("contact", "add", "Zhao Bing")
    office.does("contact", "join", "1", "Zhao Bing", "--role", "champion")
    office.does("plan", "add", "1", "a visit", "--on", "2026-09-10", "--kind", "visit")
    return office.on("2026-11-23")


OTHER = ("--lang", "zh-Hans")


@pytest.mark.parametrize(
    "question",
    [
        *("deal list", "deal show 1", "milestone list 1", "inbox", "plan list", "team list"),
        *("contact list", "contact show 1", "pipeline list", "pipeline show", "funnel", "next"),
        *("conversion", "segments --by owner", "coverage", "backtest", "target list"),
    ],
)
def test_machines_read_the_same_codes_in_every_language(mirrored: Office, question: str) -> None:
    for fmt in ("json", "csv", "ids"):
        asked = (*question.split(), "-f", fmt)
        assert mirrored(*asked, *OTHER).out == mirrored(*asked).out


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("deal list", ("«Status»", "«open»")),
        ("stalled", ("«Stage»", "«stuck»", "«silent»")),
        ("stalled -f md", ("«Perhaps»«: »", "«83 days in Opportunity, limit 21»")),
        ("plan list", ("«Kind»", "«visit»", "«overdue»")),
        ("contact list", ("«On deals»", "«champion»")),
        ("team list", ("«Role»", "«manager»")),
        ("pipeline show", ("«Phase»", "«early»", "«middle»", "«late»")),
        ("target list", ("«No target is set.»",)),
        ("report", ("«Time in stage»", "«Waiting for an answer»", "«Kind»", "«1 deal»")),
        ("funnel -f html", ("<h1>«Funnel»</h1>", 'lang="zh-Hans"')),
    ],
)
def test_people_read_titles_codes_and_sentences_in_theirs(
    mirrored: Office, question: str, words: tuple[str, ...]
) -> None:
    ran = mirrored(*question.split(), *OTHER)
    assert [word for word in words if word not in ran.out + ran.err] == []


def test_what_is_said_of_many_deals_follows_the_language_of_each_call(mirrored: Office) -> None:
    def reasons(*more: str) -> list[str]:
        return [reason["text"] for reason in mirrored.stalled(*more)[0]["reasons"]]

    english = reasons()
    assert reasons(*OTHER) == [f"«{text}»" for text in english]
    assert reasons() == english


@pytest.mark.parametrize("question", ["stalled", "brief", "deal show 1", "next", "report"])
def test_what_people_typed_is_never_taken_for_a_place_in_a_sentence(
    mirrored: Office, question: str
) -> None:
    assert "Ark {二期}" in mirrored(*question.split(), *OTHER).out
