"""When open recoveries came and when something was last done about them, from their events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import DONE, Event
from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState
from models.urgency import DISCREPANCY_STEP

_R, _E = table_of(Recovery), table_of(Event)
# Only literally the same condition finds its index.
_DONE_AT, _CAME_AT = (
    sa.select(extreme(_E.c.at))
    .where(_E.c.recovery_id == _R.c.id, sa.text(DONE))
    .correlate(_R)
    .scalar_subquery()
    for extreme in (sa.func.max, sa.func.min)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open recovery without an owner or with a person's step open, and its two instants."""

    recovery_id: str
    state: RecoveryState
    owner: str
    role: Role
    action: str
    came_at: datetime | None
    done_at: datetime | None


def waiting(session: Session, recovery_id: str = "") -> list[Waiting]:
    """Open recoveries that wait for a person, for an owner or for the next step; all, or one.

    One with an open discrepancy is among them even where it is closed.
    """
    disputed = _R.c.step_action == DISCREPANCY_STEP
    is_open = sa.or_(_R.c.state.not_in(CLOSED_RECOVERIES), disputed)
    which = sa.and_(is_open, _R.c.id == recovery_id) if recovery_id else is_open
    columns = (_R.c.id, _R.c.state, _R.c.owner_id, _R.c.step_role, _R.c.step_action)
    nothing = sa.null()
    unowned = sa.select(*columns, _CAME_AT, nothing).where(which, _R.c.owner_id == "")
    owned = sa.select(*columns, nothing, _DONE_AT).where(
        which, _R.c.owner_id != "", _R.c.step_role != Role.ENGINE
    )
    rows = [*session.execute(unowned), *session.execute(owned)]
    return [Waiting(*row) for row in rows]
