"""What waits for a second person, as steps of a supervisor."""

from __future__ import annotations

from collections.abc import Iterator

from models.figures import headline
from models.file import RecoveryFile, Step
from models.rows import AllocationRow, CallRow, HoldRow, RequestRow
from models.states import ApprovalState, Role
from recovery_flows.rules.actions import Action
from recovery_flows.rules.approval_subjects import subject_of
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
    Act.PAYEE: "decide whether another account is paid",
    Act.LETTER_ANSWER: "take a second look at a typed letter",
}


def waiting(file: RecoveryFile) -> Iterator[Step]:
    """What waits for a second person, with the figure that it is about."""
    for approval in file.approvals:
        if approval.state is ApprovalState.PENDING:
            asset = _asset_of(file, approval.subject_id)
            act = Act(approval.action)
            about = headline(subject_of(file, act, approval.subject_id).figures)
            text = f"{_ASKED[act]} of {about}" if about else _ASKED[act]
            yield Step(Action.APPROVE, Role.SUPERVISOR, approval.id, asset, approval.due_at, text)


def _asset_of(file: RecoveryFile, subject_id: str) -> str:
    rows: list[HoldRow | RequestRow | AllocationRow | CallRow]
    rows = [*file.holds, *file.requests, *file.allocations, *file.calls]
    return next((row.asset_id for row in rows if row.id == subject_id), "")
