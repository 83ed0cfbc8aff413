"""Case time: it follows the wall clock, or stands until it is moved (demo, tests)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.installation import Beat, CaseClock
from models.outcome import Outcome, Transition
from models.store.record import record
from models.store.unit import ENGINE, EVENTS, Unit

CASE = "case"
JUMP_MAX = timedelta(days=366)
"""The longest term that a regime counts from an act, and a day."""
_CLOCK, _BEATS = table_of(CaseClock), table_of(Beat)


class ClockBackwardsError(ValueError):
    """Case time never goes back."""


class ClockJumpError(ValueError):
    """Case time goes to the next thing that is due, not past whole terms of the law."""


def set_case_time(unit: Unit, at: datetime) -> None:
    """Let case time stand at `at`; each move of it is an event.

    ClockBackwardsError before where it stood, or before what has happened; ClockJumpError where
    nothing that is due can lie so far ahead.
    """
    row = unit.session.execute(
        sa.select(_CLOCK.c.state, _CLOCK.c.stands_at).where(_CLOCK.c.id == CASE)
    ).first()
    last = row.stands_at if row else _last_event(unit)
    if last is not None and at < last:
        raise ClockBackwardsError(f"case time stands at {last} and cannot go back to {at}")
    if last is not None and at - last > JUMP_MAX:
        raise ClockJumpError(
            f"case time stands at {last} and cannot jump to {at}: {JUMP_MAX.days} days at most"
        )
    if row is None:
        move = Transition(EntityKind.CLOCK, CASE, "set", None, {"stands_at": at})
    elif at == last:
        return
    else:
        move = Transition(EntityKind.CLOCK, CASE, "advanced", row.state, {"stands_at": at})
    record(unit, ENGINE, at, "", Outcome((move,)))


def _last_event(unit: Unit) -> datetime | None:
    query = sa.select(EVENTS.c.at).where(EVENTS.c.seq == unit.seq)
    found: datetime | None = unit.session.execute(query).scalar()
    return found


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
    if changed.rowcount == 0:
        unit.session.execute(_BEATS.insert().values(name=name, **values))
