"""Objections: what somebody brings against rows, a division, a claim or a decision about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.entities.columns import MinorUnits, id_field, ref_field, state_field


class ObjectionKind(StrEnum):
    """What it is against: each kind has a clock of its own.

    ROWS: the payments and sums that a claim rests on; SHARE: who gets how much, while the notice
    runs; CLAIM: another's claim, or one that the unit finds unfounded; APPEAL: a decision that left
    a claim with less than was reported.
    """

    ROWS = "rows"
    SHARE = "share"
    CLAIM = "claim"
    APPEAL = "appeal"


class ObjectionState(StrEnum):
    """OPEN until a second person has decided it."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_O = ObjectionState
OBJECTION_MOVES: Mapping[tuple[str | None, str], str] = {
    (None, "entered"): _O.OPEN,
    (_O.OPEN, "upheld"): _O.UPHELD,
    (_O.OPEN, "rejected"): _O.REJECTED,
    (_O.OPEN, "withdrawn"): _O.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRow:
    """One objection: against what, entered and decided by whom; `due_at` None where no term runs.

    `claim_id` is "" where somebody without a claim objects to a share, `allocation_id` "" where no
    division is under way. `loss_minor` is what a decision leaves of the loss, None where it says
    nothing of it. Reasons are fingerprints of the notes that hold them.
    """

    id: str
    recovery_id: str
    state: ObjectionState
    kind: ObjectionKind
    claim_id: str = ""
    allocation_id: str = ""
    entered_by: str
    entered_at: datetime
    reason: str = ""
    due_at: datetime | None = None
    law_row: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    loss_minor: int | None = None


class Objection(SQLModel, table=True):
    """The table of objections; its columns are those of the row."""

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    state: ObjectionState = state_field(ObjectionState, index=True)
    kind: ObjectionKind = state_field(ObjectionKind)
    claim_id: str = Field(default="", max_length=64)
    allocation_id: str = Field(default="", max_length=64)
    entered_by: str = Field(default="", max_length=64)
    entered_at: datetime
    reason: str = Field(default="", max_length=64)
    due_at: datetime | None = None
    law_row: str = Field(default="", max_length=64)
    decided_by: str = Field(default="", max_length=64)
    decided_at: datetime | None = None
    decision_reason: str = Field(default="", max_length=64)
    loss_minor: int | None = Field(default=None, sa_type=MinorUnits)
