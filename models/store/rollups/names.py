"""The series of counts: names that are read together, and not with those of the unit as a whole."""

from __future__ import annotations

from models.store.rollups.days import OF_DAYS
from models.store.rollups.orders_sent import OF_ANSWERS

SERIES_OF_DAYS = "day"


def series_of(name: str) -> str:
    """The series that a count belongs to by its name; empty for those of the unit as a whole."""
    if name.startswith(OF_ANSWERS):
        return name.rsplit(" ", 2)[0]
    return SERIES_OF_DAYS if name.startswith(OF_DAYS) else ""
