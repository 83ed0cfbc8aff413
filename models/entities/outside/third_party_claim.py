"""What somebody who is no victim asks about a held account: states, transitions, columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import Currency, Id, Minor, Text24, Text64, Text80, enum, foreign_key, stored


class ThirdPartyGround(StrEnum):
    """EXCESS: more is held than is disputed. GOOD_FAITH: the disputed money was acquired for value.

    WRONG_FREEZE asks for money for the harm that a freeze has done.
    """

    EXCESS = "excess"
    GOOD_FAITH = "good_faith"
    WRONG_FREEZE = "wrong_freeze"


class ThirdPartyState(StrEnum):
    """FILED until an officer proposes a decision, PROPOSED until a second person has taken it.

    UPHELD waits for the bank, or for a payment; RELEASED and PAID say that it has come about.
    """

    FILED = "filed"
    PROPOSED = "proposed"
    UPHELD = "upheld"
    REJECTED = "rejected"
    RELEASED = "released"
    PAYMENT_ENTERED = "payment_entered"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


class DamagesSource(StrEnum):
    """Whose money made good what a freeze has done."""

    UNIT_BUDGET = "unit_budget"
    TREASURY = "treasury"
    BANK = "bank"
    INSURER = "insurer"


_T = ThirdPartyState
OPEN_THIRD_PARTY = frozenset({_T.FILED, _T.PROPOSED})
"""Nobody has decided yet."""
UNSETTLED_THIRD_PARTY = OPEN_THIRD_PARTY | {_T.UPHELD, _T.PAYMENT_ENTERED}
"""The unit, a bank or a payer still has to act."""
THIRD_PARTY_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "filed"): _T.FILED,
    (_T.FILED, "upholding_asked"): _T.PROPOSED,
    (_T.FILED, "rejection_asked"): _T.PROPOSED,
    (_T.FILED, "withdrawn"): _T.WITHDRAWN,
    (_T.PROPOSED, "upheld"): _T.UPHELD,
    (_T.PROPOSED, "rejected"): _T.REJECTED,
    (_T.PROPOSED, "decision_denied"): _T.FILED,
    (_T.PROPOSED, "decision_overtaken"): _T.FILED,
    (_T.REJECTED, "appealed"): _T.FILED,
    (_T.UPHELD, "standing_measured"): _T.UPHELD,
    (_T.UPHELD, "released"): _T.RELEASED,
    (_T.UPHELD, "not_released"): _T.FILED,
    (_T.UPHELD, "payment_entered"): _T.PAYMENT_ENTERED,
    (_T.PAYMENT_ENTERED, "payment_confirmed"): _T.PAID,
    (_T.PAYMENT_ENTERED, "payment_denied"): _T.UPHELD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyRow:
    """A claim of somebody who is no victim, about one account; sums in the account's currency.

    `claimed_minor` is what is asked for, `granted_minor` what the decision gives of it: released,
    left to the third party, or to be paid. `hold_id` is the hold that is decided on and
    `standing_minor` what it kept when the order for its release left, with what was paid out of it;
    `released_minor` is what banks have released by all decisions on the claim until now.
    `blocked_minor` is what was held on the account at the decision, with what was paid out before,
    `disputed_minor` what was traced to victims. `asked_by` has asked for what waits now, a decision
    or a payment. `proof` is the digest of the claimant's paper, `payment_proof` of that which shows
    the payment, `paid_from` a `DamagesSource`. Reasons are fingerprints of notes; `appeals` counts
    how often a rejection was appealed.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[ThirdPartyState, enum(ThirdPartyState, index=True)]
    asset_id: Annotated[str, foreign_key("asset.id")]
    ground: Annotated[ThirdPartyGround, enum(ThirdPartyGround)]
    claimed_minor: Minor
    currency: Currency
    filed_by: Text64
    filed_at: datetime
    due_at: datetime | None = None
    law_row: Text64 = ""
    reason: Text64 = ""
    proof: Text64 = ""
    hold_id: Text64 = ""
    granted_minor: Minor = 0
    standing_minor: Minor = 0
    released_minor: Minor = 0
    disputed_minor: Minor = 0
    blocked_minor: Minor = 0
    asked_by: Text64 = ""
    decision_reason: Text64 = ""
    decided_at: datetime | None = None
    appeal_until: datetime | None = None
    appeals: int = 0
    paid_from: Text24 = ""
    paid_at: datetime | None = None
    booking: Text80 = ""
    payment_proof: Text64 = ""


@stored(ThirdPartyRow)
class ThirdPartyClaim(SQLModel):
    """A third-party claim has no column that rules do not read."""

    __tablename__ = "third_party_claim"
