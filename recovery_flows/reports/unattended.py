"""Recoveries that nobody owns or nobody moves: said aloud, and never hidden by a filter.

Reviews of fraud policing find cases lost among other priorities, and forces that disagree whose
they are. How long is too long is the unit's own setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.urgency import Attention


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a recovery may have no owner, or a person's step open and nothing done."""

    unowned: timedelta = timedelta(hours=1)
    stalled: timedelta = timedelta(hours=24)

    def red_from(self, now: datetime) -> Mapping[Attention, datetime]:
        """Per reason, what has waited since this instant or longer stands in red at `now`.

        A contradiction does at once, and on a closed recovery too.
        """
        return {
            Attention.DISCREPANCY: datetime.max.replace(tzinfo=now.tzinfo),
            Attention.UNOWNED: now - self.unowned,
            Attention.STALLED: now - self.stalled,
        }


@dataclass(frozen=True, slots=True)
class Idle:
    """A recovery that wants somebody, and since when (an instant of its own history)."""

    attention: Attention
    since: datetime


def idle(waits_for: str, since: datetime | None, now: datetime, patience: Patience) -> Idle | None:
    """Whether what waits (`models.urgency.waits_since`) stands in red at `now`; None: not yet."""
    if not waits_for:
        return None
    reason = Attention(waits_for)
    is_red = (
        since is None or reason is Attention.DISCREPANCY or since <= patience.red_from(now)[reason]
    )
    return Idle(reason, since or now) if is_red else None


DEFAULT_PATIENCE = Patience()
