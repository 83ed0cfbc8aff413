"""History: events that are only ever added, and what they can be about."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
from sqlmodel import Field

from models.columns import Rows, Text24, Text40, Text64, Text200, Text400, enum
from models.entities.officer import Role


class EntityKind(StrEnum):
    """What an event can be about; each has a table and, where it has states, a table of moves."""

    RECOVERY = "recovery"
    CLAIM = "claim"
    ASSET = "asset"
    HOLD = "hold"
    REQUEST = "request"
    ALLOCATION = "allocation"
    PAYOUT = "payout"
    CALL = "call"
    APPROVAL = "approval"
    TRACE = "trace"
    STATEMENT = "statement"
    NOTE = "note"
    PARTNER = "partner"
    OFFICER = "officer"
    MULTI_AGENCY_REQUEST = "linkage"
    TASK = "task"
    DISCREPANCY = "discrepancy"
    OBJECTION = "objection"
    VOLUNTARY_RETURN = "voluntary_return"
    INSTALMENT = "instalment"
    COMPENSATION = "compensation"
    UNCLAIMED_SHARE = "unclaimed_share"
    CLAWBACK = "clawback"
    COURT_LIST = "court_list"
    COURT_SHARE = "court_share"
    THIRD_PARTY_CLAIM = "third_party_claim"
    VICTIM_MESSAGE = "victim_message"
    RECALL = "recall"
    RECALL_CREDIT = "recall_credit"
    REQUEST_RECEIPT = "request_receipt"
    REQUEST_MESSAGE = "request_message"
    REGISTER_CHANGE = "register_change"
    INSTALLATION = "installation"
    CLOCK = "clock"
    DISCLOSURE = "disclosure"
    INCOMING_REQUEST = "incoming_request"
    AUTHORITY = "authority"
    LOG_IN = "log_in"
    RESTRICTION = "restriction"
    RESTRICTION_MEMBER = "restriction_member"


# What the engine does by itself counts where it changes where something stands. A reminder, an
# alarm, a question to a bank and its answer do not: with them alone a file would never grow old.
# Nor does who looks at a name do anything about it.
DONE = (
    "(noun <> 'disclosure' AND (role <> 'engine' OR (noun NOT IN ('call', 'statement', 'trace')"
    " AND (old_state IS NULL OR old_state <> new_state))))"
)
"""Events by which something was done about a recovery; SQL, since an index is made of it."""
SENT = "(noun = 'call' AND event = 'sent')"
"""Events by which a call left."""
KIND = "(noun || '.' || event)"
"""Of what an event is and which: one text, so that only who asks for it reads by its index."""
OF_OFFICERS = "(noun = 'officer')"
"""Events of officers themselves; those of their log-ins have the same subject, and are many."""
LOG_IN_SET = "(noun = 'log_in' AND event NOT IN ('entered', 'refused'))"
"""Events that set something of a log-in but the last step: as many as its owner made."""
LOG_IN_STEP = "(noun = 'log_in' AND event = 'entered' AND values_json <> '{}')"
"""Log-ins by a one-time password, which say the step of time that it was of."""


class Event(Rows, table=True):
    """One move of one object: who, role, when, from, to, why; chained globally and per recovery."""

    __table_args__ = (
        sa.Index("ix_event_recovery", "recovery_id", "seq"),
        sa.Index("ix_event_subject", "subject_id", "seq"),
        sa.Index("ix_event_actor", "actor_id", "seq"),
        sa.Index("ix_event_kind", sa.text(KIND), "seq"),
        # PostgreSQL's have the same condition, by their migrations: named here too, it would load
        # that dialect with all of its drivers into each command.
        sa.Index("ix_event_done", "recovery_id", "at", sqlite_where=sa.text(DONE)),
        sa.Index("ix_event_sent", "recovery_id", "at", "subject_id", sqlite_where=sa.text(SENT)),
        sa.Index("ix_event_officer", "subject_id", "seq", sqlite_where=sa.text(OF_OFFICERS)),
        sa.Index("ix_event_log_in_set", "subject_id", "seq", sqlite_where=sa.text(LOG_IN_SET)),
        sa.Index("ix_event_log_in_step", "subject_id", "seq", sqlite_where=sa.text(LOG_IN_STEP)),
    )  # fmt: skip

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    recovery_id: Text64 = ""
    recovery_seq: int = 0
    at: datetime
    actor_id: Text64
    role: Annotated[Role, enum(Role)]
    noun: Annotated[EntityKind, enum(EntityKind)]
    subject_id: Text64
    event: Text40
    old_state: str | None = Field(default=None, max_length=24)
    new_state: Text24
    values_json: str
    reason: Text400 = ""
    legal_basis: Text200 = ""
    previous_digest: Text64
    digest: Text64
