"""What a target still takes: rep by rep, then stage by stage, then who has room."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from funnelcli.domain.money import about
from funnelcli.domain.planning import CERTAINTY
from funnelcli.domain.text import plural
from funnelcli.views.table import Column, Kind, Lines, Page, Place, Table, Tone, told_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funnelcli.domain.coverage import Coverage, Milepost
    from funnelcli.domain.planning import Opportunity
    from funnelcli.domain.time import Period
    from funnelcli.views.table import Block, Frame

_M = Place.MACHINE
TEAM = "team"
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
        Column("owner", "Owner", get=lambda row: row.owner or TEAM),
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
            summary="To come: the middle of what the open deals bring; it does not add up. "
            "Coverage: open amount ÷ (target − won).",
        ),
        Lines("What it means", _meaning(rows[0], plan, period)),
    ]
    if rows[0].needed_new:
        blocks.append(_plan_table(plan, rows[0], frame))
    reps = [row for row in rows if row.owner is not None]
    if reps:
        blocks.append(_room_table(reps, frame))
    return Page(table, told_title(f"Coverage {period.name}", frame), tuple(blocks))


_AMOUNTS = (
    ("target", "Target"),
    ("won", "Won"),
    ("low", ""),
    ("mid", "To come"),
    ("high", ""),
    ("gap", "Gap"),
)


def _told(key: str, title: str, frame: Frame) -> Column:
    """Return an amount as people get it, to three figures; nothing where there is no target."""

    def words(row: Coverage) -> str | None:
        amount: int | None = getattr(row, key)
        return None if amount is None else about(amount, frame.currency)

    return Column(f"told_{key}", title, Kind.COUNT, Place.PERSON, words)


_LOAD = (("deals", "Open deals"), ("planned", "Planned"), ("stalled", "Stalled"))


def _load(key: str, title: str) -> Column:
    return Column(key, title, Kind.COUNT, get=lambda row: getattr(row.load, key))


def _tone(row: Coverage) -> Tone:
    if row.gap is None:
        return Tone.PLAIN
    return Tone.GOOD if row.gap <= 0 else Tone.AMBER


def _meaning(first: Coverage, plan: Plan, period: Period) -> tuple[str, ...]:
    whose = _called(first)
    if first.target is None:
        command = f"funnelcli target set {quote(first.owner or TEAM)} {period.name} AMOUNT"
        return (f"There is no target for {whose} yet; set one with: {command}",)
    if first.won >= first.target:
        return (f"The target of {whose} is met.",)
    if first.needed_new is None:
        if not plan.new.amounts:
            return ("No amount is known yet, so nobody can say how many new ones it takes.",)
        return (f"No number of new opportunities makes the target with {SURE} chance.",)
    if not first.needed_new:
        return (f"The open deals make the target with {SURE} chance without a new one.",)
    opened = plan.posts[0]
    when = "opened today" if opened.late else f"opened from now until {opened.by}"
    said = f"{plural(first.needed_new, 'new opportunity', 'new opportunities')} {when}"
    lines = [f"{said} make the target with {SURE} chance, together with the open deals."]
    if opened.late:
        there = next((post.title for post in plan.posts if not post.late), "the end")
        lines.append(
            f"It is late for those that start before {there}: more than one winner in five takes "
            "longer from there than there is time left."
        )
    return tuple(lines)


def _called(row: Coverage) -> str:
    return "the team" if row.owner is None else row.owner


def _plan_table(plan: Plan, first: Coverage, frame: Frame) -> Table:
    columns = (
        Column("title", "Stage"),
        Column("needed", "New ones there", Kind.COUNT),
        Column("by", "By", Kind.DATE),
        Column("late", "", get=lambda post: "has passed" if post.late else None),
    )
    title = f"The new ones of {_called(first)} in {plan.pipeline}, stage by stage"
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
    said = "" if alone else f"Most room: {', '.join(free)}."
    return Table(frame, columns, ordered, title="Who has room", summary=said)
