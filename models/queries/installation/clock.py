"""Case time and signs of life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import Beat, CaseClock

_CLOCK, _BEATS = table_of(CaseClock), table_of(Beat)
_READ_CLOCK = sa.select(_CLOCK.c.stands_at)
_FRESH = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class EngineView:
    """Whether an engine is at work (`alive`: its sign of life is fresh) and what it last said."""

    alive: bool
    state: str
    message: str
    beat_at: datetime | None


def case_now(session: Session, wall_now: datetime) -> datetime:
    """Case time: where it stands, or the wall clock's time when it runs."""
    stands_at: datetime | None = session.execute(_READ_CLOCK).scalar()
    return wall_now if stands_at is None else stands_at


def engine_view(session: Session, wall_now: datetime) -> EngineView:
    """Whether an engine gave a sign of life in the last seconds, and what it said."""
    row = session.execute(sa.select(_BEATS).where(_BEATS.c.name == "engine")).first()
    if row is None:
        return EngineView(alive=False, state="never started", message="", beat_at=None)
    alive = row.state != "stopped" and wall_now - row.beat_at < _FRESH
    return EngineView(alive=alive, state=row.state, message=row.message, beat_at=row.beat_at)
