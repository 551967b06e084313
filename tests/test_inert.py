"""Text that users typed stays text: in the terminal, in CSV, HTML, Markdown and JSON.

What may not come in at all is told in test_refused_text.py.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import tomllib
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from conftest import Office, Ran
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from funnelcli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[1] / "examples"
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FRAGMENTS = [
    *("=1+1", "@SUM(A1:A9)", "+1", "-5", "'quoted", '=HYPERLINK("http://e";"x")', "＝1+1"),
    *("<script>alert(1)</script>", "<img src=x onerror=a()>", '" onmouseover="a()', "</td><b>"),
    *("&lt;b&gt;", "&#27;[31m", "<!--", "javascript:a()", "<a href='http://e'>x</a>"),
    *("[bold red]x[/]", "[link=http://e]x[/link]", "[/]", ":smile:", "\\", "\\[red]"),
    *("`code`", "**b**", "_i_", "~~s~~", "[a](http://b.c)", "![i](x.png)", "<http://e.f>"),
    *("https://evil.example/x", "www.evil.example", "me@evil.example", "| a | b |", "# h"),
    *("1. one", "2) two", "- [ ] x", "> q", "---", "    four", "$(rm -rf ~)", "%s {0} {x!r}"),
    *(
        'a, "b"; c',
        "方舟电子",
        "ｆｕｌｌ",
        "e\u0301\u0323",
        "👩\u200d👩\u200d👧 🇨🇳",
        "\u200b=1",
        "ﷺ",
        "한글",
    ),
]
HARMLESS = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=f"{BIDI}\ufeff"
)
NASTY = st.lists(st.sampled_from(FRAGMENTS) | st.text(HARMLESS, max_size=8), max_size=3).map(
    "".join
)
TEXTS = st.lists(NASTY, min_size=60, max_size=60)

few = settings(max_examples=2, phases=[Phase.explicit, Phase.generate])
QUESTIONS = (
    *("funnel", "funnel --by source", "funnel --by customer", "stalled --all", "next --limit 99"),
    *("deal list --status all", "deal show {deal}", "deal show {held}", "timeline {deal}"),
    *("timeline {held}", "timeline {lost}", "milestone list {deal}", "team list"),
    *("pipeline list", "pipeline show {pipeline}", "config show", "inbox", "day", "brief"),
    *("plan list --state all", "contact list", "contact list --deal {deal}", "who {contact}"),
    *("contact show {contact}", "segments", "segments --by competitor", "segments --by member"),
    *("target list", "conversion", "forecast", "coverage", "backtest"),
    *("appraise", "appraise --explain logs", "appraise --explain plans-coming"),
    *("diff --since 2020-01-01", "velocity --by customer"),
    f"bonus --period 2026-11 --rules {EXAMPLES / 'bonus.toml'}",
)
REPORT, PAPER = "report --since 2020-01-01", ("md", "html")
"""What is written for people alone."""


def run(office: Office, *args: str, terminal: bool = False) -> Ran:
    """Run the program with the file named first, so that `--` may stand before a text."""
    out = io.StringIO()
    out.isatty = lambda: terminal
    err = io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["--db", str(office.path), *args])
    return Ran(int(code), out.getvalue(), err.getvalue())


@dataclass
class Story:
    """A deal's life in which every text is one that somebody typed."""

    office: Office
    texts: Iterator[str]
    number: int
    typed: list[str] = field(default_factory=list)
    deal: int = 0
    held: int = 0
    lost: int = 0
    contact: int = 0

    @property
    def pipeline(self) -> str:
        return f"p{self.number}"

    def text(self) -> str:
        """Return the next text, made unique, and remember how it must come back."""
        said = f"{next(self.texts)} {self.number}.{len(self.typed)}"
        self.typed.append(unicodedata.normalize("NFC", said).strip())
        return said

    def does(self, *args: str) -> str:
        ran = run(self.office, *args)
        assert ran.code == 0, ran
        assert_no_commands(ran)
        return ran.out

    def adds_a_deal(self, *more: str) -> int:
        said = self.does(
            *("deal", "add", "--pipeline", self.pipeline, "--customer", self.text()),
            *("--source", self.text(), "--competitor", self.text(), *more, "--", self.text()),
        )
        return int(re.match(r"Added deal (\d+) ", said)[1])

    def answers(self, fmt: str) -> Iterator[str]:
        """Return the answers to all questions in a format."""
        for question in (*QUESTIONS, *([REPORT] if fmt in PAPER else [])):
            words = question.format(**vars(self), pipeline=self.pipeline)
            yield self.does(*words.split(), "-f", fmt)


_NUMBERS = itertools.count(1)


def story(office: Office, texts: list[str]) -> Story:
    """Put a text into every field that takes one."""
    told = Story(office, itertools.cycle(texts), next(_NUMBERS))
    text, does = told.text, told.does
    file = office.path.parent / "nasty.toml"
    file.write_bytes(tomli_w.dumps(process(told)).encode())
    does("pipeline", "apply", str(file))
    does("team", "add", "--", text())
    told.deal = told.adds_a_deal("--on", "2026-09-01")
    told.held, told.lost = told.adds_a_deal(), told.adds_a_deal()
    a, b, c = str(told.deal), str(told.held), str(told.lost)
    with_whom = f"Nobody {told.number} {text()}"  # nobody of the file bears that name
    does(
        *("log", "--claim", "95", "--on", "2026-09-02", "--with", with_whom, "--next", text()),
        *("--due", "2026-09-09", "--", a, text()),
    )
    does("milestone", "claim", "--evidence", text(), a, "m1")
    does("milestone", "reject", "--reason", text(), a, "m1")
    does("deal", "advance", a, "--force", "--reason", text(), "--note", text())
    does("deal", "back", a, "--to", "s1", "--reason", text())
    does("milestone", "waive", a, "m1", "--reason", text())
    does("deal", "hold", b, "--until", "2026-12-01", "--reason", text())
    does("ack", a, "--until", "2026-12-01", "--reason", text())
    said = does("log", "--kind", "note", "--as", "Xiao Li", "--", a, text())
    does("reply", said.split()[1], "--by", "2026-12-01", "--", text())
    said = does("plan", "add", "--on", "2026-12-01", "--with", with_whom, "--", a, text())
    does("plan", "drop", said.split()[1], "--reason", text())
    does("plan", "add", "--on", "2026-12-02", "--", a, text())
    about = ("--company", text(), "--title", text(), "--note", text(), "--deal", a)
    said = does("contact", "add", "--another", *about, "--", text())
    told.contact = int(re.match(r"Added contact (\d+) ", said)[1])
    said = does("contact", "add", f"Leaver {told.number}", "--deal", b)
    does("contact", "leave", re.match(r"Added contact (\d+) ", said)[1])
    does("contact", "tie", "--relation", text(), "Xiao Li", str(told.contact))
    does("target", "set", "Xiao Li", f"2026-01-01..{told.number + 2026}-12-31", "5")
    told.typed.append(f"=code-{told.number}")
    does("deal", "lose", c, f"--reason={told.typed[-1]}", "--note", text(), "--competitor", text())
    return told


def process(told: Story) -> dict[str, Any]:
    """Return a pipeline whose every wording is a text."""
    text = told.text
    causes = {
        "early": ("out-of-touch", "wavering", "unknown"),
        "middle": ("torn", "taken", "unknown"),
        "late": ("out-of-reach", "disagreement", "unknown"),
    }
    unseen = {"hypothesis": "h", "ask": "a", "do": "d"}
    advice = {phase: dict.fromkeys(names, unseen) for phase, names in causes.items()}
    advice["early"]["out-of-touch"] = {key: text() for key in unseen}
    return {
        "name": told.pipeline,
        "title": text(),
        "stage": [
            {
                "name": name,
                "title": text(),
                "probability": 10 * n,
                "guidance": text(),
                "max_days": 5,
                "silence_days": 5,
                "milestone": [{"name": f"m{n}", "title": text()}],
            }
            for n, name in enumerate(("s1", "s2", "s3"), 1)
        ],
        "diagnosis": advice,
        "questions": {"stuck": [text()]},
    }


def commands(text: str) -> set[str]:
    """Return the characters in it that could command a terminal or turn the writing."""
    return {c for c in text if c in BIDI or (unicodedata.category(c) == "Cc" and c not in "\n\t")}


def assert_no_commands(ran: Ran) -> None:
    assert not commands(ran.out + ran.err), ran
    assert "\t" not in ran.err


@few
@example(FRAGMENTS)
@given(TEXTS)
def test_what_was_typed_comes_back_in_json_exactly(office, texts):
    told = story(office, texts)
    found = [each for answer in told.answers("json") for each in strings(json.loads(answer))]
    # Questions to ask are no row of any answer; they come back with the pipeline itself.
    found += [
        tomllib.loads(told.does("pipeline", "export", told.pipeline))["questions"]["stuck"][0]
    ]
    assert [text for text in told.typed if not any(text in each for each in found)] == []


def strings(value: Any) -> Iterator[str]:
    """Return every text in a JSON value."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from strings(each)
        case dict():
            yield from strings(list(value.values()))


@few
@example(FRAGMENTS)
@given(TEXTS)
def test_no_cell_of_csv_or_tsv_can_be_taken_for_a_formula(office, texts):
    told = story(office, texts)
    told.does("export", str(office.path.parent / "tables"))
    files = (office.path.parent / "tables").glob("*.csv")
    exported = [("excel", file.read_text(encoding="utf-8")) for file in files]
    asked = [("excel", answer) for answer in told.answers("csv")]
    asked += [("excel-tab", answer) for answer in told.answers("tsv")]
    seen = set()
    for dialect, text in exported + asked:
        for row in csv.reader(io.StringIO(text), dialect):
            begun = [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
            figures = [cell for cell in begun if re.fullmatch(r"-[\d.e-]+", cell)]
            assert begun == figures
            assert not {*figures} & {*told.typed}
            seen.update(row)
    row = json.loads(told.does("deal", "show", str(told.deal), "-f", "json"))["rows"][0]
    for key in ("name", "customer", "source", "competitor", "next_step"):
        assert row[key] in seen or f"'{row[key]}" in seen


class Page(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        pytest.fail(f"a comment: {data}")

    def handle_pi(self, data):
        pytest.fail(f"an instruction: {data}")


OURS = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section"),
    *("footer", "h1", "h2", "h3", "p", "a", "b", "ul", "li", "br", "dl", "dt", "dd", "time"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "div", "span"),
    *("figure", "figcaption", "svg", "desc", "text", "rect", "line"),
}
_PLACE = r"-?\d+(\.\d+)?%?"
HARMLESS_ATTRIBUTES = {
    "lang": r"[\w-]+",
    "charset": "utf-8",
    "name": "viewport",
    "http-equiv": "Content-Security-Policy",
    "content": r"width=device-width, initial-scale=1|default-src 'none'; style-src 'sha256-[^']+'; "
    "base-uri 'none'; form-action 'none'",
    "class": r"[a-z ]+",
    "id": r"(part|chart)-\d+(-title|-told)?",
    "href": r"#part-\d+",
    "datetime": r"[\dTZ:-]+",
    "role": "img|region",
    "scope": "col|row",
    "tabindex": "0",
    "aria-label": ".*",
    "aria-labelledby": r"part-\d+|(chart-\d+)-title \1-told",
    "text-anchor": "end",
    **dict.fromkeys(("x", "y", "x1", "x2", "y1", "y2", "rx", "width", "height"), _PLACE),
}


@few
@example(FRAGMENTS)
@given(TEXTS)
def test_html_has_our_tags_only_and_every_text_as_it_was_typed(office, texts):
    told = story(office, texts)
    shown = ""
    for answer in told.answers("html"):
        page = Page(answer)
        assert page.tags <= OURS
        for name, value in page.attributes:
            assert re.fullmatch(HARMLESS_ATTRIBUTES[name], value), (name, value)
        shown += "\n".join(page.texts)
    assert_shown(told, shown)


def assert_shown(told: Story, shown: str) -> None:
    """Check that the deal's own texts are all there, letter by letter."""
    row = json.loads(told.does("deal", "show", str(told.deal), "-f", "json"))["rows"][0]
    for key in ("name", "customer", "source", "competitor", "next_step"):
        assert row[key] in told.typed
        assert row[key] in shown


LIVELY = {
    "link_open",
    "image",
    "html_inline",
    "html_block",
    "code_inline",
    "code_block",
    "fence",
} | {
    *("em_open", "s_open", "blockquote_open", "ordered_list_open", "hr", "math_inline"),
}
AUTOLINK = re.compile(r"(https?|ftp)://|(?<!\w)www\.\w|\w@\w")


@few
@example(FRAGMENTS)
@given(TEXTS)
def test_markdown_has_no_live_link_image_or_tag_and_every_text_as_it_was_typed(office, texts):
    told = story(office, texts)
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    shown = ""
    for answer in told.answers("md"):
        tokens = [t for token in reader.parse(answer) for t in (token, *(token.children or ()))]
        assert not {token.type for token in tokens} & LIVELY
        shown += "".join(t.content if t.type == "text" else "\n" for t in tokens if not t.children)
        assert not AUTOLINK.search(answer)
    assert_shown(told, shown)


def test_a_playbook_in_markup_is_shown_as_it_was_written(office):
    """Wordings stand at the start of a line there, where Markdown has most to say."""
    stages = [
        {"name": f"s{n}", "title": f"{text} {n}", "probability": 10, "guidance": text}
        for n, text in enumerate(FRAGMENTS)
    ]
    file = office.path.parent / "markup.toml"
    file.write_bytes(tomli_w.dumps({"name": "markup", "stage": stages}).encode())
    office.does("pipeline", "apply", str(file))
    lines = office.does("pipeline", "show", "markup", "-f", "md").split("\n**", maxsplit=1)[1]
    tokens = MarkdownIt("commonmark").parse(lines)
    assert {token.type for token in tokens} == {
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
        *("paragraph_open", "paragraph_close", "inline"),
    }
    texts = [t.content for token in tokens for t in token.children or () if t.type == "text"]
    assert {unicodedata.normalize("NFC", text).strip() for text in FRAGMENTS} <= set(texts)


@few
@example(FRAGMENTS)
@given(TEXTS)
def test_nothing_that_was_typed_is_markup_on_a_terminal(office, texts):
    told = story(office, texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "5000")
        patch.setenv("TERM", "xterm-256color")
        patch.delenv("NO_COLOR")
        shown = ""
        for question in ("deal show {deal}", "stalled", "deal list", "timeline {deal}", ""):
            ran = run(office, *question.format(deal=told.deal).split(), terminal=True)
            assert ran.code == 0
            bare = re.sub(r"\x1b\[[0-9;]*m", "", ran.out)
            assert bare != ran.out
            assert not commands(bare), question
            shown += bare
    assert_shown(told, shown)


@few
@example(FRAGMENTS)
@given(TEXTS)
def test_off_a_terminal_every_text_is_written_as_it_was_typed(office, texts):
    told = story(office, texts)
    for fmt in ("table", "plain"):
        assert_shown(told, "\n".join(told.answers(fmt)))
    assert list(told.answers("ids"))  # which are inert too: Story.does sees to it
