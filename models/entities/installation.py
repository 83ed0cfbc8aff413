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

from models.columns import Currency, Id, Minor, Rows, RowSeal, Text24, Text40, Text64, Text300, enum
from models.entities.asset import Stage
from models.entities.officer import Role
from models.entities.recovery import RecoveryState

Name = Annotated[str, Field(primary_key=True, max_length=40)]


class InstallationKind(StrEnum):
    """What an installation is for: a unit's work, or a demo whose case time and people are made."""

    UNIT = "unit"
    DEMO = "demo"


INSTALLATION_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "made"): InstallationKind.UNIT,
    (None, "made_for_demo"): InstallationKind.DEMO,
}


THIS = "this"
"""The id of the only row of `installation`."""


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


ASKED_BY_A_FILTER = (
    "lane", "at", "reported_at", "id", "waits_for", "waits_since", "sought", "case_number",
    "state", "stage", "owner_id", "currency", "loss_minor", "victims", "held_minor", "due_at",
    "ref", "step_role", "hold_states", "banks",
)  # fmt: skip
"""The columns of the order of urgency, then what a filter and the other orders ask for."""


UNANSWERED = "(unanswered > 0)"
"""Recoveries with an order that waits for its answer, as SQL, since an index is made of it."""


class QueueEntry(Rows, table=True):
    """Where one recovery stands in the queue, and what it adds to the counts of the unit.

    `lane` and `at` order it (`models/urgency.py`), `waits_for` and `waits_since` may put it in red.
    `sought` is what a filter looks in, in small letters as `case_number`, but for the words of its
    stage. `held_minor` is what live holds block in the currency of the loss, `hold_states` and
    `banks` name the states of its holds, and the banks of its accounts and victims, each between
    line breaks. `sent_seconds` is how long after the report the first order or request about it
    left, `unanswered` how many of its orders were sent and have no answer. `figures` is what it
    adds to `tally`, as JSON. `deadlines` is all that runs out, behind a line that names rules and
    law that told it; None, or others than today's: ask its file.

    A filter and an order by a column ask this table alone. On SQLite they walk one index that has
    all they ask for; PostgreSQL takes no text of any length into an index, and reads the table.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        sa.Index("ix_queue_entry_order", "lane", "at", "reported_at", "id"),
        sa.Index("ix_queue_entry_waits", "waits_for", "lane", "waits_since", "at"),
        sa.Index("ix_queue_entry_sent", "sent_seconds"),
        sa.Index(
            "ix_queue_entry_loss", "currency", "loss_minor", "lane", "at", "reported_at", "id"
        ),
        sa.Index("ix_queue_entry_asked", *ASKED_BY_A_FILTER).ddl_if(dialect="sqlite"),
        sa.Index("ix_queue_entry_step", "step_wording", "lane", "at", "reported_at", "id").ddl_if(
            dialect="sqlite"
        ),
        # As of events: PostgreSQL's has the same condition, by its migration.
        sa.Index("ix_queue_entry_unanswered", "id", sqlite_where=sa.text(UNANSWERED)),
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
    ref: Text24
    state: Annotated[RecoveryState, enum(RecoveryState)]
    stage: Annotated[Stage, enum(Stage)]
    owner_id: Text64 = ""
    currency: Currency
    case_number: Text64 = ""
    due_at: datetime | None = None
    step_role: Annotated[Role, enum(Role)]
    held_minor: Minor = 0
    hold_states: str = ""
    banks: str = ""
    sent_seconds: int | None = None
    unanswered: int = 0
    step_wording: str = ""
    figures: str = "{}"
    deadlines: str | None = None


PENDING_ORDERS = {
    "due": ("is_undue", "at", "ref", "id"),
    "ref": ("ref", "is_undue", "at", "id"),
    "act": ("action", "is_undue", "at", "ref", "id"),
    "by": ("asked_by", "is_undue", "at", "ref", "id"),
}
"""The orders in which pending approvals are listed, each by its columns."""


class PendingApproval(Rows, table=True):
    """Where one pending approval stands among all of them.

    What is due (`is_undue` false) at an instant comes before what was only asked then; `at` is
    that instant. Kept as the queue is.
    """

    __tablename__ = "pending_approval"
    __table_args__ = tuple(
        sa.Index(f"ix_pending_approval_{name}", *columns)
        for name, columns in PENDING_ORDERS.items()
    )

    id: Id
    recovery_id: Annotated[str, Field(max_length=64, index=True)]
    is_undue: bool
    at: datetime
    ref: Text24
    action: Text40
    asked_by: Text64


class Tally(Rows, table=True):
    """One count or sum over all recoveries: what their `figures` of this name come to.

    `series` are counts that are read together, and not with the others: of days, of the answers of
    a partner, which grow in number with time. It follows from the name.
    """

    name: str = Field(primary_key=True, max_length=120)
    series: Annotated[str, Field(max_length=80, index=True)] = ""
    value: Minor = 0
