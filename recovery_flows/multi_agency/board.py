"""The board of a recovery's linkages: a line a task, the slowest marked; and what may be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.approval import ApprovalState
from models.entities.multi_agency import LinkageRow, LinkageState, TaskKind, TaskRow, TaskState
from models.entities.partner import PartnerKind
from models.queries.cases.multi_agency import LinkageLine, TaskLine, partner_entries
from recovery_flows.multi_agency import stage as multi_agency

Kinds = dict[str, PartnerKind]
_PLACE = {kind: place for place, kind in enumerate(PartnerKind)}


def linkage_lines(session: Session, file: CaseFile) -> tuple[LinkageLine, ...]:
    """Every linkage of a file, the newest first, subjects masked."""
    if not file.linkages:
        return ()
    kinds = {p.id: p.kind for p in partner_entries(session)}
    return tuple(_linkage(file, linkage, kinds) for linkage in reversed(file.linkages))


def _linkage(file: CaseFile, linkage: LinkageRow, kinds: Kinds) -> LinkageLine:
    tasks = multi_agency.tasks_of(file, linkage.id)
    slow = multi_agency.slowest(tasks)
    approval = next((a for a in file.approvals if a.subject_id == linkage.id), None)
    state = approval.state if approval else ApprovalState.VOID
    order = sorted(tasks, key=lambda t: (_PLACE[kinds[t.partner_id]], t.partner_id))
    return LinkageLine(
        linkage_id=linkage.id,
        state=linkage.state,
        started_by=linkage.started_by,
        started_at=linkage.started_at,
        due_at=linkage.due_at,
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
class ToldLine:
    """One task as a regulator may see it: who by kind, what, how far; about whom is left out."""

    partner_kind: PartnerKind
    kind: TaskKind
    state: TaskState
    answered_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldLinkage:
    """A linkage without victims, accounts, numbers, officers and partners' names."""

    ref: str
    state: LinkageState
    started_at: datetime
    due_at: datetime | None
    victims: int
    tasks: tuple[ToldLine, ...]


def told_linkage(ref: str, victims: int, line: LinkageLine) -> ToldLinkage:
    """What of a linkage a regulator may see."""
    return ToldLinkage(
        ref=ref,
        state=line.state,
        started_at=line.started_at,
        due_at=line.due_at,
        victims=victims,
        tasks=tuple(
            ToldLine(t.partner_kind, t.kind, t.state, t.answered_at, t.ends_at) for t in line.tasks
        ),
    )
