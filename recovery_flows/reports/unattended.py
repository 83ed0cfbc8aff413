"""Recoveries that nobody owns or nobody moves: said aloud, and never hidden by a filter.

Reviews of fraud policing find cases lost among other priorities, and forces that disagree whose
they are. How long is too long is the unit's own setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.action_kinds import ActionKind
from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState


class Attention(StrEnum):
    """Why a recovery is in red: a contradiction, no owner, or a person's step and nothing done."""

    DISCREPANCY = "discrepancy"
    UNOWNED = "unowned"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a recovery may have no owner, or a person's step open and nothing done."""

    unowned: timedelta = timedelta(hours=1)
    stalled: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Idle:
    """A recovery that wants somebody, and since when (an instant of its own history)."""

    attention: Attention
    since: datetime


def attention(
    state: RecoveryState,
    owner: str,
    step_role: Role,
    step_action: str,
    came_at: datetime | None,
    done_at: datetime | None,
    now: datetime,
    patience: Patience,
) -> Idle | None:
    """Whether a recovery stands in red at `now`; None where it does not.

    An open discrepancy stands in red at once, on a closed recovery too; `step_action` tells of it.
    `came_at` is when its report was taken in, `done_at` when something was last done about it that
    was more than a reminder or a question to a bank; both aware, None where history has neither.
    """
    if step_action == ActionKind.RESOLVE_DISCREPANCY:
        return Idle(Attention.DISCREPANCY, done_at or came_at or now)
    if state in CLOSED_RECOVERIES:
        return None
    if not owner:
        is_late = came_at is not None and now - came_at >= patience.unowned
        return Idle(Attention.UNOWNED, came_at) if came_at is not None and is_late else None
    if step_role is Role.ENGINE or done_at is None or now - done_at < patience.stalled:
        return None
    return Idle(Attention.STALLED, done_at)


DEFAULT_PATIENCE = Patience()
