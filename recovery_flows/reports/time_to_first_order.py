"""Time from the victim's report to the first order or request that was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from models.language.phrase import phrase
from recovery_flows.partners.response_times import rank_of

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: of `count` times, half took at most `p50_seconds`, nine in ten
    at most `p90_seconds`; None where there are none. `formula` says what is measured.
    """

    name: str
    formula: str
    count: int
    p50_seconds: int | None
    p90_seconds: int | None


def report_to_request(count: int, seconds_at: Callable[[int], int]) -> Spread:
    """The spread of `count` times from victims' reports to the first order or request about them.

    `seconds_at(n)` is the n-th shortest of them, counted from 1.
    """
    return Spread(
        phrase("report to request"),
        phrase("first order or request sent - report"),
        count,
        seconds_at(rank_of(count, 50)) if count else None,
        seconds_at(rank_of(count, 90)) if count else None,
    )


def elapsed_seconds(start: datetime, end: datetime) -> int:
    """Whole seconds from one aware instant to another, none where the second came first."""
    return max(0, int((end - start).total_seconds()))


def rounded(seconds: int) -> int:
    """A length of time without what `span_text` leaves out of it."""
    told = _HOUR if seconds >= _DAY else _MINUTE if seconds >= _MINUTE else 1
    return seconds - seconds % told


def span_text(seconds: int) -> str:
    """A length of time in words, rounded down: `41 s`, `12 min`, `3 h 05 min`, `2 d 03 h`."""
    if seconds < _MINUTE:
        return phrase("{seconds} s", seconds=seconds)
    if seconds < _HOUR:
        return phrase("{minutes} min", minutes=seconds // _MINUTE)
    if seconds < _DAY:
        minutes = seconds % _HOUR // _MINUTE
        return phrase("{hours} h {minutes:02d} min", hours=seconds // _HOUR, minutes=minutes)
    hours = seconds % _DAY // _HOUR
    return phrase("{days} d {hours:02d} h", days=seconds // _DAY, hours=hours)
