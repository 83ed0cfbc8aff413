"""Names of counts, and their series: those that are read together, not with those of the unit."""

from __future__ import annotations

from datetime import UTC, datetime

from models.store.rollups.days import OF_DAYS
from models.store.rollups.orders_sent import OF_ANSWERS
from models.urgency import Attention, Lane

OPEN, PENDING, SECOND_HOP, SENT_COUNT = "open", "pending", "second hop", "first order sent"
"""Of recoveries that have not ended, approvals, accounts, recoveries."""
OPEN_CALLS_OF = "calls"
"""Of one partner."""
SERIES_OF_DAYS = "day"
OF_HOURS, SERIES_OF_HOURS = "hour ", "hour"
"""How the name of each count of an hour begins, and their series."""


def series_of(name: str) -> str:
    """The series that a count belongs to by its name; empty for those of the unit as a whole."""
    if name.startswith(OF_ANSWERS):
        return name.rsplit(" ", 2)[0]
    if name.startswith(OF_HOURS):
        return SERIES_OF_HOURS
    return SERIES_OF_DAYS if name.startswith(OF_DAYS) else ""


def count_of_lane(lane: Lane) -> str:
    """The name of the count of recoveries in one lane of the queue."""
    return f"lane {lane.name.lower()}"


def count_of_waiting(reason: str) -> str:
    """The name of the count of recoveries that wait for one reason, be it long or not."""
    return f"waits {reason}"


def count_of_hour(kind: Lane | Attention, at: datetime) -> str:
    """The name of the count of recoveries in a lane, or that wait, by the hour of their instant.

    Names of one kind are in the order of their hours.
    """
    of = count_of_lane(kind) if isinstance(kind, Lane) else count_of_waiting(kind)
    return f"{OF_HOURS}{of} {at.astimezone(UTC).isoformat()[:13]}"


def count_of_open_calls(partner_id: str) -> str:
    """The name of the count of calls to a partner that are open."""
    return f"{OPEN_CALLS_OF} {partner_id}"
