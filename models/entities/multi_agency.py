"""A linkage: one incident, tasks for several partners that start in the same second."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.entities.columns import id_field, ref_field, state_field
from models.entities.states import LinkageState, TaskKind, TaskState


class Linkage(SQLModel, table=True):
    """One incident told to several partners at once; `due_at` is the clock that they share.

    `identifiers_sealed` holds what was found in the incident (numbers, domains, accounts).
    """

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    state: LinkageState = state_field(LinkageState, index=True)
    started_by: str = Field(default="", max_length=64)
    started_at: datetime
    due_at: datetime | None = None
    identifiers_sealed: str = ""
    identifiers_digest: str = Field(default="", max_length=64)


class Task(SQLModel, table=True):
    """What one partner is asked to do in a linkage; its subject is personal data, sealed.

    `asset_id` is the account at which the incident began, `subject_hint` the masked subject,
    `expires_at` the end of a preservation, `document` the digest of the last answer, `answers`
    how many came. `renewal` is a `TaskRenewal`; `subject_digest` is keyed.
    """

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    linkage_id: str = ref_field("linkage.id")
    asset_id: str = ref_field("asset.id", index=False)
    partner_id: str = ref_field("partner.id")
    kind: TaskKind = state_field(TaskKind)
    state: TaskState = state_field(TaskState, index=True)
    subject_sealed: str = ""
    subject_digest: str = Field(default="", max_length=64)
    subject_hint: str = Field(default="", max_length=80)
    law_row: str = Field(default="", max_length=40)
    partner_ref: str = Field(default="", max_length=80)
    partner_revision: int = 0
    ordered_at: datetime
    due_at: datetime | None = None
    answered_at: datetime | None = None
    expires_at: datetime | None = None
    answers: int = 0
    document: str = Field(default="", max_length=64)
    renewal: str = Field(default="", max_length=12)
    renewals: int = 0
    reminded_hours: int = 0
    escalated_at: datetime | None = None
    reason: str = Field(default="", max_length=200)
