"""What each victim is still owed: the upheld loss, less what he got and what is on its way."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.call import CallRow, CallState
from models.entities.claim import ClaimRow, ClaimState
from models.entities.event import EntityKind
from models.entities.payout import PayoutRow, PayoutState
from recovery_flows.ledger.recalled import counted_of
from recovery_flows.ledger.unclaimed_money import given_up, in_treasury_minor, refunded_minor

LOST = frozenset({ClaimState.VERIFIED, ClaimState.PAID})
"""States of a claim whose loss is upheld; whether it is paid is derived from its payouts."""

GOING = (PayoutState.PREPARED, PayoutState.INSTRUCTED)
"""States of a payout that is to leave or has left, its settlement not known."""


def paid_minor(file: CaseFile, claim: ClaimRow) -> int:
    """What the victim got: by banks, by recalls and by the treasury, in the loss's currency."""
    returned = sum(p.returned_minor for p in file.payouts if p.claim_id == claim.id)
    return returned + counted_of(file, claim.id) + refunded_minor(file, claim.id)


def owed_minor(file: CaseFile, claim: ClaimRow) -> int:
    """Upheld loss less what the victim got; what is only on its way is still owed.

    What went to the treasury is for the treasury to refund: no held money owes it any more.
    """
    if claim.state not in LOST:
        return 0
    returned = sum(p.returned_minor for p in file.payouts if p.claim_id == claim.id)
    returned += counted_of(file, claim.id)
    return max(0, claim.upheld_minor - returned - in_treasury_minor(file, claim.id))


def most_owed_minor(file: CaseFile) -> int:
    """The most that all victims can still be owed, whatever is decided about their claims.

    What they report to have lost less what they got, by whatever way; in the loss's currency.
    """
    return sum(max(0, c.reported_minor - paid_minor(file, c)) for c in file.claims)


def is_paid(file: CaseFile, claim: ClaimRow) -> bool:
    """Whether what the victim of a claim got comes to its upheld loss."""
    return 0 < claim.upheld_minor <= paid_minor(file, claim)


def net_loss_minor(file: CaseFile, claim: ClaimRow) -> int:
    """Upheld loss less what is paid or on its way, in the currency of the loss."""
    dead = {a.id for a in file.allocations if a.state is AllocationState.VOID}
    return max(0, claim.upheld_minor - committed_minor(file, claim, without=dead))


def committed_minor(
    file: CaseFile,
    claim: ClaimRow,
    *,
    without: frozenset[str] | set[str] = frozenset(),
    only: frozenset[str] | set[str] | None = None,
) -> int:
    """Paid, or on its way by an allocation: not the prepared payouts `without`, or `only` these.

    What a bank was told to pay, or has paid, counts whatever became of its allocation. What is kept
    for its payee, or went to the treasury, stays given by the payout that did not reach him.
    """
    total, given = counted_of(file, claim.id), given_up(file)
    for payout in file.payouts:
        if payout.claim_id != claim.id or (only is not None and payout.allocation_id not in only):
            continue
        if payout.unclaimed_id:
            continue
        if payout.id in given:
            total += payout.amount_minor
            continue
        prepared = payout.state is PayoutState.PREPARED and payout.allocation_id not in without
        if payout.state is PayoutState.INSTRUCTED or prepared:
            total += payout.amount_minor
        total += payout.returned_minor
    return total


def has_left(file: CaseFile, payout: PayoutRow) -> bool:
    """Whether the bank may have been told to pay; an answered order is in the file no more."""
    if payout.state not in GOING:
        return payout.state is not PayoutState.CANCELLED
    if payout.state is PayoutState.PREPARED:
        return False
    order = order_of(file, payout)
    return order is None or may_have_left(order)


def order_of(file: CaseFile, payout: PayoutRow) -> CallRow | None:
    """The order by which a payout leaves, unless it was cancelled."""
    orders = [c for c in file.calls if c.noun is EntityKind.PAYOUT and c.subject_id == payout.id]
    return next((c for c in orders if c.state is not CallState.CANCELLED), None)


def may_have_left(call: CallRow) -> bool:
    """Whether a bank may have got an order: it is taken back only after the bank's own no.

    One that the bank says it has never seen may still arrive. An attempt that was put off did not
    reach it, or was declined before it was read: such an order stands as before its first attempt.
    """
    return call.may_have_arrived or call.state is not CallState.PLANNED
