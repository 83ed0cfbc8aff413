"""Authorities of States that the unit has entered."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.outside.authority import Authority

_A = table_of(Authority)


def entered_authorities(session: Session) -> dict[str, dict[str, str]]:
    """Rows that two people of the unit have agreed on, by id."""
    rows = session.execute(sa.select(_A).order_by(_A.c.id)).mappings()
    return {row["id"]: {name: str(row[name]) for name in row if name != "state"} for row in rows}
