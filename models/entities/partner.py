"""Partners, the calls made to them, the documents they answered with."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.entities.columns import id_field, ref_field, row_seal_field, state_field
from models.entities.states import CallKind, CallState, EntityKind, PartnerChannel, PartnerKind


class Partner(SQLModel, table=True):
    """A partner; the feed's cursor, the last contact and the breaker are operational, no history.

    `codes` are its BICs and national bank codes as statement files name it, comma-separated. A
    `client_id` means that we prove who we are with our key; the paths are PEM files for its TLS.
    `contacts_sealed` holds its round-the-clock desk and postal address as JSON, `agreed_minutes`
    the answer time that its agreement names (0: none). `reveal_sealed` is why somebody had the
    contacts shown last. `reconciled_to` is the end of the last legal day that was compared with the
    bank's own figures (operational), `disagreement` in a sentence what differed then.
    """

    id: str = id_field()
    name: str = Field(max_length=80)
    regime: str = Field(max_length=8)
    currency: str = Field(max_length=3)
    kind: PartnerKind = state_field(PartnerKind, default=PartnerKind.BANK)
    channel: PartnerChannel = state_field(PartnerChannel, default=PartnerChannel.API, length=16)
    home: bool
    base_url: str = Field(default="", max_length=200)
    token_sealed: str = ""
    client_id: str = Field(default="", max_length=128)
    ca_path: str = Field(default="", max_length=200)
    cert_path: str = Field(default="", max_length=200)
    cert_key_path: str = Field(default="", max_length=200)
    state: str = Field(default="active", max_length=24)
    codes: str = Field(default="", max_length=200)
    agreement: str = Field(default="", max_length=200)
    agreed_minutes: int = 0
    contacts_sealed: str = ""
    reveal_sealed: str = ""
    disagreement: str = Field(default="", max_length=300)

    reconciled_to: datetime | None = None
    feed_reached_at: datetime | None = None
    feed_read_at: datetime | None = None
    feed_due_at: datetime | None = None
    feed_interval_seconds: int = 0
    last_answer_at: datetime | None = None
    last_error: str = Field(default="", max_length=300)
    last_trouble: str = Field(default="", max_length=24)
    breaker_failures: int = 0
    breaker_until: datetime | None = None
    row_seal: str = row_seal_field()


class Call(SQLModel, table=True):
    """One exchange, saved before it is sent. The id is the idempotency key; the body never changes.

    `planned_at` and `sent_at`, when it first left, are case time; `retry_at` and the lease are
    transport time.
    By letter: `sent_how` is the way it went, `letter_digest` the letter; `answer_sealed` is what a
    person read in the answer, `answer_document` the digest of its scan, `answer_by` who typed it.
    """

    __table_args__ = (sa.Index("ix_call_open", "state", "partner_id", "retry_at"),)

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    asset_id: str = ref_field("asset.id", index=False)
    partner_id: str = ref_field("partner.id", index=False)
    kind: CallKind = state_field(CallKind)
    noun: EntityKind = state_field(EntityKind)
    subject_id: str = Field(max_length=64, index=True)
    approval_id: str = Field(default="", max_length=64)
    requester: str = Field(default="", max_length=64)
    path_sealed: str = ""
    body_sealed: str = ""
    body_digest: str = Field(default="", max_length=64)
    state: CallState = state_field(CallState)
    planned_at: datetime
    not_before: datetime | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    answer_digest: str = Field(default="", max_length=64)
    sent_how: str = Field(default="", max_length=120)
    letter_digest: str = Field(default="", max_length=64)
    answer_sealed: str = ""
    answer_document: str = Field(default="", max_length=64)
    answer_by: str = Field(default="", max_length=64)

    attempts: int = 0
    retry_at: datetime | None = None
    last_error: str = Field(default="", max_length=300)
    lease_owner: str = Field(default="", max_length=64)
    lease_until: datetime | None = None
    row_seal: str = row_seal_field()


class Document(SQLModel, table=True):
    """Bytes as they came, sealed; found by their digest, kept before anything reads them."""

    digest: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=40)
    media_type: str = Field(max_length=80)
    body_sealed: bytes
    received_at: datetime
    row_seal: str = row_seal_field()
