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
_MISSED = timedelta(hours=1)
_CLOCKS_APART = timedelta(seconds=5)
_WORST_LAST = ("idle", "working", "waiting", "failing")


@dataclass(frozen=True, slots=True)
class EngineView:
    """Whether an engine is at work (`alive`: its sign of life is fresh) and what it last said.

    Where several work on one unit, it is the one that says the worst. `silent` are machines whose
    engine gave no sign any more within the last hour and was not told to end, while another works.
    """

    alive: bool
    state: str
    message: str
    beat_at: datetime | None
    silent: tuple[str, ...] = ()


def case_now(session: Session, wall_now: datetime) -> datetime:
    """Case time: where it stands, or the wall clock's time when it runs."""
    stands_at: datetime | None = session.execute(_READ_CLOCK).scalar()
    return wall_now if stands_at is None else stands_at


def clock_differs(session: Session, wall_now: datetime) -> timedelta | None:
    """By how much this machine's clock is ahead of the database server's, where that is too much.

    Leases, retries and signs of life of several machines are told by their clocks. None: it is not,
    or the database is a file of this machine.
    """
    if session.get_bind().dialect.name == "sqlite":
        return None
    there: datetime = session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    ahead = wall_now - there
    return ahead if abs(ahead) > _CLOCKS_APART else None


def engine_view(session: Session, wall_now: datetime) -> EngineView:
    """Whether an engine gave a sign of life in the last seconds, and what it said."""
    rows = session.execute(_ENGINES).all()
    if not rows:
        return EngineView(alive=False, state="never started", message="", beat_at=None)
    running = [row for row in rows if row.state != "stopped"]
    alive = [row for row in running if wall_now - row.beat_at < _FRESH]
    lost = (row for row in running if _FRESH <= wall_now - row.beat_at < _MISSED)
    # Versions before told no machine: that engine may be the one that works now.
    silent = {row.name.partition(" ")[2] for row in lost} - {""}
    told = max(alive, key=_how_bad) if alive else rows[0]
    return EngineView(
        alive=bool(alive),
        state=told.state,
        message=told.message,
        beat_at=told.beat_at,
        silent=tuple(sorted(silent)) if alive else (),
    )


_ENGINES = (
    sa.select(_BEATS.c.name, _BEATS.c.state, _BEATS.c.message, _BEATS.c.beat_at)
    .where(sa.or_(_BEATS.c.name == "engine", _BEATS.c.name.startswith("engine ")))
    .order_by(_BEATS.c.beat_at.desc(), _BEATS.c.name)
)


def _how_bad(row: sa.Row[tuple[str, str, str, datetime]]) -> int:
    return _WORST_LAST.index(row.state) if row.state in _WORST_LAST else 0
