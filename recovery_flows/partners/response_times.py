"""How long partners take to answer, by one measure that says what it is.

The time of an answer runs from the first sending of an order (our case time) to the bank's own time
of acting on it, of refusing it, or of booking the payment; of a task to its answer. Where a refusal
tells no time of its own, it runs to when we heard it. Hours of the clock, night and weekend
included; a started minute counts as a whole one; a bank whose clock is behind ours has answered at
once. Orders without an answer have no time and are counted apart, as are those whose answer tells
nothing to date it by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.language.phrase import phrase

MEASURE = phrase(
    "minutes of the clock from the first sending of an order to the bank's own "
    "time of acting, refusing or paying; percentiles by nearest rank"
)
WEEKS = 8
ANSWERS_MIN = 5
_WEEK = timedelta(days=7)
_MINUTE = timedelta(minutes=1)
_SECONDS_A_DAY = 86_400


class OrderKind(StrEnum):
    """What was ordered: a stop, a freeze at home, a hold abroad by request, a payout, a task.

    Tasks are those of multi-agency requests: what a telecom, platform or other bank is asked to do.
    """

    STOP = "stop"
    FREEZE = "freeze"
    REQUEST = "request"
    PAYOUT = "payout"
    TASK = "task"


class AnswerState(StrEnum):
    """Whether an order was answered; `UNDATED`: it was, and nothing tells when."""

    ANSWERED = "answered"
    OPEN = "open"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class OrderTime:
    """One order: of which recovery, when first sent, how long its answer took (None: no time)."""

    kind: OrderKind
    ref: str
    sent_at: datetime
    state: AnswerState
    minutes: int | None = None


def answered(kind: OrderKind, ref: str, sent_at: datetime, at: datetime) -> OrderTime:
    """An order that was answered at `at`: started minutes whole, never below zero."""
    took = at - sent_at
    # Whole seconds, the started one counted: dividing periods takes four times as long.
    seconds = took.days * _SECONDS_A_DAY + took.seconds + (took.microseconds > 0)
    minutes = max(0, -(-seconds // 60))
    return OrderTime(kind, ref, sent_at, AnswerState.ANSWERED, minutes)


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


def nearest_rank(values: Sequence[int], percent: int) -> int:
    """The nearest-rank percentile: the ceil(percent/100 * n)-th smallest of n values.

    It is always one of the values, never one in between. ValueError for no values or for a
    `percent` that is not 1 to 100.
    """
    if not values or not 1 <= percent <= 100:
        raise ValueError("a percentile needs values and a percent from 1 to 100")
    return sorted(values)[rank_of(len(values), percent) - 1]


def rank_of(count: int, percent: int) -> int:
    """Which of so many values, the smallest being the first, is a percentile by nearest rank."""
    return -(-percent * count // 100)


def values_needed(percent: int) -> int:
    """How many values a percentile takes to mean anything: so many that one may lie above it.

    Five at the least: p90 takes ten, below that it would be the largest value by another name.
    """
    return max(ANSWERS_MIN, -(-100 // (100 - percent)))


def percentile(values: Sequence[int], percent: int) -> int | None:
    """The percentile by nearest rank, None where the values are too few for it."""
    return nearest_rank(values, percent) if len(values) >= values_needed(percent) else None


def percentile_text(minutes: int | None, answered: int) -> str:
    """A percentile in words: its minutes, or that there are too few answers (and how many)."""
    return (
        phrase("too few ({answered})", answered=answered)
        if minutes is None
        else phrase("{minutes:,} min", minutes=minutes)
    )


def times(orders: Iterable[OrderTime]) -> Times:
    """The measure over these orders."""
    minutes, states = [], Counter[AnswerState]()
    for order in orders:
        if order.minutes is not None:
            minutes.append(order.minutes)
        else:
            states[order.state] += 1
    minutes.sort()
    return Times(
        answered=len(minutes),
        p50=percentile(minutes, 50),
        p90=percentile(minutes, 90),
        open=states[AnswerState.OPEN],
        undated=states[AnswerState.UNDATED],
    )


def breaches(orders: Iterable[OrderTime], agreed_minutes: int) -> tuple[Late, ...]:
    """Answers that took longer than agreed, the latest order first; none where none was agreed."""
    late = [
        Late(order.ref, order.kind, minutes, order.sent_at)
        for order in orders
        if agreed_minutes and (minutes := order.minutes) is not None and minutes > agreed_minutes
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


def since(orders: Iterable[OrderTime], now: datetime, weeks: int = WEEKS) -> list[OrderTime]:
    """Orders first sent in the last `weeks` weeks."""
    begun = now - weeks * _WEEK
    return [order for order in orders if order.sent_at > begun]


def weekly(
    orders: Iterable[OrderTime], now: datetime, weeks: int = WEEKS
) -> tuple[int | None, ...]:
    """The median answer of each of the last weeks by when the order was sent, the oldest first.

    A picture, not a measure: one answer is enough for a week; None is a week without any.
    """
    found: list[list[int]] = [[] for _ in range(weeks)]
    for order in since(orders, now, weeks):
        minutes = order.minutes
        ago = (now - order.sent_at) // _WEEK
        if minutes is not None and ago >= 0:
            found[weeks - 1 - ago].append(minutes)
    return tuple(nearest_rank(week, 50) if week else None for week in found)
