"""A payment that is called back from bank to bank, and the money that came back by it."""

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
    Text120,
    enum,
    foreign_key,
    stored,
)


class RecallState(StrEnum):
    """What the bank has said of it; ACCEPTED is a promise, only `RecallCredit` is money.

    UNANSWERED: nobody has answered in time. UNPAID: accepted, and the money has not come in time.
    """

    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    SENT = "sent"
    PENDING = "pending"
    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    UNPAID = "unpaid"
    REJECTED = "rejected"
    PARTLY_RETURNED = "partly_returned"
    RETURNED = "returned"
    EXPIRED = "expired"
    ENDED = "ended"
    DENIED = "denied"


_R = RecallState
WAITS_FOR_BANK = frozenset({_R.SENT, _R.PENDING, _R.ACCEPTED})
"""States in which a clock of the bank runs."""
NEEDS_OFFICER = frozenset({_R.UNANSWERED, _R.UNPAID, _R.REJECTED, _R.PARTLY_RETURNED, _R.EXPIRED})
"""States in which an officer chases, ends it, or goes another way."""
OPEN_RECALLS = frozenset({_R.PENDING_APPROVAL, _R.APPROVED, *WAITS_FOR_BANK, *NEEDS_OFFICER})
WENT_OUT = frozenset({*WAITS_FOR_BANK, *NEEDS_OFFICER, _R.RETURNED, _R.ENDED})
"""States in which a bank may answer and money may come: late too, and after it was given up."""
_LATE = (_R.PARTLY_RETURNED, _R.RETURNED)


def _transitions() -> dict[tuple[str | None, str], str]:
    moves: dict[tuple[str | None, str], str] = {
        (None, "asked"): _R.PENDING_APPROVAL,
        (_R.PENDING_APPROVAL, "approved"): _R.APPROVED,
        (_R.PENDING_APPROVAL, "denied"): _R.DENIED,
        (_R.APPROVED, "sent"): _R.SENT,
        (_R.SENT, "answer_overdue"): _R.UNANSWERED,
        (_R.PENDING, "answer_overdue"): _R.UNANSWERED,
        (_R.ACCEPTED, "money_overdue"): _R.UNPAID,
        (_R.UNANSWERED, "chased"): _R.SENT,
        (_R.UNPAID, "chased"): _R.ACCEPTED,
        (_R.PARTLY_RETURNED, "chased"): _R.ACCEPTED,
        **{(state, "expired"): _R.EXPIRED for state in (_R.SENT, _R.PENDING, _R.UNANSWERED)},
        **{(state, "ended"): _R.ENDED for state in sorted(OPEN_RECALLS)},
    }
    for state in sorted(WENT_OUT):
        moves[(state, "money_came")] = _R.PARTLY_RETURNED
        moves[(state, "all_came")] = _R.RETURNED
        moves[(state, "all_reversed")] = _R.UNPAID
        moves[(state, "part_reversed")] = _R.PARTLY_RETURNED
        for event, after in (
            ("bank_pending", _R.PENDING), ("bank_accepted", _R.ACCEPTED),
            ("bank_rejected", _R.REJECTED),
        ):  # fmt: skip
            # Once money came, a bank's word changes no state: the money says where it stands.
            moves[(state, event)] = state if state in _LATE else after
    return moves


RECALL_TRANSITIONS: Mapping[tuple[str | None, str], str] = _transitions()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRow:
    """One payment called back; `message` is the digest of the camt.056 that an approval binds.

    `partner_id` is the victim's bank, which sends it on; `case_ref` is the id that answers carry.
    `requested_minor` is the payment's whole sum: a camt.056 knows no part. `due_at` is by when an
    answer, or after a yes the money, is due; `expires_at` ends the waiting for an answer.
    `sent_how` is the fingerprint of the note of how it went. `answer_code` and `answer_document`
    are those of the last camt.029; `is_part` that it was accepted for a part only.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[RecallState, enum(RecallState, index=True)]
    claim_id: Annotated[str, foreign_key("claim.id")]
    partner_id: Annotated[str, foreign_key("partner.id", index=False)]
    channel: Text24
    case_ref: Text40
    uetr: Text40 = ""
    end_to_end_id: Text64 = ""
    requested_minor: Minor
    currency: Currency
    message: Text64
    drafted_by: Text64
    drafted_at: datetime
    sent_at: datetime | None = None
    sent_how: Text120 = ""
    law_row: Text64 = ""
    due_at: datetime | None = None
    expires_at: datetime | None = None
    answer_code: Text40 = ""
    answer_document: Text64 = ""
    is_part: bool = False
    reason: Text64 = ""


@stored(RecallRow)
class Recall(SQLModel):
    """A recall has no column that rules do not read."""


class CreditState(StrEnum):
    """ASKED until a second person has held it against its proof.

    REVERSED: it counted, and its bank has taken it back; two people have seen that too.
    """

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    REVERSED = "reversed"


_C = CreditState
CREDIT_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "entered"): _C.ASKED,
    (_C.ASKED, "confirmed"): _C.CONFIRMED,
    (_C.ASKED, "denied"): _C.DENIED,
    (_C.CONFIRMED, "recounted"): _C.CONFIRMED,
    (_C.CONFIRMED, "reversal_entered"): _C.CONFIRMED,
    (_C.CONFIRMED, "reversal_denied"): _C.CONFIRMED,
    (_C.CONFIRMED, "reversed"): _C.REVERSED,
}


class MatchedBy(StrEnum):
    """How money was matched to its recall, the surest first; PERSON: a suggestion was taken."""

    UETR = "uetr"
    IDS = "ids"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallCreditRow:
    """Money that came back: `amount_minor` as the bank says it, in its currency.

    `costs_minor` is what the bank says that it kept. `counted_minor` is what of it makes good a
    loss, in the currency of the loss, 0 before a second person has confirmed it and where it came
    in another currency; what a bank pays the victim besides takes its place. `booking` is the
    bank's reference of the return: it is booked once.
    `reversed_at`, `reversal_proof` and `reversal_entered_by` say when its bank took it back, by
    which paper, and who entered that; a second person confirms it before it counts no more.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[CreditState, enum(CreditState, index=True)]
    recall_id: Annotated[str, foreign_key("recall.id")]
    claim_id: Annotated[str, foreign_key("claim.id")]
    amount_minor: Minor
    currency: Currency
    costs_minor: Minor = 0
    costs_currency: Currency = ""
    counted_minor: Minor = 0
    booking: Text80
    matched_by: Annotated[MatchedBy, enum(MatchedBy)]
    arrived_at: datetime
    proof: Text64
    entered_by: Text64
    entered_at: datetime
    reversed_at: datetime | None = None
    reversal_proof: Text64 = ""
    reversal_entered_by: Text64 = ""


@stored(RecallCreditRow)
class RecallCredit(SQLModel):
    """A recall's credit has no column that rules do not read."""

    __tablename__ = "recall_credit"
