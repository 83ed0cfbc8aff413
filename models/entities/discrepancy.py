"""What contradicts the records of a recovery, kept until a person has looked at it."""

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
    MaybeMinor,
    Text64,
    Text80,
    Text300,
    enum,
    foreign_key,
    stored,
)
from models.entities.event import EntityKind


class DiscrepancyState(StrEnum):
    """OPEN until a person has looked at it, or until what was wrong is over by itself."""

    OPEN = "open"
    RESOLVED = "resolved"


class DiscrepancyKind(StrEnum):
    """What contradicts the records of a recovery; `step_wording` has a sentence for each."""

    AMOUNT_DIFFERS = "amount_differs"
    CURRENCY_DIFFERS = "currency_differs"
    CONTRADICTS_OUTCOME = "contradicts_outcome"
    NEWS_ON_CLOSED = "news_on_closed"
    WRONG_REFERENCE = "wrong_reference"
    QUERY_REFUSED = "query_refused"
    RELEASE_REFUSED = "release_refused"
    END_UNCONFIRMED = "end_unconfirmed"
    HELD_BEYOND_TERM = "held_beyond_term"
    PROCESSING_FAILED = "processing_failed"
    TRACE_BELOW_RETURNS = "trace_below_returns"
    NO_NEXT_STEP = "no_next_step"
    PAYOUT_NOT_PAID = "payout_not_paid"
    CLAIM_ABOVE_BOOKED = "claim_above_booked"
    CLAIM_NOT_BOOKED = "claim_not_booked"
    HISTORY_BROKEN = "history_broken"
    HOLD_FELL = "hold_fell"
    ACCOUNT_CURRENCY = "account_currency"
    CLAIMED_TWICE = "claimed_twice"
    PAID_TWICE = "paid_twice"
    COURT_ABOVE_CLAIM = "court_above_claim"
    COURT_ABOVE_HELD = "court_above_held"
    ANSWER_NOT_TAKEN = "answer_not_taken"
    MONEY_ANNOUNCED = "money_announced"
    REACHED_MORE = "reached_more"
    TRACED_AGAIN = "traced_again"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_BEHIND = "clock_behind"


_D = DiscrepancyState
DISCREPANCY_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "found"): _D.OPEN,
    (_D.OPEN, "updated"): _D.OPEN,
    (_D.OPEN, "resolved"): _D.RESOLVED,
    (_D.OPEN, "cleared"): _D.RESOLVED,
    (_D.RESOLVED, "found_again"): _D.OPEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyRow:
    """One contradiction between what was recorded and what a bank, a file or the engine says.

    `expected` is the figure of our records, `stated` the contradicting one, each None where there
    is none. `detail` is a code or an identifier without personal data. `mark` tells occurrences on
    one subject apart, such as the bank's revision. `retry_at` and `attempts` belong to work that
    the engine tries again by itself.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[DiscrepancyState, enum(DiscrepancyState, index=True)]
    kind: Annotated[DiscrepancyKind, enum(DiscrepancyKind, length=40)]
    subject_noun: Annotated[EntityKind, enum(EntityKind)]
    subject_id: Text64 = ""
    asset_id: Text64 = ""
    claim_id: Text64 = ""
    expected_minor: MaybeMinor = None
    expected_currency: Currency = ""
    stated_minor: MaybeMinor = None
    stated_currency: Currency = ""
    detail: Text300 = ""
    mark: Text80 = ""
    found_at: datetime
    attempts: int = 0
    retry_at: datetime | None = None
    resolved_by: Text64 = ""
    resolved_at: datetime | None = None


@stored(DiscrepancyRow)
class Discrepancy(SQLModel):
    """A discrepancy has no column that rules do not read."""
