"""Whose a row of a court's list is that names nobody known: found by one person, seen by another.

Money follows it, so until the second has decided, the row keeps its sum and is nobody's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.entities.allocation import CourtShareRow
from models.entities.approval import ApprovalRow
from models.entities.event import EntityKind
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.court_money import shares_of
from recovery_flows.restitution.court.lists import look_again, unknown_row
from recovery_flows.restitution.court.rows import list_of


def ask_identity(
    changes: Changeset, share_id: str, claim_id: str, reason: str, actor: str, now: datetime
) -> str:
    """A row is this claim's; returns the approval's id. That it was to be set aside is void."""
    row = unknown_row(changes.file, share_id)
    _check(changes, row, claim_id)
    void_approvals(changes, row.id, stored_phrase("it was found whose the row is"))
    values: dict[str, Scalar] = {"found_claim_id": claim_id, "reason": reason}
    changes.apply(Transition(EntityKind.COURT_SHARE, row.id, "identity_asked", row.state, values))
    return ask(changes, ApprovalKind.COURT_IDENTIFY, row.id, actor, now)


def _check(changes: Changeset, row: CourtShareRow, claim_id: str) -> None:
    """StepRefusedError where the claim is not there, or another row of the list is its."""
    if claim_id not in {c.id for c in changes.file.claims}:
        raise StepRefusedError(
            phrase(
                "{ref} has no claim {claim_id}", ref=changes.file.recovery.ref, claim_id=claim_id
            )
        )
    found = list_of(changes.file, row.list_id)
    twin = next((r for r in shares_of(changes.file, found) if r.claim_id == claim_id), None)
    if twin is not None:
        raise StepRefusedError(
            phrase(
                "line {line} of the list names {claim_id} already",
                line=twin.line,
                claim_id=claim_id,
            )
        )


def identify(changes: Changeset, approval: ApprovalRow, now: datetime, laws: Regimes) -> None:
    """A second person has seen that: the row is paid to that claim."""
    del laws
    row = unknown_row(changes.file, approval.subject_id)
    _check(changes, row, row.found_claim_id)
    values: dict[str, Scalar] = {"claim_id": row.found_claim_id}
    changes.apply(Transition(EntityKind.COURT_SHARE, row.id, "identified", row.state, values))
    look_again(changes, row, now)


def keep_unknown(changes: Changeset, approval: ApprovalRow, reason: str) -> None:
    """It is not his: somebody finds out whose it is."""
    row = unknown_row(changes.file, approval.subject_id)
    values: dict[str, Scalar] = {"found_claim_id": "", "reason": ""}
    kept = Transition(EntityKind.COURT_SHARE, row.id, "identity_denied", row.state, values)
    changes.apply(replace(kept, reason=reason))
