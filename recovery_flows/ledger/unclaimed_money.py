"""Unclaimed shares in the books: kept in a hold for the payee, or in the treasury."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow
from models.entities.hold import LIVE_HOLDS
from models.entities.payout import (
    IN_TREASURY,
    KEPT_UNCLAIMED,
    PayoutRow,
    PayoutState,
    UnclaimedRow,
    UnclaimedState,
)
from models.money import Money


def given_up(file: CaseFile) -> dict[str, UnclaimedRow]:
    """The shares in force, by the payout that did not reach its payee.

    The loss behind such a payout counts as dealt with: the share is kept for its payee, or is in
    the treasury.
    """
    in_force = KEPT_UNCLAIMED | IN_TREASURY
    return {u.payout_id: u for u in file.unclaimed if u.state in in_force}


def kept_minor(file: CaseFile, hold_id: str) -> int:
    """The part of a hold that is kept for missing payees, in the currency of the loss."""
    kept = [u for u in file.unclaimed if u.state in KEPT_UNCLAIMED]
    if not kept:
        return 0
    gone = {p.unclaimed_id for p in file.payouts if p.state is PayoutState.SETTLED}
    here = {p.id for p in file.payouts if keeping(file, p.hold_id) == hold_id}
    return sum(u.amount_minor for u in kept if u.payout_id in here and u.id not in gone)


def keeping(file: CaseFile, hold_id: str) -> str:
    """The hold that keeps what one kept: itself, or what has taken its place since it ended.

    Money that a bank sent back may have been stopped anew: then the largest hold of the account.
    """
    line = [hold_id]
    for before in line:  # which grows as it is read
        line += [h.id for h in file.holds if h.supersedes_id == before and h.id not in line]
    live = {h.id: h for h in file.holds if h.state in LIVE_HOLDS}
    if found := next((name for name in line if name in live), ""):
        return found
    asset_id = file.hold(hold_id).asset_id
    there = [h for h in live.values() if h.asset_id == asset_id]
    return max(there, key=lambda h: (h.held_minor, h.id)).id if there else hold_id


def in_treasury_minor(file: CaseFile, claim_id: str) -> int:
    """The part of a claim that went to the treasury, refunds included."""
    return sum(
        u.amount_minor for u in file.unclaimed if u.claim_id == claim_id and u.state in IN_TREASURY
    )


def refunded_minor(file: CaseFile, claim_id: str) -> int:
    """What the treasury has refunded to the payees of a claim, confirmed by two people."""
    return sum(refund_of(u) for u in file.unclaimed if u.claim_id == claim_id)


def refund_of(row: UnclaimedRow) -> int:
    """The refunded part of one share: 0 before a second person has confirmed it."""
    return row.refunded_minor if row.state is UnclaimedState.REFUNDED else 0


def refund_through(file: CaseFile, payout: PayoutRow) -> int:
    """The refunded part of what a payout took to the treasury, at most what it took."""
    if not payout.unclaimed_id:
        return 0
    row = next(u for u in file.unclaimed if u.id == payout.unclaimed_id)
    return min(refund_of(row), payout.credited_minor)


def to_treasury(file: CaseFile, row: UnclaimedRow) -> Iterator[PayoutRow]:
    """The payouts by which a share went, or was to go, to the treasury."""
    return (p for p in file.payouts if p.unclaimed_id == row.id)


def to_treasury_of(file: CaseFile, allocation: AllocationRow) -> Money:
    """What an allocation took to the treasury; that of an ordinary round takes nothing there."""
    credited = (p.credited_minor for p in file.payouts_of(allocation.id) if p.unclaimed_id)
    return Money(sum(credited), allocation.currency)
