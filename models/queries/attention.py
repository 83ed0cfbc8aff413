"""When open recoveries came and when something was last done about them, from their events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.ledger import Event
from models.recovery import Recovery
from models.states import CLOSED_RECOVERIES, Noun, RecoveryState, Role
from models.tables import table_of

_R, _E = table_of(Recovery), table_of(Event)
_OF_THIS = _E.c.recovery_id == _R.c.id
# What an engine does by itself counts where it changes where something stands. A reminder, an
# alarm, a question to a bank and its answer do not: with them alone a file would never grow old.
_QUESTIONS = (Noun.CALL, Noun.STATEMENT, Noun.TRACE)
_CHANGES = sa.or_(_E.c.old_state.is_(None), _E.c.old_state != _E.c.new_state)
_DONE = sa.or_(_E.c.role != Role.ENGINE, sa.and_(_E.c.noun.not_in(_QUESTIONS), _CHANGES))
_CAME_AT = (
    sa.select(_E.c.at).where(_OF_THIS).order_by(_E.c.seq).limit(1).correlate(_R).scalar_subquery()
)
_DONE_AT = (
    sa.select(_E.c.at)
    .where(_OF_THIS, _DONE)
    .order_by(_E.c.seq.desc())
    .limit(1)
    .correlate(_R)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open recovery without an owner or with a person's step open, and its two instants."""

    recovery_id: str
    state: RecoveryState
    owner: str
    role: Role
    came_at: datetime | None
    done_at: datetime | None


def waiting(session: Session, recovery_id: str = "") -> list[Waiting]:
    """Open recoveries that wait for a person, for an owner or for the next step; all, or one."""
    is_open = _R.c.state.not_in(CLOSED_RECOVERIES)
    which = sa.and_(is_open, _R.c.id == recovery_id) if recovery_id else is_open
    columns = (_R.c.id, _R.c.state, _R.c.owner_id, _R.c.step_role)
    nothing = sa.null()
    unowned = sa.select(*columns, _CAME_AT, nothing).where(which, _R.c.owner_id == "")
    owned = sa.select(*columns, nothing, _DONE_AT).where(
        which, _R.c.owner_id != "", _R.c.step_role != Role.ENGINE
    )
    rows = [*session.execute(unowned), *session.execute(owned)]
    return [Waiting(*row) for row in rows]
