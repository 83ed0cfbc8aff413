"""An open discrepancy as screens and commands show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.money import Money


@dataclass(frozen=True, slots=True)
class DiscrepancyLine:
    """What contradicts the records: `expected` is what they say, `stated` what is said instead.

    `bank` and `account` (masked) are empty where it is about no account.
    """

    discrepancy_id: str
    sentence: str
    subject: str
    found_at: datetime
    expected: Money | None
    stated: Money | None
    bank: str = ""
    account: str = ""
