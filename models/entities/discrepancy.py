"""What contradicts the records of a recovery, kept until a person has looked at it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.entities.columns import MinorUnits, id_field, ref_field, state_field
from models.entities.states import DiscrepancyKind, DiscrepancyState, EntityKind


class Discrepancy(SQLModel, table=True):
    """One contradiction between what was recorded and what a bank, a file or the engine says.

    `expected` is the figure of our records, `stated` the contradicting one, each None where there
    is none. `detail` is a code or an identifier without personal data. `mark` tells occurrences on
    one subject apart, such as the bank's revision. `retry_at` and `attempts` belong to work that
    the engine tries again by itself.
    """

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    state: DiscrepancyState = state_field(DiscrepancyState, index=True)
    kind: DiscrepancyKind = state_field(DiscrepancyKind, length=40)
    subject_noun: EntityKind = state_field(EntityKind)
    subject_id: str = Field(default="", max_length=64)
    asset_id: str = Field(default="", max_length=64)
    claim_id: str = Field(default="", max_length=64)
    expected_minor: int | None = Field(default=None, sa_type=MinorUnits)
    expected_currency: str = Field(default="", max_length=3)
    stated_minor: int | None = Field(default=None, sa_type=MinorUnits)
    stated_currency: str = Field(default="", max_length=3)
    detail: str = Field(default="", max_length=300)
    mark: str = Field(default="", max_length=80)
    found_at: datetime
    attempts: int = 0
    retry_at: datetime | None = None
    resolved_by: str = Field(default="", max_length=64)
    resolved_at: datetime | None = None
