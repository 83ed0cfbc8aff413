"""How urgent a recovery is: the one order of the queue, on the screen, in commands and in SQL.

What contradicts the records comes first. Then a report of the last hour that nobody has accepted:
in the golden hour each minute lets money go on. Then what is late, the longest late first; what
ends within six hours; older reports that nobody has accepted, the oldest first; whatever else has
a clock, least time left first; what has none; what has ended. Whether nobody owns or moves a
recovery is marked and counted, and changes nothing in the order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState

GOLDEN_HOUR = timedelta(hours=1)
SOON = timedelta(hours=6)
DISCREPANCY_STEP = "resolve_discrepancy"
"""The next step of a recovery with an open discrepancy."""


class Urgency(IntEnum):
    """The groups of the queue, the most urgent first."""

    DISCREPANCY = 0
    GOLDEN = 1
    LATE = 2
    SOON = 3
    UNACCEPTED = 4
    RUNNING = 5
    WITHOUT_CLOCK = 6
    ENDED = 7


def urgency(
    state: RecoveryState,
    step_action: str,
    reported_at: datetime,
    due_at: datetime | None,
    now: datetime,
) -> Urgency:
    """The group of a recovery at `now`; `due_at` is the end of its nearest legal clock."""
    if step_action == DISCREPANCY_STEP:
        return Urgency.DISCREPANCY
    if state in CLOSED_RECOVERIES:
        return Urgency.ENDED
    if state is RecoveryState.REPORTED:
        is_golden = reported_at > now - GOLDEN_HOUR
        return Urgency.GOLDEN if is_golden else Urgency.UNACCEPTED
    if due_at is None:
        return Urgency.WITHOUT_CLOCK
    if due_at < now:
        return Urgency.LATE
    return Urgency.SOON if due_at < now + SOON else Urgency.RUNNING


def counted_from(state: RecoveryState, reported_at: datetime, due_at: datetime | None) -> datetime:
    """The instant that orders a group: the earliest stands first."""
    is_reported = state is RecoveryState.REPORTED
    return reported_at if is_reported or due_at is None else due_at
