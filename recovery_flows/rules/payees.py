"""Another payee than the account that the money came from: a decision of its own, with its own yes.

From the moment that it is asked for, nothing is paid to that claim until a second person has said
yes or no; a yes changes what is to be paid and voids what was approved.
"""

from __future__ import annotations

from datetime import datetime

from models.file import RecoveryFile
from models.outcome import Move, Scalar
from models.rows import ApprovalRow, ClaimRow, PayoutRow
from models.states import AllocationState, CallState, Noun, PayoutState
from recovery_flows.rules.acts import StepRefusedError, ask, void_approvals
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.progress import Progress
from recovery_flows.rules.subjects import Act

_CHANGED = "a payee was changed"
_NOTHING: dict[str, Scalar] = {"asked_account_id": "", "asked_reason": "", "asked_by": ""}


def ask_payee(
    progress: Progress, claim_id: str, account_id: str, reason: str, actor: str, now: datetime
) -> str:
    """Ask a second person to have a claim paid to another account; return the approval's id.

    `reason` is the fingerprint of the note that says why. StepRefusedError once the bank was told
    to pay, and for the account that is paid already.
    """
    claim = _claim(progress.file, claim_id)
    if account_id == claim.payout_account_id:
        raise StepRefusedError(f"{claim_id} is paid to this account already")
    void_approvals(progress, claim_id, "another payee is asked for")
    for payout in _going(progress.file, claim_id):
        _hold_up(progress, payout)
    values: dict[str, Scalar] = {
        "asked_account_id": account_id, "asked_reason": reason, "asked_by": actor,
    }  # fmt: skip
    progress.take(Move(Noun.CLAIM, claim.id, "payee_asked", claim.state, values))
    return ask(progress, Act.PAYEE, claim.id, actor, now)


def put_in_force(progress: Progress, approval: ApprovalRow, now: datetime, laws: Laws) -> None:
    """A second person said yes: what is prepared goes to the other account and is decided anew."""
    del now, laws
    claim = _claim(progress.file, approval.subject_id)
    values: dict[str, Scalar] = {
        "payout_account_id": claim.asked_account_id, "payout_reason": claim.asked_reason,
        "payout_changed_by": claim.asked_by, **_NOTHING,
    }  # fmt: skip
    going = _going(progress.file, claim.id)
    for payout in going:
        _hold_up(progress, payout)
    progress.take(Move(Noun.CLAIM, claim.id, "payee_changed", claim.state, values))
    for payout in going:
        to: dict[str, Scalar] = {"payee_account_id": claim.asked_account_id}
        progress.take(Move(Noun.PAYOUT, payout.id, "amended", PayoutState.PREPARED, to))


def drop(progress: Progress, approval: ApprovalRow, reason: str) -> None:
    """A second person said no: the account stays the one that it was."""
    claim = _claim(progress.file, approval.subject_id)
    if claim.asked_account_id:
        progress.take(
            Move(Noun.CLAIM, claim.id, "payee_denied", claim.state, _NOTHING, reason=reason)
        )


def _claim(file: RecoveryFile, claim_id: str) -> ClaimRow:
    return next(c for c in file.claims if c.id == claim_id)


def _going(file: RecoveryFile, claim_id: str) -> list[PayoutRow]:
    states = (PayoutState.PREPARED, PayoutState.INSTRUCTED)
    return [p for p in file.payouts if p.claim_id == claim_id and p.state in states]


def _hold_up(progress: Progress, payout: PayoutRow) -> None:
    """What was decided about a payout is void: it is drafted again, an instruction taken back."""
    if payout.state is PayoutState.INSTRUCTED:
        _recall(progress, payout.id)
    void_approvals(progress, payout.allocation_id, _CHANGED)
    allocation = next(a for a in progress.file.allocations if a.id == payout.allocation_id)
    if allocation.state in (AllocationState.PENDING_APPROVAL, AllocationState.APPROVED):
        progress.take(Move(Noun.ALLOCATION, allocation.id, "amended", allocation.state))


def _recall(progress: Progress, payout_id: str) -> None:
    """An instruction that has not left yet can be taken back; one that has cannot."""
    payout = next(p for p in progress.file.payouts if p.id == payout_id)
    allocation = progress.file.payouts_of(payout.allocation_id)
    calls = [c for c in progress.file.calls if c.subject_id in {p.id for p in allocation}]
    if len(calls) < len(allocation) or any(c.state is not CallState.PLANNED for c in calls):
        raise StepRefusedError("the bank was told to pay already: wait for its answer")
    for call in calls:
        progress.take(Move(Noun.CALL, call.id, "cancelled", call.state))
    for other in allocation:
        progress.take(Move(Noun.PAYOUT, other.id, "recalled", other.state))
