"""What lists, counts and sums are read from: kept with each write, worked out of the other rows.

Nothing here is a fact of its own: `models.store.rollup_rows` works each row out anew, and
`ledger check` and `audit verify` name what differs.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.entities.columns import Id, Minor, Text24


class QueueEntry(SQLModel, table=True):
    """Where one recovery stands in the queue, and what it adds to the counts of the unit.

    `lane` and `at` order it (`models/urgency.py`), `waits_for` and `waits_since` may put it in red.
    `sought` is what a filter looks in, in small letters, but for the words of its stage.
    `sent_seconds` is how long after the report the first order or request about it left. `figures`
    is what it adds to `tally`, as JSON.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        sa.Index("ix_queue_entry_order", "lane", "at", "reported_at", "id"),
        sa.Index("ix_queue_entry_waits", "waits_for", "waits_since"),
        sa.Index("ix_queue_entry_sent", "sent_seconds"),
    )

    id: Id
    lane: int
    at: datetime
    reported_at: datetime
    waits_for: Text24 = ""
    waits_since: datetime | None = None
    loss_minor: Minor = 0
    victims: int = 0
    sought: str = ""
    sent_seconds: int | None = None
    figures: str = "{}"


class Tally(SQLModel, table=True):
    """One count or sum over all recoveries: what their `figures` of this name come to."""

    name: str = Field(primary_key=True, max_length=80)
    value: Minor = 0
