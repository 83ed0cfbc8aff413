"""What an officer does to a cross-border request: fill its fields, submit it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.request import RequestRow, RequestState
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.cross_border import stage as cross_border
from recovery_flows.errors import StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset

Seal = cross_border.Seal


def complete_request(
    progress: Changeset, request_id: str, fields: Mapping[str, str], laws: Regimes, seal: Seal
) -> None:
    """Give a request its fields; what is still missing is named on it."""
    request = _request(progress.file, request_id)
    if request.state not in (
        RequestState.DRAFT, RequestState.PENDING_APPROVAL, RequestState.NEEDS_INFO,
    ):  # fmt: skip
        raise StepRefusedError(f"request {request_id} is {request.state}: it cannot be changed")
    law = laws[progress.file.recovery.regime]
    values = cross_border.field_values(law, request.id, fields, seal)
    progress.take(Transition(EntityKind.REQUEST, request.id, "amended", request.state, values))
    void_approvals(progress, request.id, "the request was changed")


def submit_request(progress: Changeset, request_id: str, actor: str, now: datetime) -> None:
    """Submit a complete request for approval; a gap is named field by field."""
    request = _request(progress.file, request_id)
    if request.state is not RequestState.DRAFT:
        raise StepRefusedError(f"request {request_id} is {request.state}: only a draft goes on")
    if request.missing:
        names = request.missing.replace(",", ", ")
        raise StepRefusedError(f"the request lacks {names}: fill these fields first")
    values: dict[str, Scalar] = {"drafted_by": actor}
    progress.take(Transition(EntityKind.REQUEST, request.id, "submitted", request.state, values))
    ask(progress, ApprovalKind.REQUEST, request.id, actor, now)


def _request(file: CaseFile, request_id: str) -> RequestRow:
    return next(r for r in file.requests if r.id == request_id)
