"""What an approval or a denial changes: one function for each kind of approval."""

from __future__ import annotations

from datetime import datetime

from models.entities.approval import ApprovalRow
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldRow, HoldState, Renewal
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals import upkeep
from recovery_flows.approvals.figures import is_unchanged
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import pending_approval
from recovery_flows.cases import lifecycle
from recovery_flows.correspondence.letters import answers as letter_answers
from recovery_flows.cross_border import lifecycle as request_lifecycle, stage as cross_border
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import (
    denied_stops,
    orders as hold_orders,
    release,
    renewal,
    stage as freezing,
)
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import lifecycle as multi_agency_lifecycle
from recovery_flows.recalls import lifecycle as recall_lifecycle, returned_money, reversals
from recovery_flows.restitution import (
    compensation,
    custody,
    decisions as return_decisions,
    guards as return_guards,
    payees,
    unclaimed,
)
from recovery_flows.restitution.clawback import orders as clawbacks
from recovery_flows.restitution.court import (
    endings as court_endings,
    identities as court_identities,
    lists as court_lists,
)
from recovery_flows.restitution.third_party import damages, decisions as third_party_decisions
from recovery_flows.tracing import rule_choice


def approve(
    changes: Changeset, named: str, actor: str, authority: str, now: datetime, laws: Regimes
) -> None:
    """Approve exactly the figures that were submitted; changed figures are refused."""
    approval = pending_approval(changes.file, named)
    act = ApprovalKind(approval.action)
    if not is_unchanged(changes.file, approval) or upkeep.has_ended(changes.file, approval):
        raise StepRefusedError(phrase(
            "what approval {named} is about has changed since it was asked: it is void, ask again",
            named=named,
        ))  # fmt: skip
    values: dict[str, Scalar] = {"decided_by": actor, "decided_at": now, "authority": authority}
    changes.apply(Transition(EntityKind.APPROVAL, approval.id, "approved", approval.state, values))
    _FOLLOW[act](changes, approval, now, laws)


def _confirm_stop(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    hold = changes.file.hold(approval.subject_id)
    if hold.state is HoldState.PENDING_APPROVAL:
        # It blocks more than is disputed: such a stop leaves after its approval, not before.
        _order_freeze(changes, approval, now, laws)
        asset = changes.file.asset(hold.asset_id)
        if freezing.statement_is_wanted(changes.file, asset):
            changes.call(freezing.statement_intent(asset, now))
    elif hold.state in (HoldState.ORDERED, HoldState.STOPPED):
        changes.apply(Transition(EntityKind.HOLD, hold.id, "confirmed", hold.state))


def _order_freeze(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    del laws
    hold = changes.file.hold(approval.subject_id)
    if hold.supersedes_id and denied_stops.is_given_up(changes.file, hold.supersedes_id):
        raise StepRefusedError(
            phrase("hold {hold_id} would take over a hold that is given up", hold_id=hold.id)
        )
    changes.apply(Transition(EntityKind.HOLD, hold.id, "approved", hold.state, {"ordered_at": now}))
    ordered = changes.file.hold(hold.id)
    changes.call(hold_orders.hold_intent(changes.file, ordered, approval.id))


def _order_renewal(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    del now, laws
    hold = changes.file.hold(approval.subject_id)
    if hold.state is not HoldState.FROZEN:
        raise StepRefusedError(
            phrase("hold {id} is {state}: there is nothing to renew", id=hold.id, state=hold.state)
        )
    changes.apply(renewal.move(hold, "renewal_ordered", Renewal.ORDERED))
    changes.call(renewal.intent(changes.file, hold, approval.id))


def _release_part(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    del now, laws
    hold = _still_held(changes, approval)
    minor = release.part_of(hold, ApprovalKind(approval.action))
    if minor:
        release.order_part(changes, hold, minor, approval.id)
    else:
        release.check_no_payout(changes.file, hold)
        reason = stored_phrase("released by decision")
        hold_orders.order_release(changes, hold.id, approval.id, reason)


def _release(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    del now, laws
    hold = _still_held(changes, approval)
    why = return_guards.why_not_released(changes.file, hold)
    if why:
        raise StepRefusedError(phrase(
            "the release of hold {hold_id} cannot be approved: {why}", hold_id=hold.id, why=why,
        ))  # fmt: skip
    hold_orders.order_release(changes, hold.id, approval.id, _NO_CLAIM)


def _still_held(changes: Changeset, approval: ApprovalRow) -> HoldRow:
    hold = changes.file.hold(approval.subject_id)
    if hold.state not in LIVE_HOLDS | {HoldState.QUEUED}:
        raise StepRefusedError(phrase(
            "hold {hold_id} is {hold_state}: there is nothing to release", hold_id=hold.id,
            hold_state=hold.state,
        ))  # fmt: skip
    if hold.state is HoldState.RELEASE_PENDING:
        raise StepRefusedError(
            phrase("the release of hold {hold_id} is ordered: wait for its bank", hold_id=hold.id)
        )
    return hold


def _close(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    del approval, laws
    recovery = changes.file.recovery
    if still_open := upkeep.still_open(changes.file):
        raise StepRefusedError(
            phrase("{ref} has open work: {named}", ref=recovery.ref, named=", ".join(still_open))
        )
    event = lifecycle.closing_event(changes.file)
    values: dict[str, Scalar] = {"closed_at": now}
    changes.apply(Transition(EntityKind.RECOVERY, recovery.id, event, recovery.state, values))


def _refuse(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    del approval, laws
    lifecycle.refuse(changes, now)


def _put_rule_in_force(
    changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes
) -> None:
    del approval, now, laws
    rule_choice.put_in_force(changes)


def _leave_to_desk(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A typed letter answer is encrypted: the case officer decrypts and applies it."""
    del changes, approval, now, laws


_FOLLOW = {
    ApprovalKind.ORDER_STOP: _confirm_stop,
    ApprovalKind.FREEZE: _order_freeze,
    ApprovalKind.REQUEST: cross_border.send,
    ApprovalKind.RETURN: return_decisions.pay,
    ApprovalKind.RELEASE: _release,
    ApprovalKind.CLOSE: _close,
    ApprovalKind.REFUSE_REPORT: _refuse,
    ApprovalKind.TRACE_RULE: _put_rule_in_force,
    ApprovalKind.RENEW: _order_renewal,
    ApprovalKind.RELEASE_PART: _release_part,
    ApprovalKind.COMPLAINT: _release_part,
    ApprovalKind.MULTI_AGENCY_REQUEST: multi_agency_lifecycle.confirm,
    ApprovalKind.LETTER_ANSWER: _leave_to_desk,
    ApprovalKind.PAYEE: payees.put_in_force,
    ApprovalKind.RECEIPT: custody.confirm,
    ApprovalKind.COMPENSATION: compensation.confirm,
    ApprovalKind.REFUND: unclaimed.confirm_refund,
    ApprovalKind.CLAWBACK: clawbacks.approve,
    ApprovalKind.CLAWBACK_WRITE_OFF: clawbacks.confirm_write_off,
    ApprovalKind.COURT_LIST: court_lists.confirm,
    ApprovalKind.THIRD_PARTY_CLAIM: third_party_decisions.confirm,
    ApprovalKind.DAMAGES_PAYMENT: damages.confirm_payment,
    ApprovalKind.COURT_LIST_END: court_endings.end,
    ApprovalKind.COURT_SET_ASIDE: court_endings.set_aside,
    ApprovalKind.COURT_IDENTIFY: court_identities.identify,
    ApprovalKind.RECALL: recall_lifecycle.approve,
    ApprovalKind.RECALL_CREDIT: returned_money.confirm,
    ApprovalKind.ASSURANCE: request_lifecycle.assure,
    ApprovalKind.RECALL_REVERSAL: reversals.confirm,
}


SEE_NOTE = stored_phrase("the reason is in a note of the same instant")
"""A person's words are kept sealed as a note; history holds ids, amounts and codes."""
_NO_CLAIM = stored_phrase("what is left belongs to no claim")


def deny(changes: Changeset, named: str, actor: str, reason: str, now: datetime) -> None:
    """Deny with a reason; a stop that was already sent is withdrawn at the bank."""
    if not reason.strip():
        raise StepRefusedError(phrase("a refusal needs a reason"))
    approval = pending_approval(changes.file, named)
    values: dict[str, Scalar] = {"decided_by": actor, "decided_at": now}
    changes.apply(
        Transition(
            EntityKind.APPROVAL, approval.id, "denied", approval.state, values, reason=SEE_NOTE
        )
    )
    _undo(changes, approval, SEE_NOTE)


def _undo(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    undo = _UNDO.get(ApprovalKind(approval.action))
    if undo is not None:
        undo(changes, approval, reason)


def _withdraw_stop(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    hold = changes.file.hold(approval.subject_id)
    if hold.state is HoldState.STOPPED:
        hold_orders.order_release(changes, hold.id, approval.id, reason)
    elif hold.state is HoldState.PENDING_APPROVAL:
        _deny_hold(changes, approval, reason)


def _deny_hold(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    hold = changes.file.hold(approval.subject_id)
    changes.apply(Transition(EntityKind.HOLD, hold.id, "denied", hold.state, reason=reason))


def _deny_renewal(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    hold = changes.file.hold(approval.subject_id)
    if hold.state is HoldState.FROZEN:
        changes.apply(renewal.move(hold, "renewal_denied", Renewal.DENIED, reason))


def _keep_held(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    hold = changes.file.hold(approval.subject_id)
    if hold.state in LIVE_HOLDS - {HoldState.RELEASE_PENDING, HoldState.DISPOSAL_PENDING}:
        release.undo(changes, hold, ApprovalKind(approval.action), reason)


def _deny_request(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    request = next(r for r in changes.file.requests if r.id == approval.subject_id)
    changes.apply(
        Transition(EntityKind.REQUEST, request.id, "denied", request.state, reason=reason)
    )


def _return_answer(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    letter_answers.give_back(changes, approval.subject_id, reason)


def _drop_rule(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    del approval
    rule_choice.drop(changes, reason)


def _keep_report(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    del approval
    lifecycle.keep(changes, reason)


_UNDO = {
    ApprovalKind.ORDER_STOP: _withdraw_stop,
    ApprovalKind.FREEZE: _deny_hold,
    ApprovalKind.RENEW: _deny_renewal,
    ApprovalKind.RELEASE: _keep_held,
    ApprovalKind.RELEASE_PART: _keep_held,
    ApprovalKind.COMPLAINT: _keep_held,
    ApprovalKind.REQUEST: _deny_request,
    ApprovalKind.TRACE_RULE: _drop_rule,
    ApprovalKind.RETURN: return_decisions.deny,
    ApprovalKind.REFUSE_REPORT: _keep_report,
    ApprovalKind.MULTI_AGENCY_REQUEST: multi_agency_lifecycle.deny,
    ApprovalKind.LETTER_ANSWER: _return_answer,
    ApprovalKind.PAYEE: payees.drop,
    ApprovalKind.RECEIPT: _deny_hold,
    ApprovalKind.COMPENSATION: compensation.deny,
    ApprovalKind.REFUND: unclaimed.deny_refund,
    ApprovalKind.CLAWBACK: clawbacks.deny,
    ApprovalKind.CLAWBACK_WRITE_OFF: clawbacks.deny_write_off,
    ApprovalKind.COURT_LIST: court_lists.deny,
    ApprovalKind.THIRD_PARTY_CLAIM: third_party_decisions.deny,
    ApprovalKind.DAMAGES_PAYMENT: damages.deny_payment,
    ApprovalKind.COURT_LIST_END: court_endings.keep,
    ApprovalKind.COURT_SET_ASIDE: court_endings.keep_row,
    ApprovalKind.COURT_IDENTIFY: court_identities.keep_unknown,
    ApprovalKind.RECALL: recall_lifecycle.deny,
    ApprovalKind.RECALL_CREDIT: returned_money.deny,
    ApprovalKind.ASSURANCE: request_lifecycle.deny_assurance,
    ApprovalKind.RECALL_REVERSAL: reversals.deny,
}
