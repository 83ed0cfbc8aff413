"""What awaits approval, as next steps of a supervisor."""

from __future__ import annotations

from collections.abc import Iterator

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.allocation import AllocationRow
from models.entities.approval import ApprovalState
from models.entities.call import CallRow
from models.entities.hold import HoldRow
from models.entities.officer import Role
from models.entities.request import RequestRow
from models.figures import headline
from models.step_wording import NOTHING, say
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind


def waiting(file: CaseFile) -> Iterator[Step]:
    """What waits for a second person, with the figure that it is about."""
    for approval in file.approvals:
        if approval.state is ApprovalState.PENDING:
            asset = _asset_of(file, approval.subject_id)
            act = ApprovalKind(approval.action)
            about = headline(subject_of(file, act, approval.subject_id).figures)
            text = say(f"approve_{act}") + (say("of", figure=about) if about else NOTHING)
            yield Step(
                ActionKind.APPROVE, Role.SUPERVISOR, approval.id, asset, approval.due_at, text
            )


def _asset_of(file: CaseFile, subject_id: str) -> str:
    rows: list[HoldRow | RequestRow | AllocationRow | CallRow]
    rows = [*file.holds, *file.requests, *file.allocations, *file.calls]
    return next((row.asset_id for row in rows if row.id == subject_id), "")
