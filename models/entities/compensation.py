"""What a bank or an insurer has paid a victim: from then on the payer stands in his place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import Currency, Id, Minor, Text64, Text80, enum, foreign_key, stored


class CompensationState(StrEnum):
    """ASKED until a second person has held it against its proof."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DENIED = "denied"


_K = CompensationState
COMPENSATION_MOVES: Mapping[tuple[str | None, str], str] = {
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
