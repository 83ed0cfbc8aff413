"""From a task to the bytes that go out: its subject opened for the wire only."""

from __future__ import annotations

import json
from typing import Any

from models.case_file import CaseFile
from models.entities.call import CallKind
from models.entities.multi_agency import TaskKind, TaskRow
from models.queries.cases.multi_agency import sealed_subject
from models.queries.cases.work import CallLine
from models.sealing.sealed_place import SealedPlace
from models.store.unit import Unit
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.multi_agency import lifecycle as multi_agency_lifecycle, stage as multi_agency
from recovery_flows.partners.rbp1 import task_wire
from recovery_flows.partners.rbp1.orders import Limits


def task_path_and_body(
    unit: Unit, file: CaseFile, call: CallLine, laws: Regimes
) -> tuple[str, bytes]:
    """Where an order about a task goes and what it says."""
    task = multi_agency.task_of(file, call.subject_id)
    law = laws[file.recovery.regime]
    if call.kind is CallKind.TASK_EXTEND:
        ends = multi_agency_lifecycle.new_end(task, law)
        path = task_wire.task_extend_path(task.partner_ref)
        return path, task_wire.task_extend_body(ends)
    if call.kind is CallKind.TASK_CANCEL:
        path = task_wire.task_cancel_path(task.partner_ref)
        return path, task_wire.task_cancel_body("withdrawn by decision")
    until = None
    if task.kind is TaskKind.PRESERVE:
        until = terms.due_at(law.row(task.law_row).limit, task.ordered_at, law)
    return task_wire.TASKS_PATH, task_wire.task_body(
        task.id,
        task.kind,
        _subject(unit, task),
        mandate_of(file, laws),
        task.due_at or task.ordered_at,
        until,
    )


def task_limits(unit: Unit, file: CaseFile, call: CallLine) -> Limits:
    """The subject that an order is bound to, in place of an account."""
    task = multi_agency.task_of(file, call.subject_id)
    return Limits(str(_subject(unit, task)["value"]))


def mandate_of(file: CaseFile, laws: Regimes) -> str:
    """By which law partners are asked."""
    row = laws[file.recovery.regime].measure(Measure.MULTI_AGENCY_ANSWER)
    return multi_agency_lifecycle.basis_text(row)


def _subject(unit: Unit, task: TaskRow) -> dict[str, Any]:
    text = unit.vault.open(
        sealed_subject(unit.session, task.id), SealedPlace("task", task.id, "subject_sealed")
    )
    subject: dict[str, Any] = json.loads(text)
    return subject
