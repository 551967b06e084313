"""`export DIR`: canonical tables that a fresh file imports and exports again, byte for byte."""

import csv
import io
import stat
from pathlib import Path
from typing import Any

import pytest
from conftest import MONDAY, Office
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

TABLES = ("deals", "stages", "logs", "contacts")
HEADERS = {
    "deals": "id,name,customer,owner,pipeline,stage,status,amount,currency,"
    "opened_on,closed_on,expected_close,source,lost_reason",
    "stages": "deal,stage,at,by",
    "logs": "deal,at,by,kind,text,with,claim",
    "contacts": "name,company,title,deal,role,stance",
}


def exported(office: Office, *words: str, to: str = "out") -> dict[str, bytes]:
    """Export into a folder and return what lies in it."""
    folder = office.path.parent / to
    office.does("export", str(folder), *words)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows(tables: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tables[f"{name}.csv"].decode())))


def a_fresh_file(office: Office) -> Office:
    """Return an office with the same team and no deal; the first call keeps its bytes aside."""
    kept = office.path.with_suffix(".fresh")
    if not kept.exists():
        kept.write_bytes(office.path.read_bytes())
    office.path.write_bytes(kept.read_bytes())
    return office.at(MONDAY)


def again(office: Office) -> dict[str, bytes]:
    """Return what a fresh file exports that has imported what lies in `out`."""
    a_fresh_file(office)
    for name in TABLES:
        office.does("import", name, str(office.path.parent / "out" / f"{name}.csv"))
    return exported(office, to="again")


# What is written


def test_an_empty_file_exports_its_headers_and_its_process(office: Office) -> None:
    tables = exported(office)
    assert set(tables) == {*(f"{name}.csv" for name in TABLES), "pipeline-bidding.toml"}
    for name in TABLES:
        assert tables[f"{name}.csv"].decode() == HEADERS[name] + "\n"


def test_a_deals_life_is_written_under_the_canonical_headers(office: Office) -> None:
    office.on("2026-10-01").does(
        *("deal", "add", "Ark launch 方舟", "--customer", "Ark", "--owner", "Li"),
        *("--amount", "1.2m", "--close", "2026-12-18", "--source", "fair"),
    )
    office.on("2026-10-12").does("deal", "advance", "1", "--force", "--reason", "known")
    office.on("2026-10-20").does(
        *("log", "1", "nearly nailed", "--kind", "visit", "--with", "Liu Wei 刘伟"),
        *("--claim", "90", "--as", "Xiao Li"),
    )
    office.on("2026-11-02").does("deal", "lose", "1", "--reason", "price", "--as", "Xiao Li")
    tables = exported(office.at(MONDAY))
    assert rows(tables, "deals") == [
        dict(
            zip(
                HEADERS["deals"].split(","),
                [
                    *("#1", "Ark launch 方舟", "Ark", "Xiao Li", "bidding", "shortlisted", "lost"),
                    *("1200000", "CNY", "2026-10-01", "2026-11-02", "2026-12-18", "fair", "price"),
                ],
                strict=True,
            )
        )
    ]
    assert [tuple(row.values()) for row in rows(tables, "stages")] == [
        ("#1", "opportunity", "2026-10-01T01:00:00Z", "Jiang Yue"),
        ("#1", "shortlisted", "2026-10-12T01:00:00Z", "Jiang Yue"),
        ("#1", "lost", "2026-11-02T01:00:00Z", "Xiao Li"),
    ]
    assert [tuple(row.values()) for row in rows(tables, "logs")] == [
        ("#1", "2026-10-20T01:00:00Z", "Xiao Li", "visit", "nearly nailed", "Liu Wei 刘伟", "90"),
    ]


def test_amounts_are_exact_and_plain(office: Office) -> None:
    for name, amount in (("Ark", "1,200,000.50"), ("Bright", "0.07"), ("Cobalt", "9999亿")):
        office.does("deal", "add", name, "--amount", amount)
    office.does("deal", "add", "Delta")
    found = [row["amount"] for row in rows(exported(office), "deals")]
    assert found == ["1200000.50", "0.07", "999900000000", ""]


def test_an_earlier_day_is_exported_as_it_was_known(office: Office) -> None:
    office.on("2026-11-02").does("deal", "add", "Ark", "--amount", "100")
    office.on("2026-11-10").does("deal", "edit", "Ark", "--amount", "150")
    office.at(MONDAY).does("deal", "win", "Ark", "--force", "--reason", "signed")
    tables = exported(office, "--as-of", "2026-11-09")
    assert [(r["status"], r["amount"]) for r in rows(tables, "deals")] == [("open", "100")]
    assert [row["stage"] for row in rows(tables, "stages")] == ["opportunity"]


def test_the_tables_are_private_and_nothing_else_is_left(office: Office) -> None:
    office.does("deal", "add", "Ark")
    exported(office)
    folder = office.path.parent / "out"
    assert all(path.suffix in (".csv", ".toml") for path in folder.iterdir())
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def test_a_folder_that_cannot_be_made_is_one_sentence(office: Office) -> None:
    ran = office("export", str(office.path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1


def test_a_pipelines_name_never_leads_out_of_the_folder(office: Office) -> None:
    for name in ("north/south", "../../elsewhere", "/tmp/elsewhere"):
        path = office.path.parent / "process.toml"
        path.write_text(f'name = "{name}"\n[[stage]]\nname = "only"\nprobability = 50\n')
        office.does("pipeline", "apply", str(path))
    before = {path for path in office.path.parent.rglob("*") if path.is_file()}
    tables = exported(office)
    assert len([name for name in tables if name.startswith("pipeline-")]) == 4
    folder = office.path.parent / "out"
    after = {path for path in office.path.parent.rglob("*") if path.is_file()}
    assert {path.parent for path in after - before} == {folder}


def test_the_exported_process_is_as_the_file_has_it(office: Office) -> None:
    exported(office)
    path = office.path.parent / "out" / "pipeline-bidding.toml"
    assert "nothing was changed" in office.does("pipeline", "apply", str(path))


# Text is inert, and comes back as it was

FORMULAS = ["=1+1", "+49 30 1", "-3 %", "@all", "'quoted", "'=1", "''", "=HYPERLINK(1)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_and_it_comes_back_as_it_was(office: Office, text: str) -> None:
    a_fresh_file(office)
    said = "see with" if text.startswith("-") else text
    office.does("deal", "add", "Ark", "--customer", text, "--source", text)
    office.does("log", "Ark", said, "--with", text)
    first = exported(office)
    for name in TABLES:
        cells = [cell for row in rows(first, name) for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert again(office) == first
    assert (office.deal("Ark")["customer"], office.deal("Ark")["source"]) == (text, text)
    (log,) = [row for row in office.asks("timeline", "Ark")["rows"] if row["kind"] == "call"]
    assert log["text"].startswith(said)
    assert text in log["text"]


# The law: import of an export into a fresh file exports the same bytes

texts = (
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12
    )
    | st.sampled_from([*FORMULAS, 'say "so", then', "方舟, 电子", "a;b", "ſ", "①"])
).filter(lambda text: text.strip() != "" and not text.startswith("-"))
numbers = st.integers(1, 3)
BRIEFLY = (Phase.explicit, Phase.generate)
"""An example runs a dozen commands and is short as it is: a failing one is not made smaller."""
steps = st.one_of(
    st.tuples(st.just("add"), texts, texts, st.integers(0, 10**9)),
    st.tuples(st.just("log"), numbers, texts, st.sampled_from(["call", "note", "email"])),
    st.tuples(st.just("claim"), numbers, texts, st.integers(0, 100)),
    st.tuples(st.just("advance"), numbers),
    st.tuples(st.just("back"), numbers),
    st.tuples(st.just("win"), numbers),
    st.tuples(st.just("lose"), numbers, st.sampled_from(["price", "fit"])),
    st.tuples(st.just("reopen"), numbers),
    st.tuples(st.just("edit"), numbers, texts),
)


def command(step: tuple[Any, ...]) -> list[str]:
    """Return what is typed for a step of a deal's life."""
    verb, first, *rest = step
    deal, known = str(first), ["--force", "--reason", "known"]
    if verb == "add":
        customer, cents = rest
        amount = ["--amount", f"{cents // 100}.{cents % 100:02}"] if cents else []
        return ["deal", "add", f"D {first}", "--customer", customer, *amount]
    return {
        "log": lambda: ["log", deal, rest[0], "--kind", rest[1], "--as", "Xiao Li"],
        "claim": lambda: ["log", deal, rest[0], "--claim", str(rest[1]), "--with", "Liu"],
        "advance": lambda: ["deal", "advance", deal, *known],
        "win": lambda: ["deal", "win", deal, *known],
        "back": lambda: ["deal", "back", deal, "--to", "opportunity", "--reason", "known"],
        "lose": lambda: ["deal", "lose", deal, "--reason", rest[0], "--as", "Wang Fang"],
        "reopen": lambda: ["deal", "reopen", deal, "--reason", "known"],
        "edit": lambda: ["deal", "edit", deal, "--source", rest[0], "--close", "+5w"],
    }[verb]()


@settings(max_examples=25, phases=BRIEFLY)
@given(st.lists(steps, min_size=1, max_size=10))
def test_a_life_that_was_lived_here_comes_back_byte_for_byte(
    office: Office, life: list[tuple[Any, ...]]
) -> None:
    a_fresh_file(office)
    office.on("2026-11-02").does("deal", "add", "First")
    for day, step in enumerate(life, 3):
        assert office.on(f"2026-11-{day:02}")(*command(step)).code in (0, 3, 4)
    first = exported(office.at(MONDAY))
    assert again(office) == first


days = st.integers(0, 76).map(lambda n: f"2026-{9 + n // 28:02}-{1 + n % 28:02}")
moves = st.tuples(st.sampled_from(["opportunity", "drafted", "terms", "won", "lost"]), days)
deals = st.fixed_dictionaries(
    {
        "name": texts,
        "customer": st.just("") | texts,
        "owner": st.sampled_from(["", "Xiao Li", "Wang Fang"]),
        "stage": st.sampled_from(["", "opportunity", "quoted"]),
        "status": st.sampled_from(["open", "won", "lost"]),
        "amount": st.just("") | st.integers(0, 10**6).map(str),
        "opened_on": st.sampled_from(["", "2026-08-01"]),
        "closed_on": st.sampled_from(["", "2026-11-21"]),
        "expected_close": st.just("") | days,
        "source": st.just("") | texts,
        "lost_reason": st.sampled_from(["", "price"]),
    }
)


def a_csv(path: Path, header: str, table: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header.split(","), *table])
    return str(path)


@settings(max_examples=25, phases=BRIEFLY)
@given(
    st.lists(deals, min_size=1, max_size=3),
    st.lists(st.tuples(numbers, moves), max_size=6, unique_by=lambda move: (move[0], move[1][1])),
)
def test_tables_that_came_from_elsewhere_come_back_byte_for_byte(
    office: Office, found: list[dict[str, str]], moved: list[tuple[int, tuple[str, str]]]
) -> None:
    a_fresh_file(office)
    for row in found:
        if row["status"] == "open":
            row["closed_on"] = ""
        if row["status"] != "lost":
            row["lost_reason"] = ""
    folder = office.path.parent
    columns = sorted(found[0])
    table = [[f"A{n}", *(row[c] for c in columns)] for n, row in enumerate(found, 1)]
    office.does("import", "deals", a_csv(folder / "in.csv", ",".join(["id", *columns]), table))
    ways = [
        [f"A{n}", stage, day]
        for n, (stage, day) in moved
        if n <= len(found) and stage not in ({"won", "lost"} - {found[n - 1]["status"]})
    ]
    office.does("import", "stages", a_csv(folder / "in.csv", "deal,stage,at", ways))
    first = exported(office)
    assert again(office) == first


def test_a_deal_that_was_opened_again_comes_back_open(office: Office) -> None:
    a_fresh_file(office)
    office.on("2026-10-01").does("deal", "add", "Ark")
    office.on("2026-10-12").does("deal", "lose", "Ark", "--reason", "price")
    office.on("2026-11-02").does("deal", "reopen", "Ark", "--reason", "their budget is back")
    exported(office.at(MONDAY))
    again(office)
    assert (office.deal("Ark")["status"], office.deal("Ark")["closed_on"]) == ("open", None)
    assert office.deal("Ark", "--as-of", "2026-10-20")["status"] == "lost"


def test_an_export_imported_into_its_own_file_changes_nothing(office: Office) -> None:
    office.on("2026-10-01").does("deal", "add", "Ark", "--amount", "1200", "--customer", "=Ark")
    office.on("2026-10-12").does("deal", "advance", "1", "--force", "--reason", "known")
    office.on("2026-10-20").does("log", "1", "met them", "--kind", "visit", "--claim", "60")
    office.on("2026-11-02").does("deal", "lose", "1", "--reason", "price")
    first = exported(office.at(MONDAY))
    before = office.path.read_bytes()
    for name in TABLES:
        said = office.does("import", name, str(office.path.parent / "out" / f"{name}.csv"))
        assert ": 0 new, 0 changed, " in said
    assert office.path.read_bytes() == before
    assert exported(office) == first
