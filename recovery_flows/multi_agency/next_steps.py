"""What the multi-agency requests of a file need from people, and what is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.multi_agency import (
    OPEN_TASKS,
    MultiAgencyRequestState,
    TaskRenewal,
    TaskRow,
    TaskState,
)
from models.entities.officer import Role
from models.step_wording import NOTHING, Wording, say
from recovery_flows.multi_agency import stage as multi_agency

_WAIT: Final = "wait"


def officer_steps(file: CaseFile) -> Iterator[Step]:
    """Preservations to renew before they end, and those that ended without anybody's note."""
    for task in file.tasks:
        if task.state is TaskState.PRESERVED and _is_to_renew(file, task):
            again = "_again" if task.renewal == TaskRenewal.AGAIN else ""
            told = {"partner": task.partner_id, "subject": task.subject_hint}
            text = say(f"renew_preservation{again}", **told)
            yield _step(ActionKind.RENEW_PRESERVATION, task, text)
        elif task.state is TaskState.EXPIRED and task.renewal != TaskRenewal.SEEN:
            text = say("see_expiry", partner=task.partner_id, subject=task.subject_hint)
            yield _step(ActionKind.SEE_EXPIRY, task, text)


def waits(file: CaseFile) -> Iterator[Step]:
    """Multi-agency requests whose partners still owe an answer, with the slowest of them."""
    for request in file.multi_agency_requests:
        tasks = multi_agency.tasks_of(file, request.id)
        open_tasks = [t for t in tasks if t.state in OPEN_TASKS]
        if open_tasks:
            slow = multi_agency.task_of(file, multi_agency.slowest(tasks))
            late = say("late") if slow.escalated_at is not None else NOTHING
            text = late + say(
                "wait_tasks", open=len(open_tasks), all=len(tasks),
                kind=slow.kind.replace("_", " "), partner=slow.partner_id,
            )  # fmt: skip
            yield Step(_WAIT, Role.ENGINE, slow.id, slow.asset_id, request.due_at, text)


def closing_text(file: CaseFile) -> Wording:
    """What closing a file leaves behind of its multi-agency requests."""
    unanswered = sum(t.state in OPEN_TASKS for t in file.tasks)
    preserved = sum(t.state is TaskState.PRESERVED for t in file.tasks)
    told = [f"{unanswered} unanswered"] if unanswered else []
    told += [f"{preserved} preserved till their end"] if preserved else []
    return say("leaves_tasks", told=", ".join(told)) if told else NOTHING


def _is_to_renew(file: CaseFile, task: TaskRow) -> bool:
    """Its end was brought to mind, and its partner has not just said no or is being asked."""
    denied = multi_agency.request_of(file, task.linkage_id).state is MultiAgencyRequestState.DENIED
    waits = task.renewal in (TaskRenewal.ORDERED, TaskRenewal.REFUSED)
    return bool(task.reminded_hours) and not waits and not denied


def _step(action: str, task: TaskRow, text: Wording) -> Step:
    return Step(action, Role.OFFICER, task.id, task.asset_id, task.expires_at, text)
