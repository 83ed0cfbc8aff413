"""A payout, one victim's part of an allocation: its states, what may happen to it, its columns."""

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
    (_P.REFUSED, "settled"): _P.SETTLED,
    (_P.REFUSED, "returned"): _P.RETURNED,
    (_P.RETURNED, "settled"): _P.SETTLED,
    (_P.PREPARED, "settled"): _P.SETTLED,
    (_P.CANCELLED, "settled"): _P.SETTLED,
    **{(state, "stated"): state for state in _P},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow:
    """One victim's part of an allocation, paid by the bank that holds, from one hold.

    `amount` is what was ordered, in the currency of the loss; `settled` is what the bank says that
    the payee was credited, `debited` what it says that left the hold. `bank_said` is what it stated
    last, under `bank_revision`, in its own terms.
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

    @property
    def returned_minor(self) -> int:
        """What the payee got, in the currency of the loss, as the bank says it.

        0 until it is settled, after it came back, and where it was credited in another currency.
        """
        if self.state is not PayoutState.SETTLED:
            return 0
        if not self.settled_currency:  # settled under a version that kept only our own order
            return self.amount_minor
        return self.settled_minor if self.settled_currency == self.currency else 0

    @property
    def taken_minor(self) -> int:
        """What left the hold for good, in the currency of the debit: 0 once it came back."""
        return self.debited_minor if self.state is PayoutState.SETTLED else 0


@stored(PayoutRow)
class Payout(SQLModel):
    """A payout with the bank's reference of its booking."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    booking_ref: Text80 = ""
