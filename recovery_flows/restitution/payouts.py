"""Payouts on their way: instructed, taken back as long as none may have left, brought to an end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.case_file import CaseFile
from models.entities.allocation import UNDECIDED, AllocationRow, AllocationState
from models.entities.approval import ApprovalState
from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.payout import PayoutRow, PayoutState
from models.ids import derive_id
from models.language.phrase import stored_phrase
from models.outcome import CallIntent, Transition
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import GOING, has_left, order_of
from recovery_flows.restitution import basis

ENDED = frozenset(
    {
        AllocationState.PAID,
        AllocationState.PAID_IN_PART,
        AllocationState.NOT_PAID,
        AllocationState.VOID,
    }
)
_LIVE = (ApprovalState.PENDING, ApprovalState.APPROVED)


def allocation_of(file: CaseFile, allocation_id: str) -> AllocationRow:
    """The allocation of that id."""
    return next(a for a in file.allocations if a.id == allocation_id)


def is_on_its_way(file: CaseFile) -> bool:
    """Whether a bank may be paying a victim of this recovery just now."""
    return any(p.state is PayoutState.INSTRUCTED and has_left(file, p) for p in file.payouts)


def changed(file: CaseFile, allocation: AllocationRow) -> str:
    """What an allocation rests on and is another now, in words; empty where it stands."""
    if is_paid_undecided(file, allocation):
        return stored_phrase("a bank has paid of it before it was decided")
    left = any(has_left(file, p) for p in file.payouts_of(allocation.id))
    return basis.changed(file, allocation, has_left=left)


def is_paid_undecided(file: CaseFile, allocation: AllocationRow) -> bool:
    """Whether a bank says what became of a payout that nobody had decided on yet."""
    return allocation.state in UNDECIDED and any(
        has_left(file, p) for p in file.payouts_of(allocation.id)
    )


def intents(file: CaseFile, payouts: Sequence[PayoutRow], approval: str) -> list[CallIntent]:
    """The instructions for approved payouts, one call each."""
    return [
        CallIntent(
            id=derive_id("call", payout.id, CallKind.PAYOUT, approval),
            partner_id=file.asset(payout.asset_id).partner_id,
            kind=CallKind.PAYOUT,
            noun=EntityKind.PAYOUT,
            subject_id=payout.id,
            asset_id=payout.asset_id,
            approval_id=approval,
        )
        for payout in payouts
    ]


def void(changes: Changeset, allocation_id: str, reason: str) -> None:
    """End an allocation: what has not left is cancelled, its notice and its yes count no more.

    Where an order may have left, that one goes on to its end, and the allocation with it. What a
    bank has paid before it was decided stays paid, and no allocation's.
    """
    payouts = changes.file.payouts_of(allocation_id)
    is_undecided = allocation_of(changes.file, allocation_id).state in UNDECIDED
    gone = [p for p in payouts if has_left(changes.file, p)]
    for payout in payouts:
        if payout.state in GOING and payout not in gone:
            _cancel(changes, payout, reason)
    if gone and not is_undecided:
        return
    _void_approvals(changes, allocation_id, reason)
    state = allocation_of(changes.file, allocation_id).state
    changes.apply(Transition(EntityKind.ALLOCATION, allocation_id, "voided", state, reason=reason))


def recall(changes: Changeset, payout: PayoutRow, reason: str) -> None:
    """Take back an instruction that has not left: whether it has is for the caller to ask."""
    order = order_of(changes.file, payout)
    if order is not None:
        changes.apply(
            Transition(EntityKind.CALL, order.id, "cancelled", order.state, reason=reason)
        )
    changes.apply(Transition(EntityKind.PAYOUT, payout.id, "recalled", payout.state, reason=reason))


def _cancel(changes: Changeset, payout: PayoutRow, reason: str) -> None:
    if payout.state is PayoutState.INSTRUCTED:
        recall(changes, payout, reason)
    changes.apply(
        Transition(EntityKind.PAYOUT, payout.id, "cancelled", PayoutState.PREPARED, reason=reason)
    )


def _void_approvals(changes: Changeset, subject_id: str, reason: str) -> None:
    for approval in changes.file.approvals:
        if approval.subject_id == subject_id and approval.state in _LIVE:
            changes.apply(
                Transition(
                    EntityKind.APPROVAL, approval.id, "voided", approval.state, reason=reason
                )
            )


def void_changed(changes: Changeset) -> None:
    """End every allocation whose basis is another now, as far as no order of it may have left."""
    for allocation in changes.file.allocations:
        if allocation.state in ENDED or not can_be_ended(changes.file, allocation):
            continue
        why = changed(changes.file, allocation)
        if why:
            void(changes, allocation.id, stored_phrase("void: {why}", why=why))


def can_be_ended(file: CaseFile, allocation: AllocationRow) -> bool:
    """Whether an allocation has payouts of which no order may have left, or was never decided."""
    if is_paid_undecided(file, allocation):
        return True
    payouts = file.payouts_of(allocation.id)
    return any(p.state in GOING and not has_left(file, p) for p in payouts)


def finish(changes: Changeset, allocation: AllocationRow) -> None:
    """Once every payout is through, the allocation says what came of it; later news changes it."""
    if allocation.state in UNDECIDED or allocation.state is AllocationState.VOID:
        return
    payouts = [
        p for p in changes.file.payouts_of(allocation.id) if p.state is not PayoutState.CANCELLED
    ]
    if any(p.state in GOING for p in payouts):
        return
    state = _outcome(payouts)
    if state is not allocation.state:
        changes.apply(
            Transition(EntityKind.ALLOCATION, allocation.id, str(state), allocation.state)
        )


def _outcome(payouts: Iterable[PayoutRow]) -> AllocationState:
    amounts = [(p.credited_minor, p.amount_minor) for p in payouts]
    if not any(returned for returned, _ in amounts):
        return AllocationState.NOT_PAID
    in_full = all(returned >= ordered for returned, ordered in amounts)
    return AllocationState.PAID if in_full else AllocationState.PAID_IN_PART
