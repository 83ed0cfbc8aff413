"""A multi-agency request while it runs: its deadlines, its denial, preservations that end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.case_file import CaseFile
from models.entities.approval import ApprovalState
from models.entities.call import CallKind, CallState
from models.entities.event import EntityKind
from models.entities.multi_agency import (
    OPEN_TASKS,
    MultiAgencyRequestRow,
    MultiAgencyRequestState,
    TaskRenewal,
    TaskRow,
    TaskState,
)
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.outcome import CallIntent, Scalar, Transition
from recovery_flows.law import terms
from recovery_flows.law.rows import Measure
from recovery_flows.law.terms import span_of
from recovery_flows.ledger.changeset import Changeset

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regime, Regimes

_ESCALATING_STEPS = 2
_OWED = frozenset({TaskState.ORDERED, TaskState.ACKNOWLEDGED, TaskState.CANCEL_PENDING})
_ANSWERED = frozenset({TaskState.DONE, TaskState.PRESERVED, TaskState.REFUSED})
_NOT_RENEWED = stored_phrase("its term ended: the partner had refused to renew it")
_TAKEN_IN = frozenset({TaskState.ACKNOWLEDGED, TaskState.DONE, TaskState.PRESERVED})


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """End what has ended, remind of what is owed, withdraw what was denied."""
    if not changes.file.multi_agency_requests:
        return
    law = laws[changes.file.recovery.regime]
    for task in changes.file.tasks:
        if task.state is TaskState.PRESERVED and _is_over(task.expires_at, now):
            record_expiry(changes, task)
    for request in changes.file.multi_agency_requests:
        if request.state is MultiAgencyRequestState.DENIED:
            withdraw(changes, request.id, stored_phrase("its confirmation was refused"))
    for task in changes.file.tasks:
        if task.state is TaskState.CANCEL_PENDING and task.due_at is None:
            due = terms.due_at(law.measure(Measure.MULTI_AGENCY_ANSWER).limit, now, law)
            changes.apply(
                Transition(EntityKind.TASK, task.id, "updated", task.state, {"due_at": due})
            )
    for task in changes.file.tasks:
        _remind(changes, task, now, law)
    for request in changes.file.multi_agency_requests:
        _end(changes, request)


def request_of(file: CaseFile, linkage_id: str) -> MultiAgencyRequestRow:
    """The multi-agency request of that id."""
    return next(row for row in file.multi_agency_requests if row.id == linkage_id)


def task_of(file: CaseFile, task_id: str) -> TaskRow:
    """The task of that id."""
    return next(row for row in file.tasks if row.id == task_id)


def tasks_of(file: CaseFile, linkage_id: str) -> tuple[TaskRow, ...]:
    """The tasks of a multi-agency request."""
    return tuple(t for t in file.tasks if t.linkage_id == linkage_id)


def approval_of(file: CaseFile, linkage_id: str) -> str:
    """The id of the approval under which a multi-agency request's tasks were sent."""
    return next((a.id for a in file.approvals if a.subject_id == linkage_id), "")


def slowest(tasks: Sequence[TaskRow]) -> str:
    """The id of the task that keeps the others waiting; "" of none.

    The open one that has come least far; once all are answered, the one that was answered last.
    """
    waiting = [t for t in tasks if t.state in OPEN_TASKS]
    if waiting:
        return min(waiting, key=lambda t: (t.answers, t.partner_id, t.id)).id
    answered = [t for t in tasks if t.state in _ANSWERED and not t.renewals]
    last = max(answered, key=lambda t: (t.answered_at or t.ordered_at, t.id), default=None)
    return "" if last is None else last.id


def ends_at(task: TaskRow) -> datetime | None:
    """What a task's clock counts to: its answer, or the end of what is preserved."""
    if task.state is TaskState.PRESERVED:
        return task.expires_at
    return task.due_at if task.state in _OWED else None


def is_owed(task: TaskRow) -> bool:
    """Whether its partner owes an answer."""
    return task.state in _OWED and task.due_at is not None


def instants(file: CaseFile, laws: Regimes) -> Iterator[datetime]:
    """When the engine has to look at a file's tasks again."""
    law = laws[file.recovery.regime]
    for task in file.tasks:
        ends = ends_at(task)
        seen_to = _is_seen_to(file, task)
        said = seen_to or task.escalated_at is not None
        if ends is None or (said and task.state is not TaskState.PRESERVED):
            continue
        yield ends
        left = [h for h in _ladder(task, law) if not task.reminded_hours or h < task.reminded_hours]
        if left and not seen_to:
            yield ends - timedelta(hours=left[0])


def preserved_until(file: CaseFile) -> Iterator[datetime]:
    """The ends of what partners still preserve."""
    for task in file.tasks:
        if task.state is TaskState.PRESERVED and task.expires_at is not None:
            yield task.expires_at


def end_preservations(changes: Changeset, now: datetime) -> None:
    """What is preserved for a closed file ends too, as an event."""
    for task in changes.file.tasks:
        if task.state is TaskState.PRESERVED and _is_over(task.expires_at, now):
            record_expiry(changes, task)


def record_expiry(changes: Changeset, task: TaskRow) -> None:
    """What a partner preserved is not kept any longer, by our clock where it is silent."""
    values: dict[str, Scalar] = {"renewal": TaskRenewal.NONE}
    reason = why_ended(task)
    changes.apply(
        Transition(EntityKind.TASK, task.id, "expired", task.state, values, reason=reason)
    )


def why_ended(task: TaskRow) -> str:
    """Why a preservation came to its end."""
    return {
        TaskRenewal.ORDERED: stored_phrase(
            "its term ended before the partner answered to the renewal"
        ),
        TaskRenewal.REFUSED: _NOT_RENEWED,
        TaskRenewal.AGAIN: _NOT_RENEWED,
    }.get(TaskRenewal(task.renewal), stored_phrase("its term ended without a renewal"))


def withdraw(changes: Changeset, linkage_id: str, reason: str) -> None:
    """Withdraw every task of a request at its partner; what has not left yet never leaves.

    One whose sending is in doubt is taken back once the partner has answered.
    """
    for task in tasks_of(changes.file, linkage_id):
        withdraw_task(changes, task, reason)


def withdraw_task(changes: Changeset, task: TaskRow, reason: str) -> None:
    """Take one task back, as far as it can be now."""
    calls = [c for c in changes.file.calls if c.subject_id == task.id]
    sending = next((c for c in calls if c.kind is CallKind.TASK), None)
    refused = any(c.kind is CallKind.TASK_CANCEL for c in calls)
    unsent = sending is None or sending.state is CallState.PLANNED
    if task.state is TaskState.ORDERED and unsent:
        if sending is not None:
            changes.apply(
                Transition(EntityKind.CALL, sending.id, "cancelled", sending.state, reason=reason)
            )
        changes.apply(Transition(EntityKind.TASK, task.id, "never_sent", task.state, reason=reason))
    elif task.state in _TAKEN_IN and task.partner_ref and not refused:
        anew: dict[str, Scalar] = {"due_at": None, "reminded_hours": 0, "escalated_at": None}
        changes.apply(
            Transition(EntityKind.TASK, task.id, "cancel_ordered", task.state, anew, reason=reason)
        )
        changes.call(intent(changes.file, task, CallKind.TASK_CANCEL, "withdrawn"))


def intent(file: CaseFile, task: TaskRow, kind: CallKind, mark: str = "") -> CallIntent:
    """The call that gives a task, prolongs it or takes it back; `mark` tells two of a kind."""
    return CallIntent(
        id=derive_id("call", task.id, kind, mark),
        partner_id=task.partner_id,
        kind=kind,
        noun=EntityKind.TASK,
        subject_id=task.id,
        asset_id=task.asset_id,
        approval_id=approval_of(file, task.linkage_id),
    )


def _is_over(end: datetime | None, now: datetime) -> bool:
    return end is not None and end <= now


def _end(changes: Changeset, request: MultiAgencyRequestRow) -> None:
    """A confirmed request ends with its last answer; a preservation goes on to its own end."""
    file = changes.file
    is_open = any(t.state in OPEN_TASKS for t in tasks_of(file, request.id))
    confirmed = any(
        a.subject_id == request.id and a.state is ApprovalState.APPROVED for a in file.approvals
    )
    if request.state is MultiAgencyRequestState.RUNNING and confirmed and not is_open:
        reason = stored_phrase("every partner has answered")
        changes.apply(
            Transition(
                EntityKind.MULTI_AGENCY_REQUEST, request.id, "ended", request.state, reason=reason
            )
        )


def _ladder(task: TaskRow, law: Regime) -> tuple[int, ...]:
    if task.state is TaskState.PRESERVED:
        return law.preservation_reminder_hours
    return law.multi_agency_reminder_hours


def _is_seen_to(file: CaseFile, task: TaskRow) -> bool:
    denied = request_of(file, task.linkage_id).state is MultiAgencyRequestState.DENIED
    if task.state is TaskState.CANCEL_PENDING:
        return False
    return denied or task.renewal == TaskRenewal.ORDERED


def _remind(changes: Changeset, task: TaskRow, now: datetime, law: Regime) -> None:
    """Each step of the ladder once; a late answer, or an end that is near, goes on to the unit."""
    ends = ends_at(task)
    if ends is None or _is_seen_to(changes.file, task):
        return
    ladder = _ladder(task, law)
    due = [hours for hours in ladder if ends - timedelta(hours=hours) <= now]
    preserved = task.state is TaskState.PRESERVED
    if due and ends > now and (not task.reminded_hours or due[-1] < task.reminded_hours):
        reason = _little_left(task, due[-1])
        values: dict[str, Scalar] = {"reminded_hours": due[-1]}
        if task.renewal == TaskRenewal.REFUSED:
            values["renewal"] = TaskRenewal.AGAIN
        changes.apply(
            Transition(EntityKind.TASK, task.id, "reminded", task.state, values, reason=reason)
        )
    near = preserved and due and due[-1] in ladder[-_ESCALATING_STEPS:]
    if task.escalated_at is None and (near or (not preserved and ends <= now)):
        reason = (
            stored_phrase("its end is near")
            if near
            else stored_phrase("{partner_id} has not answered in time", partner_id=task.partner_id)
        )
        values = {"escalated_at": now}
        changes.apply(
            Transition(EntityKind.TASK, task.id, "escalated", task.state, values, reason=reason)
        )


def _little_left(task: TaskRow, hours: int) -> str:
    figures = {"span": span_of(hours), "task": phrase(task.kind)}
    if task.state is TaskState.PRESERVED:
        return stored_phrase("less than {span} left: {task} is not renewed", **figures)
    return stored_phrase(
        "less than {span} left: {partner} has not answered: {task}",
            partner=task.partner_id, **figures,
    )  # fmt: skip
