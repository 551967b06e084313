"""Conversion and forecast of real loan applications, held against a count of their CSV files.

The count reads the files with `csv`, strikes out what came after the day that is asked about, and
knows nothing of funnelcli; the formulas are written down here a second time, in fractions.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from test_real_data import BPI, DATA, LOANS_END, a_file, bpi, by_time

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"there are no real tables at {DATA} (FUNNELCLI_DATA says where)"
)

STAGES = ("submitted", "preaccepted", "offer-sent", "offer-returned")
DECLARED = (Fraction(1, 10), Fraction(3, 10), Fraction(1, 2), Fraction(3, 4))
LIMITS = (2, 5, 10, 10)
DAY = "2011-11-30"


@pytest.fixture(scope="module")
def loans(tmp_path_factory):
    """Return the applications and their stages, imported; to be read only."""
    kept = a_file(tmp_path_factory.mktemp("told"), LOANS_END, "EUR", BPI / "pipeline.toml")
    for what in ("deals", "stages"):
        kept.run("import", what, BPI / f"{what}.csv.gz", "--create-missing")
    return kept


def courses(until):
    """Return each application's arrivals as (day, stage), and how it had ended by the instant."""
    found = defaultdict(list)
    for row in by_time(bpi("stages")):
        at = datetime.fromisoformat(row["at"])
        if at < until:
            found[row["deal"]].append((at.astimezone(UTC).date(), row["stage"]))
    return found


def stays(until):
    """Yield (application, stage's place, days, end, days to the win or None) of each stay."""
    today = (until - timedelta(seconds=1)).date()
    for deal, entries in courses(until).items():
        fate = entries[-1][1] if entries[-1][1] in ("won", "lost") else None
        for (came, stage), following in zip(entries, [*entries[1:], None], strict=True):
            if stage not in STAGES:
                continue
            left = following[0] if following else today
            what = following[1] if following else "here"
            end = "lost" if what == "lost" else "here" if what == "here" else "advanced"
            to_win = (entries[-1][0] - came).days if fate == "won" else None
            yield deal, STAGES.index(stage), (left - came).days, end, to_win


def furthest(until):
    """Return for each application how far it came, and how it had ended."""
    return {
        deal: (
            max(STAGES.index(stage) for _, stage in entries if stage in STAGES),
            entries[-1][1] if entries[-1][1] in ("won", "lost") else "open",
        )
        for deal, entries in courses(until).items()
    }


def reached(until, place, status):
    """Return how many of that status reached the stage; a win reached all."""
    if place == len(STAGES):
        return sum(s == "won" for _, s in furthest(until).values()) if status == "closed" else 0
    fates = furthest(until).values()
    if status == "closed":
        return sum(s == "won" or (s == "lost" and far >= place) for far, s in fates)
    return sum(s == "open" and far >= place for far, s in fates)


MIDNIGHT = datetime.fromisoformat(f"{DAY}T00:00:00+00:00") + timedelta(days=1)
END = datetime.fromisoformat(LOANS_END)


@pytest.mark.parametrize(("words", "until"), [((), END), (("--as-of", DAY), MIDNIGHT)])
def test_conversion_is_what_the_table_says(loans, words, until):
    rows = loans.ask("conversion", "--pipeline", "loan", *words)["rows"]
    ends = [(place, end) for _, place, _, end, _ in stays(until)]
    assert [row["stage"] for row in rows] == list(STAGES)
    for place, row in enumerate(rows):
        for key, end in (("advanced", "advanced"), ("lost", "lost"), ("still_here", "here")):
            assert row[key] == ends.count((place, end)), (row["stage"], key)
        assert row["moved_back"] == 0
        assert row["entries"] == sum(there == place for there, _ in ends)
        assert row["reached_closed"] == reached(until, place, "closed")
        assert row["next_reached_closed"] == reached(until, place + 1, "closed")
        assert row["undecided"] == reached(until, place, "open")


def entry(until, place):
    if place == len(STAGES):
        return Fraction(1)
    won = reached(until, len(STAGES), "closed")
    return (won + 10 * DECLARED[place]) / (reached(until, place, "closed") + 10)


def moved_on(kept, place, days):
    """Return how many stays were longer than `days`, what they weigh, and the share that moved on.

    Those that go on weigh as much of a stay as all stays there have ended of.
    """
    there = [(lasted, end) for _, stage, lasted, end, _ in kept if stage == place]
    share, staying, before = Fraction(0), Fraction(1), None
    shares = {}
    for day in sorted({lasted for lasted, _ in there}):
        if day > days and before is None:
            before = (share, staying)
        risk = sum(lasted >= day for lasted, _ in there)
        advanced, lost = (there.count((day, end)) for end in ("advanced", "lost"))
        share += staying * Fraction(advanced, risk)
        staying *= 1 - Fraction(advanced + lost, risk)
        shares[day] = share
    longer = [end for lasted, end in there if lasted > days]
    ended = sum(end != "here" for end in longer)
    of_all = Fraction(sum(end != "here" for _, end in there), len(there))
    known = float(ended + of_all * (len(longer) - ended))
    return len(longer), known, Fraction(0) if before is None else (share - before[0]) / before[1]


def test_chances_are_those_of_the_formulas_over_the_table(loans):
    kept = list(stays(MIDNIGHT))
    rows = loans.ask("forecast", "--as-of", DAY, "--period", "2011Q4", "--pipeline", "loan")["rows"]
    here = {deal: (place, days) for deal, place, days, end, _ in kept if end == "here"}
    assert {row["ref"] for row in rows} == set(here)
    entries = [entry(MIDNIGHT, place) for place in range(5)]
    checked = set()
    for row in rows:
        place, days = here[row["ref"]]
        if (place, days) in checked:
            continue
        checked.add((place, days))
        fresh = min(Fraction(1), entries[place] / entries[place + 1])
        odds = float(fresh / (1 - fresh)) * 0.5 ** max(0, days / LIMITS[place] - 1)
        aged = odds / (1 + odds)
        n, known, share = moved_on(kept, place, days)
        moves = (known * float(share) + 5 * aged) / (known + 5)
        last = max(d for _, stage, d, end, _ in kept if stage == place and end != "here")
        if days > last:
            _, known, share = moved_on(kept, place, last)
            before = float(fresh / (1 - fresh)) * 0.5 ** max(0, last / LIMITS[place] - 1)
            moves = min(aged, (known * float(share) + 5 * before / (1 + before)) / (known + 5))
        chance = float(row["win_probability"])
        assert chance == pytest.approx(moves * float(entries[place + 1])), row
        assert row["n"] == n
        assert Fraction(row["declared_probability"]) == DECLARED[place]
        winners = [
            (lasted, to_win)
            for _, stage, lasted, _, to_win in kept
            if stage == place and to_win is not None and lasted > days
        ]
        left = 31  # the days of December
        in_time = sum(to_win <= days + left for _, to_win in winners)
        pace = 0.8 * sum(LIMITS[place:]) / 1.4
        guess = 1 - 2.718281828459045 ** -((left / pace) ** 1.5)
        timely = (in_time + 5 * guess) / (len(winners) + 5)
        assert float(row["period_probability"]) / chance == pytest.approx(timely), row
    assert len(checked) > 60


def test_a_backtest_finds_the_learned_chances_better_than_the_declared(loans):
    answer = loans.ask("backtest", "--pipeline", "loan", "--origins", "4")
    scores = {row["method"]: row for row in answer["rows"] if row["closed"] is None}
    learned, declared, often = (scores[m] for m in ("learned", "declared", "frequency"))
    assert learned["brier"] < declared["brier"] < often["brier"]
    assert learned["ece"] < declared["ece"]
    assert learned["n"] > 1_000
