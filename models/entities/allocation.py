"""A return decision: its states, what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import (
    Currency,
    Id,
    Minor,
    Text24,
    Text40,
    Text64,
    Text200,
    Text300,
    enum,
    foreign_key,
    stored,
)


class AllocationState(StrEnum):
    DRAFT = "draft"
    NOTICE = "notice"
    NOTICE_ENDED = "notice_ended"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    PAID = "paid"
    PAID_IN_PART = "paid_in_part"
    NOT_PAID = "not_paid"
    VOID = "void"


_A = AllocationState
UNDECIDED = frozenset({_A.DRAFT, _A.NOTICE, _A.NOTICE_ENDED, _A.PENDING_APPROVAL})
_ENDS = (_A.PAID, _A.PAID_IN_PART, _A.NOT_PAID)
"""What came of a decision once its payouts are through; news of one of them may change it."""
ALLOCATION_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "drafted"): _A.DRAFT,
    (_A.DRAFT, "notice_published"): _A.NOTICE,
    (_A.DRAFT, "submitted"): _A.PENDING_APPROVAL,
    (_A.DRAFT, "voided"): _A.VOID,
    (_A.NOTICE, "notice_ended"): _A.NOTICE_ENDED,
    (_A.NOTICE, "voided"): _A.VOID,
    (_A.NOTICE_ENDED, "submitted"): _A.PENDING_APPROVAL,
    (_A.NOTICE_ENDED, "voided"): _A.VOID,
    (_A.PENDING_APPROVAL, "approved"): _A.APPROVED,
    (_A.PENDING_APPROVAL, "denied"): _A.VOID,
    (_A.PENDING_APPROVAL, "voided"): _A.VOID,
    (_A.PENDING_APPROVAL, "amended"): _A.DRAFT,
    (_A.APPROVED, "amended"): _A.DRAFT,
    (_A.APPROVED, "voided"): _A.VOID,
    **{(state, str(end)): end for state in (_A.APPROVED, *_ENDS) for end in _ENDS if end != state},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRow:
    """How one asset's held money is divided among claims; the pool in the currency of the loss.

    `basis` names by digests what the division rests on: trace, claims and their losses, payees,
    holds, other recoveries that want the account. `fast_track` is the row of the law by which it
    needs no notice, "" where it needs one.
    """

    id: Id
    asset_id: Annotated[str, foreign_key("asset.id")]
    round_number: int
    state: Annotated[AllocationState, enum(AllocationState, index=True)]
    method: Text24
    formula: Text200
    pool_minor: Minor
    currency: Currency
    notice_from: datetime | None = None
    notice_to: datetime | None = None
    drafted_by: Text64 = ""
    basis: Text300 = ""
    fast_track: Text40 = ""


@stored(AllocationRow)
class Allocation(SQLModel):
    """A return decision with the reference under which it was taken."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    decision_ref: Text64 = ""
