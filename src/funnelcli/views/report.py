"""The meeting report: the figures that it opens with, and the charts of what the tables tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.money import about, format_amount
from funnelcli.domain.movement import Kind
from funnelcli.views.movement import unknown, word
from funnelcli.views.table import Chart, Figure, Figures, Mark, Tone
from funnelcli.wording import plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from funnelcli.domain.conversation import Waiting
    from funnelcli.domain.diagnosis import StalledTotals
    from funnelcli.domain.model import FunnelRow, MilestoneRecord
    from funnelcli.domain.movement import Bridge
    from funnelcli.domain.prospects import Forecast


class Standing(NamedTuple):
    """How we stand: what moved since a day, what is stalled, what will come, what waits.

    `logs` wait for an answer, `claimed` milestones for the manager's word; so many older logs were
    `never_read`.
    """

    since: date
    bridge: Bridge
    stalled: StalledTotals
    forecast: Forecast
    logs: list[Waiting]
    never_read: int
    claimed: list[MilestoneRecord]


def figures(stand: Standing, currency: str) -> Figures:
    """Return what matters most."""
    return Figures(
        (
            _opened(stand, currency),
            _stopped(stand, currency),
            _coming(stand.forecast, currency),
            _waiting(stand),
        )
    )


def _money(minor: int, currency: str) -> str:
    return f"{format_amount(minor, currency)} {currency}"


def _opened(stand: Standing, currency: str) -> Figure:
    end, change = stand.bridge.end, stand.bridge.end.amount - stand.bridge.start.amount
    deals = plural(end.deals, "{n} deal", "{n} deals")
    amount = format_amount(abs(change), currency)
    if change > 0:
        note = said(
            "{deals}; {amount} more than on {day}.", deals=deals, amount=amount, day=stand.since
        )
    elif change < 0:
        note = said(
            "{deals}; {amount} less than on {day}.", deals=deals, amount=amount, day=stand.since
        )
    else:
        note = said("{deals}; as much as on {day}.", deals=deals, day=stand.since)
    return Figure(said("Open"), _money(end.amount, currency), note)


def _stopped(stand: Standing, currency: str) -> Figure:
    found, whole = stand.stalled, stand.bridge.end.amount
    value = plural(found.deals, "{n} deal", "{n} deals")
    if not found.deals:
        return Figure(said("Stalled"), value, said("nothing is stalled."))
    amount = _money(found.amount, currency)
    if not whole:
        return Figure(said("Stalled"), value, said("{amount}.", amount=amount))
    share = f"{100 * found.amount / whole:.0f} %"
    note = said("{amount}, {share} of what is open.", amount=amount, share=share)
    return Figure(said("Stalled"), value, note)


def _coming(told: Forecast, currency: str) -> Figure:
    low, mid, high = (told.won + amount for amount in (told.low, told.mid, told.high))
    label = said("Forecast {period}", period=told.period.name)
    value = f"{about(mid, currency)} {currency}"
    likely = said("nothing open of known amount")
    if told.amount:
        likely = said(
            "8 times in 10 between {low} and {high}",
            low=about(low, currency),
            high=about(high, currency),
        )
    if told.target is None:
        return Figure(label, value, said("{likely}; no target is set.", likely=likely))
    share = f"{100 * mid / told.target:.0f} %" if told.target else "100 %"
    note = said(
        "{likely}; target {target}, {share} of it.",
        likely=likely,
        target=format_amount(told.target, currency),
        share=share,
    )
    return Figure(label, value, note)


def _waiting(stand: Standing) -> Figure:
    label, value = said("Waiting for an answer"), plural(len(stand.logs), "{n} log", "{n} logs")
    notes = []
    asking, claimed = sum(log.ask for log in stand.logs), len(stand.claimed)
    if asking:
        notes.append(plural(asking, "{n} asks for support", "{n} ask for support"))
    if stand.logs:
        oldest = max(log.waiting_days for log in stand.logs)
        notes.append(
            plural(oldest, "the oldest waits for {n} day", "the oldest waits for {n} days")
        )
    if stand.never_read:
        older = plural(
            stand.never_read, "{n} older log never answered", "{n} older logs never answered"
        )
        notes.append(older)
    if claimed:
        notes.append(plural(claimed, "{n} milestone to decide", "{n} milestones to decide"))
    told = said("{told}.", told=said("; ").join(notes)) if notes else said("nothing waits.")
    return Figure(label, value, told)


def funnel_charts(rows: Sequence[FunnelRow], currency: str) -> Iterator[Chart]:
    """Yield the deals and the amount of each stage, for each pipeline that has some."""
    pipelines = dict.fromkeys(row.pipeline for row in rows)
    for name in pipelines:
        of = [row for row in rows if row.pipeline == name]
        if any(row.deals for row in of):
            drawn = _of_pipeline(of, currency)
            several = len(pipelines) > 1
            yield from (c._replace(title=_named(name, c)) for c in drawn) if several else drawn


def _named(pipeline: str, chart: Chart) -> str:
    return said("{pipeline}: {title}", pipeline=pipeline, title=chart.title)


def _of_pipeline(rows: Sequence[FunnelRow], currency: str) -> Iterator[Chart]:
    deals = tuple(Mark(row.title, _counted(row), solid=row.deals) for row in rows)
    yield Chart(said("Deals by stage"), deals)
    amounts = tuple(
        Mark(row.title, format_amount(row.amount, currency), solid=row.amount) for row in rows
    )
    yield Chart(said("Amount by stage, in {currency}", currency=currency), amounts)


def _counted(row: FunnelRow) -> str:
    deals = f"{row.deals:,}"
    if not row.stalled:
        return deals
    return said("{deals}, {stalled} stalled", deals=deals, stalled=f"{row.stalled:,}")


def bridge_chart(found: Bridge, since: date, currency: str) -> Chart:
    """Return the bridge from the open amount then to the one now, each part where it adds on."""
    marks = [_end(said("Open on {day}", day=since), found.start.amount, currency)]
    reached = found.start.amount
    for kind, part in found.parts.items():
        if part.deals:
            marks.append(_part(kind, part.deals, reached, part.amount, currency))
            reached += part.amount
    marks.append(_end(said("Open now"), found.end.amount, currency))
    title = said("From the open amount then to the one now, in {currency}", currency=currency)
    return Chart(title, tuple(marks), summary=unknown(found))


def _end(label: str, amount: int, currency: str) -> Mark:
    return Mark(label, format_amount(amount, currency), solid=amount)


def _part(kind: Kind, deals: int, reached: int, change: int, currency: str) -> Mark:
    sign = "+" if change > 0 else "−" if change < 0 else ""
    amount = f"{sign}{format_amount(abs(change), currency)}"
    told = plural(deals, "{amount} ({n} deal)", "{amount} ({n} deals)", amount=amount)
    low, high = sorted((reached, reached + change))
    tone = Tone.PLAIN if kind is Kind.WON else Tone.RED if change < 0 else Tone.GOOD
    return Mark(word(kind), told, low=low, high=high, tone=tone)
