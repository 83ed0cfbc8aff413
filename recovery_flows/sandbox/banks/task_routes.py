"""The calls about tasks: orders read strictly, tasks shown with every answer and its document."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3

from starlette.requests import Request

from recovery_flows.sandbox.arithmetic import iso
from recovery_flows.sandbox.banks import tasks, wire
from recovery_flows.sandbox.banks.holds import resource_id
from recovery_flows.sandbox.banks.resources import instant_json
from recovery_flows.sandbox.banks.service import BankContext
from recovery_flows.sandbox.banks.tasks import KINDS_OF, Task, TaskKind, TaskOrder, find_task
from recovery_flows.sandbox.banks.wire import Json, ProblemError, bad_request
from recovery_flows.sandbox.faults import effects as fault_effects
from recovery_flows.sandbox.faults.plan import Fault
from recovery_flows.sandbox.journal import Journal

_Object = dict[str, object]


def task_order(body: Json, partner_kind: str, now_us: int) -> TaskOrder:
    """A task order; 400 for what is malformed or not this partner's, 422 when it has ended."""
    subject = body.get("subject")
    if not isinstance(subject, dict):
        raise bad_request("subject is not a JSON object")
    given = wire.text(body, "kind")
    if given not in KINDS_OF.get(partner_kind, ()):
        raise bad_request(f"kind {given!r} is nothing that a {partner_kind} does")
    for name in ("reason", "legalBasis"):
        wire.text(body, name)
    wire.instant(wire.text(body, "answerBy"), "answerBy")
    until = wire.optional_text(body, "preserveUntil")
    until_us = None if until is None else wire.instant(until, "preserveUntil")
    if (given == TaskKind.PRESERVE) != (until_us is not None):
        raise bad_request("preserveUntil belongs to what is to be preserved, and only there")
    if until_us is not None and until_us <= now_us:
        raise ProblemError(422, "PeriodExpired", "the term is over already (preserveUntil)")
    return TaskOrder(
        order_ref=wire.text(body, "taskRef"),
        kind=TaskKind(given),
        subject_kind=wire.text(subject, "type"),
        subject=wire.text(subject, "value"),
        until_us=until_us,
        told=json.dumps(body, ensure_ascii=False),
    )


def place(
    context: BankContext,
    journal: Journal,
    _request: Request,
    body: Json,
    now_us: int,
    fault: Fault | None,
) -> tuple[str, _Object]:
    """Answer `POST /v1/tasks`."""
    order = task_order(body, context.kind, now_us)
    task_id = resource_id(context.bank, "task", order.order_ref)
    if find_task(context.db, context.bank, task_id) is not None:
        raise ProblemError(409, "OperationInvalid", "this taskRef has been ordered already")
    fault_effects.foretell(journal.db, task_id, fault, context.currency)
    return _shown(
        context, tasks.place(journal, (context.bank, context.answer_minutes), order, now_us)
    )


def extend(
    context: BankContext,
    journal: Journal,
    request: Request,
    body: Json,
    now_us: int,
    fault: Fault | None,
) -> tuple[str, _Object]:
    """Answer `POST /v1/tasks/{id}/extend`."""
    task = _find(context, request)
    until_us = wire.instant(wire.text(body, "preserveUntil"), "preserveUntil")
    if until_us <= now_us:
        raise ProblemError(422, "PeriodExpired", "the new end is over already (preserveUntil)")
    fault_effects.foretell(journal.db, task.id, fault, context.currency)
    if not tasks.extend(journal, task, until_us, now_us):
        raise ProblemError(
            409, "OperationInvalid", f"a task that is {task.status} is not prolonged to that end"
        )
    return _shown(context, task)


def cancel(
    context: BankContext,
    journal: Journal,
    request: Request,
    body: Json,
    now_us: int,
    _fault: Fault | None,
) -> tuple[str, _Object]:
    """Answer `POST /v1/tasks/{id}/cancel`."""
    task = _find(context, request)
    wire.text(body, "reason")
    if not tasks.cancel(journal, task, now_us):
        raise ProblemError(409, "OperationInvalid", f"a task that is {task.status} has ended")
    return _shown(context, task)


def show(context: BankContext, request: Request, _now_us: int) -> _Object:
    """Answer `GET /v1/tasks/{id}`."""
    return task_json(context.db, _find(context, request))


def book(context: BankContext) -> list[_Object]:
    """Every task of this partner as it came and as it stands, for witnesses."""
    rows = context.db.execute(
        "SELECT * FROM task WHERE bank = ? ORDER BY received_us, id", [context.bank]
    ).fetchall()
    return [{**task_json(context.db, Task(*row)), "order": json.loads(row["told"])} for row in rows]


def task_json(db: sqlite3.Connection, task: Task) -> _Object:
    """A task resource."""
    answers = db.execute("SELECT * FROM task_answer WHERE task = ? ORDER BY number", [task.id])
    return {
        "type": "task",
        "id": task.id,
        "revision": task.revision,
        "taskRef": task.order_ref,
        "kind": task.kind,
        "status": task.status,
        "preservedUntil": instant_json(task.until_us),
        "refusalReason": task.reason,
        "answers": [_answer_json(row) for row in answers],
        "lastModified": iso(task.modified_us),
    }


def _answer_json(row: sqlite3.Row) -> _Object:
    document = str(row["document"]).encode()
    return {
        "number": row["number"],
        "at": iso(row["at_us"]),
        "status": row["status"],
        "document": base64.b64encode(document).decode(),
        "sha256": hashlib.sha256(document).hexdigest(),
        "mediaType": "application/json",
    }


def _find(context: BankContext, request: Request) -> Task:
    task = find_task(context.db, context.bank, request.path_params["id"])
    if task is None:
        raise ProblemError(404, "NotFound", "no such task here")
    return task


def _shown(context: BankContext, task: Task) -> tuple[str, _Object]:
    return f"/v1/tasks/{task.id}", task_json(context.db, task)
