"""Tasks in the profile RBP/1: where they are sent, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from models.entities.multi_agency import TaskKind
from models.ids import canonical
from recovery_flows.partners.rbp1.wire import time_text

TASKS_PATH = "/v1/tasks"
_REASON = "FRAD"


def task_extend_path(partner_ref: str) -> str:
    """Where the renewal of the task with the partner's id `partner_ref` is sent."""
    return f"{TASKS_PATH}/{quote(partner_ref, safe='')}/extend"


def task_cancel_path(partner_ref: str) -> str:
    """Where the task with the partner's id `partner_ref` is taken back."""
    return f"{TASKS_PATH}/{quote(partner_ref, safe='')}/cancel"


def task_body(
    task_ref: str,
    kind: TaskKind,
    subject: Mapping[str, object],
    legal_basis: str,
    answer_by: datetime,
    preserve_until: datetime | None,
) -> bytes:
    """The task as one partner gets it; made once, saved, and sent byte-identically again."""
    return canonical(
        {
            "taskRef": task_ref,
            "kind": kind.value,
            "subject": dict(subject),
            "reason": _REASON,
            "legalBasis": legal_basis,
            "answerBy": time_text(answer_by, "answer_by"),
            "preserveUntil": (
                None if preserve_until is None else time_text(preserve_until, "preserve_until")
            ),
        }
    )


def task_extend_body(preserve_until: datetime) -> bytes:
    """The order to preserve until `preserve_until` (aware), in place of the end set before."""
    return canonical({"preserveUntil": time_text(preserve_until, "preserve_until")})


def task_cancel_body(reason: str) -> bytes:
    """The order to let a task be, and to undo what was done for it."""
    return canonical({"reason": reason})
