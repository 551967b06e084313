"""Many writers and readers at once: every command counts exactly once, no answer is torn."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from sizes import size
from soundness import assert_sound
from warm import Script, Warm

if TYPE_CHECKING:
    from pathlib import Path

WRITERS, COMMANDS, READERS = size(8, 40), size(25, 100), 4
QUESTIONS = (
    ("funnel", "--customer", "Pair", "-f", "json"),
    ("deal", "list", "--customer", "Pair", "-f", "json"),
)
PAIR = (
    "id,name,customer,stage,amount\n{0}-a,Left {0},Pair,quoted,50\n{0}-b,Right {0},Pair,terms,50\n"
)


def command(inputs: Path, writer: int, number: int) -> tuple[str, ...]:
    """Return what a writer does next; every fifth command brings in two deals at once."""
    mark = f"{writer}-{number}"
    turn = number % 5
    if turn == 4:
        table = inputs / f"{mark}.csv"
        table.write_text(PAIR.format(mark), encoding="utf-8")
        return ("import", "deals", str(table))
    return (
        ("log", f"Own {writer}.", f"call {mark}"),
        ("deal", "add", f"New {mark}", "--amount", "7"),
        ("deal", "edit", f"Own {writer}.", "--amount", str(1000 + number)),
        ("log", "Shared", f"visit {mark}", "--kind", "visit"),
    )[turn]


def test_every_command_of_many_writers_counts_once_and_no_reader_sees_a_half(
    office, tmp_path, figure
):
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    office.does("deal", "add", "Shared")
    for writer in range(WRITERS):
        office.does("deal", "add", f"Own {writer}.")
    warm = Warm(office.path, tmp_path / "aside")
    wanted = [
        [command(inputs, writer, number) for number in range(COMMANDS)] for writer in range(WRITERS)
    ]
    writers = [Script(warm, *commands) for commands in wanted]
    readers = [Script(warm, *QUESTIONS, over_and_over=True) for _ in range(READERS)]
    for each in (*writers, *readers):
        each.go()
    written = [ended for writer in writers for ended in writer.end()]
    for reader in readers:
        reader.stop()
    answers = [ended for reader in readers for ended in reader.end()]

    assert [ended for ended in (*written, *answers) if ended.code or ended.err] == []
    assert in_file(office.path) == Counter(said(command) for each in wanted for command in each)
    assert_sound(office.path)
    for answer in answers:
        assert_whole(json.loads(answer.out))
    assert len(answers) >= READERS
    figure("commands of writers at once, each counted once", len(written))
    figure("answers given meanwhile, none of them torn", len(answers))


def test_whoever_came_first_writes_first(office, tmp_path):
    warm = Warm(office.path, tmp_path / "aside")
    office.does("deal", "add", "Shared")
    texts = [f"call {number}" for number in range(8)]
    children = [warm.held("log", "Shared", text) for text in texts]
    with closing(sqlite3.connect(office.path, isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        for child in children:
            child.go()
            child.wait_until_it_waits()
        busy.execute("COMMIT")
    assert [child.end().code for child in children] == [0] * 8
    with closing(sqlite3.connect(office.path)) as connection:
        assert connection.execute("SELECT text FROM log ORDER BY id").fetchall() == [
            (text,) for text in texts
        ]


def said(args: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a command must have left in the file."""
    if args[0] == "log":
        return ("log", args[2])
    if args[0] == "import":
        return ("pair", args[2].rpartition("/")[2].removesuffix(".csv"))
    return ("amount", args[2], args[4]) if args[1] == "edit" else ("new", args[2])


def in_file(path: Path) -> Counter[tuple[str, ...]]:
    """Return what the commands left in the file, each as often as it is there."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("""
                SELECT 'log', text, NULL FROM log UNION ALL
                SELECT 'new', name, NULL FROM deal WHERE name LIKE 'New %' UNION ALL
                SELECT 'pair', substr(ref, 1, length(ref) - 2), NULL FROM deal
                WHERE ref IS NOT NULL GROUP BY 2 HAVING count(*) = 2 UNION ALL
                SELECT 'amount', d.name, CAST(f.amount / 100 AS TEXT) FROM deal_fact f
                JOIN deal d ON d.id = f.deal_id WHERE d.name LIKE 'Own %' AND f.amount IS NOT NULL
        """)
        return Counter(tuple(filter(None, row)) for row in found)


def assert_whole(answer: dict) -> None:
    """Make sure that an answer shows deals that came in two by two, two by two."""
    if answer["schema"] == "funnelcli.funnel/1":
        stages = {row["stage"]: row["deals"] for row in answer["rows"]}
        assert stages["quoted"] == stages["terms"]
        assert answer["totals"]["deals"] == 2 * stages["quoted"]
        assert answer["totals"]["amount"] == 50 * answer["totals"]["deals"]
    else:
        pairs = Counter(row["ref"][:-2] for row in answer["rows"])
        assert set(pairs.values()) <= {2}
