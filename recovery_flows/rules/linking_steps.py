"""What the linkages of a file need from people, and what is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models.file import RecoveryFile, Step
from models.states import OPEN_TASKS, LinkageState, Role, TaskRenewal, TaskState
from models.task_rows import TaskRow
from recovery_flows.rules import linking
from recovery_flows.rules.actions import Action

_WAIT: Final = "wait"


def officer_steps(file: RecoveryFile) -> Iterator[Step]:
    """Preservations to renew before they end, and those that ended without anybody's note."""
    for task in file.tasks:
        if task.state is TaskState.PRESERVED and _is_to_renew(file, task):
            again = " again: the partner refused it" if task.renewal == TaskRenewal.REFUSED else ""
            text = f"renew what {task.partner_id} preserves{again}: {task.subject_hint}"
            yield _step(Action.RENEW_PRESERVATION, task, text)
        elif task.state is TaskState.EXPIRED and task.renewal != TaskRenewal.SEEN:
            text = f"take note: {task.partner_id} preserves it no longer: {task.subject_hint}"
            yield _step(Action.SEE_EXPIRY, task, text)


def waits(file: RecoveryFile) -> Iterator[Step]:
    """Linkages whose partners still owe an answer, with the slowest of them."""
    for linkage in file.linkages:
        tasks = linking.tasks_of(file, linkage.id)
        open_tasks = [t for t in tasks if t.state in OPEN_TASKS]
        if open_tasks:
            slow = linking.task_of(file, linking.slowest(tasks))
            late = "late: " if slow.escalated_at is not None else ""
            text = (
                f"{late}waiting for {len(open_tasks)} of {len(tasks)} tasks of the linkage, "
                f"the slowest: {slow.kind.replace('_', ' ')} at {slow.partner_id}"
            )
            yield Step(_WAIT, Role.ENGINE, slow.id, slow.asset_id, linkage.due_at, text)


def closing_text(file: RecoveryFile) -> str:
    """What closing a file leaves behind of its linkages."""
    unanswered = sum(t.state in OPEN_TASKS for t in file.tasks)
    preserved = sum(t.state is TaskState.PRESERVED for t in file.tasks)
    told = [f"{unanswered} unanswered"] if unanswered else []
    told += [f"{preserved} preserved till their end"] if preserved else []
    return f" (tasks of its linkage: {', '.join(told)})" if told else ""


def _is_to_renew(file: RecoveryFile, task: TaskRow) -> bool:
    denied = linking.linkage_of(file, task.linkage_id).state is LinkageState.DENIED
    return bool(task.reminded_hours) and task.renewal != TaskRenewal.ORDERED and not denied


def _step(action: str, task: TaskRow, text: str) -> Step:
    return Step(action, Role.OFFICER, task.id, task.asset_id, task.expires_at, text)
