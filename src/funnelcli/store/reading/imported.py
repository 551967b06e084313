"""What an import compares itself with: who and what is already there, and what was imported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.store.reading.reader import optional_date, optional_instant
from funnelcli.store.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from funnelcli.store.reading.reader import Reader

NUMBERS = """SELECT d.ref, d.id, d.status IS NULL
FROM json_each(:refs) r CROSS JOIN main.deal d ON d.ref = r.value
UNION ALL
SELECT r.value, d.id, d.status IS NULL
FROM json_each(:refs) r CROSS JOIN main.deal d ON d.id = CAST(substr(r.value, 2) AS INTEGER)
WHERE d.ref IS NULL AND '#' || d.id = r.value"""
HIGHEST = "SELECT coalesce(max(id), 0) FROM main.deal"
HIGHEST_CONTACT = "SELECT coalesce(max(id), 0) FROM main.contact"
PLACES = """SELECT d.id, d.stage_id, d.opened_at
FROM json_each(:deals) j CROSS JOIN deal d ON d.id = j.value"""
STANDING = """SELECT d.id, d.name, d.customer, d.owner_id, d.amount, d.expected_close, d.source,
  d.opened_at, d.stage_id, d.status, d.lost_reason, d.closed_at
FROM json_each(:deals) j CROSS JOIN deal d ON d.id = j.value"""
IMPORTED = """SELECT f.deal_id, f.terms, f.name, f.customer, f.owner_id, f.amount, f.expected_close,
  f.source, f.opened_at
FROM json_each(:deals) j CROSS JOIN deal_fact f ON f.deal_id = j.value
JOIN operation o ON o.id = f.operation_id
WHERE o.command = 'import deals' ORDER BY f.deal_id, f.effective_at, f.id"""
ENTRIES = """SELECT e.id, e.deal_id, e.stage_id, e.effective_at, o.command
FROM json_each(:deals) j CROSS JOIN stage_entry e ON e.deal_id = j.value
JOIN operation o ON o.id = e.operation_id
ORDER BY e.deal_id, e.effective_at, e.id"""
OUTCOMES = """SELECT x.id, x.deal_id, x.outcome, x.effective_at, o.command, x.reason
FROM json_each(:deals) j CROSS JOIN outcome x ON x.deal_id = j.value
JOIN operation o ON o.id = x.operation_id ORDER BY x.deal_id, x.effective_at, x.id"""
STATED_STAGE = """SELECT e.stage_id FROM main.stage_entry e
JOIN operation o ON o.id = e.operation_id
WHERE e.deal_id = :deal AND o.command = 'import deals' AND o.undone_by IS NULL
ORDER BY e.id DESC LIMIT 1"""
STATED_OUTCOME = """SELECT x.outcome, x.effective_at, x.reason FROM main.outcome x
JOIN operation o ON o.id = x.operation_id
WHERE x.deal_id = :deal AND o.command = 'import deals' AND o.undone_by IS NULL
ORDER BY x.id DESC LIMIT 1"""
LOGGED = """SELECT l.deal_id, l.effective_at, l.kind, l.by_id, l.text, count(*)
FROM json_each(:deals) j CROSS JOIN log l ON l.deal_id = j.value GROUP BY 1, 2, 3, 4, 5"""

ROLES = """SELECT x.deal_id, x.contact_id, x.role, x.stance, x.stance_on, x.ended
FROM deal_role x WHERE x.id = (
  SELECT y.id FROM deal_role y WHERE y.deal_id = x.deal_id AND y.contact_id = x.contact_id
  ORDER BY y.effective_at DESC, y.id DESC LIMIT 1)"""


TERMS = {
    "name": Term.NAME,
    "customer": Term.CUSTOMER,
    "owner_id": Term.OWNER,
    "amount": Term.AMOUNT,
    "expected_close": Term.EXPECTED_CLOSE,
    "source": Term.SOURCE,
    "opened_at": Term.OPENED,
}
"""The terms that a table of deals states, in the order of STANDING and IMPORTED."""


class Numbered(NamedTuple):
    """The number of a deal that the file knows; `vacant` if nothing says that it is there."""

    id: int
    vacant: bool


class Known(NamedTuple):
    """One stage entry or outcome that is there; `what` is the stage's number or the outcome.

    The `reason` is that of a loss.
    """

    id: int
    what: int | str
    at: datetime | None
    command: str
    reason: str | None = None


def deal_numbers(reader: Reader, refs: Iterable[str]) -> dict[str, Numbered]:
    """Return the numbers of the deals with these ids at the source, `#number` for one of our own.

    One is vacant if its opening was undone.
    """
    found = reader.rows(NUMBERS, refs=json.dumps(list(refs)))
    return {ref: Numbered(number, bool(vacant)) for ref, number, vacant in found}


def highest_number(reader: Reader) -> int:
    """Return the highest number a deal has."""
    return int(next(reader.rows(HIGHEST))[0])


def places(reader: Reader, deals: Iterable[int]) -> dict[int, tuple[int, date | None]]:
    """Return the stage each of the deals is in, and the day on which it was opened."""
    found = reader.rows(PLACES, deals=json.dumps(list(deals)))
    return {number: (stage, reader.day(opened)) for number, stage, opened in found}


def standings(reader: Reader, deals: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return by deal its present terms as they are stored, stage and outcome."""
    found = {}
    for number, *row in reader.rows(STANDING, deals=json.dumps(list(deals))):
        here = dict(zip(TERMS, row, strict=False))
        here["stage_id"], here["status"], here["lost_reason"], closed_at = row[len(TERMS) :]
        here["closed_on"] = reader.day(closed_at)
        found[number] = here
    return found


def imported_terms(reader: Reader, deals: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return by deal what imports said last of its terms, as it is stored."""
    found: dict[int, dict[str, Any]] = {}
    for number, terms, *values in reader.rows(IMPORTED, deals=json.dumps(list(deals))):
        said = found.setdefault(number, {})
        for (key, term), value in zip(TERMS.items(), values, strict=True):
            if terms & term:
                said[key] = value
    return found


def stated_stage(reader: Reader, deal: int) -> int | None:
    """Return the stage that a table of deals named last, whatever became of it."""
    row = reader.row(STATED_STAGE, deal=deal)
    return None if row is None else int(row[0])


def stated_outcome(reader: Reader, deal: int) -> tuple[str, date | None, str | None]:
    """Return the status, closing day and reason that a table of deals named last."""
    row = reader.row(STATED_OUTCOME, deal=deal)
    if row is None or row[0] == "reopened":
        return ("open", None, None)
    return (row[0], reader.day(row[1]), row[2])


def entries(reader: Reader, deals: Iterable[int]) -> dict[int, list[Known]]:
    """Return the stage entries that are there, by deal, in order."""
    found: dict[int, list[Known]] = {}
    for number, of, stage, at, command in reader.rows(ENTRIES, deals=json.dumps(list(deals))):
        known = Known(number, stage, optional_instant(at), command)
        found.setdefault(of, []).append(known)
    return found


def outcomes(reader: Reader, deals: Iterable[int]) -> dict[int, list[Known]]:
    """Return the outcomes that are there, by deal, in order."""
    found: dict[int, list[Known]] = {}
    for number, of, outcome, at, command, reason in reader.rows(
        OUTCOMES, deals=json.dumps(list(deals))
    ):
        known = Known(number, outcome, optional_instant(at), command, reason)
        found.setdefault(of, []).append(known)
    return found


def logged(reader: Reader, deals: Iterable[int]) -> dict[tuple[Any, ...], int]:
    """Return how often each (deal, seconds, kind, by, text) is in the logs of the deals."""
    found = reader.rows(LOGGED, deals=json.dumps(list(deals)))
    return {tuple(row[:5]): row[5] for row in found}


def highest_contact(reader: Reader) -> int:
    """Return the highest number that a contact ever had."""
    return int(next(reader.rows(HIGHEST_CONTACT))[0])


def roles(reader: Reader) -> dict[tuple[int, int], tuple[str | None, str, date | None, bool]]:
    """Return, by deal and contact, what was said last: role, stance, since when, whether ended."""
    return {
        (deal, contact): (role, stance, optional_date(known_on), bool(ended))
        for deal, contact, role, stance, known_on, ended in reader.rows(ROLES)
    }
