"""What waits for an answer, what was answered, what is planned."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.conversation import WAITS, Answer, Plan, Waiting
from funnelcli.domain.model import Filters, Status
from funnelcli.domain.time import instant, midnight, seconds
from funnelcli.errors import NotFound
from funnelcli.store.reading.deals import EVIDENCE, NARROWED, filtered, narrowed, number_said
from funnelcli.store.reading.reader import optional_date, optional_instant
from funnelcli.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from funnelcli.store.reading.reader import Reader

_UNANSWERED = """NOT d.archived AND o.command NOT LIKE 'import %' AND NOT m.manager
  AND NOT EXISTS (SELECT 1 FROM reply r WHERE r.log_id = x.id)
  AND NOT EXISTS (SELECT 1 FROM seen v WHERE v.log_id = x.id AND v.at <= :seen_at)"""
_LOGGED = """operation o CROSS JOIN log x ON x.operation_id = o.id
  JOIN member m ON m.id = x.by_id JOIN deal d ON d.id = x.deal_id"""
"""Logs by their operations: few of those are recent, and an import is one."""
WAITING = f"""SELECT x.id, d.id, d.name, d.customer, w.name, x.effective_at, x.kind, x.text,
  x.claim, x.ask, d.amount, s.name, s.title, o.entered_at, m.name, x.close_claim,
  CASE WHEN x.claim IS NOT NULL THEN {EVIDENCE} END, d.status, d.held_until, x.happened_on
FROM {_LOGGED} JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
  LEFT JOIN member w ON w.id = d.owner_id
WHERE o.entered_at >= :since AND {_UNANSWERED} AND {NARROWED}
ORDER BY x.ask DESC, NOT x.ask AND x.claim IS NULL AND x.close_claim IS NULL, o.entered_at, x.id"""
NEVER_READ = f"""SELECT x.id FROM {_LOGGED}
WHERE o.entered_at < :since AND {_UNANSWERED} AND {NARROWED} ORDER BY x.ask DESC, x.id"""
FOLLOWED = """(SELECT min(y.happened_on) FROM log y WHERE y.deal_id = r.deal_id
  AND y.operation_id > r.operation_id AND y.happened_on >= day_of(r.effective_at)
  AND (y.by_id = (SELECT z.by_id FROM log z WHERE z.id = r.log_id)
    OR y.by_id NOT IN (SELECT g.id FROM member g WHERE g.manager)))"""
"""The first day of what followed answer `r` on its deal, entered later by a rep, or by whom it was
for; null if nothing did."""
ANSWERS = f"""SELECT r.log_id, d.id, d.name, w.name, m.name, r.effective_at, r.text, r.due
FROM reply r JOIN operation o ON o.id = r.operation_id LEFT JOIN member m ON m.id = o.by_id
JOIN deal d ON d.id = r.deal_id LEFT JOIN member w ON w.id = d.owner_id
WHERE d.live = 1 AND {FOLLOWED} IS NULL AND {NARROWED}
ORDER BY r.due IS NULL, r.due, r.effective_at, r.id"""
STANDS = "coalesce(e.state, CASE WHEN d.live THEN 'open' ELSE 'closed' END)"
"""How plan `l` stands, which ended as `e`: where nothing came of it, as its deal `d` does."""
PLANS = f"""SELECT l.id, d.id, d.name, w.name, l.planned_on, l.kind, l.text,
  {STANDS}, e.effective_at, l.with_whom, l.with_id, e.reason, e.log_id
FROM plan l JOIN deal d ON d.id = l.deal_id LEFT JOIN member w ON w.id = l.owner_id
LEFT JOIN plan_end e ON e.plan_id = l.id
WHERE (:plan IS NULL OR l.id = :plan) AND (:deal IS NULL OR d.id = :deal)
AND (:state IS NULL OR {STANDS} = :state) AND {NARROWED}
ORDER BY l.planned_on, l.id"""
REPLY_TIMES = """SELECT min(q.entered_at) - o.entered_at
FROM reply r JOIN operation q ON q.id = r.operation_id
JOIN log x ON x.id = r.log_id JOIN operation o ON o.id = x.operation_id
GROUP BY x.id HAVING min(q.entered_at) >= :since ORDER BY 1"""
FOUNDED = "SELECT min(entered_at) FROM operation"
LOG = """SELECT x.id, x.deal_id, d.name, m.name FROM log x JOIN deal d ON d.id = x.deal_id
LEFT JOIN member m ON m.id = x.by_id WHERE x.id = :log"""
HOUR = 3_600
EVERY = Filters()


class Logged(NamedTuple):
    """A log: its number, its deal, who wrote it."""

    log: int
    deal_id: int
    deal: str
    by: str | None


def find_log(reader: Reader, word: str) -> Logged:
    """Return the log of that number; raises NotFound."""
    row = reader.row(LOG, log=number_said(word))
    if row is None:
        message = said("There is no log {word!r}; LOG is a number, see: funnelcli inbox", word=word)
        raise NotFound(message)
    return Logged(*row)


def _since(reader: Reader) -> int:
    """Return the instant from which on logs that were entered wait."""
    moment = reader.moment
    return seconds(midnight(moment.today - timedelta(days=WAITS), moment.zone))


def inbox(reader: Reader, filters: Filters) -> Iterator[Waiting]:
    """Yield the logs that wait: asks first, then claims, then the others, the oldest first."""
    given = {"since": _since(reader), **filtered(filters)}
    today = reader.moment.today
    for row in reader.rows(narrowed(WAITING, filters), **given):
        number, deal_id, deal, customer, owner, at, kind, text, claim, ask, amount, *rest = row
        stage, stage_title, entered, by, close, evidence, status, held_until, happened = rest
        held = status == "open" and held_until is not None and held_until > today.isoformat()
        entered_on = reader.day(entered) or today
        yield Waiting(
            log=number,
            deal_id=deal_id,
            deal=deal,
            customer=customer,
            owner=owner,
            at=instant(at),
            kind=kind,
            text=text,
            claim=claim,
            ask=bool(ask),
            amount=amount,
            stage=stage,
            stage_title=stage_title,
            waiting_days=(today - entered_on).days,
            by=by,
            close_claim=optional_date(close),
            evidence=evidence,
            status=Status.HELD if held else Status(status),
            happened_on=optional_date(happened) or entered_on,
            entered_on=entered_on,
        )


def never_read(reader: Reader, filters: Filters) -> list[int]:
    """Return the logs that left the inbox without anybody having answered or seen them."""
    given = {"since": _since(reader), **filtered(filters)}
    return [number for (number,) in reader.rows(narrowed(NEVER_READ, filters), **given)]


def answers(reader: Reader, filters: Filters) -> Iterator[Answer]:
    """Yield the replies that no log on their deal has followed, what is due soonest first.

    A log follows that was entered later and tells of something not earlier.
    """
    today = reader.moment.today
    for row in reader.rows(narrowed(ANSWERS, filters), **filtered(filters)):
        log, deal_id, deal, owner, by, at, text, due = row
        yield Answer(log, deal_id, deal, owner, by, instant(at), text, optional_date(due), today)


def plans(
    reader: Reader,
    filters: Filters = EVERY,
    *,
    state: str | None = None,
    deal: int | None = None,
    plan: int | None = None,
) -> Iterator[Plan]:
    """Yield planned activities by their day; `state` None means any."""
    given = {"state": state, "deal": deal, "plan": plan, **filtered(filters)}
    for number, deal_id, name, owner, on, kind, text, stands, ended, *rest in reader.rows(
        narrowed(PLANS, filters), **given
    ):
        whom, whom_id, reason, log = rest
        yield Plan(
            plan=number,
            deal_id=deal_id,
            deal=name,
            owner=owner,
            on=optional_date(on) or reader.moment.today,
            kind=kind,
            text=text,
            state=stands,
            done_at=optional_instant(ended),
            with_whom=whom,
            with_id=whom_id,
            reason=reason,
            log=log,
            today=reader.moment.today,
        )


def founded(reader: Reader) -> datetime:
    """Return when the file was begun, by which its plans can be told from those of another."""
    (row,) = reader.rows(FOUNDED)
    return instant(row[0] or 0)


def reply_time(reader: Reader, since: datetime) -> tuple[int, float]:
    """Return how many logs were first answered since then, and after how many hours, the median."""
    taken = [each for (each,) in reader.rows(REPLY_TIMES, since=seconds(since))]
    count = len(taken)
    if not count:
        return 0, 0.0
    return count, (taken[(count - 1) // 2] + taken[count // 2]) / 2 / HOUR
