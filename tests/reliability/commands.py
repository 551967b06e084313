"""Every command of the program: how each that writes is tried, and what each question asks."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.cli import program
from funnelcli.store.file import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Office


class Writing(NamedTuple):
    """A writing command: what is done before, and its words.

    In words, {inputs} is a folder with tables to import, {folder} the one the file lies in. One
    that `founds` makes the file itself, and finds none; `spoiled` is SQL that makes work for the
    doctor; `schema` is the version in which the file is laid out, if it is not this one.
    """

    args: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    founds: bool = False
    spoiled: str = ""
    schema: int | None = None


DEAL = (("deal", "add", "Ark launch", "--owner", "Xiao Li", "--amount", "120万", "--on", "-9d"),)
LOGGED = (*DEAL, ("log", "1", "first visit"))
CLAIMED = (*DEAL, ("milestone", "claim", "1", "need-confirmed", "--evidence", "mail"))
IMPORTED = (("import", "deals", "{inputs}/deals.csv", "--create-missing"),)
KEPT = (*LOGGED, ("backup", "{inputs}/kept.db"), ("deal", "archive", "1"))
BY_LI = (*DEAL, ("log", "1", "can we?", "--ask", "--as", "Xiao Li"))
PLANNED = (*DEAL, ("plan", "add", "1", "show the concept", "--on", "2026-11-27"))
PEOPLE = (
    *DEAL,
    ("contact", "add", "Liu Wei 刘伟", "--company", "Ark", "--deal", "1", "--role", "user"),
    ("contact", "add", "Zhao Bing 赵兵", "--company", "Sanli"),
)
TOLD = (
    ("init", "--manager", "Jiang Yue", "--timezone", "Asia/Shanghai"),
    ("deal", "add", "Ark launch 方舟", "--amount", "120万"),
    ("export", "--all", "{inputs}/all.json"),
)
LATE = (*DEAL, ("deal", "edit", "1", "--stage", "terms"))

WRITING = {
    "log": Writing(
        ("log", "1", "second visit", "--claim", "80", "--next", "call", "--due", "2026-11-27"),
        (*PEOPLE, ("log", "1", "first visit")),
    ),
    "deal advance": Writing(("deal", "advance", "1", "--done", "mail"), LOGGED),
    "pipeline apply": Writing(("pipeline", "apply", "{inputs}/bidding.toml"), DEAL),
    "init": Writing(("init", "--manager", "Jiang Yue", "--timezone", "Asia/Shanghai"), founds=True),
    "config set": Writing(("config", "set", "days", "working"), DEAL),
    "team add": Writing(("team", "add", "Chen Tao", "--login", "chen")),
    "team edit": Writing(("team", "edit", "Xiao Li", "--login", "li")),
    "milestone claim": Writing(
        ("milestone", "claim", "1", "need-confirmed", "--evidence", "mail"), DEAL
    ),
    "milestone accept": Writing(("milestone", "accept", "1", "need-confirmed"), CLAIMED),
    "milestone reject": Writing(
        ("milestone", "reject", "1", "need-confirmed", "--reason", "old"), CLAIMED
    ),
    "milestone waive": Writing(
        ("milestone", "waive", "1", "need-confirmed", "--reason", "old"), DEAL
    ),
    "deal add": Writing(("deal", "add", "Bright", "--amount", "3", "--stage", "quoted"), DEAL),
    "deal edit": Writing(("deal", "edit", "1", "--amount", "90万", "--owner", "Wang Fang"), DEAL),
    "deal back": Writing(("deal", "back", "1", "--to", "drafted", "--reason", "anew"), LATE),
    "deal win": Writing(("deal", "win", "1", "--amount", "110万", "--done", "signed"), LATE),
    "deal lose": Writing(("deal", "lose", "1", "--reason", "price"), DEAL),
    "deal reopen": Writing(
        ("deal", "reopen", "1", "--reason", "budget"),
        (*DEAL, ("deal", "lose", "1", "--reason", "price")),
    ),
    "deal hold": Writing(
        ("deal", "hold", "1", "--until", "2026-12-07", "--reason", "budget"), DEAL
    ),
    "deal archive": Writing(("deal", "archive", "1"), DEAL),
    "ack": Writing(("ack", "1", "--until", "2026-12-07", "--reason", "abroad"), DEAL),
    "import deals": Writing(("import", "deals", "{inputs}/deals.csv", "--create-missing"), DEAL),
    "import stages": Writing(("import", "stages", "{inputs}/stages.csv"), IMPORTED),
    "import logs": Writing(("import", "logs", "{inputs}/logs.csv"), IMPORTED),
    "import contacts": Writing(("import", "contacts", "{inputs}/contacts.csv"), IMPORTED),
    "import all": Writing(("import", "all", "{inputs}/all.json"), TOLD, founds=True),
    "reply": Writing(("reply", "1", "3 %", "--by", "2026-11-27"), BY_LI),
    "inbox": Writing(("inbox", "--seen", "1"), BY_LI),
    "brief": Writing(("brief", "--mark"), BY_LI),
    "plan add": Writing(("plan", "add", "1", "visit them", "--on", "2026-11-27"), DEAL),
    "plan done": Writing(("plan", "done", "1", "--claim", "60"), PLANNED),
    "plan drop": Writing(("plan", "drop", "1", "--reason", "they came"), PLANNED),
    "contact add": Writing(
        ("contact", "add", "Gao Lan", "--deal", "1", "--stance", "for", "--school", "Fudan"), DEAL
    ),
    "contact edit": Writing(("contact", "edit", "1", "--title", "buyer"), PEOPLE),
    "contact join": Writing(("contact", "join", "1", "2", "--role", "champion"), PEOPLE),
    "contact leave": Writing(("contact", "leave", "1", "--to", "Logistics department"), PEOPLE),
    "contact replace": Writing(("contact", "replace", "1", "1", "2"), PEOPLE),
    "contact tie": Writing(
        ("contact", "tie", "Jiang Yue", "Zhao Bing", "--relation", "classmate"), PEOPLE
    ),
    "pipeline learn": Writing(
        ("pipeline", "learn", "--adopt"), (*DEAL, ("deal", "lose", "1", "--reason", "price"))
    ),
    "backtest": Writing(("backtest", "--save"), DEAL),
    "stalled": Writing(("stalled", "--since-last-run", "nightly"), DEAL),
    "target set": Writing(
        ("target", "set", "Xiao Li", "2026Q4", "300万"),
        (("target", "set", "Xiao Li", "2026Q4", "200万"),),
    ),
    "bonus": Writing(
        ("bonus", "--period", "2026-10", "--rules", "{inputs}/bonus.toml", "--issue"), DEAL
    ),
    "undo": Writing(("undo",), LOGGED),
    "redo": Writing(("redo",), (*LOGGED, ("undo",))),
    "backup": Writing(("backup", "{folder}/copy.db", "--overwrite"), LOGGED),
    "restore": Writing(("restore", "{inputs}/kept.db"), KEPT),
    "doctor": Writing(("doctor", "--repair"), DEAL, spoiled="UPDATE deal SET amount = 1"),
}
NEVER_UNDONE = {
    *("init", "import all", "undo", "redo", "backup", "restore", "doctor", "inbox", "brief"),
    *("backtest", "stalled"),
}
"""What begins a file, goes back and forth in it, or keeps it, and what a question remembers."""
UPGRADES = {
    f"upgrade of schema {path.stem}": Writing(("team", "list"), schema=int(path.stem))
    for path in sorted((Path(__file__).parent.parent / "schemas").glob("*.sql"))
    if int(path.stem) < SCHEMA_VERSION
}
"""What the first command on a file of each older version does, be it a question."""

QUESTIONS = {
    "funnel": ("funnel",),
    "stalled": ("stalled", "--all"),
    "next": ("next",),
    "segments": ("segments", "--by", "competitor"),
    "conversion": ("conversion",),
    "forecast": ("forecast",),
    "coverage": ("coverage",),
    "appraise": ("appraise", "--explain", "logs"),
    "velocity": ("velocity",),
    "diff": ("diff", "--since", "2026-11-20"),
    "timeline": ("timeline", "1"),
    "deal list": ("deal", "list", "--status", "all", "--archived"),
    "deal show": ("deal", "show", "1"),
    "plan list": ("plan", "list", "--state", "all"),
    "day": ("day",),
    "contact list": ("contact", "list"),
    "contact show": ("contact", "show", "1"),
    "who": ("who", "Ark"),
    "milestone list": ("milestone", "list"),
    "pipeline templates": ("pipeline", "templates"),
    "pipeline list": ("pipeline", "list"),
    "pipeline show": ("pipeline", "show"),
    "pipeline export": ("pipeline", "export"),
    "config show": ("config", "show"),
    "team list": ("team", "list"),
    "target list": ("target", "list"),
    "history": ("history",),
    "completion": ("completion", "bash"),
    "export": ("export", "{inputs}/tables"),
    "report": ("report",),
}
ELSEWHERE = {"demo"}
"""Writes a file of its own in a temporary folder, or where it is told to."""


def all_commands() -> set[str]:
    """Return the words of every command that the program has."""
    return set(_leaves(program(), ()))


def _leaves(command: object, words: tuple[str, ...]) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is None:
        yield " ".join(words)
    else:
        for name, each in below.items():
            yield from _leaves(each, (*words, name))


def spoken(args: tuple[str, ...], path: Path, inputs: Path) -> tuple[str, ...]:
    """Return a command's words with the folders of this test in them."""
    return tuple(word.format(inputs=inputs, folder=path.parent) for word in args)


DEALS = """id,name,customer,owner,pipeline,stage,status,amount,currency,opened_on
A-1,Harbour study 港口,Harbour 海港,Zhao Min,bidding,quoted,open,30000.50,CNY,2026-09-01
A-2,Rail audit,Rail Co,Zhao Min,bidding,opportunity,open,12000,CNY,2026-10-01
"""
STAGES = """deal,stage,at
A-1,drafted,2026-09-10
A-1,quoted,2026-10-12
A-2,opportunity,2026-10-01
"""
LOGS = """deal,at,by,kind,text
A-1,2026-10-13,Zhao Min,call,asked for the price
A-2,2026-10-14,Zhao Min,visit,walked along the line
"""
CONTACTS = """name,company,title,deal,role,stance
Zhao Bing 赵兵,Harbour 海港,buyer,A-1,champion,for
Liu Wei,Rail Co,,A-2,,
"""


def lay_schema(path: Path, number: int) -> None:
    """Put a file as an older version laid it out in the place of one."""
    path.unlink(missing_ok=True)
    old = Path(__file__).parent.parent / "schemas" / f"{number}.sql"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(old.read_text(encoding="utf-8"))


def lay_inputs(folder: Path) -> None:
    """Put the tables that the commands import into a folder, and a changed bidding process."""
    from funnelcli.playbooks.templates import source  # noqa: PLC0415  read once

    folder.mkdir()
    tables = {"deals": DEALS, "stages": STAGES, "logs": LOGS, "contacts": CONTACTS}
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    changed = source("bidding", "en").replace("max_days = 14", "max_days = 15")
    (folder / "bidding.toml").write_text(changed, encoding="utf-8")
    shutil.copy(Path(__file__).parents[2] / "examples" / "bonus.toml", folder)


class Stage:
    """A folder with a file as a command finds it, kept so that it can be set again and again."""

    def __init__(self, office: Office, writing: Writing, inputs: Path) -> None:
        lay_inputs(inputs)
        for words in writing.before:
            office.does(*spoken(words, office.path, inputs))
        if writing.founds:
            office.path.unlink(missing_ok=True)
        if writing.spoiled:
            with closing(sqlite3.connect(office.path)) as connection, connection:
                connection.execute(writing.spoiled)
        if writing.schema is not None:
            lay_schema(office.path, writing.schema)
        self.path = office.path
        self.inputs = inputs
        self.args = spoken(writing.args, office.path, inputs)
        self._files = {
            path.relative_to(self.path.parent): path.read_bytes()
            for path in self.path.parent.rglob("*")
            if path.is_file()
        }

    def set(self) -> None:
        """Put everything back to where the command begins."""
        shutil.rmtree(self.path.parent)
        self.path.parent.mkdir()
        for name, content in self._files.items():
            place = self.path.parent / name
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(content)
