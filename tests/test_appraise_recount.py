"""The figures of `appraise`, counted again in plain Python from what a test itself entered."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import product
from math import erf, exp, pi, sqrt
from math import log as ln
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from conftest import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPS = ("Xiao Li", "Wang Fang", "陈浩")
FIRST, LAST = date(2026, 11, 2), date(2026, 11, 20)
HOLIDAY, AWAY = date(2026, 11, 11), (date(2026, 11, 16), date(2026, 11, 17))
PERIOD = ("--period", "2026-11")


class Said(NamedTuple):
    """A log as the test entered it."""

    rep: str
    on: date
    at: datetime
    deal: int


class Told:
    """What the test entered, kept by itself beside the file, and counted again in plain Python."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.logs: list[Said] = []
        self.replies: dict[int, datetime] = {}
        self.asked: list[tuple[str, int, date, datetime]] = []
        self.plans: list[dict[str, Any]] = []
        self.deals: list[dict[str, Any]] = []
        self.claims: dict[int, tuple[str, int]] = {}

    def at(self, day: date, hour: int) -> datetime:
        """Set the clock to an hour of a day in Shanghai."""
        self.office.at(f"{day}T{hour:02}:00:00+08:00")
        return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001  on the wall

    def deal(self, day: date, rep: str, amount: int | None, stage: str = "opportunity") -> int:
        self.at(day, 9)
        number = len(self.deals) + 1
        worth = () if amount is None else ("--amount", str(amount))
        self.office.does(
            *("deal", "add", f"方舟 {number}", "--owner", rep, "--stage", stage, *worth)
        )
        chance = {"opportunity": 0.1, "quoted": 0.5}[stage]
        self.deals.append(
            {"rep": rep, "amount": amount, "chance": chance, "stage": day, "stays": []}
            | {"accepted": 0, "won": None, "advanced": 0, "closed": None}
        )
        return number

    def log(self, day: date, rep: str, deal: int, on: date, claim: int | None = None) -> int:
        at = self.at(day, 10)
        more = () if claim is None else ("--claim", str(claim))
        self.office.does("log", str(deal), "谈了", "--as", rep, "--on", str(on), *more)
        self.logs.append(Said(rep, on, at, deal))
        if claim is not None:
            self.claims.setdefault(deal, (rep, claim))
        return len(self.logs)

    def reply(self, day: date, log: int, due: date | None) -> None:
        at = self.at(day, 15)
        by = () if due is None else ("--by", str(due))
        self.office.does("reply", str(log), "谁说的", *by)
        self.replies.setdefault(log, at)
        if due is not None:
            self.asked.append((self.logs[log - 1].rep, self.logs[log - 1].deal, due, at))

    def plan(self, day: date, rep: str, deal: int, on: date) -> int:
        self.at(day, 11)
        self.office.does("plan", "add", str(deal), "拜访", "--on", str(on), "--as", rep)
        self.plans.append({"rep": rep, "on": on, "entered": day, "end": None, "deal": deal})
        return len(self.plans)

    def done(self, day: date, number: int) -> None:
        at = self.at(day, 16)
        plan = self.plans[number - 1]
        self.office.does("plan", "done", str(number), "--as", plan["rep"])
        plan["end"] = ("done", day)
        self.logs.append(Said(plan["rep"], day, at, plan["deal"]))

    def drop(self, day: date, number: int, by: str) -> None:
        self.at(day, 16)
        self.office.does("plan", "drop", str(number), "--reason", "x", "--as", by)
        self.plans[number - 1]["end"] = ("excused" if by == "Jiang Yue" else "dropped", day)

    def advance(self, day: date, number: int) -> None:
        self.at(day, 17)
        deal = self.deals[number - 1]
        self.office.does("deal", "advance", str(number), "--done", "邮件")
        deal["accepted"] += 1
        deal["advanced"] += 1
        deal["stays"].append(((deal["advanced"] - 1), (day - deal["stage"]).days))
        deal["stage"] = day

    def close(self, day: date, number: int, *, won: bool) -> None:
        self.at(day, 18)
        deal = self.deals[number - 1]
        if won:
            self.office.does("deal", "win", str(number), "--force", "--reason", "签了")
        else:
            self.office.does("deal", "lose", str(number), "--reason", "price")
        deal["won"], deal["closed"] = won, day
        first = 3 if deal["chance"] > 0.4 else 0
        deal["stays"].append((first + deal["advanced"], (day - deal["stage"]).days))


def some_weeks(office: Office) -> Told:
    """Enter three weeks of three reps, with late entries, missed plans, replies and closings."""
    random, told = Random(7), Told(office)
    office.on("2026-11-02").does("team", "add", "陈浩")
    office.does("config", "set", "holidays", str(HOLIDAY))
    office.does("team", "edit", "Wang Fang", "--away", f"{AWAY[0]}..{AWAY[1]}")
    office.does("target", "set", "Xiao Li", "2026-11", "1000")
    mine = {rep: [told.deal(FIRST, rep, 150 + n) for n in range(2)] for rep in REPS}
    for n in range(11):
        number = told.deal(FIRST, "Xiao Li", None if n == 3 else 50 + n, "quoted")
        told.log(FIRST, "Xiao Li", number, FIRST, 40 + 5 * n)
        told.close(date(2026, 11, 12), number, won=n % 3 == 0)
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        if day.weekday() < SATURDAY:
            a_day(told, day, mine, random)
    for day, number in ((9, 1), (13, 1), (10, 6)):
        told.advance(date(2026, 11, day), number)
    told.close(date(2026, 11, 19), 6, won=True)
    told.close(date(2026, 11, 20), 3, won=False)
    told.at(LAST, 20)
    return told


def a_day(told: Told, day: date, mine: dict[str, list[int]], random: Random) -> None:
    """Enter what three reps and their manager did on a day."""
    for rep in REPS:
        deal = random.choice(mine[rep])
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            on = max(FIRST, day - timedelta(days=random.choice((0, 0, 0, 2, 3, 5))))
            log = told.log(day, rep, deal, on)
            if random.random() < 0.3:
                due = day + timedelta(days=random.randint(1, 4))
                told.reply(day, log, random.choice((None, due, due)))
        if random.random() < 0.4:
            told.plan(day, rep, deal, day + timedelta(days=random.randint(0, 3)))
    for number, plan in enumerate(told.plans, 1):
        if plan["end"] is None and random.random() < 0.3:
            ending = random.randrange(5)
            if ending < 3:
                told.done(day, number)
            else:
                told.drop(day, number, by=("Jiang Yue", plan["rep"])[ending - 3])


SATURDAY = 5


def recounted(told: Told, rep: str) -> dict[str, Any]:
    """Count every figure of a rep again, from what the test itself entered."""
    logs = [log for log in told.logs if log.rep == rep]
    late = [log for log in logs if (log.at.date() - log.on).days > 2]
    timely = {log.on for log in logs if log not in late}
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    days = [day for day in days if day.weekday() < SATURDAY and day != HOLIDAY]
    if rep == "Wang Fang":
        days = [day for day in days if not AWAY[0] <= day <= AWAY[1]]
    found: dict[str, Any] = {
        "attendance": sum(day in timely for day in days) / len(days),
        "days-late-only": sum(day in {log.on for log in late} - timely for day in days),
        "logs": len(logs),
        "logs-late": len(late),
    }
    return found | _planned(told, rep) | _talked(told, rep) | _came(told, rep)


def _planned(told: Told, rep: str) -> dict[str, Any]:
    states: Counter[str] = Counter()
    for plan in (plan for plan in told.plans if plan["rep"] == rep):
        end, on, closed = plan["end"], plan["on"], told.deals[plan["deal"] - 1]["closed"]
        if plan["entered"] >= on or (end and end[0] == "done" and end[1] <= plan["entered"]):
            states["same-day"] += 1
        elif end is None and closed is not None and closed <= on:
            states["excused"] += 1
        elif end is None:
            states["coming" if on >= LAST else "missed"] += 1
        elif end[0] == "done":
            states["on-time" if end[1] <= on else "late"] += 1
        else:
            states[end[0]] += 1
    due = sum(states[state] for state in ("on-time", "late", "missed", "dropped"))
    every = ("on-time", "late", "missed", "dropped", "excused", "same-day", "coming")
    return {f"plans-{state}": states[state] for state in every} | {
        "plans-kept": states["on-time"] / due if due else None
    }


def _talked(told: Told, rep: str) -> dict[str, Any]:
    mine = [n for n, log in enumerate(told.logs, 1) if log.rep == rep]
    took = [
        (told.replies[n] - told.logs[n - 1].at).total_seconds() / 3600
        for n in mine
        if n in told.replies
    ]
    old = datetime(2026, 11, 6)  # noqa: DTZ001  fourteen days before the last
    waiting = [n for n in mine if n not in told.replies]
    asked = Counter(_stands(told, *each) for who, *each in told.asked if who == rep)
    due = asked["on-time"] + asked["late"] + asked["missed"]
    return {
        "reply-hours": median(took) if took else None,
        "logs-never-read": sum(told.logs[n - 1].at < old for n in waiting),
        "logs-waiting": sum(told.logs[n - 1].at >= old for n in waiting),
        "instructions-fulfilled": (asked["on-time"] + asked["late"]) / due if due else None,
        "instructions-on-time": asked["on-time"] / due if due else None,
    }


def _stands(told: Told, deal: int, due: date, at: datetime) -> str:
    followed = [
        log.at.date()
        for log in told.logs
        if log.deal == deal and log.at > at and log.on >= at.date()
    ]
    if followed:
        return "on-time" if min(followed) <= due else "late"
    closed = told.deals[deal - 1]["closed"]
    if closed is not None and closed <= due:
        return "excused"
    return "coming" if due >= LAST else "missed"


def _came(told: Told, rep: str) -> dict[str, Any]:
    mine = [deal for deal in told.deals if deal["rep"] == rep]
    closed = [deal for deal in mine if deal["won"] is not None]
    won = sum(deal["amount"] or 0 for deal in closed if deal["won"])
    medians = {
        stage: median(days for deal in told.deals for at, days in deal["stays"] if at == stage)
        for stage in {at for deal in told.deals for at, _ in deal["stays"]}
    }
    stays = [stay for deal in mine for stay in deal["stays"]]
    usual = sum(medians[stage] for stage, _ in stays)
    chances = [deal["chance"] for deal in closed]
    gaps = [
        told.deals[number - 1]["won"]
        for number, (who, _) in told.claims.items()
        if who == rep and told.deals[number - 1]["won"] is not None
    ]
    stated = [claim for _, (who, claim) in told.claims.items() if who == rep]
    enough = len(gaps) >= 10
    bias = (sum(stated) - 100 * sum(gaps)) / (len(gaps) + 10) if enough else None
    found: dict[str, Any] = {
        "milestones-accepted": sum(deal["accepted"] for deal in mine),
        "milestones-claimed": 0,
        "stages-advanced": sum(deal["advanced"] for deal in mine),
        "time-in-stage": sum(days for _, days in stays) / usual if usual else None,
        "won-amount": won,
        "won-amount-unknown": sum(deal["won"] and deal["amount"] is None for deal in closed),
        "target": 1000 if rep == "Xiao Li" else None,
        "target-share": won / 1000 if rep == "Xiao Li" else None,
        "wins-above-expected": sum(d["won"] - d["chance"] for d in closed) if closed else None,
        "claim-bias": bias,
        "claim-doubt": None
        if bias is None
        else 0.5 * (1 + erf((bias / 100 - 0.05) / sqrt(0.2 / (len(gaps) + 10)) / sqrt(2))),
    }
    for code, tail in (("luck-low", 0.1), ("luck-high", 0.9)):
        found[code] = quantile(chances, tail) - sum(chances) if chances else None
    return found


def quantile(chances: list[float], share: float) -> int:
    """Return the number of wins at a share, from every way in which a few deals may end.

    Under five states of one shock: Gauss and Hermite's nodes with their weights, as tables of them
    have them.
    """
    nodes = {-2.8569700: 0.0112574, -1.3556262: 0.2220759, 0.0: 0.5333333}
    nodes |= {1.3556262: 0.2220759, 2.8569700: 0.0112574}
    likely: dict[int, float] = defaultdict(float)
    for node, weight in nodes.items():
        shocked = []
        for chance in chances:
            logit = ln(chance / (1 - chance)) * sqrt(1 + pi * 0.65**2 / 8) + 0.65 * node
            shocked.append(1 / (1 + exp(-logit)))
        for way in product((0, 1), repeat=len(chances)):
            p = weight
            for won, chance in zip(way, shocked, strict=True):
                p *= chance if won else 1 - chance
            likely[sum(way)] += p
    so_far = 0.0
    for wins in sorted(likely):
        so_far += likely[wins]
        if so_far >= share - 1e-6:
            return wins
    return len(chances)


@pytest.fixture(scope="module")
def weeks(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Three weeks of an office, entered once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("funnelcli.config.system_login", lambda: "somebody")
        path = tmp_path_factory.mktemp("weeks") / "funnel.db"
        path.write_bytes(founded.read_bytes())
        yield some_weeks(Office(path, patch))


@pytest.mark.parametrize("rep", REPS)
def test_every_figure_of_a_rep_is_what_a_recount_of_the_entries_gives(
    weeks: Told, rep: str
) -> None:
    weeks.at(LAST, 20)
    rows = weeks.office.asks("appraise", *PERIOD, "--owner", rep)["rows"]
    found = {row["figure"]: row["value"] for row in rows}
    assert found == pytest.approx(recounted(weeks, rep))
    assert {row["owner"] for row in rows} == {rep}


def test_the_teams_figures_are_those_of_its_reps_together(weeks: Told) -> None:
    weeks.at(LAST, 20)
    rows = weeks.office.asks("appraise", *PERIOD)["rows"]
    by_owner: dict[str | None, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        by_owner[row["owner"]][row["figure"]] = row["value"]
    assert list(by_owner) == [None, *REPS]
    for code in ("logs", "logs-late", "plans-missed", "won-amount", "stages-advanced"):
        assert by_owner[None][code] == sum(by_owner[rep][code] for rep in REPS)
    assert by_owner[None]["time-in-stage"] is None


def made(how: str, rows: list[dict[str, Any]]) -> float | None:
    """Make a figure of what its entries counted, in the way that the answer tells."""
    counted = [row["counted"] for row in rows]
    if how == "median":
        return median(counted) if counted else None
    if how == "share":
        of = sum(row["of"] for row in rows if row["of"] is not None)
        return sum(counted) / of if of else None
    return sum(counted) / (len(counted) + 10) if how == "bias" else sum(counted)


@pytest.mark.parametrize("rep", [*REPS, None])
def test_every_figure_opens_to_entries_that_make_it(weeks: Told, rep: str | None) -> None:
    weeks.at(LAST, 20)
    ask = ("appraise", *PERIOD, *(() if rep is None else ("--owner", rep)))
    every = weeks.office.asks(*ask)["rows"]
    for row in (row for row in every if row["owner"] == rep):
        weeks.office.does(*ask, "--explain", row["figure"])
        opened = weeks.office.asks(*ask, "--explain", row["figure"])
        totals = opened["totals"]
        assert totals["value"] == row["value"], row
        if totals["made"] in ("sum", "share", "median") and row["value"] is not None:
            assert made(totals["made"], opened["rows"]) == pytest.approx(row["value"]), row
        if row["figure"] == "claim-bias" and row["value"] is not None:
            assert made("bias", opened["rows"]) == pytest.approx(row["value"])
        if rep is not None:
            assert {each["owner"] for each in opened["rows"]} <= {rep}


def test_whoever_opens_a_figure_of_the_team_sees_whose_each_entry_is(weeks: Told) -> None:
    weeks.at(LAST, 20)
    rows = weeks.office.asks("appraise", *PERIOD, "--explain", "logs-late")["rows"]
    late = [log for log in weeks.logs if (log.at.date() - log.on).days > 2]
    assert Counter(row["owner"] for row in rows) == Counter(log.rep for log in late)
    assert all(row["late"] and row["entry"].startswith("log ") for row in rows)


def test_a_page_says_how_much_each_figure_rests_on(weeks: Told) -> None:
    weeks.at(LAST, 20)
    page = weeks.office.does("appraise", *PERIOD, "--owner", "Xiao Li")
    again = recounted(weeks, "Xiao Li")
    attended = round(14 * again["attendance"])
    assert f"With a log that was entered within two days: {attended} of 14 working days" in page
    assert f"Logs: {again['logs']}, {again['logs-late']} of them entered" in page
    assert "On 11 closed deals, claims lay" in page
    assert "of the target of 1,000." in page
