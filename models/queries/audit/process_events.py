"""Events of the history between which a recovery waits for somebody else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event

_E = table_of(Event).c


class EventLine(NamedTuple):
    """One event, without what it changed."""

    recovery_id: str
    noun: EntityKind
    subject_id: str
    event: str
    at: datetime


def events_between(
    session: Session, nouns: Collection[EntityKind], names: Collection[str], recovery_id: str = ""
) -> Iterator[EventLine]:
    """Events of these nouns and names in the order of the history; of one recovery if named."""
    query = sa.select(_E.recovery_id, _E.noun, _E.subject_id, _E.event, _E.at)
    query = query.where(_E.noun.in_(nouns), _E.event.in_(names)).order_by(_E.seq)
    if recovery_id:
        query = query.where(_E.recovery_id == recovery_id)
    for row in session.execute(query):
        yield EventLine(row[0], EntityKind(row[1]), *row[2:])
