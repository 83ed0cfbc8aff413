"""History: events that are only ever added, and the postings that they carry."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.entities.columns import currency_field, minor_field, state_field
from models.entities.states import EntityKind, LedgerAccount, Role

# What the engine does by itself counts where it changes where something stands. A reminder, an
# alarm, a question to a bank and its answer do not: with them alone a file would never grow old.
DONE = (
    "(role <> 'engine' OR (noun NOT IN ('call', 'statement', 'trace')"
    " AND (old_state IS NULL OR old_state <> new_state)))"
)
"""Events by which something was done about a recovery; SQL, since an index is made of it."""
SENT = "(noun = 'call' AND event = 'sent')"
"""Events by which a call left."""


class Event(SQLModel, table=True):
    """One move of one object: who, role, when, from, to, why; chained globally and per recovery."""

    __table_args__ = (
        sa.Index("ix_event_recovery", "recovery_id", "seq"),
        sa.Index("ix_event_subject", "subject_id", "seq"),
        sa.Index(
            "ix_event_done", "recovery_id", "at",
            sqlite_where=sa.text(DONE), postgresql_where=sa.text(DONE),
        ),
        sa.Index(
            "ix_event_sent", "recovery_id", "at", "subject_id",
            sqlite_where=sa.text(SENT), postgresql_where=sa.text(SENT),
        ),
    )  # fmt: skip

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    recovery_id: str = Field(default="", max_length=64)
    recovery_seq: int = 0
    at: datetime
    actor_id: str = Field(max_length=64)
    role: Role = state_field(Role)
    noun: EntityKind = state_field(EntityKind)
    subject_id: str = Field(max_length=64)
    event: str = Field(max_length=40)
    old_state: str | None = Field(default=None, max_length=24)
    new_state: str = Field(max_length=24)
    values_json: str
    reason: str = Field(default="", max_length=400)
    legal_basis: str = Field(default="", max_length=200)
    previous_digest: str = Field(max_length=64)
    digest: str = Field(max_length=64)


class PostingRow(SQLModel, table=True):
    """One leg of the entry that event `event_seq` made."""

    __tablename__ = "posting"
    __table_args__ = (
        sa.Index("ix_posting_balance", "recovery_id", "account", "claim_currency", "claim_minor"),
    )

    event_seq: int = Field(primary_key=True, foreign_key="event.seq")
    leg: int = Field(primary_key=True)
    recovery_id: str = Field(max_length=64)
    account: LedgerAccount = state_field(LedgerAccount)
    asset_id: str = Field(default="", max_length=64)
    hold_id: str = Field(default="", max_length=64, index=True)
    claim_id: str = Field(default="", max_length=64)
    detail: str = Field(default="", max_length=40)
    claim_minor: int = minor_field()
    claim_currency: str = currency_field()
    asset_minor: int = minor_field()
    asset_currency: str = currency_field()
