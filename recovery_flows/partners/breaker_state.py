"""What a circuit breaker's two numbers say: read by the line to a bank and by the screens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

FAILURES_MAX = 5


class BreakerState(StrEnum):
    """Closed: calls pass. Open: none does. Half open: one tries, the others wait for it."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


def breaker_state(failures: int, open_until: datetime | None, now: datetime) -> BreakerState:
    """What `failures` in a row and the end of the last wait say at `now` (transport time)."""
    if failures < FAILURES_MAX or open_until is None:
        return BreakerState.CLOSED
    return BreakerState.OPEN if now < open_until else BreakerState.HALF_OPEN
