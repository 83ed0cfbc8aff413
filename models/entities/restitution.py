"""Who gets what back: allocations and the payouts that carry them out."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.entities.columns import currency_field, id_field, minor_field, ref_field, state_field
from models.entities.states import AllocationState, PayoutState


class Allocation(SQLModel, table=True):
    """How one asset's held money is divided among claims, by which rule, under which notice.

    `basis` names by digests what the division rests on: trace, claims and their losses, payees,
    holds, other recoveries that want the account.
    """

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    asset_id: str = ref_field("asset.id")
    round_number: int
    state: AllocationState = state_field(AllocationState, index=True)
    method: str = Field(max_length=24)
    formula: str = Field(max_length=200)
    pool_minor: int = minor_field()
    currency: str = currency_field()
    notice_from: datetime | None = None
    notice_to: datetime | None = None
    decision_ref: str = Field(default="", max_length=64)
    drafted_by: str = Field(default="", max_length=64)
    basis: str = Field(default="", max_length=300)


class Payout(SQLModel, table=True):
    """One victim's part of an allocation, paid by the bank that holds.

    `amount` is what was ordered, in the currency of the loss; `settled` is what the bank says that
    the payee was credited, `debited` what it says that left the hold.
    """

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    allocation_id: str = ref_field("allocation.id")
    asset_id: str = ref_field("asset.id")
    claim_id: str = ref_field("claim.id")
    hold_id: str = ref_field("hold.id", index=False)
    payee_account_id: str = ref_field("account.id", index=False)
    amount_minor: int = minor_field()
    currency: str = currency_field()
    state: PayoutState = state_field(PayoutState, index=True)
    bank_ref: str = Field(default="", max_length=80)
    bank_revision: int = 0
    settled_minor: int = minor_field()
    settled_currency: str = Field(default="", max_length=3)
    debited_minor: int = minor_field()
    debited_currency: str = Field(default="", max_length=3)
    booking_ref: str = Field(default="", max_length=80)
    settled_at: datetime | None = None
    reason: str = Field(default="", max_length=200)
