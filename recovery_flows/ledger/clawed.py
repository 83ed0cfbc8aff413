"""Money of a payout that was ordered back: what of it came, and what will never come."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.hold import HoldKind, HoldState
from models.entities.payout import ClawbackGround, ClawbackState, PayoutRow

_UNCONFIRMED = (HoldState.PENDING_APPROVAL, HoldState.DENIED, HoldState.CANCELLED)


def received_for(file: CaseFile, clawback_id: str) -> int:
    """What came in on the unit's account by an order, seen by two people."""
    return sum(
        h.requested_minor
        for h in file.holds
        if h.return_id == clawback_id and h.kind is HoldKind.CUSTODY and h.state not in _UNCONFIRMED
    )


def clawed_minor(file: CaseFile, payout: PayoutRow) -> int:
    """What of a payout is not with its victim: it came back, or a stranger has it for good.

    What a victim got beyond his due and keeps, since it was written off, is still with him.
    """
    total = 0
    for row in (c for c in file.clawbacks if c.payout_id == payout.id):
        came = min(row.amount_minor, received_for(file, row.id))
        is_lost = row.ground is ClawbackGround.WRONG_PAYEE and (
            row.state is ClawbackState.WRITTEN_OFF
        )
        total += row.amount_minor if is_lost else came
    return min(total, payout.credited_minor)
