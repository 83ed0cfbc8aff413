"""Names of counts, and their series: those that are read together, not with those of the unit."""

from __future__ import annotations

from models.store.rollups.days import OF_DAYS
from models.store.rollups.orders_sent import OF_ANSWERS
from models.urgency import Lane

OPEN, PENDING, SECOND_HOP, SENT_COUNT = "open", "pending", "second hop", "first order sent"
"""Of recoveries that have not ended, approvals, accounts, recoveries."""
SERIES_OF_DAYS = "day"


def series_of(name: str) -> str:
    """The series that a count belongs to by its name; empty for those of the unit as a whole."""
    if name.startswith(OF_ANSWERS):
        return name.rsplit(" ", 2)[0]
    return SERIES_OF_DAYS if name.startswith(OF_DAYS) else ""


def count_of_lane(lane: Lane) -> str:
    """The name of the count of recoveries in one lane of the queue."""
    return f"lane {lane.name.lower()}"


def count_of_waiting(reason: str) -> str:
    """The name of the count of recoveries that wait for one reason, be it long or not."""
    return f"waits {reason}"
