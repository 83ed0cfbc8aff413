"""When the first order or request about a recovery left, from the events of its calls."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.call import Call, CallKind
from models.entities.catalogue import table_of
from models.entities.event import SENT, Event

_E, _CALLS = table_of(Event), table_of(Call)
_ASKS = (CallKind.HOLD, CallKind.REQUEST)
# Only literally the same condition finds its index.
_LEFT = (
    sa.select(_E.c.recovery_id, _E.c.at, _E.c.subject_id, _E.c.seq).where(sa.text(SENT)).subquery()
)


def first_sent(session: Session, recovery_id: str) -> tuple[datetime, CallKind] | None:
    """When the first order or request about one recovery left, and which; None: none has."""
    query = (
        sa.select(_LEFT.c.at, _CALLS.c.kind)
        .join_from(_LEFT, _CALLS, _CALLS.c.id == _LEFT.c.subject_id)
        .where(_LEFT.c.recovery_id == recovery_id, _CALLS.c.kind.in_(_ASKS))
        .order_by(_LEFT.c.at, _LEFT.c.seq)
        .limit(1)
    )
    row = session.execute(query).first()
    return (row.at, row.kind) if row else None
