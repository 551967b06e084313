"""Commands taken back and done again, each as a whole; undoing is itself recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.domain.text import plural
from funnelcli.errors import NotFound, Refused
from funnelcli.store.reading.collision import collision
from funnelcli.store.reading.history import history, latest, latest_undone, opening
from funnelcli.store.reversal import Overtaken, left_alone, put_back, stray, take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from funnelcli.domain.model import Done
    from funnelcli.store.session import Work

FINAL = ("init", "undo", "redo", "doctor --repair")
"""Commands that are not undone: the beginning, undoing itself, and what states nothing."""


class _Way(NamedTuple):
    """One of the two directions, and how it is spoken of."""

    verb: str
    done: str
    told: str
    carry_out: Callable[[Work, int], None]


_BACK = _Way("undo", "undone", "Undid", take_back)
_AGAIN = _Way("redo", "done again", "Did again", put_back)


def undo(work: Work, count: int, number: int | None = None) -> str:
    """Take back the last `count` commands of who signs, or one operation; return which.

    Raises Refused, naming it, where something newer touched the same thing.
    """
    chosen = [number] if number is not None else latest(work.reading, work.by.id, count, FINAL)
    if not chosen:
        message = f"There is nothing of {work.by.name}'s to undo; see: funnelcli history"
        raise NotFound(message)
    return _all(work, _BACK, [_known(work, each) for each in chosen], count)


def redo(work: Work, count: int, number: int | None = None) -> str:
    """Do the last `count` commands again that who signs has undone, or one operation."""
    found = latest_undone(work.reading, work.by.id, count, FINAL)
    chosen = [number] if number is not None else found
    if not chosen:
        message = (
            f"{work.by.name} has undone nothing since their last command; "
            "what was undone earlier: funnelcli redo --id N, see: funnelcli history"
        )
        raise NotFound(message)
    return _all(work, _AGAIN, [_known(work, each) for each in chosen], count)


def _known(work: Work, number: int) -> Done:
    found = next(history(work.reading, operation=number), None)
    if found is None:
        message = f"There is no operation {number}; see: funnelcli history"
        raise NotFound(message)
    return found


def _all(work: Work, way: _Way, chosen: Sequence[Done], count: int) -> str:
    for done in chosen:
        _check_turn(work, way, done)
        found = collision(work.reading, done.operation, done.undone_by or done.operation)
        if found is not None:
            thing = found.called(work.reading)
            raise _standing_against(work, way, done, found.later, thing)
        try:
            way.carry_out(work, done.operation)
        except Overtaken as error:
            raise _standing_against(work, way, done, error.later, error.thing) from error
        _check_whole(work, way, done)
        _check_kept(work, way, done)
    told = "; ".join(_spoken(done) for done in chosen)
    counted = "" if len(chosen) == 1 else f" {plural(len(chosen), 'command')}:"
    short = f" There were no more than {len(chosen)}." if len(chosen) < count else ""
    return f"{way.told}{counted} {told}.{short}"


def _spoken(done: Done) -> str:
    return f"{done.operation}, {done.command}: {done.summary.rstrip('.')}"


def _check_turn(work: Work, way: _Way, done: Done) -> None:
    """Raise Refused unless this operation can be undone, or redone, and by who signs."""
    if done.command in FINAL:
        message = f"{done.operation} is {done.command!r}, which cannot be {way.done}."
        raise Refused(message)
    if done.undone and way is _BACK:
        number = done.operation
        message = f"{number} is undone already; to do it again: funnelcli redo --id {number}"
        raise Refused(message)
    if not done.undone and way is _AGAIN:
        message = f"{done.operation} is not undone, so there is nothing to do again."
        raise Refused(message)
    whose = done.by if done.undone_by is None else _known(work, done.undone_by).by
    if whose != work.by.name:
        did = "did" if done.undone_by is None else "undid"
        work.require_manager(f"{way.verb} what {whose} {did}")


def _check_whole(work: Work, way: _Way, done: Done) -> None:
    """Raise Refused if something would now be known of what was never opened or added."""
    found = stray(work, done.operation)
    if found is not None:
        about, number = found
        opened = opening(work.reading, about, number)
        remedy = f"{about} {number} is not there; first: funnelcli redo --id {opened}"
        if opened == done.operation:
            remedy = f"{about} {number} is named by something since; see: funnelcli history"
        message = f"{done.operation}, {done.command}, cannot be {way.done}: {remedy}"
        raise Refused(message)


def _check_kept(work: Work, way: _Way, done: Done) -> None:
    """Raise Refused if an answer or an end would now be of a log or a plan that is not there."""
    found = left_alone(work, done.operation)
    if found is None:
        return
    if found.made == done.operation:
        raise _standing_against(work, way, done, found.named, found.thing)
    remedy = f"{found.thing} is not there; first: funnelcli redo --id {found.made}"
    message = f"{done.operation}, {done.command}, cannot be {way.done}: {remedy}"
    raise Refused(message)


def _standing_against(work: Work, way: _Way, done: Done, later: int | None, thing: str) -> Refused:
    told = f"Nothing was {way.done}: after {done.operation}, {done.command}, {thing} was touched"
    other = None if later is None else next(history(work.reading, operation=later), None)
    if other is None:
        return Refused(f"{told}; see: funnelcli history")
    at = other.entered_at.astimezone(work.zone)
    return Refused(
        f"{told} by {other.by}, on {at:%Y-%m-%d %H:%M} (operation {_spoken(other)}); "
        f"undo that first: funnelcli undo --id {other.operation}"
    )
