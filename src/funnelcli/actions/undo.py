"""Commands taken back and done again, each as a whole; undoing is itself recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from funnelcli.errors import NotFound, Refused
from funnelcli.store.reading.collision import collision
from funnelcli.store.reading.history import history, latest, latest_undone, opening
from funnelcli.store.reversal import Overtaken, left_alone, put_back, stray, take_back
from funnelcli.wording import marked, plural, said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from funnelcli.domain.model import Done
    from funnelcli.store.session import Work

FINAL = ("init", "undo", "redo", "doctor --repair")
"""Commands that are not undone: the beginning, undoing itself, and what states nothing."""


class _Way(NamedTuple):
    """One of the two directions, and how it is spoken of."""

    done: str
    told: Callable[[int, str], str]
    foreign: str
    carry_out: Callable[[Work, int], None]


_BACK = _Way(
    marked("undone"),
    lambda n, what: plural(n, "Undid {what}.", "Undid {n} commands: {what}.", what=what),
    marked("undo what {person} did"),
    take_back,
)
_AGAIN = _Way(
    marked("done again"),
    lambda n, what: plural(n, "Did again {what}.", "Did again {n} commands: {what}.", what=what),
    marked("redo what {person} undid"),
    put_back,
)


def undo(work: Work, count: int, number: int | None = None) -> str:
    """Take back the last `count` commands of who signs, or one operation; return which.

    Raises Refused, naming it, where something newer touched the same thing.
    """
    chosen = [number] if number is not None else latest(work.reading, work.by.id, count, FINAL)
    if not chosen:
        message = said(
            "There is nothing of {person}'s to undo; see: funnelcli history", person=work.by.name
        )
        raise NotFound(message)
    return _all(work, _BACK, [_known(work, each) for each in chosen], count)


def redo(work: Work, count: int, number: int | None = None) -> str:
    """Do the last `count` commands again that who signs has undone, or one operation."""
    found = latest_undone(work.reading, work.by.id, count, FINAL)
    chosen = [number] if number is not None else found
    if not chosen:
        message = said(
            "{person} has undone nothing since their last command; "
            "what was undone earlier: funnelcli redo --id N, see: funnelcli history",
            person=work.by.name,
        )
        raise NotFound(message)
    return _all(work, _AGAIN, [_known(work, each) for each in chosen], count)


def _known(work: Work, number: int) -> Done:
    found = next(history(work.reading, operation=number), None)
    if found is None:
        message = said("There is no operation {number}; see: funnelcli history", number=number)
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
    told = said("; ").join(_spoken(done) for done in chosen)
    sentences = [way.told(len(chosen), told)]
    if len(chosen) < count:
        sentences.append(said("There were no more than {n}.", n=len(chosen)))
    return " ".join(sentences)


def _spoken(done: Done) -> str:
    return said(
        "{operation}, {command}: {summary}",
        operation=done.operation,
        command=done.command,
        summary=done.summary.rstrip(".。"),
    )


def _check_turn(work: Work, way: _Way, done: Done) -> None:
    """Raise Refused unless this operation can be undone, or redone, and by who signs."""
    if done.command in FINAL:
        message = said(
            "{operation} is {command!r}, which cannot be {done}.",
            operation=done.operation,
            command=done.command,
            done=said(way.done),
        )
        raise Refused(message)
    if done.undone and way is _BACK:
        message = said(
            "{operation} is undone already; to do it again: funnelcli redo --id {operation}",
            operation=done.operation,
        )
        raise Refused(message)
    if not done.undone and way is _AGAIN:
        message = said(
            "{operation} is not undone, so there is nothing to do again.",
            operation=done.operation,
        )
        raise Refused(message)
    whose = done.by if done.undone_by is None else _known(work, done.undone_by).by
    if whose != work.by.name:
        work.require_manager(said(way.foreign, person=whose))


def _check_whole(work: Work, way: _Way, done: Done) -> None:
    """Raise Refused if something would now be known of what was never opened or added."""
    found = stray(work, done.operation)
    if found is not None:
        about, number = found
        opened = opening(work.reading, about, number)
        remedy = marked("{thing} is not there; first: funnelcli redo --id {opened}")
        if opened == done.operation:
            remedy = marked("{thing} is named by something since; see: funnelcli history")
        thing = f"{said(about)} {number}"
        raise _impossible(way, done, said(remedy, thing=thing, opened=opened))


def _check_kept(work: Work, way: _Way, done: Done) -> None:
    """Raise Refused if an answer or an end would now be of a log or a plan that is not there."""
    found = left_alone(work, done.operation)
    if found is None:
        return
    if found.made == done.operation:
        raise _standing_against(work, way, done, found.named, found.thing)
    remedy = said(
        "{thing} is not there; first: funnelcli redo --id {opened}",
        thing=found.thing,
        opened=found.made,
    )
    raise _impossible(way, done, remedy)


def _impossible(way: _Way, done: Done, remedy: str) -> Refused:
    message = said(
        "{operation}, {command}, cannot be {done}: {remedy}",
        operation=done.operation,
        command=done.command,
        done=said(way.done),
        remedy=remedy,
    )
    return Refused(message)


def _standing_against(work: Work, way: _Way, done: Done, later: int | None, thing: str) -> Refused:
    values = {
        "done": said(way.done),
        "operation": done.operation,
        "command": done.command,
        "thing": thing,
    }
    other = None if later is None else next(history(work.reading, operation=later), None)
    if other is None:
        message = said(
            "Nothing was {done}: after {operation}, {command}, {thing} was touched; "
            "see: funnelcli history",
            **values,
        )
        return Refused(message)
    at = other.entered_at.astimezone(work.zone)
    message = said(
        "Nothing was {done}: after {operation}, {command}, {thing} was touched "
        "by {person}, on {at} (operation {later}); "
        "undo that first: funnelcli undo --id {number}",
        **values,
        person=other.by,
        at=f"{at:%Y-%m-%d %H:%M}",
        later=_spoken(other),
        number=other.operation,
    )
    return Refused(message)
