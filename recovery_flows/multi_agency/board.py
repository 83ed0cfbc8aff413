"""The status board of multi-agency requests, and the view of it that a regulator may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.approval import ApprovalState
from models.entities.multi_agency import (
    MultiAgencyRequestRow,
    MultiAgencyRequestState,
    TaskKind,
    TaskRow,
    TaskState,
)
from models.entities.partner import PartnerKind
from models.queries.cases.multi_agency import MultiAgencyRequestLine, TaskLine, partner_entries
from recovery_flows.multi_agency import stage as multi_agency

Kinds = dict[str, PartnerKind]
_PLACE = {kind: place for place, kind in enumerate(PartnerKind)}


def request_lines(session: Session, file: CaseFile) -> tuple[MultiAgencyRequestLine, ...]:
    """Every multi-agency request of a file, the newest first, subjects masked."""
    if not file.multi_agency_requests:
        return ()
    kinds = {p.id: p.kind for p in partner_entries(session)}
    return tuple(_request(file, request, kinds) for request in reversed(file.multi_agency_requests))


def _request(
    file: CaseFile, request: MultiAgencyRequestRow, kinds: Kinds
) -> MultiAgencyRequestLine:
    tasks = multi_agency.tasks_of(file, request.id)
    slow = multi_agency.slowest(tasks)
    approval = next((a for a in file.approvals if a.subject_id == request.id), None)
    state = approval.state if approval else ApprovalState.VOID
    order = sorted(tasks, key=lambda t: (_PLACE[kinds[t.partner_id]], t.partner_id))
    return MultiAgencyRequestLine(
        linkage_id=request.id,
        state=request.state,
        started_by=request.started_by,
        started_at=request.started_at,
        due_at=request.due_at,
        confirmation=state,
        tasks=tuple(_task(t, kinds[t.partner_id], is_slowest=t.id == slow) for t in order),
    )


def _task(task: TaskRow, kind: PartnerKind, *, is_slowest: bool) -> TaskLine:
    ends = multi_agency.ends_at(task)
    return TaskLine(
        task_id=task.id,
        partner=task.partner_id,
        partner_kind=kind,
        kind=task.kind,
        state=task.state,
        subject=task.subject_hint,
        ends_at=ends,
        answered_at=task.answered_at,
        answers=task.answers,
        document=task.document,
        renewal=task.renewal,
        renewals=task.renewals,
        reason=task.reason,
        is_late=task.escalated_at is not None and task.state is not TaskState.PRESERVED,
        is_slowest=is_slowest,
    )


@dataclass(frozen=True, slots=True)
class RegulatorTask:
    """One task as a regulator may see it: who by kind, what, how far; about whom is left out."""

    partner_kind: PartnerKind
    kind: TaskKind
    state: TaskState
    answered_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegulatorView:
    """A multi-agency request without victims, accounts, numbers, officers and partners' names."""

    ref: str
    state: MultiAgencyRequestState
    started_at: datetime
    due_at: datetime | None
    victims: int
    tasks: tuple[RegulatorTask, ...]


def regulator_view(ref: str, victims: int, line: MultiAgencyRequestLine) -> RegulatorView:
    """What of a multi-agency request a regulator may see."""
    return RegulatorView(
        ref=ref,
        state=line.state,
        started_at=line.started_at,
        due_at=line.due_at,
        victims=victims,
        tasks=tuple(
            RegulatorTask(t.partner_kind, t.kind, t.state, t.answered_at, t.ends_at)
            for t in line.tasks
        ),
    )
