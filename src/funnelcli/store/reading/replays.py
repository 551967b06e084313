"""The past as it was known then, deal by deal, beside what became of it: for a backtest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from funnelcli.domain.backtest import HORIZON, Open, Origin, origins
from funnelcli.domain.forecast import frequency
from funnelcli.domain.prospects import Place
from funnelcli.domain.time import Moment, last_second
from funnelcli.store.reading.outlooks import fates, first_known, learned, open_parts
from funnelcli.store.reading.process import process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from funnelcli.domain.forecast import Chances
    from funnelcli.domain.model import Filters
    from funnelcli.store.reading.outlooks import Fate, Part
    from funnelcli.store.reading.reader import Reader


def replayed(reader: Reader, filters: Filters, count: int) -> Iterator[Origin]:
    """Yield so many days of the past: what was told of the deals open then, and what came.

    Every figure of a day is asked for as of its end, by the same questions as today's.
    """
    first, ended = first_known(reader), fates(reader)
    for day in [] if first is None else origins(first, reader.today, count):
        at = last_second(day, reader.moment.zone)
        past = reader.at(Moment(at, reader.moment.zone, past=True, hindsight=False))
        taught = learned(past, process(past))
        ahead = reader.settings.calendar.days(day, day + timedelta(days=HORIZON))
        yield Origin(
            on=day,
            closed=sum(taught.closed(filters.pipeline)),
            deals=tuple(
                _open(part, taught.by_stage[part.stage_id], ahead, day, ended)
                for part in open_parts(past, filters)
            ),
            over=day + timedelta(days=HORIZON) <= reader.today,
        )


def _open(
    part: Part,
    taught: tuple[Chances, int],
    ahead: int,
    day: date,
    ended: Mapping[int, Fate],
) -> Open:
    place = Place(*taught, part.days)
    chances, position = taught
    fate = ended.get(part.deal_id)
    brought = 0
    if fate is not None and fate.won and fate.on is not None:
        in_time = fate.on <= day + timedelta(days=HORIZON)
        brought = (fate.amount or part.amount or 0) if in_time else 0
    return Open(
        chances=(
            place.chance.probability,
            chances.steps[position].probability,
            frequency(chances.history, position),
        ),
        in_time=chances.timely(position, part.days or 0, ahead),
        amount=part.amount,
        won=None if fate is None else fate.won,
        came=brought if part.amount is not None else 0,
    )
