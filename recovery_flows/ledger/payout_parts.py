"""What of each settled payout makes a loss good, what is beyond that, and what was called back.

A bank pays what it pays: an order that was cancelled may be settled all the same, and its victim be
paid twice. Such money is booked as the bank states it, and is none of the loss: no other victim's
money counts as returned for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from models.case_file import CaseFile
from models.entities.claim import ClaimRow, ClaimState
from models.entities.hold import HoldKind, HoldState
from models.entities.payout import ClawbackGround, ClawbackState, PayoutRow, PayoutState

_NEVER = datetime.min.replace(tzinfo=UTC)
_UNCONFIRMED = (HoldState.PENDING_APPROVAL, HoldState.DENIED, HoldState.CANCELLED)


class Parts(NamedTuple):
    """What a settled payout credited, in minor units of the loss's currency, by what became of it.

    `returned` makes the loss of its claim good, `clawed` was to and was called back, and `beyond`
    is what the payee has above our order or above his loss.
    """

    returned: int
    clawed: int
    beyond: int

    @property
    def of_loss(self) -> int:
        """What went out for the loss, with what was called back of it."""
        return self.returned + self.clawed


def parts_of(file: CaseFile) -> Mapping[str, Parts]:
    """The parts of each settled payout, by its id.

    What was settled first makes a loss good first, and what came beyond an order is called back
    first. All that went out for losses never comes to more than these.
    """
    settled = [p for p in file.payouts if p.state is PayoutState.SETTLED]
    if not settled:
        return {}
    room = {claim.id: loss_minor(claim) for claim in file.claims}
    settled.sort(key=lambda p: (p.settled_at or _NEVER, p.id))
    returned: dict[str, int] = {}
    for payout in settled:
        there = _kept(payout)
        returned[payout.id] = good = min(there, payout.amount_minor, room[payout.claim_id])
        room[payout.claim_id] -= good
    left, found = sum(room.values()), {}
    for payout in settled:
        there, good = _kept(payout), returned[payout.id]
        ordered = min(payout.credited_minor, payout.amount_minor)
        clawed = min(ordered - min(ordered, there), left)
        left -= clawed
        found[payout.id] = Parts(good, clawed, there - good)
    return found


def loss_minor(claim: ClaimRow) -> int:
    """What of a claim counts as lost: what is upheld, or all of it until that is known."""
    return claim.reported_minor if claim.state is ClaimState.FILED else claim.upheld_minor


def _kept(payout: PayoutRow) -> int:
    """What its payee was credited and has not had to give back, the treasury included."""
    return max(0, payout.credited_minor - payout.clawed_minor)


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
