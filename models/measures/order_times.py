"""How long the answer to an order took, by one measure that says what it is.

The time of an answer runs from the first sending of an order (our case time) to the bank's own time
of acting on it, of refusing it, or of booking the payment; of a task to its answer. Where a refusal
tells no time of its own, it runs to when we heard it. Hours of the clock, night and weekend
included; a started minute counts as a whole one; a bank whose clock is behind ours has answered at
once. Orders without an answer have no time and are counted apart, as are those whose answer tells
nothing to date it by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many answered orders of a kind, first sent on a day of UTC, took so many minutes.

    Without a day, those of all days; without minutes, those whose answer tells no time.
    """

    kind: OrderKind
    day: date | None
    minutes: int | None
    count: int


def order_time(
    kind: OrderKind, ref: str, sent_at: datetime, answered_at: datetime | None, *, is_open: bool
) -> OrderTime:
    """An order as it is measured: answered at an instant, or open, or answered without a time."""
    if answered_at is not None:
        return answered(kind, ref, sent_at, answered_at)
    state = AnswerState.OPEN if is_open else AnswerState.UNDATED
    return OrderTime(kind, ref, sent_at, state)


def answered(kind: OrderKind, ref: str, sent_at: datetime, at: datetime) -> OrderTime:
    """An order that was answered at `at`: started minutes whole, never below zero."""
    took = at - sent_at
    # Whole seconds, the started one counted: dividing periods takes four times as long.
    seconds = took.days * _SECONDS_A_DAY + took.seconds + (took.microseconds > 0)
    minutes = max(0, -(-seconds // 60))
    return OrderTime(kind, ref, sent_at, AnswerState.ANSWERED, minutes)
