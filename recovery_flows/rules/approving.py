"""A second person's yes or no, and what it sets going."""

from __future__ import annotations

from datetime import datetime

from models.file import RecoveryFile
from models.outcome import Move, Scalar
from models.rows import ApprovalRow
from models.states import (
    RETURNED,
    ApprovalState,
    HoldState,
    LedgerAccount,
    Noun,
    PayoutState,
)
from recovery_flows.rules import choosing, crossing, freezing, restitution
from recovery_flows.rules.acts import StepRefusedError, pending_approval
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.progress import Progress
from recovery_flows.rules.subjects import Act, subject_digest


def approve(
    progress: Progress, named: str, actor: str, authority: str, now: datetime, laws: Laws
) -> None:
    """Say yes to exactly what was asked; what changed since is refused, nothing is sent for it."""
    approval = pending_approval(progress.file, named)
    act = Act(approval.action)
    if approval.subject_digest != subject_digest(progress.file, act, approval.subject_id):
        raise StepRefusedError(
            f"what approval {named} is about has changed since it was asked: it is void, ask again"
        )
    values: dict[str, Scalar] = {"decided_by": actor, "decided_at": now, "authority": authority}
    progress.take(Move(Noun.APPROVAL, approval.id, "approved", approval.state, values))
    _FOLLOW[act](progress, approval, now, laws)


def _confirm_stop(progress: Progress, approval: ApprovalRow, now: datetime, laws: Laws) -> None:
    del now, laws
    hold = progress.file.hold(approval.subject_id)
    if hold.state in (HoldState.ORDERED, HoldState.STOPPED):
        progress.take(Move(Noun.HOLD, hold.id, "confirmed", hold.state))


def _order_freeze(progress: Progress, approval: ApprovalRow, now: datetime, laws: Laws) -> None:
    del laws
    hold = progress.file.hold(approval.subject_id)
    progress.take(Move(Noun.HOLD, hold.id, "approved", hold.state, {"ordered_at": now}))
    ordered = progress.file.hold(hold.id)
    progress.call(freezing.hold_intent(progress.file, ordered, approval.id))


def _send_request(progress: Progress, approval: ApprovalRow, now: datetime, laws: Laws) -> None:
    request = next(r for r in progress.file.requests if r.id == approval.subject_id)
    crossing.send(progress, request, now, laws, approval.id)


def _pay(progress: Progress, approval: ApprovalRow, now: datetime, laws: Laws) -> None:
    del now, laws
    allocation = next(a for a in progress.file.allocations if a.id == approval.subject_id)
    progress.take(Move(Noun.ALLOCATION, allocation.id, "approved", allocation.state))
    payouts = progress.file.payouts_of(allocation.id)
    for payout in payouts:
        if payout.state is PayoutState.PREPARED:
            progress.take(Move(Noun.PAYOUT, payout.id, "instructed", payout.state))
    for intent in restitution.payout_intents(progress.file, payouts, approval.id):
        progress.call(intent)


def _release(progress: Progress, approval: ApprovalRow, now: datetime, laws: Laws) -> None:
    del now, laws
    freezing.order_release(
        progress, approval.subject_id, approval.id, "what is left belongs to no claim"
    )


def _close(progress: Progress, approval: ApprovalRow, now: datetime, laws: Laws) -> None:
    del approval, laws
    recovery = progress.file.recovery
    event = closing_event(progress.file)
    values: dict[str, Scalar] = {"closed_at": now}
    progress.take(Move(Noun.RECOVERY, recovery.id, event, recovery.state, values))


def _put_rule_in_force(
    progress: Progress, approval: ApprovalRow, now: datetime, laws: Laws
) -> None:
    del approval, now, laws
    choosing.put_in_force(progress)


def closing_event(file: RecoveryFile) -> str:
    """How a recovery ends, by its ledger: all that was upheld returned, a part, or nothing."""
    returned = sum(b.claim_minor for b in file.balances if b.account in RETURNED)
    upheld = -sum(
        b.claim_minor
        for b in file.balances
        if b.account in (LedgerAccount.REPORTED, LedgerAccount.NOT_UPHELD)
    )
    if returned == 0:
        return "closed_no_recovery"
    return "closed_returned" if returned >= upheld else "closed_partial"


_FOLLOW = {
    Act.ORDER_STOP: _confirm_stop,
    Act.FREEZE: _order_freeze,
    Act.REQUEST: _send_request,
    Act.RETURN: _pay,
    Act.RELEASE: _release,
    Act.CLOSE: _close,
    Act.TRACE_RULE: _put_rule_in_force,
}


SEE_NOTE = "the reason is in a note of the same instant"
"""A person's words are kept sealed as a note; history holds ids, amounts and codes."""


def deny(progress: Progress, named: str, actor: str, reason: str, now: datetime) -> None:
    """Say no, with a reason; a stop that was sent first is taken back at the bank."""
    if not reason.strip():
        raise StepRefusedError("a refusal needs a reason")
    approval = pending_approval(progress.file, named)
    values: dict[str, Scalar] = {
        "decided_by": actor, "decided_at": now,
    }  # fmt: skip
    progress.take(
        Move(Noun.APPROVAL, approval.id, "denied", approval.state, values, reason=SEE_NOTE)
    )
    _undo(progress, approval, SEE_NOTE)


def _undo(progress: Progress, approval: ApprovalRow, reason: str) -> None:
    act, file = Act(approval.action), progress.file
    if act is Act.ORDER_STOP:
        hold = file.hold(approval.subject_id)
        if hold.state is HoldState.STOPPED:
            freezing.order_release(progress, hold.id, approval.id, reason)
    elif act is Act.FREEZE:
        hold = file.hold(approval.subject_id)
        progress.take(Move(Noun.HOLD, hold.id, "denied", hold.state, reason=reason))
    elif act is Act.REQUEST:
        request = next(r for r in file.requests if r.id == approval.subject_id)
        progress.take(Move(Noun.REQUEST, request.id, "denied", request.state, reason=reason))
    elif act is Act.TRACE_RULE:
        choosing.drop(progress, reason)
    elif act is Act.RETURN:
        allocation = next(a for a in file.allocations if a.id == approval.subject_id)
        progress.take(Move(Noun.ALLOCATION, allocation.id, "denied", allocation.state))
        for payout in file.payouts_of(allocation.id):
            progress.take(Move(Noun.PAYOUT, payout.id, "cancelled", payout.state))


def release_is_in_force(approval: ApprovalRow) -> bool:
    """A release may follow a yes, or a no to the stop that it takes back."""
    if approval.action == Act.ORDER_STOP:
        return approval.state is ApprovalState.DENIED
    return approval.state is ApprovalState.APPROVED
