"""Payouts with what may follow them: unclaimed shares and clawbacks.

For each its states, the changes allowed to it, and its columns.
"""

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
    Text64,
    Text80,
    Text120,
    Text200,
    enum,
    foreign_key,
    stored,
)


class PayoutState(StrEnum):
    PREPARED = "prepared"
    INSTRUCTED = "instructed"
    SETTLED = "settled"
    REFUSED = "refused"
    RETURNED = "returned"
    CANCELLED = "cancelled"


_P = PayoutState
PAYOUT_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "prepared"): _P.PREPARED,
    (_P.PREPARED, "amended"): _P.PREPARED,
    (_P.PREPARED, "instructed"): _P.INSTRUCTED,
    (_P.PREPARED, "cancelled"): _P.CANCELLED,
    (_P.INSTRUCTED, "recalled"): _P.PREPARED,
    (_P.INSTRUCTED, "settled"): _P.SETTLED,
    (_P.INSTRUCTED, "refused"): _P.REFUSED,
    (_P.INSTRUCTED, "returned"): _P.RETURNED,
    (_P.INSTRUCTED, "acknowledged"): _P.INSTRUCTED,
    (_P.SETTLED, "returned"): _P.RETURNED,
    (_P.SETTLED, "refused"): _P.REFUSED,
    (_P.SETTLED, "corrected"): _P.SETTLED,
    (_P.SETTLED, "clawed_back"): _P.SETTLED,
    (_P.REFUSED, "settled"): _P.SETTLED,
    (_P.REFUSED, "returned"): _P.RETURNED,
    (_P.RETURNED, "settled"): _P.SETTLED,
    (_P.PREPARED, "settled"): _P.SETTLED,
    (_P.CANCELLED, "settled"): _P.SETTLED,
    **{(state, "stated"): state for state in _P},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow:
    """One victim's part of an allocation, paid from one hold by the bank that holds the money.

    `amount` is what was ordered, in the currency of the loss; `settled` is what the payee was
    credited and `debited` what left the hold, both as the bank states them. `bank_said` is the
    bank's latest statement, under `bank_revision`, in its own terms. `clawed_minor` is the part
    that a clawback has ordered back: the payee no longer counts as having it.
    """

    id: Id
    allocation_id: Annotated[str, foreign_key("allocation.id")]
    asset_id: Annotated[str, foreign_key("asset.id")]
    claim_id: Annotated[str, foreign_key("claim.id")]
    hold_id: Annotated[str, foreign_key("hold.id", index=False)]
    payee_account_id: Annotated[str, foreign_key("account.id", index=False)]
    amount_minor: Minor
    currency: Currency
    state: Annotated[PayoutState, enum(PayoutState, index=True)]
    bank_ref: Text80 = ""
    bank_revision: int = 0
    settled_minor: Minor = 0
    settled_currency: Currency = ""
    debited_minor: Minor = 0
    debited_currency: Currency = ""
    settled_at: datetime | None = None
    reason: Text200 = ""
    bank_said: Text120 = ""
    bank_said_at: datetime | None = None
    unclaimed_id: Text64 = ""
    """The unclaimed share that it takes to the treasury; "" for a payout to a victim."""
    clawed_minor: Minor = 0

    @property
    def returned_minor(self) -> int:
        """What the victim, or whoever compensated him, received and has not had to give back.

        What went to the treasury is not counted.
        """
        return 0 if self.unclaimed_id else max(0, self.credited_minor - self.clawed_minor)

    @property
    def credited_minor(self) -> int:
        """What the payee was credited, in the currency of the loss, as the bank states it.

        0 until it is settled, after it came back, and where it was credited in another currency.
        """
        if self.state is not PayoutState.SETTLED:
            return 0
        if not self.settled_currency:  # settled under a version that kept only our own order
            return self.amount_minor
        return self.settled_minor if self.settled_currency == self.currency else 0

    @property
    def taken_minor(self) -> int:
        """What has left the hold for good, in the currency of the debit; 0 once it was returned."""
        return self.debited_minor if self.state is PayoutState.SETTLED else 0


@stored(PayoutRow)
class Payout(SQLModel):
    """The table of payouts: the snapshot and the bank's reference of its booking."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    booking_ref: Text80 = ""


class UnclaimedState(StrEnum):
    """States of a share that did not reach its payee: notice, treasury, refund.

    CLAIMED and PAID end it before it goes to the treasury: the payee came forward, or the bank paid
    him after all.
    """

    ANNOUNCED = "announced"
    TERM_ENDED = "term_ended"
    TREASURY = "treasury"
    REFUND_ENTERED = "refund_entered"
    REFUNDED = "refunded"
    CLAIMED = "claimed"
    PAID = "paid"


_U = UnclaimedState
KEPT_UNCLAIMED = frozenset({_U.ANNOUNCED, _U.TERM_ENDED})
"""The share stays held, for its payee alone."""
IN_TREASURY = frozenset({_U.TREASURY, _U.REFUND_ENTERED, _U.REFUNDED})
UNCLAIMED_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "announced"): _U.ANNOUNCED,
    (_U.ANNOUNCED, "term_ended"): _U.TERM_ENDED,
    (_U.TERM_ENDED, "transfer_asked"): _U.TERM_ENDED,
    (_U.TERM_ENDED, "transferred"): _U.TREASURY,
    (_U.TREASURY, "came_back"): _U.TERM_ENDED,
    (_U.TREASURY, "refund_entered"): _U.REFUND_ENTERED,
    (_U.REFUND_ENTERED, "refund_confirmed"): _U.REFUNDED,
    (_U.REFUND_ENTERED, "refund_denied"): _U.TREASURY,
    **{(state, "claimed"): _U.CLAIMED for state in KEPT_UNCLAIMED},
    **{(state, "paid"): _U.PAID for state in KEPT_UNCLAIMED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclaimedRow:
    """The part of payout `payout_id` that reached nobody, and the announcement of it.

    The announcement runs until `due_at` under a row of law. `reason` is the fingerprint of the note
    that says what was done to find the payee. `refunded` is what the treasury paid to the payee
    later, by the paper `refund_proof`; it counts once a second person has confirmed it.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[UnclaimedState, enum(UnclaimedState, index=True)]
    payout_id: Annotated[str, foreign_key("payout.id")]
    claim_id: Annotated[str, foreign_key("claim.id")]
    amount_minor: Minor
    currency: Currency
    announced_by: Text64 = ""
    announced_at: datetime
    due_at: datetime
    law_row: Text64 = ""
    reason: Text64 = ""
    treasury_account_id: Text64 = ""
    refunded_minor: Minor = 0
    refunded_at: datetime | None = None
    refund_proof: Text64 = ""
    refund_entered_by: Text64 = ""


@stored(UnclaimedRow)
class UnclaimedShare(SQLModel):
    """The table of unclaimed shares: the columns of the snapshot and no other."""

    __tablename__ = "unclaimed_share"


class ClawbackGround(StrEnum):
    """WRONG_PAYEE: it was never due to this payee. TOO_MUCH: it exceeds what was due to him."""

    WRONG_PAYEE = "wrong_payee"
    TOO_MUCH = "too_much"


class ClawbackState(StrEnum):
    """ASKED until a second person approves; then open until it is paid back or written off."""

    ASKED = "asked"
    ORDERED = "ordered"
    OVERDUE = "overdue"
    WRITE_OFF_ASKED = "write_off_asked"
    RECEIVED = "received"
    WRITTEN_OFF = "written_off"
    DENIED = "denied"


_B = ClawbackState
OPEN_CLAWBACKS = frozenset({_B.ORDERED, _B.OVERDUE, _B.WRITE_OFF_ASKED})
NOT_ORDERED = frozenset({_B.ASKED, _B.DENIED})
CLAWBACK_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "asked"): _B.ASKED,
    (_B.ASKED, "approved"): _B.ORDERED,
    (_B.ASKED, "denied"): _B.DENIED,
    (_B.ORDERED, "overdue"): _B.OVERDUE,
    **{(state, "reminded"): _B.ORDERED for state in (_B.ORDERED, _B.OVERDUE)},
    **{(state, "write_off_asked"): _B.WRITE_OFF_ASKED for state in (_B.ORDERED, _B.OVERDUE)},
    (_B.WRITE_OFF_ASKED, "write_off_confirmed"): _B.WRITTEN_OFF,
    (_B.WRITE_OFF_ASKED, "write_off_denied"): _B.ORDERED,
    **{(state, "received"): _B.RECEIVED for state in (*OPEN_CLAWBACKS, _B.WRITTEN_OFF)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClawbackRow:
    """An order to give back money of a payout: its due date, its row of law and its ground.

    `asked_by` submitted what is pending, the order or its write-off; `reason` and
    `write_off_reason` are the fingerprints of the notes that give the reasons.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[ClawbackState, enum(ClawbackState, index=True)]
    payout_id: Annotated[str, foreign_key("payout.id")]
    claim_id: Annotated[str, foreign_key("claim.id")]
    ground: Annotated[ClawbackGround, enum(ClawbackGround)]
    amount_minor: Minor
    currency: Currency
    asked_by: Text64
    asked_at: datetime
    due_at: datetime | None = None
    law_row: Text64 = ""
    reason: Text64 = ""
    write_off_reason: Text64 = ""


@stored(ClawbackRow)
class Clawback(SQLModel):
    """The table of clawbacks: the columns of the snapshot and no other."""
