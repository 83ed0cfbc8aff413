"""A return decision and a court's list of returns: states, what may happen to them, columns."""

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
    Text80,
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
    needs no notice, "" where it needs one. `court_list_id` is the court's list that it carries out,
    "" where the ladder of the law divides.
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
    court_list_id: Text64 = ""


@stored(AllocationRow)
class Allocation(SQLModel):
    """A return decision with the reference under which it was taken."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    decision_ref: Text64 = ""


class CourtListState(StrEnum):
    """ASKED until a second person has held the rows against the court's paper."""

    ASKED = "asked"
    IN_FORCE = "in_force"
    DENIED = "denied"
    REPLACED = "replaced"
    ENDED = "ended"


_L = CourtListState
COURT_LIST_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "entered"): _L.ASKED,
    (_L.ASKED, "confirmed"): _L.IN_FORCE,
    (_L.ASKED, "denied"): _L.DENIED,
    (_L.IN_FORCE, "replaced"): _L.REPLACED,
    (_L.IN_FORCE, "end_asked"): _L.IN_FORCE,
    (_L.IN_FORCE, "end_denied"): _L.IN_FORCE,
    (_L.IN_FORCE, "ended"): _L.ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtListRow:
    """Who gets what of one account's held money, as a court has ordered it.

    `reference` is the court's own, `proof` the digest of the imported file, `reason` the
    fingerprint of the note that says why the list is followed no more.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[CourtListState, enum(CourtListState, index=True)]
    asset_id: Annotated[str, foreign_key("asset.id")]
    reference: Text80
    ordered_at: datetime
    total_minor: Minor
    currency: Currency
    proof: Text64
    entered_by: Text64
    entered_at: datetime
    reason: Text64 = ""


@stored(CourtListRow)
class CourtList(SQLModel):
    """A court's list has no column that rules do not read."""

    __tablename__ = "court_list"


class CourtShareState(StrEnum):
    """UNKNOWN until a person has found out whose it is, or has set it aside."""

    NAMED = "named"
    UNKNOWN = "unknown"
    SET_ASIDE = "set_aside"


_W = CourtShareState
COURT_SHARE_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "listed"): _W.NAMED,
    (None, "listed_unknown"): _W.UNKNOWN,
    (_W.UNKNOWN, "identity_asked"): _W.UNKNOWN,
    (_W.UNKNOWN, "identity_denied"): _W.UNKNOWN,
    (_W.UNKNOWN, "identified"): _W.NAMED,
    (_W.UNKNOWN, "set_aside_asked"): _W.UNKNOWN,
    (_W.UNKNOWN, "set_aside_denied"): _W.UNKNOWN,
    (_W.UNKNOWN, "set_aside"): _W.SET_ASIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtShareRow:
    """One row of a court's list; `claim_id` is "" while it names nobody known.

    `found_claim_id` is whose its officer has found it to be, which counts with another's yes.
    `reason` is the fingerprint of the note that says how it was found whose it is.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[CourtShareState, enum(CourtShareState, index=True)]
    list_id: Annotated[str, foreign_key("court_list.id")]
    line: int
    claim_id: Text64 = ""
    amount_minor: Minor
    currency: Currency
    reason: Text64 = ""
    found_claim_id: Text64 = ""


@stored(CourtShareRow)
class CourtShare(SQLModel):
    """A row of a court's list has no column that rules do not read."""

    __tablename__ = "court_share"
