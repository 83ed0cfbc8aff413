"""The recovery, its claims, its assets, its notes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.entities.columns import (
    MinorUnits,
    currency_field,
    id_field,
    minor_field,
    ref_field,
    row_seal_field,
    state_field,
)
from models.entities.states import ClaimState, RecoveryState, Role, Stage


class Recovery(SQLModel, table=True):
    """One file. `stage`, `step_*`, `due_at`, `wake_at` are derived at each write, for the queue.

    `asked_*` are the tracing rule that waits for a second person; a reason is the fingerprint of
    the note that holds it, `asked_moved_minor` what of the loss lay elsewhere when it was asked.
    """

    __table_args__ = (
        sa.Index("ix_recovery_queue", "state", "due_at", "id"),
        sa.Index("ix_recovery_wake", "wake_at", "id"),
        sa.Index("ix_recovery_joined", "joined_into"),
    )

    id: str = id_field()
    ref: str = Field(unique=True, max_length=24)
    regime: str = Field(max_length=8)
    currency: str = currency_field()
    state: RecoveryState = state_field(RecoveryState)
    owner_id: str = Field(default="", max_length=64)
    reported_at: datetime
    case_number: str = Field(default="", max_length=64)
    method: str = Field(default="", max_length=64)
    tracing_rule: str = Field(default="fifo", max_length=24)
    tracing_among: str = Field(default="", max_length=24)
    tracing_reason: str = Field(default="", max_length=64)
    asked_rule: str = Field(default="", max_length=24)
    asked_among: str = Field(default="", max_length=24)
    asked_reason: str = Field(default="", max_length=64)
    asked_moved_minor: int = minor_field()
    trace_wanted: bool = False
    joined_into: str = Field(default="", max_length=64)
    closed_at: datetime | None = None
    version: int = 0

    stage: Stage = state_field(Stage)
    step_action: str = Field(default="", max_length=40)
    step_role: Role = state_field(Role)
    step_subject: str = Field(default="", max_length=64)
    step_wording: str = ""
    due_at: datetime | None = None
    wake_at: datetime | None = None
    row_seal: str = row_seal_field()


class Claim(SQLModel, table=True):
    """One victim's loss; `payout_account_id` starts as the account that the money came from.

    `payout_reason` is the fingerprint of the note that says why it is another, `payout_changed_by`
    who asked for it; `asked_*` is another account that waits for a second person. `decided_minor`
    is what a decision leaves of the loss (None: none was made), `appeal_until` the end of the time
    to appeal against it.

    `end_to_end_id` is found in any case of letters: its index is on lower(end_to_end_id) and made
    by the migration, since SQLite does not tell of such an index.
    """

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    external_ref: str = Field(unique=True, max_length=80)
    state: ClaimState = state_field(ClaimState)
    party_id: str = ref_field("party.id", index=False)
    victim_account_id: str = ref_field("account.id")
    victim_partner_id: str = ref_field("partner.id", index=False)
    payee_account_id: str = ref_field("account.id")
    payout_account_id: str = ref_field("account.id", index=False)
    payout_reason: str = Field(default="", max_length=64)
    payout_changed_by: str = Field(default="", max_length=64)
    asked_account_id: str = Field(default="", max_length=64)
    asked_reason: str = Field(default="", max_length=64)
    asked_by: str = Field(default="", max_length=64)
    reported_minor: int = minor_field()
    upheld_minor: int = minor_field()
    decided_minor: int | None = Field(default=None, sa_type=MinorUnits)
    appeal_until: datetime | None = None
    currency: str = currency_field()
    end_to_end_id: str = Field(default="", max_length=64)
    paid_at: datetime
    reported_at: datetime
    statement_to: datetime | None = None


class Asset(SQLModel, table=True):
    """One account in one recovery; the stage of the work lives here.

    `title_basis` is the digest of what the title was checked for: the traced sum, the claims.
    `watch` is "on" while an account that was empty is looked at again, "over" when that has ended.
    """

    __table_args__ = (sa.UniqueConstraint("recovery_id", "account_id"),)

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    account_id: str = ref_field("account.id")
    partner_id: str = ref_field("partner.id", index=False)
    currency: str = currency_field()
    home: bool
    regime: str = Field(max_length=8)
    stage: Stage = state_field(Stage, index=True)
    depth: int = 0
    traced_minor: int = minor_field()
    traced_claim_minor: int = minor_field()
    statement_to: datetime | None = None
    title_checked_by: str = Field(default="", max_length=64)
    title_basis: str = Field(default="", max_length=64)
    left_alone: str = Field(default="", max_length=120)
    shared_decision: str = Field(default="", max_length=24)
    watch: str = Field(default="", max_length=8)
    watch_until: datetime | None = None
    watch_due_at: datetime | None = None
    watch_looks: int = 0


class Note(SQLModel, table=True):
    """A person's words about a recovery; sealed, covered by the event through a fingerprint."""

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    author_id: str = ref_field("officer.id", index=False)
    written_at: datetime
    text_sealed: str
    fingerprint: str = Field(max_length=64)


class Trace(SQLModel, table=True):
    """An adopted attribution: rule, as of, the result as ids and amounts (JSON)."""

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    rule: str = Field(max_length=24)
    as_of: datetime
    state: str = Field(max_length=24, index=True)
    result_digest: str = Field(max_length=64)
    result_json: str
