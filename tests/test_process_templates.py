"""The shipped processes: three of them, each in three languages, with real words in them."""

import re
import tomllib
from typing import Any

import pytest
from conftest import Office
from inline_snapshot import snapshot

NAMES = ("bidding", "general", "renewal")
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
ALL = [(name, lang) for name in NAMES for lang in LANGUAGES]
PHASES = {"early", "middle", "late"}
CODES = {
    *("stuck", "silent", "overdue", "no-next-step", "overdue-close", "slipped"),
    *("contact-changed", "overclaimed", "moved-back", "unknown-date"),
}
SIMPLIFIED = set("们个为来时会说对这还没发经济员书务标价报谁问决确认户单产应关长门开见过进运点")
"""Characters that traditional Chinese writes otherwise."""
TRADITIONAL = set("們個為來時會說對這還沒發經濟員書務標價報誰問決確認戶單產應關長門開見過進運點")
SHARED = SIMPLIFIED & TRADITIONAL


@pytest.fixture
def shipped(bare: Office) -> "Shipped":
    return Shipped(bare)


class Shipped:
    """The templates as the program prints them; there needs no file for it."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def __call__(self, name: str, lang: str) -> dict[str, Any]:
        """Return a template, read as TOML."""
        return tomllib.loads(self.office.does("pipeline", "templates", name, "--lang", lang))


def texts(value: Any) -> list[str]:
    """Return what a template says to people: every text but names and switches."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    if isinstance(value, dict):
        own = {key: each for key, each in value.items() if key not in ("name", "phase")}
        own.pop("acceptance", None)
        return [text for each in own.values() for text in texts(each)]
    return []


def frame(template: dict[str, Any]) -> Any:
    """Return what must not depend on the language."""
    return {
        "name": template["name"],
        "acceptance": template["acceptance"],
        "stages": [
            (
                *(stage.get(key) for key in ("name", "probability", "max_days", "silence_days")),
                stage.get("phase"),
                [(m["name"], m.get("required", True)) for m in stage["milestone"]],
            )
            for stage in template["stage"]
        ],
        "diagnosis": {
            phase: {cause: set(words) for cause, words in causes.items()}
            for phase, causes in template["diagnosis"].items()
        },
        "questions": set(template["questions"]),
    }


def test_three_templates_are_listed_with_their_stages_in_the_language(bare: Office) -> None:
    assert bare.does("pipeline", "templates").splitlines() == snapshot(
        [
            (
                "bidding: Bidding (Opportunity, Shortlisted, Proposal drafted, Quoted, "
                "Proposal confirmed, Terms agreed)"
            ),
            "general: General sales (Lead, Qualified, Proposal, Negotiation)",
            "renewal: Subscription renewal (Upcoming, Reviewed, Offered, Agreed)",
        ]
    )
    assert bare.does("pipeline", "templates", "--lang", "zh_CN").splitlines() == snapshot(
        [
            "bidding: 招投标 (机会, 入围, 方案制定, 报价, 方案确认, 商务确认)",
            "general: 通用销售 (线索, 商机确认, 方案报价, 商务谈判)",
            "renewal: 订阅续约 (临近到期, 成效复盘, 续约报价, 待签约)",
        ]
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_bidding_has_the_promised_names_and_probabilities_in_every_language(
    shipped: Shipped, lang: str
) -> None:
    stages = shipped("bidding", lang)["stage"]
    assert [(stage["name"], stage["probability"]) for stage in stages] == [
        ("opportunity", 10),
        ("shortlisted", 20),
        ("drafted", 40),
        ("quoted", 50),
        ("confirmed", 70),
        ("terms", 90),
    ]


@pytest.mark.parametrize(
    ("lang", "titles", "won"),
    [
        ("zh-Hans", ["机会", "入围", "方案制定", "报价", "方案确认", "商务确认"], "中标"),
        ("zh-Hant", ["商機", "入圍", "提案擬定", "報價", "提案確認", "條款確認"], "得標"),
    ],
)
def test_the_titles_of_bidding_are_in_the_language(
    shipped: Shipped, lang: str, titles: list[str], won: str
) -> None:
    template = shipped("bidding", lang)
    assert [stage["title"] for stage in template["stage"]] == titles
    assert template["won"] == won


def test_general_is_short_and_has_the_promised_stages(shipped: Shipped) -> None:
    stages = shipped("general", "en")["stage"]
    assert [s["name"] for s in stages] == ["lead", "qualified", "proposal", "negotiation"]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_one_structure_in_all_languages(shipped: Shipped, name: str) -> None:
    english, simplified, traditional = (frame(shipped(name, lang)) for lang in LANGUAGES)
    assert english == simplified == traditional


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_every_stage_has_limits_guidance_and_a_milestone_one_can_point_at(
    shipped: Shipped, name: str, lang: str
) -> None:
    before = 0
    for stage in shipped(name, lang)["stage"]:
        assert before < stage["probability"] < 100
        before = stage["probability"]
        assert 1 <= stage["silence_days"] <= stage["max_days"]
        assert stage["guidance"]
        assert any(milestone["required"] for milestone in stage["milestone"])


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_the_playbook_answers_every_phase_and_every_reason(
    shipped: Shipped, name: str, lang: str
) -> None:
    template = shipped(name, lang)
    assert set(template["diagnosis"]) == PHASES
    for causes in template["diagnosis"].values():
        assert len(causes) >= 3  # the contract's two explanations, and "unknown"
        assert "unknown" in causes
        for words in causes.values():
            assert set(words) == {"hypothesis", "ask", "do"}
            assert words["ask"].rstrip().endswith(("?", "？"))
    assert set(template["questions"]) == CODES
    for asked in template["questions"].values():
        assert asked
        assert all(question.endswith(("?", "？")) for question in asked)


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_the_words_are_real_and_said_once(shipped: Shipped, name: str, lang: str) -> None:
    said = texts(shipped(name, lang))
    sentences = [text for text in said if len(text) > (25 if lang == "en" else 10)]
    assert len(sentences) > 40
    assert len(set(sentences)) == len(sentences)
    for text in said:
        assert not re.search(r"(?i)\b(todo|tbd|fixme|xxx|lorem|placeholder|foo)\b|待定文字", text)
        assert "  " not in text


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_every_text_is_in_the_templates_language(shipped: Shipped, name: str, lang: str) -> None:
    for text in texts(shipped(name, lang)):
        han = [char for char in text if "\u4e00" <= char <= "\u9fff"]
        if lang == "en":
            assert text.isascii() or set(text) - set(map(chr, range(128))) <= set("’“”–—…é")
            assert not han
        else:
            letters = [char for char in text if char.isalpha()]
            assert len(han) > 0.9 * len(letters), text
            wrong = (SIMPLIFIED if lang == "zh-Hant" else TRADITIONAL) - SHARED
            assert not wrong & set(text), text


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_a_printed_template_applies_and_is_what_init_lays(
    bare: Office, shipped: Shipped, name: str, lang: str
) -> None:
    printed = bare.path.parent / "printed.toml"
    printed.write_text(bare.does("pipeline", "templates", name, "--lang", lang), encoding="utf-8")
    bare.does("init", "--template", name, "--lang", lang)
    assert "nothing was changed" in bare.does("pipeline", "apply", str(printed), "--lang", "en")
    assert tomllib.loads(bare.does("pipeline", "export")) == shipped(name, lang)


def test_what_the_customer_reads_follows_the_files_language(bare: Office) -> None:
    bare.does("init", "--lang", "zh-Hans", "--currency", "CNY", "--timezone", "Asia/Shanghai")
    bare.on("2026-11-02").does("deal", "add", "方舟品牌发布", "--amount", "120万")
    (row,) = bare.on("2026-11-23").stalled()
    for key in ("hypothesis", "ask", "do"):
        assert re.search("[\u4e00-\u9fff]", row["diagnosis"][key])
    (first, *_) = bare.asks("milestone", "list")["rows"]
    assert first["title"] == "客户在邮件或经其确认的会议纪要中写明项目、预算和时间"


@pytest.mark.parametrize(
    ("words", "code"), [(("auction",), 3), (("--lang", "fr"), 2), (("bidding", "--lang", ""), 2)]
)
def test_an_unknown_template_or_language_is_one_sentence(
    bare: Office, words: tuple[str, ...], code: int
) -> None:
    ran = bare("pipeline", "templates", *words)
    assert (ran.code, ran.out) == (code, "")
    assert (repr(words[-1]) if words[-1] else "--lang needs a value") in ran.err
    assert ran.err.count("\n") == 1
