"""Case time: it follows the wall clock, or stands until it is moved (demo, tests)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from models.runtime import Beat, CaseClock
from models.store.unit import Unit
from models.tables import table_of

_CLOCK, _BEATS = table_of(CaseClock), table_of(Beat)


class ClockBackwardsError(ValueError):
    """Case time never goes back."""


def set_case_time(unit: Unit, at: datetime | None) -> None:
    """Let case time stand at `at` (never earlier than before); None: follow the wall clock."""
    row = unit.session.execute(sa.select(_CLOCK.c.stands_at).where(_CLOCK.c.id == 1)).first()
    if row is None:
        unit.session.execute(_CLOCK.insert().values(id=1, running=at is None, stands_at=at))
        return
    if at is not None and row.stands_at is not None and at < row.stands_at:
        raise ClockBackwardsError(f"case time stands at {row.stands_at} and cannot go back to {at}")
    unit.session.execute(_CLOCK.update().values(running=at is None, stands_at=at))


def beat(
    unit: Unit, name: str, process_id: int, state: str, message: str, beat_at: datetime
) -> None:
    """A process's sign of life, in transport time."""
    values = {
        "process_id": process_id,
        "state": state,
        "message": message[:300],
        "beat_at": beat_at,
    }
    changed = unit.session.execute(_BEATS.update().where(_BEATS.c.name == name).values(**values))
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        unit.session.execute(_BEATS.insert().values(name=name, **values))
