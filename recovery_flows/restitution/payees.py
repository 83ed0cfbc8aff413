"""Another payee than the account that the money came from: a decision of its own, with its own yes.

From the moment that it is asked for, nothing is paid to that claim until a second person has said
yes or no; a yes changes what is to be paid and voids what was approved.
"""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.approval import ApprovalRow
from models.entities.claim import ClaimRow
from models.entities.event import EntityKind
from models.entities.payout import PayoutRow, PayoutState
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import outstanding_losses
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import payouts, refused_payouts

_ASKED = stored_phrase("another payee is asked for")
_CHANGED = stored_phrase("a payee was changed")
_NOTHING: dict[str, Scalar] = {"asked_account_id": "", "asked_reason": "", "asked_by": ""}


def ask_payee(
    changes: Changeset, claim_id: str, account_id: str, reason: str, actor: str, now: datetime
) -> str:
    """Ask a second person to have a claim paid to another account; return the approval's id.

    `reason` is the fingerprint of the note that says why. StepRefusedError once the bank was told
    to pay, and for the account that is paid already.
    """
    claim = _claim(changes.file, claim_id)
    if account_id == claim.payout_account_id:
        raise StepRefusedError(
            phrase("{claim_id} is paid to this account already", claim_id=claim_id)
        )
    going = _going(changes.file, claim_id)
    _check_unsent(changes.file, going)
    void_approvals(changes, claim_id, _ASKED)
    for allocation_id in dict.fromkeys(p.allocation_id for p in going):
        _hold_up(changes, allocation_id)
    values: dict[str, Scalar] = {
        "asked_account_id": account_id, "asked_reason": reason, "asked_by": actor,
    }  # fmt: skip
    changes.apply(Transition(EntityKind.CLAIM, claim.id, "payee_asked", claim.state, values))
    return ask(changes, ApprovalKind.PAYEE, claim.id, actor, now)


def put_in_force(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person said yes: what was drafted for the old account ends and is drafted anew."""
    del laws
    claim = _claim(changes.file, approval.subject_id)
    values: dict[str, Scalar] = {
        "payout_account_id": claim.asked_account_id, "payout_reason": claim.asked_reason,
        "payout_changed_by": claim.asked_by, **_NOTHING,
    }  # fmt: skip
    going = _going(changes.file, claim.id)
    _check_unsent(changes.file, going)
    changes.apply(Transition(EntityKind.CLAIM, claim.id, "payee_changed", claim.state, values))
    for allocation_id in dict.fromkeys(p.allocation_id for p in going):
        payouts.void(changes, allocation_id, _CHANGED)
    refused_payouts.clear_for(changes, claim.id, now)


def drop(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """A second person said no: the account stays the one that it was."""
    claim = _claim(changes.file, approval.subject_id)
    if claim.asked_account_id:
        changes.apply(
            Transition(
                EntityKind.CLAIM, claim.id, "payee_denied", claim.state, _NOTHING, reason=reason
            )
        )


def _claim(file: CaseFile, claim_id: str) -> ClaimRow:
    return next(c for c in file.claims if c.id == claim_id)


def _going(file: CaseFile, claim_id: str) -> list[PayoutRow]:
    states = (PayoutState.PREPARED, PayoutState.INSTRUCTED)
    return [p for p in file.payouts if p.claim_id == claim_id and p.state in states]


def _check_unsent(file: CaseFile, going: list[PayoutRow]) -> None:
    """What a bank may have been told to pay is taken back only after the bank's own no."""
    ids = {payout.allocation_id for payout in going}
    if any(outstanding_losses.has_left(file, p) for p in file.payouts if p.allocation_id in ids):
        raise StepRefusedError(phrase("the bank was told to pay already: wait for its answer"))


def _hold_up(changes: Changeset, allocation_id: str) -> None:
    """What was decided about a payout is to be decided again: no order of it leaves meanwhile."""
    void_approvals(changes, allocation_id, _ASKED)
    for payout in changes.file.payouts_of(allocation_id):
        if payout.state is PayoutState.INSTRUCTED:
            payouts.recall(changes, payout, _ASKED)
    allocation = payouts.allocation_of(changes.file, allocation_id)
    if allocation.state in (AllocationState.PENDING_APPROVAL, AllocationState.APPROVED):
        changes.apply(Transition(EntityKind.ALLOCATION, allocation.id, "amended", allocation.state))
