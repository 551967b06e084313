"""The manager answers logs; work is planned, and becomes a log when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.actions import logs
from funnelcli.domain.model import Deal, LogKind, Status
from funnelcli.domain.text import TEXT_LENGTH, clean, inert
from funnelcli.errors import NotFound, Refused, UsageFault
from funnelcli.store.reading.conversation import find_log, plans
from funnelcli.store.reading.deals import deal_by_id, number_said
from funnelcli.store.reading.people import find_member
from funnelcli.wording import marked, said

if TYPE_CHECKING:
    from datetime import date

    from funnelcli.domain.conversation import Plan
    from funnelcli.store.session import Work


def reply(work: Work, word: str, text: str, due: date | None) -> str:
    """Answer a log with the manager's name; with a day, it asks for something by then."""
    work.require_manager(said("answer a log"))
    found = find_log(work.reading, word)
    if due is not None and due < work.today:
        message = said("{day} has passed; --by takes today or a later day.", day=due)
        raise UsageFault(message)
    answer = clean(text, said("answer"), limit=TEXT_LENGTH)
    work.fact("reply", found.deal_id, work.now, log_id=found.log, text=answer, due=due)
    answered = marked("Answered log {log} of {whom} on {deal}.")
    asked = marked("Answered log {log} of {whom} on {deal}; asked for by {due}.")
    return said(
        answered if due is None else asked,
        log=found.log,
        whom=found.by or said("nobody on the team"),
        deal=f"{found.deal_id} {found.deal}",
        due=due,
    )


class Wish(NamedTuple):
    """What should happen: on which day, with whom, and by whom, the deal's owner unless said."""

    text: str
    on: date
    kind: LogKind = LogKind.CALL
    with_whom: str | None = None
    owner: str | None = None


def plan(work: Work, deal: Deal, wish: Wish) -> str:
    """Plan an activity on an open deal for a day that is not over; return what was done."""
    if deal.status not in (Status.OPEN, Status.HELD):
        message = said(
            "{deal} is {status}; nothing is planned on it any more.",
            deal=deal.label,
            status=said(deal.status),
        )
        raise Refused(message)
    on = wish.on
    if on < work.today:
        message = said(
            "{day} has passed; for what happened: funnelcli log {deal} TEXT --on {day}",
            day=on,
            deal=deal.id,
        )
        raise UsageFault(message)
    name, number = logs.whom(work, deal, wish.with_whom)
    text = clean(wish.text, said("plan"), limit=TEXT_LENGTH)
    by = deal.owner_id if wish.owner is None else find_member(work.reading, wish.owner).id
    made = work.fact(
        "plan",
        deal.id,
        work.now,
        planned_on=on,
        text=text,
        kind=str(wish.kind),
        owner_id=by or work.by.id,
        with_whom=name,
        with_id=number,
    )
    return said(
        "Plan {plan} on {deal} for {day}: {text}.",
        plan=made,
        deal=deal.label,
        day=on,
        text=inert(text),
    )


def done(work: Work, word: str, entry: logs.Entry, on: date | None) -> str:
    """Turn a planned activity into a log, whose text is the plan's unless another is given."""
    found = _open_plan(work, word)
    deal = deal_by_id(work.reading, found.deal_id)
    if deal is None:
        message = said("The deal of plan {plan} is not there.", plan=found.plan)
        raise NotFound(message)
    told = entry._replace(
        text=found.text if entry.text is None else entry.text,
        kind=LogKind(found.kind),
        with_whom=found.with_whom if found.with_id is None else f"#{found.with_id}",
    )
    logged, number = logs.logged(work, deal, told, on=on)
    work.fact(
        "plan_end", deal.id, work.instant(on), plan_id=found.plan, state="done", log_id=number
    )
    own, other = (
        marked("Plan {plan} is done. {logged}"),
        marked("Plan {plan} of {owner} is done. {logged}"),
    )
    return said(
        own if found.owner in (None, work.by.name) else other,
        plan=found.plan,
        owner=found.owner,
        logged=logged,
    )


def drop(work: Work, word: str, reason: str) -> str:
    """Cancel a planned activity for a reason."""
    found = _open_plan(work, word)
    why = clean(reason, said("reason"), limit=TEXT_LENGTH)
    work.fact("plan_end", found.deal_id, work.now, plan_id=found.plan, state="dropped", reason=why)
    return said(
        "Dropped plan {plan} on {deal}: {text}.",
        plan=found.plan,
        deal=f"{found.deal_id} {found.deal}",
        text=inert(found.text),
    )


def _open_plan(work: Work, word: str) -> Plan:
    number = number_said(word)
    found = None if number is None else next(plans(work.reading, plan=number), None)
    if found is None:
        message = said("{word!r} is the number of no plan; see: funnelcli plan list", word=word)
        raise NotFound(message)
    if found.state not in ("open", "closed"):
        message = said(
            "Plan {plan} on {deal} is {state} already.",
            plan=found.plan,
            deal=f"{found.deal_id} {found.deal}",
            state=said(found.state),
        )
        raise Refused(message)
    return found
