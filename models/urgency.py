"""How urgent a recovery is: the one order of the queue, on the screen, in commands and in SQL.

What contradicts the records comes first. Then a report of the last hour that nobody has accepted:
in the golden hour each minute lets money go on. Then what is late, the longest late first; what
ends within six hours; older reports that nobody has accepted, the oldest first; whatever else has
a clock, least time left first; what has none; what has ended. Whether nobody owns or moves a
recovery is marked and counted, and changes nothing in the order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Literal

from models.entities.officer import Role
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


class Lane(IntEnum):
    """What of a recovery's place in the queue does not depend on the hour; stored with it.

    Each group of `Urgency` is a stretch of one lane, by the instant that orders it.
    """

    DISCREPANCY = 0
    REPORTED = 1
    WITH_CLOCK = 2
    WITHOUT_CLOCK = 3
    ENDED = 4


def lane_of(state: RecoveryState, step_action: str, due_at: datetime | None) -> Lane:
    """The lane of a recovery; `urgency` says at an instant where in it one group ends."""
    if step_action == DISCREPANCY_STEP:
        return Lane.DISCREPANCY
    if state in CLOSED_RECOVERIES:
        return Lane.ENDED
    if state is RecoveryState.REPORTED:
        return Lane.REPORTED
    return Lane.WITHOUT_CLOCK if due_at is None else Lane.WITH_CLOCK


class Attention(StrEnum):
    """Why a recovery is in red: a contradiction, no owner, or a person's step and nothing done."""

    DISCREPANCY = "discrepancy"
    UNOWNED = "unowned"
    STALLED = "stalled"


def waits_since(
    state: RecoveryState,
    owner: str,
    step_role: Role,
    step_action: str,
    came_at: datetime | None,
    done_at: datetime | None,
) -> tuple[Attention | Literal[""], datetime | None]:
    """What a recovery waits for that may not last, and since when; ("", None): for nothing.

    `came_at` is when its report was taken in, `done_at` when something was last done about it that
    was more than a reminder or a question to a bank; both aware, None where history has neither.
    """
    since = done_at if owner else came_at
    if step_action == DISCREPANCY_STEP:
        return Attention.DISCREPANCY, since
    if state in CLOSED_RECOVERIES or since is None or (owner and step_role is Role.ENGINE):
        return "", None
    return (Attention.STALLED if owner else Attention.UNOWNED), since
