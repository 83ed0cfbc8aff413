"""What waits for a second person, as steps of a supervisor."""

from __future__ import annotations

from collections.abc import Iterator

from models.file import RecoveryFile, Step
from models.money import Money
from models.rows import AllocationRow, ApprovalRow, CallRow, HoldRow, RequestRow
from models.states import ApprovalState, Role
from recovery_flows.rules import linking_steps, releasing
from recovery_flows.rules.actions import Action
from recovery_flows.rules.subjects import Act

_ASKED = {
    Act.ORDER_STOP: "confirm the stop-payment",
    Act.FREEZE: "approve the freeze",
    Act.REQUEST: "approve the cross-border request",
    Act.RETURN: "approve the return decision",
    Act.RELEASE: "approve the release",
    Act.CLOSE: "approve the closing",
    Act.TRACE_RULE: "approve the tracing rule",
    Act.RENEW: "approve the renewal of the freeze",
    Act.RELEASE_PART: "approve the release of a part",
    Act.COMPLAINT: "answer a third party's complaint: yes lets go",
    Act.LINKAGE: "confirm the linkage",
    Act.LETTER_ANSWER: "take a second look at a typed letter",
}


def waiting(file: RecoveryFile) -> Iterator[Step]:
    """What waits for a second person, with the sum that it is about."""
    for approval in file.approvals:
        if approval.state is ApprovalState.PENDING:
            asset = _asset_of(file, approval.subject_id)
            text = _ASKED[Act(approval.action)] + _sum_asked(file, approval)
            yield Step(Action.APPROVE, Role.SUPERVISOR, approval.id, asset, approval.due_at, text)


def _sum_asked(file: RecoveryFile, approval: ApprovalRow) -> str:
    part = {Act.RELEASE_PART: "releasing_minor", Act.COMPLAINT: "complained_minor"}
    name = part.get(Act(approval.action))
    if name is None and approval.action != Act.RELEASE:
        return _sum_of(file, approval.subject_id)
    hold = file.hold(approval.subject_id)
    minor: int = getattr(hold, name or "held_minor")
    return f" of {Money(minor, hold.currency)}{releasing.owed_text(file, hold)}"


def _sum_of(file: RecoveryFile, subject_id: str) -> str:
    rows: list[HoldRow | RequestRow] = [*file.holds, *file.requests]
    sums = (Money(r.requested_minor, r.currency) for r in rows if r.id == subject_id)
    pools = (Money(a.pool_minor, a.currency) for a in file.allocations if a.id == subject_id)
    asked = (f" of {money}" for money in (*sums, *pools))
    return next(asked, "") or linking_steps.asked_text(file, subject_id)


def _asset_of(file: RecoveryFile, subject_id: str) -> str:
    rows: list[HoldRow | RequestRow | AllocationRow | CallRow]
    rows = [*file.holds, *file.requests, *file.allocations, *file.calls]
    return next((row.asset_id for row in rows if row.id == subject_id), "")
