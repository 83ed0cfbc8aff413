"""Asks a second person to approve exact figures, and withdraws the request."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.event import EntityKind
from models.language.phrase import phrase
from models.outcome import Transition
from recovery_flows.approvals.figures import approval_id, subject_digest
from recovery_flows.approvals.kinds import SUBJECT_NOUN, ApprovalKind
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset


def ask(
    changes: Changeset,
    act: ApprovalKind,
    subject_id: str,
    actor: str,
    now: datetime,
    *,
    due_at: datetime | None = None,
    post_hoc: bool = False,
) -> str:
    """Ask a second person for a yes to exactly what stands there now; return the approval's id."""
    asked = approval_id(changes.file, act, subject_id)
    changes.apply(
        Transition(
            EntityKind.APPROVAL, asked, "asked", None,
            {
                "subject_noun": SUBJECT_NOUN[act],
                "subject_id": subject_id,
                "action": act,
                "subject_digest": subject_digest(changes.file, act, subject_id),
                "asked_by": actor,
                "asked_at": now,
                "due_at": due_at,
                "post_hoc": post_hoc,
            },
        )
    )  # fmt: skip
    return asked


def void_approvals(changes: Changeset, subject_id: str, reason: str) -> None:
    """Approvals asked or given for a subject no longer count."""
    for approval in changes.file.approvals:
        live = approval.state in (ApprovalState.PENDING, ApprovalState.APPROVED)
        if approval.subject_id == subject_id and live:
            changes.apply(
                Transition(
                    EntityKind.APPROVAL, approval.id, "voided", approval.state, reason=reason
                )
            )


def pending_approval(file: CaseFile, named: str) -> ApprovalRow:
    """The pending approval of that id; StepRefusedError when it is not there or not pending."""
    for approval in file.approvals:
        if approval.id == named:
            if approval.state is not ApprovalState.PENDING:
                raise StepRefusedError(
                    phrase(
                        "approval {named} is {approval_state} already",
                        named=named,
                        approval_state=approval.state,
                    )
                )
            return approval
    raise StepRefusedError(
        phrase("there is no approval {named} in {ref}", named=named, ref=file.recovery.ref)
    )
