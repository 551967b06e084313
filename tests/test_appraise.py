"""`appraise`: figures that anybody can count again from what was entered."""

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

from funnelcli.domain.luck import wins_not_exceeded

if TYPE_CHECKING:
    from conftest import Office

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
            | {"accepted": 0, "won": None, "advanced": 0}
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
        deal["won"] = won
        first = 3 if deal["chance"] > 0.4 else 0
        deal["stays"].append((first + deal["advanced"], (day - deal["stage"]).days))


def a_quarter(office: Office) -> Told:
    """Enter three weeks of three reps, with late entries, missed plans, replies and closings."""
    random, told = Random(7), Told(office)  # noqa: S311  the same weeks every time
    office.on("2026-11-02").does("team", "add", "陈浩")
    office.does("config", "set", "holidays", str(HOLIDAY))
    office.does("team", "edit", "Wang Fang", "--away", f"{AWAY[0]}..{AWAY[1]}")
    office.does("target", "set", "Xiao Li", "2026-11", "1000")
    mine = {rep: [told.deal(FIRST, rep, 100 * n + 150) for _ in range(2)] for n, rep in enumerate(REPS)}
    for n in range(11):
        number = told.deal(FIRST, "Xiao Li", None if n == 3 else 50 + n, "quoted")
        told.log(FIRST, "Xiao Li", number, FIRST, 40 + 5 * n)
        told.close(date(2026, 11, 12), number, won=n % 3 == 0)
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        if day.weekday() > 4:
            continue
        for rep in REPS:
            deal = random.choice(mine[rep])
            for _ in range(random.choice((0, 0, 1, 2))):
                on = max(FIRST, day - timedelta(days=random.choice((0, 0, 0, 2, 3, 5))))
                log = told.log(day, rep, deal, on)
                if random.random() < 0.3:
                    due = day + timedelta(days=random.randint(1, 4))
                    told.reply(day, log, random.choice((None, due)))
            if random.random() < 0.4:
                told.plan(day, rep, deal, day + timedelta(days=random.randint(0, 3)))
        for number, plan in enumerate(told.plans, 1):
            if plan["end"] is None and random.random() < 0.3:
                random.choice((told.done, told.done, told.drop))(
                    *((day, number))
                ) if False else _end(told, day, number, random)
    told.advance(date(2026, 11, 9), mine["Xiao Li"][0])
    told.advance(date(2026, 11, 13), mine["Xiao Li"][0])
    told.advance(date(2026, 11, 10), mine["陈浩"][1])
    told.close(date(2026, 11, 19), mine["陈浩"][1], won=True)
    told.close(date(2026, 11, 20), mine["Wang Fang"][0], won=False)
    told.at(LAST, 20)
    return told
