"""Finds references of recoveries that were removed from the database."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import Counter
from models.entities.recovery import Recovery

_RECOVERIES, _COUNTERS = table_of(Recovery), table_of(Counter)
_COUNTER = "recovery-"


def refs_by_id(session: Session) -> dict[str, str]:
    """The reference of every recovery by its id."""
    query = sa.select(_RECOVERIES.c.id, _RECOVERIES.c.ref)
    return {row.id: row.ref for row in session.execute(query)}


def missing_refs(session: Session) -> Iterator[str]:
    """References between the first and the last issued that no recovery has."""
    there = set(refs_by_id(session).values())
    query = sa.select(_COUNTERS.c.name, _COUNTERS.c.value).where(
        _COUNTERS.c.name.startswith(_COUNTER)
    )
    for name, value in session.execute(query.order_by(_COUNTERS.c.name)):
        year = name.removeprefix(_COUNTER)
        refs = (f"R-{year}-{number:04d}" for number in range(1, value + 1))
        yield from (ref for ref in refs if ref not in there)
