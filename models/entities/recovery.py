"""One recovery: its states, what may happen to it, its columns; its notes, who sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import (
    Currency,
    Id,
    Minor,
    Rows,
    RowSeal,
    Text8,
    Text24,
    Text40,
    Text64,
    enum,
    foreign_key,
    stored,
)
from models.entities.asset import Stage
from models.entities.officer import Role


class RecoveryState(StrEnum):
    REPORTED = "reported"
    OPEN = "open"
    JOINED = "joined"
    REJECTED = "rejected"
    CLOSED_RETURNED = "closed_returned"
    CLOSED_PARTIAL = "closed_partial"
    CLOSED_NO_RECOVERY = "closed_no_recovery"


_R = RecoveryState
CLOSED_RECOVERIES = frozenset(
    {_R.CLOSED_RETURNED, _R.CLOSED_PARTIAL, _R.CLOSED_NO_RECOVERY, _R.REJECTED, _R.JOINED}
)
RECOVERY_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "reported"): _R.REPORTED,
    (_R.REPORTED, "accepted"): _R.OPEN,
    (_R.REPORTED, "refusal_asked"): _R.REPORTED,
    (_R.REPORTED, "refusal_denied"): _R.REPORTED,
    (_R.REPORTED, "rejected"): _R.REJECTED,
    (_R.REJECTED, "reopened"): _R.REPORTED,
    (_R.REPORTED, "joined"): _R.JOINED,
    (_R.OPEN, "joined"): _R.JOINED,
    (_R.OPEN, "updated"): _R.OPEN,
    (_R.OPEN, "assigned"): _R.OPEN,
    (_R.OPEN, "rule_asked"): _R.OPEN,
    (_R.OPEN, "rule_changed"): _R.OPEN,
    (_R.OPEN, "rule_denied"): _R.OPEN,
    (_R.REPORTED, "updated"): _R.REPORTED,
    (_R.OPEN, "closed_returned"): _R.CLOSED_RETURNED,
    (_R.OPEN, "closed_partial"): _R.CLOSED_PARTIAL,
    (_R.OPEN, "closed_no_recovery"): _R.CLOSED_NO_RECOVERY,
    (_R.CLOSED_RETURNED, "reopened"): _R.OPEN,
    (_R.CLOSED_PARTIAL, "reopened"): _R.OPEN,
    (_R.CLOSED_NO_RECOVERY, "reopened"): _R.OPEN,
    **{(state, "ledger_corrected"): state for state in _R},
}
NOTE_TRANSITIONS: Mapping[tuple[str | None, str], str] = {(None, "written"): "written"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRow:
    """The recovery itself: law, currency of the loss, state, tracing rule.

    `asked_*` are the tracing rule that waits for a second person, or why a report that nobody has
    accepted should be refused; a reason is the fingerprint of the note that holds it,
    `asked_moved_minor` what of the loss lay elsewhere when it was asked.
    """

    id: Id
    ref: Annotated[str, Field(unique=True, max_length=24)]
    regime: Text8
    currency: Currency
    state: Annotated[RecoveryState, enum(RecoveryState)]
    owner_id: Text64 = ""
    reported_at: datetime
    case_number: Text64 = ""
    tracing_rule: Text24 = "fifo"
    tracing_among: Text24 = ""
    tracing_reason: Text64 = ""
    asked_rule: Text24 = ""
    asked_among: Text24 = ""
    asked_reason: Text64 = ""
    asked_moved_minor: Minor = 0
    trace_wanted: bool = False
    version: int = 0


@stored(RecoveryRow)
class Recovery(SQLModel):
    """One recovery; `stage`, `step_*`, `due_at`, `wake_at`, `victim_due_at` are
    derived at each write.
    """

    __table_args__ = (
        sa.Index("ix_recovery_queue", "state", "due_at", "id"),
        sa.Index("ix_recovery_wake", "wake_at", "id"),
        sa.Index("ix_recovery_joined", "joined_into"),
    )

    method: Text64 = ""
    joined_into: Text64 = ""
    closed_at: datetime | None = None
    stage: Annotated[Stage, enum(Stage)]
    step_action: Text40 = ""
    step_role: Annotated[Role, enum(Role)]
    step_subject: Text64 = ""
    step_wording: str = ""
    due_at: datetime | None = None
    wake_at: datetime | None = None
    victim_due_at: datetime | None = None
    row_seal: RowSeal = ""


class Note(Rows, table=True):
    """A person's words about a recovery; sealed, covered by the event through a fingerprint."""

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    author_id: Annotated[str, foreign_key("officer.id", index=False)]
    written_at: datetime
    text_sealed: str
    fingerprint: Text64


class RestrictionState(StrEnum):
    """Of a restriction, and of one member of it."""

    ACTIVE = "active"
    ENDED = "ended"


_RS = RestrictionState
RESTRICTION_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "begun"): _RS.ACTIVE,
    (_RS.ACTIVE, "lifted"): _RS.ENDED,
}
MEMBER_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "added"): _RS.ACTIVE,
    (_RS.ACTIVE, "removed"): _RS.ENDED,
}


class Restriction(Rows, table=True):
    """That a recovery is seen by its members, its case officer and who restricted it only.

    `begun_by` and `ended_by` are the changes of the register that two people agreed on, "" while
    it lasts.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[RestrictionState, enum(RestrictionState, index=True)]
    reason_sealed: str
    asked_by: Annotated[str, foreign_key("officer.id", index=False)]
    confirmed_by: Annotated[str, foreign_key("officer.id", index=False)]
    since: datetime
    begun_by: Text64
    ended_by: Text64 = ""
    ended_at: datetime | None = None


class RestrictionMember(Rows, table=True):
    """One officer who sees a restricted recovery; `added_by`, `removed_by` are changes too."""

    __tablename__ = "restriction_member"

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id", index=False)]
    restriction_id: Annotated[str, foreign_key("restriction.id")]
    officer_id: Annotated[str, foreign_key("officer.id")]
    state: Annotated[RestrictionState, enum(RestrictionState)]
    added_by: Text64
    removed_by: Text64 = ""
