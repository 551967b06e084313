"""Deals as JSON: what the database puts together is what the views make of a Deal."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnelcli.domain.model import Filters
from funnelcli.domain.money import MOST
from funnelcli.domain.time import Moment, day_at, instant, midnight, offsets, seconds
from funnelcli.store.reading.deal_records import deals_as_json
from funnelcli.store.reading.deals import deals
from funnelcli.store.reading.local import YEARS
from funnelcli.store.reading.reader import Reader, reading
from funnelcli.views.deals import COLUMNS, deals_table
from funnelcli.views.records import write_json, write_ndjson
from funnelcli.views.table import Frame

if TYPE_CHECKING:
    from conftest import Office

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
"""Casablanca turns its clocks back for a month only; Lord Howe by half an hour."""

zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(1900, 1, 2), date(2999, 12, 30))
lately = st.dates(date(2014, 1, 1), date(2028, 1, 1))
seconds_of_day = st.sampled_from([0, 1, 3_599, 3_600, 7_200, 86_399]) | st.integers(0, 86_399)
instants = st.builds(
    lambda day, second: seconds(datetime(day.year, day.month, day.day, tzinfo=UTC)) + second,
    days | lately,
    seconds_of_day,
)
words = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
dates = st.none() | lately.map(date.isoformat)
states = st.fixed_dictionaries(
    {
        **dict.fromkeys(("ref", "customer", "next_step", "lost_reason", "competitor"), words),
        **dict.fromkeys(("name", "source"), words),
        **dict.fromkeys(("expected_close", "next_step_due", "held_until"), dates),
        **dict.fromkeys(
            ("opened_at", "stage_entered_at", "stage_clock_at", "last_touch_at", "touch_clock_at"),
            st.none() | instants,
        ),
        "closed_at": st.none() | instants,
        "status": st.sampled_from(["open", "won", "lost"]),
        "amount": st.none() | st.integers(0, MOST) | st.integers(0, 1_000).map(lambda n: n * 100),
        "owner_id": st.sampled_from([None, 1]),
        "stage_id": st.integers(1, 3),
    }
)
few = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def put(office: Office, state: dict[str, Any], currency: str, zone: ZoneInfo, chance: int) -> None:
    """Have deal 1 stand so in the file, whatever its facts say."""
    columns = ", ".join(f"{column} = :{column}" for column in state)
    with closing(sqlite3.connect(office.path)) as file, file:
        file.execute("PRAGMA synchronous = OFF")
        file.execute(f"UPDATE deal SET {columns} WHERE id = 1", state)
        file.execute("UPDATE stage SET probability = ?", [chance])
        said = {"currency": currency, "timezone": zone.key}
        file.executemany(
            "UPDATE setting SET value = ? WHERE key = ?", [(v, k) for k, v in said.items()]
        )


def both(reader: Reader) -> tuple[str, str]:
    """Return all deals as the database, and as the views, have them."""
    frame = Frame("x", NOW, reader.settings.currency, reader.moment.zone)
    told = []
    for written in (deals_as_json(reader, Filters(), archived=True), None):
        found = deals(reader, Filters(), archived=True)
        out = io.StringIO()
        write_ndjson(deals_table(found, frame)._replace(written=written), found, out)
        told.append(out.getvalue())
    return told[0], told[1]


@few
@given(states, st.sampled_from(["CNY", "JPY", "KWD"]), zones, st.integers(0, 10_000))
def test_the_database_and_the_views_write_the_same(office, state, currency, zone, chance):
    if not office("deal", "list", "--status", "all", "--archived", "-f", "ids").out:
        office.does("deal", "add", "Ark")
    put(office, state, currency, zone, chance)
    with reading(office.path, lambda zone: Moment(NOW, zone)) as reader:
        by_database, by_views = both(reader)
    assert by_database == by_views
    assert by_database.count("\n") == 1


def test_every_probability_is_written_as_python_writes_it():
    with closing(sqlite3.connect(":memory:")) as file:
        for n in range(10_001):
            (text,) = file.execute("SELECT printf('%s', ? / 10000.0)", [n]).fetchone()
            assert text == repr(n / 10_000)


@pytest.mark.parametrize(
    "nonsense",
    [
        *("status = 'lots'", "amount = 'much'", "amount = 1.5", "opened_at = 'monday'"),
        *("expected_close = '2026-02-30'", "expected_close = 'soon'", "name = x'41ff'"),
        *("last_touch_at = x'00'", "held_until = '2026-1-1'"),
    ],
)
def test_a_value_that_is_none_of_its_kind_is_told_as_damage(office: Office, nonsense: str) -> None:
    office.does("deal", "add", "Ark")
    with closing(sqlite3.connect(office.path)) as file, file:
        file.execute("PRAGMA ignore_check_constraints = ON")
        file.execute(f"UPDATE deal SET {nonsense}")
    ran = office("deal", "list", "-f", "json", "--status", "all")
    assert ran.code == 13, ran
    assert "a value in it makes no sense" in ran.err


@pytest.fixture
def story(office: Office) -> Office:
    """An office whose deals were won, lost, held, archived and moved back."""
    for name in ("Ark", "方舟电子", "Bell", "Cedar", "Dome"):
        office.does("deal", "add", name, "--amount", "1250.50", "--customer", f"{name} & Söhne")
    office.on("2026-11-24").does("log", "Ark", "spoke with them", "--next", "offer")
    office.does("deal", "win", "Bell", "--force", "--reason", "by telephone")
    office.does("deal", "lose", "Cedar", "--reason", "price")
    office.on("2026-11-25").does("deal", "hold", "Ark", "--until", "2026-12-20", "--reason", "x")
    office.does("deal", "archive", "Dome")
    return office.on("2026-11-27")


@pytest.mark.parametrize("past", [(), ("--as-of", "2026-11-24")])
@pytest.mark.parametrize("only", ["all", "open,held", "won", "held"])
def test_a_list_for_machines_holds_the_deals_that_were_asked_for(story, only, past):
    asked = ("deal", "list", "--status", only, "--archived", *past)
    rows = story.asks(*asked)["rows"]
    assert [str(row["id"]) for row in rows] == story.does(*asked, "-f", "ids").split()
    assert [row for row in rows if row != story.deal(str(row["id"]), *past)] == []


def test_a_list_that_a_stream_cannot_carry_is_escaped(story):
    with reading(story.path, lambda zone: Moment(NOW, zone)) as reader:
        frame = Frame("x", NOW, "CNY", reader.moment.zone)
        table = deals_table((), frame)._replace(written=deals_as_json(reader, Filters()))
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding="ascii")
        write_json(table, (), out)
        out.flush()
    names = [row["name"] for row in json.loads(raw.getvalue())["rows"]]
    assert "方舟电子" in names


def test_the_keys_are_those_of_the_views(story):
    keys = [column.key for column in deals_table((), Frame("x", NOW, "CNY", UTC)).for_machines]
    assert list(story.asks("deal", "list")["rows"][0]) == keys
    assert len(COLUMNS) > len(keys)


@given(zones, st.integers(0, 366 * YEARS * 86_400))
def test_the_zones_offsets_tell_the_day_of_any_instant(zone, ago):
    end = date(2026, 11, 24)
    begin = end - timedelta(days=366 * YEARS)
    at = seconds(midnight(end, zone)) - 1 - ago
    if at < seconds(midnight(begin, zone)):
        return
    ahead = [by for since, by in offsets(begin, end, zone) if since <= at][-1]
    assert instant(at + ahead).date() == day_at(at, zone)


def test_no_zone_changes_its_clocks_in_a_way_that_is_overlooked():
    end = date(2026, 11, 24)
    begin = end - timedelta(days=366 * YEARS)
    noons = [begin + timedelta(days=n) for n in range(0, (end - begin).days, 3)]
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        changes = offsets(begin, end, zone)[::-1]
        for day in noons:
            at = seconds(datetime(day.year, day.month, day.day, 12, tzinfo=zone))
            ahead = next(by for since, by in changes if since <= at)
            assert ahead == datetime.fromtimestamp(at, zone).utcoffset().total_seconds(), name
