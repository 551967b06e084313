"""The appraisal: the team as a table, a rep as a page, and any figure opened to its entries.

The words report what was entered; what it is worth is for people to say.
"""

from __future__ import annotations

from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.appraisal import BY_CODE, FIGURES, Unit
from funnelcli.domain.money import format_amount, major
from funnelcli.domain.results import ENOUGH, SURE
from funnelcli.views.table import Column, Kind, Lines, Page, Place, Table, told_title
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from funnelcli.domain.appraisal import Figure
    from funnelcli.domain.tally import Tally
    from funnelcli.domain.time import Period
    from funnelcli.views.table import Block, Frame

_M, _P = Place.MACHINE, Place.PERSON


MOST_UNREAD = 10
"""Logs of a page's rep that are named as never read."""


class Appraised(NamedTuple):
    """The figures of a rep, or without an `owner` of the team, by their codes.

    `notes` say in words which days were left out; `unread` are the logs that were never read.
    """

    owner: str | None
    owner_id: int | None
    tallies: Mapping[str, Tally]
    notes: Sequence[str] = ()
    unread: Sequence[int] = ()


class _Row(NamedTuple):
    owner: str | None
    figure: Figure
    tally: Tally


def appraisal_page(
    found: Sequence[Appraised], period: Period, frame: Frame, *, alone: bool
) -> Page:
    """Return the appraisal of the team, or of the one rep who was asked about `alone`."""
    rows = [
        _Row(each.owner, figure, each.tallies[figure.code])
        for each in found
        for figure in FIGURES
        if figure.code in each.tallies
    ]

    def value(row: _Row) -> Any:
        return exact(row.tally.value, frame, money=row.figure.unit is Unit.MONEY)

    table = Table(
        frame,
        (
            Column("owner", "Owner"),
            Column("figure", "Figure", get=lambda row: row.figure.code),
            Column("value", "Value", get=value),
            Column("unit", "Unit", get=lambda row: str(row.figure.unit)),
            Column("n", "n", Kind.COUNT, get=lambda row: row.tally.n),
        ),
        rows,
        totals={"period": period.name, "start": period.start, "end": period.end},
        empty=said("There is nobody to appraise."),
        id_key="figure",
    )
    title = said("Appraisal {period}", period=period.name)
    if alone:
        (one,) = found
        blocks = tuple(_sections(one, period, frame))
        return Page(table, told_title(title, frame, one.owner or ""), blocks)
    return Page(table, told_title(title, frame), tuple(_team(found, frame)))


def exact(value: float | None, frame: Frame, *, money: bool) -> Any:
    """Return a figure as machines read it: money in exact major units."""
    return major(int(value), frame.currency) if money and value is not None else value


def _team(found: Sequence[Appraised], frame: Frame) -> Iterator[Block]:
    """Yield the team as people see it: what everybody did, what came of it, how to read that."""
    owner = Column("told_owner", "Owner", place=_P, get=lambda row: row.owner or said("team"))

    def block(title: str, titles: Mapping[str, str]) -> Table:
        figures = (_figure(code, head, frame) for code, head in titles.items())
        return Table(frame, (owner, *figures), found, title=title)

    yield block(said("Work"), _WORK)
    yield block(said("Results"), _RESULTS)
    lines = [
        said("Attended: the working days with a log of that day, entered within two days."),
        said("Plans kept: done, with the log entered, by their day. Reply: the manager's median."),
        said("In stage: days in stages that were left, beside the team's medians for them."),
        said(
            "Beyond chance: wins more, or less, than the chances of the first stages let expect;"
            " luck alone brings what stands between from and to in eight cases of ten."
        ),
        said("Claims: points by which claims lay above what came, from ten closed deals on."),
    ]
    for each in found:
        lines += [said("{owner}: {note}", owner=each.owner or "", note=note) for note in each.notes]
    lines.append(said("Each on a page: funnelcli appraise --owner REP"))
    yield Lines(said("How to read it"), tuple(lines))


_WORK = {
    "attendance": marked("Attended"),
    "plans-kept": marked("Plans kept"),
    "milestones-accepted": marked("Milestones"),
    "stages-advanced": marked("Stages"),
    "time-in-stage": marked("In stage"),
    "logs": marked("Logs"),
    "logs-late": marked("Late"),
    "reply-hours": marked("Reply"),
}
_RESULTS = {
    "won-amount": marked("Won"),
    "target-share": marked("Of target"),
    "wins-above-expected": marked("Beyond chance"),
    "luck-low": marked("from"),
    "luck-high": marked("to"),
    "claim-bias": marked("Claims"),
}


def _figure(code: str, title: str, frame: Frame) -> Column:
    """Return a figure as a column of the team's table; nothing where there is nothing to tell."""
    unit = BY_CODE[code].unit

    def words(row: Appraised) -> str:
        value = row.tallies[code].value if code in row.tallies else None
        return "" if value is None else spoken_figure(value, unit, frame)

    return Column(f"told_{code}", title, Kind.COUNT, _P, words)


def spoken_figure(value: float, unit: Unit, frame: Frame) -> str:
    """Return a figure as people read it in a column."""
    if unit is Unit.MONEY:
        return format_amount(int(value), frame.currency)
    if unit is Unit.SHARE:
        return _percent(value)
    if unit is Unit.HOURS:
        return said("{hours} h", hours=f"{value:,.1f}")
    if unit is Unit.TIMES:
        return said("{value:.1f} x", value=value)
    if unit is Unit.POINTS:
        return _signed(value, 0)
    return _signed(value) if unit is Unit.DEALS else f"{value:,.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _signed(value: float, decimals: int = 1) -> str:
    told = f"{value:+.{decimals}f}"
    return told if float(told) else told[1:]


def _sections(one: Appraised, period: Period, frame: Frame) -> Iterator[Block]:
    """Yield the page of a rep, section by section."""
    yield Lines(said("Attendance"), (*_attendance(one.tallies), *one.notes))
    yield Lines(said("Planned work"), tuple(_planned(one.tallies)))
    yield Lines(said("Process"), tuple(_process(one.tallies)))
    yield Lines(said("Conversation"), tuple(_conversation(one.tallies, one.unread)))
    yield Lines(said("Results"), tuple(_results(one.tallies, frame)))
    until = min(period.end - timedelta(days=1), frame.as_of.astimezone(frame.zone).date())
    yield Lines(said("Claims"), tuple(_claims(one.tallies, until)))
    command = f"--owner {quote(one.owner or '')} --period {period.name}"
    yield Lines(
        said("What a figure counts"),
        (
            said(
                "Any of them, entry by entry: funnelcli appraise {options} --explain FIGURE",
                options=command,
            ),
        ),
    )


def _counted(tallies: Mapping[str, Tally], code: str) -> int:
    return int(tallies[code].value or 0)


def _attendance(tallies: Mapping[str, Tally]) -> Iterator[str]:
    found = tallies["attendance"]
    if found.value is None:
        yield said("No working day of theirs lies in this period so far.")
        return
    yield plural(
        found.n,
        "With a log that was entered within two days: {days} of {n} working day so far ({share}).",
        "With a log that was entered within two days: {days} of {n} working days so far ({share}).",
        days=round(found.value * found.n),
        share=_percent(found.value),
    )
    late = _counted(tallies, "days-late-only")
    if late:
        yield plural(
            late,
            "Of {n} more day there are late entries only.",
            "Of {n} more days there are late entries only.",
        )


def _planned(tallies: Mapping[str, Tally]) -> Iterator[str]:
    kept = tallies["plans-kept"]
    if kept.value is None:
        yield said("No planned work was due.")
    else:
        yield said(
            "{kept} of {n} ({share}) on time, {late} late, {missed} missed, {dropped} dropped.",
            kept=_counted(tallies, "plans-on-time"),
            n=kept.n,
            share=_percent(kept.value),
            late=_counted(tallies, "plans-late"),
            missed=_counted(tallies, "plans-missed"),
            dropped=_counted(tallies, "plans-dropped"),
        )
    apart = [_counted(tallies, f"plans-{state}") for state in ("excused", "same-day", "coming")]
    if any(apart):
        yield said(
            "Not counted: {excused} excused, {same_day} not planned ahead, {coming} still to come.",
            excused=apart[0],
            same_day=apart[1],
            coming=apart[2],
        )


def _process(tallies: Mapping[str, Tally]) -> Iterator[str]:
    yield said(
        "Milestones: {accepted} accepted, {claimed} claimed and not decided yet.",
        accepted=_counted(tallies, "milestones-accepted"),
        claimed=_counted(tallies, "milestones-claimed"),
    )
    yield said("Stages advanced: {n}.", n=_counted(tallies, "stages-advanced"))
    stays = tallies["time-in-stage"]
    if not stays.n:
        yield said("No stay in a stage ended.")
    elif stays.value is None:
        yield plural(
            stays.n,
            "{n} stay in a stage ended; the team's median for that stage is 0 days.",
            "{n} stays in stages ended; the team's medians for them are 0 days.",
        )
    else:
        yield plural(
            stays.n,
            "{n} stay in a stage ended; it took {times} times the team's median for that stage.",
            "{n} stays in stages ended; they took {times} times the team's medians for them.",
            times=f"{stays.value:.1f}",
        )


def _conversation(tallies: Mapping[str, Tally], unread: Sequence[int]) -> Iterator[str]:
    yield said(
        "Logs: {logs}, {late} of them entered more than two days late.",
        logs=_counted(tallies, "logs"),
        late=_counted(tallies, "logs-late"),
    )
    reply = tallies["reply-hours"]
    if reply.value is None:
        yield said("The manager answered none in this period.")
    else:
        yield plural(
            reply.n,
            "The manager answered {n}, after {hours} hours.",
            "The manager answered {n}, half of them within {hours} hours.",
            hours=f"{reply.value:,.1f}",
        )
    yield said(
        "Still waiting for an answer: {waiting}; never read: {never}.",
        waiting=_counted(tallies, "logs-waiting"),
        never=_counted(tallies, "logs-never-read"),
    )
    if unread:
        named = said(", ").join(map(str, unread[:MOST_UNREAD]))
        more = len(unread) - MOST_UNREAD
        if more > 0:
            yield said("Never read: logs {logs} and {n} more.", logs=named, n=more)
        else:
            one, several = "Never read: log {logs}.", "Never read: logs {logs}."
            yield plural(len(unread), one, several, logs=named)
    asked, in_time = tallies["instructions-fulfilled"], tallies["instructions-on-time"]
    if asked.value is None or in_time.value is None:
        yield said("No instruction was due.")
    else:
        yield said(
            "Instructions: {done} of {n} fulfilled, {in_time} of them by their day.",
            done=round(asked.value * asked.n),
            n=asked.n,
            in_time=round(in_time.value * in_time.n),
        )


def _results(tallies: Mapping[str, Tally], frame: Frame) -> Iterator[str]:
    won, target, reached = (tallies[c] for c in ("won-amount", "target", "target-share"))
    amount = format_amount(int(won.value or 0), frame.currency)
    unknown = _counted(tallies, "won-amount-unknown")
    yield plural(
        won.n,
        "Won: {amount} {currency} with {n} deal.",
        "Won: {amount} {currency} with {n} deals.",
        amount=amount,
        currency=frame.currency,
    )
    if unknown:
        yield plural(
            unknown,
            "{n} more was won without an amount.",
            "{n} more were won without an amount.",
        )
    if target.value is None or reached.value is None:
        yield said("There is no target for this period.")
    else:
        yield said(
            "That is {share} of the target of {target}.",
            share=_percent(reached.value),
            target=format_amount(int(target.value), frame.currency),
        )
    above, low, high = (tallies[c] for c in ("wins-above-expected", "luck-low", "luck-high"))
    if above.value is None or low.value is None or high.value is None:
        yield said("No deal was closed.")
        return
    yield plural(
        above.n,
        "{n} closed deal: {above} won beyond what the chance of its first stage let expect.",
        "{n} closed deals: {above} won beyond what the chances of their first stages let expect.",
        above=_signed(above.value),
    )
    if low.value == high.value:
        yield said(
            "By luck alone it would be {value} in at least eight cases of ten.",
            value=_signed(low.value),
        )
        return
    yield said(
        "By luck alone it would lie between {low} and {high} in eight cases of ten.",
        low=_signed(low.value),
        high=_signed(high.value),
    )


def _claims(tallies: Mapping[str, Tally], until: date) -> Iterator[str]:
    bias, doubt = tallies["claim-bias"], tallies["claim-doubt"]
    if bias.value is None or doubt.value is None:
        yield plural(
            bias.n,
            "Not enough evidence: {n} deal with a claim closed by {day}, {enough} are needed.",
            "Not enough evidence: {n} deals with a claim closed by {day}, {enough} are needed.",
            enough=ENOUGH,
            day=until,
        )
        return
    if round(bias.value) > 0:
        told = marked("On {n} closed deals, claims lay {points} points above what came.")
    elif round(bias.value) < 0:
        told = marked("On {n} closed deals, claims lay {points} points below what came.")
    else:
        told = marked("On {n} closed deals, claims lay as high as what came.")
    yield said(told, n=bias.n, points=f"{abs(bias.value):.0f}")
    if doubt.value > SURE:
        yield said(
            "That they lie more than five points too high is {share} likely.",
            share=_percent(doubt.value),
        )
    yield said("Counted is one claim a deal, of all deals that were closed by {day}.", day=until)
