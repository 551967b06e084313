"""An examination: what is wrong with a file and its place, and what to do about it."""

from __future__ import annotations

import os
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_migrations import lay

from funnelcli.cli import program
from funnelcli.domain.health import (
    State,
    conflicted_copies,
    loses_commits_in_wal,
    network_mount,
    synchronised_folder,
)
from funnelcli.store import examination, file
from funnelcli.store.file import SCHEMA_VERSION

if TYPE_CHECKING:
    from conftest import Office, Ran

CHECKS = [
    *("file", "integrity", "references", "settings", "derived", "journal mode", "journal"),
    *("rights", "place", "copies", "backups"),
]


@pytest.fixture
def deals(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with two deals on a local disk, whatever the computer says of its folders."""
    office.does("deal", "add", "Ark", "--amount", "120万")
    office.does("deal", "add", "Bright")
    office.does("log", "Ark", "called", "--next", "send terms", "--due", "fri")
    monkeypatch.setattr(examination, "MOUNTS", Path("/nowhere"))
    return office


def found(office: Office) -> dict[str, dict[str, Any]]:
    """Return the checks by name."""
    return {row["check"]: row for row in office("doctor", "-f", "json").rows}


def findings(office: Office) -> list[str]:
    return [name for name, row in found(office).items() if row["state"] in ("warning", "fault")]


def spoil(office: Office, *statements: str) -> None:
    """Change the file behind the program's back."""
    with closing(sqlite3.connect(office.path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def break_an_index(office: Office) -> None:
    with closing(sqlite3.connect(office.path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_deal_owner_id'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(office.path.read_bytes())
    content[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\x00\x00"
    office.path.write_bytes(content)


# A file that is well


def test_a_good_file_is_well_from_all_sides(deals):
    answer = deals.asks("doctor")
    assert answer["schema"] == "funnelcli.doctor/1"
    assert [row["check"] for row in answer["rows"]] == CHECKS
    assert {row["state"] for row in answer["rows"]} == {"ok"}
    assert [list(row) for row in answer["rows"]] == [["check", "state", "text", "remedy"]] * len(
        CHECKS
    )
    assert answer["totals"] == {"ok": len(CHECKS), "note": 0, "warning": 0, "fault": 0}
    assert "All is well." in deals.does("doctor")
    assert deals("doctor", "--exit-code").code == 0


@pytest.mark.parametrize("more", [[], ["--repair"], ["--exit-code"]], ids=" ".join)
def test_looking_changes_nothing(deals, more):
    before = deals.path.read_bytes()
    deals("doctor", *more)
    assert deals.path.read_bytes() == before
    assert [path.name for path in deals.path.parent.iterdir()] == ["funnel.db"]


def test_without_a_file_there_is_nothing_to_look_at(bare):
    assert bare("doctor").code == 10


def test_an_older_schema_is_a_note(bare, monkeypatch):
    monkeypatch.setattr(examination, "MOUNTS", Path("/nowhere"))
    lay(1, bare.path)
    before = bare.path.read_bytes()
    rows = found(bare)
    assert (rows["file"]["state"], rows["derived"]["state"]) == ("note", "note")
    assert "schema 1" in rows["file"]["text"]
    assert bare("doctor", "--exit-code", "--repair").code == 0
    assert bare.path.read_bytes() == before


def test_a_newer_schema_exits_12_and_says_to_upgrade(deals):
    spoil(deals, f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    ran = deals("doctor", "-f", "json")
    assert ran.code == 12
    assert ran.rows[0]["state"] == "warning"
    assert ran.rows[0]["remedy"] == "Upgrade funnelcli."


# Damage


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE song (title TEXT); INSERT INTO song VALUES ('La')")


NOT_OURS = {
    "a folder": folder,
    "another program's": foreign,
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("It was a dark and stormy night.\n" * 99),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "header gone": lambda path: path.write_bytes(bytes(100) + path.read_bytes()[100:]),
}


@pytest.mark.parametrize("what", NOT_OURS)
@pytest.mark.parametrize("exit_code", [[], ["--exit-code"], ["--repair"]], ids=str)
def test_what_is_no_funnelcli_file_exits_13_with_the_table(deals, what, exit_code):
    NOT_OURS[what](deals.path)
    ran = deals("doctor", *exit_code, "-f", "json")
    assert ran.code == 13
    assert (ran.rows[0]["check"], ran.rows[0]["state"]) == ("file", "fault")
    assert str(deals.path) in ran.rows[0]["text"]


def test_a_damaged_index_is_a_fault(deals):
    break_an_index(deals)
    ran = deals("doctor", "-f", "json")
    assert ran.code == 13
    row = next(row for row in ran.rows if row["check"] == "integrity")
    assert row["state"] == "fault"
    assert "ix_deal_owner_id" in row["text"]
    assert "funnelcli restore FILE" in row["remedy"]


def test_a_broken_rule_is_a_fault(deals):
    spoil(deals, "PRAGMA ignore_check_constraints=ON", "UPDATE deal_fact SET amount = -1")
    assert "integrity" in findings(deals)


def test_a_reference_to_nothing_is_a_fault(deals):
    spoil(deals, "UPDATE log SET by_id = 999 WHERE id = 1")
    ran = deals("doctor", "-f", "json")
    assert ran.code == 13
    row = next(row for row in ran.rows if row["check"] == "references")
    assert row["text"] == "Broken: row 1 of log refers to a member that is not."


@pytest.mark.parametrize(
    "how",
    [
        "UPDATE setting SET value = 'Nowhere/Land' WHERE key = 'timezone'",
        "UPDATE setting SET value = 'someday' WHERE key = 'week'",
        "UPDATE setting SET value = 'soon' WHERE key = 'holidays'",
        "DELETE FROM setting WHERE key = 'currency'",
        "DELETE FROM setting",
    ],
)
def test_settings_that_make_no_sense_are_a_fault_for_every_command(deals, how):
    spoil(deals, how)
    ran = deals("doctor", "-f", "json")
    assert ran.code == 13
    assert next(row for row in ran.rows if row["check"] == "settings")["state"] == "fault"
    for words in (("funnel",), ("log", "1", "called")):
        ran = deals(*words)
        assert (ran.code, ran.out) == (13, "")
        assert "settings" in ran.err


def crashed(ran: Ran) -> bool:
    return "fault of funnelcli" in ran.err or "Traceback" in ran.err


def test_no_damage_makes_an_examination_crash(deals, figure):
    content = deals.path.read_bytes()
    dice = random.Random(20261123)
    for _ in range(150):
        spoiled = bytearray(content)
        for _ in range(dice.choice((1, 1, 8, 64))):
            spoiled[dice.randrange(len(spoiled))] ^= 1 << dice.randrange(8)
        deals.path.write_bytes(spoiled)
        ran = deals("doctor", "--exit-code", "-f", "json")
        assert not crashed(ran), ran
        assert ran.code in (0, 12, 13, 20), ran
        assert ran.json["schema"] == "funnelcli.doctor/1"
    for _ in range(40):
        deals.path.write_bytes(content[: dice.randrange(len(content))])
        ran = deals("doctor", "-f", "json")
        assert not crashed(ran), ran
        assert ran.code == 13, ran
    figure("damaged files examined by doctor without a crash", 190)


def test_a_text_that_lost_its_kind_is_told_as_damage_by_whoever_reads_it(deals):
    spoil(deals, "UPDATE deal SET competitor = x'41ff'")
    ran = deals("deal", "list", "-f", "json")
    assert ran.code == 13
    assert "a value in it makes no sense" in ran.err


# What is derived


STRAY = [
    ("UPDATE deal SET amount = 1 WHERE id = 1", "1 Ark (amount)"),
    ("UPDATE deal SET stage_id = 3, live = 0 WHERE id = 2", "2 Bright (stage_id, live)"),
    ("UPDATE deal SET next_step = NULL WHERE id = 1", "1 Ark (next_step)"),
    ("UPDATE deal SET name = 'Noah' WHERE id = 1", "1 Ark (name)"),
    ("UPDATE deal SET pushes = 7", "1 Ark (pushes); 2 Bright (pushes)"),
]


@pytest.mark.parametrize(("how", "named"), STRAY)
def test_a_value_that_its_facts_do_not_amount_to_is_a_fault(deals, how, named):
    spoil(deals, how)
    row = found(deals)["derived"]
    assert row["state"] == "fault"
    assert row["text"] == f"Not what the facts amount to: {named}."
    assert "funnelcli doctor --repair" in row["remedy"]
    assert deals("doctor").code == 0
    assert deals("doctor", "--exit-code").code == 20


@pytest.mark.parametrize(("how", "named"), STRAY)
def test_repair_computes_what_is_derived_anew_and_says_so(deals, how, named):
    before = deals.asks("deal", "list")["rows"]
    spoil(deals, how)
    ran = deals("doctor", "--repair", "-f", "json")
    assert ran.code == 0
    assert {row["state"] for row in ran.rows} == {"ok"}
    deal = named.split(" (")[0]
    assert ran.err.startswith("Computed anew what the facts of ")
    assert deal in ran.err
    assert deals.asks("deal", "list")["rows"] == before
    with closing(sqlite3.connect(deals.path)) as connection:
        operations = connection.execute("SELECT command, summary FROM operation").fetchall()
    assert operations[-1] == ("doctor --repair", ran.err.strip())


def test_repair_has_nothing_to_do_in_a_good_file(deals):
    before = deals.path.read_bytes()
    assert deals("doctor", "--repair").err.startswith("There is nothing that --repair mends")
    assert deals.path.read_bytes() == before


def test_repair_leaves_a_damaged_file_alone(deals):
    break_an_index(deals)
    before = deals.path.read_bytes()
    assert deals("doctor", "--repair").code == 13
    assert deals.path.read_bytes() == before


def test_at_most_three_strayed_deals_are_named(deals):
    for n in range(4):
        deals.does("deal", "add", f"More {n}")
    spoil(deals, "UPDATE deal SET pushes = 7")
    assert found(deals)["derived"]["text"].endswith("; and 3 more.")


# Rights and place


@pytest.mark.parametrize(
    ("mode", "state", "remedy"),
    [
        (0o600, "ok", None),
        (0o660, "ok", None),
        (0o644, "warning", "chmod 600 {}"),
        (0o666, "warning", "chmod 660 {}"),
        (0o604, "warning", "chmod 600 {}"),
        (0o640, "note", "chmod 660 {}"),
    ],
)
def test_who_may_read_the_file_is_looked_at(deals, mode, state, remedy):
    deals.path.chmod(mode)
    row = found(deals)["rights"]
    assert row["state"] == state
    assert row["remedy"] == (remedy.format(deals.path) if remedy else None)


def test_a_folder_that_everybody_writes_is_a_warning(deals):
    deals.path.parent.chmod(0o777)
    assert found(deals)["rights"]["remedy"] == f"chmod o-w {deals.path.parent}"
    deals.path.parent.chmod(0o1777)  # as /tmp: nobody replaces another's file
    assert found(deals)["rights"]["state"] == "ok"


def test_a_folder_that_one_cannot_write_is_a_warning(deals, monkeypatch):
    real = os.access
    monkeypatch.setattr(os, "access", lambda p, m: Path(p).is_file() and real(p, m))
    row = found(deals)["rights"]
    assert row["state"] == "warning"
    assert row["remedy"] == f"chmod u+w {deals.path.parent}"


def test_wal_is_a_warning_with_its_remedy(deals):
    spoil(deals, "PRAGMA journal_mode=WAL")
    row = found(deals)["journal mode"]
    assert row["state"] == "warning"
    assert row["remedy"].endswith(f"sqlite3 {deals.path} 'PRAGMA journal_mode=DELETE'")


@pytest.mark.parametrize(
    ("version", "loses"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_which_sqlite_loses_commits_in_wal_is_known(version, loses):
    assert loses_commits_in_wal(version) is loses


def test_a_change_that_was_cut_off_is_rolled_back_and_said(deals):
    with closing(sqlite3.connect(deals.path, isolation_level=None)) as cut:
        cut.execute("PRAGMA cache_size=1")
        cut.execute("BEGIN")
        cut.execute("UPDATE deal SET name = 'half done'")
        cut.execute("CREATE TABLE large AS SELECT randomblob(90000) AS x")
        file_then, journal = deals.path.read_bytes(), Path(f"{deals.path}-journal").read_bytes()
    Path(f"{deals.path}-journal").write_bytes(journal)
    deals.path.write_bytes(file_then)
    row = found(deals)["journal"]
    assert row["state"] == "note"
    assert "rolled back" in row["text"]
    assert found(deals)["journal"]["state"] == "ok"
    assert [row["name"] for row in deals.asks("deal", "list")["rows"]] == ["Ark", "Bright"]


def test_a_command_that_is_writing_just_now_is_no_finding(deals):
    with closing(sqlite3.connect(deals.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE deal SET source = 'fair'")
        rows = found(deals)
    assert rows["journal"]["state"] == "note"
    assert "writing just now" in rows["journal"]["text"]


def test_a_file_locked_for_the_whole_wait_exits_11(deals, monkeypatch):
    monkeypatch.setattr(file, "PATIENCE", 0.05)
    with closing(sqlite3.connect(deals.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert deals("doctor").code == 11


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/local xfs rw 0 0
//nas/sales /mnt/The\\040Sales cifs rw 0 0
user@host: /mnt/ssh fuse.sshfs rw 0 0
/dev/sdc1 /mnt/stick fuseblk rw 0 0
C:\\134 /mnt/c 9p rw 0 0
afs /afs afs rw 0 0
tmpfs /mnt/ssh/tmp tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/funnel.db", None),
        ("/home/jiang/funnel.db", "nfs4"),
        ("/home/local/funnel.db", None),
        ("/homework/funnel.db", None),
        ("/mnt/The Sales/funnel.db", "cifs"),
        ("/mnt/ssh/funnel.db", "fuse.sshfs"),
        ("/mnt/ssh/tmp/funnel.db", None),
        ("/mnt/stick/funnel.db", None),
        ("/mnt/c/funnel.db", "9p"),
        ("/afs/cell/funnel.db", "afs"),
    ],
)
def test_a_network_file_system_is_known_from_the_mounts(path, kind):
    assert network_mount(path, MOUNTS) == kind


def test_an_unreadable_table_of_mounts_names_none():
    assert network_mount("/srv/funnel.db", "") is None
    assert network_mount("/srv/funnel.db", "nonsense\n\n") is None


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/home/li/Dropbox/sales", "Dropbox"),
        ("/home/li/Dropbox (Ark)/sales", "Dropbox (Ark)"),
        ("/home/li/OneDrive - Ark Ltd", "OneDrive - Ark Ltd"),
        ("/home/li/Google Drive/My Drive", "Google Drive"),
        ("/Users/li/Library/CloudStorage/GoogleDrive-li@ark.example", "GoogleDrive-li@ark.example"),
        ("/Users/li/Library/Mobile Documents/com~apple", "Mobile Documents"),
        ("/home/li/Nextcloud", "Nextcloud"),
        ("/home/li/ownCloud/sales", "ownCloud"),
        ("/home/li/Nutstore Files", "Nutstore Files"),
        ("/home/li/我的坚果云/销售", "我的坚果云"),
        ("/home/li/sales", None),
        ("/home/li/nextcloudless", None),
        ("/home/li/drive", None),
    ],
)
def test_a_synchronised_folder_is_known_by_its_name(path, known):
    assert synchronised_folder(Path(path).parts) == known


def test_conflicted_copies_are_known_by_their_names():
    siblings = [
        "funnel.db",
        "funnel (Li's conflicted copy 2026-11-20).db",
        "funnel.sync-conflict-20261120-101500-ABCDEFG.db",
        "funnel_冲突文件_li_20261120.db",
        "notes (conflicted copy).txt",
        "funnel.db.backups",
    ]
    assert conflicted_copies("funnel", siblings) == sorted(siblings[1:4])


def test_a_risky_place_is_a_warning_with_a_way_out(deals, monkeypatch, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path} nfs rw 0 0\n")
    monkeypatch.setattr(examination, "MOUNTS", mounts)
    row = found(deals)["place"]
    assert row["state"] == "warning"
    assert "nfs" in row["text"]
    assert "local folder" in row["remedy"]


def test_a_folder_that_syncthing_watches_is_a_warning(deals):
    (deals.path.parent / ".stfolder").mkdir()
    assert found(deals)["place"]["state"] == "warning"


def test_a_conflicted_copy_beside_the_file_is_a_warning(deals):
    (deals.path.parent / "funnel (conflicted copy).db").touch()
    row = found(deals)["copies"]
    assert row["state"] == "warning"
    assert "funnel (conflicted copy).db" in row["text"]


def test_every_command_that_a_remedy_names_exists():
    source = Path(examination.__file__).read_text(encoding="utf-8")
    known = set(program().commands)
    named = set(re.findall(r"funnelcli (backup|doctor|history|restore|undo)", source))
    assert named == {"restore", "doctor", "history"}
    assert named <= known


def test_only_warnings_and_faults_are_findings():
    assert [state for state in State if state.finding] == [State.WARNING, State.FAULT]


# What there is to bring back


def test_the_newest_backup_made_without_asking_is_named(deals, tmp_path):
    assert found(deals)["backups"]["text"] == "No automatic backup yet."
    mine = str(tmp_path / "mine.db")
    deals.does("backup", mine)
    for day in ("2026-11-24", "2026-11-25"):
        deals.on(day).does("restore", mine)
    named = found(deals)["backups"]["text"]
    assert named.startswith("The newest automatic backup is ")
    assert Path(named.rpartition(" ")[2].removesuffix(".")).name.startswith("20261125")


def test_why_a_file_cannot_be_read_is_said(deals):
    deals.path.write_bytes(deals.path.read_bytes()[:20_000])
    row = found(deals)["file"]
    assert (row["state"], "malformed" in row["text"]) == ("fault", True)
    assert "funnelcli restore FILE" in row["remedy"]
