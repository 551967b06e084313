"""Pipelines as TOML files: what is written is read back, and what is broken is told."""

import io
import sys
import tomllib
import unicodedata
from typing import Any

import pytest
import tomli_w
from conftest import Office
from hypothesis import given, settings
from hypothesis import strategies as st

from funnelcli.domain.pipeline import Acceptance, Phase, from_toml, to_toml

# Random pipelines, as the mappings that a file holds

words = (
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), include_characters=" "),
        min_size=1,
        max_size=20,
    )
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(lambda text: 0 < len(text) <= 60)
)
"""Texts as they are stored: one line, NFC, no outer blanks."""
limits = st.none() | st.integers(1, 3650)
percents = st.integers(0, 100) | st.integers(0, 10_000).map(lambda points: points / 100)


def without_none(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value is not None}


def folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()


milestones = st.lists(
    st.fixed_dictionaries({"name": words, "title": words, "required": st.booleans()}),
    max_size=3,
    unique_by=lambda table: folded(table["name"]),
)
advices = st.dictionaries(
    words, st.fixed_dictionaries({"hypothesis": words, "ask": words, "do": words}), max_size=2
)


@st.composite
def processes(draw: st.DrawFn) -> dict[str, Any]:
    """Return a pipeline file's mapping in which no two stages answer to one word."""
    own = draw(st.lists(words, min_size=2, max_size=12, unique_by=folded))
    own = [word for word in own if folded(word) not in ("won", "lost")]
    titled = zip(own[::2], own[1::2], strict=False)
    tables = [
        without_none(
            {
                "name": name,
                "title": draw(st.sampled_from([name, title])),
                "probability": draw(percents),
                "max_days": draw(limits),
                "silence_days": draw(limits),
                "phase": draw(st.none() | st.sampled_from([str(phase) for phase in Phase])),
                "guidance": draw(st.none() | words),
                "milestone": draw(milestones) or None,
            }
        )
        for name, title in titled
    ]
    diagnosis = {str(phase): draw(advices) for phase in Phase}
    return {
        "name": draw(words),
        "title": draw(words),
        "acceptance": draw(st.sampled_from([str(each) for each in Acceptance])),
        "won": "Won",
        "lost": "Lost",
        "stage": tables or [{"name": "only", "title": "only", "probability": 1}],
        "diagnosis": {phase: causes for phase, causes in diagnosis.items() if causes},
        "questions": draw(st.dictionaries(words, st.lists(words, max_size=3), max_size=3)),
    }


@given(processes())
def test_a_pipeline_that_is_written_as_toml_reads_back_as_itself(table: dict[str, Any]) -> None:
    pipeline = from_toml(tomllib.loads(tomli_w.dumps(table)))
    assert from_toml(tomllib.loads(tomli_w.dumps(to_toml(pipeline)))) == pipeline


@given(processes())
def test_nothing_that_the_file_says_is_lost_or_changed(table: dict[str, Any]) -> None:
    said = to_toml(from_toml(table))
    for key in ("diagnosis", "questions"):
        said.setdefault(key, {})
    assert said == table


@settings(max_examples=25)
@given(processes())
def test_apply_keeps_what_export_writes_and_finds_nothing_to_change_in_it(
    office: Office, table: dict[str, Any]
) -> None:
    fresh = office.path.with_suffix(".fresh")
    if not fresh.exists():
        fresh.write_bytes(office.path.read_bytes())
    office.path.write_bytes(fresh.read_bytes())
    path = office.path.parent / "process.toml"
    path.write_text(tomli_w.dumps(table), encoding="utf-8")
    office.does("pipeline", "apply", str(path))
    exported = office.does("pipeline", "export", table["name"])
    assert tomllib.loads(exported) == tomllib.loads(tomli_w.dumps(to_toml(from_toml(table))))
    path.write_text(exported, encoding="utf-8")
    assert "nothing was changed" in office.does("pipeline", "apply", str(path))


# Files


def a_file(office: Office, text: str) -> str:
    path = office.path.parent / "process.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


ONLY = '[[stage]]\nname = "only"\nprobability = 50\n'


def test_a_title_is_the_name_unless_the_file_gives_one(office: Office) -> None:
    office.does("pipeline", "apply", a_file(office, f'name = "short"\n{ONLY}'))
    (listed,) = [r for r in office.asks("pipeline", "list")["rows"] if r["pipeline"] == "short"]
    (row,) = office.asks("pipeline", "show", "short")["rows"]
    assert (listed["title"], row["title"]) == ("short", "only")
    assert (row["max_days"], row["silence_days"]) == (None, None)


def test_a_file_saved_with_a_byte_order_mark_is_read(office: Office) -> None:
    assert office("pipeline", "apply", a_file(office, f'\ufeffname = "short"\n{ONLY}')).code == 0


def test_a_pipeline_is_read_from_standard_input(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = io.TextIOWrapper(io.BytesIO(f'name = "短"\n{ONLY}'.encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", typed)
    assert office.does("pipeline", "apply", "-") == "Created the pipeline 短.\n"


def test_export_is_the_default_pipeline_unless_one_is_named(office: Office) -> None:
    office.does("pipeline", "apply", a_file(office, f'name = "short"\n{ONLY}'))
    assert tomllib.loads(office.does("pipeline", "export"))["name"] == "bidding"
    assert tomllib.loads(office.does("pipeline", "export", "short"))["name"] == "short"
    assert office("pipeline", "export", "auction").code == 3


def top(line: str) -> str:
    """Return a file with one more line for the pipeline itself."""
    return f'name = "a"\n{line}\n{ONLY}'


def below(*lines: str) -> str:
    """Return a file with more lines after its only stage's."""
    return "\n".join([f'name = "a"\n{ONLY}', *lines, ""])


def chance(value: str) -> str:
    return f'name = "a"\n[[stage]]\nname = "only"\nprobability = {value}\n'


def called(name: str) -> str:
    return f'name = "a"\nwon = "中标"\n[[stage]]\nname = "{name}"\nprobability = 50\n'


SIGNED = ("[[stage.milestone]]", 'name = "signed"')

BROKEN = {
    "no TOML": "name = \n",
    "a key twice": top('name = "b"'),
    "an endless number": chance("9" * 5000),
    "deep nesting": f"name = {'[' * 5000}{']' * 5000}\n",
    "nothing": "",
    "no name": ONLY,
    "an empty name": f'name = ""\n{ONLY}',
    "a blank name": f'name = "  "\n{ONLY}',
    "a number as name": f"name = 7\n{ONLY}",
    "a long name": f'name = "{"a" * 61}"\n{ONLY}',
    "a control character": f'name = "a\\u001b[31m"\n{ONLY}',
    "a direction mark": f'name = "a\\u202e"\n{ONLY}',
    "no stage": 'name = "a"\n',
    "an empty list of stages": 'name = "a"\nstage = []\n',
    "a stage that is a number": 'name = "a"\nstage = 3\n',
    "a stage that is a text": 'name = "a"\nstage = ["only"]\n',
    "one table for all stages": 'name = "a"\n[stage]\nname = "only"\nprobability = 50\n',
    "a stage without name": 'name = "a"\n[[stage]]\nprobability = 50\n',
    "a stage without probability": 'name = "a"\n[[stage]]\nname = "only"\n',
    "120 percent": chance("120"),
    "a negative chance": chance("-1"),
    "a chance in words": chance('"high"'),
    "a chance as switch": chance("true"),
    "a chance too exact": chance("12.345"),
    "no number as chance": chance("nan"),
    "an infinite chance": chance("inf"),
    "no days": below("max_days = 0"),
    "negative days": below("silence_days = -7"),
    "half a day": below("max_days = 1.5"),
    "days as text": below('max_days = "14"'),
    "days as switch": below("max_days = true"),
    "ten thousand days": below("max_days = 10000"),
    "a phase of its own": below('phase = "soon"'),
    "a phase as list": below('phase = ["early"]'),
    "an acceptance of its own": top('acceptance = "both"'),
    "an unknown key": top('colour = "red"'),
    "an unknown key of a stage": below("chance = 50"),
    "guidance as number": below("guidance = 3"),
    "two stages of one name": below(ONLY),
    "two stages of one name but for case": below(ONLY.replace("only", "ONLY")),
    "a title that is another's name": below(
        "[[stage]]", 'name = "b"', 'title = "only"', "probability = 1"
    ),
    "a stage called won": called("won"),
    "a stage called as winning is": called("中标"),
    "a milestone as text": below('milestone = ["signed"]'),
    "a milestone without name": below("[[stage.milestone]]", 'title = "Signed"'),
    "two milestones of one name": below(*SIGNED, *SIGNED),
    "required in words": below(*SIGNED, 'required = "yes"'),
    "an unknown key of a milestone": below(*SIGNED, "due = 3"),
    "a diagnosis as text": top('diagnosis = "unclear"'),
    "an unknown phase of diagnosis": below("[diagnosis.never]"),
    "an explanation without advice": below("[diagnosis.early.x]", 'hypothesis = "h"'),
    "an explanation as text": below("[diagnosis.early]", 'x = "h"'),
    "a question as text": below("[questions]", 'stuck = "Why?"'),
    "a question as number": below("[questions]", "stuck = [3]"),
    "an empty question": below("[questions]", 'stuck = [""]'),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_gets_one_sentence_and_exit_2(office: Office, text: str) -> None:
    before = office.path.read_bytes()
    ran = office("pipeline", "apply", a_file(office, text))
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert ran.err.startswith("funnelcli: ")
    assert ran.err.count("\n") == 1
    assert len(ran.err) < 1000
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err
    assert office.path.read_bytes() == before


def test_a_file_that_is_no_utf_8_gets_one_sentence_and_exit_2(office: Office) -> None:
    path = office.path.parent / "process.toml"
    path.write_bytes(f'name = "短"\n{ONLY}'.encode("gb18030"))
    ran = office("pipeline", "apply", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert str(path) in ran.err
    assert ran.err.count("\n") == 1


def test_the_sentence_names_the_place_and_the_users_own_word(office: Office) -> None:
    for broken, said in (
        ("120 percent", ("'probability'", "'only'", "120")),
        ("a phase of its own", ("'phase'", "'only'", "'soon'", "early, middle, late")),
        ("an unknown key of a stage", ("'only'", "'chance'")),
        ("two stages of one name", ("'only'",)),
    ):
        err = office("pipeline", "apply", a_file(office, BROKEN[broken])).err
        assert all(word in err for word in said), err


def test_a_file_that_is_not_there_exits_3_and_a_folder_is_told(office: Office) -> None:
    ran = office("pipeline", "apply", "missing.toml")
    assert (ran.code, ran.err) == (3, "funnelcli: There is no file 'missing.toml'.\n")
    ran = office("pipeline", "apply", str(office.path.parent))
    assert ran.code in (1, 2)
    assert ran.err.count("\n") == 1
