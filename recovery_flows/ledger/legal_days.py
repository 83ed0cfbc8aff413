"""Our books cut into a bank's legal days, and held against the bank's own figures of them.

Each change has two times: the bank's, at which it happened, and ours, at which we heard and booked
it. A bank counts by its own, so our figure of a day is made by the bank's times, out of everything
booked by now. What the ledger showed when the day ended is made by ours. From the two follows

- equal: our figure is the bank's;
- learned later: our figure is the bank's, but the ledger showed another one when the day ended,
  because the news came afterwards. That is delay and no difference;
- different: our figure is not the bank's, whenever it was learned.

A day is [midnight, midnight) in the time zone of the bank's law, so a hold that ends at midnight is
still held at the end of the day before. News in between may be one: a bank tells what a hold holds
now, not each step. Payouts are therefore placed at their own booking, whichever news told of them
first. What is stopped and released again between two polls is told by the bank as ended only; our
books never held it, and if a midnight lies between, that day does differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what a hold holds, or one payout from it; aware instants, minor units."""

    hold_id: str
    currency: str
    minor: int
    at: datetime
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Held at a day's end and by how many holds, debited in the day and by how many payouts."""

    held_minor: int = 0
    holds: int = 0
    paid_minor: int = 0
    payouts: int = 0


@dataclass(frozen=True, slots=True)
class OurDay:
    """One day in one currency: as it was, as the ledger showed it, when the last of it came."""

    day: date
    currency: str
    figures: Figures
    shown: Figures
    learned_at: datetime | None


def day_of(at: datetime, zone: str) -> date:
    """The legal day in which an aware instant lies."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_begins(day: date, zone: str) -> datetime:
    """The instant (UTC) at which a legal day begins."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + n * _DAY for n in range((last - first).days + 1)]


def our_days(
    held: Sequence[Change], paid: Sequence[Change], days: Sequence[date], zone: str
) -> list[OurDay]:
    """The figures of each day in each currency that our books know at this bank."""
    found = []
    for currency in sorted({c.currency for c in (*held, *paid)}):
        mine = [c for c in held if c.currency == currency]
        gone = [c for c in paid if c.currency == currency]
        was = _cut(_by_bank_time(mine, gone), [(c.at, c.minor) for c in gone], days, zone)
        steps = [(c.booked_at, c.hold_id, c.minor) for c in mine]
        shown = _cut(steps, [(c.booked_at, c.minor) for c in gone], days, zone)
        for day in days:
            heard = _learned(mine, gone, day, zone) if was[day] != shown[day] else None
            found.append(OurDay(day, currency, was[day], shown[day], heard))
    return found


def _learned(
    held: Iterable[Change], paid: Iterable[Change], day: date, zone: str
) -> datetime | None:
    """When the last news of a day came that came after its end; None: it was all known then."""
    begins, ends = day_begins(day, zone), day_begins(day + _DAY, zone)
    news = [c.booked_at for c in held if c.at < ends <= c.booked_at]
    news += [c.booked_at for c in paid if begins <= c.at < ends <= c.booked_at]
    return max(news, default=None)


_Step = tuple[datetime, str, int]


def _by_bank_time(held: Iterable[Change], paid: Iterable[Change]) -> list[_Step]:
    """(bank's instant, hold, minor units more or less), each payout at its own booking."""
    payouts: Mapping[str, list[Change]] = defaultdict(list)
    for payout in paid:
        payouts[payout.hold_id].append(payout)
    changes: Mapping[str, list[Change]] = defaultdict(list)
    for change in held:
        changes[change.hold_id].append(change)
    return [
        step
        for hold, own in changes.items()
        for step in _steps_of(hold, own, payouts.get(hold, []))
    ]


def _steps_of(hold: str, held: list[Change], paid: list[Change]) -> Iterator[_Step]:
    """What was held or paid in all moves only by orders and releases; payouts lower the rest."""
    whole = now_minor = 0
    at = held[0].at
    for change in held:
        now_minor += change.minor
        # News of one hold come in the bank's order; a clock of ours in between changes nothing.
        at = max(at, change.at)
        in_all = now_minor + sum(p.minor for p in paid if p.at <= at)
        yield at, hold, in_all - whole
        whole = in_all
    for payout in paid:
        yield payout.at, hold, -payout.minor


@dataclass(slots=True)
class _Book:
    holds: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def apply(self, steps: Iterable[_Step]) -> None:
        for _, hold, minor in steps:
            self.holds[hold] += minor

    def figures(self, paid: Sequence[int]) -> Figures:
        held = [minor for minor in self.holds.values() if minor]
        return Figures(sum(held), len(held), sum(paid), len(paid))


def _cut(
    steps: Iterable[_Step], paid: Iterable[tuple[datetime, int]], days: Sequence[date], zone: str
) -> dict[date, Figures]:
    """The figures of each day, from steps and payouts that are placed at one of the two times."""
    by_day = {
        day: list(group)
        for day, group in groupby(sorted(steps), key=lambda step: day_of(step[0], zone))
    }
    paid_by_day: Mapping[date, list[int]] = defaultdict(list)
    for at, minor in paid:
        paid_by_day[day_of(at, zone)].append(minor)
    book, found = _Book(), {}
    for day in sorted({*by_day, *days}):
        book.apply(by_day.get(day, ()))
        found[day] = book.figures(paid_by_day.get(day, ()))
    return {day: found[day] for day in days}
