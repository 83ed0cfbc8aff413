"""Which deadlines end within the hour: told once, while there is time to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.entities.recovery import Recovery
from models.urgency import Lane

_R, _Q = table_of(Recovery), table_of(QueueEntry)
WITHIN = timedelta(hours=1)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Ending:
    """A recovery whose nearest deadline ends within the hour."""

    recovery_id: str
    ref: str
    due_at: datetime


def ending_soon(session: Session, now: datetime, officer_id: str) -> tuple[Ending, ...]:
    """Those of an officer and those of nobody, the nearest end first; by the queue's own index."""
    mine = _R.c.owner_id.in_((officer_id, ""))
    lane = _Q.c.lane == Lane.WITH_CLOCK.value
    query = (
        sa.select(_R.c.id, _R.c.ref, _Q.c.at)
        .select_from(_Q.join(_R, _R.c.id == _Q.c.id))
        .where(lane, _Q.c.at >= now, _Q.c.at < now + WITHIN, mine)
        .order_by(_Q.c.at)
        .limit(_MOST)
    )
    return tuple(Ending(*row) for row in session.execute(query))
