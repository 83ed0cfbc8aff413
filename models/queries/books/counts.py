"""Counts of events and recoveries."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.recovery import Recovery


def history_counts(session: Session) -> tuple[int, int]:
    """(events, recoveries) in the database."""
    events = sa.select(sa.func.count()).select_from(table_of(Event))
    recoveries = sa.select(sa.func.count()).select_from(table_of(Recovery))
    return session.execute(events).scalar_one(), session.execute(recoveries).scalar_one()
