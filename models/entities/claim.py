"""A victim's claim: its states, what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import Field, SQLModel

from models.columns import Currency, Id, Minor, Text64, enum, foreign_key, stored


class ClaimState(StrEnum):
    FILED = "filed"
    VERIFIED = "verified"
    REJECTED = "rejected"
    PAID = "paid"


_C = ClaimState
_OF_PAYEE = ("payee_asked", "payee_changed", "payee_denied")
CLAIM_MOVES: Mapping[tuple[str | None, str], str] = {
    (None, "filed"): _C.FILED,
    (_C.FILED, "verified"): _C.VERIFIED,
    (_C.FILED, "rejected"): _C.REJECTED,
    (_C.FILED, "updated"): _C.FILED,
    (_C.VERIFIED, "updated"): _C.VERIFIED,
    (_C.VERIFIED, "paid"): _C.PAID,
    (_C.PAID, "updated"): _C.PAID,
    (_C.PAID, "owed_again"): _C.VERIFIED,
    (_C.VERIFIED, "limited"): _C.VERIFIED,
    (_C.PAID, "limited"): _C.PAID,
    **{(state, event): state for state in _C for event in _OF_PAYEE},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One victim's loss: accounts, sums in minor units of the loss's currency, state.

    `payout_account_id` starts as the account that the money came from; `payout_reason` is the
    fingerprint of the note that says why it is another, `payout_changed_by` who asked for it;
    `asked_*` is another account that waits for a second person.

    `end_to_end_id` is found in any case of letters: its index is on lower(end_to_end_id) and made
    by the migration, since SQLite does not tell of such an index.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[ClaimState, enum(ClaimState)]
    reported_minor: Minor
    upheld_minor: Minor = 0
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


@stored(ClaimRow)
class Claim(SQLModel):
    """A claim with the reference of its report and the victim."""

    external_ref: Annotated[str, Field(unique=True, max_length=80)]
    party_id: Annotated[str, foreign_key("party.id", index=False)]
