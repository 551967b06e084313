"""The commands of docs/import.md on tables that nobody here wrote, and what comes out again.

The count reads the files with `csv` and knows nothing of funnelcli.
"""

import itertools
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from test_real_data import DATA, HARDWARE_END, MAVEN, PRICES, Kept, a_file, read

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"there are no real tables at {DATA} (FUNNELCLI_DATA says where)"
)

MAPS = Path(__file__).parents[1] / "examples" / "maps"
PAGE = Path(__file__).parents[1] / "docs" / "import.md"
NOW = "2026-11-23T09:00:00Z"
CHANGES = DATA / "pipedrive-enpal" / "deal_changes.csv"


@pytest.fixture(scope="session")
def tables(tmp_path_factory):
    """Return a folder that holds a copy of the real tables, and the maps."""
    folder = tmp_path_factory.mktemp("tables") / "data"
    shutil.copytree(DATA, folder)
    return folder


def empty(folder, currency="USD"):
    kept = Kept(folder / "deals.db", NOW)
    place = ("--currency", currency, "--timezone", "UTC", "--manager", "Boss", "--lang", "en")
    kept.run("init", *place)
    return kept


def deals(kept):
    return {row["ref"]: row for row in kept.ask("deal", "list", "--status", "all")["rows"]}


def exported(kept, folder):
    kept.run("export", folder / "out")
    return {name: read(folder / "out" / f"{name}.csv") for name in ("deals", "stages", "logs")}


# The page


FOLDERS = {
    "Maven": ["maven-crm/original", "maven-crm/variant-ddmmyy"],
    "BPI": ["bpi2012"],
    "Leads": [
        f"olist-funnel/{each}" for each in ("original", "variant-ddmmyyyy", "variant-us-mdy")
    ],
    "A change log": ["pipedrive-enpal"],
    "Salesforce": ["salesforce-stage-history", "salesforce-seeds"],
    "HubSpot": ["hubspot-seeds"],
}
CURRENCIES = {"BPI": "EUR", "Leads": "BRL"}


def told_commands():
    """Return the commands of the page's examples under the word that opens each block."""
    block = PAGE.read_text(encoding="utf-8").split("## Examples")[1].split("```")[1]
    found, of = {}, ""
    for line in block.strip().splitlines():
        if line.startswith("# "):
            of = next(word for word in FOLDERS if line[2:].startswith(word))
        elif line:
            found.setdefault(of, []).append(line.split()[1:])
    return found


@pytest.mark.parametrize("of", FOLDERS)
def test_every_command_of_the_page_imports_its_table(of, tables, tmp_path):
    """A word that names a file is looked for among the tables, then among the maps."""
    ran = Counter()
    for place in FOLDERS[of]:
        (tmp_path / place).mkdir(parents=True)
        kept = empty(tmp_path / place, CURRENCIES.get(of, "USD"))
        for words in told_commands()[of]:
            beside = [tables / place, (tables / place).parent, MAPS]
            found = [next((d / w for d in beside if (d / w).is_file()), w) for w in words]
            table = words.index("import") + 2 if "import" in words else None
            if table and not isinstance(found[table], Path):
                continue  # it lies in another of the folders
            asked = "dmy" in words
            if place.endswith("variant-ddmmyy") and "maven" in words and not asked:
                assert "which can be read in several ways" in kept.run(*found, code=2).err
            elif not (place == "maven-crm/original" and asked):
                said = kept.run(*found)
                ran[" ".join(words)] += 1
                assert said.out.startswith(("Imported ", "Created ", "Changed ", "The pipeline"))
        assert "All is well." in kept.run("doctor").out
        assert deals(kept)
    assert len(ran) == len(told_commands()[of])


# Maven, saved again by somebody else


def test_the_same_hardware_with_other_dates_makes_the_same_deals(tmp_path):
    columns = ("id", "name", "customer", "owner", "stage", "status", "amount")
    dates = ("opened_on", "closed_on")
    made = []
    for name, table, words in (
        ("one", PRICES, ()),
        ("two", MAVEN / "variant-ddmmyy" / "sales_pipeline.csv", ("--dates", "dmy")),
    ):
        (tmp_path / name).mkdir()
        kept = a_file(tmp_path / name, HARDWARE_END, "USD", MAVEN / "pipeline.toml")
        kept.run("import", "deals", table, "--preset", "maven", "--create-missing", *words)
        rows = exported(kept, tmp_path / name)["deals"]
        made.append([tuple(row[key] for key in (*columns, *dates)) for row in rows])
    assert len(made[0]) == 8_800
    assert made[0] == made[1]


# Leads, the same in three formats


def test_leads_in_three_formats_are_opened_on_the_same_days(tables, tmp_path):
    found = {}
    for variant in ("original", "variant-ddmmyyyy", "variant-us-mdy"):
        folder = tables / "olist-funnel" / variant
        (tmp_path / variant).mkdir()
        kept = empty(tmp_path / variant, "BRL")
        leads = folder / "olist_marketing_qualified_leads_dataset.csv.gz"
        kept.run("import", "deals", leads, "--map", MAPS / "leads.deals.toml")
        found[variant] = {ref: row["opened_on"] for ref, row in deals(kept).items()}
        if variant == "original":
            expected = {row["mql_id"]: row["first_contact_date"][:10] for row in read(leads)}
            assert found[variant] == expected
    assert found["original"] == found["variant-ddmmyyyy"] == found["variant-us-mdy"]


def test_a_lead_won_before_it_was_there_is_left_out_and_the_others_are_won(tables, tmp_path):
    folder = tables / "olist-funnel" / "original"
    kept = empty(tmp_path, "BRL")
    leads = folder / "olist_marketing_qualified_leads_dataset.csv.gz"
    kept.run("import", "deals", leads, "--map", MAPS / "leads.deals.toml")
    said = kept.run(
        *("import", "stages", folder / "olist_closed_deals_dataset.csv"),
        *("--map", MAPS / "leads.stages.toml", "--skip-bad"),
    )
    opened = {row["mql_id"]: row["first_contact_date"] for row in read(leads)}
    wins = {
        row["mql_id"]: row["won_date"] for row in read(folder / "olist_closed_deals_dataset.csv")
    }
    early = [ref for ref, at in wins.items() if at[:10] < opened[ref][:10]]
    assert len(early) == 1
    assert "1 bad row in" in said.out
    won = {ref: row["closed_on"] for ref, row in deals(kept).items() if row["status"] == "won"}
    assert won == {ref: at[:10] for ref, at in wins.items() if ref not in early}


# A change log


@pytest.fixture(scope="session")
def changes(tables, tmp_path_factory):
    """Return the change log, imported; to be read only."""
    kept = a_file(tmp_path_factory.mktemp("changes"), NOW, "EUR", MAPS / "changelog.pipeline.toml")
    table = tables / "pipedrive-enpal" / "deal_changes.csv"
    words = ("--map", MAPS / "changelog.deals.toml", "--pipeline", "energy", "--create-missing")
    kept.run("import", "deals", table, *words)
    kept.run("import", "stages", table, "--map", MAPS / "changelog.stages.toml")
    return kept


def course():
    """Return by deal the numbers of its stages in order of time, out of the log itself."""
    found = {}
    for row in read(CHANGES):
        found.setdefault(row["deal_id"], [])
        if row["changed_field_key"] == "stage_id":
            found[row["deal_id"]].append((row["change_time"], int(row["new_value"])))
    return {ref: [stage for _, stage in sorted(moves)] for ref, moves in found.items()}


def test_a_change_log_brings_every_move_with_those_back_and_the_skips(changes, tmp_path):
    names = [row["stage"] for row in changes.ask("pipeline", "show", "energy")["rows"]]
    made = {}
    for row in exported(changes, tmp_path)["stages"]:
        if row["stage"] != "lost":
            made.setdefault(row["deal"], []).append(names.index(row["stage"]) + 1)
    expected = {ref: moves for ref, moves in course().items() if moves}
    assert made == expected
    steps = [(a, b) for moves in expected.values() for a, b in itertools.pairwise(moves)]
    assert (sum(b < a for a, b in steps), sum(b > a + 1 for a, b in steps)) == (8, 2_502)


def test_a_change_log_says_of_each_deal_what_it_said_last(changes):
    users = {row["id"]: row["name"] for row in read(CHANGES.with_name("users.csv"))}
    last = {}
    for row in sorted(read(CHANGES), key=lambda row: row["change_time"]):
        last[row["deal_id"], row["changed_field_key"]] = row
    found = deals(changes)
    assert len(found) == len({ref for ref, _ in last}) == 1_995
    for ref, row in found.items():
        owner = last.get((ref, "user_id"))
        assert row["owner"] == (owner and users[owner["new_value"]])
        assert row["opened_on"] == last[ref, "add_time"]["new_value"][:10]
        assert (row["status"], row["closed_on"]) == (
            *("lost", last[ref, "lost_reason"]["change_time"][:10]),
        )


def test_a_change_log_twice_changes_nothing(changes, tables, tmp_path):
    later = changes.copied(tmp_path, "2026-11-24T09:00:00Z")
    table = tables / "pipedrive-enpal" / "deal_changes.csv"
    for what in ("deals", "stages"):
        said = later.run("import", what, table, "--map", MAPS / f"changelog.{what}.toml")
        assert ": 0 new, 0 changed, " in said.out
    assert later.content() == changes.content()


def test_of_the_activities_those_of_known_deals_that_were_done_are_logged(
    tables, tmp_path, changes
):
    later = changes.copied(tmp_path, NOW)
    table = tables / "pipedrive-enpal" / "activity.csv"
    words = ("--map", MAPS / "changelog.logs.toml", "--create-missing", "--skip-bad")
    said = later.run("import", "logs", table, *words)
    known = set(course())
    done = [row for row in read(table) if row["done"] == "True"]
    logged = [row for row in done if row["deal_id"] in known]
    assert re.match(rf"Imported {len(logged)} logs: {len(logged)} new, ", said.out)
    rows = list(exported(later, tmp_path)["logs"])
    assert Counter(row["deal"] for row in rows) == Counter(row["deal_id"] for row in logged)
    bad = read(table.with_name("activity.bad.csv"))
    assert len(bad) == len(done) - len(logged)
