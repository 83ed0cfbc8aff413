"""A victim's claim, the objections about claims, and what others have paid victims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import Field, SQLModel

from models.columns import (
    Currency,
    Id,
    MaybeMinor,
    Minor,
    Text40,
    Text64,
    Text80,
    enum,
    foreign_key,
    stored,
)


class ClaimState(StrEnum):
    FILED = "filed"
    VERIFIED = "verified"
    REJECTED = "rejected"
    PAID = "paid"


_C = ClaimState
_KEEPS_STATE = ("payee_asked", "payee_changed", "payee_denied", "decided", "classed")
CLAIM_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "filed"): _C.FILED,
    (_C.FILED, "verified"): _C.VERIFIED,
    (_C.FILED, "rejected"): _C.REJECTED,
    (_C.REJECTED, "reopened"): _C.FILED,
    (_C.FILED, "updated"): _C.FILED,
    (_C.VERIFIED, "updated"): _C.VERIFIED,
    (_C.VERIFIED, "paid"): _C.PAID,
    (_C.PAID, "updated"): _C.PAID,
    (_C.PAID, "owed_again"): _C.VERIFIED,
    (_C.VERIFIED, "limited"): _C.VERIFIED,
    (_C.PAID, "limited"): _C.PAID,
    **{(state, event): state for state in _C for event in _KEEPS_STATE},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One victim's loss: accounts, sums in minor units of the loss's currency, state.

    `payout_account_id` starts as the account that the money came from; `payout_reason` is the
    fingerprint of the note that says why it is another, `payout_changed_by` who asked for it;
    `asked_*` is another account that waits for a second person. `decided_minor` is what a decision
    leaves of the loss (None: none was made), `appeal_until` the end of the time to appeal.

    `end_to_end_id` is found in any case of letters: its index is on lower(end_to_end_id) and made
    by the migration, since SQLite does not tell of such an index.

    `priority` is the class of the claim on an estate too short for all, a row of the regime; ""
    where nobody has said one. `priority_rank` is its place in the regime's order, 0 the first.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[ClaimState, enum(ClaimState)]
    reported_minor: Minor
    upheld_minor: Minor = 0
    decided_minor: MaybeMinor = None
    appeal_until: datetime | None = None
    currency: Currency
    victim_account_id: Annotated[str, foreign_key("account.id")]
    victim_partner_id: Annotated[str, foreign_key("partner.id", index=False)]
    payee_account_id: Annotated[str, foreign_key("account.id")]
    payout_account_id: Annotated[str, foreign_key("account.id", index=False)]
    payout_reason: Text64 = ""
    payout_changed_by: Text64 = ""
    asked_account_id: Text64 = ""
    asked_reason: Text64 = ""
    asked_by: Text64 = ""
    end_to_end_id: Text64 = ""
    paid_at: datetime
    reported_at: datetime
    statement_to: datetime | None = None
    priority: Text40 = ""
    priority_rank: int = 0


@stored(ClaimRow)
class Claim(SQLModel):
    """A claim with the reference of its report and the victim."""

    external_ref: Annotated[str, Field(unique=True, max_length=80)]
    party_id: Annotated[str, foreign_key("party.id", index=False)]


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


_O = ObjectionState
OBJECTION_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "entered"): _O.OPEN,
    (_O.OPEN, "upheld"): _O.UPHELD,
    (_O.OPEN, "rejected"): _O.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRow:
    """One objection: against what, entered and decided by whom; `due_at` None where no term runs.

    `claim_id` is "" where somebody without a claim objects to a share, `allocation_id` "" where no
    division is under way. `loss_minor` is what a decision leaves of the loss, None where it says
    nothing of it. Reasons are fingerprints of the notes that hold them.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[ObjectionState, enum(ObjectionState, index=True)]
    kind: Annotated[ObjectionKind, enum(ObjectionKind)]
    claim_id: Text64 = ""
    allocation_id: Text64 = ""
    entered_by: Text64 = ""
    entered_at: datetime
    reason: Text64 = ""
    due_at: datetime | None = None
    law_row: Text64 = ""
    decided_by: Text64 = ""
    decided_at: datetime | None = None
    decision_reason: Text64 = ""
    loss_minor: MaybeMinor = None


@stored(ObjectionRow)
class Objection(SQLModel):
    """An objection has no column that rules do not read."""


class CompensationState(StrEnum):
    """ASKED until a second person has held it against its proof."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DENIED = "denied"


_K = CompensationState
COMPENSATION_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "entered"): _K.ASKED,
    (_K.ASKED, "confirmed"): _K.CONFIRMED,
    (_K.ASKED, "denied"): _K.DENIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationRow:
    """One payment to the victim of a claim by somebody who is no offender.

    `payer_account_id` is where its part of a later return is paid to; `proof` is the digest of the
    paper that shows the payment, `booking` the reference by which the payer's bank booked it.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[CompensationState, enum(CompensationState, index=True)]
    claim_id: Annotated[str, foreign_key("claim.id")]
    payer_account_id: Annotated[str, foreign_key("account.id")]
    amount_minor: Minor
    currency: Currency
    paid_at: datetime
    proof: Text64
    booking: Text80 = ""
    entered_by: Text64
    entered_at: datetime


@stored(CompensationRow)
class Compensation(SQLModel):
    """A compensation has no column that rules do not read."""
