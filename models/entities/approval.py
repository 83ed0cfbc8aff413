"""A second person's approval: its states, what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import Field, SQLModel

from models.columns import Id, Text40, Text64, Text200, enum, foreign_key, stored
from models.entities.event import EntityKind


class ApprovalState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    VOID = "void"


_V = ApprovalState
APPROVAL_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "asked"): _V.PENDING,
    (None, "asked_anew"): _V.PENDING,
    (_V.PENDING, "approved"): _V.APPROVED,
    (_V.PENDING, "denied"): _V.DENIED,
    (_V.PENDING, "overdue"): _V.PENDING,
    (_V.PENDING, "voided"): _V.VOID,
    (_V.APPROVED, "voided"): _V.VOID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """A second person's yes or no, bound to `subject_digest`, the digest of what it is about."""

    id: Id
    subject_noun: Annotated[EntityKind, enum(EntityKind)]
    subject_id: Annotated[str, Field(index=True, max_length=64)]
    action: Text40
    subject_digest: Text64
    state: Annotated[ApprovalState, enum(ApprovalState, index=True)]
    asked_by: Annotated[str, foreign_key("officer.id", index=False)]
    asked_at: datetime
    due_at: datetime | None = None
    decided_by: Text64 = ""
    decided_at: datetime | None = None
    post_hoc: bool = False
    alarmed: bool = False


@stored(ApprovalRow)
class Approval(SQLModel):
    """An approval with the authority outside the program that stands behind it."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    authority: Text200 = ""
