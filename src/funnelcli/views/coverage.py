"""What a target still takes: rep by rep, then stage by stage, then who has room."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.money import about
from funnelcli.domain.planning import CERTAINTY
from funnelcli.views.table import Column, Kind, Lines, Page, Place, Table, Tone, told_title
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from funnelcli.domain.coverage import Coverage, Milepost
    from funnelcli.domain.planning import Opportunity
    from funnelcli.domain.time import Period
    from funnelcli.views.table import Block, Frame

_M = Place.MACHINE
TEAM = marked("team")
"""What the whole team is called in place of a name."""
SURE = f"{100 * CERTAINTY:.0f} %"


class Plan(NamedTuple):
    """The new opportunities that are planned with: of which pipeline, and stage by stage."""

    pipeline: str
    new: Opportunity
    posts: tuple[Milepost, ...]


def coverage_page(rows: Sequence[Coverage], plan: Plan, period: Period, frame: Frame) -> Page:
    """Return how everybody stands to the target, and what the first of them takes, by stage."""
    columns = (
        Column("owner", "Owner", place=_M, get=lambda row: row.owner or TEAM),
        Column("whose", "Owner", place=Place.PERSON, get=lambda row: row.owner or said(TEAM)),
        *(Column(key, title, Kind.MONEY, _M) for key, title in _AMOUNTS),
        *(_told(key, title, frame) for key, title in _AMOUNTS if title),
        Column("coverage", "Coverage", Kind.TIMES),
        Column("needed_new", "New needed", Kind.COUNT),
        Column("amount", "Open", Kind.MONEY, _M),
        Column("amount_unknown", "Unknown", Kind.COUNT, _M),
        *(_load(key, title) for key, title in _LOAD),
    )
    table = Table(
        frame,
        columns,
        rows,
        totals={
            "period": period.name,
            "start": period.start,
            "end": period.end,
            "certainty": CERTAINTY,
            "plan": [
                {"stage": post.stage, "needed": post.needed, "by": post.by, "late": post.late}
                for post in plan.posts
            ],
        },
        id_key="owner",
        tone=_tone,
    )
    shown = [row for n, row in enumerate(rows) if not n or row.target or row.won or row.load.deals]
    blocks: list[Block] = [
        table._replace(
            columns=tuple(c for c in columns if c.key not in dict(_LOAD)),
            rows=shown,
            summary=said(
                "To come: the middle of what the open deals bring; it does not add up. "
                "Coverage: open amount ÷ (target − won)."
            ),
        ),
        Lines(said("What it means"), _meaning(rows[0], plan, period)),
    ]
    if rows[0].needed_new:
        blocks.append(_plan_table(plan, rows[0], frame))
    reps = [row for row in rows if row.owner is not None and not row.gone]
    if reps:
        blocks.append(_room_table(reps, frame))
    title = told_title(said("Coverage {period}", period=period.name), frame)
    return Page(table, title, tuple(blocks))


_AMOUNTS = (
    ("target", marked("Target")),
    ("won", marked("Won")),
    ("low", ""),
    ("mid", marked("To come")),
    ("high", ""),
    ("gap", marked("Gap")),
)


def _told(key: str, title: str, frame: Frame) -> Column:
    """Return an amount as people get it, to three figures; nothing where there is no target."""

    def words(row: Coverage) -> str | None:
        amount: int | None = getattr(row, key)
        return None if amount is None else about(amount, frame.currency)

    return Column(f"told_{key}", title, Kind.COUNT, Place.PERSON, words)


_LOAD = (
    ("deals", marked("Open deals")),
    ("planned", marked("Planned")),
    ("stalled", marked("Stalled")),
)


def _load(key: str, title: str) -> Column:
    return Column(key, title, Kind.COUNT, get=lambda row: getattr(row.load, key))


def _tone(row: Coverage) -> Tone:
    if row.gap is None:
        return Tone.PLAIN
    return Tone.GOOD if row.gap <= 0 else Tone.AMBER


def _meaning(first: Coverage, plan: Plan, period: Period) -> tuple[str, ...]:
    if first.target is None:
        return (_untargeted(first, period),)
    if not first.needed_new or first.won >= first.target:
        return (_without_new(first, first.target, plan),)
    opened = plan.posts[0]
    if not opened.late:
        return (_in_time(first.needed_new, opened.by),)
    there = next((post.title for post in plan.posts if not post.late), said("the end"))
    late = said(
        "It is late for those that start before {stage}: more than one winner in five takes "
        "longer from there than there is time left.",
        stage=there,
    )
    return (_today(first.needed_new), late)


def _without_new(first: Coverage, target: int, plan: Plan) -> str:
    """Say why no new opportunity is asked for."""
    if first.won >= target and first.owner is None:
        return said("The target of the team is met.")
    if first.won >= target:
        return said("The target of {name} is met.", name=first.owner)
    if first.needed_new is not None:
        text = marked("The open deals make the target with {sure} chance without a new one.")
    elif plan.new.amounts:
        text = marked("No number of new opportunities makes the target with {sure} chance.")
    else:
        text = marked("No amount is known yet, so nobody can say how many new ones it takes.")
    return said(text, sure=SURE)


def _untargeted(first: Coverage, period: Period) -> str:
    command = f"funnelcli target set {quote(first.owner or TEAM)} {period.name} AMOUNT"
    if first.owner is None:
        text = marked("There is no target for the team yet; set one with: {command}")
        return said(text, command=command)
    text = marked("There is no target for {name} yet; set one with: {command}")
    return said(text, name=first.owner, command=command)


def _today(needed: int) -> str:
    return plural(
        needed,
        "{n} new opportunity opened today make the target with {sure} chance, "
        "together with the open deals.",
        "{n} new opportunities opened today make the target with {sure} chance, "
        "together with the open deals.",
        sure=SURE,
    )


def _in_time(needed: int, by: date) -> str:
    return plural(
        needed,
        "{n} new opportunity opened from now until {day} make the target with {sure} chance, "
        "together with the open deals.",
        "{n} new opportunities opened from now until {day} make the target with {sure} chance, "
        "together with the open deals.",
        day=by,
        sure=SURE,
    )


def _plan_table(plan: Plan, first: Coverage, frame: Frame) -> Table:
    columns = (
        Column("title", "Stage"),
        Column("needed", "New ones there", Kind.COUNT),
        Column("by", "By when", Kind.DATE),
        Column("late", "", get=lambda post: said("has passed") if post.late else None),
    )
    title = said(
        "The new ones of {name} in {pipeline}, stage by stage",
        name=first.owner,
        pipeline=plan.pipeline,
    )
    if first.owner is None:
        text = marked("The new ones of the team in {pipeline}, stage by stage")
        title = said(text, pipeline=plan.pipeline)
    return Table(frame, columns, plan.posts, title=title)


def _room_table(reps: Sequence[Coverage], frame: Frame) -> Table:
    def carried(row: Coverage) -> int:
        return sum(row.load)

    ordered = sorted(reps, key=lambda row: (carried(row), row.owner or ""))
    columns: tuple[Column, ...] = (
        Column("owner", "Owner"),
        *(_load(key, title) for key, title in _LOAD),
    )
    least = carried(ordered[0])
    free: list[Any] = [row.owner for row in ordered if carried(row) == least]
    alone = len(free) == len(ordered)
    room = said("Most room: {names}.", names=said(", ").join(free))
    return Table(frame, columns, ordered, title=said("Who has room"), summary="" if alone else room)
