"""The installation: what it is for, its case clock, who is at work, what is counted and sealed.

Queue and tally hold no fact of their own: `models.store.rollups` works each row out of the others
at each write, `ledger check` and `audit verify` name what differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
from sqlmodel import Field

from models.columns import Id, Minor, Rows, RowSeal, Text24, Text64, Text300, enum

Name = Annotated[str, Field(primary_key=True, max_length=40)]


class InstallationKind(StrEnum):
    """What an installation is for: a unit's work, or a demo whose case time and people are made."""

    UNIT = "unit"
    DEMO = "demo"


INSTALLATION_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "made"): InstallationKind.UNIT,
    (None, "made_for_demo"): InstallationKind.DEMO,
}


class Installation(Rows, table=True):
    """One row, made when the keys are made: what this installation is for (`InstallationKind`)."""

    id: Id
    state: Annotated[InstallationKind, enum(InstallationKind)]


class ClockState(StrEnum):
    """How case time goes where it does not follow the wall clock."""

    STANDING = "standing"


CLOCK_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "set"): ClockState.STANDING,
    (ClockState.STANDING, "advanced"): ClockState.STANDING,
}


class CaseClock(Rows, table=True):
    """One row where case time stands until it is moved (demo, tests); without it, it runs."""

    __tablename__ = "case_clock"

    id: Id
    state: Annotated[ClockState, enum(ClockState)]
    stands_at: datetime


class Beat(Rows, table=True):
    """Sign of life of a process such as the engine, in transport time."""

    name: Name
    process_id: int
    state: Text24
    message: Text300 = ""
    beat_at: datetime
    row_seal: RowSeal = ""


class Counter(Rows, table=True):
    """Numbers given out one by one, such as recovery references of a year."""

    name: Name
    value: int = 0
    row_seal: RowSeal = ""


class TableSeal(Rows, table=True):
    """How many rows a table has whose rows no event makes, and the sum of their seals (256 bits).

    `revision` counts the changes; the signed heads tell it, so that an older state of the table
    with the seal of that time is found.
    """

    __tablename__ = "table_seal"

    name: Name
    rows: int = 0
    sum: Text64
    revision: int = 0
    row_seal: RowSeal = ""


class QueueEntry(Rows, table=True):
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


class Tally(Rows, table=True):
    """One count or sum over all recoveries: what their `figures` of this name come to.

    `series` are counts that are read together, and not with the others: of days, of the answers of
    a partner, which grow in number with time. It follows from the name.
    """

    name: str = Field(primary_key=True, max_length=120)
    series: Annotated[str, Field(max_length=80, index=True)] = ""
    value: Minor = 0
