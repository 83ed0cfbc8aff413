"""One deadline of a recovery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock; `note` says what is under way against its end, `law_row` may be empty.

    `partner_id` is named where it is not the bank of the account.
    """

    what: str
    due_at: datetime
    regime: str
    law_row: str
    subject_id: str
    asset_id: str
    note: str = ""
    escalated: bool = False
    partner_id: str = ""
