"""Officers and the approvals that they give."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.entities.columns import id_field, ref_field, state_field
from models.entities.register_states import RegisterAct
from models.entities.states import ApprovalState, EntityKind


class Officer(SQLModel, table=True):
    """An identity: bound to an operating-system user or to a secret, with roles."""

    id: str = id_field()
    handle: str = Field(unique=True, max_length=40)
    roles: str = Field(max_length=80)
    os_user: str = Field(default="", index=True, max_length=64)
    secret_hash: str = Field(default="", max_length=200)
    state: str = Field(default="active", max_length=24)


class RegisterChange(SQLModel, table=True):
    """What a supervisor asked to be put into the register of officers or partners.

    A second person confirms it before it counts. `values_sealed` is the new row's columns as JSON,
    `values_digest` their keyed digest; `basis_digest` covers what stood there when it was asked,
    `reason_sealed` is why it was denied.
    """

    __tablename__ = "register_change"

    id: str = id_field()
    act: RegisterAct = state_field(RegisterAct)
    subject_id: str = Field(max_length=64)
    values_sealed: str
    values_digest: str = Field(max_length=64)
    basis_digest: str = Field(default="", max_length=64)
    state: ApprovalState = state_field(ApprovalState, index=True)
    asked_by: str = ref_field("officer.id", index=False)
    asked_at: datetime
    decided_by: str = Field(default="", max_length=64)
    decided_at: datetime | None = None
    reason_sealed: str = ""


class Approval(SQLModel, table=True):
    """A second person's yes or no, bound to the digest of what it is about."""

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    subject_noun: EntityKind = state_field(EntityKind)
    subject_id: str = Field(index=True, max_length=64)
    action: str = Field(max_length=40)
    subject_digest: str = Field(max_length=64)
    state: ApprovalState = state_field(ApprovalState, index=True)
    asked_by: str = ref_field("officer.id", index=False)
    asked_at: datetime
    due_at: datetime | None = None
    decided_by: str = Field(default="", max_length=64)
    decided_at: datetime | None = None
    authority: str = Field(default="", max_length=200)
    post_hoc: bool = False
    alarmed: bool = False
