"""The wall clock: the one place where transport time comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from recovery_flows.errors import MisuseError

HOURS_MAX = 1_000_000.0
"""More than a hundred years."""


def wall_clock() -> datetime:
    """Transport time: now, aware, UTC."""
    return datetime.now(UTC)


def hours_from(now: datetime, hours: float) -> datetime:
    """So many hours later, or earlier where they are negative; MisuseError for too many."""
    if not abs(hours) <= HOURS_MAX:  # nor where it is no number
        raise MisuseError(f"{abs(hours):g} hours are too many: {HOURS_MAX:.0f} at most")
    return now + timedelta(hours=hours)
