"""One exchange with a partner: its kinds and states, what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import (
    Id,
    RowSeal,
    Text64,
    Text120,
    Text300,
    enum,
    foreign_key,
    stored,
)
from models.entities.event import EntityKind


class CallKind(StrEnum):
    """What an exchange is; ABROAD is a request to a body of another State, MESSAGE one about it."""

    HOLD = "hold"
    REQUEST = "request"
    RELEASE = "release"
    STATEMENT = "statement"
    PAYOUT = "payout"
    EXTEND = "extend"
    BALANCE = "balance"
    HOLD_QUERY = "hold_query"
    TASK = "task"
    TASK_EXTEND = "task_extend"
    TASK_CANCEL = "task_cancel"
    ABROAD = "request_abroad"
    MESSAGE = "request_message"


QUERIES = frozenset({CallKind.STATEMENT, CallKind.BALANCE, CallKind.HOLD_QUERY})
"""Calls that change nothing at a bank: asked again whenever no answer came."""
TASK_CALLS = frozenset({CallKind.TASK, CallKind.TASK_EXTEND, CallKind.TASK_CANCEL})


class CallState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    UNKNOWN = "unknown"
    ANSWERED = "answered"
    REFUSED = "refused"
    CANCELLED = "cancelled"


SENT_AT = "(sent_at IS NOT NULL)"
"""Calls that left, as SQL, since an index is made of it."""
_K = CallState
OPEN_CALLS = frozenset({_K.PLANNED, _K.SENT, _K.UNKNOWN})
IS_OPEN = "(state IN ('planned', 'sent', 'unknown'))"
"""The same as SQL, since an index is made of it."""
_BY_LETTER: Mapping[tuple[str | None, str], str] = {
    (None, "received"): _K.SENT,
    (_K.PLANNED, "printed"): _K.PLANNED,
    (_K.SENT, "answer_entered"): _K.SENT,
    (_K.SENT, "answer_returned"): _K.SENT,
    (_K.SENT, "answer_taken"): _K.SENT,
    (_K.PLANNED, "dropped"): _K.CANCELLED,
    (_K.SENT, "dropped"): _K.CANCELLED,
}
"""`received` is a letter that came unasked; after `answer_taken` a further answer is due."""
CALL_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "planned"): _K.PLANNED,
    (_K.PLANNED, "sent"): _K.SENT,
    (_K.PLANNED, "cancelled"): _K.CANCELLED,
    (_K.SENT, "answered"): _K.ANSWERED,
    (_K.SENT, "refused"): _K.REFUSED,
    (_K.SENT, "unknown"): _K.UNKNOWN,
    (_K.SENT, "postponed"): _K.PLANNED,
    (_K.UNKNOWN, "answered"): _K.ANSWERED,
    (_K.UNKNOWN, "refused"): _K.REFUSED,
    (_K.UNKNOWN, "never_seen"): _K.PLANNED,
    (_K.UNKNOWN, "postponed"): _K.UNKNOWN,
    **_BY_LETTER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One exchange, in a case file only while it is open or refused.

    By letter: `sent_how` is the way it went, `letter_digest` the letter, `answer_document` the
    digest of the answer's scan, `answer_by` who typed it. `planned_at` is empty while it is only
    planned in memory. `may_have_arrived`: an attempt ended without telling whether the bank has it.
    """

    id: Id
    partner_id: Annotated[str, foreign_key("partner.id", index=False)]
    kind: Annotated[CallKind, enum(CallKind)]
    noun: Annotated[EntityKind, enum(EntityKind)]
    subject_id: Annotated[str, Field(max_length=64, index=True)]
    asset_id: Annotated[str, foreign_key("asset.id", index=False)]
    approval_id: Text64 = ""
    state: Annotated[CallState, enum(CallState)]
    attempts: int = 0
    may_have_arrived: bool = False
    sent_at: datetime | None = None
    last_error: Text300 = ""
    planned_at: datetime | None = None
    sent_how: Text120 = ""
    letter_digest: Text64 = ""
    answer_digest: Text64 = ""
    answer_document: Text64 = ""
    answer_by: Text64 = ""


@stored(CallRow)
class Call(SQLModel):
    """An exchange, saved before it is sent. The id is the idempotency key; the body never changes.

    `planned_at` and `sent_at`, when it first left, are case time; `retry_at` and the lease are
    transport time. `answer_sealed` is what a person read in the answer of a letter.
    """

    __table_args__ = (
        sa.Index("ix_call_open", "state", "partner_id", "retry_at"),
        # As of events: PostgreSQL's has the same condition, by its migration.
        sa.Index("ix_call_sent", "partner_id", "sent_at", sqlite_where=sa.text(SENT_AT)),
        sa.Index("ix_call_waits", "partner_id", "planned_at", "id", sqlite_where=sa.text(IS_OPEN)),
    )

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    requester: Text64 = ""
    path_sealed: str = ""
    body_sealed: str = ""
    body_digest: Text64 = ""
    planned_at: datetime
    not_before: datetime | None = None
    answered_at: datetime | None = None
    answer_sealed: str = ""
    retry_at: datetime | None = None
    lease_owner: Text64 = ""
    lease_until: datetime | None = None
    row_seal: RowSeal = ""
