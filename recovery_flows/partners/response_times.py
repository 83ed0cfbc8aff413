"""How partners answer, of counted answers: percentiles, weeks, what is late (`models/measures`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from models.language.phrase import phrase
from models.measures.order_times import AnswerCount, AnswerState, OrderKind, OrderTime

MEASURE = phrase(
    "minutes of the clock from the first sending of an order to the bank's own "
    "time of acting, refusing or paying; 90 %: nine of ten took no longer"
)
WEEKS = 8
DAYS = 7 * WEEKS
ANSWERS_MIN = 5
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Times:
    """Percentiles of the answered orders, None where too few; how many had what kind of end."""

    answered: int
    p50: int | None
    p90: int | None
    open: int
    undated: int


@dataclass(frozen=True, slots=True)
class Late:
    """An answer that took longer than agreed, or an order that waits longer for one."""

    ref: str
    kind: OrderKind
    minutes: int
    sent_at: datetime


def nearest_rank(counts: Mapping[int, int], percent: int) -> int:
    """The nearest-rank percentile: the ceil(percent/100 * n)-th smallest of n counted values.

    It is always one of the values, never one in between. ValueError for no values or for a
    `percent` that is not 1 to 100.
    """
    count = sum(counts.values())
    if not count or not 1 <= percent <= 100:
        raise ValueError("a percentile needs values and a percent from 1 to 100")
    rank = rank_of(count, percent)
    below = accumulate(counts[value] for value in sorted(counts))
    return next(value for value, upto in zip(sorted(counts), below, strict=True) if upto >= rank)


def rank_of(count: int, percent: int) -> int:
    """Which of so many values, the smallest being the first, is a percentile by nearest rank."""
    return -(-percent * count // 100)


def values_needed(percent: int) -> int:
    """How many values a percentile takes to mean anything: so many that one may lie above it.

    Five at the least: p90 takes ten, below that it would be the largest value by another name.
    """
    return max(ANSWERS_MIN, -(-100 // (100 - percent)))


def percentile(counts: Mapping[int, int], percent: int) -> int | None:
    """The percentile by nearest rank, None where the counted values are too few for it."""
    is_enough = sum(counts.values()) >= values_needed(percent)
    return nearest_rank(counts, percent) if is_enough else None


def percentile_text(minutes: int | None, answered: int) -> str:
    """A percentile in words: its minutes, or that there are too few answers (and how many)."""
    return (
        phrase("too few ({answered})", answered=answered)
        if minutes is None
        else phrase("{minutes:,} min", minutes=minutes)
    )


def times(counts: Iterable[AnswerCount], waiting: int) -> Times:
    """The measure over counted answers, beside so many orders that wait for one."""
    minutes, undated = Counter[int](), 0
    for one in counts:
        if one.minutes is None:
            undated += one.count
        else:
            minutes[one.minutes] += one.count
    return Times(
        answered=minutes.total(),
        p50=percentile(minutes, 50),
        p90=percentile(minutes, 90),
        open=waiting,
        undated=undated,
    )


def late_count(counts: Iterable[AnswerCount], agreed_minutes: int) -> int:
    """How many answers took longer than agreed; none where none was agreed."""
    return sum(one.count for one in counts if is_late(one.minutes, agreed_minutes))


def is_late(minutes: int | None, agreed_minutes: int) -> bool:
    """Whether an answer of so many minutes took longer than agreed."""
    return bool(agreed_minutes) and minutes is not None and minutes > agreed_minutes


def breaches(orders: Iterable[OrderTime], agreed_minutes: int) -> tuple[Late, ...]:
    """Answers that took longer than agreed, the latest order first; none where none was agreed."""
    late = [
        Late(order.ref, order.kind, minutes, order.sent_at)
        for order in orders
        if (minutes := order.minutes) is not None and is_late(minutes, agreed_minutes)
    ]
    return tuple(sorted(late, key=lambda x: (x.sent_at, x.ref), reverse=True))


def overdue(orders: Iterable[OrderTime], agreed_minutes: int, now: datetime) -> tuple[Late, ...]:
    """Orders without an answer for longer than agreed, the longest waiting first."""
    waiting = [
        Late(order.ref, order.kind, minutes, order.sent_at)
        for order in orders
        if order.state is AnswerState.OPEN
        and agreed_minutes
        and (minutes := (now - order.sent_at) // _MINUTE) > agreed_minutes
    ]
    return tuple(sorted(waiting, key=lambda x: (x.sent_at, x.ref)))


def weekly(counts: Iterable[AnswerCount], today: date) -> tuple[int | None, ...]:
    """The median answer of each of the last weeks by the day when the order was sent, oldest first.

    A picture, not a measure: one answer is enough for a week; None is a week without any. The last
    week ends with `today`.
    """
    found: list[Counter[int]] = [Counter() for _ in range(WEEKS)]
    for one in counts:
        if one.day is not None and one.minutes is not None:
            found[-1 - (today - one.day).days // 7][one.minutes] += one.count
    return tuple(nearest_rank(week, 50) if week else None for week in found)
