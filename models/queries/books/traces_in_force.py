"""Traces in force by why they were adopted."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.recovery import Recovery, RecoveryState
from models.entities.trace import Trace
from models.prepared import looked_through

_R, _T, _E = table_of(Recovery), table_of(Trace), table_of(Event)
_JOINED = _R.alias()


def still_side_by_side(session: Session, reason: str) -> list[str]:
    """Open joined recoveries whose trace in force was adopted for `reason`; none is wanted."""
    return list(session.execute(_IN_FORCE, {"reason": reason}).scalars())


_IN_FORCE = (
    sa.select(_R.c.id)
    .join_from(_R, _T, _T.c.recovery_id == _R.c.id)
    .join(_E, _E.c.subject_id == _T.c.id)
    .where(
        _R.c.id.in_(sa.select(_JOINED.c.joined_into).where(_JOINED.c.joined_into != "")),
        looked_through(_R.c.state) == RecoveryState.OPEN, _R.c.trace_wanted.is_(False),
        looked_through(_T.c.state) == "adopted",
        _E.c.noun == EntityKind.TRACE, _E.c.event == "adopted",
        _E.c.reason == sa.bindparam("reason"),
    )
    .order_by(_R.c.id)
)  # fmt: skip
