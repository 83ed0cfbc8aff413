"""Whether a saved call may still leave, and what becomes of its subject when it may not."""

from __future__ import annotations

from collections.abc import Container

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.call import QUERIES, CallKind, CallRow, CallState
from models.entities.event import EntityKind
from models.entities.hold import HoldRow, HoldState, Renewal
from models.entities.multi_agency import TaskRenewal, TaskState
from models.entities.outside.third_party_claim import ThirdPartyRow, ThirdPartyState
from models.entities.payout import PayoutState
from models.entities.request import RequestState
from models.language.phrase import stored_phrase
from models.outcome import Transition
from recovery_flows.approvals.figures import is_in_force, is_unchanged
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cross_border import guard, messages, over_connection
from recovery_flows.freezing import denied_stops, freeze_plan, release, renewal
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import guards as return_guards, payouts
from recovery_flows.restitution.third_party import limits

VOID = stored_phrase("its approval is not in force for what it says now")


def may_leave(file: CaseFile, kind: CallKind, approval_id: str, subject_id: str = "") -> bool:
    """A question may be asked under its stop; an order needs its approval, for these figures."""
    if kind in QUERIES:
        return True
    if kind is CallKind.MESSAGE:
        return messages.may_leave(file, subject_id, approval_id)
    approval = next((a for a in file.approvals if a.id == approval_id), None)
    if approval is None or approval.state is ApprovalState.VOID:
        return False
    if kind is CallKind.TASK_CANCEL:
        return True  # a task is taken back after a yes, a no, or before either
    if kind is CallKind.RELEASE:
        return release_is_in_force(file, approval) and _is_there_to_release(file, approval)
    if kind is CallKind.ABROAD and not over_connection.may_leave(file, approval.subject_id):
        return False
    if kind is CallKind.PAYOUT and _rests_on_something_else(file, approval):
        return False
    if kind is CallKind.REQUEST and not _may_be_asked(file, approval.subject_id):
        return False
    if kind is CallKind.HOLD and not _may_follow(file, file.hold(approval.subject_id)):
        return False
    return is_in_force(file, approval)


def _rests_on_something_else(file: CaseFile, approval: ApprovalRow) -> bool:
    """Whether the return decision behind a payout would be drafted otherwise now."""
    return bool(payouts.changed(file, payouts.allocation_of(file, approval.subject_id)))


def _may_be_asked(file: CaseFile, request_id: str) -> bool:
    """Whether what an order to a bank abroad asks for is traced there, and within the loss, yet."""
    return all(guard.allows(file, r) for r in file.requests if r.id == request_id)


def _may_follow(file: CaseFile, hold: HoldRow) -> bool:
    """Whether a hold may take the place of another: none of that is released or left free."""
    before = hold.supersedes_id
    is_given_up = bool(before) and denied_stops.is_given_up(file, before)
    return not is_given_up and not freeze_plan.lets_go_minor(file, hold)


_TRACE_FIRST = "what is held beyond what is traced to victims is known once the trace is there"


def waits(file: CaseFile, kind: CallKind, subject_id: str) -> str:
    """Why an order that may leave is kept back for now; empty where nothing keeps it."""
    if kind is CallKind.RELEASE:
        ordered = (
            t
            for t in file.third_party_claims
            if t.hold_id == subject_id and t.state is ThirdPartyState.UPHELD
        )
        is_early = any(limits.waits_for_trace(file, t) for t in ordered)
        return _TRACE_FIRST if is_early else ""
    if kind is not CallKind.PAYOUT:
        return ""
    payout = next(p for p in file.payouts if p.id == subject_id)
    why = return_guards.waits_for(file, file.asset(payout.asset_id), but=payout.allocation_id)
    return str(why)


def release_is_in_force(file: CaseFile, approval: ApprovalRow) -> bool:
    """A release may follow a yes to exactly this much, or a no to the stop that it takes back."""
    if approval.action == ApprovalKind.ORDER_STOP:
        return approval.state is ApprovalState.DENIED
    return approval.state is ApprovalState.APPROVED and is_unchanged(file, approval)


def _is_there_to_release(file: CaseFile, approval: ApprovalRow) -> bool:
    """Whether the whole hold is being released, or exactly a part that it still has."""
    claim = _third_party(file, approval.subject_id)
    if claim is not None and not limits.is_still_free(file, claim):
        return False
    hold = file.hold(claim.hold_id if claim is not None else approval.subject_id)
    if hold.state is HoldState.RELEASE_PENDING:
        return approval.action != ApprovalKind.RELEASE or not return_guards.why_not_released(
            file, hold
        )
    return 0 < hold.releasing_minor <= hold.held_minor


def _third_party(file: CaseFile, name: str) -> ThirdPartyRow | None:
    """The third party's claim by whose decision a hold is released, if it is by one."""
    return next((t for t in file.third_party_claims if t.id == name), None)


def withdraw_freezes(changes: Changeset, asset_ids: Container[str]) -> None:
    """Take back each freeze, not sent yet, of accounts where more victims' money is looked for."""
    freeze_plan.withdraw_before_tracing(changes, asset_ids)
    file = changes.file
    for call in file.calls:
        is_due = call.state is CallState.PLANNED and not call.may_have_arrived
        is_hold = call.kind is CallKind.HOLD and call.asset_id in asset_ids
        if is_due and is_hold and freeze_plan.follows_a_stop(file, file.hold(call.subject_id)):
            withdraw_call(changes, call)


def withdraw_call(changes: Changeset, call: CallRow) -> None:
    """Cancel an order that never left; what it was to order is open again."""
    if next(c for c in changes.file.calls if c.id == call.id).state is CallState.CANCELLED:
        return  # taken back with another order of the same decision
    changes.apply(Transition(EntityKind.CALL, call.id, "cancelled", call.state, reason=VOID))
    if call.noun is EntityKind.PAYOUT:
        _withdraw_payout(changes, call)
    elif call.kind is CallKind.RELEASE:
        release.apply_refusal(changes, call.subject_id, VOID)
    elif call.noun is EntityKind.HOLD:
        _withdraw_hold(changes, call)
    elif call.noun is EntityKind.TASK:
        _withdraw_task(changes, call)
    elif call.kind is CallKind.ABROAD:
        _withdraw_abroad(changes, call)
    elif call.kind is CallKind.MESSAGE:
        messages.withdraw(changes, call.subject_id)


def _withdraw_payout(changes: Changeset, call: CallRow) -> None:
    """The whole decision ends with it, as far as no other order of it may have left."""
    payout = next(p for p in changes.file.payouts if p.id == call.subject_id)
    if payout.state is not PayoutState.INSTRUCTED:
        return
    changes.apply(Transition(EntityKind.PAYOUT, payout.id, "recalled", payout.state, reason=VOID))
    allocation = payouts.allocation_of(changes.file, payout.allocation_id)
    if allocation.state not in payouts.ENDED:
        payouts.void(changes, allocation.id, payouts.changed(changes.file, allocation) or VOID)


def _withdraw_hold(changes: Changeset, call: CallRow) -> None:
    hold = changes.file.hold(call.subject_id)
    if call.kind is CallKind.EXTEND and hold.state is HoldState.FROZEN:
        changes.apply(renewal.move(hold, "renewal_refused", Renewal.DRAFT, VOID))
    elif hold.state is HoldState.ORDERED:
        changes.apply(
            Transition(EntityKind.HOLD, hold.id, "order_withdrawn", hold.state, reason=VOID)
        )
        for request in changes.file.requests:
            if request.id == hold.request_id and request.state is RequestState.APPROVED:
                changes.apply(
                    Transition(
                        EntityKind.REQUEST,
                        request.id,
                        "order_withdrawn",
                        request.state,
                        reason=VOID,
                    )
                )


def _withdraw_abroad(changes: Changeset, call: CallRow) -> None:
    for request in changes.file.requests:
        if request.id == call.subject_id and request.state is RequestState.APPROVED:
            changes.apply(
                Transition(
                    EntityKind.REQUEST, request.id, "order_withdrawn", request.state,
                    {"sent_by": ""}, reason=VOID,
                )
            )  # fmt: skip


def _withdraw_task(changes: Changeset, call: CallRow) -> None:
    task = next(t for t in changes.file.tasks if t.id == call.subject_id)
    if call.kind is CallKind.TASK_EXTEND and task.state is TaskState.PRESERVED:
        refused = {"renewal": TaskRenewal.REFUSED}
        changes.apply(
            Transition(
                EntityKind.TASK, task.id, "renewal_refused", task.state, refused, reason=VOID
            )
        )
    elif call.kind is CallKind.TASK and task.state is TaskState.ORDERED:
        changes.apply(Transition(EntityKind.TASK, task.id, "never_sent", task.state, reason=VOID))
