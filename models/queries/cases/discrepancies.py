"""Open discrepancies of the whole unit."""

from __future__ import annotations

from dataclasses import fields

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.discrepancy import (
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyRow,
    DiscrepancyState,
)
from models.entities.recovery import Recovery

_D, _R = table_of(Discrepancy), table_of(Recovery)
_COLUMNS = [f.name for f in fields(DiscrepancyRow)]


def open_discrepancies(
    session: Session, recovery_id: str = "", limit: int = 500
) -> list[tuple[str, DiscrepancyRow]]:
    """Open discrepancies with their recovery's reference, the oldest first: all, or of one."""
    query = (
        sa.select(_R.c.ref, *(_D.c[name] for name in _COLUMNS))
        .join(_R, _R.c.id == _D.c.recovery_id)
        .where(_D.c.state == DiscrepancyState.OPEN)
        .order_by(_D.c.found_at, _D.c.id)
        .limit(limit)
    )
    if recovery_id:
        query = query.where(_D.c.recovery_id == recovery_id)
    return [
        (ref, DiscrepancyRow(**dict(zip(_COLUMNS, values, strict=True))))
        for ref, *values in session.execute(query)
    ]


def discrepancy(session: Session, discrepancy_id: str) -> DiscrepancyRow | None:
    """One discrepancy in any state; None if there is none of that id."""
    query = sa.select(*(_D.c[name] for name in _COLUMNS)).where(_D.c.id == discrepancy_id)
    row = session.execute(query).first()
    return None if row is None else DiscrepancyRow(**dict(zip(_COLUMNS, row, strict=True)))


def broken_history(session: Session, recovery_id: str) -> DiscrepancyRow | None:
    """The open discrepancy that says a recovery's records were changed by hand; None: none is."""
    found = (row for _, row in open_discrepancies(session, recovery_id))
    return next((row for row in found if row.kind is DiscrepancyKind.HISTORY_BROKEN), None)
